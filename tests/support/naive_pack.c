/* naive_pack.c - knows how entries follow each other, and that a delta's base may be any object
 * that is rebuilt by now: tried again and again until nothing is gained. */
#include "naive_pack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "naive.h"
#include "packwriter.h"

static void *take_memory(uint64_t size)
{
    void *memory = malloc(size ? (size_t)size : 1);

    if (!memory)
        abort();
    return memory;
}

/* A stream of exactly `size` bytes; how long it was, or 0 if it is another one. */
static size_t inflate_exactly(const uint8_t *bytes, size_t length, uint8_t *out, uint64_t size)
{
    z_stream stream;
    uint8_t surplus[1];
    size_t used = 0;
    int status;

    memset(&stream, 0, sizeof stream);
    if (inflateInit(&stream) != Z_OK)
        abort();
    stream.next_in = (Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)length;
    stream.next_out = out;
    stream.avail_out = (uInt)size;
    status = inflate(&stream, Z_FINISH);
    if (status == Z_BUF_ERROR && stream.avail_out == 0) { /* the trailer, or one byte too many */
        stream.next_out = surplus;
        stream.avail_out = 1;
        status = inflate(&stream, Z_FINISH);
    }
    if (status == Z_STREAM_END && stream.total_out == size)
        used = (size_t)stream.total_in;
    inflateEnd(&stream);
    return used;
}

static bool read_entry(struct naive_object *object, const uint8_t *bytes, size_t trailer,
                       uint64_t offset, size_t id_size, uint64_t largest)
{
    const uint8_t *at = bytes + offset;
    struct naive_entry entry;
    size_t used;

    memset(object, 0, sizeof *object);
    if (!naive_entry_read(at, trailer - (size_t)offset, id_size, &entry) || entry.size > largest)
        return false;
    at += entry.header_size;
    object->inflated = take_memory(entry.size);
    used = inflate_exactly(at, (size_t)(bytes + trailer - at), object->inflated, entry.size);
    if (used == 0) {
        free(object->inflated);
        return false;
    }
    object->offset = offset;
    object->end = offset + entry.header_size + used;
    object->stored_type = entry.type;
    object->distance = entry.distance;
    if (entry.base_id)
        memcpy(object->base_id, entry.base_id, id_size);
    object->inflated_size = entry.size;
    return true;
}

static void become_known(struct naive_object *object, unsigned type, uint8_t *data, uint64_t size,
                         size_t id_size)
{
    object->known = true;
    object->type = type;
    object->data = data;
    object->size = size;
    packwriter_hash_id(id_size, type, data, (size_t)size, object->id);
}

static bool is_base_of(const struct naive_object *base, const struct naive_object *delta,
                       size_t id_size)
{
    if (!base->known || base == delta)
        return false;
    if (delta->stored_type == 6)
        return delta->distance <= delta->offset && base->offset == delta->offset - delta->distance;
    return memcmp(base->id, delta->base_id, id_size) == 0;
}

/* The first base that fits; a delta that does not apply to it is not tried on another. */
static bool rebuild(struct naive_pack *pack, struct naive_object *delta, size_t id_size,
                    uint64_t largest)
{
    for (size_t i = 0; i < pack->count; i++) {
        const struct naive_object *base = &pack->objects[i];
        uint8_t *result;
        uint64_t size;

        if (!is_base_of(base, delta, id_size))
            continue;
        if (naive_delta_apply(delta->inflated, (size_t)delta->inflated_size, base->data, base->size,
                              largest, &result, &size) != NAIVE_DELTA_OK)
            return false;
        become_known(delta, base->type, result, size, id_size);
        return true;
    }
    return false;
}

void naive_pack_walk(struct naive_pack *pack, const uint8_t *bytes, size_t trailer, size_t id_size,
                     size_t most, uint64_t largest)
{
    bool gained = true;

    memset(pack, 0, sizeof *pack);
    pack->end = 12;
    pack->objects = take_memory(most * sizeof *pack->objects);
    while (pack->count < most && pack->end < trailer &&
           read_entry(&pack->objects[pack->count], bytes, trailer, pack->end, id_size, largest)) {
        struct naive_object *object = &pack->objects[pack->count++];

        pack->end = object->end;
        if (object->stored_type < 5) {
            uint8_t *data = take_memory(object->inflated_size);

            memcpy(data, object->inflated, (size_t)object->inflated_size);
            become_known(object, object->stored_type, data, object->inflated_size, id_size);
        }
    }
    while (gained) {
        gained = false;
        for (size_t i = 0; i < pack->count; i++)
            if (!pack->objects[i].known && rebuild(pack, &pack->objects[i], id_size, largest))
                gained = true;
    }
}

size_t naive_pack_known(const struct naive_pack *pack)
{
    size_t count = 0;

    for (size_t i = 0; i < pack->count; i++)
        count += pack->objects[i].known;
    return count;
}

bool naive_pack_has_twins(const struct naive_pack *pack)
{
    for (size_t i = 0; i < pack->count; i++)
        for (size_t j = 0; j < i; j++)
            if (memcmp(pack->objects[i].id, pack->objects[j].id, sizeof pack->objects[i].id) == 0)
                return true;
    return false;
}

void naive_pack_free(struct naive_pack *pack)
{
    for (size_t i = 0; i < pack->count; i++) {
        free(pack->objects[i].inflated);
        free(pack->objects[i].data);
    }
    free(pack->objects);
    memset(pack, 0, sizeof *pack);
}
