/* memory_left.c - the address space, and what control groups say of memory. */
#include "platform/memory_left.h"

#include <sys/resource.h>

#include "platform/groups.h"

static uint64_t bound_1(const char *group)
{
    return pkr_groups_number(group, "memory.limit_in_bytes", 0);
}

static uint64_t bound_2(const char *group)
{
    return pkr_groups_number(group, "memory.max", 0); /* or "max" */
}

uint64_t pkr_memory_left_by_groups(const char *groups, const char *root)
{
    static const pkr_controller memory = {"memory", bound_1, bound_2};

    return pkr_groups_least(groups, root, &memory);
}

uint64_t pkr_memory_left(void)
{
    uint64_t found = pkr_memory_left_by_groups(PKR_GROUPS_LIST, PKR_GROUPS_ROOT);
    struct rlimit space;

    if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY &&
        space.rlim_cur < found)
        found = space.rlim_cur;
    return found;
}
