/* program_trial.c - a process for each run, and the memory in which it says how it ended. */
#include "program_trial.h"

#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MOST 12

/* The program's main under another name; see tests.mk. */
int packread_main(int count, char **words);
/* Where the program calls exit: without this process's buffers and handlers. */
void __wrap_exit(int status);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
__attribute__((weak)) void __gcov_dump(void);
#pragma GCC diagnostic pop

static struct program_report last;
const struct program_report *const program_report = &last;
static struct program_report *shared; /* by a run's process and this one */

static void leave(int status)
{
    fault_disarm();
    shared->failures = fault_failures();
    for (int call = 0; call <= FAULT_CALLS; call++)
        shared->calls[call] = fault_calls((enum fault_call)call);
    if (__gcov_dump)
        __gcov_dump();
    _exit(status);
}

void __wrap_exit(int status)
{
    leave(status);
}

static void redirect(const char *path, int flags, int number)
{
    int file = open(path, flags, 0666);

    if (file < 0 || dup2(file, number) < 0)
        _exit(99);
    close(file);
}

static void run_in_child(const struct program *program, const struct fault_way *way,
                         enum fault_mode mode, uint64_t nth)
{
    struct fault_held before;
    struct fault_held after;
    const char *differs;
    char *words[WORDS_MOST + 1] = {(char *)(uintptr_t) "packread"};
    int count = 1;
    int status;

    redirect(program->in, O_RDONLY, 0);
    redirect(program->out, O_WRONLY | O_CREAT | O_TRUNC, 1);
    redirect(program->err, O_WRONLY | O_CREAT | O_TRUNC, 2);
    for (; count < WORDS_MOST && program->words[count - 1]; count++)
        words[count] = (char *)(uintptr_t)program->word_for(program->words[count - 1]);
    fault_clock_set(FAULT_LATER); /* the library is tried with both */
    before = fault_held();
    if (way)
        fault_arm(way->call, way->system_errno, mode, nth);
    else
        fault_arm(FAULT_CALLS, 0, FAULT_ALL, UINT64_MAX); /* counts */
    status = packread_main(count, words);
    fault_disarm();
    after = fault_held();
    /* Standard output may be closed by now, and that is no loss. */
    after.descriptors = before.descriptors;
    differs = fault_held_differs(&before, &after);
    snprintf(shared->held, sizeof shared->held, "%s", differs ? differs : "");
    shared->returned = true;
    leave(status);
}

static void share(void)
{
    if (!shared) {
        void *memory =
            mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

        ck_assert(memory != MAP_FAILED);
        shared = memory;
    }
    memset(shared, 0, sizeof *shared);
}

int program_run(const struct program *program, const struct fault_way *way, enum fault_mode mode,
                uint64_t nth)
{
    int status = 0;
    pid_t child;

    share();
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        alarm(120);
        run_in_child(program, way, mode, nth);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status), "%s: %s, call %llu, mode %d: signal %d", program->name,
                  way ? way->name : "", (unsigned long long)nth, (int)mode, WTERMSIG(status));
    last = *shared;
    return WEXITSTATUS(status);
}

const char *program_wrong(const struct fault_way *way, int status)
{
    if (status != 0 && status != 4)
        return "an exit status other than 0 and 4";
    if (status != 0 && last.failures == 0)
        return "fails by itself";
    if (status != 0 && (way->system_errno == EINTR || way->system_errno == FAULT_SHORT))
        return "cannot go on";
    if (last.returned && last.held[0] &&
        !(strcmp(last.held, "mapped bytes") == 0 && way->call == FAULT_MUNMAP))
        return last.held;
    return NULL;
}

/* A run in which no call fails is the good one again, and left out: but where threads make calls,
 * nobody knows before how many there will be. */
static bool may_fail(const struct program_report *good, enum fault_call call, uint64_t nth)
{
    return nth <= good->calls[call] || (good->calls[FAULT_THREAD] > 0 && good->calls[call] > 0);
}

void program_try_all(const char *name, program_try *try_one, const void *command)
{
    static const struct fault_way any = {FAULT_CALLS, 0, "any"};
    const uint64_t step = fault_step();
    const struct program_report good = last;
    uint64_t total = 0;
    uint64_t runs = 0;

    for (const struct fault_way *way = fault_ways; way->name; way++) {
        for (enum fault_mode mode = FAULT_ONCE; mode <= FAULT_ON; mode++) {
            /* What ends in trying again must not be refused for ever. */
            if (mode == FAULT_ON && way->system_errno == EINTR)
                continue;
            for (uint64_t nth = 1; may_fail(&good, way->call, nth); nth += step, runs++) {
                if (!try_one(command, way, mode, nth))
                    break;
                total += last.failures;
            }
        }
    }
    for (uint64_t nth = 1; may_fail(&good, FAULT_CALLS, nth); nth += step, runs++) {
        if (!try_one(command, &any, FAULT_ALL, nth))
            break;
        total += last.failures;
    }
    printf("%s: %llu runs, %llu faults\n", name, (unsigned long long)runs,
           (unsigned long long)total);
    fflush(stdout);
}
