/* test_verify_damaged.c - every damage to a pack is found: offset and id are named, what hangs on
 * it is counted, and the rest is still checked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"
#include "verify_report.h"

/* ---- Damage that a fixture has ------------------------------------------------------------- */

static verify_report verify_fixture(const char *name, unsigned threads)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", suite_fixtures(), name);
    return verify_report_of(path, NULL, threads, PACKREAD_ERROR_CORRUPT);
}

static size_t objects_of_sizes(void)
{
    sample_truth truth;
    size_t count;

    sample_truth_load(sample_find("packs/sizes"), &truth);
    count = truth.count;
    sample_truth_free(&truth);
    return count;
}

START_TEST(a_wrong_index_sum_is_all_that_is_found)
{
    verify_report all = verify_fixture("damaged/wrong-index-sum", 2);

    ck_assert_uint_eq(all.count, 1);
    ck_assert_ptr_nonnull(verify_report_text(
        &all, PACKREAD_ERROR_CORRUPT, "pack-wrong-index-sum.idx", "index checksum is wrong"));
    ck_assert_uint_eq(all.summary.objects, objects_of_sizes());
    verify_report_free(&all);
}
END_TEST

/* The index names the right one, so the pair is in doubt as well. */
START_TEST(a_wrong_pack_sum_is_found)
{
    verify_report all = verify_fixture("damaged/wrong-pack-sum", 2);

    ck_assert_ptr_nonnull(verify_report_text(&all, PACKREAD_ERROR_CORRUPT,
                                             "pack-wrong-pack-sum.pack", "pack checksum is wrong"));
    ck_assert_uint_eq(all.summary.objects, objects_of_sizes());
    verify_report_free(&all);
}
END_TEST

START_TEST(a_wrong_crc_is_found_and_the_object_still_counts)
{
    verify_report all = verify_fixture("damaged/flipped-crc", 2);
    const verify_found *crc =
        verify_report_text(&all, PACKREAD_ERROR_CORRUPT, "pack-flipped-crc.idx",
                           "CRC-32 in the index is not that of the entry");
    sample_truth truth;

    sample_truth_load(sample_find("packs/sizes"), &truth);
    ck_assert_ptr_nonnull(crc);
    ck_assert_int_eq(packread_id_compare(&crc->error.id, &truth.objects[0].id), 0);
    ck_assert(crc->error.has_offset);
    ck_assert_uint_eq(crc->dependents, 0);
    ck_assert_ptr_nonnull(verify_report_text(&all, PACKREAD_ERROR_CORRUPT, "pack-flipped-crc.idx",
                                             "index checksum is wrong"));
    ck_assert_uint_eq(all.count, 2);
    ck_assert_uint_eq(all.summary.objects, truth.count);
    sample_truth_free(&truth);
    verify_report_free(&all);
}
END_TEST

START_TEST(a_flipped_byte_is_found_with_its_object)
{
    verify_report all = verify_fixture("damaged/flipped-byte", 2);
    sample_truth truth;
    size_t named = 0;

    sample_truth_load(sample_find("packs/sizes"), &truth);
    for (size_t i = 0; i < all.count; i++)
        named += all.list[i].error.id.size == 20 && all.list[i].error.has_offset;
    ck_assert_uint_ge(named, 2); /* its CRC, and itself */
    ck_assert_ptr_nonnull(verify_report_text(&all, PACKREAD_ERROR_CORRUPT, "pack-flipped-byte.pack",
                                             "pack checksum is wrong"));
    ck_assert_uint_eq(all.summary.objects, truth.count - 1);
    sample_truth_free(&truth);
    verify_report_free(&all);
}
END_TEST

START_TEST(a_pack_that_was_cut_is_found_and_what_is_left_counts)
{
    verify_report all = verify_fixture("damaged/truncated-pack", 2);

    ck_assert_uint_gt(all.summary.objects, 3);
    ck_assert_uint_lt(all.summary.objects, objects_of_sizes());
    ck_assert_uint_gt(all.count, 1);
    verify_report_free(&all);
}
END_TEST

START_TEST(absent_bases_are_found_as_thin_with_what_hangs_on_them)
{
    verify_report all = verify_fixture("special/thin", 1);

    ck_assert_uint_eq(all.count, 1);
    ck_assert_int_eq(all.list[0].error.code, PACKREAD_ERROR_THIN);
    ck_assert_uint_eq(all.list[0].dependents, 1);
    ck_assert_uint_eq(all.summary.objects, 2);
    verify_report_free(&all);
}
END_TEST

