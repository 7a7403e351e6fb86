/* test_faults_packs.c - each call of libpackread on an opened snapshot with any of its calls, and
 * of libsmmap's below it, failing. (Opening: test_faults_open.c.) */
#include "store/snapshot.h"
#include "trial.h"

#include "invariants.h"
#include "repository.h"
#include "samples.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    struct repository repository;
    packread_options options;
} scene;

#define MIB ((uint64_t)1 << 20)

static const struct variant {
    const char *name;
    uint64_t step; /* more than 1 where a run takes long and does little of its own */
    /* Less than REPOSITORY_BIG where only what maps is another one, but more than a window. */
    size_t big_size;
    packread_options options;
} variants[] = {
    {"default", 1, REPOSITORY_BIG, {0}},
    {"small windows",
     1,
     REPOSITORY_BIG,
     {.io = PACKREAD_IO_MMAP, .window_size = 48 << 10, .memory_limit = 2 * MIB}},
    {"pread", 1, REPOSITORY_BIG, {.io = PACKREAD_IO_PREAD, .memory_limit = 2 * MIB}},
    {"guarded", 1, 70000, {.flags = PACKREAD_GUARD, .window_size = 64 << 10}},
    {"little memory", 5, REPOSITORY_BIG, {.window_size = 64 << 10, .memory_limit = MIB}},
    {"static", 1, 70000, {.manager = PACKREAD_STATIC, .io = PACKREAD_IO_MMAP}},
};
#define VARIANTS (int)(sizeof variants / sizeof *variants)

struct stage {
    packread_snapshot *snapshot;
    packread_reader *reader;
    uint64_t cursors; /* that the snapshot itself has */
};

static void *begin_snapshot(void)
{
    struct stage *stage = calloc(1, sizeof *stage);

    ck_assert_ptr_nonnull(stage);
    stage->snapshot = sample_open(scene.repository.objects, &scene.options);
    stage->cursors = 4; /* of two packs and their indexes */
    return stage;
}

static void *begin_alone(void)
{
    struct stage *stage = calloc(1, sizeof *stage);
    packread_options options = scene.options;

    ck_assert_ptr_nonnull(stage);
    options.flags |= PACKREAD_WITHOUT_INDEX;
    stage->snapshot = sample_open(scene.repository.pack, &options);
    stage->cursors = 1;
    return stage;
}

static void *begin_reader(void)
{
    struct stage *stage = begin_snapshot();

    stage->reader = sample_reader(stage->snapshot);
    return stage;
}

static void end_stage(void *context)
{
    struct stage *stage = context;
    smmap_manager *manager = stage->snapshot->manager;
    smmap_stats stats = {0};

    packread_reader_free(stage->reader);
    ck_assert_ptr_null(smm_manager_check(manager));
    smmap_manager_stats(manager, &stats);
    ck_assert_uint_eq(stats.cursors, stage->cursors);
    ck_assert_uint_eq(stats.regions_pinned, 0);
    ck_assert_uint_eq(stats.bytes_pinned, 0);
    trial_free_snapshot(stage->snapshot);
    free(stage);
}

/* ---- Readers -------------------------------------------------------------------------------- */

static int run_reader(void *context, struct trial *trial)
{
    struct stage *stage = context;
    packread_reader *reader = NULL;
    packread_error error = {0};
    int status = packread_reader_new(stage->snapshot, &reader, &error);

    if (status != 0)
        return trial_fail(trial, status, &error);
    packread_reader_free(reader);
    return 0;
}

/* ---- Listing -------------------------------------------------------------------------------- */

static int take_object(void *context, const packread_info *info, const packread_error *error)
{
    struct trial *trial = context;
    char line[300];

    if (error) {
        trial_tell(trial, error->code, error);
        return 0;
    }
    /* Of an object with two copies either may answer, where an index cannot be read. */
    if (packread_id_compare(&info->id, &scene.repository.ids[0]) == 0)
        snprintf(line, sizeof line, "%02x%02x %d %llu", info->id.bytes[0], info->id.bytes[1],
                 (int)info->type, (unsigned long long)info->size);
    else
        snprintf(line, sizeof line, "%02x%02x %d %llu %llu %u %d %u", info->id.bytes[0],
                 info->id.bytes[1], (int)info->type, (unsigned long long)info->size,
                 (unsigned long long)info->size_on_disk, info->depth, info->base.size, info->crc32);
    trial_answer(trial, line, strlen(line));
    return 0;
}

static int list(struct stage *stage, const packread_list_options *options, struct trial *trial)
{
    packread_error error = {0};
    int status = packread_reader_list(stage->reader, options, take_object, trial, &error);

    return status == 0 ? 0 : trial_fail(trial, status, &error);
}

static int run_list_ids(void *context, struct trial *trial)
{
    return list(context, &(packread_list_options){0}, trial);
}

static int run_list_all(void *context, struct trial *trial)
{
    return list(context, &(packread_list_options){.want = PACKREAD_WANT_ALL}, trial);
}

