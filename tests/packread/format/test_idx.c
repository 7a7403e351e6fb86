/* test_idx.c - the tables of an index are laid out right, and a file that they do not fill exactly
 * is no index.
 *
 * The parser sees only the head and the size of the file, so counts of billions are tried as easily
 * as small ones. The head ends at an unreadable page. */
#include <string.h>

#include "guard_pages.h"
#include "format/idx.h"
#include "packwriter.h"
#include "suite.h"

#define NO_FIT "index size does not fit its object count"
#define NO_RISE "index fanout does not rise"
#define NEITHER "neither a version 2 nor a version 1 index"

static struct guard guard;

static void open_guard(void)
{
    guard_open(&guard, 4096);
}

static void close_guard(void)
{
    guard_close(&guard);
}

static int parse(const void *head, size_t length, uint64_t file_size, size_t id_size, pkr_idx *idx,
                 const char **text)
{
    static pkr_idx untouched;
    static pkr_idx other;
    const char *why = NULL;
    int status;

    memset(&untouched, 0x5a, sizeof untouched);
    *idx = untouched;
    other = untouched;
    *text = NULL;
    status =
        pkr_idx_parse(guard_at_end(&guard, head, length), length, file_size, id_size, idx, text);
    if (pkr_idx_parse(guard_at_start(&guard, head, length), length, file_size, id_size, &other,
                      &why) != status ||
        *text != why)
        ck_abort_msg("two answers to the same bytes");
    if (status != 0 && (!*text || memcmp(idx, &untouched, sizeof untouched) != 0))
        ck_abort_msg("an error without a text, or with an output");
    return status;
}

static void refuses(const void *head, size_t length, uint64_t file_size, size_t id_size, int code,
                    const char *why)
{
    pkr_idx idx;
    const char *text;

    ck_assert_int_eq(parse(head, length, file_size, id_size, &idx, &text), code);
    ck_assert_str_eq(text, why);
}

/* A head whose fanout steps to `count` at `step`. */
static void make_head(struct packwriter_bytes *head, unsigned version, unsigned step,
                      uint32_t count)
{
    head->size = 0;
    if (version == 2) {
        packwriter_bytes_add_number(head, 0xff744f63, 4);
        packwriter_bytes_add_number(head, 2, 4);
    }
    for (unsigned i = 0; i < 256; i++)
        packwriter_bytes_add_number(head, i < step ? 0 : count, 4);
    if (version == 1) /* the parser is given as many bytes as of version 2: the first row */
        packwriter_bytes_add_repeated(head, 0, PKR_IDX_HEAD - head->size);
}

static uint64_t size_of(unsigned version, uint64_t count, uint64_t id_size, uint64_t wide)
{
    return version == 2 ? 1032 + count * (id_size + 8) + wide * 8 + 2 * id_size
                        : 1024 + count * (id_size + 4) + 2 * id_size;
}

static const uint32_t counts[] = {0,         1,          2,          255,        256,
                                  65536,     1000000,    0x7fffffff, 0x80000000, 0x80000001,
                                  204522252, 0xfffffffe, 0xffffffff};
#define COUNTS (sizeof counts / sizeof *counts)

START_TEST(version_2_lies_where_the_format_says)
{
    struct packwriter_bytes head = {0};

    for (size_t id_size = 20; id_size <= 32; id_size += 12) {
        for (size_t i = 0; i < COUNTS; i++) {
            uint64_t n = counts[i];
            uint64_t wides[] = {0, n ? 1 : 0, n / 2, n};

            for (size_t j = 0; j < 4; j++) {
                uint64_t size = size_of(2, n, id_size, wides[j]);
                pkr_idx idx;
                const char *text;

                make_head(&head, 2, 17, counts[i]);
                ck_assert_int_eq(parse(head.data, head.size, size, id_size, &idx, &text), 0);
                ck_assert_uint_eq(idx.version, 2);
                ck_assert_uint_eq(idx.id_size, id_size);
                ck_assert_uint_eq(idx.count, counts[i]);
                ck_assert_uint_eq(idx.fanout[16], 0);
                ck_assert_uint_eq(idx.fanout[17], counts[i]);
                ck_assert_uint_eq(idx.fanout[255], counts[i]);
                ck_assert(idx.ids == 1032);
                ck_assert_uint_eq(idx.id_stride, id_size);
                ck_assert(idx.crcs == 1032 + n * id_size);
                ck_assert(idx.offsets == 1032 + n * id_size + n * 4);
                ck_assert_uint_eq(idx.offset_stride, 4);
                ck_assert(idx.wide == 1032 + n * id_size + n * 8);
                ck_assert(idx.wide_count == wides[j]);
                ck_assert(idx.pack_sum == size - 2 * id_size);
                ck_assert(idx.size == size);
            }
        }
    }
    packwriter_bytes_free(&head);
}
END_TEST

