/* test_kept.c - objects that are kept: they stay while their reader goes on, on other threads,
 * after reader and snapshot are gone; they count, and are not given up for others. Made to run
 * under ThreadSanitizer too. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)
#define MOST 4096
#define READERS 4
#define TAKERS 4
#define PLACES 16

static char *path;
static sample_truth truth;

static void load(void)
{
    const sample *of = sample_find("repos/deltas");

    path = sample_path(of, NULL);
    sample_truth_load(of, &truth);
}

static void unload(void)
{
    sample_truth_free(&truth);
    free(path);
}

static packread_snapshot *open_with(uint64_t limit)
{
    packread_options options = {.memory_limit = limit};

    return sample_open(path, &options);
}

static bool is_right(const packread_object *object)
{
    return sample_hashes_to(&object->id, object->type, object->data, object->size);
}

static void keep(packread_reader *reader, size_t number, packread_object *object)
{
    packread_error error;

    memset(&error, 0, sizeof error);
    sample_good(packread_reader_read(reader, &truth.objects[number].id, object, &error), &error);
    sample_good(packread_object_keep(object, &error), &error);
}

static uint64_t used(const packread_snapshot *snapshot)
{
    packread_stats stats = {.struct_size = sizeof stats};

    ck_assert_int_eq(packread_snapshot_stats(snapshot, &stats), 0);
    return stats.memory_used;
}

START_TEST(a_kept_object_outlives_calls_reader_and_snapshot)
{
    size_t count = truth.count < 40 ? truth.count : 40;
    packread_snapshot *snapshot = open_with(64 * MIB);
    packread_reader *reader = sample_reader(snapshot);
    packread_object kept[40];
    const unsigned char *places[40];

    for (size_t i = 0; i < count; i++) {
        keep(reader, i, &kept[i]);
        places[i] = kept[i].data;
    }
    for (size_t i = 0; i < truth.count; i++) {
        packread_object other;

        ck_assert_int_eq(packread_reader_read(reader, &truth.objects[i].id, &other, NULL), 0);
    }
    packread_reader_free(reader);
    for (size_t i = 0; i < count; i++) {
        ck_assert_ptr_eq(kept[i].data, places[i]);
        ck_assert(is_right(&kept[i]));
    }
    for (size_t i = 0; i < count; i += 2)
        packread_object_release(&kept[i]);
    packread_snapshot_free(snapshot);
    for (size_t i = 1; i < count; i += 2) {
        ck_assert(is_right(&kept[i]));
        packread_object_release(&kept[i]);
        ck_assert_ptr_null(kept[i].data);
    }
}
END_TEST

START_TEST(each_keep_wants_its_release)
{
    packread_snapshot *snapshot = open_with(64 * MIB);
    packread_reader *reader = sample_reader(snapshot);
    packread_object object;
    packread_object copy;

    keep(reader, 0, &object);
    copy = object;
    ck_assert_int_eq(packread_object_keep(&copy, NULL), 0);
    packread_reader_free(reader);
    packread_object_release(&object);
    packread_object_release(&object); /* holds nothing any more */
    ck_assert(is_right(&copy));
    ck_assert_uint_gt(used(snapshot), copy.size);
    packread_object_release(&copy);
    ck_assert_uint_eq(used(snapshot), 0);
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(what_no_reader_filled_in_is_not_kept)
{
    packread_object none;
    packread_error error;

    memset(&none, 0, sizeof none);
    ck_assert_int_eq(packread_object_keep(NULL, &error), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_object_keep(&none, &error), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_ARGUMENT);
    packread_object_release(NULL);
    packread_object_release(&none);
}
END_TEST

/* Keeps object after object until there is no room; how many, and what the error asks for. */
static size_t fill(packread_reader *reader, packread_object *kept, size_t most, uint64_t *needed)
{
    size_t count = 0;

    *needed = 0;
    while (count < most) {
        packread_error error;
        int status;

        memset(&error, 0, sizeof error);
        status = packread_reader_read(reader, &truth.objects[count % truth.count].id, &kept[count],
                                      &error);
        if (status == PACKREAD_ERROR_BUDGET) {
            *needed = error.needed;
            break;
        }
        sample_good(status, &error);
        ck_assert_int_eq(packread_object_keep(&kept[count], &error), 0);
        count++;
    }
    return count;
}

static void release_all(packread_object *kept, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert(is_right(&kept[i]));
        packread_object_release(&kept[i]);
    }
}

/* A limit that is full of kept objects: the error says what the next one takes beside them, and
 * that is enough. */
