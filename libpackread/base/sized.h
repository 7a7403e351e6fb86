/* sized.h - public structs that begin with `struct_size`: what is given on either side, whichever
 * of program and library is the older one. */
#ifndef PKR_SIZED_H
#define PKR_SIZED_H

#include <stdbool.h>
#include <stddef.h>

/* The end of a field: of the last one that version 0.2.0 had, which a size of 0 stands for. */
#define PKR_END_OF(type, field) (offsetof(type, field) + sizeof((type *)0)->field)

/* Fills `ours`, of `known` bytes, with what `theirs` has; the rest is zero. `theirs` may be NULL.
 * False if its size is none, or it sets something that is not known here. */
bool pkr_sized_take(void *ours, size_t known, size_t oldest, const void *theirs);
/* Whether `theirs`, which is to be filled, has a size. NULL has none to have. */
bool pkr_sized_can_be_given(const void *theirs);
/* Whether what is to be filled has room from `offset` on: a field there costs nothing else. */
bool pkr_sized_reaches(const void *theirs, size_t offset);
#define PKR_NO_SIZE "struct_size is not set"
/* Fills `theirs`, as far as its size says, with `ours`. */
void pkr_sized_give(void *theirs, size_t oldest, const void *ours, size_t known);

#endif
