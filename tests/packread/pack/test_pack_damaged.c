/* test_pack_damaged.c - a pair of which one end is damaged serves what is intact; of what
 * cannot be served at all, it is told why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "opening.h"
#include "samples.h"
#include "suite.h"

static char *damaged(const char *name, const char *ending)
{
    char *path = malloc(4096);

    ck_assert_ptr_nonnull(path);
    snprintf(path, 4096, "%s/damaged/%s/pack/pack-%s.%s", suite_fixtures(), name, name, ending);
    return path;
}

/* Named itself, the pack is an error; in a folder it is a problem, and the call succeeds. */
static void is_a_problem(const char *name, const char *named, int code, const char *file)
{
    char *path = damaged(name, named);
    char folder[4096];
    packread_snapshot *snapshot;
    const packread_error *problem;
    packread_error error = opening_refused(path, code);

    ck_assert_msg(strstr(error.file, file) != NULL, "%s", error.file);
    snprintf(folder, sizeof folder, "%s/damaged/%s", suite_fixtures(), name);
    snapshot = sample_open(folder, NULL);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 0);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    problem = packread_snapshot_problem(snapshot, 0);
    ck_assert_ptr_nonnull(problem);
    ck_assert_int_eq(problem->code, code);
    ck_assert_str_eq(problem->text, error.text);
    ck_assert_ptr_null(packread_snapshot_problem(snapshot, 1));
    packread_snapshot_free(snapshot);
    free(path);
}

START_TEST(a_pack_that_is_empty_is_refused)
{
    is_a_problem("zero-bytes-pack", "pack", PACKREAD_ERROR_NOT_A_PACK, "pack-zero-bytes-pack.pack");
}
END_TEST

/* Neither its head nor its trailer is a pack's. */
START_TEST(a_pack_that_both_its_ends_speak_against_is_refused)
{
    is_a_problem("not-a-pack", "pack", PACKREAD_ERROR_NOT_A_PACK, "pack-not-a-pack.pack");
}
END_TEST

/* Whether the pack is read by an index that was made from it. */
static bool has_made_index(packread_snapshot *snapshot)
{
    packread_pack_info pack = {.struct_size = sizeof pack};

    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &pack), 0);
    ck_assert_int_eq(pack.index_version == 0, pack.index_size == 0);
    return pack.index_version == 0;
}

static size_t count_readable(packread_snapshot *snapshot, const sample_truth *truth)
{
    packread_reader *reader = sample_reader(snapshot);
    size_t readable = 0;

    for (size_t i = 0; i < truth->count; i++) {
        packread_object object;
        packread_error error;
        int status = packread_reader_read(reader, &truth->objects[i].id, &object, &error);

        if (status == 0) {
            ck_assert(
                sample_hashes_to(&truth->objects[i].id, object.type, object.data, object.size));
            readable++;
        } else if (has_made_index(snapshot)) {
            ck_assert_int_eq(status, PACKREAD_ERROR_DOUBTFUL);
        } else {
            ck_assert_int_eq(status, PACKREAD_ERROR_CORRUPT);
        }
    }
    packread_reader_free(reader);
    return readable;
}

/* What is intact is served, and the damage is told first. By the pack's own index unchecked reading
 * is refused; the ids of one that was made from the pack are hashes, so it is not. */
static void is_a_doubt(const char *path, int code, const char *file, size_t problems,
                       size_t readable)
{
    packread_options unchecked = {.flags = PACKREAD_NO_CHECK};
    packread_snapshot *snapshot = sample_open(path, NULL);
    packread_snapshot *other = NULL;
    const packread_error *problem = packread_snapshot_problem(snapshot, 0);
    packread_error error;
    sample_truth truth;
    bool is_made = has_made_index(snapshot);
    int status = packread_snapshot_open(path, &unchecked, &other, &error);

    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 1);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), problems);
    ck_assert_int_eq(problem->code, code);
    ck_assert_ptr_nonnull(strstr(problem->file, file));
    ck_assert_int_eq(is_made, strstr(problem->text, "an index made from the pack is used") != NULL);
    sample_truth_load(sample_find("packs/sizes"), &truth);
    if (readable == SIZE_MAX)
        readable = truth.count;
    ck_assert_uint_eq(count_readable(snapshot, &truth), readable);
    ck_assert_int_eq(status, is_made ? 0 : code);
    if (is_made)
        ck_assert_uint_eq(count_readable(other, &truth), readable);
    packread_snapshot_free(other);
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
}

