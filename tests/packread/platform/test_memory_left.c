/* test_memory_left.c - the memory that control groups and the address space leave, and the memory
 * limit that follows from it. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "platform/memory_left.h"
#include "samples.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)

static uint64_t limit(void)
{
    char *groups = suite_scratch_path("cgroup");
    char *root = suite_scratch_path("fs");
    uint64_t found = pkr_memory_left_by_groups(groups, root);

    free(groups);
    free(root);
    return found;
}

START_TEST(a_group_has_the_least_limit_of_those_that_it_is_in)
{
    suite_scratch_write("cgroup", "0::/a.slice/b.scope\n");
    ck_assert_uint_eq(limit(), UINT64_MAX);
    suite_scratch_write("fs/a.slice/b.scope/memory.max", "max\n");
    ck_assert_uint_eq(limit(), UINT64_MAX);
    suite_scratch_write("fs/a.slice/memory.max", "300000000\n");
    ck_assert_uint_eq(limit(), 300000000);
    suite_scratch_write("fs/a.slice/b.scope/memory.max", "200000000\n");
    ck_assert_uint_eq(limit(), 200000000);
    suite_scratch_write("fs/memory.max", "100000000\n");
    ck_assert_uint_eq(limit(), 100000000);
}
END_TEST

START_TEST(the_first_version_is_known_too)
{
    suite_scratch_write("cgroup",
                        "9:name=systemd:/x\n8:cpu,memory_other:/x\n7:hugetlb,memory:/docker/1\n");
    suite_scratch_write("fs/memory/docker/1/memory.limit_in_bytes", "9223372036854771712\n");
    ck_assert_uint_eq(limit(), 9223372036854771712u);
    suite_scratch_write("fs/memory/docker/1/memory.limit_in_bytes", "4096000\n");
    ck_assert_uint_eq(limit(), 4096000);
}
END_TEST

/* Its own path is the host's, and not there. */
START_TEST(inside_of_a_container_the_root_is_the_groups_own)
{
    suite_scratch_write("cgroup", "4:memory:/host/path\n0::/\n");
    suite_scratch_write("fs/memory/memory.limit_in_bytes", "77777777\n");
    ck_assert_uint_eq(limit(), 77777777);
}
END_TEST

START_TEST(what_cannot_be_understood_bounds_nothing)
{
    static const char *const texts[] = {"",        "\n",
                                        "0",       "0::",
                                        "0:\n",    "0::relative\n",
                                        ":::\n",   "1:memory\n",
                                        "0::/a\n", "no colon at all\n"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        suite_scratch_write("cgroup", texts[i]);
        ck_assert_uint_eq(limit(), UINT64_MAX);
    }
    suite_scratch_write("cgroup", "0::/a\n");
    suite_scratch_write("fs/a/memory.max", "-1\n");
    ck_assert_uint_eq(limit(), UINT64_MAX);
    suite_scratch_write("fs/a/memory.max", "");
    ck_assert_uint_eq(limit(), UINT64_MAX);
    suite_scratch_write("fs/a/memory.max", "99999999999999999999999999999\n");
    ck_assert_uint_eq(limit(), UINT64_MAX);
}
END_TEST

START_TEST(a_group_of_a_very_long_name_is_passed_over)
{
    char *text = malloc(9000);

    ck_assert_ptr_nonnull(text);
    memset(text, 'x', 9000);
    memcpy(text, "0::/", 4);
    text[8999] = '\0';
    suite_scratch_write("cgroup", text);
    ck_assert_uint_eq(limit(), UINT64_MAX);
    text[4000] = '\n';
    text[4001] = '\0';
    suite_scratch_write("cgroup", text);
    suite_scratch_write("fs/memory.max", "5000000\n");
    ck_assert_uint_eq(limit(), 5000000);
    free(text);
}
END_TEST

static uint64_t limit_of_snapshot(const packread_options *options)
{
    char *path = sample_path(sample_find("repos/deltas"), NULL);
    packread_snapshot *snapshot = sample_open(path, options);
    packread_stats stats = {.struct_size = sizeof stats};

    ck_assert_int_eq(packread_snapshot_stats(snapshot, &stats), 0);
    packread_snapshot_free(snapshot);
    free(path);
    return stats.window_limit + stats.memory_limit;
}

START_TEST(the_default_limit_follows_the_address_space)
{
    const char *sanitizers = getenv("SANITIZE");
    packread_options named = {.memory_limit = 300 * MIB};
    struct rlimit space = {400 * MIB, 400 * MIB};
    uint64_t before = limit_of_snapshot(NULL);

    ck_assert_uint_le(before, 1024 * MIB);
    if (sanitizers && *sanitizers)
        return; /* they need all of it */
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &space), 0);
    ck_assert_uint_le(limit_of_snapshot(NULL), 200 * MIB);
    ck_assert_uint_ge(limit_of_snapshot(NULL), MIB);
    ck_assert_uint_eq(limit_of_snapshot(&named), 300 * MIB);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("memory left");
    TCase *tests = tcase_create("memory left");

    tcase_add_test(tests, a_group_has_the_least_limit_of_those_that_it_is_in);
    tcase_add_test(tests, the_first_version_is_known_too);
    tcase_add_test(tests, inside_of_a_container_the_root_is_the_groups_own);
    tcase_add_test(tests, what_cannot_be_understood_bounds_nothing);
    tcase_add_test(tests, a_group_of_a_very_long_name_is_passed_over);
    tcase_add_test(tests, the_default_limit_follows_the_address_space);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
