/* test_seed_utilities.c - the seed's utility rows: rounding, windows, regions, lists, error codes.
 * The figures were read off Python's smmap 0.8 on a system with pages of 4096 bytes; they are
 * scaled by the page here where they depend on it. */
#include "pattern.h"

#include <stdlib.h>
#include <string.h>

static smmap_window window(uint64_t offset, uint64_t size)
{
    smmap_window made = {offset, size};
    return made;
}

static void check_window(const smmap_window *got, uint64_t offset, uint64_t size)
{
    ck_assert_uint_eq(got->offset, offset);
    ck_assert_uint_eq(got->size, size);
}

START_TEST(seed_utilities_align_to_mmap)
{
    uint64_t page = smmap_granularity();

    ck_assert_uint_eq(smmap_align(0, false), 0);
    ck_assert_uint_eq(smmap_align(0, true), 0);
    ck_assert_uint_eq(smmap_align(1, false), 0);
    ck_assert_uint_eq(smmap_align(1, true), page);
    ck_assert_uint_eq(smmap_align(page - 1, false), 0);
    ck_assert_uint_eq(smmap_align(page - 1, true), page);
    ck_assert_uint_eq(smmap_align(page, true), page);
    ck_assert_uint_eq(smmap_align(page + 1, false), page);
    ck_assert_uint_eq(smmap_align(page + 1, true), 2 * page);
    /* Past the seed, whose numbers have no end: no wrapping. */
    ck_assert_uint_eq(smmap_align(UINT64_MAX, true), UINT64_MAX - UINT64_MAX % page);
    ck_assert_uint_eq(smmap_align(UINT64_MAX, false), UINT64_MAX - UINT64_MAX % page);
}
END_TEST

START_TEST(seed_utilities_is_64_bit)
{
    ck_assert(smmap_is_64_bit() == (UINTPTR_MAX > UINT32_MAX));
    ck_assert_uint_ge(smmap_granularity(), 512);
    ck_assert_uint_eq(smmap_granularity() & (smmap_granularity() - 1), 0);
}
END_TEST

START_TEST(seed_map_window_ofs_and_size_and_ofs_end)
{
    smmap_window some = window(5, 10);
    smmap_window huge = window(UINT64_MAX - 3, 10);

    ck_assert_uint_eq(smmap_window_end(&some), 15);
    ck_assert_uint_eq(smmap_window_end(&huge), UINT64_MAX);
}
END_TEST

START_TEST(seed_map_window_align_keeps_the_old_area)
{
    uint64_t page = smmap_granularity();
    smmap_window some = window(1, 1);

    smmap_window_align(&some);
    check_window(&some, 0, page);
    some = window(page + 1, 10);
    smmap_window_align(&some);
    check_window(&some, page, page);
    some = window(page - 96, 200);
    smmap_window_align(&some);
    check_window(&some, 0, 2 * page);
    some = window(0, page);
    smmap_window_align(&some);
    check_window(&some, 0, page);
    some = window(3 * page + 5, page);
    smmap_window_align(&some);
    check_window(&some, 3 * page, 2 * page);
    some = window(UINT64_MAX - 1, 1);
    smmap_window_align(&some);
    ck_assert_uint_eq(some.offset % page, 0);
    ck_assert_uint_eq(smmap_window_end(&some), UINT64_MAX);
}
END_TEST

START_TEST(seed_map_window_extend_left_to)
{
    smmap_window left = window(0, 1);
    smmap_window near = window(100, 50);
    smmap_window some = window(1000, 10);

    smmap_window_extend_left_to(&some, &left, 20);
    check_window(&some, 990, 20);
    some = window(1000, 10);
    smmap_window_extend_left_to(&some, &left, 5000);
    check_window(&some, 1, 1009);
    some = window(160, 10);
    smmap_window_extend_left_to(&some, &near, 15);
    check_window(&some, 155, 15);
    some = window(160, 10);
    smmap_window_extend_left_to(&some, &near, 100);
    check_window(&some, 150, 20);
    smmap_window_extend_left_to(&some, &near, 100);
    check_window(&some, 150, 20);
    /* The old area stays, where the seed's would shrink or move. */
    some = window(160, 10);
    smmap_window_extend_left_to(&some, &near, 5);
    check_window(&some, 160, 10);
    some = window(140, 10);
    smmap_window_extend_left_to(&some, &near, 100);
    check_window(&some, 140, 10);
}
END_TEST

