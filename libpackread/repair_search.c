/* repair_search.c - builds what a search tries, and keeps what was in its way. */
#include "repair_search.h"

#include "chain.h"
#include "error.h"
#include "hash.h"
#include "object.h"

/* Objects that are built once more, in one search, beside one for each that it met: they were
 * found, and the cache did not keep them. */
#define AGAIN_MOST 1024

static void tell_short(packread_error *error, uint64_t needed)
{
    packread_error_set(error, PACKREAD_ERROR_BUDGET, NULL,
                       "the memory limit has no room to mend what this object hangs on");
    error->needed = needed;
}

bool packread_search_note(packread_search *on, int status, const packread_error *error)
{
    if (status == 0 || status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN ||
        status == PACKREAD_ERROR_NOT_FOUND)
        return false;
    if (!on->is_short && !on->is_unsure)
        on->doubt = *error;
    on->is_short |= status == PACKREAD_ERROR_BUDGET;
    on->is_unsure |= status != PACKREAD_ERROR_BUDGET;
    return true;
}

void packread_search_obstacle(packread_search *on, int status, const packread_error *error)
{
    if (packread_search_note(on, status, error))
        on->is_news = true;
}

/* The budget is half of the limit or more. */
void packread_search_no_room(packread_search *on, int status)
{
    packread_error error;

    if (status == PACKREAD_ERROR_MEMORY)
        packread_error_memory(&error);
    else if (status != 0)
        tell_short(&error, on->graph.wanted > 0 ? 2 * PACKREAD_GRAPH_SHARE * on->graph.wanted
                                                : 4 * on->graph.cache->budget->limit);
    packread_search_obstacle(on, status, &error);
}

/* Whether the bytes are the object; if not, they are given up. Of an entry without an id any are:
 * what is made from them is checked. One that is mended is what its entry
 * should have given: with it in the cache, what hangs on it is read as if nothing were damaged. */
static bool judge(packread_search *on, uint32_t number, const packread_location *copy,
                  packread_blob *blob)
{
    packread_cache *cache = &on->reader->cache;
    const packread_id *id = &packread_graph_node(&on->graph, number)->id;
    packread_hash_job job = {(enum packread_type)blob->type, blob->size, blob->data, {{0}, 0}};

    if (!packread_is_place(id)) {
        packread_hash_objects(id->size, &job, 1);
        if (packread_id_compare(&job.id, id) != 0) {
            packread_blob_release(cache, blob);
            return false;
        }
    }
    if (!blob->cached) {
        blob->pack = copy->pack;
        blob->offset = copy->offset;
        packread_cache_offer(cache, blob);
        on->reader->mended++;
    }
    return true;
}

int packread_search_entry(packread_search *on, const packread_location *copy, packread_entry *entry,
                          packread_error *error)
{
    packread_reader *reader = on->reader;
    const packread_pack *pack = reader->snapshot->packs[copy->pack];
    int status = packread_reader_select(reader, pack, error);

    reader->work += PACKREAD_ENTRY_HEADER_MAX;
    return status == 0 ? packread_chain_entry(reader, pack, copy->offset, entry, error) : status;
}

packread_blob *packread_search_build(packread_search *on, uint32_t number,
                                     const packread_location *copy, const packread_blob *base)
{
    packread_reader *reader = on->reader;
    const packread_pack *pack = reader->snapshot->packs[copy->pack];
    packread_blob *blob = NULL;
    packread_blob *result = NULL;
    packread_entry entry;
    packread_link link;
    packread_error error;
    int status = packread_search_entry(on, copy, &entry, &error);

    if (status == 0) {
        link = packread_chain_link(copy->offset, &entry);
        status = packread_object_inflate(reader, pack, &link, false, &blob, NULL, &error);
    }
    if (status == 0 && base) {
        status = packread_object_apply(reader, pack, copy->offset, blob, base, &result, &error);
        packread_blob_release(&reader->cache, blob);
        if (status == 0)
            result->depth = base->depth + 1;
    } else if (status == 0) {
        blob->type = (unsigned char)entry.type;
        result = blob;
    }
    packread_search_note(on, status, &error);
    return status == 0 && judge(on, number, copy, result) ? result : NULL;
}

packread_blob *packread_search_cached(packread_search *on, uint32_t number,
                                      const packread_location *copy)
{
    packread_blob *blob = packread_cache_find(&on->reader->cache, copy->pack, copy->offset);

    return blob && judge(on, number, copy, blob) ? blob : NULL;
}

/* As any read does it. */
static packread_blob *build_plainly(packread_search *on, uint32_t number,
                                    const packread_location *copy)
{
    packread_reader *reader = on->reader;
    const packread_pack *pack = reader->snapshot->packs[copy->pack];
    packread_blob *blob;
    packread_error error;
    int status = packread_reader_select(reader, pack, &error);

    if (status == 0)
        status = packread_object_build(reader, pack, copy->pack, copy->offset, &blob, &error);
    packread_search_note(on, status, &error);
    return status == 0 && judge(on, number, copy, blob) ? blob : NULL;
}

packread_blob *packread_search_fetch(packread_search *on, uint32_t number)
{
    packread_graph *graph = &on->graph;
    packread_node *node = packread_graph_node(graph, number);
    packread_blob *blob =
        number == on->wanted ? on->result : packread_search_cached(on, number, &node->at);
    uint32_t below = number;

    node->up = PACKREAD_NO_NODE;
    while (!blob && node->base != PACKREAD_NO_NODE) {
        packread_graph_node(graph, node->base)->up = below;
        below = node->base;
        node = packread_graph_node(graph, below);
        blob = packread_search_cached(on, below, &node->at);
    }
    if (!blob)
        blob = build_plainly(on, below, &node->at);
    while (blob && node->up != PACKREAD_NO_NODE) {
        packread_blob *base = blob;

        if (++on->again > AGAIN_MOST + graph->nodes.count) {
            packread_search_no_room(on, PACKREAD_ERROR_BUDGET);
            blob = NULL;
        } else {
            below = node->up;
            node = packread_graph_node(graph, below);
            blob = packread_search_build(on, below, &node->at, base);
        }
        packread_blob_release(&on->reader->cache, base);
    }
    on->has_lost_one |= !blob;
    return blob;
}
