/* test_identity.c - whose bytes they are: files replaced, shrunk, grown, unlinked; descriptors
 * closed and used again; and what is no file. */
#include "file.h"
#include "pattern.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t page;
static char *path;
static smmap_manager *manager;
static smmap_cursor *cursor;

static void setup(void)
{
    page = smmap_granularity();
    path = pattern_file("file", 8 * page, 1);
    manager = new_manager(&(smmap_options){.window_size = page});
    cursor = open_cursor(manager, path);
}

static void teardown(void)
{
    check_manager(manager);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}

/* Another file under the same name, as rename(2) does it. */
static void replace(uint64_t size, uint64_t seed)
{
    char *fresh = pattern_file("fresh", size, seed);

    ck_assert_int_eq(rename(fresh, path), 0);
    free(fresh);
}

START_TEST(a_replaced_file_is_another_one_for_new_cursors_and_the_same_for_old_ones)
{
    smmap_cursor *fresh;

    use(cursor, 0, 0);
    replace(8 * page, 2); /* of the same size */
    fresh = open_cursor(manager, path);
    use(fresh, 0, 0);
    pattern_check_cursor(fresh, 2);
    pattern_check_cursor(cursor, 1);
    use(cursor, 5 * page, 0);
    pattern_check_cursor(cursor, 1);
    use(fresh, 5 * page, 0);
    pattern_check_cursor(fresh, 2);
    ck_assert_uint_eq(smmap_manager_files(manager), 2);
    smmap_cursor_close(fresh);
    fresh = open_cursor(manager, path);
    use(fresh, 5 * page, 0);
    pattern_check_cursor(fresh, 2);
    smmap_cursor_close(fresh);
}
END_TEST

START_TEST(windows_of_a_replaced_file_that_nobody_can_reach_are_unmapped)
{
    use(cursor, 0, 0);
    smmap_cursor_close(cursor);
    replace(8 * page, 2);
    cursor = open_cursor(manager, path);
    ck_assert_uint_eq(smmap_manager_mappings(manager), 0);
    use(cursor, 0, 0);
    pattern_check_cursor(cursor, 2);
}
END_TEST

START_TEST(a_replaced_file_whose_descriptor_was_closed_meanwhile_is_an_error)
{
    smmap_manager *narrow = new_manager(&(smmap_options){.window_size = page, .open_limit = 1});
    char *other_path = pattern_file("other", page, 3);
    smmap_cursor *first = open_cursor(narrow, path);
    smmap_cursor *other = open_cursor(narrow, other_path); /* closes the first one's */

    replace(8 * page, 2);
    ck_assert_int_eq(smmap_cursor_use(first, 0, 0, 0, NULL), SMMAP_ERROR_CHANGED);
    ck_assert(smmap_cursor_is_associated(first) && !smmap_cursor_is_valid(first));
    ck_assert_uint_eq(stats_of(narrow).failures, 1);
    ck_assert_uint_eq(stats_of(narrow).regions, 0);
    smmap_cursor_close(first);
    smmap_cursor_close(other);
    smmap_manager_free(narrow);
    free(other_path);
}
END_TEST

START_TEST(a_file_that_shrank_or_grew_is_an_error_for_new_windows)
{
    smmap_error error;

    use(cursor, 0, 0);
    ck_assert_int_eq(truncate(path, (off_t)(4 * page)), 0);
    pattern_check_cursor(cursor, 1);
    ck_assert_int_eq(smmap_cursor_use(cursor, 2 * page, 0, 0, &error), SMMAP_ERROR_CHANGED);
    ck_assert_str_eq(error.file, path);
    ck_assert_int_eq(smmap_cursor_use(cursor, 6 * page, 0, 0, NULL), SMMAP_ERROR_CHANGED);
    ck_assert_int_eq(truncate(path, (off_t)(9 * page)), 0);
    ck_assert_int_eq(smmap_cursor_use(cursor, 2 * page, 0, 0, NULL), SMMAP_ERROR_CHANGED);
    ck_assert_int_eq(truncate(path, (off_t)(8 * page)), 0);
    ck_assert_int_eq(smmap_cursor_use(cursor, 2 * page, 0, 0, NULL), SMMAP_OK);
    pattern_check_cursor(cursor, 1);
}
END_TEST

