/* test_repository.c - what is known of a repository from its files, and that odd and hostile ones
 * end in an error: chains of .git files, what is in commondir's or config's place. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "opening.h"
#include "place/repository.h"
#include "samples.h"
#include "suite.h"

static pkr_budget budget;

static void begin(void)
{
    memset(&budget, 0, sizeof budget);
    ck_assert_int_eq(pkr_budget_begin(&budget, 64 << 20, NULL), 0);
}

static void end(void)
{
    ck_assert_uint_eq(pkr_budget_used(&budget), 0);
    pkr_budget_let_go(&budget);
}

static void make_folder(const char *name)
{
    char *path = suite_scratch_path(name);

    ck_assert_int_eq(mkdir(path, 0777), 0);
    free(path);
}

/* main/.git with this configuration, and linked.git, a work tree's of it. */
static void make(const char *config)
{
    make_folder("main");
    make_folder("main/.git");
    make_folder("main/.git/objects");
    make_folder("main/.git/refs");
    make_folder("linked.git");
    suite_scratch_write("main/.git/HEAD", "ref: refs/heads/main\n");
    suite_scratch_write("main/.git/config", config);
    suite_scratch_write("linked.git/HEAD", "ref: refs/heads/other\n");
    suite_scratch_write("linked.git/commondir", "../main/.git\r\n\n");
    suite_scratch_write("linked.git/gitdir", "/some where/.git\n");
}

static pkr_repository *open_good(const char *name, const char *work_tree)
{
    char *path = suite_scratch_path(name);
    pkr_repository *repository = NULL;
    packread_error error;

    sample_good(pkr_repository_open(
                    &budget, &(pkr_repository_wanted){.git_dir = path, .work_tree = work_tree},
                    &repository, &error),
                &error);
    free(path);
    return repository;
}

static packread_error open_bad(const char *name, int code)
{
    char *path = suite_scratch_path(name);
    pkr_repository *repository = NULL;
    packread_error error = {0};

    ck_assert_int_eq(pkr_repository_open(&budget, &(pkr_repository_wanted){.git_dir = path},
                                         &repository, &error),
                     code);
    ck_assert_int_eq(error.code, code);
    ck_assert_ptr_null(repository);
    free(path);
    return error;
}

static void ends_with(const char *text, const char *ending)
{
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_ge(strlen(text), strlen(ending));
    ck_assert_str_eq(text + strlen(text) - strlen(ending), ending);
}

START_TEST(the_main_repository_is_told)
{
    pkr_repository *repository;

    make("[core]\nrepositoryformatversion = 1\nbare = false\n[extensions]\nobjectformat = sha256\n"
         "refstorage = reftable://elsewhere\n[remote \"far\"]\npromisor\n");
    suite_scratch_write("main/.git/shallow", "");
    repository = open_good("main/.git", "the tree");
    ends_with(repository->git_dir, "/main/.git");
    ck_assert_str_eq(repository->git_dir, repository->common_dir);
    ends_with(repository->objects, "/main/.git/objects");
    ck_assert_str_eq(repository->work_tree, "the tree");
    ck_assert_uint_eq(repository->id_size, 32);
    ck_assert(repository->tells_id_size);
    ck_assert_int_eq(repository->ref_storage, PKR_REFS_REFTABLE);
    ck_assert_str_eq(repository->refs_folder, "elsewhere");
    ck_assert_str_eq(repository->promisor, "far");
    ck_assert(repository->is_shallow);
    pkr_repository_free(repository);
    repository = open_good("main/.git", NULL);
    ends_with(repository->work_tree, "/main");
    pkr_repository_free(repository);
}
END_TEST

