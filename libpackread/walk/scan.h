/* scan.h - the entries of a pack without an index, from its bytes. */
#ifndef PKR_SCAN_H
#define PKR_SCAN_H

#include "walk/forest.h"

/* Whom a scan tells what it meets. */
typedef struct pkr_scan_sink {
    void *context;
    void (*finding)(void *context, const pkr_fault *fault);
    void (*passed)(void *context, uint64_t entries); /* now and then: so many more were found */
} pkr_scan_sink;

/* Fills the forest's order, and CRCs if rows are kept. Behind damage the next entry is looked for;
 * what is damaged is an entry too, while there are not as many as the pack's header says. Errors:
 * BUDGET, MEMORY, those of windows. */
int pkr_scan(pkr_forest *forest, packread_reader *reader, const pkr_scan_sink *sink,
             pkr_fault *fault);

#endif
