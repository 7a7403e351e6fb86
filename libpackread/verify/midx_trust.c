/* midx_trust.c - a file whose sum is right is believed, against one whose sum is not. */
#include "verify/midx_trust.h"

#include <stdlib.h>

#include "base/path.h"
#include "object/proof.h"
#include "pack/sum.h"
#include "platform/host.h"

enum { UNKNOWN = 0, HOLDS, HOLDS_NOT };

static int sum_index(pkr_midx_check *check, const pkr_pack *pack, bool *is_right, pkr_fault *fault)
{
    const size_t id_size = pack->idx.id_size;
    packread_id stored;
    int status = pkr_view_point(&check->sum, &pack->index, &pack->index, pack->index_path,
                                pack->idx.size, fault);

    if (status == 0)
        status = pkr_sum_check(&check->sum, pack->idx.size - id_size, id_size, NULL, &stored,
                               is_right, fault);
    if (status == 0 && pkr_view_spoiled(&check->sum))
        status = pkr_view_fault(&check->sum, fault);
    return status;
}

int pkr_midx_trust_holds(pkr_midx_check *check, uint32_t number, bool *holds, pkr_fault *fault)
{
    const pkr_pack *pack = check->layer->packs[number];
    bool is_right = true;
    int status = 0;

    if (check->trust[number] == UNKNOWN) {
        if (check->is_sum_right && pack)
            status = sum_index(check, pack, &is_right, fault);
        if (status != 0)
            return status;
        check->trust[number] = is_right ? HOLDS : HOLDS_NOT;
    }
    *holds = check->trust[number] == HOLDS;
    return 0;
}

#define PROOFS_MOST 256

int pkr_midx_trust_tells(pkr_midx_check *check, uint32_t number, uint64_t offset, packread_id *id,
                         pkr_fault *fault)
{
    int status = 0;

    id->size = 0;
    if (!check->is_sum_right || check->proofs >= PROOFS_MOST)
        return 0;
    check->proofs++;
    if (!check->reader)
        status = pkr_reader_make(check->snapshot, &check->reader, fault);
    if (status == 0)
        status = pkr_proof_id(check->reader, check->layer->packs[number], offset, id, fault);
    return status == PACKREAD_ERROR_BUDGET || status == PACKREAD_ERROR_TEMPORARY ? 0 : status;
}

bool pkr_midx_trust_is_there(const pkr_midx_check *check, const char *name)
{
    const pkr_midx_file *file = check->layer->file;
    char *folder = pkr_path_folder(file->path);
    char *above = folder && file->layer > 0 ? pkr_path_join(folder, "..") : NULL;
    char *index = folder ? pkr_path_join(above ? above : folder, name) : NULL;
    char *pack = index ? pkr_path_with_ending(index, ".pack") : NULL;
    bool is_there = pack && (file->layer == 0 || above) && pkr_host_is_there(pack);

    free(pack);
    free(index);
    free(above);
    free(folder);
    return is_there;
}
