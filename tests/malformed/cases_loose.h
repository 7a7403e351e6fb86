/* cases_loose.h - files in the place of loose objects that are not what git writes, and what each
 * of them is. */
#ifndef CASES_LOOSE_H
#define CASES_LOOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "packread.h"
#include "packwriter.h"

/* How a file is made of an object's contents. */
enum loose_form {
    LOOSE_HEADER,   /* `header` of `header_size` bytes (0: up to its NUL, with it), then contents */
    LOOSE_REPEATED, /* the same; the header's one byte `count` times, and a NUL */
    LOOSE_OTHER,    /* a right header, and other contents of that size */
    LOOSE_NOTHING,  /* no byte */
    LOOSE_RAW,      /* header and contents as they are, without zlib */
    LOOSE_DEFLATE,  /* the stream without zlib's header and trailer */
    LOOSE_GZIP,     /* gzip's header before the stream */
    LOOSE_OLD,      /* the experimental format: a header as packs have it, then the stream */
    LOOSE_TWICE,    /* the right file two times */
    LOOSE_TRAILING, /* the right file, then `header_size` bytes of `header` */
    LOOSE_EMPTIES,  /* the right stream, and `count` stored blocks without a byte in it */
    LOOSE_STORED    /* the right stream, not compressed */
};

typedef struct loose_case {
    const char *name;
    enum loose_form form;
    const char *header;
    size_t header_size;
    size_t count;
    const char *text; /* what verify says; NULL: the object is right */
    bool git_dies;    /* of the size: its fsck goes no further */
} loose_case;

extern const loose_case cases_loose[];
extern const size_t cases_loose_count;

/* The contents that case NUMBER has: no two cases have the same, so each has an id of its own. In a
 * buffer that the next call writes over. */
#define CASES_LOOSE_SIZE 60
const char *cases_loose_contents(size_t number);
void cases_loose_build(struct packwriter_bytes *file, size_t number);

#endif
