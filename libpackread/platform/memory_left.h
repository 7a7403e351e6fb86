/* memory_left.h - how much memory the system leaves this process: by its address space (RLIMIT_AS),
 * and by the control groups that it is in, as containers set them. */
#ifndef PKR_MEMORY_LEFT_H
#define PKR_MEMORY_LEFT_H

#include <stdint.h>

/* Bytes; UINT64_MAX if nothing bounds them, or that cannot be told. */
uint64_t pkr_memory_left(void);
/* Of the control groups alone: `groups` is /proc/self/cgroup, `root` where they are mounted. The
 * least of those from the process's own up to the root, of version 2 or 1. */
uint64_t pkr_memory_left_by_groups(const char *groups, const char *root);

#endif
