/* naive.h - the formats read a second time, as plainly as can be: what the library's parsers are
 * compared with. No cleverness, no shared code; numbers are wider than anything they may hold, so
 * that a lost bit shows. Used by tests and fuzzers. */
#ifndef NAIVE_H
#define NAIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Numbers of variable length; false: cut off, or 2^64 and more --------------------------- */

/* As at the front of an entry: 4 bits, then 7 a byte, lowest first. At most 10 bytes. */
bool naive_entry_size(const unsigned char *bytes, size_t length, uint64_t *size, size_t *used);
/* As in an OFS_DELTA: 7 bits a byte, highest first, each continuation adds one. */
bool naive_distance(const unsigned char *bytes, size_t length, uint64_t *distance, size_t *used);
/* As at the front of a delta: 7 bits a byte, lowest first. At most 10 bytes. */
bool naive_delta_size(const unsigned char *bytes, size_t length, uint64_t *size, size_t *used);

/* ---- Entries -------------------------------------------------------------------------------- */

struct naive_entry {
    unsigned type;
    uint64_t size;
    size_t header_size;
    uint64_t distance;            /* OFS_DELTA, else 0 */
    const unsigned char *base_id; /* REF_DELTA, else NULL */
};

bool naive_entry_read(const unsigned char *bytes, size_t length, size_t id_size,
                      struct naive_entry *entry);

/* ---- Deltas --------------------------------------------------------------------------------- */

enum naive_delta_answer {
    NAIVE_DELTA_OK,
    NAIVE_DELTA_BAD,    /* malformed, whatever the base */
    NAIVE_DELTA_OUTSIDE /* well formed, but copies from outside its base */
};

/* Whether the delta is right, with its result in memory to be freed; on anything but OK the result
 * is NULL. A result that grows past `limit` is BAD; give more than is claimed. */
enum naive_delta_answer naive_delta_apply(const unsigned char *delta, size_t length,
                                          const unsigned char *base, uint64_t base_size,
                                          uint64_t limit, unsigned char **result,
                                          uint64_t *result_size);

/* ---- Trees ---------------------------------------------------------------------------------- */

struct naive_tree_entry {
    uint32_t mode;
    size_t name_begin;
    size_t name_end; /* where the NUL is */
    size_t id_begin;
    size_t end;
};

/* The entry at the front; false where it is none. */
bool naive_tree_entry_read(const unsigned char *bytes, size_t length, size_t id_size,
                           struct naive_tree_entry *entry);

#endif
