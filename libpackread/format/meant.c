/* meant.c - the words for which objects are meant. */
#include "format/meant.h"

#include <stddef.h>

static const char *const words[] = {
    [PKR_MEANT_ANY] = "none",
    [PKR_MEANT_COMMIT] = "commit",
    [PKR_MEANT_COMMITTISH] = "committish",
    [PKR_MEANT_TREE] = "tree",
    [PKR_MEANT_TREEISH] = "treeish",
    [PKR_MEANT_BLOB] = "blob",
};

bool pkr_meant_read(const pkr_config_entry *entry, enum pkr_meant *meant)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (pkr_config_value_is_in_any_case(entry, words[i])) {
            *meant = (enum pkr_meant)i;
            return true;
        }
    return false;
}
