/* verify.h - the steps of one pack's verification, in order: index and sum, or scan where there is
 * no index; entries (one sweep: headers, CRCs, who is whose base), walk (every object, each base
 * inflated once), rest. */
#ifndef PKR_VERIFY_H
#define PKR_VERIFY_H

#include "format/entry.h"
#include "verify/findings.h"

/* The steps. They report; a return other than 0 is no finding but ends it. */
int pkr_verify_index(pkr_verification *verification, packread_reader *reader, pkr_fault *fault);
int pkr_verify_sum(pkr_verification *verification, packread_reader *reader, pkr_fault *fault);
/* Of a pack without an index: finds its entries, one after the other. Takes the place of the table
 * that an index gives. */
int pkr_verify_scan(pkr_verification *verification, packread_reader *reader, pkr_fault *fault);
/* Whether an entry may begin at these bytes, of a part of the pack that ends at `end`: a header,
 * then that of a zlib stream, which can hold so much. */
bool pkr_verify_is_candidate(const pkr_pack *pack, uint64_t at, uint64_t end,
                             const unsigned char *bytes, size_t size, pkr_entry *entry);
/* Before the steps: where the last entry ends, if there is no trailer to tell it. */
void pkr_verify_find_end(pkr_verification *verification, packread_reader *reader);
int pkr_verify_entries(pkr_verification *verification, packread_reader *reader, pkr_fault *fault);
/* Takes roots until there are none; run by each thread. */
void pkr_verify_walk(pkr_verification *verification, packread_reader *reader);
/* What the threads left: entries put off, and those that no root leads to. */
void pkr_verify_rest(pkr_verification *verification, packread_reader *reader);

/* All steps. Before: snapshot, pack, number and options are set, the rest is zero; after: release,
 * whatever it returned. Returns what kept it from going on, or 0. */
int pkr_verify_run(pkr_verification *verification, pkr_fault *fault);
/* After a run that returned 0: BUDGET, THIN or CORRUPT for what it found, or 0. */
int pkr_verify_result(const pkr_verification *verification, pkr_fault *fault);

#endif
