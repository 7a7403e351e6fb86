/* unreached.h - entries that no root leads to. */
#ifndef PKR_UNREACHED_H
#define PKR_UNREACHED_H

#include "verify/visit.h"

/* After the walks: reports cycles; of a pack without an index, deltas whose base was never met. */
void pkr_unreached_report(pkr_visit *visit);

#endif
