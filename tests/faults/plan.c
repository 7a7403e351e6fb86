/* plan.c - knows which call is the one to fail, and the sums of what is held. */
#include "plan.h"

#include "sanitized.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

const struct fault_way fault_ways[] = {
    {FAULT_MALLOC, ENOMEM, "malloc ENOMEM"},
    {FAULT_CALLOC, ENOMEM, "calloc ENOMEM"},
    {FAULT_REALLOC, ENOMEM, "realloc ENOMEM"},
    {FAULT_STRDUP, ENOMEM, "strdup ENOMEM"},
    {FAULT_OPEN, EIO, "open EIO"},
    {FAULT_OPEN, EMFILE, "open EMFILE"},
    {FAULT_OPEN, EINTR, "open EINTR"},
    {FAULT_OPENAT, EMFILE, "openat EMFILE"},
    {FAULT_OPENAT, EROFS, "openat EROFS"},
    {FAULT_CLOSE, EIO, "close EIO"},
    {FAULT_CLOSE, EINTR, "close EINTR"},
    {FAULT_STAT, EIO, "stat EIO"},
    {FAULT_STAT, ENOMEM, "stat ENOMEM"},
    {FAULT_FSTAT, EIO, "fstat EIO"},
    {FAULT_STATX, EIO, "statx EIO"},
    {FAULT_STATX, EINTR, "statx EINTR"},
    {FAULT_STATX, ENOSYS, "statx ENOSYS"},
    {FAULT_MMAP, ENOMEM, "mmap ENOMEM"},
    {FAULT_MMAP, EACCES, "mmap EACCES"},
    {FAULT_MMAP, EAGAIN, "mmap EAGAIN"},
    {FAULT_MUNMAP, ENOMEM, "munmap ENOMEM"},
    {FAULT_MADVISE, EINVAL, "madvise EINVAL"},
    {FAULT_PREAD, EIO, "pread EIO"},
    {FAULT_PREAD, EINTR, "pread EINTR"},
    {FAULT_PREAD, FAULT_SHORT, "pread short"},
    {FAULT_PREAD, FAULT_NOTHING, "pread at the end"},
    {FAULT_READ, EIO, "read EIO"},
    {FAULT_READ, EINTR, "read EINTR"},
    {FAULT_READ, FAULT_SHORT, "read short"},
    {FAULT_WRITE, EIO, "write EIO"},
    {FAULT_WRITE, ENOSPC, "write ENOSPC"},
    {FAULT_WRITE, EINTR, "write EINTR"},
    {FAULT_WRITE, FAULT_SHORT, "write short"},
    {FAULT_WRITE, FAULT_NOTHING, "write nothing"},
    {FAULT_FTRUNCATE, EIO, "ftruncate EIO"},
    {FAULT_FTRUNCATE, ENOSPC, "ftruncate ENOSPC"},
    {FAULT_FSYNC, EIO, "fsync EIO"},
    {FAULT_RENAME, EACCES, "rename EACCES"},
    {FAULT_RENAME, ENOSPC, "rename ENOSPC"},
    {FAULT_RENAME_NEW, EACCES, "renameat2 EACCES"},
    {FAULT_RENAME_NEW, ENOSYS, "renameat2 ENOSYS"},
    {FAULT_LINK, ENOSPC, "linkat ENOSPC"},
    {FAULT_SYMLINK, ENOSPC, "symlinkat ENOSPC"},
    {FAULT_UNLINK, EACCES, "unlink EACCES"},
    {FAULT_MKDIR, ENOSPC, "mkdir ENOSPC"},
    {FAULT_MKSTEMP, ENOSPC, "mkstemp ENOSPC"},
    {FAULT_OPENDIR, EMFILE, "opendir EMFILE"},
    {FAULT_OPENDIR, ENOMEM, "opendir ENOMEM"},
    {FAULT_READDIR, EIO, "readdir EIO"},
    {FAULT_REALPATH, ENOMEM, "realpath ENOMEM"},
    {FAULT_READLINK, EIO, "readlink EIO"},
    {FAULT_MEMSTREAM, ENOMEM, "open_memstream ENOMEM"},
    {FAULT_MUTEX, EAGAIN, "pthread_mutex_init EAGAIN"},
    {FAULT_COND, ENOMEM, "pthread_cond_init ENOMEM"},
    {FAULT_THREAD, EAGAIN, "pthread_create EAGAIN"},
    {FAULT_DECOMPRESSOR, ENOMEM, "libdeflate_alloc_decompressor NULL"},
    {FAULT_INFLATE_INIT, ENOMEM, "inflateInit Z_MEM_ERROR"},
    {FAULT_INFLATE, ENOMEM, "inflate Z_MEM_ERROR"},
    {FAULT_DEFLATE_INIT, ENOMEM, "deflateInit Z_MEM_ERROR"},
    {FAULT_SYSCONF, EINVAL, "sysconf -1"},
    {FAULT_SIGACTION, EPERM, "sigaction EPERM"},
    {FAULT_AFFINITY, EINVAL, "sched_getaffinity EINVAL"},
    {FAULT_CALLS, 0, NULL},
};

