/* hash_queue.h - objects of a walk that wait to be hashed. Many at once are hashed side by side, at
 * several times the speed of one alone (platform/hash_lanes.h); what is not done when no more wait
 * goes on with the next ones. */
#ifndef PKR_HASH_QUEUE_H
#define PKR_HASH_QUEUE_H

#include "object/blob.h"
#include "platform/hash.h"
#include "platform/hash_lanes.h"
#include "walk/visitor.h"

typedef struct pkr_waiting_object {
    pkr_walk_object object; /* without id */
    pkr_entry entry;        /* what `object.entry` points at */
    pkr_blob *blob;         /* NULL: nothing waits in this row */
    unsigned char header[PKR_HASH_HEADER_MOST];
    pkr_lanes_job job;
    struct pkr_waiting_object *next; /* of those that wait, or of the rows that are free */
} pkr_waiting_object;

/* Of one thread. */
typedef struct pkr_hash_queue {
    pkr_lanes lanes;
    pkr_budget *budget;
    pkr_waiting_object *rows; /* NULL: there is no room to wait */
    pkr_waiting_object *free;
    pkr_waiting_object *waiting; /* those that are not in the lanes yet, the last one first */
    pkr_lanes_job **jobs;        /* as many as rows */
    uint64_t charged;
    uint32_t capacity;
    uint32_t count;     /* of rows that are in use */
    uint64_t bytes;     /* that their objects hold in memory */
    uint64_t new_bytes; /* of these, what is not in the lanes yet */
    uint64_t most;
} pkr_hash_queue;

/* Told of each object, its id and `is_attack` set. */
typedef void pkr_hash_told(void *context, const pkr_walk_object *object);

/* Without room for one, or with a hash that has no lanes, it takes no objects. `way` stays where it
 * is for as long. */
void pkr_hash_queue_begin(pkr_hash_queue *queue, pkr_budget *budget, const pkr_hash_way *way,
                          size_t id_size);
/* Objects that are still in it are let go untold; what they hold goes to `spares`. */
void pkr_hash_queue_end(pkr_hash_queue *queue, pkr_spares *spares);

/* Whether the object may wait: it is not so large that it would go alone. */
bool pkr_hash_queue_takes(const pkr_hash_queue *queue, uint64_t size);
/* One that may; the queue takes a hold of its blob, in which its data are. True if it is full now:
 * then it has to run before the next. */
bool pkr_hash_queue_add(pkr_hash_queue *queue, const pkr_walk_object *object, pkr_blob *blob);
/* Hashes what waits, and tells of what is done, in any order; with `all` nothing is in it
 * afterwards. Errors: STOPPED, without detail; then nothing is told, and nothing is in it. */
int pkr_hash_queue_run(pkr_hash_queue *queue, bool all, pkr_spares *spares, pkr_hash_told *told,
                       void *context);

#endif
