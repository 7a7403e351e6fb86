/* cut.h - how much of a pack that was cut short is gone. */
#ifndef PKR_CUT_H
#define PKR_CUT_H

#include "pack/pack.h"

/* For a pack whose index is right, and whose trailer is not the one that the index names; the index
 * is laid out, `end` known, and the `doubt` that of the trailer. Where rows lie behind the end,
 * counts them in `beyond` and makes the doubt say so: CORRUPT, at the end. Reads all offsets.
 * Errors: MEMORY, those of reading the index. */
int pkr_cut_measure(pkr_pack *pack, pkr_budget *budget, pkr_fault *fault);

#endif
