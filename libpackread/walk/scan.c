/* scan.c - finds the entries of a pack without an index: each begins where the one before it
 * ends, which only inflating tells. Behind one that is damaged the next is looked for byte by byte.
 */
#include "walk/scan.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/fault.h"
#include "object/build.h"
#include "object/chain.h"
#include "pack/sum.h"
#include "walk/candidate.h"
#include "walk/fence.h"

#define FIRST_ROWS 1024
#define COUNT_AT_ONCE 512
/* An entry has a header and eight bytes of zlib at least: no pack has more of them. */
#define LEAST_ENTRY 9

typedef struct scan {
    pkr_forest *forest;
    packread_reader *reader;
    const pkr_scan_sink *sink;
    uint32_t capacity;
    uint64_t untold; /* entries, for the sink's `passed` */
    bool searched;   /* the entry at hand was found behind damage */
} scan;

/* ---- The table ------------------------------------------------------------------------------ */

static uint64_t row_size(const scan *state)
{
    return sizeof(uint64_t) + (state->forest->keep_rows ? sizeof(uint32_t) : 0);
}

/* All that the tables of this pack will take, by what its header says of it. */
static int over_budget(scan *state, uint64_t more, pkr_fault *fault)
{
    const pkr_forest *forest = state->forest;
    const pkr_pack *pack = forest->pack;
    uint64_t most = pack->size / LEAST_ENTRY;
    uint64_t rows = pack->claimed < most ? pack->claimed : most;
    uint64_t row = row_size(state) + 9 + (forest->keep_rows ? pack->idx.id_size : 0);
    uint64_t all = (rows > state->capacity ? rows - state->capacity : 0) * row;

    return pkr_budget_short(&forest->snapshot->budget, all > more ? all : more, pack->path,
                            "the memory limit has no room for this pack's entries", fault);
}

/* The header's count is the last step of growing, unless there are more than that. */
static uint32_t next_capacity(const scan *state)
{
    uint32_t claimed = state->forest->pack->claimed;
    uint32_t most = PKR_NO_RANK - 1;
    uint32_t doubled = state->capacity < most / 2 ? 2 * state->capacity : most;

    if (doubled < FIRST_ROWS)
        doubled = FIRST_ROWS;
    return state->capacity < claimed && doubled > claimed ? claimed : doubled;
}

static int grow(scan *state, pkr_fault *fault)
{
    pkr_forest *forest = state->forest;
    pkr_budget *budget = &forest->snapshot->budget;
    pkr_revindex *before = forest->scanned;
    uint32_t capacity = next_capacity(state);
    uint64_t more = (capacity - state->capacity) * row_size(state);
    uint64_t table = sizeof *before + (uint64_t)capacity * sizeof(uint64_t);
    pkr_revindex *moved;

    if (capacity == state->capacity || table > SIZE_MAX || !pkr_budget_take(budget, more))
        return over_budget(state, more, fault);
    moved = pkr_memory_resize(budget, before, (size_t)table);
    if (!moved) {
        pkr_budget_give(budget, more);
        return pkr_fault_memory(fault);
    }
    if (!before)
        *moved = (pkr_revindex){.shift = 0};
    moved->charged += more;
    forest->order = forest->scanned = moved;
    if (forest->keep_rows) {
        uint32_t *crcs = pkr_memory_resize(budget, forest->crcs, (size_t)capacity * sizeof *crcs);

        if (!crcs)
            return pkr_fault_memory(fault);
        forest->crcs = crcs;
    }
    state->capacity = capacity;
    return 0;
}

static void tell_passed(scan *state, uint64_t at_least)
{
    if (state->untold < at_least)
        return;
    state->sink->passed(state->sink->context, state->untold);
    state->untold = 0;
}

/* `end` is `at` for an entry that is damaged. */
static int add(scan *state, uint64_t at, uint64_t end, pkr_fault *fault)
{
    pkr_forest *forest = state->forest;
    uint32_t rank;
    int status = 0;

    if (forest->scanned->count == state->capacity)
        status = grow(state, fault);
    if (status != 0)
        return status;
    rank = forest->scanned->count++;
    forest->scanned->keys[rank] = at;
    state->untold++;
    tell_passed(state, COUNT_AT_ONCE);
    if (!forest->keep_rows)
        return 0;
    return pkr_sum_crc(&state->reader->data, at, end, &forest->crcs[rank], fault);
}

