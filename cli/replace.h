/* replace.h - a file that appears under its name only when it is whole.
 *
 * It is written under a temporary name in the same folder and renamed at the end. A signal removes
 * the temporary file. Two replacements at a time at most. */
#ifndef REPLACE_H
#define REPLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct replacement {
    int folder; /* the caller's open folder */
    int file;   /* to write to; valid between begin and commit or abort */
    bool is_open;
    int note; /* of interrupt.h */
    char temporary[64];
} replacement;

/* Opens the folder that `path` lies in; `*name` is what it has there. -1 and errno. */
int replace_open_folder(const char *path, const char **name);

/* The others return 0 or an errno. After a failed begin there is nothing to abort. */
int replace_begin(replacement *replaced, int folder, mode_t mode);
/* Closes and renames to `name` in the folder; on failure the temporary file is removed. */
int replace_commit(replacement *replaced, const char *name);
/* The same, but EEXIST where there is anything under that name, a link that leads nowhere too. */
int replace_commit_new(replacement *replaced, const char *name);
/* Removes the temporary file. Harmless when none is open. */
void replace_abort(replacement *replaced);

#endif
