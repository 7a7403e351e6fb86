/* reader.c - makes and frees readers, and points them at packs. */
#include "object/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/empty_tree.h"
#include "base/fault.h"
#include "base/location.h"
#include "base/memory.h"
#include "pack/index_blame.h"
#include "place/loose.h"
#include "platform/host.h"

int packread_reader_new(packread_snapshot *snapshot, packread_reader **reader,
                        packread_error *error)
{
    pkr_fault fault;
    int status;

    if (!snapshot || !reader)
        return pkr_error_argument(error, "no snapshot");
    if (snapshot->flags & PACKREAD_WITHOUT_INDEX)
        status = pkr_fault_set(&fault, PACKREAD_ERROR_NO_INDEX, snapshot->paths.where,
                               "was opened without its index: there is nothing to look up");
    else
        status = pkr_reader_make(snapshot, reader, &fault);
    return status == 0 ? 0 : pkr_fault_publish(&fault, error);
}

#define VIEWS 5

static void views_of(packread_reader *reader, pkr_view *views[VIEWS])
{
    views[0] = &reader->data;
    views[1] = &reader->rows.ids;
    views[2] = &reader->rows.offsets;
    views[3] = &reader->rows.crcs;
    views[4] = &reader->rows.wide;
}

static int open_parts(packread_reader *reader, packread_snapshot *snapshot)
{
    pkr_view *views[VIEWS];

    reader->snapshot = snapshot;
    reader->budget = &snapshot->budget;
    views_of(reader, views);
    for (size_t i = 0; i < VIEWS; i++)
        views[i]->budget = reader->budget;
    reader->midx.ids.budget = reader->midx.places.budget = reader->midx.wide.budget =
        reader->budget;
    pkr_spills_begin(&reader->spills, snapshot->manager, reader->budget);
    reader->spills.folder = snapshot->paths.temporary_folder;
    pkr_admit_begin(&reader->admit, &reader->cache);
    if (pkr_spares_open(&reader->spares, reader->budget, snapshot->cache_limit / 8) != 0 ||
        pkr_cache_open(&reader->cache, &reader->spares, snapshot->cache_limit) != 0 ||
        pkr_memo_open(&reader->memo, reader->budget) != 0 ||
        pkr_memo_open(&reader->broken, reader->budget) != 0 ||
        pkr_loss_map_open(&reader->lost, snapshot) != 0)
        return PACKREAD_ERROR_MEMORY;
    reader->inflater = pkr_inflater_new();
    return reader->inflater ? 0 : PACKREAD_ERROR_MEMORY;
}

/* Also of a reader that is half made. */
static void close_parts(packread_reader *reader)
{
    pkr_spills_drop(&reader->spills);
    pkr_admit_end(&reader->admit);
    pkr_cache_close(&reader->cache);
    pkr_spares_close(&reader->spares);
    pkr_memo_close(&reader->memo);
    pkr_memo_close(&reader->broken);
    pkr_loss_map_close(&reader->lost);
    pkr_inflater_free(reader->inflater);
    pkr_view_close(&reader->data);
    pkr_rows_close(&reader->rows);
    pkr_midx_rows_close(&reader->midx);
    pkr_links_free(&reader->links, reader->budget);
    free(reader->piece);
    pkr_memory_free(reader->budget, reader->text, reader->text_room);
    free(reader->file_piece);
}

static packread_reader *make(packread_snapshot *snapshot)
{
    packread_reader *made = calloc(1, sizeof *made);

    if (made && open_parts(made, snapshot) != 0) {
        close_parts(made);
        free(made);
        made = NULL;
    }
    return made;
}

int pkr_reader_make(packread_snapshot *snapshot, packread_reader **reader, pkr_fault *fault)
{
    packread_reader *made = make(snapshot);

    if (!made && pkr_budget_relieve(&snapshot->budget))
        made = make(snapshot);
    if (!made)
        return pkr_fault_memory(fault);
    pkr_hold_join(&made->hold, &snapshot->packs);
    *reader = made;
    return 0;
}

int pkr_reader_piece(packread_reader *reader, pkr_fault *fault)
{
    if (!reader->piece)
        reader->piece = pkr_memory_plain(reader->budget, PKR_READER_PIECE);
    return reader->piece ? 0 : pkr_fault_memory(fault);
}

#define WINDOWS_OF_A_READER 6

unsigned pkr_reader_threads(const packread_snapshot *snapshot, unsigned wanted)
{
    if (wanted == 0)
        wanted = packread_processors();
    if (wanted > PKR_THREADS_MOST)
        wanted = PKR_THREADS_MOST;
    if (snapshot->windows > 0 && wanted > snapshot->windows / WINDOWS_OF_A_READER)
        wanted = (unsigned)(snapshot->windows / WINDOWS_OF_A_READER);
    return wanted ? wanted : 1;
}

