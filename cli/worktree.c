/* worktree.c - up from a folder to the top of the work tree that it lies in. */
#include "worktree.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool has_git(const char *folder)
{
    char path[PATH_MAX];
    struct stat info;
    int length = snprintf(path, sizeof path, "%s/.git", folder);

    return length > 0 && (size_t)length < sizeof path && stat(path, &info) == 0;
}

char *worktree_above(const char *path)
{
    struct stat info;
    char *folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode) ? realpath(path, NULL) : NULL;
    char *slash = folder != NULL && !has_git(folder) ? strrchr(folder, '/') : NULL;

    while (slash != NULL && slash != folder) {
        *slash = '\0';
        if (has_git(folder))
            return folder;
        slash = strrchr(folder, '/');
    }
    free(folder);
    return NULL;
}
