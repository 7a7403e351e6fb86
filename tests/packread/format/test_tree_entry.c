/* test_tree_entry.c - the entries of a tree are read right, and never a byte past what there is.
 *
 * A tree's bytes are checked against its id, but whoever made the object chose them. */
#include <string.h>

#include "guard_pages.h"
#include "naive.h"
#include "packread.h"
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

/* On both edges, which must agree; nothing is written where it fails. */
static int parse(const void *bytes, size_t size, size_t id_size, packread_tree_entry *entry,
                 packread_error *error)
{
    packread_tree_entry untouched;
    packread_tree_entry found;
    const unsigned char *at;
    int other;
    int status;

    memset(&untouched, 0x5a, sizeof untouched);
    found = untouched;
    at = guard_at_start(&guard, bytes, size);
    other = packread_tree_entry_parse(at, size, id_size, &found, NULL);
    found = untouched;
    at = guard_at_end(&guard, bytes, size);
    status = packread_tree_entry_parse(at, size, id_size, &found, error);
    if (status != other)
        ck_abort_msg("two answers to the same bytes: %d and %d", status, other);
    if (status != 0 && memcmp(&found, &untouched, sizeof found) != 0)
        ck_abort_msg("an error with an output");
    if (status == 0)
        *entry = found;
    return status;
}

static void refuses(const void *bytes, size_t size, const char *why)
{
    packread_tree_entry entry;
    packread_error error = {0};

    ck_assert_int_eq(parse(bytes, size, 20, &entry, &error), PACKREAD_ERROR_CORRUPT);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(error.text, why);
}

#define ID20 "abcdefghijklmnopqrst"
#define ID32 "abcdefghijklmnopqrstuvwxyz012345"

START_TEST(mode_name_and_id_are_read)
{
    static const char bytes[] = "100755 run.sh\0" ID20 "40000 next\0";
    packread_tree_entry entry;

    ck_assert_int_eq(parse(bytes, sizeof bytes - 1, 20, &entry, NULL), 0);
    ck_assert_uint_eq(entry.mode, 0100755);
    ck_assert_uint_eq(entry.name_size, 6);
    ck_assert_int_eq(memcmp(entry.name, "run.sh", 7), 0);
    ck_assert_uint_eq(entry.id.size, 20);
    ck_assert_int_eq(memcmp(entry.id.bytes, ID20, 20), 0);
    ck_assert_uint_eq(entry.length, 14 + 20);
}
END_TEST

START_TEST(an_id_of_32_bytes_is_read)
{
    static const char bytes[] = "40000 folder\0" ID32;
    packread_tree_entry entry;

    ck_assert_int_eq(parse(bytes, sizeof bytes - 1, 32, &entry, NULL), 0);
    ck_assert_uint_eq(entry.mode, 040000);
    ck_assert_uint_eq(entry.id.size, 32);
    ck_assert_int_eq(memcmp(entry.id.bytes, ID32, 32), 0);
    ck_assert_uint_eq(entry.length, sizeof bytes - 1);
}
END_TEST

START_TEST(each_damage_has_its_name)
{
    static const char mode[] = "malformed mode in a tree entry";
    static const char end[] = "a tree entry's name has no end";

    refuses("", 0, mode);
    refuses(" a\0" ID20, 23, mode);
    refuses("100644", 6, mode);
    refuses("100844 a\0" ID20, 29, mode);
    refuses("-00644 a\0" ID20, 29, mode);
    refuses("100644\0a\0" ID20, 29, mode);
    refuses("77777777777 a\0" ID20, 34, mode);
    refuses("100644 ", 7, end);
    refuses("100644 a", 8, end);
    refuses("100644 \0" ID20, 28, "empty name in a tree entry");
    refuses("100644 a\0", 9, "a tree entry's id is cut short");
    refuses("100644 a\0" ID20, 28, "a tree entry's id is cut short");
}
END_TEST

START_TEST(a_mode_of_ten_digits_loses_no_bit)
{
    packread_tree_entry entry;

    ck_assert_int_eq(parse("7777777777 a\0" ID20, 33, 20, &entry, NULL), 0);
    ck_assert_uint_eq(entry.mode, UINT32_C(07777777777));
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
    static const unsigned char bytes[] = "100644 a\0" ID20;
    packread_tree_entry entry;
    packread_error error = {0};

    ck_assert_int_eq(packread_tree_entry_parse(NULL, 5, 20, &entry, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_tree_entry_parse(bytes, 29, 20, NULL, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_tree_entry_parse(bytes, 29, 0, &entry, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_tree_entry_parse(bytes, 29, SIZE_MAX, &entry, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_tree_entry_parse(NULL, 0, 20, &entry, &error),
                     PACKREAD_ERROR_CORRUPT);
}
END_TEST

/* Every byte of an entry becomes every other byte, and it is cut at every length. */
START_TEST(changed_entries_are_read_as_a_naive_reader_does)
{
    static const char bytes[] = "100644 a b\0" ID20;
    const size_t size = sizeof bytes - 1;

    for (size_t at = 0; at < size; at++) {
        for (unsigned value = 0; value < 256; value++) {
            unsigned char changed[sizeof bytes];
            struct naive_tree_entry expected;
            packread_tree_entry entry;
            size_t left = value % 7 == 0 ? size - at : size;
            bool good;

            memcpy(changed, bytes, sizeof bytes);
            changed[at] = (unsigned char)value;
            good = naive_tree_entry_read(changed, left, 20, &expected);
            if ((parse(changed, left, 20, &entry, NULL) == 0) != good)
                ck_abort_msg("byte %zu as %u, %zu bytes: otherwise", at, value, left);
            if (good && (entry.mode != expected.mode || entry.length != expected.end ||
                         entry.name_size != expected.name_end - expected.name_begin))
                ck_abort_msg("byte %zu as %u: other values", at, value);
        }
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packread: tree");
    TCase *cases = tcase_create("tree");

    tcase_add_checked_fixture(cases, open_guard, close_guard);
    tcase_add_test(cases, mode_name_and_id_are_read);
    tcase_add_test(cases, an_id_of_32_bytes_is_read);
    tcase_add_test(cases, each_damage_has_its_name);
    tcase_add_test(cases, a_mode_of_ten_digits_loses_no_bit);
    tcase_add_test(cases, wrong_arguments_are_refused);
    tcase_add_test(cases, changed_entries_are_read_as_a_naive_reader_does);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
