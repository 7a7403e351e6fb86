/* misled.c - compares a row of a pack's index with that of a multi-pack-index, and sums indexes. */
#include "find/misled.h"

#include <string.h>

#include "base/fault.h"
#include "object/proof.h"
#include "pack/index_blame.h"
#include "pack/unsorted.h"

#define IDS_MOST 64 /* of a prefix: no more are looked at in one multi-pack-index */

/* Whether an answer is of use: packs can be exchanged. */
static bool may_look(const packread_reader *reader)
{
    return reader->calls == 1 && reader->snapshot->looking.is_begun &&
           !(reader->snapshot->flags & PACKREAD_INDEX_AS_IT_IS);
}

/* Whom to ask; NULL: nobody. */
static const pkr_midx_list *witness(const packread_reader *reader)
{
    return may_look(reader) ? pkr_reader_set(reader)->midx : NULL;
}

/* Whether nothing more comes of it. */
static bool is_settled(unsigned char anew)
{
    return anew == PKR_ANEW_FAILED || anew == PKR_ANEW_KEPT;
}

/* Its pack is to be opened anew. */
static bool give_up(pkr_pack *pack)
{
    unsigned char now = PKR_ANEW_NO;

    atomic_compare_exchange_strong(&pack->anew, &now, PKR_ANEW_WANTED);
    return !is_settled(now);
}

static bool is_wrong(packread_reader *reader, pkr_pack *pack)
{
    return !is_settled(atomic_load(&pack->anew)) && pkr_index_is_wrong(pack, reader->budget) &&
           give_up(pack);
}

/* Whether the pack has the object at an offset that its index does not have for it. */
static bool is_refuted(packread_reader *reader, pkr_pack *pack, const packread_id *id,
                       uint64_t offset)
{
    packread_id given;
    pkr_fault fault;

    if (is_settled(atomic_load(&pack->anew)) || pack->alone || pack->derived.bytes ||
        pkr_proof_id(reader, pack, offset, &given, &fault) != 0 ||
        packread_id_compare(&given, id) != 0)
        return false;
    pkr_index_refute(pack);
    return give_up(pack);
}

/* Whether the index may be wrong though its sum is right, now that an object cannot be had by it:
 * where the pack has its own sum too, and turns out to be whole, it is. */
static bool is_suspect(packread_reader *reader, pkr_pack *pack)
{
    return !is_settled(atomic_load(&pack->anew)) && pkr_index_is_suspect(pack, reader->budget) &&
           give_up(pack);
}

static bool tell(packread_reader *reader, pkr_pack *pack, int *status, pkr_fault *fault)
{
    reader->misled = pack;
    *status = pkr_fault_set(fault, PACKREAD_ERROR_CHANGED, pack->index_path,
                            "the index is damaged: another takes its place");
    return true;
}

/* Whether the pack's own index has the id at that offset. */
static bool has_row(packread_reader *reader, const pkr_pack *pack, const packread_id *id,
                    uint64_t offset)
{
    uint64_t own = 0;
    uint32_t position;
    int status = pkr_rows_find(&reader->rows, pack, id, &position, NULL);

    if (status == 0)
        status = pkr_rows_offset(&reader->rows, pack, position, &own, NULL);
    return pkr_rows_settle(&reader->rows, status, NULL) == 0 && own == offset;
}

bool pkr_misled_about(packread_reader *reader, const packread_id *id, int *status, pkr_fault *fault)
{
    const pkr_midx_list *list = witness(reader);
    uint64_t offset = 0;
    pkr_pack *pack = list ? pkr_midx_list_find(list, &reader->midx, id, &offset) : NULL;

    return pack && !has_row(reader, pack, id, offset) &&
           (is_wrong(reader, pack) || is_refuted(reader, pack, id, offset)) &&
           tell(reader, pack, status, fault);
}

bool pkr_misled_to(packread_reader *reader, const packread_id *id, const packread_location *copy,
                   int *status, pkr_fault *fault)
{
    const pkr_midx_list *list = witness(reader);
    const pkr_pack *pack;

    if (!list || pkr_reader_set(reader)->count != 1 || copy->kind != PACKREAD_STORE_PACK)
        return false;
    pack = pkr_reader_pack(reader, copy->store);
    return !pack->derived.bytes &&
           !pkr_midx_list_confirms(list, &reader->midx, pack, copy->position, copy->offset) &&
           pkr_misled_about(reader, id, status, fault);
}

/* Whether the pack's own index has a row for the id. */
static bool has_any_row(packread_reader *reader, const pkr_pack *pack, const packread_id *id)
{
    uint32_t position;
    int status = pkr_rows_find(&reader->rows, pack, id, &position, NULL);

    return pkr_rows_settle(&reader->rows, status, NULL) == 0;
}

