/* test_snapshot_repository.c - what a snapshot knows of its repository: bare ones, work trees,
 * linked ones, partial and shallow clones; packs alone are of none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "opening.h"
#include "samples.h"
#include "suite.h"

static void make_folder(const char *name)
{
    char *path = suite_scratch_path(name);

    ck_assert_int_eq(mkdir(path, 0777), 0);
    free(path);
}

static void make_file(const char *name, const char *text)
{
    char *path = suite_scratch_path(name);

    suite_write_file(path, text, strlen(text));
    free(path);
}

/* What is known of the repository that `name` in the scratch folder leads to. */
static packread_snapshot *ask(const char *name, packread_repository_info *info)
{
    char *path = suite_scratch_path(name);
    packread_snapshot *snapshot = sample_open(path, NULL);

    *info = (packread_repository_info){.struct_size = sizeof *info};
    ck_assert_int_eq(packread_snapshot_repository(snapshot, info), 0);
    free(path);
    return snapshot;
}

static void ends_with(const char *text, const char *end)
{
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_ge(strlen(text), strlen(end));
    ck_assert_str_eq(text + strlen(text) - strlen(end), end);
}

/* A git dir with no more than what makes it one. */
static void make_git_dir(const char *name, const char *config)
{
    char path[64];

    make_folder(name);
    snprintf(path, sizeof path, "%s/objects", name);
    make_folder(path);
    snprintf(path, sizeof path, "%s/refs", name);
    make_folder(path);
    snprintf(path, sizeof path, "%s/HEAD", name);
    make_file(path, "ref: refs/heads/main\n");
    snprintf(path, sizeof path, "%s/config", name);
    make_file(path, config);
}

START_TEST(a_bare_repository_has_no_work_tree)
{
    packread_repository_info info;
    packread_snapshot *snapshot;

    make_git_dir("bare", "[core]\n\tbare = true\n");
    snapshot = ask("bare", &info);
    ck_assert_ptr_null(info.work_tree);
    ends_with(info.git_dir, "/bare");
    ck_assert_str_eq(info.git_dir, info.common_dir);
    ck_assert_ptr_null(info.promisor);
    ck_assert(!info.is_shallow);
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(a_work_tree_is_known_from_any_folder_in_it)
{
    packread_repository_info info;
    packread_snapshot *snapshot;

    make_folder("tree");
    make_folder("tree/inside");
    make_git_dir("tree/.git", "[core]\n\tbare = false\n");
    for (unsigned i = 0; i < 2; i++) {
        snapshot = ask(i == 0 ? "tree" : "tree/inside", &info);
        ends_with(info.work_tree, "/tree");
        ends_with(info.git_dir, "/tree/.git");
        packread_snapshot_free(snapshot);
    }
}
END_TEST

START_TEST(a_linked_work_tree_has_a_git_dir_of_its_own)
{
    packread_repository_info info;
    packread_snapshot *snapshot;

    make_git_dir("main", "");
    make_folder("main/worktrees");
    make_folder("main/worktrees/linked");
    make_file("main/worktrees/linked/HEAD", "ref: refs/heads/other\n");
    make_file("main/worktrees/linked/commondir", "../..\n");
    make_folder("linked");
    make_file("linked/.git", "gitdir: ../main/worktrees/linked\n");
    snapshot = ask("linked", &info);
    ends_with(info.git_dir, "/main/worktrees/linked");
    ck_assert_str_ne(info.git_dir, info.common_dir);
    ck_assert_ptr_nonnull(info.work_tree);
    ck_assert_ptr_nonnull(strstr(info.work_tree, "/linked"));
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(what_is_not_there_was_promised_by_a_remote_or_cut_off)
{
    packread_repository_info info;
    packread_snapshot *snapshot;

    make_git_dir("partial", "[core]\n\trepositoryformatversion = 1\n"
                            "[extensions]\n\tpartialclone = the-remote\n");
    snapshot = ask("partial", &info);
    ck_assert_ptr_nonnull(info.promisor);
    ck_assert_str_eq(info.promisor, "the-remote");
    packread_snapshot_free(snapshot);

    make_git_dir("shallow", "");
    make_file("shallow/shallow", "0123456789012345678901234567890123456789\n");
    snapshot = ask("shallow", &info);
    ck_assert(info.is_shallow);
    ck_assert_ptr_null(info.promisor);
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(packs_alone_are_of_no_repository)
{
    packread_repository_info info = {.struct_size = sizeof info};
    char *folder = suite_scratch_path("");
    packread_snapshot *snapshot;

    opening_copy_types("pack-good");
    snapshot = sample_open(folder, NULL);
    ck_assert_int_eq(packread_snapshot_repository(snapshot, &info), PACKREAD_ERROR_NOT_FOUND);
    packread_snapshot_free(snapshot);
    free(folder);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("snapshot repository");
    TCase *asked = tcase_create("repository");

    tcase_add_test(asked, a_bare_repository_has_no_work_tree);
    tcase_add_test(asked, a_work_tree_is_known_from_any_folder_in_it);
    tcase_add_test(asked, a_linked_work_tree_has_a_git_dir_of_its_own);
    tcase_add_test(asked, what_is_not_there_was_promised_by_a_remote_or_cut_off);
    tcase_add_test(asked, packs_alone_are_of_no_repository);
    suite_add_tcase(suite, asked);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
