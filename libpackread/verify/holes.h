/* holes.h - entries one behind the other whose bytes are all zeros, as a file system leaves them
 * where what was written never came to the disk: for one cause there is one finding. */
#ifndef PKR_HOLES_H
#define PKR_HOLES_H

#include "object/reader.h"
#include "walk/forest.h"

/* Fewer entries than this, and holes behind so many, are told entry by entry. */
#define PKR_HOLE_LEAST 3
#define PKR_HOLES_MOST 64

typedef struct pkr_hole {
    uint32_t first;              /* rank */
    uint32_t end;                /* the rank behind its last */
    _Atomic uint64_t dependents; /* that lie outside of it */
} pkr_hole;

/* All zeros: none. */
typedef struct pkr_holes {
    unsigned count;
    uint32_t first; /* of the entries that the sweep has met last: those from here */
    uint32_t end;   /* up to here are zeros; `first` if there are none */
    pkr_hole list[PKR_HOLES_MOST];
} pkr_holes;

/* For each rank in order, when its header has been read: `*is_zeros`, it is such an entry. Errors:
 * those of windows. */
int pkr_holes_look(pkr_holes *holes, const pkr_forest *forest, packread_reader *reader,
                   uint32_t rank, bool *is_zeros, pkr_fault *fault);
/* When all ranks were. */
void pkr_holes_seal(pkr_holes *holes);
/* The one that the entry lies in, or NULL. Any thread, once they are sealed. */
pkr_hole *pkr_holes_find(pkr_holes *holes, uint32_t rank);

#endif
