/* loose_lists.h - the ids of all loose objects, taken at one moment with the packs that are there.
 */
#ifndef PKR_LOOSE_LISTS_H
#define PKR_LOOSE_LISTS_H

#include "object/reader.h"
#include "place/loose.h"

typedef struct pkr_loose_lists {
    pkr_loose_ids *lists; /* by number of the object folder */
    uint32_t count;
} pkr_loose_lists;

/* Reads them, and reads them again if packs came or went meanwhile, which the call has from then
 * on: every object that was there all the time is in a pack of the call or in a list. `prefix`
 * NULL: all; else what has it. To be dropped where it succeeded. Errors: BUDGET, MEMORY, STOPPED;
 * CHANGED if packs keep coming and going; those of looking at a folder. What one list lacks its
 * failure says. */
int pkr_loose_lists_take(packread_reader *reader, const pkr_prefix *prefix, pkr_loose_lists *lists,
                         pkr_fault *fault);
void pkr_loose_lists_drop(pkr_loose_lists *lists, pkr_budget *budget);

/* Whether one of the first `count` lists has the id. */
bool pkr_loose_lists_have(const pkr_loose_lists *lists, uint32_t count, const packread_id *id);

#endif
