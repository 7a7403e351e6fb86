/* test_stale.c - with windows of one page, a pointer that outlived its window faults at once. */
#include "pattern.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Under a sanitizer the fault ends the process in its own way, but ends it. */
static bool reading_it_faults(const volatile unsigned char *pointer)
{
    pid_t child = fork();
    int status;

    ck_assert_int_ge(child, 0);
    if (!child) {
        signal(SIGSEGV, SIG_DFL);
        signal(SIGBUS, SIG_DFL);
        _exit(*pointer & 0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS);
}

static char *path;
static smmap_manager *manager;
static smmap_cursor *cursor;

static void setup_io(enum smmap_io io, enum smmap_kind kind)
{
    uint64_t page = smmap_granularity();

    path = pattern_file("file", 8 * page + 9, 1);
    manager = new_manager(&(smmap_options){.kind = kind, .io = io, .flags = SMMAP_DEBUG_ONE_PAGE});
    cursor = open_cursor(manager, path);
}

static void end(void)
{
    check_manager(manager);
    ck_assert_uint_eq(smmap_manager_mappings(manager), smmap_cursor_is_valid(cursor) ? 1 : 0);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}

START_TEST(a_window_is_one_page)
{
    setup_io(SMMAP_IO_AUTO, SMMAP_SLIDING);
    use(cursor, 3 * smmap_granularity() + 5, 0);
    ck_assert_uint_eq(region_of(cursor).size, smmap_granularity());
    ck_assert_uint_eq(smmap_manager_window_size(manager), smmap_granularity());
    end();
}
END_TEST

START_TEST(a_pointer_kept_past_a_move_faults)
{
    const unsigned char *stale;

    setup_io((enum smmap_io)_i, SMMAP_SLIDING);
    use(cursor, 0, 0);
    stale = smmap_cursor_data(cursor);
    ck_assert(!reading_it_faults(stale));
    use(cursor, 5 * smmap_granularity(), 0);
    if (smmap_cursor_map(cursor, NULL) != stale) /* unless the system gave the same place again */
        ck_assert(reading_it_faults(stale));
    end();
}
END_TEST

START_TEST(a_pointer_kept_past_unuse_faults)
{
    const unsigned char *stale;

    setup_io((enum smmap_io)_i, SMMAP_SLIDING);
    use(cursor, 100, 0);
    stale = smmap_cursor_data(cursor);
    smmap_cursor_unuse(cursor);
    ck_assert(reading_it_faults(stale));
    end();
}
END_TEST

START_TEST(a_pointer_of_the_static_manager_faults_too)
{
    const unsigned char *stale;

    setup_io((enum smmap_io)_i, SMMAP_STATIC);
    use(cursor, 100, 0);
    stale = smmap_cursor_data(cursor);
    smmap_cursor_unuse(cursor);
    ck_assert(reading_it_faults(stale));
    end();
}
END_TEST

START_TEST(a_pointer_into_a_region_of_ones_own_faults_too)
{
    const unsigned char *stale;
    smmap_cursor *held;
    uint64_t page = smmap_granularity();

    setup_io((enum smmap_io)_i, SMMAP_SLIDING);
    held = open_cursor(manager, path);
    use(held, page, 0);
    need(cursor, page - 1, 2);
    stale = smmap_cursor_data(cursor);
    ck_assert(!reading_it_faults(stale));
    smmap_cursor_unuse(cursor);
    ck_assert(reading_it_faults(stale));
    smmap_cursor_close(held);
    end();
}
END_TEST

START_TEST(a_copy_keeps_it_alive)
{
    const unsigned char *data;
    smmap_cursor *copy;

    setup_io((enum smmap_io)_i, SMMAP_SLIDING);
    use(cursor, 100, 0);
    data = smmap_cursor_data(cursor);
    ck_assert_int_eq(smmap_cursor_copy(cursor, &copy), SMMAP_OK);
    smmap_cursor_unuse(cursor);
    ck_assert(!reading_it_faults(data));
    smmap_cursor_close(copy);
    ck_assert(reading_it_faults(data));
    end();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: stale pointers");
    TCase *cases = tcase_create("stale");

    tcase_add_test(cases, a_window_is_one_page);
    tcase_add_loop_test(cases, a_pointer_kept_past_a_move_faults, 0, 3);
    tcase_add_loop_test(cases, a_pointer_kept_past_unuse_faults, 0, 3);
    tcase_add_loop_test(cases, a_pointer_of_the_static_manager_faults_too, 0, 3);
    tcase_add_loop_test(cases, a_pointer_into_a_region_of_ones_own_faults_too, 0, 3);
    tcase_add_loop_test(cases, a_copy_keeps_it_alive, 0, 3);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
