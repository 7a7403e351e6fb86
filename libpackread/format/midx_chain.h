/* midx_chain.h - the lines of multi-pack-index-chain: a pure parser. Each names a layer by its sum,
 * the oldest first. */
#ifndef PKR_MIDX_CHAIN_H
#define PKR_MIDX_CHAIN_H

#include "packread.h"

/* Bytes of the longest line. */
#define PKR_MIDX_CHAIN_LINE (PACKREAD_HEX_MAX + 1)

/* The line at the front of `length` bytes, which are PKR_MIDX_CHAIN_LINE or up to the end of the
 * file, one at least; `*used` bytes are it. Errors: CORRUPT, then `*text` says why. */
int pkr_midx_chain_line(const unsigned char *bytes, size_t length, size_t id_size, packread_id *sum,
                        size_t *used, const char **text);
/* How many of these bytes a line takes that is none: up to its line feed, or as many as one has, so
 * that a line feed that is damaged costs no other line. One at least. */
size_t pkr_midx_chain_pass(const unsigned char *bytes, size_t length, size_t id_size);

#endif
