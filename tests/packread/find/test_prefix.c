/* test_prefix.c - the beginning of an id finds the one object that has it, or all of them. Each
 * answer is compared with a naive scan of what is known to be true. */
#include <string.h>

#include "sample_place.h"
#include "suite.h"

static bool begins_with(const packread_id *id, const char *hex, size_t length)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < length; i++)
        if (i / 2 >= id->size || digits[id->bytes[i / 2] >> (i % 2 ? 0 : 4) & 15] != hex[i])
            return false;
    return true;
}

/* The run of objects with that prefix; ids are sorted, so it is one run. */
static size_t scan(const sample_truth *truth, const char *hex, size_t length, size_t *first)
{
    size_t count = 0;

    for (size_t i = 0; i < truth->count; i++) {
        if (begins_with(&truth->objects[i].id, hex, length)) {
            if (count++ == 0)
                *first = i;
        }
    }
    return count;
}

typedef struct matches {
    const sample_truth *truth;
    size_t next;
    size_t count;
    size_t stop_after;
} matches;

static int take_match(void *context, const packread_id *id)
{
    matches *found = context;

    if (found->next >= found->truth->count ||
        packread_id_compare(&found->truth->objects[found->next].id, id) != 0)
        ck_abort_msg("a match out of order, twice or not there");
    found->next++;
    found->count++;
    return found->count == found->stop_after;
}

/* What a visit has to take: so many matches, up to a stop. */
static matches expect_matches(const sample_place *at, const char *hex, size_t expected,
                              size_t stop_after)
{
    matches found = {&at->truth, 0, 0, stop_after};

    ck_assert_uint_eq(scan(&at->truth, hex, strlen(hex), &found.next), expected);
    return found;
}

static void check_prefix(sample_place *at, const char *hex, size_t length)
{
    packread_id untouched;
    packread_id id;
    packread_error error;
    size_t first = 0;
    size_t expected = scan(&at->truth, hex, length, &first);
    matches found = {&at->truth, first, 0, SIZE_MAX};
    int status;

    memset(&untouched, 0x5a, sizeof untouched);
    id = untouched;
    memset(&error, 0, sizeof error);
    status = packread_reader_find_prefix(at->reader, hex, length, &id, &error);
    if (expected == 1) {
        sample_good(status, &error);
        if (packread_id_compare(&id, &at->truth.objects[first].id) != 0)
            ck_abort_msg("%.*s: another object", (int)length, hex);
    } else {
        if (status != (expected ? PACKREAD_ERROR_AMBIGUOUS : PACKREAD_ERROR_NOT_FOUND) ||
            error.code != status || memcmp(&id, &untouched, sizeof id) != 0)
            ck_abort_msg("%.*s: %d, but %zu objects have it", (int)length, hex, status, expected);
    }
    sample_good(packread_reader_each_prefix(at->reader, hex, length, take_match, &found, &error),
                &error);
    if (found.count != expected)
        ck_abort_msg("%.*s: %zu matches, not %zu", (int)length, hex, found.count, expected);
}

START_TEST(prefixes_of_ids_give_what_a_scan_gives)
{
    sample_place at = sample_place_find(samples[_i].where);
    size_t every = at.truth.count / 60 + 1;

    for (size_t i = 0; i < at.truth.count; i += every) {
        char hex[PACKREAD_HEX_MAX + 1];
        size_t whole;

        packread_id_format(&at.truth.objects[i].id, hex);
        whole = strlen(hex);
        for (size_t length = PACKREAD_PREFIX_MIN; length <= whole; length += length < 9 ? 1 : 7)
            check_prefix(&at, hex, length);
        check_prefix(&at, hex, whole);
        /* One digit away, at each end of it. */
        hex[4] = hex[4] == '0' ? 'f' : '0';
        for (size_t length = 5; length <= whole; length += 11)
            check_prefix(&at, hex, length);
    }
    sample_place_close(&at);
}
END_TEST

START_TEST(every_prefix_of_four_digits_gives_what_a_scan_gives)
{
    sample_place at = sample_place_find(_i ? "repos/ambiguous" : "repos/multi");

    for (unsigned number = 0; number < 65536; number += 13) {
        static const char digits[] = "0123456789abcdef";
        char hex[4] = {digits[number >> 12], digits[number >> 8 & 15], digits[number >> 4 & 15],
                       digits[number & 15]};

        check_prefix(&at, hex, 4);
    }
    check_prefix(&at, "0000", 4);
    check_prefix(&at, "ffff", 4);
    check_prefix(&at, "ffffffffffffffffffffffffffffffffffffffff", 40);
    check_prefix(&at, "0000000000000000000000000000000000000000", 40);
    sample_place_close(&at);
}
END_TEST

