/* test_seed_managers.c - the seed's manager rows, one test each. */
#include "pattern.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define MIB (UINT64_C(1) << 20)

/* What stays mapped when nobody holds it: nothing with windows of one page. */
static uint64_t kept(uint64_t count)
{
    return one_page_mode() ? 0 : count;
}

START_TEST(seed_managers_static_maps_the_whole_file)
{
    uint64_t size = 10 * smmap_granularity() + 3;
    char *path = pattern_file("file", size, 3);
    smmap_manager *manager =
        new_manager(&(smmap_options){.kind = SMMAP_STATIC, .window_size = smmap_granularity()});
    smmap_cursor *cursor = open_cursor(manager, path);
    size_t mapped;

    ck_assert_uint_eq(smmap_manager_window_size(manager), SMMAP_WHOLE_FILE);
    use(cursor, 5 * smmap_granularity(), 0);
    ck_assert_uint_eq(smmap_cursor_size(cursor), size - 5 * smmap_granularity());
    pattern_check(smmap_cursor_map(cursor, &mapped), 0, size, 3);
    ck_assert_uint_eq(mapped, size);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}
END_TEST

START_TEST(seed_managers_static_counts_clients_and_unloads_unused_maps_on_demand)
{
    uint64_t size = 10 * smmap_granularity();
    char *first = pattern_file("first", size, 1);
    char *second = pattern_file("second", size, 2);
    smmap_manager *manager =
        new_manager(&(smmap_options){.kind = SMMAP_STATIC, .memory_limit = size});
    smmap_cursor *cursor = open_cursor(manager, first);
    smmap_cursor *same = open_cursor(manager, first);
    smmap_cursor *other = open_cursor(manager, second);

    use(cursor, 0, 0);
    use(same, 10, 0);
    ck_assert_uint_eq(region_of(cursor).clients, 2);
    smmap_cursor_close(same);
    ck_assert_uint_eq(region_of(cursor).clients, 1);
    use(other, 0, 0); /* a soft limit: both are held */
    ck_assert_uint_eq(smmap_manager_mapped_size(manager), 2 * size);
    smmap_cursor_unuse(cursor);
    smmap_cursor_unuse(other);
    use(cursor, 0, 0); /* still there */
    ck_assert_uint_eq(stats_of(manager).misses, one_page_mode() ? 3 : 2);
    smmap_cursor_unuse(cursor);
    smmap_manager_collect(manager);
    use(other, 0, 0);
    smmap_cursor_unuse(other);
    use(cursor, 0, 0); /* no room for two: the unused one goes */
    ck_assert_uint_eq(smmap_manager_mapped_size(manager), size);
    smmap_cursor_close(cursor);
    smmap_cursor_close(other);
    smmap_manager_free(manager);
    free(first);
    free(second);
}
END_TEST

START_TEST(seed_managers_static_checks_the_handle_limit)
{
    /* A fault of the seed, whose static manager never does. */
    char *paths[4];
    smmap_cursor *cursors[4];
    smmap_manager *manager =
        new_manager(&(smmap_options){.kind = SMMAP_STATIC, .mapping_limit = 2});
    int file;

    for (file = 0; file < 4; file++) {
        char name[2] = {(char)('a' + file), 0};

        paths[file] = pattern_file(name, 100, (uint64_t)file);
        cursors[file] = open_cursor(manager, paths[file]);
        use(cursors[file], 0, 0);
        smmap_cursor_unuse(cursors[file]);
        ck_assert_uint_le(smmap_manager_mappings(manager), 2);
    }
    ck_assert_uint_eq(smmap_manager_mappings(manager), kept(2));
    for (file = 0; file < 4; file++) {
        smmap_cursor_close(cursors[file]);
        free(paths[file]);
    }
    smmap_manager_free(manager);
}
END_TEST

