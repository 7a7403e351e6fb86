/* test_verify_loose_ends.c - what happens while loose objects are verified: files vanish, whoever is
 * told ends it, it is stopped. */
#include <stdlib.h>
#include <unistd.h>

#include "made_loose.h"
#include "samples.h"
#include "suite.h"
#include "verify_report.h"

typedef struct vanishing {
    char *paths[50];
    bool are_gone;
} vanishing;

static int remove_all(void *context, uint64_t done, uint64_t total)
{
    vanishing *files = context;

    (void)done, (void)total;
    for (size_t i = 0; !files->are_gone && i < 50; i++)
        ck_assert_int_eq(unlink(files->paths[i]), 0);
    files->are_gone = true;
    return 0;
}

static int fail_on_finding(void *context, const packread_finding *finding)
{
    (void)context;
    ck_abort_msg("%s: %s", finding->error->file, finding->error->text);
    return 0;
}

/* The one that is there to stay, before all others of its folder. */
static packread_id put_first(const char *objects)
{
    packread_id id;
    unsigned i = 0;

    do
        id = made_loose_id(20, PACKREAD_BLOB, &i, sizeof i);
    while (id.bytes[1] > 100 && ++i > 0);
    return made_loose_put(objects, 20, PACKREAD_BLOB, &i, sizeof i, 6);
}

/* As git gc does it: names have been read, and the files are gone. */
START_TEST(files_that_vanish_are_no_findings)
{
    char *objects = made_loose_repository("vanishing", 20);
    packread_id first = put_first(objects);
    vanishing files = {.are_gone = false};
    packread_verify_options options = {
        .threads = 2, .finding = fail_on_finding, .progress = remove_all, .context = &files};
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_snapshot *snapshot;

    for (size_t i = 0; i < 50; i++) {
        packread_id id = {.bytes = {first.bytes[0], 255, (unsigned char)i}, .size = 20};

        made_loose_put_bytes(objects, &id, "wrong", 5);
        files.paths[i] = made_loose_path(objects, &id);
    }
    snapshot = sample_open(objects, NULL);
    ck_assert_int_eq(packread_verify_loose(snapshot, 0, &options, &summary, NULL), 0);
    ck_assert(files.are_gone);
    ck_assert_uint_eq(summary.objects, 1);
    ck_assert_uint_eq(summary.stored, 1);
    packread_snapshot_free(snapshot);
    for (size_t i = 0; i < 50; i++)
        free(files.paths[i]);
    free(objects);
}
END_TEST

static char *begin_many(void)
{
    char *objects = made_loose_repository("many", 20);

    for (unsigned i = 0; i < 200; i++) {
        packread_id id = {.bytes = {(unsigned char)i, 1}, .size = 20};

        made_loose_put_bytes(objects, &id, "wrong", 5);
    }
    return objects;
}

START_TEST(a_visitor_ends_it)
{
    char *objects = begin_many();
    packread_snapshot *snapshot = sample_open(objects, NULL);
    verify_report all = {.stop_after = 3};

    verify_report_run_loose(&all, snapshot, 0, 1 + (unsigned)_i);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_STOPPED);
    ck_assert_uint_eq(all.count, 3);
    verify_report_free(&all);
    all = (verify_report){.progress_stop = 5};
    verify_report_run_loose(&all, snapshot, 0, 1 + (unsigned)_i);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_STOPPED);
    ck_assert_uint_eq(all.progress_calls, 5);
    verify_report_free(&all);
    packread_snapshot_free(snapshot);
    free(objects);
}
END_TEST

START_TEST(a_stop_ends_it)
{
    packread_stop *stop = packread_stop_new();
    const packread_options options = {.stop = stop};
    char *objects = begin_many();
    packread_snapshot *snapshot = sample_open(objects, &options);
    verify_report all = {0};
    uint64_t count;

    packread_stop_request(stop);
    verify_report_run_loose(&all, snapshot, 0, 2);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_STOPPED);
    ck_assert_uint_eq(all.summary.objects, UINT64_C(0x5a5a5a5a5a5a5a5a));
    ck_assert_int_eq(packread_snapshot_loose(snapshot, 0, &count, NULL), PACKREAD_ERROR_STOPPED);
    verify_report_free(&all);
    packread_stop_withdraw(stop);
    verify_report_run_loose(&all, snapshot, 0, 2);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 200);
    verify_report_free(&all);
    packread_snapshot_free(snapshot);
    packread_stop_free(stop);
    free(objects);
}
END_TEST

START_TEST(arguments_are_looked_at)
{
    char *objects = made_loose_repository("arguments", 20);
    packread_snapshot *snapshot = sample_open(objects, NULL);
    packread_verify_summary none = {0};
    packread_error error = {0};
    uint64_t count = 7;

    ck_assert_int_eq(packread_verify_loose(NULL, 0, NULL, NULL, &error), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_verify_loose(snapshot, 1, NULL, NULL, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_verify_loose(snapshot, SIZE_MAX, NULL, NULL, NULL),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_verify_loose(snapshot, 0, NULL, &none, &error), 0);
    ck_assert_int_eq(packread_verify_loose(snapshot, 0, NULL, NULL, NULL), 0);
    ck_assert_int_eq(packread_snapshot_loose(NULL, 0, &count, &error), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_snapshot_loose(snapshot, 0, NULL, &error), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_snapshot_loose(snapshot, 1, &count, &error), PACKREAD_ERROR_ARGUMENT);
    ck_assert_uint_eq(count, 7);
    packread_snapshot_free(snapshot);
    free(objects);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("verify loose objects, ends");
    TCase *ends = tcase_create("ends");

    tcase_add_test(ends, files_that_vanish_are_no_findings);
    tcase_add_loop_test(ends, a_visitor_ends_it, 0, 3);
    tcase_add_test(ends, a_stop_ends_it);
    tcase_add_test(ends, arguments_are_looked_at);
    suite_add_tcase(suite, ends);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
