/* hash_queue.h - objects of a walk that wait to be hashed. Many at once are hashed side by side,
 * the longest first, at several times the speed of one alone (platform/hash_lanes.h). */
#ifndef PKR_HASH_QUEUE_H
#define PKR_HASH_QUEUE_H

#include "object/blob.h"
#include "platform/hash.h"
#include "walk/visitor.h"

typedef struct pkr_waiting_object {
    pkr_walk_object object; /* without id */
    pkr_entry entry;        /* what `object.entry` points at */
    pkr_blob *blob;
} pkr_waiting_object;

/* Of one thread. */
typedef struct pkr_hash_queue {
    pkr_budget *budget;
    const pkr_hash_way *way;
    pkr_waiting_object *rows; /* NULL: there is no room to wait */
    pkr_hash_job *jobs;       /* as many */
    uint64_t charged;
    uint32_t capacity;
    uint32_t count;
    uint64_t bytes; /* that the waiting objects hold in memory */
    uint64_t most;  /* of these */
} pkr_hash_queue;

/* Told of each object, its id and `is_attack` set. */
typedef void pkr_hash_told(void *context, const pkr_walk_object *object);

/* Without room for one, or with a hash that has no lanes, it takes no objects. */
void pkr_hash_queue_begin(pkr_hash_queue *queue, pkr_budget *budget, const pkr_hash_way *way,
                          size_t id_size);
/* Objects that still wait are let go untold; what they hold goes to `spares`. */
void pkr_hash_queue_end(pkr_hash_queue *queue, pkr_spares *spares);

/* Whether the object may wait: it is not so large that it would go alone. */
bool pkr_hash_queue_takes(const pkr_hash_queue *queue, uint64_t size);
/* One that may; the queue takes a hold of its blob, in which its data are. True if it is full now:
 * then it has to run before the next. */
bool pkr_hash_queue_add(pkr_hash_queue *queue, const pkr_walk_object *object, pkr_blob *blob);
/* Hashes all that wait, and tells of them in the order in which they came. Errors: STOPPED, without
 * detail; then nothing is told. */
int pkr_hash_queue_run(pkr_hash_queue *queue, pkr_spares *spares, pkr_hash_told *told,
                       void *context);

#endif
