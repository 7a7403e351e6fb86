/* test_pool.c - memory from a pool against a plain list of what was taken: nothing overlaps, bytes
 * stay, what is paid is what is held, others can have what is idle. On threads too. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "object/blob.h"
#include "suite.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)
#define LIMIT (256 * MIB)
#define PIECES 200
#define THREADS 4

static pkr_budget budget;
static pkr_pool pool;

static void begin(void)
{
    ck_assert_int_eq(pkr_budget_begin(&budget, LIMIT, NULL), 0);
    pkr_pool_begin(&pool, &budget);
}

static void end(void)
{
    pkr_pool_end(&pool);
    ck_assert_uint_eq(pkr_budget_used(&budget), 0);
    pkr_budget_let_go(&budget);
}

/* AddressSanitizer watches what malloc gave: there is no pool then. */
static bool has_pool(void)
{
    return pool.memory != NULL;
}

typedef struct piece {
    unsigned char *memory;
    uint64_t size;
    unsigned char mark;
} piece;

static void fill(piece *of, unsigned char mark)
{
    of->mark = mark;
    memset(of->memory, mark, (size_t)of->size);
}

/* libcheck takes a moment for each assertion: not one for each byte. */
static void check_bytes(const unsigned char *bytes, uint64_t size, unsigned char mark)
{
    for (uint64_t i = 0; i < size; i++)
        if (bytes[i] != mark)
            ck_abort_msg("byte %llu of %llu is another one's", (unsigned long long)i,
                         (unsigned long long)size);
}

static void check(const piece *of)
{
    check_bytes(of->memory, of->size, of->mark);
}

static bool take(piece *of, uint64_t bytes, unsigned char mark)
{
    of->memory = pkr_pool_take(&pool, bytes, &of->size);
    if (!of->memory)
        return false;
    ck_assert_uint_ge(of->size, bytes);
    ck_assert_uint_lt(of->size, bytes + pool.unit);
    fill(of, mark);
    return true;
}

static void give(piece *of)
{
    check(of);
    pkr_pool_give(&pool, of->memory, of->size);
    of->memory = NULL;
}

static uint64_t size_of(uint64_t *state)
{
    const uint64_t most = suite_random_below(state, 8) == 0 ? 2 * MIB : 64 * KIB;

    return PKR_POOL_LEAST + suite_random_below(state, most);
}

/* One step with a piece, which is there or not; there may be no room for it. */
static void step(piece *of, uint64_t *state)
{
    const unsigned char mark = (unsigned char)suite_random(state);
    uint64_t size = of->size;

    if (!of->memory) {
        take(of, size_of(state), mark);
    } else if (suite_random_below(state, 4) > 0) {
        give(of);
    } else if (pkr_pool_extend(&pool, of->memory, of->size + size_of(state), &of->size)) {
        ck_assert_uint_gt(of->size, size);
        check_bytes(of->memory, size, of->mark);
        fill(of, mark);
    } else {
        ck_assert_uint_eq(of->size, size);
    }
}

static uint64_t in_use(const piece *pieces, size_t count)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += pieces[i].memory ? pieces[i].size : 0;
    return sum;
}

static void give_all(piece *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pieces[i].memory)
            give(&pieces[i]);
}

START_TEST(pieces_never_overlap_and_are_paid_once)
{
    static piece pieces[PIECES];
    uint64_t state = suite_seed();
    uint64_t most = 0;

    for (uint64_t i = 0; i < suite_number("STEPS", 4000); i++) {
        step(&pieces[suite_random_below(&state, PIECES)], &state);
        if (i % 64 == 0) {
            uint64_t now = in_use(pieces, PIECES);

            most = now > most ? now : most;
            ck_assert_uint_eq(pkr_budget_used(&budget), now + pool.idle * pool.unit);
        }
    }
    ck_assert(!has_pool() || most > 4 * MIB);
    give_all(pieces, PIECES);
    ck_assert_uint_eq(pkr_budget_used(&budget), pool.idle * pool.unit);
}
END_TEST

