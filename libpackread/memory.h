/* memory.h - memory for objects. Large pieces come from the system and go back to it at once: an
 * allocator that keeps them, for each thread its own, would hold far more than the limit says. */
#ifndef PACKREAD_MEMORY_H
#define PACKREAD_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* From here on pieces are the system's. Below it a page more or less, and the calls themselves,
 * would be felt. */
#define PACKREAD_MEMORY_LARGE ((size_t)256 << 10)

/* NULL where there is none. Not cleared. */
void *packread_memory_new(size_t size);
/* As realloc, of a large piece: `old`, its size so far, is PACKREAD_MEMORY_LARGE at least, and
 * `size` is not less. */
void *packread_memory_grow(void *memory, size_t old, size_t size);
/* `size` as it was asked for last. False if the system would not take it: then nothing changed. */
bool packread_memory_free(void *memory, size_t size);

#endif