START_TEST(where_refs_are_can_be_said_from_outside)
{
    char *path = suite_scratch_path("main/.git");
    pkr_repository_wanted wanted = {.git_dir = path, .refs = "files://../else where"};
    pkr_repository *repository = NULL;
    packread_error error;

    make("[core]\nrepositoryformatversion = 1\n[extensions]\nrefstorage = reftable://elsewhere\n");
    sample_good(pkr_repository_open(&budget, &wanted, &repository, &error), &error);
    ck_assert_int_eq(repository->ref_storage, PKR_REFS_FILES);
    ck_assert_str_eq(repository->refs_folder, "../else where");
    pkr_repository_free(repository);
    /* Without a version, too. */
    suite_scratch_write("main/.git/config", "");
    wanted.refs = "reftable";
    sample_good(pkr_repository_open(&budget, &wanted, &repository, &error), &error);
    ck_assert_int_eq(repository->ref_storage, PKR_REFS_REFTABLE);
    ck_assert_ptr_null(repository->refs_folder);
    pkr_repository_free(repository);
    repository = NULL;
    wanted.refs = "newest";
    ck_assert_int_eq(pkr_repository_open(&budget, &wanted, &repository, &error),
                     PACKREAD_ERROR_UNSUPPORTED);
    ck_assert_ptr_null(repository);
    ends_with(error.file, "/main/.git");
    ck_assert_ptr_nonnull(strstr(error.text, "GIT_REFERENCE_BACKEND"));
    free(path);
}
END_TEST

START_TEST(a_linked_work_tree_is_told)
{
    pkr_repository *repository;

    make("[core]\nrepositoryformatversion = 0\nbare = true\nworktree = /not/this\n"
         "[extensions]\npartialclone = far\n");
    repository = open_good("linked.git", NULL);
    ends_with(repository->git_dir, "/linked.git");
    ends_with(repository->common_dir, "/main/.git");
    ends_with(repository->objects, "/main/.git/objects");
    ends_with(repository->work_tree, "/some where/");
    ck_assert_uint_eq(repository->id_size, 20);
    ck_assert_int_eq(repository->ref_storage, PKR_REFS_FILES);
    ck_assert_ptr_null(repository->refs_folder);
    ck_assert_str_eq(repository->promisor, "far");
    ck_assert(!repository->is_shallow);
    pkr_repository_free(repository);
}
END_TEST

START_TEST(the_configuration_says_where_the_work_tree_is)
{
    pkr_repository *repository;

    make("[core]\nrepositoryformatversion = 0\nworktree = ../../sub\n");
    repository = open_good("main/.git", "other");
    ends_with(repository->work_tree, "/sub");
    pkr_repository_free(repository);
    suite_scratch_write("main/.git/config", "[core]\nrepositoryformatversion = 0\nbare\n");
    repository = open_good("main/.git", "other");
    ck_assert_ptr_null(repository->work_tree);
    pkr_repository_free(repository);
    suite_scratch_write(
        "main/.git/config",
        "[core]\nrepositoryformatversion = 0\nbare\n[extensions]\nworktreeconfig\n");
    suite_scratch_write("main/.git/config.worktree", "[core]\nworktree = /mine\n");
    repository = open_good("main/.git", NULL);
    ck_assert_str_eq(repository->work_tree, "/mine");
    pkr_repository_free(repository);
}
END_TEST

START_TEST(a_missing_configuration_tells_nothing)
{
    char *config;
    pkr_repository *repository;

    make("");
    config = suite_scratch_path("main/.git/config");
    ck_assert_int_eq(unlink(config), 0);
    repository = open_good("main/.git", NULL);
    ck_assert_uint_eq(repository->id_size, 20);
    ck_assert(!repository->tells_id_size);
    ck_assert_ptr_null(repository->work_tree);
    ck_assert_ptr_null(repository->promisor);
    pkr_repository_free(repository);
    free(config);
}
END_TEST

