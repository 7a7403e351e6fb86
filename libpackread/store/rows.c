/* rows.c - binary search between two fanout entries, and the columns beside the ids. */
#include "store/rows.h"

#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"

static int point(pkr_view *view, const pkr_pack *pack, pkr_fault *fault)
{
    return pkr_view_point(view, pack, pack->index_rest, pack->index_path, pack->idx.size, fault);
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
    pkr_view *views[] = {&rows->ids, &rows->crcs, &rows->offsets, &rows->wide};
    bool faulted = false;

    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        if (!faulted && pkr_view_spoiled(views[i])) {
            status = pkr_view_fault(views[i], fault);
            faulted = true;
        }
    }
    for (size_t i = 0; faulted && i < sizeof views / sizeof *views; i++)
        pkr_view_begin(views[i]);
    return status;
}

/* A cell of a table, which no checksum holds. */
static int row_bytes(pkr_view *view, uint64_t place, size_t size, const unsigned char **bytes,
                     pkr_fault *fault)
{
    int status = pkr_view_need(view, place, size, bytes, fault);

    if (status == 0)
        pkr_view_saw(view, *bytes + size - 1);
    return status;
}

int pkr_rows_id(pkr_rows *rows, const pkr_pack *pack, uint32_t position,
                const unsigned char **bytes, pkr_fault *fault)
{
    return row_bytes(&rows->ids, pack->idx.ids + (uint64_t)position * pack->idx.id_stride,
                     pack->idx.id_size, bytes, fault);
}

/* The search inside one window: the whole bucket is in memory. */
static uint32_t search_bytes(const unsigned char *ids, size_t stride, size_t id_size,
                             uint32_t count, const unsigned char *wanted)
{
    uint32_t low = 0;

    while (count > 0) {
        uint32_t half = count / 2;

        if (memcmp(ids + (size_t)(low + half) * stride, wanted, id_size) < 0) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

int pkr_rows_lower_bound(pkr_rows *rows, const pkr_pack *pack, const packread_id *id,
                         uint32_t *position, pkr_fault *fault)
{
    const pkr_idx *idx = &pack->idx;
    uint32_t low = id->bytes[0] ? idx->fanout[id->bytes[0] - 1] : 0;
    uint32_t high = idx->fanout[id->bytes[0]];

    while (low < high) {
        uint64_t start = idx->ids + (uint64_t)low * idx->id_stride;
        uint64_t length = (uint64_t)(high - low - 1) * idx->id_stride + idx->id_size;
        uint32_t middle = low + (high - low) / 2;
        const unsigned char *bytes;
        size_t size;
        int status = pkr_view_use(&rows->ids, start, length, &bytes, &size, fault);

        if (status != 0)
            return status;
        if (size >= length) {
            low += search_bytes(bytes, idx->id_stride, idx->id_size, high - low, id->bytes);
            break;
        }
        status = pkr_rows_id(rows, pack, middle, &bytes, fault);
        if (status != 0)
            return status;
        if (memcmp(bytes, id->bytes, idx->id_size) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *position = low;
    return 0;
}

int pkr_rows_find(pkr_rows *rows, const pkr_pack *pack, const packread_id *id, uint32_t *position,
                  pkr_fault *fault)
{
    const unsigned char *bytes;
    uint32_t at;
    int status;

    if (id->size != pack->idx.id_size)
        return PACKREAD_ERROR_NOT_FOUND;
    status = pkr_rows_lower_bound(rows, pack, id, &at, fault);
    if (status != 0)
        return status;
    if (at >= pack->idx.fanout[id->bytes[0]])
        return PACKREAD_ERROR_NOT_FOUND;
    status = pkr_rows_id(rows, pack, at, &bytes, fault);
    if (status != 0)
        return status;
    if (memcmp(bytes, id->bytes, id->size) != 0)
        return PACKREAD_ERROR_NOT_FOUND;
    *position = at;
    return 0;
}

static int wide_offset(pkr_rows *rows, const pkr_pack *pack, uint64_t place, uint32_t row,
                       uint64_t *offset, pkr_fault *fault)
{
    const unsigned char *bytes;
    int status;

    if (row >= pack->idx.wide_count)
        return pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, pack->index_path, place,
                            "index row names a 64-bit offset that is not there");
    status = row_bytes(&rows->wide, pack->idx.wide + 8 * (uint64_t)row, 8, &bytes, fault);
    if (status == 0)
        *offset = pkr_bytes_u64(bytes);
    return status;
}

int pkr_rows_offset(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint64_t *offset,
                    pkr_fault *fault)
{
    uint64_t place = pack->idx.offsets + (uint64_t)position * pack->idx.offset_stride;
    const unsigned char *bytes;
    uint64_t value;
    int status = row_bytes(&rows->offsets, place, 4, &bytes, fault);

    if (status != 0)
        return status;
    value = pkr_bytes_u32(bytes);
    if (pack->idx.version == 2 && value & 0x80000000u) {
        status = wide_offset(rows, pack, place, (uint32_t)value & 0x7fffffffu, &value, fault);
        if (status != 0)
            return status;
    }
    if (value < PKR_PACK_HEADER || value >= pack->end)
        return pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, pack->index_path, place,
                            "index row names an offset outside the pack");
    *offset = value;
    return 0;
}

int pkr_rows_crc(pkr_rows *rows, const pkr_pack *pack, uint32_t position, uint32_t *crc,
                 pkr_fault *fault)
{
    const unsigned char *bytes;
    int status = row_bytes(&rows->crcs, pack->idx.crcs + 4 * (uint64_t)position, 4, &bytes, fault);

    if (status == 0)
        *crc = pkr_bytes_u32(bytes);
    return status;
}
