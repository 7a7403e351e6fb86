/* doubts.h - what is told of a pack that is served although something is wrong with it. */
#ifndef PKR_DOUBTS_H
#define PKR_DOUBTS_H

#include "store/pack.h"

/* Its index, its ends, its entries. */
#define PKR_DOUBTS_MOST 3

/* Fills `told`; how many there are. */
size_t pkr_doubts_tell(const pkr_pack *pack, packread_error told[PKR_DOUBTS_MOST]);

#endif
