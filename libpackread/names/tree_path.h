/* tree_path.h - from a tree along a path to an entry in it or in the trees below. */
#ifndef PKR_TREE_PATH_H
#define PKR_TREE_PATH_H

#include "names/follow.h"

typedef struct pkr_tree_place {
    packread_id id;
    uint32_t mode;
    bool has_mode;           /* false: it is the tree that the path began in */
    enum packread_link link; /* not NONE: there is no object */
    size_t target_length;    /* of OUTSIDE, which reader->text has; else 0 */
} pkr_tree_place;

/* `*id`, or what it leads to, is the tree. Errors: NOT_FOUND; those of reading trees. */
int pkr_tree_path(const pkr_following *on, const packread_id *id, const char *path, size_t length,
                  pkr_tree_place *place);
/* The same, as git cat-file --follow-symlinks does it. */
int pkr_tree_path_follow(const pkr_following *on, const packread_id *id, const char *path,
                         size_t length, pkr_tree_place *place);

#endif
