/* test_cost.c - how many system calls a call makes, as smmap.h says: the times of a machine change,
 * these numbers do not. */
#include "fake_system.h"
#include "pattern.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define PAGES 32

static char *path;
static uint64_t page;
static smmap_manager *manager;

static void setup(void)
{
    unsetenv("SMMAP_DEBUG");
    page = smmap_granularity();
    path = pattern_file("file", PAGES * page, 1);
    manager = new_fake_manager(
        &(smmap_options){.io = SMMAP_IO_MMAP, .window_size = 2 * page, .memory_limit = 8 * page});
    fake_reset();
}

static void teardown(void)
{
    smmap_manager_free(manager);
    free(path);
}

/* Since the last time, without allocations. */
static uint64_t system_calls(void)
{
    uint64_t count = fake_calls(FAKE_OPEN) + fake_calls(FAKE_IDENTIFY) + fake_calls(FAKE_MAP) +
                     fake_calls(FAKE_REMAP) + fake_calls(FAKE_UNMAP) + fake_calls(FAKE_READ);

    fake_reset();
    return count;
}

START_TEST(a_cursor_costs_three_calls_for_a_file_that_is_not_open_and_one_for_others)
{
    smmap_cursor *first = open_cursor(manager, path);
    smmap_cursor *second;
    smmap_cursor *copy;
    smmap_cursor *by_number;
    int fd = open(path, O_RDONLY);

    ck_assert_uint_eq(system_calls(), 3);
    second = open_cursor(manager, path);
    ck_assert_uint_eq(system_calls(), 1);
    ck_assert_int_eq(smmap_cursor_open_fd(manager, fd, &by_number, NULL), SMMAP_OK);
    ck_assert_uint_eq(system_calls(), 1);
    ck_assert_int_eq(smmap_cursor_copy(first, &copy), SMMAP_OK);
    ck_assert_int_eq(smmap_cursor_assign(copy, by_number), SMMAP_OK);
    ck_assert_uint_eq(system_calls(), 0);
    ck_assert_int_eq(smmap_cursor_check(first, NULL), SMMAP_OK);
    ck_assert_uint_eq(system_calls(), 1);
    ck_assert_int_eq(smmap_cursor_check(by_number, NULL), SMMAP_OK);
    ck_assert_uint_eq(system_calls(), 1);
    smmap_cursor_close(first);
    smmap_cursor_close(second);
    smmap_cursor_close(copy);
    smmap_cursor_close(by_number);
    close(fd);
}
END_TEST

START_TEST(a_hit_costs_no_call_and_a_new_window_as_few_as_can_be)
{
    smmap_cursor *cursor = open_cursor(manager, path);
    smmap_cursor *other = open_cursor(manager, path);
    uint64_t at;

    system_calls();
    use(cursor, 0, 0);
    ck_assert_uint_eq(system_calls(), 2); /* is it the same file; map */
    for (at = 0; at < 2 * page; at += 7)
        use(cursor, at, 1);
    need(cursor, page - 1, 2);
    smmap_cursor_unuse(cursor);
    use(other, page, 1);
    ck_assert_uint_eq(smmap_cursor_faults(other), 0);
    ck_assert_uint_eq(system_calls(), 0); /* found again, by another cursor too */
    smmap_cursor_unuse(other);
    for (at = 0; at < PAGES; at += 2) {
        use(cursor, at * page, 0);
        ck_assert_uint_le(system_calls(), 2); /* where the limit is reached, in place of another */
    }
    smmap_cursor_close(cursor);
    smmap_cursor_close(other);
}
END_TEST

START_TEST(giving_windows_back_costs_a_call_each)
{
    smmap_cursor *cursor = open_cursor(manager, path);
    uint64_t at;

    for (at = 0; at < 8; at += 2)
        use(cursor, at * page, 0);
    system_calls();
    ck_assert_uint_eq(smmap_cursor_release_file(cursor, NULL), 3);
    ck_assert_uint_eq(system_calls(), 3);
    smmap_cursor_unuse(cursor);
    ck_assert_uint_eq(system_calls(), 1);
    ck_assert_uint_eq(smmap_manager_collect(manager), 0);
    ck_assert_uint_eq(system_calls(), 0);
    smmap_cursor_close(cursor);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: cost");
    TCase *cases = tcase_create("cost");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases,
                   a_cursor_costs_three_calls_for_a_file_that_is_not_open_and_one_for_others);
    tcase_add_test(cases, a_hit_costs_no_call_and_a_new_window_as_few_as_can_be);
    tcase_add_test(cases, giving_windows_back_costs_a_call_each);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
