/* processors.h - how many processors this process may use: those that it may run on, or fewer where
 * its control group has less of their time. packread_processors is the call. */
#ifndef PKR_PROCESSORS_H
#define PKR_PROCESSORS_H

#include <stdint.h>

/* By the control groups alone, rounded up, as in memory_left.h; UINT64_MAX: they say nothing. */
uint64_t pkr_processors_by_groups(const char *groups, const char *root);

#endif
