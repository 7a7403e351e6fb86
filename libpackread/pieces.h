/* pieces.h - one deflated stream of a pack, taken out in buffers of any size. */
#ifndef PACKREAD_PIECES_H
#define PACKREAD_PIECES_H

#include "reader.h"

typedef struct packread_pieces {
    packread_reader *reader;
    const packread_pack *pack;
    uint64_t entry; /* where the entry begins, for messages */
    uint64_t at;    /* the next deflated byte */
    uint64_t end;   /* of the deflated bytes there can be */
    bool ended;     /* the stream's last byte has been seen */
} packread_pieces;

/* One at a time for each reader: they share its inflater. Errors: MEMORY. */
int packread_pieces_begin(packread_pieces *pieces, packread_reader *reader,
                          const packread_pack *pack, const packread_link *link,
                          packread_error *error);
/* Fills `out`, but for the end of the stream. Errors: CORRUPT, those of windows. */
int packread_pieces_fill(packread_pieces *pieces, unsigned char *out, size_t size, size_t *filled,
                         packread_error *error);
/* What was filled so far is used before the stream's own checksum is met. */
void packread_pieces_saw(const packread_pieces *pieces);
/* After the expected bytes: the stream has to end here. Errors: CORRUPT. */
int packread_pieces_finish(packread_pieces *pieces, packread_error *error);

#endif
