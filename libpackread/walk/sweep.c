/* sweep.c - reads the headers in order of offset, and lists children by their bases. */
#include "walk/sweep.h"

#include "object/chain.h"
#include "walk/fence.h"

/* What the rank's header makes of it. */
static int sweep_entry(pkr_forest *forest, packread_reader *reader, uint32_t rank, pkr_fault *fault)
{
    uint64_t offset = pkr_forest_offset(forest, rank);
    pkr_fault detail;
    uint64_t below = 0;
    pkr_entry entry;
    uint32_t base;
    int status = pkr_chain_entry(reader, forest->pack, offset, &entry, &detail);

    if (status == 0 && entry.type <= PACKREAD_TAG)
        return 0;
    if (status == 0 && entry.type == PACKREAD_REF_DELTA) {
        forest->has_ref_deltas = true;
        if (forest->pack->alone) {
            pkr_forest_mark(forest, rank, PKR_FOREST_DELTA);
            return pkr_waiting_add(&forest->waiting, rank, entry.base_id, fault);
        }
    }
    if (status == 0)
        status = pkr_chain_base(reader, forest->pack, offset, &entry, &below, NULL, &detail);
    if (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN) {
        pkr_forest_mark(forest, rank, PKR_FOREST_BROKEN);
        return 0;
    }
    if (status != 0)
        return pkr_fault_copy(fault, &detail);
    base = pkr_revindex_find(forest->order, below);
    /* No row names the base. It may be an entry all the same: that shows when it is built. */
    pkr_forest_mark(forest, rank, base == PKR_NO_RANK ? PKR_FOREST_LATER : PKR_FOREST_DELTA);
    if (base != PKR_NO_RANK)
        pkr_forest_hang(forest, rank, base);
    return 0;
}

static int sweep_rank(pkr_forest *forest, packread_reader *reader, uint32_t rank,
                      pkr_sweep_each *each, void *context, pkr_fault *fault)
{
    int status = 0;

    if (rank > 0 && pkr_forest_offset(forest, rank - 1) == pkr_forest_offset(forest, rank))
        pkr_forest_mark(forest, rank, PKR_FOREST_DONE); /* with the first row */
    else
        status = sweep_entry(forest, reader, rank, fault);
    if (status == 0 && each)
        status = each(context, rank, fault);
    return status;
}

/* Lists that grew at their fronts fall; the walk wants children in the order of the file. */
static void turn_round(pkr_forest *forest, uint32_t rank)
{
    uint32_t from = forest->first_child[rank];
    uint32_t to = PKR_NO_RANK;

    while (from != PKR_NO_RANK) {
        uint32_t next = forest->next_sibling[from];

        forest->next_sibling[from] = to;
        to = from;
        from = next;
    }
    forest->first_child[rank] = to;
}

void pkr_sweep_find_end(pkr_forest *forest, packread_reader *reader)
{
    const pkr_pack *pack = forest->pack;
    uint32_t count = forest->order->count;
    uint64_t end;

    if (pack->alone || pack->end < pack->size || count == 0 ||
        pkr_reader_select(reader, pack, NULL) != 0)
        return;
    if (pkr_fence_measure_at(forest, reader, pkr_forest_offset(forest, count - 1), pack->end, &end,
                             NULL) == 0 &&
        end > forest->end)
        forest->end = end;
}

int pkr_sweep(pkr_forest *forest, packread_reader *reader, pkr_sweep_each *each, void *context,
              pkr_fault *fault)
{
    const pkr_revindex *order = forest->order;
    int status = pkr_reader_select(reader, forest->pack, fault);

    for (uint32_t rank = 0; status == 0 && rank < order->count; rank++) {
        if (pkr_forest_stopped(forest))
            break;
        status = sweep_rank(forest, reader, rank, each, context, fault);
    }
    for (uint32_t rank = 0; rank < order->count; rank++)
        turn_round(forest, rank);
    return status == 0 ? pkr_waiting_seal(&forest->waiting, order->keys, fault) : status;
}
