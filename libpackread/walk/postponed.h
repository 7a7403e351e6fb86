/* postponed.h - the entries that the threads' walks have put off. */
#ifndef PKR_POSTPONED_H
#define PKR_POSTPONED_H

#include "walk/forest.h"
#include "walk/visitor.h"

/* Visits them, and what hangs on them, on one thread when all others are done. Errors: those of
 * selecting the pack. */
int pkr_postponed_run(pkr_forest *forest, packread_reader *reader, const pkr_visitor *visitor,
                      pkr_fault *fault);

#endif
