/* midx_list.c - the multi-pack-indexes of a set of packs, asked one after the other. */
#include "midx/midx_list.h"

#include <stdlib.h>

#include "base/memory.h"

pkr_midx_list *pkr_midx_list_new(pkr_budget *budget)
{
    pkr_midx_list *list = calloc(1, sizeof *list);

    if (list)
        list->budget = budget;
    return list;
}

void pkr_midx_list_free(pkr_midx_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->count; i++) {
        pkr_memory_free(list->budget, list->layers[i].packs, list->layers[i].charged);
        pkr_midx_file_let_go(list->layers[i].file);
    }
    free(list->layers);
    free(list);
}

bool pkr_midx_list_same(const pkr_midx_list *left, const pkr_midx_list *right)
{
    const size_t count = left ? left->count : 0;

    if (count != (right ? right->count : 0))
        return false;
    for (size_t i = 0; i < count; i++)
        if (left->layers[i].file != right->layers[i].file)
            return false;
    return true;
}

static int find_in_layer(const pkr_midx_layer *layer, pkr_midx_rows *rows, const packread_id *id,
                         const pkr_pack **found)
{
    uint32_t position;
    uint32_t pack;
    int status = pkr_midx_rows_find(rows, layer->file, id->bytes, &position, NULL);

    if (status == 0)
        status = pkr_midx_rows_place(rows, layer->file, position, &pack, NULL, NULL);
    status = pkr_midx_rows_settle(rows, status, NULL);
    if (status == 0 && pack < layer->file->head.packs)
        *found = layer->packs[pack];
    return status;
}

const pkr_pack *pkr_midx_list_find(const pkr_midx_list *list, pkr_midx_rows *rows,
                                   const packread_id *id)
{
    const pkr_pack *found = NULL;
    int status = PACKREAD_ERROR_NOT_FOUND;

    for (size_t i = 0; status != 0 && i < list->count; i++)
        if (list->layers[i].file->head.id_size == id->size)
            status = find_in_layer(&list->layers[i], rows, id, &found);
    pkr_midx_rows_rest(rows);
    return found;
}