START_TEST(what_was_given_back_is_taken_first)
{
    piece one;
    piece two;
    unsigned char *first;
    uint64_t used;

    if (!has_pool())
        return;
    ck_assert(take(&one, 100 * KIB, 1));
    ck_assert(take(&two, 300 * KIB, 2));
    first = one.memory;
    used = pkr_budget_used(&budget);
    give(&one);
    ck_assert(take(&one, 60 * KIB, 3));
    ck_assert_ptr_eq(one.memory, first);
    ck_assert_uint_eq(pkr_budget_used(&budget), used);
    check(&two);
    give(&one);
    give(&two);
    /* Both together are one place. */
    ck_assert(take(&one, 400 * KIB, 4));
    ck_assert_ptr_eq(one.memory, first);
    ck_assert_uint_eq(pkr_budget_used(&budget), used);
    give(&one);
}
END_TEST

START_TEST(what_is_idle_goes_where_it_is_needed)
{
    piece kept;
    piece gone;

    if (!has_pool())
        return;
    ck_assert(take(&kept, MIB, 1));
    ck_assert(take(&gone, 3 * MIB, 2));
    give(&gone);
    ck_assert_uint_eq(pkr_budget_used(&budget), 4 * MIB);
    ck_assert(!pkr_budget_take(&budget, LIMIT));
    ck_assert(pkr_budget_take(&budget, LIMIT - MIB));
    ck_assert_uint_eq(pool.idle, 0);
    check(&kept);
    /* And there is no more. */
    ck_assert(!take(&gone, PKR_POOL_LEAST, 3));
    ck_assert_uint_eq(pkr_budget_used(&budget), LIMIT);
    pkr_budget_give(&budget, LIMIT - MIB);
    ck_assert(take(&gone, 3 * MIB, 4));
    give(&gone);
    give(&kept);
}
END_TEST

START_TEST(a_piece_that_cannot_be_paid_is_free_again)
{
    piece one;
    piece two;

    if (!has_pool())
        return;
    ck_assert(take(&one, 64 * KIB, 1));
    ck_assert(pkr_budget_take(&budget, LIMIT - 64 * KIB));
    ck_assert(!take(&two, 64 * KIB, 2));
    ck_assert(!pkr_pool_extend(&pool, one.memory, 128 * KIB, &one.size));
    ck_assert_uint_eq(one.size, 64 * KIB);
    pkr_budget_give(&budget, LIMIT - 64 * KIB);
    ck_assert(take(&two, 64 * KIB, 2));
    ck_assert_ptr_eq(two.memory, one.memory + one.size);
    ck_assert(!pkr_pool_extend(&pool, one.memory, 128 * KIB, &one.size));
    give(&two);
    ck_assert(pkr_pool_extend(&pool, one.memory, 128 * KIB, &one.size));
    fill(&one, 5);
    give(&one);
}
END_TEST

START_TEST(other_sizes_are_not_its_own)
{
    uint64_t size = 0;

    ck_assert_ptr_null(pkr_pool_take(&pool, 0, &size));
    ck_assert_ptr_null(pkr_pool_take(&pool, PKR_POOL_LEAST - 1, &size));
    ck_assert_ptr_null(pkr_pool_take(&pool, PKR_POOL_SIZE / 4 + 1, &size));
    ck_assert_ptr_null(pkr_pool_take(&pool, UINT64_MAX, &size));
    ck_assert_ptr_null(pkr_pool_take(NULL, MIB, &size));
    ck_assert_uint_eq(size, 0);
    ck_assert_uint_eq(pkr_budget_used(&budget), 0);
}
END_TEST

START_TEST(it_can_be_full)
{
    static piece pieces[PKR_POOL_SIZE / (PKR_POOL_SIZE / 4)];
    piece more;

    if (!has_pool())
        return;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        ck_assert(take(&pieces[i], PKR_POOL_SIZE / 4, (unsigned char)i));
    ck_assert(!take(&more, PKR_POOL_LEAST, 9));
    give(&pieces[2]);
    ck_assert(take(&pieces[2], PKR_POOL_SIZE / 4, 7));
    give_all(pieces, sizeof pieces / sizeof *pieces);
}
END_TEST

