/* repair_graph.h - objects that hang on each other, as a search for one of them meets them: which
 * are to be had, which wait for which, and on the way to which the search is. Tables that grow, of
 * one reader's budget a share. Numbers instead of pointers: a table moves when it grows. */
#ifndef PACKREAD_REPAIR_GRAPH_H
#define PACKREAD_REPAIR_GRAPH_H

#include "cache.h"

#define PACKREAD_NO_NODE UINT32_MAX
#define PACKREAD_GRAPH_SHARE 2 /* of the budget, one part in so many */
/* The size of what stands in an id's place for an entry that is known by its offset alone. */
#define PACKREAD_PLACE_SIZE 12

enum packread_standing {
    PACKREAD_STANDING_NEW,
    PACKREAD_STANDING_OPEN, /* not to be had yet; it, or what it waits for, is on the way */
    PACKREAD_STANDING_FOUND,
    PACKREAD_STANDING_LOST /* in this search */
};

/* An object, or an entry whose object's id is not known or not to be trusted. Numbered in the order
 * in which they are met. */
typedef struct packread_node {
    packread_id id;
    bool has_first;
    unsigned char standing;
    uint32_t first_pack; /* where its first copy is, if has_first */
    uint32_t first_row;
    uint32_t base;        /* FOUND: what the copy that gave it hangs on; NO_NODE: nothing */
    packread_location at; /* FOUND: that copy */
    uint32_t lowest;      /* the first one met of those that it, or what it waits for, waits for */
    uint32_t waiters;     /* the last one that waits for it; NO_NODE: none */
    uint32_t ready;       /* FOUND, and its waiters are not told yet: the next of those */
    uint32_t up;          /* on the way up to one that is built once more: the next */
} packread_node;

/* A copy, of `node`, that is a delta on an object that is not to be had yet. */
typedef struct packread_waiter {
    packread_location copy;
    uint32_t node;
    uint32_t next; /* that waits for the same */
} packread_waiter;

/* An object that is looked for, copy by copy. */
typedef struct packread_stop {
    packread_location copy; /* the last one that was tried, if has_copy */
    uint64_t base; /* offset of an entry that this is a delta on, and that is to be tried */
    size_t next;   /* where the search for copies goes on */
    uint32_t node;
    unsigned char twins; /* rows of the same pack that were tried */
    bool has_copy;
    bool has_base; /* `base` is one */
} packread_stop;

typedef struct packread_table {
    void *rows;
    size_t count;
    size_t capacity;
} packread_table;

typedef struct packread_graph {
    packread_cache *cache;  /* whose budget pays */
    uint64_t limit;         /* of what is charged */
    uint64_t charged;       /* bytes */
    uint64_t wanted;        /* what there was no room for would have made of that; 0: it fits */
    packread_table nodes;   /* packread_node */
    packread_table waiters; /* packread_waiter */
    packread_table stops;   /* packread_stop: each waits for the next */
    packread_table open; /* uint32_t: those OPEN, or FOUND before something that waits was done */
    uint32_t *places;    /* by hash of the id: one more than the number of a node; 0 */
    size_t place_count;  /* a power of two */
} packread_graph;

/* All that is not NULL or 0 is filled in. */
void packread_graph_begin(packread_graph *graph, packread_cache *cache);
void packread_graph_end(packread_graph *graph);

static inline packread_node *packread_graph_node(const packread_graph *graph, uint32_t number)
{
    return (packread_node *)graph->nodes.rows + number;
}

static inline packread_waiter *packread_graph_waiter(const packread_graph *graph, uint32_t number)
{
    return (packread_waiter *)graph->waiters.rows + number;
}

/* The last stop; NULL at the end of the way. */
static inline packread_stop *packread_graph_last(const packread_graph *graph)
{
    return graph->stops.count ? (packread_stop *)graph->stops.rows + graph->stops.count - 1 : NULL;
}

/* What stands in an id's place. */
void packread_place_set(packread_id *id, uint32_t pack, uint64_t offset);
packread_location packread_place_get(const packread_id *id);
static inline bool packread_is_place(const packread_id *id)
{
    return id->size == PACKREAD_PLACE_SIZE;
}

/* Each of these: 0; BUDGET where the share is used up; MEMORY. */

/* The object of that id, NEW if it was not met before. */
int packread_graph_meet(packread_graph *graph, const packread_id *id, uint32_t *number);
/* The copy of `node` is to be told when `base` is found. */
int packread_graph_wait(packread_graph *graph, uint32_t base, uint32_t node,
                        const packread_location *copy);
/* A NEW object is the last stop now, and OPEN. */
int packread_graph_visit(packread_graph *graph, uint32_t number);

#endif
