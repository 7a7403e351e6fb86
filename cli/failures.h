/* failures.h - objects that a run over all of them could not read: told one by one as long as there
 * are few, then counted, pack by pack. */
#ifndef FAILURES_H
#define FAILURES_H

#include "where.h"

struct failures_of_pack;

struct failures {
    const struct where *source;
    bool tells_each; /* leaves nothing to a count */
    struct failures_of_pack *packs;
    uint64_t loose; /* objects that are in no pack */
};

/* `error` is what kept the object of `info` from being read. Returns the exit state. */
enum status failures_add(struct failures *counted, const packread_info *info,
                         const packread_error *error);
/* Tells the counts, once; harmless where there are none. */
void failures_finish(struct failures *counted);

#endif
