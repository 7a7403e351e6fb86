/* test_packed_refs.c - packed-refs, sorted or not, with and without what tags lead to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/packed_refs.h"
#include "guard_pages.h"
#include "naive_refs.h"
#include "suite.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "CcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCc"

static struct guard guard;

static void open_guard(void)
{
    guard_open(&guard, 1 << 16);
}

static void close_guard(void)
{
    guard_close(&guard);
}

static void begin(const char *text, size_t size, pkr_packed_refs *refs)
{
    pkr_packed_refs_begin(refs, (const char *)guard_at_end(&guard, text, size), size, 20);
}

static void has(const pkr_packed_refs *refs, const char *name, const char *hex, const char *peeled)
{
    pkr_packed_ref ref;
    packread_id id;

    if (pkr_packed_refs_find(refs, name, strlen(name), &ref) != 1)
        ck_abort_msg("%s", name);
    ck_assert_int_eq(packread_id_parse(hex, 40, &id), 0);
    ck_assert_int_eq(packread_id_compare(&ref.id, &id), 0);
    ck_assert_uint_eq(ref.peeled.size, peeled ? 20 : 0);
    if (peeled) {
        ck_assert_int_eq(packread_id_parse(peeled, 40, &id), 0);
        ck_assert_int_eq(packread_id_compare(&ref.peeled, &id), 0);
    }
}

static void has_not(const pkr_packed_refs *refs, const char *name)
{
    pkr_packed_ref ref;

    ck_assert_int_eq(pkr_packed_refs_find(refs, name, strlen(name), &ref), 0);
}

#define SORTED \
    A " refs/heads/a\n" B " refs/heads/ab\n" C " refs/tags/t\n^" A "\n" B " refs/tags/u\n"

START_TEST(each_ref_is_found_in_any_order)
{
    static const char *const files[] = {
        "# pack-refs with: peeled fully-peeled sorted \n" SORTED,
        "# pack-refs with: peeled fully-peeled \n" SORTED,
        "# pack-refs with: \n" SORTED,
        SORTED,
        "# pack-refs with: peeled \n" B " refs/tags/u\n" C " refs/tags/t\n^" A "\n" B
        " refs/heads/ab\n" A " refs/heads/a\n",
    };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        pkr_packed_refs refs;

        begin(files[i], strlen(files[i]), &refs);
        ck_assert_int_eq(refs.is_sorted, i < 4);
        has(&refs, "refs/heads/a", A, NULL);
        has(&refs, "refs/heads/ab", B, NULL);
        has(&refs, "refs/tags/t", C, A);
        has(&refs, "refs/tags/u", B, NULL);
        has_not(&refs, "refs/heads/");
        has_not(&refs, "refs/heads/abc");
        has_not(&refs, "refs/heads/aa");
        has_not(&refs, "HEAD");
        has_not(&refs, "refs/tags/z");
    }
}
END_TEST

static bool knows(const char *header, const char *name)
{
    char text[400];
    pkr_packed_refs refs;
    pkr_packed_ref ref;

    snprintf(text, sizeof text, "%s%s", header, SORTED);
    begin(text, strlen(text), &refs);
    ck_assert_int_eq(pkr_packed_refs_find(&refs, name, strlen(name), &ref), 1);
    return ref.knows_peeled;
}

START_TEST(the_header_says_what_is_known_of_tags)
{
    ck_assert(knows("# pack-refs with: peeled fully-peeled \n", "refs/heads/a"));
    ck_assert(!knows("# pack-refs with: peeled \n", "refs/heads/a"));
    ck_assert(knows("# pack-refs with: peeled \n", "refs/tags/u"));
    ck_assert(!knows("# pack-refs with: unpeeled x\n", "refs/tags/u"));
    ck_assert(knows("# pack-refs with: \n", "refs/tags/t"));
    ck_assert(!knows("", "refs/tags/u"));
}
END_TEST

static void is_empty(const char *text)
{
    pkr_packed_refs refs;
    pkr_packed_ref ref;
    size_t at;

    begin(text, strlen(text), &refs);
    at = refs.begin;
    ck_assert_int_eq(pkr_packed_refs_next(&refs, &at, &ref), 0);
    has_not(&refs, "HEAD");
}

START_TEST(a_file_may_have_no_ref)
{
    is_empty("");
    is_empty("# pack-refs with: peeled fully-peeled sorted \n");
}
END_TEST

/* ---- Bad lines ------------------------------------------------------------------------------- */

