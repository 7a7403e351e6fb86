/* check_large.c - hashes an object as it is streamed. */
#include "verify/check_large.h"

#include "object/build_large.h"
#include "platform/hash.h"
#include "walk/fence.h"

static int hash_object(pkr_large *large, packread_id *given, uint64_t *end, pkr_fault *fault)
{
    pkr_hash hash;
    int status;

    pkr_hash_begin_object(&hash, large->pack->idx.id_size, large->type, large->size);
    status = pkr_large_run(large, pkr_hash_piece, &hash, end, fault);
    if (status == 0)
        pkr_hash_end(&hash, given);
    return status;
}

int pkr_check_large(pkr_findings *findings, packread_reader *reader, uint32_t rank, uint64_t *size,
                    packread_id *given, uint64_t *end, pkr_fault *fault)
{
    pkr_forest *forest = findings->forest;
    const pkr_pack *pack = forest->pack;
    pkr_large large;
    int status;

    pkr_fence_begin(forest, reader, rank);
    do {
        status = pkr_large_begin(&large, reader, pack, pkr_forest_offset(forest, rank), fault);
        if (status == 0) {
            *size = large.size;
            status = hash_object(&large, given, end, fault);
            pkr_large_end(&large);
        }
    } while (pkr_fence_go_beyond(forest, reader, rank, &status, fault));
    return status;
}
