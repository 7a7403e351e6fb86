/* doubts.c - puts the doubts of an opened pack into words. */
#include "store/doubts.h"

#include <stdio.h>

#include "store/derived.h"

static void tell_index(const pkr_pack *pack, packread_error *told)
{
    pkr_fault_publish(&pack->index_doubt, told);
    if (pack->derived)
        snprintf(told->text, sizeof told->text, "an index made from the pack is used instead: %s",
                 pack->index_doubt.text);
}

size_t pkr_doubts_tell(const pkr_pack *pack, packread_error told[PKR_DOUBTS_MOST])
{
    size_t count = 0;

    if (pack->index_doubt.code != 0)
        tell_index(pack, &told[count++]);
    if (pack->doubt.code != 0)
        pkr_fault_publish(&pack->doubt, &told[count++]);
    /* Of a header that is damaged was told already. */
    if (pkr_derived_is_partial(pack) && (pack->doubt.code == 0 || pack->idx.count < pack->claimed))
        pkr_error_set(&told[count++], pack->derived->findings, pack->path,
                      "the pack is damaged: the index made from it may lack objects");
    return count;
}
