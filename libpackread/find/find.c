/* find.c - looks ids, prefixes and offsets up across the packs of a snapshot. */
#include "find/find.h"

#include <string.h>

#include "base/fault.h"
#include "base/location.h"
#include "store/unsorted.h"
#include "object/reader.h"
#include "store/orders.h"

/* 0, or why an index is not the file that was opened: an id that it had may seem to be missing. */
static int indexes_stand(const pkr_pack_set *set, pkr_fault *fault)
{
    smmap_error cause;

    for (size_t i = 0; i < set->count; i++)
        if (smmap_cursor_check(set->packs[i]->index_rest, &cause) != 0)
            return pkr_fault_from_window(fault, &cause, set->packs[i]->index_path);
    return 0;
}

/* An index that is known to be damaged, or NULL: the row of an id that is not found may be what is.
 */
static const char *damaged_index(const pkr_pack_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (pkr_unsorted_is_sorted(set->packs[i]))
            return set->packs[i]->index_path;
    return NULL;
}

static int tell_not_found(packread_reader *reader, const packread_id *id, pkr_fault *fault)
{
    const char *damaged = damaged_index(pkr_reader_set(reader));
    int status;

    if (damaged)
        status = pkr_fault_set(fault, PACKREAD_ERROR_DOUBTFUL, damaged,
                               "not found, but this index is damaged: its ids do not rise");
    else
        status =
            pkr_fault_set(fault, PACKREAD_ERROR_NOT_FOUND, reader->snapshot->where, "not found");
    pkr_fault_name(fault, id);
    return status;
}

static int not_found(packread_reader *reader, const packread_id *id, pkr_fault *fault)
{
    int status = indexes_stand(pkr_reader_set(reader), fault);

    return status != 0 ? status : tell_not_found(reader, id, fault);
}

void pkr_find_keep(packread_reader *reader, const packread_id *id,
                   const packread_location *location)
{
    reader->known = *id;
    reader->place = *location;
}

/* Notes that an index could not be seen through, though it may not be damaged. */
static void note_blind(packread_reader *reader, int status, const pkr_fault *fault)
{
    if (status == 0 || status == PACKREAD_ERROR_NOT_FOUND || status == PACKREAD_ERROR_CORRUPT)
        return;
    reader->blind.count++;
    reader->blind.fault = *fault;
}

/* In one pack. With `again`, an id that its binary search has not found. Errors: NOT_FOUND (without
 * detail), those of reading. */
static int find_in_pack(packread_reader *reader, const packread_id *id, const pkr_pack *pack,
                        bool again, packread_location *location, pkr_fault *fault)
{
    uint32_t position = 0;
    uint64_t offset = 0;
    int status = pkr_rows_point(&reader->rows, pack, fault);

    if (status == 0 && again)
        status =
            pkr_unsorted_find(&reader->rows, pack, &reader->snapshot->budget, id, &position, fault);
    else if (status == 0)
        status = pkr_rows_find(&reader->rows, pack, id, &position, fault);
    if (status == 0)
        status = pkr_rows_offset(&reader->rows, pack, position, &offset, fault);
    status = pkr_rows_settle(&reader->rows, status, fault);
    if (status == 0 || status == PACKREAD_ERROR_CORRUPT) {
        packread_location found = pkr_location(pack->number, position, offset);

        if (status != 0 && !pkr_find_twin(reader, id, &found))
            return status;
        *location = found;
        status = 0;
    }
    note_blind(reader, status, fault);
    return status;
}

/* Every pack is searched before any is gone through for what a search passes by. */
int pkr_find_next(packread_reader *reader, const packread_id *id, size_t *from,
                  packread_location *location, pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(reader);
    const size_t packs = set->count;
    const bool is_first = *from == 0;
    pkr_fault first;
    int failure = 0;

    if (is_first && reader->known.size > 0 && packread_id_compare(&reader->known, id) == 0) {
        *location = reader->place;
        *from = pkr_pack_set_after(set, reader->place.store);
        return 0;
    }
    for (size_t i = *from; i < 2 * packs; i++) {
        bool again = i >= packs;
        const pkr_pack *pack = set->packs[again ? i - packs : i];
        const pkr_idx *idx = &pack->idx;
        pkr_fault detail;
        int status;

        if (!again &&
            idx->fanout[id->bytes[0]] == (id->bytes[0] ? idx->fanout[id->bytes[0] - 1] : 0))
            continue;
        status = find_in_pack(reader, id, pack, again, location, &detail);
        if (status == 0) {
            if (is_first)
                pkr_find_keep(reader, id, location);
            *from = i + 1;
            return 0;
        }
        /* One unreadable index must not hide the object in the next pack. */
        if (status != PACKREAD_ERROR_NOT_FOUND && failure == 0) {
            failure = status;
            first = detail;
        }
    }
    *from = 2 * packs;
    if (failure == 0) /* of one that was found, what is wrong is known */
        return is_first ? not_found(reader, id, fault) : tell_not_found(reader, id, fault);
    if (fault) {
        *fault = first;
        pkr_fault_name(fault, id);
    }
    return failure;
}

