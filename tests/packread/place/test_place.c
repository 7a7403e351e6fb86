/* test_place.c - every kind of place that may be named, and what each name opens. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "opening.h"
#include "samples.h"
#include "suite.h"

START_TEST(a_pack_and_its_index_open_the_same_one_pack)
{
    static const char *const names[] = {"pack/pack-types.pack", "pack/pack-types.idx"};
    char *path = sample_path(sample_find("packs/types"), names[_i]);
    char *beside = sample_path(sample_find("packs/duplicates"), "pack/pack-duplicates-2.idx");

    opening_gives(path, 1, OPENING_TYPES_OBJECTS);
    opening_gives(beside, 1, 4); /* not the pack that lies beside it */
    free(path);
    free(beside);
}
END_TEST

START_TEST(a_folder_of_packs_opens_them_all)
{
    char *path = sample_path(sample_find("packs/duplicates"), "pack");

    opening_gives(path, 2, 8);
    free(path);
}
END_TEST

START_TEST(an_objects_folder_opens_its_packs)
{
    char *path = sample_path(sample_find("packs/duplicates"), NULL);
    char *objects = sample_path(sample_find("repos/multi"), "objects");

    opening_gives(path, 2, 8);
    opening_gives(objects, 5, 6100 + 348);
    free(path);
    free(objects);
}
END_TEST

START_TEST(a_bare_repository_opens_its_packs)
{
    char *path = sample_path(sample_find("repos/multi"), NULL);

    opening_gives(path, 5, 6100 + 348);
    free(path);
}
END_TEST

START_TEST(a_slash_at_the_end_changes_nothing)
{
    char *folder = sample_path(sample_find("packs/duplicates"), "pack/");
    char *bare = sample_path(sample_find("repos/multi"), "/");

    opening_gives(folder, 2, 8);
    opening_gives(bare, 5, 6100 + 348);
    free(folder);
    free(bare);
}
END_TEST

/* Each of these leads to the one pack of the work tree's repository. */
START_TEST(work_trees_and_git_files_lead_to_the_repository)
{
    static const char *const places[] = {
        "repos/worktree/main",   "repos/worktree/main/.git",   "repos/worktree/main/.git/objects",
        "repos/worktree/linked", "repos/worktree/linked/.git",
    };
    char path[4096];
    sample_truth truth;

    sample_truth_load(sample_find("repos/worktree/main"), &truth);
    snprintf(path, sizeof path, "%s/%s", suite_fixtures(), places[_i]);
    opening_gives(path, 1, truth.count);
    sample_truth_free(&truth);
}
END_TEST

