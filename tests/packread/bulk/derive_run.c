/* derive_run.c - writers into memory, and a list of findings. */
#include "derive_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"
#include "suite.h"

static int take_finding(void *context, const packread_finding *finding)
{
    derived *result = context;
    packread_error *copy = malloc(sizeof *copy);

    result->findings = realloc(result->findings, (result->count + 1) * sizeof *result->findings);
    if (!copy || !result->findings)
        abort();
    *copy = *finding->error;
    result->findings[result->count++] =
        (packread_finding){.error = copy, .dependents = finding->dependents};
    return result->count == result->stop_after;
}

static int take_progress(void *context, uint64_t done, uint64_t total)
{
    derived *result = context;

    if (done < result->done || done > total)
        ck_abort_msg("progress goes from %llu to %llu of %llu", (unsigned long long)result->done,
                     (unsigned long long)done, (unsigned long long)total);
    result->done = done;
    result->total = total;
    return 0;
}

static int take_bytes(derived *result, struct packwriter_bytes *file, const void *bytes,
                      size_t size)
{
    packwriter_bytes_add(file, bytes, size);
    return ++result->writes == result->write_stop;
}

static int take_index(void *context, const void *bytes, size_t size)
{
    return take_bytes(context, &((derived *)context)->index, bytes, size);
}

static int take_reverse(void *context, const void *bytes, size_t size)
{
    return take_bytes(context, &((derived *)context)->reverse, bytes, size);
}

void derive_into(derived *result, const char *path, const derive_how *how)
{
    packread_options library = how ? how->library : (packread_options){0};
    packread_index_options options = {
        .threads = how ? how->threads : 0,
        .finding = take_finding,
        .progress = take_progress,
        .context = result,
        .version = how ? how->version : 0,
        .salvage = how && how->salvage,
        .index = take_index,
        .reverse = take_reverse,
    };
    packread_snapshot *snapshot;

    library.flags |= PACKREAD_WITHOUT_INDEX;
    snapshot = sample_open(path, &library);
    memset(&result->error, 0, sizeof result->error);
    result->status = packread_index(snapshot, 0, &options, &result->summary, &result->error);
    ck_assert_int_eq(result->status, result->error.code);
    packread_snapshot_free(snapshot);
}

derived derive(const char *path, const derive_how *how)
{
    derived result = {0};

    derive_into(&result, path, how);
    return result;
}

void derived_free(derived *result)
{
    for (size_t i = 0; i < result->count; i++) {
        union {
            const packread_error *kept;
            packread_error *own;
        } error = {result->findings[i].error};

        free(error.own);
    }
    free(result->findings);
    packwriter_bytes_free(&result->index);
    packwriter_bytes_free(&result->reverse);
    memset(result, 0, sizeof *result);
}

const packread_finding *derived_find(const derived *result, int code, uint64_t offset,
                                     const char *text)
{
    for (size_t i = 0; i < result->count; i++) {
        const packread_error *error = result->findings[i].error;

        if (error->code == code && error->has_offset && error->offset == offset &&
            (!text || strcmp(error->text, text) == 0))
            return &result->findings[i];
    }
    return NULL;
}

void derived_print(const derived *result)
{
    for (size_t i = 0; i < result->count; i++) {
        const packread_error *error = result->findings[i].error;
        char hex[PACKREAD_HEX_MAX + 1];

        packread_id_format(&error->id, hex);
        fprintf(stderr, "%s: offset %llu: %s: %s (%d), dependents %llu\n", error->file,
                (unsigned long long)error->offset, hex, error->text, error->code,
                (unsigned long long)result->findings[i].dependents);
    }
}
