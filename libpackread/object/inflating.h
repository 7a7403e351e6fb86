/* inflating.h - one deflated stream of a pack, taken out in buffers of any size. */
#ifndef PKR_INFLATING_H
#define PKR_INFLATING_H

#include "object/reader.h"

typedef struct pkr_inflating {
    packread_reader *reader;
    const pkr_pack *pack;
    uint64_t entry; /* where the entry begins, for messages */
    uint64_t at;    /* the next deflated byte */
    uint64_t end;   /* of the deflated bytes there can be */
    bool ended;     /* the stream's last byte has been seen */
} pkr_inflating;

/* One at a time for each reader: they share its inflater. Errors: MEMORY. */
int pkr_inflating_begin(pkr_inflating *pieces, packread_reader *reader, const pkr_pack *pack,
                        const pkr_link *link, pkr_fault *fault);
/* Fills `out`, but for the end of the stream. Errors: CORRUPT, those of windows. */
int pkr_inflating_fill(pkr_inflating *pieces, unsigned char *out, size_t size, size_t *filled,
                       pkr_fault *fault);
/* What was filled so far is used before the stream's own checksum is met. */
void pkr_inflating_saw(const pkr_inflating *pieces);
/* After the expected bytes: the stream has to end here. Errors: CORRUPT. */
int pkr_inflating_finish(pkr_inflating *pieces, pkr_fault *fault);

#endif
