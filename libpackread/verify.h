/* verify.h - the steps of one pack's verification, in order: index, sum, entries (one sweep:
 * headers, CRCs, who is whose base), walk (every object, each base inflated once), rest. */
#ifndef PACKREAD_VERIFY_H
#define PACKREAD_VERIFY_H

#include "verification.h"

/* The steps. They report; a return other than 0 is no finding but ends it. */
int packread_verify_index(packread_verification *verification, packread_reader *reader,
                          packread_error *error);
int packread_verify_sum(packread_verification *verification, packread_reader *reader,
                        packread_error *error);
/* Before the steps: where the last entry ends, if there is no trailer to tell it. */
void packread_verify_find_end(packread_verification *verification, packread_reader *reader);
int packread_verify_entries(packread_verification *verification, packread_reader *reader,
                            packread_error *error);
/* Takes roots until there are none; run by each thread. */
void packread_verify_walk(packread_verification *verification, packread_reader *reader);
/* What the threads left: entries put off, and those that no root leads to. */
void packread_verify_rest(packread_verification *verification, packread_reader *reader);

#endif
