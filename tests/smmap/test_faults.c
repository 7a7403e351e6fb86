/* test_faults.c - the system refuses: which way is tried instead, which error is told, and that
 * nothing is lost. The last tests let every call of a kind fail at its first, second, third ...
 * time until the whole of the work passes. */
#include "fake_system.h"
#include "pattern.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t page;
static uint64_t file_size;
static char *path;

static void setup(void)
{
    page = smmap_granularity();
    file_size = 64 * page + 5;
    path = pattern_file("file", file_size, 1);
    fake_reset();
}

static void teardown(void)
{
    ck_assert_uint_eq(fake_open_now(), 0);
    ck_assert_uint_eq(fake_mapped_now(), 0);
    ck_assert_uint_eq(fake_allocated_now(), 0);
    free(path);
}

START_TEST(mmap_refused_is_a_copy)
{
    const int refusals[] = {ENODEV, EACCES, EPERM, EINVAL, ENOMEM};
    smmap_options options = {.window_size = 4 * page, .io = (enum smmap_io)(_i % 2)};
    smmap_manager *manager = new_fake_manager(&options);
    smmap_cursor *cursor = open_cursor(manager, path);

    if (one_page_mode()) /* its copies lie in pages: the ways there are other ones */
        goto done;
    fake_fail(FAKE_MAP, 1, true, refusals[_i / 2]);
    use(cursor, 5 * page + 1, 100);
    pattern_check_cursor(cursor, 1);
    ck_assert(region_of(cursor).is_copy);
    ck_assert_uint_eq(stats_of(manager).fallbacks, 1);
    ck_assert_uint_eq(stats_of(manager).reads, 1);
    need(cursor, 21 * page, 9 * page);
    pattern_check_cursor(cursor, 1);
    ck_assert_uint_eq(stats_of(manager).fallbacks, 2);
    ck_assert_uint_eq(stats_of(manager).failures, 0);
done:
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(mmap_refused_for_a_large_window_copies_only_a_part_of_it)
{
    uint64_t big = UINT64_C(9) << 20;
    char *large = pattern_file("large", big, 2);
    smmap_manager *manager;
    smmap_cursor *cursor, *other;
    uint64_t at;

    unsetenv("SMMAP_DEBUG");
    manager = new_fake_manager(&(smmap_options){.window_size = SMMAP_WHOLE_FILE});
    cursor = open_cursor(manager, large);
    other = open_cursor(manager, large);
    fake_fail(FAKE_MAP, 1, true, ENODEV);
    use(cursor, big / 2, 10);
    ck_assert_uint_le(smmap_manager_mapped_size(manager), UINT64_C(1) << 20);
    pattern_check_cursor(cursor, 2);
    for (at = 0; at < big; at += smmap_cursor_size(other)) {
        use(other, at, 0);
        pattern_check_cursor(other, 2);
        check_manager(manager);
    }
    need(other, 100, UINT64_C(3) << 20); /* as much as is needed, if it is more */
    pattern_check_cursor(other, 2);
    smmap_cursor_close(cursor);
    smmap_cursor_close(other);
    smmap_manager_free(manager);
    free(large);
}
END_TEST

START_TEST(mmap_out_of_memory_evicts_one_idle_region_and_tries_again)
{
    smmap_manager *manager;
    smmap_cursor *cursor;
    uint64_t at;

    unsetenv("SMMAP_DEBUG");
    manager = new_fake_manager(&(smmap_options){.window_size = page});
    cursor = open_cursor(manager, path);
    for (at = 0; at < 10; at++)
        use(cursor, at * page, 0);
    fake_fail(FAKE_MAP, 1, false, ENOMEM);
    use(cursor, 20 * page, 0);
    ck_assert_uint_eq(stats_of(manager).evictions, 1);
    ck_assert_uint_eq(stats_of(manager).fallbacks, 0);
    ck_assert_uint_eq(stats_of(manager).regions, 10);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(mmap_out_of_memory_for_good_tells_the_first_error)
{
    smmap_manager *manager;
    smmap_cursor *cursor;
    smmap_error error;
    uint64_t at;

    unsetenv("SMMAP_DEBUG");
    manager = new_fake_manager(&(smmap_options){.window_size = page});
    cursor = open_cursor(manager, path);
    for (at = 0; at < 10; at++)
        use(cursor, at * page, 0);
    fake_fail(FAKE_MAP, 1, true, ENOMEM);
    fake_fail(FAKE_READ, 1, true, EIO);
    ck_assert_int_eq(smmap_cursor_use(cursor, 20 * page, 7, 0, &error), SMMAP_ERROR_SYSTEM);
    ck_assert_int_eq(error.system_errno, ENOMEM);
    ck_assert_uint_eq(error.offset, 20 * page);
    ck_assert_uint_eq(error.size, 7);
    ck_assert_uint_eq(stats_of(manager).regions, 0); /* it has tried everything */
    ck_assert_uint_eq(stats_of(manager).failures, 1);
    fake_reset();
    use(cursor, 20 * page, 0);
    pattern_check_cursor(cursor, 1);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(no_more_descriptors_closes_an_idle_one_and_tries_again)
{
    smmap_manager *manager = new_fake_manager(&(smmap_options){.window_size = page});
    char *second_path = pattern_file("second", page, 2);
    char *third_path = pattern_file("third", page, 3);
    smmap_cursor *first = open_cursor(manager, path);
    smmap_cursor *second = open_cursor(manager, second_path);
    smmap_cursor *third;
    smmap_error error;

    fake_fail(FAKE_OPEN, 1, false, EMFILE);
    third = open_cursor(manager, third_path);
    ck_assert_uint_eq(stats_of(manager).descriptors, 2);
    use(third, 0, 0);
    use(first, 0, 0); /* opened again: the oldest was closed */
    pattern_check_cursor(first, 1);
    smmap_cursor_close(third);
    third = NULL;
    fake_fail(FAKE_OPEN, 1, true, ENFILE);
    ck_assert_int_eq(smmap_cursor_open_path(manager, third_path, &third, &error),
                     SMMAP_ERROR_SYSTEM);
    ck_assert_int_eq(error.system_errno, ENFILE);
    ck_assert_uint_eq(stats_of(manager).descriptors, 0);
    fake_reset();
    use(second, 0, 0);
    use(first, 5 * page, 0);
    smmap_cursor_close(first);
    smmap_cursor_close(second);
    smmap_manager_free(manager);
    free(second_path);
    free(third_path);
}
END_TEST

START_TEST(real_shortage_of_descriptors_is_survived)
{
    smmap_manager *manager = new_fake_manager(&(smmap_options){.window_size = page});
    smmap_cursor *cursors[40];
    int spare[4000];
    char *paths[40];
    size_t count = 0;
    int at;

    for (at = 0; at < 40; at++) {
        char name[3] = {'x', (char)('A' + at), 0};

        paths[at] = pattern_file(name, 4 * page, (uint64_t)at);
    }
    for (at = 0; at < 20; at++)
        cursors[at] = open_cursor(manager, paths[at]);
    while (count < 4000 && (spare[count] = open("/dev/null", O_RDONLY)) >= 0)
        count++;
    for (at = 20; at < 40; at++)
        cursors[at] = open_cursor(manager, paths[at]);
    for (at = 0; at < 40; at++) {
        use(cursors[at], page, 0);
        pattern_check_cursor(cursors[at], (uint64_t)at);
    }
    while (count--)
        close(spare[count]);
    for (at = 0; at < 40; at++) {
        smmap_cursor_close(cursors[at]);
        free(paths[at]);
    }
    smmap_manager_free(manager);
}
END_TEST

START_TEST(reads_may_be_short_or_interrupted_but_not_end_early)
{
    smmap_manager *manager =
        new_fake_manager(&(smmap_options){.window_size = 4 * page, .io = SMMAP_IO_PREAD});
    smmap_cursor *cursor = open_cursor(manager, path);
    smmap_error error;

    fake_read_at_most(7, UINT64_MAX);
    fake_fail(FAKE_READ, 3, false, EINTR);
    use(cursor, 0, 0);
    pattern_check_cursor(cursor, 1);
    fake_read_at_most(0, page / 2);
    ck_assert_int_eq(smmap_cursor_use(cursor, 8 * page, 10, 0, &error), SMMAP_ERROR_TRUNCATED);
    ck_assert(!smmap_cursor_is_valid(cursor));
    fake_read_at_most(0, UINT64_MAX);
    fake_fail(FAKE_READ, 1, false, EIO);
    ck_assert_int_eq(smmap_cursor_use(cursor, 8 * page, 10, 0, &error), SMMAP_ERROR_SYSTEM);
    ck_assert_int_eq(error.system_errno, EIO);
    use(cursor, 8 * page, 10);
    pattern_check_cursor(cursor, 1);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(memory_that_cannot_be_unmapped_is_tried_again_later)
{
    smmap_manager *manager = new_fake_manager(&(smmap_options){.window_size = page});
    smmap_cursor *cursor = open_cursor(manager, path);

    use(cursor, 0, 0);
    fake_fail(FAKE_UNMAP, 1, true, ENOMEM);
    smmap_cursor_unuse(cursor);
    smmap_manager_collect(manager);
    ck_assert_uint_eq(smmap_manager_mappings(manager), 0);
    ck_assert_uint_eq(fake_mapped_now(), page);
    fake_reset();
    smmap_manager_collect(manager);
    ck_assert_uint_eq(fake_mapped_now(), 0);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

/* ---- Every call fails once, then from then on ------------------------------------------- */

/* Any error is fine but a wrong answer. */
static bool try_use(smmap_cursor *cursor, uint64_t offset, uint64_t size, bool exact)
{
    smmap_error error;
    int code = exact ? smmap_cursor_need(cursor, offset, size, &error)
                     : smmap_cursor_use(cursor, offset, size, 0, &error);

    if (!code) {
        pattern_check_cursor(cursor, 1);
        return true;
    }
    ck_assert(code == SMMAP_ERROR_MEMORY || code == SMMAP_ERROR_SYSTEM ||
              code == SMMAP_ERROR_LIMIT);
    ck_assert_int_eq(error.code, code);
    ck_assert(!smmap_cursor_is_valid(cursor) && smmap_cursor_is_associated(cursor));
    return false;
}

/* A walk through all that a manager does. */
static void work(smmap_manager *manager)
{
    smmap_cursor *cursor = NULL, *other = NULL, *by_fd = NULL;
    smmap_buffer *buffer = NULL;
    int fd = open(path, O_RDONLY);
    uint64_t at;

    if (!smmap_cursor_open_path(manager, path, &cursor, NULL)) {
        for (at = 0; at < 8; at++)
            try_use(cursor, at * 3 * page, 0, false);
        smmap_cursor_copy(cursor, &other);
        check_manager(manager);
        if (other) {
            try_use(other, 24 * page - 5, 10, true);
            try_use(cursor, 23 * page, 30 * page, true);
        }
        smmap_manager_release_path(manager, path, NULL);
        try_use(cursor, 7, 100, false);
        check_manager(manager);
        if (!smmap_buffer_new(cursor, 9, SMMAP_TO_THE_END, 0, &buffer, NULL)) {
            const unsigned char *data;
            size_t size;

            if (!smmap_buffer_slice(buffer, 0, (int64_t)(20 * page), &data, &size, NULL))
                pattern_check(data, 9, size, 1);
        }
        smmap_buffer_free(buffer);
    }
    if (!smmap_cursor_open_fd(manager, fd, &by_fd, NULL)) {
        try_use(by_fd, 0, 0, false);
        if (other)
            smmap_cursor_assign(other, by_fd);
    }
    check_manager(manager);
    smmap_manager_set_limits(manager, 2 * page, 1);
    smmap_manager_collect(manager);
    smmap_cursor_close(by_fd);
    smmap_cursor_close(other);
    smmap_cursor_close(cursor);
    check_manager(manager);
    close(fd);
}

static void fail_everywhere(enum smmap_io io, bool hard)
{
    const int errors[FAKE_CALLS] = {EIO, EIO, ENOMEM, ENOMEM, EIO, 0};
    smmap_options options = {.window_size = 2 * page,
                             .memory_limit = 20 * page,
                             .io = io,
                             .flags = hard ? SMMAP_HARD_LIMITS : 0};
    int call, forever;

    for (call = 0; call < FAKE_CALLS; call++) {
        for (forever = 0; forever < 2; forever++) {
            uint64_t nth = 0;

            do {
                smmap_manager *manager;
                smmap_cursor *cursor;

                fake_reset();
                manager = new_fake_manager(&options);
                fake_fail((enum fake_call)call, ++nth, forever, errors[call] ? errors[call] : 1);
                work(manager);
                if (!fake_failures())
                    nth = 0;
                /* The next one works. */
                fake_fail((enum fake_call)call, UINT64_C(1) << 60, false, 0);
                smmap_manager_set_limits(manager, 64 * page, SMMAP_UNLIMITED);
                cursor = open_cursor(manager, path);
                use(cursor, 3 * page, 0);
                pattern_check_cursor(cursor, 1);
                smmap_cursor_close(cursor);
                smmap_manager_free(manager);
                ck_assert_uint_eq(fake_open_now(), 0);
                ck_assert_uint_eq(fake_mapped_now(), 0);
                ck_assert_uint_eq(fake_allocated_now(), 0);
            } while (nth);
        }
    }
}

START_TEST(every_call_fails_once_and_for_good_without_loss)
{
    fail_everywhere((enum smmap_io)(_i % 3), _i >= 3);
}
END_TEST

START_TEST(a_manager_without_memory_is_an_error)
{
    smmap_manager *manager = NULL;

    fake_fail(FAKE_ALLOCATE, 1, false, ENOMEM);
    ck_assert_int_eq(
        smm_manager_new_with_system(&(smmap_options){.io = SMMAP_IO_AUTO}, &fake_system, &manager),
        SMMAP_ERROR_MEMORY);
    ck_assert_ptr_null(manager);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: faults");
    TCase *cases = tcase_create("faults");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, mmap_refused_is_a_copy, 0, 10);
    tcase_add_test(cases, mmap_refused_for_a_large_window_copies_only_a_part_of_it);
    tcase_add_test(cases, mmap_out_of_memory_evicts_one_idle_region_and_tries_again);
    tcase_add_test(cases, mmap_out_of_memory_for_good_tells_the_first_error);
    tcase_add_test(cases, no_more_descriptors_closes_an_idle_one_and_tries_again);
    tcase_add_test(cases, real_shortage_of_descriptors_is_survived);
    tcase_add_test(cases, reads_may_be_short_or_interrupted_but_not_end_early);
    tcase_add_test(cases, memory_that_cannot_be_unmapped_is_tried_again_later);
    tcase_add_loop_test(cases, every_call_fails_once_and_for_good_without_loss, 0, 6);
    tcase_add_test(cases, a_manager_without_memory_is_an_error);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
