/* loose_check.h - the contents of a loose object, hashed as they go by. */
#ifndef PKR_LOOSE_CHECK_H
#define PKR_LOOSE_CHECK_H

#include "object/loose_file.h"

/* pkr_loose_run: CORRUPT too where the contents do not give the object's id. `take` may be NULL.
 * What it was given before that cannot be taken back. */
int pkr_loose_run_checked(pkr_loose_file *file, packread_writer *take, void *context,
                          pkr_fault *fault);

#endif