START_TEST(kept_objects_that_fill_the_limit_stay_and_the_error_says_what_helps)
{
    packread_object *kept = calloc(MOST, sizeof *kept);
    packread_snapshot *snapshot = open_with(MIB);
    packread_reader *reader = sample_reader(snapshot);
    packread_reader *other = sample_reader(snapshot);
    packread_object object;
    packread_error error;
    uint64_t needed;
    uint64_t more;
    size_t count = fill(reader, kept, MOST, &needed);

    ck_assert_uint_lt(count, MOST);
    ck_assert_uint_gt(needed, MIB);
    ck_assert_int_eq(
        packread_reader_read(other, &truth.objects[count % truth.count].id, &object, &error),
        PACKREAD_ERROR_BUDGET);
    ck_assert_uint_le(used(snapshot), MIB);
    release_all(kept, count);
    ck_assert_int_eq(
        packread_reader_read(other, &truth.objects[count % truth.count].id, &object, &error), 0);
    packread_reader_free(reader);
    packread_reader_free(other);
    packread_snapshot_free(snapshot);

    snapshot = open_with(needed);
    reader = sample_reader(snapshot);
    ck_assert_uint_eq(fill(reader, kept, count + 1, &more), count + 1);
    release_all(kept, count + 1);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(kept);
}
END_TEST

/* ---- From thread to thread ------------------------------------------------------------------ */

typedef struct belt {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    packread_object places[PLACES];
    size_t first;
    size_t count;
    unsigned readers; /* that still put objects on it */
    unsigned wrong;
    size_t taken;
} belt;

typedef struct putter {
    pthread_t thread;
    belt *belt;
    packread_snapshot *snapshot;
    uint64_t state;
    unsigned failed;
} putter;

static void put(belt *on, const packread_object *object)
{
    pthread_mutex_lock(&on->lock);
    while (on->count == PLACES)
        pthread_cond_wait(&on->changed, &on->lock);
    on->places[(on->first + on->count++) % PLACES] = *object;
    pthread_cond_broadcast(&on->changed);
    pthread_mutex_unlock(&on->lock);
}

static void *read_and_put(void *context)
{
    putter *self = context;
    packread_reader *reader = NULL;

    self->failed += packread_reader_new(self->snapshot, &reader, NULL) != 0;
    for (int i = 0; reader && i < 400; i++) {
        size_t number = suite_random_below(&self->state, truth.count);
        packread_object object;

        if (packread_reader_read(reader, &truth.objects[number].id, &object, NULL) != 0 ||
            packread_object_keep(&object, NULL) != 0)
            self->failed++;
        else
            put(self->belt, &object);
    }
    packread_reader_free(reader); /* what it read is still on its way */
    pthread_mutex_lock(&self->belt->lock);
    self->belt->readers--;
    pthread_cond_broadcast(&self->belt->changed);
    pthread_mutex_unlock(&self->belt->lock);
    return NULL;
}

static bool take(belt *from, packread_object *object)
{
    bool any;

    pthread_mutex_lock(&from->lock);
    while (from->count == 0 && from->readers > 0)
        pthread_cond_wait(&from->changed, &from->lock);
    any = from->count > 0;
    if (any) {
        *object = from->places[from->first];
        from->first = (from->first + 1) % PLACES;
        from->count--;
        from->taken++;
        pthread_cond_broadcast(&from->changed);
    }
    pthread_mutex_unlock(&from->lock);
    return any;
}

static void *take_and_release(void *context)
{
    belt *from = context;
    packread_object object;
    unsigned wrong = 0;

    while (take(from, &object)) {
        wrong += !is_right(&object);
        packread_object_release(&object);
    }
    pthread_mutex_lock(&from->lock);
    from->wrong += wrong;
    pthread_mutex_unlock(&from->lock);
    return NULL;
}

START_TEST(objects_go_from_thread_to_thread)
{
    packread_snapshot *snapshot = open_with(4 * MIB);
    belt on = {.readers = READERS};
    putter putters[READERS];
    pthread_t takers[TAKERS];

    ck_assert_int_eq(pthread_mutex_init(&on.lock, NULL), 0);
    ck_assert_int_eq(pthread_cond_init(&on.changed, NULL), 0);
    for (size_t i = 0; i < READERS; i++) {
        putters[i] = (putter){.belt = &on, .snapshot = snapshot, .state = suite_seed() + i};
        ck_assert_int_eq(pthread_create(&putters[i].thread, NULL, read_and_put, &putters[i]), 0);
    }
    for (size_t i = 0; i < TAKERS; i++)
        ck_assert_int_eq(pthread_create(&takers[i], NULL, take_and_release, &on), 0);
    for (size_t i = 0; i < READERS; i++) {
        pthread_join(putters[i].thread, NULL);
        ck_assert_uint_eq(putters[i].failed, 0);
    }
    for (size_t i = 0; i < TAKERS; i++)
        pthread_join(takers[i], NULL);
    ck_assert_uint_eq(on.wrong, 0);
    ck_assert_uint_eq(on.taken, (size_t)READERS * 400);
    ck_assert_uint_eq(used(snapshot), 0);
    packread_snapshot_free(snapshot);
    pthread_cond_destroy(&on.changed);
    pthread_mutex_destroy(&on.lock);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("kept");
    TCase *tests = tcase_create("kept");

    tcase_add_unchecked_fixture(tests, load, unload);
    tcase_add_test(tests, a_kept_object_outlives_calls_reader_and_snapshot);
    tcase_add_test(tests, each_keep_wants_its_release);
    tcase_add_test(tests, what_no_reader_filled_in_is_not_kept);
    tcase_add_test(tests, kept_objects_that_fill_the_limit_stay_and_the_error_says_what_helps);
    tcase_add_test(tests, objects_go_from_thread_to_thread);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
