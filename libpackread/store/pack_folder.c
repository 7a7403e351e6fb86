/* pack_folder.c - reads a folder, and puts the two files of each pack together. */
#include "store/pack_folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "platform/host.h"

typedef struct reading {
    const char *path;
    pkr_pack_folder *folder;
    bool is_short; /* of memory */
} reading;

bool pkr_pack_folder_takes(const char *name)
{
    return (pkr_path_ends_with(name, ".pack") || pkr_path_ends_with(name, ".idx")) &&
           strncmp(name, ".tmp-", 5) != 0 && strncmp(name, "tmp_", 4) != 0;
}

/* By what comes before the ending. */
static int compare(const void *left, const void *right)
{
    const char *a = ((const pkr_pack_name *)left)->path;
    const char *b = ((const pkr_pack_name *)right)->path;
    size_t a_stem = strlen(a) - strlen(".pack");
    size_t b_stem = strlen(b) - strlen(".pack");
    int order = memcmp(a, b, a_stem < b_stem ? a_stem : b_stem);

    if (order == 0 && a_stem != b_stem)
        order = a_stem < b_stem ? -1 : 1;
    return order;
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

static bool add(void *context, const char *name)
{
    reading *on = context;
    const bool is_pack = pkr_path_ends_with(name, ".pack");
    char *found;
    char *path = NULL;

    if (!pkr_pack_folder_takes(name))
        return true;
    found = pkr_path_join(on->path, name);
    if (found)
        path = pkr_path_with_ending(found, ".pack");
    free(found);
    on->is_short = !path || !make_room(on->folder);
    if (on->is_short)
        free(path);
    else
        on->folder->list[on->folder->count++] =
            (pkr_pack_name){.path = path, .has_pack = is_pack, .has_index = !is_pack};
    return !on->is_short;
}

/* Of names that are there twice, for pack and index, one stays. */
static void pair(pkr_pack_folder *folder)
{
    size_t kept = 0;

    if (folder->count > 0)
        qsort(folder->list, folder->count, sizeof *folder->list, compare);
    for (size_t i = 0; i < folder->count; i++) {
        const pkr_pack_name *next = &folder->list[i];

        if (kept > 0 && strcmp(folder->list[kept - 1].path, next->path) == 0) {
            folder->list[kept - 1].has_pack |= next->has_pack;
            folder->list[kept - 1].has_index |= next->has_index;
            free(next->path);
        } else {
            folder->list[kept++] = *next;
        }
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

pkr_pack_name *pkr_pack_folder_find(const pkr_pack_folder *folder, const pkr_pack *pack)
{
    const pkr_pack_name sought = {.path = pack->path};

    return folder->count > 0 ? bsearch(&sought, folder->list, folder->count, sizeof sought, compare)
                             : NULL;
}
