/* header_sweep.c - sweeps a pack's entry headers in order of offset. */
#include "read/header_sweep.h"

#include <string.h>

#include "object/chain.h"
#include "base/fault.h"
#include "base/memory.h"
#include "read/info.h"
#include "store/orders.h"

void pkr_header_sweep_free(pkr_header_sweep *survey, pkr_budget *budget)
{
    pkr_memory_free(budget, survey->memory, survey->charged);
    memset(survey, 0, sizeof *survey);
}

/* One piece for all columns, the widest first. */
static int allocate(pkr_header_sweep *survey, pkr_budget *budget, uint32_t count, unsigned want,
                    pkr_fault *fault)
{
    const uint64_t rows = count ? count : 1;
    const uint64_t sizes = want & PACKREAD_WANT_SIZE ? rows * sizeof *survey->sizes : 0;
    const uint64_t depths = want & PACKREAD_WANT_DEPTH ? rows * sizeof *survey->depths : 0;
    static const pkr_need need = {NULL,
                                  "the memory limit has no room to sweep this pack's headers"};
    unsigned char *memory;
    int status;

    memset(survey, 0, sizeof *survey);
    status = pkr_memory_new(budget, sizes + depths + 2 * rows, &need, &survey->memory, fault);
    if (status != 0)
        return status;
    memory = survey->memory;
    survey->charged = sizes + depths + 2 * rows;
    memset(memory, 0xff, (size_t)(sizes + depths));
    if (sizes)
        survey->sizes = (uint32_t *)(void *)memory;
    if (depths)
        survey->depths = (uint16_t *)(void *)(memory + sizes);
    survey->types = memory + sizes + depths;
    survey->stored = survey->types + rows;
    return 0;
}

/* The base's row where the base has been swept already; else the entry stays unknown. */
static bool find_base(packread_reader *reader, const pkr_pack *pack, const pkr_revindex *revindex,
                      uint64_t offset, const pkr_entry *entry, uint32_t *position)
{
    uint64_t base;
    uint32_t rank;

    if (pkr_chain_base(reader, pack, offset, entry, &base, position, NULL) != 0)
        return false;
    if (entry->type == PACKREAD_OFS_DELTA) {
        rank = pkr_revindex_find(revindex, base);
        if (rank == PKR_NO_RANK)
            return false;
        *position = pkr_revindex_position(revindex, rank);
    }
    return true;
}

static void sweep_entry(pkr_header_sweep *survey, packread_reader *reader, const pkr_pack *pack,
                        const pkr_revindex *revindex, uint32_t rank)
{
    uint64_t offset = pkr_revindex_offset(revindex, rank);
    uint32_t position = pkr_revindex_position(revindex, rank);
    uint32_t base = 0;
    uint64_t size;
    pkr_entry entry;

    if (pkr_chain_entry(reader, pack, offset, &entry, NULL) != 0)
        return;
    survey->stored[position] = (unsigned char)entry.type;
    if (entry.type <= PACKREAD_TAG) {
        survey->types[position] = (unsigned char)entry.type;
        if (survey->depths)
            survey->depths[position] = 0;
    } else if (find_base(reader, pack, revindex, offset, &entry, &base)) {
        survey->types[position] = survey->types[base];
        if (survey->depths && survey->depths[base] < PKR_HEADER_SWEEP_DEEP - 1)
            survey->depths[position] = (uint16_t)(survey->depths[base] + 1);
    }
    if (survey->sizes && pkr_info_size(reader, pack, offset, &entry, &size, NULL) == 0 &&
        size < PKR_HEADER_SWEEP_ASK)
        survey->sizes[position] = (uint32_t)size;
}

int pkr_header_sweep_make(packread_reader *reader, pkr_pack *pack, unsigned want,
                          pkr_header_sweep *survey, pkr_fault *fault)
{
    pkr_budget *budget = &reader->snapshot->budget;
    const pkr_revindex *revindex;
    int status = pkr_orders_get(reader->budget, &reader->rows, pack, &revindex, fault);

    if (status != 0)
        return status;
    status = allocate(survey, budget, pack->idx.count, want, fault);
    for (uint32_t rank = 0; status == 0 && rank < revindex->count; rank++) {
        sweep_entry(survey, reader, pack, revindex, rank);
        if (pkr_reader_fault(reader, NULL) != 0) {
            /* Zeros in the place of the file's bytes say nothing of this entry, and what was swept
             * before is right. */
            survey->types[pkr_revindex_position(revindex, rank)] = PACKREAD_NONE;
            break;
        }
    }
    pkr_orders_done(pack);
    return status;
}

bool pkr_header_sweep_answer(const pkr_header_sweep *survey, uint32_t position, unsigned want,
                             packread_info *info)
{
    if (!survey->types || survey->types[position] == PACKREAD_NONE)
        return false;
    info->type = (enum packread_type)survey->types[position];
    info->stored_type = (enum packread_type)survey->stored[position];
    if (want & PACKREAD_WANT_SIZE) {
        if (survey->sizes[position] == PKR_HEADER_SWEEP_ASK)
            return false;
        info->size = survey->sizes[position];
    }
    if (want & PACKREAD_WANT_DEPTH) {
        if (survey->depths[position] == PKR_HEADER_SWEEP_DEEP)
            return false;
        info->depth = survey->depths[position];
    }
    return true;
}
