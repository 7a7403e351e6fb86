/* links.h - the deltas of one chain, noted on the way down and given back on the way up. Of a chain
 * that is longer than there is room for, only each n-th is kept: those between are read again, part
 * by part. So a chain of a million links takes memory for some thousands. */
#ifndef PKR_LINKS_H
#define PKR_LINKS_H

#include "base/budget.h"

/* What is left of an entry once its header is read. */
typedef struct pkr_link {
    uint64_t offset; /* of the entry */
    uint64_t data;   /* of its deflated bytes */
    uint64_t size;   /* of these, inflated: an object or a delta */
} pkr_link;

/* All zeros is none. */
typedef struct pkr_links {
    pkr_link *kept; /* the first one, then each `stride`-th */
    size_t kept_count;
    size_t kept_capacity;
    uint64_t stride; /* a power of two */
    uint64_t count;  /* that are still to be climbed */
    pkr_link *part;  /* those from one that is kept to the next, in order of descent */
    size_t part_count;
    size_t part_capacity;
} pkr_links;

/* A new chain. */
void pkr_links_begin(pkr_links *links);
/* One step down. Errors: BUDGET, MEMORY. */
int pkr_links_push(pkr_links *links, pkr_budget *budget, const pkr_link *link, pkr_fault *fault);
/* The first one of the chain; there has to be one. */
static inline pkr_link pkr_links_first(const pkr_links *links)
{
    return links->kept[0];
}
/* Room for `wanted` links in a table of its own. Errors: BUDGET, MEMORY. */
int pkr_links_grow(pkr_link **links, size_t *capacity, size_t wanted, pkr_budget *budget,
                   pkr_fault *fault);
/* Gives memory back if it is much. */
void pkr_links_trim(pkr_links *links, pkr_budget *budget);
void pkr_links_free(pkr_links *links, pkr_budget *budget);

#endif
