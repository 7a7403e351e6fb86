/* copies.h - an object is had from whichever of its copies is intact: in one pack after the other,
 * and in the further rows that a damaged index has for its id. */
#ifndef PKR_COPIES_H
#define PKR_COPIES_H

#include "object/reader.h"

/* An object that is asked for, and what is done with a copy of it; `fault` is not NULL. */
typedef struct pkr_copies {
    packread_reader *reader;
    const packread_id *id;
    int (*use)(struct pkr_copies *asked, const packread_location *copy, pkr_fault *fault);
    void *context;
    bool is_final; /* set by `use`: what became of this one stands, no other is tried */
} pkr_copies;

/* Whether that may be damage: of the copy, or of a file that another copy is not in. */
bool pkr_copies_may_differ(int status);
/* Uses one copy after the other until one gives 0; where none does because the object is not found
 * or a file is gone, those of the packs that came since. Nothing of a pack is at hand. Errors, not
 * settled: that of one that is final; of the first that could not be read for another reason than
 * damage; of the first; those of pkr_find_next. `fault` is not NULL. */
int pkr_copies_try(pkr_copies *copies, pkr_fault *fault);

#endif
