/* test_faults_midx.c - a folder with a chain of multi-pack-indexes, a .rev and a .mtimes, and with
 * so many packs that a map of ids is made: opened, asked, looked at again and verified with any
 * call failing in turn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "made_pack.h"
#include "midx_folder.h"
#include "stage.h"
#include "suite.h"

#define MANY 12 /* packs, each with these objects */
#define OBJECTS 3

static struct midx_folder packs;
static packread_id many[MANY * OBJECTS];
static char missing[MIDX_LAYER_NAME]; /* the layer that a chain lacks */

static const packread_options options = {
    .io = PACKREAD_IO_PREAD, .window_size = 4096, .memory_limit = 1 << 20};

static void make_packs(void)
{
    struct packwriter_bytes bytes = {0};

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midx_folder_put_two_layers(&packs, 1, 2);
    midxwriter_write_rev(&bytes, &packs.packs[0]);
    midx_folder_put("pack-0.rev", &bytes);
    bytes.size = 0;
    midxwriter_write_mtimes(&bytes, &packs.packs[0], 1);
    midx_folder_put("pack-0.mtimes", &bytes);
    packwriter_bytes_free(&bytes);
}

/* Of four layers the second is not there. */
static void break_chain(void)
{
    struct packwriter_bytes chain = {0};
    char *path;

    midx_folder_put_layers(&packs, &(struct midxwriter_options){.order = true, .bitmaps = true},
                           &chain);
    midx_folder_name_layer(&packs, &chain, 2, missing);
    path = suite_scratch_path(missing);
    ck_assert_int_eq(unlink(path), 0);
    free(path);
    packwriter_bytes_free(&chain);
}

static void make_many(void)
{
    for (int i = 0; i < MANY; i++) {
        struct packwriter_pack pack = {0};
        char text[40];

        made_pack_begin(&pack);
        for (int k = 0; k < OBJECTS; k++) {
            int size = snprintf(text, sizeof text, "object %d of pack %d\n", k, i);

            packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text, (size_t)size, 1);
            many[i * OBJECTS + k] = made_pack_id(&pack, (size_t)k);
        }
        snprintf(text, sizeof text, "pack-%02d", i);
        made_pack_put(&pack, text);
    }
}

static void *begin(void)
{
    return stage_begin(midx_folder_open(&options));
}

static void *begin_nothing(void)
{
    return stage_begin(NULL);
}

/* ---- Operations --------------------------------------------------------------------------------
 */

/* Every object of these is found; where is no matter: a hint may fail. */
static int find_all(struct trial *trial, packread_reader *reader, const packread_id *ids,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        packread_error error = {0};
        packread_location location;
        int status = packread_reader_find(reader, &ids[i], &location, &error);

        if (status != 0)
            return trial_fail(trial, status, &error);
        trial_answer(trial, "found", 5);
    }
    return 0;
}

static int run_find(void *context, struct trial *trial)
{
    return find_all(trial, ((struct stage *)context)->reader, packs.ids, MIDX_IDS);
}

/* A chain is a hint: one that cannot be read to its end may go without a word, and what is missing
 * in it too. */
static bool is_of_chain(const packread_error *problem)
{
    const char *name = strchr(missing, '/');

    return name && strstr(problem->text, name + 1) != NULL;
}

/* Problems are told: what could not be opened is one. */
static int run_open(void *context, struct trial *trial)
{
    struct stage *made = context;
    packread_error error = {0};
    char *path = suite_scratch_path("");
    int status;

    packread_reader_free(made->reader);
    packread_snapshot_free(made->snapshot);
    made->reader = NULL;
    made->snapshot = NULL;
    status = packread_snapshot_open(path, &options, &made->snapshot, &error);
    free(path);
    if (status != 0)
        return trial_fail(trial, status, &error);
    for (size_t i = 0; i < packread_snapshot_problems(made->snapshot); i++) {
        const packread_error *problem = packread_snapshot_problem(made->snapshot, i);

        if (!is_of_chain(problem))
            trial_tell(trial, problem->code, problem);
    }
    for (size_t i = 0; i < packread_snapshot_packs(made->snapshot); i++)
        trial_answer_number(trial, i);
    return 0;
}

static int take_finding(void *context, const packread_finding *finding)
{
    trial_tell(context, finding->error->code, finding->error);
    return 0;
}

static int run_verify(void *context, struct trial *trial)
{
    const packread_verify_options how = {.threads = 1, .finding = take_finding, .context = trial};
    packread_snapshot *snapshot = ((struct stage *)context)->snapshot;

    for (size_t i = 0; i < packread_snapshot_midxes(snapshot); i++) {
        packread_verify_summary summary = {.struct_size = sizeof summary};
        packread_error error = {0};
        int status = packread_verify_midx(snapshot, i, &how, &summary, &error);

        if (status != 0 && status != PACKREAD_ERROR_CORRUPT) /* then it has findings */
            return trial_fail(trial, status, &error);
        trial_answer(trial, &summary, sizeof summary);
    }
    return 0;
}

/* With what stands beside it. */
static int run_verify_pack(void *context, struct trial *trial)
{
    const packread_verify_options how = {.threads = 1, .finding = take_finding, .context = trial};
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_error error = {0};
    int status = packread_verify(((struct stage *)context)->snapshot, 0, &how, &summary, &error);

    if (status != 0)
        return trial_fail(trial, status, &error);
    trial_answer(trial, &summary, sizeof summary);
    return 0;
}

/* So often that a map is made, and used. */
static int run_many(void *context, struct trial *trial)
{
    packread_reader *reader = ((struct stage *)context)->reader;
    int status = 0;

    for (int round = 0; status == 0 && round < 3; round++)
        status = find_all(trial, reader, many, MANY * OBJECTS);
    return status;
}

static const struct operation operations[] = {
    {"find in packs with a chain", begin, run_find, stage_end},
    {"open packs with a chain", begin_nothing, run_open, stage_end},
    {"verify a chain", begin, run_verify, stage_end},
    {"verify a pack with .rev and .mtimes", begin, run_verify_pack, stage_end},
};
#define OPERATIONS (int)(sizeof operations / sizeof *operations)

START_TEST(chains_survive_every_failure)
{
    make_packs();
    trial_run(&operations[_i], fault_step());
    midx_folder_free(&packs);
}
END_TEST

START_TEST(broken_chains_survive_every_failure)
{
    static const struct operation broken[] = {
        {"find in packs with a broken chain", begin, run_find, stage_end},
        {"open packs with a broken chain", begin_nothing, run_open, stage_end},
        {"verify a broken chain", begin, run_verify, stage_end},
    };

    make_packs();
    break_chain();
    trial_run(&broken[_i], fault_step());
    midx_folder_free(&packs);
}
END_TEST

START_TEST(maps_survive_every_failure)
{
    static const struct operation operation = {"find among many packs", begin, run_many, stage_end};

    make_many();
    trial_run(&operation, fault_step());
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults: multi-pack-indexes");
    TCase *cases = tcase_create("midx");

    tcase_add_loop_test(cases, chains_survive_every_failure, 0, OPERATIONS);
    tcase_add_loop_test(cases, broken_chains_survive_every_failure, 0, 3);
    tcase_add_test(cases, maps_survive_every_failure);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
