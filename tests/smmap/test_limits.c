/* test_limits.c - which region goes, and when: order of use, soft and hard limits, both kinds of
 * limit. Windows of one page are unmapped at release, so the order is asked only without them. */
#include "pattern.h"
#include "system.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static uint64_t page;
static uint64_t file_size;
static char *path;

static void setup(void)
{
    unsetenv("SMMAP_DEBUG");
    page = smmap_granularity();
    file_size = 64 * page;
    path = pattern_file("file", file_size, 6);
}

static void teardown(void)
{
    free(path);
}

/* Whether the page is mapped, found out without changing the order: a region that is not there
 * counts as a miss when a probe takes it. */
static bool is_there(smmap_manager *manager, uint64_t offset)
{
    smmap_cursor *probe = open_cursor(manager, path);
    uint64_t misses = stats_of(manager).misses;
    bool there;

    use(probe, offset, 1);
    there = stats_of(manager).misses == misses;
    smmap_cursor_close(probe);
    return there;
}

START_TEST(the_least_recently_used_region_goes_first)
{
    smmap_manager *manager =
        new_manager(&(smmap_options){.window_size = page, .memory_limit = 4 * page});
    smmap_cursor *cursor = open_cursor(manager, path);
    const uint64_t order[] = {0, 1, 2, 3, 1, 0, 4, 5, 0};
    size_t at;

    for (at = 0; at < sizeof order / sizeof *order; at++)
        use(cursor, order[at] * page, 0);
    /* Last used: 1, 4, 5, 0. Many clients or uses do not count, only the time of the last. */
    ck_assert_uint_eq(stats_of(manager).evictions, 2);
    ck_assert(is_there(manager, 1 * page));
    ck_assert(is_there(manager, 4 * page));
    ck_assert(is_there(manager, 5 * page));
    ck_assert(is_there(manager, 0 * page));
    ck_assert(!is_there(manager, 2 * page)); /* takes the place of 1 */
    ck_assert(!is_there(manager, 1 * page)); /* of 4 */
    ck_assert(is_there(manager, 5 * page));
    ck_assert(!is_there(manager, 4 * page)); /* not of 0, which is held, but of 2 */
    ck_assert(is_there(manager, 5 * page));
    ck_assert(is_there(manager, 1 * page));
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(the_order_runs_across_files)
{
    char *other_path = pattern_file("other", file_size, 7);
    smmap_manager *manager = new_manager(&(smmap_options){.window_size = page, .mapping_limit = 3});
    smmap_cursor *cursor = open_cursor(manager, path);
    smmap_cursor *other = open_cursor(manager, other_path);

    use(cursor, 0, 0);
    use(other, 0, 0);
    use(cursor, page, 0);
    use(other, page, 0); /* the first one is the oldest idle one */
    smmap_cursor_unuse(cursor);
    smmap_cursor_unuse(other);
    ck_assert(is_there(manager, page));
    ck_assert(!is_there(manager, 0));
    ck_assert_uint_eq(smmap_manager_files(manager), 2);
    smmap_cursor_close(cursor);
    smmap_cursor_close(other);
    smmap_manager_free(manager);
    free(other_path);
}
END_TEST

START_TEST(a_window_is_never_larger_than_the_memory_limit)
{
    smmap_manager *manager = new_manager(&(smmap_options){.memory_limit = 5 * page + 1});
    smmap_cursor *cursor = open_cursor(manager, path);
    uint64_t at;

    for (at = 0; at < file_size; at += page / 2) {
        use(cursor, at, 0);
        ck_assert_uint_le(smmap_manager_mapped_size(manager), 5 * page);
    }
    ck_assert_uint_eq(stats_of(manager).misses, 13);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(hard_memory_limit_is_an_error_and_changes_nothing)
{
    smmap_manager *manager = new_manager(&(smmap_options){
        .window_size = 2 * page, .memory_limit = 4 * page, .flags = SMMAP_HARD_LIMITS});
    smmap_cursor *cursors[3];
    smmap_stats before = {0}, after = {0};
    smmap_error error;
    int at;

    for (at = 0; at < 3; at++)
        cursors[at] = open_cursor(manager, path);
    use(cursors[0], 0, 0);
    use(cursors[1], 2 * page, 0);
    before = stats_of(manager);
    ck_assert_int_eq(smmap_cursor_use(cursors[2], 10 * page, 5, 0, &error), SMMAP_ERROR_LIMIT);
    ck_assert_int_eq(error.code, SMMAP_ERROR_LIMIT);
    ck_assert_uint_eq(error.needed, 5 * page);
    ck_assert_uint_eq(error.offset, 10 * page);
    ck_assert_uint_eq(error.size, 5);
    ck_assert_str_eq(error.file, path);
    ck_assert(!smmap_cursor_is_valid(cursors[2]) && smmap_cursor_is_associated(cursors[2]));
    ck_assert_int_eq(smmap_cursor_need(cursors[2], 10 * page, 3 * page, &error), SMMAP_ERROR_LIMIT);
    ck_assert_uint_eq(error.needed, 7 * page);
    after = stats_of(manager);
    ck_assert_uint_eq(after.failures, before.failures + 2);
    before.failures = after.failures;
    ck_assert(!memcmp(&before, &after, sizeof before));
    pattern_check_cursor(cursors[0], 6);
    /* With as much as it said, it works. */
    smmap_manager_set_limits(manager, 7 * page, 0);
    need(cursors[2], 10 * page, 3 * page);
    for (at = 0; at < 3; at++)
        smmap_cursor_close(cursors[at]);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(hard_memory_limit_makes_a_smaller_window_where_a_whole_one_does_not_fit)
{
    smmap_manager *manager = new_manager(&(smmap_options){
        .window_size = 4 * page, .memory_limit = 5 * page, .flags = SMMAP_HARD_LIMITS});
    smmap_cursor *first = open_cursor(manager, path);
    smmap_cursor *second = open_cursor(manager, path);

    use(first, 0, 0);
    ck_assert_uint_eq(region_of(first).size, 4 * page);
    use(second, 9 * page + 5, 0);
    ck_assert_uint_eq(region_of(second).begin, 9 * page);
    ck_assert_uint_eq(region_of(second).size, page);
    pattern_check_cursor(second, 6);
    smmap_cursor_close(first);
    smmap_cursor_close(second);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(hard_mapping_limit_is_an_error)
{
    smmap_manager *manager = new_manager(
        &(smmap_options){.window_size = page, .mapping_limit = 2, .flags = SMMAP_HARD_LIMITS});
    smmap_cursor *cursors[3];
    smmap_error error = {.needed = 77};
    int at;

    for (at = 0; at < 3; at++)
        cursors[at] = open_cursor(manager, path);
    use(cursors[0], 0, 0);
    use(cursors[1], page, 0);
    ck_assert_int_eq(smmap_cursor_use(cursors[2], 2 * page, 0, 0, &error), SMMAP_ERROR_LIMIT);
    ck_assert_uint_eq(error.needed, 0); /* no number of bytes would help */
    use(cursors[2], 0, 0);              /* what is there can be shared */
    smmap_cursor_unuse(cursors[1]);
    use(cursors[2], 2 * page, 0);
    for (at = 0; at < 3; at++)
        smmap_cursor_close(cursors[at]);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(hard_limit_of_the_static_manager)
{
    smmap_manager *manager = new_manager(&(smmap_options){
        .kind = SMMAP_STATIC, .memory_limit = file_size - 1, .flags = SMMAP_HARD_LIMITS});
    smmap_cursor *cursor = open_cursor(manager, path);
    smmap_error error;

    ck_assert_int_eq(smmap_cursor_use(cursor, 0, 1, 0, &error), SMMAP_ERROR_LIMIT);
    ck_assert_uint_eq(error.needed, file_size);
    smmap_manager_set_limits(manager, error.needed, 0);
    use(cursor, 0, 1);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(lowered_limits_unmap_idle_regions_at_once_and_spare_pinned_ones)
{
    smmap_manager *manager = new_manager(&(smmap_options){.window_size = page});
    smmap_cursor *cursor = open_cursor(manager, path);
    smmap_cursor *held = open_cursor(manager, path);
    uint64_t at;

    use(held, 20 * page, 0);
    for (at = 0; at < 10; at++)
        use(cursor, at * page, 0);
    smmap_manager_set_limits(manager, 6 * page, 0);
    ck_assert_uint_eq(smmap_manager_mapped_size(manager), 6 * page);
    ck_assert_uint_eq(stats_of(manager).collected, 5);
    smmap_manager_set_limits(manager, 0, 4);
    ck_assert_uint_eq(smmap_manager_mappings(manager), 4);
    ck_assert_uint_eq(smmap_manager_memory_limit(manager), 6 * page);
    ck_assert_uint_eq(smmap_manager_mapping_limit(manager), 4);
    smmap_manager_set_limits(manager, 1, 1);
    ck_assert_uint_eq(smmap_manager_mappings(manager), 2);
    pattern_check_cursor(held, 6);
    pattern_check_cursor(cursor, 6);
    smmap_manager_set_limits(manager, SMMAP_UNLIMITED, SMMAP_UNLIMITED);
    for (at = 0; at < 10; at++)
        use(cursor, at * page, 0);
    ck_assert_uint_eq(smmap_manager_mappings(manager), 11);
    smmap_cursor_close(cursor);
    smmap_cursor_close(held);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(hard_limits_lowered_below_what_is_pinned_hold_as_soon_as_it_is_let_go)
{
    smmap_manager *manager =
        new_manager(&(smmap_options){.window_size = page, .flags = SMMAP_HARD_LIMITS});
    smmap_cursor *first = open_cursor(manager, path);
    smmap_cursor *second = open_cursor(manager, path);

    use(first, 0, 0);
    use(second, page, 0);
    smmap_manager_set_limits(manager, page, 0);
    ck_assert_uint_eq(smmap_manager_mapped_size(manager), 2 * page);
    smmap_cursor_unuse(first);
    ck_assert_uint_eq(smmap_manager_mapped_size(manager), page);
    smmap_cursor_close(first);
    smmap_cursor_close(second);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(open_limit_bounds_descriptors_and_files_are_opened_again)
{
    smmap_manager *manager = new_manager(&(smmap_options){.window_size = page, .open_limit = 3});
    smmap_cursor *cursors[10];
    char *paths[10];
    int at, turn;

    for (at = 0; at < 10; at++) {
        char name[2] = {(char)('a' + at), 0};

        paths[at] = pattern_file(name, 8 * page, (uint64_t)at);
        cursors[at] = open_cursor(manager, paths[at]);
        ck_assert_uint_le(stats_of(manager).descriptors, 3);
    }
    for (turn = 0; turn < 8; turn++) {
        for (at = 0; at < 10; at++) {
            use(cursors[at], (uint64_t)turn * page, 0);
            pattern_check_cursor(cursors[at], (uint64_t)at);
            ck_assert_uint_eq(stats_of(manager).descriptors, 3);
        }
    }
    for (at = 0; at < 10; at++) {
        smmap_cursor_close(cursors[at]);
        free(paths[at]);
    }
    ck_assert_uint_eq(stats_of(manager).descriptors, 0);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(small_needs_under_pressure_are_copies_and_give_way_to_a_walk)
{
    uint64_t big = UINT64_C(8) << 20;
    char *large = pattern_file("large", big, 3);
    smmap_manager *manager = new_manager(
        &(smmap_options){.window_size = UINT64_C(1) << 20, .memory_limit = UINT64_C(2) << 20});
    smmap_cursor *cursor = open_cursor(manager, large);
    uint64_t random = suite_seed();
    smmap_stats stats = {0};
    uint64_t at;

    for (at = 0; at < 2000; at++) {
        use(cursor, suite_random_below(&random, big - 64), 64);
        pattern_check_cursor(cursor, 3);
        ck_assert_uint_le(smmap_manager_mapped_size(manager), UINT64_C(2) << 20);
    }
    stats = stats_of(manager);
    ck_assert_uint_le(stats.maps, 20); /* while there was room, and where chance made a walk */
    ck_assert_uint_gt(stats.reads, 1000);
    for (at = 0; at < big; at += smmap_cursor_size(cursor))
        use(cursor, at, 64);
    /* A walk gets whole windows, over the copies on its way. */
    ck_assert_uint_ge(stats_of(manager).maps, stats.maps + 7);
    ck_assert_uint_le(stats_of(manager).maps, stats.maps + 9);
    ck_assert_uint_le(stats_of(manager).misses, stats.misses + 12);
    /* Also one that lets go between its steps. */
    stats = stats_of(manager);
    for (at = 0; at + 300 < big; at += 300) {
        use(cursor, at, 64);
        smmap_cursor_unuse(cursor);
    }
    ck_assert_uint_le(stats_of(manager).misses, stats.misses + 12);
    /* Nothing of the sort with SMMAP_IO_MMAP. */
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    manager = new_manager(&(smmap_options){
        .window_size = UINT64_C(1) << 20, .memory_limit = UINT64_C(2) << 20, .io = SMMAP_IO_MMAP});
    cursor = open_cursor(manager, large);
    for (at = 0; at < 200; at++)
        use(cursor, suite_random_below(&random, big - 64), 64);
    ck_assert_uint_eq(stats_of(manager).reads, 0);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(large);
}
END_TEST

START_TEST(pread_windows_are_private_copies)
{
    smmap_manager *manager =
        new_manager(&(smmap_options){.window_size = 4 * page, .io = SMMAP_IO_PREAD});
    smmap_cursor *cursor = open_cursor(manager, path);
    unsigned char *other = calloc(1, (size_t)file_size);

    use(cursor, 0, 0);
    ck_assert(region_of(cursor).is_copy);
    suite_write_file(path, other, (size_t)file_size); /* in place */
    pattern_check_cursor(cursor, 6);
    suite_write_file(path, other, 0); /* cut short: no SIGBUS */
    pattern_check_cursor(cursor, 6);
    free(other);
    ck_assert_uint_eq(stats_of(manager).maps, 0);
    ck_assert_uint_eq(stats_of(manager).reads, 1);
    ck_assert_int_eq(smmap_cursor_use(cursor, 8 * page, 0, 0, NULL), SMMAP_ERROR_CHANGED);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(the_default_of_open_limit_is_what_smmap_h_says)
{
    static const struct {
        rlim_t may_have;
        uint64_t kept;
    } cases[] = {{4096, 512}, {2048, 512}, {2047, 511}, {256, 64}, {7, 1}, {3, 1}, {0, 1}};
    struct rlimit limit;
    struct rlimit before;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (cases[_i].may_have > limit.rlim_max)
        return;
    before = limit;
    limit.rlim_cur = cases[_i].may_have;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert_uint_eq(smm_open_default(), cases[_i].kept);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: limits");
    TCase *cases = tcase_create("limits");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, the_least_recently_used_region_goes_first);
    tcase_add_test(cases, the_order_runs_across_files);
    tcase_add_test(cases, a_window_is_never_larger_than_the_memory_limit);
    tcase_add_test(cases, hard_memory_limit_is_an_error_and_changes_nothing);
    tcase_add_test(cases, hard_memory_limit_makes_a_smaller_window_where_a_whole_one_does_not_fit);
    tcase_add_test(cases, hard_mapping_limit_is_an_error);
    tcase_add_test(cases, hard_limit_of_the_static_manager);
    tcase_add_test(cases, lowered_limits_unmap_idle_regions_at_once_and_spare_pinned_ones);
    tcase_add_test(cases, hard_limits_lowered_below_what_is_pinned_hold_as_soon_as_it_is_let_go);
    tcase_add_test(cases, open_limit_bounds_descriptors_and_files_are_opened_again);
    tcase_add_loop_test(cases, the_default_of_open_limit_is_what_smmap_h_says, 0, 7);
    tcase_add_test(cases, small_needs_under_pressure_are_copies_and_give_way_to_a_walk);
    tcase_add_test(cases, pread_windows_are_private_copies);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
