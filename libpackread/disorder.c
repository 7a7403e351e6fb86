/* disorder.c - reads an index's ids once to see whether they are in order, and sorts them if not.
 */
#include "disorder.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "error.h"

enum order { ORDER_UNKNOWN, ORDER_RIGHT, ORDER_WRONG };

struct packread_disorder {
    pthread_mutex_t lock;
    enum order order;
    /* The first four bytes of an id, then its row; in order of the whole ids. Once made it stays.
     */
    uint64_t *keys;
    uint64_t charged;
};

packread_disorder *packread_disorder_new(void)
{
    packread_disorder *made = calloc(1, sizeof *made);

    if (made && pthread_mutex_init(&made->lock, NULL) != 0) {
        free(made);
        made = NULL;
    }
    return made;
}

void packread_disorder_free(packread_disorder *disorder, packread_budget *budget)
{
    if (!disorder)
        return;
    if (budget)
        packread_budget_give(budget, disorder->charged);
    pthread_mutex_destroy(&disorder->lock);
    free(disorder->keys);
    free(disorder);
}

/* Whether ids rise and each is in its bucket of the fanout. */
static int check_order(packread_rows *rows, const packread_pack *pack, enum order *order,
                       packread_error *error)
{
    const packread_idx *idx = &pack->idx;
    unsigned char previous[PACKREAD_ID_MAX];

    for (uint32_t position = 0; position < idx->count; position++) {
        const unsigned char *bytes;
        int status = packread_rows_id(rows, pack, position, &bytes, error);

        if (status != 0)
            return status;
        if ((position > 0 && memcmp(previous, bytes, idx->id_size) >= 0) ||
            position >= idx->fanout[bytes[0]] ||
            (bytes[0] > 0 && position < idx->fanout[bytes[0] - 1])) {
            *order = ORDER_WRONG;
            return 0;
        }
        memcpy(previous, bytes, idx->id_size);
    }
    *order = ORDER_RIGHT;
    return 0;
}

/* Whole ids decide where the first four bytes are the same. */
static int compare(packread_rows *rows, const packread_pack *pack, uint64_t left, uint64_t right,
                   int *order, packread_error *error)
{
    unsigned char id[PACKREAD_ID_MAX];
    const unsigned char *bytes;
    int status;

    *order = (left >> 32 > right >> 32) - (left >> 32 < right >> 32);
    if (*order != 0)
        return 0;
    status = packread_rows_id(rows, pack, (uint32_t)left, &bytes, error);
    if (status != 0)
        return status;
    memcpy(id, bytes, pack->idx.id_size);
    status = packread_rows_id(rows, pack, (uint32_t)right, &bytes, error);
    if (status == 0)
        *order = memcmp(id, bytes, pack->idx.id_size);
    return status;
}

/* Merges the sorted runs [low, middle) and [middle, high) of `from`; equal ids stay in order of
 * their rows. */
static int merge(packread_rows *rows, const packread_pack *pack, const uint64_t *from, uint64_t *to,
                 size_t low, size_t middle, size_t high, packread_error *error)
{
    size_t left = low;
    size_t right = middle;

    for (size_t at = low; at < high; at++) {
        int order = left < middle ? -1 : 1;

        if (left < middle && right < high) {
            int status = compare(rows, pack, from[left], from[right], &order, error);

            if (status != 0)
                return status;
        }
        to[at] = order <= 0 ? from[left++] : from[right++];
    }
    return 0;
}

/* From runs of one up; the result is in `*keys`, the other array in `*spare`. */
static int sort(packread_rows *rows, const packread_pack *pack, uint64_t **keys, uint64_t **spare,
                packread_error *error)
{
    size_t count = pack->idx.count;
    int status = 0;

    for (size_t run = 1; status == 0 && run < count; run *= 2) {
        uint64_t *swap = *keys;

        for (size_t low = 0; status == 0 && low < count;) {
            size_t middle = run < count - low ? low + run : count;
            size_t high = run < count - middle ? middle + run : count;

            status = merge(rows, pack, *keys, *spare, low, middle, high, error);
            low = high;
        }
        *keys = *spare;
        *spare = swap;
    }
    return status;
}

