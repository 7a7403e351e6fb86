/* postponed.c - builds each entry that was put off by itself, from the bottom of its chain: there
 * was no memory for it, or no row of the index names its base. */
#include "walk/postponed.h"

#include "base/fault.h"
#include "object/build.h"
#include "object/chain_facts.h"
#include "walk/fence.h"
#include "walk/walk.h"

/* What came of building one entry. */
typedef struct outcome {
    pkr_blob *blob;
    uint64_t end;    /* of its entry's data */
    uint32_t base;   /* that the delta was run on; PKR_NO_RANK if it did not come to that */
    bool loose_base; /* no row of the index names the base */
} outcome;

/* The object of a delta entry. */
static int build_delta(pkr_walk *walk, uint32_t rank, const pkr_entry *entry, outcome *made,
                       pkr_fault *fault)
{
    pkr_forest *forest = walk->forest;
    const pkr_pack *pack = forest->pack;
    uint64_t offset = pkr_forest_offset(forest, rank);
    uint64_t before = walk->reader->work;
    pkr_blob *base = NULL;
    pkr_blob *delta = NULL;
    uint64_t below;
    uint32_t base_rank;
    int status = pkr_chain_base(walk->reader, pack, offset, entry, &below, NULL, fault);

    if (status != 0)
        return status;
    base_rank = pkr_revindex_find(forest->order, below);
    made->loose_base = base_rank == PKR_NO_RANK;
    /* It may be anywhere in an entry, and each of many deltas may have another one. */
    if (made->loose_base && !pkr_fence_may_go_on(forest))
        return pkr_fault_set(fault, PACKREAD_ERROR_CORRUPT, NULL, NULL);
    status = pkr_build_object(walk->reader, pack, below, &base, fault);
    if (made->loose_base)
        pkr_fence_charge(forest, walk->reader, before);
    if (status == 0)
        status = pkr_walk_inflate(walk, rank, entry, false, &delta, &made->end, fault);
    if (status == 0) {
        made->base = base_rank;
        status = pkr_build_apply(walk->reader, pack, offset, delta, base, &made->blob, fault);
    }
    pkr_blob_release(&walk->reader->spares, delta);
    pkr_blob_release(&walk->reader->spares, base);
    return status;
}

static void visit(pkr_walk *walk, uint32_t rank)
{
    outcome made = {.base = PKR_NO_RANK};
    pkr_fault fault;
    pkr_entry entry;
    int status = pkr_chain_entry(walk->reader, walk->forest->pack,
                                 pkr_forest_offset(walk->forest, rank), &entry, &fault);

    if (status == 0 && entry.type <= PACKREAD_TAG) {
        pkr_walk_root(walk, rank);
        return;
    }
    if (status == 0)
        status = build_delta(walk, rank, &entry, &made, &fault);
    if (made.loose_base && (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN))
        pkr_fault_set(&fault, status, NULL, PKR_LOOSE_BASE);
    if (status == 0)
        pkr_walk_from(walk, rank, &entry, made.blob, made.end, made.loose_base);
    else
        pkr_walk_fail(walk, rank, made.base, &fault);
}

/* How many deltas the entry is built from. */
static uint32_t depth_of(pkr_walk *walk, uint32_t rank)
{
    const pkr_pack *pack = walk->forest->pack;
    const uint64_t offset = pkr_forest_offset(walk->forest, rank);
    enum packread_type type;
    pkr_entry entry;
    uint32_t depth;

    if (pkr_chain_entry(walk->reader, pack, offset, &entry, NULL) != 0 ||
        pkr_chain_facts(walk->reader, pack, offset, &entry, &type, &depth, NULL) != 0)
        return 0;
    return depth;
}

/* An entry that was put off, and after it those that were put off because of it. */
static void visit_all(pkr_walk *walk, uint32_t rank)
{
    for (;;) {
        pkr_walk_settle(walk); /* all the memory there is goes to the next one */
        walk->here = depth_of(walk, rank);
        visit(walk, rank);
        rank = walk->late;
        if (rank == PKR_NO_RANK || pkr_forest_stopped(walk->forest))
            return;
        walk->late = walk->forest->next_sibling[rank];
    }
}

int pkr_postponed_run(pkr_forest *forest, packread_reader *reader, const pkr_visitor *visitor,
                      pkr_fault *fault)
{
    pkr_walk walk;
    int status = pkr_walk_begin(&walk, forest, reader, visitor, true, fault);

    for (uint32_t rank = 0;
         status == 0 && rank < forest->order->count && !pkr_forest_stopped(forest); rank++)
        if (pkr_forest_state(forest, rank) == PKR_FOREST_LATER)
            visit_all(&walk, rank);
    pkr_walk_end(&walk);
    return status;
}
