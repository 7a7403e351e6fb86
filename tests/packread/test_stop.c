/* test_stop.c - a stop that is asked for, from inside a callback, before a call, by another thread:
 * the call ends with STOPPED and nothing else, and once the wish is withdrawn everything is
 * answered. Counted, not timed. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "made_pack.h"
#include "suite.h"

/* Rows are loaded some at a time: so many more calls of a visitor may follow. */
#define CALLS_MOST 200

static packread_stop *stop;
static packread_snapshot *snapshot;
static packread_snapshot *alone;
static packread_snapshot *little; /* of one blob, larger than its memory limit */
static int descriptor;            /* of the pack of `alone` */
static packread_reader *reader;
static char *path;
static uint64_t calls;
static uint64_t ask_after; /* so many calls; UINT64_MAX: never */

static char *large; /* the pack of `little` */

/* In the parent of all tests: once. */
static void make_large(void)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes noise = {0};

    packwriter_bytes_add_noise(&noise, (size_t)24 << 20, suite_seed());
    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, noise.data, noise.size, 1);
    large = sample_save(&pack, "large", NULL);
    packwriter_pack_free(&pack);
    packwriter_bytes_free(&noise);
}

static void free_large(void)
{
    free(large);
}

static packread_snapshot *open_little(void)
{
    const packread_options options = {.stop = stop, .memory_limit = (uint64_t)2 << 20};

    return sample_open(large, &options);
}

static void open_all(void)
{
    packread_options options = {.struct_size = sizeof options};
    packread_pack_info info = {.struct_size = sizeof info};
    packread_error error;

    path = sample_path(sample_find("repos/many"), NULL);
    stop = packread_stop_new();
    ck_assert_ptr_nonnull(stop);
    options.stop = stop;
    sample_good(packread_snapshot_open(path, &options, &snapshot, &error), &error);
    sample_good(packread_reader_new(snapshot, &reader, &error), &error);
    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
    options.flags = PACKREAD_WITHOUT_INDEX;
    sample_good(packread_snapshot_open(info.path, &options, &alone, &error), &error);
    descriptor = open(info.path, O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(descriptor, 0);
    little = open_little();
    calls = 0;
    ask_after = UINT64_MAX;
}

static void close_all(void)
{
    packread_reader_free(reader);
    packread_snapshot_free(little);
    packread_snapshot_free(alone);
    ck_assert_int_eq(close(descriptor), 0);
    packread_snapshot_free(snapshot);
    packread_stop_free(stop);
    free(path);
}

static void count_call(void)
{
    if (calls++ == ask_after)
        packread_stop_request(stop);
}

static int visit(void *context, const packread_info *info, const packread_error *error)
{
    (void)context, (void)info;
    ck_assert_ptr_null(error); /* that it was stopped is no error of an object */
    count_call();
    return 0;
}

static int progress(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    count_call();
    return 0;
}

static int finding(void *context, const packread_finding *found)
{
    (void)context;
    ck_abort_msg("an intact pack has a finding: %s", found->error->text);
    return 0;
}

static int take(void *context, const void *bytes, size_t size)
{
    (void)context, (void)bytes, (void)size;
    count_call();
    return 0;
}

static int list(enum packread_order order, unsigned want, packread_error *error)
{
    const packread_list_options options = {.order = order, .want = want};

    return packread_reader_list(reader, &options, visit, NULL, error);
}

static int list_by_id(packread_error *error)
{
    return list(PACKREAD_BY_ID, PACKREAD_WANT_ALL, error);
}

static int list_by_offset(packread_error *error)
{
    return list(PACKREAD_BY_OFFSET, PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE, error);
}

static int verify(packread_error *error)
{
    const packread_verify_options options = {
        .threads = 2, .finding = finding, .progress = progress};

    return packread_verify(snapshot, 0, &options, NULL, error);
}

static int index_alone(packread_error *error)
{
    const packread_index_options options = {
        .threads = 2, .finding = finding, .progress = progress, .index = take};

    return packread_index(alone, 0, &options, NULL, error);
}

static int read_all(packread_error *error)
{
    packread_pack_info info = {.struct_size = sizeof info};
    int status = packread_snapshot_pack(snapshot, 0, &info);

    for (uint32_t row = 0; status == 0 && row < info.objects; row++) {
        packread_object object;
        packread_id id;

        status = packread_reader_id_at(reader, 0, row, &id, error);
        if (status == 0)
            status = packread_reader_read(reader, &id, &object, error);
        count_call();
    }
    return status;
}

static int begin(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    (void)context, (void)id, (void)type, (void)size;
    return 0;
}

static int stream(packread_error *error)
{
    const packread_sink sink = {.begin = begin, .data = take};
    packread_reader *own = NULL;
    packread_id id;
    int status = packread_reader_new(little, &own, error);

    if (status == 0)
        status = packread_reader_id_at(own, 0, 0, &id, error);
    if (status == 0)
        status = packread_reader_stream(own, &id, &sink, error);
    packread_reader_free(own);
    return status;
}

/* A pack without an index gets one as it is opened. */
static int open_bare(packread_error *error)
{
    const packread_options options = {.stop = stop, .index_threads = 2, .progress = progress};
    packread_snapshot *bare = NULL;
    int status = packread_snapshot_open_files(descriptor, -1, &options, &bare, error);

    packread_snapshot_free(bare);
    return status;
}

/* After how many calls of a callback a stop is asked for. */
static const struct job {
    int (*run)(packread_error *error);
    uint64_t calls;
} jobs[] = {
    {list_by_id, 100}, {list_by_offset, 100}, {verify, 1},    {index_alone, 1},
    {read_all, 100},   {stream, 10},          {open_bare, 1},
};
#define JOBS (int)(sizeof jobs / sizeof jobs[0])

START_TEST(a_stop_from_inside_ends_the_call_and_only_that)
{
    packread_error error = {0};

    ask_after = jobs[_i].calls;
    ck_assert_int_eq(jobs[_i].run(&error), PACKREAD_ERROR_STOPPED);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_STOPPED);
    ck_assert_uint_le(calls, ask_after + CALLS_MOST);
    ck_assert_int_eq(jobs[_i].run(&error), PACKREAD_ERROR_STOPPED);
    packread_stop_withdraw(stop);
    ask_after = UINT64_MAX;
    sample_good(jobs[_i].run(&error), &error);
}
END_TEST

