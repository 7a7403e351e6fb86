/* side_table.h - what .rev and .mtimes have in common: a head, four bytes for each object of the
 * pack, the pack's sum and the file's own. A pure parser. */
#ifndef PKR_SIDE_TABLE_H
#define PKR_SIDE_TABLE_H

#include "packread.h"

/* Bytes of the file's head that the parser wants, or all of the file if it is shorter. */
#define PKR_SIDE_TABLE_HEAD 12

/* All offsets from the start of the file. */
typedef struct pkr_side_table {
    size_t id_size; /* 20 or 32 */
    uint32_t count; /* rows of four bytes, from PKR_SIDE_TABLE_HEAD on */
    uint64_t pack_sum;
    uint64_t sum; /* the file's own */
    uint64_t size;
} pkr_side_table;

/* What is said of a file that is none. */
typedef struct pkr_side_words {
    char magic[5];
    const char *none;    /* it does not begin as one */
    const char *version; /* of another version than 1 */
    const char *hash;    /* of a hash that is not known */
    const char *size;    /* too short, or not made of whole rows */
} pkr_side_words;

/* Returns 0, or NOT_AN_INDEX, VERSION or CORRUPT, then `*text` says why. */
int pkr_side_table_parse(const pkr_side_words *words, const unsigned char *head, size_t length,
                         uint64_t file_size, pkr_side_table *table, const char **text);

#endif
