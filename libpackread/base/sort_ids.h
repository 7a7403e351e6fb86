/* sort_ids.h - puts numbers in the order of the ids that they stand for. */
#ifndef PKR_SORT_IDS_H
#define PKR_SORT_IDS_H

#include "packread.h"

/* `order` has `count` numbers, rising; number n stands for the id at ids + n * id_size. Equal ids
 * stay in the order of their numbers. `spare` has room for as many. False where a stop was asked
 * for meanwhile, which may be NULL: then they are in no order. */
bool pkr_sort_ids(const unsigned char *ids, size_t id_size, uint32_t *order, uint32_t *spare,
                  uint32_t count, const packread_stop *stop);

#endif
