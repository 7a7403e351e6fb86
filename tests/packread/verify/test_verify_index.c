/* test_verify_index.c - an index that does not tell where the objects are, or not in its order, is
 * found. */
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"
#include "verify_report.h"

/* An index that says where things are not, made from rows of the test's own. */
static verify_report verify_rows(struct packwriter_pack *pack,
                                 const struct packwriter_index_row *rows, size_t count,
                                 const struct packwriter_index_options *options)
{
    char *path = made_pack_save_rows(pack, "pack-rows", rows, count, options);
    verify_report all = verify_report_of(path, NULL, 1, PACKREAD_ERROR_CORRUPT);

    free(path);
    return all;
}

/* The tree, with the rows that are right for it. */
static void begin_tree(struct packwriter_pack *pack, struct packwriter_index_row *rows)
{
    made_pack_begin_tree(pack);
    for (size_t i = 0; i < MADE_TREE; i++)
        rows[i] = made_pack_row(pack, i);
}

START_TEST(offsets_that_are_no_entry_s_are_found)
{
    struct packwriter_pack pack = {0};
    struct packwriter_index_row rows[MADE_TREE];
    uint64_t wrong[8];
    verify_report all;

    begin_tree(&pack, rows);
    wrong[0] = 0;
    wrong[1] = 11;
    wrong[2] = rows[5].offset + 1;
    wrong[3] = pack.bytes.size;      /* the trailer */
    wrong[4] = pack.bytes.size + 20; /* the end */
    wrong[5] = UINT64_C(1) << 40;
    wrong[6] = UINT64_C(1) << 63;
    wrong[7] = UINT64_MAX;
    rows[5].offset = wrong[_i];
    all = verify_rows(&pack, rows, MADE_TREE, NULL);
    ck_assert_uint_eq(all.summary.objects, 5);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

/* A stored blob that holds a whole entry, and a row for each of the two: every id is right, and
 * every sum, and yet the one reaches into the other. */
START_TEST(an_entry_inside_another_is_found)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes inner = {0};
    struct packwriter_index_options options = {.version = 1};
    struct packwriter_index_row rows[2];
    verify_report all;

    packwriter_bytes_add_entry_header(&inner, PACKWRITER_BLOB, strlen(made_lines[5]));
    packwriter_bytes_add_deflated(&inner, made_lines[5], strlen(made_lines[5]), 6);
    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 2);
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_BLOB, inner.size);
    packwriter_bytes_add_stored(&pack.bytes, inner.data, inner.size, 65535, 0);
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, inner.data, inner.size);
    rows[0] = made_pack_row(&pack, 0);
    rows[1] = rows[0];
    rows[1].offset += pack.entries[0].disk_size - 4 - inner.size; /* the checksum is 4 bytes */
    packwriter_hash_id(20, PACKWRITER_BLOB, made_lines[5], strlen(made_lines[5]), rows[1].id);
    all = verify_rows(&pack, rows, 2, &options);
    ck_assert_uint_eq(all.summary.objects, 2);
    verify_report_has_entry(&all, &pack, 0, 0);
    ck_assert_ptr_nonnull(verify_report_text(&all, PACKREAD_ERROR_CORRUPT, ".pack",
                                             "entry reaches into what follows it"));
    packwriter_bytes_free(&inner);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

START_TEST(two_rows_with_one_offset_are_found)
{
    struct packwriter_pack pack = {0};
    struct packwriter_index_row rows[MADE_TREE];
    verify_report all;

    begin_tree(&pack, rows);
    rows[5].offset = rows[2].offset; /* and the last entry has no row */
    all = verify_rows(&pack, rows, MADE_TREE, NULL);
    ck_assert_uint_eq(all.summary.objects, 5);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

START_TEST(an_entry_without_a_row_is_found)
{
    struct packwriter_pack pack = {0};
    struct packwriter_index_row rows[MADE_TREE - 1];
    verify_report all;

    made_pack_begin_tree(&pack);
    for (size_t i = 0, at = 0; i < MADE_TREE; i++)
        if ((int)i != _i)
            rows[at++] = made_pack_row(&pack, i);
    all = verify_rows(&pack, rows, MADE_TREE - 1, NULL);
    ck_assert_uint_gt(all.count, 0);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

START_TEST(an_id_that_is_there_twice_is_found)
{
    struct packwriter_pack pack = {0};
    verify_report all;

    made_pack_begin(&pack);
    made_pack_add_line(&pack, 0);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, made_lines[0], strlen(made_lines[0]), 1);
    all = verify_report_of_pack(&pack, NULL, 1, PACKREAD_ERROR_CORRUPT);
    ck_assert_ptr_nonnull(verify_report_text(&all, PACKREAD_ERROR_CORRUPT, ".idx",
                                             "two rows of the index have this id"));
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

START_TEST(ids_out_of_order_are_found)
{
    struct packwriter_pack pack = {0};
    struct packwriter_index_options options = {.version = (unsigned)_i, .unsorted = true};
    verify_report all;

    made_pack_begin_tree(&pack);
    all = verify_report_of_pack(&pack, &options, 1, PACKREAD_ERROR_CORRUPT);
    ck_assert_ptr_nonnull(
        verify_report_text(&all, PACKREAD_ERROR_CORRUPT, ".idx", "index ids do not rise"));
    ck_assert_uint_eq(all.summary.objects, 6);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

/* It rises and its total is right, so that nothing shows it at the opening. */
START_TEST(a_fanout_that_rises_wrongly_is_found)
{
    struct packwriter_pack pack = {0};
    uint32_t fanout[256];
    struct packwriter_index_options options = {.version = (unsigned)_i, .fanout = fanout};
    unsigned told = 0;
    verify_report all;

    made_pack_begin_tree(&pack);
    for (size_t i = 0; i < 256; i++)
        fanout[i] = i < 255 ? 0 : MADE_TREE;
    all = verify_report_of_pack(&pack, &options, 1, PACKREAD_ERROR_CORRUPT);
    for (size_t i = 0; i < all.count; i++)
        told += strstr(all.list[i].error.text, "index row is outside its fanout bucket, as are ") ==
                all.list[i].error.text;
    ck_assert_uint_eq(told, 1);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("verify index");
    TCase *tests = tcase_create("index");

    tcase_add_loop_test(tests, offsets_that_are_no_entry_s_are_found, 0, 8);
    tcase_add_test(tests, an_entry_inside_another_is_found);
    tcase_add_test(tests, two_rows_with_one_offset_are_found);
    tcase_add_loop_test(tests, an_entry_without_a_row_is_found, 0, 6);
    tcase_add_test(tests, an_id_that_is_there_twice_is_found);
    tcase_add_loop_test(tests, ids_out_of_order_are_found, 1, 3);
    tcase_add_loop_test(tests, a_fanout_that_rises_wrongly_is_found, 1, 3);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
