/* postponed.c - what the walks left: entries put off for want of memory, and cycles, which no
 * root leads to. */
#include "object/chain_facts.h"
#include "base/fault.h"
#include "base/id.h"
#include "object/build.h"
#include "verify/verify.h"
#include "verify/check_alone.h"
#include "walk/fence.h"
#include "verify/tally.h"
#include "walk/walk.h"

/* The object of a delta entry, its base built by itself; `*is_lost` if no row of the index names
 * that. */
static int build_delta(pkr_walk *walk, uint32_t rank, const pkr_entry *entry, pkr_blob **blob,
                       uint64_t *end, bool *is_lost, pkr_fault *fault)
{
    pkr_verification *verification = walk->verification;
    const pkr_pack *pack = verification->pack;
    uint64_t offset = pkr_revindex_offset(verification->revindex, rank);
    uint64_t before = walk->reader->work;
    pkr_blob *base = NULL;
    pkr_blob *delta = NULL;
    uint64_t below;
    int status = pkr_chain_base(walk->reader, pack, offset, entry, &below, NULL, fault);

    if (status != 0)
        return status;
    *is_lost = pkr_revindex_find(verification->revindex, below) == PKR_NO_RANK;
    /* It may be anywhere in an entry, and each of many deltas may have another one. */
    if (*is_lost && !pkr_verify_may_overlap(verification))
        return PACKREAD_ERROR_CORRUPT;
    status = pkr_build_object(walk->reader, pack, verification->number, below, &base, fault);
    if (*is_lost)
        pkr_verify_charge(verification, walk->reader, before);
    if (status == 0)
        status = pkr_walk_delta(walk, rank, &delta, end, fault);
    if (status == 0)
        status = pkr_build_apply(walk->reader, pack, offset, delta, base, blob, fault);
    pkr_blob_release(&walk->reader->cache, delta);
    pkr_blob_release(&walk->reader->cache, base);
    return status;
}

/* An entry that was put off: for want of memory, or because the index has lost its base. */
static void visit_late(pkr_walk *walk, uint32_t rank)
{
    static const char lost[] = "delta base is where no known entry begins";
    const pkr_verification *verification = walk->verification;
    uint64_t offset = pkr_revindex_offset(verification->revindex, rank);
    pkr_blob *blob = NULL;
    pkr_fault detail;
    pkr_entry entry;
    uint64_t end = 0;
    bool is_lost = false;
    int status = pkr_chain_entry(walk->reader, verification->pack, offset, &entry, &detail);

    if (status == 0 && entry.type <= PACKREAD_TAG) {
        pkr_walk_root(walk, rank);
        return;
    }
    if (status == 0)
        status = build_delta(walk, rank, &entry, &blob, &end, &is_lost, &detail);
    if (is_lost && (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN))
        pkr_fault_set(&detail, status, NULL, lost);
    if (status != 0) {
        pkr_walk_fail(walk, rank, status, &detail);
        return;
    }
    if (is_lost)
        pkr_verify_report_entry(walk->verification, walk->reader, rank, PACKREAD_ERROR_CORRUPT,
                                lost, 0);
    pkr_walk_from(walk, rank, blob, end);
}

/* How many deltas the entry is built from. */
static uint32_t depth_of(pkr_walk *walk, uint32_t rank)
{
    const pkr_verification *verification = walk->verification;
    const uint64_t offset = pkr_revindex_offset(verification->revindex, rank);
    enum packread_type type;
    pkr_entry entry;
    uint32_t depth;

    if (pkr_chain_entry(walk->reader, verification->pack, offset, &entry, NULL) != 0 ||
        pkr_chain_facts(walk->reader, verification->number, offset, &entry, &type, &depth, NULL) !=
            0)
        return 0;
    return depth;
}

/* An entry that was put off, and after it those that were put off because of it. */
static void visit_all_late(pkr_walk *walk, uint32_t rank)
{
    pkr_verification *verification = walk->verification;

    for (;;) {
        walk->here = depth_of(walk, rank);
        visit_late(walk, rank);
        rank = walk->late;
        if (rank == PKR_NO_RANK || atomic_load(&verification->stopped))
            return;
        walk->late = verification->next_sibling[rank];
    }
}

