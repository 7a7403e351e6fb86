/* wraps.c - stands in for each call that can fail: asks the plan, counts, passes on. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* statx, mkostemp */
#endif
#include "plan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

/* The linker's names: where the product calls X, it gets __wrap_X. Calls in here are not changed.
 */
#define WRAP(type, name, parameters) \
    type __wrap_##name parameters;   \
    type __wrap_##name parameters

static int count_file(int file)
{
    if (file >= 0)
        plan_add(PLAN_DESCRIPTORS, 1);
    return file;
}

static void *count_memory(void *memory)
{
    if (memory)
        plan_add(PLAN_ALLOCATIONS, 1);
    return memory;
}

/* ---- Memory --------------------------------------------------------------------------------- */

WRAP(void *, malloc, (size_t size))
{
    return plan_ask(FAULT_MALLOC) ? NULL : count_memory(malloc(size));
}

WRAP(void *, calloc, (size_t count, size_t size))
{
    return plan_ask(FAULT_CALLOC) ? NULL : count_memory(calloc(count, size));
}

WRAP(void *, realloc, (void *memory, size_t size))
{
    void *got;

    if (plan_ask(FAULT_REALLOC))
        return NULL;
    got = realloc(memory, size);
    return memory ? got : count_memory(got);
}

WRAP(void, free, (void *memory))
{
    if (memory)
        plan_add(PLAN_ALLOCATIONS, -1);
    free(memory);
}

WRAP(char *, strdup, (const char *text))
{
    return plan_ask(FAULT_STRDUP) ? NULL : count_memory(strdup(text));
}

WRAP(char *, strndup, (const char *text, size_t size))
{
    return plan_ask(FAULT_STRDUP) ? NULL : count_memory(strndup(text, size));
}

WRAP(char *, realpath, (const char *path, char *resolved))
{
    char *got = plan_ask(FAULT_REALPATH) ? NULL : realpath(path, resolved);
    return resolved ? got : count_memory(got);
}

WRAP(ssize_t, readlink, (const char *path, char *target, size_t size))
{
    return plan_ask(FAULT_READLINK) ? -1 : readlink(path, target, size);
}

/* The stream's memory is the C library's, but the caller frees it: counted when that is. */
WRAP(FILE *, open_memstream, (char **text, size_t *size))
{
    FILE *stream = plan_ask(FAULT_MEMSTREAM) ? NULL : open_memstream(text, size);

    if (stream)
        plan_add(PLAN_ALLOCATIONS, 1);
    return stream;
}

/* ---- Files ---------------------------------------------------------------------------------- */

WRAP(int, open64, (const char *path, int flags, ...))
{
    va_list arguments;
    mode_t mode = 0;

    if (flags & (O_CREAT | O_TMPFILE)) {
        va_start(arguments, flags);
        mode = (mode_t)va_arg(arguments, unsigned);
        va_end(arguments);
    }
    return plan_ask(FAULT_OPEN) ? -1 : count_file(open(path, flags, mode));
}

WRAP(int, openat64, (int folder, const char *path, int flags, ...))
{
    va_list arguments;
    mode_t mode = 0;

    if (flags & (O_CREAT | O_TMPFILE)) {
        va_start(arguments, flags);
        mode = (mode_t)va_arg(arguments, unsigned);
        va_end(arguments);
    }
    return plan_ask(FAULT_OPENAT) ? -1 : count_file(openat(folder, path, flags, mode));
}

WRAP(int, close, (int file))
{
    int failure = plan_ask(FAULT_CLOSE);
    int status = close(file);

    plan_add(PLAN_DESCRIPTORS, -1);
    if (!failure)
        return status;
    errno = failure;
    return -1;
}

WRAP(int, stat64, (const char *path, struct stat *status))
{
    return plan_ask(FAULT_STAT) ? -1 : stat(path, status);
}

WRAP(int, fstatat64, (int folder, const char *path, struct stat *status, int flags))
{
    return plan_ask(FAULT_STAT) ? -1 : fstatat(folder, path, status, flags);
}

