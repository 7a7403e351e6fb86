/* object_folder.c - keeps the object folders of a repository in their order: its own first. */
#include "place/object_folder.h"

#include <stdlib.h>
#include <string.h>

#include "packread.h"

static void discard(pkr_object_folder *folder)
{
    free(folder->path);
    free(folder);
}

int pkr_object_folder_add(pkr_shelf *folders, const char *path, bool is_alternate)
{
    pkr_object_folder *made = calloc(1, sizeof *made);

    if (!made)
        return PACKREAD_ERROR_MEMORY;
    made->path = strdup(path);
    made->number = pkr_shelf_count(folders);
    made->is_alternate = is_alternate;
    if (made->path && pkr_shelf_put(folders, made) == 0)
        return 0;
    discard(made);
    return PACKREAD_ERROR_MEMORY;
}

const pkr_object_folder *pkr_object_folder_get(const pkr_shelf *folders, uint32_t number)
{
    return pkr_shelf_get(folders, number);
}

bool pkr_object_folder_mark(const pkr_shelf *folders, uint32_t number, bool is_there)
{
    pkr_object_folder *folder = pkr_shelf_get(folders, number);

    return folder && atomic_exchange(&folder->is_there, is_there) != is_there;
}

void pkr_object_folders_end(pkr_shelf *folders)
{
    for (uint32_t i = 0; i < pkr_shelf_count(folders); i++)
        discard(pkr_shelf_get(folders, i));
    pkr_shelf_free(folders);
}
