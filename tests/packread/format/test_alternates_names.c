/* test_alternates_names.c - lists of object folders are taken apart as git does it, between guard
 * pages, and compared with the naive reader. */
#include <stdlib.h>
#include <string.h>

#include "naive_lists.h"
#include "suite.h"

/* Paths in hex, one a line. */
static void gives(const char *text, size_t size, char separator, const char *paths)
{
    size_t length;
    size_t expected_length;
    char *expected =
        naive_alternates((const unsigned char *)text, size, separator, &expected_length);
    char *got = naive_alternates_of_library((const unsigned char *)text, size, separator, &length);

    ck_assert_uint_eq(length, expected_length);
    ck_assert(length == 0 || memcmp(got, expected, length) == 0);
    if (paths) {
        ck_assert_uint_eq(length, strlen(paths));
        ck_assert(length == 0 || memcmp(got, paths, length) == 0);
    }
    free(expected);
    free(got);
}
#define LINES(text, paths) gives(text, sizeof text - 1, '\n', paths)

START_TEST(each_line_is_a_path)
{
    LINES("", "");
    LINES("/a\nb\n", "2f61\n62\n");
    LINES("/a", "2f61\n");
    LINES("\n\n/a\n\n", "2f61\n");
    LINES(" /a \r\n", "202f61200d\n");
    LINES("#/a\n/b\n /c#d\n#", "2f62\n202f632364\n");
}
END_TEST

START_TEST(quotes_are_those_of_c)
{
    LINES("\"/a\"\n/b\n", "2f61\n2f62\n");
    LINES("\"\\a\\b\\t\\n\\v\\f\\r\\\\\\\"\\303\\001\"\n", "0708090a0b0c0d5c22c301\n");
    LINES("\"a\nb\"\n", "610a62\n");
    /* What stands behind a quote is skipped; what is left of the line is a path. */
    LINES("\"/a\"x/b\n", "2f61\n2f62\n");
    LINES("\"\"\n/a\n", "2f61\n");
}
END_TEST

START_TEST(with_wrong_quotes_the_line_is_the_path)
{
    LINES("\"a\n", "2261\n");
    LINES("\"a\\q\"\n", "22615c7122\n");
    LINES("\"\\400\"\n", "225c34303022\n");
    LINES("\"\\38", "225c3338\n");
    LINES("\"\\", "225c\n");
}
END_TEST

START_TEST(a_nul_ends_the_list)
{
    LINES("/a\n/b\0/c\n/d\n", "2f61\n2f62\n");
    LINES("\0/a\n", "");
    LINES("\"/a\0\"\n", "222f61\n");
    LINES("\"/a\\000b\"\n/c\n", "2f61\n2f63\n");
}
END_TEST

START_TEST(the_environment_has_colons)
{
    gives("/a:b::\"/c:d\":#e:/f", 18, ':', "2f61\n62\n2f633a64\n2f66\n");
    gives("/a\n/b", 5, ':', "2f610a2f62\n");
}
END_TEST

START_TEST(random_lists_are_read_as_the_naive_reader_does)
{
    static const char *const pieces[] = {"\"", "\\", "\n", "a", "/", "#", "0",
                                         "1",  "3",  "7",  "8", ":", "n", " "};
    uint64_t state = suite_seed();

    for (int round = 0; round < 20000; round++) {
        char text[64] = "";

        for (uint64_t i = suite_random_below(&state, 32); i > 0; i--)
            strcat(text, pieces[suite_random_below(&state, sizeof pieces / sizeof *pieces)]);
        gives(text, strlen(text), round % 2 ? '\n' : ':', NULL);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("alternates' names");
    TCase *names = tcase_create("names");

    tcase_add_test(names, each_line_is_a_path);
    tcase_add_test(names, quotes_are_those_of_c);
    tcase_add_test(names, with_wrong_quotes_the_line_is_the_path);
    tcase_add_test(names, a_nul_ends_the_list);
    tcase_add_test(names, the_environment_has_colons);
    tcase_add_test(names, random_lists_are_read_as_the_naive_reader_does);
    suite_add_tcase(suite, names);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
