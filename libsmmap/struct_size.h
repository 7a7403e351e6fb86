/* struct_size.h - public structs that begin with `struct_size`: what is given on either side,
 * whichever of program and library is the older one. */
#ifndef SMM_STRUCT_SIZE_H
#define SMM_STRUCT_SIZE_H

#include <stdbool.h>
#include <stddef.h>

/* Where a field ends: the last one that version 0.2.0 had, which a size of 0 stands for. */
#define SMM_END_OF(type, field) (offsetof(type, field) + sizeof((type *)0)->field)

/* Fills `ours`, of `known` bytes, with what `theirs` has; the rest is zero. `theirs` may be NULL.
 * False if its size is none, or if it sets something that is not known here. */
bool smm_struct_take(void *ours, size_t known, size_t oldest, const void *theirs);

/* Fills `theirs`, as far as its size says, with `ours`. */
void smm_struct_give(void *theirs, size_t oldest, const void *ours, size_t known);

#endif
