/* test_id_map.c - the map from ids to packs: it names every pack that has an id, and hardly one
 * that has not; and what changes between counting and putting makes it of no use, and no more. */
#include <stdlib.h>
#include <string.h>

#include "base/budget.h"
#include "store/id_map.h"
#include "suite.h"

#define ROWS 6000
#define PACKS 50

typedef struct row {
    unsigned char id[20];
    uint32_t pack;
} row;

static pkr_budget *budget;
static row rows[ROWS];

static void begin(void)
{
    budget = calloc(1, sizeof *budget);
    ck_assert_int_eq(pkr_budget_begin(budget, 1 << 20, budget), 0);
}

static void end(void)
{
    ck_assert_uint_eq(pkr_budget_used(budget), 0);
    pkr_budget_let_go(budget);
}

/* `alike`: how many first bytes are the same in all. Some ids are in several packs. */
static void make_rows(size_t alike)
{
    uint64_t state = suite_seed();

    for (size_t i = 0; i < ROWS; i++) {
        for (size_t k = alike; k < 20; k++)
            rows[i].id[k] = (unsigned char)suite_random(&state);
        if (i > 0 && suite_random_below(&state, 4) == 0)
            memcpy(rows[i].id, rows[suite_random_below(&state, i)].id, 20);
        rows[i].pack = (uint32_t)suite_random_below(&state, PACKS);
    }
}

static pkr_id_map *fill(void)
{
    pkr_id_map *map = pkr_id_map_new(budget, ROWS, UINT64_MAX);

    ck_assert_ptr_nonnull(map);
    for (size_t i = 0; i < ROWS; i++)
        pkr_id_map_count(map, rows[i].id);
    pkr_id_map_lay_out(map);
    for (uint32_t pack = PACKS; pack-- > 0;)
        for (size_t i = 0; i < ROWS; i++)
            if (rows[i].pack == pack)
                pkr_id_map_put(map, rows[i].id, pack);
    return map;
}

/* Each pack that has the id, in order; fails the test if one is missing. */
static size_t count_packs(const pkr_id_map *map, const unsigned char *id)
{
    bool has[PACKS] = {false};
    size_t told = 0;
    uint32_t last = 0;

    for (size_t i = 0; i < ROWS; i++)
        if (memcmp(rows[i].id, id, 20) == 0)
            has[rows[i].pack] = true;
    for (uint32_t at = pkr_id_map_next(map, id, 0); at < PACKS;
         at = pkr_id_map_next(map, id, at + 1)) {
        ck_assert(told == 0 || at > last);
        last = at;
        has[at] = false;
        told++;
    }
    for (size_t i = 0; i < PACKS; i++)
        ck_assert(!has[i]);
    return told;
}

START_TEST(every_pack_that_has_an_id_is_named)
{
    static const size_t alike[] = {0, 3, 4, 8};
    uint64_t state = suite_seed() + 1;
    size_t wrong = 0;
    pkr_id_map *map;

    make_rows(alike[_i]);
    map = fill();
    ck_assert(pkr_id_map_is_whole(map));
    ck_assert_uint_le(pkr_id_map_size(map), ROWS * 7 + 200);
    for (size_t i = 0; i < ROWS; i += 7)
        ck_assert_uint_ge(count_packs(map, rows[i].id), 1);
    for (int i = 0; i < 5000; i++) {
        unsigned char id[20];

        for (size_t k = 0; k < 20; k++)
            id[k] = (unsigned char)suite_random(&state);
        wrong += pkr_id_map_next(map, id, 0) < PACKS;
    }
    ck_assert_uint_le(wrong, 1);
    pkr_id_map_free(map, budget);
}
END_TEST

START_TEST(rows_that_change_meanwhile_make_it_of_no_use)
{
    uint64_t state = suite_seed() + 2;

    make_rows(0);
    for (int round = 0; round < 200; round++) {
        pkr_id_map *map = pkr_id_map_new(budget, ROWS, UINT64_MAX);
        size_t changed = suite_random_below(&state, ROWS);

        for (size_t i = 0; i < ROWS; i++)
            pkr_id_map_count(map, rows[i].id);
        pkr_id_map_lay_out(map);
        for (size_t i = ROWS; i-- > 0;) {
            unsigned char id[20];

            memcpy(id, rows[i].id, 20);
            id[0] ^= i == changed ? 0x80 : 0;
            pkr_id_map_put(map, id, 0);
        }
        if (round % 2) /* more than were counted */
            pkr_id_map_put(map, rows[0].id, 0);
        ck_assert(!pkr_id_map_is_whole(map));
        pkr_id_map_free(map, budget);
    }
}
END_TEST

START_TEST(there_is_none_without_room)
{
    ck_assert_ptr_null(pkr_id_map_new(budget, ROWS, ROWS * 6));
    ck_assert_ptr_null(pkr_id_map_new(budget, UINT32_MAX, UINT64_MAX));
    ck_assert_ptr_null(pkr_id_map_new(budget, 1000000, UINT64_MAX)); /* the limit is 1 MiB */
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("map of ids");
    TCase *cases = tcase_create("map");

    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_loop_test(cases, every_pack_that_has_an_id_is_named, 0, 4);
    tcase_add_test(cases, rows_that_change_meanwhile_make_it_of_no_use);
    tcase_add_test(cases, there_is_none_without_room);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
