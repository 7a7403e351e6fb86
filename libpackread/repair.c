/* repair.c - looks for intact copies, depth first: an object is had from any of its copies, a copy
 * that is a delta from any copy of its base.
 *
 * A list instead of recursion. An object that is on the way already, or had from no copy, is not
 * tried again. One that was found may be needed once more, by another copy of what hangs on it: the
 * reader's cache has it then, and where there is no room for it, only so many are looked for again.
 * So hostile packs cost no more than their entries. */
#include "repair.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "chain.h"
#include "error.h"
#include "find.h"
#include "hash.h"
#include "object.h"
#include "revindex.h"

/* Objects on the way, and objects that were ever on it: beyond that damage is not mended. */
#define WAY_MOST 4096
#define MET_MOST (2 * WAY_MOST)
/* Objects that were found and are looked for once more, all together. */
#define AGAIN_MOST 1024

enum standing {
    STANDING_FREE,     /* may be looked for: it was found, or a reason to give it up is gone */
    STANDING_ON_WAY,   /* is one of the stops */
    STANDING_DOUBTFUL, /* was not to be had without an object that is still on the way */
    STANDING_LOST
};

/* An object that is or was on the way. */
typedef struct met {
    packread_id id;
    unsigned char standing;
    bool was_found;
    uint16_t stop;        /* where, while it is on the way */
    packread_location at; /* the copy that it was found by */
} met;

/* One object that is looked for. */
typedef struct stop {
    uint16_t object;        /* among those met */
    bool is_wanted_below;   /* something behind it was not to be had without it */
    bool is_doubtful;       /* it was passed by what is on the way, or is doubtful itself */
    bool is_known;          /* it was found before: by that copy it is found again */
    bool has_copy;          /* there is one below */
    unsigned char twins;    /* rows of the same pack that were tried */
    packread_location copy; /* whose base is looked for now */
    packread_link delta;
    size_t next; /* where the search for copies goes on */
} stop;

typedef struct way {
    packread_reader *reader;
    packread_blob *found; /* the object of the stop that was left last; NULL: it has none */
    size_t length;
    size_t met_count;
    size_t doubtful_count;
    size_t again_count;
    uint16_t places[2 * MET_MOST]; /* by hash of the id: one more than the number of one met; 0 */
    stop stops[WAY_MOST];          /* each waits for the next */
    met objects[MET_MOST];
} way;

_Static_assert(MET_MOST < UINT16_MAX, "the number of one met fits");

