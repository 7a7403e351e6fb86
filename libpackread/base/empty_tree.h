/* empty_tree.h - the id of the tree that has no entries. */
#ifndef PKR_EMPTY_TREE_H
#define PKR_EMPTY_TREE_H

#include <stdbool.h>

#include "packread.h"

/* Among ids of `id_size` bytes; false where there are none of that size. */
bool pkr_empty_tree_id(size_t id_size, packread_id *id);
bool pkr_is_empty_tree(const packread_id *id);

#endif