static void report_cycle(pkr_walk *walk, uint32_t rank)
{
    pkr_fault detail;

    pkr_verify_mark(walk->verification, rank, PKR_VERIFY_DONE);
    pkr_fault_set(&detail, PACKREAD_ERROR_CORRUPT, NULL, "delta chain goes round in a cycle");
    pkr_walk_report(walk, rank, &detail);
}

/* Goes down from a rank that no root leads to until it has gone round: a member of the cycle. */
static uint32_t find_cycle(pkr_walk *walk, uint32_t rank)
{
    const pkr_verification *verification = walk->verification;
    pkr_guard guard = pkr_guard_begin(pkr_revindex_offset(verification->revindex, rank));
    uint32_t at = rank;

    for (;;) {
        uint64_t offset = pkr_revindex_offset(verification->revindex, at);
        pkr_entry entry;
        uint64_t base;

        if (pkr_chain_entry(walk->reader, verification->pack, offset, &entry, NULL) != 0 ||
            entry.type <= PACKREAD_TAG ||
            pkr_chain_base(walk->reader, verification->pack, offset, &entry, &base, NULL, NULL) !=
                0)
            return rank;
        at = pkr_revindex_find(verification->revindex, base);
        if (at == PKR_NO_RANK)
            return rank;
        if (!pkr_guard_pass(&guard, base))
            return at;
    }
}

/* A delta of a pack without an index whose base was never met: the pack lacks it, or it is an
 * object that there was no room for, whose id is not known. */
static void describe_waiting(const pkr_verification *verification, uint32_t row, pkr_fault *detail)
{
    const pkr_waiting *bases = &verification->bases;
    const pkr_fault *shortage = &verification->shortage;
    uint64_t offset = pkr_revindex_offset(verification->revindex, bases->ranks[row]);

    if (shortage->code != 0) {
        pkr_fault_at(detail, shortage->code, verification->pack->path, offset,
                     "its base may be an object that was not checked for want of room");
        detail->needed = shortage->needed;
        return;
    }
    pkr_fault_at(detail, PACKREAD_ERROR_THIN, verification->pack->path, offset,
                 "is the base of this delta, and not among the whole objects of this pack");
    pkr_id_set(&detail->id, pkr_waiting_id(bases, row), bases->id_size);
}

/* Of a cycle of such deltas no id can be known: each is here. */
static void report_waiting(pkr_walk *walk)
{
    pkr_verification *verification = walk->verification;
    const pkr_waiting *bases = &verification->bases;

    for (uint32_t row = 0; row < bases->count && !atomic_load(&verification->stopped); row++) {
        pkr_fault detail;
        uint64_t dependents;

        if (!pkr_waiting_waits(bases, row))
            continue;
        pkr_verify_mark(verification, bases->ranks[row], PKR_VERIFY_DONE);
        dependents = pkr_walk_cut(walk, bases->ranks[row]);
        describe_waiting(verification, row, &detail);
        pkr_verify_report(verification, &detail, dependents);
        walk->passed += 1 + dependents;
    }
}

static void report_cycles(pkr_walk *walk)
{
    pkr_verification *verification = walk->verification;
    uint32_t count = verification->revindex->count;

    for (uint32_t rank = 0; rank < count && !atomic_load(&verification->stopped); rank++)
        while (pkr_verify_state(verification, rank) == PKR_VERIFY_DELTA)
            report_cycle(walk, find_cycle(walk, rank));
}

void pkr_verify_rest(pkr_verification *verification, packread_reader *reader)
{
    pkr_walk walk = {
        .verification = verification, .reader = reader, .alone = true, .late = PKR_NO_RANK};
    uint32_t count = verification->revindex->count;
    bool ready = pkr_walk_begin(&walk);

    for (uint32_t rank = 0; ready && rank < count && !atomic_load(&verification->stopped); rank++)
        if (pkr_verify_state(verification, rank) == PKR_VERIFY_LATER)
            visit_all_late(&walk, rank);
    if (ready && verification->pack->alone)
        report_waiting(&walk);
    else if (ready)
        report_cycles(&walk);
    pkr_walk_end(&walk);
}
