/* test_seed_cursors.c - the seed's cursor rows, one test each. */
#include "pattern.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t page;
static uint64_t file_size;
static char *path;
static smmap_manager *manager;
static smmap_cursor *cursor;

static void setup(void)
{
    page = smmap_granularity();
    file_size = 20 * page + 77;
    path = pattern_file("file", file_size, 5);
    manager = new_manager(&(smmap_options){.window_size = 4 * page});
    cursor = open_cursor(manager, path);
}

static void teardown(void)
{
    check_manager(manager);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}

START_TEST(seed_cursors_use_region_points_at_a_window_that_holds_the_offset)
{
    uint64_t random = suite_seed();
    int at;

    for (at = 0; at < 300; at++) {
        uint64_t offset = suite_random_below(&random, file_size);
        smmap_region_info info = {0};

        use(cursor, offset, suite_random_below(&random, 100));
        info = region_of(cursor);
        ck_assert(smmap_region_includes(&info, offset));
        pattern_check_cursor(cursor, 5);
    }
}
END_TEST

START_TEST(seed_cursors_use_region_size_0_is_all_that_is_available)
{
    use(cursor, page + 5, 0);
    ck_assert_uint_eq(smmap_cursor_end(cursor), region_of(cursor).end);
    ck_assert_uint_eq(smmap_cursor_size(cursor), one_page_mode() ? page - 5 : 3 * page - 5);
    use(cursor, page + 5, UINT64_MAX);
    ck_assert_uint_eq(smmap_cursor_end(cursor), region_of(cursor).end);
}
END_TEST

START_TEST(seed_cursors_use_region_may_give_less_at_the_end_of_the_file)
{
    use(cursor, file_size - 10, 100);
    ck_assert_uint_eq(smmap_cursor_size(cursor), 10);
    pattern_check(smmap_cursor_data(cursor), file_size - 10, 10, 5);
}
END_TEST

START_TEST(seed_cursors_use_region_may_give_less_before_a_neighbour)
{
    smmap_cursor *other;

    ck_assert_int_eq(smmap_cursor_copy(cursor, &other), SMMAP_OK);
    need(other, 2 * page, 4 * page); /* across the grid: a window from page 2 to 6 */
    use(cursor, page, 4 * page);
    ck_assert_uint_eq(smmap_cursor_end(cursor), 2 * page);
    use(cursor, 7 * page, 4 * page);
    ck_assert_uint_eq(smmap_cursor_begin(cursor), 7 * page);
    ck_assert_uint_eq(region_of(cursor).begin, one_page_mode() ? 7 * page : 6 * page);
    smmap_cursor_close(other);
}
END_TEST

START_TEST(seed_cursors_use_region_beyond_the_end_makes_it_invalid)
{
    use(cursor, 0, 0);
    ck_assert_int_eq(smmap_cursor_use(cursor, file_size, 1, 0, NULL), SMMAP_ERROR_RANGE);
    ck_assert(!smmap_cursor_is_valid(cursor));
    ck_assert(smmap_cursor_is_associated(cursor));
    ck_assert_int_eq(smmap_cursor_use(cursor, UINT64_MAX, 1, 0, NULL), SMMAP_ERROR_RANGE);
    ck_assert_uint_eq(stats_of(manager).failures, 0); /* an end is not a failure */
    use(cursor, file_size - 1, 0);
}
END_TEST

START_TEST(seed_cursors_use_region_flags_go_to_open)
{
    char *link = suite_scratch_path("link");
    smmap_cursor *by_link;
    smmap_error error;

    ck_assert_int_eq(symlink(path, link), 0);
    by_link = open_cursor(manager, link);
    use(by_link, 0, 10);
    smmap_cursor_unuse(by_link);
    smmap_manager_collect(manager);
    ck_assert_int_eq(smmap_cursor_use(by_link, 0, 10, O_NOFOLLOW, &error), SMMAP_ERROR_SYSTEM);
    ck_assert_int_eq(error.system_errno, ELOOP);
    use(by_link, 0, 10);
    /* No effect where a region is there already. */
    ck_assert_int_eq(smmap_cursor_use(by_link, 5, 10, O_NOFOLLOW, &error), SMMAP_OK);
    smmap_cursor_close(by_link);
    ck_assert_int_eq(smmap_cursor_use(cursor, 0, 10, O_NOFOLLOW, NULL), SMMAP_OK);
    ck_assert_int_eq(smmap_cursor_use(cursor, 5 * page, 10, O_NOFOLLOW, NULL), SMMAP_OK);
    pattern_check_cursor(cursor, 5);
    ck_assert_uint_eq(stats_of(manager).descriptors, 1);
    free(link);
}
END_TEST

