/* peel.h - from a tag or a commit to the tree that it stands for. */
#ifndef PEEL_H
#define PEEL_H

#include "where.h"

/* Follows tags and a commit from `id` to a tree. Says what keeps it from that. */
enum status peel_to_tree(const struct where *source, const packread_id *id, packread_id *tree);

#endif
