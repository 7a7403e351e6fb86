/* test_midx_arguments.c - what packread_verify_midx says to arguments that are none. */
#include "midx_folder.h"
#include "suite.h"

static struct midx_folder packs;

START_TEST(arguments_are_looked_at)
{
    const struct midxwriter_options form = {.version = 1};
    packread_verify_options options = {.struct_size = sizeof options};
    packread_verify_summary summary = {0};
    packread_snapshot *snapshot;
    packread_error error = {0};

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midx_folder_put_plain(&packs, &form);
    snapshot = midx_folder_open(NULL);
    ck_assert_int_eq(packread_verify_midx(NULL, 0, NULL, NULL, &error), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_verify_midx(snapshot, 1, NULL, NULL, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_verify_midx(snapshot, SIZE_MAX, NULL, NULL, NULL),
                     PACKREAD_ERROR_ARGUMENT);
    options.struct_size = 1;
    ck_assert_int_eq(packread_verify_midx(snapshot, 0, &options, NULL, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_verify_midx(snapshot, 0, NULL, NULL, &error), 0);
    summary.struct_size = 1;
    ck_assert_int_eq(packread_verify_midx(snapshot, 0, NULL, &summary, &error),
                     PACKREAD_ERROR_ARGUMENT);
    packread_snapshot_free(snapshot);
    midx_folder_free(&packs);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("multi-pack-indexes, arguments");
    TCase *cases = tcase_create("arguments");

    tcase_add_test(cases, arguments_are_looked_at);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
