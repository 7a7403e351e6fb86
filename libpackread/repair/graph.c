/* graph.c - the tables of a search, and the hash table of its objects. */
#include "repair/graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#define ROWS_LEAST 32

void pkr_graph_begin(pkr_graph *graph, pkr_budget *budget)
{
    memset(graph, 0, sizeof *graph);
    graph->budget = budget;
    graph->limit = budget->limit / PKR_GRAPH_SHARE;
}

void pkr_graph_end(pkr_graph *graph)
{
    free(graph->nodes.rows);
    free(graph->waiters.rows);
    free(graph->places);
    pkr_budget_give(graph->budget, graph->charged);
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

static int pay(pkr_graph *graph, uint64_t bytes)
{
    graph->wanted = bytes > graph->limit - graph->charged ? graph->charged + bytes : 0;
    if (graph->wanted > 0 || !pkr_budget_take(graph->budget, bytes))
        return PACKREAD_ERROR_BUDGET;
    graph->charged += bytes;
    return 0;
}

static void pay_back(pkr_graph *graph, uint64_t bytes)
{
    pkr_budget_give(graph->budget, bytes);
    graph->charged -= bytes;
}

/* Room for one more row of `size` bytes. */
static int make_room(pkr_graph *graph, pkr_table *table, size_t size)
{
    size_t more = table->capacity ? table->capacity / 2 : ROWS_LEAST;
    void *rows;
    int status;

    if (table->count < table->capacity)
        return 0;
    if (table->capacity >= PKR_NO_NODE / 2)
        return PACKREAD_ERROR_BUDGET;
    status = pay(graph, (uint64_t)more * size);
    if (status != 0)
        return status;
    rows = realloc(table->rows, (table->capacity + more) * size);
    if (!rows) {
        pay_back(graph, (uint64_t)more * size);
        return PACKREAD_ERROR_MEMORY;
    }
    table->rows = rows;
    table->capacity += more;
    return 0;
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
    uint32_t *places;
    size_t made = count ? 2 * count : (size_t)2 * ROWS_LEAST;
    int status;

    if (2 * graph->nodes.count < count)
        return 0;
    status = pay(graph, made * sizeof *places);
    if (status != 0)
        return status;
    places = calloc(made, sizeof *places);
    if (!places) {
        pay_back(graph, made * sizeof *places);
        return PACKREAD_ERROR_MEMORY;
    }
    graph->places = places;
    graph->place_count = made;
    for (uint32_t i = 0; i < graph->nodes.count; i++)
        places[find_place(graph, &pkr_graph_node(graph, i)->id)] = i + 1;
    free(old);
    pay_back(graph, count * sizeof *places);
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
    status = make_room(graph, &graph->nodes, sizeof(pkr_node));
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
    int status = make_room(graph, &graph->waiters, sizeof(pkr_waiter));

    if (status != 0)
        return status;
    *pkr_graph_waiter(graph, (uint32_t)graph->waiters.count) =
        (pkr_waiter){*copy, node, waited_for->waiters};
    waited_for->waiters = (uint32_t)graph->waiters.count++;
    return 0;
}
