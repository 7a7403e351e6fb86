/* test_giants.c - objects and deltas ten times larger than the memory limit: streamed right or not
 * at all, within the limit, and nothing left on disk.
 *
 * With CHECK_LARGE set, also objects of 1 GiB under 64 MiB, and each way of reading is verified on
 * one thread and on three; else on one or the other. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "giant_family.h"
#include "peak.h"
#include "samples.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)
#define LIMIT (2 * MIB)
#define PAGES ((size_t)(20 * MIB / GIANT_PAGE))
#define LARGE_PAGES ((size_t)(1024 * MIB / GIANT_PAGE))

static giant_family family;

/* In the parent of all tests: once. */
static void make_family(void)
{
    giant_family_make(&family, "giants", PAGES);
}

static void free_family(void)
{
    giant_family_free(&family);
}

/* ---- What is left ------------------------------------------------------------------------------
 */

static size_t count_in(const char *folder)
{
    DIR *open_folder = opendir(folder);
    size_t count = 0;

    while (open_folder && readdir(open_folder))
        count++;
    if (open_folder)
        closedir(open_folder);
    return count;
}

/* Of this process; those of the folder that is looked through are always the same. */
static size_t descriptors(void)
{
    return count_in("/proc/self/fd");
}

/* A folder for temporary files that is this test's alone. */
static char *use_own_folder(void)
{
    char *folder = suite_scratch_path("");

    ck_assert_int_eq(setenv("TMPDIR", folder, 1), 0);
    return folder;
}

typedef struct received {
    giant_reader reader;
    int begins;
    uint64_t announced;
    enum packread_type type;
    const char *folder; /* NULL, or where temporary files are: none may have a name */
    size_t names;       /* in it, at first */
    bool stops_at_begin;
} received;

static int begin(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    received *all = context;

    (void)id;
    all->begins++;
    all->announced = size;
    all->type = type;
    if (all->folder)
        ck_assert_uint_eq(count_in(all->folder), all->names);
    return all->stops_at_begin;
}

static int data(void *context, const void *bytes, size_t size)
{
    return giant_take(&((received *)context)->reader, bytes, size);
}

static int stream(packread_reader *reader, const giant_member *of, received *all,
                  packread_error *error)
{
    packread_sink sink = {.begin = begin, .data = data, .context = all};

    all->reader.of = &of->holds;
    memset(error, 0, sizeof *error);
    return packread_reader_stream(reader, &of->id, &sink, error);
}

static void streams_whole(packread_reader *reader, const giant_member *of)
{
    received all = {.begins = 0};
    packread_error error;

    sample_good(stream(reader, of, &all, &error), &error);
    ck_assert_int_eq(all.begins, 1);
    ck_assert_int_eq(all.type, PACKREAD_BLOB);
    ck_assert_uint_eq(all.announced, giant_size(&of->holds));
    ck_assert_uint_eq(all.reader.at, giant_size(&of->holds));
    ck_assert(!all.reader.wrong);
    ck_assert_uint_le(all.reader.most, LIMIT / 2);
}

/* ---- Right -------------------------------------------------------------------------------------
 */

static const packread_options ways[] = {
    {.memory_limit = LIMIT},
    {.memory_limit = LIMIT, .io = PACKREAD_IO_PREAD},
    {.memory_limit = LIMIT, .io = PACKREAD_IO_MMAP, .window_size = 64 << 10},
    {.memory_limit = LIMIT, .flags = PACKREAD_NO_CHECK},
    {.memory_limit = MIB},
    {.memory_limit = 64 * MIB},
};
#define WAYS ((int)(sizeof ways / sizeof *ways))

START_TEST(every_member_streams_right_within_the_limit)
{
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_stats stats = {.struct_size = sizeof stats};
    size_t before_descriptors;
    uint64_t before;
    char *folder = use_own_folder();
    size_t names = count_in(folder);

    before_descriptors = descriptors();
    before = peak_begin();
    snapshot = sample_open(family.path, &ways[_i]);
    reader = sample_reader(snapshot);
    for (int i = GIANT_MEMBERS - 1; i >= 0; i--)
        streams_whole(reader, &family.members[i]);
    for (int i = 0; i < GIANT_MEMBERS; i++)
        streams_whole(reader, &family.members[i]);
    packread_snapshot_stats(snapshot, &stats);
    ck_assert_uint_le(stats.bytes_peak, ways[_i].memory_limit / 2);
    ck_assert_uint_eq(count_in(folder), names);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    peak_is_below(before, ways[_i].memory_limit + 8 * MIB);
    ck_assert_uint_eq(descriptors(), before_descriptors);
    free(folder);
}
END_TEST

