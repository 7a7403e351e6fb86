/* verify_walk.c - goes through the forest of deltas depth first: each base is inflated once, and of a
 * path no more is held than the memory limit allows; what was let go is built again when needed. */
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "error.h"
#include "hash.h"
#include "object.h"
#include "verify.h"

#define ROOTS_AT_ONCE 16
#define COUNT_AT_ONCE 512
#define NO_FRAME SIZE_MAX

/* An object on the path from a root to where the walk is. */
typedef struct frame {
    uint32_t rank;
    uint32_t next_child;
    packread_blob *blob;   /* NULL once no child needs it, or let go for want of memory */
    size_t suspect;        /* the frame at or above this one whose contents are wrong; NO_FRAME */
    uint64_t dependents;   /* of a suspect: objects below it that are wrong too */
} frame;

typedef struct walk {
    packread_verification *verification;
    packread_reader *reader;
    frame *frames;
    size_t depth;
    size_t capacity;
    bool alone;            /* the last thread: nobody else will give memory back */
    uint64_t objects;      /* counted but not yet reported, as the four below */
    uint64_t bytes;
    uint64_t deltas;
    uint64_t passed;
    uint32_t deepest;
} walk;

static void flush_counts(walk *state)
{
    packread_verify_count(state->verification, state->objects, state->bytes, state->deltas,
                          state->deepest, state->passed);
    state->objects = state->bytes = state->deltas = state->passed = 0;
}

static void pass(walk *state, uint64_t entries)
{
    state->passed += entries;
    if (state->passed >= COUNT_AT_ONCE)
        flush_counts(state);
}

static void mark(walk *state, uint32_t rank)
{
    packread_verify_mark(state->verification, rank, PACKREAD_VERIFY_DONE);
}

static uint32_t take_children(walk *state, uint32_t rank)
{
    uint32_t first = state->verification->first_child[rank];

    state->verification->first_child[rank] = PACKREAD_NO_RANK;
    return first;
}

uint64_t packread_verify_cut(packread_verification *verification, uint32_t rank)
{
    uint32_t list = verification->first_child[rank];
    uint64_t count = 0;

    verification->first_child[rank] = PACKREAD_NO_RANK;
    while (list != PACKREAD_NO_RANK) {
        uint32_t taken = list;
        uint32_t children = verification->first_child[taken];

        list = verification->next_sibling[taken];
        verification->first_child[taken] = PACKREAD_NO_RANK;
        if (packread_verify_state(verification, taken) != PACKREAD_VERIFY_DONE) {
            packread_verify_mark(verification, taken, PACKREAD_VERIFY_DONE);
            count++;
        }
        if (children != PACKREAD_NO_RANK) {
            uint32_t last = children;

            while (verification->next_sibling[last] != PACKREAD_NO_RANK)
                last = verification->next_sibling[last];
            verification->next_sibling[last] = list;
            list = children;
        }
    }
    return count;
}

static int push(walk *state, uint32_t rank, packread_blob *blob, size_t suspect)
{
    if (state->depth == state->capacity) {
        size_t capacity = state->capacity ? 2 * state->capacity : 64;
        frame *frames = realloc(state->frames, capacity * sizeof *frames);

        if (!frames)
            return PACKREAD_ERROR_MEMORY;
        state->frames = frames;
        state->capacity = capacity;
    }
    state->frames[state->depth++] = (frame){rank, take_children(state, rank), blob, suspect, 0};
    return 0;
}

static void release(walk *state, packread_blob **blob)
{
    packread_blob_release(&state->reader->cache, *blob);
    *blob = NULL;
}

/* The object furthest from where the walk is, if there is one but the nearest. */
static bool let_go(walk *state)
{
    for (size_t i = 0; i + 1 < state->depth; i++) {
        if (state->frames[i].blob) {
            release(state, &state->frames[i].blob);
            return true;
        }
    }
    return false;
}

/* Wrong contents: of their own, or because of a suspect above. */
static void report_contents(walk *state, uint32_t rank, uint64_t dependents)
{
    packread_verify_report_entry(state->verification, state->reader, rank, PACKREAD_ERROR_CORRUPT,
                                 "contents do not give the object's id", dependents);
}

static void report_detail(walk *state, uint32_t rank, const packread_error *detail)
{
    uint64_t dependents = packread_verify_cut(state->verification, rank);

    mark(state, rank);
    packread_verify_report_entry(state->verification, state->reader, rank, detail->code,
                                 detail->text, dependents);
    pass(state, 1 + dependents);
}

