/* open.c - opening waits where a device, a pipe or the network is slow, and a signal interrupts it.
 */
#include "open.h"

#include <errno.h>
#include <fcntl.h>

int open_again(const char *path, int flags)
{
    int file;

    do {
        file = open(path, flags | O_CLOEXEC);
    } while (file < 0 && errno == EINTR);
    return file;
}
