/* graph.h - objects that hang on each other, as a search for one of them meets them: which
 * are to be had, which wait for which, and on the way to which the search is. Tables that grow, of
 * one reader's budget a share. Numbers instead of pointers: a table moves when it grows. */
#ifndef PKR_GRAPH_H
#define PKR_GRAPH_H

#include "base/budget.h"

#define PKR_NO_NODE UINT32_MAX
#define PKR_GRAPH_SHARE 2 /* of the budget, one part in so many */
/* The size of what stands in an id's place for an entry that is known by its offset alone. */
#define PKR_PLACE_SIZE 12

enum pkr_standing {
    PKR_STANDING_NEW,
    PKR_STANDING_OPEN, /* not to be had yet; it, or what it waits for, is on the way */
    PKR_STANDING_FOUND,
    PKR_STANDING_LOST /* in this search */
};

/* An object, or an entry whose object's id is not known or not to be trusted. Numbered in the order
 * in which they are met. */
typedef struct pkr_node {
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
} pkr_node;

/* A copy, of `node`, that is a delta on an object that is not to be had yet. */
typedef struct pkr_waiter {
    packread_location copy;
    uint32_t node;
    uint32_t next; /* that waits for the same */
} pkr_waiter;

/* An object that is looked for, copy by copy. */
typedef struct pkr_stop {
    packread_location copy; /* the last one that was tried, if has_copy */
    uint64_t base; /* offset of an entry that this is a delta on, and that is to be tried */
    size_t next;   /* where the search for copies goes on */
    uint32_t node;
    unsigned char twins; /* rows of the same pack that were tried */
    bool has_copy;
    bool has_base; /* `base` is one */
} pkr_stop;

typedef struct pkr_table {
    void *rows;
    size_t count;
    size_t capacity;
} pkr_table;

typedef struct pkr_graph {
    pkr_budget *budget;
    uint64_t limit;     /* of what is charged */
    uint64_t charged;   /* bytes */
    uint64_t wanted;    /* what there was no room for would have made of that; 0: it fits */
    pkr_table nodes;    /* pkr_node */
    pkr_table waiters;  /* pkr_waiter */
    pkr_table stops;    /* pkr_stop: each waits for the next */
    pkr_table open;     /* uint32_t: those OPEN, or FOUND before something that waits was done */
    uint32_t *places;   /* by hash of the id: one more than the number of a node; 0 */
    size_t place_count; /* a power of two */
} pkr_graph;

/* All that is not NULL or 0 is filled in. */
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

/* The last stop; NULL at the end of the way. */
static inline pkr_stop *pkr_graph_last(const pkr_graph *graph)
{
    return graph->stops.count ? (pkr_stop *)graph->stops.rows + graph->stops.count - 1 : NULL;
}

/* What stands in an id's place. */
void pkr_place_set(packread_id *id, uint32_t pack, uint64_t offset);
packread_location pkr_place_get(const packread_id *id);
static inline bool pkr_is_place(const packread_id *id)
{
    return id->size == PKR_PLACE_SIZE;
}

/* Each of these: 0; BUDGET where the share is used up; MEMORY. */

/* The object of that id, NEW if it was not met before. */
int pkr_graph_meet(pkr_graph *graph, const packread_id *id, uint32_t *number);
/* The copy of `node` is to be told when `base` is found. */
int pkr_graph_wait(pkr_graph *graph, uint32_t base, uint32_t node, const packread_location *copy);
/* A NEW object is the last stop now, and OPEN. */
int pkr_graph_visit(pkr_graph *graph, uint32_t number);

#endif
