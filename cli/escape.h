/* escape.h - bytes of files and arguments made safe to show on a terminal. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ESCAPE_MAX 8 /* bytes that one unit becomes at most */

/* Bytes of the UTF-8 character at `text`; 0 if what stands there is not one. */
size_t escape_utf8_length(const char *text, size_t size);

/* Of such a character, its number. */
uint32_t escape_code_point(const char *text, size_t length);
/* Whether it is a control, or one of those that are not seen but change how others look, such as
 * U+202E, from which on text runs from right to left. */
bool escape_is_hidden(uint32_t code);

/* Writes the next unit of `text` (size > 0) to `out`: a character that is seen as it is, one that
 * is not, and a byte that is not UTF-8, as C escapes of its bytes. Returns the bytes of `text`
 * consumed, 1 at least. */
size_t escape_unit(const char *text, size_t size, char out[ESCAPE_MAX], size_t *written);

#endif
