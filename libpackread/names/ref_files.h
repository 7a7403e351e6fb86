/* ref_files.h - refs as files of their own, and in packed-refs.
 *
 * git writes a ref's file before, and takes it away after, it has written packed-refs. So who finds
 * no file and then looks into packed-refs as it is now has the ref as it was before or as it is
 * after; only where packed-refs changed on the way the file is looked for once more. */
#ifndef PKR_REF_FILES_H
#define PKR_REF_FILES_H

#include "base/mutex.h"
#include "format/packed_refs.h"
#include "names/kept_file.h"
#include "names/ref_list.h"

typedef struct pkr_ref_files {
    const char *own;    /* the folder of the refs that each work tree has for itself */
    const char *common; /* that of all others: the same one, but in a linked work tree */
    size_t id_size;
    pkr_lock *lock; /* of all below */
    pkr_kept_file packed;
    uint64_t parsed; /* packed.changes when `refs` was made from it */
    pkr_packed_refs refs;
} pkr_ref_files;

/* The strings and the lock are the caller's. Errors: MEMORY. */
int pkr_ref_files_begin(pkr_ref_files *files, pkr_budget *budget, packread_error *error);
void pkr_ref_files_end(pkr_ref_files *files);

/* The file that the ref of a valid name is or would be, to be freed; NULL without memory. */
char *pkr_ref_files_path(const char *own, const char *common, const char *name, size_t length);

/* What the file of a ref says. Errors: NOT_FOUND, without detail; CORRUPT for what is neither an id
 * nor the name of a ref, and with NOT_REGULAR in `error` for what is no file; SYSTEM, MEMORY. */
int pkr_ref_files_read_loose(const pkr_ref_files *files, const char *name, size_t length,
                             pkr_ref *ref, packread_error *error);
/* The ref of a valid name, whichever way it is kept. Errors: also those of packed-refs. */
int pkr_ref_files_read(pkr_ref_files *files, const char *name, size_t length, pkr_ref *ref,
                       packread_error *error);
/* Of a name that could not be read: whether packed-refs has a line of it that is damaged. */
bool pkr_ref_files_is_lost(pkr_ref_files *files, const char *name, size_t length);
/* Adds all refs, those too that cannot be read. Errors: MEMORY, BUDGET, SYSTEM; CORRUPT for a
 * packed-refs that cannot be read. */
int pkr_ref_files_list(pkr_ref_files *files, pkr_ref_list *list, packread_error *error);
/* How often packed-refs was read. */
uint64_t pkr_ref_files_changes(pkr_ref_files *files);

#endif