START_TEST(version_1_lies_where_the_format_says)
{
    struct packwriter_bytes head = {0};

    for (size_t id_size = 20; id_size <= 32; id_size += 12) {
        for (size_t i = 0; i < COUNTS; i++) {
            uint64_t n = counts[i];
            uint64_t size = size_of(1, n, id_size, 0);
            pkr_idx idx;
            const char *text;

            make_head(&head, 1, 200, counts[i]);
            ck_assert_int_eq(parse(head.data, head.size, size, id_size, &idx, &text), 0);
            ck_assert_uint_eq(idx.version, 1);
            ck_assert_uint_eq(idx.id_size, id_size);
            ck_assert_uint_eq(idx.count, counts[i]);
            ck_assert_uint_eq(idx.fanout[199], 0);
            ck_assert_uint_eq(idx.fanout[200], counts[i]);
            ck_assert(idx.offsets == 1024);
            ck_assert_uint_eq(idx.offset_stride, id_size + 4);
            ck_assert(idx.ids == 1028);
            ck_assert_uint_eq(idx.id_stride, id_size + 4);
            ck_assert(idx.wide_count == 0);
            ck_assert(idx.pack_sum == size - 2 * id_size);
            ck_assert(idx.size == size);
        }
    }
    packwriter_bytes_free(&head);
}
END_TEST

/* What the writer of packs calls an index is one, table by table. */
START_TEST(indexes_of_the_writer_are_laid_out_as_they_were_written)
{
    struct packwriter_index_row rows[5] = {{{0}, 0, 0}};
    static const unsigned char first[5] = {0x00, 0x00, 0x7f, 0x80, 0xff};

    for (size_t i = 0; i < 5; i++) {
        memset(rows[i].id, first[i], 20);
        rows[i].id[19] = (unsigned char)i;
        rows[i].offset = i == 4 ? UINT64_C(0x123456789) : 100 + i;
        rows[i].crc32 = (uint32_t)(0xc0c0c000 + i);
    }
    for (unsigned version = 1; version <= 2; version++) {
        struct packwriter_index_options options = {.version = version};
        struct packwriter_bytes bytes = {0};
        pkr_idx idx;
        const char *text;

        packwriter_index_write(&bytes, 20, rows, 5, &options);
        ck_assert_int_eq(parse(bytes.data, PKR_IDX_HEAD, bytes.size, 20, &idx, &text), 0);
        ck_assert_uint_eq(idx.version, version);
        ck_assert_uint_eq(idx.count, 5);
        ck_assert_uint_eq(idx.fanout[0], 2);
        ck_assert_uint_eq(idx.fanout[0x7e], 2);
        ck_assert_uint_eq(idx.fanout[0x7f], 3);
        ck_assert_uint_eq(idx.fanout[0x80], 4);
        ck_assert_uint_eq(idx.fanout[0xfe], 4);
        for (size_t i = 0; i < 5; i++) {
            const unsigned char *id = bytes.data + idx.ids + i * idx.id_stride;
            const unsigned char *offset = bytes.data + idx.offsets + i * idx.offset_stride;
            unsigned low = (unsigned)offset[3] | (unsigned)offset[2] << 8;

            ck_assert_mem_eq(id, rows[i].id, 20);
            ck_assert_uint_eq(low, i == 4 ? (version == 1 ? 0x6789 : 0) : 100 + i);
            if (version == 2)
                ck_assert_uint_eq(bytes.data[idx.crcs + 4 * i + 3], (unsigned char)i);
        }
        if (version == 2) {
            ck_assert(idx.wide_count == 1);
            ck_assert_uint_eq(bytes.data[idx.wide + 3], 1);
            ck_assert_uint_eq(bytes.data[idx.wide + 7], 0x89);
        }
        packwriter_bytes_free(&bytes);
    }
}
END_TEST

