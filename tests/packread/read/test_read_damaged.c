/* test_read_damaged.c - what is damaged is an error, and the rest is still read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/location.h"
#include "made_pack.h"
#include "suite.h"

static struct packwriter_bytes load_file(const char *path)
{
    struct packwriter_bytes bytes = {0};
    unsigned char piece[65536];
    FILE *file = fopen(path, "rb");
    size_t size;

    ck_assert_msg(file != NULL, "%s", path);
    while ((size = fread(piece, 1, sizeof piece, file)) > 0)
        packwriter_bytes_add(&bytes, piece, size);
    fclose(file);
    return bytes;
}

START_TEST(a_flipped_byte_costs_its_own_object_and_what_hangs_on_it)
{
    static const sample damaged = {"damaged/flipped-byte", 0, {NULL}};
    sample_place at = sample_place_open(&damaged, NULL);
    char *list = sample_path(&damaged, "damaged.ids");
    struct packwriter_bytes ids = load_file(list);
    size_t corrupt = 0;

    packwriter_bytes_add(&ids, "", 1);
    sample_truth_load(sample_find("packs/sizes"), &at.truth);
    for (size_t i = 0; i < at.truth.count; i++) {
        const sample_object *expected = &at.truth.objects[i];
        char hex[PACKREAD_HEX_MAX + 1];
        packread_object object;
        packread_error error;
        int status;

        packread_id_format(&expected->id, hex);
        memset(&error, 0, sizeof error);
        status = packread_reader_read(at.reader, &expected->id, &object, &error);
        if (!strstr((char *)ids.data, hex)) {
            sample_good(status, &error);
            ck_assert(sample_hashes_to(&object.id, object.type, object.data, object.size));
            continue;
        }
        corrupt++;
        ck_assert_int_eq(status, PACKREAD_ERROR_CORRUPT);
        ck_assert_int_eq(packread_id_compare(&error.id, &expected->id), 0);
        ck_assert(error.has_offset);
        ck_assert_ptr_nonnull(strstr(error.file, "pack-flipped-byte.pack"));
        ck_assert_uint_gt(strlen(error.text), 0);
    }
    ck_assert_uint_eq(corrupt, 1);
    sample_place_close(&at);
    packwriter_bytes_free(&ids);
    free(list);
}
END_TEST

/* Right in every sum, but under another object's id: only hashing the contents shows it. */
START_TEST(contents_that_are_not_the_ids_are_never_handed_out)
{
    struct packwriter_pack pack = {0};
    packread_object object;
    packread_error error;
    sample_place at;
    packread_id id;

    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, "good\n", 5, 6);
    made_pack_add_false(&pack, "bad\n", 4, "what was asked for\n", 19);
    at = made_pack_open(&pack, "wrong-id");
    id = made_pack_id(&pack, 1);
    ck_assert_int_eq(packread_reader_read(at.reader, &id, &object, &error), PACKREAD_ERROR_CORRUPT);
    ck_assert_int_eq(packread_id_compare(&error.id, &id), 0);
    ck_assert(error.has_offset && error.offset == pack.entries[1].offset);
    id = made_pack_id(&pack, 0);
    sample_good(packread_reader_read(at.reader, &id, &object, &error), &error);
    ck_assert_uint_eq(object.size, 5);
    ck_assert_mem_eq(object.data, "good\n", 5);
    sample_place_close(&at);
    packwriter_pack_free(&pack);
}
END_TEST

/* The index names one entry for two ids. Reading it under the right one must not make it right
 * under the other, in whatever order they are read, by whatever call. */
START_TEST(two_rows_with_one_offset_do_not_share_a_verdict)
{
    struct packwriter_pack pack = {0};
    struct packwriter_index_row rows[2];
    sample_place at;

    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, "one\n", 4, 6);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, "two\n", 4, 6);
    for (size_t i = 0; i < 2; i++) {
        rows[i] = made_pack_row(&pack, i);
        rows[i].offset = pack.entries[0].offset;
        rows[i].crc32 = pack.entries[0].crc32;
    }
    at = sample_place_at(made_pack_save_rows(&pack, "pack-twice", rows, 2, NULL), NULL);
    for (int times = 0; times < 4; times++) {
        for (size_t i = 0; i < 2; i++) {
            packread_id id = made_pack_id(&pack, i);
            packread_location location;
            packread_object object;
            packread_error error;
            int status;

            sample_good(packread_reader_find(at.reader, &id, &location, &error), &error);
            status = times % 2 ? packread_reader_read(at.reader, &id, &object, &error)
                               : packread_reader_read_at(at.reader, &location, &object, &error);
            ck_assert_int_eq(status, i == 0 ? 0 : PACKREAD_ERROR_CORRUPT);
        }
    }
    sample_place_close(&at);
    packwriter_pack_free(&pack);
}
END_TEST

/* Two packs have it; the first copy is damaged. Each time round the pack with the good copy has the
 * other place in the order. */
START_TEST(a_good_copy_in_another_pack_stands_in_for_a_damaged_one)
{
    static const char text[] = "an object of which there are two copies, one of them damaged\n";
    struct packwriter_pack good = {0};
    struct packwriter_pack bad = {0};
    packread_object object;
    packread_location location;
    packread_error error;
    packread_id id;
    sample_place at;

    made_pack_begin(&good);
    packwriter_pack_add_object(&good, PACKWRITER_BLOB, text, strlen(text), 6);
    made_pack_begin(&bad);
    packwriter_pack_add_object(&bad, PACKWRITER_BLOB, text, strlen(text), 6);
    bad.bytes.data[bad.entries[0].offset + 10] ^= 0x40;
    free(sample_save(&good, _i ? "pack-a" : "pack-b", NULL));
    free(sample_save(&bad, _i ? "pack-b" : "pack-a", NULL));
    at = sample_place_at(suite_scratch_path(""), NULL);
    ck_assert_uint_eq(packread_snapshot_packs(at.snapshot), 2);
    id = made_pack_id(&good, 0);
    sample_good(packread_reader_read(at.reader, &id, &object, &error), &error);
    ck_assert_uint_eq(object.size, strlen(text));
    ck_assert_mem_eq(object.data, text, object.size);
    /* The copy that is damaged, asked for as such, is an error. */
    location = pkr_location(_i ? 1 : 0, 0, 12);
    ck_assert_int_eq(packread_reader_read_at(at.reader, &location, &object, &error),
                     PACKREAD_ERROR_CORRUPT);
    location.store = _i ? 0 : 1;
    sample_good(packread_reader_read_at(at.reader, &location, &object, &error), &error);
    sample_place_close(&at);
    packwriter_pack_free(&good);
    packwriter_pack_free(&bad);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("read damaged");
    TCase *damaged = tcase_create("damaged");

    tcase_add_test(damaged, a_flipped_byte_costs_its_own_object_and_what_hangs_on_it);
    tcase_add_test(damaged, contents_that_are_not_the_ids_are_never_handed_out);
    tcase_add_test(damaged, two_rows_with_one_offset_do_not_share_a_verdict);
    tcase_add_loop_test(damaged, a_good_copy_in_another_pack_stands_in_for_a_damaged_one, 0, 2);
    suite_add_tcase(suite, damaged);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
