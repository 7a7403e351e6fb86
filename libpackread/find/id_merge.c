/* id_merge.c - a binary heap of packs by their next id; rows are taken from an index some at a
 * time.
 */
#include "find/id_merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/location.h"

#define ROWS_AT_ONCE 64
#define ROWS_AT_LEAST 4
#define ROWS_OF_ALL 65536
#define BYTES_FREE ((uint64_t)6 << 20) /* what there is beside them is paid for */

/* One pack's next rows. */
typedef struct lane {
    uint32_t pack;
    uint32_t position; /* the next row of the index to be taken */
    unsigned next;     /* of the rows below */
    unsigned loaded;
    packread_id last; /* of the rows before these */
    pkr_id_merge_row *rows;
} lane;

struct pkr_id_merge {
    packread_reader *reader;
    lane **heap; /* lanes that have a row; the lowest (id, pack) first */
    size_t size;
    lane *lanes;
    pkr_id_merge_row *rows; /* of all lanes */
    unsigned rows_at_once;
    pkr_id_merge_row *copies;
    uint64_t charged;
    const pkr_pack *disorder; /* its ids do not rise */
    const pkr_pack *repeat;   /* it has an id twice */
    int failure;              /* of the first index that cannot be read to its end */
    pkr_fault first;
};

static const pkr_id_merge_row *head(const lane *of)
{
    return &of->rows[of->next];
}

static bool is_before(const lane *left, const lane *right)
{
    int order = packread_id_compare(&head(left)->id, &head(right)->id);

    return order < 0 || (order == 0 && left->pack < right->pack);
}

static void sift_down(pkr_id_merge *merge, size_t at)
{
    for (;;) {
        size_t lowest = at;
        lane *moved = merge->heap[at];

        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < merge->size; child++)
            if (is_before(merge->heap[child], merge->heap[lowest]))
                lowest = child;
        if (lowest == at)
            return;
        merge->heap[at] = merge->heap[lowest];
        merge->heap[lowest] = moved;
        at = lowest;
    }
}

static int load_rows(pkr_id_merge *merge, lane *of, pkr_fault *fault)
{
    packread_reader *reader = merge->reader;
    const pkr_pack *pack = pkr_reader_pack(reader, of->pack);
    uint32_t left = pack->idx.count - of->position;
    int status = pkr_rows_point(&reader->rows, pack, fault);

    of->next = 0;
    of->loaded = 0;
    while (status == 0 && left > 0 && of->loaded < merge->rows_at_once) {
        pkr_id_merge_row *row = &of->rows[of->loaded];
        pkr_fault detail;
        const unsigned char *bytes;

        status = pkr_rows_id(&reader->rows, pack, of->position, &bytes, fault);
        if (status != 0)
            break;
        pkr_id_set(&row->id, bytes, pack->idx.id_size);
        if (of->last.size && packread_id_compare(&of->last, &row->id) > 0)
            merge->disorder = pack;
        else if (of->last.size && packread_id_compare(&of->last, &row->id) == 0)
            merge->repeat = pack;
        of->last = row->id;
        row->location = pkr_location(of->pack, of->position, 0);
        status = pkr_rows_offset(&reader->rows, pack, of->position, &row->location.offset, &detail);
        row->bad = status == PACKREAD_ERROR_CORRUPT;
        if (row->bad)
            status = 0;
        else if (status != 0 && fault)
            *fault = detail;
        of->position++;
        of->loaded++;
        left--;
    }
    return status;
}

/* An index that cannot be read any further leaves the others to be merged. */
static int load(pkr_id_merge *merge, lane *of, pkr_fault *fault)
{
    pkr_fault detail;
    int status = pkr_rows_settle(&merge->reader->rows, load_rows(merge, of, &detail), &detail);

    if (status == 0)
        return 0;
    of->loaded = 0;
    if (status == PACKREAD_ERROR_MEMORY) {
        if (fault)
            *fault = detail;
        return status;
    }
    if (merge->failure == 0) {
        merge->failure = status;
        merge->first = detail;
    }
    return 0;
}

/* Takes the first lane's row away. */
static int advance(pkr_id_merge *merge, pkr_fault *fault)
{
    lane *first = merge->heap[0];
    int status = 0;

    if (++first->next == first->loaded)
        status = load(merge, first, fault);
    if (status == 0 && first->loaded == 0)
        merge->heap[0] = merge->heap[--merge->size];
    if (status == 0 && merge->size > 0)
        sift_down(merge, 0);
    return status;
}

