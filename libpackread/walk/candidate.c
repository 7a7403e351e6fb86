/* candidate.c - looks at every byte as the first of a header, and inflates what follows one. */
#include "walk/candidate.h"

#include "object/chain.h"
#include "walk/fence.h"

#define HEAD_SIZE (PKR_ENTRY_HEADER_MAX + 2) /* with that of a zlib stream */

typedef struct search {
    pkr_forest *forest;
    packread_reader *reader;
    uint64_t next;
} search;

/* Whether an entry may begin at these bytes: a header, then that of a zlib stream, which can hold
 * so much. */
static bool is_candidate(const search *state, uint64_t at, const unsigned char *bytes, size_t size,
                         pkr_entry *entry)
{
    const unsigned char *zlib;
    const char *text;

    if (pkr_entry_parse(bytes, size, state->forest->pack->idx.id_size, entry, &text) != 0 ||
        size - entry->header_size < 2)
        return false;
    zlib = bytes + entry->header_size;
    if ((zlib[0] & 15) != 8 || zlib[0] >> 4 > 7 || zlib[1] & 0x20 || (zlib[0] << 8 | zlib[1]) % 31)
        return false;
    if (entry->type == PACKREAD_OFS_DELTA && entry->base_distance > at - PKR_PACK_HEADER)
        return false;
    return entry->size / 1032 <= state->next - at;
}

/* Where the entry with this header ends; `at` if it is none. Only failure costs: what is found is
 * not looked at again. */
static int measure(const search *state, uint64_t at, const pkr_entry *entry, uint64_t *end,
                   pkr_fault *fault)
{
    const pkr_link link = pkr_chain_link(at, entry);
    const uint64_t before = state->reader->work;
    int status = pkr_fence_measure(state->forest, state->reader, &link, state->next, end, fault);

    if (status == 0 && *end == at)
        pkr_fence_charge(state->forest, state->reader, before);
    return status;
}

static bool is_on_entry(const search *state, uint64_t at, const pkr_entry *delta)
{
    return delta->base_distance <= at - PKR_PACK_HEADER &&
           pkr_revindex_find(state->forest->order, at - delta->base_distance) != PKR_NO_RANK;
}

/* Two headers end where the same data begins. What is certain is that one of them is right. */
static bool is_likelier(const search *state, uint64_t inner, const pkr_entry *own,
                        const pkr_entry *outer)
{
    if (own->type == PACKREAD_OFS_DELTA)
        return is_on_entry(state, inner, own);
    return outer->type == PACKREAD_OFS_DELTA ||
           (own->type <= PACKREAD_TAG && !state->forest->has_ref_deltas);
}

/* Whether an entry begins at `inner`, inside of what looks like the header of one. `*end` is where
 * that one ends, and becomes where this does. */
static bool begins_inside(const search *state, uint64_t inner, uint64_t data,
                          const pkr_entry *outer, uint64_t *end)
{
    size_t size = HEAD_SIZE;
    const unsigned char *bytes;
    uint64_t inner_end;
    pkr_entry own;

    if (pkr_view_upto(&state->reader->data, inner, &size, &bytes, NULL) != 0 ||
        !is_candidate(state, inner, bytes, size, &own) || own.header_size > data - inner)
        return false;
    if (own.header_size == data - inner)
        return own.size == outer->size && is_likelier(state, inner, &own, outer);
    if (measure(state, inner, &own, &inner_end, NULL) != 0 || inner_end == inner ||
        inner_end > data)
        return false;
    *end = inner_end;
    return true;
}

/* A byte of what is damaged may begin the header of a delta by chance, which takes what follows it,
 * headers or small entries, for its distance or the id of its base. Then those are the entries. */
static uint64_t own_place(const search *state, uint64_t at, const pkr_entry *entry, uint64_t *end)
{
    const uint64_t data = at + entry->header_size;

    if (entry->type <= PACKREAD_TAG ||
        (entry->type == PACKREAD_OFS_DELTA && is_on_entry(state, at, entry)))
        return at;
    for (uint64_t inner = at + 1; inner < data; inner++)
        if (begins_inside(state, inner, data, entry, end))
            return inner;
    return at;
}

/* Moves `*at` to the next header, or to `next`. */
static int find_header(const search *state, uint64_t *at, pkr_entry *entry, pkr_fault *fault)
{
    while (*at < state->next && !pkr_forest_stopped(state->forest)) {
        const unsigned char *bytes;
        size_t size;
        int status = pkr_view_use(&state->reader->data, *at, PKR_VIEW_ALL, &bytes, &size, fault);

        if (status == 0 && size < HEAD_SIZE && size < state->next - *at) {
            size = HEAD_SIZE;
            status = pkr_view_upto(&state->reader->data, *at, &size, &bytes, fault);
        }
        if (status != 0)
            return status;
        if (size > state->next - *at)
            size = (size_t)(state->next - *at);
        /* As far as headers are in sight; at the end they may be shorter. */
        do {
            if (is_candidate(state, *at, bytes++, size--, entry))
                return 0;
            ++*at;
        } while (size >= HEAD_SIZE || (size > 0 && size == state->next - *at));
    }
    return 0;
}

int pkr_candidate_find(pkr_forest *forest, packread_reader *reader, uint64_t *at, uint64_t next,
                       uint64_t *end, pkr_fault *fault)
{
    const search state = {forest, reader, next};

    for (; *at < next && pkr_fence_may_go_on(forest) && !pkr_forest_stopped(forest); ++*at) {
        pkr_entry entry;
        int status = find_header(&state, at, &entry, fault);

        if (status == 0 && (*at == next || pkr_forest_stopped(forest)))
            break;
        if (status == 0)
            status = measure(&state, *at, &entry, end, fault);
        if (status != 0)
            return status;
        if (*end > *at) {
            *at = own_place(&state, *at, &entry, end);
            return 0;
        }
    }
    *at = *end = next;
    return 0;
}