START_TEST(a_file_off_by_one_byte_or_one_row_is_refused)
{
    struct packwriter_bytes head = {0};

    for (size_t id_size = 20; id_size <= 32; id_size += 12) {
        for (size_t i = 0; i < COUNTS; i++) {
            uint64_t least = size_of(2, counts[i], id_size, 0);
            uint64_t most = size_of(2, counts[i], id_size, counts[i]);
            uint64_t v1 = size_of(1, counts[i], id_size, 0);

            make_head(&head, 2, 0, counts[i]);
            refuses(head.data, head.size, least - 1, id_size, PACKREAD_ERROR_CORRUPT, NO_FIT);
            refuses(head.data, head.size, least - 8, id_size, PACKREAD_ERROR_CORRUPT, NO_FIT);
            refuses(head.data, head.size, most + 1, id_size, PACKREAD_ERROR_CORRUPT, NO_FIT);
            refuses(head.data, head.size, most + 8, id_size, PACKREAD_ERROR_CORRUPT, NO_FIT);
            refuses(head.data, head.size, UINT64_MAX, id_size, PACKREAD_ERROR_CORRUPT, NO_FIT);
            for (uint64_t step = 1; step < 8; step++)
                refuses(head.data, head.size, least + step, id_size, PACKREAD_ERROR_CORRUPT,
                        NO_FIT);

            make_head(&head, 1, 0, counts[i]);
            refuses(head.data, head.size, v1 - 1, id_size, PACKREAD_ERROR_NOT_AN_INDEX, NEITHER);
            refuses(head.data, head.size, v1 + 1, id_size, PACKREAD_ERROR_NOT_AN_INDEX, NEITHER);
            refuses(head.data, head.size, v1 + 8, id_size, PACKREAD_ERROR_NOT_AN_INDEX, NEITHER);
            refuses(head.data, head.size, v1 + id_size + 4, id_size, PACKREAD_ERROR_NOT_AN_INDEX,
                    NEITHER);
        }
    }
    packwriter_bytes_free(&head);
}
END_TEST

/* A count so large that its tables wrap 32 bits, in files as small as what is left of them. */
START_TEST(a_count_whose_tables_wrap_32_bits_is_refused)
{
    struct packwriter_bytes head = {0};

    for (uint64_t count = 1; count < 24; count++) {
        uint32_t large = (uint32_t)(((UINT64_C(1) << 32) * count) / 28 + 1);

        make_head(&head, 2, 0, large);
        refuses(head.data, head.size, size_of(2, (uint64_t)large, 20, 0) & UINT32_MAX, 20,
                PACKREAD_ERROR_CORRUPT, NO_FIT);
        large = (uint32_t)(((UINT64_C(1) << 32) * count) / 24 + 1);
        make_head(&head, 1, 0, large);
        refuses(head.data, head.size, size_of(1, (uint64_t)large, 20, 0) & UINT32_MAX, 20,
                PACKREAD_ERROR_NOT_AN_INDEX, NEITHER);
    }
    packwriter_bytes_free(&head);
}
END_TEST

