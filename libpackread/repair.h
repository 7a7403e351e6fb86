/* repair.h - an object whose chain of deltas is damaged in its own pack, made from copies that other
 * packs have of its bases. */
#ifndef PACKREAD_REPAIR_H
#define PACKREAD_REPAIR_H

#include "reader.h"

/* For an object of which no copy can be read by itself. Every object on the way is checked against
 * its id, whatever the snapshot's flags say. Held by the reader on success. Any error: there is no
 * such way, or it is not found within the limits; the failure of the copies says more. */
int packread_repair(packread_reader *reader, const packread_id *id, packread_object *object);

#endif
