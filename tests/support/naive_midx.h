/* naive_midx.h - multi-pack-indexes read a second time, with no thought for speed: the whole file
 * in memory, every rule checked where it is met. Aborts on nothing but want of memory. */
#ifndef NAIVE_MIDX_H
#define NAIVE_MIDX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct naive_midx_row {
    const unsigned char *id;
    uint32_t pack;
    bool has_offset; /* else its row of 64-bit offsets is not there */
    uint64_t offset;
} naive_midx_row;

/* Points into the file's bytes. */
typedef struct naive_midx {
    unsigned version;
    size_t id_size;
    uint32_t packs;
    char **names; /* copies */
    uint32_t count;
    naive_midx_row *rows;
} naive_midx;

/* False if git could not read it, or we would not. */
bool naive_midx_read(const unsigned char *bytes, size_t size, naive_midx *midx);
void naive_midx_free(naive_midx *midx);

#endif
