/* check_crc.h - the CRC-32 that a row of the index has of its entry's bytes. */
#ifndef PKR_CHECK_CRC_H
#define PKR_CHECK_CRC_H

#include "verify/findings.h"

/* What a sweep knows of the entry at hand: the CRCs of its bytes up to where the next entry begins,
 * and of those that are its own, up to where its data ends. A row that has either is right. The
 * second is summed only where a row has not got the first. Kept from rank to rank, zeros but for
 * the first two before. */
typedef struct pkr_crcs {
    pkr_findings *findings;
    packread_reader *reader;
    uint64_t at;   /* where the entry begins; 0: none is at hand */
    uint64_t next; /* where the next one does */
    uint64_t end;  /* if is_measured: where its own data ends; `at` if it is damaged */
    bool is_measured;
    bool is_told; /* the bytes from `end` to `next` are reported */
    uint32_t to_next;
    uint32_t to_end;
} pkr_crcs;

/* As pkr_sweep_each, of a pkr_crcs. Compares the CRC in the row of `rank`, if the index has any,
 * with that of the entry's bytes. Where only bytes behind the entry's own make the difference, it
 * is those that are reported. Errors: those of windows, MEMORY. */
int pkr_check_crc(void *crcs, uint32_t rank, pkr_fault *fault);
/* Reports the same bytes where the entry has been inflated, and ended at `end`, before the next one
 * begins; unless pkr_check_crc has. */
int pkr_check_crc_gap(pkr_findings *findings, packread_reader *reader, uint32_t rank, uint64_t end,
                      pkr_fault *fault);

#endif
