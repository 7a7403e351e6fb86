/* verify_entries.c - one sweep over a pack in order of offset: CRCs, headers, and the forest of
 * deltas. */
#include <string.h>

#include "chain.h"
#include "error.h"
#include "object.h"
#include "verify.h"
#include "verify_gap.h"

/* The rank of a delta's base; PACKREAD_NO_RANK if no row of the index names it. */
static int find_base(packread_verification *verification, packread_reader *reader, uint64_t offset,
                     const packread_entry *entry, uint32_t *rank, packread_error *error)
{
    uint64_t base;
    int status = packread_chain_base(reader, verification->pack, offset, entry, &base, NULL, error);

    if (status != 0)
        return status;
    *rank = packread_revindex_find(verification->revindex, base);
    return 0;
}

static int sweep_entry(packread_verification *verification, packread_reader *reader, uint32_t rank,
                       packread_crcs *crcs, packread_error *error)
{
    const packread_pack *pack = verification->pack;
    uint64_t offset = packread_revindex_offset(verification->revindex, rank);
    packread_entry entry;
    uint32_t base = PACKREAD_NO_RANK;
    int status = 0;

    if (pack->idx.version == 2) /* 0 without an index */
        status = packread_verify_check_crc(verification, reader, rank, crcs, error);
    if (status != 0)
        return status;
    if (rank > 0 && packread_revindex_offset(verification->revindex, rank - 1) == offset) {
        packread_verify_mark(verification, rank, PACKREAD_VERIFY_DONE); /* with the first row */
        return 0;
    }
    status = packread_chain_entry(reader, pack, offset, &entry, error);
    if (status == 0 && entry.type == PACKREAD_REF_DELTA && pack->alone) {
        packread_verify_mark(verification, rank, PACKREAD_VERIFY_DELTA);
        return packread_bases_add(&verification->bases, rank, entry.base_id, error);
    }
    if (status == 0 && entry.type > PACKREAD_TAG)
        status = find_base(verification, reader, offset, &entry, &base, error);
    /* No row names the base. It may be an entry all the same: that shows when it is built. */
    if (status == 0 && entry.type > PACKREAD_TAG && base == PACKREAD_NO_RANK)
        packread_verify_mark(verification, rank, PACKREAD_VERIFY_LATER);
    if (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN) {
        packread_verify_mark(verification, rank, PACKREAD_VERIFY_BROKEN);
        return 0;
    }
    if (status == 0 && base != PACKREAD_NO_RANK) {
        packread_verify_mark(verification, rank, PACKREAD_VERIFY_DELTA);
        verification->next_sibling[rank] = verification->first_child[base];
        verification->first_child[base] = rank;
    }
    return status;
}

/* Lists that grew at their fronts fall; the walk wants children in the order of the file. */
static void turn_round(packread_verification *verification, uint32_t rank)
{
    uint32_t from = verification->first_child[rank];
    uint32_t to = PACKREAD_NO_RANK;

    while (from != PACKREAD_NO_RANK) {
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

void packread_verify_find_end(packread_verification *verification, packread_reader *reader)
{
    const packread_pack *pack = verification->pack;
    uint32_t count = verification->revindex->count;
    packread_entry entry;
    uint64_t offset;
    uint64_t end;

    if (pack->alone || pack->end < pack->size || count == 0 ||
        packread_reader_select(reader, pack, NULL) != 0)
        return;
    offset = packread_revindex_offset(verification->revindex, count - 1);
    if (packread_chain_entry(reader, pack, offset, &entry, NULL) == 0) {
        packread_link link = packread_chain_link(offset, &entry);

        if (packread_object_pieces(reader, pack, &link, pass_over, NULL, &end, NULL) == 0 &&
            end > verification->end)
            verification->end = end;
    }
}

int packread_verify_entries(packread_verification *verification, packread_reader *reader,
                            packread_error *error)
{
    const packread_revindex *revindex = verification->revindex;
    uint64_t first = revindex->count ? packread_revindex_offset(revindex, 0) : verification->end;
    packread_crcs crcs = {.at = 0};
    int status = packread_reader_select(reader, verification->pack, error);

    if (status == 0 && !verification->pack->alone)
        status =
            packread_verify_report_gap(verification, reader, PACKREAD_PACK_HEADER, first, error);
    for (uint32_t rank = 0; status == 0 && rank < revindex->count; rank++) {
        if (atomic_load_explicit(&verification->stopped, memory_order_relaxed))
            break;
        status = sweep_entry(verification, reader, rank, &crcs, error);
    }
    for (uint32_t rank = 0; rank < revindex->count; rank++)
        turn_round(verification, rank);
    return status == 0 ? packread_bases_seal(&verification->bases, revindex, error) : status;
}
