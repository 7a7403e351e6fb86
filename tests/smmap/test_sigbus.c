/* test_sigbus.c - files that are cut while windows show them: with SMMAP_GUARD zeros and a count,
 * without it the signal that the system sends. */
#include "fake_system.h"
#include "pattern.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGES 64

static uint64_t page;
static char *path;

static void setup(void)
{
    unsetenv("SMMAP_DEBUG");
    page = smmap_granularity();
    path = pattern_file("file", PAGES * page, 1);
}

static void teardown(void)
{
    free(path);
}

static smmap_manager *guarded(uint64_t window_pages, uint64_t limit_pages)
{
    return new_manager(&(smmap_options){.io = SMMAP_IO_MMAP,
                                        .flags = SMMAP_GUARD,
                                        .window_size = window_pages * page,
                                        .memory_limit = limit_pages * page});
}

static void cut(uint64_t size)
{
    ck_assert_int_eq(truncate(path, (off_t)size), 0);
}

static unsigned sum(const unsigned char *bytes, uint64_t size)
{
    unsigned total = 0;

    while (size--)
        total += *bytes++;
    return total;
}

START_TEST(a_file_that_is_cut_gives_zeros_and_is_counted)
{
    smmap_manager *manager = guarded(PAGES, PAGES);
    smmap_cursor *cursor = open_cursor(manager, path);
    uint64_t left = (uint64_t)_i * page;
    smmap_error error;

    use(cursor, 0, 0);
    ck_assert_uint_eq(smmap_cursor_faults(cursor), 0);
    ck_assert_int_eq(smmap_cursor_check(cursor, NULL), SMMAP_OK);
    cut(left);
    pattern_check(smmap_cursor_data(cursor), 0, left, 1);
    ck_assert_uint_eq(smmap_cursor_faults(cursor), 0);
    ck_assert_uint_eq(sum(smmap_cursor_data(cursor) + left, PAGES * page - left), 0);
    ck_assert_uint_eq(smmap_cursor_faults(cursor), 1); /* one replaces all that follows */
    ck_assert_int_eq(smmap_cursor_check(cursor, &error), SMMAP_ERROR_CHANGED);
    ck_assert_int_eq(error.code, SMMAP_ERROR_CHANGED);
    smmap_cursor_unuse(cursor);
    ck_assert_int_eq(smmap_cursor_use(cursor, 0, 0, 0, &error), SMMAP_ERROR_CHANGED);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(a_window_with_a_bad_page_is_not_shown_to_others)
{
    smmap_manager *manager = guarded(PAGES, 4 * PAGES);
    smmap_cursor *cursor = open_cursor(manager, path);
    smmap_cursor *other = open_cursor(manager, path);
    char *twin = pattern_file("twin", PAGES * page, 1);
    char command[8192];

    use(cursor, 0, 0);
    cut(page);
    ck_assert_uint_eq(smmap_cursor_data(cursor)[3 * page], 0);
    ck_assert_uint_eq(smmap_cursor_faults(other), 1);
    /* The same file in full again: what the first cursor sees stays as it is, what is asked for
     * now is right. */
    snprintf(command, sizeof command, "cat '%s' > '%s'", twin, path);
    ck_assert_int_eq(system(command), 0);
    use(other, 0, 0);
    pattern_check_cursor(other, 1);
    ck_assert_uint_eq(sum(smmap_cursor_data(cursor) + 3 * page, page), 0);
    use(cursor, 2 * page, 0);
    ck_assert_uint_eq(sum(smmap_cursor_data(cursor) + page, page), 0);
    smmap_cursor_unuse(cursor);
    use(cursor, 2 * page, 0);
    pattern_check_cursor(cursor, 1);
    ck_assert_uint_eq(smmap_cursor_faults(cursor), 1);
    smmap_cursor_close(cursor);
    smmap_cursor_close(other);
    smmap_manager_free(manager);
    free(twin);
}
END_TEST

START_TEST(windows_that_took_the_place_of_others_are_guarded_too)
{
    smmap_manager *manager = guarded(1, 4);
    smmap_cursor *cursors[4];
    uint64_t at;

    for (at = 0; at < 4; at++)
        cursors[at] = open_cursor(manager, path);
    for (at = 0; at < 40; at++)
        use(cursors[at % 4], at * page, 0);
    ck_assert_uint_eq(stats_of(manager).evictions, 36);
    cut(37 * page);
    for (at = 36; at < 40; at++) {
        const unsigned char *bytes = smmap_cursor_data(cursors[at % 4]);

        if (at < 37)
            pattern_check(bytes, at * page, page, 1);
        else
            ck_assert_uint_eq(sum(bytes, page), 0);
        ck_assert_uint_eq(smmap_cursor_faults(cursors[0]), at - 36);
    }
    for (at = 0; at < 4; at++)
        smmap_cursor_close(cursors[at]);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(any_number_of_windows_is_guarded)
{
    enum { MANY = 700 };
    smmap_manager *managers[MANY];
    smmap_cursor *cursors[MANY];
    int at;

    for (at = 0; at < MANY; at++) {
        managers[at] = guarded(1, 4);
        cursors[at] = open_cursor(managers[at], path);
        use(cursors[at], (uint64_t)(at % PAGES) * page, 0);
    }
    cut(0);
    for (at = 0; at < MANY; at++) {
        ck_assert_uint_eq(sum(smmap_cursor_data(cursors[at]), page), 0);
        ck_assert_uint_eq(smmap_cursor_faults(cursors[at]), 1);
        smmap_cursor_close(cursors[at]);
        smmap_manager_free(managers[at]);
    }
}
END_TEST

/* ---- Other people's faults ---------------------------------------------------------------- */

static sigjmp_buf jump;
static volatile sig_atomic_t met;

static void earlier_handler(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info, (void)context;
    met++;
    siglongjmp(jump, 1);
}

static volatile unsigned char *foreign_mapping(void)
{
    int fd = open(path, O_RDONLY);
    unsigned char *bytes = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);

    ck_assert(bytes != MAP_FAILED);
    close(fd);
    return bytes;
}

START_TEST(an_earlier_handler_gets_what_is_not_ours)
{
    struct sigaction action = {.sa_sigaction = earlier_handler, .sa_flags = SA_SIGINFO};
    volatile unsigned char *foreign = foreign_mapping();
    smmap_manager *manager;
    smmap_cursor *cursor;

    ck_assert_int_eq(sigaction(SIGBUS, &action, NULL), 0);
    manager = guarded(PAGES, PAGES);
    cursor = open_cursor(manager, path);
    use(cursor, 0, 0);
    cut(0);
    if (!sigsetjmp(jump, 1))
        ck_abort_msg("read %d past the end", foreign[0]);
    ck_assert_int_eq(met, 1);
    ck_assert_uint_eq(smmap_cursor_faults(cursor), 0);
    ck_assert_uint_eq(sum(smmap_cursor_data(cursor), page), 0);
    ck_assert_int_eq(met, 1);
    ck_assert_uint_eq(smmap_cursor_faults(cursor), 1);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

enum deadly { FOREIGN_PAGE, SENT_SIGNAL, NO_GUARD, DEADLY };

static void die(enum deadly way)
{
    volatile unsigned char *foreign = foreign_mapping();
    smmap_manager *manager;
    smmap_cursor *cursor;

    signal(SIGBUS, SIG_DFL); /* a sanitizer may have its own */
    manager = way == NO_GUARD ? new_manager(&(smmap_options){.io = SMMAP_IO_MMAP})
                              : guarded(PAGES, PAGES);
    cursor = open_cursor(manager, path);
    use(cursor, 0, 0);
    cut(0);
    if (way == SENT_SIGNAL)
        raise(SIGBUS);
    else
        met = (sig_atomic_t)(way == NO_GUARD ? sum(smmap_cursor_data(cursor), page) : foreign[0]);
    _exit(0);
}

START_TEST(what_is_nobodys_still_ends_the_process)
{
    int status = 0;
    pid_t child = fork();

    if (!child)
        die((enum deadly)_i);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGBUS);
}
END_TEST

/* ---- Threads ------------------------------------------------------------------------------ */

#define THREADS 8

static _Atomic bool go_on;

/* Reads all windows over and over: right bytes, or a fault that was counted, or an error. */
static void *read_on(void *given)
{
    smmap_cursor *cursor = given;
    uint64_t at = 0;

    while (atomic_load(&go_on)) {
        uint64_t before = smmap_cursor_faults(cursor);
        uint64_t offset = at++ % PAGES * page;
        unsigned char copy[64];
        int status = smmap_cursor_use(cursor, offset, sizeof copy, 0, NULL);

        if (status) {
            ck_assert_int_eq(status, SMMAP_ERROR_CHANGED);
            continue;
        }
        memcpy(copy, smmap_cursor_data(cursor), sizeof copy);
        if (smmap_cursor_faults(cursor) == before)
            pattern_check(copy, offset, sizeof copy, 1);
        smmap_cursor_unuse(cursor);
    }
    smmap_cursor_close(cursor);
    return NULL;
}

START_TEST(threads_outlive_a_file_that_is_cut_again_and_again)
{
    smmap_manager *shared = guarded(2, PAGES);
    smmap_cursor *cursors[THREADS];
    pthread_t threads[THREADS];
    int at;

    for (at = 0; at < THREADS; at++)
        cursors[at] = open_cursor(shared, path);
    atomic_store(&go_on, true);
    for (at = 0; at < THREADS; at++)
        ck_assert_int_eq(pthread_create(&threads[at], NULL, read_on, cursors[at]), 0);
    for (at = 0; at < 50; at++) {
        usleep(1000);
        cut((uint64_t)at % PAGES * page);
        usleep(1000);
        free(pattern_file("file", PAGES * page, 1)); /* written anew in place */
    }
    atomic_store(&go_on, false);
    for (at = 0; at < THREADS; at++)
        pthread_join(threads[at], NULL);
    smmap_manager_free(shared);
}
END_TEST

/* Whoever asked for a guard gets no window that could raise the signal, whatever the kind of
 * manager and its way of reading. */
START_TEST(without_a_guard_to_be_had_windows_are_copies)
{
    smmap_options options = {.kind = _i % 2 ? SMMAP_STATIC : SMMAP_SLIDING,
                             .io = _i / 2 ? SMMAP_IO_MMAP : SMMAP_IO_AUTO,
                             .flags = SMMAP_GUARD};
    smmap_manager *manager;
    smmap_cursor *cursor;

    fake_reset();
    fake_fail(FAKE_CATCH, 1, false, 1 /* EPERM */);
    manager = new_fake_manager(&options);
    ck_assert_uint_eq(fake_failures(), 1);
    cursor = open_cursor(manager, path);
    use(cursor, 0, 0);
    need(cursor, 3 * page, 10 * page);
    ck_assert(region_of(cursor).is_copy);
    cut(page);
    pattern_check(smmap_cursor_data(cursor), 3 * page, 10 * page, 1);
    ck_assert_uint_eq(smmap_cursor_faults(cursor), 0);
    ck_assert_uint_eq(stats_of(manager).maps, 0);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);

    /* The next manager asks again. */
    free(pattern_file("file", PAGES * page, 1));
    options.io = SMMAP_IO_MMAP;
    manager = new_fake_manager(&options);
    cursor = open_cursor(manager, path);
    use(cursor, 0, 0);
    ck_assert(!region_of(cursor).is_copy);
    cut(page);
    ck_assert_uint_eq(smmap_cursor_data(cursor)[2 * page], 0);
    ck_assert_uint_eq(smmap_cursor_faults(cursor), 1);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: sigbus");
    TCase *cases = tcase_create("guard");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, a_file_that_is_cut_gives_zeros_and_is_counted, 0, 3);
    tcase_add_test(cases, a_window_with_a_bad_page_is_not_shown_to_others);
    tcase_add_test(cases, windows_that_took_the_place_of_others_are_guarded_too);
    tcase_add_test(cases, any_number_of_windows_is_guarded);
    tcase_add_test(cases, an_earlier_handler_gets_what_is_not_ours);
    tcase_add_loop_test(cases, what_is_nobodys_still_ends_the_process, 0, DEADLY);
    tcase_add_loop_test(cases, without_a_guard_to_be_had_windows_are_copies, 0, 4);
    tcase_add_test(cases, threads_outlive_a_file_that_is_cut_again_and_again);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
