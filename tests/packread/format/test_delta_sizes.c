/* test_delta_sizes.c - the two sizes at the front of a delta: read to the last bit, or refused.
 *
 * They end where an unreadable page begins. */
#include <string.h>

#include "format/delta.h"
#include "guard_pages.h"
#include "packwriter.h"
#include "suite.h"

#define CUT_IN_SIZES "delta ends inside its sizes"
#define SIZE_TOO_BIG "delta size does not fit in 64 bits"

static struct guard of_delta;

static void open_guard(void)
{
    guard_open(&of_delta, 256);
}

static void close_guard(void)
{
    guard_close(&of_delta);
}

static int parse_sizes(const void *bytes, size_t length, pkr_delta_sizes *sizes, const char **text)
{
    *text = NULL;
    return pkr_delta_parse(guard_at_end(&of_delta, bytes, length), length, sizes, text);
}

START_TEST(sizes_round_trip_around_every_power_of_two)
{
    for (unsigned power = 0; power < 64; power++) {
        for (int step = -1; step <= 1; step++) {
            struct packwriter_bytes delta = {0};
            uint64_t size = (UINT64_C(1) << power) + (uint64_t)(int64_t)step;
            pkr_delta_sizes sizes;
            const char *text;

            packwriter_delta_begin(&delta, size, ~size);
            ck_assert_int_eq(parse_sizes(delta.data, delta.size, &sizes, &text), 0);
            ck_assert(sizes.base == size);
            ck_assert(sizes.result == ~size);
            ck_assert_uint_eq(sizes.header_size, delta.size);
            packwriter_bytes_free(&delta);
        }
    }
}
END_TEST

START_TEST(sizes_cut_anywhere_are_refused)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, UINT64_MAX, UINT64_MAX);
    ck_assert_uint_eq(delta.size, PKR_DELTA_SIZES_MAX);
    for (size_t length = 0; length < delta.size; length++) {
        pkr_delta_sizes sizes;
        const char *text;

        ck_assert_int_eq(parse_sizes(delta.data, length, &sizes, &text), PACKREAD_ERROR_CORRUPT);
        ck_assert_str_eq(text, CUT_IN_SIZES);
    }
    packwriter_bytes_free(&delta);
}
END_TEST

/* In the first size and in the second: each last byte of a size of ten bytes. */
START_TEST(a_size_that_loses_bits_is_refused)
{
    for (size_t before = 0; before <= 1; before++) {
        for (unsigned last = 0; last < 128; last++) {
            unsigned char delta[12] = {0};
            pkr_delta_sizes sizes;
            const char *text;
            int status;

            memset(delta + before, 0x80, 9);
            delta[before] = 0x85;
            delta[before + 9] = (unsigned char)last;
            status = parse_sizes(delta, sizeof delta, &sizes, &text);
            if (last <= 1) {
                ck_assert_int_eq(status, 0);
                ck_assert((before ? sizes.result : sizes.base) == 5 + ((uint64_t)last << 63));
            } else {
                ck_assert_int_eq(status, PACKREAD_ERROR_CORRUPT);
                ck_assert_str_eq(text, SIZE_TOO_BIG);
            }
        }
    }
}
END_TEST

START_TEST(a_size_of_more_than_ten_bytes_is_refused)
{
    unsigned char delta[64];
    pkr_delta_sizes sizes;
    const char *text;

    memset(delta, 0x80, sizeof delta);
    ck_assert_int_eq(parse_sizes(delta, sizeof delta, &sizes, &text), PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(text, SIZE_TOO_BIG);
    delta[0] = 0;
    ck_assert_int_eq(parse_sizes(delta, sizeof delta, &sizes, &text), PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(text, SIZE_TOO_BIG);
    delta[11] = 0;
    ck_assert_int_eq(parse_sizes(delta, 12, &sizes, &text), PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(text, SIZE_TOO_BIG);
}
END_TEST

START_TEST(overlong_sizes_that_lose_nothing_are_accepted)
{
    for (size_t extra = 1; extra <= 9; extra++) {
        unsigned char delta[24];
        pkr_delta_sizes sizes;
        const char *text;

        memset(delta, 0x80, sizeof delta);
        delta[0] = 0x83;
        delta[extra] = 0;
        delta[extra + 1] = 0x84;
        delta[2 * extra + 1] = 0;
        ck_assert_int_eq(parse_sizes(delta, 2 * extra + 2, &sizes, &text), 0);
        ck_assert(sizes.base == 3 && sizes.result == 4);
        ck_assert_uint_eq(sizes.header_size, 2 * extra + 2);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("delta sizes");
    TCase *tests = tcase_create("sizes");

    tcase_add_checked_fixture(tests, open_guard, close_guard);
    tcase_add_test(tests, sizes_round_trip_around_every_power_of_two);
    tcase_add_test(tests, sizes_cut_anywhere_are_refused);
    tcase_add_test(tests, a_size_that_loses_bits_is_refused);
    tcase_add_test(tests, a_size_of_more_than_ten_bytes_is_refused);
    tcase_add_test(tests, overlong_sizes_that_lose_nothing_are_accepted);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
