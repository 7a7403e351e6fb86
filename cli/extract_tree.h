/* extract_tree.h - the files of a tree, below a folder. */
#ifndef EXTRACT_TREE_H
#define EXTRACT_TREE_H

#include "where.h"

/* `id`: of a tree, or of a commit or tag that leads to one. `folder` is open, `target` its name in
 * messages. What is refused or cannot be read is told, and the rest is extracted. */
enum status extract_tree(const struct where *source, const packread_id *id, int folder,
                         const char *target);

#endif
