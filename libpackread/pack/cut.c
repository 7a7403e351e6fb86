/* cut.c - counts the rows of an index that lie behind the end of its pack. */
#include "pack/cut.h"

#include <stdio.h>
#include <stdlib.h>

#include "pack/rows.h"

/* `last`: the greatest offset. A row that names none is none of these. */
static int count_rows(const pkr_pack *pack, pkr_rows *rows, uint32_t *beyond, uint64_t *last,
                      pkr_fault *fault)
{
    int status = 0;

    for (uint32_t position = 0; status == 0 && position < pack->idx.count; position++) {
        uint64_t offset = 0;
        pkr_fault detail;

        status = pkr_rows_named_offset(rows, pack, position, &offset, &detail);
        if (status == 0 && offset >= pack->end) {
            ++*beyond;
            *last = offset > *last ? offset : *last;
        } else if (status == PACKREAD_ERROR_CORRUPT) {
            status = 0;
        } else if (status != 0) {
            pkr_fault_copy(fault, &detail);
        }
    }
    return pkr_rows_settle(rows, status, fault);
}

static int say_so(pkr_pack *pack, uint32_t beyond, uint64_t last, pkr_fault *fault)
{
    static const char format[] = "the pack is cut short here: %lu of %lu objects of its index lie "
                                 "behind, the last at offset %llu";
    const size_t size = sizeof format + 3 * 20;

    pack->counts = malloc(size);
    if (!pack->counts)
        return pkr_fault_memory(fault);
    snprintf(pack->counts, size, format, (unsigned long)beyond, (unsigned long)pack->idx.count,
             (unsigned long long)last);
    pkr_pack_damaged(pack, pack->size, pack->counts, &pack->doubt);
    pack->beyond = beyond;
    return 0;
}

int pkr_cut_measure(pkr_pack *pack, pkr_budget *budget, pkr_fault *fault)
{
    pkr_rows rows = {.ids.budget = budget,
                     .crcs.budget = budget,
                     .offsets.budget = budget,
                     .wide.budget = budget};
    uint32_t beyond = 0;
    uint64_t last = 0;
    int status = count_rows(pack, &rows, &beyond, &last, fault);

    pkr_rows_close(&rows);
    return status == 0 && beyond > 0 ? say_so(pack, beyond, last, fault) : status;
}
