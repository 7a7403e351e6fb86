/* graph.h - objects that hang on each other, as a search for one of them meets them: which are to
 * be had, and which copies wait for which. Tables that grow, of one reader's budget a share.
 * Numbers instead of pointers: a table moves when it grows. */
#ifndef PKR_GRAPH_H
#define PKR_GRAPH_H

#include "base/location.h"
#include "base/memory.h"

#define PKR_NO_NODE UINT32_MAX
#define PKR_GRAPH_SHARE 2 /* of the budget, one part in so many */
/* The size of what stands in an id's place for an entry that is known by its offset alone. */
#define PKR_PLACE_SIZE 12

/* Where a copy is. */
typedef struct pkr_copy {
    uint32_t pack; /* of a loose one: the number of the object folder, and 0 for the next two */
    uint32_t row;  /* of its index; of a place: 0 */
    uint64_t offset;
    bool is_loose;
} pkr_copy;

/* An object, or an entry whose object's id is not known or not to be trusted. Numbered in the order
 * in which they are met, which is that in which their copies are looked at. */
typedef struct pkr_node {
    packread_id id;
    bool is_found;
    bool has_copy;
    pkr_copy at;      /* if found, the copy that gave it; else its first one, if has_copy */
    uint32_t from;    /* the pack of the copy that led to it */
    uint32_t base;    /* if found, what that copy hangs on; NO_NODE: nothing */
    uint32_t waiters; /* the last one that waits for it; NO_NODE: none */
    uint32_t ready;   /* if found, and its waiters are not told yet: the next of those */
    uint32_t up;      /* on the way up to one that is built once more: the next */
} pkr_node;

/* A copy, of `node`, that is a delta on an object that is not to be had yet. */
typedef struct pkr_waiter {
    pkr_copy copy;
    uint32_t node;
    uint32_t next; /* that waits for the same */
} pkr_waiter;

typedef struct pkr_graph {
    pkr_budget *budget;
    uint64_t limit;     /* bytes of all tables */
    uint64_t wanted;    /* what there was no room for would have made of that; 0: it fits */
    pkr_table nodes;    /* pkr_node */
    pkr_table waiters;  /* pkr_waiter */
    uint32_t *places;   /* by hash of the id: one more than the number of a node; 0 */
    size_t place_count; /* a power of two */
} pkr_graph;

void pkr_graph_begin(pkr_graph *graph, pkr_budget *budget);
void pkr_graph_end(pkr_graph *graph);

static inline pkr_node *pkr_graph_node(const pkr_graph *graph, uint32_t number)
{
    return (pkr_node *)graph->nodes.rows + number;
}

static inline pkr_waiter *pkr_graph_waiter(const pkr_graph *graph, uint32_t number)
{
    return (pkr_waiter *)graph->waiters.rows + number;
}

static inline pkr_copy pkr_copy_of(const packread_location *at)
{
    return pkr_location_is_loose(at) ? (pkr_copy){at->store, 0, 0, true}
                                     : (pkr_copy){at->store, at->position, at->offset, false};
}

/* What stands in an id's place. */
packread_id pkr_place_id(uint32_t pack, uint64_t offset);
pkr_copy pkr_place_copy(const packread_id *id);
static inline bool pkr_is_place(const packread_id *id)
{
    return id->size == PKR_PLACE_SIZE;
}

/* Each of these: 0; BUDGET where the share is used up; MEMORY. */

/* The object of that id, which a copy in the pack `from` leads to; a new one if it was not met
 * before. */
int pkr_graph_meet(pkr_graph *graph, const packread_id *id, uint32_t from, uint32_t *number);
/* The copy of `node` is to be told when `base` is found. */
int pkr_graph_wait(pkr_graph *graph, uint32_t base, uint32_t node, const pkr_copy *copy);

#endif
