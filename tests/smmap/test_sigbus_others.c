/* test_sigbus_others.c - SIGBUS that is not the guard's: whatever the process did with the signal
 * before, it still does. test_sigbus.c has handlers that want the details, and the default. */
#include "pattern.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t page;
static char *path;
static smmap_manager *manager;
static smmap_cursor *cursor;
static sigjmp_buf jump;
static volatile sig_atomic_t met;

static void setup(void)
{
    unsetenv("SMMAP_DEBUG");
    page = smmap_granularity();
    path = pattern_file("file", 4 * page, 1);
}

static void teardown(void)
{
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}

static void guard(void)
{
    manager = new_manager(&(smmap_options){.io = SMMAP_IO_MMAP, .flags = SMMAP_GUARD});
    cursor = open_cursor(manager, path);
    use(cursor, 0, 0);
}

static volatile unsigned char *foreign_mapping(void)
{
    int fd = open(path, O_RDONLY);
    unsigned char *bytes = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);

    ck_assert(bytes != MAP_FAILED);
    close(fd);
    return bytes;
}

static void count_it(int number)
{
    met += number == SIGBUS;
}

static void count_and_jump(int number)
{
    count_it(number);
    siglongjmp(jump, 1);
}

/* Ours is met first and is none of theirs. */
static void the_guard_still_works(void)
{
    sig_atomic_t before = met;

    ck_assert_uint_eq(smmap_cursor_faults(cursor), 0);
    ck_assert_int_eq(truncate(path, 0), 0);
    ck_assert_uint_eq(*smmap_cursor_data(cursor), 0);
    ck_assert_uint_eq(smmap_cursor_faults(cursor), 1);
    ck_assert_int_eq(met, before);
}

START_TEST(a_plain_handler_gets_a_signal_that_was_sent)
{
    ck_assert(signal(SIGBUS, count_it) != SIG_ERR);
    guard();
    raise(SIGBUS);
    ck_assert_int_eq(met, 1);
    raise(SIGBUS);
    ck_assert_int_eq(met, 2);
    the_guard_still_works();
}
END_TEST

START_TEST(a_plain_handler_gets_a_fault_that_is_not_ours)
{
    volatile unsigned char *foreign = foreign_mapping();

    ck_assert(signal(SIGBUS, count_and_jump) != SIG_ERR);
    guard();
    ck_assert_int_eq(truncate(path, 0), 0);
    if (!sigsetjmp(jump, 1))
        ck_abort_msg("read %d past the end", foreign[0]);
    ck_assert_int_eq(met, 1);
    ck_assert_uint_eq(smmap_cursor_faults(cursor), 0);
}
END_TEST

START_TEST(a_signal_that_was_sent_stays_ignored)
{
    ck_assert(signal(SIGBUS, SIG_IGN) != SIG_ERR);
    guard();
    raise(SIGBUS);
    the_guard_still_works();
}
END_TEST

/* Nobody can go on from a page that is not there. */
START_TEST(a_fault_that_is_not_ours_ends_a_process_that_ignores_the_signal)
{
    int status = 0;
    pid_t child = fork();

    if (!child) {
        volatile unsigned char *foreign = foreign_mapping();

        signal(SIGBUS, SIG_IGN);
        guard();
        if (truncate(path, 0) == 0)
            met = (sig_atomic_t)foreign[0];
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGBUS);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: sigbus of others");
    TCase *cases = tcase_create("others");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_plain_handler_gets_a_signal_that_was_sent);
    tcase_add_test(cases, a_plain_handler_gets_a_fault_that_is_not_ours);
    tcase_add_test(cases, a_signal_that_was_sent_stays_ignored);
    tcase_add_test(cases, a_fault_that_is_not_ours_ends_a_process_that_ignores_the_signal);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