START_TEST(a_new_cursor_on_a_file_that_grew_sees_all_of_it)
{
    smmap_cursor *fresh;

    use(cursor, 0, 0);
    ck_assert_int_eq(truncate(path, (off_t)(9 * page)), 0);
    fresh = open_cursor(manager, path);
    ck_assert_uint_eq(smmap_cursor_file_size(fresh), 9 * page);
    ck_assert_uint_eq(smmap_cursor_file_size(cursor), 8 * page);
    use(fresh, 8 * page, 0);
    smmap_cursor_close(fresh);
}
END_TEST

START_TEST(an_unlinked_file_stays_readable_while_a_cursor_is_on_it)
{
    ck_assert_int_eq(unlink(path), 0);
    use(cursor, 3 * page, 0);
    pattern_check_cursor(cursor, 1);
    {
        smmap_cursor *none = NULL;
        smmap_error error;

        ck_assert_int_eq(smmap_cursor_open_path(manager, path, &none, &error), SMMAP_ERROR_SYSTEM);
        ck_assert_int_eq(error.system_errno, ENOENT);
        ck_assert_str_eq(error.file, path);
        ck_assert_ptr_null(none);
    }
}
END_TEST

START_TEST(a_closed_descriptor_gives_no_new_windows_and_keeps_the_old)
{
    int fd = open(path, O_RDONLY);
    smmap_cursor *by_fd;
    smmap_error error;
    char name[32];

    ck_assert_int_eq(smmap_cursor_open_fd(manager, fd, &by_fd, NULL), SMMAP_OK);
    use(by_fd, 0, 0);
    ck_assert_uint_eq(stats_of(manager).descriptors, 1); /* the path's; fd is not duplicated */
    close(fd);
    use(by_fd, 5, 0);
    pattern_check_cursor(by_fd, 1);
    ck_assert_int_eq(smmap_cursor_use(by_fd, page, 0, 0, &error), SMMAP_ERROR_CLOSED);
    ck_assert_int_eq(error.system_errno, EBADF);
    snprintf(name, sizeof name, "fd %d", fd);
    ck_assert_str_eq(error.file, name);
    smmap_cursor_close(by_fd);
    by_fd = NULL;
    ck_assert_int_eq(smmap_cursor_open_fd(manager, fd, &by_fd, NULL), SMMAP_ERROR_CLOSED);
    ck_assert_int_eq(smmap_cursor_open_fd(manager, -1, &by_fd, NULL), SMMAP_ERROR_CLOSED);
    ck_assert_ptr_null(by_fd);
}
END_TEST

START_TEST(a_descriptor_number_that_names_another_file_by_now_is_an_error)
{
    char *other = pattern_file("other", 8 * page, 2);
    int fd = open(path, O_RDONLY);
    smmap_cursor *by_fd, *fresh;

    ck_assert_int_eq(smmap_cursor_open_fd(manager, fd, &by_fd, NULL), SMMAP_OK);
    use(by_fd, 0, 0);
    close(fd);
    ck_assert_int_eq(open(other, O_RDONLY), fd);
    ck_assert_int_eq(smmap_cursor_use(by_fd, page, 0, 0, NULL), SMMAP_ERROR_CHANGED);
    /* A new cursor on the number gets the new file, not cached bytes of the old. */
    ck_assert_int_eq(smmap_cursor_open_fd(manager, fd, &fresh, NULL), SMMAP_OK);
    use(fresh, 0, 0);
    pattern_check_cursor(fresh, 2);
    smmap_cursor_close(by_fd);
    smmap_cursor_close(fresh);
    close(fd);
    free(other);
}
END_TEST