static int run_list_offsets(void *context, struct trial *trial)
{
    return list(context,
                &(packread_list_options){.order = PACKREAD_BY_OFFSET,
                                         .want = PACKREAD_WANT_TYPE | PACKREAD_WANT_DEPTH,
                                         .once = true},
                trial);
}

/* Of 64 objects on this is a sweep over the pack. */
static int run_survey(void *context, struct trial *trial)
{
    return list(context,
                &(packread_list_options){.want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE |
                                                 PACKREAD_WANT_DEPTH,
                                         .types = 1u << PACKREAD_BLOB},
                trial);
}

/* ---- Reading -------------------------------------------------------------------------------- */

static int run_read(void *context, struct trial *trial)
{
    struct stage *stage = context;

    for (size_t i = 0; i < REPOSITORY_IDS; i++) {
        const packread_id *id = &scene.repository.ids[i];
        packread_object object;
        packread_error error = {0};
        int status = packread_reader_read(stage->reader, id, &object, &error);

        if (status != 0) {
            ck_assert_int_eq(packread_id_compare(&error.id, id), 0);
            trial_tell(trial, trial_fail(trial, status, &error), &error);
            continue;
        }
        ck_assert(sample_hashes_to(id, object.type, object.data, object.size));
        trial_answer(trial, id->bytes, id->size);
    }
    return 0;
}

static int run_read_at(void *context, struct trial *trial)
{
    struct stage *stage = context;

    for (size_t i = 5; i < 12; i++) {
        const packread_id *id = &scene.repository.ids[i];
        packread_location location;
        packread_object object;
        packread_error error = {0};
        int status = packread_reader_find(stage->reader, id, &location, &error);

        if (status == 0)
            status = packread_reader_read_at(stage->reader, &location, &object, &error);
        if (status != 0)
            return trial_fail(trial, status, &error);
        ck_assert(sample_hashes_to(id, object.type, object.data, object.size));
        trial_answer(trial, id->bytes, id->size);
    }
    return 0;
}

struct received {
    packread_id id;
    enum packread_type type;
    size_t size;
    size_t claimed;
    unsigned char bytes[1 << 19];
};
static struct received received;

static int take_head(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    (void)context;
    received.id = *id;
    received.type = type;
    received.size = 0;
    received.claimed = (size_t)size;
    ck_assert_uint_le(size, sizeof received.bytes);
    return 0;
}

static int take_bytes(void *context, const void *bytes, size_t size)
{
    (void)context;
    ck_assert_uint_le(size, received.claimed - received.size);
    memcpy(received.bytes + received.size, bytes, size);
    received.size += size;
    return 0;
}

static int stream(struct stage *stage, const packread_id *id, struct trial *trial)
{
    const packread_sink sink = {.begin = take_head, .data = take_bytes, .context = NULL};
    packread_error error = {0};
    int status = packread_reader_stream(stage->reader, id, &sink, &error);

    if (status != 0)
        return trial_fail(trial, status, &error);
    ck_assert_uint_eq(received.size, received.claimed);
    ck_assert(sample_hashes_to(id, received.type, received.bytes, received.size));
    trial_answer(trial, id->bytes, id->size);
    return 0;
}

/* With 2 MiB in all this is too big to hold, and comes in pieces, after a pass that checks it. */
static int run_stream_big(void *context, struct trial *trial)
{
    return stream(context, &scene.repository.big, trial);
}

/* With 1 MiB its bases go through temporary files. */
static int run_stream_big_delta(void *context, struct trial *trial)
{
    return stream(context, &scene.repository.big_delta, trial);
}

static int run_stream_delta(void *context, struct trial *trial)
{
    return stream(context, &scene.repository.ids[10], trial);
}

/* ---- Asking --------------------------------------------------------------------------------- */

static int run_info(void *context, struct trial *trial)
{
    struct stage *stage = context;

    /* Not of the object with two copies, which the last ids are too: either may answer. */
    for (size_t i = 1; i < 15; i += 3) {
        const packread_id *id = &scene.repository.ids[i];
        packread_location location;
        packread_info info = {.struct_size = sizeof info};
        packread_error error = {0};
        int status = packread_reader_find(stage->reader, id, &location, &error);

        if (status == 0)
            status =
                packread_reader_info(stage->reader, &location, PACKREAD_WANT_ALL, &info, &error);
        if (status != 0)
            return trial_fail(trial, status, &error);
        take_object(trial, &info, NULL);
    }
    return 0;
}

static int take_id(void *context, const packread_id *id)
{
    trial_answer(context, id->bytes, id->size);
    return 0;
}

