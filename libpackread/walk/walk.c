/* walk.c - goes through the forest of deltas depth first: each base is inflated once, and of
 * a path no more is held than the memory limit allows; what was let go is built again when needed.
 */
#include <stdlib.h>
#include <string.h>

#include "object/chain.h"
#include "base/fault.h"
#include "platform/hash.h"
#include "object/build.h"
#include "verify/verify.h"
#include "verify/check_alone.h"
#include "walk/fence.h"
#include "verify/check_large.h"
#include "verify/tally.h"
#include "walk/walk.h"

#define ROOTS_AT_ONCE 16
#define NO_FRAME SIZE_MAX

static uint32_t take_children(pkr_walk *walk, uint32_t rank)
{
    uint32_t first = walk->verification->first_child[rank];

    walk->verification->first_child[rank] = PKR_NO_RANK;
    return first;
}

/* The frames are paid for: a chain can be as long as a pack has objects. */
static int grow(pkr_walk *walk)
{
    pkr_cache *cache = &walk->reader->cache;
    size_t more = walk->capacity ? walk->capacity : 64;
    pkr_frame *frames;

    if (!pkr_cache_take(cache, more * sizeof *frames))
        return PACKREAD_ERROR_BUDGET;
    frames = realloc(walk->frames, (walk->capacity + more) * sizeof *frames);
    if (!frames) {
        pkr_budget_give(cache->budget, more * sizeof *frames);
        return PACKREAD_ERROR_MEMORY;
    }
    walk->frames = frames;
    walk->capacity += more;
    return 0;
}

static int push(pkr_walk *walk, uint32_t rank, pkr_blob *blob, size_t suspect)
{
    int status = walk->depth == walk->capacity ? grow(walk) : 0;

    if (status == 0)
        walk->frames[walk->depth++] =
            (pkr_frame){rank, take_children(walk, rank), walk->here, blob, suspect, 0};
    return status;
}

static void release(pkr_walk *walk, pkr_blob **blob)
{
    pkr_blob_release(&walk->reader->cache, *blob);
    *blob = NULL;
}

/* The object furthest from where the walk is, if there is one but the nearest. */
static bool let_go(pkr_walk *walk)
{
    for (size_t i = 0; i + 1 < walk->depth; i++) {
        if (walk->frames[i].blob) {
            release(walk, &walk->frames[i].blob);
            return true;
        }
    }
    return false;
}

void pkr_walk_fail(pkr_walk *walk, uint32_t rank, int status, const pkr_fault *detail)
{
    if (status == PACKREAD_ERROR_BUDGET && !walk->alone)
        pkr_verify_mark(walk->verification, rank, PKR_VERIFY_LATER);
    else if (status == PACKREAD_ERROR_BUDGET)
        pkr_walk_large(walk, rank);
    else if (pkr_verify_is_finding(walk->verification, status, detail))
        pkr_walk_report(walk, rank, detail);
}

/* An object that is built: check it, then go on with its children or let it go. `above`: the
 * suspect among what it was made from. */
static void arrive(pkr_walk *walk, uint32_t rank, pkr_blob *blob, uint64_t end, size_t above)
{
    pkr_verification *verification = walk->verification;
    pkr_hash_job job = {(enum packread_type)blob->type, blob->size, blob->data, {{0}, 0}};
    const uint32_t rows_end = pkr_verify_rows_end(verification, rank);
    size_t suspect = NO_FRAME;
    bool has_children;
    pkr_fault detail;
    uint32_t wrong;
    int status;

    pkr_walk_check_end(walk, rank, end);
    pkr_hash_objects(verification->pack->idx.id_size, &job, 1);
    wrong = pkr_walk_count_rows(walk, rank, &job.id, blob->size);
    has_children = verification->first_child[rank] != PKR_NO_RANK;
    if (wrong > 0 && wrong < rows_end - rank) {
        pkr_walk_report_wrong_rows(walk, rank, rows_end, &job.id);
    } else if (wrong > 0 && above != NO_FRAME) {
        walk->frames[above].dependents += wrong;
        suspect = above;
    } else if (wrong > 0) {
        suspect = has_children ? walk->depth : NO_FRAME;
        pkr_walk_report_wrong_rows(walk, rank + has_children, rows_end, &job.id);
    }
    status = has_children ? push(walk, rank, blob, suspect) : PACKREAD_ERROR_BUDGET;
    if (status == 0)
        return;
    pkr_blob_release(&walk->reader->cache, blob);
    if (suspect != NO_FRAME && suspect == walk->depth)
        pkr_walk_report_contents(walk, rank, 0);
    if (status == PACKREAD_ERROR_BUDGET)
        pkr_walk_put_off(walk, rank);
    else
        pkr_verify_is_finding(verification, pkr_fault_memory(&detail), &detail);
}

