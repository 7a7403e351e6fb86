/* check_crc.h - bytes of a pack that belong to no row of its index. */
#ifndef PKR_CHECK_CRC_H
#define PKR_CHECK_CRC_H

#include "verify/findings.h"

/* Says of the bytes from `at` to `next` which entries they are, if they are any, and how many
 * belong to none. Errors: those of windows, MEMORY. */
int pkr_verify_report_gap(pkr_verification *verification, packread_reader *reader, uint64_t at,
                          uint64_t next, pkr_fault *fault);

/* What one entry's CRC may be: its rows are to agree with one of the two. */
typedef struct pkr_crcs {
    uint64_t at;   /* of the entry; 0: of none */
    uint64_t next; /* where the next one begins */
    uint64_t end;  /* where its own data ends, once that was looked for; `at` if there is none */
    bool measured; /* it was */
    bool told;     /* what is from there on */
    uint32_t to_next;
    uint32_t to_end;
} pkr_crcs;

/* Compares the CRC in the row of `rank` with that of the entry's bytes. Where only bytes behind the
 * entry's own make the difference, it is those that are told of. `crcs` is kept from rank to rank.
 */
int pkr_verify_check_crc(pkr_verification *verification, packread_reader *reader, uint32_t rank,
                         pkr_crcs *crcs, pkr_fault *fault);
/* The same bytes, when the entry has been inflated and ended before the next one begins: told of
 * unless that comparison has done so. */
int pkr_verify_check_gap(pkr_verification *verification, packread_reader *reader, uint32_t rank,
                         uint64_t end, pkr_fault *fault);

#endif
