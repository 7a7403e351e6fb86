/* check_crc.c - tells damage to an entry from bytes behind it that are not its own. */
#include "verify/check_crc.h"

#include "pack/sum.h"
#include "verify/check_gap.h"
#include "walk/fence.h"

static int stored_crc(const pkr_forest *forest, packread_reader *reader, uint32_t rank,
                      uint32_t *crc, pkr_fault *fault)
{
    return pkr_rows_crc(&reader->rows, forest->pack, pkr_revindex_position(forest->order, rank),
                        crc, fault);
}

/* Of the entry's own bytes, if it can be told where they end. */
static int measure(pkr_forest *forest, pkr_crcs *crcs, pkr_fault *fault)
{
    packread_reader *reader = crcs->reader;
    int status = pkr_fence_measure_at(forest, reader, crcs->at, crcs->next, &crcs->end, fault);

    if (status == 0 && crcs->end > crcs->at)
        status = pkr_sum_crc(&reader->data, crcs->at, crcs->end, &crcs->to_end, fault);
    crcs->is_measured = status == 0;
    return status;
}

int pkr_check_crc(void *context, uint32_t rank, pkr_fault *fault)
{
    pkr_crcs *crcs = context;
    pkr_findings *findings = crcs->findings;
    packread_reader *reader = crcs->reader;
    pkr_forest *forest = findings->forest;
    uint64_t at = pkr_forest_offset(forest, rank);
    uint32_t stored = 0;
    int status;

    if (forest->pack->idx.version != 2) /* 0 without an index */
        return 0;
    if (forest->pack->beyond > 0 && pkr_forest_next(forest, rank) == forest->end)
        return 0; /* the cut goes through it, which inflating tells */
    status = stored_crc(forest, reader, rank, &stored, fault);
    if (status == 0 && crcs->at != at) {
        *crcs = (pkr_crcs){findings, reader, .at = at, .next = pkr_forest_next(forest, rank)};
        status = pkr_sum_crc(&reader->data, at, crcs->next, &crcs->to_next, fault);
    }
    if (status != 0 || stored == crcs->to_next)
        return status;
    if (!crcs->is_measured)
        status = measure(forest, crcs, fault);
    if (status != 0)
        return status;
    if (crcs->end == at || crcs->end == crcs->next || stored != crcs->to_end) {
        pkr_findings_report_text(findings, reader, rank,
                                 "CRC-32 of the entry is not the one in the index");
        return 0;
    }
    if (!crcs->is_told)
        status = pkr_check_gap(findings, reader, crcs->end, crcs->next, fault);
    crcs->is_told = true;
    return status;
}

/* Whether a row of the entry at `rank` has this CRC. */
static int has_row(const pkr_forest *forest, packread_reader *reader, uint32_t rank, uint32_t crc,
                   bool *found, pkr_fault *fault)
{
    uint32_t end = pkr_forest_rows_end(forest, rank);
    int status = 0;

    for (*found = false; status == 0 && !*found && rank < end; rank++) {
        uint32_t stored = 0;

        status = stored_crc(forest, reader, rank, &stored, fault);
        *found = status == 0 && stored == crc;
    }
    return status;
}

int pkr_check_crc_gap(pkr_findings *findings, packread_reader *reader, uint32_t rank, uint64_t end,
                      pkr_fault *fault)
{
    const pkr_forest *forest = findings->forest;
    uint64_t at = pkr_forest_offset(forest, rank);
    uint64_t next = pkr_forest_next(forest, rank);
    uint32_t to_next = 0;
    uint32_t to_end = 0;
    bool told = false;
    int status = 0;

    if (forest->pack->idx.version == 2) {
        status = pkr_sum_crc(&reader->data, at, next, &to_next, fault);
        if (status == 0)
            status = pkr_sum_crc(&reader->data, at, end, &to_end, fault);
        if (status == 0 && to_end != to_next)
            status = has_row(forest, reader, rank, to_end, &told, fault);
    }
    if (status != 0 || told)
        return status;
    return pkr_check_gap(findings, reader, end, next, fault);
}
