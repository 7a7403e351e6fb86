/* after_walks.c - names one entry of each cycle, each delta that has waited for its base in vain,
 * and each object that is wrong and was not made from another such. */
#include "verify/after_walks.h"

#include "base/fault.h"
#include "base/id.h"
#include "object/chain.h"
#include "platform/hash.h"

/* A delta of a pack without an index whose base was never met: the pack lacks it, or it is an
 * object that there was no room for, whose id is not known. */
static void describe_waiting(const pkr_findings *findings, uint32_t row, pkr_fault *detail)
{
    const pkr_forest *forest = findings->forest;
    const pkr_waiting *waiting = &forest->waiting;
    const pkr_fault *shortage = &findings->shortage;
    uint64_t offset = pkr_forest_offset(forest, pkr_waiting_row_rank(waiting, row));

    if (shortage->code != 0) {
        pkr_fault_at(detail, shortage->code, forest->pack->path, offset,
                     "its base may be an object that was not checked for want of room");
        detail->needed = shortage->needed;
        return;
    }
    pkr_fault_at(detail, PACKREAD_ERROR_THIN, forest->pack->path, offset,
                 "is the base of this delta, and not among the whole objects of this pack");
    pkr_id_set(&detail->id, pkr_waiting_id(waiting, row), waiting->id_size);
}

/* Of a cycle of such deltas no id can be known: each is here. */
static void report_waiting(pkr_visit *visit)
{
    pkr_forest *forest = visit->findings->forest;
    const pkr_waiting *waiting = &forest->waiting;

    for (uint32_t row = 0; row < waiting->count && !pkr_forest_stopped(forest); row++) {
        pkr_fault detail;
        uint64_t dependents;

        if (!pkr_waiting_waits(waiting, row))
            continue;
        pkr_forest_mark(forest, pkr_waiting_row_rank(waiting, row), PKR_FOREST_DONE);
        dependents = pkr_forest_cut(forest, pkr_waiting_row_rank(waiting, row), NULL, NULL);
        describe_waiting(visit->findings, row, &detail);
        pkr_findings_report(visit->findings, &detail, dependents);
        pkr_tally_pass(&visit->tally, 1 + dependents);
    }
}

/* Goes down from a rank that no root leads to until it has gone round: a member of the cycle. */
static uint32_t find_cycle(const pkr_visit *visit, uint32_t rank)
{
    const pkr_forest *forest = visit->findings->forest;
    pkr_guard guard = pkr_guard_begin(rank);
    uint32_t at = rank;

    for (;;) {
        pkr_entry entry;
        uint32_t base;

        if (pkr_forest_entry(forest, visit->reader, at, &entry, &base, NULL) != 0 ||
            base == PKR_NO_RANK)
            return rank;
        at = base;
        if (!pkr_guard_pass(&guard, at))
            return at;
    }
}

static void report_cycles(pkr_visit *visit)
{
    pkr_forest *forest = visit->findings->forest;
    pkr_fault detail;

    pkr_fault_set(&detail, PACKREAD_ERROR_CORRUPT, NULL, PKR_CHAIN_CYCLE);
    for (uint32_t rank = 0; rank < forest->order->count && !pkr_forest_stopped(forest); rank++) {
        while (pkr_forest_state(forest, rank) == PKR_FOREST_DELTA) {
            uint32_t member = find_cycle(visit, rank);

            pkr_forest_mark(forest, member, PKR_FOREST_DONE);
            pkr_visit_failed(visit, member, PKR_NO_RANK, &detail);
        }
    }
}

/* Hangs the wrong objects on one another again: nothing is left in the tables of children. */
static void hang_wrong(pkr_forest *forest, packread_reader *reader)
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

/* One that was made from another such is no finding of its own: it is counted as one that hangs on
 * that. */
static void report_wrong(pkr_findings *findings, packread_reader *reader)
{
    pkr_forest *forest = findings->forest;
    pkr_fault detail;

    pkr_fault_set(&detail, PACKREAD_ERROR_CORRUPT, NULL, PKR_WRONG_TEXT);
    hang_wrong(forest, reader);
    for (uint32_t rank = 0; rank < forest->order->count && !pkr_forest_stopped(forest); rank++)
        if (pkr_forest_state(forest, rank) == PKR_FOREST_WRONG)
            pkr_findings_report_rows(findings, reader, rank, &detail,
                                     pkr_forest_cut(forest, rank, NULL, NULL));
}

void pkr_after_walks_report(pkr_visit *visit)
{
    pkr_findings *findings = visit->findings;

    if (findings->forest->pack->alone)
        report_waiting(visit);
    else
        report_cycles(visit);
    if (atomic_load(&findings->is_wrong))
        report_wrong(findings, visit->reader);
}
