/* findings.c - gathers findings and counts of all threads, and tells the caller of them. */
#include "verify/findings.h"

#include "base/fault.h"
#include "base/location.h"

#define PROGRESS_CALLS 200
#define PASS_AT_ONCE 512

int pkr_findings_begin(pkr_findings *findings, pkr_forest *forest,
                       const packread_verify_options *options, pkr_fault *fault)
{
    const pkr_pack *pack = forest->pack;

    findings->forest = forest;
    findings->options = options;
    findings->total = pack->alone ? pack->claimed : pack->idx.count;
    findings->faults = pkr_pack_faults(pkr_findings_indexed(findings));
    findings->summary.stored = findings->total;
    findings->summary.size_on_disk = pack->size;
    return pkr_lock_make(&findings->lock) ? 0 : pkr_fault_memory(fault);
}

void pkr_findings_end(pkr_findings *findings)
{
    pkr_lock_unmake(&findings->lock);
}

/* With the lock. */
static void stop(pkr_findings *findings, const pkr_fault *fault)
{
    if (findings->failure.code == 0)
        findings->failure = *fault;
    atomic_store(&findings->forest->stopped, true);
}

void pkr_findings_stop(pkr_findings *findings, const pkr_fault *fault)
{
    pkr_lock_take(&findings->lock);
    stop(findings, fault);
    pkr_lock_give(&findings->lock);
}

static void stop_for_caller(pkr_findings *findings)
{
    pkr_fault detail;

    pkr_fault_stopped(&detail);
    stop(findings, &detail);
}

/* Whether pages of pack or index could not be read meanwhile. */
static bool is_faulted(pkr_findings *findings)
{
    const pkr_pack *pack = pkr_findings_indexed(findings);
    pkr_fault detail;

    if (pkr_pack_faults(pack) == findings->faults)
        return false;
    pkr_pack_fault(pack, &detail);
    pkr_findings_stop(findings, &detail);
    return true;
}

bool pkr_findings_changed(pkr_findings *findings)
{
    const pkr_pack *pack = pkr_findings_indexed(findings);
    pkr_fault detail;

    if (is_faulted(findings))
        return true;
    if (pkr_pack_check(pack, &detail) == 0)
        return false;
    pkr_findings_stop(findings, &detail);
    return true;
}

static void report(pkr_findings *findings, const pkr_fault *fault, uint64_t dependents,
                   uint64_t objects)
{
    const packread_verify_options *options = findings->options;
    packread_error told;
    packread_finding finding = {.struct_size = sizeof finding,
                                .error = &told,
                                .dependents = dependents,
                                .objects = objects};

    if (is_faulted(findings))
        return;
    pkr_lock_take(&findings->lock);
    if (!atomic_load(&findings->forest->stopped)) {
        findings->summary.findings++;
        if (fault->code == PACKREAD_ERROR_THIN && findings->thin_count++ == 0)
            findings->thin = *fault;
        pkr_fault_publish(fault, &told);
        if (options->finding && options->finding(options->context, &finding) != 0)
            stop_for_caller(findings);
    }
    pkr_lock_give(&findings->lock);
}

void pkr_findings_report(pkr_findings *findings, const pkr_fault *fault, uint64_t dependents)
{
    report(findings, fault, dependents, 0);
}

void pkr_findings_report_many(pkr_findings *findings, const pkr_fault *fault, uint64_t objects,
                              uint64_t dependents)
{
    report(findings, fault, dependents, objects);
}

void pkr_findings_report_at(pkr_findings *findings, uint64_t offset, const char *text)
{
    pkr_fault detail;

    pkr_fault_at(&detail, PACKREAD_ERROR_CORRUPT, findings->forest->pack->path, offset, text);
    pkr_findings_report(findings, &detail, 0);
}

/* What hangs on an object is about as large, and both are held at once. */
static void note_shortage(pkr_findings *findings, pkr_fault *detail, uint64_t dependents)
{
    if (detail->code == PACKREAD_ERROR_BUDGET && dependents > 0 && detail->needed < UINT64_MAX / 2)
        detail->needed *= 2;
    pkr_lock_take(&findings->lock);
    if (findings->shortage.code == 0 || detail->needed > findings->shortage.needed)
        findings->shortage = *detail;
    pkr_lock_give(&findings->lock);
}

