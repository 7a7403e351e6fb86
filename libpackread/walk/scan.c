/* scan.c - finds the entries of a pack without an index: each begins where the one before it
 * ends, which only inflating tells. Behind one that is damaged the next is looked for byte by byte.
 */
#include <stdio.h>
#include <stdlib.h>

#include "object/chain.h"
#include "base/fault.h"
#include "object/build.h"
#include "object/inflating.h"
#include "store/sum.h"
#include "verify/verify.h"

#define FIRST_ROWS 1024
#define PIECE_SIZE ((size_t)16 << 10)
#define COUNT_AT_ONCE 512
/* An entry has a header and eight bytes of zlib at least: no pack has more of them. */
#define LEAST_ENTRY 9

/* What searching may cost: bytes in and out of the inflater. Chance candidates cost some bytes
 * each, one in a thousand places; only made-up ones cost more. */
#define WORK_AT_LEAST ((uint64_t)64 << 20)
#define WORK_PER_BYTE 16

typedef struct scan {
    pkr_verification *verification;
    packread_reader *reader;
    const pkr_pack *pack;
    uint32_t capacity;
    uint64_t work;       /* what is left of it */
    uint64_t uncounted;  /* entries, for progress */
    bool has_ref_deltas; /* among entries that were not searched for */
    bool searched;       /* for the entry at hand */
    unsigned char *piece;
} scan;

/* ---- The table ------------------------------------------------------------------------------ */

static uint64_t row_size(const scan *state)
{
    return sizeof(uint64_t) + (state->verification->keep_rows ? sizeof(uint32_t) : 0);
}

/* All that the tables of this pack will take, by what its header says of it. */
static int over_budget(scan *state, uint64_t more, pkr_fault *fault)
{
    const pkr_verification *verification = state->verification;
    uint64_t most = state->pack->size / LEAST_ENTRY;
    uint64_t rows = state->pack->claimed < most ? state->pack->claimed : most;
    uint64_t row = row_size(state) + 9 + (verification->keep_rows ? state->pack->idx.id_size : 0);
    uint64_t all = (rows > state->capacity ? rows - state->capacity : 0) * row;

    return pkr_budget_short(&verification->snapshot->budget, all > more ? all : more,
                            state->pack->path,
                            "the memory limit has no room for this pack's entries", fault);
}

/* The header's count is the last step of growing, unless there are more than that. */
static uint32_t next_capacity(const scan *state)
{
    uint32_t most = PKR_NO_RANK - 1;
    uint32_t doubled = state->capacity < most / 2 ? 2 * state->capacity : most;

    if (doubled < FIRST_ROWS)
        doubled = FIRST_ROWS;
    return state->capacity < state->pack->claimed && doubled > state->pack->claimed
               ? state->pack->claimed
               : doubled;
}

static int grow(scan *state, pkr_fault *fault)
{
    pkr_verification *verification = state->verification;
    pkr_revindex *before = verification->scanned;
    uint32_t capacity = next_capacity(state);
    uint64_t more = (capacity - state->capacity) * row_size(state);
    uint64_t table = sizeof *before + (uint64_t)capacity * sizeof(uint64_t);
    pkr_revindex *moved;

    if (capacity == state->capacity || table > SIZE_MAX ||
        !pkr_budget_take(&verification->snapshot->budget, more))
        return over_budget(state, more, fault);
    moved = realloc(before, (size_t)table);
    if (!moved) {
        pkr_budget_give(&verification->snapshot->budget, more);
        return pkr_fault_memory(fault);
    }
    if (!before)
        *moved = (pkr_revindex){.shift = 0};
    moved->charged += more;
    verification->scanned = moved;
    if (verification->keep_rows) {
        uint32_t *crcs = realloc(verification->crcs, (size_t)capacity * sizeof *crcs);

        if (!crcs)
            return pkr_fault_memory(fault);
        verification->crcs = crcs;
    }
    state->capacity = capacity;
    return 0;
}

static void count(scan *state, uint64_t at_least)
{
    if (state->uncounted < at_least)
        return;
    pkr_verify_count(state->verification, 0, 0, 0, 0, state->uncounted);
    state->uncounted = 0;
}

/* `end` is `at` for an entry that is damaged. */
static int add(scan *state, uint64_t at, uint64_t end, pkr_fault *fault)
{
    pkr_verification *verification = state->verification;
    uint32_t rank;
    int status = 0;

    if (!verification->scanned || verification->scanned->count == state->capacity)
        status = grow(state, fault);
    if (status != 0)
        return status;
    rank = verification->scanned->count++;
    verification->scanned->keys[rank] = at;
    state->uncounted++;
    count(state, COUNT_AT_ONCE);
    if (!verification->keep_rows)
        return 0;
    return pkr_sum_crc(&state->reader->data, at, end, &verification->crcs[rank], fault);
}

/* ---- One entry ------------------------------------------------------------------------------ */

