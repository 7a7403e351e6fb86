/* idx.h - where the tables of an index are: a pure parser of its head against the file's size.
 * Format: gitformat-pack(5), "Original (version 1) pack-*.idx files" and "Version 2". */
#ifndef PKR_IDX_H
#define PKR_IDX_H

#include "packread.h"

/* Bytes of the file's head that the parser wants, or all of the file if it is shorter. */
#define PKR_IDX_HEAD (8 + 256 * 4)

/* All offsets from the start of the file. */
typedef struct pkr_idx {
    unsigned version;     /* 1 or 2 */
    size_t id_size;       /* 20 or 32 */
    uint32_t count;       /* objects */
    uint32_t fanout[256]; /* rising; the last is count */
    uint64_t ids;         /* the first id; in version 1 each row is a 4-byte offset and an id */
    size_t id_stride;     /* bytes from one id to the next */
    uint64_t crcs;        /* version 2 only */
    uint64_t offsets;     /* 4-byte offsets */
    size_t offset_stride;
    uint64_t wide; /* 8-byte offsets, version 2 only */
    uint64_t wide_count;
    uint64_t pack_sum; /* the pack's trailer, then the index's own */
    uint64_t size;     /* of the file */
} pkr_idx;

/* `head` has `length` bytes: PKR_IDX_HEAD, or the whole file if that is less. Returns 0, or
 * NOT_AN_INDEX, VERSION or CORRUPT, then `*text` says why. */
int pkr_idx_parse(const unsigned char *head, size_t length, uint64_t file_size, size_t id_size,
                  pkr_idx *idx, const char **text);

#endif
