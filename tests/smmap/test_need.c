/* test_need.c - smmap_cursor_need: all of the bytes in one piece, or an error; whatever windows lie
 * around. */
#include "pattern.h"

#include <stdlib.h>

static uint64_t page;
static uint64_t file_size;
static char *path;

static void setup(void)
{
    page = smmap_granularity();
    file_size = 300 * page + 33;
    path = pattern_file("file", file_size, 2);
}

static void teardown(void)
{
    free(path);
}

static void check_need(smmap_cursor *cursor, uint64_t offset, uint64_t size)
{
    need(cursor, offset, size);
    pattern_check(smmap_cursor_data(cursor), offset, size, 2);
}

START_TEST(need_within_the_own_region_is_a_hit)
{
    smmap_manager *manager = new_manager(&(smmap_options){.window_size = 8 * page});
    smmap_cursor *cursor = open_cursor(manager, path);

    check_need(cursor, 10, page - 10);
    check_need(cursor, 20, 100);
    ck_assert_uint_eq(stats_of(manager).hits, 1);
    ck_assert_uint_eq(stats_of(manager).misses, 1);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(need_in_free_space_makes_one_window_that_others_share)
{
    smmap_manager *manager = new_manager(&(smmap_options){.window_size = 2 * page});
    smmap_cursor *cursor = open_cursor(manager, path);
    smmap_cursor *other = open_cursor(manager, path);

    check_need(cursor, 10 * page + 1, 50 * page); /* larger than a window */
    ck_assert(!region_of(cursor).is_private);
    use(other, 30 * page, 0);
    ck_assert_ptr_eq(smmap_cursor_map(other, NULL), smmap_cursor_map(cursor, NULL));
    check_need(cursor, 2 * page - 5, 10); /* across the grid */
    ck_assert(!region_of(cursor).is_private);
    ck_assert_uint_le(region_of(cursor).size, 2 * page);
    smmap_cursor_close(cursor);
    smmap_cursor_close(other);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(need_across_windows_gets_a_region_of_its_own)
{
    smmap_manager *manager = new_manager(&(smmap_options){.window_size = 2 * page});
    smmap_cursor *left = open_cursor(manager, path);
    smmap_cursor *right = open_cursor(manager, path);
    smmap_cursor *cursor = open_cursor(manager, path);
    smmap_cursor *copy;
    uint64_t mapped;

    use(left, 0, 0);
    use(right, smmap_cursor_end(left), 0);
    mapped = smmap_manager_mapped_size(manager);
    check_need(cursor, smmap_cursor_end(left) - 5, 10);
    ck_assert(region_of(cursor).is_private);
    ck_assert(region_of(cursor).is_copy);
    ck_assert_uint_eq(region_of(cursor).size, 10); /* no more than has to be */
    ck_assert_uint_eq(smmap_manager_mapped_size(manager), mapped + 10);
    ck_assert_int_eq(smmap_cursor_copy(cursor, &copy), SMMAP_OK);
    smmap_cursor_unuse(cursor);
    check_manager(manager);
    pattern_check_cursor(copy, 2);
    smmap_cursor_close(copy); /* the last holder: not cached */
    ck_assert_uint_eq(smmap_manager_mapped_size(manager), mapped);
    ck_assert_uint_eq(smmap_manager_mappings(manager), 2);
    smmap_cursor_close(left);
    smmap_cursor_close(right);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(need_of_much_across_windows_is_mapped)
{
    smmap_manager *manager = new_manager(&(smmap_options){.window_size = 8 * page});
    smmap_cursor *held = open_cursor(manager, path);
    smmap_cursor *cursor = open_cursor(manager, path);
    uint64_t size = UINT64_C(600) << 10;

    use(held, 100 * page, 0);
    check_need(cursor, 99 * page + 7, size);
    ck_assert(region_of(cursor).is_private);
    ck_assert(!region_of(cursor).is_copy);
    ck_assert_uint_eq(region_of(cursor).begin, 99 * page);
    smmap_cursor_close(held);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(need_obeys_the_kind_of_io)
{
    const enum smmap_io ios[] = {SMMAP_IO_MMAP, SMMAP_IO_PREAD};
    size_t at;

    for (at = 0; at < 2; at++) {
        smmap_manager *manager = new_manager(
            &(smmap_options){.kind = SMMAP_SLIDING, .window_size = 2 * page, .io = ios[at]});
        smmap_cursor *held = open_cursor(manager, path);
        smmap_cursor *cursor = open_cursor(manager, path);

        use(held, 0, 0);
        check_need(cursor, smmap_cursor_end(held) - 1, 2);
        ck_assert(region_of(cursor).is_private);
        ck_assert(region_of(cursor).is_copy == (ios[at] == SMMAP_IO_PREAD));
        check_need(cursor, 10 * page + 1, 20 * page);
        ck_assert(region_of(cursor).is_copy == (ios[at] == SMMAP_IO_PREAD));
        smmap_cursor_close(held);
        smmap_cursor_close(cursor);
        smmap_manager_free(manager);
    }
}
END_TEST

START_TEST(need_is_exact_or_an_error_at_the_end_of_the_file)
{
    smmap_manager *manager = new_manager(&(smmap_options){.window_size = 2 * page});
    smmap_cursor *cursor = open_cursor(manager, path);

    check_need(cursor, 0, file_size);
    check_need(cursor, file_size - 1, 1);
    ck_assert_int_eq(smmap_cursor_need(cursor, 0, file_size + 1, NULL), SMMAP_ERROR_RANGE);
    ck_assert(!smmap_cursor_is_valid(cursor));
    ck_assert_int_eq(smmap_cursor_need(cursor, file_size - 1, 2, NULL), SMMAP_ERROR_RANGE);
    ck_assert_int_eq(smmap_cursor_need(cursor, 5, UINT64_MAX, NULL), SMMAP_ERROR_RANGE);
    ck_assert_int_eq(smmap_cursor_need(cursor, UINT64_MAX, 5, NULL), SMMAP_ERROR_RANGE);
    ck_assert_int_eq(smmap_cursor_need(cursor, 5, 0, NULL), SMMAP_ERROR_ARGUMENT);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(need_of_the_static_manager_is_the_whole_file_again)
{
    smmap_manager *manager = new_manager(&(smmap_options){.kind = SMMAP_STATIC});
    smmap_cursor *cursor = open_cursor(manager, path);

    check_need(cursor, 5, file_size - 5);
    check_need(cursor, 0, file_size);
    ck_assert_uint_eq(stats_of(manager).misses, 1);
    ck_assert_uint_eq(stats_of(manager).hits, 1);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(need_is_exact_on_random_walks_of_many_cursors)
{
    uint64_t random = suite_seed();
    int io, at;

    for (io = 0; io < 3; io++) {
        smmap_manager *manager = new_manager(&(smmap_options){
            .window_size = 3 * page, .memory_limit = 30 * page, .io = (enum smmap_io)io});
        smmap_cursor *cursors[6];

        for (at = 0; at < 6; at++)
            cursors[at] = open_cursor(manager, path);
        for (at = 0; at < 3000; at++) {
            smmap_cursor *cursor = cursors[suite_random_below(&random, 6)];
            uint64_t offset = suite_random_below(&random, file_size);
            uint64_t most = suite_random_below(&random, 10) ? 300 : 8 * page;
            uint64_t size = 1 + suite_random_below(&random, most);

            if (size > file_size - offset)
                size = file_size - offset;
            check_need(cursor, offset, size);
            check_manager(manager);
        }
        for (at = 0; at < 6; at++)
            smmap_cursor_close(cursors[at]);
        smmap_manager_free(manager);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: need");
    TCase *cases = tcase_create("need");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, need_within_the_own_region_is_a_hit);
    tcase_add_test(cases, need_in_free_space_makes_one_window_that_others_share);
    tcase_add_test(cases, need_across_windows_gets_a_region_of_its_own);
    tcase_add_test(cases, need_of_much_across_windows_is_mapped);
    tcase_add_test(cases, need_obeys_the_kind_of_io);
    tcase_add_test(cases, need_is_exact_or_an_error_at_the_end_of_the_file);
    tcase_add_test(cases, need_of_the_static_manager_is_the_whole_file_again);
    tcase_add_test(cases, need_is_exact_on_random_walks_of_many_cursors);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