/* Inflates piece by piece, and takes what that costs off the work that is left. */
static int inflate_pieces(scan *state, const pkr_link *link, uint64_t *end, pkr_fault *fault)
{
    pkr_inflating pieces;
    uint64_t filled = 0;
    uint64_t cost;
    int status = pkr_inflating_begin(&pieces, state->reader, state->pack, link, fault);

    while (status == 0 && filled < link->size && !pieces.ended &&
           !atomic_load(&state->verification->stopped)) {
        uint64_t left = link->size - filled;
        size_t got = 0;

        status = pkr_inflating_fill(&pieces, state->piece,
                                    left < PIECE_SIZE ? (size_t)left : PIECE_SIZE, &got, fault);
        filled += got;
    }
    if (status == 0 && filled < link->size)
        status = pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, state->pack->path, link->offset,
                              "inflates to less than its size");
    if (status == 0)
        status = pkr_inflating_finish(&pieces, fault);
    if (status == 0) {
        *end = pieces.at;
        return 0;
    }
    cost = filled + (pieces.at - link->data) + PKR_ENTRY_HEADER_MAX;
    state->work -= cost < state->work ? cost : state->work;
    return status;
}

/* Where the entry at `at` ends. Errors: CORRUPT, and what ends the scan. */
static int measure(scan *state, uint64_t at, uint64_t *end, pkr_fault *fault)
{
    pkr_entry entry;
    pkr_link link;
    pkr_blob *blob;
    int status = pkr_chain_entry(state->reader, state->pack, at, &entry, fault);

    if (status != 0)
        return status;
    link = pkr_chain_link(at, &entry);
    if (entry.size <= PKR_TRUSTED_SIZE &&
        pkr_build_inflate(state->reader, state->pack, &link, true, &blob, end, NULL) == 0)
        pkr_blob_release(&state->reader->cache, blob);
    else
        status = inflate_pieces(state, &link, end, fault);
    if (status == 0 && entry.type == PACKREAD_REF_DELTA && !state->searched)
        state->has_ref_deltas = true;
    return status;
}

/* ---- Behind a damaged entry ----------------------------------------------------------------- */

bool pkr_verify_is_candidate(const pkr_pack *pack, uint64_t at, uint64_t end,
                             const unsigned char *bytes, size_t size, pkr_entry *entry)
{
    const unsigned char *zlib;
    const char *text;

    if (pkr_entry_parse(bytes, size, pack->idx.id_size, entry, &text) != 0 ||
        size - entry->header_size < 2)
        return false;
    zlib = bytes + entry->header_size;
    if ((zlib[0] & 15) != 8 || zlib[0] >> 4 > 7 || zlib[1] & 0x20 || (zlib[0] << 8 | zlib[1]) % 31)
        return false;
    if (entry->type == PACKREAD_OFS_DELTA && entry->base_distance > at - PKR_PACK_HEADER)
        return false;
    return entry->size / 1032 <= end - at;
}

static bool is_on_entry(const scan *state, uint64_t at, const pkr_entry *delta)
{
    return delta->base_distance <= at - PKR_PACK_HEADER &&
           pkr_revindex_find(state->verification->scanned, at - delta->base_distance) !=
               PKR_NO_RANK;
}

/* Two headers end where the same data begins. What is certain is that one of them is right. */
static bool is_likelier(const scan *state, uint64_t inner, const pkr_entry *own,
                        const pkr_entry *outer)
{
    if (own->type == PACKREAD_OFS_DELTA)
        return is_on_entry(state, inner, own);
    return outer->type == PACKREAD_OFS_DELTA ||
           (own->type <= PACKREAD_TAG && !state->has_ref_deltas);
}

/* Whether an entry begins at `inner`, inside of what looks like the header of one. */
static bool begins_inside(scan *state, uint64_t inner, uint64_t data, const pkr_entry *outer)
{
    size_t size = PKR_ENTRY_HEADER_MAX + 2;
    const unsigned char *bytes;
    pkr_entry own;
    pkr_link link;
    uint64_t end;

    if (pkr_view_upto(&state->reader->data, inner, &size, &bytes, NULL) != 0 ||
        !pkr_verify_is_candidate(state->pack, inner, state->pack->end, bytes, size, &own) ||
        own.header_size > data - inner)
        return false;
    if (own.header_size == data - inner)
        return own.size == outer->size && is_likelier(state, inner, &own, outer);
    link = pkr_chain_link(inner, &own);
    return inflate_pieces(state, &link, &end, NULL) == 0 && end <= data;
}

/* A byte of what is damaged may begin the header of a delta by chance, which takes what follows it,
 * headers or small entries, for its distance or the id of its base. Then those are the entries. */
static uint64_t own_place(scan *state, uint64_t place, const pkr_entry *entry)
{
    const uint64_t data = place + entry->header_size;

    if (entry->type <= PACKREAD_TAG ||
        (entry->type == PACKREAD_OFS_DELTA && is_on_entry(state, place, entry)))
        return place;
    for (uint64_t inner = place + 1; inner < data; inner++)
        if (begins_inside(state, inner, data, entry))
            return inner;
    return place;
}

