/* meant.h - which objects are meant, where several have a prefix, as core.disambiguate of
 * git-config(1) says it. */
#ifndef PKR_MEANT_H
#define PKR_MEANT_H

#include <stdbool.h>

#include "format/config.h"

enum pkr_meant {
    PKR_MEANT_ANY,
    PKR_MEANT_COMMIT,
    PKR_MEANT_COMMITTISH, /* a commit, or a tag of one */
    PKR_MEANT_TREE,
    PKR_MEANT_TREEISH, /* a tree, or what leads to one */
    PKR_MEANT_BLOB
};

/* What the entry's value says, in any case. False: nothing of these. */
bool pkr_meant_read(const pkr_config_entry *entry, enum pkr_meant *meant);

#endif
