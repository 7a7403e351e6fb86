/* verify_report.c - knows how findings and progress are taken down, and what they must agree in. */
#include "verify_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "samples.h"
#include "suite.h"

static int take_finding(void *context, const packread_finding *finding)
{
    verify_report *all = context;

    all->list = realloc(all->list, (all->count + 1) * sizeof *all->list);
    if (!all->list)
        abort();
    all->list[all->count++] = (verify_found){*finding->error, finding->dependents};
    return all->count == all->stop_after;
}

static int take_progress(void *context, uint64_t done, uint64_t total)
{
    verify_report *all = context;

    if (done < all->done || done > total)
        ck_abort_msg("progress goes from %llu to %llu of %llu", (unsigned long long)all->done,
                     (unsigned long long)done, (unsigned long long)total);
    all->done = done;
    all->total = total;
    return ++all->progress_calls == all->progress_stop;
}

static packread_verify_options begin(verify_report *all, unsigned threads)
{
    memset(&all->error, 0, sizeof all->error);
    memset(&all->summary, 0x5a, sizeof all->summary);
    return (packread_verify_options){
        .threads = threads, .finding = take_finding, .progress = take_progress, .context = all};
}

void verify_report_run(verify_report *all, packread_snapshot *snapshot, size_t pack,
                       unsigned threads)
{
    const packread_verify_options options = begin(all, threads);

    all->status = packread_verify(snapshot, pack, &options, &all->summary, &all->error);
}

void verify_report_run_loose(verify_report *all, packread_snapshot *snapshot, size_t folder,
                             unsigned threads)
{
    const packread_verify_options options = begin(all, threads);

    all->status = packread_verify_loose(snapshot, folder, &options, &all->summary, &all->error);
}

void verify_report_free(verify_report *all)
{
    free(all->list);
    memset(all, 0, sizeof *all);
}

void verify_report_describe(const verify_report *all)
{
    for (size_t i = 0; i < all->count; i++) {
        char hex[PACKREAD_HEX_MAX + 1];

        packread_id_format(&all->list[i].error.id, hex);
        fprintf(stderr, "%s: offset %llu: %s: %s (%d), dependents %llu\n", all->list[i].error.file,
                (unsigned long long)all->list[i].error.offset, hex, all->list[i].error.text,
                all->list[i].error.code, (unsigned long long)all->list[i].dependents);
    }
}

verify_report verify_report_of(const char *path, const packread_options *options, unsigned threads,
                               int status)
{
    packread_snapshot *snapshot = sample_open(path, options);
    verify_report all = {0};

    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 1);
    verify_report_run(&all, snapshot, 0, threads);
    if (all.status != status)
        verify_report_describe(&all);
    if (status == 0)
        sample_good(all.status, &all.error);
    ck_assert_int_eq(all.status, status);
    if (status != 0)
        ck_assert_int_eq(all.error.code, status);
    ck_assert_uint_eq(all.summary.findings, all.count);
    packread_snapshot_free(snapshot);
    return all;
}

verify_report verify_report_of_pack(struct packwriter_pack *pack,
                                    const struct packwriter_index_options *options,
                                    unsigned threads, int status)
{
    char *path = sample_save(pack, "pack-made", options);
    verify_report all = verify_report_of(path, NULL, threads, status);

    free(path);
    return all;
}

const verify_found *verify_report_text(const verify_report *all, int code, const char *file,
                                       const char *text)
{
    for (size_t i = 0; i < all->count; i++) {
        const packread_error *error = &all->list[i].error;

        if (error->code == code && strstr(error->file, file) &&
            (!text || strcmp(error->text, text) == 0))
            return &all->list[i];
    }
    return NULL;
}

const verify_found *verify_report_at(const verify_report *all, int code, const char *file,
                                     uint64_t offset)
{
    for (size_t i = 0; i < all->count; i++) {
        const packread_error *error = &all->list[i].error;

        if (error->code == code && strstr(error->file, file) && error->has_offset &&
            error->offset == offset)
            return &all->list[i];
    }
    return NULL;
}

void verify_report_has_entry(const verify_report *all, const struct packwriter_pack *pack,
                             size_t entry, uint64_t dependents)
{
    packread_id id = made_pack_id(pack, entry);

    for (size_t i = 0; i < all->count; i++) {
        const packread_error *error = &all->list[i].error;

        if (error->code == PACKREAD_ERROR_CORRUPT && error->has_offset &&
            error->offset == pack->entries[entry].offset && strstr(error->file, ".pack") &&
            packread_id_compare(&error->id, &id) == 0 && all->list[i].dependents == dependents)
            return;
    }
    verify_report_describe(all);
    ck_abort_msg("nothing is found at entry %zu with %llu dependents", entry,
                 (unsigned long long)dependents);
}
