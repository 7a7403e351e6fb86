/* verify_lacking.h - packs of a folder that lack their index: git serves nothing of them. They are
 * looked at last: a pack that is just being added stands for a moment without its index. */
#ifndef VERIFY_LACKING_H
#define VERIFY_LACKING_H

#include "verify_run.h"

/* Whether one of those that lack it gets its index, or goes; waits for that a little while. */
bool verify_lacking_changes(const struct verification *verification,
                            const packread_snapshot *snapshot);
/* Tells those that still lack it, and checks each of them by itself. */
enum status verify_lacking(struct verification *verification, const packread_snapshot *snapshot);

#endif
