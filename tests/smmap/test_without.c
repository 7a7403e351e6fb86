/* test_without.c - calls without what they are about: a NULL, a cursor without a file or a window.
 * Each gives an error or the neutral answer that smmap.h names, and leaves its outputs alone. */
#include "pattern.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *path;
static smmap_manager *manager;
static smmap_cursor *cursor; /* with a window */
static smmap_cursor *bare;   /* without a file */
static smmap_error error;

static void setup(void)
{
    path = pattern_file("file", 8 * smmap_granularity(), 1);
    manager = new_manager(NULL);
    cursor = open_cursor(manager, path);
    use(cursor, 3, 10);
    ck_assert_int_eq(smmap_cursor_new(&bare), SMMAP_OK);
}

static void teardown(void)
{
    pattern_check_cursor(cursor, 1);
    check_manager(manager);
    smmap_cursor_close(bare);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}

/* The call returned this code, and its detail says the same. */
static void is(int status, int code)
{
    ck_assert_int_eq(status, code);
    ck_assert_int_eq(error.code, code);
    memset(&error, 0, sizeof error);
}

START_TEST(without_a_manager)
{
    smmap_cursor *made = NULL;
    uint64_t pending = 7;
    smmap_stats stats = {0};
    smmap_stats zeros = {0};

    memset(&stats, 0x5a, sizeof stats);
    stats.struct_size = zeros.struct_size = sizeof stats;
    smmap_manager_stats(NULL, &stats);
    ck_assert_mem_eq(&stats, &zeros, sizeof stats);
    smmap_manager_stats(manager, NULL);
    ck_assert_int_eq(smmap_manager_new(NULL, NULL), SMMAP_ERROR_ARGUMENT);
    smmap_manager_free(NULL);
    smmap_manager_set_limits(NULL, 1, 1);
    ck_assert_uint_eq(smmap_manager_collect(NULL), 0);
    ck_assert_uint_eq(smmap_manager_window_size(NULL), 0);
    ck_assert_uint_eq(smmap_manager_mapped_size(NULL), 0);
    ck_assert_uint_eq(smmap_manager_memory_limit(NULL), 0);
    ck_assert_uint_eq(smmap_manager_mappings(NULL), 0);
    ck_assert_uint_eq(smmap_manager_mapping_limit(NULL), 0);
    ck_assert_uint_eq(smmap_manager_files(NULL), 0);
    ck_assert_uint_eq(smmap_manager_release_path(NULL, path, &pending), 0);
    ck_assert_uint_eq(pending, 0);
    pending = 7;
    ck_assert_uint_eq(smmap_manager_release_path(manager, NULL, &pending), 0);
    ck_assert_uint_eq(pending, 0);
    ck_assert_uint_eq(smmap_manager_release_path(manager, NULL, NULL), 0);
    is(smmap_cursor_open_path(NULL, path, &made, &error), SMMAP_ERROR_ARGUMENT);
    is(smmap_cursor_open_path(manager, NULL, &made, &error), SMMAP_ERROR_ARGUMENT);
    is(smmap_cursor_open_path(manager, path, NULL, &error), SMMAP_ERROR_ARGUMENT);
    is(smmap_cursor_open_fd(NULL, 0, &made, &error), SMMAP_ERROR_ARGUMENT);
    is(smmap_cursor_open_fd(manager, 0, NULL, &error), SMMAP_ERROR_ARGUMENT);
    ck_assert_ptr_null(made);
}
END_TEST

/* `none` is NULL, or a cursor without a file. */
static void neutral_answers(const smmap_cursor *none)
{
    uint64_t pending = 7;
    size_t size = 7;

    ck_assert(!smmap_cursor_is_valid(none));
    ck_assert(!smmap_cursor_is_associated(none));
    ck_assert(!smmap_cursor_has_path(none));
    ck_assert(!smmap_cursor_includes(none, 0));
    ck_assert_ptr_null(smmap_cursor_data(none));
    ck_assert_ptr_null(smmap_cursor_map(none, &size));
    ck_assert_uint_eq(size, 0);
    ck_assert_ptr_null(smmap_cursor_map(none, NULL));
    ck_assert_uint_eq(smmap_cursor_size(none), 0);
    ck_assert_uint_eq(smmap_cursor_begin(none), 0);
    ck_assert_uint_eq(smmap_cursor_end(none), 0);
    ck_assert_uint_eq(smmap_cursor_file_size(none), 0);
    ck_assert_uint_eq(smmap_cursor_faults(none), 0);
    ck_assert_uint_eq(smmap_cursor_release_file(none, NULL), 0);
    ck_assert_uint_eq(smmap_cursor_release_file(none, &pending), 0);
    ck_assert_uint_eq(pending, 0);
}

