/* test_cache.c - the base cache keeps what is worth keeping, holds what is in use, and gives all of
 * its memory back. */
#include <string.h>

#include "object/cache.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)
#define LIMIT (16 * MIB)

static pkr_budget budget;
static pkr_budget share;
static pkr_cache cache;

static void open_cache(void)
{
    budget = (pkr_budget){.limit = 64 * MIB};
    share = (pkr_budget){.limit = 32 * MIB};
    ck_assert_int_eq(pkr_cache_open(&cache, &budget, &share, LIMIT), 0);
}

/* All is back, whatever the test did. */
static void close_cache(void)
{
    pkr_cache_close(&cache);
    ck_assert_uint_eq(atomic_load(&budget.used), 0);
    ck_assert_uint_eq(atomic_load(&share.used), 0);
}

/* Built, offered, let go. */
static void offer(uint64_t offset, uint64_t size)
{
    pkr_blob *blob;

    ck_assert_int_eq(pkr_blob_new(&cache, size, &blob, NULL), 0);
    blob->pack = 0;
    blob->offset = offset;
    memset(blob->data, (int)(offset & 0xff), size);
    pkr_cache_add(&cache, blob);
    pkr_blob_release(&cache, blob);
}

static bool has(uint64_t offset)
{
    pkr_blob *blob = pkr_cache_find(&cache, 0, offset);

    if (blob)
        ck_assert_uint_eq(blob->data[0], offset & 0xff);
    pkr_blob_release(&cache, blob);
    return blob != NULL;
}

START_TEST(a_small_base_is_kept_at_once)
{
    offer(12, 1000);
    ck_assert(has(12));
    ck_assert(!has(13));
}
END_TEST

/* What deltas on it cost would be as many times its inflating. */
START_TEST(a_base_of_most_of_the_room_is_kept_once_it_is_met_again)
{
    offer(12, LIMIT - MIB);
    ck_assert(!has(12));
    offer(12, LIMIT - MIB);
    ck_assert(has(12));
}
END_TEST

START_TEST(a_base_larger_than_all_of_the_room_is_not_kept)
{
    offer(12, 1000);
    for (int i = 0; i < 3; i++)
        offer(99, LIMIT + 1);
    ck_assert(!has(99));
    ck_assert(has(12));
}
END_TEST

START_TEST(the_one_used_longest_ago_goes_first)
{
    for (int round = 0; round < 2; round++)
        for (uint64_t i = 1; i <= 4; i++)
            offer(i, LIMIT / 5);
    ck_assert(has(1));
    for (int round = 0; round < 2; round++)
        offer(5, LIMIT / 4 - MIB / 4);
    ck_assert(has(5));
    ck_assert(has(1));
    ck_assert(!has(2));
}
END_TEST

START_TEST(what_is_held_twice_stays_until_it_is_let_go_twice)
{
    pkr_blob *first;
    pkr_blob *second;

    offer(12, 3 * MIB);
    offer(12, 3 * MIB);
    first = pkr_cache_find(&cache, 0, 12);
    second = pkr_cache_find(&cache, 0, 12);
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_eq(first, second);
    pkr_blob_release(&cache, first);
    for (int round = 0; round < 2; round++)
        for (uint64_t i = 100; i < 110; i++)
            offer(i, 3 * MIB);
    ck_assert_uint_eq(second->data[MIB], 12);
    ck_assert(has(12));
    pkr_blob_release(&cache, second);
    for (int round = 0; round < 2; round++)
        for (uint64_t i = 100; i < 110; i++)
            offer(i, 3 * MIB);
    ck_assert(!has(12));
}
END_TEST

START_TEST(blobs_in_the_cache_make_room_for_one_that_is_needed)
{
    pkr_blob *needed;
    pkr_fault fault = {0};

    for (int round = 0; round < 2; round++)
        for (uint64_t i = 1; i <= 4; i++)
            offer(i, 3 * MIB);
    ck_assert_int_eq(pkr_blob_new(&cache, 63 * MIB, &needed, &fault), 0);
    ck_assert(!has(1));
    pkr_blob_release(&cache, needed);
    ck_assert_int_eq(pkr_blob_new(&cache, 65 * MIB, &needed, &fault), PACKREAD_ERROR_BUDGET);
    ck_assert_uint_gt(fault.needed, 65 * MIB);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packread: cache");
    TCase *tests = tcase_create("cache");

    tcase_add_checked_fixture(tests, open_cache, close_cache);
    tcase_add_test(tests, a_small_base_is_kept_at_once);
    tcase_add_test(tests, a_base_of_most_of_the_room_is_kept_once_it_is_met_again);
    tcase_add_test(tests, a_base_larger_than_all_of_the_room_is_not_kept);
    tcase_add_test(tests, the_one_used_longest_ago_goes_first);
    tcase_add_test(tests, what_is_held_twice_stays_until_it_is_let_go_twice);
    tcase_add_test(tests, blobs_in_the_cache_make_room_for_one_that_is_needed);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
