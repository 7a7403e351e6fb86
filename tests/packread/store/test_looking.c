/* test_looking.c - packs that come and go while a snapshot is open: what is there is found, what is
 * held is read, and what is gone is given back. The last test is made for ThreadSanitizer too. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "opening.h"
#include "samples.h"
#include "suite.h"

#define READERS 4
#define GENERATIONS 300 /* of packs, in the last test */
#define SECONDS 3

static sample_truth truth;

static void load_truth(void)
{
    sample_truth_load(sample_find("packs/types"), &truth);
}

static void free_truth(void)
{
    sample_truth_free(&truth);
}

static void come_half(const char *folder, const char *name, const char *ending)
{
    char from[4096];
    char to[4096];
    char *stem = suite_scratch_path("types");

    snprintf(from, sizeof from, "%s.%s", stem, ending);
    snprintf(to, sizeof to, "%s/%s.%s", folder, name, ending);
    ck_assert_int_eq(link(from, to), 0);
    free(stem);
}

/* Both files of a pack in another folder, the index last as git does it, and away again. */
static void come(const char *folder, const char *name)
{
    come_half(folder, name, "pack");
    come_half(folder, name, "idx");
}

static void go(const char *folder, const char *name)
{
    static const char *const endings[] = {"pack", "idx"};

    for (size_t i = 0; i < 2; i++) {
        char path[4096];

        snprintf(path, sizeof path, "%s/%s.%s", folder, name, endings[i]);
        ck_assert_int_eq(unlink(path), 0);
    }
}

/* An objects folder: what is below `pack` comes and goes. */
static char *make_objects(bool with_pack)
{
    char *objects = suite_scratch_path("objects");
    char *pack = suite_scratch_path("objects/pack");

    opening_copy_types("types");
    ck_assert_int_eq(mkdir(objects, 0777), 0);
    ck_assert_int_eq(mkdir(pack, 0777), 0);
    free(objects);
    if (!with_pack) {
        char *repository = suite_scratch_path("HEAD");

        suite_write_file(repository, "ref: refs/heads/main\n", 21);
        free(repository);
        ck_assert_int_eq(rmdir(pack), 0);
    }
    return pack;
}

static int find(packread_reader *reader)
{
    packread_location location;

    return packread_reader_find(reader, &truth.objects[0].id, &location, NULL);
}

START_TEST(packs_that_come_into_an_empty_repository_are_found)
{
    char *folder = make_objects(_i == 0);
    char *where = suite_scratch_path(_i == 0 ? "objects" : "");
    packread_snapshot *snapshot = sample_open(where, NULL);
    packread_reader *reader = sample_reader(snapshot);
    packread_object object;
    packread_error error;
    char hex[PACKREAD_HEX_MAX + 1];
    packread_id id;

    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 0);
    ck_assert_int_eq(find(reader), PACKREAD_ERROR_NOT_FOUND);
    if (_i == 1)
        ck_assert_int_eq(mkdir(folder, 0777), 0);
    come(folder, "pack-one");
    for (size_t i = 0; i < truth.count; i++)
        sample_good(packread_reader_read(reader, &truth.objects[i].id, &object, &error), &error);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 1);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    packread_id_format(&truth.objects[0].id, hex);
    sample_good(packread_reader_find_prefix(reader, hex, 12, &id, &error), &error);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(where);
    free(folder);
}
END_TEST

START_TEST(a_prefix_is_looked_for_in_packs_that_came)
{
    char *folder = make_objects(true);
    char *where = suite_scratch_path("objects");
    packread_snapshot *snapshot = sample_open(where, NULL);
    packread_reader *reader = sample_reader(snapshot);
    char hex[PACKREAD_HEX_MAX + 1];
    packread_error error;
    packread_id id;

    packread_id_format(&truth.objects[1].id, hex);
    ck_assert_int_eq(packread_reader_find_prefix(reader, hex, 12, &id, NULL),
                     PACKREAD_ERROR_NOT_FOUND);
    come(folder, "pack-one");
    sample_good(packread_reader_find_prefix(reader, hex, 12, &id, &error), &error);
    ck_assert_int_eq(packread_id_compare(&id, &truth.objects[1].id), 0);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(where);
    free(folder);
}
END_TEST

