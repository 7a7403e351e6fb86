/* midx_list.c - finds a folder's multi-pack-indexes, and joins names in them with packs. */
#include "store/midx_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/path.h"
#include "format/midx_chain.h"

#define PLAIN "multi-pack-index"
#define CHAIN_FOLDER "multi-pack-index.d"
#define CHAIN CHAIN_FOLDER "/multi-pack-index-chain"

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

/* ---- Which packs it names -------------------------------------------------------------------- */

typedef struct naming {
    const pkr_midx_opening *opening;
    const char *folder;
    size_t folder_length;
    pkr_pack **by_path; /* of the opening's packs */
    pkr_midx_layer *layer;
    uint32_t next;   /* number of the name that comes next */
    uint32_t others; /* packs of another hash than the file's */
} naming;

static int compare_paths(const void *left, const void *right)
{
    return strcmp((*(pkr_pack *const *)left)->path, (*(pkr_pack *const *)right)->path);
}

/* `name` of `length` bytes without its ending, in the folder, against the path of a pack. */
static int compare_name(const naming *on, const char *name, size_t length, const char *path)
{
    int order = strncmp(on->folder, path, on->folder_length);

    if (order == 0)
        order = '/' - (unsigned char)path[on->folder_length];
    if (order == 0)
        order = strncmp(name, path + on->folder_length + 1, length);
    return order != 0 ? order : strcmp(".pack", path + on->folder_length + 1 + length);
}

static pkr_pack *pack_of(const naming *on, const char *name)
{
    const size_t length = strlen(name) - strlen(".idx");
    size_t low = 0;
    size_t high = on->opening->count;

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
    naming *on = context;
    pkr_pack *pack = pack_of(on, name);

    if (pack && pack->idx.id_size != on->layer->file->head.id_size) {
        on->others++;
        pack = NULL;
    }
    on->layer->packs[on->next++] = pack;
    return 0;
}

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

/* Fills in the packs of a layer. */
static int name_packs(naming *on, pkr_midx_layer *layer, pkr_fault *fault)
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

/* ---- One file -------------------------------------------------------------------------------- */

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

/* What is not wrong with the file, but with us, or with nothing: it is a hint that there is not. */
static bool is_silent(const packread_error *error)
{
    return error->code == PACKREAD_ERROR_BUDGET || error->code == PACKREAD_ERROR_CHANGED ||
           (error->code == PACKREAD_ERROR_SYSTEM && error->system_errno == ENOENT);
}

/* What a file that is not used costs: an error only where the whole look is over. */
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
static int add_file(pkr_midx_list *list, naming *on, const char *path, uint32_t number,
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
    if (status == 0 && name_packs(on, &layer, fault) != 0)
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

typedef struct chain {
    char *path;
    pkr_source source;
    pkr_view view;
    size_t id_size;
} chain;

/* Errors: those of reading; without a chain, ENOENT. */
static int open_chain(chain *of, const pkr_midx_opening *opening, packread_error *error)
{
    smmap_error cause;
    pkr_fault fault;
    int status =
        smmap_cursor_open_path(opening->budget->manager, of->path, &of->source.rest, &cause);

    if (status != 0) {
        status = pkr_fault_from_window(&fault, &cause, of->path);
    } else {
        of->source.size = smmap_cursor_file_size(of->source.rest);
        of->view.budget = opening->budget;
        if (of->source.size > 0)
            status = pkr_view_point(&of->view, of, &of->source, of->path, of->source.size, &fault);
    }
    return status == 0 ? 0 : pkr_fault_publish(&fault, error);
}

static void close_chain(chain *of)
{
    pkr_view_close(&of->view);
    smmap_cursor_close(of->source.rest);
    free(of->path);
}

/* The sum in the line at `*at`, which is moved behind it. */
static int next_line(chain *of, uint64_t *at, packread_id *sum, packread_error *error)
{
    size_t size = PKR_MIDX_CHAIN_LINE;
    const unsigned char *bytes;
    const char *text;
    size_t used = 0;
    pkr_fault fault;
    int status = pkr_view_upto(&of->view, *at, &size, &bytes, &fault);

    if (status == 0) {
        status = pkr_midx_chain_line(bytes, size, of->id_size, sum, &used, &text);
        if (status != 0)
            pkr_fault_at(&fault, status, of->path, *at, text);
    }
    if (pkr_view_spoiled(&of->view))
        status = pkr_view_fault(&of->view, &fault);
    *at += used;
    return status == 0 ? 0 : pkr_fault_publish(&fault, error);
}

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

/* A layer that the chain names and that is not there is a broken line of it. */
static int note_missing(const pkr_midx_opening *opening, const chain *of, uint64_t at,
                        pkr_fault *fault)
{
    packread_error error;

    pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, of->path, at,
                 "the chain names a multi-pack-index that is not there");
    pkr_fault_publish(fault, &error);
    return leave_out(opening, &error, fault);
}

static int add_layers(pkr_midx_list *list, naming *on, chain *of, pkr_fault *fault)
{
    bool is_used = true;
    uint32_t number = 0;
    uint64_t at = 0;
    int status = 0;

    while (status == 0 && is_used && at < of->source.size) {
        const uint64_t line = at;
        packread_error error;
        packread_id sum;
        char *path;

        if (next_line(of, &at, &sum, &error) != 0)
            return leave_out(on->opening, &error, fault);
        path = layer_path(on->folder, &sum);
        if (!path)
            return pkr_fault_memory(fault);
        status = add_file(list, on, path, ++number, &is_used, fault);
        if (status == 0 && !is_used && !pkr_host_is_there(path))
            status = note_missing(on->opening, of, line, fault);
        free(path);
    }
    return status;
}

static int add_chain(pkr_midx_list *list, naming *on, pkr_fault *fault)
{
    const pkr_midx_opening *opening = on->opening;
    const size_t first = list->count;
    chain of = {.path = pkr_path_join(on->folder, CHAIN), .id_size = opening->id_size};
    packread_error error;
    int status;

    if (!of.path)
        return pkr_fault_memory(fault);
    if (of.id_size == 0)
        of.id_size = opening->count > 0 ? opening->packs[0]->idx.id_size : 20;
    status = open_chain(&of, opening, &error);
    if (status != 0)
        status = leave_out(opening, &error, fault);
    else
        status = add_layers(list, on, &of, fault);
    turn_round(list->layers + first, list->count - first);
    close_chain(&of);
    return status;
}

/* ---- A folder -------------------------------------------------------------------------------- */

static int add_folder(pkr_midx_list *list, naming *on, pkr_fault *fault)
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
    naming on = {.opening = opening, .folder = folder, .folder_length = strlen(folder)};
    int status;

    if (on.folder_length > 0 && folder[on.folder_length - 1] == '/')
        on.folder_length--;
    on.by_path = pkr_memory_plain(opening->budget, (opening->count + 1) * sizeof *on.by_path);
    if (!on.by_path)
        return pkr_fault_memory(fault);
    for (size_t i = 0; i < opening->count; i++)
        on.by_path[i] = opening->packs[i];
    if (opening->count > 0)
        qsort(on.by_path, opening->count, sizeof *on.by_path, compare_paths);
    status = add_folder(list, &on, fault);
    free(on.by_path);
    return status;
}

/* ---- Look-up --------------------------------------------------------------------------------- */

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
