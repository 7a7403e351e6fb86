/* info.h - facts about one object, inside the library. */
#ifndef PACKREAD_INFO_H
#define PACKREAD_INFO_H

#include "entry.h"
#include "reader.h"

/* As packread_reader_info for a location whose id is known. */
int packread_info_fill(packread_reader *reader, const packread_location *location,
                       const packread_id *id, unsigned want, packread_info *info,
                       packread_error *error);

/* The size of the object that an entry of the selected pack stands for. */
int packread_info_size(packread_reader *reader, const packread_pack *pack, uint64_t offset,
                       const packread_entry *entry, uint64_t *size, packread_error *error);

/* What no copy's headers tell, the object itself does where it can be had by way of several packs:
 * its type and size; the rest of what is wanted is that of a copy. How deep it lies there nothing
 * tells: `failure`, as anywhere else. Errors: as packread_repair. */
int packread_info_mended(packread_reader *reader, const packread_id *id, unsigned want,
                         packread_info *info, int failure, packread_error *error);

#endif