static int count_one(void *count, const packread_info *info, const packread_error *error)
{
    (void)info;
    ck_assert_ptr_null(error);
    ++*(size_t *)count;
    return 0;
}

START_TEST(a_pack_that_is_replaced_is_gone_and_its_number_stays_its_own)
{
    char *folder = make_objects(true);
    size_t descriptors;
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_location old;
    packread_location location;
    packread_object object;
    packread_error error;
    bool changed = true;
    size_t count = 0;

    come(folder, "pack-one");
    snapshot = sample_open(folder, NULL);
    reader = sample_reader(snapshot);
    sample_good(packread_reader_find(reader, &truth.objects[0].id, &old, &error), &error);
    sample_good(packread_snapshot_refresh(snapshot, &changed, &error), &error);
    ck_assert(!changed);
    descriptors = opening_descriptors();

    come(folder, "pack-two");
    go(folder, "pack-one");
    sample_good(packread_snapshot_refresh(snapshot, &changed, &error), &error);
    ck_assert(changed);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 2);
    ck_assert_int_eq(packread_reader_read_at(reader, &old, &object, NULL), PACKREAD_ERROR_CHANGED);
    ck_assert_int_eq(packread_verify(snapshot, 0, NULL, NULL, NULL), PACKREAD_ERROR_CHANGED);
    sample_good(packread_verify(snapshot, 1, NULL, NULL, &error), &error);
    sample_good(packread_reader_find(reader, &truth.objects[0].id, &location, &error), &error);
    ck_assert_uint_eq(location.store, 1);
    sample_good(packread_reader_read_at(reader, &location, &object, &error), &error);
    sample_good(packread_reader_list(reader, NULL, count_one, &count, &error), &error);
    ck_assert_uint_eq(count, truth.count);
    /* What is gone is not open any more. */
    ck_assert_uint_le(opening_descriptors(), descriptors);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(folder);
}
END_TEST

START_TEST(packs_that_are_all_gone_are_read_as_far_as_they_are_open)
{
    char *folder = make_objects(true);
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_object object;
    packread_error error;
    bool changed = true;

    come(folder, "pack-one");
    snapshot = sample_open(folder, NULL);
    reader = sample_reader(snapshot);
    go(folder, "pack-one");
    sample_good(packread_snapshot_refresh(snapshot, &changed, &error), &error);
    ck_assert(!changed);
    sample_good(packread_reader_read(reader, &truth.objects[0].id, &object, &error), &error);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(folder);
}
END_TEST

/* They are what git writes before it names it. */
START_TEST(names_of_files_that_git_is_writing_are_no_packs)
{
    static const char *const names[] = {".tmp-123-pack-x", "tmp_pack_abc", "tmp_idx_abc"};
    char *folder = make_objects(true);

    come(folder, "pack-one");
    for (size_t i = 0; i < 3; i++)
        come(folder, names[i]);
    opening_gives(folder, 1, OPENING_TYPES_OBJECTS);
    free(folder);
}
END_TEST

/* Half a pack may be whole a moment later, so a look that finds it says nothing of it yet. */
START_TEST(half_a_pack_is_no_part_until_it_is_whole)
{
    char *folder = make_objects(true);
    char *where = suite_scratch_path("objects");
    packread_snapshot *snapshot;
    packread_reader *reader;

    snapshot = sample_open(where, NULL);
    reader = sample_reader(snapshot);
    come_half(folder, "pack-one", "pack");
    ck_assert_int_eq(find(reader), PACKREAD_ERROR_NOT_FOUND);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 0);
    come_half(folder, "pack-one", "idx");
    ck_assert_int_eq(find(reader), 0);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(where);
    free(folder);
}
END_TEST

