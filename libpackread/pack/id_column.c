/* id_column.c - searches in memory where one window has all rows that may hold the id, and row by
 * row through the view where not. */
#include "pack/id_column.h"

#include <string.h>

#include "base/bound.h"

static uint64_t place_of(const pkr_id_column *column, uint32_t position)
{
    return column->at + (uint64_t)position * column->stride;
}

int pkr_id_column_get(pkr_view *view, const pkr_id_column *column, uint32_t position,
                      const unsigned char **bytes, pkr_fault *fault)
{
    int status = pkr_view_need(view, place_of(column, position), column->size, bytes, fault);

    if (status == 0)
        pkr_view_saw(view, *bytes + column->size - 1);
    return status;
}

int pkr_id_column_run(pkr_view *view, const pkr_id_column *column, uint32_t position, uint32_t end,
                      const unsigned char **bytes, uint32_t *count, pkr_fault *fault)
{
    uint64_t in_sight;
    size_t size;
    int status = pkr_view_use(view, place_of(column, position), PKR_VIEW_ALL, bytes, &size, fault);

    *count = 1;
    if (status != 0 || size < column->size)
        return status ? status : pkr_id_column_get(view, column, position, bytes, fault);
    in_sight = 1 + (size - column->size) / column->stride;
    *count = in_sight < end - position ? (uint32_t)in_sight : end - position;
    pkr_view_saw(view, *bytes + (size_t)(*count - 1) * column->stride + column->size - 1);
    return 0;
}

typedef struct search {
    pkr_view *view;
    const pkr_id_column *column;
    const unsigned char *id;
    const unsigned char *bytes; /* of the first row searched, where one window has them all */
    pkr_fault *fault;
} search;

static int is_below_in_sight(void *context, uint32_t number)
{
    const search *of = context;

    return memcmp(of->bytes + (size_t)number * of->column->stride, of->id, of->column->size) < 0;
}

static int is_below(void *context, uint32_t position)
{
    search *of = context;
    const unsigned char *bytes;
    int status = pkr_id_column_get(of->view, of->column, position, &bytes, of->fault);

    return status != 0 ? status : memcmp(bytes, of->id, of->column->size) < 0;
}

int pkr_id_column_bound(pkr_view *view, const pkr_id_column *column, const unsigned char *id,
                        uint32_t low, uint32_t high, uint32_t *position, pkr_fault *fault)
{
    const uint64_t length = (uint64_t)(high - low - 1) * column->stride + column->size;
    search of = {view, column, id, NULL, fault};
    size_t size;
    int status = pkr_view_use(view, place_of(column, low), length, &of.bytes, &size, fault);

    if (status != 0)
        return status;
    if (size < length)
        return pkr_bound(low, high, is_below, &of, position);
    status = pkr_bound(0, high - low, is_below_in_sight, &of, position);
    *position += low;
    return status;
}
