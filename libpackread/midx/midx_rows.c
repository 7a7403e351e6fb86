/* midx_rows.c - binary search between two fanout entries, and what stands beside an id. */
#include "midx/midx_rows.h"

#include <string.h>

#include "base/bound.h"
#include "base/bytes.h"

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
    pkr_view *views[] = {&rows->ids, &rows->places, &rows->wide};
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

static uint64_t place_of_id(const pkr_midx_file *file, uint32_t position)
{
    return file->head.ids.at + (uint64_t)position * file->head.id_size;
}

static int id_at(pkr_midx_rows *rows, const pkr_midx_file *file, uint32_t position,
                 const unsigned char **bytes, pkr_fault *fault)
{
    int status = point(&rows->ids, file, fault);

    if (status == 0)
        status = pkr_view_need(&rows->ids, place_of_id(file, position), file->head.id_size, bytes,
                               fault);
    if (status == 0)
        pkr_view_saw(&rows->ids, *bytes + file->head.id_size - 1);
    return status;
}

/* What a search compares rows with. */
typedef struct search {
    pkr_midx_rows *rows;
    const pkr_midx_file *file;
    const unsigned char *id;
    const unsigned char *bytes; /* of the first row searched, where one window has them all */
    pkr_fault *fault;
} search;

static int is_below_in_sight(void *context, uint32_t number)
{
    const search *of = context;
    const size_t size = of->file->head.id_size;

    return memcmp(of->bytes + (size_t)number * size, of->id, size) < 0;
}

static int is_below(void *context, uint32_t position)
{
    search *of = context;
    const unsigned char *bytes;
    int status = id_at(of->rows, of->file, position, &bytes, of->fault);

    return status != 0 ? status : memcmp(bytes, of->id, of->file->head.id_size) < 0;
}

static int lower_bound(search *of, uint32_t low, uint32_t high, uint32_t *position)
{
    const uint64_t length = (uint64_t)(high - low) * of->file->head.id_size;
    size_t size;
    int status = point(&of->rows->ids, of->file, of->fault);

    if (status == 0)
        status = pkr_view_use(&of->rows->ids, place_of_id(of->file, low), length, &of->bytes, &size,
                              of->fault);
    if (status != 0)
        return status;
    if (size < length)
        return pkr_bound(low, high, is_below, of, position);
    status = pkr_bound(0, high - low, is_below_in_sight, of, position);
    *position += low;
    return status;
}

int pkr_midx_rows_find(pkr_midx_rows *rows, const pkr_midx_file *file, const unsigned char *id,
                       uint32_t *position, pkr_fault *fault)
{
    const uint32_t low = id[0] ? file->head.fanout[id[0] - 1] : 0;
    const uint32_t high = file->head.fanout[id[0]];
    search of = {rows, file, id, NULL, fault};
    const unsigned char *bytes;
    uint32_t at;
    int status;

    if (low >= high)
        return PACKREAD_ERROR_NOT_FOUND;
    status = lower_bound(&of, low, high, &at);
    if (status != 0 || at == high)
        return status != 0 ? status : PACKREAD_ERROR_NOT_FOUND;
    status = id_at(rows, file, at, &bytes, fault);
    if (status != 0 || memcmp(bytes, id, file->head.id_size) != 0)
        return status != 0 ? status : PACKREAD_ERROR_NOT_FOUND;
    *position = at;
    return 0;
}

int pkr_midx_rows_ids(pkr_midx_rows *rows, const pkr_midx_file *file, uint32_t position,
                      const unsigned char **bytes, uint32_t *count, pkr_fault *fault)
{
    const uint32_t left = file->head.count - position;
    size_t size;
    int status = point(&rows->ids, file, fault);

    if (status == 0)
        status = pkr_view_use(&rows->ids, place_of_id(file, position), PKR_VIEW_ALL, bytes, &size,
                              fault);
    *count = 1;
    if (status != 0 || size < file->head.id_size)
        return status ? status : id_at(rows, file, position, bytes, fault);
    size /= file->head.id_size;
    *count = size < left ? (uint32_t)size : left;
    pkr_view_saw(&rows->ids, *bytes + *count * file->head.id_size - 1);
    return 0;
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
