/* verification.c - gathers findings and counts of all threads, and keeps the forest of deltas. */
#include "verification.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "find.h"

#define PROGRESS_CALLS 200

/* With the lock. */
static void stop(packread_verification *verification, int code, const packread_error *detail)
{
    if (verification->failure == 0) {
        verification->failure = code;
        verification->failure_detail = *detail;
    }
    atomic_store(&verification->stopped, true);
}

void packread_verify_stop(packread_verification *verification, int code,
                          const packread_error *detail)
{
    pthread_mutex_lock(&verification->lock);
    stop(verification, code, detail);
    pthread_mutex_unlock(&verification->lock);
}

bool packread_verify_faulted(packread_verification *verification)
{
    const packread_pack *pack = verification->pack;
    packread_error detail;
    int code;

    if (packread_pack_faults(pack) == verification->faults)
        return false;
    code = packread_pack_fault(pack, &detail);
    packread_verify_stop(verification, code, &detail);
    return true;
}

bool packread_verify_changed(packread_verification *verification)
{
    const packread_pack *pack = verification->pack;
    const smmap_cursor *const files[] = {pack->data_rest, pack->index_rest};
    const char *const names[] = {pack->path, pack->index_path};

    if (packread_verify_faulted(verification))
        return true;
    for (size_t i = 0; i < 2; i++) {
        packread_error detail;
        smmap_error cause;

        if (files[i] && smmap_cursor_check(files[i], &cause) != 0) {
            int code = packread_error_from_window(&detail, &cause, names[i]);

            packread_verify_stop(verification, code, &detail);
            return true;
        }
    }
    return false;
}

static void stop_for_caller(packread_verification *verification)
{
    packread_error detail;

    packread_error_set(&detail, PACKREAD_ERROR_STOPPED, NULL,
                       packread_error_text(PACKREAD_ERROR_STOPPED));
    stop(verification, PACKREAD_ERROR_STOPPED, &detail);
}

void packread_verify_report(packread_verification *verification, const packread_error *detail,
                            uint64_t dependents)
{
    const packread_verify_options *options = verification->options;
    packread_finding finding = {detail, dependents};

    if (packread_verify_faulted(verification))
        return;
    pthread_mutex_lock(&verification->lock);
    if (!atomic_load(&verification->stopped)) {
        verification->summary.findings++;
        if (detail->code == PACKREAD_ERROR_THIN && verification->thin_count++ == 0)
            verification->thin = *detail;
        if (options->finding && options->finding(options->context, &finding) != 0)
            stop_for_caller(verification);
    }
    pthread_mutex_unlock(&verification->lock);
}

/* Names the pack's file, the entry's offset and id. */
static void place(packread_verification *verification, packread_reader *reader, uint32_t rank,
                  packread_error *detail)
{
    packread_location location = {verification->number,
                                  packread_revindex_position(verification->revindex, rank),
                                  packread_revindex_offset(verification->revindex, rank)};
    packread_error placed;
    packread_id id;

    packread_error_at(&placed, detail->code, verification->pack->path, location.offset,
                      detail->text);
    placed.needed = detail->needed;
    placed.system_errno = detail->system_errno;
    if (!verification->pack->alone && packread_find_id(reader, &location, &id, NULL) == 0)
        packread_error_name(&placed, &id);
    *detail = placed;
}

void packread_verify_report_entry(packread_verification *verification, packread_reader *reader,
                                  uint32_t rank, int code, const char *text, uint64_t dependents)
{
    packread_error detail;

    packread_error_set(&detail, code, NULL, text);
    place(verification, reader, rank, &detail);
    packread_verify_report(verification, &detail, dependents);
}

void packread_verify_report_shortage(packread_verification *verification, packread_reader *reader,
                                     uint32_t rank, const packread_error *cause,
                                     uint64_t dependents)
{
    packread_error detail = *cause;

    /* What hangs on an object is about as large, and both are held at once. */
    if (detail.code == PACKREAD_ERROR_BUDGET && dependents > 0 && detail.needed < UINT64_MAX / 2)
        detail.needed *= 2;
    pthread_mutex_lock(&verification->lock);
    if (verification->shortage.code == 0 || detail.needed > verification->shortage.needed)
        verification->shortage = detail;
    pthread_mutex_unlock(&verification->lock);
    place(verification, reader, rank, &detail);
    packread_verify_report(verification, &detail, dependents);
}