START_TEST(seed_map_window_extend_right_to)
{
    smmap_window right = window(8000, 50);
    smmap_window some = window(10, 5);

    smmap_window_extend_right_to(&some, &right, 20);
    check_window(&some, 10, 20);
    some = window(10, 5);
    smmap_window_extend_right_to(&some, &right, 100000);
    check_window(&some, 10, 7990);
    some = window(7990, 10);
    smmap_window_extend_right_to(&some, &right, 100);
    check_window(&some, 7990, 10);
    some = window(7990, 5);
    smmap_window_extend_right_to(&some, &right, 7);
    check_window(&some, 7990, 7);
    some = window(7990, 50);
    smmap_window_extend_right_to(&some, &right, 7);
    check_window(&some, 7990, 50);
    some = window(UINT64_MAX - 10, 100);
    smmap_window_extend_right_to(&some, &right, UINT64_MAX);
    check_window(&some, UINT64_MAX - 10, 100);
}
END_TEST

START_TEST(seed_map_window_from_region)
{
    char *path = pattern_file("file", 3 * smmap_granularity() + 5, 1);
    smmap_options options = {.window_size = 1};
    smmap_manager *manager = new_manager(&options);
    smmap_cursor *cursor = open_cursor(manager, path);
    smmap_region_info info = {0};
    smmap_window got;

    use(cursor, smmap_granularity() + 3, 1);
    info = region_of(cursor);
    got = smmap_window_from_region(&info);
    check_window(&got, smmap_granularity(), smmap_granularity());
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}
END_TEST

START_TEST(seed_map_region_all_that_it_tells)
{
    uint64_t size = smmap_granularity() + 5;
    char *path = pattern_file("file", size, 7);
    smmap_manager *manager = new_manager(&(smmap_options){.kind = SMMAP_STATIC});
    smmap_cursor *cursor = open_cursor(manager, path);
    smmap_cursor *other;
    smmap_region_info info = {0};
    size_t mapped;

    ck_assert_int_eq(smmap_cursor_region(cursor, &info), SMMAP_ERROR_NOT_VALID);
    ck_assert_int_eq(smmap_cursor_count_use(cursor), SMMAP_ERROR_NOT_VALID);
    use(cursor, 10, 5);
    info = region_of(cursor);
    ck_assert_uint_eq(info.begin, 0);
    ck_assert_uint_eq(info.end, size);
    ck_assert_uint_eq(info.size, size);
    ck_assert_uint_eq(info.clients, 1);
    ck_assert_uint_eq(info.uses, 1);
    ck_assert(!info.is_private && !info.is_copy);
    pattern_check(info.data, 0, size, 7);
    ck_assert_ptr_eq(info.data, smmap_cursor_map(cursor, &mapped));
    ck_assert_uint_eq(mapped, size);
    ck_assert(smmap_region_includes(&info, 0));
    ck_assert(smmap_region_includes(&info, size - 1));
    ck_assert(!smmap_region_includes(&info, size));

    ck_assert_int_eq(smmap_cursor_copy(cursor, &other), SMMAP_OK);
    use(other, 11, 5);
    use(cursor, 12, 5);
    ck_assert_int_eq(smmap_cursor_count_use(cursor), SMMAP_OK);
    info = region_of(cursor);
    ck_assert_uint_eq(info.clients, 2);
    ck_assert_uint_eq(info.uses, 4);
    smmap_cursor_close(other);
    info = region_of(cursor);
    ck_assert_uint_eq(info.clients, 1);
    ck_assert_uint_eq(info.uses, 4);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}
END_TEST

