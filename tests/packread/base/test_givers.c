/* test_givers.c - the one way to get memory: who holds what it could do without is asked before the
 * answer is no, on any thread. Made to run under ThreadSanitizer too. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "object/admit.h"
#include "suite.h"

#define LIMIT ((uint64_t)1 << 20)
#define THREADS 8

typedef struct hoard {
    pkr_giver giver;
    uint64_t bytes;
    unsigned asked;
} hoard;

static pkr_budget budget;

static uint64_t give(pkr_giver *giver, uint64_t wanted)
{
    hoard *of = (hoard *)giver;
    uint64_t given = wanted < of->bytes ? wanted : of->bytes;

    of->asked++;
    of->bytes -= given;
    pkr_budget_give(&budget, given);
    return given;
}

static void open_hoard(hoard *of, enum pkr_giver_kind kind, uint64_t bytes)
{
    *of = (hoard){.bytes = bytes};
    ck_assert(pkr_budget_take(&budget, bytes));
    ck_assert_int_eq(pkr_giver_begin(&of->giver, kind, give), 0);
    pkr_giver_join(&of->giver, &budget);
}

static void close_hoard(hoard *of)
{
    pkr_giver_end(&of->giver);
    pkr_budget_give(&budget, of->bytes);
}

static void begin(void)
{
    ck_assert_int_eq(pkr_budget_begin(&budget, LIMIT, NULL), 0);
}

static void end(void)
{
    ck_assert_uint_eq(pkr_budget_used(&budget), 0);
    pkr_budget_let_go(&budget);
}

START_TEST(nobody_is_asked_while_there_is_room)
{
    hoard one;

    open_hoard(&one, PKR_GIVER_CACHE, LIMIT / 2);
    ck_assert(pkr_budget_take(&budget, LIMIT / 2));
    ck_assert_uint_eq(one.asked, 0);
    pkr_budget_give(&budget, LIMIT / 2);
    close_hoard(&one);
}
END_TEST

START_TEST(caches_go_before_tables_and_tables_before_a_no)
{
    hoard table;
    hoard cache;

    open_hoard(&table, PKR_GIVER_TABLE, LIMIT / 4);
    open_hoard(&cache, PKR_GIVER_CACHE, LIMIT / 4);
    ck_assert(pkr_budget_take(&budget, LIMIT / 2));
    ck_assert(!pkr_budget_take_optional(&budget, LIMIT / 2));
    ck_assert_uint_eq(table.asked, 0);
    ck_assert_uint_eq(cache.bytes, 0);
    ck_assert(pkr_budget_take(&budget, LIMIT / 2));
    ck_assert_uint_eq(table.bytes, 0);
    ck_assert(!pkr_budget_take(&budget, 1));
    pkr_budget_give(&budget, LIMIT);
    close_hoard(&table);
    close_hoard(&cache);
}
END_TEST

START_TEST(all_of_a_kind_give_in_turn)
{
    hoard all[4];
    unsigned least = UINT32_MAX;

    for (int i = 0; i < 4; i++)
        open_hoard(&all[i], PKR_GIVER_CACHE, LIMIT / 4);
    for (int i = 0; i < 8; i++)
        ck_assert(pkr_budget_take(&budget, LIMIT / 64));
    for (int i = 0; i < 4; i++) {
        ck_assert_uint_eq(all[i].bytes, LIMIT / 4 - LIMIT / 32);
        least = all[i].asked < least ? all[i].asked : least;
    }
    ck_assert_uint_eq(least, 2);
    pkr_budget_give(&budget, LIMIT / 8);
    for (int i = 0; i < 4; i++)
        close_hoard(&all[i]);
}
END_TEST

START_TEST(what_can_never_fit_costs_nobody_anything)
{
    hoard one;

    open_hoard(&one, PKR_GIVER_CACHE, LIMIT);
    ck_assert(!pkr_budget_take(&budget, LIMIT + 1));
    ck_assert(!pkr_budget_take(&budget, UINT64_MAX));
    ck_assert_uint_eq(one.asked, 0);
    close_hoard(&one);
}
END_TEST

static bool may_free;

static bool free_sometimes(void *memory, size_t size)
{
    (void)size;
    if (may_free)
        free(memory);
    return may_free;
}

START_TEST(what_the_system_does_not_take_back_is_tried_again)
{
    ck_assert(pkr_budget_take(&budget, LIMIT));
    may_free = false;
    pkr_budget_keep_stuck(&budget, malloc(100), LIMIT / 2, LIMIT / 2, free_sometimes);
    pkr_budget_keep_stuck(&budget, malloc(100), LIMIT / 2, LIMIT / 2, free_sometimes);
    ck_assert(!pkr_budget_take(&budget, 1));
    may_free = true;
    ck_assert(pkr_budget_take(&budget, LIMIT));
    pkr_budget_give(&budget, LIMIT);
}
END_TEST

/* ---- Threads -------------------------------------------------------------------------------- */

typedef struct worker {
    pthread_t thread;
    uint64_t state;
    unsigned refused;
    unsigned wrong;
} worker;

static void fill(pkr_blob *blob)
{
    memset(blob->data, (int)(blob->offset & 0xff), (size_t)blob->size);
}

static bool is_filled(const pkr_blob *blob)
{
    return blob->data[0] == (blob->offset & 0xff) &&
           blob->data[blob->size - 1] == (blob->offset & 0xff);
}

/* Builds, keeps, finds; what it holds is never another's. */
static void *work(void *context)
{
    worker *self = context;
    pkr_spares spares;
    pkr_cache cache;
    pkr_admit admit;

    if (pkr_spares_open(&spares, &budget, LIMIT / 32) != 0 ||
        pkr_cache_open(&cache, &spares, LIMIT / 4) != 0)
        return NULL;
    pkr_admit_begin(&admit, &cache);
    for (int i = 0; i < 3000; i++) {
        uint64_t offset = 1 + suite_random_below(&self->state, 200);
        pkr_blob *blob = pkr_cache_find(&cache, 0, offset);

        if (!blob) {
            if (pkr_blob_new(&spares, 1 + offset * 97, &blob, NULL) != 0) {
                self->refused++;
                continue;
            }
            blob->offset = offset;
            fill(blob);
            pkr_admit_next(&admit, offset);
            pkr_admit_blob(&admit, blob);
        }
        self->wrong += !is_filled(blob);
        pkr_blob_release(&spares, blob);
    }
    pkr_admit_end(&admit);
    pkr_cache_close(&cache);
    pkr_spares_close(&spares);
    return NULL;
}

/* Each holds one blob of some 20 KB at a time: there is room for all of these, so nobody is
 * refused, however full the caches are. */
START_TEST(threads_take_from_each_others_caches)
{
    worker workers[THREADS] = {0};

    for (size_t i = 0; i < THREADS; i++) {
        workers[i].state = suite_seed() + i;
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        ck_assert_uint_eq(workers[i].wrong, 0);
        ck_assert_uint_eq(workers[i].refused, 0);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("givers");
    TCase *tests = tcase_create("givers");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, nobody_is_asked_while_there_is_room);
    tcase_add_test(tests, caches_go_before_tables_and_tables_before_a_no);
    tcase_add_test(tests, all_of_a_kind_give_in_turn);
    tcase_add_test(tests, what_can_never_fit_costs_nobody_anything);
    tcase_add_test(tests, what_the_system_does_not_take_back_is_tried_again);
    tcase_add_test(tests, threads_take_from_each_others_caches);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
