/* peak.c - asks /proc and wait4. */
#include "peak.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sanitized.h"
#include "suite.h"

/* A line of /proc/self/status in bytes; 0 where there is none. */
static uint64_t process_number(const char *name)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    unsigned long long kilobytes = 0;

    if (!file)
        return 0;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':')
            sscanf(line + strlen(name) + 1, "%llu", &kilobytes);
    fclose(file);
    return (uint64_t)kilobytes * 1024;
}

uint64_t peak_begin(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    if (file) {
        fputs("5", file);
        fclose(file);
    }
    return process_number("VmHWM");
}

void peak_is_below(uint64_t before, uint64_t bound)
{
    uint64_t peak = process_number("VmHWM");

    if (!SANITIZED && peak > before && peak - before > bound)
        ck_abort_msg("%llu bytes were resident, bound %llu", (unsigned long long)(peak - before),
                     (unsigned long long)bound);
}

static int wait_for(pid_t child, struct rusage *usage)
{
    int status;

    ck_assert_int_eq(wait4(child, &status, 0, usage), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void peak_apart(void (*work)(void *context), void *context)
{
    struct rusage usage;
    pid_t child;

    fflush(NULL);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        work(context);
        fflush(NULL);
        _exit(0);
    }
    ck_assert_int_eq(wait_for(child, &usage), 0);
}

static void redirect(const char *path, int to)
{
    int fd = open(path ? path : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0666);

    if (fd < 0 || dup2(fd, to) < 0)
        _exit(126);
}

peak_run peak_of(const char *const *arguments, const char *output, const char *errors)
{
    peak_run run = {-1, 0, 0};
    struct timespec start;
    struct timespec end;
    struct rusage usage;
    pid_t child;

    clock_gettime(CLOCK_MONOTONIC, &start);
    fflush(NULL);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        redirect(output, STDOUT_FILENO);
        redirect(errors, STDERR_FILENO);
        /* execv keeps to what its missing const promises; the integer carries the pointer across.
         */
        execv(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    run.status = wait_for(child, &usage);
    clock_gettime(CLOCK_MONOTONIC, &end);
    run.peak = (uint64_t)usage.ru_maxrss * 1024;
    run.seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    return run;
}

void peak_run_is_below(const char *what, const peak_run *run, uint64_t bound)
{
    if (!SANITIZED && run->peak > bound)
        ck_abort_msg("%s: %llu bytes were resident, bound %llu", what,
                     (unsigned long long)run->peak, (unsigned long long)bound);
}

void peak_run_is_good(const char *what, const peak_run *run, uint64_t bound)
{
    printf("%s: %.1f s, %llu KiB resident at most\n", what, run->seconds,
           (unsigned long long)(run->peak / 1024));
    if (run->status != 0)
        ck_abort_msg("%s: exit status %d", what, run->status);
    peak_run_is_below(what, run, bound);
}
