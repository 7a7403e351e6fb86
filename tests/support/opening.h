/* opening.h - what comes of opening a place: so many packs and objects, or an error.
 *
 * Nothing here may hang: an alarm ends a test that waits for a FIFO. */
#ifndef OPENING_H
#define OPENING_H

#include <stddef.h>

#include "packread.h"

/* The place opens without a problem, with so many packs and objects. */
void opening_gives(const char *path, size_t packs, size_t objects);
/* Refused with this code; the snapshot pointer stays as it was, the detail names the file, and no
 * descriptor is left behind. */
packread_error opening_refused(const char *path, int code);

/* How many descriptors the process has; 0 where that cannot be told. */
size_t opening_descriptors(void);

void opening_copy_file(const char *from, const char *to);
/* SCRATCH/NAME.pack and .idx, copies of packs/types, which has so many objects. */
void opening_copy_types(const char *name);
#define OPENING_TYPES_OBJECTS 12

#endif
