/* test_entry.c - the header of a pack entry is read right, and never a byte past what there is.
 *
 * A header is the first thing that a hostile pack hands over. Every header here is parsed twice:
 * with its last byte at the edge of an unreadable page, and with its first byte there. */
#include <string.h>

#include "format/entry.h"
#include "guard_pages.h"
#include "naive.h"
#include "packwriter.h"
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

static bool same(const pkr_entry *left, const pkr_entry *right)
{
    return left->type == right->type && left->size == right->size &&
           left->size_bytes == right->size_bytes && left->header_size == right->header_size &&
           left->base_distance == right->base_distance &&
           memcmp(left->base_id, right->base_id, PACKREAD_ID_MAX) == 0;
}

/* The parser on both edges, which must agree. `text` is NULL for a header that is right.
 * (Assertions cost a write each, so there are none unless something is wrong.) */
static int parse(const void *bytes, size_t length, size_t id_size, pkr_entry *entry,
                 const char **text)
{
    pkr_entry untouched;
    pkr_entry at_start;
    pkr_entry at_end;
    const char *why = NULL;
    int status;
    int other;

    memset(&untouched, 0x5a, sizeof untouched);
    at_start = untouched;
    at_end = untouched;
    *text = NULL;
    status = pkr_entry_parse(guard_at_end(&guard, bytes, length), length, id_size, &at_end, text);
    other =
        pkr_entry_parse(guard_at_start(&guard, bytes, length), length, id_size, &at_start, &why);
    if (status != other || !same(&at_start, &at_end) || *text != why)
        ck_abort_msg("two answers to the same bytes: %d and %d", status, other);
    if (status == 0 && *text)
        ck_abort_msg("no error, but a text: %s", *text);
    if (status != 0 && (!*text || memcmp(&at_end, &untouched, sizeof untouched) != 0))
        ck_abort_msg("an error without a text, or with an output");
    if (status == 0)
        *entry = at_end;
    return status;
}

static void accepts(const void *bytes, size_t length, size_t id_size, unsigned type, uint64_t size,
                    size_t header_size)
{
    pkr_entry entry;
    const char *text;

    ck_assert_int_eq(parse(bytes, length, id_size, &entry, &text), 0);
    ck_assert_uint_eq((unsigned)entry.type, type);
    ck_assert_msg(entry.size == size, "size %llu, not %llu", (unsigned long long)entry.size,
                  (unsigned long long)size);
    ck_assert_uint_eq(entry.header_size, header_size);
}

