/* groups.h - the limits of the control groups that a process is in, as containers set them
 * (cgroups(7), versions 1 and 2). */
#ifndef PKR_GROUPS_H
#define PKR_GROUPS_H

#include <stdint.h>

#define PKR_GROUPS_LIST "/proc/self/cgroup"
#define PKR_GROUPS_ROOT "/sys/fs/cgroup"

/* What a controller bounds. Each version has files of its own for it; UINT64_MAX: no bound. */
typedef struct pkr_controller {
    const char *name; /* "cpu", "memory" */
    uint64_t (*bound_1)(const char *group);
    uint64_t (*bound_2)(const char *group);
} pkr_controller;

/* The least bound of the groups that `list` names, up to the root of them all, under `root`. */
uint64_t pkr_groups_least(const char *list, const char *root, const pkr_controller *controller);
/* The number at `field`, from 0, in a line of blanks and numbers; UINT64_MAX: the file or the field
 * is not there, or is no number. */
uint64_t pkr_groups_number(const char *group, const char *file, unsigned field);

#endif
