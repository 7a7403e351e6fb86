/* test_detours.c - paths without detours: as short as can be, and to the system the same as before,
 * whatever is a link and whatever is not there. */
#include "place/detours.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "suite.h"

/* a/b/c are folders, a/file is a file, a/link leads to other/deep, a/lost nowhere. */
static void begin(void)
{
    suite_scratch_write("a/b/c/.keep", "");
    suite_scratch_write("a/file", "");
    suite_scratch_write("other/deep/c/.keep", "");
    ck_assert_int_eq(chdir(suite_scratch()), 0);
    ck_assert_int_eq(symlink("../other/deep", "a/link"), 0);
    ck_assert_int_eq(symlink("nowhere", "a/lost"), 0);
}

static const struct {
    const char *folder;
    const char *name;
    const char *expected;
} cases[] = {
    {"a", "b", "a/b"},
    {"a/", "./b//c", "a/b/c"},
    {"a/b", "../b", "a/b"},
    {"a/b/", "..", "a"},
    {"a/b/./.", "../.", "a"},
    {"a/b/c", "../..", "a"},
    {"a", "..", "."},
    {"a", "../a/b", "a/b"},
    {"a/b", "../../..", ".."},
    {".", "../x", "../x"},
    {".", "..", ".."},
    {"..", "..", "../.."},
    {"../x/..", "../y", "../x/../../y"},
    {"a/link", "..", "a/link/.."},
    {"a/link", "../deep", "a/link/../deep"},
    {"a/link/c", "../..", "a/link/.."},
    {"a", "link/../b", "a/link/../b"},
    {"a", "file/../b", "a/file/../b"},
    {"a", "lost/../b", "a/lost/../b"},
    {"a", "none/../b", "a/none/../b"},
    {"a/b", "", "a/b"},
    {"a", "/", "/"},
    {"a", "/..", "/"},
    {"a", "/../..//../tmp/../tmp", "/tmp"},
    {"/", "../tmp/..", "/"},
    {"a", "/none/../tmp", "/none/../tmp"},
};

/* Seen from where the process is, and fixed to that. */
START_TEST(what_can_be_left_out_is)
{
    char *cut = pkr_detours_cut(cases[_i].folder, cases[_i].name);
    char *fixed = pkr_path_fix(suite_scratch(), cases[_i].folder);
    char *from_fixed = pkr_detours_cut(fixed, cases[_i].name);

    ck_assert_str_eq(cut, cases[_i].expected);
    ck_assert_str_eq(pkr_path_shown(from_fixed), cases[_i].expected);
    ck_assert_int_eq(from_fixed[0], '/');
    free(cut);
    free(fixed);
    free(from_fixed);
}
END_TEST

/* A file is not among them: behind one even "." counts. */
static void make_up(char path[256], uint64_t *state)
{
    static const char *const names[] = {"a", "b", "c", "link", "other", "deep", "lost"};
    const uint64_t count = suite_random_below(state, 6);

    path[0] = '\0';
    for (uint64_t i = 0; i < count; i++) {
        switch (suite_random_below(state, 5)) {
        case 0:
        case 1:
            strcat(path, "..");
            break;
        case 2:
            strcat(path, ".");
            break;
        default:
            strcat(path, names[suite_random_below(state, 7)]);
        }
        strcat(path, suite_random_below(state, 4) == 0 ? "//" : "/");
    }
}

/* What the system makes of a path; "" where it makes nothing of it. */
static void follow(const char *path, char real[4096])
{
    if (!realpath(path, real))
        real[0] = '\0';
}

START_TEST(the_system_goes_where_it_went)
{
    uint64_t state = suite_seed();
    unsigned cut_ones = 0;
    unsigned there = 0;

    for (int i = 0; i < 20000; i++) {
        char name[256];
        char folder[512] = "a/";
        char real[4096];
        char short_real[4096];
        char *joined;
        char *cut;

        make_up(folder + 2, &state);
        make_up(name, &state);
        joined = pkr_path_join(folder, name);
        cut = pkr_detours_cut(folder, name);
        follow(joined, real);
        follow(cut, short_real);
        ck_assert_msg(strcmp(real, short_real) == 0, "%s and %s: %s, %s", joined, cut, real,
                      short_real);
        cut_ones += strlen(cut) + 2 < strlen(joined);
        there += real[0] != '\0';
        free(joined);
        free(cut);
    }
    ck_assert_uint_gt(cut_ones, 1000);
    ck_assert_uint_gt(there, 1000);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("detours");
    TCase *tests = tcase_create("detours");

    tcase_add_checked_fixture(tests, begin, NULL);
    tcase_add_loop_test(tests, what_can_be_left_out_is, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(tests, the_system_goes_where_it_went);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
