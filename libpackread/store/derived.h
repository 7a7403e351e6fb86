/* derived.h - the index of a pack that has none, or none that can be used: the bytes of an .idx,
 * made in memory from the pack's own. It is made when the pack is opened, so that packs stay
 * unchanged from then on and threads share them without a lock. How it is made is not known here:
 * it takes every object of the pack. */
#ifndef PKR_DERIVED_H
#define PKR_DERIVED_H

#include "store/pack.h"

typedef struct pkr_derived {
    unsigned char *bytes;
    size_t size;
    uint64_t charged;
    int findings; /* 0, or CORRUPT or THIN: the pack is damaged, objects may be missing */
} pkr_derived;

/* Gives the bytes of an index of `pack`, which is `alone`, to `write`: with CORRUPT or THIN too, if
 * there are whole objects in it. Errors: as packread_index. */
typedef int pkr_derive(packread_snapshot *snapshot, pkr_pack *pack, packread_writer *write,
                       void *context, pkr_fault *fault);

/* Gives a pack that is `alone` rows: then it is not any more, and reads as any other. `snapshot` is
 * for `derive`. Errors: BUDGET with a `needed` that is enough, STOPPED, NOT_A_PACK or VERSION where
 * neither the header nor any object is whole, those of reading. */
int pkr_derived_make(pkr_derive *derive, packread_snapshot *snapshot, pkr_budget *budget,
                     pkr_pack *pack, pkr_fault *fault);
/* Whether it was made of a damaged pack: it may lack objects, or have others for them. */
bool pkr_derived_is_partial(const pkr_pack *pack);
void pkr_derived_free(pkr_derived *derived, pkr_budget *budget);

/* The pack as it is without that index, to be verified by its own bytes. Its files and names are
 * those of `pack`; it is not closed. */
void pkr_derived_without(const pkr_pack *pack, pkr_pack *bare);

#endif