/* Ids that packs name may have been chosen to collide: where this one begins cannot be foreseen. */
static size_t place_of(const way *on, const packread_id *id)
{
    uint64_t hash = (uint64_t)(uintptr_t)on;

    for (size_t i = 0; i + 4 <= id->size; i += 4) {
        hash = (hash ^ packread_bytes_u32(id->bytes + i)) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    return (size_t)hash % (2 * MET_MOST);
}

/* The object of that id among those met, added if it is new; NULL if there is no room. */
static met *meet(way *on, const packread_id *id)
{
    size_t place = place_of(on, id);

    for (; on->places[place] != 0; place = (place + 1) % (2 * MET_MOST)) {
        met *known = &on->objects[on->places[place] - 1];

        if (packread_id_compare(&known->id, id) == 0)
            return known;
    }
    if (on->met_count == MET_MOST)
        return NULL;
    on->objects[on->met_count] = (met){.id = *id};
    on->places[place] = (uint16_t)(on->met_count + 1);
    return &on->objects[on->met_count++];
}

/* For the last stop, or to begin with. */
static void add(way *on, const packread_id *id)
{
    stop *asking = on->length > 0 ? &on->stops[on->length - 1] : NULL;
    met *object = meet(on, id);

    if (!object || object->standing == STANDING_LOST)
        return;
    if (asking && object->standing != STANDING_FREE)
        asking->is_doubtful = true;
    if (object->standing == STANDING_ON_WAY)
        on->stops[object->stop].is_wanted_below = true;
    if (object->standing != STANDING_FREE || on->length == WAY_MOST ||
        (object->was_found && on->again_count++ >= AGAIN_MOST))
        return;
    object->standing = STANDING_ON_WAY;
    object->stop = (uint16_t)on->length;
    on->stops[on->length++] =
        (stop){.object = (uint16_t)(object - on->objects), .is_known = object->was_found};
}

/* The last stop's object was had from no copy. */
static void give_up(way *on)
{
    const stop *last = &on->stops[--on->length];
    met *object = &on->objects[last->object];

    object->standing = last->is_doubtful ? STANDING_DOUBTFUL : STANDING_LOST;
    if (!last->is_doubtful)
        return;
    on->doubtful_count++;
    if (on->length > 0)
        on->stops[on->length - 1].is_doubtful = true;
}

/* The last stop's object was found. What was not to be had without it may be now. */
static void leave(way *on)
{
    const stop *last = &on->stops[--on->length];
    met *object = &on->objects[last->object];

    object->standing = STANDING_FREE;
    object->was_found = true;
    object->at = last->copy;
    if (!last->is_wanted_below || on->doubtful_count == 0)
        return;
    for (size_t i = 0; i < on->met_count; i++)
        if (on->objects[i].standing == STANDING_DOUBTFUL)
            on->objects[i].standing = STANDING_FREE;
    on->doubtful_count = 0;
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

/* Takes the blob as the stop's object, or gives it up. One that was mended is what its entry should
 * have given: with it in the cache, what hangs on it is read as if nothing were damaged. */
static void judge(way *on, const stop *at, packread_blob *blob)
{
    packread_cache *cache = &on->reader->cache;

    if (!gives(blob, &on->objects[at->object].id)) {
        packread_blob_release(cache, blob);
        return;
    }
    if (!blob->cached) {
        blob->pack = at->copy.pack;
        blob->offset = at->copy.offset;
        packread_cache_add(cache, blob);
    }
    on->found = blob;
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

/* Where the stop's next copy is: in the pack that was tried last, whose index may have two rows for
 * an id, or in the next. */
static bool next_copy(way *on, stop *at)
{
    const packread_id *id = &on->objects[at->object].id;

    if (at->is_known) {
        at->is_known = false;
        at->copy = on->objects[at->object].at;
        return true;
    }
    if (at->has_copy && at->twins < PACKREAD_TWINS_MOST &&
        packread_find_twin(on->reader, id, &at->copy)) {
        at->twins++;
        return true;
    }
    at->twins = 0;
    at->has_copy = packread_find_more(on->reader, at->next) &&
                   packread_find_next(on->reader, id, &at->next, &at->copy, NULL) == 0;
    return at->has_copy;
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

    if (!next_copy(on, at))
        return false;
    blob = packread_cache_find(&reader->cache, at->copy.pack, at->copy.offset);
    if (blob)
        judge(on, at, blob);
    if (on->found)
        return true;
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

        if (on->found) /* of the stop behind, which this one has waited for */
            apply(on, &on->stops[length - 1]);
        else if (!try_copy(on))
            give_up(on);
        if (on->found)
            leave(on);
    }
}

int packread_repair(packread_reader *reader, const packread_id *id, packread_object *object)
{
    packread_budget *budget = &reader->snapshot->budget;
    packread_blob *found;
    way *on;

    if (!packread_cache_take(&reader->cache, sizeof *on))
        return PACKREAD_ERROR_NOT_FOUND;
    on = malloc(sizeof *on);
    found = NULL;
    if (on) {
        on->reader = reader;
        on->found = NULL;
        on->length = on->met_count = on->doubtful_count = on->again_count = 0;
        memset(on->places, 0, sizeof on->places);
        add(on, id);
        go(on);
        found = on->found;
        free(on);
    }
    packread_budget_give(budget, sizeof *on);
    reader->object = found;
    if (packread_reader_settle(reader, 0, NULL) != 0 || !found)
        return PACKREAD_ERROR_NOT_FOUND;
    *object =
        (packread_object){*id, (enum packread_type)found->type, (size_t)found->size, found->data};
    return 0;
}
