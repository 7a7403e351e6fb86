/* pair.c - the layout of the index, and the witnesses that it is this pack's. */
#include "pack/pair.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "pack/cut.h"
#include "pack/sum.h"

/* The id size is not in the files: that of SHA-1 is tried first, and no layout fits both. */
static int read_index_head(pkr_pack *pack, pkr_view *index, pkr_fault *fault)
{
    const unsigned char *head;
    size_t length = PKR_IDX_HEAD;
    const char *text;
    const char *other;
    int status;

    if (index->end == 0)
        return pkr_fault_set(fault, PACKREAD_ERROR_NOT_AN_INDEX, pack->index_path, "empty file");
    status = pkr_view_upto(index, 0, &length, &head, fault);
    if (status != 0)
        return status;
    status = pkr_idx_parse(head, length, index->end, 20, &pack->idx, &text);
    if (status != 0 && status != PACKREAD_ERROR_VERSION &&
        pkr_idx_parse(head, length, index->end, 32, &pack->idx, &other) == 0)
        status = 0;
    return status == 0 ? 0 : pkr_fault_set(fault, status, pack->index_path, text);
}

int pkr_pair_check_head(const pkr_pack *pack, bool has_magic, pkr_fault *fault)
{
    if (!has_magic)
        return pkr_fault_set(fault, PACKREAD_ERROR_NOT_A_PACK, pack->path,
                             "does not begin with PACK");
    if (pack->version != 2 && pack->version != 3)
        return pkr_fault_at(fault, PACKREAD_ERROR_VERSION, pack->path, 4,
                            "pack version is neither 2 nor 3");
    return 0;
}

/* The index names the pack's trailer. Errors: MISMATCH, those of reading. */
static int check_trailer(const pkr_pack *pack, pkr_view *data, pkr_view *index, pkr_fault *fault)
{
    size_t id_size = pack->idx.id_size;
    packread_id stored;
    packread_id named;
    int status;

    if (pack->size < PKR_PACK_HEADER + id_size)
        return pkr_fault_set(fault, PACKREAD_ERROR_MISMATCH, pack->path, "too short for its index");
    status = pkr_sum_stored(data, pack->size - id_size, id_size, &stored, fault);
    if (status == 0)
        status = pkr_sum_stored(index, pack->idx.pack_sum, id_size, &named, fault);
    if (status == 0 && packread_id_compare(&stored, &named) != 0)
        return pkr_fault_at(fault, PACKREAD_ERROR_MISMATCH, pack->path, pack->size - id_size,
                            "pack trailer is not the one that the index names: damaged, or cut "
                            "short");
    return status;
}

/* Which of the two files has the sum that it ends with. */
typedef struct sums {
    bool index_is_right;
    bool pack_is_right;
} sums;

static int sum_up_pack(pkr_view *data, size_t id_size, sums *found, pkr_fault *fault)
{
    packread_id stored;

    if (data->end < PKR_PACK_HEADER + id_size)
        return 0;
    return pkr_sum_check(data, data->end - id_size, id_size, NULL, &stored, &found->pack_is_right,
                         fault);
}

/* The pack may be of another hash than the index beside it, unless that names it. */
static int sum_up(const pkr_pack *pack, bool names_it, pkr_view *data, pkr_view *index, sums *found,
                  pkr_fault *fault)
{
    const size_t id_size = pack->idx.id_size;
    packread_id stored;
    int status = pkr_sum_check(index, index->end - id_size, id_size, NULL, &stored,
                               &found->index_is_right, fault);

    if (status == 0)
        status = sum_up_pack(data, id_size, found, fault);
    if (status == 0 && found->index_is_right && !found->pack_is_right && !names_it)
        status = sum_up_pack(data, 20 + 32 - id_size, found, fault);
    return status;
}

/* Whose fault it is that they do not fit: a pack whose sum is right is whole, unless its index has
 * its own too and names it. `of_pack` says what is wrong if it is the pack's; `names_it`: so it
 * does. */
static int blame(const pkr_pack *pack, const sums *found, bool names_it, const pkr_fault *of_pack,
                 pkr_fault *fault)
{
    if (found->index_is_right && (names_it || !found->pack_is_right))
        return pkr_fault_copy(fault, of_pack);
    if (names_it)
        return pkr_fault_set(fault, PACKREAD_ERROR_MISMATCH, pack->index_path, of_pack->text);
    return pkr_fault_at(fault, PACKREAD_ERROR_MISMATCH, pack->index_path, pack->idx.pack_sum,
                        found->index_is_right ? "is the index of another pack"
                                              : "index names another pack than the one beside it");
}

static int counts_differ(pkr_pack *pack, pkr_fault *fault)
{
    static const char format[] = "pack header counts %lu objects, its index %lu";
    const size_t size = sizeof format + 2 * 20;

    pack->counts = malloc(size);
    if (!pack->counts)
        return pkr_fault_memory(fault);
    snprintf(pack->counts, size, format, (unsigned long)pack->claimed,
             (unsigned long)pack->idx.count);
    return pkr_fault_at(fault, PACKREAD_ERROR_MISMATCH, pack->path, 8, pack->counts);
}

/* Two witnesses say that pack and index are a pair: the number of objects, and the pack's trailer.
 * Where only the trailer differs, or the index has fewer rows, the sums of both files decide. If
 * the index is whole and the pack is not, the pack was damaged or cut, which must not cost the
 * objects before that: the index is used; with fewer rows it is one of what is whole in a damaged
 * pack, as packread_index writes it. Else it is another pack's, or laid out wrongly. */
static int check_pair(pkr_pack *pack, bool has_magic, pkr_view *data, pkr_view *index,
                      pkr_fault *fault)
{
    sums found = {true, false};
    pkr_fault of_head;
    pkr_fault of_trailer;
    bool may_be_used = true;
    int head = pkr_pair_check_head(pack, has_magic, &of_head);
    int trailer = check_trailer(pack, data, index, &of_trailer);
    int status = 0;

    *fault = of_trailer;
    if (trailer != 0 && (trailer != PACKREAD_ERROR_MISMATCH || head != 0))
        return trailer;
    if (head == 0 && pack->claimed != pack->idx.count) {
        head = counts_differ(pack, &of_head);
        if (head != PACKREAD_ERROR_MISMATCH)
            return pkr_fault_copy(fault, &of_head);
        may_be_used = trailer == 0 && pack->claimed > pack->idx.count;
    }
    if (trailer != 0 || head == PACKREAD_ERROR_MISMATCH)
        status = sum_up(pack, trailer == 0, data, index, &found, fault);
    if (status != 0)
        return status;
    if (!may_be_used || !found.index_is_right || found.pack_is_right)
        return blame(pack, &found, trailer == 0, head != 0 ? &of_head : &of_trailer, fault);
    pack->lacks_rows = head == PACKREAD_ERROR_MISMATCH;
    if (head != 0 || trailer != 0)
        pack->doubt = head != 0 ? of_head : of_trailer;
    /* A pack that was cut short has its last object where a trailer would be. */
    pack->end = pack->doubt.code != 0 ? pack->size : pack->size - pack->idx.id_size;
    return trailer != 0 ? pkr_cut_measure(pack, data->budget, fault) : 0;
}

int pkr_pair_check(pkr_pack *pack, bool has_magic, pkr_view *data, pkr_view *index,
                   pkr_fault *fault)
{
    int status = read_index_head(pack, index, fault);

    return status == 0 ? check_pair(pack, has_magic, data, index, fault) : status;
}