/* The next place from `*at` on where a whole entry begins, or the pack's end. */
static int search(scan *state, uint64_t *at, pkr_fault *fault)
{
    const size_t wanted = PKR_ENTRY_HEADER_MAX + 2;
    uint64_t place = *at;

    while (place < state->pack->end && state->work > 0 &&
           !atomic_load(&state->verification->stopped)) {
        const unsigned char *bytes;
        pkr_entry entry;
        pkr_link link;
        uint64_t end;
        size_t used = 0;
        size_t size;
        int status = pkr_view_use(&state->reader->data, place, PKR_VIEW_ALL, &bytes, &size, fault);

        if (status == 0 && size < wanted && size < state->pack->end - place) {
            size = wanted;
            status = pkr_view_upto(&state->reader->data, place, &size, &bytes, fault);
        }
        if (status != 0)
            return status;
        /* As far as headers are in sight; at the pack's end they may be shorter. */
        while (used < size &&
               (size - used >= wanted || place + (size - used) == state->pack->end) &&
               !pkr_verify_is_candidate(state->pack, place, state->pack->end, bytes + used,
                                        size - used, &entry)) {
            used++;
            place++;
        }
        if (used == size || (size - used < wanted && place + (size - used) != state->pack->end))
            continue;
        link = pkr_chain_link(place, &entry);
        status = inflate_pieces(state, &link, &end, fault);
        if (status == 0) {
            *at = own_place(state, place, &entry);
            return 0;
        }
        if (status != PACKREAD_ERROR_CORRUPT)
            return status;
        place++;
    }
    *at = state->pack->end;
    return 0;
}

/* ---- The whole pack ------------------------------------------------------------------------- */

static void report(scan *state, uint64_t at, const char *text)
{
    pkr_fault detail;

    pkr_fault_at(&detail, PACKREAD_ERROR_CORRUPT, state->pack->path, at, text);
    pkr_verify_report(state->verification, &detail, 0);
}

/* Whether what is no entry at `at` is the trailer, or what is left of it. */
static bool is_trailer(const scan *state, uint64_t at)
{
    const pkr_revindex *scanned = state->verification->scanned;
    uint64_t left = state->pack->size - at;

    return left == state->pack->idx.id_size ||
           (left < state->pack->idx.id_size && scanned->count >= state->pack->claimed);
}

/* Something at `*at` is no whole entry. It is kept as one that is damaged, for what hangs on it,
 * where the header says that there is another; then `*at` moves to the next one. */
static int pass_damage(scan *state, uint64_t *at, pkr_fault *fault)
{
    int status = 0;

    if (is_trailer(state, *at)) {
        *at = state->pack->end;
        return 0;
    }
    if (state->verification->scanned->count < state->pack->claimed)
        status = add(state, *at, *at, fault);
    else
        report(state, *at, "bytes after the last entry belong to no object");
    if (status != 0)
        return status;
    ++*at;
    state->searched = true;
    status = search(state, at, fault);
    if (status == 0 && state->work == 0)
        report(state, *at, "too much damage: what follows was not looked for");
    return status;
}

static int scan_entries(scan *state, pkr_fault *fault)
{
    uint64_t at = PKR_PACK_HEADER;
    int status = 0;

    while (status == 0 && at < state->pack->end && !atomic_load(&state->verification->stopped)) {
        uint64_t end = 0;

        status = measure(state, at, &end, fault);
        if (status == 0) {
            status = add(state, at, end, fault);
            state->verification->reached = at = end;
            state->searched = false;
        } else if (status == PACKREAD_ERROR_CORRUPT) {
            status = pass_damage(state, &at, fault);
        }
    }
    return status;
}

static void check_count(scan *state)
{
    uint32_t found = state->verification->scanned->count;
    char text[100];

    if (found == state->pack->claimed)
        return;
    snprintf(text, sizeof text, "pack header counts %lu entries, but there are %lu",
             (unsigned long)state->pack->claimed, (unsigned long)found);
    report(state, 8, text);
}

int pkr_verify_scan(pkr_verification *verification, packread_reader *reader, pkr_fault *fault)
{
    const pkr_pack *pack = verification->pack;
    scan state = {.verification = verification, .reader = reader, .pack = pack};
    int status;

    state.work = pack->size < UINT64_MAX / WORK_PER_BYTE ? pack->size * WORK_PER_BYTE : UINT64_MAX;
    if (state.work < WORK_AT_LEAST)
        state.work = WORK_AT_LEAST;
    state.piece = malloc(PIECE_SIZE);
    if (!state.piece)
        return pkr_fault_memory(fault);
    status = grow(&state, fault);
    if (status == 0)
        status = scan_entries(&state, fault);
    free(state.piece);
    if (status != 0)
        return status;
    count(&state, 1);
    verification->revindex = verification->scanned;
    if (!atomic_load(&verification->stopped))
        check_count(&state);
    return 0;
}
