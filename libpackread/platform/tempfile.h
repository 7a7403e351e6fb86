/* tempfile.h - a file without a name, for bytes that memory has no room for: written once from
 * front to back, then read. It is gone from the disk with its descriptor, however the process ends.
 */
#ifndef PKR_TEMPFILE_H
#define PKR_TEMPFILE_H

#include "base/fault.h"

typedef struct pkr_tempfile {
    int fd;           /* -1: none */
    uint64_t size;    /* bytes written */
    uint64_t claimed; /* no more may be written */
    const char *folder;
} pkr_tempfile;

#define PKR_TEMPFILE_NONE \
    {                     \
        -1, 0, 0, NULL    \
    }

#define PKR_TEMPFILE_FOLDER "/tmp"

/* Makes one in `folder`, which stands as long as the file; NULL: in the one that TMPDIR names, else
 * in PKR_TEMPFILE_FOLDER. `claimed`: how many bytes are to come;
 * the disk is asked for that much room, and none of it is taken. Errors: TEMPORARY (`file` is the
 * folder, `needed` is `claimed`). */
int pkr_tempfile_open(pkr_tempfile *spill, const char *folder, uint64_t claimed, pkr_fault *fault);
/* Adds bytes at the end. More than were claimed are CORRUPT, without a place: the caller knows
 * whose they are. Errors: TEMPORARY, CORRUPT. */
int pkr_tempfile_write(pkr_tempfile *spill, const void *bytes, size_t size, pkr_fault *fault);
/* Harmless twice. */
void pkr_tempfile_close(pkr_tempfile *spill);

#endif
