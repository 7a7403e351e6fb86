/* io.h - open(2), read(2) and write(2) that go on until something is done: a signal does not end
 * them, and neither does a descriptor that does not block.
 *
 * O_NONBLOCK is of the open file and not of the process: whoever shares standard input or output
 * with us may have set it, and nobody tells us. */
#ifndef IO_H
#define IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A descriptor, or -1 and errno; never a file that has to be made. */
int io_open(const char *path, int flags);
/* As read(2), but waits where there is nothing yet. */
ssize_t io_read(int file, void *bytes, size_t size);
/* All of both, in one call where the system lets it. 0 or an errno. */
int io_write_both(int file, const void *first, size_t first_size, const void *second,
                  size_t second_size);
int io_write_all(int file, const void *bytes, size_t size);
/* Whether `file` is a pipe that nobody can read from any more: to write would fail. */
bool io_reader_is_gone(int file);
/* For signal handlers: one byte, where that does not block. */
void io_write_in_handler(int file, char byte);
/* Whether `path` is a regular file that begins with these bytes, 8 at most. */
bool io_begins(const char *path, const char *bytes, size_t size);

#endif
