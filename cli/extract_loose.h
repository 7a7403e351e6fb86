/* extract_loose.h - an object as git keeps one that is in no pack: DIR/ab/cdef..., compressed. The
 * folder ab is never a symbolic link. */
#ifndef EXTRACT_LOOSE_H
#define EXTRACT_LOOSE_H

#include "replace.h"

#include <packread.h>

#include <zlib.h>

#define LOOSE_OUT ((size_t)64 << 10)

/* Writes one object after the other below an open folder. Begins as zero. */
struct loose_writer {
    int folder; /* the caller's; the rest is the writer's */
    z_stream stream;
    bool is_ready; /* `stream` was begun */
    replacement file;
    int below;     /* the folder ab of the object at hand, if it is open */
    bool is_below; /* it is */
    bool is_made;  /* it was made for that object */
    char below_name[3];
    char name[PACKREAD_HEX_MAX + 1]; /* of the file in it */
    unsigned char out[LOOSE_OUT];
};

/* All return 0 or an errno; where folder_below_is_taken, no object can be put into that ab. */

/* The object that the calls below are about. `*is_there`: there is a file under its name already;
 * it is the same object then, and nothing is to be done. */
int loose_look(struct loose_writer *writer, const packread_id *id, bool *is_there);
/* The data are `size` bytes in as many pieces as it takes. */
int loose_begin(struct loose_writer *writer, enum packread_type type, uint64_t size);
int loose_write(struct loose_writer *writer, const void *bytes, size_t size);
/* The file appears under its name, or is removed. */
int loose_finish(struct loose_writer *writer);
/* Removes what was begun, and a folder that was made for it; harmless where nothing was. */
void loose_abort(struct loose_writer *writer);
void loose_end(struct loose_writer *writer);

#endif
