/* above.h - the repository that a folder belongs to, as git finds it. */
#ifndef PKR_ABOVE_H
#define PKR_ABOVE_H

#include <stdbool.h>

#include "base/fault.h"

typedef struct pkr_found {
    char *git_dir;   /* NULL: there is none */
    char *work_tree; /* whose .git led there; NULL: none did */
} pkr_found;

void pkr_found_free(pkr_found *found);

/* In each of these `objects` stands for the objects folder of whatever is found; NULL: nothing
 * does. Errors of each: SYSTEM, MEMORY. */

/* A file that says where a git dir is, as .git may be one. Nothing is found where it does not say.
 * Errors: NOT_A_PLACE where there is none. */
int pkr_above_follow(const char *file, const char *objects, pkr_found *found,
                     packread_error *error);
/* What a .git in the folder is. Errors: NOT_A_PLACE for what has a HEAD and is no git dir, for a
 * file that does not lead to one, and for what is neither file nor folder. */
int pkr_above_look_in(const char *folder, const char *objects, pkr_found *found,
                      packread_error *error);
/* Folder by folder above this one, up to the border of the file system, or with `environment` as
 * GIT_CEILING_DIRECTORIES and GIT_DISCOVERY_ACROSS_FILESYSTEM say. Errors: NOT_A_PLACE for a .git
 * that is neither folder nor a file that leads to a git dir. */
int pkr_above_find(const char *folder, const char *objects, bool environment, pkr_found *found,
                   packread_error *error);

#endif
