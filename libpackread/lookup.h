/* lookup.h - rows of an index through windows: by id, by prefix, by position. */
#ifndef PACKREAD_LOOKUP_H
#define PACKREAD_LOOKUP_H

#include "id.h"
#include "pack.h"
#include "view.h"

/* One reader's views of an index: its tables lie far apart in a large one. */
typedef struct packread_rows {
    packread_view ids;
    packread_view crcs;
    packread_view offsets;
    packread_view wide;
} packread_rows;

/* Points the views at the pack's index. Errors: MEMORY. */
int packread_rows_point(packread_rows *rows, const packread_pack *pack, packread_error *error);
void packread_rows_close(packread_rows *rows);

/* A search of one index ends: `status`, or why what was seen of it is not the file's; then the next
 * index is begun with a clean slate. */
int packread_rows_settle(packread_rows *rows, int status, packread_error *error);

/* The calls below take rows that point at the index of `pack`. */

/* The first position whose id is not below `id`; idx.count if none. Only the fanout's bucket is
 * looked at: ids that are out of order there are not found. */
int packread_rows_lower_bound(packread_rows *rows, const packread_pack *pack, const packread_id *id,
                              uint32_t *position, packread_error *error);
/* Errors: NOT_FOUND (without detail), and those of reading. */
int packread_rows_find(packread_rows *rows, const packread_pack *pack, const packread_id *id,
                       uint32_t *position, packread_error *error);
/* Bytes of an id in the window; valid until the next call on the rows. */
int packread_rows_id(packread_rows *rows, const packread_pack *pack, uint32_t position,
                     const unsigned char **bytes, packread_error *error);
/* Errors: CORRUPT for an offset that is not between the pack's header and its trailer. */
int packread_rows_offset(packread_rows *rows, const packread_pack *pack, uint32_t position,
                         uint64_t *offset, packread_error *error);
/* Version 2 only. */
int packread_rows_crc(packread_rows *rows, const packread_pack *pack, uint32_t position,
                      uint32_t *crc, packread_error *error);

#endif
