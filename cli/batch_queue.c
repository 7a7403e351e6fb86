/* batch_queue.c - a buffer of requests, and the file that it is written out to. */
#include "batch_queue.h"

#include "interrupt.h"
#include "io.h"
#include "line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HELD_MAX ((size_t)1 << 20) /* more only for a single request that is larger */
#define FIRST_CAPACITY ((size_t)4096)

/* ---- The file -------------------------------------------------------------------------------- */

/* The file's name is gone before anything can end us. */
static int make_file(batch_queue *queue)
{
    const char *folder = getenv("TMPDIR");
    sigset_t before;
    char *path;
    int failure = 0;

    if (folder == NULL || folder[0] == '\0')
        folder = "/tmp";
    path = malloc(strlen(folder) + sizeof "/packread-XXXXXX");
    if (path == NULL)
        return ENOMEM;
    sprintf(path, "%s/packread-XXXXXX", folder);
    interrupt_hold(&before);
    queue->file = mkstemp(path);
    if (queue->file < 0)
        failure = errno;
    else
        (void)unlink(path);
    interrupt_release(&before);
    free(path);
    queue->has_file = failure == 0;
    return failure;
}

/* Writes out what is held. What was written of it when that failed is cut off again. */
static int write_out(batch_queue *queue)
{
    int failure = queue->has_file ? 0 : make_file(queue);
    off_t end;

    if (failure != 0)
        return failure;
    end = lseek(queue->file, 0, SEEK_END);
    if (end < 0)
        return errno;
    failure = io_write_all(queue->file, queue->held, queue->used);
    if (failure != 0)
        return ftruncate(queue->file, end) == 0 ? failure : EIO;
    queue->used = 0;
    queue->is_filed = true;
    return 0;
}

static int empty_file(batch_queue *queue)
{
    queue->is_filed = false;
    if (queue->has_file && (ftruncate(queue->file, 0) != 0 || lseek(queue->file, 0, SEEK_SET) < 0))
        return errno;
    return 0;
}

/* ---- Requests -------------------------------------------------------------------------------- */

static int make_room(batch_queue *queue, size_t size)
{
    size_t capacity = queue->capacity > 0 ? queue->capacity : FIRST_CAPACITY;
    char *grown;

    if (queue->used > 0 && (size > HELD_MAX || queue->used > HELD_MAX - size)) {
        int failure = write_out(queue);

        if (failure != 0)
            return failure;
    }
    if (size <= queue->capacity - queue->used)
        return 0;
    while (capacity - queue->used < size) {
        if (capacity > SIZE_MAX / 2)
            return ENOMEM;
        capacity *= 2;
    }
    grown = realloc(queue->held, capacity);
    if (grown == NULL)
        return ENOMEM;
    queue->held = grown;
    queue->capacity = capacity;
    return 0;
}

int batch_queue_add(batch_queue *queue, char kind, const char *text, size_t length)
{
    int failure = length <= SIZE_MAX - 2 ? make_room(queue, length + 2) : ENOMEM;

    if (failure != 0)
        return failure;
    queue->held[queue->used] = kind;
    memcpy(queue->held + queue->used + 1, text, length);
    queue->held[queue->used + 1 + length] = '\0';
    queue->used += length + 2;
    return 0;
}

/* 1 at the end, 0 where the visitor ended it, or a negated errno. */
static int visit_all(line_reader *reader, batch_queue_visitor *visit, void *context)
{
    const char *record;
    size_t length;
    int got;

    while ((got = line_next(reader, &record, &length)) > 0) {
        if (reader->is_cut || length == 0)
            return -EIO; /* none was written so */
        if (!visit(context, record[0], record + 1, length - 1))
            return 0;
    }
    return got < 0 ? got : 1;
}

static int visit_file(batch_queue *queue, batch_queue_visitor *visit, void *context)
{
    line_reader reader = {.file = queue->file, .delimiter = '\0'};
    int got;

    if (lseek(queue->file, 0, SEEK_SET) < 0)
        return -errno;
    got = visit_all(&reader, visit, context);
    line_free(&reader);
    return got;
}

int batch_queue_drain(batch_queue *queue, batch_queue_visitor *visit, void *context)
{
    int got = queue->is_filed ? visit_file(queue, visit, context) : 1;
    int failure;

    if (got > 0) {
        line_reader reader;

        line_begin_bytes(&reader, queue->held, queue->used, '\0');
        got = visit_all(&reader, visit, context);
    }
    queue->used = 0;
    failure = empty_file(queue);
    return got < 0 ? -got : failure;
}

void batch_queue_free(batch_queue *queue)
{
    if (queue->has_file)
        close(queue->file);
    free(queue->held);
    *queue = (batch_queue){0};
}