START_TEST(one_that_never_began_gives_nothing)
{
    static pkr_pool none;
    uint64_t size;

    ck_assert_ptr_null(pkr_pool_take(&none, MIB, &size));
    pkr_pool_end(&none);
}
END_TEST

static void *work(void *context)
{
    piece pieces[PIECES / THREADS] = {{0}};
    uint64_t state = suite_seed() + (uint64_t)(uintptr_t)context;

    for (uint64_t i = 0; i < suite_number("STEPS", 4000) / 4; i++) {
        step(&pieces[suite_random_below(&state, PIECES / THREADS)], &state);
        /* Somebody is short. */
        if (i % 500 == 0 && pkr_budget_take(&budget, LIMIT / 2))
            pkr_budget_give(&budget, LIMIT / 2);
    }
    give_all(pieces, PIECES / THREADS);
    return NULL;
}

START_TEST(threads_share_one)
{
    pthread_t threads[THREADS];

    suite_seed();
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)i), 0);
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert_uint_eq(pkr_budget_used(&budget), pool.idle * pool.unit);
}
END_TEST

/* ---- Blobs in it ---------------------------------------------------------------------------- */

START_TEST(a_blob_grows_in_it_and_out_of_it)
{
    pkr_spares spares;
    pkr_blob *blob;
    pkr_blob *other;
    pkr_fault fault;
    const uint64_t sizes[] = {20 * KIB,          80 * KIB,          81 * KIB,    3 * MIB,
                              PKR_POOL_SIZE / 4, PKR_POOL_SIZE / 3, 20 * MIB + 1};
    uint64_t before = 10 * KIB;

    ck_assert_int_eq(pkr_spares_open(&spares, &budget, MIB), 0);
    spares.pool = &pool;
    ck_assert_int_eq(pkr_blob_new(&spares, before, &blob, &fault), 0);
    ck_assert_int_eq(pkr_blob_new(&spares, 40 * KIB, &other, &fault), 0);
    memset(other->data, 77, 40 * KIB);
    memset(blob->data, 33, (size_t)before);
    blob->type = PACKREAD_TAG;
    blob->offset = 12345;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        ck_assert_int_eq(pkr_blob_grow(&spares, &blob, sizes[i], &fault), 0);
        ck_assert_uint_eq(blob->size, sizes[i]);
        ck_assert_uint_ge(blob->charged, sizes[i] + sizeof *blob);
        ck_assert_uint_eq(blob->type, PACKREAD_TAG);
        ck_assert_uint_eq(blob->offset, 12345);
        check_bytes(blob->data, before, 33);
        memset(blob->data, 33, (size_t)sizes[i]);
        before = sizes[i];
    }
    ck_assert_ptr_null(blob->pool);
    check_bytes(other->data, 40 * KIB, 77);
    ck_assert_int_eq(pkr_blob_grow(&spares, &other, LIMIT + 1, &fault), PACKREAD_ERROR_BUDGET);
    ck_assert_uint_eq(other->size, 40 * KIB);
    ck_assert_uint_eq(other->data[40 * KIB - 1], 77);
    pkr_blob_release(&spares, other);
    pkr_blob_release(NULL, blob);
    pkr_spares_close(&spares);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packread: pool");
    TCase *cases = tcase_create("pool");

    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_test(cases, pieces_never_overlap_and_are_paid_once);
    tcase_add_test(cases, what_was_given_back_is_taken_first);
    tcase_add_test(cases, what_is_idle_goes_where_it_is_needed);
    tcase_add_test(cases, a_piece_that_cannot_be_paid_is_free_again);
    tcase_add_test(cases, other_sizes_are_not_its_own);
    tcase_add_test(cases, it_can_be_full);
    tcase_add_test(cases, one_that_never_began_gives_nothing);
    tcase_add_test(cases, threads_share_one);
    tcase_add_test(cases, a_blob_grows_in_it_and_out_of_it);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
