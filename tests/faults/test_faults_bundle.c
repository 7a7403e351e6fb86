/* test_faults_bundle.c - bundles with any call below failing: opened, read, their refs found and
 * listed, verified; nothing is missing in silence. */
#include "made_pack.h"
#include "samples.h"
#include "suite.h"
#include "trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ABSENT "89abcdef0123456789abcdef0123456789abcdef"

/* A bundle of blobs, one of them a delta on one that is in another repository. */
static void make(void)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes bundle = {0};
    char *path = suite_scratch_path("a.bundle");
    char hex[PACKREAD_HEX_MAX + 1];
    packread_id id;

    made_pack_begin_tree(&pack);
    made_pack_add_on(&pack, "elsewhere", "here", "here");
    packwriter_pack_recount(&pack);
    packwriter_pack_finish(&pack, NULL);
    id = made_pack_id(&pack, 2);
    packread_id_format(&id, hex);
    packwriter_bytes_add_text(&bundle, "# v3 git bundle\n@object-format=sha1\n-" ABSENT " a\n");
    packwriter_bytes_add_text(&bundle, hex);
    packwriter_bytes_add_text(&bundle, " refs/heads/main\n" ABSENT " HEAD\n\n");
    packwriter_bytes_add(&bundle, pack.bytes.data, pack.bytes.size);
    ck_assert_int_eq(packwriter_bytes_save(&bundle, path), 0);
    packwriter_bytes_free(&bundle);
    packwriter_pack_free(&pack);
    free(path);
}

static void *begin(void)
{
    char *path = suite_scratch_path("a.bundle");

    return path;
}

static void end(void *context)
{
    free(context);
}

static int open_bundle(const char *path, unsigned flags, packread_snapshot **snapshot,
                       struct trial *trial)
{
    const packread_options options = {.struct_size = sizeof options,
                                      .flags = PACKREAD_NO_ENVIRONMENT | flags,
                                      .index_threads = 1,
                                      .io = PACKREAD_IO_PREAD,
                                      .window_size = 4096};
    packread_error error = {0};
    int status = packread_snapshot_open(path, &options, snapshot, &error);

    return status == 0 ? 0 : trial_fail(trial, status, &error);
}

static int take_ref(void *context, const packread_ref *ref, const packread_error *error)
{
    struct trial *trial = context;

    ck_assert_ptr_null(error);
    trial_answer(trial, ref->name, ref->name_size);
    trial_answer(trial, ref->id.bytes, ref->id.size);
    return 0;
}

static int resolve(packread_reader *reader, const char *name, struct trial *trial)
{
    packread_name found = {.struct_size = sizeof found};
    packread_error error = {0};
    int status = packread_reader_resolve(reader, name, strlen(name), 0, &found, &error);

    /* What the pack lacks is known from its bytes: it is thin. */
    if (status == PACKREAD_ERROR_NOT_FOUND || status == PACKREAD_ERROR_DOUBTFUL) {
        trial_answer_number(trial, 1);
        return 0;
    }
    if (status != 0)
        return trial_fail(trial, status, &error);
    trial_answer(trial, found.id.bytes, found.id.size);
    return 0;
}

static int run_names(void *context, struct trial *trial)
{
    static const char *const names[] = {"HEAD", "main", "main^{blob}", "heads/main^{}", "nosuch"};
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_error error = {0};
    int status = open_bundle(context, 0, &snapshot, trial);

    if (status != 0)
        return status;
    status = packread_reader_new(snapshot, &reader, &error);
    if (status == 0) {
        for (size_t i = 0; status == 0 && i < sizeof names / sizeof *names; i++)
            status = resolve(reader, names[i], trial);
        packread_reader_free(reader);
        if (status == 0) {
            status = packread_snapshot_refs(snapshot, take_ref, trial, &error);
            status = status == 0 ? 0 : trial_fail(trial, status, &error);
        }
    } else {
        status = trial_fail(trial, status, &error);
    }
    trial_free_snapshot(snapshot);
    return status;
}

static int take_finding(void *context, const packread_finding *finding)
{
    struct trial *trial = context;

    trial_answer_number(trial, (uint64_t)-finding->error->code);
    trial_answer(trial, finding->error->id.bytes, finding->error->id.size);
    return 0;
}

static int run_verify(void *context, struct trial *trial)
{
    packread_verify_options options = {
        .struct_size = sizeof options, .threads = 1, .finding = take_finding, .context = trial};
    packread_snapshot *snapshot;
    packread_error error = {0};
    int status = open_bundle(context, PACKREAD_WITHOUT_INDEX, &snapshot, trial);

    if (status != 0)
        return status;
    status = packread_verify(snapshot, 0, &options, NULL, &error);
    trial_free_snapshot(snapshot);
    return status == PACKREAD_ERROR_THIN ? 0 : trial_fail(trial, status, &error);
}

static const struct operation operations[] = {
    {"names and refs of a bundle", begin, run_names, end},
    {"verify a thin bundle", begin, run_verify, end},
};

START_TEST(every_look_into_a_bundle_survives_every_failure)
{
    make();
    trial_run(&operations[_i], fault_step());
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults: bundles");
    TCase *cases = tcase_create("faults");

    tcase_add_loop_test(cases, every_look_into_a_bundle_survives_every_failure, 0,
                        (int)(sizeof operations / sizeof *operations));
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
