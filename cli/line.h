/* line.h - lines, or records that end in NUL, of a descriptor, read with read(2).
 *
 * stdio cannot tell when it is about to block; batch must know, to send its answers before. */
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct line_reader {
    int file;
    void (*before_read)(void); /* called before each read that may block; may be NULL */
    char delimiter;            /* '\n', or '\0': of records, of which a CR is a part */
    bool is_cut;               /* the line that was given goes on: line_more has the rest of it */
    char *buffer;
    size_t capacity;
    size_t start;    /* of what was not handed out yet */
    size_t searched; /* up to here there is no newline */
    size_t end;
    bool at_end; /* read(2) has given its last */
    int failure; /* an errno: why nothing comes any more */
} line_reader;

/* All of `size` bytes, which stay the caller's, in place of a descriptor. Not for line_free. */
void line_begin_bytes(line_reader *reader, char *bytes, size_t size, char delimiter);
/* Gives the next line without its newline or CR LF; it may hold NULs, and is valid until the next
 * call. Of one over 16 MiB the beginning: see is_cut. What was not asked for of the line before is
 * left out. Returns 1, 0 at the end, or a negated errno. */
int line_next(line_reader *reader, const char **line, size_t *length);
/* The next piece of a line that was cut, valid until the next call; false at its end. */
bool line_more(line_reader *reader, const char **piece, size_t *length);
void line_free(line_reader *reader);

#endif
