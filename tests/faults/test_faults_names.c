/* test_faults_names.c - names and refs with any call below failing: nothing is missing in silence,
 * and the next look has it all. */
#include "made_reftable.h"
#include "samples.h"
#include "stage.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAIN "20d70a6500320150d9d7385225266bb4d66cde97"
#define NOTHING "9e9cf11b10a93086445b6fe98165ac5354ad656b"
#define TABLES "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefstorage = reftable\n"

/* A repository with the objects of a fixture. */
static void make(const char *config)
{
    char *objects = sample_path(sample_find("repos/small"), "objects");
    char *link = suite_scratch_path("r/objects");

    suite_scratch_write("r/HEAD", "ref: refs/heads/main\n");
    suite_scratch_write("r/config", config);
    if (access(link, F_OK) != 0) {
        char *full = realpath(objects, NULL);

        ck_assert_ptr_nonnull(full);
        ck_assert_int_eq(symlink(full, link), 0);
        free(full);
    }
    free(objects);
    free(link);
}

static void make_files(void)
{
    make("");
    suite_scratch_write("r/refs/heads/loose", MAIN "\n");
    suite_scratch_write("r/refs/heads/deep/er", "ref: refs/heads/loose\n");
    suite_scratch_write("r/refs/replace/" NOTHING, MAIN "\n");
    suite_scratch_write("r/refs/broken", "nonsense");
    suite_scratch_write("r/shallow", NOTHING "\n");
    suite_scratch_write("r/info/grafts", NOTHING " " MAIN "\n");
    suite_scratch_write("r/packed-refs", "# pack-refs with: peeled fully-peeled sorted \n" MAIN
                                         " refs/heads/main\n" NOTHING " refs/heads/nothing\n");
}

static void make_tables(void)
{
    static const struct made_ref first[] = {
        {.name = "HEAD", .kind = 3, .target = "refs/heads/a"},
        {.name = "refs/heads/a", .kind = 1, .id = 0x11},
        {.name = "refs/heads/b", .kind = 2, .id = 0x22, .peeled = 0x33},
    };
    static const struct made_ref second[] = {{.name = "refs/heads/b", .kind = 0}};
    const struct made_reftable layout = {
        .version = 1, .id_size = 20, .block_size = 4096, .restart_each = 2};

    make(TABLES);
    for (int i = 0; i < 2; i++) {
        char *path = suite_scratch_path(i ? "r/reftable/2.ref" : "r/reftable/1.ref");
        size_t size;
        unsigned char *bytes =
            made_reftable_write(&layout, i ? second : first, i ? 1 : 3, &size, NULL);

        suite_scratch_write("r/reftable/tables.list", "1.ref\n2.ref\n");
        suite_write_file(path, bytes, size);
        free(bytes);
        free(path);
    }
}

static void *begin(void)
{
    const packread_options options = {.struct_size = sizeof options,
                                      .flags = PACKREAD_NO_ENVIRONMENT};
    char *path = suite_scratch_path("r");
    struct stage *made = stage_begin(sample_open(path, &options));

    free(path);
    return made;
}

static bool is_expected(int status)
{
    return status == PACKREAD_ERROR_NOT_FOUND;
}

static int resolve(const struct stage *stage, struct trial *trial, const char *const *names,
                   size_t count)
{
    for (size_t i = 0; i < count; i++) {
        packread_name found = {.struct_size = sizeof found};
        packread_error error = {0};
        int status = packread_reader_resolve(stage->reader, names[i], strlen(names[i]),
                                             i % 2 ? PACKREAD_FOLLOW_SYMLINKS : 0, &found, &error);

        if (is_expected(status)) {
            trial_answer_number(trial, 1);
            continue;
        }
        if (status != 0)
            return trial_fail(trial, status, &error);
        trial_answer(trial, found.id.bytes, found.id.size);
        trial_answer(trial, found.contents.bytes, found.contents.size);
        trial_answer_number(trial, found.mode);
    }
    return 0;
}

/* A few at a time: each of their calls fails in turn, and all are made anew each time. */
#define NAMES 3
static const char *const file_names[][NAMES] = {
    {"HEAD", "main^{tree}", "main:folder/"},           {"main:a", "deep/er", "nothing"},
    {"nosuch", "nothing^{commit}~1", "loose~1"},       {MAIN, "20d70a65", "20d70a65^{tree}"},
    {"x-1-g20d70a65", "HEAD:nosuch", "main:a/nosuch"}, {"refs/heads/main", "loose^0", "FETCH_HEAD"},
};
#define FILE_NAMES (int)(sizeof file_names / sizeof *file_names)
static const char *const *chosen;

static int run_files(void *context, struct trial *trial)
{
    return resolve(context, trial, chosen, NAMES);
}

static int run_tables(void *context, struct trial *trial)
{
    static const char *const names[] = {"HEAD", "a", "b", "worktrees/w/HEAD", "nosuch"};

    return resolve(context, trial, names, sizeof names / sizeof *names);
}

static int take(void *context, const packread_ref *ref, const packread_error *error)
{
    struct trial *trial = context;
    char text[256];
    int length;

    if (error) {
        trial_tell(trial, error->code, error);
        return 0;
    }
    length = snprintf(text, sizeof text, "%s %d %s", ref->name, ref->id.bytes[0],
                      ref->target ? ref->target : "");
    trial_answer(trial, text, (size_t)length);
    return 0;
}

static int run_list(void *context, struct trial *trial)
{
    const struct stage *stage = context;
    packread_error error = {0};
    int status = packread_snapshot_refs(stage->snapshot, take, trial, &error);

    /* Of the one that is broken, as without faults. */
    if (status == PACKREAD_ERROR_CORRUPT)
        return 0;
    return status == 0 ? 0 : trial_fail(trial, status, &error);
}

static int take_candidate(void *context, const packread_id *id, enum packread_type type)
{
    trial_answer(context, id->bytes, id->size);
    trial_answer_number(context, type);
    return 0;
}

static int run_candidates(void *context, struct trial *trial)
{
    const struct stage *stage = context;
    packread_error error = {0};
    int status = packread_reader_each_candidate(stage->reader, "20d70a65^{tree}", 15, 0,
                                                take_candidate, trial, &error);

    return status == 0 ? 0 : trial_fail(trial, status, &error);
}

static const struct {
    void (*make)(void);
    struct operation operation;
} rows[] = {
    {make_files, {"list refs in files", begin, run_list, stage_end}},
    {make_files, {"candidates", begin, run_candidates, stage_end}},
    {make_tables, {"names, refs in tables", begin, run_tables, stage_end}},
    {make_tables, {"list refs in tables", begin, run_list, stage_end}},
};

START_TEST(every_look_for_a_name_survives_every_failure)
{
    rows[_i].make();
    trial_run(&rows[_i].operation, fault_step());
}
END_TEST

START_TEST(names_of_files_survive_every_failure)
{
    static const struct operation operation = {"names, refs in files", begin, run_files, stage_end};

    chosen = file_names[_i];
    make_files();
    trial_run(&operation, fault_step());
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults: names");
    TCase *cases = tcase_create("faults");

    tcase_add_loop_test(cases, every_look_for_a_name_survives_every_failure, 0,
                        (int)(sizeof rows / sizeof *rows));
    tcase_add_loop_test(cases, names_of_files_survive_every_failure, 0, FILE_NAMES);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
