/* check_sum.c - sums a pack through a view of its own. */
#include "verify/check_sum.h"

#include "store/sum.h"

void pkr_check_sum_report(pkr_findings *findings)
{
    pkr_findings_report_at(findings, findings->forest->end, "pack checksum is wrong");
}

int pkr_check_sum(pkr_findings *findings, packread_reader *reader, pkr_fault *fault)
{
    const pkr_forest *forest = findings->forest;
    const pkr_pack *pack = forest->pack;
    size_t id_size = pack->idx.id_size;
    uint64_t trailer = pack->size - id_size;
    pkr_view view = {.budget = reader->budget};
    packread_id stored;
    bool is_right = true;
    int status = pkr_view_point(&view, pack, &pack->data, pack->path, pack->size, fault);

    if (status == 0)
        status =
            pkr_sum_check(&view, trailer, id_size, &forest->stopped, &stored, &is_right, fault);
    if (status == 0 && !is_right)
        pkr_check_sum_report(findings);
    pkr_view_close(&view);
    return status;
}
