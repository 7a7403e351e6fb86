/* unsorted.c - reads an index's ids once to see whether they are in order, and sorts them if not.
 */
#include "store/unsorted.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/mutex.h"

enum order { ORDER_UNKNOWN, ORDER_RIGHT, ORDER_WRONG };

struct pkr_unsorted {
    pkr_lock lock;
    enum order order;
    uint32_t sound[256 / 32]; /* a bit for each bucket of the fanout that is known to be in order */
    /* The first four bytes of an id, then its row; in order of the whole ids. Once made it stays.
     */
    uint64_t *keys;
    uint64_t charged;
};

pkr_unsorted *pkr_unsorted_new(void)
{
    pkr_unsorted *made = calloc(1, sizeof *made);

    if (made && !pkr_lock_make(&made->lock)) {
        free(made);
        made = NULL;
    }
    return made;
}

void pkr_unsorted_free(pkr_unsorted *disorder, pkr_budget *budget)
{
    if (!disorder)
        return;
    if (budget)
        pkr_budget_give(budget, disorder->charged);
    pkr_lock_unmake(&disorder->lock);
    free(disorder->keys);
    free(disorder);
}

static bool rises(const unsigned char *below, const unsigned char *above, size_t id_size)
{
    uint64_t low = pkr_bytes_u64(below);
    uint64_t high = pkr_bytes_u64(above);

    return low != high ? low < high : memcmp(below, above, id_size) < 0;
}

/* Whether `count` ids from row `position` on rise above `previous`, if that is not NULL, and each
 * is in its bucket of the fanout. */
static bool are_in_order(const pkr_idx *idx, uint32_t position, uint32_t count,
                         const unsigned char *id, const unsigned char *previous)
{
    for (uint32_t end = position + count; position < end; position++, id += idx->id_stride) {
        if ((previous && !rises(previous, id, idx->id_size)) || position >= idx->fanout[id[0]] ||
            (id[0] > 0 && position < idx->fanout[id[0] - 1]))
            return false;
        previous = id;
    }
    return true;
}

/* As many rows from `position` on, before `end`, as the window has, one at least. */
static int rows_in_sight(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint32_t end,
                         const unsigned char **bytes, uint32_t *count, pkr_fault *fault)
{
    const pkr_idx *idx = &pack->idx;
    uint64_t place = idx->ids + (uint64_t)position * idx->id_stride;
    uint64_t in_sight;
    size_t size;
    int status = pkr_view_use(&rows->ids, place, PKR_VIEW_ALL, bytes, &size, fault);

    *count = 1;
    if (status != 0 || size < idx->id_size)
        return status ? status : pkr_rows_id(rows, pack, position, bytes, fault);
    in_sight = 1 + (size - idx->id_size) / idx->id_stride;
    *count = in_sight < end - position ? (uint32_t)in_sight : end - position;
    pkr_view_saw(&rows->ids, *bytes + (size_t)(*count - 1) * idx->id_stride + idx->id_size - 1);
    return 0;
}

/* The rows from `position` to `end`. */
static int check_order(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint32_t end,
                       enum order *order, pkr_fault *fault)
{
    const pkr_idx *idx = &pack->idx;
    unsigned char previous[PACKREAD_ID_MAX];
    bool has_previous = false;

    while (position < end) {
        const unsigned char *bytes;
        uint32_t count;
        int status = rows_in_sight(rows, pack, position, end, &bytes, &count, fault);

        if (status != 0)
            return status;
        if (!are_in_order(idx, position, count, bytes, has_previous ? previous : NULL)) {
            *order = ORDER_WRONG;
            return 0;
        }
        memcpy(previous, bytes + (size_t)(count - 1) * idx->id_stride, idx->id_size);
        has_previous = true;
        position += count;
    }
    *order = ORDER_RIGHT;
    return 0;
}

/* The rows that the fanout has for this first byte, with a neighbour on either side: a search for
 * an id that begins so sees no other. */
static int check_bucket(pkr_rows *rows, const pkr_pack *pack, unsigned char first,
                        enum order *order, pkr_fault *fault)
{
    const pkr_idx *idx = &pack->idx;
    uint32_t *sound = &pack->unsorted->sound[first / 32];
    uint32_t bit = (uint32_t)1 << first % 32;
    uint32_t begin = first > 0 ? idx->fanout[first - 1] : 0;
    uint32_t end = idx->fanout[first];
    int status = 0;