bool pkr_find_more(const packread_reader *reader, size_t from)
{
    return from < 2 * pkr_reader_set(reader)->count;
}

int pkr_find_before(packread_reader *reader, const packread_id *id, size_t below, bool *found,
                    pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(reader);

    *found = false;
    for (size_t i = 0; i < set->count && set->packs[i]->number < below && !*found; i++) {
        const pkr_idx *idx = &set->packs[i]->idx;
        packread_location location;
        pkr_fault detail;
        int status;

        if (idx->fanout[id->bytes[0]] == (id->bytes[0] ? idx->fanout[id->bytes[0] - 1] : 0))
            continue;
        status = find_in_pack(reader, id, set->packs[i], false, &location, &detail);
        *found = status == 0;
        if (status != 0 && status != PACKREAD_ERROR_NOT_FOUND && status != PACKREAD_ERROR_CORRUPT) {
            if (fault)
                *fault = detail;
            return status;
        }
    }
    return 0;
}

/* The row after `*position` with the same id. Where the ids are in order, and where it is not known
 * yet that they are not, that is the next. */
static int next_row(packread_reader *reader, const pkr_pack *pack, const packread_id *id,
                    uint32_t *position, pkr_fault *fault)
{
    const unsigned char *bytes;
    int status = pkr_rows_point(&reader->rows, pack, fault);

    if (status != 0)
        return status;
    if (pkr_unsorted_is_sorted(pack))
        return pkr_unsorted_next(&reader->rows, pack, id, position, fault);
    if (++*position >= pack->idx.count)
        return PACKREAD_ERROR_NOT_FOUND;
    status = pkr_rows_id(&reader->rows, pack, *position, &bytes, fault);
    if (status == 0 && memcmp(bytes, id->bytes, pack->idx.id_size) != 0)
        status = PACKREAD_ERROR_NOT_FOUND;
    return status;
}

bool pkr_find_twin(packread_reader *reader, const packread_id *id, packread_location *location)
{
    const pkr_pack *pack = pkr_reader_pack(reader, location->store);
    uint32_t position = location->position;

    for (int twin = 0; twin < PKR_TWINS_MOST; twin++) {
        pkr_fault fault;
        uint64_t offset;
        int status = next_row(reader, pack, id, &position, &fault);

        note_blind(reader, status, &fault);
        if (status != 0)
            return false;
        status = pkr_rows_offset(&reader->rows, pack, position, &offset, &fault);
        note_blind(reader, status, &fault);
        if (status == 0) {
            *location = pkr_location(location->store, position, offset);
            return true;
        }
    }
    return false;
}

int packread_reader_find(packread_reader *reader, const packread_id *id,
                         packread_location *location, packread_error *error)
{
    size_t from = 0;
    pkr_fault fault;
    int status;

    if (!reader || !id || !location)
        return pkr_error_null(error);
    pkr_reader_enter(reader);
    status = pkr_find_next(reader, id, &from, location, &fault);
    return pkr_reader_leave(reader, status, &fault, error);
}

/* The id in a row, if there is one, and it has the prefix and is not below `low`. */
static int match_row(packread_reader *reader, const pkr_pack *pack, const pkr_prefix *prefix,
                     const packread_id *low, uint32_t position, packread_id *match,
                     pkr_fault *fault)
{
    const unsigned char *bytes;
    int status;

    if (position >= pack->idx.count)
        return 0;
    status = pkr_rows_id(&reader->rows, pack, position, &bytes, fault);
    if (status == 0 && pkr_prefix_matches(prefix, bytes) &&
        memcmp(bytes, low->bytes, pack->idx.id_size) >= 0)
        pkr_id_set(match, bytes, pack->idx.id_size);
    return status;
}

/* The lowest id of one pack that is not below `low`, if it has the prefix. A whole id that a search
 * finds is the only one; others may be where no search goes. */
static int lowest_in_pack(packread_reader *reader, const pkr_pack *pack, const pkr_prefix *prefix,
                          const packread_id *low, enum pkr_unsorted_reach reach, packread_id *match,
                          pkr_fault *fault)
{
    const size_t id_size = pack->idx.id_size;
    const bool is_whole_id = prefix->digits == 2 * id_size;
    uint32_t position = 0;
    int status = pkr_rows_point(&reader->rows, pack, fault);

    match->size = 0;
    if (is_whole_id && memcmp(low->bytes, prefix->low.bytes, id_size) != 0)
        return status;
    if (status == 0)
        status = pkr_rows_lower_bound(&reader->rows, pack, low, &position, fault);
    if (status == 0 && is_whole_id)
        status = match_row(reader, pack, prefix, low, position, match, fault);
    if (status != 0 || match->size > 0)
        return status;
    status = pkr_unsorted_lower_bound(&reader->rows, pack, &reader->snapshot->budget, low, reach,
                                      &position, fault);
    return status == 0 ? match_row(reader, pack, prefix, low, position, match, fault) : status;
}

