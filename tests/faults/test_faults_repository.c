/* test_faults_repository.c - finding a repository, reading its configuration and what it borrows,
 * and looking again, with each of the calls failing. */
#include "repository.h"
#include "samples.h"
#include "suite.h"
#include "trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COME_BY_A_LIST 5 /* answers: three folders, two packs */

static struct repository scene;
static char *top;   /* a work tree whose .git file leads to the bare one, by a linked git dir */
static char *below; /* a folder in it */
static char *main_tree;
static char *borrower; /* borrows from another, that from the bare one, and from a link to that */
static char *names;    /* its list */
static char *lender;

static void make_folder(const char *name)
{
    char *path = suite_scratch_path(name);

    ck_assert_int_eq(mkdir(path, 0755), 0);
    free(path);
}

/* A repository without packs of its own. */
static void make_borrower(const char *name, const char *alternates)
{
    static const char *const folders[] = {
        "", "/.git", "/.git/refs", "/.git/objects", "/.git/objects/info", "/.git/objects/pack"};
    char path[256];

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s%s", name, folders[i]);
        make_folder(path);
    }
    snprintf(path, sizeof path, "%s/.git/HEAD", name);
    suite_scratch_write(path, "ref: refs/heads/main\n");
    snprintf(path, sizeof path, "%s/.git/objects/info/alternates", name);
    suite_scratch_write(path, alternates);
    snprintf(path, sizeof path, "%s/.git/config", name);
    suite_scratch_write(path, "[core]\n\trepositoryformatversion = 1\n\tbare = false\n"
                              "[extensions]\n\tobjectformat = sha1\n\tworktreeconfig\n"
                              "\tpartialclone = origin\n");
    snprintf(path, sizeof path, "%s/.git/config.worktree", name);
    suite_scratch_write(path, "[core]\n\tbare = false\n");
}

static void make_scene(void)
{
    char *from;
    char *to;

    repository_make(&scene, REPOSITORY_BIG);
    suite_scratch_write("repo.git/config", "[core]\nrepositoryformatversion = 0\nbare = true\n");
    suite_scratch_write("linked.git/gitdir", "../work/.git\n");
    make_folder("repo.git/refs");
    make_folder("work/below");
    make_borrower("second", "../../../repo.git/objects\n");
    make_borrower("first", "# first of all\n\"../../../second/.git/obj\\145cts\"\n"
                           "../../../objects-link\n../../../second/.git/objects\n");
    from = suite_scratch_path("objects-link");
    to = suite_scratch_path("repo.git/objects");
    ck_assert_int_eq(symlink(to, from), 0);
    free(from);
    free(to);
    make_folder("first/below");
    top = scene.worktree;
    below = suite_scratch_path("work/below");
    main_tree = suite_scratch_path("first/below");
    borrower = suite_scratch_path("first/.git/objects");
    names = suite_scratch_path("first/.git/objects/info/alternates");
    lender = suite_scratch_path("second/.git/objects");
}

static void free_scene(void)
{
    free(below);
    free(main_tree);
    free(borrower);
    free(names);
    free(lender);
    repository_free(&scene);
}

static int tell_all(packread_snapshot *snapshot, struct trial *trial)
{
    packread_repository_info repository = {.struct_size = sizeof repository};

    for (size_t i = 0; i < packread_snapshot_packs(snapshot); i++) {
        packread_pack_info info = {.struct_size = sizeof info};

        ck_assert_int_eq(packread_snapshot_pack(snapshot, i, &info), 0);
        trial_answer_path(trial, info.path);
    }
    for (size_t i = 0; i < packread_snapshot_folders(snapshot); i++) {
        packread_folder_info info = {.struct_size = sizeof info};

        ck_assert_int_eq(packread_snapshot_folder(snapshot, i, &info), 0);
        trial_answer_path(trial, info.path);
        ck_assert(info.is_alternate == (i > 0));
    }
    if (packread_snapshot_repository(snapshot, &repository) == 0) {
        trial_answer_path(trial, repository.git_dir);
        trial_answer_path(trial, repository.common_dir);
        if (repository.promisor)
            trial_answer(trial, repository.promisor, strlen(repository.promisor));
    }
    for (size_t i = 0; i < packread_snapshot_problems(snapshot); i++) {
        const packread_error *problem = packread_snapshot_problem(snapshot, i);

        if (strstr(problem->text, "loose"))
            continue;
        /* A list that cannot be read costs all the folders and packs that come by it. */
        for (int most = strstr(problem->file, ".pack") ? 1 : COME_BY_A_LIST; most > 0; most--)
            trial_tell(trial, problem->code, problem);
    }
    return 0;
}