START_TEST(verify_checks_all_of_them_within_the_limit)
{
    const int way = _i % WAYS;
    packread_verify_options verify = {.threads = (way + _i / WAYS) % 2 ? 3 : 1};
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_snapshot *snapshot;
    packread_error error;
    uint64_t before = peak_begin();

    snapshot = sample_open(family.path, &ways[way]);
    memset(&error, 0, sizeof error);
    sample_good(packread_verify(snapshot, 0, &verify, &summary, &error), &error);
    packread_snapshot_free(snapshot);
    ck_assert_uint_eq(summary.objects, GIANT_MEMBERS);
    ck_assert_uint_eq(summary.findings, 0);
    ck_assert_uint_eq(summary.chains, GIANT_MEMBERS - 2);
    ck_assert_uint_eq(summary.depth, family.members[GIANT_DWARF_TOO].depth);
    peak_is_below(before, ways[way].memory_limit + 16 * MIB);
}
END_TEST

/* Whole in memory they cannot be had, and that is said with what it would take. */
START_TEST(reading_one_whole_still_says_what_it_takes)
{
    packread_snapshot *snapshot = sample_open(family.path, &ways[0]);
    packread_reader *reader = sample_reader(snapshot);
    packread_object object;
    packread_error error;

    for (int i = 0; i < GIANT_MEMBERS; i++) {
        if (i == GIANT_MATE || i == GIANT_MATE_TOO)
            continue;
        memset(&error, 0, sizeof error);
        ck_assert_int_eq(packread_reader_read(reader, &family.members[i].id, &object, &error),
                         PACKREAD_ERROR_BUDGET);
        ck_assert_uint_gt(error.needed, LIMIT);
    }
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}
END_TEST

/* ---- Nothing is left ---------------------------------------------------------------------------
 */

START_TEST(a_sink_that_stops_leaves_nothing_and_the_reader_goes_on)
{
    static const uint64_t stops[] = {0, 1, 3 * MIB / 2 + 1, 10 * MIB, 19 * MIB};
    packread_snapshot *snapshot = sample_open(family.path, &ways[0]);
    packread_reader *reader = sample_reader(snapshot);
    char *folder = use_own_folder();
    size_t open_before;
    packread_error error;

    streams_whole(reader, &family.members[GIANT_MATE]);
    open_before = descriptors();
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        received all = {.folder = folder,
                        .names = count_in(folder),
                        .stops_at_begin = stops[i] == 0,
                        .reader = {.stop_at = stops[i]}};

        ck_assert_int_eq(
            stream(reader, &family.members[i % 2 ? GIANT_SHUFFLE : GIANT_ONWARD], &all, &error),
            PACKREAD_ERROR_STOPPED);
        ck_assert_int_eq(all.begins, 1);
        ck_assert(!all.reader.wrong);
        ck_assert_uint_ge(all.reader.at, stops[i]);
        ck_assert_uint_le(all.reader.at, stops[i] + MIB);
        ck_assert_uint_eq(descriptors(), open_before);
        ck_assert_uint_eq(count_in(folder), all.names);
    }
    streams_whole(reader, &family.members[GIANT_SHUFFLE]);
    ck_assert_uint_gt(descriptors(), open_before); /* kept for what hangs on the same base */
    streams_whole(reader, &family.members[GIANT_MATE]);
    ck_assert_uint_eq(descriptors(), open_before);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(folder);
}
END_TEST

/* ---- Without a place for temporary files -------------------------------------------------------
 */

