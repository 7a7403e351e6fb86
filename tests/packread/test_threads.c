/* test_threads.c - one snapshot, many readers: each thread gets right bytes, whatever the others
 * do. Made to run under ThreadSanitizer too. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/snapshot.h"
#include "samples.h"
#include "suite.h"

#define THREADS 8
#define MIB ((uint64_t)1 << 20)

typedef struct job {
    pthread_t thread;
    packread_snapshot *snapshot;
    const sample_truth *truth;
    uint64_t state; /* of the random numbers */
    size_t reads;
    int role;
    atomic_int *busy;  /* threads that are at work on objects */
    char failure[512]; /* assertions belong to the main thread */
} job;

static void note_failure(job *self, int status, const packread_error *error)
{
    char hex[PACKREAD_HEX_MAX + 1] = "";

    packread_id_format(&error->id, hex);
    snprintf(self->failure, sizeof self->failure, "%d: %.200s at %llu: %s: %s", status, error->file,
             (unsigned long long)error->offset, hex, error->text);
}

static bool check_object(job *self, const packread_object *object, const packread_id *wanted)
{
    if (packread_id_compare(&object->id, wanted) != 0 ||
        !sample_hashes_to(wanted, object->type, object->data, object->size)) {
        snprintf(self->failure, sizeof self->failure, "other bytes than those of the id");
        return false;
    }
    return true;
}

static bool read_random(job *self, packread_reader *reader)
{
    const sample_object *wanted =
        &self->truth->objects[suite_random_below(&self->state, self->truth->count)];
    packread_object object;
    packread_error error;
    int status;

    memset(&error, 0, sizeof error);
    status = packread_reader_read(reader, &wanted->id, &object, &error);
    if (status != 0) {
        note_failure(self, status, &error);
        return false;
    }
    return check_object(self, &object, &wanted->id);
}

static bool find_random(job *self, packread_reader *reader)
{
    const sample_object *wanted =
        &self->truth->objects[suite_random_below(&self->state, self->truth->count)];
    packread_location location;
    packread_location same;
    packread_info info = {.struct_size = sizeof info};
    packread_error error;
    packread_id id;
    char hex[PACKREAD_HEX_MAX + 1];
    int status;

    memset(&error, 0, sizeof error);
    packread_id_format(&wanted->id, hex);
    status = packread_reader_find_prefix(reader, hex, 2 * wanted->id.size, &id, &error);
    if (status == 0)
        status = packread_reader_find(reader, &id, &location, &error);
    if (status == 0)
        status =
            packread_reader_find_offset(reader, location.store, location.offset, &same, &error);
    if (status == 0)
        status = packread_reader_info(reader, &same, PACKREAD_WANT_ALL, &info, &error);
    if (status != 0) {
        note_failure(self, status, &error);
        return false;
    }
    if (packread_id_compare(&info.id, &wanted->id) != 0 || info.type != wanted->type ||
        info.size != wanted->size) {
        snprintf(self->failure, sizeof self->failure, "%s: another object was found", hex);
        return false;
    }
    return true;
}

static void *read_at_random(void *context)
{
    job *self = context;
    packread_reader *reader = NULL;
    packread_error error;
    int status;

    memset(&error, 0, sizeof error);
    status = packread_reader_new(self->snapshot, &reader, &error);
    if (status != 0)
        note_failure(self, status, &error);
    for (size_t i = 0; status == 0 && i < self->reads && !self->failure[0]; i++) {
        if (i % 4 == 3)
            find_random(self, reader);
        else
            read_random(self, reader);
        if (i % 100 == 99) { /* readers come and go */
            packread_reader_free(reader);
            reader = NULL;
            status = packread_reader_new(self->snapshot, &reader, &error);
            if (status != 0)
                note_failure(self, status, &error);
        }
    }
    packread_reader_free(reader);
    return NULL;
}

