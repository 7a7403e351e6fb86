/* verify_large.h - objects that a walk has no memory for. */
#ifndef PACKREAD_VERIFY_LARGE_H
#define PACKREAD_VERIFY_LARGE_H

#include "verify_walk.h"

/* An object that memory has no room for: it is streamed, its children are put off. */
void packread_walk_large(packread_walk *walk, uint32_t rank);
/* Children of an object that is checked, which there is no room to wait with. */
void packread_walk_put_off(packread_walk *walk, uint32_t rank);

#endif
