/* test_loose_header.c - the header of a loose object is read right, as strictly as git reads it,
 * and never a byte past what there is. */
#include <string.h>

#include "format/loose_header.h"
#include "guard_pages.h"
#include "naive_loose.h"
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
static int parse(const void *bytes, size_t size, pkr_loose_header *header, const char **text)
{
    pkr_loose_header untouched;
    pkr_loose_header found;
    struct naive_loose naive;
    int other;
    int status;

    memset(&untouched, 0x5a, sizeof untouched);
    found = untouched;
    other = pkr_loose_header_parse(guard_at_start(&guard, bytes, size), size, &found, text);
    found = untouched;
    status = pkr_loose_header_parse(guard_at_end(&guard, bytes, size), size, &found, text);
    ck_assert_int_eq(status, other);
    if (status != 0)
        ck_assert_mem_eq(&found, &untouched, sizeof found);
    else
        *header = found;
    ck_assert_int_eq(naive_loose_read(bytes, size, &naive), status == 0);
    return status;
}

static void takes(const char *text, size_t more, enum packread_type type, uint64_t size)
{
    pkr_loose_header header;
    const char *why = NULL;

    ck_assert_msg(parse(text, strlen(text) + 1 + more, &header, &why) == 0, "%s: %s", text, why);
    ck_assert_int_eq(header.type, type);
    ck_assert_uint_eq(header.size, size);
    ck_assert_uint_eq(header.length, strlen(text) + 1);
}

static void refuses(const char *bytes, size_t size, const char *why)
{
    pkr_loose_header header;
    const char *text = NULL;

    ck_assert_msg(parse(bytes, size, &header, &text) == PACKREAD_ERROR_CORRUPT, "%s", bytes);
    ck_assert_str_eq(text, why);
}

START_TEST(types_and_sizes_are_read)
{
    takes("blob 0", 0, PACKREAD_BLOB, 0);
    takes("tree 9", 0, PACKREAD_TREE, 9);
    takes("tag 10", 0, PACKREAD_TAG, 10);
    takes("commit 18446744073709551615", 0, PACKREAD_COMMIT, UINT64_MAX);
}
END_TEST

START_TEST(what_follows_the_header_is_left_alone)
{
    takes("blob 5\0hello", 5, PACKREAD_BLOB, 5);
    takes("blob 5\0", 1, PACKREAD_BLOB, 5);
}
END_TEST

#define NO_SIZE "its header gives no valid size"
#define NO_TYPE "its header names no known type"

START_TEST(what_git_refuses_is_refused)
{
    static const struct {
        const char *bytes;
        const char *why;
    } bad[] = {
        {"blob 00", NO_SIZE},
        {"blob 01", NO_SIZE},
        {"blob 18446744073709551616", NO_SIZE},
        {"blob 99999999999999999999", NO_SIZE},
        {"blob ", NO_SIZE},
        {"blob  1", NO_SIZE},
        {"blob -1", NO_SIZE},
        {"blob +1", NO_SIZE},
        {"blob 1 ", NO_SIZE},
        {"blob 1\n", NO_SIZE},
        {"blob 0x1", NO_SIZE},
        {"blob 1/", NO_SIZE},
        {"blob 1:", NO_SIZE},
        {"blob", "its header has no size"},
        {"", "its header has no size"},
        {" 1", NO_TYPE},
        {"Blob 1", NO_TYPE},
        {"blobs 1", NO_TYPE},
        {"blo 1", NO_TYPE},
        {"ofs-delta 1", NO_TYPE},
        {"none 0", NO_TYPE},
        {"blob\t1", "its header has no size"},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuses(bad[i].bytes, strlen(bad[i].bytes) + 1, bad[i].why);
}
END_TEST

START_TEST(a_header_without_end_is_refused_by_its_length)
{
    const char *whole = "commit 18446744073709551615";
    char longest[64] = "blob ";

    for (size_t size = 0; size <= strlen(whole); size++)
        refuses(whole, size, "its header ends too early");
    memset(longest + 5, '0', 40);
    refuses(longest, PKR_LOOSE_HEADER_MAX - 1, "its header ends too early");
    refuses(longest, PKR_LOOSE_HEADER_MAX, "its header is too long");
    refuses(longest, sizeof longest, "its header is too long");
    longest[PKR_LOOSE_HEADER_MAX - 1] = '\0';
    refuses(longest, sizeof longest, NO_SIZE); /* not too long, but of zeros */
}
END_TEST

START_TEST(every_byte_of_a_header_may_be_any_other)
{
    const char good[] = "commit 1234567890";
    char bytes[sizeof good];
    pkr_loose_header header;
    const char *text;

    for (size_t at = 0; at < sizeof good; at++)
        for (int value = 0; value < 256; value++) {
            memcpy(bytes, good, sizeof good);
            bytes[at] = (char)value;
            parse(bytes, sizeof bytes, &header, &text); /* compares with the naive reader */
        }
}
END_TEST

START_TEST(what_is_no_zlib_stream_is_told_apart)
{
    const char *text = NULL;

    for (unsigned first = 0; first < 256; first++)
        for (unsigned second = 0; second < 256; second++) {
            const unsigned char bytes[2] = {(unsigned char)first, (unsigned char)second};
            bool right = (first & 15) == 8 && first >> 4 <= 7 && (first * 256 + second) % 31 == 0 &&
                         !(second & 32);

            ck_assert_int_eq(pkr_loose_stream_check(guard_at_end(&guard, bytes, 2), 2, &text) == 0,
                             right);
        }
    ck_assert_int_eq(pkr_loose_stream_check(guard_at_end(&guard, "x", 1), 1, &text), 0);
    ck_assert_int_eq(pkr_loose_stream_check(guard_at_end(&guard, "", 0), 0, &text),
                     PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(text, "the file is empty");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("loose header");
    TCase *header = tcase_create("header");

    tcase_add_checked_fixture(header, open_guard, close_guard);
    tcase_add_test(header, types_and_sizes_are_read);
    tcase_add_test(header, what_follows_the_header_is_left_alone);
    tcase_add_test(header, what_git_refuses_is_refused);
    tcase_add_test(header, a_header_without_end_is_refused_by_its_length);
    tcase_add_test(header, every_byte_of_a_header_may_be_any_other);
    tcase_add_test(header, what_is_no_zlib_stream_is_told_apart);
    suite_add_tcase(suite, header);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