/* A failure at a rank: a finding, work for later, or the end. */
static void fail(walk *state, uint32_t rank, int status, const packread_error *detail)
{
    if (status == PACKREAD_ERROR_BUDGET && !state->alone)
        packread_verify_mark(state->verification, rank, PACKREAD_VERIFY_LATER);
    else if (packread_verify_is_finding(state->verification, status, detail))
        report_detail(state, rank, detail);
}

static bool gives_id(walk *state, uint32_t rank, packread_hash_job *job, packread_error *error,
                     int *status)
{
    const packread_pack *pack = state->verification->pack;
    uint32_t position = packread_revindex_position(state->verification->revindex, rank);
    const unsigned char *bytes;

    *status = packread_rows_id(&state->reader->rows, pack, position, &bytes, error);
    return *status == 0 && memcmp(bytes, job->id.bytes, pack->idx.id_size) == 0;
}

/* The entry's data has to end where the next entry begins. */
static void check_end(walk *state, uint32_t rank, uint64_t end)
{
    const packread_verification *verification = state->verification;
    uint64_t next = packread_revindex_next(verification->revindex, rank, verification->end);

    if (end != next)
        packread_verify_report_entry(state->verification, state->reader, rank, PACKREAD_ERROR_CORRUPT,
                                     end < next ? "bytes after the entry belong to no object"
                                                : "entry reaches into what follows it", 0);
}

/* An object that is built: check it, then go on with its children or let it go. */
static void arrive(walk *state, uint32_t rank, packread_blob *blob, uint64_t end)
{
    packread_verification *verification = state->verification;
    packread_hash_job job = {(enum packread_type)blob->type, blob->size, blob->data, {{0}, 0}};
    size_t above = state->depth ? state->frames[state->depth - 1].suspect : NO_FRAME;
    size_t suspect = NO_FRAME;
    bool has_children = verification->first_child[rank] != PACKREAD_NO_RANK;
    packread_error detail;
    int status;

    check_end(state, rank, end);
    packread_hash_objects(verification->pack->idx.id_size, &job, 1);
    mark(state, rank);
    if (gives_id(state, rank, &job, &detail, &status)) {
        state->objects++;
        state->bytes += blob->size;
        state->deltas += state->depth > 0;
        if (state->depth > state->deepest)
            state->deepest = (uint32_t)state->depth;
    } else if (status != 0) {
        packread_verify_is_finding(verification, status, &detail);
    } else if (above != NO_FRAME) {
        state->frames[above].dependents++;
        suspect = above;
    } else if (has_children) {
        suspect = state->depth;
    } else {
        report_contents(state, rank, 0);
    }
    pass(state, 1);
    if (has_children && push(state, rank, blob, suspect) == 0)
        return;
    packread_blob_release(&state->reader->cache, blob);
    if (has_children)
        packread_verify_is_finding(verification, packread_error_memory(&detail), &detail);
}

/* The base of the frame's next child, built again if it was let go. */
static int have_base(walk *state, frame *top, packread_error *error)
{
    const packread_verification *verification = state->verification;
    int status;

    if (top->blob)
        return 0;
    do {
        status = packread_object_build(state->reader, verification->pack, verification->number,
                                       packread_revindex_offset(verification->revindex, top->rank),
                                       &top->blob, error);
    } while (status == PACKREAD_ERROR_BUDGET && let_go(state));
    return status;
}

/* The delta of an entry, inflated; what is let go for it comes from the top of the path. */
static int have_delta(walk *state, uint64_t offset, packread_blob **delta, uint64_t *end,
                      packread_error *error)
{
    const packread_pack *pack = state->verification->pack;
    packread_entry entry;
    int status = packread_chain_entry(state->reader, pack, offset, &entry, error);

    if (status == 0) {
        packread_link link = packread_chain_link(offset, &entry);

        do {
            status = packread_object_inflate(state->reader, pack, &link, false, delta, end, error);
        } while (status == PACKREAD_ERROR_BUDGET && let_go(state));
    }
    return status;
}

/* An object that cannot be made from a base that is wrong itself is one more of the suspect's. */
static void count_for_suspect(walk *state, size_t suspect, uint32_t rank)
{
    uint64_t below = packread_verify_cut(state->verification, rank);

    mark(state, rank);
    state->frames[suspect].dependents += 1 + below;
    pass(state, 1 + below);
}

