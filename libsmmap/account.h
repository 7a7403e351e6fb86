/* account.h - sums: what a manager and its files hold, kept as regions come, go and are pinned. */
#ifndef SMMAP_ACCOUNT_H
#define SMMAP_ACCOUNT_H

#include "region.h"
#include "smmap.h"

/* All with the manager's lock. A region is added pinned, and idle when it is removed. */
void smmap_account_added(const struct smmap_region *region);
void smmap_account_removed(const struct smmap_region *region);
void smmap_account_pinned(const struct smmap_region *region);
void smmap_account_idle(const struct smmap_region *region);
/* The pinned region has become this many bytes shorter. */
void smmap_account_shrunk(const struct smmap_region *region, uint64_t bytes);

/* Hits that cursors still hold for themselves, of one file. */
uint64_t smmap_account_live_hits(const struct smmap_file *file);

#endif
