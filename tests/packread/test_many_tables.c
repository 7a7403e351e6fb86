/* test_many_tables.c - packs whose tables fit the limit one by one, but not together: each is
 * verified and listed in its turn, on several threads too; and where all are wanted at once, what
 * is asked for is enough. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/budget.h"
#include "million.h"
#include "samples.h"
#include "store/snapshot.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)
#define PACKS 6
#define OBJECTS ((size_t)18000) /* 34 bytes each, half of the limit: three of five parts of it */
#define MORE 100 /* objects in each pack than in the one before: these are nowhere else */
#define THREADS 4

static size_t objects_of(size_t pack)
{
    return OBJECTS + pack * MORE;
}

static packread_snapshot *open_all(uint64_t limit)
{
    packread_options options = {.memory_limit = limit};

    for (size_t i = 0; i < PACKS; i++) {
        char name[] = "pack-0";

        name[5] = (char)('0' + i);
        free(million_make(name, objects_of(i), MILLION_GROVE));
    }
    return sample_open(suite_scratch(), &options);
}

static void verify_all(packread_snapshot *snapshot)
{
    for (size_t pack = 0; pack < PACKS; pack++) {
        packread_verify_options options = {.threads = 1};
        packread_verify_summary summary = {.struct_size = sizeof summary};
        packread_error error;

        sample_good(packread_verify(snapshot, pack, &options, &summary, &error), &error);
        ck_assert_uint_eq(summary.objects, objects_of(pack));
    }
}

static int count_one(void *context, const packread_info *info, const packread_error *error)
{
    size_t *count = context;

    (void)info;
    *count += error == NULL;
    return 0;
}

static void list_all(packread_snapshot *snapshot)
{
    packread_list_options options = {.order = PACKREAD_BY_OFFSET, .want = PACKREAD_WANT_DISK};
    packread_reader *reader = sample_reader(snapshot);
    packread_error error;
    size_t expected = 0;
    size_t count = 0;

    for (size_t i = 0; i < PACKS; i++)
        expected += objects_of(i);
    sample_good(packread_reader_list(reader, &options, count_one, &count, &error), &error);
    ck_assert_uint_eq(count, expected);
    packread_reader_free(reader);
}

START_TEST(each_pack_has_the_room_in_its_turn)
{
    packread_snapshot *snapshot = open_all(MIB + MIB / 4);

    list_all(snapshot);
    verify_all(snapshot);
    list_all(snapshot);
    verify_all(snapshot);
    ck_assert_uint_eq(pkr_budget_used(&snapshot->budget), 0);
    packread_snapshot_free(snapshot);
}
END_TEST

static int count_need(void *context, const packread_info *info, const packread_error *error)
{
    uint64_t *needed = context;

    (void)info;
    if (error) {
        ck_assert_int_eq(error->code, PACKREAD_ERROR_BUDGET);
        if (error->needed > *needed)
            *needed = error->needed;
    }
    return 0;
}

static uint64_t list_by_id(packread_snapshot *snapshot)
{
    packread_list_options options = {.want = PACKREAD_WANT_ALL};
    packread_reader *reader = sample_reader(snapshot);
    packread_error error;
    uint64_t needed = 0;

    ck_assert_int_eq(packread_reader_list(reader, &options, count_need, &needed, &error),
                     needed ? PACKREAD_ERROR_BUDGET : 0);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    return needed;
}

START_TEST(what_all_together_need_is_said_at_once)
{
    const uint64_t limit = MIB + MIB / 4;
    uint64_t needed = list_by_id(open_all(limit));

    ck_assert_uint_gt(needed, limit);
    ck_assert_uint_eq(list_by_id(open_all(needed)), 0);
}
END_TEST

static void *list_and_verify(void *context)
{
    packread_snapshot *snapshot = context;

    list_all(snapshot);
    verify_all(snapshot);
    return NULL;
}

/* With room for all: whoever uses a table keeps it, whatever others give up. */
START_TEST(tables_in_use_stay)
{
    packread_snapshot *snapshot = open_all(64 * MIB);
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, list_and_verify, snapshot), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    packread_snapshot_free(snapshot);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("many tables");
    TCase *tests = tcase_create("many tables");

    tcase_add_test(tests, each_pack_has_the_room_in_its_turn);
    tcase_add_test(tests, what_all_together_need_is_said_at_once);
    tcase_add_test(tests, tables_in_use_stay);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
