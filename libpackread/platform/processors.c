/* processors.c - the time of processors that control groups leave. */
#include "platform/processors.h"

#include "packread.h"
#include "platform/groups.h"
#include "platform/host.h"

/* So much time in each period, both in microseconds. */
static uint64_t quota_in(uint64_t quota, uint64_t period)
{
    if (quota == UINT64_MAX || period == UINT64_MAX || quota == 0 || period == 0)
        return UINT64_MAX;
    return (quota - 1) / period + 1;
}

static uint64_t bound_1(const char *group)
{
    uint64_t quota = pkr_groups_number(group, "cpu.cfs_quota_us", 0); /* or -1 */

    return quota == UINT64_MAX ? quota
                               : quota_in(quota, pkr_groups_number(group, "cpu.cfs_period_us", 0));
}

/* "max 100000", or "50000 100000" */
static uint64_t bound_2(const char *group)
{
    uint64_t quota = pkr_groups_number(group, "cpu.max", 0);

    return quota == UINT64_MAX ? quota : quota_in(quota, pkr_groups_number(group, "cpu.max", 1));
}

uint64_t pkr_processors_by_groups(const char *groups, const char *root)
{
    static const pkr_controller processors = {"cpu", bound_1, bound_2};

    return pkr_groups_least(groups, root, &processors);
}

unsigned packread_processors(void)
{
    unsigned found = pkr_host_processors();
    uint64_t quota =
        found > 1 ? pkr_processors_by_groups(PKR_GROUPS_LIST, PKR_GROUPS_ROOT) : UINT64_MAX;

    return quota < found ? (unsigned)quota : found;
}
