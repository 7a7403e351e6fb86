/* worktree.c - up from a folder to the top of the repository or work tree that it lies in. */
#include "worktree.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool has(const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct stat info;
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);

    return length > 0 && (size_t)length < sizeof path && stat(path, &info) == 0;
}

/* What to call a folder; NULL if it is no top. */
static const char *kind_of(const char *folder)
{
    if (has(folder, "HEAD") && has(folder, "objects"))
        return "the repository ";
    return has(folder, ".git") ? "the work tree " : NULL;
}

static char *join(const char *kind, const char *folder)
{
    size_t size = strlen(kind) + strlen(folder) + 1;
    char *joined = malloc(size);

    if (joined != NULL)
        snprintf(joined, size, "%s%s", kind, folder);
    return joined;
}

char *repository_above(const char *path)
{
    struct stat info;
    char *folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode) ? realpath(path, NULL) : NULL;
    const char *kind = NULL;
    char *top = NULL;

    /* One that looks like a top itself is none of use, and one above is another's. */
    if (folder != NULL && !has(folder, "HEAD") && !has(folder, ".git")) {
        for (char *slash = strrchr(folder, '/'); kind == NULL && slash != NULL && slash != folder;
             slash = strrchr(folder, '/')) {
            *slash = '\0';
            kind = kind_of(folder);
        }
    }
    if (kind != NULL)
        top = join(kind, folder);
    free(folder);
    return top;
}