START_TEST(nothing_begins_after_a_stop)
{
    packread_options options = {.struct_size = sizeof options, .stop = stop};
    packread_snapshot *other = NULL;
    packread_object object;
    packread_error error = {0};
    packread_id id;

    sample_good(packread_reader_id_at(reader, 0, 0, &id, &error), &error);
    packread_stop_request(stop);
    packread_stop_request(stop);
    ck_assert_int_eq(packread_snapshot_open(path, &options, &other, &error),
                     PACKREAD_ERROR_STOPPED);
    ck_assert_ptr_null(other);
    ck_assert_int_eq(packread_reader_read(reader, &id, &object, &error), PACKREAD_ERROR_STOPPED);
    ck_assert_int_eq(packread_reader_find_prefix(reader, "0123", 4, &id, &error),
                     PACKREAD_ERROR_STOPPED);
    packread_stop_withdraw(stop);
    sample_good(packread_reader_read(reader, &id, &object, &error), &error);
    sample_good(packread_snapshot_open(path, &options, &other, &error), &error);
    packread_snapshot_free(other);
}
END_TEST

static void save_packs(int from, int end)
{
    for (int i = from; i < end; i++) {
        struct packwriter_pack pack = {0};
        char text[32];
        char name[32];

        made_pack_begin(&pack);
        packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text,
                                   (size_t)snprintf(text, sizeof text, "of pack %d\n", i), 1);
        snprintf(name, sizeof name, "pack-%04d", i);
        free(sample_save(&pack, name, NULL));
        packwriter_pack_free(&pack);
    }
}

START_TEST(a_look_at_many_packs_ends_after_one)
{
    const packread_options options = {.stop = stop};
    packread_snapshot *many;
    packread_error error;
    size_t before;

    save_packs(0, 1);
    many = sample_open(suite_scratch(), &options);
    before = packread_snapshot_packs(many);
    save_packs(1, 100);
    packread_stop_request(stop);
    ck_assert_int_eq(packread_snapshot_refresh(many, NULL, &error), PACKREAD_ERROR_STOPPED);
    ck_assert_uint_le(packread_snapshot_packs(many), before + 1);
    packread_stop_withdraw(stop);
    sample_good(packread_snapshot_refresh(many, NULL, &error), &error);
    ck_assert_uint_ge(packread_snapshot_packs(many), before + 99);
    packread_snapshot_free(many);
}
END_TEST

static void *ask_for_it(void *context)
{
    (void)context;
    packread_stop_request(stop);
    return NULL;
}

START_TEST(any_thread_may_ask_for_it)
{
    packread_error error = {0};
    pthread_t thread;
    int status = 0;

    ck_assert_int_eq(pthread_create(&thread, NULL, ask_for_it, NULL), 0);
    /* Until it is asked for. */
    for (int round = 0; status == 0 && round < 1000; round++)
        status = jobs[_i].run(&error);
    ck_assert_int_eq(status, PACKREAD_ERROR_STOPPED);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    packread_stop_withdraw(stop);
    sample_good(jobs[_i].run(&error), &error);
}
END_TEST

START_TEST(no_stop_is_no_argument_error)
{
    packread_stop_request(NULL);
    packread_stop_withdraw(NULL);
    packread_stop_free(NULL);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("stop");
    TCase *stops = tcase_create("stops");

    tcase_add_unchecked_fixture(stops, make_large, free_large);
    tcase_add_checked_fixture(stops, open_all, close_all);
    tcase_add_loop_test(stops, a_stop_from_inside_ends_the_call_and_only_that, 0, JOBS);
    tcase_add_test(stops, nothing_begins_after_a_stop);
    tcase_add_loop_test(stops, any_thread_may_ask_for_it, 0, JOBS);
    tcase_add_test(stops, a_look_at_many_packs_ends_after_one);
    tcase_add_test(stops, no_stop_is_no_argument_error);
    suite_add_tcase(suite, stops);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
