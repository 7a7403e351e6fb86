/* test_ref_name.c - which names refs may have, and where those are kept. */
#include <string.h>

#include "format/ref_name.h"
#include "guard_pages.h"
#include "suite.h"

static struct guard guard;

static void open_guard(void)
{
    guard_open(&guard, 8192);
}

static void close_guard(void)
{
    guard_close(&guard);
}

static bool is_valid(const char *name)
{
    const size_t length = strlen(name);
    bool good = pkr_ref_name_is_valid((const char *)guard_at_start(&guard, name, length), length);

    ck_assert_int_eq(
        pkr_ref_name_is_valid((const char *)guard_at_end(&guard, name, length), length), good);
    return good;
}

START_TEST(names_that_git_allows_are_valid)
{
    static const char *const names[] = {
        "HEAD",
        "refs/heads/main",
        "refs/heads/a.b",
        "refs/heads/@",
        "a@",
        "refs/@a",
        "refs/heads/\xc3\xa4",
        "refs/heads/a.lockx",
        "refs/heads/-a",
        "a{b",
        "x/}",

        "refs/heads/#\"'<>|&$!%+,;=()",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!is_valid(names[i]))
            ck_abort_msg("%s", names[i]);
}
END_TEST

START_TEST(names_that_git_refuses_are_not)
{
    static const char *const names[] = {
        "",      "@",    "/",    "a/",        "/a",       "a//b",     ".a",
        "a/.b",  "a..b", "a.",   "a.lock",    "a.lock/b", "a/b.lock", "a b",
        "a~",    "a^b",  "a:b",  "a?b",       "a*",       "a[b",      "a\\b",
        "a\x7f", "a\tb", "a@{b", "refs/../a", "refs/./a", "a\nb",     "@{",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_valid(names[i]))
            ck_abort_msg("%s", names[i]);
}
END_TEST

START_TEST(names_have_an_end)
{
    char name[PKR_REF_NAME_MAX + 1];

    memset(name, 'a', sizeof name);
    ck_assert(pkr_ref_name_is_valid(name, PKR_REF_NAME_MAX));
    ck_assert(!pkr_ref_name_is_valid(name, PKR_REF_NAME_MAX + 1));
    name[7] = '\0';
    ck_assert(!pkr_ref_name_is_valid(name, 9));
}
END_TEST

START_TEST(refs_beside_refs_are_named_in_capitals)
{
    ck_assert(pkr_ref_name_is_root("HEAD", 4));
    ck_assert(pkr_ref_name_is_root("ORIG_HEAD", 9));
    ck_assert(pkr_ref_name_is_root("AUTO_MERGE", 10));
    ck_assert(!pkr_ref_name_is_root("FETCH_HEAD", 10));
    ck_assert(!pkr_ref_name_is_root("MERGE_HEAD", 10));
    ck_assert(!pkr_ref_name_is_root("config", 6));
    ck_assert(!pkr_ref_name_is_root("COMMIT_EDITMSG", 14));
    ck_assert(pkr_ref_name_is_pseudo("FETCH_HEAD", 10));
    ck_assert(!pkr_ref_name_is_pseudo("HEAD", 4));
}
END_TEST

static void is_at(const char *name, enum pkr_ref_home home, const char *worktree, const char *rest)
{
    const pkr_ref_place place = pkr_ref_name_place(name, strlen(name));

    ck_assert_int_eq((int)place.home, (int)home);
    ck_assert_uint_eq(place.worktree_length, strlen(worktree));
    ck_assert_int_eq(memcmp(place.worktree ? place.worktree : "", worktree, strlen(worktree)), 0);
    ck_assert_uint_eq(place.length, strlen(rest));
    ck_assert_int_eq(memcmp(place.name, rest, strlen(rest)), 0);
}

START_TEST(each_ref_has_its_folder)
{
    is_at("HEAD", PKR_REF_OWN, "", "HEAD");
    is_at("refs/heads/a", PKR_REF_COMMON, "", "refs/heads/a");
    is_at("refs/bisect/bad", PKR_REF_OWN, "", "refs/bisect/bad");
    is_at("refs/worktree/a", PKR_REF_OWN, "", "refs/worktree/a");
    is_at("refs/rewritten/a", PKR_REF_OWN, "", "refs/rewritten/a");
    is_at("refs/bisect", PKR_REF_COMMON, "", "refs/bisect");
    is_at("main-worktree/HEAD", PKR_REF_COMMON, "", "HEAD");
    is_at("main-worktree/refs/bisect/bad", PKR_REF_COMMON, "", "refs/bisect/bad");
    is_at("main-worktree/refs/heads/a", PKR_REF_COMMON, "", "main-worktree/refs/heads/a");
    is_at("worktrees/w/HEAD", PKR_REF_WORKTREE, "w", "HEAD");
    is_at("worktrees/w/refs/bisect/bad", PKR_REF_WORKTREE, "w", "refs/bisect/bad");
    is_at("worktrees/w/refs/heads/a", PKR_REF_COMMON, "", "worktrees/w/refs/heads/a");
    is_at("worktrees/w", PKR_REF_COMMON, "", "worktrees/w");
    is_at("main-worktree", PKR_REF_COMMON, "", "main-worktree");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packread: names of refs");
    TCase *cases = tcase_create("names of refs");

    tcase_add_checked_fixture(cases, open_guard, close_guard);
    tcase_add_test(cases, names_that_git_allows_are_valid);
    tcase_add_test(cases, names_that_git_refuses_are_not);
    tcase_add_test(cases, names_have_an_end);
    tcase_add_test(cases, refs_beside_refs_are_named_in_capitals);
    tcase_add_test(cases, each_ref_has_its_folder);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
