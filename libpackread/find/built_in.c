/* built_in.c - where the empty tree is had from though it is stored nowhere. */
#include "find/built_in.h"

#include "base/empty_tree.h"

bool pkr_built_in_has(const packread_reader *reader, const packread_id *id)
{
    const pkr_repository *repository = reader->snapshot->repository;

    return repository && id->size == repository->id_size && pkr_is_empty_tree(id);
}

int pkr_built_in_blob(packread_reader *reader, pkr_blob **blob, pkr_fault *fault)
{
    int status = pkr_blob_new(&reader->spares, 0, blob, fault);

    if (status == 0)
        (*blob)->type = PACKREAD_TREE;
    return status;
}