/* Named by either file, and in a folder. */
static void is_made_anew(const char *name, int code, const char *file)
{
    char *pack = damaged(name, "pack");
    char *index = damaged(name, "idx");
    char folder[4096];

    snprintf(folder, sizeof folder, "%s/damaged/%s", suite_fixtures(), name);
    is_a_doubt(pack, code, file, 1, SIZE_MAX);
    is_a_doubt(index, code, file, 1, SIZE_MAX);
    is_a_doubt(folder, code, file, 1, SIZE_MAX);
    free(pack);
    free(index);
}

START_TEST(an_index_of_no_use_costs_no_objects)
{
    is_made_anew("not-an-index", PACKREAD_ERROR_NOT_AN_INDEX, "pack-not-an-index.idx");
    is_made_anew("zero-bytes-index", PACKREAD_ERROR_NOT_AN_INDEX, "pack-zero-bytes-index.idx");
    is_made_anew("truncated-index", PACKREAD_ERROR_CORRUPT, "pack-truncated-index.idx");
    is_made_anew("other-index", PACKREAD_ERROR_MISMATCH, "pack-other-index.idx");
}
END_TEST

/* For those who want to know, and not to read. */
START_TEST(an_index_is_left_as_it_is_on_demand)
{
    const packread_options options = {.flags = PACKREAD_INDEX_AS_IT_IS};
    packread_snapshot *snapshot = NULL;
    char *path = damaged("not-an-index", "pack");
    char lone[4096];
    packread_error error;

    ck_assert_int_eq(packread_snapshot_open(path, &options, &snapshot, &error),
                     PACKREAD_ERROR_NOT_AN_INDEX);
    ck_assert_ptr_nonnull(strstr(error.file, "pack-not-an-index.idx"));
    snprintf(lone, sizeof lone, "%s/special/missing-index/pack/pack-missing-index.pack",
             suite_fixtures());
    ck_assert_int_eq(packread_snapshot_open(lone, &options, &snapshot, &error),
                     PACKREAD_ERROR_NO_INDEX);
    free(path);
}
END_TEST

START_TEST(a_pack_with_one_damaged_end_serves_what_is_intact)
{
    char *path = damaged("wrong-pack-sum", "pack");

    is_a_doubt(path, PACKREAD_ERROR_MISMATCH, "pack-wrong-pack-sum.pack", 1, SIZE_MAX);
    free(path);
}
END_TEST

/* Whole are those whose entries, and their bases', lie before the cut. */
static size_t count_left(const char *path)
{
    struct stat status;
    sample_truth truth;
    size_t before = 0;
    uint64_t last = 0;

    ck_assert_int_eq(stat(path, &status), 0);
    sample_truth_load(sample_find("packs/sizes"), &truth);
    for (size_t i = 0; i < truth.count; i++) {
        if (truth.objects[i].offset < (uint64_t)status.st_size) {
            before++;
            if (truth.objects[i].offset > last)
                last = truth.objects[i].offset;
        }
    }
    ck_assert_uint_gt(before, 3);
    ck_assert_uint_lt(before, truth.count);
    ck_assert_uint_lt(last, (uint64_t)status.st_size);
    sample_truth_free(&truth);
    return before - 1;
}

START_TEST(a_pack_that_was_cut_serves_what_is_left)
{
    char *path = damaged("truncated-pack", "pack");

    is_a_doubt(path, PACKREAD_ERROR_CORRUPT, "pack-truncated-pack.pack", 1, count_left(path));
    free(path);
}
END_TEST

static void set_byte(const char *path, long at, int byte)
{
    FILE *file = fopen(path, "r+b");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, at, SEEK_SET), 0);
    ck_assert_int_eq(fputc(byte, file), byte);
    ck_assert_int_eq(fclose(file), 0);
}

/* Neither its trailer nor its index's fanout is of any use; the tables of the index are. That its
 * ids are taken to be SHA-1 is told too. */
