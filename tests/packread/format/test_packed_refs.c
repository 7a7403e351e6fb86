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

static bool begin(const char *text, size_t size, pkr_packed_refs *refs)
{
    const char *why = NULL;
    bool good =
        pkr_packed_refs_begin(refs, (const char *)guard_at_end(&guard, text, size), size, 20, &why);

    ck_assert_int_eq(good, why == NULL);
    return good;
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

        ck_assert(begin(files[i], strlen(files[i]), &refs));
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
    ck_assert(begin(text, strlen(text), &refs));
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

START_TEST(what_is_no_such_file_is_refused)
{
    pkr_packed_refs refs;

    ck_assert(begin("", 0, &refs));
    has_not(&refs, "HEAD");
    ck_assert(!begin(SORTED, strlen(SORTED) - 1, &refs));
    ck_assert(!begin("# something\n" SORTED, strlen("# something\n" SORTED), &refs));
    ck_assert(!begin("#", 1, &refs));
    ck_assert(!begin("# pack-refs with: ", 18, &refs));
}
END_TEST

static void is_bad(const char *text, const char *name)
{
    pkr_packed_refs refs;
    pkr_packed_ref ref;

    ck_assert(begin(text, strlen(text), &refs));
    ck_assert_int_eq(pkr_packed_refs_find(&refs, name, strlen(name), &ref), PACKREAD_ERROR_CORRUPT);
}

START_TEST(a_bad_line_is_told_and_passed_over)
{
    static const char file[] = A " refs/a\nnonsense\n" B " refs/b\n^" C "\n^" C "\n" C " refs/c\n";
    pkr_packed_refs refs;
    pkr_packed_ref ref;
    size_t at;

    ck_assert(begin(file, strlen(file), &refs));
    at = refs.begin;
    ck_assert_int_eq(pkr_packed_refs_next(&refs, &at, &ref), 1);
    ck_assert_int_eq(pkr_packed_refs_next(&refs, &at, &ref), PACKREAD_ERROR_CORRUPT);
    ck_assert_int_eq(pkr_packed_refs_next(&refs, &at, &ref), PACKREAD_ERROR_CORRUPT);
    ck_assert_int_eq(pkr_packed_refs_next(&refs, &at, &ref), 1);
    ck_assert_int_eq(pkr_packed_refs_next(&refs, &at, &ref), 0);
    has(&refs, "refs/a", A, NULL);
    has(&refs, "refs/c", C, NULL);
}
END_TEST

START_TEST(ids_that_are_none_are_told)
{
    is_bad("gggggggggggggggggggggggggggggggggggggggg refs/a\n", "refs/a");
    is_bad(A "\trefs/a\n", "refs/a");
    is_bad(A " refs/a\n^" B " \n", "refs/a");
    is_bad(A " refs/a\n^\n", "refs/a");
}
END_TEST

/* Changed or cut, all lines are those of the naive reader, and what is found has its name. */
static void compare(const char *bytes, size_t size)
{
    struct naive_refs expected;
    pkr_packed_refs refs;
    pkr_packed_ref ref;
    const char *why;
    size_t i = 0;
    size_t at;
    int got;

    if (!pkr_packed_refs_begin(&refs, bytes, size, 20, &why))
        return;
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
    tcase_add_test(cases, what_is_no_such_file_is_refused);
    tcase_add_test(cases, a_bad_line_is_told_and_passed_over);
    tcase_add_test(cases, ids_that_are_none_are_told);
    tcase_add_test(cases, every_byte_changed_or_cut_is_read_as_a_naive_reader_does);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
