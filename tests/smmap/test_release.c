/* test_release.c - the windows of one cursor's file are given back, those of other files are not.
 */
#include "pattern.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define PAGES 8

static smmap_manager *manager;
static uint64_t page;
static char *path;
static char *other_path;
static smmap_cursor *cursor;
static smmap_cursor *other;

/* How many regions stay idle: none in windows of one page. */
static uint64_t kept(uint64_t count)
{
    return one_page_mode() ? 0 : count;
}

static uint64_t regions_of(const smmap_cursor *of)
{
    smmap_file_info info = {0};

    ck_assert_int_eq(smmap_cursor_file(of, &info), SMMAP_OK);
    return info.regions;
}

static void touch_all(smmap_cursor *of)
{
    uint64_t at;

    for (at = 0; at < PAGES; at++)
        use(of, at * page, 0);
}

static void setup(void)
{
    page = smmap_granularity();
    path = pattern_file("file", PAGES * page, 1);
    other_path = pattern_file("other", PAGES * page, 2);
    manager = new_manager(&(smmap_options){.window_size = page});
    cursor = open_cursor(manager, path);
    other = open_cursor(manager, other_path);
    touch_all(cursor);
    touch_all(other);
    smmap_cursor_unuse(other);
}

static void teardown(void)
{
    check_manager(manager);
    smmap_cursor_close(cursor);
    smmap_cursor_close(other);
    smmap_manager_free(manager);
    free(path);
    free(other_path);
}

START_TEST(idle_regions_of_the_file_go_and_no_others)
{
    uint64_t pending = 99;

    ck_assert_uint_eq(smmap_cursor_release_file(cursor, &pending), kept(PAGES - 1));
    ck_assert_uint_eq(pending, 1);
    check_manager(manager);
    ck_assert_uint_eq(regions_of(cursor), 1);
    ck_assert_uint_eq(regions_of(other), kept(PAGES));
    ck_assert_uint_eq(stats_of(manager).collected, kept(PAGES - 1));
    ck_assert_uint_eq(smmap_cursor_release_file(other, NULL), kept(PAGES));
    ck_assert_uint_eq(regions_of(other), 0);
    ck_assert_uint_eq(smmap_cursor_release_file(other, &pending), 0);
    ck_assert_uint_eq(pending, 0);
    touch_all(other); /* it stays associated */
    pattern_check_cursor(other, 2);
}
END_TEST

START_TEST(a_held_region_stays_for_its_cursors_and_goes_with_the_last)
{
    const unsigned char *held = smmap_cursor_data(cursor);
    smmap_cursor *copy;
    smmap_cursor *late;

    ck_assert_int_eq(smmap_cursor_copy(cursor, &copy), SMMAP_OK);
    smmap_cursor_release_file(cursor, NULL);
    late = open_cursor(manager, path);
    use(late, (PAGES - 1) * page, 0);
    ck_assert_ptr_ne(smmap_cursor_data(late), held); /* nobody else finds it */
    ck_assert_uint_eq(regions_of(cursor), 2);
    smmap_cursor_unuse(cursor);
    ck_assert_uint_eq(regions_of(cursor), 2);
    pattern_check(held, (PAGES - 1) * page, page, 1);
    smmap_cursor_close(copy);
    ck_assert_uint_eq(regions_of(cursor), 1);
    smmap_cursor_close(late);
}
END_TEST

START_TEST(nothing_stays_where_it_is_called_before_the_last_cursor_closes)
{
    smmap_cursor *by_number;
    int fd = open(path, O_RDONLY);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(smmap_cursor_open_fd(manager, fd, &by_number, NULL), SMMAP_OK);
    touch_all(by_number);
    smmap_cursor_release_file(by_number, NULL);
    smmap_cursor_close(by_number);
    check_manager(manager);
    ck_assert_uint_eq(regions_of(cursor), 1 + kept(PAGES - 1)); /* the path is a file of its own */
    ck_assert_uint_eq(smmap_manager_mappings(manager), 1 + kept(2 * PAGES - 1));
    close(fd);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: release of a file");
    TCase *cases = tcase_create("release");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, idle_regions_of_the_file_go_and_no_others);
    tcase_add_test(cases, a_held_region_stays_for_its_cursors_and_goes_with_the_last);
    tcase_add_test(cases, nothing_stays_where_it_is_called_before_the_last_cursor_closes);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
