/* loose_header.h - what a loose object begins with, once inflated: "TYPE SIZE" and a NUL. */
#ifndef PKR_LOOSE_HEADER_H
#define PKR_LOOSE_HEADER_H

#include "packread.h"

#define PKR_LOOSE_HEADER_MAX 32 /* bytes of the longest one, its NUL included, as git has it */

typedef struct pkr_loose_header {
    enum packread_type type;
    uint64_t size; /* of the contents, as it claims */
    size_t length; /* of the header, its NUL included */
} pkr_loose_header;

/* Of the first `size` inflated bytes; what is there beyond the longest header is not looked at.
 * Errors: CORRUPT, then `*text` says why. */
int pkr_loose_header_parse(const unsigned char *bytes, size_t size, pkr_loose_header *header,
                           const char **text);

/* Whether a file can hold a loose object: its first `size` bytes are how a zlib stream begins.
 * Errors: CORRUPT, then `*text` says why. */
int pkr_loose_stream_check(const unsigned char *bytes, size_t size, const char **text);

#endif