    *order = begin <= end && end <= idx->count ? ORDER_RIGHT : ORDER_WRONG;
    if (*order == ORDER_WRONG || *sound & bit)
        return 0;
    status = check_order(rows, pack, begin - (begin > 0), end + (end < idx->count), order, fault);
    if (status == 0 && *order == ORDER_RIGHT)
        *sound |= bit;
    return status;
}

/* Whole ids decide where the first four bytes are the same. */
static int compare(pkr_rows *rows, const pkr_pack *pack, uint64_t left, uint64_t right, int *order,
                   pkr_fault *fault)
{
    unsigned char id[PACKREAD_ID_MAX];
    const unsigned char *bytes;
    int status;

    *order = (left >> 32 > right >> 32) - (left >> 32 < right >> 32);
    if (*order != 0)
        return 0;
    status = pkr_rows_id(rows, pack, (uint32_t)left, &bytes, fault);
    if (status != 0)
        return status;
    memcpy(id, bytes, pack->idx.id_size);
    status = pkr_rows_id(rows, pack, (uint32_t)right, &bytes, fault);
    if (status == 0)
        *order = memcmp(id, bytes, pack->idx.id_size);
    return status;
}

/* Merges the sorted runs [low, middle) and [middle, high) of `from`; equal ids stay in order of
 * their rows. */
static int merge(pkr_rows *rows, const pkr_pack *pack, const uint64_t *from, uint64_t *to,
                 size_t low, size_t middle, size_t high, pkr_fault *fault)
{
    size_t left = low;
    size_t right = middle;

    for (size_t at = low; at < high; at++) {
        int order = left < middle ? -1 : 1;

        if (left < middle && right < high) {
            int status = compare(rows, pack, from[left], from[right], &order, fault);

            if (status != 0)
                return status;
        }
        to[at] = order <= 0 ? from[left++] : from[right++];
    }
    return 0;
}

/* From runs of one up; the result is in `*keys`, the other array in `*spare`. */
static int sort(pkr_rows *rows, const pkr_pack *pack, uint64_t **keys, uint64_t **spare,
                pkr_fault *fault)
{
    size_t count = pack->idx.count;
    int status = 0;

    for (size_t run = 1; status == 0 && run < count; run *= 2) {
        uint64_t *swap = *keys;

        for (size_t low = 0; status == 0 && low < count;) {
            size_t middle = run < count - low ? low + run : count;
            size_t high = run < count - middle ? middle + run : count;

            status = merge(rows, pack, *keys, *spare, low, middle, high, fault);
            low = high;
        }
        *keys = *spare;
        *spare = swap;
    }
    return status;
}

static int fill(pkr_rows *rows, const pkr_pack *pack, uint64_t *keys, pkr_fault *fault)
{
    for (uint32_t position = 0; position < pack->idx.count; position++) {
        const unsigned char *bytes;
        int status = pkr_rows_id(rows, pack, position, &bytes, fault);

        if (status != 0)
            return status;
        keys[position] = (uint64_t)pkr_bytes_u32(bytes) << 32 | position;
    }
    return 0;
}

static int make_table(pkr_unsorted *disorder, pkr_rows *rows, const pkr_pack *pack,
                      pkr_budget *budget, pkr_fault *fault)
{
    uint64_t size = (uint64_t)pack->idx.count * sizeof(uint64_t);
    uint64_t *keys;
    uint64_t *spare;
    int status;

    if (size > SIZE_MAX / 2 || !pkr_budget_take(budget, 2 * size)) {
        pkr_fault_set(fault, PACKREAD_ERROR_BUDGET, pack->index_path,
                      "index ids do not rise, and the memory limit has no room to sort them");
        if (fault)
            fault->needed = 2 * (atomic_load(&budget->used) + 2 * size);
        return PACKREAD_ERROR_BUDGET;
    }
    keys = malloc((size_t)size);
    spare = malloc((size_t)size);
    status = keys && spare ? fill(rows, pack, keys, fault) : pkr_fault_memory(fault);
    if (status == 0)
        status = sort(rows, pack, &keys, &spare, fault);
    if (status == 0 && pkr_view_spoiled(&rows->ids))
        status = pkr_view_fault(&rows->ids, fault);
    free(spare);
    pkr_budget_give(budget, size);
    if (status == 0) {
        disorder->keys = keys;
        disorder->charged = size;
    } else {
        free(keys);
        pkr_budget_give(budget, size);
    }
    return status;
}

