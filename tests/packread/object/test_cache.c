/* test_cache.c - the base cache keeps what is worth keeping, holds what is in use, gives room to
 * whoever needs it, and gives all of its memory back. */
#include <string.h>

#include "object/admit.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)
#define LIMIT (16 * MIB)

static pkr_budget budget;

/* One reader's blobs. */
typedef struct store {
    pkr_spares spares;
    pkr_cache cache;
    pkr_admit admit;
} store;

static store own;
static store others;

static void open_store(store *of)
{
    ck_assert_int_eq(pkr_spares_open(&of->spares, &budget, LIMIT / 16), 0);
    ck_assert_int_eq(pkr_cache_open(&of->cache, &of->spares, LIMIT), 0);
    pkr_admit_begin(&of->admit, &of->cache);
}

static void close_store(store *of)
{
    pkr_admit_end(&of->admit);
    pkr_cache_close(&of->cache);
    pkr_spares_close(&of->spares);
}

static void open_cache(void)
{
    ck_assert_int_eq(pkr_budget_begin(&budget, 64 * MIB, NULL), 0);
    open_store(&own);
    open_store(&others);
}

/* All is back, whatever the test did. */
static void close_cache(void)
{
    close_store(&own);
    close_store(&others);
    ck_assert_uint_eq(pkr_budget_used(&budget), 0);
    pkr_budget_let_go(&budget);
}

/* Built, offered, let go. */
static void offer_to(store *to, uint64_t offset, uint64_t size)
{
    pkr_blob *blob;

    ck_assert_int_eq(pkr_blob_new(&to->spares, size, &blob, NULL), 0);
    blob->pack = 0;
    blob->offset = offset;
    memset(blob->data, (int)(offset & 0xff), size);
    pkr_admit_blob(&to->admit, blob);
    pkr_blob_release(&to->spares, blob);
}

static void offer(uint64_t offset, uint64_t size)
{
    offer_to(&own, offset, size);
}

static bool has_it(store *of, uint64_t offset)
{
    pkr_blob *blob = pkr_cache_find(&of->cache, 0, offset);

    if (blob)
        ck_assert_uint_eq(blob->data[0], offset & 0xff);
    pkr_blob_release(&of->spares, blob);
    return blob != NULL;
}

static bool has(uint64_t offset)
{
    return has_it(&own, offset);
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
    first = pkr_cache_find(&own.cache, 0, 12);
    second = pkr_cache_find(&own.cache, 0, 12);
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_eq(first, second);
    pkr_blob_release(&own.spares, first);
    for (int round = 0; round < 2; round++)
        for (uint64_t i = 100; i < 110; i++)
            offer(i, 3 * MIB);
    ck_assert_uint_eq(second->data[MIB], 12);
    ck_assert(has(12));
    pkr_blob_release(&own.spares, second);
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
    ck_assert_int_eq(pkr_blob_new(&own.spares, 63 * MIB, &needed, &fault), 0);
    ck_assert(!has(1));
    pkr_blob_release(&own.spares, needed);
    ck_assert_int_eq(pkr_blob_new(&own.spares, 65 * MIB, &needed, &fault), PACKREAD_ERROR_BUDGET);
    ck_assert_uint_gt(fault.needed, 65 * MIB);
}
END_TEST

/* Memory that was asked for again after it had been larger: nothing is to be added. */
START_TEST(a_blob_grows_inside_of_what_was_a_larger_one)
{
    pkr_blob *blob;

    offer(12, LIMIT / 16 - 1000); /* not kept yet: a spare */
    ck_assert_int_eq(pkr_blob_new(&own.spares, LIMIT / 32, &blob, NULL), 0);
    memset(blob->data, 7, LIMIT / 32);
    ck_assert_int_eq(pkr_blob_grow(&own.spares, &blob, LIMIT / 32 + 1000, NULL), 0);
    ck_assert_uint_eq(blob->size, LIMIT / 32 + 1000);
    ck_assert_int_eq(pkr_blob_grow(&own.spares, &blob, 2 * MIB, NULL), 0);
    for (uint64_t i = 0; i < LIMIT / 32; i++)
        ck_assert_uint_eq(blob->data[i], 7);
    ck_assert_uint_le(blob->size + sizeof *blob, blob->charged);
    ck_assert_uint_ge(pkr_budget_used(&budget), blob->charged);
    pkr_blob_release(&own.spares, blob);
}
END_TEST

