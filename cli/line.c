/* line.c - the buffer that lines are cut from. */
#include "line.h"

#include "io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 65536
/* So much of a line is held: whoever writes all of a line before reading the answer must not wait
 * for us while we wait for them. */
#define LINE_MAX_BYTES (16u << 20)

/* Makes room behind `end`: moves what is left to the front, or grows. False where the buffer is
 * full and as large as it gets; ENOMEM without any buffer. */
static bool make_room(line_reader *reader)
{
    size_t capacity;
    char *grown;

    if (reader->start > 0) {
        memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
        reader->end -= reader->start;
        reader->searched -= reader->start;
        reader->start = 0;
    }
    if (reader->end < reader->capacity)
        return true;
    if (reader->capacity >= LINE_MAX_BYTES)
        return false;
    capacity = reader->capacity == 0 ? FIRST_CAPACITY : reader->capacity * 2;
    grown = realloc(reader->buffer, capacity);
    if (grown == NULL) {
        if (reader->capacity == 0)
            reader->failure = ENOMEM;
        return false;
    }
    reader->buffer = grown;
    reader->capacity = capacity;
    return true;
}

/* Reads once. False where there is no room. */
static bool fill(line_reader *reader)
{
    ssize_t got;

    if (!make_room(reader))
        return false;
    if (reader->before_read != NULL)
        reader->before_read();
    got = io_read(reader->file, reader->buffer + reader->end, reader->capacity - reader->end);
    if (got < 0)
        reader->failure = errno;
    else if (got == 0)
        reader->at_end = true;
    else
        reader->end += (size_t)got;
    return true;
}

/* Hands out what is there up to the newline, or all; a CR at the end of a piece waits for what
 * follows it. */
static void take(line_reader *reader, const char *newline, const char **line, size_t *length)
{
    const char *start = reader->buffer + reader->start;

    *line = start;
    reader->is_cut = newline == NULL && !reader->at_end;
    *length = newline != NULL ? (size_t)(newline - start) : reader->end - reader->start;
    reader->start += *length + (newline != NULL ? 1 : 0);
    if (reader->delimiter == '\n' && *length > 0 && start[*length - 1] == '\r' &&
        (newline != NULL || reader->is_cut)) {
        --*length;
        if (reader->is_cut)
            reader->start--;
    }
    reader->searched = reader->start;
}

static const char *find_newline(line_reader *reader)
{
    const size_t from = reader->searched;

    reader->searched = reader->end;
    return from < reader->end ? memchr(reader->buffer + from, reader->delimiter, reader->end - from)
                              : NULL;
}

bool line_more(line_reader *reader, const char **piece, size_t *length)
{
    const char *newline;

    if (!reader->is_cut || reader->failure != 0)
        return false;
    /* At most a CR is left. */
    (void)fill(reader);
    if (reader->failure != 0)
        return false;
    newline = find_newline(reader);
    take(reader, newline, piece, length);
    return true;
}

void line_begin_bytes(line_reader *reader, char *bytes, size_t size, char delimiter)
{
    *reader = (line_reader){.file = -1,
                            .delimiter = delimiter,
                            .buffer = bytes,
                            .capacity = size,
                            .end = size,
                            .at_end = true};
}

int line_next(line_reader *reader, const char **line, size_t *length)
{
    while (line_more(reader, line, length))
        continue;
    while (reader->failure == 0) {
        const char *newline = find_newline(reader);

        if (newline == NULL && reader->at_end && reader->start == reader->end)
            return 0;
        if (newline != NULL || reader->at_end || (!fill(reader) && reader->failure == 0)) {
            take(reader, newline, line, length);
            return 1;
        }
    }
    return -reader->failure;
}

void line_free(line_reader *reader)
{
    free(reader->buffer);
    *reader = (line_reader){.file = -1};
}
