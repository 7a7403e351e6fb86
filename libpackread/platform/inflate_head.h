/* inflate_head.h - the first few bytes of a zlib stream (RFC 1950, 1951), without what a whole one
 * is worth: no table is made that decodes thousands of symbols fast, since some ten are wanted. The
 * two sizes that a delta begins with are read so, of every delta of a pack that is listed. */
#ifndef PKR_INFLATE_HEAD_H
#define PKR_INFLATE_HEAD_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the stream at `in` was seen to begin with `out_size` bytes, which are in `out` then, and
 * `*used` is how many of its bytes told so. It never is where zlib would find an error on the way
 * there (zlib looks a symbol further). False says nothing about the stream: it may be damaged, or
 * shorter, or go on past `in_size`, or have something rare in it. Ask zlib then. A pure function.
 */
bool pkr_inflate_head(const unsigned char *in, size_t in_size, unsigned char *out, size_t out_size,
                      size_t *used);

#endif
