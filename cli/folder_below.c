/* folder_below.c - one step down: mkdirat, and openat that follows nothing. */
#include "folder_below.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int folder_below_open(int above, const char *name)
{
    int folder;

    do
        folder = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    while (folder < 0 && errno == EINTR);
    return folder;
}

int folder_below_make(int above, const char *name, bool *is_made)
{
    *is_made = mkdirat(above, name, 0777) == 0;
    return *is_made || errno == EEXIST ? 0 : errno;
}

/* Systems differ in what they say of a link. */
bool folder_below_is_taken(int failure)
{
    return failure == ENOTDIR || failure == ELOOP;
}

bool folder_below_is_shut(int folder)
{
    struct stat info;

    return faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) != 0 || fstat(folder, &info) != 0 ||
           info.st_nlink == 0;
}
