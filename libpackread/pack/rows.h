/* rows.h - rows of one index through windows: by id, by position. (Across indexes: find/find.h.) */
#ifndef PKR_ROWS_H
#define PKR_ROWS_H

#include "base/id.h"
#include "pack/pack.h"
#include "pack/view.h"

/* One reader's views of an index: its tables lie far apart in a large one. */
typedef struct pkr_rows {
    pkr_view ids;
    pkr_view crcs;
    pkr_view offsets;
    pkr_view wide;
} pkr_rows;

/* Points all views at the pack's index. The calls below do that too, each with the one that it
 * needs. Errors: MEMORY. */
int pkr_rows_point(pkr_rows *rows, const pkr_pack *pack, pkr_fault *fault);
void pkr_rows_close(pkr_rows *rows);

/* What was asked of one index is answered: `status`, or why what was seen of it is not the file's;
 * then the next index is begun with a clean slate. */
int pkr_rows_settle(pkr_rows *rows, int status, pkr_fault *fault);

/* Only its fanout bucket is looked at: ids that are out of order there are not found. Errors:
 * NOT_FOUND (without detail), and those of reading. */
int pkr_rows_find(pkr_rows *rows, const pkr_pack *pack, const packread_id *id, uint32_t *position,
                  pkr_fault *fault);
/* Bytes of an id in the window; valid until the next call on the rows. */
int pkr_rows_id(pkr_rows *rows, const pkr_pack *pack, uint32_t position,
                const unsigned char **bytes, pkr_fault *fault);
/* The same of as many rows from `position` on, before `end`, as one window has: one at least,
 * idx.id_stride bytes from one to the next. */
int pkr_rows_ids(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint32_t end,
                 const unsigned char **bytes, uint32_t *count, pkr_fault *fault);
/* The offset that the row names, wherever that lies. Errors: CORRUPT where it names none, those of
 * reading. */
int pkr_rows_named_offset(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint64_t *offset,
                          pkr_fault *fault);
/* Errors: CORRUPT for an offset that is not between the pack's header and its trailer; with
 * PKR_BEHIND_CUT for text, and the pack's file, where it is the pack that was cut short. */
#define PKR_BEHIND_CUT "the pack is cut short here: the object lay behind"
int pkr_rows_offset(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint64_t *offset,
                    pkr_fault *fault);
/* What is wrong with a row whose offset was found to be none: an error whatever is there by now. */
int pkr_rows_bad_offset(pkr_rows *rows, const pkr_pack *pack, uint32_t position, pkr_fault *fault);
/* How many rows name an offset of the table of 64-bit ones. */
int pkr_rows_count_wide(pkr_rows *rows, const pkr_pack *pack, uint64_t *count, pkr_fault *fault);
/* Version 2 only. */
int pkr_rows_crc(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint32_t *crc,
                 pkr_fault *fault);

#endif
