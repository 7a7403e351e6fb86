/* account.h - sums: what a manager and its files hold, kept as regions come, go and are pinned. */
#ifndef SMM_ACCOUNT_H
#define SMM_ACCOUNT_H

#include "region.h"
#include "smmap.h"

/* All with the manager's lock. A region is added pinned, and idle when it is removed. */
void smm_account_added(const struct smm_region *region);
void smm_account_removed(const struct smm_region *region);
void smm_account_pinned(const struct smm_region *region);
void smm_account_idle(const struct smm_region *region);
/* The pinned region has become this many bytes shorter. */
void smm_account_shrunk(const struct smm_region *region, uint64_t bytes);

#endif
