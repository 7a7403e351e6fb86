/* check_midx_order.h - what a multi-pack-index has for bitmaps: the order of its objects by pack
 * and offset, and where in it each pack's are. */
#ifndef PKR_CHECK_MIDX_ORDER_H
#define PKR_CHECK_MIDX_ORDER_H

#include "verify/midx_check.h"

/* Uses the counts that pkr_check_midx_rows made. Errors: those of windows. */
int pkr_check_midx_order(pkr_midx_check *check, pkr_fault *fault);

#endif
