/* test_loose_ref.c - files that are one ref are read as git reads them, and never a byte too far.
 */
#include <string.h>

#include "format/loose_ref.h"
#include "guard_pages.h"
#include "suite.h"

#define HEX "0123456789abcdefABCDef012345678901234567"
#define HEX32 HEX "89abcdef0123456789abcdef"

static struct guard guard;

static void open_guard(void)
{
    guard_open(&guard, 4096);
}

static void close_guard(void)
{
    guard_close(&guard);
}

static bool parse(const char *bytes, size_t size, size_t id_size, pkr_ref_value *value)
{
    pkr_ref_value other;
    bool good = pkr_loose_ref_parse((const char *)guard_at_start(&guard, bytes, size), size,
                                    id_size, &other);

    ck_assert_int_eq(
        pkr_loose_ref_parse((const char *)guard_at_end(&guard, bytes, size), size, id_size, value),
        good);
    return good;
}

static void is_id(const char *bytes, size_t id_size)
{
    pkr_ref_value value;
    packread_id id;

    ck_assert_int_eq(packread_id_parse(bytes, 2 * id_size, &id), 0);
    if (!parse(bytes, strlen(bytes), id_size, &value))
        ck_abort_msg("'%s'", bytes);
    ck_assert_int_eq(packread_id_compare(&value.id, &id), 0);
}

static void is_symbolic(const char *bytes, const char *target)
{
    pkr_ref_value value;

    if (!parse(bytes, strlen(bytes), 20, &value))
        ck_abort_msg("'%s'", bytes);
    ck_assert_uint_eq(value.id.size, 0);
    ck_assert_uint_eq(value.target_length, strlen(target));
    ck_assert_int_eq(memcmp(value.target, target, strlen(target)), 0);
}

static void is_none(const char *bytes, size_t size, size_t id_size)
{
    pkr_ref_value value;

    if (parse(bytes, size, id_size, &value))
        ck_abort_msg("'%s'", bytes);
}

START_TEST(an_id_may_have_blanks_and_more_behind_it)
{
    is_id(HEX "\n", 20);
    is_id(HEX, 20);
    is_id(HEX "\t\tbranch 'main' of x\n" HEX "\tnot-for-merge\n", 20);
    is_id(HEX " x", 20);
    is_id(HEX "\r\n", 20);
    is_id(HEX32 "\n", 32);
}
END_TEST

START_TEST(a_symbolic_ref_may_have_blanks_around_its_target)
{
    is_symbolic("ref: refs/heads/main\n", "refs/heads/main");
    is_symbolic("ref:refs/heads/main", "refs/heads/main");
    is_symbolic("ref: \t\n refs/heads/main \r\n\n", "refs/heads/main");
    is_symbolic("ref: a b", "a b");
}
END_TEST

START_TEST(all_else_is_none)
{
    static const char cut[] = HEX;

    for (size_t size = 0; size < 40; size++)
        is_none(cut, size, 20);
    is_none(HEX "0", 41, 20);
    is_none(HEX "-", 41, 20);
    is_none(" " HEX, 41, 20);
    is_none(HEX "\v", 41, 20);
    is_none("ref:", 4, 20);
    is_none("ref: \n", 6, 20);
    is_none("ref", 3, 20);
    is_none(HEX "\n", 41, 32);
    is_none("\0" HEX, 41, 20);
    is_none("ref:\0a", 6, 20);
}
END_TEST

START_TEST(a_nul_ends_it)
{
    static const char bytes[] = "ref: refs/a\0b";
    pkr_ref_value value;

    ck_assert(parse(bytes, sizeof bytes - 1, 20, &value));
    ck_assert_uint_eq(value.target_length, 6);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packread: loose refs");
    TCase *cases = tcase_create("loose refs");

    tcase_add_checked_fixture(cases, open_guard, close_guard);
    tcase_add_test(cases, an_id_may_have_blanks_and_more_behind_it);
    tcase_add_test(cases, a_symbolic_ref_may_have_blanks_around_its_target);
    tcase_add_test(cases, all_else_is_none);
    tcase_add_test(cases, a_nul_ends_it);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
