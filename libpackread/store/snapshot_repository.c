/* snapshot_repository.c - what a caller may know of the repository that a snapshot is of. */
#include "base/path.h"
#include "base/sized.h"
#include "store/snapshot.h"

int packread_snapshot_repository(const packread_snapshot *snapshot, packread_repository_info *info)
{
    const pkr_repository *known;
    packread_repository_info told;

    if (!snapshot || !info || !pkr_sized_can_be_given(info))
        return PACKREAD_ERROR_ARGUMENT;
    known = snapshot->repository;
    if (!known)
        return PACKREAD_ERROR_NOT_FOUND;
    told = (packread_repository_info){
        .git_dir = pkr_path_shown(known->git_dir),
        .common_dir = pkr_path_shown(known->common_dir),
        .work_tree = known->work_tree ? pkr_path_shown(known->work_tree) : NULL,
        .promisor = known->promisor,
        .is_shallow = known->is_shallow,
        .id_size = (unsigned)known->id_size,
        .ref_storage = known->ref_storage == PKR_REFS_REFTABLE ? "reftable" : "files"};
    pkr_sized_give(info, PKR_END_OF(packread_repository_info, is_shallow), &told, sizeof told);
    return 0;
}