static int run_find(void *context, struct trial *trial)
{
    struct stage *stage = context;

    for (size_t i = 1; i < 15; i += 5) {
        packread_location location;
        packread_location same;
        packread_id id;
        packread_error error = {0};
        char hex[PACKREAD_HEX_MAX + 1];
        int status;

        packread_id_format(&scene.repository.ids[i], hex);
        status = packread_reader_find_prefix(stage->reader, hex, 12, &id, &error);
        if (status == 0)
            status = packread_reader_find(stage->reader, &id, &location, &error);
        if (status == 0)
            status = packread_reader_find_offset(stage->reader, location.store, location.offset,
                                                 &same, &error);
        if (status == 0)
            status = packread_reader_id_at(stage->reader, same.store, same.position, &id, &error);
        if (status == 0)
            status = packread_reader_each_prefix(stage->reader, hex, 4, take_id, trial, &error);
        if (status != 0)
            return trial_fail(trial, status, &error);
        ck_assert_int_eq(packread_id_compare(&id, &scene.repository.ids[i]), 0);
        trial_answer(trial, &location.offset, sizeof location.offset);
    }
    return 0;
}

/* ---- Verifying ------------------------------------------------------------------------------ */

static int take_finding(void *context, const packread_finding *finding)
{
    struct trial *trial = context;

    /* A pack that is whole has no findings, whatever the system does. */
    trial_tell(trial, finding->error->code, finding->error);
    return 0;
}

static int verify(struct stage *stage, unsigned threads, struct trial *trial)
{
    for (size_t pack = 0; pack < packread_snapshot_packs(stage->snapshot); pack++) {
        const packread_verify_options options = {
            .threads = threads, .finding = take_finding, .context = trial};
        packread_verify_summary summary = {.struct_size = sizeof summary};
        packread_error error = {0};
        int status = packread_verify(stage->snapshot, pack, &options, &summary, &error);

        if (status != 0)
            return trial_fail(trial, status, &error);
        trial_answer(trial, &summary, sizeof summary);
    }
    return 0;
}

static int run_verify(void *context, struct trial *trial)
{
    return verify(context, 1, trial);
}

static int run_verify_threads(void *context, struct trial *trial)
{
    return verify(context, 2, trial);
}

/* ---- Without an index ----------------------------------------------------------------------- */

struct written {
    uint64_t sum;
    uint64_t size;
};

static int take_written(void *context, const void *bytes, size_t size)
{
    struct written *written = ((void **)context)[1];
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++)
        written->sum = (written->sum ^ at[i]) * UINT64_C(0x100000001b3);
    written->size += size;
    return 0;
}

static int take_index_finding(void *context, const packread_finding *finding)
{
    return take_finding(((void **)context)[0], finding);
}

static int run_index(void *context, struct trial *trial)
{
    struct stage *stage = context;
    struct written written = {0, 0};
    void *both[2] = {trial, &written};
    const packread_index_options options = {.threads = 2,
                                            .finding = take_index_finding,
                                            .context = both,
                                            .index = take_written,
                                            .reverse = take_written};
    packread_index_summary summary = {.struct_size = sizeof summary};
    packread_error error = {0};
    int status = packread_index(stage->snapshot, 0, &options, &summary, &error);

    if (status != 0)
        return trial_fail(trial, status, &error);
    ck_assert(summary.written && written.size > 1000);
    trial_answer(trial, &written, sizeof written);
    trial_answer_number(trial, summary.objects);
    return 0;
}

static const struct operation operations[] = {
    {"reader new", begin_snapshot, run_reader, end_stage},
    {"list ids", begin_reader, run_list_ids, end_stage},
    {"list all that is known", begin_reader, run_list_all, end_stage},
    {"list by offset", begin_reader, run_list_offsets, end_stage},
    {"list by survey", begin_reader, run_survey, end_stage},
    {"read", begin_reader, run_read, end_stage},
    {"find, read at", begin_reader, run_read_at, end_stage},
    {"stream a big blob", begin_reader, run_stream_big, end_stage},
    {"stream a big delta", begin_reader, run_stream_big_delta, end_stage},
    {"stream a delta", begin_reader, run_stream_delta, end_stage},
    {"info", begin_reader, run_info, end_stage},
    {"find by prefix, id, offset, row", begin_reader, run_find, end_stage},
    {"verify", begin_snapshot, run_verify, end_stage},
    {"verify without index", begin_alone, run_verify, end_stage},
    {"index", begin_alone, run_index, end_stage},
    {"verify, 2 threads", begin_snapshot, run_verify_threads, end_stage},
};
#define OPERATIONS (int)(sizeof operations / sizeof *operations)

START_TEST(every_call_of_a_reader_survives_every_failure)
{
    const struct variant *variant = &variants[_i / OPERATIONS];
    const struct operation *operation = &operations[_i % OPERATIONS];

    repository_make(&scene.repository, variant->big_size);
    scene.options = variant->options;
    printf("%s\n", variant->name);
    trial_run(operation, (getenv("CHECK_LARGE") ? 1 : variant->step) * fault_step());
    repository_free(&scene.repository);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults: packs");
    TCase *cases = tcase_create("faults");

    tcase_add_loop_test(cases, every_call_of_a_reader_survives_every_failure, 0,
                        VARIANTS * OPERATIONS);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
