/* admit.h - which objects one reader lets into its cache: all that are small or come in order; of
 * those that it jumps to, what it meets a second time; of a long chain, evenly spaced ones. */
#ifndef PKR_ADMIT_H
#define PKR_ADMIT_H

#include "object/cache.h"

typedef struct pkr_admit {
    pkr_cache *cache;
    uint32_t *seen;       /* marks of objects offered before, by hash; NULL until needed */
    uint64_t last;        /* the offset wanted last */
    bool forward;         /* objects are wanted in order of offset */
    uint64_t stride;      /* of objects far up long chains, each so many-th is kept; 0: each */
    uint64_t stride_size; /* bytes that one of them takes, about */
    uint32_t stride_pack; /* that they are in */
} pkr_admit;

void pkr_admit_begin(pkr_admit *admit, pkr_cache *cache);
void pkr_admit_end(pkr_admit *admit);

/* An object is to be built next: where they come in order, every base is worth keeping. */
void pkr_admit_next(pkr_admit *admit, uint64_t offset);
/* A chain of so many deltas is to be climbed from `bottom`. Of a long one as many objects are kept
 * as there is room for, evenly spaced: so that the next object on it is not far from one. */
void pkr_admit_climb(pkr_admit *admit, const pkr_blob *bottom, uint64_t links);
/* Keeps an object that was built on the way up, if it is one of those. */
void pkr_admit_built(pkr_admit *admit, pkr_blob *blob);
/* Keeps an object, wherever it is on its chain, if it is worth it. */
void pkr_admit_blob(pkr_admit *admit, pkr_blob *blob);

#endif
