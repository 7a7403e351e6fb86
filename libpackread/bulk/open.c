/* open.c - the public calls that open a snapshot: here packs without an index of use get one, which
 * takes a walk over all that is in them. */
#include "bulk/derive_index.h"
#include "store/snapshot.h"

int packread_snapshot_open(const char *where, const packread_options *options,
                           packread_snapshot **snapshot, packread_error *error)
{
    return pkr_snapshot_open(where, options, pkr_derive_index, snapshot, error);
}

int packread_snapshot_open_files(int pack, int index, const packread_options *options,
                                 packread_snapshot **snapshot, packread_error *error)
{
    const pkr_pack_given data = {.fd = pack};
    const pkr_pack_given rows = {.fd = index};

    return pkr_snapshot_open_given(&data, &rows, options, pkr_derive_index, snapshot, error);
}

int packread_snapshot_open_bytes(const void *pack, size_t pack_size, const void *index,
                                 size_t index_size, const packread_options *options,
                                 packread_snapshot **snapshot, packread_error *error)
{
    const pkr_pack_given data = {.fd = -1, .bytes = pack, .size = pack_size};
    const pkr_pack_given rows = {.fd = -1, .bytes = index, .size = index_size};

    return pkr_snapshot_open_given(&data, &rows, options, pkr_derive_index, snapshot, error);
}
