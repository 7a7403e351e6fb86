/* read.h - reading one copy of an object, inside the library. */
#ifndef PKR_READ_H
#define PKR_READ_H

#include "object/reader.h"

/* The object at `location`, whose id is `id`; held by the reader. */
int pkr_read_copy(packread_reader *reader, const packread_location *location, const packread_id *id,
                  packread_object *object, packread_error *error);

/* Ends a call that had the object from no copy: settles, and hands `detail` out. */
int pkr_read_failed(packread_reader *reader, const packread_id *id, int status,
                    packread_error *detail, packread_error *error);

#endif
