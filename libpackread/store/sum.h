/* sum.h - sums of a file's bytes, through windows. */
#ifndef PKR_SUM_H
#define PKR_SUM_H

#include <stdatomic.h>

#include "store/view.h"

/* Of the bytes up to `end`, by the hash that makes ids of `id_size` bytes. Ends early, with a sum
 * of no meaning, once `*stopped` (may be NULL) is set. */
int pkr_sum(pkr_view *view, uint64_t end, size_t id_size, const _Atomic bool *stopped,
            packread_id *sum, pkr_fault *fault);
/* The `id_size` bytes at `place`. */
int pkr_sum_stored(pkr_view *view, uint64_t place, size_t id_size, packread_id *sum,
                   pkr_fault *fault);
/* CRC-32 of the bytes from `at` to `end`. */
int pkr_sum_crc(pkr_view *view, uint64_t at, uint64_t end, uint32_t *crc, pkr_fault *fault);

#endif
