/* loose_findings.c - tells damage from what the system keeps us from reading: neither ends the
 * verification. */
#include "verify/loose_findings.h"

#include <errno.h>

#define PROGRESS_CALLS 200

int pkr_loose_findings_begin(pkr_loose_findings *findings, const packread_verify_options *options,
                             uint64_t total, pkr_fault *fault)
{
    *findings = (pkr_loose_findings){.options = options, .total = total};
    return pkr_lock_make(&findings->lock) ? 0 : pkr_fault_memory(fault);
}

void pkr_loose_findings_end(pkr_loose_findings *findings)
{
    pkr_lock_unmake(&findings->lock);
}

/* With the lock. */
static void stop(pkr_loose_findings *findings, const pkr_fault *fault)
{
    if (findings->failure.code == 0)
        findings->failure = *fault;
    atomic_store(&findings->stopped, true);
}

void pkr_loose_findings_stop(pkr_loose_findings *findings, const pkr_fault *fault)
{
    pkr_lock_take(&findings->lock);
    stop(findings, fault);
    pkr_lock_give(&findings->lock);
}

static void stop_for_caller(pkr_loose_findings *findings)
{
    pkr_fault detail;

    pkr_fault_stopped(&detail);
    stop(findings, &detail);
}

/* Whether it lies in this one file or folder; the next would fail for the others likewise. */
static bool is_of_file(const pkr_fault *fault)
{
    switch (fault->code) {
    case PACKREAD_ERROR_CORRUPT:
    case PACKREAD_ERROR_CHANGED:
    case PACKREAD_ERROR_BUDGET:
        return true;
    case PACKREAD_ERROR_SYSTEM:
        return fault->system_errno != ENOMEM && fault->system_errno != EMFILE &&
               fault->system_errno != ENFILE;
    default:
        return false;
    }
}

/* With the lock. */
static void report(pkr_loose_findings *findings, const pkr_fault *fault)
{
    const packread_verify_options *options = findings->options;
    packread_error told;
    packread_finding finding = {.struct_size = sizeof finding, .error = &told};

    if (!is_of_file(fault)) {
        stop(findings, fault);
        return;
    }
    findings->summary.findings++;
    if (fault->code != PACKREAD_ERROR_CORRUPT && findings->unread.code == 0)
        findings->unread = *fault;
    pkr_fault_publish(fault, &told);
    if (options->finding && options->finding(options->context, &finding) != 0)
        stop_for_caller(findings);
}

/* With the lock. */
static void tell_progress(pkr_loose_findings *findings)
{
    const packread_verify_options *options = findings->options;
    const uint64_t done = findings->summary.stored;

    if (!options->progress || done < findings->next_progress || done >= findings->total ||
        atomic_load(&findings->stopped))
        return;
    findings->next_progress = done + findings->total / PROGRESS_CALLS;
    if (options->progress(options->context, done, findings->total) != 0)
        stop_for_caller(findings);
}

void pkr_loose_findings_take(pkr_loose_findings *findings, const pkr_loose_check *check, int status,
                             const pkr_fault *fault)
{
    packread_verify_summary *summary = &findings->summary;

    pkr_lock_take(&findings->lock);
    if (!atomic_load(&findings->stopped) && !check->is_gone) {
        summary->stored++;
        summary->size_on_disk += check->size_on_disk;
        summary->objects += status == 0;
        summary->bytes += status == 0 ? check->size : 0;
        if (status != 0)
            report(findings, fault);
        tell_progress(findings);
    }
    pkr_lock_give(&findings->lock);
}

void pkr_loose_findings_take_folder(pkr_loose_findings *findings, const pkr_fault *fault)
{
    pkr_lock_take(&findings->lock);
    if (!atomic_load(&findings->stopped))
        report(findings, fault);
    pkr_lock_give(&findings->lock);
}

/* As many as there were in the end. */
void pkr_loose_findings_finish(pkr_loose_findings *findings)
{
    const packread_verify_options *options = findings->options;
    const uint64_t files = findings->summary.stored;

    if (options->progress && !atomic_load(&findings->stopped) &&
        options->progress(options->context, files, files) != 0)
        stop_for_caller(findings);
}

int pkr_loose_findings_result(const pkr_loose_findings *findings, const pkr_object_folder *folder,
                              pkr_fault *fault)
{
    if (findings->unread.code != 0)
        return pkr_fault_copy(fault, &findings->unread);
    if (findings->summary.findings > 0)
        return pkr_fault_set(fault, PACKREAD_ERROR_CORRUPT, folder->path, "there were findings");
    return 0;
}
