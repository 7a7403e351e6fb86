/* test_faults_open.c - places of every kind opened with any call failing: nothing is told of them
 * but that it failed, and nothing is kept. */
#include "repository.h"
#include "suite.h"
#include "trial.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    struct repository repository;
    int descriptor; /* of the pack, and its bytes */
    unsigned char *bytes;
    size_t size;
} scene;

static int open_place(const char *where, unsigned flags, struct trial *trial)
{
    const packread_options options = {.struct_size = sizeof options, .flags = flags};
    packread_snapshot *snapshot = NULL;
    packread_error error = {0};
    int status = packread_snapshot_open(where, &options, &snapshot, &error);

    if (status != 0) {
        ck_assert_ptr_null(snapshot);
        return trial_fail(trial, status, &error);
    }
    for (size_t i = 0; i < packread_snapshot_packs(snapshot); i++) {
        packread_pack_info info = {.struct_size = sizeof info};

        ck_assert_int_eq(packread_snapshot_pack(snapshot, i, &info), 0);
        trial_answer_path(trial, info.path);
        ck_assert_uint_ge(info.objects, 3);
    }
    for (size_t i = 0; i < packread_snapshot_problems(snapshot); i++) {
        const packread_error *problem = packread_snapshot_problem(snapshot, i);

        trial_tell(trial, problem->code, problem);
    }
    packread_snapshot_free(snapshot);
    return 0;
}

static int run_open_pack(void *context, struct trial *trial)
{
    (void)context;
    return open_place(scene.repository.pack, 0, trial);
}

static int run_open_index(void *context, struct trial *trial)
{
    (void)context;
    return open_place(scene.repository.index, 0, trial);
}

static int run_open_objects(void *context, struct trial *trial)
{
    (void)context;
    return open_place(scene.repository.objects, 0, trial);
}

static int run_open_bare(void *context, struct trial *trial)
{
    (void)context;
    return open_place(scene.repository.bare, 0, trial);
}

static int run_open_worktree(void *context, struct trial *trial)
{
    (void)context;
    return open_place(scene.repository.worktree, 0, trial);
}

static int run_open_alone(void *context, struct trial *trial)
{
    (void)context;
    return open_place(scene.repository.pack, PACKREAD_WITHOUT_INDEX, trial);
}

static const packread_options one_thread = {.struct_size = sizeof one_thread, .index_threads = 1};

static int tell_opened(int status, const packread_error *error, packread_snapshot *snapshot,
                       struct trial *trial)
{
    packread_pack_info info = {.struct_size = sizeof info};

    if (status != 0) {
        ck_assert_ptr_null(snapshot);
        return trial_fail(trial, status, error);
    }
    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
    trial_answer_number(trial, info.objects);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    packread_snapshot_free(snapshot);
    return 0;
}

static int run_open_derived(void *context, struct trial *trial)
{
    packread_snapshot *snapshot = NULL;
    packread_error error = {0};
    int status;

    (void)context;
    status = packread_snapshot_open_files(scene.descriptor, -1, &one_thread, &snapshot, &error);
    return tell_opened(status, &error, snapshot, trial);
}

static int run_open_bytes(void *context, struct trial *trial)
{
    packread_snapshot *snapshot = NULL;
    packread_error error = {0};
    int status;

    (void)context;
    status = packread_snapshot_open_bytes(scene.bytes, scene.size, NULL, 0, &one_thread, &snapshot,
                                          &error);
    return tell_opened(status, &error, snapshot, trial);
}

/* Its first entry is a commit, but says nothing of the hash: that is the one problem. */
static int run_open_cut(void *context, struct trial *trial)
{
    packread_options options = one_thread;
    packread_snapshot *snapshot = NULL;
    packread_error error = {0};
    int status;

    (void)context;
    options.flags |= PACKREAD_WITHOUT_INDEX;
    status = packread_snapshot_open_bytes(scene.bytes, scene.size - 3, NULL, 0, &options, &snapshot,
                                          &error);
    if (status != 0)
        return trial_fail(trial, status, &error);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    trial_tell(trial, PACKREAD_ERROR_ASSUMED, packread_snapshot_problem(snapshot, 0));
    packread_snapshot_free(snapshot);
    return 0;
}

static const struct operation operations[] = {
    {"open a pack", NULL, run_open_pack, NULL},
    {"open an index", NULL, run_open_index, NULL},
    {"open an objects folder", NULL, run_open_objects, NULL},
    {"open a bare repository", NULL, run_open_bare, NULL},
    {"open a linked work tree", NULL, run_open_worktree, NULL},
    {"open by descriptor, and make an index", NULL, run_open_derived, NULL},
    {"open over bytes, and make an index", NULL, run_open_bytes, NULL},
    {"open what is cut", NULL, run_open_cut, NULL},
    {"open without index", NULL, run_open_alone, NULL},
};
#define OPERATIONS (int)(sizeof operations / sizeof *operations)

static void hold_pack(void)
{
    struct stat info;

    scene.descriptor = open(scene.repository.pack, O_RDONLY | O_CLOEXEC);
    ck_assert(scene.descriptor >= 0 && fstat(scene.descriptor, &info) == 0);
    scene.size = (size_t)info.st_size;
    scene.bytes = malloc(scene.size);
    ck_assert_ptr_nonnull(scene.bytes);
    ck_assert_int_eq(pread(scene.descriptor, scene.bytes, scene.size, 0), info.st_size);
}

START_TEST(every_way_to_open_survives_every_failure)
{
    repository_make(&scene.repository, REPOSITORY_BIG);
    hold_pack();
    trial_run(&operations[_i], fault_step());
    free(scene.bytes);
    close(scene.descriptor);
    repository_free(&scene.repository);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults: open");
    TCase *cases = tcase_create("faults");

    tcase_add_loop_test(cases, every_way_to_open_survives_every_failure, 0, OPERATIONS);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
