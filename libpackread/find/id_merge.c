/* id_merge.c - a binary heap of packs and of lists of loose objects by their next id; rows are
 * taken from an index some at a time. */
#include "find/id_merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/location.h"
#include "pack/unsorted.h"

#define ROWS_AT_ONCE 64
#define ROWS_AT_LEAST 4
#define ROWS_OF_ALL 65536
#define BYTES_FREE ((uint64_t)6 << 20) /* what there is beside them is paid for */

/* The next rows of one pack, or of what is loose in one folder. */
typedef struct lane {
    const pkr_loose_ids *loose; /* NULL: of a pack */
    uint32_t store;             /* its number */
    size_t place;               /* in `loose`: what is taken next */
    pkr_run run;                /* what is left of a pack's rows to be taken from the index */
    unsigned next;              /* of the rows below */
    unsigned loaded;
    packread_id last; /* that was taken */
    pkr_id_merge_row *rows;
} lane;

struct pkr_id_merge {
    packread_reader *reader;
    bool ids_only;
    lane **heap; /* lanes that have a row; the lowest (id, lane) first */
    size_t size;
    pkr_id_merge_row *rows; /* of all lanes */
    unsigned rows_at_once;
    bool is_begun; /* the first lane's row was handed out */
    uint64_t charged;
    const pkr_pack *fallen; /* its ids did not rise, though they were seen to, or not looked at */
    int failure;            /* of the first index that cannot be read to its end */
    pkr_fault first;
    size_t lane_count;
    lane lanes[];
};

static const pkr_id_merge_row *head(const lane *of)
{
    return &of->rows[of->next];
}