START_TEST(a_pack_that_was_cut_and_has_a_damaged_fanout_serves_what_is_left)
{
    char *from = damaged("truncated-pack", "pack");
    char *from_index = damaged("truncated-pack", "idx");
    char *pack = suite_scratch_path("cut.pack");
    char *index = suite_scratch_path("cut.idx");

    opening_copy_file(from, pack);
    opening_copy_file(from_index, index);
    set_byte(index, 8 + 4 * 77, 0xff);
    is_a_doubt(pack, PACKREAD_ERROR_CORRUPT, "cut.idx", 3, count_left(pack));
    free(from);
    free(from_index);
    free(pack);
    free(index);
}
END_TEST

START_TEST(a_pack_with_a_damaged_header_serves_its_objects)
{
    static const struct {
        long at;
        int code;
        size_t problems;
    } flips[] = {{0, PACKREAD_ERROR_NOT_A_PACK, 1},
                 {3, PACKREAD_ERROR_NOT_A_PACK, 1},
                 {7, PACKREAD_ERROR_VERSION, 1},
                 {11, PACKREAD_ERROR_MISMATCH, 1}};
    const sample *sizes = sample_find("packs/sizes");
    char *from = sample_path(sizes, "pack/pack-sizes.pack");
    char *from_index = sample_path(sizes, "pack/pack-sizes.idx");
    char *pack = suite_scratch_path("flipped.pack");
    char *index = suite_scratch_path("flipped.idx");

    opening_copy_file(from, pack);
    opening_copy_file(from_index, index);
    set_byte(pack, flips[_i].at, 0x7e);
    is_a_doubt(pack, flips[_i].code, "flipped.pack", flips[_i].problems, SIZE_MAX);
    free(from);
    free(from_index);
    free(pack);
    free(index);
}
END_TEST

/* The pack's header is of no use either: that it is no pack's, or counts others, is told too, and
 * that its ids are taken to be SHA-1. */
START_TEST(a_damaged_header_beside_a_damaged_fanout_costs_no_objects)
{
    const sample *sizes = sample_find("packs/sizes");
    char *from = sample_path(sizes, "pack/pack-sizes.pack");
    char *from_index = sample_path(sizes, "pack/pack-sizes.idx");
    char *pack = suite_scratch_path("flipped.pack");
    char *index = suite_scratch_path("flipped.idx");

    opening_copy_file(from, pack);
    opening_copy_file(from_index, index);
    set_byte(pack, _i ? 9 : 0, 0x7e);
    set_byte(index, 8 + 4 * 77, 0xff);
    is_a_doubt(pack, PACKREAD_ERROR_CORRUPT, "flipped.idx", 3, SIZE_MAX);
    free(from);
    free(from_index);
    free(pack);
    free(index);
}
END_TEST

START_TEST(an_index_without_its_pack_is_refused)
{
    is_a_problem("missing-pack", "idx", PACKREAD_ERROR_NO_INDEX, "pack-missing-pack");
}
END_TEST

/* Where it is named; nothing is wrong with it. In a folder it is no part yet. */
START_TEST(a_pack_without_an_index_is_read)
{
    char path[4096];
    packread_snapshot *snapshot;

    snprintf(path, sizeof path, "%s/special/missing-index/pack/pack-missing-index.pack",
             suite_fixtures());
    snapshot = sample_open(path, NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    ck_assert(has_made_index(snapshot));
    packread_snapshot_free(snapshot);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packs damaged");
    TCase *damage = tcase_create("damaged");

    tcase_add_test(damage, an_index_of_no_use_costs_no_objects);
    tcase_add_test(damage, an_index_is_left_as_it_is_on_demand);
    tcase_add_test(damage, a_pack_that_is_empty_is_refused);
    tcase_add_test(damage, a_pack_that_both_its_ends_speak_against_is_refused);
    tcase_add_test(damage, a_pack_with_one_damaged_end_serves_what_is_intact);
    tcase_add_test(damage, a_pack_that_was_cut_serves_what_is_left);
    tcase_add_loop_test(damage, a_damaged_header_beside_a_damaged_fanout_costs_no_objects, 0, 2);
    tcase_add_test(damage, a_pack_that_was_cut_and_has_a_damaged_fanout_serves_what_is_left);
    tcase_add_loop_test(damage, a_pack_with_a_damaged_header_serves_its_objects, 0, 4);
    tcase_add_test(damage, an_index_without_its_pack_is_refused);
    tcase_add_test(damage, a_pack_without_an_index_is_read);
    suite_add_tcase(suite, damage);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
