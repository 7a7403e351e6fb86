/* giants.h - packs of objects far larger than memory, made without holding one: an object is a list
 * of pages, each of which is one number written over and over, so that each byte's place shows. */
#ifndef GIANTS_H
#define GIANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packwriter.h"

#define GIANT_PAGE 4096u

/* What an object holds: page i is pages[i] repeated. */
typedef struct giant {
    uint64_t *pages;
    size_t count;
} giant;

/* Distinct pages that depend on the seed alone. */
giant giant_new(size_t count, uint64_t seed);
void giant_free(giant *of);
static inline uint64_t giant_size(const giant *of)
{
    return (uint64_t)of->count * GIANT_PAGE;
}

/* The order of a delta: page i of the result is page from[i] of the base, or new where from[i] is
 * GIANT_NEW. */
#define GIANT_NEW SIZE_MAX
typedef struct giant_order {
    size_t *from;
    size_t count;
} giant_order;

enum giant_way {
    GIANT_FORWARD,  /* all pages in order, each thousandth new: copies that are long and in order */
    GIANT_SHUFFLED, /* runs of 3 to 40 pages from anywhere, each tenth new */
    GIANT_INSERTED  /* nine of ten pages new: a delta about as large as its result */
};

giant_order giant_order_new(size_t base_count, size_t count, enum giant_way way, uint64_t seed);
void giant_order_free(giant_order *order);
/* What the order makes of the base; new pages depend on the seed. */
giant giant_apply(const giant *base, const giant_order *order, uint64_t seed);

/* Each returns the place of the entry. `form`: OFS_DELTA or REF_DELTA; copies are cut into pieces
 * of uneven sizes. Deflated fast. */
size_t giant_add(struct packwriter_pack *pack, const giant *of);
size_t giant_add_delta(struct packwriter_pack *pack, size_t base_entry, const giant *base,
                       const giant_order *order, const giant *result, enum packwriter_kind form);

/* Compares bytes as they come with what an object holds. */
typedef struct giant_reader {
    const giant *of;
    uint64_t at;      /* bytes that have come */
    bool wrong;       /* one was not as it should be, or there were too many */
    uint64_t stop_at; /* if not 0: giant_take stops when so many have come */
    size_t most;      /* bytes at once */
} giant_reader;

/* A sink's data call; `context` is a giant_reader. */
int giant_take(void *context, const void *bytes, size_t size);

#endif