/* The same of all packs. */
static int lowest_match(packread_reader *reader, const pkr_prefix *prefix, const packread_id *low,
                        enum pkr_unsorted_reach reach, packread_id *match, pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(reader);

    match->size = 0;
    for (size_t i = 0; i < set->count; i++) {
        const pkr_pack *pack = set->packs[i];
        packread_id found;
        int status;

        if (prefix->digits > 2 * pack->idx.id_size)
            continue;
        status = pkr_rows_settle(
            &reader->rows, lowest_in_pack(reader, pack, prefix, low, reach, &found, fault), fault);
        if (status != 0)
            return status;
        if (found.size > 0 &&
            (match->size == 0 || memcmp(found.bytes, match->bytes, found.size) < 0))
            *match = found;
    }
    return indexes_stand(set, fault);
}

/* The next id there can be; false after the last. */
static bool step(packread_id *id)
{
    for (size_t i = id->size; i > 0; i--)
        if (++id->bytes[i - 1] != 0)
            return true;
    return false;
}

static int each_prefix(packread_reader *reader, const pkr_prefix *prefix,
                       packread_id_visitor *visit, void *context, pkr_fault *fault)
{
    packread_id low = prefix->low;
    packread_id match;
    /* Where the prefix is found, its bucket has it all; where not, it may be anywhere. */
    enum pkr_unsorted_reach reach = PKR_UNSORTED_BUCKET;
    bool found = false;
    bool more = true;

    while (more) {
        int status = pkr_reader_settle(
            reader, lowest_match(reader, prefix, &low, reach, &match, fault), fault);

        if (status != 0)
            return status;
        if (match.size == 0 && !found && reach == PKR_UNSORTED_BUCKET) {
            reach = PKR_UNSORTED_ALL;
            continue;
        }
        if (match.size == 0)
            break;
        found = true;
        if (visit(context, &match) != 0)
            return pkr_fault_stopped(fault);
        low = match;
        more = step(&low);
    }
    return 0;
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
    if (status == PACKREAD_ERROR_STOPPED)
        status = pkr_fault_set(&fault, PACKREAD_ERROR_AMBIGUOUS, reader->snapshot->where,
                               "prefix is ambiguous");
    else if (status == 0 && found.count == 0)
        status = not_found(reader, NULL, &fault);
    if (status == 0)
        *id = found.first;
    return pkr_reader_leave(reader, status, &fault, error);
}

static int find_offset(packread_reader *reader, size_t number, uint64_t offset,
                       packread_location *location, pkr_fault *fault)
{
    pkr_pack *pack;
    uint32_t position;
    int status = pkr_reader_open(reader, number, &pack, fault);

    if (status != 0)
        return status;
    status = pkr_orders_position_at(reader->budget, &reader->rows, pack, offset, &position, fault);
    if (status == 0)
        *location = pkr_location((uint32_t)number, position, offset);
    if (status != PACKREAD_ERROR_NOT_FOUND)
        return status;
    status = indexes_stand(pkr_reader_set(reader), fault);
    return status != 0 ? status
                       : pkr_fault_at(fault, PACKREAD_ERROR_NOT_FOUND, pack->path, offset,
                                      "no entry begins here");
}

int packread_reader_find_offset(packread_reader *reader, size_t pack, uint64_t offset,
                                packread_location *location, packread_error *error)
{
    pkr_fault fault;
    int status;

    if (!reader || !location)
        return pkr_error_null(error);
    pkr_reader_enter(reader);
    status = find_offset(reader, pack, offset, location, &fault);
    return pkr_reader_leave(reader, status, &fault, error);
}

int packread_reader_id_at(packread_reader *reader, size_t pack, uint32_t position, packread_id *id,
                          packread_error *error)
{
    packread_location location = pkr_location((uint32_t)pack, position, 0);
    pkr_fault fault;
    int status;

    if (!reader || !id)
        return pkr_error_null(error);
    pkr_reader_enter(reader);
    status = pack <= UINT32_MAX
                 ? pkr_reader_id(reader, &location, id, &fault)
                 : pkr_fault_set(&fault, PACKREAD_ERROR_ARGUMENT, NULL, "no pack of that number");
    return pkr_reader_leave(reader, status, &fault, error);
}