START_TEST(a_small_blob_grows_into_pages)
{
    pkr_blob *blob;

    ck_assert_int_eq(pkr_blob_new(&own.spares, 100, &blob, NULL), 0);
    memset(blob->data, 7, 100);
    for (uint64_t size = 200; size < 4 * MIB; size *= 3) {
        ck_assert_int_eq(pkr_blob_grow(&own.spares, &blob, size, NULL), 0);
        for (size_t i = 0; i < 100; i++)
            ck_assert_uint_eq(blob->data[i], 7);
    }
    pkr_blob_release(&own.spares, blob);
}
END_TEST

/* The next one first: what a reader at rest has kept goes to the one that works, in turn. */
START_TEST(what_others_keep_makes_room_too)
{
    pkr_blob *needed;

    for (uint64_t i = 1; i <= 4; i++) {
        offer(i, MIB);
        offer_to(&others, i, MIB);
    }
    ck_assert_int_eq(pkr_blob_new(&own.spares, 59 * MIB, &needed, NULL), 0);
    ck_assert(has(4) || has_it(&others, 4));
    ck_assert(!has(1) || !has_it(&others, 1));
    pkr_blob_release(&own.spares, needed);
    ck_assert_int_eq(pkr_blob_new(&own.spares, 63 * MIB, &needed, NULL), 0);
    ck_assert(!has(4) && !has_it(&others, 4));
    pkr_blob_release(&own.spares, needed);
}
END_TEST

START_TEST(what_another_reader_uses_stays)
{
    pkr_blob *used;
    pkr_blob *needed;
    pkr_fault fault;

    offer_to(&others, 1, MIB);
    offer_to(&others, 2, MIB);
    used = pkr_cache_find(&others.cache, 0, 1);
    ck_assert_int_eq(pkr_blob_new(&own.spares, 63 * MIB, &needed, &fault), PACKREAD_ERROR_BUDGET);
    ck_assert_uint_ge(fault.needed, 2 * 64 * MIB);
    ck_assert(!has_it(&others, 2));
    ck_assert(has_it(&others, 1));
    ck_assert_uint_eq(used->data[MIB - 1], 1);
    pkr_blob_release(&others.spares, used);
    ck_assert_int_eq(pkr_blob_new(&own.spares, 63 * MIB, &needed, NULL), 0);
    pkr_blob_release(&own.spares, needed);
}
END_TEST

/* However many are held for long: the cache goes on, and looks at each of them once. */
START_TEST(what_is_kept_by_the_caller_does_not_fill_the_cache)
{
    pkr_blob *kept[12];

    for (uint64_t i = 0; i < 12; i++) {
        pkr_admit_next(&own.admit, i + 1);
        offer(i + 1, MIB);
        kept[i] = pkr_cache_find(&own.cache, 0, i + 1);
        ck_assert_ptr_nonnull(kept[i]);
        atomic_store(&kept[i]->kept, true);
    }
    for (uint64_t i = 12; i < 40; i++) {
        pkr_admit_next(&own.admit, i + 1);
        offer(i + 1, MIB);
        ck_assert(has(i + 1));
    }
    ck_assert(!has(1));
    ck_assert_uint_le(atomic_load(&own.cache.bytes), LIMIT);
    for (size_t i = 0; i < 12; i++) {
        ck_assert_uint_eq(kept[i]->data[MIB - 1], i + 1);
        pkr_blob_release(NULL, kept[i]);
    }
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
    tcase_add_test(tests, a_blob_grows_inside_of_what_was_a_larger_one);
    tcase_add_test(tests, a_small_blob_grows_into_pages);
    tcase_add_test(tests, what_others_keep_makes_room_too);
    tcase_add_test(tests, what_another_reader_uses_stays);
    tcase_add_test(tests, what_is_kept_by_the_caller_does_not_fill_the_cache);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