/* The first place in the table whose id is not below `id`; the count if there is none. */
static int search(const pkr_unsorted *disorder, pkr_rows *rows, const pkr_pack *pack,
                  const packread_id *id, uint32_t *place, pkr_fault *fault)
{
    uint32_t low = 0;
    uint32_t count = pack->idx.count;

    while (count > 0) {
        uint32_t half = count / 2;
        const unsigned char *bytes;
        int status = pkr_rows_id(rows, pack, (uint32_t)disorder->keys[low + half], &bytes, fault);

        if (status != 0)
            return status;
        if (memcmp(bytes, id->bytes, pack->idx.id_size) < 0) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    *place = low;
    return 0;
}

/* Of the whole index, with the lock. Zeros in the place of a page that could not be read must not
 * be remembered as ids out of order: it may be there the next time. */
static int check_all(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget, enum order *order,
                     pkr_fault *fault)
{
    pkr_unsorted *disorder = pack->unsorted;
    int status = 0;

    *order = disorder->order;
    if (*order == ORDER_UNKNOWN)
        status = check_order(rows, pack, 0, pack->idx.count, order, fault);
    if (status == 0 && pkr_view_spoiled(&rows->ids))
        status = pkr_view_fault(&rows->ids, fault);
    if (status == 0 && *order == ORDER_WRONG && !disorder->keys)
        status = make_table(disorder, rows, pack, budget, fault);
    if (status == 0)
        disorder->order = *order;
    return status;
}

/* What order the ids that are looked at are in; with the table, if that is wrong. */
static int learn(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget,
                 enum pkr_unsorted_reach reach, unsigned char first, enum order *order,
                 pkr_fault *fault)
{
    pkr_unsorted *disorder = pack->unsorted;
    int status = 0;

    pkr_lock_take(&disorder->lock);
    *order = disorder->order;
    if (*order == ORDER_UNKNOWN && reach == PKR_UNSORTED_BUCKET)
        status = check_bucket(rows, pack, first, order, fault);
    if (status == 0 && *order != ORDER_RIGHT)
        status = check_all(rows, pack, budget, order, fault);
    pkr_lock_give(&disorder->lock);
    return status;
}

int pkr_unsorted_lower_bound(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget,
                             const packread_id *id, enum pkr_unsorted_reach reach,
                             uint32_t *position, pkr_fault *fault)
{
    enum order order;
    uint32_t place = 0;
    int status = learn(rows, pack, budget, reach, id->bytes[0], &order, fault);

    if (status != 0 || order == ORDER_RIGHT)
        return status;
    status = search(pack->unsorted, rows, pack, id, &place, fault);
    if (status == 0)
        *position =
            place < pack->idx.count ? (uint32_t)pack->unsorted->keys[place] : pack->idx.count;
    return status;
}

int pkr_unsorted_find(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget,
                      const packread_id *id, uint32_t *position, pkr_fault *fault)
{
    const unsigned char *bytes;
    uint32_t row = pack->idx.count;
    int status;

    if (id->size != pack->idx.id_size)
        return PACKREAD_ERROR_NOT_FOUND;
    status = pkr_unsorted_lower_bound(rows, pack, budget, id, PKR_UNSORTED_ALL, &row, fault);
    if (status != 0)
        return status;
    if (row == pack->idx.count)
        return PACKREAD_ERROR_NOT_FOUND;
    status = pkr_rows_id(rows, pack, row, &bytes, fault);
    if (status != 0)
        return status;
    if (memcmp(bytes, id->bytes, pack->idx.id_size) != 0)
        return PACKREAD_ERROR_NOT_FOUND;
    *position = row;
    return 0;
}

bool pkr_unsorted_is_sorted(const pkr_pack *pack)
{
    bool sorted;

    pkr_lock_take(&pack->unsorted->lock);
    sorted = pack->unsorted->keys != NULL;
    pkr_lock_give(&pack->unsorted->lock);
    return sorted;
}

int pkr_unsorted_next(pkr_rows *rows, const pkr_pack *pack, const packread_id *id,
                      uint32_t *position, pkr_fault *fault)
{
    const pkr_unsorted *disorder = pack->unsorted;
    const unsigned char *bytes;
    uint32_t place = 0;
    bool is_behind = false;
    int status = search(disorder, rows, pack, id, &place, fault);

    for (uint32_t passed = 0; status == 0 && passed <= PKR_TWINS_MOST && place < pack->idx.count;
         passed++, place++) {
        uint32_t row = (uint32_t)disorder->keys[place];

        status = pkr_rows_id(rows, pack, row, &bytes, fault);
        if (status != 0)
            return status;
        if (memcmp(bytes, id->bytes, pack->idx.id_size) != 0)
            break;
        if (is_behind) {
            *position = row;
            return 0;
        }
        is_behind = row == *position;
    }
    return status == 0 ? PACKREAD_ERROR_NOT_FOUND : status;
}
