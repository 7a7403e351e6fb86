/* chain.c - reads entry headers through the window and finds bases. */
#include "chain.h"

#include <string.h>

#include "disorder.h"
#include "error.h"

int packread_chain_entry(packread_reader *reader, const packread_pack *pack, uint64_t offset,
                         packread_entry *entry, packread_error *error)
{
    const unsigned char *bytes;
    const char *text;
    size_t size;
    int status =
        packread_view_use(&reader->data, offset, PACKREAD_VIEW_ONE_ENTRY, &bytes, &size, error);

    if (status == 0 && size < PACKREAD_ENTRY_HEADER_MAX && size < pack->end - offset) {
        size = PACKREAD_ENTRY_HEADER_MAX;
        status = packread_view_upto(&reader->data, offset, &size, &bytes, error);
    }
    if (status != 0)
        return status;
    status = packread_entry_parse(bytes, size, pack->idx.id_size, entry, &text);
    if (status != 0)
        return packread_error_at(error, status, pack->path, offset, text);
    packread_view_saw(&reader->data, bytes + entry->header_size - 1);
    return 0;
}

static int no_base(const packread_pack *pack, uint64_t offset, packread_error *error)
{
    return packread_error_at(error, PACKREAD_ERROR_THIN, pack->path, offset,
                             "delta base is not in this pack");
}

int packread_chain_base(packread_reader *reader, const packread_pack *pack, uint64_t offset,
                        const packread_entry *entry, uint64_t *base, uint32_t *position,
                        packread_error *error)
{
    packread_id id;
    uint32_t row;
    int status;

    if (entry->type == PACKREAD_OFS_DELTA) {
        if (entry->base_distance > offset - PACKREAD_PACK_HEADER)
            return packread_error_at(error, PACKREAD_ERROR_CORRUPT, pack->path, offset,
                                     "delta base lies before the first entry");
        *base = offset - entry->base_distance;
        return 0;
    }
    if (reader->bases)
        return packread_bases_offset(reader->bases, entry->base_id, base)
                   ? 0
                   : no_base(pack, offset, error);
    packread_id_set(&id, entry->base_id, pack->idx.id_size);
    status = packread_rows_find(&reader->rows, pack, &id, &row, error);
    if (status == PACKREAD_ERROR_NOT_FOUND)
        status = packread_disorder_find(&reader->rows, pack, &reader->snapshot->budget, &id, &row,
                                        error);
    if (status == PACKREAD_ERROR_NOT_FOUND)
        return no_base(pack, offset, error);
    if (status == 0)
        status = packread_rows_offset(&reader->rows, pack, row, base, error);
    if (status == 0 && *base == offset)
        return packread_error_at(error, PACKREAD_ERROR_CORRUPT, pack->path, offset,
                                 "delta is its own base");
    if (status == 0 && position)
        *position = row;
    return status;
}