static bool is_before(const lane *left, const lane *right)
{
    int order = packread_id_compare(&head(left)->id, &head(right)->id);

    return order < 0 || (order == 0 && left < right); /* they stand in one array */
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

static int load_row(pkr_id_merge *merge, lane *of, pkr_id_merge_row *row, pkr_fault *fault)
{
    pkr_rows *rows = &merge->reader->rows;
    const pkr_pack *pack = pkr_reader_pack(merge->reader, of->store);
    uint32_t position = pkr_run_position(&of->run, of->run.begin);
    const unsigned char *bytes;
    int status = pkr_rows_id(rows, pack, position, &bytes, fault);

    if (status != 0)
        return status;
    pkr_id_set(&row->id, bytes, pack->idx.id_size);
    if (of->last.size && packread_id_compare(&of->last, &row->id) >= 0 &&
        !pkr_unsorted_is_damaged(pack))
        merge->fallen = pack;
    of->last = row->id;
    row->location = pkr_location(of->store, position, 0);
    row->bad = false;
    if (!merge->ids_only)
        status = pkr_rows_offset(rows, pack, position, &row->location.offset, fault);
    row->bad = status == PACKREAD_ERROR_CORRUPT;
    return row->bad ? 0 : status;
}

/* What is wrong with one index leaves the others to be merged; want of memory does not. */
static int leave_out(pkr_id_merge *merge, int status, const pkr_fault *detail, pkr_fault *fault)
{
    if (status == PACKREAD_ERROR_MEMORY) {
        if (fault)
            *fault = *detail;
        return status;
    }
    if (status != 0 && merge->failure == 0) {
        merge->failure = status;
        merge->first = *detail;
    }
    return 0;
}

static void load_loose(const pkr_id_merge *merge, lane *of)
{
    while (of->place < of->loose->count && of->loaded < merge->rows_at_once) {
        pkr_id_merge_row *row = &of->rows[of->loaded++];

        pkr_id_set(&row->id, pkr_loose_ids_at(of->loose, of->place++), of->loose->id_size);
        row->location = pkr_location_loose(of->store, &row->id);
        row->bad = false;
    }
}

static int load(pkr_id_merge *merge, lane *of, pkr_fault *fault)
{
    pkr_fault detail;
    int status = 0;

    of->next = 0;
    of->loaded = 0;
    if (of->loose) {
        load_loose(merge, of);
        return 0;
    }
    while (status == 0 && of->run.begin < of->run.end && of->loaded < merge->rows_at_once) {
        status = load_row(merge, of, &of->rows[of->loaded], &detail);
        of->run.begin++;
        of->loaded++;
    }
    status = pkr_rows_settle(&merge->reader->rows, status, &detail);
    if (status != 0)
        of->loaded = 0;
    return leave_out(merge, status, &detail, fault);
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

/* With room for so many lanes. */
static pkr_id_merge *new_merge(packread_reader *reader, size_t lanes, bool ids_only,
                               pkr_fault *fault)
{
    pkr_id_merge *made = calloc(1, sizeof *made + lanes * sizeof(lane));

    if (!made) {
        pkr_fault_memory(fault);
        return NULL;
    }
    made->reader = reader;
    made->ids_only = ids_only;
    return made;
}

/* Fewer rows of each where there are very many. */
static unsigned choose_rows(size_t count)
{
    size_t rows = ROWS_OF_ALL / count;

    if (rows > ROWS_AT_ONCE)
        rows = ROWS_AT_ONCE;
    return rows > ROWS_AT_LEAST ? (unsigned)rows : ROWS_AT_LEAST;
}

static int allocate(pkr_id_merge *made, pkr_fault *fault)
{
    pkr_budget *budget = made->reader->budget;
    size_t count = made->lane_count ? made->lane_count : 1;
    uint64_t bytes;

    made->rows_at_once = choose_rows(count);
    bytes = count * (sizeof(lane) + sizeof(lane *) +
                     made->rows_at_once * (uint64_t)sizeof(pkr_id_merge_row));
    if (bytes > BYTES_FREE) {
        if (!pkr_budget_take(budget, bytes - BYTES_FREE))
            return pkr_budget_short(budget, bytes - BYTES_FREE, made->reader->snapshot->paths.where,
                                    "the memory limit has no room to list so many packs", fault);
        made->charged = bytes - BYTES_FREE;
    }
    made->rows = calloc(count * made->rows_at_once, sizeof *made->rows);
    made->heap = calloc(count, sizeof(lane *));
    return made->rows && made->heap ? 0 : pkr_fault_memory(fault);
}

/* With the lanes that have rows. */
static int fill_heap(pkr_id_merge *made, pkr_fault *fault)
{
    int status = allocate(made, fault);

    for (size_t i = 0; status == 0 && i < made->lane_count; i++) {
        made->lanes[i].rows = made->rows + i * made->rows_at_once;
        status = load(made, &made->lanes[i], fault);
        if (status == 0 && made->lanes[i].loaded > 0)
            made->heap[made->size++] = &made->lanes[i];
    }
    for (size_t i = made->size / 2; status == 0 && i > 0; i--)
        sift_down(made, i - 1);
    return status;
}

static int finish(pkr_id_merge *made, int status, pkr_fault *fault, pkr_id_merge **merge)
{
    if (status == 0)
        status = fill_heap(made, fault);
    if (status == 0)
        *merge = made;
    else
        pkr_id_merge_end(made);
    return status;
}

static void add_lane(pkr_id_merge *made, const pkr_pack *pack, const pkr_run *run)
{
    lane *added = &made->lanes[made->lane_count++];

    added->store = pack->number;
    added->run = *run;
}

/* What could not be read of them is told at the end. */
static void add_loose(pkr_id_merge *made, const pkr_loose_lists *loose)
{
    for (uint32_t i = 0; i < loose->count; i++) {
        const pkr_loose_ids *ids = &loose->lists[i];
        lane *added = &made->lanes[made->lane_count];

        leave_out(made, ids->failure.code, &ids->failure, NULL);
        if (ids->count == 0)
            continue;
        added->store = i;
        added->loose = ids;
        made->lane_count++;
    }
}

static int add_pack(pkr_id_merge *made, const pkr_pack *pack, pkr_fault *fault)
{
    packread_reader *reader = made->reader;
    pkr_fault detail;
    pkr_run run;
    int status = pkr_unsorted_check(&reader->rows, pack, reader->budget, &detail);

    status = pkr_rows_settle(&reader->rows, status, &detail);
    /* One that is out of order and cannot be sorted is told as that, pkr_id_merge_disorder. */
    status = status == PACKREAD_ERROR_BUDGET ? 0 : leave_out(made, status, &detail, fault);
    run = pkr_unsorted_all(pack);
    add_lane(made, pack, &run);
    return status;
}

int pkr_id_merge_begin(packread_reader *reader, const pkr_loose_lists *loose, pkr_id_merge **merge,
                       pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(reader);
    pkr_id_merge *made = new_merge(reader, set->count + loose->count, false, fault);
    int status = 0;

    if (!made)
        return PACKREAD_ERROR_MEMORY;
    for (size_t i = 0; status == 0 && i < set->count; i++)
        status = add_pack(made, set->packs[i], fault);
    add_loose(made, loose);
    return finish(made, status, fault, merge);
}

int pkr_id_merge_begin_pack(packread_reader *reader, size_t number, pkr_id_merge **merge,
                            pkr_fault *fault)
{
    pkr_id_merge *made = new_merge(reader, 1, false, fault);

    if (!made)
        return PACKREAD_ERROR_MEMORY;
    return finish(made, add_pack(made, pkr_reader_pack(reader, number), fault), fault, merge);
}

int pkr_id_merge_begin_prefix(packread_reader *reader, const pkr_prefix *prefix,
                              const pkr_loose_lists *loose, pkr_id_merge **merge, pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(reader);
    const packread_id high = pkr_prefix_high(prefix);
    pkr_id_merge *made = new_merge(reader, set->count + loose->count, true, fault);
    int status = 0;

    if (!made)
        return PACKREAD_ERROR_MEMORY;
    for (size_t i = 0; status == 0 && i < set->count; i++) {
        const pkr_pack *pack = set->packs[i];
        pkr_run run = {NULL, 0, 0};

        if (prefix->digits <= 2 * pack->idx.id_size)
            status = pkr_rows_settle(&reader->rows,
                                     pkr_unsorted_range(&reader->rows, pack, reader->budget,
                                                        &prefix->low, &high, &run, fault),
                                     fault);
        if (pkr_unsorted_is_damaged(pack))
            atomic_store(&reader->snapshot->disordered, pack);
        if (status == 0 && run.begin < run.end)
            add_lane(made, pack, &run);
    }
    add_loose(made, loose);
    return finish(made, status, fault, merge);
}

int pkr_id_merge_next(pkr_id_merge *merge, const pkr_id_merge_row **row, pkr_fault *fault)
{
    int status = 0;

    if (merge->is_begun && merge->size > 0)
        status = advance(merge, fault);
    merge->is_begun = true;
    *row = status == 0 && merge->size > 0 ? head(merge->heap[0]) : NULL;
    return status;
}

/* The second lowest is one of the two below the lowest. */
bool pkr_id_merge_is_tied(const pkr_id_merge *merge)
{
    for (size_t child = 1; child <= 2 && child < merge->size; child++)
        if (packread_id_compare(&head(merge->heap[0])->id, &head(merge->heap[child])->id) == 0)
            return true;
    return false;
}

int pkr_id_merge_failure(const pkr_id_merge *merge, pkr_fault *fault)
{
    if (merge->failure != 0 && fault)
        *fault = merge->first;
    return merge->failure;
}

int pkr_id_merge_disorder(const pkr_id_merge *merge, pkr_fault *fault)
{
    for (size_t i = 0; i < merge->lane_count; i++) {
        const lane *of = &merge->lanes[i];
        int status =
            of->loose ? 0 : pkr_unsorted_verdict(pkr_reader_pack(merge->reader, of->store), fault);

        if (status != 0)
            return status;
    }
    return merge->fallen ? pkr_unsorted_falls(merge->fallen, fault) : 0;
}

void pkr_id_merge_end(pkr_id_merge *merge)
{
    if (!merge)
        return;
    pkr_budget_give(merge->reader->budget, merge->charged);
    free(merge->rows);
    free(merge->heap);
    free(merge);
}