/* The next line is bad. `name` NULL: it has none. */
static void is_bad(const pkr_packed_refs *refs, size_t *at, const char *why, const char *name)
{
    const size_t place = *at;
    pkr_packed_ref ref;

    ck_assert_int_eq(pkr_packed_refs_next(refs, at, &ref), PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(ref.place, place);
    ck_assert_str_eq(ref.why, why);
    ck_assert_int_eq(ref.name == NULL, name == NULL);
    if (name)
        ck_assert(ref.length == strlen(name) && memcmp(ref.name, name, ref.length) == 0);
}

static void is_good(const pkr_packed_refs *refs, size_t *at, const char *name, bool is_peeled)
{
    pkr_packed_ref ref;

    ck_assert_int_eq(pkr_packed_refs_next(refs, at, &ref), 1);
    ck_assert(ref.length == strlen(name) && memcmp(ref.name, name, ref.length) == 0);
    ck_assert_int_eq(ref.knows_peeled, is_peeled);
    ck_assert_ptr_null(ref.why);
}

#define NO_REF "a line is no ref"

START_TEST(a_bad_line_is_told_and_passed_over)
{
    static const char file[] = A " refs/a\nnonsense\n" B " refs/b\n^" C "\n^" C "\n" C " refs/c\n" A
                                 "x refs/d\n^" B "\n" B "\trefs/e\n";
    pkr_packed_refs refs;
    size_t at;

    begin(file, strlen(file), &refs);
    at = refs.begin;
    is_good(&refs, &at, "refs/a", false);
    is_bad(&refs, &at, NO_REF, NULL);
    is_good(&refs, &at, "refs/b", true);
    is_bad(&refs, &at, NO_REF, NULL);
    is_good(&refs, &at, "refs/c", false);
    is_bad(&refs, &at, NO_REF, NULL);
    is_bad(&refs, &at, NO_REF, NULL);
    is_bad(&refs, &at, NO_REF, NULL);
    ck_assert_uint_eq(at, strlen(file));
    has(&refs, "refs/a", A, NULL);
    has(&refs, "refs/b", B, C);
    has(&refs, "refs/c", C, NULL);
}
END_TEST

START_TEST(an_id_that_is_none_leaves_the_name)
{
    static const char file[] = "gggggggggggggggggggggggggggggggggggggggg refs/a\n";
    pkr_packed_refs refs;
    size_t at = 0;

    begin(file, strlen(file), &refs);
    is_bad(&refs, &at, NO_REF, "refs/a");
}
END_TEST

/* The line of the tag is whole: the tag is there, and nothing is said of what it leads to. */
START_TEST(a_tag_is_not_lost_with_what_it_leads_to)
{
    static const char *const below[] = {"^" B " \n", "^\n", "^", "^" B, "x" B "\n"};

    for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
        char text[400];
        pkr_packed_refs refs;
        size_t at;

        snprintf(text, sizeof text, "# pack-refs with: peeled fully-peeled sorted \n%s%s",
                 A " refs/tags/a\n", below[i]);
        begin(text, strlen(text), &refs);
        at = refs.begin;
        is_good(&refs, &at, "refs/tags/a", false);
        is_bad(&refs, &at, strchr(below[i], '\n') ? NO_REF : "the last line is cut short", NULL);
        has(&refs, "refs/tags/a", A, NULL);
    }
}
END_TEST

START_TEST(a_header_that_is_none_hides_no_ref)
{
    static const char *const headers[] = {"# something\n", "#\n", "# pack-refs with:\n"};

    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        char text[400];
        pkr_packed_refs refs;
        size_t at = 0;

        snprintf(text, sizeof text, "%s%s", headers[i], SORTED);
        begin(text, strlen(text), &refs);
        is_bad(&refs, &at, "the first line is no header of packed refs", NULL);
        is_good(&refs, &at, "refs/heads/a", false);
        has(&refs, "refs/tags/t", C, A);
    }
}
END_TEST