bool pkr_misled_by_row(packread_reader *reader, const packread_id *id, int *status,
                       pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(reader);
    pkr_pack *found = NULL;

    for (size_t i = 0; may_look(reader) && i < set->count; i++)
        if ((pkr_unsorted_is_damaged(set->packs[i]) && is_wrong(reader, set->packs[i])) ||
            (has_any_row(reader, set->packs[i], id) &&
             (is_wrong(reader, set->packs[i]) || is_suspect(reader, set->packs[i]))))
            found = set->packs[i];
    return found && tell(reader, found, status, fault);
}

bool pkr_misled_by_disorder(packread_reader *reader, int *status, pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(reader);
    const bool is_any = atomic_load(&reader->snapshot->disordered) != NULL && may_look(reader);
    pkr_pack *found = NULL;

    for (size_t i = 0; is_any && i < set->count; i++)
        if (pkr_unsorted_is_damaged(set->packs[i]) && is_wrong(reader, set->packs[i]))
            found = set->packs[i];
    return found && tell(reader, found, status, fault);
}

/* The id behind that one; false: there is none with the same first byte. */
static bool step(packread_id *id)
{
    for (size_t i = id->size; i-- > 1;)
        if (++id->bytes[i] != 0)
            return true;
    return false;
}

bool pkr_misled_about_prefix(packread_reader *reader, const pkr_prefix *prefix, int *status,
                             pkr_fault *fault)
{
    const pkr_midx_list *list = witness(reader);

    for (size_t i = 0; list && i < list->count; i++) {
        const size_t id_size = list->layers[i].file->head.id_size;
        const packread_id high = pkr_prefix_high(prefix);
        packread_id id;

        pkr_id_set(&id, prefix->low.bytes, id_size);
        for (int k = 0; k < IDS_MOST && prefix->digits <= 2 * id_size &&
                        pkr_midx_layer_next(&list->layers[i], &reader->midx, &id) &&
                        memcmp(id.bytes, high.bytes, id_size) <= 0;
             k++)
            if (pkr_misled_about(reader, &id, status, fault))
                return true;
            else if (!step(&id))
                break;
    }
    return false;
}

/* Whether a multi-pack-index has all ids of these rows. */
static bool is_witnessed(packread_reader *reader, const pkr_pack *pack, const pkr_run *run)
{
    const pkr_midx_list *list = witness(reader);
    bool is_one = list && run->end - run->begin <= IDS_MOST;

    for (uint32_t place = run->begin; is_one && place < run->end; place++) {
        const unsigned char *bytes;
        uint64_t offset;
        packread_id id;
        int status = pkr_rows_id(&reader->rows, pack, pkr_run_position(run, place), &bytes, NULL);

        if (status == 0)
            pkr_id_set(&id, bytes, pack->idx.id_size);
        is_one = status == 0 && pkr_midx_list_find(list, &reader->midx, &id, &offset);
    }
    return pkr_rows_settle(&reader->rows, 0, NULL) == 0 && is_one;
}

static bool has_doubtful(packread_reader *reader, const pkr_pack *pack, const pkr_prefix *prefix)
{
    const packread_id high = pkr_prefix_high(prefix);
    pkr_run run = {NULL, 0, 0};
    int status = PACKREAD_ERROR_NOT_FOUND;

    if (prefix->digits <= 2 * pack->idx.id_size)
        status = pkr_unsorted_range(&reader->rows, pack, reader->budget, &prefix->low, &high, &run,
                                    NULL);
    status = pkr_rows_settle(&reader->rows, status, NULL);
    return status == 0 && run.begin < run.end && !is_witnessed(reader, pack, &run);
}

bool pkr_misled_to_several(packread_reader *reader, const pkr_prefix *prefix, int *status,
                           pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(reader);
    pkr_pack *found = NULL;

    for (size_t i = 0; may_look(reader) && i < set->count; i++)
        if (has_doubtful(reader, set->packs[i], prefix) && is_wrong(reader, set->packs[i]))
            found = set->packs[i];
    return found && tell(reader, found, status, fault);
}

/* Whether a multi-pack-index is damaged, so that nothing says any more what indexes may lack. */
static bool is_witness_lost(const packread_reader *reader)
{
    const pkr_midx_list *list = witness(reader);

    return list && list->is_any_damaged;
}

bool pkr_misled_by_loss(packread_reader *reader, int *status, pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(reader);
    pkr_pack *found = NULL;

    for (size_t i = 0; is_witness_lost(reader) && i < set->count; i++)
        if (is_wrong(reader, set->packs[i]))
            found = set->packs[i];
    return found && tell(reader, found, status, fault);
}

bool pkr_misled_at_all(packread_reader *reader, int *status, pkr_fault *fault)
{
    const pkr_midx_list *list = witness(reader);
    pkr_pack *found = NULL;

    if (pkr_misled_by_loss(reader, status, fault))
        return true;
    for (size_t i = 0; list && i < list->count; i++)
        for (uint32_t k = 0; k < list->layers[i].file->head.packs; k++) {
            pkr_pack *pack = list->layers[i].packs[k];

            if (pack && is_wrong(reader, pack)) /* all of them: they are opened anew at one look */
                found = pack;
        }
    return found && tell(reader, found, status, fault);
}
