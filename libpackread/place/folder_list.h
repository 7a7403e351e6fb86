/* folder_list.h - the object folders of a repository as they are now: its own, and those that the
 * environment and info/alternates name, and theirs again, in git's order, each once. */
#ifndef PKR_FOLDER_LIST_H
#define PKR_FOLDER_LIST_H

#include <stdbool.h>

#include "base/budget.h"
#include "base/memory.h"
#include "platform/host.h"

typedef struct pkr_listed {
    char *path; /* of an alternate, without links */
    uint64_t
        device; /* it and `file` tell whether two paths are one folder; both 0: there is none */
    uint64_t file;
    bool is_alternate;
    char *names;     /* its info/alternates */
    pkr_stamp stamp; /* of that, before it was read */
    bool is_young;   /* that file may have changed since all the same */
} pkr_listed;

/* All zeros: none. */
typedef struct pkr_folder_list {
    pkr_budget *budget;
    pkr_table folders;  /* pkr_listed */
    pkr_table problems; /* packread_error: what keeps one from being read */
    uint32_t *slots;    /* of a hash table over device and file: indexes and 1, or 0 */
    size_t slot_count;
} pkr_folder_list;

typedef struct pkr_folder_roots {
    const char *own;
    const char *more; /* as GIT_ALTERNATE_OBJECT_DIRECTORIES has them; may be NULL */
    const char *here; /* where relative ones of these start; NULL: where the process is */
    bool is_first;    /* the first reading: whatever cannot be read is left out, with a problem. In
                       * later ones only what may not be read or is not there is; all else is an
                       * error, so that no folder is lost that was there before */
} pkr_folder_roots;

static inline pkr_listed *pkr_folder_list_get(const pkr_folder_list *list, size_t index)
{
    return (pkr_listed *)list->folders.rows + index;
}

/* Errors: SYSTEM, MEMORY, BUDGET, STOPPED; `error` has the file. Freed by the caller on failure
 * too. */
int pkr_folder_list_read(pkr_budget *budget, const pkr_folder_roots *roots, pkr_folder_list *list,
                         packread_error *error);
/* One more problem, of what is in a folder. Errors: BUDGET, MEMORY. */
int pkr_folder_list_note(pkr_folder_list *list, const packread_error *problem, pkr_fault *fault);
void pkr_folder_list_free(pkr_folder_list *list);

#endif
