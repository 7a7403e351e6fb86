/* rows.c - the search between two fanout entries, and the columns beside the ids. */
#include "pack/rows.h"

#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "pack/id_column.h"

static int point(pkr_view *view, const pkr_pack *pack, pkr_fault *fault)
{
    return pkr_view_point(view, pack, &pack->index, pack->index_path, pack->idx.size, fault);
}

int pkr_rows_point(pkr_rows *rows, const pkr_pack *pack, pkr_fault *fault)
{
    int status;

    if (pack->alone)
        return 0;
    status = point(&rows->ids, pack, fault);
    if (status == 0)
        status = point(&rows->offsets, pack, fault);
    if (status == 0 && pack->idx.version == 2)
        status = point(&rows->crcs, pack, fault);
    if (status == 0 && pack->idx.wide_count > 0)
        status = point(&rows->wide, pack, fault);
    return status;
}

void pkr_rows_close(pkr_rows *rows)
{
    pkr_view_close(&rows->ids);
    pkr_view_close(&rows->crcs);
    pkr_view_close(&rows->offsets);
    pkr_view_close(&rows->wide);
}

int pkr_rows_settle(pkr_rows *rows, int status, pkr_fault *fault)
{
    pkr_view *const views[] = {&rows->ids, &rows->crcs, &rows->offsets, &rows->wide};

    return pkr_views_settle(views, sizeof views / sizeof *views, status, fault);
}

/* A cell of a table, which no checksum holds. */
static int row_bytes(pkr_view *view, const pkr_pack *pack, uint64_t place, size_t size,
                     const unsigned char **bytes, pkr_fault *fault)
{
    int status = point(view, pack, fault);

    if (status == 0)
        status = pkr_view_need(view, place, size, bytes, fault);
    if (status == 0)
        pkr_view_saw(view, *bytes + size - 1);
    return status;
}

static pkr_id_column ids_of(const pkr_pack *pack)
{
    return (pkr_id_column){pack->idx.ids, pack->idx.id_stride, pack->idx.id_size};
}

int pkr_rows_id(pkr_rows *rows, const pkr_pack *pack, uint32_t position,
                const unsigned char **bytes, pkr_fault *fault)
{
    const pkr_id_column ids = ids_of(pack);
    int status = point(&rows->ids, pack, fault);

    return status != 0 ? status : pkr_id_column_get(&rows->ids, &ids, position, bytes, fault);
}

int pkr_rows_ids(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint32_t end,
                 const unsigned char **bytes, uint32_t *count, pkr_fault *fault)
{
    const pkr_id_column ids = ids_of(pack);
    int status = point(&rows->ids, pack, fault);

    *count = 1;
    return status != 0 ? status
                       : pkr_id_column_run(&rows->ids, &ids, position, end, bytes, count, fault);
}

/* Where a row is missing, its neighbours show it: a file that was cut under the search has zeros in
 * the row before (a row of zeros is below any id, so the search ends behind one that it has seen),
 * and whoever looks at that row has the size of the file checked. */
int pkr_rows_find(pkr_rows *rows, const pkr_pack *pack, const packread_id *id, uint32_t *position,
                  pkr_fault *fault)
{
    const unsigned char first = id->bytes[0];
    const uint32_t low = first ? pack->idx.fanout[first - 1] : 0;
    const uint32_t high = pack->idx.fanout[first];
    const pkr_id_column ids = ids_of(pack);
    const unsigned char *bytes;
    uint32_t at = high;
    int status;

    if (id->size != pack->idx.id_size || low >= high)
        return PACKREAD_ERROR_NOT_FOUND;
    status = point(&rows->ids, pack, fault);
    if (status == 0)
        status = pkr_id_column_bound(&rows->ids, &ids, id->bytes, low, high, &at, fault);
    if (status == 0 && at < high) {
        status = pkr_rows_id(rows, pack, at, &bytes, fault);
        if (status == 0 && memcmp(bytes, id->bytes, id->size) == 0) {
            *position = at;
            return 0;
        }
    }
    if (status == 0 && at > low)
        status = pkr_rows_id(rows, pack, at - 1, &bytes, fault);
    return status == 0 ? PACKREAD_ERROR_NOT_FOUND : status;
}

static int wide_offset(pkr_rows *rows, const pkr_pack *pack, uint64_t place, uint32_t row,
                       uint64_t *offset, pkr_fault *fault)
{
    const unsigned char *bytes;
    int status;

    if (row >= pack->idx.wide_count)
        return pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, pack->index_path, place,
                            "index row names a 64-bit offset that is not there");
    status = row_bytes(&rows->wide, pack, pack->idx.wide + 8 * (uint64_t)row, 8, &bytes, fault);
    if (status == 0)
        *offset = pkr_bytes_u64(bytes);
    return status;
}

int pkr_rows_named_offset(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint64_t *offset,
                          pkr_fault *fault)
{
    const uint64_t place = pack->idx.offsets + (uint64_t)position * pack->idx.offset_stride;
    const unsigned char *bytes;
    uint32_t value;
    int status = row_bytes(&rows->offsets, pack, place, 4, &bytes, fault);

    if (status != 0)
        return status;
    value = pkr_bytes_u32(bytes);
    if (pack->idx.version == 2 && value & 0x80000000u)
        return wide_offset(rows, pack, place, value & 0x7fffffffu, offset, fault);
    *offset = value;
    return 0;
}

int pkr_rows_offset(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint64_t *offset,
                    pkr_fault *fault)
{
    uint64_t value;
    int status = pkr_rows_named_offset(rows, pack, position, &value, fault);

    if (status != 0)
        return status;
    if (value >= pack->end && pack->beyond > 0)
        return pkr_pack_damaged(pack, pack->size, PKR_BEHIND_CUT, fault);
    if (value < PKR_PACK_HEADER || value >= pack->end)
        return pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, pack->index_path,
                            pack->idx.offsets + (uint64_t)position * pack->idx.offset_stride,
                            "index row names an offset outside the pack");
    *offset = value;
    return 0;
}

int pkr_rows_count_wide(pkr_rows *rows, const pkr_pack *pack, uint64_t *count, pkr_fault *fault)
{
    int status = 0;

    *count = 0;
    for (uint32_t i = 0; status == 0 && pack->idx.wide_count > 0 && i < pack->idx.count; i++) {
        const unsigned char *bytes;

        status =
            row_bytes(&rows->offsets, pack, pack->idx.offsets + 4 * (uint64_t)i, 4, &bytes, fault);
        *count += status == 0 && bytes[0] & 0x80;
    }
    return status;
}

int pkr_rows_bad_offset(pkr_rows *rows, const pkr_pack *pack, uint32_t position, pkr_fault *fault)
{
    uint64_t offset;
    int status = pkr_rows_offset(rows, pack, position, &offset, fault);

    if (status != 0)
        return status;
    return pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, pack->index_path,
                        pack->idx.offsets + (uint64_t)position * pack->idx.offset_stride,
                        "index row named no offset in the pack when it was first read");
}

int pkr_rows_crc(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint32_t *crc,
                 pkr_fault *fault)
{
    const unsigned char *bytes;
    int status =
        row_bytes(&rows->crcs, pack, pack->idx.crcs + 4 * (uint64_t)position, 4, &bytes, fault);

    if (status == 0)
        *crc = pkr_bytes_u32(bytes);
    return status;
}
