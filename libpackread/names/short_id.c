/* short_id.c - narrows the objects that have a prefix to those that are meant. */
#include "names/short_id.h"

#include <stdlib.h>
#include <string.h>

static const pkr_need need = {NULL, "the memory limit has no room for all that have this prefix"};

typedef struct collection {
    const pkr_following *on;
    pkr_table *rows;
    int status;
} collection;

static pkr_candidate *row(const pkr_table *rows, size_t number)
{
    return (pkr_candidate *)rows->rows + number;
}

static int collect(void *context, const packread_id *id)
{
    collection *into = context;
    pkr_fault fault;

    into->status = pkr_table_grow(into->rows, into->on->reader->budget, &need, &fault);
    if (into->status != 0)
        return pkr_fault_publish(&fault, into->on->error);
    *row(into->rows, into->rows->count++) = (pkr_candidate){.id = *id};
    return 0;
}

static int collect_all(const pkr_following *on, const char *hex, size_t length, pkr_table *rows)
{
    collection into = {.on = on, .rows = rows};
    packread_error detail;
    int status = packread_reader_each_prefix(on->reader, hex, length, collect, &into, &detail);

    if (into.status != 0)
        return into.status;
    if (status != 0 && on->error)
        *on->error = detail;
    return status;
}

/* An error that is about this one object: others may be read. */
static bool is_its_own(int status)
{
    return status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN ||
           status == PACKREAD_ERROR_NOT_FOUND || status == PACKREAD_ERROR_DOUBTFUL;
}

static bool is_of(enum pkr_meant meant, enum packread_type type)
{
    switch (meant) {
    case PKR_MEANT_COMMIT:
    case PKR_MEANT_COMMITTISH:
        return type == PACKREAD_COMMIT;
    case PKR_MEANT_TREE:
        return type == PACKREAD_TREE;
    case PKR_MEANT_TREEISH:
        return type == PACKREAD_TREE || type == PACKREAD_COMMIT;
    case PKR_MEANT_BLOB:
        return type == PACKREAD_BLOB;
    default:
        return true;
    }
}

/* Whether the object is meant: 1 or 0, or an error. One that cannot be read is not. */
static int is_meant(const pkr_following *on, enum pkr_meant meant, pkr_candidate *one)
{
    packread_id at = one->id;
    enum packread_type type;
    int status = pkr_follow_type(on, &one->id, &one->type);

    if (meant == PKR_MEANT_ANY && (status == 0 || is_its_own(status)))
        return 1;
    type = one->type;
    if (status == 0 && type == PACKREAD_TAG &&
        (meant == PKR_MEANT_COMMITTISH || meant == PKR_MEANT_TREEISH)) {
        status = pkr_follow_peel(on, PKR_STEP_NO_TAG, PACKREAD_NONE, &at);
        if (status == 0)
            status = pkr_follow_type(on, &at, &type);
    }
    if (status != 0)
        return is_its_own(status) ? 0 : status;
    return is_of(meant, type);
}

/* Leaves those that are meant, or all where none is. */
static int narrow(const pkr_following *on, enum pkr_meant meant, pkr_table *rows)
{
    size_t kept = 0;

    for (size_t i = 0; i < rows->count; i++) {
        pkr_candidate one = *row(rows, i);
        int is_one = is_meant(on, meant, &one);

        if (is_one < 0)
            return is_one;
        *row(rows, i) = one;
        if (!is_one)
            continue;
        *row(rows, i) = *row(rows, kept);
        *row(rows, kept++) = one;
    }
    if (kept > 0)
        rows->count = kept;
    return 0;
}

static int ambiguous(const pkr_following *on)
{
    return pkr_error_set(on->error, PACKREAD_ERROR_AMBIGUOUS, on->reader->snapshot->paths.where,
                         "prefix is ambiguous");
}

/* Where one is meant of those that have the prefix. */
static int choose(const pkr_following *on, const pkr_table *rows, size_t before, packread_id *id)
{
    if (rows->count != 1 || before == 0)
        return ambiguous(on);
    *id = row(rows, 0)->id;
    return 0;
}

int pkr_short_id(const pkr_following *on, const char *hex, size_t length, enum pkr_meant meant,
                 packread_id *id)
{
    pkr_table rows = {.row_size = sizeof(pkr_candidate)};
    size_t before;
    int status = packread_reader_find_prefix(on->reader, hex, length, id, on->error);

    if (status == PACKREAD_ERROR_ARGUMENT)
        return pkr_error_set(on->error, PACKREAD_ERROR_NOT_FOUND, on->reader->snapshot->paths.where,
                             "not found");
    if (status != PACKREAD_ERROR_AMBIGUOUS || meant == PKR_MEANT_ANY)
        return status;
    status = collect_all(on, hex, length, &rows);
    before = rows.count;
    if (status == 0 && before > 1)
        status = narrow(on, meant, &rows);
    if (status == 0)
        status = choose(on, &rows, before, id);
    pkr_table_free(&rows, on->reader->budget);
    return status;
}

static int compare(const void *left, const void *right)
{
    const pkr_candidate *one = left;
    const pkr_candidate *other = right;
    const int order = (int)one->type % PACKREAD_TAG - (int)other->type % PACKREAD_TAG;

    return order != 0 ? order : packread_id_compare(&one->id, &other->id);
}

int pkr_short_id_candidates(const pkr_following *on, const char *hex, size_t length,
                            enum pkr_meant meant, pkr_table *candidates)
{
    int status;

    *candidates = (pkr_table){.row_size = sizeof(pkr_candidate)};
    status = collect_all(on, hex, length, candidates);
    if (status == 0)
        status = narrow(on, meant, candidates);
    if (status == 0 && candidates->count > 1)
        qsort(candidates->rows, candidates->count, sizeof(pkr_candidate), compare);
    return status;
}
