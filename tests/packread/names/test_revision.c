/* test_revision.c - names are taken apart as gitrevisions(7) has them. */
#include <stdio.h>
#include <string.h>

#include "guard_pages.h"
#include "names/revision.h"
#include "suite.h"

static struct guard guard;

static void open_guard(void)
{
    guard_open(&guard, 4096);
}

static void close_guard(void)
{
    guard_close(&guard);
}

/* "BASE|STEP STEP|PATH", or "" for what is no name. */
static void describe(const char *text, char *said, size_t room)
{
    static const char *const kinds[] = {"^", "~", "peel ", "object", "notag"};
    const size_t length = strlen(text);
    const char *bytes = (const char *)guard_at_end(&guard, text, length);
    pkr_revision revision;
    const char *why;
    pkr_step step;
    size_t used;
    size_t at;

    said[0] = '\0';
    if (!pkr_revision_parse(bytes, length, &revision, &why))
        return;
    used = (size_t)snprintf(said, room, "%.*s|", (int)revision.base, bytes);
    at = revision.base;
    while (pkr_revision_next(&revision, &at, &step)) {
        used += (size_t)snprintf(said + used, room - used, "%s", kinds[step.kind]);
        if (step.kind == PKR_STEP_PARENT || step.kind == PKR_STEP_ANCESTOR)
            used += (size_t)snprintf(said + used, room - used, "%u", step.number);
        if (step.kind == PKR_STEP_PEEL)
            used += (size_t)snprintf(said + used, room - used, "%s", packread_type_name(step.type));
        used += (size_t)snprintf(said + used, room - used, " ");
    }
    ck_assert_uint_eq(at, revision.end);
    if (revision.has_path)
        snprintf(said + used, room - used, "|%.*s", (int)revision.path_length, revision.path);
}

static void is(const char *text, const char *wanted)
{
    char said[400];

    describe(text, said, sizeof said);
    if (strcmp(said, wanted) != 0)
        ck_abort_msg("'%s': '%s', not '%s'", text, said, wanted);
}

START_TEST(suffixes_are_read_from_the_first_one_on)
{
    is("HEAD", "HEAD|");
    is("a^", "a|^1 ");
    is("a^0~12^^{}", "a|^0 ~12 ^1 notag ");
    is("a~", "a|~1 ");
    is("a~00", "a|~0 ");
    is("a~2147483647", "a|~2147483647 ");
    is("a^{commit}^{tree}^{blob}^{tag}^{object}",
       "a|peel commit peel tree peel blob peel tag object ");
    is("v1.0-3-g12^2", "v1.0-3-g12|^2 ");
    is("123", "123|");
}
END_TEST

START_TEST(a_path_begins_behind_the_first_free_colon)
{
    is("a:", "a||");
    is("a:b:c", "a||b:c");
    is("a^{tree}:b^{tree}", "a|peel tree |b^{tree}");
    is("a~2:b~2", "a|~2 |b~2");
    is("a{x:y}", "a{x||y}");
    is("a^{x:y", "a^{x:y|");
    is("a:.x", "a||.x");
}
END_TEST

START_TEST(what_is_no_suffix_stays)
{
    is("a{}", "a{}|");
    is("a^{tree", "a^{tree|");
    is("a~x", "a~x|");
    is("a{}^1", "a{}|^1 ");
}
END_TEST

static void is_refused(const char *text, const char *why_not)
{
    pkr_revision revision;
    const char *why = "";

    ck_assert(!pkr_revision_parse(text, strlen(text), &revision, &why));
    if (!why_not ? why != NULL : !why || !strstr(why, why_not))
        ck_abort_msg("'%s': %s", text, why ? why : "no reason");
}

START_TEST(what_is_not_supported_says_so)
{
    pkr_revision revision;
    const char *why;

    is_refused(":/x", ":/TEXT is not supported");
    is_refused(":x", ":PATH is not supported");
    is_refused(":0:x", ":PATH is not supported");
    is_refused("a^{/x}", "^{/TEXT} is not supported");
    is_refused("a^{/x}~2", "^{/TEXT} is not supported");
    is_refused("a@{u}", "@{...} is not supported");
    is_refused("@{-1}~3", "@{...} is not supported");
    is_refused("a@{1:b}:c", "@{...} is not supported");
    is_refused("a..b", "sets of commits are not supported");
    is_refused("a...b", "sets of commits are not supported");
    is_refused("...", "sets of commits are not supported");
    is_refused("..b", "sets of commits are not supported");
    is_refused("a^..b~2", "sets of commits are not supported");
    is_refused("^a", "sets of commits are not supported");
    is_refused("^a~2^{tree}", "sets of commits are not supported");
    is_refused("a^@", "sets of commits are not supported");
    is_refused("a~3^!", "sets of commits are not supported");
    is_refused("a^-", "sets of commits are not supported");
    is_refused("a^{}^-12", "sets of commits are not supported");
    is_refused("a/../b", "not a valid name");
    is_refused("a/..", "not a valid name");
    is_refused("../a~2", "not a valid name");
    is_refused("a..b/../c:d", "not a valid name");
    is_refused("a/b..c/d", "sets of commits are not supported");
    is_refused("a:./b", "./");
    is_refused("a:../b", "../");
    is_refused("a~2147483648", "so many");
    is_refused("a^99999999999999999999999999", "so many");
    is_refused("a^{foo}", "there is no such type");
    is_refused("a^{foo}~2^{tree}:b", "there is no such type");
    is_refused("a^{x:y}", "there is no such type");
    is_refused("a^{trees}", "there is no such type");
    is_refused("a^{foo}@{1}", "@{...} is not supported");
    is_refused("^", NULL);
    is_refused("~3", NULL);
    is_refused("^{}", NULL);
    ck_assert(!pkr_revision_parse("a\0b", 3, &revision, &why));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packread: revisions");
    TCase *cases = tcase_create("revisions");

    tcase_add_checked_fixture(cases, open_guard, close_guard);
    tcase_add_test(cases, suffixes_are_read_from_the_first_one_on);
    tcase_add_test(cases, a_path_begins_behind_the_first_free_colon);
    tcase_add_test(cases, what_is_no_suffix_stays);
    tcase_add_test(cases, what_is_not_supported_says_so);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
