/* test_seed_buffer.c - the seed's SlidingWindowMapBuffer rows, one test each. */
#include "pattern.h"

#include <stdlib.h>
#include <string.h>

static uint64_t page;
static uint64_t file_size;
static char *path;
static smmap_manager *manager;
static smmap_cursor *cursor;

static void setup(void)
{
    page = smmap_granularity();
    file_size = 9 * page + 77;
    path = pattern_file("file", file_size, 6);
    manager = new_manager(&(smmap_options){.window_size = 2 * page, .memory_limit = 6 * page});
    cursor = open_cursor(manager, path);
}

static void teardown(void)
{
    check_manager(manager);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}

static smmap_buffer *new_buffer(uint64_t offset, uint64_t size)
{
    smmap_buffer *buffer = NULL;

    ck_assert_int_eq(smmap_buffer_new(cursor, offset, size, 0, &buffer, NULL), SMMAP_OK);
    return buffer;
}

static void check_byte(smmap_buffer *buffer, int64_t index, uint64_t offset)
{
    unsigned char byte;

    ck_assert_int_eq(smmap_buffer_byte(buffer, index, &byte, NULL), SMMAP_OK);
    ck_assert_uint_eq(byte, pattern_byte(offset, 6));
}

static void check_slice(smmap_buffer *buffer, int64_t from, int64_t to, uint64_t offset,
                        uint64_t length)
{
    static unsigned char memory[1 << 20];
    const unsigned char *data = NULL;
    size_t size = 99, copied = 99;

    ck_assert_int_eq(smmap_buffer_slice(buffer, from, to, &data, &size, NULL), SMMAP_OK);
    ck_assert_ptr_nonnull(data);
    ck_assert_uint_eq(size, length);
    pattern_check(data, offset, length, 6);
    ck_assert_int_eq(smmap_buffer_read(buffer, from, to, memory, sizeof memory, &copied, NULL),
                     SMMAP_OK);
    ck_assert_uint_eq(copied, length);
    pattern_check(memory, offset, length, 6);
}

