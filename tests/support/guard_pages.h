/* guard_pages.h - memory between two unreadable pages: one byte too far, and the process faults.
 *
 * Used by tests and fuzzers alike, so it needs neither: what fails here aborts. */
#ifndef GUARD_PAGES_H
#define GUARD_PAGES_H

#include <stddef.h>

/* All zeros is none. */
struct guard {
    unsigned char *map; /* an unreadable page, `room` bytes, an unreadable page */
    size_t room;
    size_t page;
};

void guard_open(struct guard *guard, size_t capacity);
void guard_close(struct guard *guard);

/* A copy of the bytes, the last of which touches the unreadable page behind it. With `size` 0 the
 * pointer may not be read at all. `bytes` NULL: room to write to, filled with 0xa5. Valid until the
 * next call on this guard. */
unsigned char *guard_at_end(struct guard *guard, const void *bytes, size_t size);

/* The same with the first byte touching the unreadable page before it. */
unsigned char *guard_at_start(struct guard *guard, const void *bytes, size_t size);

#endif
