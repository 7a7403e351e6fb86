/* graph.c - the tables of a search, and the hash table of its objects. */
#include "repair/graph.h"

#include <string.h>

#include "base/bytes.h"

#define PLACES_LEAST 64

static const pkr_need no_room = {NULL, "the memory limit has no room to look for what mends"};

void pkr_graph_begin(pkr_graph *graph, pkr_budget *budget)
{
    memset(graph, 0, sizeof *graph);
    graph->budget = budget;
    graph->limit = budget->limit / PKR_GRAPH_SHARE;
    graph->nodes.row_size = sizeof(pkr_node);
    graph->waiters.row_size = sizeof(pkr_waiter);
}

void pkr_graph_end(pkr_graph *graph)
{
    pkr_table_free(&graph->nodes, graph->budget);
    pkr_table_free(&graph->waiters, graph->budget);
    pkr_memory_free(graph->budget, graph->places, graph->place_count * sizeof *graph->places);
}

_Static_assert(sizeof(uint32_t) + sizeof(uint64_t) == PKR_PLACE_SIZE, "both fit");

packread_id pkr_place_id(uint32_t pack, uint64_t offset)
{
    packread_id id = {.size = PKR_PLACE_SIZE};

    memcpy(id.bytes, &pack, sizeof pack);
    memcpy(id.bytes + sizeof pack, &offset, sizeof offset);
    return id;
}

pkr_copy pkr_place_copy(const packread_id *id)
{
    pkr_copy copy = {.row = 0};

    memcpy(&copy.pack, id->bytes, sizeof copy.pack);
    memcpy(&copy.offset, id->bytes + sizeof copy.pack, sizeof copy.offset);
    return copy;
}

/* Whether the share has `more` bytes left. */
static bool has_room(pkr_graph *graph, uint64_t more)
{
    uint64_t held = graph->nodes.capacity * sizeof(pkr_node) +
                    graph->waiters.capacity * sizeof(pkr_waiter) +
                    graph->place_count * sizeof *graph->places;

    graph->wanted = more > graph->limit - held ? held + more : 0;
    return graph->wanted == 0;
}

/* Room for one more row. */
static int make_room(pkr_graph *graph, pkr_table *table)
{
    if (table->count >= PKR_NO_NODE - 1 || !has_room(graph, pkr_table_step(table)))
        return PACKREAD_ERROR_BUDGET;
    return pkr_table_grow(table, graph->budget, &no_room, NULL);
}

/* Ids that packs name may have been chosen to collide: where this one begins cannot be foreseen. */
static size_t place_of(const pkr_graph *graph, const packread_id *id)
{
    uint64_t hash = (uint64_t)(uintptr_t)graph;

    for (size_t i = 0; i + 4 <= id->size; i += 4) {
        hash = (hash ^ pkr_bytes_u32(id->bytes + i)) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    return (size_t)hash & (graph->place_count - 1);
}

/* The object's place, or the free one where it would be. */
static size_t find_place(const pkr_graph *graph, const packread_id *id)
{
    size_t place = place_of(graph, id);

    while (graph->places[place] != 0 &&
           packread_id_compare(&pkr_graph_node(graph, graph->places[place] - 1)->id, id) != 0)
        place = (place + 1) & (graph->place_count - 1);
    return place;
}

/* Half of the places stay free. */
static int make_places(pkr_graph *graph)
{
    size_t count = graph->place_count;
    uint32_t *old = graph->places;
    void *places = NULL;
    size_t made = count ? 2 * count : PLACES_LEAST;
    int status;

    if (2 * graph->nodes.count < count)
        return 0;
    if (!has_room(graph, made * sizeof *old))
        return PACKREAD_ERROR_BUDGET;
    status = pkr_memory_new(graph->budget, made * sizeof *old, &no_room, &places, NULL);
    if (status != 0)
        return status;
    graph->places = places;
    graph->place_count = made;
    for (uint32_t i = 0; i < graph->nodes.count; i++)
        graph->places[find_place(graph, &pkr_graph_node(graph, i)->id)] = i + 1;
    pkr_memory_free(graph->budget, old, count * sizeof *old);
    return 0;
}

int pkr_graph_meet(pkr_graph *graph, const packread_id *id, uint32_t from, uint32_t *number)
{
    size_t place;
    int status = make_places(graph);

    if (status != 0)
        return status;
    place = find_place(graph, id);
    if (graph->places[place] != 0) {
        *number = graph->places[place] - 1;
        return 0;
    }
    status = make_room(graph, &graph->nodes);
    if (status != 0)
        return status;
    *number = (uint32_t)graph->nodes.count++;
    graph->places[place] = *number + 1;
    *pkr_graph_node(graph, *number) = (pkr_node){.id = *id,
                                                 .from = from,
                                                 .base = PKR_NO_NODE,
                                                 .waiters = PKR_NO_NODE,
                                                 .ready = PKR_NO_NODE,
                                                 .up = PKR_NO_NODE};
    return 0;
}

int pkr_graph_wait(pkr_graph *graph, uint32_t base, uint32_t node, const pkr_copy *copy)
{
    pkr_node *waited_for = pkr_graph_node(graph, base);
    int status = make_room(graph, &graph->waiters);

    if (status != 0)
        return status;
    *pkr_graph_waiter(graph, (uint32_t)graph->waiters.count) =
        (pkr_waiter){*copy, node, waited_for->waiters};
    waited_for->waiters = (uint32_t)graph->waiters.count++;
    return 0;
}