START_TEST(seed_cursors_use_region_refuses_flags_that_write)
{
    const int flags[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_EXCL, O_RDWR | O_NOFOLLOW};
    size_t at;

    for (at = 0; at < sizeof flags / sizeof *flags; at++) {
        use(cursor, 0, 0);
        ck_assert_int_eq(smmap_cursor_use(cursor, 0, 0, flags[at], NULL), SMMAP_ERROR_ARGUMENT);
        ck_assert(!smmap_cursor_is_valid(cursor));
    }
    ck_assert_uint_eq(stats_of(manager).failures, at);
}
END_TEST

START_TEST(seed_cursors_unuse_region_twice_is_harmless_and_the_region_stays_cached)
{
    use(cursor, 0, 0);
    smmap_cursor_unuse(cursor);
    smmap_cursor_unuse(cursor);
    ck_assert(!smmap_cursor_is_valid(cursor));
    ck_assert_ptr_null(smmap_cursor_data(cursor));
    ck_assert_uint_eq(smmap_cursor_size(cursor), 0);
    ck_assert_uint_eq(smmap_manager_mappings(manager), one_page_mode() ? 0 : 1);
    use(cursor, 0, 0);
    ck_assert_uint_eq(stats_of(manager).shared_hits, one_page_mode() ? 0 : 1);
    smmap_cursor_unuse(NULL);
}
END_TEST

