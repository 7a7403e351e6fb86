/* test_path.c - paths that are fixed to a folder: they lead where they led, and people see what was
 * named. */
#include "base/path.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"

static void is(char *path, const char *expected)
{
    ck_assert_ptr_nonnull(path);
    ck_assert_str_eq(path, expected);
    free(path);
}

START_TEST(what_is_relative_is_fixed_and_shown_as_it_was)
{
    static const char *const paths[] = {"a",  "a/b", ".",       "..",      "../a",    "./a//b/",
                                        ".a", "a/",  ".//./a/", "/.//./x", "a/.//./b"};
    const char *path = paths[_i];
    char *fixed = pkr_path_fix("/here/it is", path);
    char *joined = pkr_path_join(fixed, "name");
    char *plain = pkr_path_join(path, "name");

    if (path[0] != '/') {
        ck_assert_int_eq(strncmp(fixed, "/here/it is/", 12), 0);
        ck_assert_str_eq(pkr_path_shown(fixed), path);
        ck_assert_str_eq(pkr_path_shown(joined), plain);
    } else {
        ck_assert_str_eq(fixed, "/././x");
        ck_assert_str_eq(pkr_path_shown(joined), "/././x/name");
    }
    free(fixed);
    free(joined);
    free(plain);
}
END_TEST

START_TEST(other_paths_stay_what_they_are)
{
    is(pkr_path_fix("/here", "/a//b/../c"), "/a//b/../c");
    is(pkr_path_fix("/here", ""), "");
    is(pkr_path_fix(NULL, "a//b"), "a//b");
    is(pkr_path_fix(NULL, ""), "");
    ck_assert_str_eq(pkr_path_shown("/a//b/./c"), "/a//b/./c");
    ck_assert_str_eq(pkr_path_shown(""), "");
}
END_TEST

/* Whoever writes a path that looks fixed is shown all of it, whatever is joined to it. */
START_TEST(a_path_that_looks_fixed_is_shown_whole)
{
    static const char *const paths[] = {"/a/.//./b", "/a/.//.", "/a/././/.//././/b", "/.//././/./b",
                                        "/a/.//./"};
    char *fixed = pkr_path_fix("/here", paths[_i]);
    char *joined = pkr_path_join(fixed, "b");

    ck_assert_ptr_eq(pkr_path_shown(fixed), fixed);
    ck_assert_ptr_eq(pkr_path_shown(joined), joined);
    ck_assert_int_eq(strncmp(fixed, paths[_i], 3), 0);
    free(fixed);
    free(joined);
}
END_TEST

START_TEST(the_root_can_be_where_the_process_is)
{
    char *fixed = pkr_path_fix("/", "tmp");
    struct stat by_path;
    struct stat by_fixed;

    ck_assert_str_eq(pkr_path_shown(fixed), "tmp");
    ck_assert_int_eq(stat("/tmp", &by_path), 0);
    ck_assert_int_eq(stat(fixed, &by_fixed), 0);
    ck_assert_uint_eq(by_path.st_ino, by_fixed.st_ino);
    free(fixed);
}
END_TEST

START_TEST(the_folder_of_a_fixed_path_is_one_too)
{
    char *name = pkr_path_fix("/here", ".git");
    char *below = pkr_path_fix("/here", "a/.git");
    char *folder = pkr_path_folder(name);

    ck_assert_str_eq(pkr_path_shown(folder), ".");
    ck_assert_int_eq(folder[0], '/');
    free(folder);
    folder = pkr_path_folder(below);
    ck_assert_str_eq(pkr_path_shown(folder), "a/");
    ck_assert_int_eq(folder[0], '/');
    free(folder);
    is(pkr_path_folder("/.git"), "/");
    is(pkr_path_folder(".git"), ".");
    is(pkr_path_folder("a/b/.git"), "a/b/");
    free(name);
    free(below);
}
END_TEST

/* With guards on both sides of so many bytes. */
static void put(size_t size, const char *path, const char *expected)
{
    char text[64];

    memset(text, 'x', sizeof text);
    pkr_path_put(text + 1, size, "<", path, ">");
    ck_assert_str_eq(text + 1, expected);
    ck_assert_int_eq(text[0], 'x');
    ck_assert_int_eq(text[1 + size], 'x');
}

START_TEST(a_path_is_put_into_a_text)
{
    char *fixed = pkr_path_fix("/here", "a/b");

    put(60, "a/b", "<a/b>");
    put(60, fixed, "<a/b>");
    put(60, "", "<>");
    put(60, "\xc3\xbc\n\x7fx", "<????x>");
    put(13, "0123456789", "<0123456789>");
    put(13, "00123456789", "<...3456789>");
    put(13, "a/very/long/path", "<...ng/path>");
    free(fixed);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("path");
    TCase *tests = tcase_create("path");

    tcase_add_loop_test(tests, what_is_relative_is_fixed_and_shown_as_it_was, 0, 11);
    tcase_add_test(tests, other_paths_stay_what_they_are);
    tcase_add_loop_test(tests, a_path_that_looks_fixed_is_shown_whole, 0, 5);
    tcase_add_test(tests, the_root_can_be_where_the_process_is);
    tcase_add_test(tests, the_folder_of_a_fixed_path_is_one_too);
    tcase_add_test(tests, a_path_is_put_into_a_text);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
