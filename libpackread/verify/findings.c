/* findings.c - gathers findings and counts of all threads, and keeps the forest of deltas. */
#include "verify/findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/location.h"
#include "find/find.h"
#include "store/orders.h"

#define PROGRESS_CALLS 200

/* With the lock. */
static void stop(pkr_verification *verification, int code, const pkr_fault *detail)
{
    if (verification->failure == 0) {
        verification->failure = code;
        verification->failure_detail = *detail;
    }
    atomic_store(&verification->stopped, true);
}

void pkr_verify_stop(pkr_verification *verification, int code, const pkr_fault *detail)
{
    pthread_mutex_lock(&verification->lock);
    stop(verification, code, detail);
    pthread_mutex_unlock(&verification->lock);
}

bool pkr_verify_faulted(pkr_verification *verification)
{
    const pkr_pack *pack = verification->pack;
    pkr_fault detail;
    int code;

    if (pkr_pack_faults(pack) == verification->faults)
        return false;
    code = pkr_pack_fault(pack, &detail);
    pkr_verify_stop(verification, code, &detail);
    return true;
}

bool pkr_verify_changed(pkr_verification *verification)
{
    const pkr_pack *pack = verification->pack;
    const smmap_cursor *const files[] = {pack->data_rest, pack->index_rest};
    const char *const names[] = {pack->path, pack->index_path};

    if (pkr_verify_faulted(verification))
        return true;
    for (size_t i = 0; i < 2; i++) {
        pkr_fault detail;
        smmap_error cause;

        if (files[i] && smmap_cursor_check(files[i], &cause) != 0) {
            int code = pkr_fault_from_window(&detail, &cause, names[i]);

            pkr_verify_stop(verification, code, &detail);
            return true;
        }
    }
    return false;
}

static void stop_for_caller(pkr_verification *verification)
{
    pkr_fault detail;

    pkr_fault_stopped(&detail);
    stop(verification, PACKREAD_ERROR_STOPPED, &detail);
}

void pkr_verify_report(pkr_verification *verification, const pkr_fault *detail, uint64_t dependents)
{
    const packread_verify_options *options = verification->options;
    packread_error told;
    packread_finding finding = {
        .struct_size = sizeof finding, .error = &told, .dependents = dependents};

    if (pkr_verify_faulted(verification))
        return;
    pthread_mutex_lock(&verification->lock);
    if (!atomic_load(&verification->stopped)) {
        verification->summary.findings++;
        if (detail->code == PACKREAD_ERROR_THIN && verification->thin_count++ == 0)
            verification->thin = *detail;
        pkr_fault_publish(detail, &told);
        if (options->finding && options->finding(options->context, &finding) != 0)
            stop_for_caller(verification);
    }
    pthread_mutex_unlock(&verification->lock);
}

/* Names the pack's file, the entry's offset and id. */
static void place(pkr_verification *verification, packread_reader *reader, uint32_t rank,
                  pkr_fault *detail)
{
    packread_location location =
        pkr_location(verification->number, pkr_revindex_position(verification->revindex, rank),
                     pkr_revindex_offset(verification->revindex, rank));
    pkr_fault placed;
    packread_id id;

    pkr_fault_at(&placed, detail->code, verification->pack->path, location.offset, detail->text);
    placed.needed = detail->needed;
    placed.system_errno = detail->system_errno;
    if (!verification->pack->alone && pkr_reader_id(reader, &location, &id, NULL) == 0)
        pkr_fault_name(&placed, &id);
    *detail = placed;
}

void pkr_verify_report_entry(pkr_verification *verification, packread_reader *reader, uint32_t rank,
                             int code, const char *text, uint64_t dependents)
{
    pkr_fault detail;

    pkr_fault_set(&detail, code, NULL, text);
    place(verification, reader, rank, &detail);
    pkr_verify_report(verification, &detail, dependents);
}

void pkr_verify_report_shortage(pkr_verification *verification, packread_reader *reader,
                                uint32_t rank, const pkr_fault *cause, uint64_t dependents)
{
    pkr_fault detail = *cause;

    /* What hangs on an object is about as large, and both are held at once. */
    if (detail.code == PACKREAD_ERROR_BUDGET && dependents > 0 && detail.needed < UINT64_MAX / 2)
        detail.needed *= 2;
    pthread_mutex_lock(&verification->lock);
    if (verification->shortage.code == 0 || detail.needed > verification->shortage.needed)
        verification->shortage = detail;
    pthread_mutex_unlock(&verification->lock);
    place(verification, reader, rank, &detail);
    pkr_verify_report(verification, &detail, dependents);
}

bool pkr_verify_is_finding(pkr_verification *verification, int status, const pkr_fault *detail)
{
    if (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN)
        return true;
    if (pkr_verify_is_shortage(status))
        return true;
    pkr_verify_stop(verification, status, detail);
    return false;
}

