/* test_refusals.c - refusals that come rarely: a descriptor closed between the look and the
 * mapping, memory that runs out while a file's list of regions grows, and pages that the system
 * does not take back. */
#include "fake_system.h"
#include "pattern.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define WINDOWS 200

static uint64_t page;
static char *path;

static void setup(void)
{
    unsetenv("SMMAP_DEBUG");
    page = smmap_granularity();
    path = pattern_file("file", WINDOWS * page, 1);
    fake_reset();
}

static void teardown(void)
{
    ck_assert_uint_eq(fake_open_now(), 0);
    ck_assert_uint_eq(fake_mapped_now(), 0);
    ck_assert_uint_eq(fake_allocated_now(), 0);
    free(path);
}

START_TEST(a_descriptor_closed_right_before_the_mapping_is_told_as_closed)
{
    smmap_manager *manager = new_fake_manager(&(smmap_options){.io = SMMAP_IO_MMAP});
    int fd = open(path, O_RDONLY);
    smmap_cursor *by_fd;
    smmap_error error;

    ck_assert_int_eq(smmap_cursor_open_fd(manager, fd, &by_fd, NULL), SMMAP_OK);
    fake_fail(FAKE_MAP, 1, false, EBADF);
    ck_assert_int_eq(smmap_cursor_use(by_fd, 0, 0, 0, &error), SMMAP_ERROR_CLOSED);
    ck_assert_int_eq(error.code, SMMAP_ERROR_CLOSED);
    ck_assert_int_eq(error.system_errno, EBADF);
    ck_assert(!smmap_cursor_is_valid(by_fd));
    check_manager(manager);
    ck_assert_uint_eq(stats_of(manager).regions, 0);
    use(by_fd, 0, 0);
    pattern_check_cursor(by_fd, 1);
    smmap_cursor_close(by_fd);
    smmap_manager_free(manager);
    close(fd);
}
END_TEST

/* Each window is asked for with its first allocation failing, then its second, ..., until it comes.
 * Forwards and backwards, so that rows are put behind and before others. */
START_TEST(memory_that_runs_out_while_the_list_grows_costs_nothing)
{
    smmap_manager *manager =
        new_fake_manager(&(smmap_options){.io = SMMAP_IO_MMAP, .window_size = page});
    smmap_cursor *cursor = open_cursor(manager, path);
    uint64_t most = 0;

    for (uint64_t i = 0; i < WINDOWS; i++) {
        uint64_t at = _i ? WINDOWS - 1 - i : i;
        uint64_t nth = 1;

        for (;; nth++) {
            int status;

            fake_fail(FAKE_ALLOCATE, nth, false, ENOMEM);
            status = smmap_cursor_use(cursor, at * page, 0, 0, NULL);
            fake_fail(FAKE_ALLOCATE, UINT64_MAX, false, 0);
            check_manager(manager);
            if (!status)
                break;
            ck_assert_int_eq(status, SMMAP_ERROR_MEMORY);
            ck_assert(!smmap_cursor_is_valid(cursor));
        }
        pattern_check_cursor(cursor, 1);
        most = nth > most ? nth : most;
    }
    ck_assert_uint_ge(most, 3); /* the region, and a part of the list, were refused */
    for (uint64_t at = 0; at < WINDOWS; at++) {
        use(cursor, at * page, 0);
        pattern_check_cursor(cursor, 1);
    }
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

/* Only the pages are lost, which nobody can take back. */
START_TEST(a_manager_ends_although_the_system_takes_no_window_back)
{
    smmap_manager *manager =
        new_fake_manager(&(smmap_options){.io = SMMAP_IO_MMAP, .window_size = page});
    smmap_cursor *cursor = open_cursor(manager, path);

    use(cursor, 0, 0);
    use(cursor, page, 0);
    fake_fail(FAKE_UNMAP, 1, true, EINVAL);
    smmap_manager_free(manager);
    smmap_cursor_close(cursor);
    ck_assert_uint_eq(fake_open_now(), 0);
    ck_assert_uint_eq(fake_allocated_now(), 0);
    ck_assert_uint_eq(fake_mapped_now(), 2 * page);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: refusals");
    TCase *cases = tcase_create("refusals");
    TCase *leaks = tcase_create("leaks");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_descriptor_closed_right_before_the_mapping_is_told_as_closed);
    tcase_add_loop_test(cases, memory_that_runs_out_while_the_list_grows_costs_nothing, 0, 2);
    suite_add_tcase(suite, cases);

    tcase_add_checked_fixture(leaks, setup, NULL);
    tcase_add_test(leaks, a_manager_ends_although_the_system_takes_no_window_back);
    suite_add_tcase(suite, leaks);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
