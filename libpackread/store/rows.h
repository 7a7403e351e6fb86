/* rows.h - rows of an index through windows: by id, by prefix, by position. */
#ifndef PKR_ROWS_H
#define PKR_ROWS_H

#include "base/id.h"
#include "store/pack.h"
#include "store/view.h"

/* One reader's views of an index: its tables lie far apart in a large one. */
typedef struct pkr_rows {
    pkr_view ids;
    pkr_view crcs;
    pkr_view offsets;
    pkr_view wide;
} pkr_rows;

/* Points the views at the pack's index. Errors: MEMORY. */
int pkr_rows_point(pkr_rows *rows, const pkr_pack *pack, pkr_fault *fault);
void pkr_rows_close(pkr_rows *rows);

/* A search of one index ends: `status`, or why what was seen of it is not the file's; then the next
 * index is begun with a clean slate. */
int pkr_rows_settle(pkr_rows *rows, int status, pkr_fault *fault);

/* The calls below take rows that point at the index of `pack`. */

/* The first position whose id is not below `id`; idx.count if none. Only the fanout's bucket is
 * looked at: ids that are out of order there are not found. */
int pkr_rows_lower_bound(pkr_rows *rows, const pkr_pack *pack, const packread_id *id,
                         uint32_t *position, pkr_fault *fault);
/* Errors: NOT_FOUND (without detail), and those of reading. */
int pkr_rows_find(pkr_rows *rows, const pkr_pack *pack, const packread_id *id, uint32_t *position,
                  pkr_fault *fault);
/* Bytes of an id in the window; valid until the next call on the rows. */
int pkr_rows_id(pkr_rows *rows, const pkr_pack *pack, uint32_t position,
                const unsigned char **bytes, pkr_fault *fault);
/* Errors: CORRUPT for an offset that is not between the pack's header and its trailer. */
int pkr_rows_offset(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint64_t *offset,
                    pkr_fault *fault);
/* Version 2 only. */
int pkr_rows_crc(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint32_t *crc,
                 pkr_fault *fault);

#endif