WRAP(int, lstat64, (const char *path, struct stat *status))
{
    return plan_ask(FAULT_STAT) ? -1 : lstat(path, status);
}

WRAP(int, fstat64, (int file, struct stat *status))
{
    return plan_ask(FAULT_FSTAT) ? -1 : fstat(file, status);
}

WRAP(int, statx, (int folder, const char *path, int flags, unsigned mask, struct statx *status))
{
    return plan_ask(FAULT_STATX) ? -1 : statx(folder, path, flags, mask, status);
}

WRAP(void *, mmap64, (void *place, size_t size, int protection, int flags, int file, off_t offset))
{
    void *got =
        plan_ask(FAULT_MMAP) ? MAP_FAILED : mmap(place, size, protection, flags, file, offset);

    /* MAP_FIXED is used in the place of a mapping of the same size. */
    if (got != MAP_FAILED && !(flags & MAP_FIXED))
        plan_add(PLAN_MAPPED, (int64_t)size);
    return got;
}

WRAP(void *, mremap, (void *memory, size_t old, size_t size, int flags, ...))
{
    void *got = plan_ask(FAULT_MMAP) ? MAP_FAILED : mremap(memory, old, size, flags);

    if (got != MAP_FAILED)
        plan_add(PLAN_MAPPED, (int64_t)size - (int64_t)old);
    return got;
}

WRAP(int, madvise, (void *memory, size_t size, int advice))
{
    return plan_ask(FAULT_MADVISE) ? -1 : madvise(memory, size, advice);
}

WRAP(int, munmap, (void *memory, size_t size))
{
    int status = plan_ask(FAULT_MUNMAP) ? -1 : munmap(memory, size);

    if (!status)
        plan_add(PLAN_MAPPED, -(int64_t)size);
    return status;
}

/* How many bytes a call may move: all, half, none; -1 where it fails. */
static ssize_t allowed(enum fault_call call, size_t size)
{
    int failure = plan_ask(call);

    if (failure == FAULT_SHORT)
        return (ssize_t)(size > 1 ? size / 2 : size);
    if (failure == FAULT_NOTHING)
        return 0;
    return failure ? -1 : (ssize_t)size;
}

WRAP(ssize_t, pread64, (int file, void *bytes, size_t size, off_t offset))
{
    ssize_t most = allowed(FAULT_PREAD, size);
    return most > 0 ? pread(file, bytes, (size_t)most, offset) : most;
}

WRAP(ssize_t, read, (int file, void *bytes, size_t size))
{
    ssize_t most = allowed(FAULT_READ, size);
    return most > 0 ? read(file, bytes, (size_t)most) : most;
}

WRAP(ssize_t, write, (int file, const void *bytes, size_t size))
{
    ssize_t most = allowed(FAULT_WRITE, size);
    return most > 0 ? write(file, bytes, (size_t)most) : most;
}

WRAP(ssize_t, pwrite64, (int file, const void *bytes, size_t size, off_t offset))
{
    ssize_t most = allowed(FAULT_WRITE, size);
    return most > 0 ? pwrite(file, bytes, (size_t)most, offset) : most;
}

/* Short: half of the first part. */
WRAP(ssize_t, writev, (int file, const struct iovec *parts, int count))
{
    ssize_t most = allowed(FAULT_WRITE, parts[0].iov_len);

    if (most <= 0 && parts[0].iov_len > 0)
        return most;
    if ((size_t)most == parts[0].iov_len)
        return writev(file, parts, count);
    return write(file, parts[0].iov_base, (size_t)most);
}

WRAP(int, ftruncate64, (int file, off_t size))
{
    return plan_ask(FAULT_FTRUNCATE) ? -1 : ftruncate(file, size);
}

WRAP(int, fstatvfs64, (int file, struct statvfs *status))
{
    return plan_ask(FAULT_FSTAT) ? -1 : fstatvfs(file, status);
}

