/* index_blame.c - sums an index at the first object that cannot be read by it, and remembers. */
#include "pack/index_blame.h"

#include "pack/sum.h"

/* Of pkr_pack's index_sum. */
enum { UNKNOWN = 0, RIGHT, WRONG };

static int sum_up(const pkr_pack *pack, pkr_budget *budget, bool *is_right, pkr_fault *fault)
{
    const size_t id_size = pack->idx.id_size;
    pkr_view view = {.budget = budget};
    packread_id stored;
    int status = pkr_view_point(&view, pack, &pack->index, pack->index_path, pack->idx.size, fault);

    if (status == 0)
        status =
            pkr_sum_check(&view, pack->idx.size - id_size, id_size, NULL, &stored, is_right, fault);
    if (pkr_view_spoiled(&view))
        status = pkr_view_fault(&view, fault);
    pkr_view_close(&view);
    return status;
}

static bool is_sum_wrong(pkr_pack *pack, pkr_budget *budget)
{
    unsigned char known = atomic_load(&pack->index_sum);
    bool is_right = true;
    pkr_fault fault;

    if (known == UNKNOWN && sum_up(pack, budget, &is_right, &fault) == 0) {
        known = is_right ? RIGHT : WRONG;
        atomic_store(&pack->index_sum, known);
    }
    return known == WRONG;
}

bool pkr_index_is_wrong(pkr_pack *pack, pkr_budget *budget)
{
    return !pack->alone && !pack->derived.bytes && is_sum_wrong(pack, budget);
}

void pkr_index_blame(pkr_pack *pack, pkr_budget *budget, pkr_fault *fault)
{
    if (fault->file != pack->path ||
        (fault->code != PACKREAD_ERROR_CORRUPT && fault->code != PACKREAD_ERROR_THIN) ||
        !pkr_index_is_wrong(pack, budget))
        return;
    fault->code = PACKREAD_ERROR_CORRUPT;
    fault->file = pack->index_path;
    fault->has_offset = false;
    fault->text = "the index is damaged, its checksum is wrong: what it leads to is not the object";
}
