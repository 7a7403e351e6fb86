/* test_idx_write.c - the layout of index files at the borders of offsets, and the order of ids. */
#include <stdlib.h>
#include <string.h>

#include "format/idx_write.h"
#include "packwriter.h"
#include "base/sort_ids.h"
#include "suite.h"

/* ---- Offsets -----------------------------------------------------------------------------------
 */

#define ROWS 6

static const uint64_t offsets[ROWS] = {12,         0x7fffffff,        0x80000000,
                                       0xffffffff, (uint64_t)1 << 32, (uint64_t)1 << 62};

typedef struct table {
    pkr_idx_rows rows;
    uint64_t offsets[ROWS];
    uint32_t order[ROWS];
    uint32_t crcs[ROWS];
    unsigned char ids[ROWS * 20];
    struct packwriter_index_row written[ROWS];
} table;

/* The first `count` offsets, with ids that fall as offsets rise. */
static void fill(table *made, uint32_t count)
{
    memset(made, 0, sizeof *made);
    for (uint32_t rank = 0; rank < count; rank++) {
        unsigned char *id = made->ids + rank * 20;

        id[0] = (unsigned char)(255 - 51 * rank);
        id[19] = 7;
        made->offsets[rank] = offsets[rank];
        made->crcs[rank] = 0x01020304u * (rank + 1);
        made->order[count - 1 - rank] = rank;
        memcpy(made->written[rank].id, id, 20);
        made->written[rank].offset = offsets[rank];
        made->written[rank].crc32 = made->crcs[rank];
    }
    made->rows = (pkr_idx_rows){.count = count,
                                .order = made->order,
                                .ids = made->ids,
                                .crcs = made->crcs,
                                .offsets = made->offsets,
                                .pack_sum = {{0}, 20}};
}

static int take(void *context, const void *bytes, size_t size)
{
    packwriter_bytes_add(context, bytes, size);
    return 0;
}

static void is_what_the_pack_writer_writes(uint32_t count, unsigned version)
{
    struct packwriter_index_options options = {.version = version};
    struct packwriter_bytes expected = {0};
    struct packwriter_bytes given = {0};
    table made;

    fill(&made, count);
    packwriter_index_write(&expected, PACKWRITER_SHA1, made.written, count, &options);
    ck_assert_int_eq(pkr_idx_write(&made.rows, version, take, &given, NULL), 0);
    ck_assert_uint_eq(given.size, expected.size);
    ck_assert_int_eq(memcmp(given.data, expected.data, given.size), 0);
    packwriter_bytes_free(&expected);
    packwriter_bytes_free(&given);
}

START_TEST(offsets_from_2_gib_on_are_in_the_64_bit_table)
{
    for (uint32_t count = 0; count <= ROWS; count++)
        is_what_the_pack_writer_writes(count, 2);
}
END_TEST

START_TEST(version_1_holds_offsets_below_4_gib)
{
    pkr_fault error;
    table made;

    is_what_the_pack_writer_writes(4, 1);
    fill(&made, 4);
    ck_assert_int_eq(pkr_idx_check_narrow(&made.rows, "some.pack", NULL), 0);
    fill(&made, 5);
    ck_assert_int_eq(pkr_idx_check_narrow(&made.rows, "some.pack", &error),
                     PACKREAD_ERROR_UNSUPPORTED);
    ck_assert_str_eq(error.file, "some.pack");
    ck_assert(error.has_offset && error.offset == (uint64_t)1 << 32);
}
END_TEST

/* ---- Order -------------------------------------------------------------------------------------
 */

static const unsigned char *sorted_ids;
static size_t sorted_size;

static int compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    int order = memcmp(sorted_ids + a * sorted_size, sorted_ids + b * sorted_size, sorted_size);

    return order != 0 ? order : a < b ? -1 : a > b;
}

/* Drawn ids; in some rounds most bytes are the same, and many ids are there twice. */
START_TEST(numbers_come_in_the_order_of_their_ids)
{
    static const uint32_t counts[] = {0, 1, 2, 3, 100, 4095, 4096, 20000};
    uint64_t seed = suite_seed() + (uint64_t)_i;
    size_t size = _i % 2 ? 32 : 20;
    size_t drawn = _i < 2 ? size : _i < 4 ? 2 : 1;

    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        uint32_t count = counts[c];
        unsigned char *ids = calloc(count + 1, size);
        uint32_t *order = malloc((count + 1) * sizeof *order);
        uint32_t *spare = malloc((count + 1) * sizeof *spare);
        uint32_t *expected = malloc((count + 1) * sizeof *expected);

        ck_assert(ids && order && spare && expected);
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < drawn; k++)
                ids[i * size + (_i < 4 ? k : size - 1)] =
                    (unsigned char)suite_random_below(&seed, _i < 2 ? 256 : 9);
        for (uint32_t i = 0; i < count; i++)
            order[i] = expected[i] = i;
        sorted_ids = ids;
        sorted_size = size;
        qsort(expected, count, sizeof *expected, compare);
        ck_assert(pkr_sort_ids(ids, size, order, spare, count, NULL));
        ck_assert(count == 0 || memcmp(order, expected, count * sizeof *order) == 0);
        free(ids);
        free(order);
        free(spare);
        free(expected);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("idx_write");
    TCase *all = tcase_create("all");

    tcase_add_test(all, offsets_from_2_gib_on_are_in_the_64_bit_table);
    tcase_add_test(all, version_1_holds_offsets_below_4_gib);
    tcase_add_loop_test(all, numbers_come_in_the_order_of_their_ids, 0, 6);
    suite_add_tcase(suite, all);
    return suite_run(suite);
}
