/* tally.h - a walk's findings and counts. */
#ifndef PKR_TALLY_H
#define PKR_TALLY_H

#include "walk/walk.h"

/* The entry needs no more visits. */
void pkr_walk_mark(pkr_walk *walk, uint32_t rank);
/* Entries that were dealt with; counts are handed in now and then, and at the end by flush. */
void pkr_walk_pass(pkr_walk *walk, uint64_t entries);
void pkr_walk_flush(pkr_walk *walk);

/* Whether an entry's data ends where the next entry begins; a finding if not. */
void pkr_walk_check_end(pkr_walk *walk, uint32_t rank, uint64_t end);
/* Counts an object as passed, and as intact if its contents gave its id; a finding if not. */
void pkr_walk_count(pkr_walk *walk, uint32_t rank, const packread_id *given, uint64_t size);
/* Counts those of an entry's rows that have the id that its contents give; the number of those that
 * have another. */
uint32_t pkr_walk_count_rows(pkr_walk *walk, uint32_t rank, const packread_id *given,
                             uint64_t size);
/* Reports these, from the rank `row` on. */
void pkr_walk_report_wrong_rows(pkr_walk *walk, uint32_t row, uint32_t end,
                                const packread_id *given);
/* Wrong contents: of their own, or because of a suspect above. */
void pkr_walk_report_contents(pkr_walk *walk, uint32_t rank, uint64_t dependents);
/* What is wrong with an entry, of each of its rows. */
void pkr_walk_report_rows(pkr_walk *walk, uint32_t rank, const pkr_fault *detail,
                          uint64_t dependents);

#endif
