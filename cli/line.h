/* line.h - lines of a descriptor, read with read(2).
 *
 * stdio cannot tell when it is about to block; batch must know, to send its answers before. */
#ifndef LINE_H
#define LINE_H

#include <stddef.h>

typedef struct line_reader {
    int file;
    char *buffer;
    size_t capacity;
    size_t start;    /* of what was not handed out yet */
    size_t searched; /* up to here there is no newline */
    size_t end;
    int at_end;                /* read(2) has given its last */
    void (*before_read)(void); /* called before each read that may block; may be NULL */
} line_reader;

/* Gives the next line without its newline or CR LF; it may hold NULs, and is valid until the next
 * call. Returns 1, 0 at the end, or a negated errno (EOVERFLOW: a line over 16 MiB). */
int line_next(line_reader *reader, const char **line, size_t *length);
void line_free(line_reader *reader);

#endif
