/* entry.h - the header of a pack entry: type, size, and where its base is. A pure parser.
 * Format: gitformat-pack(5), "pack-*.pack files have the following format". */
#ifndef PKR_ENTRY_H
#define PKR_ENTRY_H

#include "packread.h"

/* No header is longer: a size of 10 bytes, then an offset of 10 bytes or an id. */
#define PKR_ENTRY_HEADER_MAX (10 + PACKREAD_ID_MAX)

typedef struct pkr_entry {
    enum packread_type type; /* one of the four objects or the two deltas */
    uint64_t size;           /* inflated: of the object, or of the delta */
    size_t header_size;      /* bytes before the deflated data */
    size_t size_bytes;       /* of these, those that hold type and size */
    uint64_t base_distance;  /* OFS_DELTA: the base begins so many bytes before the entry; >= 1 */
    unsigned char base_id[PACKREAD_ID_MAX]; /* REF_DELTA: the first id_size bytes */
} pkr_entry;

/* Reads a header at `bytes`, of which `length` may be looked at; give PKR_ENTRY_HEADER_MAX, or
 * all that the file has if that is less. Returns 0 or CORRUPT, then `*text` says why. */
int pkr_entry_parse(const unsigned char *bytes, size_t length, size_t id_size, pkr_entry *entry,
                    const char **text);

/* Why git cannot read an entry with this header, which can be read here; NULL if it can. */
const char *pkr_entry_refused(const pkr_entry *entry);

#endif
