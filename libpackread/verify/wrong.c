/* wrong.c - hangs the wrong objects on one another again, and reports each that hangs on none. */
#include "verify/wrong.h"

#include "base/fault.h"

/* The walks are over, and nothing is left in the tables of children. */
static void hang(pkr_forest *forest, packread_reader *reader)
{
    const uint32_t count = forest->order->count;

    for (uint32_t rank = 0; rank < count; rank++) {
        pkr_entry entry;
        uint32_t base;

        if (pkr_forest_state(forest, rank) != PKR_FOREST_WRONG ||
            pkr_forest_entry(forest, reader, rank, &entry, &base, NULL) != 0 || base == PKR_NO_RANK)
            continue;
        if (pkr_forest_state(forest, base) == PKR_FOREST_WRONG ||
            pkr_forest_state(forest, base) == PKR_FOREST_DELTA) {
            pkr_forest_hang(forest, rank, base);
            pkr_forest_mark(forest, rank, PKR_FOREST_DELTA);
        }
    }
}

void pkr_wrong_report(pkr_findings *findings, packread_reader *reader)
{
    pkr_forest *forest = findings->forest;
    pkr_fault detail;

    if (!atomic_load(&findings->is_wrong))
        return;
    pkr_fault_set(&detail, PACKREAD_ERROR_CORRUPT, NULL, PKR_WRONG_TEXT);
    hang(forest, reader);
    for (uint32_t rank = 0; rank < forest->order->count && !pkr_forest_stopped(forest); rank++)
        if (pkr_forest_state(forest, rank) == PKR_FOREST_WRONG)
            pkr_findings_report_rows(findings, reader, rank, &detail,
                                     pkr_forest_cut(forest, rank, NULL, NULL));
}
