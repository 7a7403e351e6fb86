/* tempfile.c - the only file that makes, writes and removes temporary files; a port replaces it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* O_TMPFILE */
#endif
#include "platform/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/path.h"
#include "platform/host.h"

static const char *folder_in_environment(void)
{
    const char *named = pkr_host_environment("TMPDIR");

    return named ? named : PKR_TEMPFILE_FOLDER;
}

static int refuse(const pkr_tempfile *spill, int system_errno, const char *text, pkr_fault *fault)
{
    pkr_fault_set(fault, PACKREAD_ERROR_TEMPORARY, spill->folder, text);
    if (fault) {
        fault->system_errno = system_errno;
        fault->needed = spill->claimed;
    }
    return PACKREAD_ERROR_TEMPORARY;
}

/* With a name for a moment, where the system or the folder knows no files without one. */
static int open_and_unlink(const char *folder, int *fd)
{
    char *path = pkr_path_join(folder, "packread-XXXXXX");
    int failure = 0;

    if (!path)
        return ENOMEM;
    *fd = mkstemp(path);
    if (*fd < 0) {
        failure = errno;
    } else if (unlink(path) != 0 || fcntl(*fd, F_SETFD, FD_CLOEXEC) != 0) {
        failure = errno;
        close(*fd);
        *fd = -1;
    }
    free(path);
    return failure;
}

static int open_nameless(const char *folder, int *fd)
{
    *fd = -1;
#ifdef O_TMPFILE
    do {
        *fd = open(folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    } while (*fd < 0 && errno == EINTR);
#endif
    return *fd >= 0 ? 0 : open_and_unlink(folder, fd);
}

/* What is known not to fit is not begun: a disk that is full troubles others too. */
static int check_room(int fd, uint64_t claimed)
{
    struct rlimit limit;
    struct statvfs disk;

    if (claimed > INT64_MAX)
        return EFBIG;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        claimed > limit.rlim_cur)
        return EFBIG;
    /* No blocks at all: one that does not count them. */
    if (fstatvfs(fd, &disk) == 0 && disk.f_blocks > 0 && disk.f_frsize > 0 &&
        claimed / disk.f_frsize >= disk.f_bavail)
        return ENOSPC;
    return 0;
}

int pkr_tempfile_open(pkr_tempfile *spill, const char *folder, uint64_t claimed, pkr_fault *fault)
{
    pkr_tempfile made = {
        .fd = -1, .claimed = claimed, .folder = folder ? folder : folder_in_environment()};
    int failure = open_nameless(made.folder, &made.fd);

    if (failure != 0)
        return refuse(&made, failure, "no temporary file can be made here", fault);
    failure = check_room(made.fd, claimed);
    if (failure != 0) {
        pkr_tempfile_close(&made);
        return refuse(&made, failure, "a temporary file has no room here", fault);
    }
    *spill = made;
    return 0;
}

int pkr_tempfile_write(pkr_tempfile *spill, const void *bytes, size_t size, pkr_fault *fault)
{
    const unsigned char *at = bytes;

    if (size > spill->claimed - spill->size)
        return pkr_fault_set(fault, PACKREAD_ERROR_CORRUPT, NULL,
                             "gives more bytes than its header claims");
    while (size > 0) {
        ssize_t written = write(spill->fd, at, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return refuse(spill, written < 0 ? errno : ENOSPC,
                          "a temporary file cannot be written here", fault);
        at += written;
        size -= (size_t)written;
        spill->size += (uint64_t)written;
    }
    return 0;
}

void pkr_tempfile_close(pkr_tempfile *spill)
{
    if (spill->fd >= 0)
        close(spill->fd);
    spill->fd = -1;
    spill->size = 0;
}
