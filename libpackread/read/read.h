/* read.h - reading one copy of an object, inside the library. */
#ifndef PKR_READ_H
#define PKR_READ_H

#include "object/reader.h"

/* The object at `location`, whose id is `id`; held by the reader. */
int pkr_read_copy(packread_reader *reader, const packread_location *location, const packread_id *id,
                  packread_object *object, pkr_fault *fault);

/* Of a failure to read an object: makes it one of the index, where that is damaged and led to it.
 */
int pkr_read_blame(packread_reader *reader, int status, pkr_fault *fault);
/* pkr_reader_leave for a call on an object that settles each copy that it uses: the failure names
 * the object. */
int pkr_read_leave(packread_reader *reader, const packread_id *id, int status, pkr_fault *fault,
                   packread_error *error);

#endif
