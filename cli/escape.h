/* escape.h - bytes of files and arguments made safe to show on a terminal. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stddef.h>

#define ESCAPE_MAX 8 /* bytes that one unit becomes at most */

/* Bytes of the UTF-8 character at `text`; 0 if what stands there is not one. */
size_t escape_utf8_length(const char *text, size_t size);

/* Writes the next unit of `text` (size > 0) to `out`: a printable character as it is, a control or
 * a byte that is not UTF-8 as a C escape. Returns the bytes of `text` consumed, 1 at least. */
size_t escape_unit(const char *text, size_t size, char out[ESCAPE_MAX], size_t *written);

#endif