static void visit_child(walk *state, uint32_t rank)
{
    const packread_verification *verification = state->verification;
    frame *top = &state->frames[state->depth - 1];
    uint64_t offset = packread_revindex_offset(verification->revindex, rank);
    packread_blob *blob = NULL;
    packread_blob *delta = NULL;
    packread_error detail;
    uint64_t end = 0;
    bool applied = false;
    int status = have_base(state, top, &detail);

    if (status == 0)
        status = have_delta(state, offset, &delta, &end, &detail);
    if (status == 0) {
        applied = true;
        do {
            status = packread_object_apply(state->reader, verification->pack, offset, delta,
                                           top->blob, &blob, &detail);
        } while (status == PACKREAD_ERROR_BUDGET && let_go(state));
    }
    packread_blob_release(&state->reader->cache, delta);
    if (top->next_child == PACKREAD_NO_RANK)
        release(state, &top->blob);
    if (status == 0)
        arrive(state, rank, blob, end);
    else if (applied && top->suspect != NO_FRAME && status == PACKREAD_ERROR_CORRUPT)
        count_for_suspect(state, top->suspect, rank);
    else
        fail(state, rank, status, &detail);
}

static void go_down(walk *state)
{
    while (state->depth > 0) {
        frame *top = &state->frames[state->depth - 1];
        uint32_t child = top->next_child;

        if (child == PACKREAD_NO_RANK || atomic_load_explicit(&state->verification->stopped,
                                                              memory_order_relaxed)) {
            release(state, &top->blob);
            if (top->suspect == state->depth - 1)
                report_contents(state, top->rank, top->dependents);
            state->depth--;
            continue;
        }
        top->next_child = state->verification->next_sibling[child];
        visit_child(state, child);
    }
}

/* An object too big to hold is hashed piece by piece; what hangs on it cannot be checked. */
static int check_big(walk *state, uint32_t rank, const packread_entry *entry, packread_error *error)
{
    const packread_verification *verification = state->verification;
    uint64_t offset = packread_revindex_offset(verification->revindex, rank);
    packread_hash_job job = {entry->type, entry->size, NULL, {{0}, 0}};
    packread_link link = packread_chain_link(offset, entry);
    packread_hash hash;
    uint64_t end = 0;
    int status;

    packread_hash_begin_object(&hash, verification->pack->idx.id_size, entry->type, entry->size);
    status = packread_object_pieces(state->reader, verification->pack, &link, packread_hash_piece,
                                    &hash, &end, error);
    if (status != 0)
        return status;
    packread_hash_end(&hash, &job.id);
    check_end(state, rank, end);
    mark(state, rank);
    if (gives_id(state, rank, &job, error, &status)) {
        state->objects++;
        state->bytes += entry->size;
    } else if (status == 0) {
        report_contents(state, rank, 0);
    }
    pass(state, 1);
    return status;
}

static void visit_root(walk *state, uint32_t rank)
{
    packread_verification *verification = state->verification;
    uint64_t offset = packread_revindex_offset(verification->revindex, rank);
    packread_blob *blob = NULL;
    packread_error detail;
    packread_entry entry;
    uint64_t end = 0;
    int status = packread_chain_entry(state->reader, verification->pack, offset, &entry, &detail);

    if (status == 0 && entry.size > verification->snapshot->whole_limit &&
        verification->first_child[rank] == PACKREAD_NO_RANK) {
        status = check_big(state, rank, &entry, &detail);
        if (status != 0)
            fail(state, rank, status, &detail);
        return;
    }
    if (status == 0) {
        packread_link link = packread_chain_link(offset, &entry);

        status = packread_object_inflate(state->reader, verification->pack, &link, true, &blob, &end,
                                         &detail);
    }
    if (status != 0) {
        fail(state, rank, status, &detail);
        return;
    }
    blob->type = (unsigned char)entry.type;
    arrive(state, rank, blob, end);
    go_down(state);
}

/* The cause is found again: the sweep kept no texts. */
static void report_broken(walk *state, uint32_t rank)
{
    const packread_verification *verification = state->verification;
    uint64_t offset = packread_revindex_offset(verification->revindex, rank);
    packread_error detail;
    packread_entry entry;
    uint64_t base;
    int status = packread_chain_entry(state->reader, verification->pack, offset, &entry, &detail);

    if (status == 0 && entry.type > PACKREAD_TAG)
        status = packread_chain_base(state->reader, verification->pack, offset, &entry, &base, NULL,
                                     &detail);
    if (status == 0)
        packread_error_set(&detail, PACKREAD_ERROR_CORRUPT, NULL,
                           "delta base is where no entry begins");
    report_detail(state, rank, &detail);
}

static void visit(walk *state, uint32_t rank)
{
    enum packread_verify_state known = packread_verify_state(state->verification, rank);

    if (known == PACKREAD_VERIFY_WHOLE)
        visit_root(state, rank);
    else if (known == PACKREAD_VERIFY_BROKEN)
        report_broken(state, rank);
}

