/* highwater.h - the most memory that was allocated at once: malloc and its kin are wrapped by the
 * linker (--wrap), so that a claim of many gigabytes shows although the system would only promise
 * them. */
#ifndef HIGHWATER_H
#define HIGHWATER_H

#include <stddef.h>

/* From here on. */
void highwater_begin(void);
/* The most bytes that were allocated at once beyond those at the beginning, and the most that this
 * process had resident beyond them; 0 where a sanitizer's own memory hides it. */
size_t highwater_allocated(void);
size_t highwater_resident(void);

#endif
