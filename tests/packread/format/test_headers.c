/* test_headers.c - what the first lines of commits and tags name; and the lines of tables.list. */
#include <string.h>

#include "format/headers.h"
#include "format/reftable_list.h"
#include "guard_pages.h"
#include "suite.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccc"
#define WIDE "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"

static struct guard guard;

static void open_guard(void)
{
    guard_open(&guard, 4096);
}

static void close_guard(void)
{
    guard_close(&guard);
}

static const unsigned char *place(const char *text)
{
    return guard_at_end(&guard, text, strlen(text));
}

static bool is(const packread_id *id, const char *hex)
{
    packread_id wanted;

    ck_assert_int_eq(packread_id_parse(hex, strlen(hex), &wanted), 0);
    return packread_id_compare(id, &wanted) == 0;
}

START_TEST(a_commit_names_its_tree_and_parents)
{
    static const char text[] = "tree " A "\nparent " B "\nparent " C "\nauthor x\n\nparent " A "\n";
    packread_id id;

    ck_assert(pkr_commit_tree(place(text), strlen(text), 20, &id) && is(&id, A));
    ck_assert(pkr_commit_parent(place(text), strlen(text), 20, 1, &id) && is(&id, B));
    ck_assert(pkr_commit_parent(place(text), strlen(text), 20, 2, &id) && is(&id, C));
    ck_assert(!pkr_commit_parent(place(text), strlen(text), 20, 3, &id));
    ck_assert(!pkr_commit_parent(place(text), strlen(text), 20, 0, &id));
    ck_assert(!pkr_commit_parent(place(text), strlen(text), 20, UINT64_MAX, &id));
    ck_assert(!pkr_commit_tree(place(text), strlen(text), 32, &id));
    ck_assert(pkr_commit_tree(place("tree " WIDE "\n"), 70, 32, &id) && is(&id, WIDE));
}
END_TEST

START_TEST(a_tag_names_its_object_and_type)
{
    static const char text[] = "object " A "\ntype commit\ntag x\n";
    enum packread_type type;
    packread_id id;

    ck_assert(pkr_tag_object(place(text), strlen(text), 20, &id, &type) && is(&id, A));
    ck_assert_int_eq((int)type, PACKREAD_COMMIT);
    ck_assert(!pkr_tag_object(place("object " A "\ntype commit"), 59, 20, &id, &type));
    ck_assert(!pkr_tag_object(place("object " A "\ntype none\n"), 58, 20, &id, &type));
    ck_assert(!pkr_tag_object(place("object " A "\ntag x\n"), 54, 20, &id, &type));
}
END_TEST

START_TEST(no_byte_is_read_past_a_cut)
{
    static const char commit[] = "tree " A "\nparent " B "\n";
    static const char tag[] = "object " A "\ntype tree\n";
    enum packread_type type;
    packread_id id;

    for (size_t size = 0; size < sizeof commit; size++) {
        const unsigned char *bytes = guard_at_end(&guard, commit, size);

        ck_assert_int_eq(pkr_commit_tree(bytes, size, 20, &id), size >= 46);
        ck_assert_int_eq(pkr_commit_parent(bytes, size, 20, 1, &id), size >= 94);
    }
    for (size_t size = 0; size < sizeof tag; size++)
        ck_assert_int_eq(pkr_tag_object(guard_at_end(&guard, tag, size), size, 20, &id, &type),
                         size >= sizeof tag - 1);
}
END_TEST

START_TEST(tables_are_named_one_a_line)
{
    static const char text[] = "a.ref\nb.ref\nc.ref";
    const char *bytes = (const char *)place(text);
    const char *name;
    size_t length;
    size_t at = 0;

    for (const char *wanted = "abc"; *wanted; wanted++) {
        ck_assert_int_eq(pkr_reftable_list_next(bytes, strlen(text), &at, &name, &length), 1);
        ck_assert_uint_eq(length, 5);
        ck_assert_int_eq(name[0], *wanted);
    }
    ck_assert_int_eq(pkr_reftable_list_next(bytes, strlen(text), &at, &name, &length), 0);
    ck_assert_int_eq(pkr_reftable_list_next(NULL, 0, &(size_t){0}, &name, &length), 0);
}
END_TEST

START_TEST(a_table_is_a_file_in_the_same_folder)
{
    static const char *const bad[] = {"\n", "../a\n", "/a\n", "a/b\n", ".\n", ".hidden\n"};
    static const char nul[] = "a\0b\n";
    char longest[257];
    const char *name;
    size_t length;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_int_eq(
            pkr_reftable_list_next(bad[i], strlen(bad[i]), &(size_t){0}, &name, &length), -1);
    ck_assert_int_eq(pkr_reftable_list_next(nul, 4, &(size_t){0}, &name, &length), -1);
    memset(longest, 'a', sizeof longest);
    ck_assert_int_eq(pkr_reftable_list_next(longest, 255, &(size_t){0}, &name, &length), 1);
    ck_assert_int_eq(pkr_reftable_list_next(longest, 256, &(size_t){0}, &name, &length), -1);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packread: headers");
    TCase *cases = tcase_create("headers");

    tcase_add_checked_fixture(cases, open_guard, close_guard);
    tcase_add_test(cases, a_commit_names_its_tree_and_parents);
    tcase_add_test(cases, a_tag_names_its_object_and_type);
    tcase_add_test(cases, no_byte_is_read_past_a_cut);
    tcase_add_test(cases, tables_are_named_one_a_line);
    tcase_add_test(cases, a_table_is_a_file_in_the_same_folder);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
