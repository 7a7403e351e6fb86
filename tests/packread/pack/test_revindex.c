/* test_revindex.c - ranks by offset: from the whole order, and from below a rank. */
#include <stdlib.h>

#include "pack/revindex.h"
#include "suite.h"

#define SHIFT 12
#define COUNT 1000u

/* Rising offsets, some of them twice. */
static pkr_revindex *make_order(void)
{
    pkr_revindex *order = calloc(1, sizeof *order + COUNT * sizeof order->keys[0]);
    uint64_t state = suite_seed();
    uint64_t offset = 12;

    ck_assert_ptr_nonnull(order);
    order->shift = SHIFT;
    order->count = COUNT;
    for (uint32_t rank = 0; rank < COUNT; rank++) {
        order->keys[rank] = offset << SHIFT | (COUNT - 1 - rank);
        if (rank % 17 != 5)
            offset += 2 + suite_random_below(&state, 1000);
    }
    return order;
}

/* By looking at each. */
static uint32_t find_slowly(const pkr_revindex *order, uint32_t end, uint64_t offset)
{
    for (uint32_t rank = 0; rank < end; rank++)
        if (pkr_revindex_offset(order, rank) == offset)
            return rank;
    return PKR_NO_RANK;
}

START_TEST(an_offset_gives_its_first_rank_or_none)
{
    pkr_revindex *order = make_order();

    for (uint32_t rank = 0; rank < COUNT; rank++) {
        uint64_t offset = pkr_revindex_offset(order, rank);

        ck_assert_uint_eq(pkr_revindex_find(order, offset), find_slowly(order, COUNT, offset));
        ck_assert_uint_eq(pkr_revindex_find(order, offset + 1), PKR_NO_RANK);
        ck_assert_uint_eq(pkr_revindex_position(order, rank), COUNT - 1 - rank);
    }
    ck_assert_uint_eq(pkr_revindex_find(order, 0), PKR_NO_RANK);
    ck_assert_uint_eq(pkr_revindex_find(order, UINT64_MAX), PKR_NO_RANK);
    free(order);
}
END_TEST

START_TEST(from_below_a_rank_only_what_begins_before_it_is_found)
{
    pkr_revindex *order = make_order();
    uint64_t state = suite_seed();

    for (int i = 0; i < 20000; i++) {
        uint32_t rank = (uint32_t)suite_random_below(&state, COUNT);
        uint64_t offset =
            pkr_revindex_offset(order, (uint32_t)suite_random_below(&state, COUNT)) + (i % 4 == 0);

        ck_assert_uint_eq(pkr_revindex_find_before(order, rank, offset),
                          find_slowly(order, rank, offset));
    }
    ck_assert_uint_eq(pkr_revindex_find_before(order, COUNT - 1, UINT64_MAX), PKR_NO_RANK);
    ck_assert_uint_eq(pkr_revindex_find_before(order, 0, 12), PKR_NO_RANK);
    free(order);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("revindex");
    TCase *find = tcase_create("find");

    tcase_add_test(find, an_offset_gives_its_first_rank_or_none);
    tcase_add_test(find, from_below_a_rank_only_what_begins_before_it_is_found);
    suite_add_tcase(suite, find);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
