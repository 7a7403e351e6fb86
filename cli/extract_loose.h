/* extract_loose.h - an object as git keeps one that is in no pack: DIR/ab/cdef..., compressed. */
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
    bool has_folder[256]; /* by the first byte of an id */
    unsigned char out[LOOSE_OUT];
};

/* Whether there is a file under its name already; it is the same object then. */
bool loose_is_there(const struct loose_writer *writer, const packread_id *id);
/* All return 0 or an errno. The data are `size` bytes in as many pieces as it takes. */
int loose_begin(struct loose_writer *writer, enum packread_type type, uint64_t size);
int loose_write(struct loose_writer *writer, const void *bytes, size_t size);
/* The file appears under the name of `id`, or is removed. */
int loose_finish(struct loose_writer *writer, const packread_id *id);
/* Removes what was begun; harmless where nothing was. */
void loose_abort(struct loose_writer *writer);
void loose_end(struct loose_writer *writer);

#endif
