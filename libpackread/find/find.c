/* find.c - looks ids and offsets up across the packs of a snapshot. */
#include "find/find.h"

#include "base/fault.h"
#include "base/id.h"
#include "base/location.h"
#include "find/built_in.h"
#include "find/misled.h"
#include "object/reader.h"
#include "pack/orders.h"
#include "place/loose.h"

/* Of an id that is in no row an index out of order may have a damaged one. */
static void note_disorder(packread_reader *reader, const pkr_pack *pack)
{
    if (pkr_unsorted_is_damaged(pack))
        atomic_store(&reader->snapshot->disordered, pack);
}

static int tell_doubt(const pkr_pack *pack, pkr_fault *fault)
{
    if (pack->derived.findings == PACKREAD_ERROR_THIN)
        return pkr_fault_set(fault, PACKREAD_ERROR_DOUBTFUL, pack->path,
                             "not found, but this pack is thin: of deltas on objects that it does "
                             "not have no id is known");
    if (pack->derived.shortage.code != 0)
        return pkr_fault_set(fault, PACKREAD_ERROR_DOUBTFUL, pack->path,
                             "not found, but there was no room to read some objects of this pack: "
                             "of those no id is known");
    if (pack->derived.findings != 0 || pack->lacks_rows)
        return pkr_fault_set(fault, PACKREAD_ERROR_DOUBTFUL, pack->path,
                             "not found, but this pack is damaged, and so is its index: of some "
                             "objects no id is known");
    if (pkr_unsorted_is_searchable(pack))
        return pkr_fault_set(fault, PACKREAD_ERROR_DOUBTFUL, pack->path,
                             "not found, but an id stands twice in the index of this pack: it has "
                             "an object twice, or another is missing here");
    return pkr_fault_set(fault, PACKREAD_ERROR_DOUBTFUL, pack->index_path,
                         "not found, but this index is damaged: its ids do not rise");
}

/* Nothing is looked at any more for that answer: whoever searched has seen that the bytes that led
 * there were the files'. `may_be_there`: ids of such packs are as long as what was asked for. */
static int find_none(packread_reader *reader, const pkr_pack *disordered, bool may_be_there,
                     pkr_fault *fault)
{
    if (may_be_there && pkr_pack_set_has(pkr_reader_set(reader), disordered))
        return tell_doubt(disordered, fault);
    return pkr_fault_set(fault, PACKREAD_ERROR_NOT_FOUND, reader->snapshot->paths.where,
                         "not found");
}

int pkr_find_none(packread_reader *reader, const packread_id *id, pkr_fault *fault)
{
    const pkr_pack *disordered = atomic_load(&reader->snapshot->disordered);
    int status =
        find_none(reader, disordered, disordered && id->size == disordered->idx.id_size, fault);

    pkr_fault_name(fault, id);
    return status;
}

int pkr_find_no_prefix(packread_reader *reader, const pkr_prefix *prefix, pkr_fault *fault)
{
    const pkr_pack *disordered = atomic_load(&reader->snapshot->disordered);

    return find_none(reader, disordered,
                     disordered && prefix->digits <= 2 * disordered->idx.id_size, fault);
}

void pkr_find_keep(packread_reader *reader, const packread_id *id,
                   const packread_location *location)
{
    reader->known = *id;
    reader->place = *location;
    reader->is_hinted = false;
}

/* Notes that an index could not be seen through, though it may not be damaged. */
static void note_blind(packread_reader *reader, int status, const pkr_fault *fault)
{
    if (status == 0 || status == PACKREAD_ERROR_NOT_FOUND || status == PACKREAD_ERROR_CORRUPT)
        return;
    reader->blind.count++;
    reader->blind.fault = *fault;
}

/* Whether that pack need not be asked. */
static bool is_needless(const pkr_pack *pack, const packread_id *id, bool again)
{
    const pkr_idx *idx = &pack->idx;

    return again ? pkr_unsorted_is_searchable(pack)
                 : idx->fanout[id->bytes[0]] == (id->bytes[0] ? idx->fanout[id->bytes[0] - 1] : 0);
}

