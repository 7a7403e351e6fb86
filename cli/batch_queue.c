/* batch_queue.c - a buffer of requests, and the file that it is written out to. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "batch_queue.h"

#include "interrupt.h"
#include "io.h"
#include "line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HELD_MAX ((size_t)1 << 20) /* more only for a single request that is larger */
#define FIRST_CAPACITY ((size_t)4096)

/* ---- The file -------------------------------------------------------------------------------- */

/* The file's name is gone before anything can end us. */
static int make_named(const char *folder)
{
    char *path = malloc(strlen(folder) + sizeof "/packread-XXXXXX");
    sigset_t before;
    int file;

    if (path == NULL)
        return -1;
    sprintf(path, "%s/packread-XXXXXX", folder);
    interrupt_hold(&before);
    file = mkstemp(path);
    if (file >= 0)
        (void)unlink(path);
    interrupt_release(&before);
    free(path);
    return file;
}

static int make_file(batch_queue *queue)
{
    const char *folder = getenv("TMPDIR");

    if (folder == NULL || folder[0] == '\0')
        folder = "/tmp";
    queue->file = -1;
#ifdef O_TMPFILE
    do {
        queue->file = open(folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    } while (queue->file < 0 && errno == EINTR);
#endif
    if (queue->file < 0) /* not every file system has that */
        queue->file = make_named(folder);
    queue->has_file = queue->file >= 0;
    return queue->has_file ? 0 : errno;
}

/* Writes out what is held; all or, as far as it counts, nothing. */
static int write_out(batch_queue *queue)
{
    int failure = queue->has_file ? 0 : make_file(queue);

    if (failure == 0)
        failure = io_write_all(queue->file, queue->held, queue->used);
    if (failure != 0)
        return failure;
    queue->filed += queue->count;
    queue->count = 0;
    queue->used = 0;
    return 0;
}

static int empty_file(batch_queue *queue)
{
    queue->filed = 0;
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
    queue->count++;
    return 0;
}

/* 1 after `count` of them, 0 where the visitor ended it, or a negated errno. */
static int visit_some(line_reader *reader, uint64_t count, batch_queue_visitor *visit,
                      void *context)
{
    const char *record;
    size_t length;

    for (; count > 0; count--) {
        int got = line_next(reader, &record, &length);

        if (got < 0)
            return got;
        if (got == 0 || reader->is_cut || length == 0)
            return -EIO; /* it was written, and in one piece */
        if (!visit(context, record[0], record + 1, length - 1))
            return 0;
    }
    return 1;
}

static int visit_file(batch_queue *queue, batch_queue_visitor *visit, void *context)
{
    line_reader reader = {.file = queue->file, .delimiter = '\0'};
    int got;

    if (queue->filed == 0)
        return 1;
    if (lseek(queue->file, 0, SEEK_SET) < 0)
        return -errno;
    got = visit_some(&reader, queue->filed, visit, context);
    line_free(&reader);
    return got;
}

int batch_queue_drain(batch_queue *queue, batch_queue_visitor *visit, void *context)
{
    int got = visit_file(queue, visit, context);
    int failure;

    if (got > 0) {
        line_reader reader;

        line_begin_bytes(&reader, queue->held, queue->used, '\0');
        got = visit_some(&reader, queue->count, visit, context);
    }
    queue->count = 0;
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
