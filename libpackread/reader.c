/* reader.c - makes and frees readers, and points them at packs. */
#include "reader.h"

#include <stdlib.h>

#include "error.h"

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

void packread_reader_free(packread_reader *reader)
{
    if (!reader)
        return;
    packread_reader_drop(reader);
    packread_cache_close(&reader->cache);
    packread_memo_free(&reader->memo, &reader->snapshot->budget);
    packread_inflater_free(reader->inflater);
    packread_view_close(&reader->data);
    packread_rows_close(&reader->rows);
    free(reader->links);
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

void packread_reader_drop(packread_reader *reader)
{
    packread_blob_release(&reader->cache, reader->object);
    reader->object = NULL;
}