START_TEST(seed_buffer_takes_cursor_offset_size_and_flags)
{
    smmap_buffer *buffer = new_buffer(100, 50);
    smmap_error error;

    ck_assert_uint_eq(smmap_buffer_length(buffer), 50);
    check_byte(buffer, 0, 100);
    smmap_buffer_free(buffer);
    buffer = new_buffer(100, SMMAP_TO_THE_END);
    ck_assert_uint_eq(smmap_buffer_length(buffer), file_size - 100);
    smmap_buffer_free(buffer);
    buffer = NULL;
    ck_assert_int_eq(smmap_buffer_new(cursor, file_size, 1, 0, &buffer, &error), SMMAP_ERROR_RANGE);
    ck_assert_str_eq(error.file, path);
    ck_assert_int_eq(smmap_buffer_new(cursor, 0, 1, 1 /* O_WRONLY */, &buffer, NULL),
                     SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_buffer_new(cursor, 0, 0, 0, &buffer, NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_buffer_new(cursor, 0, 1, 0, NULL, NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_ptr_null(buffer);
    smmap_buffer_free(NULL);
}
END_TEST

START_TEST(seed_buffer_begin_access_uses_again_what_it_has)
{
    smmap_buffer *buffer;
    unsigned char byte;

    ck_assert_int_eq(smmap_buffer_new(NULL, 0, 1, 0, &buffer, NULL), SMMAP_OK);
    ck_assert_ptr_null(smmap_buffer_cursor(buffer));
    ck_assert_uint_eq(smmap_buffer_length(buffer), 0);
    ck_assert_int_eq(smmap_buffer_begin(buffer, NULL, 0, 1, 0, NULL), SMMAP_ERROR_NOT_ASSOCIATED);
    ck_assert_int_eq(smmap_buffer_byte(buffer, 0, &byte, NULL), SMMAP_ERROR_NOT_VALID);
    ck_assert_int_eq(smmap_buffer_begin(buffer, cursor, 10, SMMAP_TO_THE_END, 0, NULL), SMMAP_OK);
    check_byte(buffer, 0, 10);
    ck_assert_int_eq(smmap_buffer_begin(buffer, NULL, 5 * page, 9, 0, NULL), SMMAP_OK);
    ck_assert_uint_eq(smmap_buffer_length(buffer), 9);
    check_byte(buffer, 8, 5 * page + 8);
    /* A failure leaves it out of access. */
    ck_assert_int_eq(smmap_buffer_begin(buffer, NULL, file_size, 9, 0, NULL), SMMAP_ERROR_RANGE);
    ck_assert_uint_eq(smmap_buffer_length(buffer), 0);
    smmap_buffer_free(buffer);
}
END_TEST

START_TEST(seed_buffer_end_access_lets_go)
{
    smmap_buffer *buffer = new_buffer(0, SMMAP_TO_THE_END);
    const unsigned char *data;
    unsigned char byte;
    size_t size;

    ck_assert_uint_eq(stats_of(manager).regions_pinned, 1);
    smmap_buffer_end(buffer);
    smmap_buffer_end(buffer);
    ck_assert_uint_eq(stats_of(manager).regions_pinned, 0);
    ck_assert_uint_eq(smmap_buffer_length(buffer), 0);
    ck_assert_int_eq(smmap_buffer_byte(buffer, 0, &byte, NULL), SMMAP_ERROR_NOT_VALID);
    ck_assert_int_eq(smmap_buffer_slice(buffer, 0, 1, &data, &size, NULL), SMMAP_ERROR_NOT_VALID);
    ck_assert_int_eq(smmap_buffer_read(buffer, 0, 1, &byte, 1, &size, NULL), SMMAP_ERROR_NOT_VALID);
    smmap_buffer_free(buffer);
    smmap_buffer_end(NULL);
}
END_TEST

START_TEST(seed_buffer_cursor_is_its_own)
{
    smmap_buffer *buffer = new_buffer(0, SMMAP_TO_THE_END);

    ck_assert_ptr_ne(smmap_buffer_cursor(buffer), cursor);
    ck_assert(smmap_cursor_is_valid(smmap_buffer_cursor(buffer)));
    ck_assert(!smmap_cursor_is_valid(cursor));
    smmap_buffer_free(buffer);
}
END_TEST

START_TEST(seed_buffer_len)
{
    smmap_buffer *buffer = new_buffer(7, SMMAP_TO_THE_END);

    ck_assert_uint_eq(smmap_buffer_length(buffer), file_size - 7);
    smmap_buffer_free(buffer);
    ck_assert_uint_eq(smmap_buffer_length(NULL), 0);
}
END_TEST

START_TEST(seed_buffer_index_from_either_end)
{
    smmap_buffer *buffer = new_buffer(100, 3 * page);
    int64_t length = (int64_t)(3 * page);
    unsigned char byte = 42;
    int64_t at;

    for (at = 0; at < length; at += 97) {
        check_byte(buffer, at, 100 + (uint64_t)at);
        check_byte(buffer, -1 - at, 100 + 3 * page - 1 - (uint64_t)at);
    }
    check_byte(buffer, -length, 100);
    ck_assert_int_eq(smmap_buffer_byte(buffer, length, &byte, NULL), SMMAP_ERROR_RANGE);
    ck_assert_int_eq(smmap_buffer_byte(buffer, -length - 1, &byte, NULL), SMMAP_ERROR_RANGE);
    ck_assert_int_eq(smmap_buffer_byte(buffer, INT64_MIN, &byte, NULL), SMMAP_ERROR_RANGE);
    ck_assert_int_eq(smmap_buffer_byte(buffer, INT64_MAX, &byte, NULL), SMMAP_ERROR_RANGE);
    ck_assert_uint_eq(byte, 42);
    smmap_buffer_free(buffer);
}
END_TEST

START_TEST(seed_buffer_slices_with_negative_bounds_across_windows)
{
    smmap_buffer *buffer = new_buffer(100, SMMAP_TO_THE_END);
    uint64_t length = file_size - 100;
    int64_t end = (int64_t)length;

    check_slice(buffer, 0, 10, 100, 10);
    check_slice(buffer, -10, INT64_MAX, file_size - 10, 10);
    check_slice(buffer, -10, -3, file_size - 10, 7);
    check_slice(buffer, 0, INT64_MAX, 100, length);
    check_slice(buffer, -end, end, 100, length);
    check_slice(buffer, INT64_MIN, INT64_MAX, 100, length);
    check_slice(buffer, 5, -5, 105, length - 10);
    check_slice(buffer, 10, 10, 0, 0);
    check_slice(buffer, 10, 5, 0, 0);
    check_slice(buffer, end, INT64_MAX, 0, 0);
    check_slice(buffer, end + 5, end + 9, 0, 0);
    check_slice(buffer, -5, 3, 0, 0);
    smmap_buffer_free(buffer);
}
END_TEST

START_TEST(seed_buffer_random_slices)
{
    uint64_t random = suite_seed();
    int at;

    for (at = 0; at < 2000; at++) {
        uint64_t offset = suite_random_below(&random, file_size);
        uint64_t length = 1 + suite_random_below(&random, file_size - offset);
        uint64_t first = suite_random_below(&random, length + 1);
        uint64_t last = first + suite_random_below(&random, length - first + 1);
        int64_t back = (int64_t)length;
        smmap_buffer *buffer = new_buffer(offset, length);

        check_slice(buffer, (int64_t)first, (int64_t)last, offset + first, last - first);
        if (last < length && first < length)
            check_slice(buffer, (int64_t)first - back, (int64_t)last - back, offset + first,
                        last - first);
        smmap_buffer_free(buffer);
    }
}
END_TEST

START_TEST(seed_buffer_slice_within_one_window_is_not_copied)
{
    smmap_buffer *buffer = new_buffer(0, SMMAP_TO_THE_END);
    const unsigned char *data;
    size_t size;

    ck_assert_int_eq(smmap_buffer_slice(buffer, 5, 50, &data, &size, NULL), SMMAP_OK);
    ck_assert_ptr_eq(data, smmap_cursor_map(smmap_buffer_cursor(buffer), NULL) + 5);
    ck_assert_uint_eq(stats_of(manager).misses, 1);
    smmap_buffer_free(buffer);
}
END_TEST

START_TEST(buffer_read_stops_at_the_capacity)
{
    smmap_buffer *buffer = new_buffer(0, SMMAP_TO_THE_END);
    unsigned char memory[32];
    size_t copied;

    memset(memory, 0x77, sizeof memory);
    ck_assert_int_eq(
        smmap_buffer_read(buffer, (int64_t)(2 * page) - 8, INT64_MAX, memory, 16, &copied, NULL),
        SMMAP_OK);
    ck_assert_uint_eq(copied, 16);
    pattern_check(memory, 2 * page - 8, 16, 6);
    ck_assert_uint_eq(memory[16], 0x77);
    ck_assert_int_eq(smmap_buffer_read(buffer, 0, 5, NULL, 0, &copied, NULL), SMMAP_OK);
    ck_assert_uint_eq(copied, 0);
    smmap_buffer_free(buffer);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: buffer of the seed");
    TCase *cases = tcase_create("buffer");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, seed_buffer_takes_cursor_offset_size_and_flags);
    tcase_add_test(cases, seed_buffer_begin_access_uses_again_what_it_has);
    tcase_add_test(cases, seed_buffer_end_access_lets_go);
    tcase_add_test(cases, seed_buffer_cursor_is_its_own);
    tcase_add_test(cases, seed_buffer_len);
    tcase_add_test(cases, seed_buffer_index_from_either_end);
    tcase_add_test(cases, seed_buffer_slices_with_negative_bounds_across_windows);
    tcase_add_test(cases, seed_buffer_random_slices);
    tcase_add_test(cases, seed_buffer_slice_within_one_window_is_not_copied);
    tcase_add_test(cases, buffer_read_stops_at_the_capacity);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