START_TEST(the_ambiguous_are_listed_and_a_digit_more_decides)
{
    sample_place at = sample_place_find("repos/ambiguous");
    matches found = expect_matches(&at, "808c", 8, SIZE_MAX);
    packread_error error;
    packread_id id;

    ck_assert_int_eq(packread_reader_find_prefix(at.reader, "808c", 4, &id, &error),
                     PACKREAD_ERROR_AMBIGUOUS);
    sample_good(packread_reader_each_prefix(at.reader, "808c", 4, take_match, &found, &error),
                &error);
    ck_assert_uint_eq(found.count, 8);
    expect_matches(&at, "d6b552fa", 2, SIZE_MAX);
    check_prefix(&at, "d6b552fa", 8);
    sample_place_close(&at);
}
END_TEST

START_TEST(upper_case_digits_are_the_same_prefix)
{
    sample_place at = sample_place_find("repos/ambiguous");
    matches found = expect_matches(&at, "d6b552fa", 2, SIZE_MAX);
    packread_error error;

    sample_good(packread_reader_each_prefix(at.reader, "D6B552Fa", 8, take_match, &found, &error),
                &error);
    ck_assert_uint_eq(found.count, 2);
    sample_place_close(&at);
}
END_TEST

START_TEST(a_visitor_that_stops_is_not_called_again)
{
    sample_place at = sample_place_find("repos/ambiguous");
    matches found = expect_matches(&at, "808c", 8, 3);
    packread_error error;

    memset(&error, 0, sizeof error);
    ck_assert_int_eq(packread_reader_each_prefix(at.reader, "808c", 4, take_match, &found, &error),
                     PACKREAD_ERROR_STOPPED);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_STOPPED);
    ck_assert_uint_eq(found.count, 3);
    sample_place_close(&at);
}
END_TEST

typedef struct inside {
    packread_reader *reader;
    size_t count;
} inside;

static int take_inside(void *context, const packread_id *id)
{
    inside *state = context;
    packread_id same;
    packread_object object;
    packread_error error;
    char hex[PACKREAD_HEX_MAX + 1];

    packread_id_format(id, hex);
    sample_good(packread_reader_read(state->reader, id, &object, &error), &error);
    if (!sample_hashes_to(id, object.type, object.data, object.size))
        ck_abort_msg("the bytes do not give the id");
    sample_good(packread_reader_find_prefix(state->reader, hex, strlen(hex), &same, &error),
                &error);
    ck_assert_int_eq(packread_id_compare(&same, id), 0);
    state->count++;
    return 0;
}

/* The header allows it. */
START_TEST(the_reader_may_be_used_inside_the_visit)
{
    static const char *const prefixes[] = {"808c", "d6b552fa"};
    sample_place at = sample_place_find("repos/ambiguous");

    for (size_t i = 0; i < 2; i++) {
        inside state = {.reader = at.reader};
        packread_error error;
        size_t first = 0;

        sample_good(packread_reader_each_prefix(at.reader, prefixes[i], strlen(prefixes[i]),
                                                take_inside, &state, &error),
                    &error);
        ck_assert_uint_eq(state.count, scan(&at.truth, prefixes[i], strlen(prefixes[i]), &first));
        ck_assert_uint_gt(state.count, 1);
    }
    sample_place_close(&at);
}
END_TEST

START_TEST(what_is_no_prefix_is_an_argument_error)
{
    static const struct {
        const char *hex;
        size_t length;
    } bad[] = {
        {"", 0},      {"a", 1},
        {"abc", 3},   {"xyzw", 4},
        {"abc ", 4},  {"-abc", 4},
        {"0x12", 4},  {"abcg", 4},
        {"abc\0", 4}, {"00000000000000000000000000000000000000000000000000000000000000000", 65}};
    sample_place at = sample_place_find("packs/types");
    packread_id id;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        matches found = {&at.truth, 0, 0, SIZE_MAX};
        packread_error error;

        memset(&error, 0, sizeof error);
        ck_assert_int_eq(
            packread_reader_find_prefix(at.reader, bad[i].hex, bad[i].length, &id, &error),
            PACKREAD_ERROR_ARGUMENT);
        ck_assert_int_eq(error.code, PACKREAD_ERROR_ARGUMENT);
        ck_assert_int_eq(packread_reader_each_prefix(at.reader, bad[i].hex, bad[i].length,
                                                     take_match, &found, &error),
                         PACKREAD_ERROR_ARGUMENT);
        ck_assert_uint_eq(found.count, 0);
    }
    sample_place_close(&at);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("prefix");
    TCase *tests = tcase_create("prefix");

    tcase_add_loop_test(tests, prefixes_of_ids_give_what_a_scan_gives, 0, sample_count);
    tcase_add_loop_test(tests, every_prefix_of_four_digits_gives_what_a_scan_gives, 0, 2);
    tcase_add_test(tests, the_ambiguous_are_listed_and_a_digit_more_decides);
    tcase_add_test(tests, upper_case_digits_are_the_same_prefix);
    tcase_add_test(tests, a_visitor_that_stops_is_not_called_again);
    tcase_add_test(tests, the_reader_may_be_used_inside_the_visit);
    tcase_add_test(tests, what_is_no_prefix_is_an_argument_error);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
