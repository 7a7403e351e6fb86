/* output.h - standard output, buffered here and written with write(2).
 *
 * Nothing here returns an error: a reader that went away ends the process as SIGPIPE does, any
 * other failure to write ends it with a message and STATUS_SYSTEM. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <packread.h>

#define OUTPUT_RESERVE_MAX 4096

void output_bytes(const void *bytes, size_t size); /* large ones are not copied */
void output_text(const char *text);
void output_byte(char byte);
void output_number(uint64_t number);
void output_hex32(uint32_t number); /* 8 digits */
void output_id(const packread_id *id);
/* Text from a file or an argument, for people: controls become C escapes. */
void output_escaped(const char *text);

/* Room for `size` bytes, at most OUTPUT_RESERVE_MAX; then say how many were filled. */
char *output_reserve(size_t size);
void output_advance(size_t size);

void output_flush(void);
/* Flushes where nothing may come for a while. Ends the process, as writing would, if the reader of
 * what was written so far has gone. */
void output_hand_on(void);
/* Flushes and closes; at the end of the program. */
void output_finish(void);

#endif
