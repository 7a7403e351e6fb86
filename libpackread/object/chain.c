/* chain.c - reads entry headers through the window and finds bases. */
#include "object/chain.h"

#include <string.h>

#include "base/fault.h"
#include "pack/unsorted.h"

int pkr_chain_entry(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                    pkr_entry *entry, pkr_fault *fault)
{
    const unsigned char *bytes;
    const char *text;
    size_t size;
    int status = pkr_view_use(&reader->data, offset, PKR_VIEW_ONE_ENTRY, &bytes, &size, fault);

    if (status == 0 && size < PKR_ENTRY_HEADER_MAX && size < pack->end - offset) {
        size = PKR_ENTRY_HEADER_MAX;
        status = pkr_view_upto(&reader->data, offset, &size, &bytes, fault);
    }
    if (status != 0)
        return status;
    status = pkr_entry_parse(bytes, size, pack->idx.id_size, entry, &text);
    if (status != 0)
        return pkr_pack_damaged(pack, offset, text, fault);
    pkr_view_saw(&reader->data, bytes + entry->header_size - 1);
    return 0;
}

static int no_base(const pkr_pack *pack, uint64_t offset, pkr_fault *fault)
{
    return pkr_fault_at(fault, PACKREAD_ERROR_THIN, pack->path, offset,
                        "delta base is not in this pack");
}

int pkr_chain_base(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                   const pkr_entry *entry, uint64_t *base, uint32_t *position, pkr_fault *fault)
{
    packread_id id;
    uint32_t row;
    int status;

    if (entry->type == PACKREAD_OFS_DELTA) {
        if (entry->base_distance > offset - PKR_PACK_HEADER)
            return pkr_pack_damaged(pack, offset, "delta base lies before the first entry", fault);
        *base = offset - entry->base_distance;
        return 0;
    }
    if (reader->resolve)
        return reader->resolve(reader->resolve_context, entry->base_id, base)
                   ? 0
                   : no_base(pack, offset, fault);
    pkr_id_set(&id, entry->base_id, pack->idx.id_size);
    status = pkr_rows_find(&reader->rows, pack, &id, &row, fault);
    if (status == PACKREAD_ERROR_NOT_FOUND)
        status = pkr_unsorted_find(&reader->rows, pack, reader->budget, &id, &row, fault);
    if (status == PACKREAD_ERROR_NOT_FOUND)
        return no_base(pack, offset, fault);
    if (status == 0)
        status = pkr_rows_offset(&reader->rows, pack, row, base, fault);
    if (status == 0 && *base == offset)
        return pkr_pack_damaged(pack, offset, "delta is its own base", fault);
    if (status == 0 && position)
        *position = row;
    return status;
}

int pkr_chain_step(packread_reader *reader, const pkr_pack *pack, pkr_guard *guard,
                   const pkr_entry *entry, uint64_t *offset, pkr_fault *fault)
{
    uint64_t base;
    int status = pkr_chain_base(reader, pack, *offset, entry, &base, NULL, fault);

    if (status != 0)
        return status;
    if (!pkr_guard_pass(guard, base))
        return pkr_pack_damaged(pack, *offset, PKR_CHAIN_CYCLE, fault);
    *offset = base;
    return 0;
}

/* Reads the links again from the last one that is kept down to the step `last`. */
static int fill_part(packread_reader *reader, const pkr_pack *pack, uint64_t last, pkr_fault *fault)
{
    pkr_links *links = &reader->links;
    uint64_t offset = pkr_links_kept(links, (size_t)(last / links->stride))->offset;
    uint64_t left = last % links->stride + 1;
    int status = 0;

    while (status == 0 && left-- > 0) {
        pkr_entry entry;
        pkr_link link;

        status = pkr_chain_entry(reader, pack, offset, &entry, fault);
        if (status != 0)
            break;
        link = pkr_chain_link(offset, &entry);
        status = pkr_links_add(&links->part, reader->budget, &link, fault);
        if (status == 0 && left > 0)
            status = pkr_chain_base(reader, pack, offset, &entry, &offset, NULL, fault);
    }
    return status;
}

int pkr_chain_pop(packread_reader *reader, const pkr_pack *pack, pkr_link *link, pkr_fault *fault)
{
    pkr_links *links = &reader->links;
    uint64_t step = --links->count;
    int status = 0;

    if (links->stride == 1) {
        *link = *pkr_links_kept(links, (size_t)step);
        return 0;
    }
    if (links->part.count == 0)
        status = fill_part(reader, pack, step, fault);
    if (status == 0)
        *link = pkr_links_pop_part(links);
    return status;
}
