/* verify_tell.h - a walk's findings and counts. */
#ifndef PACKREAD_VERIFY_TELL_H
#define PACKREAD_VERIFY_TELL_H

#include "verify_walk.h"

/* The entry needs no more visits. */
void packread_walk_mark(packread_walk *walk, uint32_t rank);
/* Entries that were dealt with; counts are handed in now and then, and at the end by flush. */
void packread_walk_pass(packread_walk *walk, uint64_t entries);
void packread_walk_flush(packread_walk *walk);

/* Whether an entry's data ends where the next entry begins; a finding if not. */
void packread_walk_check_end(packread_walk *walk, uint32_t rank, uint64_t end);
/* Counts an object as passed, and as intact if its contents gave its id; a finding if not. */
void packread_walk_count(packread_walk *walk, uint32_t rank, const packread_id *given,
                         uint64_t size);
/* Counts those of an entry's rows that have the id that its contents give; the number of those that
 * have another. */
uint32_t packread_walk_count_rows(packread_walk *walk, uint32_t rank, const packread_id *given,
                                  uint64_t size);
/* Reports these, from the rank `row` on. */
void packread_walk_report_wrong_rows(packread_walk *walk, uint32_t row, uint32_t end,
                                     const packread_id *given);
/* Wrong contents: of their own, or because of a suspect above. */
void packread_walk_report_contents(packread_walk *walk, uint32_t rank, uint64_t dependents);
/* What is wrong with an entry, of each of its rows. */
void packread_walk_report_rows(packread_walk *walk, uint32_t rank, const packread_error *detail,
                               uint64_t dependents);

#endif
