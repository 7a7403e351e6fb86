/* tree_names.h - which names of a tree's entries are never written to a disk. */
#ifndef TREE_NAMES_H
#define TREE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Why a name is refused, or NULL. They are those that git refuses with core.protectHFS and
 * core.protectNTFS, whatever the system: what is extracted may be copied to another. `is_link`: of
 * a symbolic link. A pure function. */
const char *tree_name_refused(const unsigned char *name, size_t size, bool is_link);

#endif