START_TEST(a_relative_git_file_leads_to_the_submodule)
{
    static const char *const places[] = {"sub", "sub/.git", ".git/modules/sub"};
    char *path = sample_path(sample_find("repos/worktree/main"), places[_i]);
    sample_truth truth;

    sample_truth_load(sample_find("repos/worktree/main/sub"), &truth);
    opening_gives(path, 1, truth.count);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

START_TEST(places_may_be_relative_to_the_current_folder)
{
    char *path = sample_path(sample_find("repos/worktree/main"), NULL);
    char *pack = sample_path(sample_find("packs/types"), "pack");
    sample_truth truth;

    sample_truth_load(sample_find("repos/worktree/main"), &truth);
    ck_assert_int_eq(chdir(path), 0);
    opening_gives(".", 1, truth.count);
    opening_gives(".git", 1, truth.count);
    ck_assert_int_eq(chdir("../linked"), 0);
    opening_gives(".", 1, truth.count);
    opening_gives(".git", 1, truth.count);
    ck_assert_int_eq(chdir(pack), 0);
    opening_gives("pack-types.pack", 1, OPENING_TYPES_OBJECTS);
    opening_gives("pack-types.idx", 1, OPENING_TYPES_OBJECTS);
    opening_gives(".", 1, OPENING_TYPES_OBJECTS);
    sample_truth_free(&truth);
    free(path);
    free(pack);
}
END_TEST

START_TEST(a_repository_without_packs_opens_empty)
{
    char *path = sample_path(sample_find("repos/empty"), NULL);

    opening_gives(path, 0, 0);
    free(path);
}
END_TEST

START_TEST(symbolic_links_are_followed)
{
    char *path = sample_path(sample_find("packs/types"), "pack");
    char *link = suite_scratch_path("link");

    ck_assert_int_eq(symlink(path, link), 0);
    opening_gives(link, 1, OPENING_TYPES_OBJECTS);
    free(path);
    free(link);
}
END_TEST

START_TEST(packs_are_numbered_by_name_and_described)
{
    char *path = sample_path(sample_find("packs/duplicates"), NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);

    for (size_t i = 0; i < 2; i++) {
        packread_pack_info info = {.struct_size = sizeof info};
        struct stat status;
        char name[64];

        snprintf(name, sizeof name, "pack-duplicates-%zu", i + 1);
        ck_assert_int_eq(packread_snapshot_pack(snapshot, i, &info), 0);
        ck_assert_str_eq(info.name, name);
        ck_assert_uint_eq(info.objects, 4);
        ck_assert_uint_eq(info.version, 2);
        ck_assert_uint_eq(info.index_version, 2);
        ck_assert_uint_eq(info.id_size, 20);
        ck_assert_int_eq(stat(info.path, &status), 0);
        ck_assert_uint_eq(info.size, (uint64_t)status.st_size);
        ck_assert_int_eq(stat(info.index_path, &status), 0);
        ck_assert_uint_eq(info.index_size, (uint64_t)status.st_size);
    }
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

START_TEST(versions_and_id_sizes_are_told)
{
    static const struct {
        const char *where;
        unsigned version;
        unsigned index_version;
        unsigned id_size;
    } packs[] = {{"packs/types", 2, 2, 20},     {"packs/index-v1", 2, 1, 20},
                 {"special/pack-v3", 3, 2, 20}, {"sha256/types", 2, 2, 32},
                 {"packs/empty-v1", 2, 1, 20},  {"packs/empty-v2", 2, 2, 20}};

    for (size_t i = 0; i < sizeof packs / sizeof *packs; i++) {
        char *path = sample_path(sample_find(packs[i].where), NULL);
        packread_snapshot *snapshot = sample_open(path, NULL);
        packread_pack_info info = {.struct_size = sizeof info};

        ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
        ck_assert_uint_eq(info.version, packs[i].version);
        ck_assert_uint_eq(info.index_version, packs[i].index_version);
        ck_assert_uint_eq(info.id_size, packs[i].id_size);
        packread_snapshot_free(snapshot);
        free(path);
    }
}
END_TEST

START_TEST(a_pack_past_the_end_is_an_argument_error)
{
    char *path = sample_path(sample_find("packs/types"), NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);
    packread_pack_info info = {.struct_size = sizeof info};

    ck_assert_int_eq(packread_snapshot_pack(snapshot, 1, &info), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_snapshot_pack(snapshot, SIZE_MAX, &info), PACKREAD_ERROR_ARGUMENT);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

START_TEST(nothing_may_be_freed)
{
    packread_snapshot_free(NULL);
    packread_reader_free(NULL);
}
END_TEST

START_TEST(null_and_unknown_options_are_argument_errors)
{
    char *path = sample_path(sample_find("packs/types"), NULL);
    packread_snapshot *snapshot = NULL;
    packread_reader *reader = NULL;
    packread_options options = {.memory_limit = (1 << 20) - 1};
    packread_error error;

    ck_assert_int_eq(packread_snapshot_open(NULL, NULL, &snapshot, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_snapshot_open(path, NULL, NULL, &error), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_snapshot_open(path, &options, &snapshot, &error),
                     PACKREAD_ERROR_ARGUMENT);
    options = (packread_options){.manager = (enum packread_manager)7};
    ck_assert_int_eq(packread_snapshot_open(path, &options, &snapshot, &error),
                     PACKREAD_ERROR_ARGUMENT);
    options = (packread_options){.io = (enum packread_io)7};
    ck_assert_int_eq(packread_snapshot_open(path, &options, &snapshot, &error),
                     PACKREAD_ERROR_ARGUMENT);
    options = (packread_options){.flags = 0x80};
    ck_assert_int_eq(packread_snapshot_open(path, &options, &snapshot, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_ptr_null(snapshot);
    ck_assert_int_eq(packread_reader_new(NULL, &reader, &error), PACKREAD_ERROR_ARGUMENT);
    ck_assert_ptr_null(reader);
    free(path);
}
END_TEST

START_TEST(nothing_stays_open_after_a_snapshot_is_freed)
{
    size_t before = opening_descriptors();
    char *path = sample_path(sample_find("repos/multi"), NULL);

    for (int i = 0; i < 20; i++) {
        packread_snapshot *snapshot = sample_open(path, NULL);

        sample_census(snapshot);
        packread_snapshot_free(snapshot);
    }
    ck_assert_uint_eq(opening_descriptors(), before);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("places");
    TCase *good = tcase_create("places");

    tcase_add_loop_test(good, a_pack_and_its_index_open_the_same_one_pack, 0, 2);
    tcase_add_test(good, a_folder_of_packs_opens_them_all);
    tcase_add_test(good, an_objects_folder_opens_its_packs);
    tcase_add_test(good, a_bare_repository_opens_its_packs);
    tcase_add_test(good, a_slash_at_the_end_changes_nothing);
    tcase_add_loop_test(good, work_trees_and_git_files_lead_to_the_repository, 0, 5);
    tcase_add_loop_test(good, a_relative_git_file_leads_to_the_submodule, 0, 3);
    tcase_add_test(good, places_may_be_relative_to_the_current_folder);
    tcase_add_test(good, a_repository_without_packs_opens_empty);
    tcase_add_test(good, symbolic_links_are_followed);
    tcase_add_test(good, packs_are_numbered_by_name_and_described);
    tcase_add_test(good, versions_and_id_sizes_are_told);
    tcase_add_test(good, a_pack_past_the_end_is_an_argument_error);
    tcase_add_test(good, nothing_may_be_freed);
    tcase_add_test(good, null_and_unknown_options_are_argument_errors);
    tcase_add_test(good, nothing_stays_open_after_a_snapshot_is_freed);
    suite_add_tcase(suite, good);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
