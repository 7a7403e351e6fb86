/* midx_add.c - opens one multi-pack-index, or uses the one again that is open, and joins it with
 * the packs that it names.
 */
#include "midx/midx_add.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* A pack whose names several layers have counts once: layers name different packs. */
static uint64_t count_named(const pkr_midx_layer *layer, uint32_t *packs)
{
    uint64_t named = 0;

    *packs = 0;
    for (uint32_t i = 0; i < layer->file->head.packs; i++) {
        if (!layer->packs[i])
            continue;
        named += layer->packs[i]->idx.count;
        ++*packs;
    }
    return named;
}

static pkr_midx_file *find_among(const pkr_midx_layer *layers, size_t count, const char *path,
                                 const pkr_stamp *now, uint32_t layer)
{
    for (size_t i = 0; i < count; i++) {
        pkr_midx_file *file = layers[i].file;

        if (file->layer == layer && strcmp(file->path, path) == 0 &&
            pkr_stamp_same(&file->stamp, now) && pkr_source_check(&file->source, NULL, NULL) == 0)
            return file;
    }
    return NULL;
}

static pkr_midx_file *find_old(const pkr_midx_list *old, const char *path, const pkr_stamp *now,
                               uint32_t layer)
{
    pkr_midx_file *found = NULL;

    if (old)
        found = find_among(old->layers, old->count, path, now, layer);
    if (old && !found)
        found = find_among(old->blocked, old->blocked_count, path, now, layer);
    return found;
}

/* A file that is on no shelf yet has no number, and no user. */
static int have_file(const pkr_midx_opening *opening, const char *path, uint32_t layer,
                     pkr_midx_file **file, bool *is_new, packread_error *error)
{
    pkr_stamp now;
    int status;

    pkr_host_look(path, &now);
    *file = find_old(opening->old, path, &now, layer);
    *is_new = !*file;
    if (!*is_new)
        return 0;
    status = pkr_midx_file_open(opening->budget, path, file, error);
    if (status == 0)
        (*file)->layer = layer;
    return status;
}

/* Nothing is wrong with the file: it changed, or there is none. It is only a hint, so that is not
 * told. */
static bool is_silent(const packread_error *error)
{
    return error->code == PACKREAD_ERROR_CHANGED ||
           (error->code == PACKREAD_ERROR_SYSTEM && error->system_errno == ENOENT);
}

static bool is_damage(const packread_error *error)
{
    return !is_silent(error) && error->code != PACKREAD_ERROR_SYSTEM &&
           error->code != PACKREAD_ERROR_BUDGET;
}

int pkr_midx_leave_out(const pkr_midx_opening *opening, const packread_error *error,
                       pkr_fault *fault)
{
    if (error->code == PACKREAD_ERROR_MEMORY)
        return pkr_fault_memory(fault);
    if (error->code == PACKREAD_ERROR_STOPPED)
        return pkr_fault_stopped(fault);
    if (is_damage(error))
        *opening->is_any_damaged = true;
    return is_silent(error) || opening->note(opening->context, error) == 0
               ? 0
               : pkr_fault_memory(fault);
}

/* The repository's ids, or those of most packs: of the first. */
static bool is_of_this_hash(const pkr_midx_opening *opening, const pkr_midx_file *file)
{
    size_t id_size = opening->id_size;

    if (id_size == 0 && opening->count > 0)
        id_size = opening->packs[0]->idx.id_size;
    return id_size == 0 || id_size == file->head.id_size;
}

/* Its place in the list, and on the shelf. */
static int take_in(pkr_midx_list *list, const pkr_midx_opening *opening,
                   const pkr_midx_layer *layer, bool is_new, packread_error *error)
{
    pkr_midx_file *file = layer->file;
    uint32_t packs;
    uint64_t objects;

    if (!pkr_midx_list_have_room(list, layer))
        return pkr_error_memory(error);
    if (is_new) {
        file->number = pkr_shelf_count(opening->files);
        if (pkr_shelf_put(opening->files, file) != 0)
            return pkr_error_memory(error);
    }
    pkr_midx_file_use(file);
    objects = count_named(layer, &packs);
    atomic_store(&file->named, packs);
    atomic_store(&file->blocked_by, layer->block.line);
    if (layer->block.line == 0)
        list->named += objects;
    pkr_midx_list_add(list, layer);
    return 0;
}

/* Without it the file would be used as little. */
static void add_block(const pkr_midx_block *block, packread_error *error)
{
    const size_t length = strlen(error->text);

    if (block->line > 0)
        snprintf(error->text + length, sizeof error->text - length,
                 "; not used anyway: the layer in line %u of its chain cannot be",
                 (unsigned)block->line);
}

int pkr_midx_add(pkr_midx_list *list, pkr_midx_naming *on, const char *path, uint32_t number,
                 const pkr_midx_block *block, int *why, pkr_fault *fault)
{
    pkr_midx_layer layer = {.block = *block};
    packread_error error;
    bool is_new = false;
    int status = have_file(on->opening, path, number, &layer.file, &is_new, &error);

    if (status == 0 && !is_of_this_hash(on->opening, layer.file))
        status = pkr_error_set(&error, PACKREAD_ERROR_MISMATCH, path,
                               "multi-pack-index is of another hash than the repository");
    if (status == 0 && pkr_midx_naming_run(on, &layer, fault) != 0)
        status = pkr_fault_publish(fault, &error);
    if (status == 0)
        status = take_in(list, on->opening, &layer, is_new, &error);
    *why = status;
    if (status == 0)
        return 0;
    pkr_memory_free(list->budget, layer.packs, layer.charged);
    if (is_new)
        pkr_midx_file_free(layer.file);
    add_block(block, &error);
    return pkr_midx_leave_out(on->opening, &error, fault);
}
