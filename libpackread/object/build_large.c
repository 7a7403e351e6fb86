/* build_large.c - climbs a chain of deltas whose objects memory has no room for. */
#include "object/build_large.h"

#include <string.h>

#include "base/fault.h"

static pkr_delta_base base_of(const pkr_large *large)
{
    pkr_delta_base base = {.blob = large->blob};

    if (large->blob) {
        base.size = large->blob->size;
    } else {
        base.view = &large->spilled->view;
        base.size = large->spilled->file.size;
    }
    return base;
}

static void let_go(pkr_large *large)
{
    pkr_blob_release(&large->reader->spares, large->blob);
    large->blob = NULL;
    if (large->spilled)
        pkr_view_rest(&large->spilled->view);
    large->spilled = NULL;
}

/* The object at `offset` is the base from now on. */
static void stand_on_blob(pkr_large *large, pkr_blob *blob, uint64_t offset)
{
    let_go(large);
    blob->type = (unsigned char)large->type;
    blob->pack = large->pack->number;
    blob->offset = offset;
    pkr_admit_blob(&large->reader->admit, blob);
    large->blob = blob;
}

static int stand_on_spilled(pkr_large *large, pkr_spilled *spilled, uint64_t offset,
                            pkr_fault *fault)
{
    int status = pkr_spilled_finish(&large->reader->spills, spilled, fault);

    if (status != 0)
        return status;
    let_go(large);
    spilled->type = (unsigned char)large->type;
    spilled->pack = large->pack->number;
    spilled->offset = offset;
    large->spilled = spilled;
    return 0;
}

/* A file was filled for the object at `offset`. A write that failed says more than that the taker
 * stopped. */
static int end_filling(pkr_large *large, const pkr_filling *filling, int status, uint64_t offset,
                       pkr_fault *fault)
{
    if (status == PACKREAD_ERROR_STOPPED && filling->status != 0)
        return pkr_fault_copy(fault, &filling->fault);
    return status == 0 ? stand_on_spilled(large, filling->spilled, offset, fault) : status;
}

/* The whole object at the end of the chain. */
static int inflate_root(pkr_large *large, const pkr_link *link, pkr_fault *fault)
{
    packread_reader *reader = large->reader;
    pkr_filling filling = {0};
    pkr_blob *blob;
    int status = PACKREAD_ERROR_BUDGET;

    if (link->size <= reader->snapshot->whole_limit)
        status = pkr_build_inflate(reader, large->pack, link, false, &blob, NULL, fault);
    if (status == 0)
        stand_on_blob(large, blob, link->offset);
    if (status != PACKREAD_ERROR_BUDGET)
        return status;
    status = pkr_build_check_claim(large->pack, link, fault);
    if (status == 0)
        status = pkr_spills_new(&reader->spills, NULL, link->size, &filling.spilled, fault);
    if (status != 0)
        return status;
    status = pkr_build_pieces(reader, large->pack, link, pkr_spilled_take, &filling, NULL, fault);
    return end_filling(large, &filling, status, link->offset, fault);
}

/* What the delta at `link` gives, from a base in memory; BUDGET where that needs more. */
static int apply_in_memory(pkr_large *large, const pkr_link *link, pkr_fault *fault)
{
    packread_reader *reader = large->reader;
    pkr_blob *result;
    int status;

    if (!large->blob || link->size > reader->snapshot->whole_limit)
        return pkr_blob_short(&reader->spares, link->size, fault);
    status = pkr_build_patch(reader, large->pack, link, large->blob, &result, fault);
    if (status == 0)
        stand_on_blob(large, result, link->offset);
    return status;
}

/* The sizes of a delta, which fit the base, and are not beyond all measure. */
static int read_sizes(pkr_large *large, const pkr_link *link, pkr_delta_sizes *sizes,
                      pkr_fault *fault)
{
    int status = pkr_build_check_claim(large->pack, link, fault);

    if (status == 0)
        status = pkr_delta_stream_sizes(large->reader, large->pack, link, sizes, fault);
    if (status != 0)
        return status;
    if (sizes->base != base_of(large).size)
        return pkr_pack_damaged(large->pack, link->offset, "delta is for a base of another size",
                                fault);
    if (sizes->result / PKR_LARGE_GROWTH < large->pack->size)
        return 0;
    status = pkr_delta_stream_run(large->reader, large->pack, link, NULL, NULL, NULL, NULL, fault);
    return status == 0 ? pkr_blob_short(&large->reader->spares, sizes->result, fault) : status;
}

typedef struct blob_filling {
    pkr_blob *blob;
    uint64_t filled;
    bool is_over; /* more came than there is room for */
} blob_filling;

/* The file may have changed since the delta's sizes were read. */
static int take_for_blob(void *context, const void *bytes, size_t size)
{
    blob_filling *filling = context;

    filling->is_over = size > filling->blob->size - filling->filled;
    if (filling->is_over)
        return PACKREAD_ERROR_CHANGED;
    memcpy(filling->blob->data + filling->filled, bytes, size);
    filling->filled += size;
    return 0;
}

