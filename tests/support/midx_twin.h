/* midx_twin.h - the parser of multi-pack-indexes and the naive reader on the same bytes. */
#ifndef MIDX_TWIN_H
#define MIDX_TWIN_H

#include <stdbool.h>
#include <stddef.h>

/* Whether they are one: both say the same of a file that one page of memory, or a few, hold. Aborts
 * where they do not. The names are given in pieces of `piece` bytes. */
bool midx_twin_reads(const unsigned char *bytes, size_t size, size_t piece);

#endif
