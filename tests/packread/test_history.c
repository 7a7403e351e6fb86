/* test_history.c - whether a call succeeds does not depend on what other readers of the snapshot
 * have read before, nor on what they read meanwhile. Made to run under ThreadSanitizer too. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "million.h"
#include "samples.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)
#define OBJECTS ((size_t)28000) /* their order, while it is sorted, is 448 KiB of 512 */
#define READERS 3
#define THREADS 8
#define READS 300

static char *path;

static void make(void)
{
    path = million_make("history", OBJECTS, MILLION_GROVE);
}

static void unmake(void)
{
    free(path);
}

static int read_it(void *context, const packread_info *info, const packread_error *error)
{
    packread_object object;

    if (!error && info->location.position % 16 == 0)
        packread_reader_read_at(context, &info->location, &object, NULL);
    return 0;
}

static int count_errors(void *context, const packread_info *info, const packread_error *error)
{
    (void)info;
    *(unsigned *)context += error != NULL;
    return 0;
}

static const packread_list_options with_disk = {.want = PACKREAD_WANT_DISK};

/* The caches of readers at rest are full: a table takes their place. */
START_TEST(a_table_is_made_whatever_others_have_read)
{
    packread_options options = {.memory_limit = MIB};
    packread_list_options all = {0};
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_reader *readers[READERS];
    packread_error error;
    unsigned failed = 0;

    for (int i = 0; i < READERS; i++)
        readers[i] = sample_reader(snapshot);
    for (int i = 0; i + 1 < READERS; i++) {
        packread_reader *reader = sample_reader(snapshot);

        sample_good(packread_reader_list(reader, &all, read_it, readers[i], &error), &error);
        packread_reader_free(reader);
    }
    sample_good(
        packread_reader_list(readers[READERS - 1], &with_disk, count_errors, &failed, &error),
        &error);
    ck_assert_uint_eq(failed, 0);
    for (int i = 0; i < READERS; i++)
        packread_reader_free(readers[i]);
    packread_snapshot_free(snapshot);
}
END_TEST

/* Order, forest, objects: each takes the place of what nobody uses of the others. */
START_TEST(each_finds_room_whatever_was_done_before)
{
    packread_options options = {.memory_limit = MIB};
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_reader *first = sample_reader(snapshot);
    packread_reader *second = sample_reader(snapshot);
    packread_error error;
    unsigned failed = 0;

    for (int round = 0; round < 3; round++) {
        packread_verify_options verify = {.threads = 2};
        packread_verify_summary summary = {.struct_size = sizeof summary};

        sample_good(packread_reader_list(first, &with_disk, count_errors, &failed, &error), &error);
        sample_good(packread_reader_list(second, &with_disk, read_it, first, &error), &error);
        sample_good(packread_verify(snapshot, 0, &verify, &summary, &error), &error);
        ck_assert_uint_eq(summary.objects, OBJECTS);
    }
    ck_assert_uint_eq(failed, 0);
    packread_reader_free(first);
    packread_reader_free(second);
    packread_snapshot_free(snapshot);
}
END_TEST

/* ---- At the same time ----------------------------------------------------------------------- */

typedef struct job {
    pthread_t thread;
    packread_snapshot *snapshot;
    const sample_truth *truth;
    uint64_t state;
    unsigned wrong;
    packread_error error;
} job;

static void *read_at_random(void *context)
{
    job *self = context;
    packread_reader *reader = NULL;
    int status = packread_reader_new(self->snapshot, &reader, &self->error);

    for (int i = 0; status == 0 && i < READS; i++) {
        size_t number = suite_random_below(&self->state, self->truth->count);
        const packread_id *id = &self->truth->objects[number].id;
        packread_object object;
        packread_info info = {.struct_size = sizeof info};

        status = packread_reader_read(reader, id, &object, &self->error);
        if (status == 0)
            self->wrong += !sample_hashes_to(id, object.type, object.data, object.size);
        if (status == 0 && i % 50 == 0)
            status = packread_reader_describe(reader, id, PACKREAD_WANT_ALL, &info, &self->error);
    }
    packread_reader_free(reader);
    return NULL;
}

/* What eight threads hold at once fits the limit; their caches by themselves would fill it. */
START_TEST(threads_that_share_a_small_limit_are_all_answered)
{
    const sample *of = sample_find("repos/deltas");
    char *where = sample_path(of, NULL);
    packread_options options = {.memory_limit = 4 * MIB};
    packread_snapshot *snapshot = sample_open(where, &options);
    sample_truth truth;
    job jobs[THREADS];

    sample_truth_load(of, &truth);
    memset(jobs, 0, sizeof jobs);
    for (size_t i = 0; i < THREADS; i++) {
        jobs[i].snapshot = snapshot;
        jobs[i].truth = &truth;
        jobs[i].state = suite_seed() + i;
        ck_assert_int_eq(pthread_create(&jobs[i].thread, NULL, read_at_random, &jobs[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(jobs[i].thread, NULL);
        sample_good(jobs[i].error.code, &jobs[i].error);
        ck_assert_uint_eq(jobs[i].wrong, 0);
    }
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    free(where);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("history");
    TCase *tests = tcase_create("history");

    tcase_add_unchecked_fixture(tests, make, unmake);
    tcase_add_test(tests, a_table_is_made_whatever_others_have_read);
    tcase_add_test(tests, each_finds_room_whatever_was_done_before);
    tcase_add_test(tests, threads_that_share_a_small_limit_are_all_answered);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
