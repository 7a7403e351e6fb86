/* repair.h - an object whose chain of deltas is damaged in its own pack, made from copies that
 * other packs have of its bases. */
#ifndef PKR_REPAIR_H
#define PKR_REPAIR_H

#include "object/reader.h"

/* For an object of which no copy can be read by itself, for `failure`, which `fault` (not NULL)
 * tells. Every object on the way is checked against its id, whatever the snapshot's flags say. 0:
 * it is held by the reader. Else `failure`; or, and `fault` told, what was in the way of trying
 * more than was tried in vain: BUDGET, MEMORY, SYSTEM, CHANGED. Objects that are found to be lost
 * are remembered: all reads of a reader together take no more work than its packs have entries, but
 * for what was lost from its cache. */
int pkr_repair(packread_reader *reader, const packread_id *id, packread_object *object, int failure,
               pkr_fault *fault);

#endif
