/* replace.c - temporary file, then rename. */
#include "replace.h"

#include "interrupt.h"
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int replace_open_folder(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash != NULL ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    int file = folder != NULL ? io_open(folder, O_RDONLY | O_DIRECTORY) : -1;
    int failure = errno;

    *name = slash != NULL ? slash + 1 : path;
    free(folder);
    errno = failure;
    return file;
}

int replace_begin(replacement *replaced, int folder, mode_t mode)
{
    static unsigned long serial;
    sigset_t before;
    int file = -1;
    int failure = 0;

    /* No signal may fall between the file's birth and the note that it is there. */
    interrupt_hold(&before);
    for (int attempt = 0; attempt < 1000; attempt++) {
        snprintf(replaced->temporary, sizeof replaced->temporary, ".packread-%ld-%lu.tmp",
                 (long)getpid(), serial++);
        file = openat(folder, replaced->temporary,
                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        if (file >= 0 || (errno != EEXIST && errno != EINTR))
            break;
    }
    if (file >= 0)
        replaced->note = interrupt_note_temporary(folder, replaced->temporary);
    else
        failure = errno;
    interrupt_release(&before);
    if (failure != 0)
        return failure;
    replaced->folder = folder;
    replaced->file = file;
    replaced->is_open = true;
    return 0;
}

/* Renames, or removes where `name` is NULL. */
static int end(replacement *replaced, const char *name)
{
    sigset_t before;
    int failure = 0;

    if (close(replaced->file) != 0 && errno != EINTR)
        failure = errno;
    replaced->is_open = false;
    interrupt_hold(&before);
    if (name != NULL && failure == 0 &&
        renameat(replaced->folder, replaced->temporary, replaced->folder, name) != 0)
        failure = errno;
    if (name == NULL || failure != 0)
        unlinkat(replaced->folder, replaced->temporary, 0);
    interrupt_forget_temporary(replaced->note);
    interrupt_release(&before);
    return failure;
}

int replace_commit(replacement *replaced, const char *name)
{
    return end(replaced, name);
}

void replace_abort(replacement *replaced)
{
    if (replaced->is_open)
        end(replaced, NULL);
}
