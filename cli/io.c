/* io.c - what to do when the system says "not now": begin again, or wait with poll(2). */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

int io_open(const char *path, int flags)
{
    int file;

    do {
        file = open(path, flags | O_CLOEXEC);
    } while (file < 0 && errno == EINTR);
    return file;
}

/* Whether a call that failed with errno is worth making again; if it would have blocked, once
 * `events` come. What is wrong with the descriptor the call itself tells. */
static bool comes_later(int file, short events)
{
    struct pollfd waited = {.fd = file, .events = events};

    if (errno == EINTR)
        return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return false;
    return poll(&waited, 1, -1) >= 0 || errno == EINTR;
}

ssize_t io_read(int file, void *bytes, size_t size)
{
    ssize_t got;

    do {
        got = read(file, bytes, size);
    } while (got < 0 && comes_later(file, POLLIN));
    return got;
}

int io_write_both(int file, const void *first, size_t first_size, const void *second,
                  size_t second_size)
{
    const char *bytes[2] = {first, second};
    size_t sizes[2] = {first_size, second_size};

    while (sizes[0] + sizes[1] > 0) {
        union {
            const char *constant;
            void *plain;
        } one = {.constant = bytes[0]}, two = {.constant = bytes[1]};
        const struct iovec parts[2] = {{one.plain, sizes[0]}, {two.plain, sizes[1]}};
        ssize_t written;

        if (sizes[0] == 0)
            written = write(file, bytes[1], sizes[1]);
        else
            written = writev(file, parts, sizes[1] > 0 ? 2 : 1);
        if (written < 0 && comes_later(file, POLLOUT))
            continue;
        if (written <= 0) /* nothing taken, and no reason given: again would be for ever */
            return written < 0 ? errno : EIO;
        for (int i = 0; i < 2; i++) {
            size_t taken = (size_t)written < sizes[i] ? (size_t)written : sizes[i];

            bytes[i] += taken;
            sizes[i] -= taken;
            written -= (ssize_t)taken;
        }
    }
    return 0;
}

int io_write_all(int file, const void *bytes, size_t size)
{
    return io_write_both(file, "", 0, bytes, size);
}

bool io_reader_is_gone(int file)
{
    struct pollfd asked = {.fd = file, .events = 0};
    struct stat there;

    return poll(&asked, 1, 0) == 1 && (asked.revents & (POLLERR | POLLHUP)) != 0 &&
           fstat(file, &there) == 0 && S_ISFIFO(there.st_mode);
}

void io_write_in_handler(int file, char byte)
{
    struct pollfd ready = {.fd = file, .events = POLLOUT};

    if (poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0) {
        ssize_t ignored = write(file, &byte, 1);

        (void)ignored;
    }
}

bool io_begins(const char *path, const char *bytes, size_t size)
{
    /* Opening a FIFO or a device that turns up meanwhile must not block, nor do anything else. */
    int file = io_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    struct stat there;
    char start[8];
    bool begins;

    if (file < 0)
        return false;
    begins = fstat(file, &there) == 0 && S_ISREG(there.st_mode) && size <= sizeof start &&
             io_read(file, start, size) == (ssize_t)size && memcmp(start, bytes, size) == 0;
    close(file);
    return begins;
}
