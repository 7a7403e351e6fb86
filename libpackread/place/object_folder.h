/* object_folder.h - one folder of git objects: a repository's own, or an alternate. */
#ifndef PKR_OBJECT_FOLDER_H
#define PKR_OBJECT_FOLDER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/shelf.h"

typedef struct pkr_object_folder {
    char *path;            /* its packs are in pack/ below it */
    uint32_t number;       /* on the snapshot's shelf, for good: loose locations name it */
    bool is_alternate;     /* named by info/alternates or the environment */
    _Atomic bool is_there; /* it belongs to the repository now; lists that name it may change */
} pkr_object_folder;

/* Puts one, which is not there yet, at the end of a shelf of them; `path` is copied. From one
 * thread at a time. Errors: MEMORY. */
int pkr_object_folder_add(pkr_shelf *folders, const char *path, bool is_alternate);
static inline bool pkr_object_folder_is_there(const pkr_object_folder *folder)
{
    return atomic_load(&folder->is_there);
}
/* Whether that is other than before. */
bool pkr_object_folder_mark(const pkr_shelf *folders, uint32_t number, bool is_there);
/* NULL past the end. Any thread. */
const pkr_object_folder *pkr_object_folder_get(const pkr_shelf *folders, uint32_t number);
/* Frees all of them, and the shelf. */
void pkr_object_folders_end(pkr_shelf *folders);

#endif