void pkr_verify_count(pkr_verification *verification, uint64_t objects, uint64_t bytes,
                      uint64_t deltas, uint32_t depth, uint64_t passed)
{
    const packread_verify_options *options = verification->options;
    packread_verify_summary *summary = &verification->summary;
    unsigned rounds = verification->pack->alone ? 2 : 1; /* the scan is the other */
    uint64_t done;

    pthread_mutex_lock(&verification->lock);
    summary->objects += objects;
    summary->bytes += bytes;
    summary->chains += deltas;
    if (depth > summary->depth)
        summary->depth = depth;
    verification->done += passed;
    done = verification->done / rounds;
    if (options->progress && done >= verification->next_progress && passed > 0 &&
        done < verification->total && !atomic_load(&verification->stopped)) {
        verification->next_progress = done + verification->total / PROGRESS_CALLS;
        if (options->progress(options->context, done, verification->total) != 0)
            stop_for_caller(verification);
    }
    pthread_mutex_unlock(&verification->lock);
}

void pkr_verify_finish(pkr_verification *verification)
{
    const packread_verify_options *options = verification->options;
    uint64_t total = verification->total;

    if (options->progress && !atomic_load(&verification->stopped) &&
        options->progress(options->context, total, total) != 0)
        stop_for_caller(verification);
}

#define FOREST_ROW (1 + 2 * sizeof(uint32_t))
#define FOR_THE_WALK ((uint64_t)1 << 20)

/* Tables get half of the limit. */
static uint64_t limit_for(const pkr_verification *verification, uint64_t bytes)
{
    return 2 * (atomic_load(&verification->snapshot->budget.used) + bytes) + FOR_THE_WALK;
}

uint64_t pkr_verify_needed(const pkr_verification *verification)
{
    const uint64_t count = verification->pack->idx.count;

    return limit_for(verification, count * (sizeof(uint64_t) + FOREST_ROW));
}

int pkr_verify_allocate(pkr_verification *verification, pkr_fault *fault)
{
    uint64_t count = verification->revindex->count ? verification->revindex->count : 1;
    size_t id_size = verification->keep_rows ? verification->pack->idx.id_size : 0;
    uint64_t bytes = count * (FOREST_ROW + id_size);
    pkr_budget *budget = &verification->snapshot->budget;

    if (bytes > SIZE_MAX || !pkr_budget_take(budget, bytes))
        return pkr_budget_short(budget, bytes, verification->pack->path,
                                "the memory limit has no room for this pack's forest of deltas",
                                fault);
    verification->charged = bytes;
    verification->states = calloc((size_t)count, 1);
    verification->first_child = malloc((size_t)count * sizeof(uint32_t));
    verification->next_sibling = malloc((size_t)count * sizeof(uint32_t));
    if (id_size)
        verification->ids = malloc((size_t)count * id_size);
    if (!verification->states || !verification->first_child || !verification->next_sibling ||
        (id_size && !verification->ids))
        return pkr_fault_memory(fault);
    memset(verification->first_child, 0xff, (size_t)count * sizeof(uint32_t));
    memset(verification->next_sibling, 0xff, (size_t)count * sizeof(uint32_t));
    return 0;
}

void pkr_verify_release(pkr_verification *verification)
{
    free(verification->states);
    free(verification->first_child);
    free(verification->next_sibling);
    free(verification->ids);
    free(verification->crcs);
    pkr_waiting_free(&verification->bases);
    if (verification->revindex && verification->revindex != verification->scanned)
        pkr_orders_drop(verification->pack, &verification->snapshot->budget);
    pkr_revindex_free(verification->scanned, &verification->snapshot->budget);
    pkr_budget_give(&verification->snapshot->budget, verification->charged);
}

void pkr_verify_name(pkr_verification *verification, uint32_t rank, const packread_id *id)
{
    uint32_t first;
    uint32_t end;

    if (verification->ids)
        memcpy(verification->ids + (size_t)rank * id->size, id->bytes, id->size);
    pkr_verify_mark(verification, rank, PKR_VERIFY_NAMED);
    if (!pkr_waiting_take(&verification->bases, id->bytes, rank, &first, &end))
        return;
    while (end-- > first) {
        uint32_t child = pkr_waiting_rank(&verification->bases, end);

        verification->next_sibling[child] = verification->first_child[rank];
        verification->first_child[rank] = child;
    }
}

uint64_t pkr_verify_cut(pkr_verification *verification, uint32_t rank,
                        void (*each)(void *context, uint32_t rank), void *context)
{
    uint32_t list = verification->first_child[rank];
    uint64_t count = 0;

    verification->first_child[rank] = PKR_NO_RANK;
    while (list != PKR_NO_RANK) {
        uint32_t taken = list;
        uint32_t children = verification->first_child[taken];

        list = verification->next_sibling[taken];
        verification->first_child[taken] = PKR_NO_RANK;
        if (pkr_verify_state(verification, taken) < PKR_VERIFY_DONE) {
            pkr_verify_mark(verification, taken, PKR_VERIFY_DONE);
            count += pkr_verify_rows_end(verification, taken) - taken;
            if (each)
                each(context, taken);
        }
        if (children != PKR_NO_RANK) {
            uint32_t last = children;

            while (verification->next_sibling[last] != PKR_NO_RANK)
                last = verification->next_sibling[last];
            verification->next_sibling[last] = list;
            list = children;
        }
    }
    return count;
}
