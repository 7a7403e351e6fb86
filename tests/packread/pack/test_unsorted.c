/* test_unsorted.c - prefixes of ids in an index whose rows are out of order: what a binary search
 * passes by is found all the same, and so is that a prefix is not unique. */
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"

#define ROWS 60
#define DIGITS_MOST 40

/* REVERSED to FAR_PAIR are orders of the rows; IN_ORDER is the control. */
enum order { IN_ORDER, REVERSED, NEAR_PAIR, FAR_PAIR, SHUFFLED, ORDERS };

typedef struct row_set {
    struct packwriter_index_row rows[ROWS]; /* as they are in the index */
    packread_id sorted[ROWS];
} row_set;

static int compare_ids(const void *left, const void *right)
{
    return packread_id_compare(left, right);
}

static void swap(struct packwriter_index_row *rows, size_t one, size_t two)
{
    struct packwriter_index_row row = rows[one];

    rows[one] = rows[two];
    rows[two] = row;
}

/* Ids that have their first four digits in common with some others, in all buckets. */
static void make_ids(row_set *set, const struct packwriter_pack *pack)
{
    uint64_t state = suite_seed();

    for (size_t i = 0; i < ROWS; i++) {
        packread_id *id = &set->sorted[i];

        memset(id, 0, sizeof *id);
        id->size = 20;
        for (size_t byte = 0; byte < 20; byte++)
            id->bytes[byte] = (unsigned char)suite_random(&state);
        id->bytes[0] = (unsigned char)(16 * (i % 12));
        id->bytes[1] = (unsigned char)(i % 3);
    }
    qsort(set->sorted, ROWS, sizeof *set->sorted, compare_ids);
    for (size_t i = 0; i < ROWS; i++) {
        set->rows[i] = made_pack_row(pack, 0);
        memcpy(set->rows[i].id, set->sorted[i].bytes, 20);
    }
}

static void put_in_order(row_set *set, enum order order)
{
    uint64_t state = suite_seed() + 1;

    switch (order) {
    case REVERSED:
        for (size_t i = 0; i < ROWS / 2; i++)
            swap(set->rows, i, ROWS - 1 - i);
        break;
    case NEAR_PAIR:
        swap(set->rows, 20, 21);
        break;
    case FAR_PAIR:
        swap(set->rows, 3, ROWS - 2);
        break;
    case SHUFFLED:
        for (size_t i = ROWS - 1; i > 0; i--)
            swap(set->rows, i, (size_t)suite_random_below(&state, i + 1));
        break;
    default:
        break;
    }
}

static sample_place open_rows(row_set *set, enum order order, const packread_options *options)
{
    struct packwriter_pack pack = {0};
    struct packwriter_index_options index = {.unsorted = true};
    char *path;

    made_pack_begin(&pack);
    made_pack_add_line(&pack, 0);
    make_ids(set, &pack);
    put_in_order(set, order);
    path = made_pack_save_rows(&pack, "pack-rows", set->rows, ROWS, &index);
    packwriter_pack_free(&pack);
    return sample_place_at(path, options);
}

static bool has_prefix(const packread_id *id, const char *hex, size_t length)
{
    char digits[PACKREAD_HEX_MAX + 1];

    packread_id_format(id, digits);
    return memcmp(digits, hex, length) == 0;
}

typedef struct visits {
    packread_id ids[ROWS];
    size_t count;
} visits;

static int take(void *context, const packread_id *id)
{
    visits *all = context;

    ck_assert_uint_lt(all->count, ROWS);
    all->ids[all->count++] = *id;
    return 0;
}

static void check_prefix(packread_reader *reader, const row_set *set, const char *hex,
                         size_t length)
{
    visits expected = {.count = 0};
    visits given = {.count = 0};
    packread_error error = {0};
    packread_id id;
    int status;

    for (size_t i = 0; i < ROWS; i++)
        if (has_prefix(&set->sorted[i], hex, length))
            expected.ids[expected.count++] = set->sorted[i];
    status = packread_reader_find_prefix(reader, hex, length, &id, &error);
    ck_assert_msg(
        status == (expected.count == 0
                       ? (status == PACKREAD_ERROR_DOUBTFUL ? status : PACKREAD_ERROR_NOT_FOUND)
                   : expected.count == 1 ? 0
                                         : PACKREAD_ERROR_AMBIGUOUS),
        "%.*s: %d, but %zu ids have it: %s", (int)length, hex, status, expected.count, error.text);
    if (status == 0)
        ck_assert_int_eq(packread_id_compare(&id, &expected.ids[0]), 0);
    ck_assert_int_eq(packread_reader_each_prefix(reader, hex, length, take, &given, &error), 0);
    ck_assert_uint_eq(given.count, expected.count);
    for (size_t i = 0; i < given.count; i++)
        ck_assert_int_eq(packread_id_compare(&given.ids[i], &expected.ids[i]), 0);
}

START_TEST(prefixes_are_found_and_told_to_be_ambiguous_in_any_order_of_rows)
{
    static const packread_options ways[] = {{.io = PACKREAD_IO_AUTO},
                                            {.io = PACKREAD_IO_MMAP, .window_size = 4096}};
    row_set set;
    sample_place at = open_rows(&set, (enum order)(_i / 2), &ways[_i % 2]);

    for (size_t i = 0; i < ROWS; i++) {
        char hex[PACKREAD_HEX_MAX + 1];

        packread_id_format(&set.sorted[i], hex);
        for (size_t length = PACKREAD_PREFIX_MIN; length <= DIGITS_MOST; length++)
            check_prefix(at.reader, &set, hex, length);
        hex[5] = hex[5] == '0' ? '7' : '0'; /* of none */
        check_prefix(at.reader, &set, hex, 6);
        check_prefix(at.reader, &set, hex, DIGITS_MOST);
    }
    sample_place_close(&at);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("unsorted");
    TCase *tests = tcase_create("disorder");

    tcase_add_loop_test(tests, prefixes_are_found_and_told_to_be_ambiguous_in_any_order_of_rows, 0,
                        2 * ORDERS);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
