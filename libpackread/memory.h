/* memory.h - memory for objects. Large pieces come from the system and go back to it at once: an
 * allocator that keeps them, for each thread its own, would hold far more than the limit says. */
#ifndef PACKREAD_MEMORY_H
#define PACKREAD_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* NULL where there is none. Not cleared. */
void *packread_memory_new(size_t size);
/* As realloc; `old` is the size so far, and `size` is not less. */
void *packread_memory_grow(void *memory, size_t old, size_t size);
/* `size` as it was asked for last. False if the system would not take it: then nothing changed. */
bool packread_memory_free(void *memory, size_t size);

#endif
