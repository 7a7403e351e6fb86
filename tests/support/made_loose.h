/* made_loose.h - repositories of a test's own that hold loose objects: as git writes them, or any
 * bytes in the place of one. */
#ifndef MADE_LOOSE_H
#define MADE_LOOSE_H

#include "packread.h"
#include "packwriter.h"

/* NAME.git in the scratch folder, without any object; its objects folder, to be freed. */
char *made_loose_repository(const char *name, size_t id_size);

packread_id made_loose_id(size_t id_size, enum packread_type type, const void *data, size_t size);
/* The file of an object, to be freed; the folder that it is in is made. */
char *made_loose_path(const char *objects, const packread_id *id);
/* What is in that file, at a level of zlib's from 0 to 9. */
void made_loose_bytes(struct packwriter_bytes *bytes, enum packread_type type, const void *data,
                      size_t size, int level);
packread_id made_loose_put(const char *objects, size_t id_size, enum packread_type type,
                           const void *data, size_t size, int level);
/* Any bytes in the place of an object. */
void made_loose_put_bytes(const char *objects, const packread_id *id, const void *bytes,
                          size_t size);
/* Whether these are the bytes of a file that is right, by zlib and the pack writer's hash. */
bool made_loose_is_right(const packread_id *id, const void *bytes, size_t size);

#endif
