/* ref_name.h - what may be the name of a ref, and which of a repository's folders it is kept in.
 * Format: git-check-ref-format(1), gitrepository-layout(5), git-worktree(1) "REFS". */
#ifndef PKR_REF_NAME_H
#define PKR_REF_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* Longer names are none: no file system has room for them. */
#define PKR_REF_NAME_MAX 4095

/* By the rules of git check-ref-format --allow-onelevel. */
bool pkr_ref_name_is_valid(const char *name, size_t length);
/* Of those that are in no folder, such as HEAD: whether a listing has it. FETCH_HEAD and MERGE_HEAD
 * hold more than one id, and are read, but are no refs. */
bool pkr_ref_name_is_root(const char *name, size_t length);
bool pkr_ref_name_is_pseudo(const char *name, size_t length);

enum pkr_ref_home {
    PKR_REF_OWN,     /* of this work tree: the git folder */
    PKR_REF_COMMON,  /* of all work trees, or of the main one: the common folder */
    PKR_REF_WORKTREE /* of another: worktrees/WORKTREE in the common folder */
};

/* Where a ref is kept, and how it is called there. */
typedef struct pkr_ref_place {
    enum pkr_ref_home home;
    const char *worktree; /* of WORKTREE, in the name */
    size_t worktree_length;
    const char *name; /* the rest of the name */
    size_t length;
} pkr_ref_place;

/* Of a valid name. */
pkr_ref_place pkr_ref_name_place(const char *name, size_t length);

#endif
