/* inflate.h - the one seam to deflate libraries: whole buffers at once, or piece by piece.
 * An inflater belongs to one thread; it is re-used for any number of streams. */
#ifndef PKR_INFLATE_H
#define PKR_INFLATE_H

#include "packread.h"

typedef struct pkr_inflater pkr_inflater;

/* NULL where there is no memory. */
pkr_inflater *pkr_inflater_new(void);
void pkr_inflater_free(pkr_inflater *inflater);

/* Inflates a zlib stream that begins at `in` to exactly `out_size` bytes; `*consumed` is how long
 * the stream was. False says nothing about the stream: it may be damaged, of another size, or run
 * past `in_size`; begin and step find out which. Without libdeflate it is always false. */
bool pkr_inflate_whole(pkr_inflater *inflater, const unsigned char *in, size_t in_size,
                       unsigned char *out, size_t out_size, size_t *consumed);

/* Begins a stream in pieces. Errors: MEMORY. */
int pkr_inflate_begin(pkr_inflater *inflater);

/* One piece: takes from `*in`, gives to `*out`, both moved on. `*ended` after the stream's last
 * byte, its checksum included. Progress stops without an error where `*in_left` or `*out_left` is
 * 0. Errors: CORRUPT, then `*text` says why; MEMORY. */
int pkr_inflate_step(pkr_inflater *inflater, const unsigned char **in, size_t *in_left,
                     unsigned char **out, size_t *out_left, bool *ended, const char **text);

/* CRC-32 as the index has it; start with 0. */
uint32_t pkr_inflate_crc(uint32_t crc, const void *bytes, size_t size);

#endif