static void drop(packread_reader *reader)
{
    pkr_blob_release(&reader->spares, reader->object);
    reader->object = NULL;
}

void packread_reader_free(packread_reader *reader)
{
    if (!reader)
        return;
    drop(reader);
    close_parts(reader);
    pkr_hold_leave(&reader->hold, &reader->snapshot->packs);
    free(reader);
}

int pkr_reader_select(packread_reader *reader, const pkr_pack *pack, pkr_fault *fault)
{
    int status = pkr_view_point(&reader->data, pack, &pack->data, pack->path, pack->end, fault);

    return status == 0 ? pkr_rows_point(&reader->rows, pack, fault) : status;
}

int pkr_reader_open(packread_reader *reader, size_t number, pkr_pack **pack, pkr_fault *fault)
{
    *pack = pkr_reader_pack(reader, number);
    if (!*pack)
        return pkr_fault_set(fault, PACKREAD_ERROR_ARGUMENT, NULL, "no pack of that number");
    /* Without a set somebody else holds one for the reader. */
    if (reader->hold.set && !pkr_pack_set_has(reader->hold.set, *pack))
        return pkr_pack_gone(*pack, fault);
    return 0;
}

/* The location has the first bytes of it; its folder the rest. */
static int find_loose_id(packread_reader *reader, const packread_location *location,
                         packread_id *id, pkr_fault *fault)
{
    const packread_snapshot *snapshot = reader->snapshot;
    const pkr_object_folder *folder = pkr_object_folder_get(&snapshot->folders, location->store);
    pkr_prefix prefix = {.digits = 2 * PKR_LOCATION_ID_BYTES};
    pkr_loose_ids ids;
    int status;

    if (!folder)
        return pkr_fault_set(fault, PACKREAD_ERROR_ARGUMENT, NULL,
                             "no object folder of that number");
    pkr_location_id_bytes(location, prefix.low.bytes);
    if (reader->known.size > 0 && pkr_location_is_loose(&reader->place) &&
        reader->place.store == location->store &&
        memcmp(reader->known.bytes, prefix.low.bytes, PKR_LOCATION_ID_BYTES) == 0) {
        *id = reader->known;
        return 0;
    }
    status = pkr_loose_ids_read_prefix(folder, pkr_snapshot_id_size(snapshot), &prefix,
                                       reader->budget, &ids, fault);
    if (status == 0 && ids.count > 0)
        pkr_id_set(id, ids.bytes, ids.id_size);
    else if (status == 0 && ids.failure.code != 0)
        status = pkr_fault_copy(fault, &ids.failure);
    else if (status == 0)
        status =
            pkr_fault_set(fault, PACKREAD_ERROR_CHANGED, folder->path, "that loose object is gone");
    pkr_loose_ids_free(&ids, reader->budget);
    return status;
}

int pkr_reader_id(packread_reader *reader, const packread_location *location, packread_id *id,
                  pkr_fault *fault)
{
    pkr_pack *pack;
    const unsigned char *bytes;
    int status;

    if (pkr_location_is_loose(location))
        return find_loose_id(reader, location, id, fault);
    if (pkr_location_is_built_in(location) && pkr_empty_tree_id(location->store, id))
        return 0;
    if (location->kind != PACKREAD_STORE_PACK)
        return pkr_fault_set(fault, PACKREAD_ERROR_ARGUMENT, NULL, "no known kind of store");
    status = pkr_reader_open(reader, location->store, &pack, fault);
    if (status != 0)
        return status;
    if (location->position >= pack->idx.count)
        return pkr_fault_set(fault, PACKREAD_ERROR_ARGUMENT, pack->index_path,
                             "no row of that number");
    status = pkr_rows_id(&reader->rows, pack, location->position, &bytes, fault);
    if (status == 0)
        pkr_id_set(id, bytes, pack->idx.id_size);
    return status;
}

/* In one call: packs may be replaced again and again while they are looked for. */
#define LOOKS_MOST 8

static void begin(packread_reader *reader)
{
    pkr_view *views[VIEWS];

    drop(reader);
    views_of(reader, views);
    for (size_t i = 0; i < VIEWS; i++)
        pkr_view_begin(views[i]);
}

void pkr_reader_hand_out(packread_reader *reader, const packread_id *id, pkr_blob *blob,
                         packread_object *object)
{
    reader->object = blob;
    *object = (packread_object){.id = *id,
                                .type = (enum packread_type)blob->type,
                                .size = (size_t)blob->size,
                                .data = blob->data,
                                .hold = blob};
}