/* The base of the frame's next child, built again if it was let go. */
static int have_base(pkr_walk *walk, pkr_frame *top, pkr_fault *fault)
{
    const pkr_verification *verification = walk->verification;
    int status;

    if (top->blob)
        return 0;
    do {
        status = pkr_build_object(walk->reader, verification->pack, verification->number,
                                  pkr_revindex_offset(verification->revindex, top->rank),
                                  &top->blob, fault);
    } while (status == PACKREAD_ERROR_BUDGET && let_go(walk));
    return status;
}

/* What an entry deflates; what is let go for it comes from the top of the path. */
static int inflate(pkr_walk *walk, uint32_t rank, const pkr_entry *entry, bool forward,
                   pkr_blob **blob, uint64_t *end, pkr_fault *fault)
{
    pkr_verification *verification = walk->verification;
    pkr_link link = pkr_chain_link(pkr_revindex_offset(verification->revindex, rank), entry);
    int status;

    pkr_verify_fence(verification, walk->reader, rank);
    do {
        do
            status = pkr_build_inflate(walk->reader, verification->pack, &link, forward, blob, end,
                                       fault);
        while (status == PACKREAD_ERROR_BUDGET && let_go(walk));
    } while (pkr_verify_go_beyond(verification, walk->reader, rank, &status, fault));
    return status;
}

int pkr_walk_delta(pkr_walk *walk, uint32_t rank, pkr_blob **delta, uint64_t *end, pkr_fault *fault)
{
    const pkr_verification *verification = walk->verification;
    pkr_entry entry;
    int status = pkr_chain_entry(walk->reader, verification->pack,
                                 pkr_revindex_offset(verification->revindex, rank), &entry, fault);

    return status == 0 ? inflate(walk, rank, &entry, false, delta, end, fault) : status;
}

/* An object that cannot be made from a base that is wrong itself is one more of the suspect's. */
static void count_for_suspect(pkr_walk *walk, size_t suspect, uint32_t rank)
{
    uint64_t below = pkr_walk_cut(walk, rank);

    pkr_walk_mark(walk, rank);
    below += pkr_verify_rows_end(walk->verification, rank) - rank;
    walk->frames[suspect].dependents += below;
    pkr_walk_pass(walk, below);
}

/* The top of the path has no children left: a chain takes one frame, not one for each link. */
static void leave(pkr_walk *walk, pkr_frame *top)
{
    release(walk, &top->blob);
    if (top->suspect != walk->depth - 1)
        walk->depth--;
}

static void visit_child(pkr_walk *walk, uint32_t rank)
{
    const pkr_verification *verification = walk->verification;
    pkr_frame *top = &walk->frames[walk->depth - 1];
    const size_t above = top->suspect;
    uint64_t offset = pkr_revindex_offset(verification->revindex, rank);
    pkr_blob *blob = NULL;
    pkr_blob *delta = NULL;
    pkr_fault detail;
    uint64_t end = 0;
    bool applied = false;
    int status = have_base(walk, top, &detail);

    walk->here = top->depth + 1;
    if (status == 0)
        status = pkr_walk_delta(walk, rank, &delta, &end, &detail);
    if (status == 0) {
        applied = true;
        do {
            status = pkr_build_apply(walk->reader, verification->pack, offset, delta, top->blob,
                                     &blob, &detail);
        } while (status == PACKREAD_ERROR_BUDGET && let_go(walk));
    }
    pkr_blob_release(&walk->reader->cache, delta);
    if (top->next_child == PKR_NO_RANK)
        leave(walk, top);
    if (status == 0)
        arrive(walk, rank, blob, end, above);
    else if (applied && above != NO_FRAME && status == PACKREAD_ERROR_CORRUPT)
        count_for_suspect(walk, above, rank);
    else
        pkr_walk_fail(walk, rank, status, &detail);
}

static void go_down(pkr_walk *walk)
{
    while (walk->depth > 0) {
        pkr_frame *top = &walk->frames[walk->depth - 1];
        uint32_t child = top->next_child;

        if (child == PKR_NO_RANK ||
            atomic_load_explicit(&walk->verification->stopped, memory_order_relaxed)) {
            release(walk, &top->blob);
            if (top->suspect == walk->depth - 1)
                pkr_walk_report_contents(walk, top->rank, top->dependents);
            walk->depth--;
            continue;
        }
        top->next_child = walk->verification->next_sibling[child];
        visit_child(walk, child);
    }
}

