/* verify.h - the steps of one pack's verification, in order: index and sum, or scan where there is
 * no index; entries (one sweep: headers, CRCs, who is whose base), walk (every object, each base
 * inflated once), rest. */
#ifndef PACKREAD_VERIFY_H
#define PACKREAD_VERIFY_H

#include "entry.h"
#include "verification.h"

/* The steps. They report; a return other than 0 is no finding but ends it. */
int packread_verify_index(packread_verification *verification, packread_reader *reader,
                          packread_error *error);
int packread_verify_sum(packread_verification *verification, packread_reader *reader,
                        packread_error *error);
/* Of a pack without an index: finds its entries, one after the other. Takes the place of the table
 * that an index gives. */
int packread_verify_scan(packread_verification *verification, packread_reader *reader,
                         packread_error *error);
/* Whether an entry may begin at these bytes, of a part of the pack that ends at `end`: a header,
 * then that of a zlib stream, which can hold so much. */
bool packread_verify_is_candidate(const packread_pack *pack, uint64_t at, uint64_t end,
                                  const unsigned char *bytes, size_t size, packread_entry *entry);
/* Before the steps: where the last entry ends, if there is no trailer to tell it. */
void packread_verify_find_end(packread_verification *verification, packread_reader *reader);
int packread_verify_entries(packread_verification *verification, packread_reader *reader,
                            packread_error *error);
/* Takes roots until there are none; run by each thread. */
void packread_verify_walk(packread_verification *verification, packread_reader *reader);
/* What the threads left: entries put off, and those that no root leads to. */
void packread_verify_rest(packread_verification *verification, packread_reader *reader);

/* All steps. Before: snapshot, pack, number and options are set, the rest is zero; after: release,
 * whatever it returned. Returns what kept it from going on, or 0. */
int packread_verify_run(packread_verification *verification, packread_error *error);
/* After a run that returned 0: BUDGET, THIN or CORRUPT for what it found, or 0. */
int packread_verify_result(const packread_verification *verification, packread_error *error);

#endif
