/* test_id.c - ids and prefixes: hex digits to bytes and back, order, and the words for types. */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "guard_pages.h"
#include "base/id.h"
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

/* `hex` without a NUL, at the edge of an unreadable page. */
static int parse(const char *hex, size_t length, packread_id *id)
{
    return packread_id_parse((const char *)guard_at_end(&guard, hex, length), length, id);
}

static int parse_prefix(const char *hex, size_t length, size_t id_size, pkr_prefix *prefix)
{
    return pkr_prefix_parse((const char *)guard_at_end(&guard, hex, length), length, id_size,
                            prefix);
}

static const char digits_of_40[] = "0123456789abcdef0123456789abcdef01234567";
static const char digits_of_64[] =
    "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

START_TEST(ids_of_both_sizes_are_parsed_and_formatted_back)
{
    static const char *const ids[] = {digits_of_40, digits_of_64};

    for (size_t i = 0; i < 2; i++) {
        unsigned char nothing[PACKREAD_ID_MAX] = {0};
        size_t length = strlen(ids[i]);
        char hex[PACKREAD_HEX_MAX + 1];
        packread_id id;

        memset(&id, 0x5a, sizeof id);
        ck_assert_int_eq(parse(ids[i], length, &id), 0);
        ck_assert_uint_eq(id.size, length / 2);
        ck_assert_uint_eq(id.bytes[1], i == 0 ? 0x23 : 0xdc);
        ck_assert_mem_eq(id.bytes + id.size, nothing, (size_t)(PACKREAD_ID_MAX - id.size));
        packread_id_format(&id, hex);
        ck_assert_str_eq(hex, ids[i]);
    }
}
END_TEST

START_TEST(upper_case_digits_are_the_same_id)
{
    char upper[] = "ABCDEFabcdef0123456789ABCDEFabcdef012345";
    char hex[PACKREAD_HEX_MAX + 1];
    packread_id id;

    ck_assert_int_eq(parse(upper, 40, &id), 0);
    packread_id_format(&id, hex);
    ck_assert_str_eq(hex, "abcdefabcdef0123456789abcdefabcdef012345");
}
END_TEST

START_TEST(other_lengths_are_no_id)
{
    char hex[200];

    memset(hex, 'a', sizeof hex);
    for (size_t length = 0; length < sizeof hex; length++) {
        packread_id untouched;
        packread_id id;
        int status;

        memset(&untouched, 0x5a, sizeof untouched);
        id = untouched;
        status = parse(hex, length, &id);
        if (length == 40 || length == 64) {
            ck_assert_int_eq(status, 0);
        } else {
            ck_assert_int_eq(status, PACKREAD_ERROR_ARGUMENT);
            ck_assert_mem_eq(&id, &untouched, sizeof id);
        }
    }
}
END_TEST

/* Each of the 256 characters at each place. */
START_TEST(other_characters_are_no_id)
{
    for (size_t at = 0; at < 40; at++) {
        for (unsigned character = 0; character < 256; character++) {
            char hex[41];
            packread_id id;
            bool digit = character && strchr("0123456789abcdefABCDEF", (int)character);
            int status;

            memcpy(hex, digits_of_40, sizeof hex);
            hex[at] = (char)character;
            status = parse(hex, 40, &id);
            if (status != (digit ? 0 : PACKREAD_ERROR_ARGUMENT))
                ck_abort_msg("character %u at %zu: %d", character, at, status);
            if (digit) {
                char one[2] = {(char)character, 0};
                unsigned value = (unsigned)strtoul(one, NULL, 16);
                unsigned found = at % 2 ? id.bytes[at / 2] & 15u : id.bytes[at / 2] >> 4;

                if (found != value)
                    ck_abort_msg("character %u at %zu: %u", character, at, found);
            }
        }
    }
}
END_TEST

