/* test_peak.c - the program's resident memory under small limits, whatever it does, on packs of
 * very many objects: trees of deltas, and one chain of them all.
 *
 * With CHECK_LARGE set, the packs have 1,000,000 objects; else 50,000. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "million.h"
#include "packread.h"
#include "peak.h"
#include "samples.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)
#define FIXED (32 * MIB)

static char *packs[2];
static size_t object_count;

/* In the parent of all tests: once. */
static void make_packs(void)
{
    object_count = suite_number("CHECK_LARGE", 0) ? 1000000 : 50000;
    packs[MILLION_GROVE] = million_make("grove", object_count, MILLION_GROVE);
    packs[MILLION_CHAIN] = million_make("chain", object_count, MILLION_CHAIN);
}

static void free_packs(void)
{
    free(packs[MILLION_GROVE]);
    free(packs[MILLION_CHAIN]);
}

/* A chain is asked for in order: in any other each object costs the links below it. */
static const char *const commands[][3] = {
    {"verify", "--threads=1", "-q"},   {"verify", "--threads=8", "-q"},
    {"list", "--order=pack", "-q"},    {"list", "--order=id", "-q"},
    {"batch", "--all", "--unordered"},
};
#define COMMANDS ((int)(sizeof commands / sizeof *commands))

START_TEST(resident_memory_stays_under_the_limit_and_32_mib)
{
    const char *program = getenv("PACKREAD");
    const char *const *command = commands[_i / 2];
    const bool is_large = object_count == 1000000;
    const char *arguments[] = {program,
                               command[0],
                               command[1],
                               command[2],
                               is_large ? "--memory-limit=64M" : "--memory-limit=4M",
                               packs[_i % 2],
                               NULL};
    char what[80];
    peak_run run;

    if (!program)
        return;
    snprintf(what, sizeof what, "%s %s, %s", command[0], command[1], _i % 2 ? "chain" : "grove");
    run = peak_of(arguments, NULL, NULL);
    peak_run_is_good(what, &run, (is_large ? 64 : 4) * MIB + FIXED);
}
END_TEST

/* Below what the tables take: BUDGET, and what it asks for is enough at once. */
START_TEST(verify_below_its_tables_says_what_is_enough)
{
    packread_options options = {.memory_limit = MIB};
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_snapshot *snapshot = sample_open(packs[_i], &options);
    packread_error error;

    memset(&error, 0, sizeof error);
    ck_assert_int_eq(packread_verify(snapshot, 0, NULL, &summary, &error), PACKREAD_ERROR_BUDGET);
    ck_assert_uint_gt(error.needed, options.memory_limit);
    packread_snapshot_free(snapshot);
    options.memory_limit = error.needed;
    snapshot = sample_open(packs[_i], &options);
    sample_good(packread_verify(snapshot, 0, NULL, &summary, &error), &error);
    ck_assert_uint_eq(summary.objects, object_count);
    if (_i == MILLION_CHAIN)
        ck_assert_uint_eq(summary.depth, object_count - 1);
    packread_snapshot_free(snapshot);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("peak");
    TCase *tests = tcase_create("peak");

    tcase_add_unchecked_fixture(tests, make_packs, free_packs);
    tcase_add_loop_test(tests, resident_memory_stays_under_the_limit_and_32_mib, 0, 2 * COMMANDS);
    tcase_add_loop_test(tests, verify_below_its_tables_says_what_is_enough, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
