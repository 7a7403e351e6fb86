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

/* ---- Layers come and go ---------------------------------------------------------------------- */

bool pkr_midx_list_have_room(pkr_midx_list *list, const pkr_midx_layer *layer)
{
    const bool is_blocked = layer->block.line > 0;
    const size_t count = is_blocked ? list->blocked_count : list->count;
    pkr_midx_layer **layers = is_blocked ? &list->blocked : &list->layers;
    pkr_midx_layer *grown;

    if ((count & (count - 1)) != 0)
        return true;
    grown = pkr_memory_resize(list->budget, *layers, (count ? 2 * count : 1) * sizeof *grown);
    if (grown)
        *layers = grown;
    return grown != NULL;
}

void pkr_midx_list_add(pkr_midx_list *list, const pkr_midx_layer *layer)
{
    if (layer->block.line > 0)
        list->blocked[list->blocked_count++] = *layer;
    else
        list->layers[list->count++] = *layer;
}

static void let_go(pkr_midx_list *list, const pkr_midx_layer *layer)
{
    pkr_memory_free(list->budget, layer->packs, layer->charged);
    pkr_midx_file_let_go(layer->file);
}

void pkr_midx_list_cut(pkr_midx_list *list, size_t count, size_t blocked_count)
{
    while (list->count > count)
        let_go(list, &list->layers[--list->count]);
    while (list->blocked_count > blocked_count)
        let_go(list, &list->blocked[--list->blocked_count]);
}

void pkr_midx_list_free(pkr_midx_list *list)
{
    if (!list)
        return;
    pkr_midx_list_cut(list, 0, 0);
    free(list->layers);
    free(list->blocked);
    free(list);
}

static bool are_same(const pkr_midx_layer *left, const pkr_midx_layer *right, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (left[i].file != right[i].file || left[i].block.line != right[i].block.line ||
            left[i].block.why != right[i].block.why)
            return false;
    return true;
}

bool pkr_midx_list_same(const pkr_midx_list *left, const pkr_midx_list *right)
{
    static const pkr_midx_list none;

    left = left ? left : &none;
    right = right ? right : &none;
    return left->count == right->count && left->blocked_count == right->blocked_count &&
           are_same(left->layers, right->layers, left->count) &&
           are_same(left->blocked, right->blocked, left->blocked_count);
}

/* ---- What they say --------------------------------------------------------------------------- */

static int find_in_layer(const pkr_midx_layer *layer, pkr_midx_rows *rows, const packread_id *id,
                         pkr_pack **found, uint64_t *offset)
{
    uint32_t position;
    uint32_t pack;
    int status = pkr_midx_rows_find(rows, layer->file, id->bytes, &position, NULL);

    if (status == 0)
        status = pkr_midx_rows_place(rows, layer->file, position, &pack, offset, NULL);
    status = pkr_midx_rows_settle(rows, status, NULL);
    if (status == 0 && pack < layer->file->head.packs)
        *found = layer->packs[pack];
    return status;
}

pkr_pack *pkr_midx_list_find(const pkr_midx_list *list, pkr_midx_rows *rows, const packread_id *id,
                             uint64_t *offset)
{
    pkr_pack *found = NULL;
    int status = PACKREAD_ERROR_NOT_FOUND;

    for (size_t i = 0; status != 0 && i < list->count; i++)
        if (list->layers[i].file->head.id_size == id->size)
            status = find_in_layer(&list->layers[i], rows, id, &found, offset);
    pkr_midx_rows_rest(rows);
    return found;
}

bool pkr_midx_list_confirms(const pkr_midx_list *list, pkr_midx_rows *rows, const pkr_pack *pack,
                            uint32_t position, uint64_t offset)
{
    const pkr_midx_layer *layer = list->layers;
    uint64_t named = 0;
    uint32_t number = 0;
    int status = list->count > 0 && position < layer->file->head.count
                     ? pkr_midx_rows_place(rows, layer->file, position, &number, &named, NULL)
                     : PACKREAD_ERROR_NOT_FOUND;

    status = pkr_midx_rows_settle(rows, status, NULL);
    pkr_midx_rows_rest(rows);
    return status == 0 && named == offset && number < layer->file->head.packs &&
           layer->packs[number] == pack;
}

bool pkr_midx_layer_next(const pkr_midx_layer *layer, pkr_midx_rows *rows, packread_id *id)
{
    const unsigned char *bytes;
    packread_id found;
    uint32_t position;
    int status = layer->file->head.id_size == id->size
                     ? pkr_midx_rows_next(rows, layer->file, id->bytes, &position, &bytes, NULL)
                     : PACKREAD_ERROR_NOT_FOUND;

    if (status == 0)
        pkr_id_set(&found, bytes, id->size);
    status = pkr_midx_rows_settle(rows, status, NULL);
    pkr_midx_rows_rest(rows);
    if (status == 0)
        *id = found;
    return status == 0;
}
