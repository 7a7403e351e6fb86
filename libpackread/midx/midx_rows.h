/* midx_rows.h - rows of one multi-pack-index through windows: by id, by position. */
#ifndef PKR_MIDX_ROWS_H
#define PKR_MIDX_ROWS_H

#include "midx/midx_file.h"

/* One reader's views of it. */
typedef struct pkr_midx_rows {
    pkr_view ids;
    pkr_view places;
    pkr_view wide;
} pkr_midx_rows;

void pkr_midx_rows_close(pkr_midx_rows *rows);
/* Lets go of all windows: others may need the room. */
void pkr_midx_rows_rest(pkr_midx_rows *rows);
/* What was asked is answered: `status`, or why what was seen is not the file's; then what comes
 * next is begun with a clean slate. */
int pkr_midx_rows_settle(pkr_midx_rows *rows, int status, pkr_fault *fault);

/* Only its fanout bucket is looked at. Errors: NOT_FOUND (without detail), those of windows. */
int pkr_midx_rows_find(pkr_midx_rows *rows, const pkr_midx_file *file, const unsigned char *id,
                       uint32_t *position, pkr_fault *fault);
/* The same for the first id of the bucket that is not below; `bytes` are valid until the next call
 * on the rows. */
int pkr_midx_rows_next(pkr_midx_rows *rows, const pkr_midx_file *file, const unsigned char *id,
                       uint32_t *position, const unsigned char **bytes, pkr_fault *fault);
/* Ids from `position` on, as many as one window has; one at least. */
int pkr_midx_rows_ids(pkr_midx_rows *rows, const pkr_midx_file *file, uint32_t position,
                      const unsigned char **bytes, uint32_t *count, pkr_fault *fault);
/* The number of the pack as the file counts, which may be none, and the offset in it. With `offset`
 * NULL, the number alone. Errors: CORRUPT, those of windows. */
int pkr_midx_rows_place(pkr_midx_rows *rows, const pkr_midx_file *file, uint32_t position,
                        uint32_t *pack, uint64_t *offset, pkr_fault *fault);

#endif
