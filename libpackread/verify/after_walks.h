/* after_walks.h - what can be told once all walks are over. */
#ifndef PKR_AFTER_WALKS_H
#define PKR_AFTER_WALKS_H

#include "verify/visit.h"

/* Reports cycles; of a pack without an index, deltas whose base was never met; and the objects that
 * are marked as wrong in the forest. */
void pkr_after_walks_report(pkr_visit *visit);

#endif
