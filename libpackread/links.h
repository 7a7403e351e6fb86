/* links.h - the deltas of one chain, noted on the way down and given back on the way up. Of a chain
 * that is longer than there is room for, only each n-th is kept: those between are read again, part
 * by part. So a chain of a million links takes memory for some thousands. */
#ifndef PACKREAD_LINKS_H
#define PACKREAD_LINKS_H

#include "cache.h"

struct packread_pack;
struct packread_reader;

/* What is left of an entry once its header is read. */
typedef struct packread_link {
    uint64_t offset; /* of the entry */
    uint64_t data;   /* of its deflated bytes */
    uint64_t size;   /* of these, inflated: an object or a delta */
} packread_link;

/* All zeros is none. */
typedef struct packread_links {
    packread_link *kept; /* the first one, then each `stride`-th */
    size_t kept_count;
    size_t kept_capacity;
    uint64_t stride;     /* a power of two */
    uint64_t count;      /* that are still to be climbed */
    packread_link *part; /* those from one that is kept to the next, in order of descent */
    size_t part_count;
    size_t part_capacity;
} packread_links;

/* A new chain. */
void packread_links_begin(packread_links *links);
/* One step down. Errors: BUDGET, MEMORY. */
int packread_links_push(packread_links *links, packread_cache *cache, const packread_link *link,
                        packread_error *error);
/* The first one of the chain; there has to be one. */
static inline packread_link packread_links_first(const packread_links *links)
{
    return links->kept[0];
}
/* One step up, count being above 0. Errors: BUDGET, MEMORY, those of reading headers. */
int packread_links_pop(struct packread_reader *reader, const struct packread_pack *pack,
                       packread_link *link, packread_error *error);
/* Gives memory back if it is much. */
void packread_links_trim(packread_links *links, packread_budget *budget);
void packread_links_free(packread_links *links, packread_budget *budget);

#endif
