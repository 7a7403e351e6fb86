/* test_read.c - every object of every good fixture is read, and its bytes are those of its id. */
#include <stdlib.h>
#include <string.h>

#include "base/location.h"
#include "sample_place.h"
#include "suite.h"

#define MEGABYTE (1u << 20)

typedef struct reading {
    packread_reader *reader;
    const sample_truth *truth;
    bool small_only; /* megabytes once are enough */
    size_t objects;
} reading;

/* The object under the visit: all of it against the truth, by id and by place. */
static int read_object(void *context, const packread_info *info, const packread_error *error)
{
    reading *state = context;
    const sample_object *expected = sample_truth_find(state->truth, &info->id);
    packread_object object;
    packread_error detail;
    int status;

    if (error)
        sample_good(error->code, error);
    if (!expected)
        ck_abort_msg("an object that nobody put there");
    if (info->type != expected->type || info->size != expected->size)
        ck_abort_msg("type %d of %llu bytes, not %d of %llu", (int)info->type,
                     (unsigned long long)info->size, (int)expected->type,
                     (unsigned long long)expected->size);
    if (expected->has_place &&
        (info->location.offset != expected->offset || info->depth != expected->depth))
        ck_abort_msg("at %llu with depth %u, not %llu with %lld",
                     (unsigned long long)info->location.offset, info->depth,
                     (unsigned long long)expected->offset, (long long)expected->depth);

    for (int way = 0; way < 2; way++) {
        if (info->size > MEGABYTE && (state->small_only || way == 1))
            continue;
        status = way == 0
                     ? packread_reader_read(state->reader, &info->id, &object, &detail)
                     : packread_reader_read_at(state->reader, &info->location, &object, &detail);
        sample_good(status, &detail);
        if (packread_id_compare(&object.id, &info->id) != 0 || object.type != info->type ||
            object.size != info->size || !object.data)
            ck_abort_msg("another object was read than was listed");
        if (!sample_hashes_to(&info->id, object.type, object.data, object.size))
            ck_abort_msg("the bytes do not give the id");
    }
    state->objects++;
    return 0;
}

/* Lists with one reader and reads with another; in one order. */
static void read_all(packread_snapshot *snapshot, const sample_truth *truth,
                     enum packread_order order)
{
    packread_reader *lister = sample_reader(snapshot);
    reading state = {sample_reader(snapshot), truth, order == PACKREAD_BY_OFFSET, 0};
    packread_list_options options = {.order = order,
                                     .want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE |
                                             PACKREAD_WANT_DEPTH,
                                     .once = true};
    packread_error error;

    memset(&error, 0, sizeof error);
    sample_good(packread_reader_list(lister, &options, read_object, &state, &error), &error);
    ck_assert_uint_eq(state.objects, truth->count);
    packread_reader_free(state.reader);
    packread_reader_free(lister);
}

START_TEST(every_object_of_a_good_fixture_is_read_and_hashes_to_its_id)
{
    const sample *of = &samples[_i];
    sample_place at = sample_place_open(of, NULL);

    if (!strstr(of->where, "empty-v") && !strstr(of->where, "repos/empty"))
        ck_assert_uint_gt(at.truth.count, 0);
    ck_assert_uint_eq(packread_snapshot_problems(at.snapshot), 0);
    read_all(at.snapshot, &at.truth, PACKREAD_BY_ID);
    read_all(at.snapshot, &at.truth, PACKREAD_BY_OFFSET);
    sample_place_close(&at);
}
END_TEST

START_TEST(unchecked_reads_give_the_same_bytes)
{
    const sample *of = &samples[_i];
    packread_options options = {.flags = PACKREAD_NO_CHECK};
    sample_place at;

    if (of->is & SAMPLE_LARGE)
        return;
    at = sample_place_open(of, &options);
    read_all(at.snapshot, &at.truth, PACKREAD_BY_ID);
    sample_place_close(&at);
}
END_TEST

/* The deepest object first, with nothing cached: all 10,000 links at once, and no recursion that a
 * small stack would end. */