/* ---- One entry ------------------------------------------------------------------------------ */

/* Where the entry at `at` ends; `at` if it is damaged. Errors: what ends the scan. */
static int measure(scan *state, uint64_t at, uint64_t *end, pkr_fault *fault)
{
    pkr_forest *forest = state->forest;
    packread_reader *reader = state->reader;
    uint64_t before;
    pkr_entry entry;
    pkr_link link;
    pkr_blob *blob;
    int status = pkr_chain_entry(reader, forest->pack, at, &entry, fault);

    *end = at;
    if (status != 0)
        return status == PACKREAD_ERROR_CORRUPT ? 0 : status;
    link = pkr_chain_link(at, &entry);
    before = reader->work;
    if (entry.size <= PKR_TRUSTED_SIZE &&
        pkr_build_inflate(reader, forest->pack, &link, true, &blob, end, NULL) == 0)
        pkr_blob_release(&reader->spares, blob);
    else
        status = pkr_fence_measure(forest, reader, &link, forest->pack->end, end, fault);
    if (status == 0 && *end == at)
        pkr_fence_charge(forest, reader, before);
    else if (entry.type == PACKREAD_REF_DELTA && !state->searched)
        forest->has_ref_deltas = true;
    return status;
}

/* ---- The whole pack ------------------------------------------------------------------------- */

static void report(scan *state, uint64_t at, const char *text)
{
    pkr_fault detail;

    pkr_fault_at(&detail, PACKREAD_ERROR_CORRUPT, state->forest->pack->path, at, text);
    state->sink->finding(state->sink->context, &detail);
}

/* Whether what is no entry at `at` is the trailer, or what is left of it. */
static bool is_trailer(const scan *state, uint64_t at)
{
    const pkr_pack *pack = state->forest->pack;
    uint64_t left = pack->size - at;

    return left == pack->idx.id_size ||
           (left < pack->idx.id_size && state->forest->scanned->count >= pack->claimed);
}

/* Something at `*at` is no whole entry. It is kept as one that is damaged, for what hangs on it,
 * where the header says that there is another; then `*at` moves to the next one. */
static int pass_damage(scan *state, uint64_t *at, pkr_fault *fault)
{
    pkr_forest *forest = state->forest;
    uint64_t end;
    int status = 0;

    if (is_trailer(state, *at)) {
        *at = forest->pack->end;
        return 0;
    }
    if (forest->scanned->count < forest->pack->claimed)
        status = add(state, *at, *at, fault);
    else
        report(state, *at, "bytes after the last entry belong to no object");
    if (status != 0)
        return status;
    ++*at;
    state->searched = true;
    status = pkr_candidate_find(forest, state->reader, at, forest->pack->end, &end, fault);
    if (status == 0 && !pkr_fence_may_go_on(forest))
        report(state, *at, "too much damage: what follows was not looked for");
    return status;
}

static int scan_entries(scan *state, pkr_fault *fault)
{
    pkr_forest *forest = state->forest;
    uint64_t at = PKR_PACK_HEADER;
    int status = 0;

    while (status == 0 && at < forest->pack->end && !pkr_forest_stopped(forest)) {
        uint64_t end;

        status = measure(state, at, &end, fault);
        if (status == 0 && end > at) {
            status = add(state, at, end, fault);
            forest->reached = at = end;
            state->searched = false;
        } else if (status == 0 && !pkr_forest_stopped(forest)) {
            status = pass_damage(state, &at, fault);
        }
    }
    return status;
}

static void check_count(scan *state)
{
    uint32_t claimed = state->forest->pack->claimed;
    uint32_t found = state->forest->scanned->count;
    char text[100];

    if (found == claimed)
        return;
    snprintf(text, sizeof text, "pack header counts %lu entries, but there are %lu",
             (unsigned long)claimed, (unsigned long)found);
    report(state, 8, text);
}

int pkr_scan(pkr_forest *forest, packread_reader *reader, const pkr_scan_sink *sink,
             pkr_fault *fault)
{
    scan state = {.forest = forest, .reader = reader, .sink = sink};
    int status;

    pkr_fence_allow(forest);
    status = grow(&state, fault);
    if (status == 0)
        status = scan_entries(&state, fault);
    if (status != 0)
        return status;
    tell_passed(&state, 1);
    if (!pkr_forest_stopped(forest))
        check_count(&state);
    return 0;
}
