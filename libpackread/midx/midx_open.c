/* midx_open.c - a folder's multi-pack-index, or the layers of its chain, become layers of a list.
 */
#include "midx/midx_open.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/path.h"
#include "midx/midx_chain_file.h"

#define PLAIN "multi-pack-index"
#define CHAIN_FOLDER "multi-pack-index.d"
#define CHAIN CHAIN_FOLDER "/multi-pack-index-chain"

/* ---- One file -------------------------------------------------------------------------------- */

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

static pkr_midx_file *find_old(const pkr_midx_opening *opening, const char *path,
                               const pkr_stamp *now, uint32_t layer)
{
    for (size_t i = 0; opening->old && i < opening->old->count; i++) {
        pkr_midx_file *file = opening->old->layers[i].file;

        if (file->layer == layer && strcmp(file->path, path) == 0 &&
            pkr_stamp_same(&file->stamp, now) && pkr_source_check(&file->source, NULL, NULL) == 0)
            return file;
    }
    return NULL;
}

/* A file that is on no shelf yet has no number, and no user. */
static int have_file(const pkr_midx_opening *opening, const char *path, uint32_t layer,
                     pkr_midx_file **file, bool *is_new, packread_error *error)
{
    pkr_stamp now;
    int status;

    pkr_host_look(path, &now);
    *file = find_old(opening, path, &now, layer);
    *is_new = !*file;
    if (!*is_new)
        return 0;
    status = pkr_midx_file_open(opening->budget, path, file, error);
    if (status == 0)
        (*file)->layer = layer;
    return status;
}

static bool grow(pkr_midx_list *list)
{
    pkr_midx_layer *grown;

    if ((list->count & (list->count - 1)) != 0)
        return true;
    grown = pkr_memory_resize(list->budget, list->layers,
                              (list->count ? 2 * list->count : 1) * sizeof *grown);
    if (grown)
        list->layers = grown;
    return grown != NULL;
}

/* Nothing is wrong with the file: there is no memory for it, or it changed, or there is none. It is
 * only a hint, so that is not told. */
static bool is_silent(const packread_error *error)
{
    return error->code == PACKREAD_ERROR_BUDGET || error->code == PACKREAD_ERROR_CHANGED ||
           (error->code == PACKREAD_ERROR_SYSTEM && error->system_errno == ENOENT);
}

/* A file cannot be used, and this is why. An error only where looking is to end altogether. */
static int leave_out(const pkr_midx_opening *opening, const packread_error *error, pkr_fault *fault)
{
    if (error->code == PACKREAD_ERROR_MEMORY)
        return pkr_fault_memory(fault);
    if (error->code == PACKREAD_ERROR_STOPPED)
        return pkr_fault_stopped(fault);
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
    uint32_t named;

    if (!grow(list))
        return pkr_error_memory(error);
    if (is_new) {
        file->number = pkr_shelf_count(opening->files);
        if (pkr_shelf_put(opening->files, file) != 0)
            return pkr_error_memory(error);
    }
    pkr_midx_file_use(file);
    list->named += count_named(layer, &named);
    atomic_store(&file->named, named);
    list->layers[list->count++] = *layer;
    return 0;
}

/* One more layer, the last to be asked. `*is_used`: else it was left out, and why is noted. */
static int add_file(pkr_midx_list *list, pkr_midx_naming *on, const char *path, uint32_t number,
                    bool *is_used, pkr_fault *fault)
{
    pkr_midx_layer layer = {0};
    packread_error error;
    bool is_new;
    int status = have_file(on->opening, path, number, &layer.file, &is_new, &error);

    *is_used = false;
    if (status != 0)
        return leave_out(on->opening, &error, fault);
    if (!is_of_this_hash(on->opening, layer.file))
        status = pkr_error_set(&error, PACKREAD_ERROR_MISMATCH, path,
                               "multi-pack-index is of another hash than the repository");
    if (status == 0 && pkr_midx_naming_run(on, &layer, fault) != 0)
        status = pkr_fault_publish(fault, &error);
    if (status == 0)
        status = take_in(list, on->opening, &layer, is_new, &error);
    *is_used = status == 0;
    if (status == 0)
        return 0;
    pkr_memory_free(list->budget, layer.packs, layer.charged);
    if (is_new)
        pkr_midx_file_free(layer.file);
    return leave_out(on->opening, &error, fault);
}

/* ---- A chain --------------------------------------------------------------------------------- */

