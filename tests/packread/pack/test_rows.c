/* test_rows.c - objects are found by id and by offset; what is not there is not found. Each
 * answer is compared with what is known to be true. */
#include <string.h>

#include "base/location.h"
#include "sample_place.h"
#include "suite.h"

/* ---- By id --------------------------------------------------------------------------------- */

START_TEST(each_id_is_found_where_its_row_is)
{
    sample_place at = sample_place_find(samples[_i].where);

    for (size_t i = 0; i < at.truth.count; i++) {
        const sample_object *object = &at.truth.objects[i];
        packread_location location;
        packread_location same;
        packread_error error;
        packread_id id;

        sample_good(packread_reader_find(at.reader, &object->id, &location, &error), &error);
        if (object->has_place && location.offset != object->offset)
            ck_abort_msg("found at %llu", (unsigned long long)location.offset);
        sample_good(
            packread_reader_id_at(at.reader, location.store, location.position, &id, &error),
            &error);
        if (packread_id_compare(&id, &object->id) != 0)
            ck_abort_msg("the row has another id");
        sample_good(
            packread_reader_find_offset(at.reader, location.store, location.offset, &same, &error),
            &error);
        if (same.store != location.store || same.position != location.position ||
            same.offset != location.offset)
            ck_abort_msg("by its offset it is found elsewhere");
    }
    sample_place_close(&at);
}
END_TEST

/* By one up and one down, as a number; false past the ends. */
static bool step(packread_id *id, int by)
{
    for (size_t i = id->size; i > 0; i--) {
        id->bytes[i - 1] = (unsigned char)(id->bytes[i - 1] + by);
        if (id->bytes[i - 1] != (by > 0 ? 0 : 255))
            return true;
    }
    return false;
}

static void is_absent(sample_place *at, const packread_id *id)
{
    packread_location untouched = pkr_location(9, 9, 9);
    packread_location location = untouched;
    packread_error error;

    if (sample_truth_find(&at->truth, id))
        return;
    memset(&error, 0, sizeof error);
    if (packread_reader_find(at->reader, id, &location, &error) != PACKREAD_ERROR_NOT_FOUND ||
        memcmp(&location, &untouched, sizeof location) != 0)
        ck_abort_msg("found what is not there");
    if (error.code != PACKREAD_ERROR_NOT_FOUND || packread_id_compare(&error.id, id) != 0)
        ck_abort_msg("the error does not name what was not found");
}

START_TEST(ids_beside_those_that_are_there_are_not_found)
{
    sample_place at = sample_place_find(samples[_i].where);
    packread_pack_info info = {.struct_size = sizeof info};
    packread_id id;

    memset(&id, 0, sizeof id);
    id.size = 20;
    if (packread_snapshot_packs(at.snapshot) > 0) {
        ck_assert_int_eq(packread_snapshot_pack(at.snapshot, 0, &info), 0);
        id.size = (unsigned char)info.id_size;
    }
    is_absent(&at, &id);
    for (unsigned first = 0; first < 256; first++) {
        memset(id.bytes, 0, id.size);
        id.bytes[0] = (unsigned char)first;
        is_absent(&at, &id);
        memset(id.bytes + 1, 0xff, id.size - 1u);
        is_absent(&at, &id);
    }
    for (size_t i = 0; i < at.truth.count; i++) {
        id = at.truth.objects[i].id;
        if (step(&id, 1))
            is_absent(&at, &id);
        id = at.truth.objects[i].id;
        if (step(&id, -1))
            is_absent(&at, &id);
        id = at.truth.objects[i].id;
        id.bytes[i % id.size] ^= (unsigned char)(1u << i % 8);
        is_absent(&at, &id);
    }
    sample_place_close(&at);
}
END_TEST

START_TEST(an_id_of_the_other_size_is_not_found)
{
    sample_place short_ids = sample_place_find("packs/types");
    sample_place long_ids = sample_place_find("sha256/types");

    for (size_t i = 0; i < short_ids.truth.count; i++) {
        packread_id id = short_ids.truth.objects[i].id;

        is_absent(&long_ids, &id);
        id.size = 32;
        is_absent(&short_ids, &id);
        is_absent(&long_ids, &id);
    }
    for (size_t i = 0; i < long_ids.truth.count; i++) {
        packread_id id = long_ids.truth.objects[i].id;

        is_absent(&short_ids, &id);
        id.size = 20;
        memset(id.bytes + 20, 0, 12);
        is_absent(&short_ids, &id);
    }
    sample_place_close(&short_ids);
    sample_place_close(&long_ids);
}
END_TEST

/* ---- By offset and by row ------------------------------------------------------------------ */

START_TEST(only_offsets_where_entries_begin_are_found)
{
    static const char *const places[] = {"packs/types",     "packs/index-64bit", "packs/index-v1",
                                         "packs/ref-later", "sha256/types",      "packs/empty-v2"};
    sample_place at = sample_place_find(places[_i]);
    packread_pack_info pack = {.struct_size = sizeof pack};
    size_t found = 0;

    ck_assert_int_eq(packread_snapshot_pack(at.snapshot, 0, &pack), 0);
    for (uint64_t offset = 0; offset <= pack.size + 20; offset++) {
        packread_location location;
        bool expected = false;
        int status;

        for (size_t i = 0; i < at.truth.count; i++)
            expected = expected || at.truth.objects[i].offset == offset;
        status = packread_reader_find_offset(at.reader, 0, offset, &location, NULL);
        if (status != (expected ? 0 : PACKREAD_ERROR_NOT_FOUND))
            ck_abort_msg("offset %llu: %d", (unsigned long long)offset, status);
        found += expected;
    }
    ck_assert_uint_eq(found, at.truth.count);
    for (unsigned bit = 0; bit < 64; bit++) {
        packread_location location;

        ck_assert_int_eq(
            packread_reader_find_offset(at.reader, 0, UINT64_MAX << bit, &location, NULL),
            PACKREAD_ERROR_NOT_FOUND);
    }
    sample_place_close(&at);
}
END_TEST

START_TEST(packs_and_rows_past_the_end_are_argument_errors)
{
    sample_place at = sample_place_find("packs/types");
    packread_location location;
    packread_error error;
    packread_id id;

    ck_assert_int_eq(packread_reader_find_offset(at.reader, 1, 12, &location, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_reader_id_at(at.reader, 1, 0, &id, &error), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_reader_id_at(at.reader, (size_t)1 << 32, 0, &id, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_reader_id_at(at.reader, 0, (uint32_t)at.truth.count, &id, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_reader_id_at(at.reader, 0, UINT32_MAX, &id, &error),
                     PACKREAD_ERROR_ARGUMENT);
    sample_place_close(&at);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("rows");
    TCase *by_id = tcase_create("id");
    TCase *by_offset = tcase_create("offset");

    tcase_add_loop_test(by_id, each_id_is_found_where_its_row_is, 0, sample_count);
    tcase_add_loop_test(by_id, ids_beside_those_that_are_there_are_not_found, 0, sample_count);
    tcase_add_test(by_id, an_id_of_the_other_size_is_not_found);
    suite_add_tcase(suite, by_id);

    tcase_add_loop_test(by_offset, only_offsets_where_entries_begin_are_found, 0, 6);
    tcase_add_test(by_offset, packs_and_rows_past_the_end_are_argument_errors);
    suite_add_tcase(suite, by_offset);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
