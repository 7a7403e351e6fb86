/* test_bundle.c - lines of a bundle's header: what each says, which are refused, and no byte past
 * the end is looked at. */
#include <stdio.h>
#include <string.h>

#include "format/bundle.h"
#include "guard_pages.h"
#include "suite.h"

#define SHA1 "0123456789abcdef0123456789ABCDEF01234567"
#define SHA256 SHA1 "89abcdef0123456789abcdef"

static struct guard guard;

static void open_guard(void)
{
    guard_open(&guard, 8192);
}

static void close_guard(void)
{
    guard_close(&guard);
}

/* The whole line of `text`, which ends it. */
static int next(pkr_bundle *bundle, const char *text, pkr_bundle_line *line, const char **why)
{
    const size_t size = strlen(text);

    return pkr_bundle_next(bundle, guard_at_end(&guard, text, size), size, line, why);
}

static pkr_bundle begun(unsigned version)
{
    pkr_bundle bundle = {0};
    pkr_bundle_line line;
    const char *why;

    ck_assert_int_eq(
        next(&bundle, version == 2 ? "# v2 git bundle\n" : "# v3 git bundle\n", &line, &why), 0);
    ck_assert_int_eq(line.kind, PKR_BUNDLE_SIGNATURE);
    ck_assert_uint_eq(line.length, 16);
    ck_assert_uint_eq(bundle.version, version);
    ck_assert_uint_eq(bundle.id_size, 20);
    return bundle;
}

START_TEST(a_bundle_is_known_by_its_first_bytes)
{
    static const struct {
        const char *text;
        bool is_one;
    } rows[] = {{"# v2 git bun", true},
                {"# v3 git bundle\n", true},
                {"# v4 git bun", false},
                {"# v2 git bu", false},
                {"# v2 git bux", false},
                {"PACK\0\0\0\2\0\0\0", false},
                {"", false},
                {"#", false},
                {"# v2_git bun", false}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const size_t size = strlen(rows[i].text);

        ck_assert_msg(pkr_bundle_begins(guard_at_end(&guard, rows[i].text, size), size) ==
                          rows[i].is_one,
                      "%s", rows[i].text);
    }
}
END_TEST

START_TEST(lines_say_what_they_say)
{
    pkr_bundle bundle = begun(3);
    pkr_bundle_line line;
    packread_id id;
    const char *why;

    ck_assert_int_eq(next(&bundle, "@filter=blob:none\n", &line, &why), 0);
    ck_assert_int_eq(line.kind, PKR_BUNDLE_CAPABILITY);
    ck_assert(bundle.is_filtered);
    ck_assert_int_eq(next(&bundle, "@object-format=sha256 \r\n", &line, &why), 0);
    ck_assert_uint_eq(bundle.id_size, 32);
    ck_assert_int_eq(packread_id_parse(SHA256, 64, &id), 0);
    ck_assert_int_eq(next(&bundle, "-" SHA256 "\n", &line, &why), 0);
    ck_assert_int_eq(line.kind, PKR_BUNDLE_PREREQUISITE);
    ck_assert_int_eq(packread_id_compare(&line.id, &id), 0);
    ck_assert_int_eq(next(&bundle, "-" SHA256 " a comment\n", &line, &why), 0);
    ck_assert_int_eq(line.kind, PKR_BUNDLE_PREREQUISITE);
    ck_assert_int_eq(next(&bundle, SHA256 " refs/heads/a b\t \n", &line, &why), 0);
    ck_assert_int_eq(line.kind, PKR_BUNDLE_REF);
    ck_assert_int_eq(packread_id_compare(&line.id, &id), 0);
    ck_assert_uint_eq(line.name_length, strlen("refs/heads/a b"));
    ck_assert_int_eq(memcmp(line.name, "refs/heads/a b", line.name_length), 0);
    ck_assert_uint_eq(line.length, 64 + strlen(" refs/heads/a b\t \n"));
    ck_assert_int_eq(next(&bundle, "\n", &line, &why), 0);
    ck_assert_int_eq(line.kind, PKR_BUNDLE_END);
    ck_assert_uint_eq(line.length, 1);
    ck_assert_uint_eq(bundle.required, 2);
    ck_assert_uint_eq(bundle.refs, 1);
}
END_TEST

START_TEST(a_line_without_its_end_is_not_taken)
{
    static const char *const texts[] = {"", "@filter", SHA1 " refs/heads/main", ("-" SHA1)};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        pkr_bundle bundle = begun(3);
        const pkr_bundle before = bundle;
        pkr_bundle_line line = {.length = 7};
        const char *why;

        ck_assert_int_eq(next(&bundle, texts[i], &line, &why), 0);
        ck_assert_uint_eq(line.length, 0);
        ck_assert_uint_eq(bundle.refs, before.refs);
        ck_assert_uint_eq(bundle.required, before.required);
    }
}
END_TEST

START_TEST(what_git_refuses_is_refused)
{
    static const struct {
        unsigned version; /* 0: the first line */
        const char *text;
        int code;
    } rows[] = {
        {0, "# v2 git bundle \n", PACKREAD_ERROR_CORRUPT},
        {0, "# v2 git bundles\n", PACKREAD_ERROR_CORRUPT},
        {0, "# v4 git bundle\n", PACKREAD_ERROR_CORRUPT},
        {0, "\n", PACKREAD_ERROR_CORRUPT},
        {2, "@object-format=sha1\n", PACKREAD_ERROR_CORRUPT},
        {3, "@\n", PACKREAD_ERROR_UNSUPPORTED},
        {3, "@object-format\n", PACKREAD_ERROR_UNSUPPORTED},
        {3, "@object-format=sha1x\n", PACKREAD_ERROR_UNSUPPORTED},
        {3, "@object-format=\n", PACKREAD_ERROR_UNSUPPORTED},
        {3, "@colour=blue\n", PACKREAD_ERROR_UNSUPPORTED},
        {2, " \n", PACKREAD_ERROR_CORRUPT},
        {2, "-\n", PACKREAD_ERROR_CORRUPT},
        {2, SHA1 "\n", PACKREAD_ERROR_CORRUPT},
        {2, SHA1 " \n", PACKREAD_ERROR_CORRUPT},
        {2, SHA1 "x refs/heads/main\n", PACKREAD_ERROR_CORRUPT},
        {2, "-" SHA1 "x\n", PACKREAD_ERROR_CORRUPT},
        {2, SHA256 " refs/heads/main\n", PACKREAD_ERROR_CORRUPT},
        {2, "g123456789abcdef0123456789abcdef01234567 a\n", PACKREAD_ERROR_CORRUPT},
        {2, "0123 a\n", PACKREAD_ERROR_CORRUPT},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pkr_bundle bundle = {0};
        pkr_bundle_line line;
        const char *why = NULL;

        if (rows[i].version != 0)
            bundle = begun(rows[i].version);
        ck_assert_msg(next(&bundle, rows[i].text, &line, &why) == rows[i].code, "%s", rows[i].text);
        ck_assert_ptr_nonnull(why);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("bundle");
    TCase *cases = tcase_create("lines");

    tcase_add_checked_fixture(cases, open_guard, close_guard);
    tcase_add_test(cases, a_bundle_is_known_by_its_first_bytes);
    tcase_add_test(cases, lines_say_what_they_say);
    tcase_add_test(cases, a_line_without_its_end_is_not_taken);
    tcase_add_test(cases, what_git_refuses_is_refused);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
