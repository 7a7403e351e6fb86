/* line.c - the buffer that lines are cut from. */
#include "line.h"

#include "descriptor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 65536
#define LINE_MAX_BYTES (16u << 20)

/* Makes room behind `end`: moves what is left to the front, or grows. 0 or an errno. */
static int make_room(line_reader *reader)
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
        return 0;
    if (reader->capacity >= LINE_MAX_BYTES)
        return EOVERFLOW;
    capacity = reader->capacity == 0 ? FIRST_CAPACITY : reader->capacity * 2;
    grown = realloc(reader->buffer, capacity);
    if (grown == NULL)
        return ENOMEM;
    reader->buffer = grown;
    reader->capacity = capacity;
    return 0;
}

/* 0 or an errno; sets at_end. */
static int fill(line_reader *reader)
{
    int failure = make_room(reader);
    ssize_t got;

    if (failure != 0)
        return failure;
    if (reader->before_read != NULL)
        reader->before_read();
    got =
        descriptor_read(reader->file, reader->buffer + reader->end, reader->capacity - reader->end);
    if (got < 0)
        return errno;
    reader->end += (size_t)got;
    reader->at_end = got == 0;
    return 0;
}

int line_next(line_reader *reader, const char **line, size_t *length)
{
    for (;;) {
        const char *newline = NULL;
        int failure;

        if (reader->end > reader->searched)
            newline =
                memchr(reader->buffer + reader->searched, '\n', reader->end - reader->searched);
        if (newline != NULL) {
            *line = reader->buffer + reader->start;
            *length = (size_t)(newline - *line);
            reader->start += *length + 1;
            reader->searched = reader->start;
            if (*length > 0 && newline[-1] == '\r')
                --*length;
            return 1;
        }
        reader->searched = reader->end;
        if (reader->at_end) {
            if (reader->start == reader->end)
                return 0;
            *line = reader->buffer + reader->start;
            *length = reader->end - reader->start;
            reader->start = reader->end;
            return 1;
        }
        failure = fill(reader);
        if (failure != 0)
            return -failure;
    }
}

void line_free(line_reader *reader)
{
    free(reader->buffer);
    *reader = (line_reader){.file = -1};
}
