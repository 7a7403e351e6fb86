/* sum.h - sums of a file's bytes, through windows. */
#ifndef PACKREAD_SUM_H
#define PACKREAD_SUM_H

#include <stdatomic.h>

#include "view.h"

/* Of the bytes up to `end`, by the hash that makes ids of `id_size` bytes. Ends early, with a sum
 * of no meaning, once `*stopped` (may be NULL) is set. */
int packread_sum(packread_view *view, uint64_t end, size_t id_size, const _Atomic bool *stopped,
                 packread_id *sum, packread_error *error);
/* The `id_size` bytes at `place`. */
int packread_sum_stored(packread_view *view, uint64_t place, size_t id_size, packread_id *sum,
                        packread_error *error);
/* CRC-32 of the bytes from `at` to `end`. */
int packread_sum_crc(packread_view *view, uint64_t at, uint64_t end, uint32_t *crc,
                     packread_error *error);

#endif