START_TEST(seed_map_region_list_client_count_file_size_path_or_fd)
{
    uint64_t page = smmap_granularity();
    char *path = pattern_file("file", 3 * page, 7);
    smmap_manager *manager = new_manager(&(smmap_options){.window_size = page});
    smmap_cursor *cursor = open_cursor(manager, path);
    smmap_cursor *other = open_cursor(manager, path);
    smmap_cursor *none;
    smmap_file_info info = {0};
    smmap_stats stats = {0};

    ck_assert_int_eq(smmap_cursor_file(cursor, &info), SMMAP_OK);
    ck_assert_str_eq(info.path, path);
    ck_assert_int_eq(info.fd, -1);
    ck_assert_uint_eq(info.size, 3 * page);
    ck_assert_uint_eq(info.clients, 2);
    ck_assert_uint_eq(info.regions, 0);
    use(cursor, 0, 1);
    use(other, page, 1);
    ck_assert_int_eq(smmap_cursor_file(cursor, &info), SMMAP_OK);
    ck_assert_uint_eq(info.regions, 2);
    ck_assert_int_eq(smmap_cursor_file_stats(cursor, &stats), SMMAP_OK);
    ck_assert_uint_eq(stats.misses, 2);
    ck_assert_uint_eq(stats.bytes_pinned, 2 * page);
    ck_assert_uint_eq(stats.descriptors, 1);
    smmap_cursor_close(other);
    ck_assert_int_eq(smmap_cursor_file(cursor, &info), SMMAP_OK);
    ck_assert_uint_eq(info.clients, 1);
    ck_assert_int_eq(smmap_cursor_new(&none), SMMAP_OK);
    ck_assert_int_eq(smmap_cursor_file(none, &info), SMMAP_ERROR_NOT_ASSOCIATED);
    smmap_cursor_close(none);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}
END_TEST

START_TEST(seed_errors_every_code_has_a_phrase_of_its_own)
{
    int code, other;

    for (code = SMMAP_OK; code >= SMMAP_ERROR_TRUNCATED; code--) {
        ck_assert_uint_gt(strlen(smmap_error_text(code)), 0);
        ck_assert_str_ne(smmap_error_text(code), smmap_error_text(1));
        for (other = SMMAP_OK; other > code; other--)
            ck_assert_str_ne(smmap_error_text(code), smmap_error_text(other));
    }
    ck_assert_str_eq(smmap_error_text(-1000), "unknown error");
}
END_TEST

START_TEST(seed_errors_memory_manager_error_carries_the_detail)
{
    char *path = pattern_file("file", 10, 7);
    smmap_manager *manager = new_manager(NULL);
    smmap_cursor *cursor = open_cursor(manager, path);
    smmap_error error;
    char *missing = malloc(1000);

    memset(&error, 0x55, sizeof error);
    ck_assert_int_eq(smmap_cursor_use(cursor, 9, 0, 0, &error), SMMAP_OK);
    ck_assert_int_eq(error.code, 0x55555555); /* left alone on success */
    ck_assert_int_eq(smmap_cursor_use(cursor, 10, 3, 0, &error), SMMAP_ERROR_RANGE);
    ck_assert_int_eq(error.code, SMMAP_ERROR_RANGE);
    ck_assert_int_eq(error.system_errno, 0);
    ck_assert_uint_eq(error.offset, 10);
    ck_assert_uint_eq(error.size, 3);
    ck_assert_str_eq(error.file, path);
    ck_assert_int_eq(smmap_cursor_use(cursor, 10, 3, 0, NULL), SMMAP_ERROR_RANGE);
    smmap_cursor_close(cursor);

    /* Of a long path the tail. */
    memset(missing, 'x', 999);
    missing[0] = '/';
    missing[998] = 'y';
    missing[999] = 0;
    cursor = NULL;
    ck_assert_int_eq(smmap_cursor_open_path(manager, missing, &cursor, &error), SMMAP_ERROR_SYSTEM);
    ck_assert_int_ne(error.system_errno, 0);
    ck_assert_uint_eq(strlen(error.file), sizeof error.file - 1);
    ck_assert(!memcmp(error.file, "...x", 4));
    ck_assert_int_eq(error.file[sizeof error.file - 2], 'y');
    ck_assert_ptr_null(cursor);
    smmap_manager_free(manager);
    free(missing);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: utilities of the seed");
    TCase *cases = tcase_create("utilities");

    tcase_add_test(cases, seed_utilities_align_to_mmap);
    tcase_add_test(cases, seed_utilities_is_64_bit);
    tcase_add_test(cases, seed_map_window_ofs_and_size_and_ofs_end);
    tcase_add_test(cases, seed_map_window_align_keeps_the_old_area);
    tcase_add_test(cases, seed_map_window_extend_left_to);
    tcase_add_test(cases, seed_map_window_extend_right_to);
    tcase_add_test(cases, seed_map_window_from_region);
    tcase_add_test(cases, seed_map_region_all_that_it_tells);
    tcase_add_test(cases, seed_map_region_list_client_count_file_size_path_or_fd);
    tcase_add_test(cases, seed_errors_every_code_has_a_phrase_of_its_own);
    tcase_add_test(cases, seed_errors_memory_manager_error_carries_the_detail);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