START_TEST(a_fanout_that_falls_anywhere_is_refused)
{
    struct packwriter_bytes head = {0};

    for (unsigned version = 1; version <= 2; version++) {
        int code = version == 2 ? PACKREAD_ERROR_CORRUPT : PACKREAD_ERROR_NOT_AN_INDEX;
        const char *why = version == 2 ? NO_RISE : NEITHER;
        size_t start = version == 2 ? 8 : 0;

        for (unsigned i = 0; i < 255; i++) {
            make_head(&head, version, 0, 5);
            head.data[start + 4 * i + 3] = 6;
            refuses(head.data, head.size, size_of(version, 5, 20, 0), 20, code, why);
        }
        /* The top bit is a number like any other, not a sign. */
        make_head(&head, version, 0, 5);
        head.data[start + 4 * 100] = 0x80;
        refuses(head.data, head.size, size_of(version, 5, 20, 0), 20, code, why);
        make_head(&head, version, 128, 0x80000000);
        head.data[start + 4 * 255] = 0x7f;
        refuses(head.data, head.size, size_of(version, 0x7f000000, 20, 0), 20, code, why);
    }
    packwriter_bytes_free(&head);
}
END_TEST

START_TEST(other_versions_are_named)
{
    static const uint32_t others[] = {0, 1, 3, 4, 0x02000000, 0xffffffff, 0x102};
    struct packwriter_bytes head = {0};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        make_head(&head, 2, 0, 0);
        for (unsigned byte = 0; byte < 4; byte++)
            head.data[4 + byte] = (unsigned char)(others[i] >> (24 - 8 * byte));
        refuses(head.data, head.size, size_of(2, 0, 20, 0), 20, PACKREAD_ERROR_VERSION,
                "index version is neither 1 nor 2");
        refuses(head.data, 8, 8, 20, PACKREAD_ERROR_VERSION, "index version is neither 1 nor 2");
    }
    packwriter_bytes_free(&head);
}
END_TEST

/* A file as long as the bytes that are given: what a truncated index looks like. */
START_TEST(an_index_cut_anywhere_in_its_head_is_refused)
{
    struct packwriter_bytes head = {0};

    make_head(&head, 2, 0, 0);
    for (size_t length = 0; length < head.size; length++) {
        if (length < 8)
            refuses(head.data, length, length, 20, PACKREAD_ERROR_NOT_AN_INDEX,
                    "too short for an index");
        else
            refuses(head.data, length, length, 20, PACKREAD_ERROR_CORRUPT,
                    "index is cut off in its fanout");
    }
    refuses(head.data, head.size, head.size, 20, PACKREAD_ERROR_CORRUPT, NO_FIT);

    make_head(&head, 1, 0, 0);
    for (size_t length = 0; length < 1024; length++)
        refuses(head.data, length, length, 20, PACKREAD_ERROR_NOT_AN_INDEX,
                "too short for an index");
    for (size_t length = 1024; length < PKR_IDX_HEAD; length++)
        refuses(head.data, length, length, 20, PACKREAD_ERROR_NOT_AN_INDEX, NEITHER);
    packwriter_bytes_free(&head);
}
END_TEST

START_TEST(bytes_of_another_kind_are_not_an_index)
{
    unsigned char bytes[PKR_IDX_HEAD];

    memset(bytes, 'x', sizeof bytes);
    refuses(bytes, sizeof bytes, 5000, 20, PACKREAD_ERROR_NOT_AN_INDEX, NEITHER);
    memcpy(bytes, "PACK\0\0\0\2", 8);
    refuses(bytes, sizeof bytes, 5000, 20, PACKREAD_ERROR_NOT_AN_INDEX, NEITHER);
    memset(bytes, 0, sizeof bytes);
    refuses(bytes, sizeof bytes, 5000, 20, PACKREAD_ERROR_NOT_AN_INDEX, NEITHER);
    memset(bytes, 0xff, sizeof bytes);
    refuses(bytes, sizeof bytes, 5000, 20, PACKREAD_ERROR_NOT_AN_INDEX, NEITHER);
}
END_TEST

/* An index written for one size of ids never passes for the other by its size alone, unless the
 * numbers happen to add up; where they do not, it is refused. */
