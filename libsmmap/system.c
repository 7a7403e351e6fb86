/* system.c - the only file that calls the operating system; a port replaces this one. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* statx, O_TMPFILE, O_PATH */
#endif
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#ifdef STATX_BTIME
#include <sys/sysmacros.h>
#endif
#include <unistd.h>

static int real_open(const char *path, int flags, int *fd)
{
    int got = open(path, flags | O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (got < 0)
        return errno;
    *fd = got;
    return 0;
}

static int real_close(int fd)
{
    return close(fd) ? errno : 0;
}

static int identify_by_stat(const char *path, int fd, struct smm_identity *identity)
{
    struct stat status;

    if (path ? stat(path, &status) : fstat(fd, &status))
        return errno;
    identity->device = (uint64_t)status.st_dev;
    identity->inode = (uint64_t)status.st_ino;
    identity->size = status.st_size < 0 ? 0 : (uint64_t)status.st_size;
    identity->birth = 0;
    identity->regular = S_ISREG(status.st_mode);
    return 0;
}

#ifdef STATX_BTIME
static int real_identify(const char *path, int fd, struct smm_identity *identity)
{
    struct statx status;

    if (statx(path ? AT_FDCWD : fd, path ? path : "", path ? 0 : AT_EMPTY_PATH,
              STATX_TYPE | STATX_INO | STATX_SIZE | STATX_BTIME, &status))
        return errno == ENOSYS || errno == EPERM ? identify_by_stat(path, fd, identity) : errno;
    identity->device = (uint64_t)makedev(status.stx_dev_major, status.stx_dev_minor);
    identity->inode = status.stx_ino;
    identity->size = status.stx_size;
    identity->birth = 0;
    if (status.stx_mask & STATX_BTIME)
        identity->birth =
            (uint64_t)status.stx_btime.tv_sec * UINT64_C(1000000000) + status.stx_btime.tv_nsec;
    identity->regular = S_ISREG(status.stx_mode);
    return 0;
}
#else
static int real_identify(const char *path, int fd, struct smm_identity *identity)
{
    return identify_by_stat(path, fd, identity);
}
#endif

static int real_map(int fd, uint64_t offset, size_t size, void **address)
{
    void *got = fd < 0
                    ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                    : mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, (off_t)offset);

    if (got == MAP_FAILED)
        return errno;
    *address = got;
    return 0;
}

#ifdef MAP_FIXED_NOREPLACE
static int real_remap(int fd, uint64_t offset, size_t size, void *address, bool *gone)
{
    void *probe;
    int failed;

    *gone = false;
    if (mmap(address, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, (off_t)offset) != MAP_FAILED)
        return 0;
    failed = errno;
    /* Before Linux 6.12 the old pages may have been taken out by then. To unmap what another
     * thread was given there since would be worse than to fail: only an empty place can be had. */
    probe = mmap(address, size, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (probe != MAP_FAILED) {
        munmap(probe, size);
        *gone = probe == address;
    }
    return failed;
}
#else
static int real_remap(int fd, uint64_t offset, size_t size, void *address, bool *gone)
{
    (void)fd, (void)offset, (void)size, (void)address;
    *gone = false;
    return ENOTSUP;
}
#endif

static int real_unmap(void *address, size_t size)
{
    return munmap(address, size) ? errno : 0;
}

static int real_read(int fd, uint64_t offset, void *memory, size_t size, size_t *got)
{
    ssize_t count = pread(fd, memory, size, (off_t)offset);

    if (count < 0)
        return errno;
    *got = (size_t)count;
    return 0;
}

uint64_t smm_page_size(void)
{
    long size = sysconf(_SC_PAGESIZE);
    return size > 0 ? (uint64_t)size : 4096;
}

#ifdef SIGBUS
static uintptr_t (*find_mapping)(uintptr_t address);
static uintptr_t page_mask;
static struct sigaction before;

/* ThreadSanitizer takes mmap for a write of all these bytes, a race with whoever reads the window:
 * which is what the guard is for. It does not see the bare call. */
#ifdef __SANITIZE_THREAD__
#include <sys/syscall.h>
#define MAP_ZEROS(address, size)                                                                  \
    ((void *)syscall(SYS_mmap, address, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, \
                     -1, 0))
#else
#define MAP_ZEROS(address, size) \
    mmap(address, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
#endif

static bool put_zeros(const siginfo_t *info)
{
    uintptr_t address = (uintptr_t)info->si_addr & page_mask;
    uintptr_t end = info->si_code > 0 ? find_mapping((uintptr_t)info->si_addr) : 0;

    return end && MAP_ZEROS((void *)address, end - address) != MAP_FAILED;
}

/* As if ours were not there. Where nobody else handles it, the access that failed is made again and
 * ends the process as it would have. */
static void pass_on(int number, siginfo_t *info, void *context)
{
    if (before.sa_flags & SA_SIGINFO) {
        before.sa_sigaction(number, info, context);
    } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
        before.sa_handler(number);
    } else if (info->si_code > 0 || before.sa_handler == SIG_DFL) {
        signal(number, SIG_DFL);
        if (info->si_code <= 0)
            raise(number); /* sent by a process: delivered when the handler returns */
    }
}

static void on_bad_page(int number, siginfo_t *info, void *context)
{
    int saved = errno;

    if (!put_zeros(info))
        pass_on(number, info, context);
    errno = saved;
}

static bool real_catch_faults(uintptr_t (*find)(uintptr_t address))
{
    struct sigaction action = {.sa_sigaction = on_bad_page, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    find_mapping = find;
    page_mask = ~(uintptr_t)(smm_page_size() - 1);
    sigemptyset(&action.sa_mask);
    return !sigaction(SIGBUS, NULL, &before) && !sigaction(SIGBUS, &action, NULL);
}
#else
static bool real_catch_faults(uintptr_t (*find)(uintptr_t address))
{
    (void)find;
    return false;
}
#endif

const struct smm_system smm_real_system = {
    real_open, real_close, real_identify, real_map, real_remap,        real_unmap,
    real_read, malloc,     realloc,       free,     real_catch_faults,
};

bool smm_flags_allowed(int flags)
{
    int refused = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND;

#ifdef O_TMPFILE
    refused |= O_TMPFILE & ~O_DIRECTORY;
#endif
#ifdef O_PATH
    refused |= O_PATH; /* such a descriptor cannot be read */
#endif
    return (flags & refused) == 0;
}

uint64_t smm_open_default(void)
{
    const uint64_t most = 512;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur / 4 >= most)
        return most;
    return limit.rlim_cur > 4 ? (uint64_t)limit.rlim_cur / 4 : 1;
}