START_TEST(no_folder_for_temporary_files_is_told_with_what_is_needed)
{
    static const char *const folders[] = {"/nowhere/at/all", "/proc", "/dev/null"};
    packread_snapshot *snapshot = sample_open(family.path, &ways[0]);
    packread_reader *reader = sample_reader(snapshot);
    received all = {.begins = 0};
    packread_error error;
    size_t open_before;

    streams_whole(reader, &family.members[GIANT_ROOT]); /* needs none */
    open_before = descriptors();
    ck_assert_int_eq(setenv("TMPDIR", folders[_i], 1), 0);
    ck_assert_int_eq(stream(reader, &family.members[GIANT_SHUFFLE], &all, &error),
                     PACKREAD_ERROR_TEMPORARY);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_TEMPORARY);
    ck_assert_str_eq(error.file, folders[_i]);
    ck_assert_uint_eq(error.needed, giant_size(&family.members[GIANT_ROOT].holds));
    ck_assert_int_ne(error.system_errno, 0);
    ck_assert_int_eq(packread_id_compare(&error.id, &family.members[GIANT_SHUFFLE].id), 0);
    ck_assert_int_eq(all.begins, 0);
    ck_assert_uint_eq(descriptors(), open_before);
    streams_whole(reader, &family.members[GIANT_ROOT]);
    streams_whole(reader, &family.members[GIANT_MATE_TOO]);
    ck_assert_int_eq(setenv("TMPDIR", suite_scratch(), 1), 0);
    streams_whole(reader, &family.members[GIANT_SHUFFLE]);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}
END_TEST

/* ---- 1 GiB -------------------------------------------------------------------------------------
 */

static void cat_is_right(const giant_family *of, int member, const char *what)
{
    const char *program = getenv("PACKREAD");
    char hex[PACKREAD_HEX_MAX + 1];
    const char *arguments[] = {program, "cat", "--memory-limit=64M", of->path, hex, NULL};
    peak_run run;

    packread_id_format(&of->members[member].id, hex);
    run = peak_of(arguments, NULL, NULL);
    peak_run_is_good(what, &run, 96 * MIB);
}

START_TEST(one_gibibyte_streams_under_64_mebibytes)
{
    const char *program = getenv("PACKREAD");
    packread_options options = {.memory_limit = 64 * MIB};
    packread_snapshot *snapshot;
    packread_reader *reader;
    giant_family large;
    peak_run run;

    giant_family_make(&large, "large", LARGE_PAGES);
    if (program) {
        const char *verify[] = {program, "verify", "--memory-limit=64M", large.path, NULL};

        cat_is_right(&large, GIANT_ROOT, "cat of 1 GiB, plain");
        cat_is_right(&large, GIANT_SHUFFLE, "cat of 1 GiB, a shuffled delta on 1 GiB");
        cat_is_right(&large, GIANT_BROTHER, "cat of 1 GiB, a delta in order on 1 GiB");
        cat_is_right(&large, GIANT_DWARF_TOO, "cat of a small one on a chain of 1 GiB, 5 deep");
        run = peak_of(verify, NULL, NULL);
        peak_run_is_good("verify of 5 objects of 1 GiB", &run, 96 * MIB);
    }
    snapshot = sample_open(large.path, &options);
    reader = sample_reader(snapshot);
    for (int i = 0; i < GIANT_MEMBERS; i++)
        streams_whole(reader, &large.members[i]);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    giant_family_free(&large);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("giants");
    TCase *tests = tcase_create("40 MiB");

    tcase_add_unchecked_fixture(tests, make_family, free_family);
    tcase_add_loop_test(tests, every_member_streams_right_within_the_limit, 0, WAYS);
    tcase_add_loop_test(tests, verify_checks_all_of_them_within_the_limit, 0,
                        suite_number("CHECK_LARGE", 0) ? 2 * WAYS : WAYS);
    tcase_add_test(tests, reading_one_whole_still_says_what_it_takes);
    tcase_add_test(tests, a_sink_that_stops_leaves_nothing_and_the_reader_goes_on);
    tcase_add_loop_test(tests, no_folder_for_temporary_files_is_told_with_what_is_needed, 0, 3);
    suite_add_tcase(suite, tests);
    if (suite_number("CHECK_LARGE", 0)) {
        TCase *large = tcase_create("1 GiB");

        tcase_add_test(large, one_gibibyte_streams_under_64_mebibytes);
        suite_add_tcase(suite, large);
    }
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