static void misses(const pkr_packed_refs *refs, const char *name, size_t place)
{
    pkr_packed_ref ref;

    ck_assert_int_eq(pkr_packed_refs_find(refs, name, strlen(name), &ref), PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(ref.place, place);
    ck_assert_ptr_nonnull(ref.why);
}

/* Each line in turn, of a file that says that it is sorted. */
START_TEST(a_bad_line_hides_no_other_ref)
{
    static const char header[] = "# pack-refs with: peeled fully-peeled sorted \n";
    static const char *const bad[] = {
        "x\n", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\n",
        "^zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\n",
        "0000000000000000000000000000000000000000 \n"};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (char is_bad = 'a'; is_bad <= 'p'; is_bad++) {
            char text[2048];
            char name[] = "refs/x";
            size_t used = (size_t)snprintf(text, sizeof text, "%s", header);
            size_t place = 0;
            pkr_packed_refs refs;

            for (char at = 'a'; at <= 'p'; at++) {
                if (at == is_bad)
                    place = used;
                used += (size_t)snprintf(text + used, sizeof text - used,
                                         at == is_bad ? "%s" : "%s refs/%c\n",
                                         at == is_bad ? bad[i] : A, at);
            }
            begin(text, used, &refs);
            for (char at = 'a'; at <= 'p'; at++) {
                name[5] = at;
                if (at == is_bad)
                    misses(&refs, name, place);
                else
                    has(&refs, name, A, NULL);
            }
        }
}
END_TEST

START_TEST(of_bad_lines_that_of_the_name_is_told)
{
    static const char file[] =
        "x\n" A "\tx\ngggggggggggggggggggggggggggggggggggggggg refs/a\n" A " refs/b\n";
    pkr_packed_refs refs;

    begin(file, strlen(file), &refs);
    misses(&refs, "refs/a", 45);
    misses(&refs, "refs/c", 0);
    has(&refs, "refs/b", A, NULL);
}
END_TEST

/* Changed or cut, all lines are those of the naive reader, and what is found has its name. */
static void compare(const char *bytes, size_t size)
{
    struct naive_refs expected;
    pkr_packed_refs refs;
    pkr_packed_ref ref;
    size_t i = 0;
    size_t at;
    int got;

    pkr_packed_refs_begin(&refs, bytes, size, 20);
    naive_packed_refs_read(bytes, size, 20, &expected);
    at = refs.begin;
    while ((got = pkr_packed_refs_next(&refs, &at, &ref)) != 0) {
        if (got < 0)
            continue;
        ck_assert_uint_lt(i, expected.count);
        ck_assert_uint_eq(ref.length, expected.list[i].length);
        ck_assert_int_eq(memcmp(ref.name, expected.list[i].name, ref.length), 0);
        ck_assert_int_eq(ref.peeled.size > 0, expected.list[i].peeled_hex != NULL);
        i++;
    }
    ck_assert_uint_eq(i, expected.count);
    for (i = 0; i < expected.count; i++)
        if (pkr_packed_refs_find(&refs, expected.list[i].name, expected.list[i].length, &ref) == 1)
            ck_assert(ref.length == expected.list[i].length &&
                      memcmp(ref.name, expected.list[i].name, ref.length) == 0);
    naive_refs_free(&expected);
}

START_TEST(every_byte_changed_or_cut_is_read_as_a_naive_reader_does)
{
    static const char file[] = "# pack-refs with: peeled fully-peeled sorted \n" SORTED;
    const size_t size = sizeof file - 1;

    for (size_t at = 0; at < size; at++)
        for (unsigned value = 0; value < 256; value++) {
            char *changed = (char *)guard_at_end(&guard, file, size);

            changed[at] = (char)value;
            compare(changed, size);
        }
    for (size_t left = 0; left <= size; left++)
        compare((char *)guard_at_end(&guard, file, left), left);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packread: packed-refs");
    TCase *cases = tcase_create("packed-refs");

    tcase_add_checked_fixture(cases, open_guard, close_guard);
    tcase_add_test(cases, each_ref_is_found_in_any_order);
    tcase_add_test(cases, the_header_says_what_is_known_of_tags);
    tcase_add_test(cases, a_file_may_have_no_ref);
    tcase_add_test(cases, a_bad_line_is_told_and_passed_over);
    tcase_add_test(cases, an_id_that_is_none_leaves_the_name);
    tcase_add_test(cases, a_tag_is_not_lost_with_what_it_leads_to);
    tcase_add_test(cases, a_header_that_is_none_hides_no_ref);
    tcase_add_test(cases, a_bad_line_hides_no_other_ref);
    tcase_add_test(cases, of_bad_lines_that_of_the_name_is_told);
    tcase_add_test(cases, every_byte_changed_or_cut_is_read_as_a_naive_reader_does);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