static int fill(packread_rows *rows, const packread_pack *pack, uint64_t *keys,
                packread_error *error)
{
    for (uint32_t position = 0; position < pack->idx.count; position++) {
        const unsigned char *bytes;
        int status = packread_rows_id(rows, pack, position, &bytes, error);

        if (status != 0)
            return status;
        keys[position] = (uint64_t)packread_bytes_u32(bytes) << 32 | position;
    }
    return 0;
}

static int make_table(packread_disorder *disorder, packread_rows *rows, const packread_pack *pack,
                      packread_budget *budget, packread_error *error)
{
    uint64_t size = (uint64_t)pack->idx.count * sizeof(uint64_t);
    uint64_t *keys;
    uint64_t *spare;
    int status;

    if (size > SIZE_MAX / 2 || !packread_budget_take(budget, 2 * size)) {
        packread_error_set(error, PACKREAD_ERROR_BUDGET, pack->index_path,
                           "index ids do not rise, and the memory limit has no room to sort them");
        if (error)
            error->needed = 2 * (atomic_load(&budget->used) + 2 * size);
        return PACKREAD_ERROR_BUDGET;
    }
    keys = malloc((size_t)size);
    spare = malloc((size_t)size);
    status = keys && spare ? fill(rows, pack, keys, error) : packread_error_memory(error);
    if (status == 0)
        status = sort(rows, pack, &keys, &spare, error);
    free(spare);
    packread_budget_give(budget, size);
    if (status == 0) {
        disorder->keys = keys;
        disorder->charged = size;
    } else {
        free(keys);
        packread_budget_give(budget, size);
    }
    return status;
}

/* The first row of this id, in the table. */
static int search(const packread_disorder *disorder, packread_rows *rows, const packread_pack *pack,
                  const packread_id *id, uint32_t *position, packread_error *error)
{
    uint32_t low = 0;
    uint32_t count = pack->idx.count;
    const unsigned char *bytes;
    int status;

    while (count > 0) {
        uint32_t half = count / 2;

        status = packread_rows_id(rows, pack, (uint32_t)disorder->keys[low + half], &bytes, error);
        if (status != 0)
            return status;
        if (memcmp(bytes, id->bytes, pack->idx.id_size) < 0) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    if (low == pack->idx.count)
        return PACKREAD_ERROR_NOT_FOUND;
    status = packread_rows_id(rows, pack, (uint32_t)disorder->keys[low], &bytes, error);
    if (status != 0)
        return status;
    if (memcmp(bytes, id->bytes, pack->idx.id_size) != 0)
        return PACKREAD_ERROR_NOT_FOUND;
    *position = (uint32_t)disorder->keys[low];
    return 0;
}

int packread_disorder_find(packread_rows *rows, const packread_pack *pack, packread_budget *budget,
                           const packread_id *id, uint32_t *position, packread_error *error)
{
    packread_disorder *disorder = pack->disorder;
    enum order order;
    int status = 0;

    if (id->size != pack->idx.id_size)
        return PACKREAD_ERROR_NOT_FOUND;
    pthread_mutex_lock(&disorder->lock);
    if (disorder->order == ORDER_UNKNOWN)
        status = check_order(rows, pack, &disorder->order, error);
    if (status == 0 && disorder->order == ORDER_WRONG && !disorder->keys)
        status = make_table(disorder, rows, pack, budget, error);
    order = disorder->order;
    pthread_mutex_unlock(&disorder->lock);
    if (status != 0)
        return status;
    return order == ORDER_RIGHT ? PACKREAD_ERROR_NOT_FOUND
                                : search(disorder, rows, pack, id, position, error);
}