START_TEST(seed_managers_sliding_regions_never_overlap_and_are_unloaded_in_lru_order)
{
    uint64_t page = smmap_granularity();
    char *path = pattern_file("file", 64 * page + 100, 9);
    smmap_manager *manager =
        new_manager(&(smmap_options){.window_size = 4 * page, .memory_limit = 12 * page});
    smmap_cursor *cursor = open_cursor(manager, path);
    uint64_t random = suite_seed();
    int at;

    for (at = 0; at < 500; at++) {
        use(cursor, suite_random_below(&random, 64 * page + 100), 0);
        pattern_check_cursor(cursor, 9);
        ck_assert_uint_le(region_of(cursor).size, smmap_manager_window_size(manager));
        ck_assert_uint_le(smmap_manager_mapped_size(manager), 12 * page);
        check_manager(manager); /* no overlap, in order, aligned */
    }
    /* The order itself: held by test_limits and test_model. */
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}
END_TEST

START_TEST(seed_managers_window_size_default)
{
    smmap_manager *manager;

    unsetenv("SMMAP_DEBUG"); /* the point is what it is without */
    manager = new_manager(NULL);
    ck_assert_uint_eq(smmap_manager_window_size(manager), (smmap_is_64_bit() ? 1024 : 64) * MIB);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(seed_managers_window_size_is_rounded_up_to_the_page_size)
{
    smmap_manager *manager;

    unsetenv("SMMAP_DEBUG");
    manager = new_manager(&(smmap_options){.window_size = smmap_granularity() + 1});
    ck_assert_uint_eq(smmap_manager_window_size(manager), 2 * smmap_granularity());
    smmap_manager_free(manager);
    setenv("SMMAP_DEBUG", "onepage", 1);
    manager = new_manager(&(smmap_options){.window_size = 64 * MIB});
    ck_assert_uint_eq(smmap_manager_window_size(manager), smmap_granularity());
    smmap_manager_free(manager);
    manager = new_manager(&(smmap_options){.window_size = 64 * MIB, .flags = SMMAP_NO_ENVIRONMENT});
    ck_assert_uint_eq(smmap_manager_window_size(manager), 64 * MIB);
    smmap_manager_free(manager);
    setenv("SMMAP_DEBUG", "something else", 1);
    manager = new_manager(&(smmap_options){.window_size = 64 * MIB});
    ck_assert_uint_eq(smmap_manager_window_size(manager), 64 * MIB);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(seed_managers_window_size_without_bound_is_the_whole_file)
{
    uint64_t size = 100 * smmap_granularity() + 1;
    char *path = pattern_file("file", size, 9);
    smmap_manager *manager;
    smmap_cursor *cursor;

    unsetenv("SMMAP_DEBUG");
    manager = new_manager(&(smmap_options){.window_size = SMMAP_WHOLE_FILE});
    cursor = open_cursor(manager, path);
    ck_assert_uint_eq(smmap_manager_window_size(manager), SMMAP_WHOLE_FILE);
    use(cursor, size / 2, 0);
    ck_assert_uint_eq(region_of(cursor).begin, 0);
    ck_assert_uint_eq(region_of(cursor).size, size);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}
END_TEST

START_TEST(seed_managers_max_memory_size_default)
{
    smmap_manager *manager = new_manager(NULL);

    ck_assert_uint_eq(smmap_manager_memory_limit(manager), (smmap_is_64_bit() ? 8192 : 1024) * MIB);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(seed_managers_max_memory_size_is_soft)
{
    uint64_t page = smmap_granularity();
    char *path = pattern_file("file", 16 * page, 9);
    smmap_manager *manager =
        new_manager(&(smmap_options){.window_size = page, .memory_limit = 2 * page});
    smmap_cursor *cursors[8];
    uint64_t at;

    for (at = 0; at < 8; at++) {
        cursors[at] = open_cursor(manager, path);
        use(cursors[at], at * page, 0);
        pattern_check_cursor(cursors[at], 9);
    }
    ck_assert_uint_eq(smmap_manager_mapped_size(manager), 8 * page);
    ck_assert_uint_eq(stats_of(manager).bytes_pinned, 8 * page);
    for (at = 1; at < 8; at++)
        smmap_cursor_close(cursors[at]);
    use(cursors[0], 10 * page, 0); /* the next region brings it back below */
    ck_assert_uint_le(smmap_manager_mapped_size(manager), 2 * page);
    smmap_cursor_close(cursors[0]);
    smmap_manager_free(manager);
    free(path);
}
END_TEST

START_TEST(seed_managers_max_open_handles_frees_as_much_as_needed)
{
    uint64_t page = smmap_granularity();
    char *path = pattern_file("file", 16 * page, 9);
    smmap_manager *manager = new_manager(&(smmap_options){.window_size = page, .mapping_limit = 5});
    smmap_cursor *cursor = open_cursor(manager, path);
    uint64_t at;

    for (at = 0; at < 16; at++) {
        use(cursor, at * page, 0);
        if (!one_page_mode()) /* one goes for one that comes: the seed drops all idle ones */
            ck_assert_uint_eq(smmap_manager_mappings(manager), at < 5 ? at + 1 : 5);
    }
    ck_assert_uint_eq(stats_of(manager).evictions, kept(11));
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}
END_TEST

START_TEST(seed_managers_make_cursor_by_path_and_by_descriptor)
{
    char *path = pattern_file("file", 1000, 4);
    smmap_manager *manager = new_manager(NULL);
    smmap_cursor *by_path = open_cursor(manager, path);
    smmap_cursor *by_fd = NULL;
    int fd = open(path, O_RDONLY);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(smmap_cursor_open_fd(manager, fd, &by_fd, NULL), SMMAP_OK);
    ck_assert(smmap_cursor_is_associated(by_path) && smmap_cursor_is_associated(by_fd));
    ck_assert(!smmap_cursor_is_valid(by_path) && !smmap_cursor_is_valid(by_fd));
    use(by_path, 0, 0);
    use(by_fd, 0, 0);
    pattern_check_cursor(by_path, 4);
    pattern_check_cursor(by_fd, 4);
    ck_assert_uint_eq(smmap_manager_files(manager), 2);
    close(fd); /* may be closed afterwards: what is mapped stays */
    use(by_fd, 5, 10);
    pattern_check_cursor(by_fd, 4);
    smmap_cursor_unuse(by_fd);
    smmap_manager_collect(manager);
    ck_assert_int_eq(smmap_cursor_use(by_fd, 0, 0, 0, NULL), SMMAP_ERROR_CLOSED);
    smmap_cursor_close(by_path);
    smmap_cursor_close(by_fd);
    smmap_manager_free(manager);
    free(path);
}
END_TEST

START_TEST(seed_managers_collect_frees_all_that_can_be_freed)
{
    uint64_t page = smmap_granularity();
    char *path = pattern_file("file", 16 * page, 9);
    smmap_manager *manager = new_manager(&(smmap_options){.window_size = page});
    smmap_cursor *cursor = open_cursor(manager, path);
    uint64_t at;

    ck_assert_uint_eq(smmap_manager_collect(manager), 0);
    for (at = 0; at < 16; at++)
        use(cursor, at * page, 0);
    ck_assert_uint_eq(smmap_manager_collect(manager), kept(15));
    ck_assert_uint_eq(smmap_manager_mappings(manager), 1);
    pattern_check_cursor(cursor, 9);
    smmap_cursor_unuse(cursor);
    ck_assert_uint_eq(smmap_manager_collect(manager), kept(1));
    ck_assert_uint_eq(smmap_manager_mappings(manager), 0);
    ck_assert_uint_eq(stats_of(manager).collected, kept(16));
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}
END_TEST

START_TEST(seed_managers_getters_and_one_struct_of_all_statistics)
{
    uint64_t page = smmap_granularity();
    char *first = pattern_file("first", 4 * page + 1, 1);
    char *second = pattern_file("second", 10, 2);
    smmap_manager *manager = new_manager(
        &(smmap_options){.window_size = page, .memory_limit = 64 * page, .mapping_limit = 7});
    smmap_cursor *cursor = open_cursor(manager, first);
    smmap_cursor *other = open_cursor(manager, second);
    smmap_stats stats = {0};

    ck_assert_uint_eq(smmap_manager_files(manager), 0); /* files without regions do not count */
    use(cursor, 4 * page, 0);
    use(other, 0, 0);
    use(other, 3, 0);
    ck_assert_uint_eq(smmap_manager_window_size(manager), page);
    ck_assert_uint_eq(smmap_manager_mapped_size(manager), 11);
    ck_assert_uint_eq(smmap_manager_memory_limit(manager), 64 * page);
    ck_assert_uint_eq(smmap_manager_mappings(manager), 2);
    ck_assert_uint_eq(smmap_manager_mapping_limit(manager), 7);
    ck_assert_uint_eq(smmap_manager_files(manager), 2);
    stats = stats_of(manager);
    ck_assert_uint_eq(stats.hits, 1);
    ck_assert_uint_eq(stats.misses, 2);
    ck_assert_uint_eq(stats.reads, 2); /* less than a page each */
    ck_assert_uint_eq(stats.maps, 0);
    ck_assert_uint_eq(stats.bytes_mapped, 11);
    ck_assert_uint_eq(stats.bytes_peak, 11);
    ck_assert_uint_eq(stats.bytes_pinned, 11);
    ck_assert_uint_eq(stats.regions_peak, 2);
    ck_assert_uint_eq(stats.files, 2);
    ck_assert_uint_eq(stats.descriptors, 2);
    ck_assert_uint_eq(stats.cursors, 2);
    smmap_cursor_close(cursor);
    smmap_cursor_close(other);
    stats = stats_of(manager);
    ck_assert_uint_eq(stats.hits, 1); /* what a cursor counted stays when it goes */
    ck_assert_uint_eq(stats.bytes_pinned, 0);
    ck_assert_uint_eq(stats.descriptors, 0);
    ck_assert_uint_eq(stats.cursors, 0);
    smmap_manager_free(manager);
    manager = new_manager(NULL);
    ck_assert_uint_eq(smmap_manager_mapping_limit(manager), SMMAP_UNLIMITED);
    smmap_manager_free(manager);
    free(first);
    free(second);
}
END_TEST

START_TEST(seed_managers_force_map_handle_removal_by_path_prefix)
{
    uint64_t page = smmap_granularity();
    char *first = pattern_file("part-1", 4 * page, 1);
    char *second = pattern_file("part-2", 4 * page, 2);
    char *third = pattern_file("other", 4 * page, 3);
    char *base = suite_scratch_path("part-");
    smmap_manager *manager = new_manager(&(smmap_options){.window_size = page});
    smmap_cursor *cursors[3] = {open_cursor(manager, first), open_cursor(manager, second),
                                open_cursor(manager, third)};
    uint64_t pending = 99;
    const unsigned char *held;
    uint64_t at, file;

    for (file = 0; file < 3; file++) {
        for (at = 0; at < 4; at++)
            use(cursors[file], at * page, 0);
    }
    smmap_cursor_unuse(cursors[1]);
    held = smmap_cursor_data(cursors[0]);
    ck_assert_uint_eq(smmap_manager_release_path(manager, base, &pending), kept(7));
    ck_assert_uint_eq(pending, 1);
    check_manager(manager);
    ck_assert_uint_eq(smmap_manager_mappings(manager), 2 + kept(3));
    pattern_check(held, 3 * page, page, 1); /* what a cursor holds stays until it lets go */
    use(cursors[0], 3 * page + 5, 0);
    ck_assert_ptr_eq(smmap_cursor_data(cursors[0]), held + 5);
    use(cursors[0], 0, 0); /* and it stays associated */
    pattern_check_cursor(cursors[0], 1);
    ck_assert_uint_eq(smmap_manager_mappings(manager), 2 + kept(3));
    ck_assert_uint_eq(smmap_manager_release_path(manager, "nowhere", NULL), 0);
    for (file = 0; file < 3; file++)
        smmap_cursor_close(cursors[file]);
    /* No cursor is left: the first file's one window, then the four of the other. */
    ck_assert_uint_eq(smmap_manager_release_path(manager, base, &pending), kept(1));
    ck_assert_uint_eq(pending, 0);
    ck_assert_uint_eq(smmap_manager_release_path(manager, "", NULL), kept(4));
    ck_assert_uint_eq(smmap_manager_mappings(manager), 0);
    smmap_manager_free(manager);
    free(first);
    free(second);
    free(third);
    free(base);
}
END_TEST

START_TEST(managers_refuse_unknown_options)
{
    smmap_manager *manager = NULL;

    ck_assert_int_eq(smmap_manager_new(&(smmap_options){.kind = (enum smmap_kind)2}, &manager),
                     SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_manager_new(&(smmap_options){.io = (enum smmap_io)3}, &manager),
                     SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_manager_new(&(smmap_options){.flags = 1u << 30}, &manager),
                     SMMAP_ERROR_ARGUMENT);
    ck_assert_int_eq(smmap_manager_new(NULL, NULL), SMMAP_ERROR_ARGUMENT);
    ck_assert_ptr_null(manager);
}
END_TEST

START_TEST(managers_take_null_without_harm)
{
    smmap_stats stats = {0};

    smmap_manager_free(NULL);
    ck_assert_uint_eq(smmap_manager_collect(NULL), 0);
    ck_assert_uint_eq(smmap_manager_release_path(NULL, "x", NULL), 0);
    smmap_manager_set_limits(NULL, 1, 1);
    smmap_manager_stats(NULL, &stats);
    ck_assert_uint_eq(stats.regions, 0);
}
END_TEST

START_TEST(a_manager_lives_until_its_last_cursor_is_closed)
{
    char *path = pattern_file("file", 5 * smmap_granularity(), 4);
    smmap_manager *manager = new_manager(&(smmap_options){.window_size = 1});
    smmap_cursor *cursor = open_cursor(manager, path);
    smmap_cursor *copy;

    use(cursor, 0, 0);
    smmap_manager_free(manager);
    pattern_check_cursor(cursor, 4);
    use(cursor, 3 * smmap_granularity(), 0);
    pattern_check_cursor(cursor, 4);
    ck_assert_int_eq(smmap_cursor_copy(cursor, &copy), SMMAP_OK);
    smmap_cursor_close(cursor);
    pattern_check_cursor(copy, 4);
    smmap_cursor_close(copy); /* the rest is for the leak checkers */
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: managers of the seed");
    TCase *cases = tcase_create("managers");

    tcase_add_test(cases, seed_managers_static_maps_the_whole_file);
    tcase_add_test(cases, seed_managers_static_counts_clients_and_unloads_unused_maps_on_demand);
    tcase_add_test(cases, seed_managers_static_checks_the_handle_limit);
    tcase_add_test(cases,
                   seed_managers_sliding_regions_never_overlap_and_are_unloaded_in_lru_order);
    tcase_add_test(cases, seed_managers_window_size_default);
    tcase_add_test(cases, seed_managers_window_size_is_rounded_up_to_the_page_size);
    tcase_add_test(cases, seed_managers_window_size_without_bound_is_the_whole_file);
    tcase_add_test(cases, seed_managers_max_memory_size_default);
    tcase_add_test(cases, seed_managers_max_memory_size_is_soft);
    tcase_add_test(cases, seed_managers_max_open_handles_frees_as_much_as_needed);
    tcase_add_test(cases, seed_managers_make_cursor_by_path_and_by_descriptor);
    tcase_add_test(cases, seed_managers_collect_frees_all_that_can_be_freed);
    tcase_add_test(cases, seed_managers_getters_and_one_struct_of_all_statistics);
    tcase_add_test(cases, seed_managers_force_map_handle_removal_by_path_prefix);
    tcase_add_test(cases, managers_refuse_unknown_options);
    tcase_add_test(cases, managers_take_null_without_harm);
    tcase_add_test(cases, a_manager_lives_until_its_last_cursor_is_closed);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