static int open_it(const char *where, struct trial *trial)
{
    packread_snapshot *snapshot = NULL;
    packread_error error = {0};
    int status = packread_snapshot_open(where, NULL, &snapshot, &error);

    if (status != 0) {
        ck_assert_ptr_null(snapshot);
        return trial_fail(trial, status, &error);
    }
    tell_all(snapshot, trial);
    trial_free_snapshot(snapshot);
    return 0;
}

static int run_top(void *context, struct trial *trial)
{
    (void)context;
    return open_it(top, trial);
}

static int run_below(void *context, struct trial *trial)
{
    (void)context;
    return open_it(below, trial);
}

static int run_borrower(void *context, struct trial *trial)
{
    (void)context;
    return open_it(borrower, trial);
}

static int run_main_tree(void *context, struct trial *trial)
{
    (void)context;
    return open_it(main_tree, trial);
}

static int run_environment(void *context, struct trial *trial)
{
    int status;

    (void)context;
    ck_assert_int_eq(setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", borrower, 1), 0);
    ck_assert_int_eq(setenv("GIT_OBJECT_DIRECTORY", lender, 1), 0);
    ck_assert_int_eq(setenv("GIT_REFERENCE_BACKEND", "files://../elsewhere", 1), 0);
    status = open_it(scene.bare, trial);
    ck_assert_int_eq(unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES"), 0);
    ck_assert_int_eq(unsetenv("GIT_OBJECT_DIRECTORY"), 0);
    ck_assert_int_eq(unsetenv("GIT_REFERENCE_BACKEND"), 0);
    return status;
}

/* By a path that is relative, and has to be fixed to where the process is. */
static int run_relative(void *context, struct trial *trial)
{
    (void)context;
    ck_assert_int_eq(chdir(below), 0);
    return open_it("..", trial);
}

static void *begin_snapshot(void)
{
    return sample_open(borrower, NULL);
}

static void end_snapshot(void *context)
{
    trial_free_snapshot(context);
}

/* The list loses what it names, and gets it back. */
static int run_refresh(void *context, struct trial *trial)
{
    static const char *const lists[] = {"", "../../../second/.git/objects\n"};
    packread_snapshot *snapshot = context;
    packread_error error = {0};
    int failed = 0;

    for (size_t i = 0; i < 2; i++) {
        bool changed;
        int status;

        suite_write_file(names, lists[i], strlen(lists[i]));
        status = packread_snapshot_refresh(snapshot, &changed, &error);
        if (status != 0 && failed == 0)
            failed = trial_fail(trial, status, &error);
    }
    if (failed == 0) {
        packread_id id = scene.ids[0];
        packread_reader *reader = NULL;
        packread_location location;

        failed = packread_reader_new(snapshot, &reader, &error);
        if (failed == 0)
            failed = packread_reader_find(reader, &id, &location, &error);
        packread_reader_free(reader);
        if (failed != 0)
            return trial_fail(trial, failed, &error);
        trial_answer(trial, id.bytes, id.size);
    }
    return failed;
}

static const struct operation operations[] = {
    {"open a linked work tree", NULL, run_top, NULL},
    {"open below a linked work tree", NULL, run_below, NULL},
    {"open a relative path", NULL, run_relative, NULL},
    {"open below a work tree that borrows", NULL, run_main_tree, NULL},
    {"open an objects folder that borrows", NULL, run_borrower, NULL},
    {"open by the environment", NULL, run_environment, NULL},
    {"refresh after the list changed", begin_snapshot, run_refresh, end_snapshot},
};
#define OPERATIONS (int)(sizeof operations / sizeof *operations)

START_TEST(finding_a_repository_survives_every_failure)
{
    trial_run(&operations[_i], suite_number("STEP", 1));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults repository");
    TCase *faults = tcase_create("faults");

    tcase_add_checked_fixture(faults, make_scene, free_scene);
    tcase_add_loop_test(faults, finding_a_repository_survives_every_failure, 0, OPERATIONS);
    suite_add_tcase(suite, faults);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