WRAP(int, fsync, (int file))
{
    return plan_ask(FAULT_FSYNC) ? -1 : fsync(file);
}

WRAP(int, fdatasync, (int file))
{
    return plan_ask(FAULT_FSYNC) ? -1 : fdatasync(file);
}

WRAP(int, rename, (const char *from, const char *to))
{
    return plan_ask(FAULT_RENAME) ? -1 : rename(from, to);
}

WRAP(int, renameat, (int from_folder, const char *from, int to_folder, const char *to))
{
    return plan_ask(FAULT_RENAME) ? -1 : renameat(from_folder, from, to_folder, to);
}

WRAP(int, renameat2,
     (int from_folder, const char *from, int to_folder, const char *to, unsigned flags))
{
    return plan_ask(FAULT_RENAME_NEW) ? -1 : renameat2(from_folder, from, to_folder, to, flags);
}

WRAP(int, linkat, (int from_folder, const char *from, int to_folder, const char *to, int flags))
{
    return plan_ask(FAULT_LINK) ? -1 : linkat(from_folder, from, to_folder, to, flags);
}

WRAP(int, symlinkat, (const char *target, int folder, const char *path))
{
    return plan_ask(FAULT_SYMLINK) ? -1 : symlinkat(target, folder, path);
}

WRAP(int, unlink, (const char *path))
{
    return plan_ask(FAULT_UNLINK) ? -1 : unlink(path);
}

WRAP(int, unlinkat, (int folder, const char *path, int flags))
{
    return plan_ask(FAULT_UNLINK) ? -1 : unlinkat(folder, path, flags);
}

WRAP(int, mkdir, (const char *path, mode_t mode))
{
    return plan_ask(FAULT_MKDIR) ? -1 : mkdir(path, mode);
}

WRAP(int, mkdirat, (int folder, const char *path, mode_t mode))
{
    return plan_ask(FAULT_MKDIR) ? -1 : mkdirat(folder, path, mode);
}

WRAP(int, mkstemp64, (char *path))
{
    return plan_ask(FAULT_MKSTEMP) ? -1 : count_file(mkstemp(path));
}

WRAP(int, mkostemp64, (char *path, int flags))
{
    return plan_ask(FAULT_MKSTEMP) ? -1 : count_file(mkostemp(path, flags));
}

/* ---- Folders -------------------------------------------------------------------------------- */

WRAP(DIR *, opendir, (const char *path))
{
    DIR *folder = plan_ask(FAULT_OPENDIR) ? NULL : opendir(path);

    if (folder)
        plan_add(PLAN_FOLDERS, 1);
    return folder;
}

WRAP(struct dirent *, readdir64, (DIR * folder))
{
    return plan_ask(FAULT_READDIR) ? NULL : readdir(folder);
}

WRAP(int, closedir, (DIR * folder))
{
    plan_add(PLAN_FOLDERS, -1);
    return closedir(folder);
}

int64_t fault_open_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int64_t count = folder ? 0 : -1;

    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

/* ---- Threads -------------------------------------------------------------------------------- */

WRAP(int, pthread_mutex_init, (pthread_mutex_t * mutex, const pthread_mutexattr_t *attributes))
{
    int failure = plan_ask(FAULT_MUTEX);

    if (!failure)
        failure = pthread_mutex_init(mutex, attributes);
    plan_add(PLAN_LOCKS, failure == 0);
    return failure;
}

WRAP(int, pthread_mutex_destroy, (pthread_mutex_t * mutex))
{
    plan_add(PLAN_LOCKS, -1);
    return pthread_mutex_destroy(mutex);
}

WRAP(int, pthread_cond_init, (pthread_cond_t * condition, const pthread_condattr_t *attributes))
{
    int failure = plan_ask(FAULT_COND);

    if (!failure)
        failure = pthread_cond_init(condition, attributes);
    plan_add(PLAN_LOCKS, failure == 0);
    return failure;
}

