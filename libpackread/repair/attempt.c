/* attempt.c - builds what a search tries, and keeps what was in its way. */
#include "repair/attempt.h"

#include "object/chain.h"
#include "base/fault.h"
#include "platform/hash.h"
#include "object/build.h"
#include "object/loose_file.h"

/* Objects that are built once more, in one search, beside one for each that it met: they were
 * found, and the cache did not keep them. */
#define AGAIN_MOST 1024

static void tell_short(pkr_fault *fault, uint64_t needed)
{
    pkr_fault_set(fault, PACKREAD_ERROR_BUDGET, NULL,
                  "the memory limit has no room to mend what this object hangs on");
    fault->needed = needed;
}

bool pkr_search_note(pkr_search *on, int status, const pkr_fault *fault)
{
    if (status == 0 || status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN ||
        pkr_is_absence(status))
        return false;
    if (!on->is_short && !on->is_unsure)
        on->doubt = *fault;
    on->is_short |= status == PACKREAD_ERROR_BUDGET;
    on->is_unsure |= status != PACKREAD_ERROR_BUDGET;
    return true;
}

void pkr_search_obstacle(pkr_search *on, int status, const pkr_fault *fault)
{
    if (pkr_search_note(on, status, fault))
        on->is_news = true;
}

/* The budget is half of the limit or more. */
void pkr_search_no_room(pkr_search *on, int status)
{
    pkr_fault fault;

    on->is_over |= status == PACKREAD_ERROR_BUDGET && on->graph.wanted > 0;
    if (status == PACKREAD_ERROR_MEMORY)
        pkr_fault_memory(&fault);
    else if (status != 0)
        tell_short(&fault, on->graph.wanted > 0 ? 2 * PKR_GRAPH_SHARE * on->graph.wanted
                                                : 4 * on->reader->budget->limit);
    pkr_search_obstacle(on, status, &fault);
}

/* Whether the bytes are the object; if not, they are given up. Of an entry without an id any are:
 * what is made from them is checked. One that is mended is what its entry
 * should have given: with it in the cache, what hangs on it is read as if nothing were damaged. */
static bool judge(pkr_search *on, uint32_t number, const pkr_copy *copy, pkr_blob *blob)
{
    const packread_id *id = &pkr_graph_node(&on->graph, number)->id;
    pkr_hash_job job = {
        .type = (enum packread_type)blob->type, .size = blob->size, .data = blob->data};

    if (!pkr_is_place(id)) {
        int status = pkr_hash_objects(&on->reader->snapshot->hash_way, id->size, &job, 1,
                                      on->reader->budget->stop);
        pkr_fault fault;

        if (status != 0)
            pkr_search_note(on, pkr_fault_stopped(&fault), &fault);
        if (status != 0 || pkr_hash_refused(&job.id, job.is_attack, id)) {
            pkr_blob_release(&on->reader->spares, blob);
            return false;
        }
    }
    if (!blob->cached && !copy->is_loose) {
        blob->pack = copy->pack;
        blob->offset = copy->offset;
        pkr_admit_built(&on->reader->admit, blob);
        on->reader->mended++;
    }
    return true;
}

int pkr_search_entry(pkr_search *on, const pkr_copy *copy, pkr_entry *entry, pkr_fault *fault)
{
    packread_reader *reader = on->reader;
    const pkr_pack *pack = pkr_reader_pack(reader, copy->pack);
    int status = pkr_reader_select(reader, pack, fault);

    reader->work += PKR_ENTRY_HEADER_MAX;
    return status == 0 ? pkr_chain_entry(reader, pack, copy->offset, entry, fault) : status;
}

static pkr_blob *read_loose(pkr_search *on, uint32_t number, const pkr_copy *copy)
{
    const packread_id id = pkr_graph_node(&on->graph, number)->id;
    pkr_blob *blob;
    pkr_fault fault;
    int status = pkr_loose_read(on->reader, copy->pack, &id, false, &blob, &fault);

    pkr_search_note(on, status, &fault);
    return status == 0 && judge(on, number, copy, blob) ? blob : NULL;
}

pkr_blob *pkr_search_build(pkr_search *on, uint32_t number, const pkr_copy *copy,
                           const pkr_blob *base)
{
    packread_reader *reader = on->reader;
    const pkr_pack *pack;
    pkr_blob *result = NULL;
    pkr_entry entry;
    pkr_link link;
    pkr_fault fault;
    int status;

    if (copy->is_loose)
        return read_loose(on, number, copy);
    pack = pkr_reader_pack(reader, copy->pack);
    status = pkr_search_entry(on, copy, &entry, &fault);
    if (status == 0) {
        link = pkr_chain_link(copy->offset, &entry);
        status = base ? pkr_build_patch(reader, pack, &link, base, &result, &fault)
                      : pkr_build_inflate(reader, pack, &link, false, &result, NULL, &fault);
    }
    if (status == 0 && base)
        result->depth = base->depth + 1;
    else if (status == 0)
        result->type = (unsigned char)entry.type;
    pkr_search_note(on, status, &fault);
    return status == 0 && judge(on, number, copy, result) ? result : NULL;
}

pkr_blob *pkr_search_cached(pkr_search *on, uint32_t number, const pkr_copy *copy)
{
    pkr_blob *blob =
        copy->is_loose ? NULL : pkr_cache_find(&on->reader->cache, copy->pack, copy->offset);

    return blob && judge(on, number, copy, blob) ? blob : NULL;
}

/* As any read does it. */
static pkr_blob *build_plainly(pkr_search *on, uint32_t number, const pkr_copy *copy)
{
    packread_reader *reader = on->reader;
    const pkr_pack *pack;
    pkr_blob *blob;
    pkr_fault fault;
    int status;

    if (copy->is_loose)
        return read_loose(on, number, copy);
    pack = pkr_reader_pack(reader, copy->pack);
    status = pkr_reader_select(reader, pack, &fault);
    if (status == 0)
        status = pkr_build_object(reader, pack, copy->offset, &blob, &fault);
    pkr_search_note(on, status, &fault);
    return status == 0 && judge(on, number, copy, blob) ? blob : NULL;
}

pkr_blob *pkr_search_fetch(pkr_search *on, uint32_t number)
{
    pkr_graph *graph = &on->graph;
    pkr_node *node = pkr_graph_node(graph, number);
    pkr_blob *blob = number == on->wanted ? on->result : pkr_search_cached(on, number, &node->at);
    uint32_t below = number;

    node->up = PKR_NO_NODE;
    while (!blob && node->base != PKR_NO_NODE) {
        pkr_graph_node(graph, node->base)->up = below;
        below = node->base;
        node = pkr_graph_node(graph, below);
        blob = pkr_search_cached(on, below, &node->at);
    }
    if (!blob)
        blob = build_plainly(on, below, &node->at);
    while (blob && node->up != PKR_NO_NODE) {
        pkr_blob *base = blob;

        if (++on->again > AGAIN_MOST + graph->nodes.count) {
            pkr_search_no_room(on, PACKREAD_ERROR_BUDGET);
            blob = NULL;
        } else {
            below = node->up;
            node = pkr_graph_node(graph, below);
            blob = pkr_search_build(on, below, &node->at, base);
        }
        pkr_blob_release(&on->reader->spares, base);
    }
    on->has_lost_one |= !blob;
    return blob;
}
