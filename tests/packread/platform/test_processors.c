/* test_processors.c - how many processors the quotas of control groups leave. */
#include <stdlib.h>

#include "packread.h"
#include "platform/processors.h"
#include "suite.h"

static uint64_t quota(void)
{
    char *groups = suite_scratch_path("cgroup");
    char *root = suite_scratch_path("fs");
    uint64_t found = pkr_processors_by_groups(groups, root);

    free(groups);
    free(root);
    return found;
}

START_TEST(a_quota_is_rounded_up_to_whole_processors)
{
    static const struct {
        const char *text;
        uint64_t processors;
    } cases[] = {
        {"max 100000", UINT64_MAX}, {"50000 100000\n", 1},
        {"100000 100000\n", 1},     {"100001 100000\n", 2},
        {"150000 100000\n", 2},     {"18446744073709551 1\n", 18446744073709551},
        {"", UINT64_MAX},           {"x", UINT64_MAX},
        {"50000", UINT64_MAX},      {"-1 100000", UINT64_MAX},
        {"0 100000", UINT64_MAX},   {"50000 0", UINT64_MAX},
        {"50000 -3", UINT64_MAX},   {"99999999999999999999 1", UINT64_MAX},
    };

    suite_scratch_write("cgroup", "0::/\n");
    ck_assert_uint_eq(quota(), UINT64_MAX);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        suite_scratch_write("fs/cpu.max", cases[i].text);
        ck_assert_uint_eq(quota(), cases[i].processors);
    }
}
END_TEST

START_TEST(the_least_quota_of_a_group_and_those_above_it_holds)
{
    suite_scratch_write("cgroup", "0::/a/b\n");
    suite_scratch_write("fs/a/c/cpu.max", "100000 100000\n");
    ck_assert_uint_eq(quota(), UINT64_MAX);
    suite_scratch_write("fs/a/b/cpu.max", "300000 100000\n");
    ck_assert_uint_eq(quota(), 3);
    suite_scratch_write("fs/a/cpu.max", "400000 100000\n");
    ck_assert_uint_eq(quota(), 3);
    suite_scratch_write("fs/cpu.max", "200000 100000\n");
    ck_assert_uint_eq(quota(), 2);
}
END_TEST

START_TEST(the_first_version_has_folders_of_controllers)
{
    suite_scratch_write("cgroup", "7:cpuset:/other\n3:cpu,cpuacct:/docker/x\n0::/\n");
    suite_scratch_write("fs/cpu,cpuacct/docker/x/cpu.cfs_quota_us", "250000\n");
    ck_assert_uint_eq(quota(), UINT64_MAX);
    suite_scratch_write("fs/cpu,cpuacct/docker/x/cpu.cfs_period_us", "100000\n");
    ck_assert_uint_eq(quota(), 3);
    suite_scratch_write("fs/cpu/docker/x/cpu.cfs_quota_us", "-1\n");
    ck_assert_uint_eq(quota(), UINT64_MAX);
    suite_scratch_write("fs/cpu/docker/cpu.cfs_quota_us", "100000\n");
    suite_scratch_write("fs/cpu/docker/cpu.cfs_period_us", "100000\n");
    ck_assert_uint_eq(quota(), 1);
}
END_TEST

START_TEST(beside_the_first_version_the_second_has_its_own_folder)
{
    suite_scratch_write("cgroup", "7:cpuset:/other\n0::/a\n");
    suite_scratch_write("fs/unified/a/cpu.max", "200000 100000\n");
    ck_assert_uint_eq(quota(), 2);
}
END_TEST

START_TEST(there_is_one_processor_at_least)
{
    ck_assert_uint_ge(packread_processors(), 1);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("processors");
    TCase *tests = tcase_create("processors");

    tcase_add_test(tests, a_quota_is_rounded_up_to_whole_processors);
    tcase_add_test(tests, the_least_quota_of_a_group_and_those_above_it_holds);
    tcase_add_test(tests, the_first_version_has_folders_of_controllers);
    tcase_add_test(tests, beside_the_first_version_the_second_has_its_own_folder);
    tcase_add_test(tests, there_is_one_processor_at_least);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
