/* test_reuse.c - a window that has to go gives its pages to the one that comes: one call instead of
 * two. What the next window finds when the system refuses, before or after it took the old one. */
#include "fake_system.h"
#include "pattern.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t page;
static char *path;
static smmap_manager *manager;
static smmap_cursor *cursor;

/* Four windows of two pages fill the limit; the file ends in the middle of a window. */
static void setup(void)
{
    uint64_t at;

    unsetenv("SMMAP_DEBUG");
    page = smmap_granularity();
    path = pattern_file("file", 64 * page + 5, 1);
    fake_reset();
    ck_assert_int_eq(smm_manager_new_with_system(&(smmap_options){.io = SMMAP_IO_MMAP,
                                                                  .window_size = 2 * page,
                                                                  .memory_limit = 8 * page},
                                                 &fake_system, &manager),
                     SMMAP_OK);
    cursor = open_cursor(manager, path);
    for (at = 0; at < 4; at++)
        use(cursor, 2 * at * page, 0);
}

static void teardown(void)
{
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    ck_assert_uint_eq(fake_open_now(), 0);
    ck_assert_uint_eq(fake_mapped_now(), 0);
    ck_assert_uint_eq(fake_allocated_now(), 0);
    free(path);
}

static void expect(uint64_t maps, uint64_t remaps, uint64_t unmaps)
{
    pattern_check_cursor(cursor, 1);
    check_manager(manager);
    ck_assert_uint_eq(fake_calls(FAKE_MAP), maps);
    ck_assert_uint_eq(fake_calls(FAKE_REMAP), remaps);
    ck_assert_uint_eq(fake_calls(FAKE_UNMAP), unmaps);
    ck_assert_uint_eq(fake_mapped_now(), smmap_manager_mapped_size(manager));
}

START_TEST(windows_at_the_limit_are_mapped_over_the_oldest)
{
    uint64_t at;

    expect(4, 0, 0);
    for (at = 4; at < 32; at++) {
        use(cursor, 2 * at * page, 0);
        expect(4, at - 3, 0);
    }
    ck_assert_uint_eq(stats_of(manager).evictions, 28);
    ck_assert_uint_eq(stats_of(manager).maps, 32);
}
END_TEST

START_TEST(a_window_of_another_size_is_not_mapped_over)
{
    use(cursor, 64 * page, 0); /* the tail of 5 bytes needs no room of two pages */
    expect(5, 0, 1);
    use(cursor, 20 * page, 0);
    expect(5, 1, 1);
}
END_TEST

START_TEST(a_pinned_window_keeps_its_pages)
{
    smmap_cursor *holder = open_cursor(manager, path);

    use(holder, 0, 0);
    use(cursor, 20 * page, 0);
    expect(4, 1, 0);
    pattern_check_cursor(holder, 1);
    smmap_cursor_close(holder);
}
END_TEST

START_TEST(refused_it_is_unmapped_and_mapped_the_usual_way)
{
    const int refusals[] = {ENOMEM, ENODEV, ENOTSUP, EAGAIN};

    fake_fail(FAKE_REMAP, 1, true, refusals[_i]);
    use(cursor, 20 * page, 0);
    expect(5, 1, 1);
    ck_assert_uint_eq(stats_of(manager).fallbacks, 0);
    ck_assert_uint_eq(stats_of(manager).evictions, 1);
}
END_TEST

START_TEST(pages_that_are_gone_are_not_unmapped_again)
{
    fake_fail(FAKE_REMAP, 1, false, FAKE_GONE);
    use(cursor, 20 * page, 0);
    expect(5, 1, 0);
    use(cursor, 30 * page, 0);
    expect(5, 2, 0);
}
END_TEST

START_TEST(pages_that_stay_in_the_way_are_unmapped_later)
{
    fake_fail(FAKE_REMAP, 1, false, ENOMEM);
    fake_fail(FAKE_UNMAP, 1, false, ENOMEM);
    use(cursor, 20 * page, 0);
    pattern_check_cursor(cursor, 1);
    ck_assert_uint_eq(fake_mapped_now(), smmap_manager_mapped_size(manager) + 2 * page);
    smmap_manager_collect(manager);
    ck_assert_uint_eq(fake_mapped_now(), smmap_manager_mapped_size(manager));
}
END_TEST

START_TEST(a_failure_before_the_mapping_gives_the_pages_back)
{
    smmap_error error;

    fake_fail(FAKE_IDENTIFY, 1, false, EIO);
    ck_assert_int_eq(smmap_cursor_use(cursor, 20 * page, 0, 0, &error), SMMAP_ERROR_SYSTEM);
    ck_assert_uint_eq(fake_calls(FAKE_REMAP), 0);
    ck_assert_uint_eq(fake_mapped_now(), smmap_manager_mapped_size(manager));
    use(cursor, 20 * page, 0);
    pattern_check_cursor(cursor, 1);
}
END_TEST

START_TEST(the_real_system_maps_over_and_tells_what_stays)
{
    void *pages, *other;
    bool gone = true;
    FILE *file = fopen(path, "r");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(smm_real_system.map(fileno(file), 0, 2 * page, &pages), 0);
    ck_assert_int_eq(smm_real_system.remap(fileno(file), 4 * page, 2 * page, pages, &gone), 0);
    pattern_check(pages, 4 * page, 2 * page, 1);
    /* Refused before anything is taken: the old pages stand. */
    ck_assert_int_ne(smm_real_system.remap(fileno(file), 1, 2 * page, pages, &gone), 0);
    ck_assert(!gone);
    pattern_check(pages, 4 * page, 2 * page, 1);
    ck_assert_int_eq(smm_real_system.unmap(pages, 2 * page), 0);
    /* Refused with nothing there: the place is left empty. */
    ck_assert_int_ne(smm_real_system.remap(fileno(file), 1, 2 * page, pages, &gone), 0);
    ck_assert(gone);
    ck_assert_int_eq(smm_real_system.map(fileno(file), 0, 2 * page, &other), 0);
    ck_assert_int_eq(smm_real_system.unmap(other, 2 * page), 0);
    fclose(file);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: reuse");
    TCase *cases = tcase_create("reuse");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, windows_at_the_limit_are_mapped_over_the_oldest);
    tcase_add_test(cases, a_window_of_another_size_is_not_mapped_over);
    tcase_add_test(cases, a_pinned_window_keeps_its_pages);
    tcase_add_loop_test(cases, refused_it_is_unmapped_and_mapped_the_usual_way, 0, 4);
    tcase_add_test(cases, pages_that_are_gone_are_not_unmapped_again);
    tcase_add_test(cases, pages_that_stay_in_the_way_are_unmapped_later);
    tcase_add_test(cases, a_failure_before_the_mapping_gives_the_pages_back);
    tcase_add_test(cases, the_real_system_maps_over_and_tells_what_stays);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
