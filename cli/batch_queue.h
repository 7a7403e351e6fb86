/* batch_queue.h - requests that wait for "flush": in memory as long as they are few, then in a
 * temporary file without a name, so that whoever asks may write any number of them before the first
 * answer is read.
 *
 * A request is a byte that says of what kind it is, and a text without NUL. */
#ifndef BATCH_QUEUE_H
#define BATCH_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct batch_queue {
    char *held; /* each request ends in NUL */
    size_t capacity;
    size_t used;
    uint64_t count; /* of these */
    int file;       /* what no longer fits, which came before what is held; valid if has_file */
    bool has_file;
    uint64_t filed; /* how many are whole in it; what a failure left behind them is none */
} batch_queue;      /* all zero: empty */

/* 0, or an errno: there is no room for it, neither in memory nor on disk. The queue has to be
 * drained then, before another is added. */
int batch_queue_add(batch_queue *queue, char kind, const char *text, size_t length);

/* False ends it. */
typedef bool batch_queue_visitor(void *context, char kind, const char *text, size_t length);
/* Visits all requests in order, and leaves the queue empty, also where a visitor ended it. The
 * visitor may not add any. 0, or an errno: not all could be read back. */
int batch_queue_drain(batch_queue *queue, batch_queue_visitor *visit, void *context);
void batch_queue_free(batch_queue *queue);

#endif