/* In one pack. With `again`, an id that its binary search has not found: where that may have been
 * misled. Errors: NOT_FOUND (without detail), those of reading. */
static int find_in_pack(packread_reader *reader, const packread_id *id, const pkr_pack *pack,
                        bool again, packread_location *location, pkr_fault *fault)
{
    uint32_t position = 0;
    uint64_t offset = 0;
    int status = again
                     ? pkr_unsorted_find(&reader->rows, pack, reader->budget, id, &position, fault)
                     : pkr_rows_find(&reader->rows, pack, id, &position, fault);

    if (again)
        note_disorder(reader, pack);
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

/* As a loose object of one object folder. */
static int find_loose(packread_reader *reader, const packread_id *id, uint32_t folder,
                      packread_location *location, pkr_fault *fault)
{
    const pkr_object_folder *asked = pkr_object_folder_get(&reader->snapshot->folders, folder);
    bool found = false;
    int status = pkr_object_folder_is_there(asked) ? pkr_loose_look(asked, id, &found, fault) : 0;

    note_blind(reader, status, fault);
    if (status != 0)
        return status;
    if (found)
        *location = pkr_location_loose(folder, id);
    return found ? 0 : PACKREAD_ERROR_NOT_FOUND;
}

/* ---- Where, in which order --------------------------------------------------------------------
 *
 * The pack that a multi-pack-index names comes first, then all others by number: `*from` is the
 * place in the set of the next one, with HINTED if a first one was found out of order. Past the
 * packs come the object folders with what is loose in them, and past those, once more, the packs
 * that a search may have passed the object by in. */

#define HINTED ((size_t)1 << (sizeof(size_t) * 8 - 1))

static size_t count_folders(const packread_reader *reader)
{
    return pkr_shelf_count(&reader->snapshot->folders);
}

static size_t count_places(const packread_reader *reader)
{
    return 2 * pkr_reader_set(reader)->count + count_folders(reader);
}

/* The pack that is said to have the id; NULL: nobody says. */
static const pkr_pack *hinted_pack(packread_reader *reader, const packread_id *id, uint64_t *offset)
{
    const pkr_pack_set *set = pkr_reader_set(reader);

    return set->midx && set->count > 1 ? pkr_midx_list_find(set->midx, &reader->midx, id, offset)
                                       : NULL;
}

/* The pack that came out of order: it is not asked again. */
static const pkr_pack *passed_pack(packread_reader *reader, const packread_id *id)
{
    uint64_t offset;

    if (reader->is_hinted && reader->known.size > 0 && packread_id_compare(&reader->known, id) == 0)
        return pkr_reader_pack(reader, reader->place.store);
    return hinted_pack(reader, id, &offset);
}

/* At `*place`, or at the next one among the packs that is worth a search; `*place` becomes the one
 * behind it. */
static int search_place(packread_reader *reader, const packread_id *id, size_t *place, size_t end,
                        const pkr_pack *passed, packread_location *location, pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(reader);
    const size_t behind = set->count + count_folders(reader);
    const bool again = *place >= behind;
    const size_t begin = again ? behind : 0;
    const pkr_pack *pack;
    size_t at;

    if (*place >= set->count && !again)
        return find_loose(reader, id, (uint32_t)((*place)++ - set->count), location, fault);
    at = pkr_id_guide_next(&reader->snapshot->guides, set, id, *place - begin);
    *place = begin + at;
    if (at == set->count || *place >= end)
        return PACKREAD_ERROR_NOT_FOUND;
    pack = set->packs[at];
    ++*place;
    if (again)
        note_disorder(reader, pack);
    if (is_needless(pack, id, again) || (pack == passed && !again))
        return PACKREAD_ERROR_NOT_FOUND;
    return find_in_pack(reader, id, pack, again, location, fault);
}

/* From `*place` up to `end`. `passed`: a pack that is left out, or NULL. */
static int search(packread_reader *reader, const packread_id *id, size_t *place, size_t end,
                  const pkr_pack *passed, packread_location *location, pkr_fault *fault)
{
    int failure = PACKREAD_ERROR_NOT_FOUND;

    while (*place < end) {
        pkr_fault detail;
        int status = search_place(reader, id, place, end, passed, location, &detail);

        if (status == 0)
            return 0;
        /* One unreadable index must not hide the object in the next pack. */
        if (status != PACKREAD_ERROR_NOT_FOUND && failure == PACKREAD_ERROR_NOT_FOUND) {
            failure = status;
            *fault = detail;
        }
    }
    return failure;
}

/* Whether it is known without a search, or by now, that no pack has the id. */
static bool is_excluded(packread_reader *reader, const packread_id *id)
{
    const pkr_pack_set *set = pkr_reader_set(reader);

    return set->count > 0 && pkr_id_guide_next(&reader->snapshot->guides, set, id, 0) == set->count;
}

/* `*differs`: it is there at another offset than the one that is said. */
static bool find_hinted(packread_reader *reader, const packread_id *id, packread_location *location,
                        bool *differs)
{
    uint64_t offset = 0;
    const pkr_pack *pack = hinted_pack(reader, id, &offset);
    pkr_fault detail;
    bool found;

    found = pack && !is_needless(pack, id, false) &&
            find_in_pack(reader, id, pack, false, location, &detail) == 0;
    *differs = found && location->offset != offset;
    return found;
}

/* Every pack is searched, and loose objects are looked for, before any pack is looked at for what a
 * search passes by. */
static int find_first(packread_reader *reader, const packread_id *id, size_t *place,
                      packread_location *location, pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(reader);
    pkr_id_guides *guides = &reader->snapshot->guides;
    const size_t begun = pkr_id_guide_next(guides, set, id, 0);
    bool excluded = set->count > 0 && begun == set->count;
    int status = PACKREAD_ERROR_NOT_FOUND;
    pkr_fault detail;
    int next;

    *place = begun;
    if (!excluded) {
        status = search(reader, id, place, set->count, NULL, location, fault);
        if (status == 0 || status == PACKREAD_ERROR_NOT_FOUND)
            pkr_id_guide_searched(guides, set, *place - begun - (status == 0), reader->budget,
                                  &reader->rows);
        if (status == 0)
            return 0;
        excluded = status == PACKREAD_ERROR_NOT_FOUND && is_excluded(reader, id);
    }
    next = search(reader, id, place,
                  excluded ? set->count + count_folders(reader) : count_places(reader), NULL,
                  location, &detail);
    if (next != 0 && (status != PACKREAD_ERROR_NOT_FOUND || next == PACKREAD_ERROR_NOT_FOUND))
        return status;
    if (next != 0)
        *fault = detail;
    return next;
}

size_t pkr_find_after(const packread_reader *reader, const packread_location *location)
{
    const pkr_pack_set *set = pkr_reader_set(reader);

    return pkr_location_is_loose(location) ? set->count + location->store + 1
                                           : pkr_pack_set_after(set, location->store);
}

/* The first copy of all. */
static int begin_search(packread_reader *reader, const packread_id *id, size_t *from,
                        packread_location *location, pkr_fault *fault)
{
    const uint64_t blind = reader->blind.count;
    bool differs;
    bool is_hinted = find_hinted(reader, id, location, &differs);
    int status = is_hinted ? 0 : find_first(reader, id, from, location, fault);

    if (reader->may_look && (differs || status != 0) &&
        (pkr_misled_about(reader, id, &status, fault) ||
         (status == PACKREAD_ERROR_CORRUPT && pkr_misled_by_row(reader, id, &status, fault)) ||
         (status == PACKREAD_ERROR_NOT_FOUND && (pkr_misled_by_disorder(reader, &status, fault) ||
                                                 pkr_misled_by_loss(reader, &status, fault)))))
        return status;
    if (is_hinted)
        *from = HINTED;
    if (status == 0 && reader->blind.count == blind) { /* else there may be an earlier copy */
        pkr_find_keep(reader, id, location);
        reader->is_hinted = is_hinted;
    }
    return status;
}

static int continue_search(packread_reader *reader, const packread_id *id, size_t *from,
                           packread_location *location, pkr_fault *fault)
{
    const size_t hinted = *from & HINTED;
    size_t place = *from & ~HINTED;
    int status = search(reader, id, &place, count_places(reader),
                        hinted ? passed_pack(reader, id) : NULL, location, fault);

    *from = place | hinted;
    return status;
}

int pkr_find_next(packread_reader *reader, const packread_id *id, size_t *from,
                  packread_location *location, pkr_fault *fault)
{
    const bool is_first = *from == 0;
    pkr_fault detail;
    int status;

    if (is_first && reader->known.size > 0 && packread_id_compare(&reader->known, id) == 0) {
        *location = reader->place;
        *from = reader->is_hinted ? HINTED : pkr_find_after(reader, location);
        return 0;
    }
    status = is_first ? begin_search(reader, id, from, location, &detail)
                      : continue_search(reader, id, from, location, &detail);
    if (status == 0)
        return 0;
    *from = count_places(reader);
    if (status == PACKREAD_ERROR_NOT_FOUND)
        return pkr_find_none(reader, id, fault);
    pkr_fault_name(&detail, id);
    if (fault)
        *fault = detail;
    return status;
}

bool pkr_find_more(const packread_reader *reader, size_t from)
{
    return (from & ~HINTED) < count_places(reader);
}

int pkr_find_before(packread_reader *reader, const packread_id *id, size_t below, bool *found,
                    pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(reader);

    *found = false;
    for (size_t i = 0; !*found; i++) {
        packread_location location;
        pkr_fault detail;
        int status = PACKREAD_ERROR_NOT_FOUND;

        i = pkr_id_guide_next(&reader->snapshot->guides, set, id, i);
        if (i >= set->count || set->packs[i]->number >= below)
            break;
        if (!is_needless(set->packs[i], id, false))
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

/* Of one row that the id has. */
static bool is_usable(packread_reader *reader, uint32_t number, uint32_t position,
                      packread_location *location)
{
    pkr_fault fault;
    uint64_t offset;
    int status =
        pkr_rows_offset(&reader->rows, pkr_reader_pack(reader, number), position, &offset, &fault);

    note_blind(reader, status, &fault);
    if (status == 0)
        *location = pkr_location(number, position, offset);
    return status == 0;
}

bool pkr_find_twin(packread_reader *reader, const packread_id *id, packread_location *location)
{
    const uint32_t last = location->position;
    bool is_behind = false;
    pkr_fault fault;
    pkr_run run;
    int status;

    if (pkr_location_is_loose(location))
        return false;
    status = pkr_find_rows(reader, id, location->store, &run, &fault);

    note_blind(reader, status, &fault);
    for (uint32_t place = run.begin; status == 0 && place < run.end; place++) {
        uint32_t position = pkr_run_position(&run, place);

        if (is_behind && is_usable(reader, location->store, position, location))
            return true;
        is_behind = is_behind || position == last;
    }
    return false;
}

int pkr_find_rows(packread_reader *reader, const packread_id *id, uint32_t number, pkr_run *run,
                  pkr_fault *fault)
{
    const pkr_pack *pack = pkr_reader_pack(reader, number);
    int status = pkr_unsorted_range(&reader->rows, pack, reader->budget, id, id, run, fault);

    note_disorder(reader, pack);
    if (status == 0 && run->end - run->begin > PKR_TWINS_MOST)
        run->end = run->begin + PKR_TWINS_MOST;
    return status;
}

int packread_reader_find(packread_reader *reader, const packread_id *id,
                         packread_location *location, packread_error *error)
{
    pkr_fault fault;
    int status;

    if (!reader || !id || !location)
        return pkr_error_null(error);
    if (!pkr_id_is_whole(id))
        return pkr_error_argument(error, PKR_NO_ID);
    pkr_reader_enter(reader);
    reader->may_look = true;
    do {
        size_t from = 0;

        status = pkr_find_next(reader, id, &from, location, &fault);
        if (status == 0)
            pkr_misled_to(reader, id, location, &status, &fault);
    } while (pkr_reader_look(reader, &status, &fault));
    reader->may_look = false;
    if (pkr_is_absence(status) && pkr_built_in_has(reader, id)) {
        *location = pkr_location_built_in(id->size);
        status = 0;
    }
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
    return pkr_fault_at(fault, PACKREAD_ERROR_NOT_FOUND, pack->path, offset,
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