/* A writer may take its time between the two files; who looks meanwhile is told of neither. */
START_TEST(half_a_pack_is_told_once_it_stays_so)
{
    static const struct timespec moment = {.tv_nsec = 40000000};
    static const struct timespec long_enough = {.tv_sec = 2, .tv_nsec = 100000000};
    char *folder = make_objects(true);
    char *where = suite_scratch_path("objects");
    packread_snapshot *snapshot;
    packread_reader *reader;

    snapshot = sample_open(where, NULL);
    reader = sample_reader(snapshot);
    come_half(folder, "pack-one", "pack");
    nanosleep(&moment, NULL);
    ck_assert_int_eq(find(reader), PACKREAD_ERROR_NOT_FOUND);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    if (_i == 0) {
        come_half(folder, "pack-one", "idx");
        ck_assert_int_eq(find(reader), 0);
        ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    } else {
        nanosleep(&long_enough, NULL);
        for (int again = 0; again < 2; again++) {
            ck_assert_int_eq(find(reader), PACKREAD_ERROR_NOT_FOUND);
            ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
        }
        ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->code, PACKREAD_ERROR_NO_INDEX);
        nanosleep(&moment, NULL);
        come(folder, "pack-two");
        ck_assert_int_eq(find(reader), 0);
        nanosleep(&long_enough, NULL);
        ck_assert_int_eq(packread_snapshot_refresh(snapshot, NULL, NULL), 0);
        ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    }
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(where);
    free(folder);
}
END_TEST

/* ---- Threads -------------------------------------------------------------------------------- */

typedef struct job {
    pthread_t thread;
    packread_snapshot *snapshot;
    int role;
    size_t done;
    _Atomic bool *is_over;
    char failure[512]; /* assertions belong to the main thread */
} job;

static bool is_good(job *self, const char *what, int status, const packread_error *error)
{
    if (status != 0)
        snprintf(self->failure, sizeof self->failure, "%s: %d: %.200s: %s", what, status,
                 error->file, error->text);
    return status == 0;
}

static int count_good(void *count, const packread_info *info, const packread_error *error)
{
    (void)info;
    *(size_t *)count += error == NULL;
    return 0;
}

static bool list_all(job *self, packread_reader *reader)
{
    const packread_list_options options = {.want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE,
                                           .order =
                                               self->done % 2 ? PACKREAD_BY_OFFSET : PACKREAD_BY_ID,
                                           .once = true};
    packread_error error = {0};
    size_t count = 0;

    if (!is_good(self, "list", packread_reader_list(reader, &options, count_good, &count, &error),
                 &error))
        return false;
    if (count == truth.count)
        return true;
    snprintf(self->failure, sizeof self->failure, "%zu of %zu are listed", count, truth.count);
    return false;
}

static bool read_all(job *self, packread_reader *reader)
{
    packread_object object;
    packread_error error = {0};
    bool good = true;

    for (size_t i = 0; good && i < truth.count; i++) {
        const packread_id *id = &truth.objects[i].id;

        good = is_good(self, "read", packread_reader_read(reader, id, &object, &error), &error) &&
               sample_hashes_to(id, object.type, object.data, object.size);
    }
    return good;
}

static bool miss_one(job *self, packread_reader *reader)
{
    packread_id id = truth.objects[0].id;
    packread_location location;
    packread_error error = {0};
    int status;

    id.bytes[10] ^= (unsigned char)(1 + self->done % 255);
    status = packread_reader_find(reader, &id, &location, &error);
    return status == PACKREAD_ERROR_NOT_FOUND || is_good(self, "find", status, &error);
}

