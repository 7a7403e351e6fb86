/* sweep.h - one sweep over a pack's headers, which shows who hangs on whom. */
#ifndef PKR_SWEEP_H
#define PKR_SWEEP_H

#include "walk/forest.h"

/* Called of each rank, in order, once its header has been read. A return other than 0 ends the
 * sweep, with that status. */
typedef int pkr_sweep_each(void *context, uint32_t rank, pkr_fault *fault);

/* Before: where the last entry ends, if no trailer tells it. */
void pkr_sweep_find_end(pkr_forest *forest, packread_reader *reader);
/* Fills the tables of the forest. `each` may be NULL. Errors: BUDGET, MEMORY, those of windows. */
int pkr_sweep(pkr_forest *forest, packread_reader *reader, pkr_sweep_each *each, void *context,
              pkr_fault *fault);

#endif