/* What was learnt from the packs that there were, about where objects are and are not. */
static void forget_places(packread_reader *reader)
{
    pkr_memo_clear(&reader->memo);
    pkr_memo_clear(&reader->broken);
    pkr_loss_map_clear(&reader->lost);
    reader->known.size = 0;
}

void pkr_reader_renew(packread_reader *reader)
{
    reader->touched = atomic_load(&reader->snapshot->looking.touched);
    pkr_hold_take(&reader->hold, &reader->snapshot->packs);
    if (reader->generation != reader->hold.set->generation) {
        reader->generation = reader->hold.set->generation;
        forget_places(reader);
    }
}

/* Whether another pack may have been there since the packs of the call were. Where there are no
 * loose objects no object can have been in it alone. */
static bool is_touched(const packread_reader *reader)
{
    return pkr_shelf_count(&reader->snapshot->folders) > 0 &&
           reader->touched != atomic_load(&reader->snapshot->looking.touched);
}

int pkr_reader_moved(packread_reader *reader, bool *moved, pkr_fault *fault)
{
    int status;

    *moved = false;
    if (reader->calls != 1)
        return 0;
    status = pkr_looking_again(&reader->snapshot->looking, reader->generation, false, moved, fault);
    if (status != 0)
        return status;
    *moved = *moved || is_touched(reader);
    if (*moved)
        pkr_reader_renew(reader);
    return 0;
}

void pkr_reader_note_gone(packread_reader *reader)
{
    reader->known.size = 0;
    reader->is_loose_gone = true;
}

/* A pack that was not opened anew for its damaged index is used as it is: nobody asks again. */
static bool let_go_misled(packread_reader *reader)
{
    pkr_pack *pack = reader->misled;
    unsigned char wanted = PKR_ANEW_WANTED;

    reader->misled = NULL;
    if (pack && pkr_pack_set_contains(atomic_load(&reader->snapshot->packs.now), pack))
        if (atomic_compare_exchange_strong(&pack->anew, &wanted, PKR_ANEW_FAILED))
            pkr_index_acquit(pack);
    return pack != NULL;
}

bool pkr_reader_look(packread_reader *reader, int *status, pkr_fault *fault)
{
    bool is_gone = *status == PACKREAD_ERROR_CHANGED ||
                   (*status == PACKREAD_ERROR_SYSTEM && pkr_host_is_absence(fault->system_errno));
    bool changed = false;
    pkr_fault failure;
    int failed;

    if (reader->calls != 1 || reader->looks == LOOKS_MOST || (!is_gone && !pkr_is_absence(*status)))
        return false;
    failed = pkr_looking_again(&reader->snapshot->looking, reader->generation, is_gone, &changed,
                               &failure);
    if (failed != 0) {
        *status = failed;
        *fault = failure;
    }
    if (let_go_misled(reader) && failed != PACKREAD_ERROR_STOPPED)
        changed = true;
    if (!changed && (failed != 0 || !(is_touched(reader) || reader->is_loose_gone)))
        return false;
    reader->is_loose_gone = false;
    reader->looks++;
    pkr_reader_renew(reader);
    return true;
}

void pkr_reader_enter(packread_reader *reader)
{
    if (reader->calls++ == 0) {
        reader->looks = 0;
        reader->is_loose_gone = false;
        reader->misled = NULL;
        pkr_reader_renew(reader);
    }
    begin(reader);
}

void pkr_reader_exit(packread_reader *reader)
{
    if (--reader->calls == 0)
        pkr_hold_drop(&reader->hold, &reader->snapshot->packs);
}

int pkr_reader_fault(packread_reader *reader, pkr_fault *fault)
{
    pkr_view *views[VIEWS];

    views_of(reader, views);
    for (size_t i = 0; i < VIEWS; i++)
        if (pkr_view_spoiled(views[i]))
            return pkr_view_fault(views[i], fault);
    return 0;
}

int pkr_reader_settle(packread_reader *reader, int status, pkr_fault *fault)
{
    int failure = pkr_reader_fault(reader, fault);

    if (failure != 0) {
        begin(reader);
        pkr_cache_clear(&reader->cache);
        forget_places(reader);
        return failure;
    }
    if (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN) {
        status = pkr_view_blame(&reader->data, status, fault);
        status = pkr_view_blame(&reader->rows.ids, status, fault);
    }
    return status;
}

int pkr_reader_leave(packread_reader *reader, int status, pkr_fault *fault, packread_error *error)
{
    status = pkr_reader_settle(reader, status, fault);
    pkr_reader_exit(reader);
    return status == 0 ? 0 : pkr_fault_publish(fault, error);
}