#define LAYER_NAME (sizeof CHAIN_FOLDER "/multi-pack-index-.midx" + PACKREAD_HEX_MAX)

static char *layer_path(const char *folder, const packread_id *sum)
{
    char name[LAYER_NAME] = CHAIN_FOLDER "/multi-pack-index-";

    packread_id_format(sum, name + strlen(name));
    memcpy(name + strlen(name), ".midx", sizeof ".midx");
    return pkr_path_join(folder, name);
}

/* The newest layer is asked first. */
static void turn_round(pkr_midx_layer *layers, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        pkr_midx_layer layer = layers[i];

        layers[i] = layers[count - 1 - i];
        layers[count - 1 - i] = layer;
    }
}

static int note_line(const pkr_midx_opening *opening, const pkr_midx_chain *of, uint64_t at,
                     const char *text, pkr_fault *fault)
{
    packread_error error;

    pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, of->path, at, text);
    pkr_fault_publish(fault, &error);
    return leave_out(opening, &error, fault);
}

/* A layer that is named twice is refused, so that a chain is no longer than there are files. */
static bool is_listed(const pkr_midx_list *list, size_t first, const char *path)
{
    for (size_t i = first; i < list->count; i++)
        if (strcmp(list->layers[i].file->path, path) == 0)
            return true;
    return false;
}

/* The layer that the line at `line` names. One that is not there, or was there before, breaks the
 * chain. */
static int add_layer(pkr_midx_list *list, pkr_midx_naming *on, const pkr_midx_chain *of,
                     uint64_t line, const packread_id *sum, size_t first, bool *is_used,
                     pkr_fault *fault)
{
    char *path = layer_path(on->folder, sum);
    int status;

    *is_used = false;
    if (!path)
        return pkr_fault_memory(fault);
    if (is_listed(list, first, path)) {
        status =
            note_line(on->opening, of, line, "the chain names a multi-pack-index twice", fault);
    } else {
        status = add_file(list, on, path, (uint32_t)(list->count - first) + 1, is_used, fault);
        if (status == 0 && !*is_used && !pkr_host_is_there(path))
            status = note_line(on->opening, of, line,
                               "the chain names a multi-pack-index that is not there", fault);
    }
    free(path);
    return status;
}

static int add_layers(pkr_midx_list *list, pkr_midx_naming *on, pkr_midx_chain *of,
                      pkr_fault *fault)
{
    const size_t first = list->count;
    bool is_used = true;
    uint64_t at = 0;
    int status = 0;

    while (status == 0 && is_used && at < of->source.size) {
        const uint64_t line = at;
        packread_error error;
        packread_id sum;

        if (pkr_midx_chain_next(of, &at, &sum, &error) != 0)
            return leave_out(on->opening, &error, fault);
        status = add_layer(list, on, of, line, &sum, first, &is_used, fault);
    }
    return status;
}

static int add_chain(pkr_midx_list *list, pkr_midx_naming *on, pkr_fault *fault)
{
    const pkr_midx_opening *opening = on->opening;
    const size_t first = list->count;
    pkr_midx_chain of = {.path = pkr_path_join(on->folder, CHAIN), .id_size = opening->id_size};
    packread_error error;
    int status;

    if (!of.path)
        return pkr_fault_memory(fault);
    if (of.id_size == 0)
        of.id_size = opening->count > 0 ? opening->packs[0]->idx.id_size : 20;
    status = pkr_midx_chain_open(&of, opening->budget, &error);
    if (status != 0)
        status = leave_out(opening, &error, fault);
    else
        status = add_layers(list, on, &of, fault);
    turn_round(list->layers + first, list->count - first);
    pkr_midx_chain_close(&of);
    return status;
}

static int add_folder(pkr_midx_list *list, pkr_midx_naming *on, pkr_fault *fault)
{
    char *path = pkr_path_join(on->folder, PLAIN);
    bool is_used;
    int status;

    if (!path)
        return pkr_fault_memory(fault);
    if (pkr_host_is_there(path))
        status = add_file(list, on, path, 0, &is_used, fault);
    else
        status = add_chain(list, on, fault);
    free(path);
    return status;
}

int pkr_midx_list_add_folder(pkr_midx_list *list, const pkr_midx_opening *opening,
                             const char *folder, pkr_fault *fault)
{
    pkr_midx_naming naming;
    int status = pkr_midx_naming_begin(&naming, opening, folder, fault);

    if (status != 0)
        return status;
    status = add_folder(list, &naming, fault);
    pkr_midx_naming_end(&naming);
    return status;
}
