/* midx_naming.c - looks each name up among the packs, sorted by path. */
#include "midx/midx_naming.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static int compare_paths(const void *left, const void *right)
{
    return strcmp((*(pkr_pack *const *)left)->path, (*(pkr_pack *const *)right)->path);
}

/* `name` of `length` bytes without its ending, in the folder, against the path of a pack. */
static int compare_name(const pkr_midx_naming *on, const char *name, size_t length,
                        const char *path)
{
    int order = strncmp(on->folder, path, on->folder_length);

    if (order == 0)
        order = '/' - (unsigned char)path[on->folder_length];
    if (order == 0)
        order = strncmp(name, path + on->folder_length + 1, length);
    return order != 0 ? order : strcmp(".pack", path + on->folder_length + 1 + length);
}

static pkr_pack *pack_named(const pkr_midx_naming *on, const char *name)
{
    const size_t length = strlen(name) - strlen(".idx");
    size_t low = 0;
    size_t high = on->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_name(on, name, length, on->by_path[middle]->path);

        if (order == 0)
            return on->by_path[middle];
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static int take_name(void *context, const char *name)
{
    pkr_midx_naming *on = context;
    pkr_pack *pack = pack_named(on, name);

    if (pack && pack->idx.id_size != on->layer->file->head.id_size) {
        on->others++;
        pack = NULL;
    }
    on->layer->packs[on->next++] = pack;
    return 0;
}

int pkr_midx_naming_run(pkr_midx_naming *on, pkr_midx_layer *layer, pkr_fault *fault)
{
    const pkr_need need = {layer->file->path, "the memory limit has no room for the packs of this"};
    const uint64_t size = ((uint64_t)layer->file->head.packs + 1) * sizeof(pkr_pack *);
    void *packs;
    int status = pkr_memory_new(on->opening->budget, size, &need, &packs, fault);

    if (status != 0)
        return status;
    layer->packs = packs;
    layer->charged = size;
    on->layer = layer;
    on->next = on->others = 0;
    status = pkr_midx_file_names(layer->file, on->opening->budget, take_name, on, fault);
    if (status == 0 && on->others > 0)
        status = pkr_fault_set(fault, PACKREAD_ERROR_MISMATCH, layer->file->path,
                               "multi-pack-index is of another hash than its packs");
    return status;
}

int pkr_midx_naming_begin(pkr_midx_naming *naming, const pkr_midx_opening *opening,
                          const char *folder, pkr_fault *fault)
{
    *naming =
        (pkr_midx_naming){.opening = opening, .folder = folder, .folder_length = strlen(folder)};
    if (naming->folder_length > 0 && folder[naming->folder_length - 1] == '/')
        naming->folder_length--;
    naming->by_path =
        pkr_memory_plain(opening->budget, (opening->count + 1) * sizeof *naming->by_path);
    if (!naming->by_path)
        return pkr_fault_memory(fault);
    for (size_t i = 0; i < opening->count; i++) /* one that was opened anew stands there twice */
        if (atomic_load(&opening->packs[i]->anew) != PKR_ANEW_KEPT)
            naming->by_path[naming->count++] = opening->packs[i];
    if (naming->count > 0)
        qsort(naming->by_path, naming->count, sizeof *naming->by_path, compare_paths);
    return 0;
}

void pkr_midx_naming_end(pkr_midx_naming *naming)
{
    free(naming->by_path);
}
