/* read.h - reading one copy of an object, inside the library. */
#ifndef PACKREAD_READ_H
#define PACKREAD_READ_H

#include "reader.h"

/* The object at `location`, whose id is `id`; held by the reader. */
int packread_read_copy(packread_reader *reader, const packread_location *location,
                       const packread_id *id, packread_object *object, packread_error *error);

/* Whether another copy of the object may be read where this one failed so. */
bool packread_read_may_differ(int status);

#endif
