/* derived.h - the index of a pack that has none, or none that can be used: the bytes of an .idx,
 * made in memory from the pack's own. It is made when the pack is opened, so that packs stay
 * unchanged from then on and threads share them without a lock. How it is made is not known here:
 * it takes every object of the pack. */
#ifndef PKR_DERIVED_H
#define PKR_DERIVED_H

#include "pack/pack.h"

/* Gives the bytes of an index of `pack`, which is `alone`, to the options' writer: with CORRUPT,
 * THIN, BUDGET or TEMPORARY too, if there are whole objects in it: then `summary`, which is not
 * NULL, gets a struct_size. Errors: as packread_index. */
typedef int pkr_derive(packread_snapshot *snapshot, pkr_pack *pack,
                       const packread_index_options *options, packread_index_summary *summary,
                       pkr_fault *fault);

/* Gives a pack that is `alone` rows: then it is not any more, and reads as any other. `snapshot` is
 * for `derive`; writers and version of `options` are not looked at. Errors: BUDGET with a `needed`
 * that is enough, STOPPED, NOT_A_PACK or VERSION where neither the header nor any object is whole,
 * those of reading. */
int pkr_derived_make(pkr_derive *derive, packread_snapshot *snapshot, pkr_budget *budget,
                     const packread_index_options *options, pkr_pack *pack, pkr_fault *fault);

/* The pack as it is without that index, to be verified by its own bytes. Its files and names are
 * those of `pack`; it is not closed. */
void pkr_derived_without(const pkr_pack *pack, pkr_pack *bare);

#endif
