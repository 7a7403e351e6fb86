/* unsorted.c - sees whether the ids of an index are in order, and sorts them if not.
 *
 * A search that was misled shows it where it ended. Let the rows be in order but for some that are
 * damaged, let the id that is looked for have an intact row, and let `m` be the last damaged row
 * that sent the search to the wrong side. If the id's row is behind m, then m's id is not below it,
 * and every row that the search met afterwards lies before m and is below it: the search ends at m.
 * Between m and the id's row there is a first intact one, whose id is not above the id looked for:
 * somewhere from m up to it the ids do not rise. If the id's row is before m, the same holds turned
 * round. So it is enough to look at the neighbours of the place where a search ended, as far as the
 * longest run of damaged rows: a page of a disk that went bad has 204 of them. Where the fanout is
 * what is damaged, rows next to that place are in the wrong bucket. */
#include "pack/unsorted.h"

#include <stdlib.h>
#include <string.h>

#include "base/bound.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/mutex.h"
#include "base/radix.h"

/* Rows are looked at by stretches of so many, so that a bit can say which were. */
#define STRETCH 256u
/* Of an index of a few stretches all is looked at. */
#define FEW_ROWS (3 * STRETCH)

enum order {
    ORDER_UNKNOWN,
    ORDER_RIGHT, /* each id is above the one before */
    ORDER_TWICE, /* or the same: a search is not misled */
    ORDER_WRONG
};

struct pkr_unsorted {
    pkr_lock lock;     /* held while one of the following is made */
    _Atomic int order; /* an enum order, of all rows; once known it stays */
    /* A bit for each stretch whose rows are in order among themselves and behind the one before.
     * NULL: there are none yet, or there was no memory for them. */
    _Atomic(_Atomic uint32_t *) seen;
    _Atomic uint32_t seen_count;
    _Atomic(uint32_t *) sorted; /* positions in order of id, where they are not in it; NULL: there
                                 * was no memory for them yet */
    uint64_t charged;           /* bytes taken from the budget */
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

void pkr_unsorted_free(pkr_unsorted *unsorted, pkr_budget *budget)
{
    if (!unsorted)
        return;
    pkr_budget_give(budget, unsorted->charged);
    pkr_lock_unmake(&unsorted->lock);
    free(atomic_load(&unsorted->seen));
    free(atomic_load(&unsorted->sorted));
    free(unsorted);
}

static enum order order_of(const pkr_pack *pack)
{
    return (enum order)atomic_load_explicit(&pack->unsorted->order, memory_order_acquire);
}

bool pkr_unsorted_is_right(const pkr_pack *pack)
{
    return order_of(pack) == ORDER_RIGHT;
}

bool pkr_unsorted_is_searchable(const pkr_pack *pack)
{
    return order_of(pack) == ORDER_RIGHT || order_of(pack) == ORDER_TWICE;
}

bool pkr_unsorted_is_damaged(const pkr_pack *pack)
{
    return order_of(pack) > ORDER_RIGHT;
}

int pkr_unsorted_falls(const pkr_pack *pack, pkr_fault *fault)
{
    return pkr_fault_set(fault, PACKREAD_ERROR_CORRUPT, pack->index_path,
                         "index ids do not rise: objects may be missing here");
}

int pkr_unsorted_verdict(const pkr_pack *pack, pkr_fault *fault)
{
    if (order_of(pack) == ORDER_WRONG)
        return pkr_unsorted_falls(pack, fault);
    /* Not a matter of the index alone. */
    if (order_of(pack) == ORDER_TWICE)
        return pkr_fault_set(fault, PACKREAD_ERROR_CORRUPT, pack->path,
                             "an id stands twice in its index: the pack has an object twice, "
                             "or another is missing here");
    return 0;
}

pkr_run pkr_unsorted_all(const pkr_pack *pack)
{
    return (pkr_run){atomic_load(&pack->unsorted->sorted), 0, pack->idx.count};
}

/* ---- Looking -------------------------------------------------------------------------------- */

static int compare(const unsigned char *left, const unsigned char *right, size_t id_size)
{
    uint64_t low = pkr_bytes_u64(left);
    uint64_t high = pkr_bytes_u64(right);

    return low != high ? (low < high ? -1 : 1) : memcmp(left, right, id_size);
}

/* Of `count` ids from row `position` on, with `previous`, if that is not NULL, before them; each
 * has to be in its bucket of the fanout. */
static enum order order_among(const pkr_idx *idx, uint32_t position, uint32_t count,
                              const unsigned char *id, const unsigned char *previous)
{
    enum order order = ORDER_RIGHT;

    for (uint32_t end = position + count; position < end; position++, id += idx->id_stride) {
        int step = previous ? compare(previous, id, idx->id_size) : -1;

        if (step > 0 || position >= idx->fanout[id[0]] ||
            (id[0] > 0 && position < idx->fanout[id[0] - 1]))
            return ORDER_WRONG;
        if (step == 0)
            order = ORDER_TWICE;
        previous = id;
    }
    return order;
}

/* The rows from `position` to `end`. Zeros in the place of a page that could not be read must not
 * be remembered as ids out of order: it may be there the next time. */
static int look(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint32_t end,
                enum order *order, pkr_fault *fault)
{
    const pkr_idx *idx = &pack->idx;
    unsigned char previous[PACKREAD_ID_MAX];
    bool has_previous = false;

