/* test_ref_list.c - a list of refs is in order of name, each name once, the one that was added
 * first; and stays so if it is sorted again. */
#include <stdio.h>
#include <string.h>

#include "names/ref_list.h"
#include "suite.h"

enum { NAMES = 300 };

static void name_of(char name[40], unsigned number)
{
    snprintf(name, 40, "refs/heads/%u/%.*s", number * 7919 % NAMES, (int)(number % 13),
             "abcdefghijklm");
}

static void add_all(pkr_ref_list *list, unsigned char mark)
{
    for (unsigned i = 0; i < NAMES; i++) {
        pkr_ref ref = {.id = {.size = 20}};
        const pkr_ref_row row = {.length = 0};
        char name[40];

        name_of(name, i);
        ref.id.bytes[0] = mark;
        ref.id.bytes[1] = (unsigned char)i;
        ref.id.bytes[2] = (unsigned char)(i >> 8);
        if (i % 3 == 0) {
            strcpy(ref.target, "refs/heads/some");
            ref.target_length = strlen(ref.target);
        }
        ck_assert_int_eq(pkr_ref_list_add(list, name, strlen(name), &ref, &row, NULL), 0);
    }
}

static void all_are_there(const pkr_ref_list *list)
{
    ck_assert_uint_eq(pkr_ref_list_count(list), NAMES);
    for (unsigned i = 0; i < NAMES; i++) {
        char name[40];
        const pkr_ref_row *row;

        name_of(name, i);
        row = pkr_ref_list_find(list, name, strlen(name));
        ck_assert_ptr_nonnull(row);
        ck_assert_str_eq(row->name, name);
        ck_assert_uint_eq(row->id.bytes[0], 1);
        ck_assert_uint_eq(row->id.bytes[1] + 256u * row->id.bytes[2], i);
        ck_assert_int_eq(row->target != NULL, i % 3 == 0);
        if (row->target)
            ck_assert_str_eq(row->target, "refs/heads/some");
    }
    for (size_t i = 1; i < NAMES; i++)
        ck_assert_str_lt(pkr_ref_list_row(list, i - 1)->name, pkr_ref_list_row(list, i)->name);
}

START_TEST(it_is_sorted_once_and_for_all)
{
    pkr_budget budget;
    pkr_ref_list list;

    ck_assert_int_eq(pkr_budget_begin(&budget, 1 << 20, NULL), 0);
    pkr_ref_list_begin(&list, &budget, "");
    add_all(&list, 1);
    add_all(&list, 2);
    for (int i = 0; i < 3; i++) {
        pkr_ref_list_sort(&list);
        all_are_there(&list);
    }
    pkr_ref_list_free(&list);
    ck_assert_uint_eq(pkr_budget_used(&budget), 0);
    pkr_budget_let_go(&budget);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("ref_list");
    TCase *tests = tcase_create("ref_list");

    tcase_add_test(tests, it_is_sorted_once_and_for_all);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
