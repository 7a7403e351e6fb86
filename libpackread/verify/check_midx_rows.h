/* check_midx_rows.h - the rows of a multi-pack-index by themselves, and against the indexes of the
 * packs that it names. */
#ifndef PKR_CHECK_MIDX_ROWS_H
#define PKR_CHECK_MIDX_ROWS_H

#include "verify/midx_check.h"

/* Ids rise, each in its bucket, each with a pack and an offset; fills `counts` and `is_sorted`.
 * Errors: those of windows. */
int pkr_check_midx_rows(pkr_midx_check *check, pkr_fault *fault);
/* Each object of its packs is in a row, here or in an older layer, and each row has the offset that
 * its pack's index has. Errors: as above. */
int pkr_check_midx_packs(pkr_midx_check *check, pkr_fault *fault);

#endif
