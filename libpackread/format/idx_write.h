/* idx_write.h - lays out index files from tables in memory, into a writer. Pure: knows no file.
 * Format: gitformat-pack(5). */
#ifndef PKR_IDX_WRITE_H
#define PKR_IDX_WRITE_H

#include "base/fault.h"

/* What goes into the files. Tables are by rank. */
typedef struct pkr_idx_rows {
    uint32_t count;
    const uint32_t *order; /* `count` ranks in order of id */
    const unsigned char *ids;
    const uint32_t *crcs;
    const uint64_t *offsets;
    packread_id pack_sum;      /* its size is that of the ids */
    const packread_stop *stop; /* may be NULL */
} pkr_idx_rows;

/* Whether version 1 can hold all offsets. Errors: UNSUPPORTED. */
int pkr_idx_check_narrow(const pkr_idx_rows *rows, const char *file, pkr_fault *fault);
/* The .idx of version 1, which was checked, or else 2. Errors: STOPPED. */
int pkr_idx_write(const pkr_idx_rows *rows, unsigned version, packread_writer *write, void *context,
                  pkr_fault *fault);
/* The .rev; `positions` are the rows of the index in order of offset. Errors: STOPPED. */
int pkr_rev_write(const pkr_idx_rows *rows, const uint32_t *positions, packread_writer *write,
                  void *context, pkr_fault *fault);

#endif
