/* id.h - object ids and prefixes of ids, inside the library. */
#ifndef PKR_ID_H
#define PKR_ID_H

#include "packread.h"

/* The first `digits` hex digits of ids of low.size bytes; low's other digits are zero, so that it
 * is the lowest id that has the prefix. */
typedef struct pkr_prefix {
    packread_id low;
    size_t digits;
} pkr_prefix;

/* Whether it is one: of a size that ids have, and zero behind it. */
bool pkr_id_is_whole(const packread_id *id);
#define PKR_NO_ID "not an id: of 20 or 32 bytes, with nothing but zeros behind them"

/* `size` is at most PACKREAD_ID_MAX. */
void pkr_id_set(packread_id *id, const unsigned char *bytes, size_t size);

/* The file of a loose object as seen from its object folder: "/12/3456...". */
#define PKR_LOOSE_NAME_MAX (PACKREAD_HEX_MAX + 3)
void pkr_id_loose_name(const packread_id *id, char name[PKR_LOOSE_NAME_MAX]);

/* Errors: ARGUMENT for too few, too many, or other than hex digits. */
int pkr_prefix_parse(const char *hex, size_t length, size_t id_size, pkr_prefix *prefix);

/* The highest id that has it. */
packread_id pkr_prefix_high(const pkr_prefix *prefix);

#endif
