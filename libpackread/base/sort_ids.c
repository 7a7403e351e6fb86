/* sort_ids.c - one pass by the first 16 bits, then a heap sort of each bucket: ids that somebody
 * chose cost no more than n log n. */
#include "base/sort_ids.h"

#include <stdlib.h>
#include <string.h>

#include "base/stop.h"

#define BUCKETS ((size_t)65536)
#define FEW 4096 /* not worth the buckets */

typedef struct ids {
    const unsigned char *bytes;
    size_t size;
    const packread_stop *stop;
} ids;

static bool is_less(const ids *all, uint32_t left, uint32_t right)
{
    int order = memcmp(all->bytes + (size_t)left * all->size,
                       all->bytes + (size_t)right * all->size, all->size);

    return order < 0 || (order == 0 && left < right);
}

static void sift_down(const ids *all, uint32_t *heap, uint32_t at, uint32_t count)
{
    uint32_t moved = heap[at];

    while (at < count / 2) {
        uint32_t child = 2 * at + 1;

        if (child + 1 < count && is_less(all, heap[child], heap[child + 1]))
            child++;
        if (!is_less(all, moved, heap[child]))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

static void heap_sort(const ids *all, uint32_t *order, uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;)
        sift_down(all, order, i, count);
    for (uint32_t left = count; left > 1 && !pkr_stop_is_asked(all->stop); left--) {
        uint32_t most = order[0];

        order[0] = order[left - 1];
        order[left - 1] = most;
        sift_down(all, order, 0, left - 1);
    }
}

static size_t bucket_of(const ids *all, uint32_t number)
{
    const unsigned char *id = all->bytes + (size_t)number * all->size;

    return (size_t)id[0] << 8 | id[1];
}

bool pkr_sort_ids(const unsigned char *bytes, size_t id_size, uint32_t *order, uint32_t *spare,
                  uint32_t count, const packread_stop *stop)
{
    ids all = {bytes, id_size, stop};
    uint32_t *ends = count < FEW ? NULL : calloc(BUCKETS + 1, sizeof *ends);
    uint32_t from = 0;

    if (!ends) {
        heap_sort(&all, order, count);
        return !pkr_stop_is_asked(stop);
    }
    for (uint32_t i = 0; i < count; i++)
        ends[bucket_of(&all, order[i]) + 1]++;
    for (size_t i = 1; i < BUCKETS; i++)
        ends[i] += ends[i - 1];
    for (uint32_t i = 0; i < count; i++)
        spare[ends[bucket_of(&all, order[i])]++] = order[i];
    for (size_t i = 0; i < BUCKETS && !pkr_stop_is_asked(stop); i++) {
        heap_sort(&all, spare + from, ends[i] - from);
        from = ends[i];
    }
    memcpy(order, spare, (size_t)count * sizeof *order);
    free(ends);
    return !pkr_stop_is_asked(stop);
}
