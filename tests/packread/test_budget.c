/* test_budget.c - small limits: an answer is right, or it is BUDGET and says what it takes; what
 * one reader keeps does not starve the others; nothing stays charged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)
#define READERS 8

/* Reads every so manieth object; the number of those that there was no room for. */
static size_t read_every(size_t step, packread_reader *reader, const sample_truth *truth,
                         uint64_t limit)
{
    size_t refused = 0;

    for (size_t i = 0; i < truth->count; i += step) {
        const sample_object *expected = &truth->objects[i];
        packread_object object;
        packread_error error;
        int status;

        memset(&error, 0, sizeof error);
        status = packread_reader_read(reader, &expected->id, &object, &error);
        if (status == PACKREAD_ERROR_BUDGET) {
            if (error.code != status || error.needed <= limit)
                ck_abort_msg("needed %llu with a limit of %llu", (unsigned long long)error.needed,
                             (unsigned long long)limit);
            refused++;
            continue;
        }
        sample_good(status, &error);
        if (!sample_hashes_to(&expected->id, object.type, object.data, object.size) ||
            object.size != expected->size)
            ck_abort_msg("the bytes do not give the id");
    }
    return refused;
}

START_TEST(under_any_limit_an_object_is_right_or_refused)
{
    static const uint64_t limits[] = {MIB, MIB + 1, 2 * MIB, 3 * MIB, 8 * MIB, 40 * MIB};
    const sample *of = &samples[_i];
    char *path = sample_path(of, NULL);
    sample_truth truth;
    size_t before = SIZE_MAX;

    /* Chains of thousands without room for a cache are the square of that. */
    if (strstr(of->where, "chain-") || strstr(of->where, "repos/many")) {
        free(path);
        return;
    }
    sample_truth_load(of, &truth);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        packread_options options = {.memory_limit = limits[i]};
        packread_snapshot *snapshot = sample_open(path, &options);
        packread_reader *reader = sample_reader(snapshot);
        size_t refused = read_every(1, reader, &truth, limits[i]);
        packread_stats stats = {.struct_size = sizeof stats};

        ck_assert_uint_le(refused, before);
        before = refused;
        packread_snapshot_stats(snapshot, &stats);
        ck_assert_uint_le(stats.bytes_peak, limits[i]);
        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
    }
    if (!(of->is & SAMPLE_LARGE))
        ck_assert_uint_eq(before, 0);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

/* What was refused leaves nothing behind: the same reader reads the small objects as before, and
 * the same object is refused in the same way. */
