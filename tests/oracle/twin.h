/* twin.h - the same objects opened by packread and by libgit2, and what each says of one. */
#ifndef TWIN_H
#define TWIN_H

#include <git2.h>

#include "packread.h"

typedef struct twin {
    const char *name; /* of what is opened, for messages */
    packread_reader *reader;
    git_odb *odb;
} twin;

/* Fails the test with libgit2's detail unless `status` is 0. */
void twin_git_good(const char *name, int status);
/* Both read the same object, which is in `ours` until the reader's next call. */
void twin_compare_object(const twin *both, const packread_id *id, packread_object *ours);
/* Both find the same object by the first digits of its id, or none, or several. */
void twin_compare_prefix(const twin *both, const char *hex, size_t length);

#endif
