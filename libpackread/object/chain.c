/* chain.c - reads entry headers through the window and finds bases. */
#include "object/chain.h"

#include <string.h>

#include "store/unsorted.h"
#include "base/error.h"

int pkr_chain_entry(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                    pkr_entry *entry, packread_error *error)
{
    const unsigned char *bytes;
    const char *text;
    size_t size;
    int status = pkr_view_use(&reader->data, offset, PKR_VIEW_ONE_ENTRY, &bytes, &size, error);

    if (status == 0 && size < PKR_ENTRY_HEADER_MAX && size < pack->end - offset) {
        size = PKR_ENTRY_HEADER_MAX;
        status = pkr_view_upto(&reader->data, offset, &size, &bytes, error);
    }
    if (status != 0)
        return status;
    status = pkr_entry_parse(bytes, size, pack->idx.id_size, entry, &text);
    if (status != 0)
        return pkr_fault_at(error, status, pack->path, offset, text);
    pkr_view_saw(&reader->data, bytes + entry->header_size - 1);
    return 0;
}

static int no_base(const pkr_pack *pack, uint64_t offset, packread_error *error)
{
    return pkr_fault_at(error, PACKREAD_ERROR_THIN, pack->path, offset,
                        "delta base is not in this pack");
}

int pkr_chain_base(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                   const pkr_entry *entry, uint64_t *base, uint32_t *position,
                   packread_error *error)
{
    packread_id id;
    uint32_t row;
    int status;

    if (entry->type == PACKREAD_OFS_DELTA) {
        if (entry->base_distance > offset - PKR_PACK_HEADER)
            return pkr_fault_at(error, PACKREAD_ERROR_CORRUPT, pack->path, offset,
                                "delta base lies before the first entry");
        *base = offset - entry->base_distance;
        return 0;
    }
    if (reader->bases)
        return pkr_waiting_offset(reader->bases, entry->base_id, base)
                   ? 0
                   : no_base(pack, offset, error);
    pkr_id_set(&id, entry->base_id, pack->idx.id_size);
    status = pkr_rows_find(&reader->rows, pack, &id, &row, error);
    if (status == PACKREAD_ERROR_NOT_FOUND)
        status =
            pkr_unsorted_find(&reader->rows, pack, &reader->snapshot->budget, &id, &row, error);
    if (status == PACKREAD_ERROR_NOT_FOUND)
        return no_base(pack, offset, error);
    if (status == 0)
        status = pkr_rows_offset(&reader->rows, pack, row, base, error);
    if (status == 0 && *base == offset)
        return pkr_fault_at(error, PACKREAD_ERROR_CORRUPT, pack->path, offset,
                            "delta is its own base");
    if (status == 0 && position)
        *position = row;
    return status;
}
