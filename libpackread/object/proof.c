/* proof.c - builds the object, whole or in pieces, and hashes it. */
#include "object/proof.h"

#include "base/fault.h"
#include "base/id.h"
#include "object/build_large.h"
#include "platform/hash.h"

static int hash_whole(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                      size_t id_size, packread_id *given, pkr_fault *fault)
{
    pkr_hash_job job;
    pkr_blob *blob = NULL;
    int status = pkr_build_object(reader, pack, offset, &blob, fault);

    if (status != 0)
        return status;
    job = (pkr_hash_job){
        .type = (enum packread_type)blob->type, .size = blob->size, .data = blob->data};
    if (pkr_hash_objects(&reader->snapshot->hash_way, id_size, &job, 1,
                         reader->snapshot->budget.stop) != 0)
        status = pkr_fault_stopped(fault);
    *given = job.id;
    pkr_blob_release(&reader->spares, blob);
    return status;
}

static int hash_large(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                      size_t id_size, packread_id *given, pkr_fault *fault)
{
    pkr_large large;
    pkr_hash hash;
    int status = pkr_large_begin(&large, reader, pack, offset, fault);

    if (status != 0)
        return status;
    pkr_hash_begin_object(&hash, &reader->snapshot->hash_way, id_size, large.type, large.size);
    status = pkr_large_run(&large, pkr_hash_piece, &hash, NULL, fault);
    pkr_large_end(&large);
    pkr_hash_end(&hash, given);
    return status;
}

int pkr_proof_id(packread_reader *reader, const pkr_pack *pack, uint64_t offset, packread_id *id,
                 pkr_fault *fault)
{
    const size_t id_size = pack->idx.id_size;
    int status;

    id->size = 0;
    if (offset < PKR_PACK_HEADER || offset >= pack->end)
        return 0;
    status = pkr_reader_select(reader, pack, fault);
    if (status == 0)
        status = hash_whole(reader, pack, offset, id_size, id, fault);
    if (status == PACKREAD_ERROR_BUDGET) {
        status = hash_large(reader, pack, offset, id_size, id, fault);
        pkr_spills_drop(&reader->spills);
    }
    status = pkr_reader_settle(reader, status, fault);
    if (status != 0)
        id->size = 0;
    return status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN ? 0 : status;
}
