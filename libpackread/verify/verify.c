/* verify.c - runs the steps of a pack's verification on its threads. */
#include "verify/verify.h"

#include <string.h>

#include "base/fault.h"
#include "base/sized.h"
#include "pack/bundle_head.h"
#include "pack/derived.h"
#include "pack/sum.h"
#include "verify/after_walks.h"
#include "verify/check_crc.h"
#include "verify/check_gap.h"
#include "verify/check_index.h"
#include "verify/check_mtimes.h"
#include "verify/check_rev.h"
#include "verify/check_useless_index.h"
#include "verify/tell_holes.h"
#include "verify/compare_index.h"
#include "verify/visit.h"
#include "walk/fence.h"
#include "walk/postponed.h"
#include "walk/scan.h"
#include "walk/sweep.h"
#include "walk/walk.h"

typedef int step(pkr_findings *findings, packread_reader *reader, pkr_fault *fault);

/* One thread of the verification: what it does now, and its reader. */
typedef struct worker {
    pkr_findings *findings;
    packread_reader *reader;
    pkr_thread thread;
    step *step;
} worker;

/* ---- The steps ------------------------------------------------------------------------------ */

static void report_sum(pkr_findings *findings)
{
    pkr_findings_report_at(findings, findings->forest->end, "pack checksum is wrong");
}

/* Through a view of its own: the reader's ends before the trailer. */
static int check_sum(pkr_findings *findings, packread_reader *reader, pkr_fault *fault)
{
    const pkr_forest *forest = findings->forest;
    const pkr_pack *pack = forest->pack;
    size_t id_size = pack->idx.id_size;
    pkr_view view = {.budget = reader->budget};
    packread_id stored;
    bool is_right = true;
    int status = pkr_view_point(&view, pack, &pack->data, pack->path, pack->size, fault);

    if (status == 0)
        status = pkr_sum_check(&view, pack->size - id_size, id_size, &forest->stopped, &stored,
                               &is_right, fault);
    if (status == 0 && !is_right && pack->beyond == 0) /* what was cut has none */
        report_sum(findings);
    pkr_view_close(&view);
    return status;
}

/* Of entries in a hole there is nothing to be said one by one. */
static int check_swept(void *context, uint32_t rank, pkr_fault *fault)
{
    pkr_crcs *crcs = context;
    bool is_zeros;
    int status = pkr_holes_look(&crcs->findings->holes, crcs->findings->forest, crcs->reader, rank,
                                &is_zeros, fault);

    return status != 0 || is_zeros ? status : pkr_check_crc(crcs, rank, fault);
}

static int sweep(pkr_findings *findings, packread_reader *reader, pkr_fault *fault)
{
    pkr_forest *forest = findings->forest;
    pkr_crcs crcs = {.findings = findings, .reader = reader};
    uint64_t first = forest->order->count ? pkr_forest_offset(forest, 0) : forest->end;
    int status = pkr_reader_select(reader, forest->pack, fault);

    if (status == 0 && !forest->pack->alone)
        status = pkr_check_gap(findings, reader, PKR_PACK_HEADER, first, fault);
    if (status == 0)
        status = pkr_sweep(forest, reader, check_swept, &crcs, fault);
    pkr_holes_seal(&findings->holes);
    return status;
}

static int walk(pkr_findings *findings, packread_reader *reader, pkr_fault *fault)
{
    pkr_visit visit;
    pkr_visitor visitor = pkr_visit_begin(&visit, findings, reader);
    int status = pkr_walk_run(findings->forest, reader, &visitor, fault);

    pkr_visit_end(&visit);
    return status;
}

static int finish_walk(pkr_findings *findings, packread_reader *reader, pkr_fault *fault)
{
    pkr_visit visit;
    pkr_visitor visitor = pkr_visit_begin(&visit, findings, reader);
    int status = pkr_postponed_run(findings->forest, reader, &visitor, fault);

    if (status == 0)
        pkr_after_walks_report(&visit);
    if (status == 0)
        pkr_tell_holes(findings, reader);
    pkr_visit_end(&visit);
    return status;
}

/* ---- Threads -------------------------------------------------------------------------------- */

static void run_step(void *context)
{
    const worker *self = context;
    pkr_fault detail;

    if (self->step(self->findings, self->reader, &detail) != 0)
        pkr_findings_stop(self->findings, &detail);
}

static void run(worker *self, step *next)
{
    self->step = next;
    run_step(self);
}

static void start(worker *self, step *next)
{
    self->step = next;
    pkr_thread_start(&self->thread, run_step, self);
}

