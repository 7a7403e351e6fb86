/* loss_map.h - objects that one reader has looked for in every copy, in vain: so that it does not
 * do that again for each object that hangs on them. Two bits for each row of a pack, made when the
 * pack has one to remember. */
#ifndef PKR_LOSS_MAP_H
#define PKR_LOSS_MAP_H

#include "store/snapshot.h"

enum pkr_loss {
    PKR_LOSS_NONE, /* or not known */
    PKR_LOSS_SURE, /* no copy, and none of what its copies hang on, is intact */
    PKR_LOSS_OPEN  /* met by a search that had no room to find out: `doubt` */
};

/* Once a search has mended an object, chains that led nowhere may lead somewhere, and would have to
 * be walked again. That is done when the searches have cost as much as those chains did: the two
 * counters say so. Repair sets both to 0 when it forgets what is known of chains; so does clear. */
typedef struct pkr_loss_map {
    pkr_giver giver; /* its lock is that of the tables */
    const packread_snapshot *snapshot;
    pkr_budget *budget;
    size_t count;          /* of packs that the list has room for */
    unsigned char **packs; /* four rows a byte; NULL, each and all, until needed */
    uint64_t walked;       /* links, of all chains that were found to lead nowhere */
    uint64_t searched;     /* objects, that all searches with a good end have met */
    pkr_fault doubt;       /* why the OPEN ones could not be found out */
} pkr_loss_map;

/* Errors: MEMORY. */
int pkr_loss_map_open(pkr_loss_map *lost, packread_snapshot *snapshot);
/* Also of one that did not open, or is all zeros. */
void pkr_loss_map_close(pkr_loss_map *lost);
/* Forgets all, the counters too. */
void pkr_loss_map_clear(pkr_loss_map *lost);

/* The rows are those of the first copy that a search for the id finds. */
enum pkr_loss pkr_loss_map_find(pkr_loss_map *lost, uint32_t pack, uint32_t row);
/* Remembers, or not where memory is short; until the memory is needed for something else. */
void pkr_loss_map_keep(pkr_loss_map *lost, uint32_t pack, uint32_t row, enum pkr_loss loss);

#endif
