/* host.c - the calls of POSIX, and the one of Linux that knows which processors are ours. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_getaffinity */
#endif
#include "platform/host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- Files ---------------------------------------------------------------------------------- */

#define TICK_NANOSECONDS INT64_C(20000000)
#define COARSE_TICK_NANOSECONDS INT64_C(2000000000)
#define SECOND INT64_C(1000000000)

static enum pkr_kind kind_of(mode_t mode)
{
    if (S_ISREG(mode))
        return PKR_KIND_FILE;
    return S_ISDIR(mode) ? PKR_KIND_FOLDER : PKR_KIND_OTHER;
}

static pkr_stamp stamp_of(const struct stat *info)
{
    return (pkr_stamp){.kind = kind_of(info->st_mode),
                       .device = (uint64_t)info->st_dev,
                       .file = (uint64_t)info->st_ino,
                       .size = (uint64_t)info->st_size,
                       .changed = info->st_mtim.tv_sec,
                       .changed_nanoseconds = info->st_mtim.tv_nsec,
                       .status_changed = info->st_ctim.tv_sec,
                       .status_changed_nanoseconds = info->st_ctim.tv_nsec};
}

int pkr_host_look(const char *path, pkr_stamp *stamp)
{
    struct stat info;

    memset(stamp, 0, sizeof *stamp);
    if (stat(path, &info) != 0)
        return errno;
    *stamp = stamp_of(&info);
    return 0;
}

int pkr_host_look_at(int descriptor, pkr_stamp *stamp)
{
    struct stat info;

    memset(stamp, 0, sizeof *stamp);
    if (fstat(descriptor, &info) != 0)
        return errno;
    *stamp = stamp_of(&info);
    return 0;
}

bool pkr_host_is_there(const char *path)
{
    struct stat found;

    return lstat(path, &found) == 0;
}

int pkr_host_look_at_name(const char *path, bool *is_there)
{
    struct stat found;
    const int failure = lstat(path, &found) == 0 ? 0 : errno;

    *is_there = failure == 0;
    return failure == 0 || pkr_host_is_absence(failure) ? 0 : failure;
}

