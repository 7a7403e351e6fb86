/* pack.c - what became of the files of a pack since they were opened. */
#include "store/pack.h"

#include "base/fault.h"
#include "store/view.h"

uint64_t pkr_pack_faults(const pkr_pack *pack)
{
    return smmap_cursor_faults(pack->data_rest) + smmap_cursor_faults(pack->index_rest);
}

int pkr_pack_fault(const pkr_pack *pack, pkr_fault *fault)
{
    const pkr_view data = {.cursor = pack->data_rest, .file = pack->path};
    const pkr_view index = {.cursor = pack->index_rest, .file = pack->index_path};

    return pkr_view_fault(smmap_cursor_faults(pack->index_rest) ? &index : &data, fault);
}
