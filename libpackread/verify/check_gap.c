/* check_gap.c - names entries that the index does not, and bytes that are none. */
#include "verify/check_gap.h"

#include <stdio.h>

#include "base/fault.h"
#include "base/id.h"
#include "object/chain.h"
#include "walk/candidate.h"
#include "walk/fence.h"

static void report_bytes(pkr_findings *findings, uint64_t at, uint64_t next)
{
    char text[100];

    if (next - at == 1)
        snprintf(text, sizeof text, "1 byte belongs to no object");
    else
        snprintf(text, sizeof text, "%llu bytes belong to no object",
                 (unsigned long long)(next - at));
    pkr_findings_report_at(findings, at, text);
}

static void report_no_base(pkr_findings *findings, uint64_t at, const pkr_entry *entry)
{
    const pkr_pack *pack = findings->forest->pack;
    const bool is_named = entry->type == PACKREAD_REF_DELTA;
    pkr_fault detail;

    pkr_fault_at(&detail, PACKREAD_ERROR_THIN, pack->path, at,
                 is_named ? "is the base of this delta, and in no row of the index"
                          : "the base of this delta is in no row of the index");
    if (is_named)
        pkr_id_set(&detail.id, entry->base_id, pack->idx.id_size);
    pkr_findings_report(findings, &detail, 0);
}

/* An entry that is whole, but in no row of the index. After a salvage it is there because its base
 * is not. */
static int report_unnamed(pkr_findings *findings, packread_reader *reader, uint64_t at,
                          pkr_fault *fault)
{
    const pkr_forest *forest = findings->forest;
    pkr_fault detail;
    pkr_entry entry;
    uint64_t base;
    int status = pkr_chain_entry(reader, forest->pack, at, &entry, fault);

    if (status != 0)
        return status;
    pkr_findings_report_at(findings, at, "no row of the index names this entry");
    if (entry.type <= PACKREAD_TAG)
        return 0;
    status = pkr_chain_base(reader, forest->pack, at, &entry, &base, NULL, &detail);
    if (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN ||
        (status == 0 && pkr_revindex_find(forest->order, base) == PKR_NO_RANK)) {
        report_no_base(findings, at, &entry);
        return 0;
    }
    return status == 0 ? 0 : pkr_fault_copy(fault, &detail);
}

int pkr_check_gap(pkr_findings *findings, packread_reader *reader, uint64_t at, uint64_t next,
                  pkr_fault *fault)
{
    pkr_forest *forest = findings->forest;
    int status = 0;

    while (status == 0 && at < next && !pkr_forest_stopped(forest)) {
        uint64_t found = at;
        uint64_t end;

        status = pkr_fence_measure_at(forest, reader, at, next, &end, fault);
        if (status == 0 && end == at) {
            found = at + 1;
            status = pkr_candidate_find(forest, reader, &found, next, &end, fault);
        }
        if (status == 0 && found > at)
            report_bytes(findings, at, found);
        if (status == 0 && found < next)
            status = report_unnamed(findings, reader, found, fault);
        at = end;
    }
    return status;
}