/* Index and pack sum are independent of the sweep; the walk needs the sweep. A pack without an
 * index was summed when it was opened. */
static void run_all(pkr_verification *verification, worker *workers, unsigned count)
{
    const _Atomic bool *stopped = &verification->forest.stopped;
    worker *last = &workers[count - 1];

    if (verification->sums_index)
        run(&workers[0], pkr_check_useless_index);
    if (!pkr_findings_indexed(&verification->findings)->alone) {
        run(&workers[0], pkr_check_rev);
        run(&workers[0], pkr_check_mtimes);
    }
    if (!verification->forest.pack->alone) {
        run(&workers[0], pkr_check_index);
        if (count > 1)
            start(last, check_sum);
        else
            run(last, check_sum);
    }
    if (!atomic_load(stopped))
        run(&workers[0], sweep);
    for (unsigned i = 1; i + 1 < count; i++)
        start(&workers[i], walk);
    if (count > 1) {
        pkr_thread_join(&last->thread);
        start(last, walk);
    }
    run(&workers[0], walk);
    for (unsigned i = 1; i < count; i++)
        pkr_thread_join(&workers[i].thread);
    if (!atomic_load(stopped))
        run(&workers[0], finish_walk);
    if (verification->findings.distrusted && !atomic_load(stopped))
        run(&workers[0], pkr_compare_index);
    if (!pkr_findings_changed(&verification->findings))
        pkr_findings_finish(&verification->findings);
}

static void take_finding(void *findings, const pkr_fault *fault)
{
    pkr_findings_report(findings, fault, 0);
}

static void take_passed(void *findings, uint64_t entries)
{
    pkr_findings_pass(findings, entries);
}

/* The table of the pack's entries: out of its index, or by looking for them. */
static int have_entries(pkr_verification *verification, packread_reader *reader, pkr_fault *fault)
{
    const pkr_pack *pack = verification->forest.pack;
    pkr_findings *findings = &verification->findings;
    const pkr_scan_sink sink = {findings, take_finding, take_passed};
    int status = pkr_reader_select(reader, pack, fault);

    if (status != 0)
        return status;
    if (pack->index_doubt.code != 0 && !verification->forest.keep_rows)
        pkr_findings_report(findings, &pack->index_doubt, 0);
    if (pack->bundle_doubt.code != 0 && !verification->forest.keep_rows)
        pkr_findings_report(findings, &pack->bundle_doubt, 0);
    if (pack->doubt.code != 0)
        pkr_findings_report_many(findings, &pack->doubt, pack->beyond, 0);
    if (!pack->alone)
        return pkr_forest_order(&verification->forest, &reader->rows, fault);
    if (pack->end == pack->size)
        report_sum(findings);
    return pkr_scan(&verification->forest, reader, &sink, fault);
}

static int run_on_threads(pkr_verification *verification, pkr_fault *fault)
{
    pkr_forest *forest = &verification->forest;
    unsigned count = pkr_reader_threads(verification->snapshot, verification->options->threads);
    worker workers[PKR_THREADS_MOST];
    int status = 0;

    memset(workers, 0, sizeof workers);
    for (unsigned i = 0; status == 0 && i < count; i++) {
        workers[i].findings = &verification->findings;
        status = pkr_forest_reader(forest, &workers[i].reader, fault);
    }
    if (status == 0)
        status = have_entries(verification, workers[0].reader, fault);
    if (status == 0)
        status = pkr_forest_allocate(forest, fault);
    if (status == 0) {
        if (verification->findings.distrusted)
            pkr_check_index_report_sum(&verification->findings);
        pkr_fence_allow(forest);
        pkr_sweep_find_end(forest, workers[0].reader);
        run_all(verification, workers, count);
    }
    for (unsigned i = 0; i < count; i++) {
        verification->work += workers[i].reader ? workers[i].reader->work : 0;
        packread_reader_free(workers[i].reader);
    }
    return status;
}

static int report_prerequisite(void *context, const pkr_bundle_line *line)
{
    pkr_findings *findings = context;
    pkr_fault detail;

    if (line->kind != PKR_BUNDLE_PREREQUISITE)
        return 0;
    pkr_fault_set(&detail, PACKREAD_ERROR_THIN, findings->forest->pack->path,
                  "is a prerequisite of the bundle, which has no objects of it");
    detail.id = line->id;
    pkr_findings_report(findings, &detail, 0);
    return 0;
}

