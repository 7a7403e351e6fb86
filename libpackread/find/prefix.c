/* prefix.c - the ids that begin with some digits, across packs and loose objects. */
#include "base/fault.h"
#include "base/id.h"
#include "find/find.h"
#include "find/id_merge.h"
#include "find/misled.h"

/* What a prefix leads to. */
typedef struct visiting {
    packread_reader *reader;
    const pkr_prefix *prefix;
    packread_id_visitor *visit;
    void *context;
    bool is_begun; /* an id was visited */
} visiting;

static int visit_one(visiting *of, const packread_id *id, pkr_fault *fault)
{
    of->is_begun = true;
    return of->visit(of->context, id) != 0 ? pkr_fault_stopped(fault) : 0;
}

/* Each id waits for the next one: whether there is one is known before the first is visited. */
static int visit_ids(visiting *of, pkr_id_merge *merge, pkr_fault *fault)
{
    const pkr_id_merge_row *row;
    packread_id last = {.size = 0};
    int status;

    while ((status = pkr_id_merge_next(merge, &row, fault)) == 0 && row) {
        if (packread_id_compare(&row->id, &last) == 0)
            continue;
        if (last.size > 0 && !of->is_begun &&
            pkr_misled_to_several(of->reader, of->prefix, &status, fault))
            return status;
        if (last.size > 0)
            status = visit_one(of, &last, fault);
        if (status != 0)
            return status;
        last = row->id;
    }
    if (status == 0 && last.size > 0)
        status = visit_one(of, &last, fault);
    return status == 0 ? pkr_id_merge_failure(merge, fault) : status;
}

/* Errors: NOT_FOUND where there is none. */
static int each_prefix(packread_reader *reader, const pkr_prefix *prefix,
                       packread_id_visitor *visit, void *context, pkr_fault *fault)
{
    visiting of = {reader, prefix, visit, context, false};
    pkr_loose_lists loose;
    pkr_id_merge *merge;
    int status;

    if (pkr_misled_about_prefix(reader, prefix, &status, fault))
        (void)pkr_reader_look(reader, &status, fault);
    do {
        status = pkr_loose_lists_take(reader, prefix, &loose, fault);
        if (status != 0)
            return status;
        status = pkr_id_merge_begin_prefix(reader, prefix, &loose, &merge, fault);
        if (status == 0) {
            status = visit_ids(&of, merge, fault);
            pkr_id_merge_end(merge);
        }
        pkr_loose_lists_drop(&loose, reader->budget);
        if (status == 0 && !of.is_begun)
            status = pkr_find_no_prefix(reader, prefix, fault);
        if (pkr_is_absence(status) && !of.is_begun &&
            !pkr_misled_by_disorder(reader, &status, fault))
            pkr_misled_by_loss(reader, &status, fault);
    } while (!of.is_begun && pkr_reader_look(reader, &status, fault));
    return status;
}

int packread_reader_each_prefix(packread_reader *reader, const char *hex, size_t length,
                                packread_id_visitor *visit, void *context, packread_error *error)
{
    pkr_prefix prefix;
    pkr_fault fault;
    int status;

    if (!reader || !visit)
        return pkr_error_null(error);
    if (pkr_prefix_parse(hex, length, PACKREAD_ID_MAX, &prefix) != 0)
        return pkr_error_argument(error, "not a prefix of 4 hex digits or more");
    pkr_reader_enter(reader);
    status = each_prefix(reader, &prefix, visit, context, &fault);
    if (pkr_is_absence(status))
        status = 0;
    return pkr_reader_leave(reader, status, &fault, error);
}

typedef struct matches {
    packread_id first;
    unsigned count;
} matches;

static int take_two(void *context, const packread_id *id)
{
    matches *found = context;

    if (found->count++ == 0)
        found->first = *id;
    return found->count == 2;
}

int packread_reader_find_prefix(packread_reader *reader, const char *hex, size_t length,
                                packread_id *id, packread_error *error)
{
    matches found = {0};
    pkr_prefix prefix;
    pkr_fault fault;
    int status;

    if (!reader || !id)
        return pkr_error_null(error);
    if (pkr_prefix_parse(hex, length, PACKREAD_ID_MAX, &prefix) != 0)
        return pkr_error_argument(error, "not a prefix of 4 hex digits or more");
    pkr_reader_enter(reader);
    status = each_prefix(reader, &prefix, take_two, &found, &fault);
    if (found.count == 2)
        status = pkr_fault_set(&fault, PACKREAD_ERROR_AMBIGUOUS, reader->snapshot->paths.where,
                               "prefix is ambiguous");
    if (status == 0)
        *id = found.first;
    return pkr_reader_leave(reader, status, &fault, error);
}