bool pkr_host_is_folder(const char *path)
{
    struct stat found;

    return lstat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

int pkr_host_real_path(const char *path, char **real)
{
    *real = realpath(path, NULL);
    return *real ? 0 : errno;
}

int pkr_host_link(const char *path, char **target)
{
    char bytes[PATH_MAX];
    ssize_t length = readlink(path, bytes, sizeof bytes);

    *target = NULL;
    if (length < 0)
        return errno == EINVAL || pkr_host_is_absence(errno) ? 0 : errno;
    *target = strndup(bytes, (size_t)length);
    return *target ? 0 : ENOMEM;
}

bool pkr_host_is_absence(int failure)
{
    return failure == ENOENT || failure == ENOTDIR;
}

bool pkr_stamp_same(const pkr_stamp *left, const pkr_stamp *right)
{
    return left->kind == right->kind && left->device == right->device &&
           left->file == right->file && left->size == right->size &&
           left->changed == right->changed &&
           left->changed_nanoseconds == right->changed_nanoseconds &&
           left->status_changed == right->status_changed &&
           left->status_changed_nanoseconds == right->status_changed_nanoseconds;
}

/* In nanoseconds, COARSE_TICK_NANOSECONDS at most; 0 where nobody can tell. */
static int64_t age_of(const pkr_stamp *stamp)
{
    struct timespec now;
    int64_t age;

    if (clock_gettime(CLOCK_REALTIME, &now) != 0 || now.tv_sec < stamp->status_changed)
        return 0;
    age = now.tv_sec - stamp->status_changed;
    if (age <= 2 * COARSE_TICK_NANOSECONDS / SECOND)
        age = age * SECOND + now.tv_nsec - stamp->status_changed_nanoseconds;
    else
        age = COARSE_TICK_NANOSECONDS;
    return age < COARSE_TICK_NANOSECONDS ? age : COARSE_TICK_NANOSECONDS;
}

bool pkr_stamp_is_young(const pkr_stamp *stamp)
{
    const bool is_coarse =
        stamp->changed_nanoseconds == 0 && stamp->status_changed_nanoseconds == 0;

    return stamp->kind != PKR_KIND_NONE &&
           age_of(stamp) < (is_coarse ? COARSE_TICK_NANOSECONDS : TICK_NANOSECONDS);
}

bool pkr_stamp_is_recent(const pkr_stamp *stamp)
{
    return stamp->kind != PKR_KIND_NONE && age_of(stamp) < COARSE_TICK_NANOSECONDS;
}

static int open_so(const char *path, int flags)
{
    int fd;

    do {
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

static int open_to_read(const char *path)
{
    return open_so(path, 0);
}

#define FROM_HERE (-1)

/* From an offset, or from where the file stands: as many bytes as were asked for, or as it has. */
static int read_up_to(int fd, off_t from, char *bytes, size_t *length)
{
    const size_t wanted = *length;

    *length = 0;
    while (*length < wanted) {
        const size_t left = wanted - *length;
        ssize_t got = from == FROM_HERE ? read(fd, bytes + *length, left)
                                        : pread(fd, bytes + *length, left, from + (off_t)*length);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0)
            break;
        *length += (size_t)got;
    }
    return 0;
}

int pkr_host_read_head(const char *path, void *bytes, size_t *length)
{
    int fd = open_to_read(path);
    struct stat info;
    int failure = fd < 0 || fstat(fd, &info) != 0 ? errno : 0;

    if (failure == 0 && S_ISREG(info.st_mode))
        failure = read_up_to(fd, FROM_HERE, bytes, length);
    else
        *length = 0;
    if (fd >= 0)
        close(fd);
    return failure;
}

static int read_link(const char *path, void *bytes, size_t *length)
{
    ssize_t size = readlink(path, bytes, *length);

    *length = size > 0 ? (size_t)size : 0;
    return size < 0 ? errno : 0;
}

int pkr_host_read_entry(const char *path, void *bytes, size_t *length, enum pkr_kind *kind,
                        bool *is_link)
{
    int fd = open_so(path, O_NOFOLLOW);
    struct stat info;
    int failure = fd < 0 || fstat(fd, &info) != 0 ? errno : 0;

    *kind = failure == 0 ? kind_of(info.st_mode) : PKR_KIND_NONE;
    *is_link = fd < 0 && (failure == ELOOP || failure == EMLINK);
    if (*is_link) {
        failure = read_link(path, bytes, length);
    } else if (*kind == PKR_KIND_FILE) {
        failure = read_up_to(fd, FROM_HERE, bytes, length);
    } else {
        *length = 0;
    }
    if (fd >= 0)
        close(fd);
    return failure;
}

int pkr_host_open(const char *path, int *descriptor, pkr_stamp *stamp)
{
    int fd = open_to_read(path);
    int failure;

    if (fd < 0)
        return errno;
    failure = pkr_host_look_at(fd, stamp);
    if (failure == 0)
        *descriptor = fd;
    else
        close(fd);
    return failure;
}

void pkr_host_close(int descriptor)
{
    close(descriptor);
}

int pkr_host_read_at(int descriptor, uint64_t offset, void *bytes, size_t *length)
{
    const size_t wanted = *length;

    *length = 0;
    if (offset > INT64_MAX || wanted > INT64_MAX - offset)
        return EOVERFLOW;
    *length = wanted;
    return read_up_to(descriptor, (off_t)offset, bytes, length);
}

int pkr_host_each_name(const char *folder, bool (*visit)(void *context, const char *name),
                       void *context)
{
    DIR *opened = opendir(folder);
    struct dirent *item;
    int failure;

    if (!opened)
        return errno;
    do {
        errno = 0;
        item = readdir(opened);
        failure = item ? 0 : errno;
    } while (item && visit(context, item->d_name));
    closedir(opened);
    return failure;
}

/* ---- Threads -------------------------------------------------------------------------------- */

static void *run(void *context)
{
    const pkr_thread *thread = context;

    thread->work(thread->context);
    return NULL;
}

void pkr_thread_start(pkr_thread *thread, void (*work)(void *context), void *context)
{
    thread->work = work;
    thread->context = context;
    thread->is_running = pthread_create(&thread->thread, NULL, run, thread) == 0;
    if (!thread->is_running)
        work(context);
}

void pkr_thread_join(pkr_thread *thread)
{
    if (thread->is_running)
        pthread_join(thread->thread, NULL);
    thread->is_running = false;
}

unsigned pkr_host_processors(void)
{
    long online;
#ifdef __linux__
    cpu_set_t ours[8]; /* a kernel for more than 1024 processors takes no smaller one */

    if (sched_getaffinity(0, sizeof ours, ours) == 0 && CPU_COUNT_S(sizeof ours, ours) > 0)
        return (unsigned)CPU_COUNT_S(sizeof ours, ours);
#endif
    online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 && online < INT_MAX ? (unsigned)online : 1;
}

void pkr_host_nap(unsigned milliseconds)
{
    const struct timespec time = {.tv_sec = milliseconds / 1000,
                                  .tv_nsec = (long)(milliseconds % 1000) * 1000000};

    nanosleep(&time, NULL);
}

/* ---- Environment ---------------------------------------------------------------------------- */

const char *pkr_host_environment(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}
