/* verify_rest.c - what the walks left: entries put off for want of memory, and cycles, which no
 * root leads to. */
#include "chain.h"
#include "error.h"
#include "id.h"
#include "info.h"
#include "object.h"
#include "verify.h"
#include "verify_cut.h"
#include "verify_fence.h"
#include "verify_tell.h"
#include "verify_walk.h"

/* The object of a delta entry, its base built by itself; `*is_lost` if no row of the index names
 * that. */
static int build_delta(packread_walk *walk, uint32_t rank, const packread_entry *entry,
                       packread_blob **blob, uint64_t *end, bool *is_lost, packread_error *error)
{
    packread_verification *verification = walk->verification;
    const packread_pack *pack = verification->pack;
    uint64_t offset = packread_revindex_offset(verification->revindex, rank);
    uint64_t before = walk->reader->work;
    packread_blob *base = NULL;
    packread_blob *delta = NULL;
    uint64_t below;
    int status = packread_chain_base(walk->reader, pack, offset, entry, &below, NULL, error);

    if (status != 0)
        return status;
    *is_lost = packread_revindex_find(verification->revindex, below) == PACKREAD_NO_RANK;
    /* It may be anywhere in an entry, and each of many deltas may have another one. */
    if (*is_lost && !packread_verify_may_overlap(verification))
        return PACKREAD_ERROR_CORRUPT;
    status = packread_object_build(walk->reader, pack, verification->number, below, &base, error);
    if (*is_lost)
        packread_verify_charge(verification, walk->reader, before);
    if (status == 0)
        status = packread_walk_delta(walk, rank, &delta, end, error);
    if (status == 0)
        status = packread_object_apply(walk->reader, pack, offset, delta, base, blob, error);
    packread_blob_release(&walk->reader->cache, delta);
    packread_blob_release(&walk->reader->cache, base);
    return status;
}

/* An entry that was put off: for want of memory, or because the index has lost its base. */
static void visit_late(packread_walk *walk, uint32_t rank)
{
    static const char lost[] = "delta base is where no known entry begins";
    const packread_verification *verification = walk->verification;
    uint64_t offset = packread_revindex_offset(verification->revindex, rank);
    packread_blob *blob = NULL;
    packread_error detail;
    packread_entry entry;
    uint64_t end = 0;
    bool is_lost = false;
    int status = packread_chain_entry(walk->reader, verification->pack, offset, &entry, &detail);

    if (status == 0 && entry.type <= PACKREAD_TAG) {
        packread_walk_root(walk, rank);
        return;
    }
    if (status == 0)
        status = build_delta(walk, rank, &entry, &blob, &end, &is_lost, &detail);
    if (is_lost && (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN))
        packread_error_set(&detail, status, NULL, lost);
    if (status != 0) {
        packread_walk_fail(walk, rank, status, &detail);
        return;
    }
    if (is_lost)
        packread_verify_report_entry(walk->verification, walk->reader, rank, PACKREAD_ERROR_CORRUPT,
                                     lost, 0);
    packread_walk_from(walk, rank, blob, end);
}

/* How many deltas the entry is built from. */
static uint32_t depth_of(packread_walk *walk, uint32_t rank)
{
    const packread_verification *verification = walk->verification;
    packread_location location = {verification->number,
                                  packread_revindex_position(verification->revindex, rank),
                                  packread_revindex_offset(verification->revindex, rank)};
    packread_id none = {{0}, 0};
    packread_info info;

    if (packread_info_fill(walk->reader, &location, &none, PACKREAD_WANT_DEPTH, &info, NULL) != 0)
        return 0;
    return info.depth;
}

/* An entry that was put off, and after it those that were put off because of it. */
static void visit_all_late(packread_walk *walk, uint32_t rank)
{
    packread_verification *verification = walk->verification;

    for (;;) {
        walk->here = depth_of(walk, rank);
        visit_late(walk, rank);
        rank = walk->late;
        if (rank == PACKREAD_NO_RANK || atomic_load(&verification->stopped))
            return;
        walk->late = verification->next_sibling[rank];
    }
}

