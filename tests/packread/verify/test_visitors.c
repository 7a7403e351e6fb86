/* test_visitors.c - inside what verify and index call, the snapshot and its readers may be used,
 * and another verification be run: on whichever thread the call comes, nothing waits for itself,
 * and the answers are those of a run without. */
#include <stdio.h>
#include <string.h>

#include "sample_place.h"
#include "suite.h"

static sample_place at; /* an intact repository */
static packread_snapshot *damaged;
static packread_snapshot *bare; /* the same pack, without its index */
static packread_id known;

/* What a call's visitors do. */
typedef struct inside {
    packread_snapshot *snapshot;
    packread_reader *reader; /* of that, or NULL */
    uint64_t calls;
    bool is_busy; /* in a verification of its own */
} inside;

static packread_snapshot *open_alone(packread_snapshot *of)
{
    const packread_options options = {.flags = PACKREAD_WITHOUT_INDEX};
    packread_pack_info info = {.struct_size = sizeof info};

    ck_assert_int_eq(packread_snapshot_pack(of, 0, &info), 0);
    return sample_open(info.path, &options);
}

static void open_all(void)
{
    char path[4096];
    packread_error error;

    at = sample_place_find("repos/small");
    sample_good(packread_reader_id_at(at.reader, 0, 0, &known, &error), &error);
    snprintf(path, sizeof path, "%s/damaged/flipped-byte", suite_fixtures());
    damaged = sample_open(path, NULL);
    bare = open_alone(damaged);
}

static void close_all(void)
{
    packread_snapshot_free(bare);
    packread_snapshot_free(damaged);
    sample_place_close(&at);
}

static int count_object(void *context, const packread_info *info, const packread_error *error)
{
    (void)info, (void)error;
    ++*(uint64_t *)context;
    return 0;
}

static void use_reader(packread_reader *reader)
{
    packread_id absent = {.size = 20};
    packread_location location;
    packread_object object;
    packread_error error;
    uint64_t listed = 0;

    memset(absent.bytes, 0x5a, 20);
    ck_assert_int_eq(packread_reader_find(reader, &absent, &location, &error),
                     PACKREAD_ERROR_NOT_FOUND);
    packread_reader_list(reader, NULL, count_object, &listed, &error);
    ck_assert_uint_gt(listed, 0);
    ck_assert_int_eq(packread_reader_id_at(reader, 0, 0, &absent, &error), 0);
    packread_reader_read(reader, &absent, &object, &error); /* may be the damaged one */
}

static void use_snapshot(inside *on)
{
    packread_stats stats = {.struct_size = sizeof stats};
    packread_reader *reader;
    packread_error error;

    on->calls++;
    if (on->is_busy)
        return;
    ck_assert_int_eq(packread_snapshot_stats(on->snapshot, &stats), 0);
    sample_good(packread_snapshot_refresh(on->snapshot, NULL, &error), &error);
    packread_snapshot_collect(on->snapshot);
    if (on->reader) {
        use_reader(on->reader);
        sample_good(packread_reader_new(on->snapshot, &reader, &error), &error);
        use_reader(reader);
        packread_reader_free(reader);
    }
    on->is_busy = true;
    packread_verify(on->snapshot, 0, &(packread_verify_options){.threads = 2}, NULL, &error);
    on->is_busy = false;
}

static int finding(void *context, const packread_finding *found)
{
    ck_assert_ptr_nonnull(found->error);
    use_snapshot(context);
    return 0;
}

static int progress(void *context, uint64_t done, uint64_t total)
{
    ck_assert_uint_le(done, total);
    use_snapshot(context);
    return 0;
}

static int take(void *context, const void *bytes, size_t size)
{
    (void)bytes, (void)size;
    use_snapshot(context);
    return 0;
}

static int verify(packread_snapshot *snapshot, unsigned threads, inside *on,
                  packread_verify_summary *summary)
{
    packread_verify_options options = {.threads = threads, .context = on};

    if (on) {
        options.finding = finding;
        options.progress = progress;
    }
    *summary = (packread_verify_summary){.struct_size = sizeof *summary};
    return packread_verify(snapshot, 0, &options, summary, NULL);
}

START_TEST(a_verification_may_be_looked_into)
{
    packread_snapshot *const snapshots[] = {at.snapshot, damaged, bare};
    const unsigned threads = _i ? 4 : 1;

    for (size_t i = 0; i < 3; i++) {
        inside on = {.snapshot = snapshots[i]};
        packread_verify_summary expected;
        packread_verify_summary summary;
        int status;

        if (snapshots[i] != bare)
            ck_assert_int_eq(packread_reader_new(snapshots[i], &on.reader, NULL), 0);
        status = verify(snapshots[i], threads, NULL, &expected);
        ck_assert_int_eq(verify(snapshots[i], threads, &on, &summary), status);
        ck_assert_uint_gt(on.calls, 0);
        ck_assert_mem_eq(&summary, &expected, sizeof summary);
        packread_reader_free(on.reader);
    }
}
END_TEST

START_TEST(an_index_on_its_way_may_be_looked_into)
{
    packread_snapshot *const snapshots[] = {bare, open_alone(at.snapshot)};
    const unsigned threads = _i ? 4 : 1;

    for (size_t i = 0; i < 2; i++) {
        inside on = {.snapshot = snapshots[i]};
        const packread_index_options quietly = {.threads = threads, .salvage = true};
        const packread_index_options options = {.threads = threads,
                                                .finding = finding,
                                                .progress = progress,
                                                .context = &on,
                                                .salvage = true,
                                                .index = take,
                                                .reverse = take};
        packread_index_summary expected = {.struct_size = sizeof expected};
        packread_index_summary summary = {.struct_size = sizeof summary};
        int status = packread_index(snapshots[i], 0, &quietly, &expected, NULL);

        ck_assert_int_eq(packread_index(snapshots[i], 0, &options, &summary, NULL), status);
        ck_assert_uint_gt(on.calls, 0);
        ck_assert_mem_eq(&summary, &expected, sizeof summary);
    }
    packread_snapshot_free(snapshots[1]);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("visitors");
    TCase *tests = tcase_create("visitors");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, open_all, close_all);
    tcase_add_loop_test(tests, a_verification_may_be_looked_into, 0, 2);
    tcase_add_loop_test(tests, an_index_on_its_way_may_be_looked_into, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
