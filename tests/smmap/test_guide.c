/* test_guide.c - the usage guide of the seed, example by example, in C, on a file of 8 MiB. */
#include "pattern.h"

#include <stdlib.h>
#include <string.h>

#define SIZE (UINT64_C(8) << 20)

static char *path;
static smmap_manager *manager;

static void setup(void)
{
    path = pattern_file("eight", SIZE, 8);
    manager = new_manager(NULL);
}

static void teardown(void)
{
    smmap_manager_free(manager);
    free(path);
}

START_TEST(guide_manager)
{
    /* One manager for the whole program; the defaults suit the machine. */
    ck_assert_uint_eq(smmap_manager_mappings(manager), 0);
    ck_assert_uint_eq(smmap_manager_files(manager), 0);
    ck_assert_uint_eq(smmap_manager_mapped_size(manager), 0);
    /* All that nobody uses can be given back at any time. */
    ck_assert_uint_eq(smmap_manager_collect(manager), 0);
}
END_TEST

START_TEST(guide_cursors)
{
    smmap_cursor *cursor = open_cursor(manager, path);
    const unsigned char *data;
    smmap_cursor *copy;
    size_t size;

    /* It has a file, but no window yet. */
    ck_assert(smmap_cursor_is_associated(cursor));
    ck_assert(!smmap_cursor_is_valid(cursor));

    /* As much as there is, from the first byte on. */
    ck_assert_int_eq(smmap_cursor_use(cursor, 0, 0, 0, NULL), SMMAP_OK);
    ck_assert(smmap_cursor_is_valid(cursor));

    /* The first byte, the first ten, the last one of what is mapped. */
    data = smmap_cursor_data(cursor);
    size = smmap_cursor_size(cursor);
    ck_assert_uint_eq(data[0], pattern_byte(0, 8));
    pattern_check(data + 1, 1, 9, 8);
    ck_assert_uint_eq(data[size - 1], pattern_byte(size - 1, 8));
    if (!one_page_mode())
        ck_assert_uint_eq(size, SIZE);

    /* Where that lies in the file, and whether some offset is in it. */
    ck_assert_uint_lt(smmap_cursor_begin(cursor), smmap_cursor_end(cursor));
    ck_assert(smmap_cursor_includes(cursor, 100));

    /* Beyond the end there is nothing: the window is gone, the file stays. */
    ck_assert_int_eq(smmap_cursor_use(cursor, SIZE, 100, 0, NULL), SMMAP_ERROR_RANGE);
    ck_assert(!smmap_cursor_is_valid(cursor));
    ck_assert(smmap_cursor_is_associated(cursor));

    /* From the hundredth byte on; a copy holds the same window for itself. */
    ck_assert_int_eq(smmap_cursor_use(cursor, 100, 0, 0, NULL), SMMAP_OK);
    ck_assert(smmap_cursor_is_valid(cursor));
    ck_assert_uint_eq(*smmap_cursor_data(cursor), pattern_byte(100, 8));
    ck_assert_int_eq(smmap_cursor_copy(cursor, &copy), SMMAP_OK);
    smmap_cursor_close(copy);

    /* Letting go early leaves room for others. */
    smmap_cursor_unuse(cursor);
    ck_assert(!smmap_cursor_is_valid(cursor));
    smmap_cursor_close(cursor);
}
END_TEST

START_TEST(guide_buffers)
{
    smmap_cursor *cursor = open_cursor(manager, path);
    const unsigned char *data;
    smmap_buffer *buffer;
    unsigned char byte;
    size_t size;

    /* The whole file as one array. */
    ck_assert_int_eq(smmap_buffer_new(cursor, 0, SMMAP_TO_THE_END, 0, &buffer, NULL), SMMAP_OK);

    /* In access from the start: the first byte, the last, the last ten. */
    ck_assert(smmap_cursor_is_valid(smmap_buffer_cursor(buffer)));
    ck_assert_int_eq(smmap_buffer_byte(buffer, 0, &byte, NULL), SMMAP_OK);
    ck_assert_uint_eq(byte, pattern_byte(0, 8));
    ck_assert_int_eq(smmap_buffer_byte(buffer, -1, &byte, NULL), SMMAP_OK);
    ck_assert_uint_eq(byte, pattern_byte(SIZE - 1, 8));
    ck_assert_int_eq(smmap_buffer_slice(buffer, -10, INT64_MAX, &data, &size, NULL), SMMAP_OK);
    ck_assert_uint_eq(size, 10);
    pattern_check(data, SIZE - 10, 10, 8);

    /* Access can end, which lets go of the window, and begin again, elsewhere. */
    smmap_buffer_end(buffer);
    ck_assert(!smmap_cursor_is_valid(smmap_buffer_cursor(buffer)));
    ck_assert_int_eq(smmap_buffer_byte(buffer, 0, &byte, NULL), SMMAP_ERROR_NOT_VALID);
    ck_assert_int_eq(smmap_buffer_begin(buffer, NULL, 10, SMMAP_TO_THE_END, 0, NULL), SMMAP_OK);
    ck_assert_int_eq(smmap_buffer_byte(buffer, 0, &byte, NULL), SMMAP_OK);
    ck_assert_uint_eq(byte, pattern_byte(10, 8));
    ck_assert_uint_eq(smmap_buffer_length(buffer), SIZE - 10);

    /* Freed, it holds nothing. */
    smmap_buffer_free(buffer);
    ck_assert_uint_eq(stats_of(manager).regions_pinned, 0);
    smmap_cursor_close(cursor);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: usage guide of the seed");
    TCase *cases = tcase_create("guide");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, guide_manager);
    tcase_add_test(cases, guide_cursors);
    tcase_add_test(cases, guide_buffers);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