/* ---- Damage that is done here -------------------------------------------------------------- */

START_TEST(the_tree_is_good_before_it_is_damaged)
{
    struct packwriter_pack pack = {0};
    verify_report all;

    made_pack_begin_tree(&pack);
    all = verify_report_of_pack(&pack, NULL, 1, 0);
    ck_assert_uint_eq(all.summary.objects, 6);
    ck_assert_uint_eq(all.summary.chains, 4);
    ck_assert_uint_eq(all.summary.depth, 2);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

/* Each stream damaged in turn, with the sums right around it: found at that entry, with as
 * many dependents as hang on it, and all others still count. */
START_TEST(a_damaged_stream_is_found_with_its_dependents)
{
    static const uint64_t dependents[MADE_TREE] = {4, 2, 0, 0, 0, 0};
    struct packwriter_pack pack = {0};
    verify_report all;

    made_pack_begin_tree(&pack);
    made_pack_damage(&pack, (size_t)_i);
    all = verify_report_of_pack(&pack, NULL, 2, PACKREAD_ERROR_CORRUPT);
    verify_report_has_entry(&all, &pack, (size_t)_i, dependents[_i]);
    ck_assert_uint_eq(all.summary.objects, MADE_TREE - 1 - dependents[_i]);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

/* What hangs on something damaged may be damaged itself: that must not come out only when the first
 * damage is mended. */
START_TEST(damage_of_what_hangs_on_damage_is_found)
{
    const size_t other = 1 + (size_t)_i % 4;
    struct packwriter_pack pack = {0};
    verify_report all;

    made_pack_begin_tree(&pack);
    made_pack_damage(&pack, 0);
    made_pack_damage(&pack, other);
    all = verify_report_of_pack(&pack, NULL, 1 + (unsigned)_i / 4, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 4); /* of each its stream, and its CRC */
    verify_report_has_entry(&all, &pack, 0, 4);
    verify_report_has_entry(&all, &pack, other, 0);
    ck_assert_uint_eq(all.summary.objects, 1);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

/* Below a base whose contents are wrong, so that nothing can be applied to it. */
START_TEST(damage_below_a_base_of_another_size_is_found)
{
    struct packwriter_pack pack = {0};
    verify_report all;

    made_pack_begin(&pack);
    made_pack_add_false(&pack, "other", 5, made_lines[0], strlen(made_lines[0]));
    made_pack_add_delta(&pack, 0, 1);
    made_pack_add_delta(&pack, 1, 2);
    made_pack_damage(&pack, 2);
    all = verify_report_of_pack(&pack, NULL, 1, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 3); /* and the CRC */
    verify_report_has_entry(&all, &pack, 0, 2);
    verify_report_has_entry(&all, &pack, 2, 0);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

/* As above, but the bytes are a legal stream of other contents under the right CRC: only the ids
 * show it. */
START_TEST(contents_that_are_not_the_ids_are_found_with_their_dependents)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    verify_report all;

    made_pack_begin(&pack);
    made_pack_add_false(&pack, "ONE line, and a second that changes: first\n",
                        strlen(made_lines[0]), made_lines[0], strlen(made_lines[0]));
    made_pack_add_delta(&pack, 0, 1);
    made_pack_add_delta(&pack, 1, 2);
    /* A delta that takes nothing of its base is right all the same. */
    packwriter_delta_begin(&delta, strlen(made_lines[0]), strlen(made_lines[5]));
    packwriter_delta_insert(&delta, made_lines[5], strlen(made_lines[5]));
    packwriter_pack_add_ofs_delta(&pack, 0, &delta, made_lines[5], strlen(made_lines[5]), 6);
    all = verify_report_of_pack(&pack, NULL, 1, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 1);
    verify_report_has_entry(&all, &pack, 0, 2);
    ck_assert_uint_eq(all.summary.objects, 1);
    packwriter_bytes_free(&delta);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

/* The base is wrong and of another size, so that what hangs on it cannot even be applied: still one
 * finding, at the base, and all below it are its dependents. */
START_TEST(a_base_of_another_size_is_one_finding_with_all_its_dependents)
{
    struct packwriter_pack pack = {0};
    verify_report all;

    made_pack_begin(&pack);
    made_pack_add_false(&pack, "other", 5, made_lines[0], strlen(made_lines[0]));
    made_pack_add_delta(&pack, 0, 1);
    made_pack_add_delta(&pack, 1, 2);
    made_pack_add_delta(&pack, 0, 3);
    made_pack_add_line(&pack, 5);
    all = verify_report_of_pack(&pack, NULL, 1, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 1);
    verify_report_has_entry(&all, &pack, 0, 3);
    ck_assert_uint_eq(all.summary.objects, 1);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

/* Too big to be held, so that it is hashed in pieces. */
START_TEST(a_big_object_that_is_not_its_id_is_found)
{
    packread_options options = {.memory_limit = 1 << 20};
    struct packwriter_pack pack = {0};
    struct packwriter_bytes stored = {0};
    struct packwriter_bytes contents = {0};
    verify_report all;
    char *path;

    packwriter_bytes_add_noise(&stored, 2 << 20, 12);
    packwriter_bytes_add(&contents, stored.data, stored.size);
    contents.data[0] ^= 1;
    made_pack_begin(&pack);
    made_pack_add_false(&pack, stored.data, stored.size, contents.data, contents.size);
    made_pack_add_line(&pack, 5);
    path = sample_save(&pack, "pack-big", NULL);
    all = verify_report_of(path, &options, 1, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 1);
    verify_report_has_entry(&all, &pack, 0, 0);
    ck_assert_uint_eq(all.summary.objects, 1);
    packwriter_pack_free(&pack);
    packwriter_bytes_free(&stored);
    packwriter_bytes_free(&contents);
    verify_report_free(&all);
    free(path);
}
END_TEST

/* A base too big to be held under the smaller limit, and two that are made of it: whether each is
 * built by itself or on the way, all that is wrong with it is one finding. */
START_TEST(memory_does_not_change_what_hangs_on_wrong_contents)
{
    packread_options options = {.memory_limit = _i ? (uint64_t)1 << 20 : 0};
    struct packwriter_pack pack = {0};
    struct packwriter_bytes stored = {0};
    struct packwriter_bytes contents = {0};
    struct packwriter_bytes delta = {0};
    verify_report all;
    char *path;

    packwriter_bytes_add_noise(&stored, 2 << 20, 12);
    packwriter_bytes_add(&contents, stored.data, stored.size);
    contents.data[0] ^= 1;
    made_pack_begin(&pack);
    made_pack_add_false(&pack, stored.data, stored.size, contents.data, contents.size);
    for (size_t base = 0; base < 2; base++) {
        packwriter_delta_begin(&delta, contents.size, contents.size);
        packwriter_delta_copy(&delta, 0, 1 << 20);
        packwriter_delta_copy(&delta, 1 << 20, (1 << 20) - 1);
        packwriter_delta_insert(&delta, base ? "1" : "0", 1);
        contents.data[contents.size - 1] = base ? '1' : '0';
        packwriter_pack_add_ofs_delta(&pack, base, &delta, contents.data, contents.size, 6);
    }
    made_pack_add_line(&pack, 5);
    path = sample_save(&pack, "pack-big", NULL);
    all = verify_report_of(path, &options, 1, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 1);
    verify_report_has_entry(&all, &pack, 0, 2);
    ck_assert_uint_eq(all.summary.objects, 1);
    packwriter_pack_free(&pack);
    packwriter_bytes_free(&stored);
    packwriter_bytes_free(&contents);
    packwriter_bytes_free(&delta);
    verify_report_free(&all);
    free(path);
}
END_TEST

static uint64_t end_of(const struct packwriter_pack *pack, size_t entry)
{
    return pack->entries[entry].offset + pack->entries[entry].disk_size;
}

START_TEST(bytes_between_entries_are_found)
{
    struct packwriter_pack pack = {0};
    verify_report all;

    made_pack_begin(&pack);
    if (_i == 0) /* before the first */
        packwriter_bytes_add(&pack.bytes, "junk", 4);
    made_pack_add_line(&pack, 0);
    if (_i == 1) /* between */
        packwriter_bytes_add(&pack.bytes, "junk", 4);
    made_pack_add_line(&pack, 5);
    if (_i == 2) /* after the last */
        packwriter_bytes_add(&pack.bytes, "j", 1);
    all = verify_report_of_pack(&pack, NULL, 1, PACKREAD_ERROR_CORRUPT);
    /* They are all that is wrong: no entry is named for them, and no CRC. */
    ck_assert_uint_eq(all.count, 1);
    ck_assert_ptr_nonnull(verify_report_at(&all, PACKREAD_ERROR_CORRUPT, ".pack",
                                           _i == 0 ? 12 : end_of(&pack, (size_t)_i - 1)));
    ck_assert_str_eq(all.list[0].error.text,
                     _i == 2 ? "1 byte belongs to no object" : "4 bytes belong to no object");
    ck_assert_uint_eq(all.list[0].error.id.size, 0);
    ck_assert_uint_eq(all.summary.objects, 2);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

/* Version 1 has no CRCs: only where each stream ends shows it. */
START_TEST(bytes_after_an_entry_are_found_without_crcs)
{
    struct packwriter_pack pack = {0};
    struct packwriter_index_options options = {.version = 1};
    verify_report all;

    made_pack_begin(&pack);
    made_pack_add_line(&pack, 0);
    if (_i == 0)
        packwriter_bytes_add(&pack.bytes, "j", 1);
    made_pack_add_delta(&pack, 0, 1);
    if (_i == 1)
        packwriter_bytes_add(&pack.bytes, "j", 1);
    made_pack_add_line(&pack, 5);
    if (_i == 2)
        packwriter_bytes_add(&pack.bytes, "j", 1);
    all = verify_report_of_pack(&pack, &options, 1, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 1);
    ck_assert_ptr_nonnull(
        verify_report_at(&all, PACKREAD_ERROR_CORRUPT, ".pack", end_of(&pack, (size_t)_i)));
    ck_assert_str_eq(all.list[0].error.text, "1 byte belongs to no object");
    ck_assert_uint_eq(all.summary.objects, 3);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

/* As a salvage leaves them: deltas without a base are in the pack and not in its index. With _i, so
 * many bytes before them belong to nothing. */
START_TEST(entries_that_no_row_names_are_found_with_the_bases_they_miss)
{
    static const char unnamed[] = "no row of the index names this entry";
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    struct packwriter_index_row rows[2];
    unsigned char absent[PACKWRITER_HASH_MAX];
    const verify_found *found;
    verify_report all;
    char *path;

    packwriter_hash_id(20, PACKWRITER_BLOB, made_lines[1], strlen(made_lines[1]), absent);
    packwriter_delta_make(&delta, made_lines[1], strlen(made_lines[1]), made_lines[2],
                          strlen(made_lines[2]));
    made_pack_begin(&pack);
    made_pack_add_line(&pack, 0);
    packwriter_bytes_add_repeated(&pack.bytes, 0x31, (size_t)_i);
    packwriter_pack_add_ref_delta(&pack, absent, PACKWRITER_BLOB, &delta, made_lines[2],
                                  strlen(made_lines[2]), 6);
    packwriter_pack_add_ofs_delta(&pack, 1, &delta, made_lines[2], strlen(made_lines[2]), 6);
    made_pack_add_line(&pack, 5);
    rows[0] = made_pack_row(&pack, 0);
    rows[1] = made_pack_row(&pack, 3);
    path = made_pack_save_rows(&pack, "pack-unnamed", rows, 2, NULL);
    all = verify_report_of(path, NULL, 1, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.summary.objects, 2);
    ck_assert_uint_eq(all.count, _i > 0 ? 5 : 4);
    for (size_t entry = 1; entry <= 2; entry++) {
        found = verify_report_at(&all, PACKREAD_ERROR_CORRUPT, ".pack", pack.entries[entry].offset);
        ck_assert_ptr_nonnull(found);
        ck_assert_str_eq(found->error.text, unnamed);
        found = verify_report_at(&all, PACKREAD_ERROR_THIN, ".pack", pack.entries[entry].offset);
        ck_assert_ptr_nonnull(found);
        ck_assert_uint_eq(found->error.id.size, entry == 1 ? 20 : 0);
    }
    found = verify_report_at(&all, PACKREAD_ERROR_THIN, ".pack", pack.entries[1].offset);
    ck_assert_int_eq(memcmp(found->error.id.bytes, absent, 20), 0);
    found =
        verify_report_text(&all, PACKREAD_ERROR_CORRUPT, ".pack",
                           _i == 1 ? "1 byte belongs to no object" : "9 bytes belong to no object");
    ck_assert_int_eq(found != NULL && found->error.offset == end_of(&pack, 0), _i > 0);
    packwriter_bytes_free(&delta);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
    free(path);
}
END_TEST

START_TEST(a_cycle_of_deltas_is_found)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    unsigned char ids[3][PACKWRITER_HASH_MAX];
    verify_report all;

    for (size_t i = 0; i < 3; i++)
        packwriter_hash_id(20, PACKWRITER_BLOB, made_lines[i], strlen(made_lines[i]), ids[i]);
    made_pack_begin(&pack);
    for (size_t i = 0; i < 3; i++) {
        size_t base = (i + 1) % 3;

        packwriter_delta_make(&delta, made_lines[base], strlen(made_lines[base]), made_lines[i],
                              strlen(made_lines[i]));
        packwriter_pack_add_ref_delta(&pack, ids[base], PACKWRITER_BLOB, &delta, made_lines[i],
                                      strlen(made_lines[i]), 6);
    }
    made_pack_add_line(&pack, 5);
    packwriter_delta_make(&delta, made_lines[2], strlen(made_lines[2]), made_lines[6],
                          strlen(made_lines[6]));
    packwriter_pack_add_ref_delta(&pack, ids[2], PACKWRITER_BLOB, &delta, made_lines[6],
                                  strlen(made_lines[6]), 6);
    all = verify_report_of_pack(&pack, NULL, 2, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_gt(all.count, 0);
    ck_assert_uint_eq(all.summary.objects, 1);
    packwriter_bytes_free(&delta);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

START_TEST(a_base_in_the_middle_of_an_entry_is_found)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    verify_report all;

    made_pack_begin_tree(&pack);
    packwriter_delta_make(&delta, made_lines[0], strlen(made_lines[0]), made_lines[6],
                          strlen(made_lines[6]));
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_OFS_DELTA, delta.size);
    packwriter_bytes_add_distance(&pack.bytes, 5);
    packwriter_bytes_add_deflated(&pack.bytes, delta.data, delta.size, 6);
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, made_lines[6], strlen(made_lines[6]));
    all = verify_report_of_pack(&pack, NULL, 1, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 1);
    verify_report_has_entry(&all, &pack, 6, 0);
    ck_assert_uint_eq(all.summary.objects, 6);
    packwriter_bytes_free(&delta);
    packwriter_pack_free(&pack);
    verify_report_free(&all);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("verify damaged");
    TCase *fixtures = tcase_create("fixtures");
    TCase *damaged = tcase_create("damaged");

    tcase_add_test(fixtures, a_wrong_index_sum_is_all_that_is_found);
    tcase_add_test(fixtures, a_wrong_pack_sum_is_found);
    tcase_add_test(fixtures, a_wrong_crc_is_found_and_the_object_still_counts);
    tcase_add_test(fixtures, a_flipped_byte_is_found_with_its_object);
    tcase_add_test(fixtures, a_pack_that_was_cut_is_found_and_what_is_left_counts);
    tcase_add_test(fixtures, absent_bases_are_found_as_thin_with_what_hangs_on_them);
    suite_add_tcase(suite, fixtures);

    tcase_add_test(damaged, the_tree_is_good_before_it_is_damaged);
    tcase_add_loop_test(damaged, a_damaged_stream_is_found_with_its_dependents, 0, 6);
    tcase_add_loop_test(damaged, damage_of_what_hangs_on_damage_is_found, 0, 8);
    tcase_add_test(damaged, damage_below_a_base_of_another_size_is_found);
    tcase_add_test(damaged, contents_that_are_not_the_ids_are_found_with_their_dependents);
    tcase_add_test(damaged, a_base_of_another_size_is_one_finding_with_all_its_dependents);
    tcase_add_test(damaged, a_big_object_that_is_not_its_id_is_found);
    tcase_add_loop_test(damaged, memory_does_not_change_what_hangs_on_wrong_contents, 0, 2);
    tcase_add_loop_test(damaged, bytes_between_entries_are_found, 0, 3);
    tcase_add_loop_test(damaged, bytes_after_an_entry_are_found_without_crcs, 0, 3);
    tcase_add_test(damaged, a_cycle_of_deltas_is_found);
    for (int bytes = 0; bytes < 10; bytes += bytes ? 8 : 1)
        tcase_add_loop_test(damaged, entries_that_no_row_names_are_found_with_the_bases_they_miss,
                            bytes, bytes + 1);
    tcase_add_test(damaged, a_base_in_the_middle_of_an_entry_is_found);
    suite_add_tcase(suite, damaged);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