    *order = ORDER_RIGHT;
    while (position < end && *order != ORDER_WRONG) {
        const unsigned char *bytes;
        enum order here;
        uint32_t count;
        int status = pkr_rows_ids(rows, pack, position, end, &bytes, &count, fault);

        if (status != 0)
            return status;
        here = order_among(idx, position, count, bytes, has_previous ? previous : NULL);
        if (here > *order)
            *order = here;
        memcpy(previous, bytes + (size_t)(count - 1) * idx->id_stride, idx->id_size);
        has_previous = true;
        position += count;
    }
    return pkr_view_spoiled(&rows->ids) ? pkr_view_fault(&rows->ids, fault) : 0;
}

static uint32_t stretches_of(const pkr_pack *pack)
{
    return pack->idx.count / STRETCH + (pack->idx.count % STRETCH != 0);
}

/* NULL without memory: then stretches are looked at again and again. */
static _Atomic uint32_t *bits_of(const pkr_pack *pack, pkr_budget *budget)
{
    pkr_unsorted *unsorted = pack->unsorted;
    _Atomic uint32_t *bits = atomic_load(&unsorted->seen);
    size_t words = stretches_of(pack) / 32 + 1;

    if (bits)
        return bits;
    pkr_lock_take(&unsorted->lock);
    bits = atomic_load(&unsorted->seen);
    if (!bits) {
        bits = pkr_memory_optional(budget, words * sizeof *bits);
        unsorted->charged += bits ? words * sizeof *bits : 0;
        atomic_store(&unsorted->seen, bits);
    }
    pkr_lock_give(&unsorted->lock);
    return bits;
}

/* All that is seen in order, stretch by stretch, is the whole. */
static void note_seen(const pkr_pack *pack, _Atomic uint32_t *word, uint32_t bit)
{
    pkr_unsorted *unsorted = pack->unsorted;
    int unknown = ORDER_UNKNOWN;

    if (atomic_fetch_or(word, bit) & bit)
        return;
    if (atomic_fetch_add(&unsorted->seen_count, 1) + 1 == stretches_of(pack))
        atomic_compare_exchange_strong(&unsorted->order, &unknown, ORDER_RIGHT);
}

/* The rows from `begin` to `end`, and as many neighbours on both sides as a stretch has. */
static int look_around(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget, uint32_t begin,
                       uint32_t end, enum order *order, pkr_fault *fault)
{
    uint32_t count = pack->idx.count; /* more than a few */
    uint32_t last = stretches_of(pack) - 1;
    uint32_t first = begin / STRETCH;
    _Atomic uint32_t *bits = bits_of(pack, budget);

    *order = ORDER_RIGHT;
    first -= first > 0;
    if (end / STRETCH < last)
        last = end / STRETCH + 1;
    for (uint32_t i = first; i <= last && *order == ORDER_RIGHT; i++) {
        uint32_t bit = (uint32_t)1 << i % 32;
        uint32_t from = i * STRETCH;
        int status;

        if (bits && atomic_load_explicit(&bits[i / 32], memory_order_relaxed) & bit)
            continue;
        status = look(rows, pack, from - (from > 0),
                      count - from > STRETCH ? from + STRETCH : count, order, fault);
        if (status != 0)
            return status;
        if (bits && *order == ORDER_RIGHT)
            note_seen(pack, &bits[i / 32], bit);
    }
    return 0;
}

/* ---- Sorting -------------------------------------------------------------------------------- */

/* Keys are four bytes of an id, then its row. Those that are the same so far make a run; `starts`
 * has a bit where one begins. */
typedef struct sorting {
    pkr_rows *rows;
    const pkr_pack *pack;
    uint64_t *keys;
    uint64_t *spare;
    uint32_t *starts;
    const packread_stop *stop;
} sorting;

static bool is_start(const sorting *of, uint32_t at)
{
    return at == of->pack->idx.count || of->starts[at / 32] >> at % 32 & 1;
}

/* By the four bytes at `byte` of its ids. A run's rows rise: the index is read forward. */
static int sort_run(sorting *of, uint32_t begin, uint32_t end, size_t byte, pkr_fault *fault)
{
    for (uint32_t i = begin; i < end; i++) {
        uint32_t row = (uint32_t)of->keys[i];
        const unsigned char *bytes;
        int status = pkr_rows_id(of->rows, of->pack, row, &bytes, fault);

        if (status != 0)
            return status;
        of->keys[i] = (uint64_t)pkr_bytes_u32(bytes + byte) << 32 | row;
    }
    if (!pkr_radix_sort(of->keys + begin, of->spare, end - begin, 32, 64, of->stop))
        return pkr_fault_stopped(fault);
    for (uint32_t i = begin + 1; i < end; i++)
        if (of->keys[i] >> 32 != of->keys[i - 1] >> 32)
            of->starts[i / 32] |= (uint32_t)1 << i % 32;
    return 0;
}

/* Four bytes after the other, and of those only where ids are the same so far: mostly the first
 * four tell. Somebody who makes them the same everywhere has every id read once for each four bytes
 * that it has, and no more: nothing here depends on how many others an id is compared with. Equal
 * ids stay in order of their rows. */
static int sort(sorting *of, pkr_fault *fault)
{
    const uint32_t count = of->pack->idx.count;
    bool is_done = count == 0;

    for (uint32_t i = 0; i < count; i++)
        of->keys[i] = i;
    if (count > 0)
        of->starts[0] = 1;
    for (size_t byte = 0; !is_done && byte < of->pack->idx.id_size; byte += 4) {
        is_done = true;
        for (uint32_t begin = 0, end; begin < count; begin = end) {
            int status;

            for (end = begin + 1; !is_start(of, end);)
                end++;
            if (end - begin == 1)
                continue;
            is_done = false;
            status = sort_run(of, begin, end, byte, fault);
            if (status != 0)
                return status;
        }
    }
    return 0;
}

/* In one piece of memory, of which the table stays. */
static int make_table(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget, pkr_fault *fault)
{
    const pkr_need need = {pack->index_path,
                           "index ids do not rise, and the memory limit has no room to sort them"};
    const uint64_t count = pack->idx.count;
    const uint64_t table = (count + 1) / 2; /* in words of 8 bytes */
    const uint64_t bits = count / 64 + 1;
    const uint64_t size = (table + 2 * count + bits) * sizeof(uint64_t);
    sorting of = {.rows = rows, .pack = pack};
    uint32_t *sorted;
    void *memory;
    int status = pkr_memory_new(budget, size, &need, &memory, fault);

    if (status != 0)
        return status;
    sorted = memory;
    of.keys = (uint64_t *)memory + table;
    of.spare = of.keys + count;
    of.starts = (uint32_t *)(of.spare + count);
    status = sort(&of, fault);
    if (status == 0 && pkr_view_spoiled(&rows->ids))
        status = pkr_view_fault(&rows->ids, fault);
    if (status != 0) {
        pkr_memory_free(budget, memory, size);
        return status;
    }
    for (uint64_t i = 0; i < count; i++)
        sorted[i] = (uint32_t)of.keys[i];
    pack->unsorted->charged += pkr_memory_shrink(budget, &memory, size, table * sizeof(uint64_t));
    atomic_store(&pack->unsorted->sorted, memory);
    return 0;
}

/* With the lock. */
static int check(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget, pkr_fault *fault)
{
    enum order order = order_of(pack);
    int status = 0;

    if (order == ORDER_UNKNOWN)
        status = look(rows, pack, 0, pack->idx.count, &order, fault);
    if (status != 0)
        return status;
    atomic_store_explicit(&pack->unsorted->order, (int)order, memory_order_release);
    if (order == ORDER_WRONG && !atomic_load(&pack->unsorted->sorted))
        status = make_table(rows, pack, budget, fault);
    return status;
}

int pkr_unsorted_check(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget, pkr_fault *fault)
{
    int status;

    if (pkr_unsorted_is_searchable(pack) || atomic_load(&pack->unsorted->sorted))
        return 0;
    pkr_lock_take(&pack->unsorted->lock);
    status = check(rows, pack, budget, fault);
    pkr_lock_give(&pack->unsorted->lock);
    return status;
}

/* ---- Finding -------------------------------------------------------------------------------- */

typedef struct search {
    pkr_rows *rows;
    const pkr_pack *pack;
    const pkr_run *among;
    const packread_id *id;
    bool also_equal; /* the same id is below too */
    pkr_fault *fault;
} search;

static int is_below(void *context, uint32_t place)
{
    search *of = context;
    const unsigned char *bytes;
    int status =
        pkr_rows_id(of->rows, of->pack, pkr_run_position(of->among, place), &bytes, of->fault);
    int order = status == 0 ? memcmp(bytes, of->id->bytes, of->pack->idx.id_size) : 0;

    return status != 0 ? status : order < 0 || (order == 0 && of->also_equal);
}

/* By searches that take the rows for in order; in the whole table, if that is what `run` has. */
static int find_range(pkr_rows *rows, const pkr_pack *pack, const packread_id *low,
                      const packread_id *high, pkr_run *run, pkr_fault *fault)
{
    const unsigned char first = low->bytes[0];
    search of = {rows, pack, run, low, false, fault};
    uint32_t last = run->end;
    int status;

    if (!run->sorted) {
        run->begin = first > 0 ? pack->idx.fanout[first - 1] : 0;
        last = pack->idx.fanout[first];
    }
    status = pkr_bound(run->begin, last, is_below, &of, &run->begin);
    of.id = high;
    of.also_equal = true;
    return status == 0 ? pkr_bound(run->begin, last, is_below, &of, &run->end) : status;
}

int pkr_unsorted_range(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget,
                       const packread_id *low, const packread_id *high, pkr_run *run,
                       pkr_fault *fault)
{
    enum order order = order_of(pack);
    enum order around = ORDER_RIGHT;
    int status = 0;

    if (order == ORDER_WRONG || pack->idx.count <= FEW_ROWS) {
        status = pkr_unsorted_check(rows, pack, budget, fault);
        order = order_of(pack);
    }
    *run = (pkr_run){order == ORDER_WRONG ? atomic_load(&pack->unsorted->sorted) : NULL, 0,
                     pack->idx.count};
    if (status == 0)
        status = find_range(rows, pack, low, high, run, fault);
    if (status == 0 && order == ORDER_UNKNOWN)
        status = look_around(rows, pack, budget, run->begin, run->end, &around, fault);
    if (status != 0 || around == ORDER_RIGHT)
        return status;
    status = pkr_unsorted_check(rows, pack, budget, fault);
    *run = pkr_unsorted_all(pack);
    return status == 0 ? find_range(rows, pack, low, high, run, fault) : status;
}

int pkr_unsorted_find(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget,
                      const packread_id *id, uint32_t *position, pkr_fault *fault)
{
    pkr_run run;
    int status;

    if (id->size != pack->idx.id_size || pkr_unsorted_is_searchable(pack))
        return PACKREAD_ERROR_NOT_FOUND;
    status = pkr_unsorted_range(rows, pack, budget, id, id, &run, fault);
    if (status != 0)
        return status;
    if (run.begin == run.end)
        return PACKREAD_ERROR_NOT_FOUND;
    *position = pkr_run_position(&run, run.begin);
    return 0;
}
