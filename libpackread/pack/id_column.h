/* id_column.h - ids in a file, one after the other in rising order, read through a view that is
 * pointed at the file. */
#ifndef PKR_ID_COLUMN_H
#define PKR_ID_COLUMN_H

#include "base/fault.h"
#include "pack/view.h"

typedef struct pkr_id_column {
    uint64_t at;   /* where the first one begins in the file */
    size_t stride; /* bytes from one to the next */
    size_t size;   /* of one */
} pkr_id_column;

/* The bytes of one id, valid until the view is used again. */
int pkr_id_column_get(pkr_view *view, const pkr_id_column *column, uint32_t position,
                      const unsigned char **bytes, pkr_fault *fault);
/* The same of as many from `position` on, before `end`, as one window has: one at least. */
int pkr_id_column_run(pkr_view *view, const pkr_id_column *column, uint32_t position, uint32_t end,
                      const unsigned char **bytes, uint32_t *count, pkr_fault *fault);
/* The first position from `low` on, before `high`, whose id is not below `id`; `high` if there is
 * none. `low` is below `high`. */
int pkr_id_column_bound(pkr_view *view, const pkr_id_column *column, const unsigned char *id,
                        uint32_t low, uint32_t high, uint32_t *position, pkr_fault *fault);

#endif
