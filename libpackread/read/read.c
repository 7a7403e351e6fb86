/* read.c - hands whole objects out, hashed against the id asked for, from whichever copy is intact.
 */
#include "read/read.h"

#include <string.h>

#include "find/built_in.h"
#include "find/copies.h"
#include "base/fault.h"
#include "base/id.h"
#include "base/location.h"
#include "find/find.h"
#include "platform/hash.h"
#include "object/build.h"
#include "object/loose_file.h"
#include "pack/index_blame.h"
#include "repair/repair.h"

/* A blob is hashed once in its life in the cache, for each row that it is asked by. */
static int check(const packread_snapshot *snapshot, const pkr_pack *pack,
                 const packread_location *location, pkr_blob *blob, const packread_id *id,
                 pkr_fault *fault)
{
    pkr_hash_job job = {
        .type = (enum packread_type)blob->type, .size = blob->size, .data = blob->data};
    const char *refused;

    if (blob->checked && blob->checked_row == location->position)
        return 0;
    if (pkr_hash_objects(&snapshot->hash_way, id->size, &job, 1, snapshot->budget.stop) != 0)
        return pkr_fault_stopped(fault);
    refused = pkr_hash_refused(&job.id, job.is_attack, id);
    if (refused)
        return pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, pack->path, location->offset, refused);
    blob->checked = true;
    blob->checked_row = location->position;
    return 0;
}

static int read_once(packread_reader *reader, const packread_location *location,
                     const packread_id *id, packread_object *object, pkr_fault *fault)
{
    packread_snapshot *snapshot = reader->snapshot;
    const pkr_pack *pack = pkr_reader_pack(reader, location->store);
    pkr_blob *blob = NULL;
    int status = pkr_reader_select(reader, pack, fault);

    if (status == 0)
        status = pkr_build_object(reader, pack, location->offset, &blob, fault);
    if (status == 0 && !(snapshot->flags & PACKREAD_NO_CHECK))
        status = check(snapshot, pack, location, blob, id, fault);
    status = pkr_reader_settle(reader, status, fault);
    if (status != 0) {
        pkr_blob_release(&reader->spares, blob);
        pkr_fault_name(fault, id);
        return status;
    }
    pkr_spills_drop(&reader->spills);
    pkr_reader_hand_out(reader, id, blob, object);
    return 0;
}

static int read_loose(packread_reader *reader, const packread_location *location,
                      const packread_id *id, packread_object *object, pkr_fault *fault)
{
    pkr_blob *blob;
    int status = pkr_loose_read(reader, location->store, id,
                                !(reader->snapshot->flags & PACKREAD_NO_CHECK), &blob, fault);

    if (status != 0) {
        pkr_fault_name(fault, id);
        return status;
    }
    pkr_reader_hand_out(reader, id, blob, object);
    return 0;
}

static int read_built_in(packread_reader *reader, const packread_id *id, packread_object *object,
                         pkr_fault *fault)
{
    pkr_blob *blob;
    int status = pkr_built_in_blob(reader, &blob, fault);

    if (status == 0)
        pkr_reader_hand_out(reader, id, blob, object);
    return status;
}

/* A page that cannot be read spoils its neighbours in the window too: they are there the second
 * time. */
int pkr_read_copy(packread_reader *reader, const packread_location *location, const packread_id *id,
                  packread_object *object, pkr_fault *fault)
{
    int status;

    if (pkr_location_is_loose(location))
        return read_loose(reader, location, id, object, fault);
    if (pkr_location_is_built_in(location))
        return read_built_in(reader, id, object, fault);
    status = read_once(reader, location, id, object, fault);
    return status == PACKREAD_ERROR_SYSTEM ? read_once(reader, location, id, object, fault)
                                           : status;
}

int packread_reader_read_at(packread_reader *reader, const packread_location *location,
                            packread_object *object, packread_error *error)
{
    packread_id id;
    pkr_fault fault;
    int status;

    if (!reader || !location || !object)
        return pkr_error_null(error);
    pkr_reader_enter(reader);
    status = pkr_reader_id(reader, location, &id, &fault);
    if (status == 0)
        status = pkr_read_copy(reader, location, &id, object, &fault);
    return pkr_reader_leave(reader, status, &fault, error);
}

static int use_copy(pkr_copies *asked, const packread_location *copy, pkr_fault *fault)
{
    return pkr_read_copy(asked->reader, copy, asked->id, asked->context, fault);
}

int packread_reader_read(packread_reader *reader, const packread_id *id, packread_object *object,
                         packread_error *error)
{
    pkr_copies copies = {reader, id, use_copy, object, false};
    pkr_fault fault;
    int status;

    if (!reader || !id || !object)
        return pkr_error_null(error);
    if (!pkr_id_is_whole(id))
        return pkr_error_argument(error, PKR_NO_ID);
    pkr_reader_enter(reader);
    status = pkr_copies_try(&copies, &fault);
    if (pkr_copies_may_differ(status))
        status = pkr_repair(reader, id, object, status, &fault);
    return pkr_read_leave(reader, id, status, &fault, error);
}

/* The pack whose file it is about. */
static pkr_pack *pack_of(packread_reader *reader, const pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(reader);

    for (size_t i = 0; set && fault->file && i < set->count; i++)
        if (set->packs[i]->path == fault->file)
            return set->packs[i];
    return NULL;
}

int pkr_read_blame(packread_reader *reader, int status, pkr_fault *fault)
{
    pkr_pack *pack = status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN
                         ? pack_of(reader, fault)
                         : NULL;

    if (!pack)
        return status;
    pkr_index_blame(pack, reader->budget, fault);
    return fault->code;
}

int pkr_read_leave(packread_reader *reader, const packread_id *id, int status, pkr_fault *fault,
                   packread_error *error)
{
    if (status != 0) {
        status = pkr_reader_settle(reader, status, fault);
        status = pkr_read_blame(reader, status, fault);
        pkr_fault_name(fault, id);
    }
    pkr_reader_exit(reader);
    if (status == 0)
        return 0;
    return pkr_fault_publish(fault, error);
}
