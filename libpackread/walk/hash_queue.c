/* hash_queue.c - collects objects, hashes them together, and tells of them. */
#include "walk/hash_queue.h"

#include <string.h>

#include "base/memory.h"

/* As many as fill some lanes again and again, and so many bytes as processors have near them. */
#define ROWS_MOST 256
#define ROWS_LEAST 32
#define BYTES_MOST ((uint64_t)2 << 20)
/* Of the memory limit, for the bytes; an object may take a part of them. */
#define SHARE 32
#define PARTS 4

#define ROW_SIZE (sizeof(pkr_waiting_object) + sizeof(pkr_hash_job))

void pkr_hash_queue_begin(pkr_hash_queue *queue, pkr_budget *budget, const pkr_hash_way *way,
                          size_t id_size)
{
    const uint64_t share = budget->limit / SHARE;
    const uint64_t most = share < BYTES_MOST ? share : BYTES_MOST;
    uint64_t rows = most / 2 / ROW_SIZE;
    void *memory;

    *queue = (pkr_hash_queue){.budget = budget, .way = way, .most = most};
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
    queue->jobs = (pkr_hash_job *)(queue->rows + rows);
}

static void release_all(pkr_hash_queue *queue, pkr_spares *spares)
{
    for (uint32_t i = 0; i < queue->count; i++)
        pkr_blob_release(spares, queue->rows[i].blob);
    queue->count = 0;
    queue->bytes = 0;
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
    return queue->capacity > 0 && size <= queue->most / PARTS;
}

bool pkr_hash_queue_add(pkr_hash_queue *queue, const pkr_walk_object *object, pkr_blob *blob)
{
    pkr_waiting_object *row = &queue->rows[queue->count++];

    row->object = *object;
    row->entry = *object->entry;
    row->object.entry = &row->entry;
    row->blob = blob;
    pkr_blob_hold(blob);
    queue->bytes += blob->charged;
    return queue->count == queue->capacity || queue->bytes > queue->most - queue->most / PARTS;
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

/* The jobs, the longest first; `job_of` has each row's. */
static void fill_jobs(pkr_hash_queue *queue, uint16_t job_of[ROWS_MOST])
{
    uint32_t begins[CLASSES] = {0};
    uint32_t at = 0;

    for (uint32_t i = 0; i < queue->count; i++)
        begins[class_of(queue->rows[i].object.size)]++;
    for (unsigned i = CLASSES; i-- > 0;) {
        const uint32_t count = begins[i];

        begins[i] = at;
        at += count;
    }
    for (uint32_t i = 0; i < queue->count; i++) {
        const pkr_walk_object *object = &queue->rows[i].object;
        const uint32_t place = begins[class_of(object->size)]++;

        job_of[i] = (uint16_t)place;
        queue->jobs[place].type = object->type;
        queue->jobs[place].size = object->size;
        queue->jobs[place].data = object->data;
    }
}

int pkr_hash_queue_run(pkr_hash_queue *queue, pkr_spares *spares, pkr_hash_told *told,
                       void *context)
{
    uint16_t job_of[ROWS_MOST];
    int status;

    fill_jobs(queue, job_of);
    status = pkr_hash_objects(queue->way, 20, queue->jobs, queue->count, queue->budget->stop);
    for (uint32_t i = 0; status == 0 && i < queue->count; i++) {
        pkr_walk_object *object = &queue->rows[i].object;

        object->id = queue->jobs[job_of[i]].id;
        object->is_attack = queue->jobs[job_of[i]].is_attack;
        told(context, object);
    }
    release_all(queue, spares);
    return status;
}
