/* folders.c - tells the object folders of a snapshot to whoever uses the library, and what ids the
 * objects in them have. */
#include "base/path.h"
#include "base/sized.h"
#include "store/snapshot.h"

unsigned pkr_snapshot_id_size(const packread_snapshot *snapshot)
{
    const pkr_pack *pack;

    if (snapshot->id_size != 0)
        return snapshot->id_size;
    pack = pkr_packs_get(&snapshot->packs, 0);
    if (pack)
        return (unsigned)pack->idx.id_size;
    return snapshot->repository ? (unsigned)snapshot->repository->id_size : 0;
}

size_t packread_snapshot_folders(const packread_snapshot *snapshot)
{
    return snapshot ? pkr_shelf_count(&snapshot->folders) : 0;
}

int packread_snapshot_folder(const packread_snapshot *snapshot, size_t folder,
                             packread_folder_info *info)
{
    packread_folder_info told;
    const pkr_object_folder *known = NULL;

    if (snapshot && folder <= UINT32_MAX)
        known = pkr_object_folder_get(&snapshot->folders, (uint32_t)folder);
    if (!known || !info || !pkr_sized_can_be_given(info))
        return PACKREAD_ERROR_ARGUMENT;
    told = (packread_folder_info){.path = pkr_path_shown(known->path),
                                  .is_alternate = known->is_alternate,
                                  .is_there = pkr_object_folder_is_there(known)};
    pkr_sized_give(info, PKR_END_OF(packread_folder_info, is_alternate), &told, sizeof told);
    return 0;
}