/* Atomic because threads share them. */
static struct {
    _Atomic bool armed;
    enum fault_call call;
    int system_errno;
    enum fault_mode mode;
    uint64_t nth;
    _Atomic uint64_t failures;
    _Atomic uint64_t calls_of[FAULT_CALLS + 1]; /* the last: of all that FAULT_ALL lets fail */
} plan;

static struct {
    bool is_set;
    enum fault_clock clock;
    _Atomic int64_t slept; /* nanoseconds, since it was set */
} clocks;
#define LONG_AFTER ((int64_t)1 << 40)
#define SLEPT_ENOUGH INT64_C(3000000000) /* nothing is young for so long */

static _Atomic uint64_t total;
static _Atomic int64_t sums[PLAN_SUMS];

void fault_arm(enum fault_call call, int system_errno, enum fault_mode mode, uint64_t nth)
{
    plan.call = call;
    plan.system_errno = system_errno;
    plan.mode = mode;
    plan.nth = nth;
    plan.failures = 0;
    for (int kind = 0; kind <= FAULT_CALLS; kind++)
        plan.calls_of[kind] = 0;
    plan.armed = true;
}

void fault_disarm(void)
{
    plan.armed = false;
}

uint64_t fault_failures(void)
{
    return plan.failures;
}

uint64_t fault_calls(enum fault_call call)
{
    return plan.calls_of[call];
}

uint64_t fault_total(void)
{
    return total;
}

uint64_t fault_step(void)
{
    const char *text = getenv("STEP");

    if (text)
        return strtoull(text, NULL, 10);
    if (SANITIZED)
        return getenv("CHECK_LARGE") ? 7 : 37;
    if (getenv("SMMAP_DEBUG")) /* one-page windows: many more calls */
        return 7;
    return getenv("CHECK_LARGE") ? 1 : 3;
}

void fault_clock_set(enum fault_clock set)
{
    clocks.is_set = true;
    clocks.clock = set;
    clocks.slept = 0;
}

/* All that is asked is how long ago something was: before it, or long after it. */
bool plan_clock(int64_t *seconds)
{
    const bool is_later = clocks.clock == FAULT_LATER || clocks.slept >= SLEPT_ENOUGH;

    *seconds = is_later ? LONG_AFTER : 0;
    return clocks.is_set;
}

bool plan_sleep(int64_t nanoseconds)
{
    atomic_fetch_add(&clocks.slept, nanoseconds);
    return clocks.is_set;
}

/* What a kind of call says when everything fails. */
static int first_errno(enum fault_call call)
{
    const struct fault_way *way = fault_ways;

    while (way->name && way->call != call)
        way++;
    return way->system_errno;
}

int plan_ask(enum fault_call call)
{
    uint64_t number;
    int failure;

    if (!atomic_load(&plan.armed))
        return 0;
    number = atomic_fetch_add(&plan.calls_of[call], 1) + 1;
    /* A process that cannot close or unmap has lost already: that is tried by itself. */
    if (call != FAULT_CLOSE && call != FAULT_MUNMAP) {
        uint64_t any = atomic_fetch_add(&plan.calls_of[FAULT_CALLS], 1) + 1;

        number = plan.mode == FAULT_ALL ? any : number;
    } else if (plan.mode == FAULT_ALL) {
        return 0;
    }
    if (plan.mode != FAULT_ALL && plan.call != call)
        return 0;
    if (plan.mode == FAULT_ONCE ? number != plan.nth : number < plan.nth)
        return 0;
    atomic_fetch_add(&plan.failures, 1);
    atomic_fetch_add(&total, 1);
    failure = plan.mode == FAULT_ALL ? first_errno(call) : plan.system_errno;
    if (failure > 0)
        errno = failure;
    return failure;
}

void plan_add(enum plan_sum sum, int64_t number)
{
    atomic_fetch_add(&sums[sum], number);
}

struct fault_held fault_held(void)
{
    struct fault_held held;

    held.allocations = sums[PLAN_ALLOCATIONS];
    held.descriptors = sums[PLAN_DESCRIPTORS];
    held.mapped = sums[PLAN_MAPPED];
    held.folders = sums[PLAN_FOLDERS];
    held.inflaters = sums[PLAN_INFLATERS];
    held.threads = sums[PLAN_THREADS];
    held.locks = sums[PLAN_LOCKS];
    return held;
}

const char *fault_held_differs(const struct fault_held *a, const struct fault_held *b)
{
    if (a->allocations != b->allocations)
        return "allocations";
    if (a->descriptors != b->descriptors)
        return "descriptors";
    if (a->mapped != b->mapped)
        return "mapped bytes";
    if (a->folders != b->folders)
        return "open folders";
    if (a->inflaters != b->inflaters)
        return "inflaters";
    if (a->threads != b->threads)
        return "threads";
    return a->locks != b->locks ? "locks" : NULL;
}