/* Until a new file would be born at another time of the file system's clock than `name` was. */
static void wait_for_its_clock(const char *name)
{
    char *probe = suite_scratch_path("probe");
    struct stat then, now;

    ck_assert_int_eq(stat(name, &then), 0);
    do {
        suite_write_file(probe, "", 0);
        ck_assert_int_eq(stat(probe, &now), 0);
    } while (now.st_ctim.tv_sec == then.st_ctim.tv_sec &&
             now.st_ctim.tv_nsec == then.st_ctim.tv_nsec);
    free(probe);
}

START_TEST(a_new_file_with_the_inode_of_the_old_one_is_not_taken_for_it)
{
    smmap_manager *copies =
        new_manager(&(smmap_options){.window_size = page, .io = SMMAP_IO_PREAD});
    int at;

    for (at = 0; at < 10; at++) {
        char *name = pattern_file("again", 2 * page, (uint64_t)at);
        smmap_cursor *once = open_cursor(copies, name);

        use(once, 0, 0);
        pattern_check_cursor(once, (uint64_t)at);
        smmap_cursor_close(once);
        wait_for_its_clock(name);
        ck_assert_int_eq(unlink(name), 0);
        free(name);
        name = pattern_file("again", 2 * page, (uint64_t)at + 1000);
        once = open_cursor(copies, name);
        use(once, 0, 0);
        pattern_check_cursor(once, (uint64_t)at + 1000);
        smmap_cursor_close(once);
        ck_assert_int_eq(unlink(name), 0);
        free(name);
    }
    smmap_manager_free(copies);
}
END_TEST

static void check_refused(const char *name, int code, int system_errno)
{
    smmap_cursor *none = NULL;
    smmap_error error = {0};

    ck_assert_int_eq(smmap_cursor_open_path(manager, name, &none, &error), code);
    ck_assert_int_eq(error.code, code);
    ck_assert_int_eq(error.system_errno, system_errno);
    ck_assert_str_eq(error.file, name);
    ck_assert_ptr_null(none);
}

/* Where the system does not tell when a file was made, inode and device alone tell it from another.
 */
START_TEST(each_part_of_an_identity_counts)
{
    const struct smm_identity known = {
        .device = 1, .inode = 2, .size = 3, .birth = 4, .regular = true};
    struct smm_identity other = known;

    ck_assert(smm_identity_same(&known, &other));
    other.birth = 0;
    ck_assert(smm_identity_same(&known, &other));
    ck_assert(smm_identity_same(&other, &known));
    other.device++;
    ck_assert(!smm_identity_same(&known, &other));
    other = known;
    other.birth = 0;
    other.inode++;
    ck_assert(!smm_identity_same(&known, &other));
    other = known;
    other.birth = 0;
    other.size++;
    ck_assert(!smm_identity_same(&known, &other));
    other = known;
    other.birth++;
    ck_assert(!smm_identity_same(&known, &other));
    other = known;
    other.regular = false;
    ck_assert(!smm_identity_same(&known, &other));
}
END_TEST

