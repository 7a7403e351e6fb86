/* check_large.h - objects that a walk has no memory for. */
#ifndef PKR_CHECK_LARGE_H
#define PKR_CHECK_LARGE_H

#include "walk/walk.h"

/* An object that memory has no room for: it is streamed, its children are put off. */
void pkr_walk_large(pkr_walk *walk, uint32_t rank);
/* Children of an object that is checked, which there is no room to wait with. */
void pkr_walk_put_off(pkr_walk *walk, uint32_t rank);

#endif
