/* test_midx_chain.c - lines of a chain of multi-pack-indexes, on guard pages. */
#include <string.h>

#include "format/midx_chain.h"
#include "guard_pages.h"
#include "suite.h"

#define SHA1 "0123456789abcdef0123456789abcdef01234567"
#define SHA256 SHA1 "89abcdef0123456789abcdef"

typedef struct line {
    const char *text;
    size_t id_size;
    size_t used;   /* 0: it is none, */
    size_t passed; /* and has so many bytes */
} line;

static const line lines[] = {
    {SHA1 "\n", 20, 41, 0},
    {SHA1 "\n" SHA1, 20, 41, 0},
    {SHA256 "\n", 32, 65, 0},
    {SHA1, 20, 0, 40},
    {SHA1 "\r\n", 20, 0, 41},
    {SHA1 " \n", 20, 0, 41},
    {SHA256 "\n", 20, 0, 41},
    {SHA1 "\n", 32, 0, 41},
    {"\n" SHA1, 20, 0, 1},
    {"g" SHA1 "\n", 20, 0, 41},
    {"0123\n", 20, 0, 5},
    {"0123\n" SHA1 "\n", 20, 0, 5},
    {SHA1 "x" SHA1 "\n", 20, 0, 41},
    {"# a comment that is long enough here ok\n", 20, 0, 40},
    {"0x23456789abcdef0123456789abcdef01234567\n", 20, 0, 41},
};
#define LINES (int)(sizeof lines / sizeof *lines)

START_TEST(a_line_is_a_sum_and_a_line_feed)
{
    const line *as = &lines[_i];
    const size_t length = strlen(as->text);
    struct guard guard = {0};
    packread_id sum = {.size = 7};
    const char *why = NULL;
    size_t used = 0;
    int status;

    guard_open(&guard, 256);
    status = pkr_midx_chain_line(guard_at_end(&guard, as->text, length), length, as->id_size, &sum,
                                 &used, &why);
    ck_assert_int_eq(status, as->used ? 0 : PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(used, as->used);
    ck_assert((status == 0) == (why == NULL));
    if (status != 0)
        ck_assert_uint_eq(
            pkr_midx_chain_pass(guard_at_end(&guard, as->text, length), length, as->id_size),
            as->passed);
    if (status == 0) {
        char hex[PACKREAD_HEX_MAX + 1];

        packread_id_format(&sum, hex);
        ck_assert_uint_eq(sum.size, as->id_size);
        ck_assert_int_eq(memcmp(hex, as->text, 2 * as->id_size), 0);
    }
    guard_close(&guard);
}
END_TEST

START_TEST(a_line_that_is_cut_is_none)
{
    struct guard guard = {0};

    guard_open(&guard, 256);
    for (size_t length = 1; length < 41; length++) {
        packread_id sum;
        const char *why = NULL;
        size_t used = 0;

        ck_assert_int_eq(pkr_midx_chain_line(guard_at_end(&guard, SHA1 "\n", length), length, 20,
                                             &sum, &used, &why),
                         PACKREAD_ERROR_CORRUPT);
        ck_assert_str_eq(why, "the chain of multi-pack-indexes is cut off in a line");
    }
    guard_close(&guard);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("chains of multi-pack-indexes");
    TCase *cases = tcase_create("lines");

    tcase_add_loop_test(cases, a_line_is_a_sum_and_a_line_feed, 0, LINES);
    tcase_add_test(cases, a_line_that_is_cut_is_none);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
