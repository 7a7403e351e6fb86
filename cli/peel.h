/* peel.h - from a tag or a commit to the tree that it stands for, replacements heeded. */
#ifndef PEEL_H
#define PEEL_H

#include "where.h"

/* The object whose contents stand for those of `id`: the one that refs/replace/ puts in its place,
 * or itself. */
packread_id peel_replaced(const struct where *source, const packread_id *id);

/* Follows tags and a commit from `id` to a tree. Says what keeps it from that. */
enum status peel_to_tree(const struct where *source, const packread_id *id, packread_id *tree);

#endif
