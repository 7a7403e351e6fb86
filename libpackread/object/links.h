/* links.h - the deltas of one chain, noted on the way down and given back on the way up. Of a chain
 * that is longer than there is room for, only each n-th is kept: those between are read again, part
 * by part. So a chain of a million links takes memory for some thousands. */
#ifndef PKR_LINKS_H
#define PKR_LINKS_H

#include "base/memory.h"

/* What is left of an entry once its header is read. */
typedef struct pkr_link {
    uint64_t offset; /* of the entry */
    uint64_t data;   /* of its deflated bytes */
    uint64_t size;   /* of these, inflated: an object or a delta */
} pkr_link;

typedef struct pkr_links {
    pkr_table kept;  /* pkr_link: the first one, then each `stride`-th */
    pkr_table part;  /* pkr_link: those from one that is kept to the next, in order of descent */
    uint64_t stride; /* a power of two */
    uint64_t count;  /* that are still to be climbed */
} pkr_links;

/* A new chain; of a struct that is all zeros, or had one before. */
void pkr_links_begin(pkr_links *links);
/* One step down. Errors: BUDGET, MEMORY. */
int pkr_links_push(pkr_links *links, pkr_budget *budget, const pkr_link *link, pkr_fault *fault);
/* Puts a link behind those of the table. Errors: as above. */
int pkr_links_add(pkr_table *table, pkr_budget *budget, const pkr_link *link, pkr_fault *fault);
static inline const pkr_link *pkr_links_kept(const pkr_links *links, size_t number)
{
    return (const pkr_link *)links->kept.rows + number;
}
/* The last one of the part; there has to be one. */
static inline pkr_link pkr_links_pop_part(pkr_links *links)
{
    return ((const pkr_link *)links->part.rows)[--links->part.count];
}
/* Gives memory back if it is much. */
void pkr_links_trim(pkr_links *links, pkr_budget *budget);
void pkr_links_free(pkr_links *links, pkr_budget *budget);

#endif