void pkr_walk_from(pkr_walk *walk, uint32_t rank, pkr_blob *blob, uint64_t end)
{
    arrive(walk, rank, blob, end, NO_FRAME);
    go_down(walk);
}

/* An object too big to hold, on which nothing hangs, is hashed piece by piece. */
static int check_big(pkr_walk *walk, uint32_t rank, const pkr_entry *entry, pkr_fault *fault)
{
    pkr_verification *verification = walk->verification;
    uint64_t offset = pkr_revindex_offset(verification->revindex, rank);
    pkr_link link = pkr_chain_link(offset, entry);
    pkr_hash hash;
    packread_id given;
    uint64_t end = 0;
    int status;

    pkr_verify_fence(verification, walk->reader, rank);
    do {
        pkr_hash_begin_object(&hash, verification->pack->idx.id_size, entry->type, entry->size);
        status = pkr_build_pieces(walk->reader, verification->pack, &link, pkr_hash_piece, &hash,
                                  &end, fault);
    } while (pkr_verify_go_beyond(verification, walk->reader, rank, &status, fault));
    if (status != 0)
        return status;
    pkr_hash_end(&hash, &given);
    pkr_walk_check_end(walk, rank, end);
    pkr_walk_count(walk, rank, &given, entry->size);
    pkr_walk_put_off(walk, rank); /* deltas that have waited for its id */
    return 0;
}

void pkr_walk_root(pkr_walk *walk, uint32_t rank)
{
    pkr_verification *verification = walk->verification;
    uint64_t offset = pkr_revindex_offset(verification->revindex, rank);
    pkr_blob *blob = NULL;
    pkr_fault detail;
    pkr_entry entry;
    uint64_t end = 0;
    int status = pkr_chain_entry(walk->reader, verification->pack, offset, &entry, &detail);

    walk->here = 0;
    if (status == 0 && entry.size > verification->snapshot->whole_limit &&
        verification->first_child[rank] == PKR_NO_RANK) {
        status = check_big(walk, rank, &entry, &detail);
        if (status != 0)
            pkr_walk_fail(walk, rank, status, &detail);
        return;
    }
    if (status == 0)
        status = inflate(walk, rank, &entry, true, &blob, &end, &detail);
    if (status != 0) {
        pkr_walk_fail(walk, rank, status, &detail);
        return;
    }
    blob->type = (unsigned char)entry.type;
    pkr_walk_from(walk, rank, blob, end);
}

/* The cause is found again: the sweep kept no texts. */
static void report_broken(pkr_walk *walk, uint32_t rank)
{
    const pkr_verification *verification = walk->verification;
    uint64_t offset = pkr_revindex_offset(verification->revindex, rank);
    pkr_fault detail;
    pkr_entry entry;
    uint64_t base;
    int status = pkr_chain_entry(walk->reader, verification->pack, offset, &entry, &detail);

    if (status == 0 && entry.type > PACKREAD_TAG)
        status =
            pkr_chain_base(walk->reader, verification->pack, offset, &entry, &base, NULL, &detail);
    if (status == 0) /* the file is not what it was */
        pkr_fault_set(&detail, PACKREAD_ERROR_CHANGED, NULL,
                      "the entry was damaged when it was swept");
    pkr_walk_report(walk, rank, &detail);
}

static void visit(pkr_walk *walk, uint32_t rank)
{
    enum pkr_verify_state known = pkr_verify_state(walk->verification, rank);

    if (known == PKR_VERIFY_WHOLE)
        pkr_walk_root(walk, rank);
    else if (known == PKR_VERIFY_BROKEN)
        report_broken(walk, rank);
}

void pkr_walk_end(pkr_walk *walk)
{
    pkr_walk_flush(walk);
    pkr_budget_give(walk->reader->cache.budget, walk->capacity * sizeof *walk->frames);
    free(walk->frames);
}

bool pkr_walk_begin(pkr_walk *walk)
{
    pkr_fault detail;
    int status = pkr_reader_select(walk->reader, walk->verification->pack, &detail);

    if (status != 0)
        pkr_verify_is_finding(walk->verification, status, &detail);
    return status == 0;
}

void pkr_verify_walk(pkr_verification *verification, packread_reader *reader)
{
    pkr_walk walk = {.verification = verification, .reader = reader, .late = PKR_NO_RANK};
    uint32_t count = verification->revindex->count;
    bool ready = pkr_walk_begin(&walk);

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
            visit(&walk, from);
    }
    pkr_walk_end(&walk);
}
