/* read.c - hands whole objects out, hashed against the id asked for, from whichever copy is intact.
 */
#include "read.h"

#include <string.h>

#include "copies.h"
#include "error.h"
#include "find.h"
#include "hash.h"
#include "object.h"
#include "repair.h"

/* A blob is hashed once in its life in the cache, for each row that it is asked by. */
static int check(const packread_pack *pack, const packread_location *location, packread_blob *blob,
                 const packread_id *id, packread_error *error)
{
    packread_hash_job job = {(enum packread_type)blob->type, blob->size, blob->data, {{0}, 0}};

    if (blob->checked && blob->checked_row == location->position)
        return 0;
    packread_hash_objects(id->size, &job, 1);
    if (packread_id_compare(&job.id, id) != 0)
        return packread_error_at(error, PACKREAD_ERROR_CORRUPT, pack->path, location->offset,
                                 "contents do not give the object's id");
    blob->checked = true;
    blob->checked_row = location->position;
    return 0;
}

static int read_once(packread_reader *reader, const packread_location *location,
                     const packread_id *id, packread_object *object, packread_error *error)
{
    packread_snapshot *snapshot = reader->snapshot;
    const packread_pack *pack = snapshot->packs[location->pack];
    packread_blob *blob = NULL;
    int status = packread_reader_select(reader, pack, error);

    if (status == 0)
        status =
            packread_object_build(reader, pack, location->pack, location->offset, &blob, error);
    if (status == 0 && !(snapshot->flags & PACKREAD_NO_CHECK))
        status = check(pack, location, blob, id, error);
    if (status == 0)
        reader->object = blob;
    else
        packread_blob_release(&reader->cache, blob);
    status = packread_reader_settle(reader, status, error);
    if (status != 0) {
        packread_error_name(error, id);
        return status;
    }
    packread_spills_drop(&reader->spills);
    *object =
        (packread_object){*id, (enum packread_type)blob->type, (size_t)blob->size, blob->data};
    return 0;
}

/* A page that cannot be read spoils its neighbours in the window too: they are there the second
 * time. */
int packread_read_copy(packread_reader *reader, const packread_location *location,
                       const packread_id *id, packread_object *object, packread_error *error)
{
    int status = read_once(reader, location, id, object, error);

    return status == PACKREAD_ERROR_SYSTEM ? read_once(reader, location, id, object, error)
                                           : status;
}

int packread_reader_read_at(packread_reader *reader, const packread_location *location,
                            packread_object *object, packread_error *error)
{
    packread_id id;
    int status;

    if (!reader || !location || !object)
        return packread_error_null(error);
    packread_reader_begin(reader);
    status = packread_find_id(reader, location, &id, error);
    return status == 0 ? packread_read_copy(reader, location, &id, object, error) : status;
}

/* The object that is asked for, and where it goes. */
typedef struct reading {
    packread_reader *reader;
    const packread_id *id;
    packread_object *object;
} reading;

static int use_copy(void *context, const packread_location *copy, packread_error *error)
{
    const reading *asked = context;

    return packread_read_copy(asked->reader, copy, asked->id, asked->object, error);
}

int packread_reader_read(packread_reader *reader, const packread_id *id, packread_object *object,
                         packread_error *error)
{
    reading asked = {reader, id, object};
    packread_copies copies = {.use = use_copy, .context = &asked};
    packread_error detail;
    int status;

    if (!reader || !id || !object)
        return packread_error_null(error);
    packread_reader_begin(reader);
    status = packread_copies_try(reader, id, &copies, &detail);
    if (packread_copies_may_differ(status))
        status = packread_repair(reader, id, object, status, &detail);
    return status == 0 ? 0 : packread_read_failed(reader, id, status, &detail, error);
}

int packread_read_failed(packread_reader *reader, const packread_id *id, int status,
                         packread_error *detail, packread_error *error)
{
    status = packread_reader_settle(reader, status, detail);
    packread_error_name(detail, id);
    if (error)
        *error = *detail;
    return status;
}