/* Where bases are missing that whoever made the bundle left out: which commits lead to them. */
static int tell_prerequisites(pkr_verification *verification, pkr_fault *fault)
{
    pkr_findings *findings = &verification->findings;

    if (findings->thin_count == 0 || findings->failure.code != 0)
        return 0;
    return pkr_bundle_head_each(verification->pack, &verification->snapshot->budget,
                                report_prerequisite, findings, fault);
}

static int run_held(pkr_verification *verification, pkr_fault *fault)
{
    const pkr_pack *pack = verification->pack;
    pkr_findings *findings = &verification->findings;
    pkr_forest *forest = &verification->forest;
    int status = 0;

    if (pack->alone && pack->doubt.code != 0 && !verification->salvage)
        return pkr_fault_copy(fault, &pack->doubt);
    if (!pack->alone)
        status = pkr_compare_index_begin(findings, pack, &verification->bare,
                                         &verification->snapshot->budget, fault);
    if (status == 0 && findings->distrusted) {
        forest->keep_rows = true;
        pkr_forest_begin(forest, verification->snapshot, &verification->bare);
    }
    if (status == 0)
        status = pkr_findings_begin(findings, forest, verification->options, fault);
    if (status != 0)
        return status;
    status = run_on_threads(verification, fault);
    if (status == 0)
        status = tell_prerequisites(verification, fault);
    pkr_findings_end(findings);
    return status == 0 && findings->failure.code != 0 ? pkr_fault_copy(fault, &findings->failure)
                                                      : status;
}

void pkr_verify_release(pkr_verification *verification)
{
    pkr_forest_release(&verification->forest);
}

/* The pack may go from the disk meanwhile: its files are held. */
int pkr_verify_run(pkr_verification *verification, pkr_fault *fault)
{
    pkr_packs *packs = &verification->snapshot->packs;
    pkr_hold hold = {0};
    int status;

    pkr_forest_begin(&verification->forest, verification->snapshot, verification->pack);
    pkr_hold_join(&hold, packs);
    pkr_hold_take(&hold, packs);
    verification->findings.witness = hold.set->midx;
    status = pkr_pack_set_has(hold.set, verification->pack)
                 ? run_held(verification, fault)
                 : pkr_pack_gone(verification->pack, fault);
    pkr_hold_leave(&hold, packs);
    return status;
}

int pkr_verify_result(const pkr_verification *verification, pkr_fault *fault)
{
    const pkr_findings *findings = &verification->findings;
    const uint64_t count = findings->summary.findings;

    if (findings->shortage.code != 0)
        return pkr_fault_copy(fault, &findings->shortage);
    if (count > 0 && count == findings->thin_count && verification->pack->alone)
        return pkr_fault_copy(fault, &findings->thin);
    if (count > 0)
        return pkr_fault_set(fault, PACKREAD_ERROR_CORRUPT, verification->pack->path,
                             "there were findings");
    return 0;
}

static int verify(pkr_verification *verification, packread_verify_summary *summary,
                  pkr_fault *fault)
{
    int status = pkr_verify_run(verification, fault);

    pkr_verify_release(verification);
    if (status != 0)
        return status;
    if (summary)
        pkr_sized_give(summary, PKR_END_OF(packread_verify_summary, depth),
                       &verification->findings.summary, sizeof verification->findings.summary);
    return pkr_verify_result(verification, fault);
}

int packread_verify(packread_snapshot *snapshot, size_t pack,
                    const packread_verify_options *options, packread_verify_summary *summary,
                    packread_error *error)
{
    packread_verify_options known;
    pkr_verification verification = {.snapshot = snapshot, .options = &known};
    pkr_pack bare;
    pkr_fault fault;
    int status;

    if (!snapshot)
        return pkr_error_null(error);
    if (pack >= pkr_packs_count(&snapshot->packs))
        return pkr_error_argument(error, "no pack of that number");
    if (!pkr_sized_take(&known, sizeof known, PKR_END_OF(packread_verify_options, context),
                        options))
        return pkr_error_argument(error, "options that this version does not know");
    if (!pkr_sized_can_be_given(summary))
        return pkr_error_argument(error, PKR_NO_SIZE);
    verification.pack = pkr_packs_get(&snapshot->packs, pack);
    /* An index that was made from the pack says nothing about the pack. */
    if (verification.pack->derived.bytes) {
        pkr_derived_without(verification.pack, &bare);
        verification.pack = &bare;
        verification.salvage = true;
        verification.sums_index = bare.index_doubt.code != 0;
    }
    if (known.index_sum && verification.pack->alone)
        verification.sums_index = true;
    status = verify(&verification, summary, &fault);
    return status == 0 ? 0 : pkr_fault_publish(&fault, error);
}
