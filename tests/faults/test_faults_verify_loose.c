/* test_faults_verify_loose.c - loose objects verified and counted with any call failing in turn:
 * what is right is never a finding, and what could not be read is told. */
#include <stdlib.h>
#include <string.h>

#include "made_loose.h"
#include "samples.h"
#include "suite.h"
#include "trial.h"

#define LARGE ((size_t)1 << 20) /* and more: it is not held */

static char *objects;

static void make_objects(void)
{
    unsigned char *zeros = calloc(1, LARGE + 1);

    ck_assert_ptr_nonnull(zeros);
    objects = made_loose_repository("faults", 20);
    made_loose_put(objects, 20, PACKREAD_BLOB, "one", 3, 6);
    made_loose_put(objects, 20, PACKREAD_BLOB, "two", 3, 0);
    made_loose_put(objects, 20, PACKREAD_COMMIT, "", 0, 6);
    made_loose_put(objects, 20, PACKREAD_BLOB, zeros, LARGE + 1, 6);
    free(zeros);
}

static void *begin(void)
{
    const packread_options options = {.memory_limit = (uint64_t)1 << 20};

    return sample_open(objects, &options);
}

static void end(void *snapshot)
{
    trial_free_snapshot(snapshot);
}

static int take_finding(void *context, const packread_finding *finding)
{
    trial_tell(context, finding->error->code, finding->error);
    return 0;
}

static int take_progress(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    ck_assert_uint_le(done, total);
    return 0;
}

static int verify(packread_snapshot *snapshot, const packread_verify_options *options,
                  struct trial *trial)
{
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_error error = {0};
    int status = packread_verify_loose(snapshot, 0, options, &summary, &error);

    if (status != 0)
        return trial_fail(trial, status, &error);
    trial_answer(trial, &summary, sizeof summary);
    return 0;
}

static int run_verify(void *context, struct trial *trial)
{
    const packread_verify_options options = {
        .threads = 1, .finding = take_finding, .context = trial};

    return verify(context, &options, trial);
}

static int run_verify_threads(void *context, struct trial *trial)
{
    const packread_verify_options options = {
        .threads = 3, .finding = take_finding, .progress = take_progress, .context = trial};

    return verify(context, &options, trial);
}

static int run_count(void *context, struct trial *trial)
{
    packread_error error = {0};
    uint64_t count = 0;
    int status = packread_snapshot_loose(context, 0, &count, &error);

    if (status != 0)
        return trial_fail(trial, status, &error);
    trial_answer_number(trial, count);
    return 0;
}

static const struct operation operations[] = {
    {"verify loose objects", begin, run_verify, end},
    {"verify loose objects, 3 threads", begin, run_verify_threads, end},
    {"count loose objects", begin, run_count, end},
};
#define OPERATIONS (int)(sizeof operations / sizeof *operations)

START_TEST(every_failure_is_told)
{
    make_objects();
    trial_run(&operations[_i], fault_step());
    free(objects);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults: loose objects verified");
    TCase *cases = tcase_create("loose");

    tcase_add_loop_test(cases, every_failure_is_told, 0, OPERATIONS);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