START_TEST(a_chain_of_10000_links_is_read_from_its_far_end)
{
    static const char *const chains[] = {"packs/chain-ofs", "packs/chain-ref",
                                         "packs/chain-ref-later"};
    const sample *of = sample_find(chains[_i]);
    char *path = sample_path(of, NULL);
    sample_truth truth;
    size_t found = 0;

    sample_truth_load(of, &truth);
    for (size_t i = 0; i < truth.count; i++) {
        packread_snapshot *snapshot;
        packread_reader *reader;
        packread_location location;
        packread_object object;
        packread_info info = {.struct_size = sizeof info};
        packread_error error;

        if (truth.objects[i].depth != 10000)
            continue;
        found++;
        snapshot = sample_open(path, NULL);
        reader = sample_reader(snapshot);
        sample_good(packread_reader_read(reader, &truth.objects[i].id, &object, &error), &error);
        ck_assert(sample_hashes_to(&object.id, object.type, object.data, object.size));
        sample_good(packread_reader_find(reader, &object.id, &location, &error), &error);
        sample_good(packread_reader_info(reader, &location, PACKREAD_WANT_ALL, &info, &error),
                    &error);
        ck_assert_uint_eq(info.depth, 10000);
        ck_assert_int_eq((int)info.type, PACKREAD_BLOB);
        ck_assert_uint_eq(info.base.size, 20);
        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
    }
    ck_assert_uint_eq(found, 1);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

/* ---- Thin packs ---------------------------------------------------------------------------- */

static const sample thin_sample = {"special/thin", 0, {"pack-thin"}};

START_TEST(objects_without_a_base_are_thin_and_the_others_are_read)
{
    sample_place at = sample_place_open(&thin_sample, NULL);
    size_t without = 0;

    ck_assert_uint_eq(at.truth.count, 4);
    for (size_t i = 0; i < at.truth.count; i++) {
        const sample_object *expected = &at.truth.objects[i];
        packread_location location;
        packread_object object;
        packread_info info = {.struct_size = sizeof info};
        packread_error error;
        int status = packread_reader_read(at.reader, &expected->id, &object, &error);

        sample_good(packread_reader_find(at.reader, &expected->id, &location, &error), &error);
        if (expected->depth >= 0) {
            ck_assert_int_eq(packread_reader_read(at.reader, &expected->id, &object, &error), 0);
            ck_assert(sample_hashes_to(&expected->id, object.type, object.data, object.size));
            ck_assert_int_eq(
                packread_reader_info(at.reader, &location, PACKREAD_WANT_ALL, &info, &error), 0);
            continue;
        }
        without++;
        memset(&error, 0, sizeof error);
        status = packread_reader_read(at.reader, &expected->id, &object, &error);
        ck_assert_int_eq(status, PACKREAD_ERROR_THIN);
        ck_assert_int_eq(error.code, PACKREAD_ERROR_THIN);
        ck_assert_int_eq(packread_id_compare(&error.id, &expected->id), 0);
        ck_assert_ptr_nonnull(strstr(error.file, "pack-thin.pack"));
        ck_assert_int_eq(
            packread_reader_info(at.reader, &location, PACKREAD_WANT_TYPE, &info, &error),
            PACKREAD_ERROR_THIN);
        ck_assert_int_eq(
            packread_reader_info(at.reader, &location, PACKREAD_WANT_DEPTH, &info, &error),
            PACKREAD_ERROR_THIN);
        /* Its size and its base's name are in the delta itself. */
        sample_good(packread_reader_info(at.reader, &location,
                                         PACKREAD_WANT_SIZE | PACKREAD_WANT_BASE, &info, &error),
                    &error);
        ck_assert(info.size == expected->size);
        ck_assert_uint_eq(info.base.size, 20);
    }
    ck_assert_uint_eq(without, 2);
    sample_place_close(&at);
}
END_TEST

START_TEST(the_name_of_an_absent_base_is_known)
{
    static const char absent[] = "the base that is not in the thin pack\n";
    sample_place at = sample_place_open(&thin_sample, NULL);
    size_t found = 0;

    for (size_t i = 0; i < at.truth.count; i++) {
        packread_location location;
        packread_info info = {.struct_size = sizeof info};
        packread_error error;

        sample_good(packread_reader_find(at.reader, &at.truth.objects[i].id, &location, &error),
                    &error);
        sample_good(packread_reader_info(at.reader, &location, PACKREAD_WANT_BASE, &info, &error),
                    &error);
        if (info.stored_type == PACKREAD_REF_DELTA) {
            found++;
            ck_assert(!info.has_base_location);
            ck_assert(sample_hashes_to(&info.base, PACKREAD_BLOB, absent, strlen(absent)));
        }
    }
    ck_assert_uint_eq(found, 1);
    sample_place_close(&at);
}
END_TEST

/* ---- Validity ------------------------------------------------------------------------------ */

START_TEST(errors_leave_the_output_alone_and_need_no_detail)
{
    sample_place at = sample_place_find("packs/types");
    packread_id id = sample_id("0123456789012345678901234567890123456789");
    packread_location location = pkr_location(7, 0, 12);
    packread_object untouched;
    packread_object object;

    memset(&untouched, 0x5a, sizeof untouched);
    object = untouched;
    ck_assert_int_eq(packread_reader_read(at.reader, &id, &object, NULL), PACKREAD_ERROR_NOT_FOUND);
    ck_assert_int_eq(packread_reader_read_at(at.reader, &location, &object, NULL),
                     PACKREAD_ERROR_ARGUMENT);
    location = pkr_location(0, 1000, 12);
    ck_assert_int_eq(packread_reader_read_at(at.reader, &location, &object, NULL),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_mem_eq(&object, &untouched, sizeof object);
    sample_place_close(&at);
}
END_TEST

/* A location is the caller's to get wrong: any offset is an error, or the object of its row. */
START_TEST(a_location_that_is_wrong_never_gives_wrong_bytes)
{
    sample_place at = sample_place_find("packs/types");
    packread_pack_info pack = {.struct_size = sizeof pack};
    uint64_t right = 0;

    ck_assert_int_eq(packread_snapshot_pack(at.snapshot, 0, &pack), 0);
    for (uint64_t offset = 0; offset < pack.size + 100; offset++) {
        packread_location location = pkr_location(0, 3, offset);
        packread_object object;
        packread_info info = {.struct_size = sizeof info};

        if (packread_reader_read_at(at.reader, &location, &object, NULL) == 0) {
            if (!sample_hashes_to(&object.id, object.type, object.data, object.size))
                ck_abort_msg("offset %llu", (unsigned long long)offset);
            right++;
        }
        /* Anything but a crash: what is in the file there may look like an entry. */
        (void)packread_reader_info(at.reader, &location, PACKREAD_WANT_ALL, &info, NULL);
    }
    ck_assert(right == 1);
    for (unsigned bit = 0; bit < 64; bit++) {
        packread_location location = pkr_location(0, 3, UINT64_MAX << bit);
        packread_object object;
        packread_info info = {.struct_size = sizeof info};

        ck_assert_int_lt(packread_reader_read_at(at.reader, &location, &object, NULL), 0);
        ck_assert_int_lt(
            packread_reader_info(at.reader, &location, PACKREAD_WANT_TYPE, &info, NULL), 0);
    }
    sample_place_close(&at);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("read");
    TCase *good = tcase_create("good");
    TCase *thin = tcase_create("thin");

    tcase_add_loop_test(good, every_object_of_a_good_fixture_is_read_and_hashes_to_its_id, 0,
                        sample_count);
    tcase_add_loop_test(good, unchecked_reads_give_the_same_bytes, 0, sample_count);
    tcase_add_loop_test(good, a_chain_of_10000_links_is_read_from_its_far_end, 0, 3);
    tcase_add_test(good, errors_leave_the_output_alone_and_need_no_detail);
    tcase_add_test(good, a_location_that_is_wrong_never_gives_wrong_bytes);
    suite_add_tcase(suite, good);

    tcase_add_test(thin, objects_without_a_base_are_thin_and_the_others_are_read);
    tcase_add_test(thin, the_name_of_an_absent_base_is_known);
    suite_add_tcase(suite, thin);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
