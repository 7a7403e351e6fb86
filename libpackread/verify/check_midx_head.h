/* check_midx_head.h - a multi-pack-index apart from its rows: sums, chunks, names of packs. */
#ifndef PKR_CHECK_MIDX_HEAD_H
#define PKR_CHECK_MIDX_HEAD_H

#include "verify/midx_check.h"

/* Errors: those of windows, MEMORY. */
int pkr_check_midx_head(pkr_midx_check *check, pkr_fault *fault);

#endif
