/* test_snapshot_folder.c - a folder of packs among which are other things: all that can be opened
 * is, and the rest is told or passed over. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "opening.h"
#include "samples.h"
#include "suite.h"

START_TEST(packs_that_cannot_be_opened_do_not_cost_the_others)
{
    char *folder = suite_scratch_path("");
    char *path;
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_object object;
    packread_error error;
    sample_truth truth;

    opening_copy_types("pack-good");
    opening_copy_types("pack-bad-index");
    path = suite_scratch_path("pack-bad-index.idx");
    suite_write_file(path, "not an index", 12);
    free(path);
    opening_copy_types("pack-fifo");
    path = suite_scratch_path("pack-fifo.pack");
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0666), 0);
    free(path);
    opening_copy_types("pack-no-pack");
    path = suite_scratch_path("pack-no-pack.pack");
    ck_assert_int_eq(unlink(path), 0);
    free(path);

    snapshot = sample_open(folder, NULL);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 2); /* that with the bad index too */
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 3);
    for (size_t i = 0; i < 3; i++) {
        const packread_error *problem = packread_snapshot_problem(snapshot, i);

        ck_assert_ptr_nonnull(problem);
        ck_assert_int_lt(problem->code, 0);
        ck_assert_ptr_null(strstr(problem->file, "pack-good"));
    }
    sample_truth_load(sample_find("packs/types"), &truth);
    reader = sample_reader(snapshot);
    for (size_t i = 0; i < truth.count; i++)
        sample_good(packread_reader_read(reader, &truth.objects[i].id, &object, &error), &error);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    free(folder);
}
END_TEST

/* Files that git leaves beside packs are not packs. */
START_TEST(other_files_in_a_folder_of_packs_are_passed_over)
{
    static const char *const others[] = {"pack-good.rev",  "pack-good.bitmap",
                                         "pack-good.keep", "pack-good.promisor",
                                         "tmp_pack_123",   ".idx",
                                         ".pack",          "README"};
    char *folder = suite_scratch_path("");

    opening_copy_types("pack-good");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char *path = suite_scratch_path(others[i]);

        suite_write_file(path, "anything", 8);
        free(path);
    }
    opening_gives(folder, 1, OPENING_TYPES_OBJECTS);
    free(folder);
}
END_TEST

START_TEST(a_pack_without_an_index_in_a_folder_is_told)
{
    char *folder = suite_scratch_path("");
    char *index = suite_scratch_path("pack-new.idx");
    packread_snapshot *snapshot;

    opening_copy_types("pack-good");
    opening_copy_types("pack-new");
    ck_assert_int_eq(unlink(index), 0);
    snapshot = sample_open(folder, NULL);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 1);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->code, PACKREAD_ERROR_NO_INDEX);
    ck_assert_ptr_nonnull(strstr(packread_snapshot_problem(snapshot, 0)->file, "pack-new"));
    packread_snapshot_free(snapshot);
    free(index);
    free(folder);
}
END_TEST

START_TEST(names_of_packs_may_hold_any_byte)
{
    static const char *const names[] = {
        "pack with space", "pack-\x1b[31m", "p\xc3\xa4",     "not\xffutf8", "-dash",
        "two.dots",        "two",           "two.dots.more", "two-"};
    char *folder = suite_scratch_path("");
    packread_snapshot *snapshot;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        opening_copy_types(names[i]);
    snapshot = sample_open(folder, NULL);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), sizeof names / sizeof *names);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    for (size_t i = 1; i < sizeof names / sizeof *names; i++) {
        packread_pack_info before = {.struct_size = sizeof before};
        packread_pack_info info = {.struct_size = sizeof info};

        ck_assert_int_eq(packread_snapshot_pack(snapshot, i - 1, &before), 0);
        ck_assert_int_eq(packread_snapshot_pack(snapshot, i, &info), 0);
        ck_assert_int_lt(strcmp(before.name, info.name), 0);
    }
    packread_snapshot_free(snapshot);
    free(folder);
}
END_TEST

/* What cannot be read is said, never left out in silence; what can is no problem. */
START_TEST(missing_alternates_are_told_and_loose_objects_are_no_problem)
{
    char *objects = suite_scratch_path("objects");
    char *pack = suite_scratch_path("objects/pack");
    char *loose = suite_scratch_path("objects/ab");
    char *info = suite_scratch_path("objects/info");
    char *alternates = suite_scratch_path("objects/info/alternates");
    packread_snapshot *snapshot;

    ck_assert_int_eq(mkdir(objects, 0777), 0);
    ck_assert_int_eq(mkdir(pack, 0777), 0);
    ck_assert_int_eq(mkdir(info, 0777), 0);
    snapshot = sample_open(objects, NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    packread_snapshot_free(snapshot);
    ck_assert_int_eq(mkdir(loose, 0777), 0);
    suite_write_file(alternates, "/somewhere/else\n", 16);
    snapshot = sample_open(objects, NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->code, PACKREAD_ERROR_SYSTEM);
    ck_assert_str_eq(packread_snapshot_problem(snapshot, 0)->file, "/somewhere/else");
    packread_snapshot_free(snapshot);
    free(objects);
    free(pack);
    free(loose);
    free(info);
    free(alternates);
}
END_TEST

START_TEST(the_objects_folder_is_told)
{
    char *objects = suite_scratch_path("objects");
    char *pack = suite_scratch_path("objects/pack");
    packread_folder_info info = {.struct_size = sizeof info};
    packread_snapshot *snapshot;

    ck_assert_int_eq(mkdir(objects, 0777), 0);
    ck_assert_int_eq(mkdir(pack, 0777), 0);
    snapshot = sample_open(objects, NULL);
    ck_assert_uint_eq(packread_snapshot_folders(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_folder(snapshot, 0, &info), 0);
    ck_assert_str_eq(info.path, objects);
    ck_assert(!info.is_alternate);
    ck_assert_int_eq(packread_snapshot_folder(snapshot, 1, &info), PACKREAD_ERROR_ARGUMENT);
    packread_snapshot_free(snapshot);
    free(objects);
    free(pack);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("snapshot folder");
    TCase *folder = tcase_create("folder");

    tcase_add_test(folder, packs_that_cannot_be_opened_do_not_cost_the_others);
    tcase_add_test(folder, other_files_in_a_folder_of_packs_are_passed_over);
    tcase_add_test(folder, a_pack_without_an_index_in_a_folder_is_told);
    tcase_add_test(folder, names_of_packs_may_hold_any_byte);
    tcase_add_test(folder, missing_alternates_are_told_and_loose_objects_are_no_problem);
    tcase_add_test(folder, the_objects_folder_is_told);
    suite_add_tcase(suite, folder);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
