/* test_placement.c - where new windows go: on the grid, between neighbours, never larger than
 * allowed, never over one another; and that the grid serves walks and jumps. */
#include "pattern.h"
#include "placement.h"

#include <stdlib.h>

#define PAGE UINT64_C(4096)

static void check_place(uint64_t left, uint64_t right, uint64_t offset, uint64_t size,
                        uint64_t step, uint64_t maximum, uint64_t begin, uint64_t end)
{
    struct smm_gap gap = {left, right, PAGE};
    smmap_window window = smm_place(&gap, offset, size, step, maximum);

    ck_assert_uint_eq(window.offset, begin);
    ck_assert_uint_eq(smmap_window_end(&window), end);
}

START_TEST(a_window_stands_on_the_grid)
{
    uint64_t step = 16 * PAGE;

    check_place(0, 1000 * PAGE, 0, 1, step, step, 0, step);
    check_place(0, 1000 * PAGE, step - 1, 1, step, step, 0, step);
    check_place(0, 1000 * PAGE, step, 1, step, step, step, 2 * step);
    check_place(0, 1000 * PAGE, 5 * step + 77, 1, step, step, 5 * step, 6 * step);
}
END_TEST

START_TEST(a_window_ends_at_its_neighbours_and_at_the_end_of_the_file)
{
    uint64_t step = 16 * PAGE;

    check_place(4 * PAGE, 9 * PAGE, 5 * PAGE + 3, 1, step, step, 4 * PAGE, 9 * PAGE);
    check_place(4 * PAGE, 5 * PAGE, 4 * PAGE, PAGE, step, step, 4 * PAGE, 5 * PAGE);
    check_place(0, 17 * PAGE + 3, 17 * PAGE + 2, 1, step, step, 16 * PAGE, 17 * PAGE + 3);
    check_place(0, 5, 4, 1, step, step, 0, 5);
}
END_TEST

START_TEST(a_window_without_bound_fills_the_gap)
{
    check_place(0, 17 * PAGE + 3, 9, 1, UINT64_MAX, UINT64_MAX, 0, 17 * PAGE + 3);
    check_place(3 * PAGE, 7 * PAGE, 5 * PAGE, 1, UINT64_MAX, UINT64_MAX, 3 * PAGE, 7 * PAGE);
    check_place(0, UINT64_MAX, UINT64_MAX - 9, 1, UINT64_MAX, UINT64_MAX, 0, UINT64_MAX);
}
END_TEST

START_TEST(a_request_across_the_grid_starts_a_window_of_its_own)
{
    uint64_t step = 16 * PAGE;

    check_place(0, 1000 * PAGE, step - 5, 10, step, step, step - PAGE, 2 * step - PAGE);
    check_place(0, 1000 * PAGE, step - 5, 3 * step, step, step, step - PAGE, 4 * step);
}
END_TEST

START_TEST(a_maximum_cuts_the_far_end_first)
{
    uint64_t step = 16 * PAGE;

    check_place(0, 1000 * PAGE, 3 * PAGE + 7, 1, step, 4 * PAGE, 3 * PAGE, 7 * PAGE);
    check_place(0, 1000 * PAGE, 14 * PAGE, 1, step, 4 * PAGE + 5, 12 * PAGE, 16 * PAGE);
    check_place(0, 15 * PAGE + 5, 15 * PAGE, 1, step, 4 * PAGE, 12 * PAGE, 15 * PAGE + 5);
    check_place(0, 1000 * PAGE, 3 * PAGE + 7, 3 * PAGE, step, 1, 3 * PAGE, 7 * PAGE);
}
END_TEST

START_TEST(random_placements_keep_every_rule)
{
    uint64_t random = suite_seed();
    int at;

    for (at = 0; at < 200000; at++) {
        uint64_t step = PAGE * (1 + suite_random_below(&random, 40));
        uint64_t left = PAGE * suite_random_below(&random, 100);
        uint64_t right = left + 1 + suite_random_below(&random, 100 * PAGE);
        uint64_t offset = left + suite_random_below(&random, right - left);
        uint64_t size = 1 + suite_random_below(&random, right - offset);
        uint64_t maximum = suite_random_below(&random, 2 * step);
        struct smm_gap gap = {left, right, PAGE};
        smmap_window least = smm_place_least(&gap, offset, size);
        smmap_window window = smm_place(&gap, offset, size, step, maximum);
        uint64_t end = smmap_window_end(&window);
        uint64_t most = maximum > least.size ? maximum : least.size;

        if (window.offset < left || end > right || window.offset > offset || end < offset + size ||
            window.offset % PAGE || (end % PAGE && end != right) || window.size > most ||
            (window.size > step && window.size > least.size))
            ck_abort_msg("[%llu, %llu) in [%llu, %llu) step %llu maximum %llu: [%llu, %llu)",
                         (unsigned long long)offset, (unsigned long long)(offset + size),
                         (unsigned long long)left, (unsigned long long)right,
                         (unsigned long long)step, (unsigned long long)maximum,
                         (unsigned long long)window.offset, (unsigned long long)end);
    }
}
END_TEST

/* Windows that a walk over the file in steps of `stride` makes. */
static uint64_t windows_of_a_walk(const char *path, uint64_t first, int64_t stride)
{
    smmap_manager *manager =
        new_manager(&(smmap_options){.window_size = 16 * smmap_granularity(), .io = SMMAP_IO_MMAP});
    smmap_cursor *cursor = open_cursor(manager, path);
    uint64_t misses;

    while (smmap_cursor_use(cursor, first, 1, 0, NULL) == SMMAP_OK)
        first += (uint64_t)stride;
    misses = stats_of(manager).misses;
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    return misses;
}

START_TEST(as_many_windows_cover_a_file_whichever_way_it_is_walked)
{
    uint64_t page = smmap_granularity();
    uint64_t size = 16 * 16 * page;
    char *path;
    smmap_manager *manager;
    smmap_cursor *cursor;
    uint64_t random = suite_seed();
    int at;

    unsetenv("SMMAP_DEBUG");
    path = pattern_file("file", size, 1);
    ck_assert_uint_eq(windows_of_a_walk(path, 0, 512), 16);
    ck_assert_uint_eq(windows_of_a_walk(path, 5 * page + 3, 512), 16);
    ck_assert_uint_eq(windows_of_a_walk(path, size - 1, -512), 16);
    manager = new_manager(&(smmap_options){.window_size = 16 * page});
    cursor = open_cursor(manager, path);
    for (at = 0; at < 5000; at++)
        use(cursor, suite_random_below(&random, size), 64);
    ck_assert_uint_eq(stats_of(manager).misses, 16);
    ck_assert_uint_eq(smmap_manager_mapped_size(manager), size);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: placement");
    TCase *cases = tcase_create("placement");

    tcase_add_test(cases, a_window_stands_on_the_grid);
    tcase_add_test(cases, a_window_ends_at_its_neighbours_and_at_the_end_of_the_file);
    tcase_add_test(cases, a_window_without_bound_fills_the_gap);
    tcase_add_test(cases, a_request_across_the_grid_starts_a_window_of_its_own);
    tcase_add_test(cases, a_maximum_cuts_the_far_end_first);
    tcase_add_test(cases, random_placements_keep_every_rule);
    tcase_add_test(cases, as_many_windows_cover_a_file_whichever_way_it_is_walked);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
