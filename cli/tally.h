/* tally.h - objects that a run over all of them could not read: told one by one as long as there
 * are few, then counted, pack by pack. */
#ifndef TALLY_H
#define TALLY_H

#include "store.h"

struct tally_pack;

typedef struct tally {
    const store *source;
    bool tells_each; /* leaves nothing to a count */
    struct tally_pack *packs;
} tally;

/* `error` is what kept the object of `info` from being read. Returns the exit state. */
enum status tally_failure(tally *counted, const packread_info *info, const packread_error *error);
/* Tells the counts, once; harmless where there are none. */
void tally_finish(tally *counted);

#endif
