/* test_faults_spill.c - temporary files that fail at one certain call: each write in the middle of
 * a large base, and the way by a name where a folder knows no files without one. (test_faults_packs
 * has every call of the same operation fail; here it is held what comes of it.) */
#include "faults.h"
#include "repository.h"
#include "samples.h"
#include "platform/tempfile.h"
#include "suite.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct repository repository;
static packread_snapshot *snapshot;
static packread_reader *reader;

static void begin(void)
{
    const packread_options options = {.memory_limit = 1 << 20, .window_size = 64 << 10};

    ck_assert_int_eq(setenv("TMPDIR", suite_scratch(), 1), 0);
    repository_make(&repository, REPOSITORY_BIG);
    snapshot = sample_open(repository.objects, &options);
    reader = sample_reader(snapshot);
}

static void end(void)
{
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    repository_free(&repository);
}

static size_t names_in_scratch(void)
{
    DIR *folder = opendir(suite_scratch());
    size_t count = 0;

    ck_assert_ptr_nonnull(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* ---- Writes ------------------------------------------------------------------------------------
 */

typedef struct received {
    unsigned char bytes[1 << 19];
    size_t size;
    int begins;
} received;
static received all;

static int take_head(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    (void)context, (void)id, (void)type, (void)size;
    all.begins++;
    return 0;
}

static int take(void *context, const void *bytes, size_t size)
{
    (void)context;
    ck_assert_uint_le(size, sizeof all.bytes - all.size);
    memcpy(all.bytes + all.size, bytes, size);
    all.size += size;
    return 0;
}

static int stream(packread_error *error)
{
    const packread_sink sink = {.begin = take_head, .data = take, .context = NULL};

    memset(error, 0, sizeof *error);
    all.size = 0;
    all.begins = 0;
    return packread_reader_stream(reader, &repository.big_delta, &sink, error);
}

static void streams_right(void)
{
    packread_error error;

    sample_good(stream(&error), &error);
    ck_assert(sample_hashes_to(&repository.big_delta, PACKREAD_BLOB, all.bytes, all.size));
}

static const struct {
    int way;
    int system_errno; /* that is told; 0: it is no failure */
} writes[] = {{ENOSPC, ENOSPC}, {EIO, EIO},       {EDQUOT, EDQUOT},
              {EINTR, 0},       {FAULT_SHORT, 0}, {FAULT_NOTHING, ENOSPC}};

/* The object is large, so are the base it hangs on and the one below: of both temporary files each
 * write fails in turn. */
START_TEST(each_write_that_fails_is_told_and_costs_only_this_object)
{
    packread_error error;
    uint64_t nth = 1;
    int64_t files;

    /* What a read leaves open without a failure is what may be open after one. */
    streams_right();
    packread_reader_free(reader);
    reader = sample_reader(snapshot);
    files = fault_open_files();
    for (;; nth++) {
        struct fault_held before = fault_held();
        uint64_t failures;
        int status;

        fault_arm(FAULT_WRITE, writes[_i].way, FAULT_ONCE, nth);
        status = stream(&error);
        failures = fault_failures();
        fault_disarm();
        if (failures == 0)
            break;
        if (writes[_i].system_errno == 0) {
            sample_good(status, &error);
            ck_assert(sample_hashes_to(&repository.big_delta, PACKREAD_BLOB, all.bytes, all.size));
        } else {
            struct fault_held held = fault_held();

            ck_assert_int_eq(status, PACKREAD_ERROR_TEMPORARY);
            ck_assert_int_eq(error.code, PACKREAD_ERROR_TEMPORARY);
            ck_assert_int_eq(error.system_errno, writes[_i].system_errno);
            ck_assert_str_eq(error.file, suite_scratch());
            ck_assert_uint_ge(error.needed, 270000);
            ck_assert_uint_le(error.needed, 270005);
            ck_assert_int_eq(packread_id_compare(&error.id, &repository.big_delta), 0);
            ck_assert_int_eq(all.begins, 0);
            ck_assert_int_eq(held.descriptors, before.descriptors);
            ck_assert_int_eq(fault_open_files(), files);
            streams_right();
        }
        /* From the start again: nothing at hand. */
        packread_reader_free(reader);
        reader = sample_reader(snapshot);
    }
    ck_assert_uint_gt(nth, 8); /* several of each file */
}
END_TEST

/* ---- By a name ---------------------------------------------------------------------------------
 */

START_TEST(where_no_file_can_be_without_a_name_it_has_one_for_a_moment)
{
    struct fault_held before = fault_held();
    size_t names = names_in_scratch();
    pkr_tempfile spill;
    pkr_fault fault;
    unsigned char back[6];

    fault_arm(FAULT_OPEN, EOPNOTSUPP, FAULT_ONCE, 1);
    ck_assert_int_eq(pkr_tempfile_open(&spill, NULL, 6, &fault), 0);
    ck_assert_uint_eq(fault_failures(), 1);
    fault_disarm();
    ck_assert_uint_eq(names_in_scratch(), names);
    ck_assert_int_eq(pkr_tempfile_write(&spill, "spilt\n", 6, &fault), 0);
    ck_assert_int_eq(pread(spill.fd, back, 6, 0), 6);
    ck_assert_mem_eq(back, "spilt\n", 6);
    pkr_tempfile_close(&spill);
    ck_assert_int_eq(fault_held().descriptors, before.descriptors);
    ck_assert_int_eq(fault_held().allocations, before.allocations);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults: temporary files");
    TCase *cases = tcase_create("temporary files");

    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_loop_test(cases, each_write_that_fails_is_told_and_costs_only_this_object, 0,
                        (int)(sizeof writes / sizeof *writes));
    tcase_add_test(cases, where_no_file_can_be_without_a_name_it_has_one_for_a_moment);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