START_TEST(what_may_not_be_read_is_refused_with_file_and_reason)
{
    packread_error error;

    make("[core]\nrepositoryformatversion = 1\n[extensions]\nunheardOf\n");
    error = open_bad("linked.git", PACKREAD_ERROR_UNSUPPORTED);
    ends_with(error.file, "/main/.git/config");
    ck_assert_ptr_nonnull(strstr(error.text, "'unheardof'"));
    suite_scratch_write("main/.git/config", "[core]\nrepositoryformatversion = 0\n oops\"\n");
    error = open_bad("main/.git", PACKREAD_ERROR_CORRUPT);
    ck_assert_ptr_nonnull(strstr(error.text, "line 3"));
}
END_TEST

/* What takes the place of a file, and how that is told. */
static void replace(const char *name, int kind)
{
    char *path = suite_scratch_path(name);

    ck_assert(unlink(path) == 0 || rmdir(path) == 0);
    switch (kind) {
    case 0:
        ck_assert_int_eq(mkfifo(path, 0666), 0);
        break;
    case 1:
        ck_assert_int_eq(symlink("/dev/zero", path), 0);
        break;
    case 2:
        ck_assert_int_eq(mkdir(path, 0777), 0);
        break;
    default:
        suite_write_file(path, "x", 1);
        ck_assert_int_eq(truncate(path, INT64_C(1) << 40), 0);
        break;
    }
    free(path);
}

START_TEST(odd_things_in_the_place_of_files_are_never_waited_for)
{
    make("");
    replace("main/.git/config", _i);
    open_bad("main/.git", _i < 3 ? PACKREAD_ERROR_NOT_REGULAR : PACKREAD_ERROR_UNSUPPORTED);
    replace("linked.git/commondir", _i);
    open_bad("linked.git", PACKREAD_ERROR_NOT_A_PLACE);
}
END_TEST

START_TEST(git_files_are_followed_once)
{
    char *work = suite_scratch_path("work");
    char *chained = suite_scratch_path("chained");

    make("");
    make_folder("work");
    make_folder("chained");
    suite_scratch_write("work/.git", "gitdir: ../linked.git\n\r\n");
    opening_gives(work, 0, 0);
    /* git follows no chain either. */
    suite_scratch_write("chained/.git", "gitdir: ../work\n");
    opening_refused(chained, PACKREAD_ERROR_NOT_A_PLACE);
    suite_scratch_write("chained/.git", "gitdir: ../work/.git\n");
    opening_refused(chained, PACKREAD_ERROR_NOT_A_PLACE);
    suite_scratch_write("linked.git/commondir", "../linked.git\n");
    opening_refused(work, PACKREAD_ERROR_NOT_A_PLACE);
    suite_scratch_write("linked.git/commondir", "/no/such/folder\n");
    opening_refused(work, PACKREAD_ERROR_SYSTEM);
    free(work);
    free(chained);
}
END_TEST

START_TEST(ids_of_another_size_than_the_repository_s_are_refused)
{
    const packread_options options = {.struct_size = sizeof options, .id_size = 20};
    packread_snapshot *snapshot = NULL;
    char *path = suite_scratch_path("main");

    make("[core]\nrepositoryformatversion = 1\n[extensions]\nobjectformat = sha256\n");
    ck_assert_int_eq(packread_snapshot_open(path, &options, &snapshot, NULL),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_ptr_null(snapshot);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("repository");
    TCase *files = tcase_create("files");

    tcase_add_checked_fixture(files, begin, end);
    tcase_add_test(files, the_main_repository_is_told);
    tcase_add_test(files, where_refs_are_can_be_said_from_outside);
    tcase_add_test(files, a_linked_work_tree_is_told);
    tcase_add_test(files, the_configuration_says_where_the_work_tree_is);
    tcase_add_test(files, a_missing_configuration_tells_nothing);
    tcase_add_test(files, what_may_not_be_read_is_refused_with_file_and_reason);
    tcase_add_loop_test(files, odd_things_in_the_place_of_files_are_never_waited_for, 0, 4);
    tcase_add_test(files, git_files_are_followed_once);
    tcase_add_test(files, ids_of_another_size_than_the_repository_s_are_refused);
    suite_add_tcase(suite, files);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
