/* visitor.h - what a walk tells whoever set it off, of every object of a pack. Each of its threads
 * has a visitor of its own, and calls it. An object comes before anything that failed because of
 * it, and in no other order: it may come late, when others on it have come. */
#ifndef PKR_VISITOR_H
#define PKR_VISITOR_H

#include "base/fault.h"
#include "format/entry.h"

/* What is wrong where `loose_base` is true. */
#define PKR_LOOSE_BASE "delta base is where no known entry begins"

/* An object that has been built. What is pointed at stands until the call returns. */
typedef struct pkr_walk_object {
    uint32_t rank; /* of its entry */
    const pkr_entry *entry;
    uint32_t depth; /* deltas below it */
    enum packread_type type;
    uint64_t size;
    const unsigned char *data;
    packread_id id;  /* that its contents give */
    bool is_attack;  /* as in hash.h: then that names nothing */
    uint64_t end;    /* where its entry's data ends */
    bool loose_base; /* its base is at an offset that no row of the index names */
} pkr_walk_object;

typedef struct pkr_visitor {
    void *context;
    void (*object)(void *context, const pkr_walk_object *object);
    /* An object that memory has no room for: the visitor has to stream it, and says what id its
     * contents give (of size 0: none that names it). A failure ends in `failed`. */
    int (*large)(void *context, uint32_t rank, uint32_t depth, packread_id *id, pkr_fault *fault);
    /* The object cannot be had. What hangs on it is still in the forest: it is the visitor's to cut
     * off. `base` is the rank of the object that the delta was run on in vain, or PKR_NO_RANK if it
     * did not come to that. MEMORY and the like come this way too, and end the walk if the visitor
     * sets the forest's `stopped`. */
    void (*failed)(void *context, uint32_t rank, uint32_t base, const pkr_fault *fault);
} pkr_visitor;

#endif
