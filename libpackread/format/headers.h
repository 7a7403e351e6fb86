/* headers.h - the first lines of commits and tags: which objects they name. Format: git's
 * Documentation/user-manual, "Commit Object" and "Tag Object". */
#ifndef PKR_HEADERS_H
#define PKR_HEADERS_H

#include "packread.h"

/* The tree of a commit. False: the contents do not begin so. */
bool pkr_commit_tree(const unsigned char *data, size_t size, size_t id_size, packread_id *tree);
/* Parent `number` of a commit, from 1. False: it has less. */
bool pkr_commit_parent(const unsigned char *data, size_t size, size_t id_size, uint64_t number,
                       packread_id *parent);
/* What a tag is on, and of which type that is said to be. */
bool pkr_tag_object(const unsigned char *data, size_t size, size_t id_size, packread_id *object,
                    enum packread_type *type);

#endif
