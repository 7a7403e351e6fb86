/* lost.h - objects that one reader has looked for in every copy, in vain: so that it does not do
 * that again for each object that hangs on them. Two bits for each row of a pack, made when the
 * pack has one to remember. */
#ifndef PACKREAD_LOST_H
#define PACKREAD_LOST_H

#include "cache.h"
#include "snapshot.h"

enum packread_loss {
    PACKREAD_LOSS_NONE,  /* or not known */
    PACKREAD_LOSS_SURE,  /* no copy, and none of what its copies hang on, is intact */
    PACKREAD_LOSS_SHORT, /* the memory limit had no room to find out */
    PACKREAD_LOSS_UNSURE /* files could not be read: given up after very many attempts */
};

/* All zeros: nothing is lost. */
typedef struct packread_lost {
    unsigned char **packs; /* four rows a byte; NULL, each and all, until needed */
    uint64_t charged;
    uint64_t walked;      /* links of chains that were noted to lead nowhere */
    uint64_t searched;    /* objects that searches met which found what they were for */
    uint64_t wasted;      /* objects that were looked for without finding out, each time */
    uint64_t open;        /* objects that searches met and had no need to find out about */
    packread_error doubt; /* why SHORT and UNSURE ones could not be found out */
} packread_lost;

/* The rows are those of the first copy that a search for the id finds. */
enum packread_loss packread_lost_find(const packread_lost *lost, uint32_t pack, uint32_t row);
/* Remembers, or not where memory is short. */
void packread_lost_keep(packread_lost *lost, packread_snapshot *snapshot, packread_cache *cache,
                        uint32_t pack, uint32_t row, enum packread_loss loss);
void packread_lost_free(packread_lost *lost, packread_snapshot *snapshot);

#endif