static void end_walk(walk *state)
{
    flush_counts(state);
    free(state->frames);
}

static bool begin_walk(walk *state)
{
    packread_error detail;
    int status = packread_reader_select(state->reader, state->verification->pack, &detail);

    if (status != 0)
        packread_verify_is_finding(state->verification, status, &detail);
    return status == 0;
}

void packread_verify_walk(packread_verification *verification, packread_reader *reader)
{
    walk state = {.verification = verification, .reader = reader};
    uint32_t count = verification->revindex->count;
    bool ready = begin_walk(&state);

    while (ready && !atomic_load(&verification->stopped)) {
        uint32_t from = atomic_load(&verification->next_root);
        uint32_t to;

        do {
            to = count - from < ROOTS_AT_ONCE ? count : from + ROOTS_AT_ONCE;
        } while (from < count &&
                 !atomic_compare_exchange_weak(&verification->next_root, &from, to));
        if (from >= count)
            break;
        for (; from < to && !atomic_load(&verification->stopped); from++)
            visit(&state, from);
    }
    end_walk(&state);
}

/* An entry that was put off: its base is built by itself, and the walk goes on from there. */
static void visit_late(walk *state, uint32_t rank)
{
    const packread_verification *verification = state->verification;
    const packread_pack *pack = verification->pack;
    uint64_t offset = packread_revindex_offset(verification->revindex, rank);
    packread_blob *base = NULL;
    packread_blob *delta = NULL;
    packread_blob *blob = NULL;
    packread_error detail;
    packread_entry entry;
    uint64_t below;
    uint64_t end = 0;
    int status = packread_chain_entry(state->reader, pack, offset, &entry, &detail);

    if (status == 0 && entry.type <= PACKREAD_TAG) {
        visit_root(state, rank);
        return;
    }
    if (status == 0)
        status = packread_chain_base(state->reader, pack, offset, &entry, &below, NULL, &detail);
    if (status == 0)
        status = packread_object_build(state->reader, pack, verification->number, below, &base,
                                       &detail);
    if (status == 0)
        status = have_delta(state, offset, &delta, &end, &detail);
    if (status == 0)
        status = packread_object_apply(state->reader, pack, offset, delta, base, &blob, &detail);
    packread_blob_release(&state->reader->cache, delta);
    packread_blob_release(&state->reader->cache, base);
    if (status != 0) {
        fail(state, rank, status, &detail);
        return;
    }
    arrive(state, rank, blob, end);
    go_down(state);
}

static void report_cycle(walk *state, uint32_t rank)
{
    packread_error detail;

    mark(state, rank);
    packread_error_set(&detail, PACKREAD_ERROR_CORRUPT, NULL, "delta chain goes round in a cycle");
    report_detail(state, rank, &detail);
}

/* Goes down from a rank that no root leads to until it has gone round: a member of the cycle. */
static uint32_t find_cycle(walk *state, uint32_t rank)
{
    const packread_verification *verification = state->verification;
    packread_guard guard = packread_guard_begin(
        packread_revindex_offset(verification->revindex, rank));
    uint32_t at = rank;

    for (;;) {
        uint64_t offset = packread_revindex_offset(verification->revindex, at);
        packread_entry entry;
        uint64_t base;

        if (packread_chain_entry(state->reader, verification->pack, offset, &entry, NULL) != 0 ||
            entry.type <= PACKREAD_TAG ||
            packread_chain_base(state->reader, verification->pack, offset, &entry, &base, NULL,
                                NULL) != 0)
            return rank;
        at = packread_revindex_find(verification->revindex, base);
        if (at == PACKREAD_NO_RANK)
            return rank;
        if (!packread_guard_pass(&guard, base))
            return at;
    }
}

void packread_verify_rest(packread_verification *verification, packread_reader *reader)
{
    walk state = {.verification = verification, .reader = reader, .alone = true};
    uint32_t count = verification->revindex->count;
    bool ready = begin_walk(&state);

    for (uint32_t rank = 0; ready && rank < count && !atomic_load(&verification->stopped); rank++)
        if (packread_verify_state(verification, rank) == PACKREAD_VERIFY_LATER)
            visit_late(&state, rank);
    for (uint32_t rank = 0; ready && rank < count && !atomic_load(&verification->stopped); rank++)
        while (packread_verify_state(verification, rank) == PACKREAD_VERIFY_DELTA)
            report_cycle(&state, find_cycle(&state, rank));
    end_walk(&state);
}