START_TEST(a_refusal_leaves_nothing_charged)
{
    const sample *of = sample_find("packs/zeros");
    char *path = sample_path(of, NULL);
    packread_options options = {.memory_limit = 16 * MIB};
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_reader *reader = sample_reader(snapshot);
    sample_truth truth;
    uint64_t needed[4] = {0};

    sample_truth_load(of, &truth);
    ck_assert_uint_eq(truth.count, 4);
    for (int times = 0; times < 3; times++) {
        for (size_t i = 0; i < truth.count; i++) {
            packread_object object;
            packread_error error;

            memset(&error, 0, sizeof error);
            ck_assert_int_eq(packread_reader_read(reader, &truth.objects[i].id, &object, &error),
                             PACKREAD_ERROR_BUDGET);
            if (times > 0)
                ck_assert_uint_eq(error.needed, needed[i]);
            needed[i] = error.needed;
        }
    }
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

/* Eight readers, of which each in turn reads everything: full caches of those that rest must not
 * take the room of the one that works. */
START_TEST(readers_at_rest_do_not_starve_the_one_that_works)
{
    static const uint64_t limits[] = {2 * MIB, 8 * MIB};
    const sample *of = sample_find("repos/deltas");
    char *path = sample_path(of, NULL);
    packread_options options = {.memory_limit = limits[_i]};
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_reader *readers[READERS];
    sample_truth truth;

    sample_truth_load(of, &truth);
    for (size_t i = 0; i < READERS; i++)
        readers[i] = sample_reader(snapshot);
    for (size_t i = 0; i < READERS; i++)
        ck_assert_msg(read_every(3, readers[i], &truth, limits[_i]) == 0, "reader %zu", i);
    for (size_t i = 0; i < READERS; i++)
        packread_reader_free(readers[i]);
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

static int ignore_begin(void *context, const packread_id *id, enum packread_type type,
                        uint64_t size)
{
    (void)context, (void)id, (void)type, (void)size;
    return 0;
}

static int count_bytes(void *context, const void *bytes, size_t size)
{
    (void)bytes;
    *(uint64_t *)context += size;
    return 0;
}

static void stream_plain(packread_reader *reader, const sample_truth *truth)
{
    for (size_t i = 0; i < truth->count; i++) {
        const sample_object *expected = &truth->objects[i];
        uint64_t bytes = 0;
        packread_sink sink = {.begin = ignore_begin, .data = count_bytes, .context = &bytes};
        packread_location location;
        packread_error error;
        packread_info info = {.struct_size = sizeof info};

        memset(&error, 0, sizeof error);
        sample_good(packread_reader_find(reader, &expected->id, &location, &error), &error);
        sample_good(packread_reader_info(reader, &location, PACKREAD_WANT_TYPE, &info, &error),
                    &error);
        if (info.stored_type >= PACKREAD_OFS_DELTA)
            continue;
        sample_good(packread_reader_stream(reader, &expected->id, &sink, &error), &error);
        if (bytes != expected->size)
            ck_abort_msg("%llu bytes came", (unsigned long long)bytes);
    }
}

/* The header's promise: a plain object of any size streams; BUDGET is for deltas. */
START_TEST(plain_objects_stream_however_full_the_caches_are)
{
    const sample *of = sample_find("repos/deltas");
    const sample *big = sample_find("repos/big");
    char *folder = suite_scratch_path("both");
    char command[8192];
    char *of_path = sample_path(of, "objects/pack");
    char *big_path = sample_path(big, "objects/pack");
    packread_options options = {.memory_limit = 2 * MIB};
    packread_snapshot *snapshot;
    packread_reader *readers[READERS];
    sample_truth truth;
    sample_truth of_big;

    snprintf(command, sizeof command, "mkdir '%s' && ln -s '%s'/* '%s'/* '%s'", folder, of_path,
             big_path, folder);
    ck_assert_int_eq(system(command), 0);
    snapshot = sample_open(folder, &options);
    sample_truth_load(of, &truth);
    sample_truth_load(big, &of_big);
    for (size_t i = 0; i < READERS; i++) {
        readers[i] = sample_reader(snapshot);
        read_every(3, readers[i], &truth, options.memory_limit);
    }
    for (size_t i = 0; i < READERS; i += 7) {
        stream_plain(readers[i], &of_big);
        stream_plain(readers[i], &truth);
    }
    for (size_t i = 0; i < READERS; i++)
        packread_reader_free(readers[i]);
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    sample_truth_free(&of_big);
    free(of_path);
    free(big_path);
    free(folder);
}
END_TEST

/* Under the smallest limit verify says BUDGET and how much, or does its work; given that much, it
 * does it. */
START_TEST(verify_works_with_what_it_asks_for)
{
    static const char *const places[] = {"repos/many", "repos/deltas", "packs/chain-ref",
                                         "packs/noise", "packs/copy-forms"};
    char *path = sample_path(sample_find(places[_i]), NULL);
    packread_options options = {.memory_limit = MIB};
    int tries = 0;

    for (;; tries++) {
        packread_snapshot *snapshot = sample_open(path, &options);
        packread_verify_options verify = {.threads = 4};
        packread_verify_summary summary = {.struct_size = sizeof summary};
        packread_pack_info info = {.struct_size = sizeof info};
        packread_error error;
        int status;

        memset(&error, 0, sizeof error);
        status = packread_verify(snapshot, 0, &verify, &summary, &error);
        ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
        packread_snapshot_free(snapshot);
        if (status == 0) {
            ck_assert_uint_eq(summary.objects, info.objects);
            break;
        }
        if (status != PACKREAD_ERROR_BUDGET)
            sample_good(status, &error);
        ck_assert_int_lt(tries, 5);
        ck_assert_uint_gt(error.needed, options.memory_limit);
        options.memory_limit = error.needed;
    }
    free(path);
}
END_TEST

typedef struct refused {
    uint64_t objects; /* in findings, with what hangs on them */
    uint64_t findings;
} refused;

static int count_refused(void *context, const packread_finding *finding)
{
    refused *all = context;

    if (finding->error->code != PACKREAD_ERROR_TEMPORARY || finding->error->id.size == 0 ||
        finding->error->needed == 0 || finding->error->system_errno == 0)
        ck_abort_msg("%d: %s", finding->error->code, finding->error->text);
    all->objects += 1 + finding->dependents;
    all->findings++;
    return 0;
}

static const char *const with_large_ones[] = {"packs/noise", "packs/copy-forms", "packs/zeros",
                                              "packs/delta-sizes"};

/* What memory has no room for is streamed: nothing is left out, and the summary is the same. */
START_TEST(verify_checks_all_whatever_the_limit)
{
    char *path = sample_path(sample_find(with_large_ones[_i]), NULL);
    packread_options options = {.memory_limit = 2 * MIB};
    packread_snapshot *roomy = sample_open(path, NULL);
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_verify_summary expected = {.struct_size = sizeof expected};
    packread_error error;

    memset(&error, 0, sizeof error);
    sample_good(packread_verify(roomy, 0, NULL, &expected, &error), &error);
    for (unsigned threads = 1; threads <= 3; threads += 2) {
        packread_verify_options verify = {.threads = threads};
        packread_verify_summary summary = {.struct_size = sizeof summary};

        sample_good(packread_verify(snapshot, 0, &verify, &summary, &error), &error);
        ck_assert_uint_eq(summary.objects, expected.objects);
        ck_assert_uint_eq(summary.bytes, expected.bytes);
        ck_assert_uint_eq(summary.chains, expected.chains);
        ck_assert_uint_eq(summary.depth, expected.depth);
    }
    packread_snapshot_free(roomy);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

/* Where there is no room on disk either, that is told of each; all else is checked all the same. */
START_TEST(verify_checks_whatever_has_room)
{
    char *path = sample_path(sample_find(with_large_ones[_i]), NULL);
    packread_options options = {.memory_limit = 2 * MIB};
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_pack_info info = {.struct_size = sizeof info};

    ck_assert_int_eq(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
    for (unsigned threads = 1; threads <= 3; threads += 2) {
        refused all = {0, 0};
        packread_verify_options verify = {
            .threads = threads, .finding = count_refused, .context = &all};
        packread_verify_summary summary = {.struct_size = sizeof summary};
        packread_error error;

        memset(&error, 0, sizeof error);
        ck_assert_int_eq(packread_verify(snapshot, 0, &verify, &summary, &error),
                         PACKREAD_ERROR_TEMPORARY);
        ck_assert_str_eq(error.file, "/nowhere/at/all");
        ck_assert_uint_gt(error.needed, 0);
        ck_assert_uint_gt(all.findings, 0);
        ck_assert_uint_eq(summary.findings, all.findings);
        ck_assert_uint_eq(summary.objects + all.objects, info.objects);
    }
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

/* What the options say counts, whatever the environment says. */
START_TEST(the_folder_of_temporary_files_is_an_option)
{
    static const struct {
        const char *environment;
        const char *option;
        unsigned flags;
        bool is_good;
    } cases[] = {{"/nowhere", "/tmp", 0, true},
                 {"/tmp", "/nowhere", 0, false},
                 {"/nowhere", NULL, PACKREAD_NO_ENVIRONMENT, true},
                 {"/nowhere", "/tmp", PACKREAD_NO_ENVIRONMENT, true},
                 {"/nowhere", NULL, 0, false}};
    char *path = sample_path(sample_find(with_large_ones[0]), NULL);
    packread_options options = {.struct_size = sizeof options,
                                .memory_limit = 2 * MIB,
                                .temporary_folder = cases[_i].option,
                                .flags = cases[_i].flags};
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_error error = {0};
    int status;

    ck_assert_int_eq(setenv("TMPDIR", cases[_i].environment, 1), 0);
    status = packread_verify(snapshot, 0, NULL, NULL, &error);
    ck_assert_int_eq(status, cases[_i].is_good ? 0 : PACKREAD_ERROR_TEMPORARY);
    if (!cases[_i].is_good)
        ck_assert_str_eq(error.file, "/nowhere");
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("budget");
    TCase *tests = tcase_create("budget");

    tcase_add_loop_test(tests, under_any_limit_an_object_is_right_or_refused, 0, sample_count);
    tcase_add_test(tests, a_refusal_leaves_nothing_charged);
    tcase_add_loop_test(tests, readers_at_rest_do_not_starve_the_one_that_works, 0, 2);
    tcase_add_test(tests, plain_objects_stream_however_full_the_caches_are);
    tcase_add_loop_test(tests, verify_works_with_what_it_asks_for, 0, 5);
    tcase_add_loop_test(tests, verify_checks_all_whatever_the_limit, 0, 4);
    tcase_add_loop_test(tests, the_folder_of_temporary_files_is_an_option, 0, 5);
    tcase_add_loop_test(tests, verify_checks_whatever_has_room, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
