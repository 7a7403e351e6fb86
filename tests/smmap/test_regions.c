/* test_regions.c - the sorted list against an array with one cell for each offset: thousands of
 * regions put, removed and looked for in random order. */
#include "regions.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define CELLS 20000

static struct smm_region cells[CELLS]; /* the region that begins there, size 0: none */
static struct smm_regions regions;

static struct smm_region *naive_from(uint64_t offset)
{
    uint64_t at;

    for (at = 0; at < CELLS; at++) {
        if (cells[at].size && smm_region_end(&cells[at]) > offset)
            return &cells[at];
    }
    return NULL;
}

static struct smm_region *naive_before(uint64_t offset)
{
    uint64_t at = offset < CELLS ? offset : CELLS;

    while (at--) {
        if (cells[at].size)
            return &cells[at];
    }
    return NULL;
}

static void compare(uint64_t offset)
{
    if (smm_regions_from(&regions, offset) != naive_from(offset))
        ck_abort_msg("from %llu", (unsigned long long)offset);
    if (smm_regions_before(&regions, offset) != naive_before(offset))
        ck_abort_msg("before %llu", (unsigned long long)offset);
}

static void put(uint64_t begin, uint64_t size)
{
    cells[begin].begin = begin;
    cells[begin].size = size;
    if (!smm_regions_put(&regions, &cells[begin], &smm_real_system))
        ck_abort_msg("put");
}

static void take(struct smm_region *region)
{
    smm_regions_remove(&regions, region, &smm_real_system);
    region->size = 0;
}

/* Fills up with regions of one or two cells, then thins out, by turns. */
START_TEST(the_list_and_the_array_agree)
{
    uint64_t random = suite_seed();
    uint64_t steps = suite_number("STEPS", 60000);
    uint64_t at;

    for (at = 0; at < steps; at++) {
        uint64_t offset = suite_random_below(&random, CELLS - 1);
        struct smm_region *there = smm_regions_from(&regions, offset);
        bool grow = at / (steps / 6 + 1) % 2 == 0;

        if (there && there->begin <= offset) {
            if (!grow || suite_random_below(&random, 4) == 0)
                take(there);
        } else if (grow || suite_random_below(&random, 4) == 0) {
            bool room = !there || there->begin > offset + 1;

            put(offset, room ? 1 + suite_random_below(&random, 2) : 1);
        }
        if (at % 16 == 0)
            compare(suite_random_below(&random, CELLS + 2));
    }
    for (at = 0; at <= CELLS; at += 7)
        compare(at);
    for (at = 0; at < CELLS; at++) {
        if (cells[at].size)
            take(&cells[at]);
    }
    compare(0);
    ck_assert_uint_eq(regions.count, 0);
    smm_regions_destroy(&regions, &smm_real_system);
}
END_TEST

START_TEST(in_order_and_against_the_order)
{
    uint64_t at;

    for (at = 0; at < CELLS; at++)
        put(at, 1);
    for (at = 0; at < CELLS; at += 100)
        compare(at);
    for (at = 0; at < CELLS; at++)
        take(&cells[at]);
    for (at = CELLS; at--;)
        put(at, 1);
    for (at = 0; at < CELLS; at += 100)
        compare(at);
    for (at = CELLS; at--;)
        take(&cells[at]);
    compare(0);
    smm_regions_destroy(&regions, &smm_real_system);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: regions");
    TCase *cases = tcase_create("regions");

    tcase_add_test(cases, the_list_and_the_array_agree);
    tcase_add_test(cases, in_order_and_against_the_order);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
