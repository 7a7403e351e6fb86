/* check_index.h - an index by itself: its own checksum, ids and offsets in its rows. */
#ifndef PKR_CHECK_INDEX_H
#define PKR_CHECK_INDEX_H

#include "verify/findings.h"

/* Errors: those of windows, MEMORY. */
int pkr_check_index(pkr_findings *findings, packread_reader *reader, pkr_fault *fault);

/* What is checked of a row beside its place among the others. */
typedef int pkr_index_row_check(pkr_findings *findings, packread_reader *reader, uint32_t position,
                                const packread_id *id, pkr_fault *fault);
/* Reports ids that do not rise, or do not lie in their bucket of the fanout, in the index that
 * pkr_findings_indexed names and `reader` is pointed at; and has `check` look at each row. */
int pkr_check_index_rows(pkr_findings *findings, packread_reader *reader,
                         pkr_index_row_check *check, pkr_fault *fault);
/* Of that index. `id` may be NULL. */
void pkr_check_index_report(pkr_findings *findings, uint64_t offset, const char *text,
                            const packread_id *id);
void pkr_check_index_report_sum(pkr_findings *findings);
/* That a row has this id for an object that gives another. */
void pkr_check_index_report_id(pkr_findings *findings, uint32_t position, const packread_id *id,
                               const packread_id *given);

#endif
