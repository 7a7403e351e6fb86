/* kept_file.h - a file that is kept in memory, and read again when it changed. */
#ifndef PKR_KEPT_FILE_H
#define PKR_KEPT_FILE_H

#include "base/memory.h"
#include "platform/host.h"

/* All zeros but path and budget: not read yet. */
typedef struct pkr_kept_file {
    char *path;
    pkr_budget *budget;
    bool is_read;
    pkr_stamp stamp; /* taken before it was read: it may be that of the file before this one */
    bool is_young;   /* it may have changed since without another stamp */
    void *bytes;     /* NULL: it is not there, or empty */
    size_t size;
    uint64_t room;    /* bytes that are paid for */
    uint64_t changes; /* how often it was read */
} pkr_kept_file;

/* Makes it what is there now: one call of the system where that is no news. Then `changes` is
 * another number. Errors: SYSTEM, BUDGET, MEMORY; CHANGED if it keeps changing; NOT_REGULAR. What
 * was read before is gone then. */
int pkr_kept_file_look(pkr_kept_file *file, packread_error *error);
/* It is read at the next look, whatever its stamp says. */
void pkr_kept_file_doubt(pkr_kept_file *file);
void pkr_kept_file_free(pkr_kept_file *file);

/* All bytes of a file that is complete when it appears; paid for with `*room`. */
int pkr_kept_file_read(pkr_budget *budget, const char *path, const pkr_stamp *stamp, void **bytes,
                       size_t *size, uint64_t *room, packread_error *error);

#endif
