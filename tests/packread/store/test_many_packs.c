/* test_many_packs.c - thousands of packs of a few objects each: what they take beside their
 * contents is under the limit too, or it is said how much it is, and that is enough. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "packread.h"
#include "peak.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)
#define FIXED (32 * MIB)
#define PACKS 3000

static void make_packs(void)
{
    for (int i = 0; i < PACKS; i++) {
        struct packwriter_pack pack = {0};
        char text[32];
        char name[32];

        made_pack_begin(&pack);
        made_pack_add_line(&pack, 0);
        packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text,
                                   (size_t)snprintf(text, sizeof text, "of pack %d\n", i), 1);
        snprintf(name, sizeof name, "pack-%04d", i);
        free(sample_save(&pack, name, NULL));
        packwriter_pack_free(&pack);
    }
}

static peak_run run(const char *command, const char *option, uint64_t limit)
{
    char text[64];
    const char *arguments[] = {getenv("PACKREAD"), command, option, text, suite_scratch(), NULL};

    snprintf(text, sizeof text, "--memory-limit=%llu", (unsigned long long)limit);
    return peak_of(arguments, NULL, NULL);
}

START_TEST(resident_memory_stays_under_the_limit_and_32_mib)
{
    static const char *const commands[][2] = {
        {"list", "-q"}, {"list", "--order=pack"}, {"verify", "-q"}, {"batch", "--all"}};
    const packread_options tight = {.memory_limit = 8 * MIB};
    packread_snapshot *snapshot;
    packread_error error;
    int status;

    if (!getenv("PACKREAD"))
        return;
    make_packs();
    memset(&error, 0, sizeof error);
    status = packread_snapshot_open(suite_scratch(), &tight, &snapshot, &error);
    ck_assert_int_eq(status, PACKREAD_ERROR_BUDGET);
    ck_assert_uint_gt(error.needed, tight.memory_limit);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        peak_run short_of = run(commands[i][0], commands[i][1], tight.memory_limit);
        peak_run enough = run(commands[i][0], commands[i][1], error.needed);

        ck_assert_int_eq(short_of.status, 4);
        peak_run_is_below(commands[i][0], &short_of, tight.memory_limit + FIXED);
        peak_run_is_good(commands[i][0], &enough, error.needed + FIXED);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("many packs");
    TCase *tests = tcase_create("many packs");

    tcase_add_test(tests, resident_memory_stays_under_the_limit_and_32_mib);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
