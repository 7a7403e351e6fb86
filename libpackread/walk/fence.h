/* fence.h - keeps damage and entries that overlap from costing the same bytes again and again. In
 * an intact pack each entry ends where the next row's begins, so that is as far as it is followed
 * at first. What has not ended there is followed on, as long as all that was inflated so in vain is
 * in some proportion to the pack: an index made for it names a million places in one long stream.
 */
#ifndef PKR_FENCE_H
#define PKR_FENCE_H

#include "object/links.h"
#include "walk/forest.h"

/* Before the steps: how much may be inflated in vain. */
void pkr_fence_allow(pkr_forest *forest);
/* Whether any of that is left. */
static inline bool pkr_fence_may_go_on(const pkr_forest *forest)
{
    return atomic_load_explicit(&forest->spare_work, memory_order_relaxed) > 0;
}
/* The reader's work since it was `before` was in vain, or may have been. */
void pkr_fence_charge(pkr_forest *forest, const packread_reader *reader, uint64_t before);

/* Around inflating the entry at `rank`:
 *
 *     pkr_fence_begin(forest, reader, rank);
 *     do
 *         status = ...;
 *     while (pkr_fence_go_beyond(forest, reader, rank, &status, fault));
 *
 * `status` and `fault` are those of the last try, or CORRUPT if no work may go into another. */
void pkr_fence_begin(const pkr_forest *forest, packread_reader *reader, uint32_t rank);
bool pkr_fence_go_beyond(pkr_forest *forest, packread_reader *reader, uint32_t rank, int *status,
                         pkr_fault *fault);

/* Where the data of this entry ends, if that is not past `next`; else, where it is damaged, and
 * once the forest's work is stopped, where the entry begins. Errors: those of windows, MEMORY. */
int pkr_fence_measure(pkr_forest *forest, packread_reader *reader, const pkr_link *link,
                      uint64_t next, uint64_t *end, pkr_fault *fault);
/* The same of the entry whose header is at `at`, if there is one. */
int pkr_fence_measure_at(pkr_forest *forest, packread_reader *reader, uint64_t at, uint64_t next,
                         uint64_t *end, pkr_fault *fault);

#endif