static void refuses(const void *bytes, size_t length, size_t id_size, const char *why)
{
    pkr_entry entry;
    const char *text;

    ck_assert_int_eq(parse(bytes, length, id_size, &entry, &text), PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(text, why);
}

#define PAST_THE_END "entry header runs past the end"
#define SIZE_TOO_BIG "entry size does not fit in 64 bits"
#define DISTANCE_TOO_BIG "delta base offset does not fit in 64 bits"

START_TEST(each_object_type_is_read_with_its_size)
{
    for (unsigned type = 1; type <= 4; type++) {
        unsigned char one = (unsigned char)(type << 4 | 7);
        unsigned char two[2] = {(unsigned char)(0x80 | type << 4 | 1), 0x05};

        accepts(&one, 1, 20, type, 7, 1);
        accepts(two, 2, 20, type, 1 + (5 << 4), 2);
    }
}
END_TEST

START_TEST(types_0_and_5_are_refused_by_name)
{
    const unsigned char zero[] = {0x07};
    const unsigned char five[] = {0x57};
    const unsigned char five_longer[] = {0xd7, 0x81, 0x01};

    refuses(zero, sizeof zero, 20, "entry of type 0");
    refuses(five, sizeof five, 20, "entry of type 5");
    refuses(five_longer, sizeof five_longer, 20, "entry of type 5");
}
END_TEST

START_TEST(no_bytes_at_all_are_refused_unread)
{
    refuses("", 0, 20, PAST_THE_END);
    refuses("", 0, 32, PAST_THE_END);
}
END_TEST

/* Sizes around each power of two: a shift that is off by one shows at one of them. */
START_TEST(sizes_round_trip_around_every_power_of_two)
{
    for (unsigned power = 0; power < 64; power++) {
        for (int step = -1; step <= 1; step++) {
            struct packwriter_bytes bytes = {0};
            uint64_t size = (UINT64_C(1) << power) + (uint64_t)(int64_t)step;

            packwriter_bytes_add_entry_header(&bytes, PACKWRITER_BLOB, size);
            accepts(bytes.data, bytes.size, 20, PACKREAD_BLOB, size, bytes.size);
            packwriter_bytes_free(&bytes);
        }
    }
}
END_TEST

/* Why git cannot read the entry with this header. */
static const char *refused(const void *bytes, size_t length)
{
    const char *text;
    pkr_entry entry;

    ck_assert_int_eq(parse(bytes, length, 20, &entry, &text), 0);
    return pkr_entry_refused(&entry);
}

START_TEST(what_git_cannot_read_is_known)
{
    static const char few[] = "git cannot read a delta of fewer than 4 bytes";
    static const char many[] = "git cannot read a header that takes more than 9 bytes for the size";
    unsigned char whole[10] = {0xb0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0};
    unsigned char by_id[21] = {0x70};
    unsigned char by_offset[2] = {0x60, 1};

    for (unsigned char size = 0; size < 16; size++) {
        by_id[0] = 0x70 | size;
        by_offset[0] = 0x60 | size;
        ck_assert_pstr_eq(refused(by_id, sizeof by_id), size < 4 ? few : NULL);
        ck_assert_pstr_eq(refused(by_offset, sizeof by_offset), size < 4 ? few : NULL);
        ck_assert_pstr_eq(refused(&(unsigned char){0x30 | size}, 1), NULL);
    }
    ck_assert_pstr_eq(refused(whole, sizeof whole), many);
    whole[8] = 0;
    ck_assert_pstr_eq(refused(whole, 9), NULL);
}
END_TEST

START_TEST(the_largest_size_fits)
{
    const unsigned char most[] = {0xbf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f};

    accepts(most, sizeof most, 20, PACKREAD_BLOB, UINT64_MAX, sizeof most);
}
END_TEST

/* A size of 2^64 + n read as n is how a hostile pack gets a small buffer for much data. */
START_TEST(a_size_that_loses_bits_is_refused)
{
    unsigned char bytes[10] = {0xb7, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00};

    for (unsigned last = 0; last < 128; last++) {
        bytes[9] = (unsigned char)last;
        if (last < 16)
            accepts(bytes, sizeof bytes, 20, PACKREAD_BLOB, 7 + ((uint64_t)last << 60), 10);
        else
            refuses(bytes, sizeof bytes, 20, SIZE_TOO_BIG);
    }
}
END_TEST

START_TEST(a_size_of_more_than_ten_bytes_is_refused)
{
    unsigned char bytes[16];

    memset(bytes, 0x80, sizeof bytes);
    bytes[0] = 0xb1;
    bytes[10] = 0x00;
    refuses(bytes, 11, 20, SIZE_TOO_BIG);
    bytes[10] = 0x80;
    bytes[15] = 0x00;
    refuses(bytes, sizeof bytes, 20, SIZE_TOO_BIG);
}
END_TEST

/* Zero bits may be spelled out: that loses nothing. */
START_TEST(an_overlong_size_that_loses_nothing_is_accepted)
{
    for (size_t extra = 1; extra <= 9; extra++) {
        unsigned char bytes[10];

        memset(bytes, 0x80, sizeof bytes);
        bytes[0] = 0xb5;
        bytes[extra] = 0x00;
        accepts(bytes, extra + 1, 20, PACKREAD_BLOB, 5, extra + 1);
    }
}
END_TEST

START_TEST(bytes_after_the_header_are_not_looked_at)
{
    unsigned char bytes[PKR_ENTRY_HEADER_MAX];

    memset(bytes, 0xff, sizeof bytes);
    bytes[0] = 0x33;
    accepts(bytes, sizeof bytes, 20, PACKREAD_BLOB, 3, 1);
    bytes[0] = 0xb3;
    bytes[1] = 0x01;
    accepts(bytes, sizeof bytes, 20, PACKREAD_BLOB, 19, 2);
}
END_TEST

static void distance_is(uint64_t distance)
{
    struct packwriter_bytes bytes = {0};
    pkr_entry entry;
    const char *text;

    packwriter_bytes_add_entry_header(&bytes, PACKWRITER_OFS_DELTA, 100);
    packwriter_bytes_add_distance(&bytes, distance);
    ck_assert_int_eq(parse(bytes.data, bytes.size, 20, &entry, &text), 0);
    ck_assert_int_eq((int)entry.type, PACKREAD_OFS_DELTA);
    ck_assert_msg(entry.base_distance == distance, "%llu, not %llu",
                  (unsigned long long)entry.base_distance, (unsigned long long)distance);
    ck_assert_uint_eq(entry.size, 100);
    ck_assert_uint_eq(entry.header_size, bytes.size);
    packwriter_bytes_free(&bytes);
}

START_TEST(distances_round_trip_around_every_power_of_two_and_every_length)
{
    uint64_t first_of_length = 0;

    for (unsigned power = 0; power < 64; power++) {
        distance_is(UINT64_C(1) << power);
        distance_is((UINT64_C(1) << power) + 1);
        if (power > 0)
            distance_is((UINT64_C(1) << power) - 1);
    }
    for (unsigned length = 1; length < 10; length++) {
        first_of_length = (first_of_length + 1) << 7;
        distance_is(first_of_length - 1);
        distance_is(first_of_length);
        distance_is(first_of_length + 1);
    }
    distance_is(UINT64_MAX - 1);
    distance_is(UINT64_MAX);
}
END_TEST

START_TEST(a_distance_of_zero_is_refused)
{
    const unsigned char bytes[] = {0x65, 0x00};

    refuses(bytes, sizeof bytes, 20, "delta is its own base");
}
END_TEST

/* What comes after 2^64 - 1 wraps to a small number, in the sum as well as in the shift. */
START_TEST(a_distance_that_loses_bits_is_refused)
{
    struct packwriter_bytes bytes = {0};

    packwriter_bytes_add_entry_header(&bytes, PACKWRITER_OFS_DELTA, 9);
    packwriter_bytes_add_distance(&bytes, UINT64_MAX);
    bytes.data[bytes.size - 1] |= 0x80;
    for (unsigned last = 0; last < 128; last++) {
        unsigned char longer[16];

        memcpy(longer, bytes.data, bytes.size);
        longer[bytes.size] = (unsigned char)last;
        refuses(longer, bytes.size + 1, 20, DISTANCE_TOO_BIG);
    }
    packwriter_bytes_free(&bytes);
}
END_TEST

START_TEST(a_distance_just_past_64_bits_is_refused)
{
    /* 2^64 - 1 is fe fe fe fe fe fe fe fe fe 7f; each change makes it larger. */
    unsigned char most[] = {0x69, 0x80, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0x7f};
    pkr_entry entry;
    const char *text;

    ck_assert_int_eq(parse(most, sizeof most, 20, &entry, &text), 0);
    ck_assert(entry.base_distance == UINT64_MAX);
    for (size_t i = 1; i <= 9; i++) {
        unsigned char more[sizeof most];

        memcpy(more, most, sizeof most);
        more[i]++;
        if (more[i] == 0) /* it was 0xff: cannot be raised */
            continue;
        refuses(more, sizeof more, 20, DISTANCE_TOO_BIG);
    }
}
END_TEST

START_TEST(a_distance_without_an_end_is_refused)
{
    unsigned char bytes[PKR_ENTRY_HEADER_MAX];

    memset(bytes, 0x80, sizeof bytes);
    bytes[0] = 0x69;
    refuses(bytes, sizeof bytes, 20, DISTANCE_TOO_BIG);
    memset(bytes + 1, 0xff, sizeof bytes - 1);
    refuses(bytes, sizeof bytes, 20, DISTANCE_TOO_BIG);
}
END_TEST

START_TEST(a_ref_delta_gives_the_id_of_its_base_in_both_sizes)
{
    static const size_t sizes[] = {20, 32};

    for (size_t i = 0; i < 2; i++) {
        unsigned char bytes[2 + PACKREAD_ID_MAX] = {0xf1, 0x02};
        unsigned char nothing[PACKREAD_ID_MAX] = {0};
        pkr_entry entry;
        const char *text;

        for (size_t at = 0; at < sizes[i]; at++)
            bytes[2 + at] = (unsigned char)(0xe0 + at);
        ck_assert_int_eq(parse(bytes, 2 + sizes[i], sizes[i], &entry, &text), 0);
        ck_assert_int_eq((int)entry.type, PACKREAD_REF_DELTA);
        ck_assert_uint_eq(entry.size, 1 + (2 << 4));
        ck_assert_uint_eq(entry.header_size, 2 + sizes[i]);
        ck_assert_uint_eq(entry.base_distance, 0);
        ck_assert_mem_eq(entry.base_id, bytes + 2, sizes[i]);
        ck_assert_mem_eq(entry.base_id + sizes[i], nothing, PACKREAD_ID_MAX - sizes[i]);
    }
}
END_TEST

/* The longest headers there are, cut at each byte: each is refused, and none is read past. */
START_TEST(a_header_cut_anywhere_is_refused)
{
    struct packwriter_bytes bytes = {0};

    packwriter_bytes_add_entry_header(&bytes, PACKWRITER_BLOB, UINT64_MAX);
    for (size_t length = 0; length < bytes.size; length++)
        refuses(bytes.data, length, 20, PAST_THE_END);

    bytes.size = 0;
    packwriter_bytes_add_entry_header(&bytes, PACKWRITER_OFS_DELTA, UINT64_MAX);
    packwriter_bytes_add_distance(&bytes, UINT64_MAX);
    for (size_t length = 0; length < bytes.size; length++)
        refuses(bytes.data, length, 20, PAST_THE_END);

    for (size_t id_size = 20; id_size <= 32; id_size += 12) {
        bytes.size = 0;
        packwriter_bytes_add_entry_header(&bytes, PACKWRITER_REF_DELTA, UINT64_MAX);
        packwriter_bytes_add_repeated(&bytes, 0xee, id_size);
        ck_assert_uint_le(bytes.size, PKR_ENTRY_HEADER_MAX);
        for (size_t length = 0; length < bytes.size; length++)
            refuses(bytes.data, length, id_size, PAST_THE_END);
    }
    packwriter_bytes_free(&bytes);
}
END_TEST

/* `bytes` has at least three. */
static void compare_with_naive(const unsigned char *bytes, size_t length, size_t id_size)
{
    pkr_entry entry;
    struct naive_entry expected;
    const char *text;
    bool right = naive_entry_read(bytes, length, id_size, &expected);
    int status = parse(bytes, length, id_size, &entry, &text);

    if (status != (right ? 0 : PACKREAD_ERROR_CORRUPT))
        ck_abort_msg("%02x %02x %02x...: %d", bytes[0], bytes[1], bytes[2], status);
    if (right &&
        ((unsigned)entry.type != expected.type || entry.size != expected.size ||
         entry.header_size != expected.header_size || entry.base_distance != expected.distance ||
         (expected.base_id && memcmp(entry.base_id, expected.base_id, id_size) != 0)))
        ck_abort_msg("%02x %02x %02x...: another header", bytes[0], bytes[1], bytes[2]);
}

START_TEST(every_header_of_up_to_three_bytes_is_read_as_the_naive_reader_does)
{
    for (unsigned number = 0; number < 1u << 24; number += number < 1u << 16 ? 1 : 251) {
        unsigned char bytes[3] = {(unsigned char)number, (unsigned char)(number >> 8),
                                  (unsigned char)(number >> 16)};

        compare_with_naive(bytes, 3, 20);
        if (number < 1u << 16)
            compare_with_naive(bytes, 2, 20);
        if (number < 1u << 8)
            compare_with_naive(bytes, 1, 20);
    }
}
END_TEST

START_TEST(random_headers_are_read_as_the_naive_reader_does)
{
    uint64_t state = suite_seed();

    for (int i = 0; i < 200000; i++) {
        unsigned char bytes[PKR_ENTRY_HEADER_MAX + 2];
        size_t length = (size_t)suite_random_below(&state, sizeof bytes + 1);
        uint64_t long_ones = suite_random(&state);

        for (size_t at = 0; at < length; at++) {
            bytes[at] = (unsigned char)suite_random(&state);
            if (long_ones >> (at % 64) & 1 || i % 3 == 0)
                bytes[at] |= 0x80;
            if (i % 5 == 0 && at > 0 && at < 9)
                bytes[at] = (unsigned char)(suite_random(&state) % 4 ? 0xfe : 0xff);
        }
        compare_with_naive(bytes, length, i % 2 ? 20 : 32);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("entry");
    TCase *tests = tcase_create("entry");

    tcase_add_checked_fixture(tests, open_guard, close_guard);
    tcase_add_test(tests, each_object_type_is_read_with_its_size);
    tcase_add_test(tests, types_0_and_5_are_refused_by_name);
    tcase_add_test(tests, no_bytes_at_all_are_refused_unread);
    tcase_add_test(tests, sizes_round_trip_around_every_power_of_two);
    tcase_add_test(tests, what_git_cannot_read_is_known);
    tcase_add_test(tests, the_largest_size_fits);
    tcase_add_test(tests, a_size_that_loses_bits_is_refused);
    tcase_add_test(tests, a_size_of_more_than_ten_bytes_is_refused);
    tcase_add_test(tests, an_overlong_size_that_loses_nothing_is_accepted);
    tcase_add_test(tests, bytes_after_the_header_are_not_looked_at);
    tcase_add_test(tests, distances_round_trip_around_every_power_of_two_and_every_length);
    tcase_add_test(tests, a_distance_of_zero_is_refused);
    tcase_add_test(tests, a_distance_that_loses_bits_is_refused);
    tcase_add_test(tests, a_distance_just_past_64_bits_is_refused);
    tcase_add_test(tests, a_distance_without_an_end_is_refused);
    tcase_add_test(tests, a_ref_delta_gives_the_id_of_its_base_in_both_sizes);
    tcase_add_test(tests, a_header_cut_anywhere_is_refused);
    tcase_add_test(tests, every_header_of_up_to_three_bytes_is_read_as_the_naive_reader_does);
    tcase_add_test(tests, random_headers_are_read_as_the_naive_reader_does);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
