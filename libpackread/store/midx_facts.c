/* midx_facts.c - the multi-pack-indexes of a snapshot, in packread.h's terms. */
#include "base/path.h"
#include "base/sized.h"
#include "store/snapshot.h"

size_t packread_snapshot_midxes(const packread_snapshot *snapshot)
{
    return snapshot ? pkr_shelf_count(&snapshot->midx_files) : 0;
}

int packread_snapshot_midx(const packread_snapshot *snapshot, size_t midx, packread_midx_info *info)
{
    packread_midx_info told;
    uint32_t blocked_by;
    bool is_there;
    const pkr_midx_file *file = snapshot && midx <= UINT32_MAX
                                    ? pkr_shelf_get(&snapshot->midx_files, (uint32_t)midx)
                                    : NULL;

    if (!file || !info || !pkr_sized_can_be_given(info))
        return PACKREAD_ERROR_ARGUMENT;
    is_there = atomic_load(&file->users) > 0;
    blocked_by = is_there ? atomic_load(&file->blocked_by) : 0;
    told = (packread_midx_info){.path = pkr_path_shown(file->path),
                                .size = file->head.size,
                                .version = file->head.version,
                                .id_size = (unsigned)file->head.id_size,
                                .layer = file->layer,
                                .packs = file->head.packs,
                                .packs_there = atomic_load(&file->named),
                                .objects = file->head.count,
                                .has_order = file->head.order.at != 0,
                                .has_bitmaps = file->head.bitmaps.at != 0,
                                .is_used = is_there && blocked_by == 0,
                                .blocked_by = blocked_by};
    pkr_sized_give(info, PKR_END_OF(packread_midx_info, is_used), &told, sizeof told);
    return 0;
}