START_TEST(an_index_of_the_other_id_size_is_refused)
{
    struct packwriter_bytes head = {0};

    for (uint32_t count = 3; count < 100; count++) {
        make_head(&head, 2, 0, count);
        refuses(head.data, head.size, size_of(2, count, 20, 0), 32, PACKREAD_ERROR_CORRUPT, NO_FIT);
        /* 12 bytes an id more are 12 * (count + 2) bytes; as wide rows, 8 each, too many. */
        refuses(head.data, head.size, size_of(2, count, 32, 0), 20, PACKREAD_ERROR_CORRUPT, NO_FIT);
    }
    packwriter_bytes_free(&head);
}
END_TEST

START_TEST(random_heads_are_judged_as_their_numbers_say)
{
    uint64_t state = suite_seed();
    struct packwriter_bytes head = {0};
    unsigned accepted = 0;

    for (int i = 0; i < 20000; i++) {
        unsigned version = 1 + (unsigned)suite_random_below(&state, 2);
        size_t id_size = suite_random_below(&state, 2) ? 20 : 32;
        uint32_t numbers[256];
        uint32_t total = 0;
        bool rises = true;
        uint64_t size;
        bool right;
        pkr_idx idx;
        const char *text;

        head.size = 0;
        if (version == 2) {
            packwriter_bytes_add_number(&head, 0xff744f63, 4);
            packwriter_bytes_add_number(&head, 2, 4);
        }
        for (unsigned at = 0; at < 256; at++) {
            total += (uint32_t)(suite_random(&state) >> suite_random_below(&state, 40) >> 32);
            if (i % 4)
                total &= 0xffff;
            numbers[at] = total;
            packwriter_bytes_add_number(&head, total, 4);
            if (at > 0 && numbers[at] < numbers[at - 1])
                rises = false;
        }
        if (i % 2) { /* make it rise: by the last */
            rises = true;
            head.size = version == 2 ? 8 : 0;
            for (unsigned at = 0; at < 256; at++) {
                numbers[at] = at ? (numbers[at] > numbers[at - 1] ? numbers[at] : numbers[at - 1])
                                 : numbers[at];
                packwriter_bytes_add_number(&head, numbers[at], 4);
            }
        }
        size = size_of(version, numbers[255], id_size, 0);
        right = rises;
        switch (suite_random_below(&state, 4)) {
        case 0: {
            uint64_t more = suite_random_below(&state, 64);

            size += more;
            if (version == 1 ? more != 0 : more % 8 != 0 || more / 8 > numbers[255])
                right = false;
            break;
        }
        case 1:
            size -= 1;
            right = false;
            break;
        default:
            break;
        }
        if (version == 1)
            packwriter_bytes_add_repeated(&head, 0, 8);
        if (numbers[0] == 0xff744f63)
            continue;
        if ((parse(head.data, head.size, size, id_size, &idx, &text) == 0) != right)
            ck_abort_msg("case %d: %s", i, right ? text : "accepted");
        if (right) {
            accepted++;
            for (unsigned at = 0; at < 256; at++)
                if (idx.fanout[at] != numbers[at])
                    ck_abort_msg("case %d: fanout of %u", i, at);
        }
    }
    ck_assert_uint_gt(accepted, 1000);
    packwriter_bytes_free(&head);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("idx");
    TCase *tests = tcase_create("idx");

    tcase_add_checked_fixture(tests, open_guard, close_guard);
    tcase_add_test(tests, version_2_lies_where_the_format_says);
    tcase_add_test(tests, version_1_lies_where_the_format_says);
    tcase_add_test(tests, indexes_of_the_writer_are_laid_out_as_they_were_written);
    tcase_add_test(tests, a_file_off_by_one_byte_or_one_row_is_refused);
    tcase_add_test(tests, a_count_whose_tables_wrap_32_bits_is_refused);
    tcase_add_test(tests, a_fanout_that_falls_anywhere_is_refused);
    tcase_add_test(tests, other_versions_are_named);
    tcase_add_test(tests, an_index_cut_anywhere_in_its_head_is_refused);
    tcase_add_test(tests, bytes_of_another_kind_are_not_an_index);
    tcase_add_test(tests, an_index_of_the_other_id_size_is_refused);
    tcase_add_test(tests, random_heads_are_judged_as_their_numbers_say);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
