/* sum.h - sums of a file's bytes, through windows. */
#ifndef PKR_SUM_H
#define PKR_SUM_H

#include <stdatomic.h>

#include "pack/view.h"

/* The `id_size` bytes at `place`. */
int pkr_sum_stored(pkr_view *view, uint64_t place, size_t id_size, packread_id *sum,
                   pkr_fault *fault);
/* Whether those at `end`, which `stored` receives, are the sum of all before them, by the hash that
 * makes ids of that size. Ends early, and then says nothing, once `*stopped` (may be NULL) is set.
 */
int pkr_sum_check(pkr_view *view, uint64_t end, size_t id_size, const _Atomic bool *stopped,
                  packread_id *stored, bool *is_right, pkr_fault *fault);
/* CRC-32 of the bytes from `at` to `end`. */
int pkr_sum_crc(pkr_view *view, uint64_t at, uint64_t end, uint32_t *crc, pkr_fault *fault);

#endif