/* A small object made from a large one. BUDGET where it is not small enough. */
static int patch_into_memory(pkr_large *large, const pkr_link *link, uint64_t size,
                             pkr_fault *fault)
{
    packread_reader *reader = large->reader;
    pkr_delta_base base = base_of(large);
    blob_filling filling = {0};
    int status;

    if (size > PKR_TRUSTED_SIZE || size > reader->snapshot->whole_limit)
        return pkr_blob_short(&reader->spares, size, fault);
    status = pkr_blob_new(&reader->spares, size, &filling.blob, fault);
    if (status != 0)
        return status;
    status = pkr_delta_stream_run(reader, large->pack, link, &base, take_for_blob, &filling, NULL,
                                  fault);
    if (filling.is_over || (status == 0 && filling.filled != size))
        status = pkr_fault_at(fault, PACKREAD_ERROR_CHANGED, large->pack->path, link->offset,
                              "delta gives another size than a moment before");
    if (status == 0)
        stand_on_blob(large, filling.blob, link->offset);
    else
        pkr_blob_release(&reader->spares, filling.blob);
    return status;
}

static int patch_into_file(pkr_large *large, const pkr_link *link, uint64_t size, pkr_fault *fault)
{
    packread_reader *reader = large->reader;
    pkr_delta_base base = base_of(large);
    pkr_filling filling = {0};
    int status = pkr_spills_new(&reader->spills, large->spilled, size, &filling.spilled, fault);

    if (status != 0)
        return status;
    status = pkr_delta_stream_run(reader, large->pack, link, &base, pkr_spilled_take, &filling,
                                  NULL, fault);
    return end_filling(large, &filling, status, link->offset, fault);
}

/* One step up the chain: what the delta at `link` makes of the base takes its place. */
static int climb(pkr_large *large, const pkr_link *link, pkr_fault *fault)
{
    pkr_delta_sizes sizes;
    int status = apply_in_memory(large, link, fault);

    if (status != PACKREAD_ERROR_BUDGET)
        return status;
    status = read_sizes(large, link, &sizes, fault);
    if (status != 0)
        return status;
    status = patch_into_memory(large, link, sizes.result, fault);
    if (status != PACKREAD_ERROR_BUDGET)
        return status;
    return patch_into_file(large, link, sizes.result, fault);
}

/* The base of the first link, built from the bottom. */
static int build_base(pkr_large *large, const pkr_bottom *bottom, pkr_fault *fault)
{
    packread_reader *reader = large->reader;
    pkr_delta_sizes sizes;
    int status = 0;

    large->link = *pkr_links_kept(&reader->links, 0);
    large->blob = bottom->blob;
    large->spilled = bottom->spilled;
    if (!bottom->blob && !bottom->spilled)
        status = inflate_root(large, &bottom->link, fault);
    while (status == 0 && reader->links.count > 1) {
        pkr_link link;

        status = pkr_chain_pop(reader, large->pack, &link, fault);
        if (status == 0)
            status = climb(large, &link, fault);
    }
    if (status == 0)
        status = read_sizes(large, &large->link, &sizes, fault);
    if (status == 0)
        large->size = sizes.result;
    return status;
}

int pkr_large_begin(pkr_large *large, packread_reader *reader, const pkr_pack *pack,
                    uint64_t offset, pkr_fault *fault)
{
    pkr_bottom bottom;
    pkr_fault detail;
    int status = pkr_build_descend(reader, pack, offset, PKR_DESCEND_LARGE, &bottom, fault);

    if (status != 0) {
        pkr_links_trim(&reader->links, reader->budget);
        return status;
    }
    *large = (pkr_large){.reader = reader,
                         .pack = pack,
                         .link = bottom.link,
                         .type = bottom.type,
                         .size = bottom.link.size};
    status = reader->links.count > 0 ? build_base(large, &bottom, &detail)
                                     : pkr_build_check_claim(pack, &bottom.link, &detail);
    if (status != 0) {
        pkr_build_give_up(reader, pack, &detail, fault);
        let_go(large);
        pkr_spills_drop(&reader->spills);
    }
    pkr_links_trim(&reader->links, reader->budget);
    return status;
}

int pkr_large_run(pkr_large *large, packread_writer *take, void *context, uint64_t *end,
                  pkr_fault *fault)
{
    pkr_delta_base base;

    if (!large->blob && !large->spilled)
        return pkr_build_pieces(large->reader, large->pack, &large->link, take, context, end,
                                fault);
    base = base_of(large);
    return pkr_delta_stream_run(large->reader, large->pack, &large->link, &base, take, context, end,
                                fault);
}

void pkr_large_end(pkr_large *large)
{
    let_go(large);
}