static void run(packread_snapshot *snapshot, const sample_truth *truth, size_t reads,
                void *(*role)(void *), uint64_t seed)
{
    atomic_int busy = THREADS - 1;
    job jobs[THREADS];

    memset(jobs, 0, sizeof jobs);
    for (int i = 0; i < THREADS; i++) {
        jobs[i].snapshot = snapshot;
        jobs[i].truth = truth;
        jobs[i].state = seed + (uint64_t)i;
        jobs[i].reads = reads;
        jobs[i].role = i;
        jobs[i].busy = &busy;
        ck_assert_int_eq(pthread_create(&jobs[i].thread, NULL, role, &jobs[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(jobs[i].thread, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        ck_assert_msg(jobs[i].failure[0] == 0, "thread %d: %s", i, jobs[i].failure);
}

static const struct {
    const char *where;
    packread_options options;
    size_t reads;
} cases[] = {
    {"repos/multi", {.window_size = 1}, 200},
    {"repos/multi", {.window_size = 65536, .memory_limit = 32 * MIB}, 400},
    {"repos/deltas", {.io = PACKREAD_IO_PREAD, .window_size = 4096}, 200},
    {"repos/deltas", {.manager = PACKREAD_STATIC}, 400},
    {"repos/many", {.window_size = 4096, .memory_limit = 16 * MIB}, 300},
    {"repos/refdelta", {.memory_limit = 32 * MIB}, 200},
    {"packs/mixed-chain", {.flags = PACKREAD_NO_CHECK}, 300},
    {"sha256/repo", {.window_size = 1}, 200},
};

START_TEST(eight_readers_get_right_bytes_from_one_snapshot)
{
    const sample *of = sample_find(cases[_i].where);
    char *path = sample_path(of, NULL);
    packread_snapshot *snapshot = sample_open(path, &cases[_i].options);
    sample_truth truth;
    packread_stats stats = {.struct_size = sizeof stats};

    sample_truth_load(of, &truth);
    run(snapshot, &truth, cases[_i].reads, read_at_random, suite_seed() + 100 * (uint64_t)_i);
    packread_snapshot_stats(snapshot, &stats);
    ck_assert_uint_eq(stats.regions_pinned, 0);
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

/* ---- Different work at once ---------------------------------------------------------------------
 */

typedef struct counting {
    job *self;
    packread_reader *reader;
    size_t count;
} counting;

static int count_object(void *context, const packread_info *info, const packread_error *error)
{
    counting *state = context;

    if (error)
        note_failure(state->self, error->code, error);
    else if (!sample_truth_find(state->self->truth, &info->id))
        snprintf(state->self->failure, sizeof state->self->failure, "an unknown object");
    state->count++;
    return state->self->failure[0] != 0;
}

static void list_all(job *self, enum packread_order order)
{
    packread_list_options options = {.order = order, .want = PACKREAD_WANT_ALL, .once = true};
    counting state = {self, NULL, 0};
    packread_error error;
    int status;

    memset(&error, 0, sizeof error);
    status = packread_reader_new(self->snapshot, &state.reader, &error);
    if (status == 0)
        status = packread_reader_list(state.reader, &options, count_object, &state, &error);
    if (status != 0 && !self->failure[0])
        note_failure(self, status, &error);
    if (!self->failure[0] && state.count != self->truth->count)
        snprintf(self->failure, sizeof self->failure, "%zu objects listed, not %zu", state.count,
                 self->truth->count);
    packread_reader_free(state.reader);
}

static void verify_all(job *self)
{
    for (size_t pack = 0; pack < packread_snapshot_packs(self->snapshot); pack++) {
        packread_verify_options options = {.threads = 2};
        packread_error error;
        int status;

        memset(&error, 0, sizeof error);
        status = packread_verify(self->snapshot, pack, &options, NULL, &error);
        if (status != 0)
            note_failure(self, status, &error);
    }
}

/* Takes every idle window from under the others, in both ways, for as long as they work. */
static void collect_and_release(job *self)
{
    smmap_manager *manager = self->snapshot->manager;
    size_t packs = packread_snapshot_packs(self->snapshot);

    for (size_t i = 0; atomic_load(self->busy) > 0; i++) {
        packread_pack_info info = {.struct_size = sizeof info};
        smmap_stats stats = {0};

        smmap_manager_collect(manager);
        packread_snapshot_pack(self->snapshot, i % packs, &info);
        smmap_manager_release_path(manager, i % 3 ? info.path : info.index_path, NULL);
        smmap_manager_stats(manager, &stats);
    }
}

static void *do_own_work(void *context)
{
    job *self = context;

    if (self->role == 3) {
        collect_and_release(self);
        return NULL;
    }
    switch (self->role) {
    case 0:
        list_all(self, PACKREAD_BY_ID);
        break;
    case 1:
        list_all(self, PACKREAD_BY_OFFSET);
        break;
    case 2:
        verify_all(self);
        break;
    default:
        read_at_random(self);
        break;
    }
    atomic_fetch_sub(self->busy, 1);
    return NULL;
}

START_TEST(listing_verifying_reading_collecting_and_releasing_go_on_at_once)
{
    static const char *const places[] = {"repos/multi", "repos/deltas", "repos/refdelta"};
    packread_options options = {.window_size = 16384,
                                .memory_limit = 64 * MIB,
                                .io = _i == 1 ? PACKREAD_IO_PREAD : PACKREAD_IO_AUTO,
                                .flags = _i == 2 ? PACKREAD_GUARD : 0};
    const sample *of = sample_find(places[_i]);
    char *path = sample_path(of, NULL);
    packread_snapshot *snapshot = sample_open(path, &options);
    sample_truth truth;

    sample_truth_load(of, &truth);
    run(snapshot, &truth, 150, do_own_work, suite_seed());
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("threads");
    TCase *tests = tcase_create("threads");

    tcase_add_loop_test(tests, eight_readers_get_right_bytes_from_one_snapshot, 0,
                        (int)(sizeof cases / sizeof *cases));
    tcase_add_loop_test(tests, listing_verifying_reading_collecting_and_releasing_go_on_at_once, 0,
                        3);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