static void report_cycle(packread_walk *walk, uint32_t rank)
{
    packread_error detail;

    packread_verify_mark(walk->verification, rank, PACKREAD_VERIFY_DONE);
    packread_error_set(&detail, PACKREAD_ERROR_CORRUPT, NULL, "delta chain goes round in a cycle");
    packread_walk_report(walk, rank, &detail);
}

/* Goes down from a rank that no root leads to until it has gone round: a member of the cycle. */
static uint32_t find_cycle(packread_walk *walk, uint32_t rank)
{
    const packread_verification *verification = walk->verification;
    packread_guard guard =
        packread_guard_begin(packread_revindex_offset(verification->revindex, rank));
    uint32_t at = rank;

    for (;;) {
        uint64_t offset = packread_revindex_offset(verification->revindex, at);
        packread_entry entry;
        uint64_t base;

        if (packread_chain_entry(walk->reader, verification->pack, offset, &entry, NULL) != 0 ||
            entry.type <= PACKREAD_TAG ||
            packread_chain_base(walk->reader, verification->pack, offset, &entry, &base, NULL,
                                NULL) != 0)
            return rank;
        at = packread_revindex_find(verification->revindex, base);
        if (at == PACKREAD_NO_RANK)
            return rank;
        if (!packread_guard_pass(&guard, base))
            return at;
    }
}

/* A delta of a pack without an index whose base was never met: the pack lacks it, or it is an
 * object that there was no room for, whose id is not known. */
static void describe_waiting(const packread_verification *verification, uint32_t row,
                             packread_error *detail)
{
    const packread_bases *bases = &verification->bases;
    const packread_error *shortage = &verification->shortage;
    uint64_t offset = packread_revindex_offset(verification->revindex, bases->ranks[row]);

    if (shortage->code != 0) {
        packread_error_at(detail, shortage->code, verification->pack->path, offset,
                          "its base may be an object that was not checked for want of room");
        detail->needed = shortage->needed;
        return;
    }
    packread_error_at(detail, PACKREAD_ERROR_THIN, verification->pack->path, offset,
                      "is the base of this delta, and not among the whole objects of this pack");
    packread_id_set(&detail->id, packread_bases_id(bases, row), bases->id_size);
}

/* Of a cycle of such deltas no id can be known: each is here. */
static void report_waiting(packread_walk *walk)
{
    packread_verification *verification = walk->verification;
    const packread_bases *bases = &verification->bases;

    for (uint32_t row = 0; row < bases->count && !atomic_load(&verification->stopped); row++) {
        packread_error detail;
        uint64_t dependents;

        if (!packread_bases_waits(bases, row))
            continue;
        packread_verify_mark(verification, bases->ranks[row], PACKREAD_VERIFY_DONE);
        dependents = packread_walk_cut(walk, bases->ranks[row]);
        describe_waiting(verification, row, &detail);
        packread_verify_report(verification, &detail, dependents);
        walk->passed += 1 + dependents;
    }
}

static void report_cycles(packread_walk *walk)
{
    packread_verification *verification = walk->verification;
    uint32_t count = verification->revindex->count;

    for (uint32_t rank = 0; rank < count && !atomic_load(&verification->stopped); rank++)
        while (packread_verify_state(verification, rank) == PACKREAD_VERIFY_DELTA)
            report_cycle(walk, find_cycle(walk, rank));
}

void packread_verify_rest(packread_verification *verification, packread_reader *reader)
{
    packread_walk walk = {
        .verification = verification, .reader = reader, .alone = true, .late = PACKREAD_NO_RANK};
    uint32_t count = verification->revindex->count;
    bool ready = packread_walk_begin(&walk);

    for (uint32_t rank = 0; ready && rank < count && !atomic_load(&verification->stopped); rank++)
        if (packread_verify_state(verification, rank) == PACKREAD_VERIFY_LATER)
            visit_all_late(&walk, rank);
    if (ready && verification->pack->alone)
        report_waiting(&walk);
    else if (ready)
        report_cycles(&walk);
    packread_walk_end(&walk);
}