START_TEST(seed_cursors_is_valid_and_is_associated)
{
    smmap_cursor *none;

    ck_assert(smmap_cursor_is_associated(cursor) && !smmap_cursor_is_valid(cursor));
    use(cursor, 0, 0);
    ck_assert(smmap_cursor_is_associated(cursor) && smmap_cursor_is_valid(cursor));
    ck_assert_int_eq(smmap_cursor_new(&none), SMMAP_OK);
    ck_assert(!smmap_cursor_is_associated(none) && !smmap_cursor_is_valid(none));
    ck_assert_int_eq(smmap_cursor_use(none, 0, 0, 0, NULL), SMMAP_ERROR_NOT_ASSOCIATED);
    ck_assert_int_eq(smmap_cursor_need(none, 0, 1, NULL), SMMAP_ERROR_NOT_ASSOCIATED);
    smmap_cursor_close(none);
    smmap_cursor_close(NULL);
    ck_assert_int_eq(smmap_cursor_new(NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_use(NULL, 0, 0, 0, NULL), SMMAP_ERROR_ARGUMENT);
}
END_TEST

START_TEST(seed_cursors_buffer_is_the_bytes_from_our_offset_and_map_the_whole_region)
{
    smmap_region_info info = {0};
    size_t size = 99;

    ck_assert_ptr_null(smmap_cursor_map(cursor, &size));
    ck_assert_uint_eq(size, 0);
    use(cursor, page + 9, 50);
    info = region_of(cursor);
    pattern_check(smmap_cursor_data(cursor), page + 9, 50, 5);
    pattern_check(smmap_cursor_map(cursor, &size), info.begin, info.size, 5);
    ck_assert_uint_eq(size, info.size);
    ck_assert_ptr_eq(smmap_cursor_data(cursor), info.data + (page + 9 - info.begin));
}
END_TEST

START_TEST(seed_cursors_ofs_begin_ofs_end_size_file_size_includes_ofs)
{
    use(cursor, 100, 50);
    ck_assert_uint_eq(smmap_cursor_begin(cursor), 100);
    ck_assert_uint_eq(smmap_cursor_end(cursor), 150);
    ck_assert_uint_eq(smmap_cursor_size(cursor), 50);
    ck_assert_uint_eq(smmap_cursor_file_size(cursor), file_size);
    ck_assert(!smmap_cursor_includes(cursor, 99));
    ck_assert(smmap_cursor_includes(cursor, 100));
    ck_assert(smmap_cursor_includes(cursor, 149));
    ck_assert(!smmap_cursor_includes(cursor, 150));
    smmap_cursor_unuse(cursor);
    ck_assert_uint_eq(smmap_cursor_begin(cursor), 0);
    ck_assert_uint_eq(smmap_cursor_end(cursor), 0);
    ck_assert(!smmap_cursor_includes(cursor, 0));
    ck_assert_uint_eq(smmap_cursor_file_size(cursor), file_size);
}
END_TEST

START_TEST(seed_cursors_path_fd_path_or_fd_are_errors_for_the_other_kind)
{
    const char *name = NULL;
    smmap_cursor *by_fd, *none;
    int fd = open(path, O_RDONLY);
    int got = -1;

    ck_assert_int_eq(smmap_cursor_open_fd(manager, fd, &by_fd, NULL), SMMAP_OK);
    ck_assert_int_eq(smmap_cursor_new(&none), SMMAP_OK);
    ck_assert_int_eq(smmap_cursor_path(cursor, &name), SMMAP_OK);
    ck_assert_str_eq(name, path);
    ck_assert_int_eq(smmap_cursor_fd(cursor, &got), SMMAP_ERROR_WRONG_KIND);
    ck_assert_int_eq(got, -1);
    ck_assert_int_eq(smmap_cursor_fd(by_fd, &got), SMMAP_OK);
    ck_assert_int_eq(got, fd);
    ck_assert_int_eq(smmap_cursor_path(by_fd, &name), SMMAP_ERROR_WRONG_KIND);
    ck_assert_int_eq(smmap_cursor_path(none, &name), SMMAP_ERROR_NOT_ASSOCIATED);
    ck_assert_int_eq(smmap_cursor_fd(none, &got), SMMAP_ERROR_NOT_ASSOCIATED);
    ck_assert(smmap_cursor_has_path(cursor));
    ck_assert(!smmap_cursor_has_path(by_fd));
    smmap_cursor_close(by_fd);
    smmap_cursor_close(none);
    close(fd);
}
END_TEST

START_TEST(seed_cursors_copy_holds_its_own_reference)
{
    smmap_cursor *copy;

    use(cursor, 50, 20);
    ck_assert_int_eq(smmap_cursor_copy(cursor, &copy), SMMAP_OK);
    ck_assert_uint_eq(smmap_cursor_begin(copy), 50);
    ck_assert_uint_eq(smmap_cursor_size(copy), 20);
    ck_assert_ptr_eq(smmap_cursor_data(copy), smmap_cursor_data(cursor));
    ck_assert_uint_eq(region_of(copy).clients, 2);
    smmap_cursor_unuse(cursor);
    smmap_manager_collect(manager);
    pattern_check_cursor(copy, 5);
    use(copy, 51, 20);
    use(cursor, 0, 0);
    smmap_cursor_close(copy);
    ck_assert_int_eq(smmap_cursor_copy(NULL, &copy), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_copy(cursor, NULL), SMMAP_ERROR_ARGUMENT);
}
END_TEST

START_TEST(seed_cursors_assign_lets_go_and_becomes_a_copy)
{
    smmap_cursor *target = open_cursor(manager, path);

    use(cursor, 50, 20);
    use(target, 10 * page, 5);
    ck_assert_int_eq(smmap_cursor_assign(target, cursor), SMMAP_OK);
    ck_assert_uint_eq(smmap_cursor_begin(target), 50);
    ck_assert_uint_eq(region_of(target).clients, 2);
    ck_assert_uint_eq(stats_of(manager).regions_pinned, 1);
    ck_assert_int_eq(smmap_cursor_assign(target, target), SMMAP_OK);
    ck_assert_uint_eq(region_of(target).clients, 2);
    smmap_cursor_close(target);
    ck_assert_int_eq(smmap_cursor_assign(cursor, NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_assign(NULL, cursor), SMMAP_ERROR_ARGUMENT);
}
END_TEST

START_TEST(seed_cursors_assign_across_managers_and_to_nothing)
{
    smmap_manager *second = new_manager(&(smmap_options){.kind = SMMAP_STATIC});
    smmap_cursor *target = open_cursor(second, path);
    smmap_cursor *none;

    use(target, 0, 0);
    use(cursor, 50, 20);
    smmap_manager_free(second);
    /* The last cursor of a manager that was freed: it goes with the assignment. */
    ck_assert_int_eq(smmap_cursor_assign(target, cursor), SMMAP_OK);
    ck_assert_uint_eq(stats_of(manager).cursors, 2);
    pattern_check_cursor(target, 5);
    ck_assert_int_eq(smmap_cursor_new(&none), SMMAP_OK);
    ck_assert_int_eq(smmap_cursor_assign(target, none), SMMAP_OK);
    ck_assert(!smmap_cursor_is_associated(target));
    ck_assert_uint_eq(stats_of(manager).cursors, 1);
    ck_assert_int_eq(smmap_cursor_assign(none, cursor), SMMAP_OK);
    pattern_check_cursor(none, 5);
    smmap_cursor_close(target);
    smmap_cursor_close(none);
}
END_TEST

START_TEST(seed_cursors_region_ref_tells_of_the_region)
{
    smmap_region_info info = {0};

    use(cursor, 5 * page, 1);
    info = region_of(cursor);
    ck_assert_uint_eq(info.begin, one_page_mode() ? 5 * page : 4 * page);
    ck_assert_uint_eq(info.end, one_page_mode() ? 6 * page : 8 * page);
    ck_assert_uint_eq(info.size, info.end - info.begin);
    ck_assert_uint_eq(info.clients, 1);
    ck_assert_uint_eq(info.uses, 1);
}
END_TEST

START_TEST(seed_cursors_as_long_as_one_holds_a_region_it_stays_mapped)
{
    smmap_cursor *other = open_cursor(manager, path);
    const unsigned char *data;
    uint64_t at;

    use(cursor, 0, 0);
    data = smmap_cursor_data(cursor);
    smmap_manager_set_limits(manager, 4 * page, 1);
    for (at = 0; at < file_size; at += page)
        use(other, at, 0);
    smmap_manager_collect(manager);
    smmap_manager_release_path(manager, path, NULL);
    smmap_cursor_close(other);
    pattern_check(data, 0, smmap_cursor_size(cursor), 5);
    ck_assert_ptr_eq(smmap_cursor_data(cursor), data);
}
END_TEST

START_TEST(seed_cursors_on_the_same_path_share_regions)
{
    smmap_cursor *other = open_cursor(manager, path);

    use(cursor, 0, 0);
    use(other, 10, 0);
    ck_assert_ptr_eq(smmap_cursor_map(cursor, NULL), smmap_cursor_map(other, NULL));
    ck_assert_uint_eq(stats_of(manager).shared_hits, 1);
    ck_assert_uint_eq(stats_of(manager).descriptors, 1);
    smmap_cursor_close(other);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: cursors of the seed");
    TCase *cases = tcase_create("cursors");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, seed_cursors_use_region_points_at_a_window_that_holds_the_offset);
    tcase_add_test(cases, seed_cursors_use_region_size_0_is_all_that_is_available);
    tcase_add_test(cases, seed_cursors_use_region_may_give_less_at_the_end_of_the_file);
    tcase_add_test(cases, seed_cursors_use_region_may_give_less_before_a_neighbour);
    tcase_add_test(cases, seed_cursors_use_region_beyond_the_end_makes_it_invalid);
    tcase_add_test(cases, seed_cursors_use_region_flags_go_to_open);
    tcase_add_test(cases, seed_cursors_use_region_refuses_flags_that_write);
    tcase_add_test(cases, seed_cursors_unuse_region_twice_is_harmless_and_the_region_stays_cached);
    tcase_add_test(cases, seed_cursors_is_valid_and_is_associated);
    tcase_add_test(cases,
                   seed_cursors_buffer_is_the_bytes_from_our_offset_and_map_the_whole_region);
    tcase_add_test(cases, seed_cursors_ofs_begin_ofs_end_size_file_size_includes_ofs);
    tcase_add_test(cases, seed_cursors_path_fd_path_or_fd_are_errors_for_the_other_kind);
    tcase_add_test(cases, seed_cursors_copy_holds_its_own_reference);
    tcase_add_test(cases, seed_cursors_assign_lets_go_and_becomes_a_copy);
    tcase_add_test(cases, seed_cursors_assign_across_managers_and_to_nothing);
    tcase_add_test(cases, seed_cursors_region_ref_tells_of_the_region);
    tcase_add_test(cases, seed_cursors_as_long_as_one_holds_a_region_it_stays_mapped);
    tcase_add_test(cases, seed_cursors_on_the_same_path_share_regions);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