START_TEST(null_is_an_argument_error)
{
    pkr_prefix prefix;
    packread_id id;

    ck_assert_int_eq(packread_id_parse(NULL, 40, &id), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_id_parse(digits_of_40, 40, NULL), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(pkr_prefix_parse(NULL, 5, 20, &prefix), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq((int)packread_type_parse(NULL, 4), PACKREAD_NONE);
}
END_TEST

START_TEST(no_id_is_formatted_as_no_digits)
{
    char hex[PACKREAD_HEX_MAX + 1] = "x";
    packread_id id;

    memset(&id, 0, sizeof id);
    packread_id_format(&id, hex);
    ck_assert_str_eq(hex, "");
}
END_TEST

START_TEST(an_id_of_an_impossible_size_is_formatted_within_bounds)
{
    char *hex = (char *)guard_at_end(&guard, NULL, PACKREAD_HEX_MAX + 1);
    packread_id id;

    memset(&id, 0xff, sizeof id);
    packread_id_format(&id, hex);
    ck_assert_uint_eq(strlen(hex), PACKREAD_HEX_MAX);
}
END_TEST

START_TEST(ids_are_ordered_by_their_bytes)
{
    packread_id low;
    packread_id high;

    for (size_t at = 0; at < 20; at++) {
        unsigned char bytes[20] = {0};

        bytes[at] = 0x7f;
        pkr_id_set(&low, bytes, 20);
        bytes[at] = 0x80; /* unsigned: above 0x7f */
        pkr_id_set(&high, bytes, 20);
        ck_assert_int_lt(packread_id_compare(&low, &high), 0);
        ck_assert_int_gt(packread_id_compare(&high, &low), 0);
        ck_assert_int_eq(packread_id_compare(&high, &high), 0);
    }
}
END_TEST

START_TEST(ids_of_different_sizes_differ)
{
    unsigned char zeros[32] = {0};
    packread_id shorter;
    packread_id longer;

    pkr_id_set(&shorter, zeros, 20);
    pkr_id_set(&longer, zeros, 32);
    ck_assert_int_ne(packread_id_compare(&shorter, &longer), 0);
    ck_assert((packread_id_compare(&shorter, &longer) < 0) ==
              (packread_id_compare(&longer, &shorter) > 0));
}
END_TEST

START_TEST(a_prefix_is_its_digits_and_zeros)
{
    for (size_t id_size = 20; id_size <= 32; id_size += 12) {
        for (size_t length = PACKREAD_PREFIX_MIN; length <= 2 * id_size; length++) {
            char hex[PACKREAD_HEX_MAX + 1];
            pkr_prefix prefix;

            ck_assert_int_eq(parse_prefix(digits_of_64, length, id_size, &prefix), 0);
            ck_assert_uint_eq(prefix.digits, length);
            ck_assert_uint_eq(prefix.low.size, id_size);
            packread_id_format(&prefix.low, hex);
            ck_assert_uint_eq(strlen(hex), 2 * id_size);
            for (size_t at = 0; at < 2 * id_size; at++)
                ck_assert_int_eq(hex[at], at < length ? digits_of_64[at] : '0');
        }
    }
}
END_TEST

START_TEST(prefixes_too_short_or_too_long_are_refused)
{
    for (size_t id_size = 20; id_size <= 32; id_size += 12) {
        pkr_prefix prefix;
        char hex[100];

        memset(hex, '1', sizeof hex);
        for (size_t length = 0; length < PACKREAD_PREFIX_MIN; length++)
            ck_assert_int_eq(parse_prefix(hex, length, id_size, &prefix), PACKREAD_ERROR_ARGUMENT);
        for (size_t length = 2 * id_size + 1; length < sizeof hex; length++)
            ck_assert_int_eq(parse_prefix(hex, length, id_size, &prefix), PACKREAD_ERROR_ARGUMENT);
    }
}
END_TEST

START_TEST(prefixes_with_other_characters_are_refused)
{
    static const char *const bad[] = {"abcg", "abc ", " abc", "ab\nc", "0x12",    "-123",   "abc/",
                                      "abc:", "abc@", "abc`", "abcG",  "abc\x80", "abc\xff"};
    pkr_prefix prefix;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_int_eq(parse_prefix(bad[i], 4, 20, &prefix), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(parse_prefix("abc\0", 4, 20, &prefix), PACKREAD_ERROR_ARGUMENT);
}
END_TEST

static bool is_between(const packread_id *low, const packread_id *id, const packread_id *high)
{
    return packread_id_compare(low, id) <= 0 && packread_id_compare(id, high) <= 0;
}

/* A prefix of each length against ids that differ from it in one digit: only a difference behind
 * the prefix is a match. */
START_TEST(just_the_ids_that_begin_with_a_prefix_lie_between_its_ends)
{
    packread_id id;

    ck_assert_int_eq(parse(digits_of_40, 40, &id), 0);
    for (size_t length = PACKREAD_PREFIX_MIN; length <= 40; length++) {
        pkr_prefix prefix;
        packread_id high;

        ck_assert_int_eq(parse_prefix(digits_of_40, length, 20, &prefix), 0);
        high = pkr_prefix_high(&prefix);
        ck_assert(is_between(&prefix.low, &id, &high));
        for (size_t at = 0; at < 40; at++) {
            for (unsigned change = 1; change < 16; change++) {
                packread_id other = id;
                bool matches;

                other.bytes[at / 2] ^= (unsigned char)(at % 2 ? change : change << 4);
                matches = is_between(&prefix.low, &other, &high);
                if (matches != (at >= length))
                    ck_abort_msg("prefix of %zu digits, digit %zu differs: %d", length, at,
                                 matches);
            }
        }
    }
}
END_TEST

START_TEST(types_have_gits_names)
{
    static const struct {
        enum packread_type type;
        const char *name;
    } types[] = {{PACKREAD_COMMIT, "commit"},       {PACKREAD_TREE, "tree"},
                 {PACKREAD_BLOB, "blob"},           {PACKREAD_TAG, "tag"},
                 {PACKREAD_OFS_DELTA, "ofs-delta"}, {PACKREAD_REF_DELTA, "ref-delta"},
                 {PACKREAD_NONE, "none"},           {(enum packread_type)5, "none"},
                 {(enum packread_type)8, "none"},   {(enum packread_type)77, "none"}};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t length = strlen(types[i].name);

        ck_assert_str_eq(packread_type_name(types[i].type), types[i].name);
        ck_assert_int_eq(
            (int)packread_type_parse((char *)guard_at_end(&guard, types[i].name, length), length),
            i < 4 ? (int)types[i].type : PACKREAD_NONE);
    }
}
END_TEST

START_TEST(words_that_are_nearly_types_are_none)
{
    static const char *const words[] = {"",      "blo",   "blobs",   "Blob", "BLOB", "tre",
                                        "treee", "comit", "commit ", "ta",   "tags", "blob\n"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        ck_assert_int_eq((int)packread_type_parse(words[i], strlen(words[i])), PACKREAD_NONE);
    ck_assert_int_eq((int)packread_type_parse("blob", 3), PACKREAD_NONE);
    ck_assert_int_eq((int)packread_type_parse("blob\0", 5), PACKREAD_NONE);
}
END_TEST

/* ---- Errors: what carries them -------------------------------------------------------------- */

START_TEST(every_error_code_has_a_phrase_of_its_own)
{
    const char *unknown = packread_error_text(12345);

    ck_assert_ptr_nonnull(unknown);
    ck_assert_str_eq(packread_error_text(-1000), unknown);
    /* A code that is added has to be the first one here. */
    ck_assert_str_eq(packread_error_text(PACKREAD_ERROR_ASSUMED - 1), unknown);
    for (int code = PACKREAD_ERROR_ASSUMED; code <= 0; code++) {
        ck_assert_str_ne(packread_error_text(code), unknown);
        ck_assert_uint_gt(strlen(packread_error_text(code)), 0);
        for (int other = code + 1; other <= 0; other++)
            ck_assert_str_ne(packread_error_text(code), packread_error_text(other));
    }
}
END_TEST

START_TEST(a_long_path_keeps_its_tail)
{
    packread_error error;
    char path[2000];

    for (size_t length = 0; length < sizeof path; length++) {
        memset(path, 'd', sizeof path);
        path[length] = 0;
        if (length > 10)
            memcpy(path + length - 9, "tail.pack", 9);
        memset(&error, 0x5a, sizeof error);
        if (pkr_error_set(&error, PACKREAD_ERROR_CORRUPT, path, "a text") !=
                PACKREAD_ERROR_CORRUPT ||
            error.code != PACKREAD_ERROR_CORRUPT || strcmp(error.text, "a text") != 0)
            ck_abort_msg("the error is not what was set");
        if (length < sizeof error.file ? strcmp(error.file, path) != 0
                                       : strlen(error.file) != sizeof error.file - 1 ||
                                             strncmp(error.file, "...", 3) != 0 ||
                                             strcmp(error.file + 3, path + length - 508) != 0)
            ck_abort_msg("%zu: %s", length, error.file);
    }
}
END_TEST

START_TEST(a_long_text_is_cut_and_ended)
{
    packread_error error;
    char text[400];

    memset(text, 't', sizeof text);
    text[sizeof text - 1] = 0;
    pkr_error_set(&error, PACKREAD_ERROR_CORRUPT, NULL, text);
    ck_assert_uint_eq(strlen(error.text), sizeof error.text - 1);
    ck_assert_str_eq(error.file, "");
}
END_TEST

START_TEST(an_error_may_be_left_out)
{
    smmap_error cause = {.code = SMMAP_ERROR_LIMIT};
    packread_id id;

    memset(&id, 0, sizeof id);
    ck_assert_int_eq(pkr_fault_set(NULL, PACKREAD_ERROR_THIN, "f", "t"), PACKREAD_ERROR_THIN);
    ck_assert_int_eq(pkr_fault_at(NULL, PACKREAD_ERROR_THIN, "f", 1, "t"), PACKREAD_ERROR_THIN);
    ck_assert_int_eq(pkr_fault_system(NULL, "f", 2, "t"), PACKREAD_ERROR_SYSTEM);
    ck_assert_int_eq(pkr_fault_memory(NULL), PACKREAD_ERROR_MEMORY);
    ck_assert_int_eq(pkr_fault_from_window(NULL, &cause, "f"), PACKREAD_ERROR_BUDGET);
    pkr_fault_name(NULL, &id);
}
END_TEST

START_TEST(failures_of_windows_get_the_library_s_own_codes)
{
    static const struct {
        int window;
        int code;
    } pairs[] = {{SMMAP_ERROR_ARGUMENT, PACKREAD_ERROR_ARGUMENT},
                 {SMMAP_ERROR_MEMORY, PACKREAD_ERROR_MEMORY},
                 {SMMAP_ERROR_SYSTEM, PACKREAD_ERROR_SYSTEM},
                 {SMMAP_ERROR_NOT_REGULAR, PACKREAD_ERROR_NOT_REGULAR},
                 {SMMAP_ERROR_CHANGED, PACKREAD_ERROR_CHANGED},
                 {SMMAP_ERROR_TRUNCATED, PACKREAD_ERROR_CHANGED},
                 {SMMAP_ERROR_RANGE, PACKREAD_ERROR_CORRUPT},
                 {SMMAP_ERROR_LIMIT, PACKREAD_ERROR_BUDGET},
                 {SMMAP_ERROR_CLOSED, PACKREAD_ERROR_SYSTEM}};

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        smmap_error cause = {.code = pairs[i].window,
                             .system_errno = 13,
                             .offset = UINT64_C(0x100000001),
                             .size = 7,
                             .needed = UINT64_C(0x200000002)};
        pkr_fault error;

        ck_assert_int_eq(pkr_fault_from_window(&error, &cause, "a.pack"), pairs[i].code);
        ck_assert_int_eq(error.code, pairs[i].code);
        ck_assert_int_eq(error.system_errno, 13);
        ck_assert(error.offset == UINT64_C(0x100000001));
        /* Windows have a part of the limit, so that the whole has to be more. */
        ck_assert(error.needed >= UINT64_C(0x200000002));
        ck_assert_str_eq(error.file, "a.pack");
        ck_assert_uint_gt(strlen(error.text), 0);
    }
}
END_TEST

START_TEST(an_error_keeps_the_first_id_it_is_given)
{
    pkr_fault error;
    packread_id first;
    packread_id second;

    ck_assert_int_eq(parse(digits_of_40, 40, &first), 0);
    ck_assert_int_eq(parse(digits_of_64, 40, &second), 0);
    pkr_fault_at(&error, PACKREAD_ERROR_CORRUPT, "f", 12, "t");
    ck_assert_uint_eq(error.id.size, 0);
    pkr_fault_name(&error, NULL);
    ck_assert_uint_eq(error.id.size, 0);
    pkr_fault_name(&error, &first);
    pkr_fault_name(&error, &second);
    ck_assert_int_eq(packread_id_compare(&error.id, &first), 0);
    ck_assert(error.has_offset);
    ck_assert(error.offset == 12);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("id");
    TCase *ids = tcase_create("ids");
    TCase *errors = tcase_create("errors");

    tcase_add_checked_fixture(ids, open_guard, close_guard);
    tcase_add_test(ids, ids_of_both_sizes_are_parsed_and_formatted_back);
    tcase_add_test(ids, upper_case_digits_are_the_same_id);
    tcase_add_test(ids, other_lengths_are_no_id);
    tcase_add_test(ids, other_characters_are_no_id);
    tcase_add_test(ids, null_is_an_argument_error);
    tcase_add_test(ids, no_id_is_formatted_as_no_digits);
    tcase_add_test(ids, an_id_of_an_impossible_size_is_formatted_within_bounds);
    tcase_add_test(ids, ids_are_ordered_by_their_bytes);
    tcase_add_test(ids, ids_of_different_sizes_differ);
    tcase_add_test(ids, a_prefix_is_its_digits_and_zeros);
    tcase_add_test(ids, prefixes_too_short_or_too_long_are_refused);
    tcase_add_test(ids, prefixes_with_other_characters_are_refused);
    tcase_add_test(ids, just_the_ids_that_begin_with_a_prefix_lie_between_its_ends);
    tcase_add_test(ids, types_have_gits_names);
    tcase_add_test(ids, words_that_are_nearly_types_are_none);
    suite_add_tcase(suite, ids);

    tcase_add_checked_fixture(errors, open_guard, close_guard);
    tcase_add_test(errors, every_error_code_has_a_phrase_of_its_own);
    tcase_add_test(errors, a_long_path_keeps_its_tail);
    tcase_add_test(errors, a_long_text_is_cut_and_ended);
    tcase_add_test(errors, an_error_may_be_left_out);
    tcase_add_test(errors, failures_of_windows_get_the_library_s_own_codes);
    tcase_add_test(errors, an_error_keeps_the_first_id_it_is_given);
    suite_add_tcase(suite, errors);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
