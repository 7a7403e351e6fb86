/* processors.c - what Linux lets a process use of the machine: its affinity mask, and the quota of
 * its control groups (cgroups(7), versions 1 and 2). Elsewhere: all processors that there are. */
#ifdef __linux__
#define _GNU_SOURCE /* CPU_ALLOC */
#endif
#include "processors.h"

#include "io.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>

#define PROCESSORS_MOST (1 << 18) /* the mask of none is larger */

/* 0: it cannot be told. */
static unsigned in_mask(void)
{
    for (size_t count = 1024; count <= PROCESSORS_MOST; count *= 2) {
        const size_t size = CPU_ALLOC_SIZE(count);
        cpu_set_t *mask = CPU_ALLOC(count);
        int found = 0;
        bool is_known = mask != NULL && sched_getaffinity(0, size, mask) == 0;

        if (is_known)
            found = CPU_COUNT_S(size, mask);
        CPU_FREE(mask);
        if (is_known)
            return (unsigned)found;
    }
    return 0;
}

/* The beginning of a small file, as text. */
static bool read_text(const char *path, char *text, size_t size)
{
    int file = io_open(path, O_RDONLY);
    ssize_t got;

    if (file < 0)
        return false;
    got = io_read(file, text, size - 1);
    close(file);
    text[got > 0 ? got : 0] = '\0';
    return got > 0;
}

/* A quota in processors, rounded up; 0: none. Both are numbers in text, of microseconds. */
static unsigned quota_in(const char *quota_text, const char *period_text)
{
    const long long quota = strtoll(quota_text, NULL, 10);
    const long long period = strtoll(period_text, NULL, 10);

    if (quota <= 0 || period <= 0 || (quota - 1) / period >= INT_MAX)
        return 0;
    return (unsigned)((quota - 1) / period) + 1;
}

static unsigned quota_of(const char *group)
{
    char path[PATH_MAX + 40];
    char quota[64];
    char period[64];

    /* "max 100000", or "50000 100000" */
    snprintf(path, sizeof path, "%s/cpu.max", group);
    if (read_text(path, quota, sizeof quota))
        return quota_in(quota, quota + strcspn(quota, " "));
    snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", group);
    if (!read_text(path, quota, sizeof quota))
        return 0;
    snprintf(path, sizeof path, "%s/cpu.cfs_period_us", group);
    return read_text(path, period, sizeof period) ? quota_in(quota, period) : 0;
}

static unsigned smaller(unsigned left, unsigned right)
{
    return left == 0 || (right != 0 && right < left) ? right : left;
}

/* The smallest quota of a group and those above it. A container may see only its own group, as the
 * root, and be told a path that is not there. */
static unsigned quota_below(const char *root, const char *path)
{
    const size_t length = strlen(root);
    char group[PATH_MAX];
    unsigned quota = 0;
    char *slash;

    if ((size_t)snprintf(group, sizeof group, "%s%s", root, path) >= sizeof group)
        return quota_of(root);
    for (;;) {
        quota = smaller(quota, quota_of(group));
        slash = strrchr(group, '/');
        if (slash == NULL || (size_t)(slash - group) < length)
            return quota;
        *slash = '\0';
    }
}

static bool has_word(const char *list, const char *word)
{
    const size_t length = strlen(word);

    for (; *list != '\0'; list += strcspn(list, ","), list += *list == ',')
        if (strcspn(list, ",") == length && memcmp(list, word, length) == 0)
            return true;
    return false;
}

static unsigned in_quota(void)
{
    static const char *const roots[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    static const char *const old_roots[] = {"/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"};
    char text[8192];
    unsigned quota = 0;
    char *rest;

    if (!read_text("/proc/self/cgroup", text, sizeof text))
        return 0;
    /* NUMBER:CONTROLLERS:PATH, without controllers for version 2. */
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *controllers = strchr(line, ':');
        char *path = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
        const char *const *from = NULL;

        if (path == NULL)
            continue;
        *path++ = '\0';
        controllers++;
        if (*controllers == '\0')
            from = roots;
        else if (has_word(controllers, "cpu"))
            from = old_roots;
        for (int i = 0; from != NULL && i < 2; i++)
            quota = smaller(quota, quota_below(from[i], path));
    }
    return quota;
}
#endif

unsigned processors_usable(void)
{
    unsigned usable = 0;
    long online;

#ifdef __linux__
    usable = smaller(in_mask(), in_quota());
#endif
    if (usable > 0)
        return usable;
    online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 && online < INT_MAX ? (unsigned)online : 1;
}
