/* replace.c - temporary file, then rename. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* renameat2 */
#endif
#include "replace.h"

#include "interrupt.h"
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* Where the file system can only replace: nobody but another process can come between. */
static int rename_if_absent(int folder, const char *from, const char *to)
{
    struct stat there;

    if (fstatat(folder, to, &there, AT_SYMLINK_NOFOLLOW) == 0)
        return EEXIST;
    if (errno != ENOENT)
        return errno;
    return renameat(folder, from, folder, to) == 0 ? 0 : errno;
}

/* EEXIST where there is something under the new name, whatever it is. */
static int rename_new(int folder, const char *from, const char *to)
{
#ifdef RENAME_NOREPLACE
    if (renameat2(folder, from, folder, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
#endif
    if (linkat(folder, from, folder, to, 0) == 0) {
        unlinkat(folder, from, 0);
        return 0;
    }
    if (errno == EPERM || errno == ENOSYS || errno == EOPNOTSUPP)
        return rename_if_absent(folder, from, to);
    return errno;
}

enum ending { END_REPLACE, END_NEW, END_REMOVE };

static int end(replacement *replaced, const char *name, enum ending how)
{
    sigset_t before;
    int failure = 0;

    if (close(replaced->file) != 0 && errno != EINTR)
        failure = errno;
    replaced->is_open = false;
    interrupt_hold(&before);
    if (how == END_NEW && failure == 0)
        failure = rename_new(replaced->folder, replaced->temporary, name);
    if (how == END_REPLACE && failure == 0 &&
        renameat(replaced->folder, replaced->temporary, replaced->folder, name) != 0)
        failure = errno;
    if (how == END_REMOVE || failure != 0)
        unlinkat(replaced->folder, replaced->temporary, 0);
    interrupt_forget_temporary(replaced->note);
    interrupt_release(&before);
    return failure;
}

int replace_commit(replacement *replaced, const char *name)
{
    return end(replaced, name, END_REPLACE);
}

int replace_commit_new(replacement *replaced, const char *name)
{
    return end(replaced, name, END_NEW);
}

void replace_abort(replacement *replaced)
{
    if (replaced->is_open)
        end(replaced, NULL, END_REMOVE);
}
