/* repair.c - looks for intact copies, depth first: an object is had from any of its copies, a copy
 * that is a delta from any copy of its base.
 *
 * A list instead of recursion. An object that is on the way already, or had from no copy, is not
 * tried again, so that hostile packs cost no more than their entries. */
#include "repair.h"

#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "error.h"
#include "find.h"
#include "hash.h"
#include "object.h"
#include "revindex.h"

/* Objects on the way, and as many given up: beyond that damage is not mended. */
#define WAY_MOST 4096

/* One object that is looked for. */
typedef struct stop {
    packread_id id;
    packread_location copy; /* whose base is looked for now */
    packread_link delta;
    size_t next; /* packs from here on have not been tried */
} stop;

typedef struct way {
    packread_reader *reader;
    packread_blob *found; /* the object of the stop that was left last; NULL: it has none */
    size_t length;
    size_t lost_count;
    stop stops[WAY_MOST]; /* each waits for the next */
    packread_id lost[WAY_MOST];
} way;

static bool is_known(const way *on, const packread_id *id)
{
    for (size_t i = 0; i < on->length; i++)
        if (packread_id_compare(&on->stops[i].id, id) == 0)
            return true;
    for (size_t i = 0; i < on->lost_count; i++)
        if (packread_id_compare(&on->lost[i], id) == 0)
            return true;
    return false;
}

static void add(way *on, const packread_id *id)
{
    if (on->length < WAY_MOST && !is_known(on, id))
        on->stops[on->length++] = (stop){.id = *id};
}

/* The id of a delta's base, which need not be readable. */
static int base_id(packread_reader *reader, packread_pack *pack, uint32_t number, uint64_t offset,
                   const packread_entry *entry, packread_id *id)
{
    packread_location base = {number, 0, 0};
    int status;

    packread_id_set(id, entry->base_id, pack->idx.id_size);
    if (entry->type == PACKREAD_REF_DELTA)
        return 0;
    status = packread_chain_base(reader, pack, offset, entry, &base.offset, NULL, NULL);
    if (status == 0)
        status = packread_revindex_position_at(reader, pack, base.offset, &base.position, NULL);
    if (status != 0)
        return status == PACKREAD_ERROR_NOT_FOUND ? PACKREAD_ERROR_CORRUPT : status;
    return packread_find_id(reader, &base, id, NULL);
}

static bool gives(const packread_blob *blob, const packread_id *id)
{
    packread_hash_job job = {(enum packread_type)blob->type, blob->size, blob->data, {{0}, 0}};

    packread_hash_objects(id->size, &job, 1);
    return packread_id_compare(&job.id, id) == 0;
}

/* Takes the blob as the stop's object, or gives it up. */
static void judge(way *on, const stop *at, packread_blob *blob)
{
    if (gives(blob, &at->id))
        on->found = blob;
    else
        packread_blob_release(&on->reader->cache, blob);
}

/* The stop's delta, run on what was found. */
static void apply(way *on, const stop *at)
{
    packread_reader *reader = on->reader;
    const packread_pack *pack = reader->snapshot->packs[at->copy.pack];
    packread_blob *base = on->found;
    packread_blob *delta = NULL;
    packread_blob *result;

    on->found = NULL;
    if (packread_reader_select(reader, pack, NULL) == 0 &&
        packread_object_inflate(reader, pack, &at->delta, false, &delta, NULL, NULL) == 0 &&
        packread_object_apply(reader, pack, at->copy.offset, delta, base, &result, NULL) == 0)
        judge(on, at, result);
    packread_blob_release(&reader->cache, delta);
    packread_blob_release(&reader->cache, base);
}

/* Tries the next copy of the last stop: finds its object, or adds its base to the way, or neither.
 * False if there are no more copies. */
static bool try_copy(way *on)
{
    packread_reader *reader = on->reader;
    stop *at = &on->stops[on->length - 1];
    packread_pack *pack;
    packread_entry entry;
    packread_blob *blob;
    packread_id base;

    if (at->next >= reader->snapshot->pack_count ||
        packread_find_next(reader, &at->id, at->next, &at->copy, NULL) != 0)
        return false;
    at->next = (size_t)at->copy.pack + 1;
    pack = reader->snapshot->packs[at->copy.pack];
    if (packread_reader_select(reader, pack, NULL) != 0 ||
        packread_chain_entry(reader, pack, at->copy.offset, &entry, NULL) != 0)
        return true;
    at->delta = packread_chain_link(at->copy.offset, &entry);
    if (entry.type > PACKREAD_TAG) {
        if (base_id(reader, pack, at->copy.pack, at->copy.offset, &entry, &base) == 0)
            add(on, &base);
    } else if (packread_object_inflate(reader, pack, &at->delta, false, &blob, NULL, NULL) == 0) {
        blob->type = (unsigned char)entry.type;
        judge(on, at, blob);
    }
    return true;
}

/* Until the first stop is left. */
static void go(way *on)
{
    while (on->length > 0) {
        size_t length = on->length;
        stop *last = &on->stops[length - 1];

        if (on->found) { /* of the stop behind, which this one has waited for */
            apply(on, last);
        } else if (!try_copy(on)) {
            if (on->lost_count == WAY_MOST)
                return;
            on->lost[on->lost_count++] = last->id;
            on->length--;
        }
        if (on->found)
            on->length = length - 1;
    }
}

int packread_repair(packread_reader *reader, const packread_id *id, packread_object *object)
{
    packread_budget *budget = &reader->snapshot->budget;
    packread_blob *found;
    way *on;

    if (reader->snapshot->pack_count < 2 || !packread_budget_take(budget, sizeof *on))
        return PACKREAD_ERROR_NOT_FOUND;
    on = malloc(sizeof *on);
    found = NULL;
    if (on) {
        on->reader = reader;
        on->found = NULL;
        on->length = on->lost_count = 0;
        add(on, id);
        go(on);
        found = on->found;
        free(on);
    }
    packread_budget_give(budget, sizeof *on);
    if (!found || packread_reader_settle(reader, 0, NULL) != 0) {
        packread_blob_release(&reader->cache, found);
        return PACKREAD_ERROR_NOT_FOUND;
    }
    reader->object = found;
    *object =
        (packread_object){*id, (enum packread_type)found->type, (size_t)found->size, found->data};
    return 0;
}
