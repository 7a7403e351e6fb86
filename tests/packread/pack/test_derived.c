/* test_derived.c - the index that is made from a pack: it answers as the pack's own, is paid from
 * the memory limit, can be stopped, and says what it lacks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "made_pack.h"
#include "samples.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)

/* A copy of a fixture's pack, without its index. */
static char *copy_alone(const char *of, const char *name)
{
    char command[8192];
    char *copy = suite_scratch_path("alone.pack");
    char below[200];
    char *from;

    snprintf(below, sizeof below, "pack/pack-%s.pack", name);
    from = sample_path(sample_find(of), below);
    snprintf(command, sizeof command, "cp '%s' '%s' && chmod u+w '%s'", from, copy, copy);
    ck_assert_int_eq(system(command), 0);
    free(from);
    return copy;
}

/* Every good fixture: what its index says is what an index made of it says, CRCs too. */
START_TEST(it_answers_as_the_index_of_the_pack)
{
    const sample *of = &samples[_i];
    packread_snapshot *whole;
    packread_pack_info pack = {.struct_size = sizeof pack};

    if (of->is & SAMPLE_LARGE)
        return;
    {
        char *path = sample_path(of, NULL);

        whole = sample_open(path, NULL);
        free(path);
    }
    for (size_t i = 0; packread_snapshot_pack(whole, i, &pack) == 0; i++) {
        packread_snapshot *with;
        packread_snapshot *without;
        char *alone;

        if (pack.index_version == 1) /* it has no CRCs */
            continue;
        alone = suite_scratch_path("one.pack");
        unlink(alone);
        ck_assert_int_eq(symlink(pack.path, alone), 0);
        with = sample_open(pack.path, NULL);
        without = sample_open(alone, NULL);
        ck_assert_uint_eq(sample_census(with), sample_census(without));
        ck_assert_uint_eq(packread_snapshot_problems(without), 0);
        packread_snapshot_free(with);
        packread_snapshot_free(without);
        free(alone);
    }
    packread_snapshot_free(whole);
}
END_TEST

/* What is asked for is enough, and what was taken is given back. */
START_TEST(too_small_a_limit_says_what_is_enough)
{
    packread_options options = {.memory_limit = MIB};
    packread_snapshot *snapshot = NULL;
    char *path = suite_scratch_path("many.pack");
    struct packwriter_pack pack = {0};
    packread_error error;
    unsigned rounds = 0;

    made_pack_begin(&pack);
    for (uint32_t i = 0; i < 20000; i++)
        packwriter_pack_add_object(&pack, PACKWRITER_BLOB, &i, sizeof i, 1);
    free(sample_save(&pack, "many", NULL));
    packwriter_pack_free(&pack);
    {
        char *index = suite_scratch_path("many.idx");

        ck_assert_int_eq(unlink(index), 0);
        free(index);
    }
    while (packread_snapshot_open(path, &options, &snapshot, &error) != 0) {
        ck_assert_int_eq(error.code, PACKREAD_ERROR_BUDGET);
        ck_assert_uint_gt(error.needed, options.memory_limit);
        ck_assert_uint_lt(error.needed, 16 * MIB);
        options.memory_limit = error.needed;
        ck_assert_uint_lt(++rounds, 2);
    }
    ck_assert_uint_eq(rounds, 1);
    {
        packread_stats stats = {.struct_size = sizeof stats};

        ck_assert_int_eq(packread_snapshot_stats(snapshot, &stats), 0);
        ck_assert_uint_ge(stats.memory_used, 20000 * 28);
        ck_assert_uint_lt(stats.memory_used, 20000 * 32);
    }
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

struct progress {
    unsigned calls;
    unsigned stop_at;
    uint64_t done;
    uint64_t total;
};

static int tell_progress(void *context, uint64_t done, uint64_t total)
{
    struct progress *told = context;

    ck_assert_uint_ge(done, told->done);
    told->done = done;
    told->total = total;
    return ++told->calls == told->stop_at;
}

START_TEST(progress_is_told_and_can_stop_it)
{
    char *path = copy_alone("packs/sizes", "sizes");
    struct progress told = {0};
    packread_options options = {
        .struct_size = sizeof options, .progress = tell_progress, .progress_context = &told};
    packread_snapshot *snapshot = NULL;
    packread_error error;
    unsigned calls;

    for (options.index_threads = 1; options.index_threads < 4; options.index_threads++) {
        told = (struct progress){0};
        sample_good(packread_snapshot_open(path, &options, &snapshot, &error), &error);
        ck_assert_uint_gt(told.calls, 1);
        ck_assert_uint_eq(told.done, told.total);
        packread_snapshot_free(snapshot);
    }
    calls = told.calls;
    for (unsigned stop_at = 1; stop_at <= calls; stop_at += 1 + calls / 10) {
        told = (struct progress){.stop_at = stop_at};
        ck_assert_int_eq(packread_snapshot_open(path, &options, &snapshot, &error),
                         PACKREAD_ERROR_STOPPED);
        ck_assert_uint_eq(told.calls, stop_at);
    }
    free(path);
}
END_TEST

static packread_error read_error(packread_snapshot *snapshot, const packread_id *id)
{
    packread_reader *reader = sample_reader(snapshot);
    packread_object object;
    packread_error error = {0};

    packread_reader_read(reader, id, &object, &error);
    packread_reader_free(reader);
    return error;
}

static packread_snapshot *open_without_index(struct packwriter_pack *pack)
{
    char *path = suite_scratch_path("odd.pack");
    char *index = suite_scratch_path("odd.idx");
    packread_snapshot *snapshot;

    free(sample_save(pack, "odd", NULL));
    ck_assert_int_eq(unlink(index), 0);
    snapshot = sample_open(path, NULL);
    free(path);
    free(index);
    return snapshot;
}

/* Nobody can tell the id of what is damaged: that is said, and of an id that is not found it is
 * told that it may be that one. */
START_TEST(of_a_damaged_pack_it_says_what_it_lacks)
{
    struct packwriter_pack pack = {0};
    packread_snapshot *snapshot;
    packread_id damaged;
    packread_id whole;

    made_pack_begin_tree(&pack);
    made_pack_damage(&pack, 5);
    damaged = made_pack_id(&pack, 5);
    whole = made_pack_id(&pack, 3);
    snapshot = open_without_index(&pack);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->code, PACKREAD_ERROR_CORRUPT);
    ck_assert_int_eq(read_error(snapshot, &whole).code, 0);
    ck_assert_int_eq(read_error(snapshot, &damaged).code, PACKREAD_ERROR_DOUBTFUL);
    packread_snapshot_free(snapshot);
    packwriter_pack_free(&pack);
}
END_TEST

