/* reader.c - makes and frees readers, and points them at packs. */
#include "reader.h"

#include <stdlib.h>

#include "error.h"
#include "object.h"

int packread_reader_new(packread_snapshot *snapshot, packread_reader **reader,
                        packread_error *error)
{
    if (!snapshot || !reader)
        return packread_error_set(error, PACKREAD_ERROR_ARGUMENT, NULL, "no snapshot");
    if (snapshot->flags & PACKREAD_WITHOUT_INDEX)
        return packread_error_set(error, PACKREAD_ERROR_NO_INDEX, snapshot->where,
                                  "was opened without its index: there is nothing to look up");
    return packread_reader_make(snapshot, reader, error);
}

int packread_reader_make(packread_snapshot *snapshot, packread_reader **reader,
                         packread_error *error)
{
    packread_reader *made = calloc(1, sizeof *made);

    if (!made)
        return packread_error_memory(error);
    made->snapshot = snapshot;
    packread_spills_begin(&made->spills, snapshot->manager);
    made->inflater = packread_inflater_new();
    if (!made->inflater ||
        packread_cache_open(&made->cache, &snapshot->budget, &snapshot->cache_share,
                            snapshot->cache_limit) != 0) {
        packread_inflater_free(made->inflater);
        free(made);
        return packread_error_memory(error);
    }
    *reader = made;
    return 0;
}

static void drop(packread_reader *reader)
{
    packread_blob_release(&reader->cache, reader->object);
    reader->object = NULL;
}

static void forget_chains(packread_reader *reader)
{
    packread_budget *budget = &reader->snapshot->budget;

    packread_memo_free(&reader->memo, budget);
    packread_memo_free(&reader->broken, budget);
    packread_lost_free(&reader->lost, reader->snapshot);
}

void packread_reader_free(packread_reader *reader)
{
    if (!reader)
        return;
    drop(reader);
    packread_spills_drop(&reader->spills);
    packread_cache_close(&reader->cache);
    forget_chains(reader);
    packread_inflater_free(reader->inflater);
    packread_view_close(&reader->data);
    packread_rows_close(&reader->rows);
    packread_links_free(&reader->links, &reader->snapshot->budget);
    free(reader->piece);
    free(reader);
}

int packread_reader_select(packread_reader *reader, const packread_pack *pack,
                           packread_error *error)
{
    int status =
        packread_view_point(&reader->data, pack, pack->data_rest, pack->path, pack->end, error);

    return status == 0 ? packread_rows_point(&reader->rows, pack, error) : status;
}

#define VIEWS 5

static void views_of(packread_reader *reader, packread_view *views[VIEWS])
{
    views[0] = &reader->data;
    views[1] = &reader->rows.ids;
    views[2] = &reader->rows.offsets;
    views[3] = &reader->rows.crcs;
    views[4] = &reader->rows.wide;
}

void packread_reader_begin(packread_reader *reader)
{
    packread_view *views[VIEWS];

    drop(reader);
    views_of(reader, views);
    for (size_t i = 0; i < VIEWS; i++)
        packread_view_begin(views[i]);
}

static void forget(packread_reader *reader)
{
    packread_reader_begin(reader);
    packread_cache_clear(&reader->cache);
    forget_chains(reader);
    reader->known.size = 0;
}

int packread_reader_fault(packread_reader *reader, packread_error *error)
{
    packread_view *views[VIEWS];

    views_of(reader, views);
    for (size_t i = 0; i < VIEWS; i++)
        if (packread_view_spoiled(views[i]))
            return packread_view_fault(views[i], error);
    return 0;
}

int packread_reader_settle(packread_reader *reader, int status, packread_error *error)
{
    int fault = packread_reader_fault(reader, error);

    if (fault != 0) {
        forget(reader);
        return fault;
    }
    if (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN) {
        status = packread_view_blame(&reader->data, status, error);
        status = packread_view_blame(&reader->rows.ids, status, error);
    }
    return status;
}
