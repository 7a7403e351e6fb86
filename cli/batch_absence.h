/* batch_absence.h - what standard error is told of names that are missing, and what it means for
 * the exit status. */
#ifndef BATCH_ABSENCE_H
#define BATCH_ABSENCE_H

#include "batch.h"
#include "batch_request.h"

/* Of a request that was NOT_FOUND: `id` is what the name means, of size 0 where that is not known.
 * Why names of its kind are never found, and who promised what is not here, are told once. The
 * state is STATUS_OK where the object cannot be among what was not read. */
enum status batch_tell_absence(struct batch *batch, const struct request *request,
                               const packread_id *id, const packread_error *error);

#endif