/* The pack that came last; it may be gone before it is begun. */
static bool verify_one(job *self)
{
    packread_verify_options options = {.threads = 2};
    packread_error error = {0};
    int status = packread_verify(self->snapshot, packread_snapshot_packs(self->snapshot) - 1,
                                 &options, NULL, &error);

    return status == PACKREAD_ERROR_CHANGED || is_good(self, "verify", status, &error);
}

static void *work(void *context)
{
    job *self = context;
    packread_reader *reader = sample_reader(self->snapshot);
    bool good = true;

    for (; good && !atomic_load(self->is_over); self->done++) {
        switch ((self->role + (int)self->done) % 4) {
        case 0:
            good = read_all(self, reader);
            break;
        case 1:
            good = list_all(self, reader);
            break;
        case 2:
            good = miss_one(self, reader);
            break;
        default:
            good = verify_one(self);
        }
    }
    packread_reader_free(reader);
    return NULL;
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* All objects are in some pack at any time. */
START_TEST(readers_see_all_objects_while_packs_are_replaced)
{
    char *folder = make_objects(true);
    packread_options options = {.memory_limit = (uint64_t)16 << 20};
    _Atomic bool is_over = false;
    double begun = seconds();
    packread_snapshot *snapshot;
    job jobs[READERS];
    size_t descriptors;
    char next[64];
    int generation;

    come(folder, "pack-0");
    snapshot = sample_open(folder, &options);
    descriptors = opening_descriptors();
    for (int i = 0; i < READERS; i++) {
        jobs[i] = (job){.snapshot = snapshot, .role = i, .is_over = &is_over};
        ck_assert_int_eq(pthread_create(&jobs[i].thread, NULL, work, &jobs[i]), 0);
    }
    for (generation = 0; generation < GENERATIONS && seconds() - begun < SECONDS; generation++) {
        const struct timespec pause = {.tv_nsec = 5000000};
        char last[64];

        snprintf(last, sizeof last, "pack-%d", generation);
        snprintf(next, sizeof next, "pack-%d", generation + 1);
        come(folder, next);
        go(folder, last);
        if (generation % 2)
            sample_good(packread_snapshot_refresh(snapshot, NULL, NULL), &(packread_error){0});
        nanosleep(&pause, NULL);
    }
    atomic_store(&is_over, true);
    for (int i = 0; i < READERS; i++) {
        ck_assert_int_eq(pthread_join(jobs[i].thread, NULL), 0);
        ck_assert_msg(jobs[i].failure[0] == '\0', "%s", jobs[i].failure);
    }
    printf("%d generations of packs, %zu were seen\n", generation,
           packread_snapshot_packs(snapshot));
    ck_assert_uint_ge(packread_snapshot_packs(snapshot), (size_t)generation / 4);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    /* The readers are gone, and so are the packs that they held. */
    sample_good(packread_snapshot_refresh(snapshot, NULL, NULL), &(packread_error){0});
    ck_assert_uint_le(opening_descriptors(), descriptors + 2);
    packread_snapshot_free(snapshot);
    free(folder);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("looking");
    TCase *tests = tcase_create("looking");

    tcase_add_checked_fixture(tests, load_truth, free_truth);
    tcase_add_loop_test(tests, packs_that_come_into_an_empty_repository_are_found, 0, 2);
    tcase_add_test(tests, a_prefix_is_looked_for_in_packs_that_came);
    tcase_add_test(tests, a_pack_that_is_replaced_is_gone_and_its_number_stays_its_own);
    tcase_add_test(tests, packs_that_are_all_gone_are_read_as_far_as_they_are_open);
    tcase_add_test(tests, names_of_files_that_git_is_writing_are_no_packs);
    tcase_add_test(tests, half_a_pack_is_no_part_until_it_is_whole);
    tcase_add_loop_test(tests, half_a_pack_is_told_once_it_stays_so, 0, 2);
    tcase_add_test(tests, readers_see_all_objects_while_packs_are_replaced);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