WRAP(int, pthread_cond_destroy, (pthread_cond_t * condition))
{
    plan_add(PLAN_LOCKS, -1);
    return pthread_cond_destroy(condition);
}

WRAP(int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context))
{
    int failure = plan_ask(FAULT_THREAD);

    if (!failure)
        failure = pthread_create(thread, attributes, run, context);
    plan_add(PLAN_THREADS, failure == 0);
    return failure;
}

WRAP(int, pthread_join, (pthread_t thread, void **result))
{
    plan_add(PLAN_THREADS, -1);
    return pthread_join(thread, result);
}

/* ---- Inflating ------------------------------------------------------------------------------ */

#ifdef HAVE_LIBDEFLATE
WRAP(struct libdeflate_decompressor *, libdeflate_alloc_decompressor, (void))
{
    struct libdeflate_decompressor *made =
        plan_ask(FAULT_DECOMPRESSOR) ? NULL : libdeflate_alloc_decompressor();

    plan_add(PLAN_INFLATERS, made != NULL);
    return made;
}

WRAP(void, libdeflate_free_decompressor, (struct libdeflate_decompressor * made))
{
    plan_add(PLAN_INFLATERS, -(made != NULL));
    libdeflate_free_decompressor(made);
}
#endif

WRAP(int, inflateInit_, (z_stream * stream, const char *version, int size))
{
    int status = plan_ask(FAULT_INFLATE_INIT) ? Z_MEM_ERROR : inflateInit_(stream, version, size);

    plan_add(PLAN_INFLATERS, status == Z_OK);
    return status;
}

WRAP(int, inflateInit2_, (z_stream * stream, int bits, const char *version, int size))
{
    int status =
        plan_ask(FAULT_INFLATE_INIT) ? Z_MEM_ERROR : inflateInit2_(stream, bits, version, size);

    plan_add(PLAN_INFLATERS, status == Z_OK);
    return status;
}

WRAP(int, inflate, (z_stream * stream, int flush))
{
    return plan_ask(FAULT_INFLATE) ? Z_MEM_ERROR : inflate(stream, flush);
}

WRAP(int, deflateInit_, (z_stream * stream, int level, const char *version, int size))
{
    int status =
        plan_ask(FAULT_DEFLATE_INIT) ? Z_MEM_ERROR : deflateInit_(stream, level, version, size);

    plan_add(PLAN_INFLATERS, status == Z_OK);
    return status;
}

WRAP(int, deflateEnd, (z_stream * stream))
{
    plan_add(PLAN_INFLATERS, -1);
    return deflateEnd(stream);
}

WRAP(int, inflateEnd, (z_stream * stream))
{
    plan_add(PLAN_INFLATERS, -1);
    return inflateEnd(stream);
}

WRAP(long, sysconf, (int name))
{
    return plan_ask(FAULT_SYSCONF) ? -1 : sysconf(name);
}

WRAP(int, sigaction, (int number, const struct sigaction *action, struct sigaction *before))
{
    return plan_ask(FAULT_SIGACTION) ? -1 : sigaction(number, action, before);
}

WRAP(int, sched_getaffinity, (pid_t process, size_t size, cpu_set_t *mask))
{
    return plan_ask(FAULT_AFFINITY) ? -1 : sched_getaffinity(process, size, mask);
}

/* ---- Time ----------------------------------------------------------------------------------- */

WRAP(int, clock_gettime, (clockid_t clock, struct timespec *time))
{
    int64_t seconds;

    if (clock != CLOCK_REALTIME || !plan_clock(&seconds))
        return clock_gettime(clock, time);
    *time = (struct timespec){.tv_sec = (time_t)seconds};
    return 0;
}

WRAP(int, nanosleep, (const struct timespec *time, struct timespec *left))
{
    return plan_sleep(time->tv_sec * INT64_C(1000000000) + time->tv_nsec) ? 0
                                                                          : nanosleep(time, left);
}
