/* find.h - look-ups across packs, inside the library: they leave the caller's object alone. */
#ifndef PKR_FIND_H
#define PKR_FIND_H

#include "base/fault.h"
#include "pack/unsorted.h"

/* The object's next copy: 0 in `*from` asks for the first, and what is there then for the one after
 * it. Errors: as packread_reader_find. */
int pkr_find_next(packread_reader *reader, const packread_id *id, size_t *from,
                  packread_location *location, pkr_fault *fault);
/* `from` for the copies behind that one. */
size_t pkr_find_after(const packread_reader *reader, const packread_location *location);
/* Whether there may be one more. */
bool pkr_find_more(const packread_reader *reader, size_t from);
/* After the object at `location` has turned out to be damaged: the next row of the same pack, if a
 * damaged index has the id twice. */
bool pkr_find_twin(packread_reader *reader, const packread_id *id, packread_location *location);
/* The rows of one pack that have the id, the first PKR_TWINS_MOST of them. Errors: as
 * pkr_unsorted_range. */
int pkr_find_rows(packread_reader *reader, const packread_id *id, uint32_t number, pkr_run *run,
                  pkr_fault *fault);
/* Of what no pack and no folder of the snapshot has. NOT_FOUND, or DOUBTFUL where an index is
 * damaged so that it may be there. */
int pkr_find_none(packread_reader *reader, const packread_id *id, pkr_fault *fault);
int pkr_find_no_prefix(packread_reader *reader, const pkr_prefix *prefix, pkr_fault *fault);
/* Notes where the first copy of an object is: the next look-up of it is free. */
void pkr_find_keep(packread_reader *reader, const packread_id *id,
                   const packread_location *location);

/* Whether a search finds the object in one of the packs before number `below`. A row there that is
 * damaged is none; an index that cannot be read is an error. */
int pkr_find_before(packread_reader *reader, const packread_id *id, size_t below, bool *found,
                    pkr_fault *fault);

#endif