START_TEST(of_a_thin_pack_it_says_what_it_lacks)
{
    struct packwriter_pack pack = {0};
    packread_id thin = made_pack_text_id("another text that hangs on it");
    packread_id whole = made_pack_text_id(made_lines[0]);
    packread_snapshot *snapshot;

    made_pack_begin(&pack);
    made_pack_add_line(&pack, 0);
    made_pack_add_on(&pack, "a text that no pack has at all", "another text that hangs on it",
                     "another text that hangs on it");
    snapshot = open_without_index(&pack);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->code, PACKREAD_ERROR_THIN);
    ck_assert_int_eq(read_error(snapshot, &whole).code, 0);
    ck_assert_int_eq(read_error(snapshot, &thin).code, PACKREAD_ERROR_DOUBTFUL);
    thin.size = PACKWRITER_SHA256; /* of the other hash: that is none of these */
    ck_assert_int_eq(read_error(snapshot, &thin).code, PACKREAD_ERROR_NOT_FOUND);
    packread_snapshot_free(snapshot);
    packwriter_pack_free(&pack);
}
END_TEST

/* Verify looks at the files that are there. */
static int count_of_index(void *context, const packread_finding *finding)
{
    const char *dot = strrchr(finding->error->file, '.');

    ck_assert_str_eq(dot, ".idx");
    ++*(unsigned *)context;
    return 0;
}

START_TEST(verify_tells_of_the_index_that_is_there)
{
    char *path = copy_alone("packs/sizes", "sizes");
    char *index = suite_scratch_path("alone.idx");
    unsigned findings = 0;
    const packread_verify_options options = {.finding = count_of_index, .context = &findings};
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_pack_info pack = {.struct_size = sizeof pack};
    packread_snapshot *snapshot = sample_open(path, NULL);

    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &pack), 0);
    ck_assert_int_eq(packread_verify(snapshot, 0, &options, &summary, NULL), 0);
    ck_assert_uint_eq(summary.objects, pack.objects);
    packread_snapshot_free(snapshot);
    suite_write_file(index, "damaged", 7);
    snapshot = sample_open(path, NULL);
    ck_assert_int_eq(packread_verify(snapshot, 0, &options, &summary, NULL),
                     PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(summary.objects, pack.objects);
    ck_assert_uint_eq(findings, 1);
    packread_snapshot_free(snapshot);
    free(path);
    free(index);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("derived");
    TCase *tests = tcase_create("derived");

    tcase_add_loop_test(tests, it_answers_as_the_index_of_the_pack, 0, sample_count);
    tcase_add_test(tests, too_small_a_limit_says_what_is_enough);
    tcase_add_test(tests, progress_is_told_and_can_stop_it);
    tcase_add_test(tests, of_a_damaged_pack_it_says_what_it_lacks);
    tcase_add_test(tests, of_a_thin_pack_it_says_what_it_lacks);
    tcase_add_test(tests, verify_tells_of_the_index_that_is_there);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
