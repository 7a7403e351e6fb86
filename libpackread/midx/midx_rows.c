/* midx_rows.c - the search between two fanout entries, and what stands beside an id. */
#include "midx/midx_rows.h"

#include <string.h>

#include "base/bytes.h"
#include "pack/id_column.h"

static int point(pkr_view *view, const pkr_midx_file *file, pkr_fault *fault)
{
    return pkr_view_point(view, file, &file->source, file->path, file->head.sum, fault);
}

void pkr_midx_rows_close(pkr_midx_rows *rows)
{
    pkr_view_close(&rows->ids);
    pkr_view_close(&rows->places);
    pkr_view_close(&rows->wide);
}

void pkr_midx_rows_rest(pkr_midx_rows *rows)
{
    pkr_view_rest(&rows->ids);
    pkr_view_rest(&rows->places);
    pkr_view_rest(&rows->wide);
}

int pkr_midx_rows_settle(pkr_midx_rows *rows, int status, pkr_fault *fault)
{
    pkr_view *const views[] = {&rows->ids, &rows->places, &rows->wide};

    return pkr_views_settle(views, sizeof views / sizeof *views, status, fault);
}

static pkr_id_column ids_of(const pkr_midx_file *file)
{
    return (pkr_id_column){file->head.ids.at, file->head.id_size, file->head.id_size};
}

int pkr_midx_rows_next(pkr_midx_rows *rows, const pkr_midx_file *file, const unsigned char *id,
                       uint32_t *position, const unsigned char **bytes, pkr_fault *fault)
{
    const uint32_t low = id[0] ? file->head.fanout[id[0] - 1] : 0;
    const uint32_t high = file->head.fanout[id[0]];
    const pkr_id_column ids = ids_of(file);
    int status;

    if (low >= high)
        return PACKREAD_ERROR_NOT_FOUND;
    *position = high;
    status = point(&rows->ids, file, fault);
    if (status == 0)
        status = pkr_id_column_bound(&rows->ids, &ids, id, low, high, position, fault);
    if (status != 0 || *position == high)
        return status != 0 ? status : PACKREAD_ERROR_NOT_FOUND;
    return pkr_id_column_get(&rows->ids, &ids, *position, bytes, fault);
}

int pkr_midx_rows_find(pkr_midx_rows *rows, const pkr_midx_file *file, const unsigned char *id,
                       uint32_t *position, pkr_fault *fault)
{
    const unsigned char *bytes;
    int status = pkr_midx_rows_next(rows, file, id, position, &bytes, fault);

    if (status != 0)
        return status;
    return memcmp(bytes, id, file->head.id_size) == 0 ? 0 : PACKREAD_ERROR_NOT_FOUND;
}

int pkr_midx_rows_ids(pkr_midx_rows *rows, const pkr_midx_file *file, uint32_t position,
                      const unsigned char **bytes, uint32_t *count, pkr_fault *fault)
{
    const pkr_id_column ids = ids_of(file);
    int status = point(&rows->ids, file, fault);

    *count = 1;
    return status != 0 ? status
                       : pkr_id_column_run(&rows->ids, &ids, position, file->head.count, bytes,
                                           count, fault);
}

static int cell(pkr_view *view, const pkr_midx_file *file, uint64_t at, const unsigned char **bytes,
                pkr_fault *fault)
{
    int status = point(view, file, fault);

    if (status == 0)
        status = pkr_view_need(view, at, 8, bytes, fault);
    if (status == 0)
        pkr_view_saw(view, *bytes + 7);
    return status;
}

int pkr_midx_rows_place(pkr_midx_rows *rows, const pkr_midx_file *file, uint32_t position,
                        uint32_t *pack, uint64_t *offset, pkr_fault *fault)
{
    const uint64_t at = file->head.places.at + (uint64_t)position * PKR_MIDX_PLACE;
    const unsigned char *bytes;
    pkr_midx_place place;
    int status = cell(&rows->places, file, at, &bytes, fault);

    if (status != 0)
        return status;
    place = pkr_midx_place_at(&file->head, bytes);
    *pack = place.pack;
    if (!offset)
        return 0;
    *offset = place.offset;
    if (!place.is_wide)
        return 0;
    if (place.offset >= file->head.wide.size / 8)
        return pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, file->path, at,
                            "multi-pack-index row names a 64-bit offset that is not there");
    status =
        cell(&rows->wide, file, file->head.wide.at + 8 * (uint64_t)place.offset, &bytes, fault);
    if (status == 0)
        *offset = pkr_bytes_u64(bytes);
    return status;
}
