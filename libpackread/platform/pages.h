/* pages.h - memory for objects. Large pieces come from the system and go back to it at once: an
 * allocator that keeps them, for each thread its own, would hold far more than the limit says. */
#ifndef PKR_PAGES_H
#define PKR_PAGES_H

#include <stdbool.h>
#include <stddef.h>

/* From here on pieces are the system's. Below it a page more or less, and the calls themselves,
 * would be felt. */
#define PKR_PAGES_LARGE ((size_t)256 << 10)

/* As realloc, but nothing is less than it was: `old` is the size so far (0 with NULL). NULL where
 * there is none; then all is as it was. What is new is not cleared. */
void *pkr_pages_grow(void *memory, size_t old, size_t size);
/* Address space without memory, which comes when it is touched; NULL where there is none. It goes
 * by pkr_pages_free, whole. */
void *pkr_pages_reserve(size_t size);
/* Its memory goes, the address space stays. False if it stays. */
bool pkr_pages_empty(void *memory, size_t size);
/* What the two before take memory by: bytes; 0 where they cannot be had. */
size_t pkr_pages_unit(void);

/* `size` as it was asked for last. False if the system would not take it: then nothing changed. */
bool pkr_pages_free(void *memory, size_t size);

#endif
