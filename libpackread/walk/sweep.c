/* sweep.c - one sweep over a pack in order of offset: CRCs, headers, and the forest of
 * deltas. */
#include <string.h>

#include "object/chain.h"
#include "base/fault.h"
#include "object/build.h"
#include "verify/verify.h"
#include "verify/check_crc.h"

/* The rank of a delta's base; PKR_NO_RANK if no row of the index names it. */
static int find_base(pkr_verification *verification, packread_reader *reader, uint64_t offset,
                     const pkr_entry *entry, uint32_t *rank, pkr_fault *fault)
{
    uint64_t base;
    int status = pkr_chain_base(reader, verification->pack, offset, entry, &base, NULL, fault);

    if (status != 0)
        return status;
    *rank = pkr_revindex_find(verification->revindex, base);
    return 0;
}

static int sweep_entry(pkr_verification *verification, packread_reader *reader, uint32_t rank,
                       pkr_crcs *crcs, pkr_fault *fault)
{
    const pkr_pack *pack = verification->pack;
    uint64_t offset = pkr_revindex_offset(verification->revindex, rank);
    pkr_entry entry;
    uint32_t base = PKR_NO_RANK;
    int status = 0;

    if (pack->idx.version == 2) /* 0 without an index */
        status = pkr_verify_check_crc(verification, reader, rank, crcs, fault);
    if (status != 0)
        return status;
    if (rank > 0 && pkr_revindex_offset(verification->revindex, rank - 1) == offset) {
        pkr_verify_mark(verification, rank, PKR_VERIFY_DONE); /* with the first row */
        return 0;
    }
    status = pkr_chain_entry(reader, pack, offset, &entry, fault);
    if (status == 0 && entry.type == PACKREAD_REF_DELTA && pack->alone) {
        pkr_verify_mark(verification, rank, PKR_VERIFY_DELTA);
        return pkr_waiting_add(&verification->bases, rank, entry.base_id, fault);
    }
    if (status == 0 && entry.type > PACKREAD_TAG)
        status = find_base(verification, reader, offset, &entry, &base, fault);
    /* No row names the base. It may be an entry all the same: that shows when it is built. */
    if (status == 0 && entry.type > PACKREAD_TAG && base == PKR_NO_RANK)
        pkr_verify_mark(verification, rank, PKR_VERIFY_LATER);
    if (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN) {
        pkr_verify_mark(verification, rank, PKR_VERIFY_BROKEN);
        return 0;
    }
    if (status == 0 && base != PKR_NO_RANK) {
        pkr_verify_mark(verification, rank, PKR_VERIFY_DELTA);
        verification->next_sibling[rank] = verification->first_child[base];
        verification->first_child[base] = rank;
    }
    return status;
}

/* Lists that grew at their fronts fall; the walk wants children in the order of the file. */
static void turn_round(pkr_verification *verification, uint32_t rank)
{
    uint32_t from = verification->first_child[rank];
    uint32_t to = PKR_NO_RANK;

    while (from != PKR_NO_RANK) {
        uint32_t next = verification->next_sibling[from];

        verification->next_sibling[from] = to;
        to = from;
        from = next;
    }
    verification->first_child[rank] = to;
}

static int pass_over(void *context, const void *bytes, size_t size)
{
    (void)context, (void)bytes, (void)size;
    return 0;
}

void pkr_verify_find_end(pkr_verification *verification, packread_reader *reader)
{
    const pkr_pack *pack = verification->pack;
    uint32_t count = verification->revindex->count;
    pkr_entry entry;
    uint64_t offset;
    uint64_t end;

    if (pack->alone || pack->end < pack->size || count == 0 ||
        pkr_reader_select(reader, pack, NULL) != 0)
        return;
    offset = pkr_revindex_offset(verification->revindex, count - 1);
    if (pkr_chain_entry(reader, pack, offset, &entry, NULL) == 0) {
        pkr_link link = pkr_chain_link(offset, &entry);

        if (pkr_build_pieces(reader, pack, &link, pass_over, NULL, &end, NULL) == 0 &&
            end > verification->end)
            verification->end = end;
    }
}

int pkr_verify_entries(pkr_verification *verification, packread_reader *reader, pkr_fault *fault)
{
    const pkr_revindex *revindex = verification->revindex;
    uint64_t first = revindex->count ? pkr_revindex_offset(revindex, 0) : verification->end;
    pkr_crcs crcs = {.at = 0};
    int status = pkr_reader_select(reader, verification->pack, fault);

    if (status == 0 && !verification->pack->alone)
        status = pkr_verify_report_gap(verification, reader, PKR_PACK_HEADER, first, fault);
    for (uint32_t rank = 0; status == 0 && rank < revindex->count; rank++) {
        if (atomic_load_explicit(&verification->stopped, memory_order_relaxed))
            break;
        status = sweep_entry(verification, reader, rank, &crcs, fault);
    }
    for (uint32_t rank = 0; rank < revindex->count; rank++)
        turn_round(verification, rank);
    return status == 0 ? pkr_waiting_seal(&verification->bases, revindex->keys, fault) : status;
}
