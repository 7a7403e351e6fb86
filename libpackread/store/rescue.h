/* rescue.h - an index whose head is damaged, laid out by what its pack says. */
#ifndef PKR_RESCUE_H
#define PKR_RESCUE_H

#include "store/pack.h"

/* For a pack whose two files are open and whose index's magic, version or fanout is not to be used:
 * if the pack's count gives tables that fill the index, and the pack's trailer stands where they
 * have it, that is the layout, and the fanout is found from the ids. False: nothing is to be told.
 * Fills pack->idx. */
bool pkr_rescue_index(pkr_pack *pack);
/* For one whose index could be laid out, but by another number of objects than the pack has: if the
 * pack's count gives a layout that its rows speak for, that is taken instead, and `doubt` says so.
 * Reads the table of offsets. */
bool pkr_rescue_count(pkr_pack *pack);
/* For one whose index has another length than its tables and sums, or could be laid out by its
 * length, but does not name this pack: if there is a layout that counts as many objects as the
 * pack, and has ids where the fanout wants them while the present one has not, the index is used as
 * far as it goes, and `doubt` says so. Reads some of the ids. */
bool pkr_rescue_length(pkr_pack *pack);
/* As pkr_rescue_index, where none of the others helps because the pack is cut or damaged too:
 * by the length alone if the trailer stands where that has it, or by the pack's count alone if the
 * ids and offsets look like such. */
bool pkr_rescue_tables(pkr_pack *pack);

#endif