START_TEST(without_a_cursor)
{
    smmap_region_info region = {0};
    smmap_cursor *copy = NULL;
    smmap_file_info file = {0};
    smmap_stats stats = {0};
    const char *name = "as it was";
    int fd = 77;

    neutral_answers(NULL);
    smmap_cursor_close(NULL);
    smmap_cursor_unuse(NULL);
    ck_assert_int_eq(smmap_cursor_new(NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_copy(NULL, &copy), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_copy(cursor, NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_assign(NULL, cursor), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_assign(cursor, NULL), SMMAP_ERROR_ARGUMENT);
    is(smmap_cursor_use(NULL, 0, 1, 0, &error), SMMAP_ERROR_ARGUMENT);
    is(smmap_cursor_need(NULL, 0, 1, &error), SMMAP_ERROR_ARGUMENT);
    is(smmap_cursor_check(NULL, &error), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_path(NULL, &name), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_path(cursor, NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_fd(NULL, &fd), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_fd(cursor, NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_file(NULL, &file), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_file(cursor, NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_file_stats(NULL, &stats), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_file_stats(cursor, NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_region(NULL, &region), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_region(cursor, NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_cursor_count_use(NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_ptr_null(copy);
    ck_assert_str_eq(name, "as it was");
    ck_assert_int_eq(fd, 77);
}
END_TEST

START_TEST(without_a_file)
{
    smmap_region_info region = {0};
    smmap_file_info file = {0};
    smmap_stats stats = {0};
    const char *name = "as it was";
    int fd = 77;

    neutral_answers(bare);
    smmap_cursor_unuse(bare);
    is(smmap_cursor_use(bare, 0, 1, 0, &error), SMMAP_ERROR_NOT_ASSOCIATED);
    is(smmap_cursor_need(bare, 0, 1, &error), SMMAP_ERROR_NOT_ASSOCIATED);
    is(smmap_cursor_check(bare, &error), SMMAP_ERROR_NOT_ASSOCIATED);
    ck_assert_int_eq(smmap_cursor_check(bare, NULL), SMMAP_ERROR_NOT_ASSOCIATED);
    ck_assert_int_eq(smmap_cursor_path(bare, &name), SMMAP_ERROR_NOT_ASSOCIATED);
    ck_assert_int_eq(smmap_cursor_fd(bare, &fd), SMMAP_ERROR_NOT_ASSOCIATED);
    ck_assert_int_eq(smmap_cursor_file(bare, &file), SMMAP_ERROR_NOT_ASSOCIATED);
    ck_assert_int_eq(smmap_cursor_file_stats(bare, &stats), SMMAP_ERROR_NOT_ASSOCIATED);
    ck_assert_int_eq(smmap_cursor_region(bare, &region), SMMAP_ERROR_NOT_VALID);
    ck_assert_int_eq(smmap_cursor_count_use(bare), SMMAP_ERROR_NOT_VALID);
    ck_assert_str_eq(name, "as it was");
    ck_assert_int_eq(fd, 77);
}
END_TEST

/* Exactly nothing cannot be needed. */
START_TEST(without_a_size)
{
    is(smmap_cursor_need(cursor, 3, 0, &error), SMMAP_ERROR_ARGUMENT);
    use(cursor, 3, 10);
}
END_TEST

START_TEST(without_a_buffer)
{
    const unsigned char *bytes = (const unsigned char *)path;
    smmap_buffer *buffer = NULL;
    unsigned char byte = 7;
    size_t size = 7;
    char memory[4];

    smmap_buffer_free(NULL);
    smmap_buffer_end(NULL);
    ck_assert_ptr_null(smmap_buffer_cursor(NULL));
    ck_assert_uint_eq(smmap_buffer_length(NULL), 0);
    is(smmap_buffer_new(cursor, 0, 1, 0, NULL, &error), SMMAP_ERROR_ARGUMENT);
    is(smmap_buffer_begin(NULL, cursor, 0, 1, 0, &error), SMMAP_ERROR_ARGUMENT);
    is(smmap_buffer_byte(NULL, 0, &byte, &error), SMMAP_ERROR_ARGUMENT);
    is(smmap_buffer_slice(NULL, 0, 1, &bytes, &size, &error), SMMAP_ERROR_ARGUMENT);
    is(smmap_buffer_read(NULL, 0, 1, memory, 4, &size, &error), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_buffer_new(cursor, 0, 100, 0, &buffer, &error), SMMAP_OK);
    is(smmap_buffer_byte(buffer, 0, NULL, &error), SMMAP_ERROR_ARGUMENT);
    is(smmap_buffer_slice(buffer, 0, 1, NULL, &size, &error), SMMAP_ERROR_ARGUMENT);
    is(smmap_buffer_slice(buffer, 0, 1, &bytes, NULL, &error), SMMAP_ERROR_ARGUMENT);
    is(smmap_buffer_read(buffer, 0, 1, memory, 4, NULL, &error), SMMAP_ERROR_ARGUMENT);
    is(smmap_buffer_read(buffer, 0, 1, NULL, 4, &size, &error), SMMAP_ERROR_ARGUMENT);
    ck_assert_ptr_eq(bytes, path);
    ck_assert_uint_eq(size, 7);
    ck_assert_uint_eq(byte, 7);
    /* Room for nothing takes no memory. */
    ck_assert_int_eq(smmap_buffer_read(buffer, 0, 9, NULL, 0, &size, &error), SMMAP_OK);
    ck_assert_uint_eq(size, 0);
    smmap_buffer_free(buffer);
}
END_TEST

/* A buffer that has a cursor takes another one's place, and names a descriptor in its errors. */
START_TEST(a_buffer_goes_from_one_cursor_to_another)
{
    char *other_path = pattern_file("other", 8 * smmap_granularity(), 2);
    int fd = open(other_path, O_RDONLY);
    smmap_cursor *by_fd;
    smmap_buffer *buffer;
    const unsigned char *bytes;
    size_t size;
    char name[32];

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(smmap_cursor_open_fd(manager, fd, &by_fd, NULL), SMMAP_OK);
    ck_assert_int_eq(smmap_buffer_new(cursor, 5, 100, 0, &buffer, NULL), SMMAP_OK);
    ck_assert_int_eq(smmap_buffer_slice(buffer, 0, 100, &bytes, &size, NULL), SMMAP_OK);
    pattern_check(bytes, 5, size, 1);
    ck_assert_int_eq(smmap_buffer_begin(buffer, by_fd, 7, 50, 0, NULL), SMMAP_OK);
    ck_assert_int_eq(smmap_buffer_slice(buffer, 0, 50, &bytes, &size, NULL), SMMAP_OK);
    ck_assert_uint_eq(size, 50);
    pattern_check(bytes, 7, size, 2);
    is(smmap_buffer_byte(buffer, 50, (unsigned char *)name, &error), SMMAP_ERROR_RANGE);
    ck_assert_int_eq(smmap_buffer_byte(buffer, -51, (unsigned char *)name, &error),
                     SMMAP_ERROR_RANGE);
    snprintf(name, sizeof name, "fd %d", fd);
    ck_assert_str_eq(error.file, name);
    smmap_buffer_free(buffer);
    smmap_cursor_close(by_fd);
    close(fd);
    free(other_path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: without");
    TCase *cases = tcase_create("without");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, without_a_manager);
    tcase_add_test(cases, without_a_cursor);
    tcase_add_test(cases, without_a_file);
    tcase_add_test(cases, without_a_size);
    tcase_add_test(cases, without_a_buffer);
    tcase_add_test(cases, a_buffer_goes_from_one_cursor_to_another);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