void pkr_findings_report_rank(pkr_findings *findings, packread_reader *reader, uint32_t rank,
                              const pkr_fault *fault, uint64_t dependents)
{
    const pkr_forest *forest = findings->forest;
    const pkr_pack *pack = forest->pack;
    packread_location location = pkr_location(
        pack->number, pkr_revindex_position(forest->order, rank), pkr_forest_offset(forest, rank));
    pkr_fault cause = *fault;
    pkr_fault placed;
    packread_id id;

    if (pkr_findings_is_shortage(cause.code))
        note_shortage(findings, &cause, dependents);
    pkr_fault_at(&placed, cause.code, pack->path, location.offset, cause.text);
    placed.needed = cause.needed;
    placed.system_errno = cause.system_errno;
    if (!pack->alone && pkr_reader_id(reader, &location, &id, NULL) == 0)
        pkr_fault_name(&placed, &id);
    pkr_findings_report(findings, &placed, dependents);
}

void pkr_findings_report_rows(pkr_findings *findings, packread_reader *reader, uint32_t rank,
                              const pkr_fault *fault, uint64_t dependents)
{
    uint32_t end = pkr_forest_rows_end(findings->forest, rank);

    pkr_findings_report_rank(findings, reader, rank, fault, dependents);
    while (++rank < end)
        pkr_findings_report_rank(findings, reader, rank, fault, 0);
}

void pkr_findings_report_text(pkr_findings *findings, packread_reader *reader, uint32_t rank,
                              const char *text)
{
    pkr_fault detail;

    pkr_fault_set(&detail, PACKREAD_ERROR_CORRUPT, NULL, text);
    pkr_findings_report_rank(findings, reader, rank, &detail, 0);
}

bool pkr_findings_take(pkr_findings *findings, const pkr_fault *fault)
{
    if (fault->code == PACKREAD_ERROR_CORRUPT || fault->code == PACKREAD_ERROR_THIN ||
        pkr_findings_is_shortage(fault->code))
        return true;
    pkr_findings_stop(findings, fault);
    return false;
}

/* ---- Counts --------------------------------------------------------------------------------- */

/* With the lock. */
static void pass(pkr_findings *findings, uint64_t objects)
{
    const packread_verify_options *options = findings->options;
    unsigned rounds = findings->forest->pack->alone ? 2 : 1; /* the scan is the other */
    uint64_t done;

    findings->done += objects;
    done = findings->done / rounds;
    if (options->progress && done >= findings->next_progress && objects > 0 &&
        done < findings->total && !atomic_load(&findings->forest->stopped)) {
        findings->next_progress = done + findings->total / PROGRESS_CALLS;
        if (options->progress(options->context, done, findings->total) != 0)
            stop_for_caller(findings);
    }
}

void pkr_findings_pass(pkr_findings *findings, uint64_t objects)
{
    pkr_lock_take(&findings->lock);
    pass(findings, objects);
    pkr_lock_give(&findings->lock);
}

void pkr_tally_flush(pkr_tally *tally)
{
    packread_verify_summary *summary = &tally->findings->summary;

    pkr_lock_take(&tally->findings->lock);
    summary->objects += tally->objects;
    summary->bytes += tally->bytes;
    summary->chains += tally->deltas;
    if (tally->depth > summary->depth)
        summary->depth = tally->depth;
    pass(tally->findings, tally->passed);
    pkr_lock_give(&tally->findings->lock);
    *tally = (pkr_tally){.findings = tally->findings};
}

void pkr_tally_intact(pkr_tally *tally, uint64_t size, uint32_t depth)
{
    tally->objects++;
    tally->bytes += size;
    tally->deltas += depth > 0;
    if (depth > tally->depth)
        tally->depth = depth;
}

void pkr_tally_pass(pkr_tally *tally, uint64_t objects)
{
    tally->passed += objects;
    if (tally->passed >= PASS_AT_ONCE)
        pkr_tally_flush(tally);
}

void pkr_findings_finish(pkr_findings *findings)
{
    const packread_verify_options *options = findings->options;
    uint64_t total = findings->total;

    if (options->progress && !atomic_load(&findings->forest->stopped) &&
        options->progress(options->context, total, total) != 0)
        stop_for_caller(findings);
}