/* Fewer rows of each where there are very many. */
static unsigned choose_rows(size_t count)
{
    size_t rows = ROWS_OF_ALL / count;

    if (rows > ROWS_AT_ONCE)
        rows = ROWS_AT_ONCE;
    return rows > ROWS_AT_LEAST ? (unsigned)rows : ROWS_AT_LEAST;
}

static int allocate(pkr_id_merge *made, size_t count, pkr_fault *fault)
{
    pkr_budget *budget = &made->reader->snapshot->budget;
    uint64_t bytes;

    made->rows_at_once = choose_rows(count);
    bytes = count * (sizeof(lane) + sizeof(lane *) +
                     (1 + made->rows_at_once) * (uint64_t)sizeof(pkr_id_merge_row));
    if (bytes > BYTES_FREE) {
        if (!pkr_budget_take(budget, bytes - BYTES_FREE))
            return pkr_budget_short(budget, bytes - BYTES_FREE, made->reader->snapshot->where,
                                    "the memory limit has no room to list so many packs", fault);
        made->charged = bytes - BYTES_FREE;
    }
    made->lanes = calloc(count, sizeof *made->lanes);
    made->rows = calloc(count * made->rows_at_once, sizeof *made->rows);
    made->heap = calloc(count, sizeof(lane *));
    made->copies = calloc(count, sizeof *made->copies);
    if (!made->lanes || !made->rows || !made->heap || !made->copies)
        return pkr_fault_memory(fault);
    for (size_t i = 0; i < count; i++)
        made->lanes[i].rows = made->rows + i * made->rows_at_once;
    return 0;
}

int pkr_id_merge_begin(packread_reader *reader, bool one_pack, size_t pack, pkr_id_merge **merge,
                       pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(reader);
    size_t count = one_pack ? 1 : set->count;
    pkr_id_merge *made = calloc(1, sizeof *made);
    int status;

    if (!made)
        return pkr_fault_memory(fault);
    made->reader = reader;
    status = allocate(made, count ? count : 1, fault);
    for (size_t i = 0; status == 0 && i < count; i++) {
        made->lanes[i].pack = one_pack ? (uint32_t)pack : set->packs[i]->number;
        status = load(made, &made->lanes[i], fault);
        if (status == 0 && made->lanes[i].loaded > 0)
            made->heap[made->size++] = &made->lanes[i];
    }
    if (status != 0) {
        pkr_id_merge_end(made);
        return status;
    }
    for (size_t i = made->size / 2; i > 0; i--)
        sift_down(made, i - 1);
    *merge = made;
    return 0;
}

int pkr_id_merge_next(pkr_id_merge *merge, const pkr_id_merge_row **copies, size_t *count,
                      pkr_fault *fault)
{
    size_t found = 0;

    while (merge->size > 0) {
        lane *first = merge->heap[0];
        int status;

        if (found > 0 && packread_id_compare(&head(first)->id, &merge->copies[0].id) != 0)
            break;
        /* A damaged index may hold an id twice: each lane gives one copy of an id. */
        if (found == 0 || merge->copies[found - 1].location.store != first->pack)
            merge->copies[found++] = *head(first);
        status = advance(merge, fault);
        if (status != 0)
            return status;
    }
    *copies = merge->copies;
    *count = found;
    return 0;
}

int pkr_id_merge_failure(const pkr_id_merge *merge, pkr_fault *fault)
{
    if (merge->failure != 0 && fault)
        *fault = merge->first;
    return merge->failure;
}

int pkr_id_merge_disorder(const pkr_id_merge *merge, pkr_fault *fault)
{
    if (merge->disorder)
        return pkr_fault_set(fault, PACKREAD_ERROR_CORRUPT, merge->disorder->index_path,
                             "index ids do not rise: objects may be missing here");
    /* Not a matter of the index alone. */
    if (merge->repeat)
        return pkr_fault_set(fault, PACKREAD_ERROR_CORRUPT, merge->repeat->path,
                             "an id stands twice in its index: the pack has an object twice, "
                             "or another is missing here");
    return 0;
}

void pkr_id_merge_end(pkr_id_merge *merge)
{
    if (!merge)
        return;
    pkr_budget_give(&merge->reader->snapshot->budget, merge->charged);
    free(merge->rows);
    free(merge->lanes);
    free(merge->heap);
    free(merge->copies);
    free(merge);
}
