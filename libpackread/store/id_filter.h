/* id_filter.h - in memory, which ids none of many packs has: a Bloom filter, two bytes a row. It
 * never says so of an id that is in a row. */
#ifndef PKR_ID_FILTER_H
#define PKR_ID_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/budget.h"

typedef struct pkr_id_filter pkr_id_filter;

/* An empty one, of no more than `most` bytes; NULL where there is not so much. */
pkr_id_filter *pkr_id_filter_new(pkr_budget *budget, uint64_t rows, uint64_t most);
void pkr_id_filter_free(pkr_id_filter *filter, pkr_budget *budget);
void pkr_id_filter_add(pkr_id_filter *filter, const unsigned char *id);
bool pkr_id_filter_may_have(const pkr_id_filter *filter, const unsigned char *id);
/* Bytes taken from the budget. */
uint64_t pkr_id_filter_size(const pkr_id_filter *filter);

#endif
