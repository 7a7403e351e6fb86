/* test_small.c - a window of less than a page is read, not mapped, unless mappings are asked for:
 * one call of the system instead of two and a page fault, in as many bytes as it has. A folder of
 * thousands of small files is opened so. */
#include "pattern.h"

#include <stdlib.h>

static const struct {
    enum smmap_io io;
    bool is_read; /* a file that is small */
} ways[] = {{SMMAP_IO_AUTO, true}, {SMMAP_IO_MMAP, false}, {SMMAP_IO_PREAD, true}};

/* What making all of a file's windows, of up to four pages, took. */
static smmap_stats look(const char *name, uint64_t size, enum smmap_io io)
{
    const smmap_options options = {.window_size = 4 * smmap_granularity(), .io = io};
    smmap_manager *manager = new_manager(&options);
    char *path = pattern_file(name, size, 3);
    smmap_cursor *cursor = open_cursor(manager, path);
    smmap_stats stats;
    uint64_t at = 0;

    while (at < size) {
        use(cursor, at, 0);
        pattern_check_cursor(cursor, 3);
        at = smmap_cursor_end(cursor);
    }
    stats = stats_of(manager);
    ck_assert_uint_eq(stats.misses, stats.maps + stats.reads);
    ck_assert_uint_eq(stats.fallbacks, 0);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
    return stats;
}

START_TEST(a_file_of_less_than_a_page_is_read)
{
    const uint64_t page = smmap_granularity();
    const uint64_t sizes[] = {1, 1100, page - 1};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        smmap_stats stats = look("small", sizes[i], ways[_i].io);

        ck_assert_uint_eq(stats.misses, 1);
        ck_assert_uint_eq(stats.reads, ways[_i].is_read);
        ck_assert_uint_eq(stats.bytes_peak, sizes[i]);
    }
}
END_TEST

START_TEST(so_is_the_rest_behind_the_last_window)
{
    const uint64_t page = smmap_granularity();
    const bool is_copy = ways[_i].io == SMMAP_IO_PREAD;
    smmap_stats stats = look("page", page, ways[_i].io);

    ck_assert_uint_eq(stats.reads, is_copy);
    stats = look("window", 4 * page, ways[_i].io);
    ck_assert_uint_eq(stats.reads, is_copy ? stats.misses : 0);
    stats = look("rest", 4 * page + 5, ways[_i].io);
    ck_assert_uint_eq(stats.reads, is_copy ? stats.misses : ways[_i].is_read);
}
END_TEST

static Suite *make_suite(void)
{
    const int count = sizeof ways / sizeof *ways;
    Suite *suite = suite_create("smmap: small");
    TCase *tests = tcase_create("small");

    tcase_add_loop_test(tests, a_file_of_less_than_a_page_is_read, 0, count);
    tcase_add_loop_test(tests, so_is_the_rest_behind_the_last_window, 0, count);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
