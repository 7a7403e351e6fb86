/* hash_queue.c - collects objects, has them hashed together, and tells of them. */
#include "walk/hash_queue.h"

#include <string.h>

#include "base/id.h"
#include "base/memory.h"

/* As many as fill all lanes a few times, and so many bytes as processors have near them. */
#define ROWS_MOST 256
#define ROWS_LEAST 48
#define BYTES_MOST ((uint64_t)768 << 10)
/* Of the memory limit, for the bytes that wait. */
#define SHARE 64
/* So many times that may be in the lanes. */
#define IN_LANES 3

#define ROW_SIZE (sizeof(pkr_waiting_object) + sizeof(pkr_lanes_job *))

static void free_rows(pkr_hash_queue *queue)
{
    queue->free = queue->waiting = NULL;
    for (uint32_t i = queue->capacity; i-- > 0;) {
        queue->rows[i].blob = NULL;
        queue->rows[i].next = queue->free;
        queue->free = &queue->rows[i];
    }
    queue->count = 0;
    queue->bytes = queue->new_bytes = 0;
}

void pkr_hash_queue_begin(pkr_hash_queue *queue, pkr_budget *budget, const pkr_hash_way *way,
                          size_t id_size)
{
    const uint64_t share = budget->limit / SHARE;
    const uint64_t most = share < BYTES_MOST ? share : BYTES_MOST;
    uint64_t rows = most / 2 / ROW_SIZE;
    void *memory;

    memset(queue, 0, sizeof *queue);
    queue->budget = budget;
    queue->most = most;
    if (rows > ROWS_MOST)
        rows = ROWS_MOST;
    if (id_size != 20 || rows < ROWS_LEAST)
        return;
    memory = pkr_memory_optional(budget, rows * ROW_SIZE);
    if (!memory)
        return;
    queue->charged = rows * ROW_SIZE;
    queue->capacity = (uint32_t)rows;
    queue->rows = memory;
    queue->jobs = (pkr_lanes_job **)(void *)(queue->rows + rows);
    free_rows(queue);
    pkr_lanes_begin(&queue->lanes, way);
}

static void release_all(pkr_hash_queue *queue, pkr_spares *spares)
{
    for (uint32_t i = 0; i < queue->capacity; i++)
        pkr_blob_release(spares, queue->rows[i].blob);
    free_rows(queue);
}

void pkr_hash_queue_end(pkr_hash_queue *queue, pkr_spares *spares)
{
    release_all(queue, spares);
    pkr_memory_free(queue->budget, queue->rows, queue->charged);
    queue->rows = NULL;
    queue->capacity = 0;
}

bool pkr_hash_queue_takes(const pkr_hash_queue *queue, uint64_t size)
{
    return queue->capacity > 0 && size <= queue->most / 2;
}

bool pkr_hash_queue_add(pkr_hash_queue *queue, const pkr_walk_object *object, pkr_blob *blob)
{
    pkr_waiting_object *row = queue->free;

    queue->free = row->next;
    row->next = queue->waiting;
    queue->waiting = row;
    row->object = *object;
    row->entry = *object->entry;
    row->object.entry = &row->entry;
    row->blob = blob;
    row->job.prefix = row->header;
    row->job.prefix_size = pkr_hash_header(row->header, object->type, object->size);
    row->job.data = object->data;
    row->job.size = (size_t)object->size;
    pkr_blob_hold(blob);
    queue->count++;
    queue->bytes += blob->charged;
    queue->new_bytes += blob->charged;
    return !queue->free || queue->new_bytes >= queue->most;
}

/* By their lengths in bits: lanes that end at about the same time stop each other least. */
#define CLASSES 65

static unsigned class_of(uint64_t size)
{
    unsigned bits = 0;

    for (; size; size >>= 1)
        bits++;
    return bits;
}

/* The jobs that wait, the longest first; how many. */
static uint32_t fill_jobs(pkr_hash_queue *queue)
{
    uint32_t begins[CLASSES] = {0};
    uint32_t at = 0;

    for (const pkr_waiting_object *row = queue->waiting; row; row = row->next)
        begins[class_of(row->object.size)]++;
    for (unsigned i = CLASSES; i-- > 0;) {
        const uint32_t count = begins[i];

        begins[i] = at;
        at += count;
    }
    for (pkr_waiting_object *row = queue->waiting; row; row = row->next)
        queue->jobs[begins[class_of(row->object.size)]++] = &row->job;
    queue->waiting = NULL;
    queue->new_bytes = 0;
    return at;
}

/* The row is free then. */
static void tell(pkr_hash_queue *queue, pkr_waiting_object *row, pkr_spares *spares,
                 pkr_hash_told *told, void *context)
{
    pkr_id_set(&row->object.id, row->job.digest, sizeof row->job.digest);
    row->object.is_attack = row->job.is_attack;
    told(context, &row->object);
    queue->count--;
    queue->bytes -= row->blob->charged;
    pkr_blob_release(spares, row->blob);
    row->blob = NULL;
    row->next = queue->free;
    queue->free = row;
}

int pkr_hash_queue_run(pkr_hash_queue *queue, bool all, pkr_spares *spares, pkr_hash_told *told,
                       void *context)
{
    const bool is_much = queue->bytes - queue->new_bytes > IN_LANES * queue->most;
    const uint32_t count = fill_jobs(queue);
    const int status =
        pkr_lanes_run(&queue->lanes, queue->jobs, count, all || is_much, queue->budget->stop);

    if (status != 0) {
        release_all(queue, spares);
        pkr_lanes_begin(&queue->lanes, queue->lanes.way);
        return status;
    }
    for (uint32_t i = 0; i < queue->capacity; i++)
        if (queue->rows[i].blob && queue->rows[i].job.is_done)
            tell(queue, &queue->rows[i], spares, told, context);
    return 0;
}
