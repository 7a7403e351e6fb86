/* pack_folder.c - reads a folder, and puts the two files of each pack together. */
#include "place/pack_folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "format/beside.h"
#include "platform/host.h"

typedef struct reading {
    const char *path;
    pkr_pack_folder *folder;
    bool is_short; /* of memory */
} reading;

static bool is_unfinished(const char *name)
{
    return strncmp(name, ".tmp-", 5) == 0 || strncmp(name, "tmp_", 4) == 0;
}

bool pkr_pack_folder_takes(const char *name)
{
    return (pkr_path_ends_with(name, ".pack") || pkr_path_ends_with(name, ".idx")) &&
           !is_unfinished(name);
}

/* By what comes before the ending. */
static int compare_path(const void *path, const void *name)
{
    const char *a = path;
    const char *b = ((const pkr_pack_name *)name)->path;
    size_t a_stem = strlen(a) - strlen(".pack");
    size_t b_stem = strlen(b) - strlen(".pack");
    int order = memcmp(a, b, a_stem < b_stem ? a_stem : b_stem);

    if (order == 0 && a_stem != b_stem)
        order = a_stem < b_stem ? -1 : 1;
    return order;
}

static int compare(const void *left, const void *right)
{
    return compare_path(((const pkr_pack_name *)left)->path, right);
}

static bool make_room(pkr_pack_folder *folder)
{
    size_t capacity = folder->count ? 2 * folder->count : 1;
    pkr_pack_name *grown;

    if ((folder->count & (folder->count - 1)) != 0)
        return true;
    grown = realloc(folder->list, capacity * sizeof *grown);
    if (grown)
        folder->list = grown;
    return grown != NULL;
}

/* Of an ending that stands beside packs; 0: of none. */
static unsigned beside_of(const char *name)
{
    for (size_t i = 0; i < PKR_PACK_ENDINGS; i++)
        if (pkr_path_ends_with(name, pkr_pack_endings[i]))
            return 1u << i;
    return 0;
}

static bool add(void *context, const char *name)
{
    reading *on = context;
    pkr_pack_name found = {.has_pack = pkr_path_ends_with(name, ".pack"),
                           .has_index = pkr_path_ends_with(name, ".idx"),
                           .beside = beside_of(name)};
    char *joined;

    on->folder->has_midx = on->folder->has_midx || strcmp(name, "multi-pack-index") == 0 ||
                           strcmp(name, "multi-pack-index.d") == 0;
    if (is_unfinished(name) || (!found.has_pack && !found.has_index && found.beside == 0))
        return true;
    joined = pkr_path_join(on->path, name);
    if (joined)
        found.path = pkr_path_with_ending(joined, ".pack");
    free(joined);
    on->is_short = !found.path || !make_room(on->folder);
    if (on->is_short)
        free(found.path);
    else
        on->folder->list[on->folder->count++] = found;
    return !on->is_short;
}

/* What only stands beside a pack that is not there. */
static bool is_stray(const pkr_pack_name *name)
{
    return !name->has_pack && !name->has_index;
}

/* Of names that are there several times, for each file of a pack, one stays. */
static void pair(pkr_pack_folder *folder)
{
    size_t kept = 0;

    if (folder->count > 0)
        qsort(folder->list, folder->count, sizeof *folder->list, compare);
    for (size_t i = 0; i < folder->count;) {
        pkr_pack_name *name = &folder->list[i];

        for (i++; i < folder->count && strcmp(folder->list[i].path, name->path) == 0; i++) {
            name->has_pack |= folder->list[i].has_pack;
            name->has_index |= folder->list[i].has_index;
            name->beside |= folder->list[i].beside;
            free(folder->list[i].path);
        }
        if (is_stray(name))
            free(name->path);
        else
            folder->list[kept++] = *name;
    }
    folder->count = kept;
}

int pkr_pack_folder_read(const char *path, pkr_pack_folder *folder, pkr_fault *fault)
{
    reading on = {.path = path, .folder = folder};
    int failure;

    memset(folder, 0, sizeof *folder);
    failure = pkr_host_each_name(path, add, &on);
    if (!on.is_short && (failure == 0 || failure == ENOENT)) {
        pair(folder);
        return 0;
    }
    pkr_pack_folder_free(folder);
    return on.is_short ? pkr_fault_memory(fault)
                       : pkr_fault_system(fault, path, failure, "cannot be read");
}

void pkr_pack_folder_free(pkr_pack_folder *folder)
{
    for (size_t i = 0; i < folder->count; i++) {
        free(folder->list[i].path);
        free(folder->list[i].problem);
    }
    free(folder->list);
    memset(folder, 0, sizeof *folder);
}

pkr_pack_name *pkr_pack_folder_find(const pkr_pack_folder *folder, const char *path)
{
    return folder->count > 0
               ? bsearch(path, folder->list, folder->count, sizeof *folder->list, compare_path)
               : NULL;
}