START_TEST(what_is_no_regular_file_is_refused_without_blocking)
{
    char *fifo = suite_scratch_path("fifo");
    char *link = suite_scratch_path("link");
    char *loop = suite_scratch_path("loop");
    char *missing = suite_scratch_path("missing");
    char *in_file = suite_scratch_path("file/below");
    smmap_cursor *none = NULL;
    int ends[2];

    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    ck_assert_int_eq(symlink(fifo, link), 0);
    ck_assert_int_eq(symlink(loop, loop), 0);
    check_refused(fifo, SMMAP_ERROR_NOT_REGULAR, 0);
    check_refused(link, SMMAP_ERROR_NOT_REGULAR, 0);
    check_refused(suite_scratch(), SMMAP_ERROR_NOT_REGULAR, 0);
    check_refused("/dev/null", SMMAP_ERROR_NOT_REGULAR, 0);
    check_refused(missing, SMMAP_ERROR_SYSTEM, ENOENT);
    check_refused(in_file, SMMAP_ERROR_SYSTEM, ENOTDIR);
    check_refused(loop, SMMAP_ERROR_SYSTEM, ELOOP);
    check_refused("", SMMAP_ERROR_SYSTEM, ENOENT);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(smmap_cursor_open_fd(manager, ends[0], &none, NULL), SMMAP_ERROR_NOT_REGULAR);
    ck_assert_int_eq(smmap_cursor_open_path(manager, NULL, &none, NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_open_path(NULL, path, &none, NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_open_path(manager, path, NULL, NULL), SMMAP_ERROR_ARGUMENT);
    close(ends[0]);
    close(ends[1]);
    free(fifo);
    free(link);
    free(loop);
    free(missing);
    free(in_file);
}
END_TEST

START_TEST(a_fifo_in_the_place_of_a_known_file_is_a_change)
{
    smmap_manager *narrow = new_manager(&(smmap_options){.window_size = page, .open_limit = 1});
    char *other_path = pattern_file("other", page, 3);
    smmap_cursor *first = open_cursor(narrow, path);
    smmap_cursor *other = open_cursor(narrow, other_path);

    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(smmap_cursor_use(first, 0, 0, 0, NULL), SMMAP_ERROR_CHANGED);
    smmap_cursor_close(first);
    smmap_cursor_close(other);
    smmap_manager_free(narrow);
    free(other_path);
}
END_TEST

START_TEST(an_empty_file_has_no_byte_to_use)
{
    char *empty = pattern_file("empty", 0, 0);
    smmap_cursor *on_empty = open_cursor(manager, empty);

    ck_assert_uint_eq(smmap_cursor_file_size(on_empty), 0);
    ck_assert_int_eq(smmap_cursor_use(on_empty, 0, 0, 0, NULL), SMMAP_ERROR_RANGE);
    ck_assert_int_eq(smmap_cursor_need(on_empty, 0, 1, NULL), SMMAP_ERROR_RANGE);
    smmap_cursor_close(on_empty);
    free(empty);
}
END_TEST

START_TEST(a_sparse_file_past_4_gib_is_read_at_its_far_end)
{
    char *sparse = suite_scratch_path("sparse");
    uint64_t size = (UINT64_C(5) << 30) + 100;
    smmap_manager *wide;
    smmap_cursor *far;
    int fd = open(sparse, O_RDWR | O_CREAT, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, (off_t)size), 0);
    ck_assert_int_eq(pwrite(fd, "end", 3, (off_t)size - 3), 3);
    close(fd);
    wide = new_manager(&(smmap_options){.window_size = UINT64_C(1) << 20});
    far = open_cursor(wide, sparse);
    need(far, size - 3, 3);
    ck_assert(!memcmp(smmap_cursor_data(far), "end", 3));
    use(far, UINT64_C(1) << 32, 0);
    ck_assert_uint_eq(*smmap_cursor_data(far), 0);
    smmap_cursor_close(far);
    smmap_manager_free(wide);
    free(sparse);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: identity");
    TCase *cases = tcase_create("identity");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_replaced_file_is_another_one_for_new_cursors_and_the_same_for_old_ones);
    tcase_add_test(cases, windows_of_a_replaced_file_that_nobody_can_reach_are_unmapped);
    tcase_add_test(cases, a_replaced_file_whose_descriptor_was_closed_meanwhile_is_an_error);
    tcase_add_test(cases, a_file_that_shrank_or_grew_is_an_error_for_new_windows);
    tcase_add_test(cases, a_new_cursor_on_a_file_that_grew_sees_all_of_it);
    tcase_add_test(cases, an_unlinked_file_stays_readable_while_a_cursor_is_on_it);
    tcase_add_test(cases, a_closed_descriptor_gives_no_new_windows_and_keeps_the_old);
    tcase_add_test(cases, a_descriptor_number_that_names_another_file_by_now_is_an_error);
    tcase_add_test(cases, a_new_file_with_the_inode_of_the_old_one_is_not_taken_for_it);
    tcase_add_test(cases, each_part_of_an_identity_counts);
    tcase_add_test(cases, what_is_no_regular_file_is_refused_without_blocking);
    tcase_add_test(cases, a_fifo_in_the_place_of_a_known_file_is_a_change);
    tcase_add_test(cases, an_empty_file_has_no_byte_to_use);
    tcase_add_test(cases, a_sparse_file_past_4_gib_is_read_at_its_far_end);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