bool packread_verify_is_finding(packread_verification *verification, int status,
                                const packread_error *detail)
{
    if (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN)
        return true;
    if (packread_verify_is_shortage(status))
        return true;
    packread_verify_stop(verification, status, detail);
    return false;
}

void packread_verify_count(packread_verification *verification, uint64_t objects, uint64_t bytes,
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

void packread_verify_finish(packread_verification *verification)
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
static uint64_t limit_for(const packread_verification *verification, uint64_t bytes)
{
    return 2 * (atomic_load(&verification->snapshot->budget.used) + bytes) + FOR_THE_WALK;
}

uint64_t packread_verify_needed(const packread_verification *verification)
{
    const uint64_t count = verification->pack->idx.count;

    return limit_for(verification, count * (sizeof(uint64_t) + FOREST_ROW));
}

int packread_verify_allocate(packread_verification *verification, packread_error *error)
{
    uint64_t count = verification->revindex->count ? verification->revindex->count : 1;
    size_t id_size = verification->keep_rows ? verification->pack->idx.id_size : 0;
    uint64_t bytes = count * (FOREST_ROW + id_size);
    packread_budget *budget = &verification->snapshot->budget;

    if (bytes > SIZE_MAX || !packread_budget_take(budget, bytes))
        return packread_budget_short(
            budget, bytes, verification->pack->path,
            "the memory limit has no room for this pack's forest of deltas", error);
    verification->charged = bytes;
    verification->states = calloc((size_t)count, 1);
    verification->first_child = malloc((size_t)count * sizeof(uint32_t));
    verification->next_sibling = malloc((size_t)count * sizeof(uint32_t));
    if (id_size)
        verification->ids = malloc((size_t)count * id_size);
    if (!verification->states || !verification->first_child || !verification->next_sibling ||
        (id_size && !verification->ids))
        return packread_error_memory(error);
    memset(verification->first_child, 0xff, (size_t)count * sizeof(uint32_t));
    memset(verification->next_sibling, 0xff, (size_t)count * sizeof(uint32_t));
    return 0;
}

void packread_verify_release(packread_verification *verification)
{
    free(verification->states);
    free(verification->first_child);
    free(verification->next_sibling);
    free(verification->ids);
    free(verification->crcs);
    packread_bases_free(&verification->bases);
    if (verification->revindex && verification->revindex != verification->scanned)
        packread_revindex_drop(verification->pack, &verification->snapshot->budget);
    packread_revindex_free(verification->scanned, &verification->snapshot->budget);
    packread_budget_give(&verification->snapshot->budget, verification->charged);
}

void packread_verify_name(packread_verification *verification, uint32_t rank, const packread_id *id)
{
    uint32_t first;
    uint32_t end;

    if (verification->ids)
        memcpy(verification->ids + (size_t)rank * id->size, id->bytes, id->size);
    packread_verify_mark(verification, rank, PACKREAD_VERIFY_NAMED);
    if (!packread_bases_take(&verification->bases, id->bytes, rank, &first, &end))
        return;
    while (end-- > first) {
        uint32_t child = packread_bases_rank(&verification->bases, end);

        verification->next_sibling[child] = verification->first_child[rank];
        verification->first_child[rank] = child;
    }
}

uint64_t packread_verify_cut(packread_verification *verification, uint32_t rank,
                             void (*each)(void *context, uint32_t rank), void *context)
{
    uint32_t list = verification->first_child[rank];
    uint64_t count = 0;

    verification->first_child[rank] = PACKREAD_NO_RANK;
    while (list != PACKREAD_NO_RANK) {
        uint32_t taken = list;
        uint32_t children = verification->first_child[taken];

        list = verification->next_sibling[taken];
        verification->first_child[taken] = PACKREAD_NO_RANK;
        if (packread_verify_state(verification, taken) < PACKREAD_VERIFY_DONE) {
            packread_verify_mark(verification, taken, PACKREAD_VERIFY_DONE);
            count += packread_verify_rows_end(verification, taken) - taken;
            if (each)
                each(context, taken);
        }
        if (children != PACKREAD_NO_RANK) {
            uint32_t last = children;

            while (verification->next_sibling[last] != PACKREAD_NO_RANK)
                last = verification->next_sibling[last];
            verification->next_sibling[last] = list;
            list = children;
        }
    }
    return count;
}
