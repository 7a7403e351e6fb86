/* index_blame.c - sums an index at the first object that cannot be read by it, or the pack, and
 * remembers. */
#include "pack/index_blame.h"

#include "pack/sum.h"

/* Of pkr_pack's is_sum_right. */
enum { UNKNOWN = 0, RIGHT, WRONG };

/* Of one of its files. */
static int sum_up(const pkr_pack *pack, const pkr_source *source, const char *path, uint64_t size,
                  pkr_budget *budget, bool *is_right, pkr_fault *fault)
{
    const size_t id_size = pack->idx.id_size;
    pkr_view view = {.budget = budget};
    packread_id stored;
    int status = pkr_view_point(&view, pack, source, path, size, fault);

    if (status == 0)
        status = pkr_sum_check(&view, size - id_size, id_size, NULL, &stored, is_right, fault);
    if (pkr_view_spoiled(&view))
        status = pkr_view_fault(&view, fault);
    pkr_view_close(&view);
    return status;
}

static bool has_index(const pkr_pack *pack)
{
    return !pack->alone && !pack->derived.bytes;
}

bool pkr_index_is_wrong(pkr_pack *pack, pkr_budget *budget)
{
    unsigned char known = PKR_INDEX_UNKNOWN;
    bool is_right = true;
    pkr_fault fault;

    if (!has_index(pack))
        return false;
    if (atomic_load(&pack->index_state) == PKR_INDEX_UNKNOWN &&
        sum_up(pack, &pack->index, pack->index_path, pack->idx.size, budget, &is_right, &fault) ==
            0)
        atomic_compare_exchange_strong(&pack->index_state, &known,
                                       is_right ? PKR_INDEX_RIGHT : PKR_INDEX_WRONG);
    return atomic_load(&pack->index_state) >= PKR_INDEX_WRONG;
}

static bool is_pack_right(pkr_pack *pack, pkr_budget *budget)
{
    unsigned char known = atomic_load(&pack->is_sum_right);
    bool is_right = false;
    pkr_fault fault;

    if (known == UNKNOWN &&
        sum_up(pack, &pack->data, pack->path, pack->size, budget, &is_right, &fault) == 0) {
        known = is_right ? RIGHT : WRONG;
        atomic_store(&pack->is_sum_right, known);
    }
    return known == RIGHT;
}

bool pkr_index_is_suspect(pkr_pack *pack, pkr_budget *budget)
{
    unsigned char known = PKR_INDEX_RIGHT;

    if (!has_index(pack) || !is_pack_right(pack, budget))
        return false;
    atomic_compare_exchange_strong(&pack->index_state, &known, PKR_INDEX_SUSPECT);
    return known == PKR_INDEX_RIGHT || known == PKR_INDEX_SUSPECT;
}

void pkr_index_refute(pkr_pack *pack)
{
    atomic_store(&pack->index_state, PKR_INDEX_REFUTED);
}

void pkr_index_acquit(pkr_pack *pack)
{
    unsigned char known = PKR_INDEX_SUSPECT;

    atomic_compare_exchange_strong(&pack->index_state, &known, PKR_INDEX_RIGHT);
}

/* A suspect has to be replaced first. */
static bool is_blamed(pkr_pack *pack, pkr_budget *budget)
{
    return pkr_index_is_wrong(pack, budget) &&
           (atomic_load(&pack->index_state) != PKR_INDEX_SUSPECT ||
            atomic_load(&pack->gone_since) != 0);
}

void pkr_index_blame(pkr_pack *pack, pkr_budget *budget, pkr_fault *fault)
{
    if (fault->file != pack->path ||
        (fault->code != PACKREAD_ERROR_CORRUPT && fault->code != PACKREAD_ERROR_THIN) ||
        !is_blamed(pack, budget))
        return;
    fault->code = PACKREAD_ERROR_CORRUPT;
    fault->file = pack->index_path;
    fault->has_offset = false;
    fault->text =
        atomic_load(&pack->index_state) == PKR_INDEX_WRONG
            ? "the index is damaged, its checksum is wrong: what it leads to is not the object"
            : "the index is damaged, though its checksum is right: what it leads to is not the "
              "object";
}
