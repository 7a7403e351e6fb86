/* info.h - facts about one object, inside the library. */
#ifndef PKR_INFO_H
#define PKR_INFO_H

#include "format/entry.h"
#include "object/reader.h"

/* With nothing but what it is about. */
static inline packread_info pkr_info_blank(const packread_location *location, const packread_id *id)
{
    return (packread_info){.struct_size = sizeof(packread_info), .id = *id, .location = *location};
}
/* As packread_reader_info for a location whose id is known. */
int pkr_info_fill(packread_reader *reader, const packread_location *location, const packread_id *id,
                  unsigned want, packread_info *info, pkr_fault *fault);

/* As packread_reader_describe, within a call; not settled. */
int pkr_info_describe(packread_reader *reader, const packread_id *id, unsigned want,
                      packread_info *info, pkr_fault *fault);

/* The size of the object that an entry of the selected pack stands for. */
int pkr_info_size(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                  const pkr_entry *entry, uint64_t *size, pkr_fault *fault);

/* What no copy's headers tell, the object itself does where it can be had by way of several packs:
 * its type and size; the rest of what is wanted is that of a copy. How deep it lies there nothing
 * tells: `failure`, as anywhere else. Errors: as pkr_repair. */
int pkr_info_mended(packread_reader *reader, const packread_id *id, unsigned want,
                    packread_info *info, int failure, pkr_fault *fault);

#endif
