/* test_side_table.c - heads of .rev and .mtimes: their rows fill what is between head and sums. */
#include <string.h>

#include "format/mtimes.h"
#include "format/rev.h"
#include "guard_pages.h"
#include "packwriter.h"
#include "suite.h"

typedef int parser(const unsigned char *head, size_t length, uint64_t file_size,
                   pkr_side_table *table, const char **text);

static parser *const parsers[] = {pkr_rev_parse, pkr_mtimes_parse};
static const char *const magics[] = {"RIDX", "MTME"};
static struct guard guard;

static void open_guard(void)
{
    guard_open(&guard, 64);
}

static void close_guard(void)
{
    guard_close(&guard);
}

static int parse(int kind, const void *head, size_t length, uint64_t size, pkr_side_table *table)
{
    const char *text = NULL;
    int status = parsers[kind](guard_at_end(&guard, head, length), length, size, table, &text);

    ck_assert((status == 0) == (text == NULL));
    return status;
}

static void make(unsigned char head[12], int kind, unsigned version, unsigned hash)
{
    memcpy(head, magics[kind], 4);
    memset(head + 4, 0, 8);
    head[7] = (unsigned char)version;
    head[11] = (unsigned char)hash;
}

START_TEST(rows_fill_the_file)
{
    for (unsigned hash = 1; hash <= 2; hash++) {
        const uint64_t id_size = hash == 1 ? 20 : 32;
        static const uint64_t counts[] = {0, 1, 7, UINT32_MAX};
        unsigned char head[12];

        make(head, _i, 1, hash);
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            const uint64_t size = 12 + 4 * counts[i] + 2 * id_size;
            pkr_side_table table;

            ck_assert_int_eq(parse(_i, head, 12, size, &table), 0);
            ck_assert_uint_eq(table.count, counts[i]);
            ck_assert_uint_eq(table.id_size, id_size);
            ck_assert_uint_eq(table.pack_sum, 12 + 4 * counts[i]);
            ck_assert_uint_eq(table.sum, size - id_size);
            for (uint64_t more = 1; more < 4; more++)
                ck_assert_int_eq(parse(_i, head, 12, size + more, &table), PACKREAD_ERROR_CORRUPT);
        }
        for (uint64_t size = 12; size < 12 + 2 * id_size; size++)
            ck_assert_int_eq(parse(_i, head, 12, size, &(pkr_side_table){0}),
                             PACKREAD_ERROR_CORRUPT);
        ck_assert_int_eq(
            parse(_i, head, 12, 12 + 2 * id_size + 4 * (UINT64_C(1) << 32), &(pkr_side_table){0}),
            PACKREAD_ERROR_CORRUPT);
        ck_assert_int_eq(parse(_i, head, 12, UINT64_MAX, &(pkr_side_table){0}),
                         PACKREAD_ERROR_CORRUPT);
    }
}
END_TEST

START_TEST(other_heads_are_refused)
{
    unsigned char head[12];
    pkr_side_table table;

    for (unsigned value = 0; value < 256; value++) {
        make(head, _i, value, 1);
        ck_assert_int_eq(parse(_i, head, 12, 60, &table), value == 1 ? 0 : PACKREAD_ERROR_VERSION);
        make(head, _i, 1, value);
        if (value != 1 && value != 2)
            ck_assert_int_eq(parse(_i, head, 12, 60, &table), PACKREAD_ERROR_VERSION);
    }
    make(head, 1 - _i, 1, 1); /* the other kind */
    ck_assert_int_eq(parse(_i, head, 12, 60, &table), PACKREAD_ERROR_NOT_AN_INDEX);
    make(head, _i, 1, 1);
    for (size_t length = 0; length < 12; length++)
        ck_assert_int_eq(parse(_i, head, length, length, &table), PACKREAD_ERROR_NOT_AN_INDEX);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("rev and mtimes");
    TCase *cases = tcase_create("heads");

    tcase_add_checked_fixture(cases, open_guard, close_guard);
    tcase_add_loop_test(cases, rows_fill_the_file, 0, 2);
    tcase_add_loop_test(cases, other_heads_are_refused, 0, 2);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
