/* test_large.c - offsets and sizes past 4 GiB, and objects larger than the memory that there is.
 *
 * With CHECK_LARGE set, the 5 GiB of special/sparse are read and verified too, which takes a while.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packwriter.h"
#include "peak.h"
#include "samples.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)
#define HOLE ((UINT64_C(5) << 30) + 12345)

static const sample sparse = {"special/sparse", 0, {"pack-sparse"}};

/* ---- Past 4 GiB --------------------------------------------------------------------------------
 */

START_TEST(objects_on_both_sides_of_5_gib_are_found_and_read)
{
    packread_options options = {.memory_limit = (uint64_t)(_i ? 1 : 64) * MIB,
                                .io = _i == 2 ? PACKREAD_IO_PREAD : PACKREAD_IO_AUTO};
    char *path = sample_path(&sparse, NULL);
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_reader *reader = sample_reader(snapshot);
    sample_truth truth;
    size_t beyond = 0;

    sample_truth_load(&sparse, &truth);
    ck_assert_uint_eq(truth.count, 7);
    for (size_t i = 0; i < truth.count; i++) {
        const sample_object *expected = &truth.objects[i];
        packread_location location;
        packread_location same;
        packread_object object;
        packread_info info = {.struct_size = sizeof info};
        packread_error error;

        sample_good(packread_reader_find(reader, &expected->id, &location, &error), &error);
        ck_assert(location.offset == expected->offset);
        beyond += location.offset > UINT32_MAX;
        sample_good(packread_reader_find_offset(reader, 0, location.offset, &same, &error), &error);
        ck_assert_uint_eq(same.position, location.position);
        sample_good(packread_reader_info(reader, &location, PACKREAD_WANT_ALL, &info, &error),
                    &error);
        ck_assert(info.size == expected->size);
        ck_assert_int_eq((int64_t)info.depth, expected->depth);
        if (expected->size == HOLE) {
            ck_assert(info.size_on_disk > UINT32_MAX);
            continue;
        }
        sample_good(packread_reader_read(reader, &expected->id, &object, &error), &error);
        ck_assert(sample_hashes_to(&expected->id, object.type, object.data, object.size));
    }
    ck_assert_uint_ge(beyond, 4);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

typedef struct order {
    uint64_t last;
    uint64_t end;
    size_t count;
} order;

static int check_order(void *context, const packread_info *info, const packread_error *error)
{
    order *state = context;

    if (error)
        sample_good(error->code, error);
    if (info->location.offset != state->end)
        ck_abort_msg("at %llu, not %llu", (unsigned long long)info->location.offset,
                     (unsigned long long)state->end);
    state->end = info->location.offset + info->size_on_disk;
    state->count++;
    return 0;
}

START_TEST(order_of_offset_holds_past_5_gib)
{
    char *path = sample_path(&sparse, NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);
    packread_reader *reader = sample_reader(snapshot);
    packread_list_options options = {.order = PACKREAD_BY_OFFSET, .want = PACKREAD_WANT_DISK};
    order state = {0, 12, 0};
    packread_pack_info info = {.struct_size = sizeof info};
    packread_error error;

    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
    ck_assert(info.size > UINT32_MAX);
    sample_good(packread_reader_list(reader, &options, check_order, &state, &error), &error);
    ck_assert_uint_eq(state.count, 7);
    ck_assert(state.end == info.size - 20);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

static packread_id hole_id(void)
{
    return sample_id("9dc2c4ea7959bf438bb5f7af760c6be7d1c87e93");
}

START_TEST(an_object_of_5_gib_is_not_held_and_the_error_says_what_it_takes)
{
    packread_options options = {.memory_limit = _i ? 0 : 16 * MIB};
    char *path = sample_path(&sparse, NULL);
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_reader *reader = sample_reader(snapshot);
    packread_object object;
    packread_error error;
    packread_id id = hole_id();
    uint64_t before = peak_begin();

    memset(&error, 0, sizeof error);
    ck_assert_int_eq(packread_reader_read(reader, &id, &object, &error), PACKREAD_ERROR_BUDGET);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_BUDGET);
    ck_assert(error.needed > HOLE);
    ck_assert_int_eq(packread_id_compare(&error.id, &id), 0);
    peak_is_below(before, 64 * MIB);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

/* ---- Bounded memory ----------------------------------------------------------------------------
 */

typedef struct counted {
    uint64_t size;
    uint64_t announced;
    uint64_t largest_piece;
    bool all_zero;
    uint64_t stop_at;
} counted;

static int begin(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    counted *all = context;

    (void)id, (void)type;
    all->announced = size;
    all->all_zero = true;
    return 0;
}

static int data(void *context, const void *bytes, size_t size)
{
    counted *all = context;
    const unsigned char *at = bytes;

    if (all->all_zero && (at[0] != 0 || memcmp(at, at + 1, size - 1) != 0))
        all->all_zero = false;
    if (size > all->largest_piece)
        all->largest_piece = size;
    all->size += size;
    return all->stop_at && all->size >= all->stop_at;
}

/* 64 MiB of zeros out of 64 KiB, and 24 MiB and 12 MiB of less: each far over the limit. */
START_TEST(plain_objects_over_the_limit_stream_in_bounded_memory)
{
    static const char *const places[] = {"packs/zeros", "repos/big"};
    const uint64_t limit = (_i % 2 ? 1 : 4) * MIB;
    packread_options options = {.memory_limit = limit};
    const sample *of = sample_find(places[_i / 2]);
    char *path = sample_path(of, NULL);
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_reader *reader = sample_reader(snapshot);
    sample_truth truth;
    packread_stats stats = {.struct_size = sizeof stats};
    uint64_t before = peak_begin();
    size_t streamed = 0;

    sample_truth_load(of, &truth);
    for (size_t i = 0; i < truth.count; i++) {
        const sample_object *expected = &truth.objects[i];
        counted all = {0, 0, 0, false, 0};
        packread_sink sink = {.begin = begin, .data = data, .context = &all};
        packread_error error;

        if (expected->size < limit || expected->depth > 0)
            continue;
        sample_good(packread_reader_stream(reader, &expected->id, &sink, &error), &error);
        ck_assert(all.size == expected->size);
        ck_assert(all.announced == expected->size);
        ck_assert(all.largest_piece <= limit);
        ck_assert_int_eq(all.all_zero, strstr(of->where, "zeros") != NULL);
        streamed++;
    }
    ck_assert_uint_ge(streamed, 2);
    packread_snapshot_stats(snapshot, &stats);
    ck_assert_uint_le(stats.bytes_peak, limit);
    peak_is_below(before, limit + 8 * MIB);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

/* A delta needs its base and its result at once. */
START_TEST(a_delta_over_the_limit_streams_or_says_what_it_takes)
{
    packread_options options = {.memory_limit = 4 * MIB};
    const sample *of = sample_find("packs/zeros");
    char *path = sample_path(of, NULL);
    sample_truth truth;
    size_t deltas = 0;

    sample_truth_load(of, &truth);
    for (size_t i = 0; i < truth.count; i++) {
        packread_snapshot *snapshot;
        packread_reader *reader;
        packread_error error;
        packread_object object;
        counted all = {0, 0, 0, false, 0};
        packread_sink sink = {.begin = begin, .data = data, .context = &all};
        uint64_t before;
        int status;

        if (truth.objects[i].depth == 0)
            continue;
        deltas++;
        snapshot = sample_open(path, &options);
        reader = sample_reader(snapshot);
        before = peak_begin();
        memset(&error, 0, sizeof error);
        ck_assert_int_eq(packread_reader_read(reader, &truth.objects[i].id, &object, &error),
                         PACKREAD_ERROR_BUDGET);
        ck_assert_uint_gt(error.needed, options.memory_limit);
        memset(&error, 0, sizeof error);
        status = packread_reader_stream(reader, &truth.objects[i].id, &sink, &error);
        if (status == 0) {
            ck_assert(all.size == truth.objects[i].size);
        } else {
            ck_assert_int_eq(status, PACKREAD_ERROR_BUDGET);
            ck_assert_uint_gt(error.needed, options.memory_limit);
            ck_assert_uint_eq(all.size, 0);
        }
        peak_is_below(before, options.memory_limit + 32 * MIB);
        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
    }
    ck_assert_uint_eq(deltas, 1);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

/* What `needed` says is enough: with it, the same object is read. */
START_TEST(the_memory_that_an_error_asks_for_is_enough)
{
    static const char *const places[] = {"packs/zeros", "packs/noise", "packs/delta-sizes",
                                         "packs/copy-forms", "repos/big"};
    const sample *of = sample_find(places[_i]);
    char *path = sample_path(of, NULL);
    sample_truth truth;
    size_t refused = 0;

    sample_truth_load(of, &truth);
    for (size_t i = 0; i < truth.count; i++) {
        packread_options options = {.memory_limit = MIB};
        int tries = 0;

        for (;; tries++) {
            packread_snapshot *snapshot = sample_open(path, &options);
            packread_reader *reader = sample_reader(snapshot);
            packread_object object;
            packread_error error;
            int status;

            memset(&error, 0, sizeof error);
            status = packread_reader_read(reader, &truth.objects[i].id, &object, &error);
            if (status == 0 && !sample_hashes_to(&object.id, object.type, object.data, object.size))
                ck_abort_msg("the bytes do not give the id");
            packread_reader_free(reader);
            packread_snapshot_free(snapshot);
            if (status == 0)
                break;
            if (status != PACKREAD_ERROR_BUDGET)
                sample_good(status, &error);
            refused += tries == 0;
            /* A delta may ask step by step: for its base, for itself, for its result. */
            ck_assert_int_lt(tries, truth.objects[i].depth > 0 ? 3 : 1);
            ck_assert_uint_gt(error.needed, options.memory_limit);
            ck_assert_uint_lt(error.needed, 1024 * MIB);
            options.memory_limit = error.needed;
        }
    }
    ck_assert_uint_gt(refused, 0);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

/* A thousandfold bomb is not unpacked for its claim: 1 GiB out of 1 MiB, under a small limit. */
START_TEST(a_bomb_stays_within_the_limit)
{
    packread_options options = {.memory_limit = 8 * MIB};
    struct packwriter_pack pack = {0};
    struct packwriter_bytes zeros = {0};
    struct packwriter_bytes delta = {0};
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_object object;
    packread_error error;
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_verify_options verify = {.threads = 2};
    packread_id id;
    uint64_t before;
    char *path;

    packwriter_bytes_add_repeated(&zeros, 0, 64 << 10);
    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, zeros.data, zeros.size, 9);
    /* 16 GiB of copies in a few kilobytes. */
    packwriter_delta_begin(&delta, zeros.size, UINT64_C(262144) * 65536);
    for (uint64_t i = 0; i < 262144; i++)
        packwriter_delta_copy(&delta, 0, 0x10000);
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_OFS_DELTA, delta.size);
    packwriter_bytes_add_distance(&pack.bytes, pack.open_position - pack.entries[0].offset);
    packwriter_bytes_add_deflated(&pack.bytes, delta.data, delta.size, 9);
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, "sixteen", 7);
    path = sample_save(&pack, "pack-bomb", NULL);
    packwriter_bytes_free(&zeros);
    packwriter_bytes_free(&delta);

    before = peak_begin();
    snapshot = sample_open(path, &options);
    reader = sample_reader(snapshot);
    memset(&id, 0, sizeof id);
    memcpy(id.bytes, pack.entries[1].id, 20);
    id.size = 20;
    memset(&error, 0, sizeof error);
    ck_assert_int_eq(packread_reader_read(reader, &id, &object, &error), PACKREAD_ERROR_BUDGET);
    ck_assert(error.needed > (UINT64_C(1) << 34));
    ck_assert_int_ne(packread_verify(snapshot, 0, &verify, &summary, &error), 0);
    peak_is_below(before, options.memory_limit + 32 * MIB);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

/* ---- Large for real ----------------------------------------------------------------------------
 */

START_TEST(the_5_gib_stream_and_verify)
{
    packread_options options = {.memory_limit = 16 * MIB};
    char *path = sample_path(&sparse, NULL);
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_reader *reader = sample_reader(snapshot);
    packread_verify_options verify = {.threads = 2};
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_error error;
    packread_id id = hole_id();
    counted all = {0, 0, 0, false, 0};
    packread_sink sink = {.begin = begin, .data = data, .context = &all};
    uint64_t before = peak_begin();

    memset(&error, 0, sizeof error);
    sample_good(packread_reader_stream(reader, &id, &sink, &error), &error);
    ck_assert(all.size == HOLE);
    ck_assert(all.all_zero);
    sample_good(packread_verify(snapshot, 0, &verify, &summary, &error), &error);
    ck_assert_uint_eq(summary.objects, 7);
    ck_assert(summary.bytes > HOLE);
    peak_is_below(before, options.memory_limit + 32 * MIB);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

/* The first megabytes of it, unchecked, so that one pass is enough: quick. */
START_TEST(the_5_gib_begin_to_stream_at_once_when_unchecked)
{
    packread_options options = {.memory_limit = 16 * MIB, .flags = PACKREAD_NO_CHECK};
    char *path = sample_path(&sparse, NULL);
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_reader *reader = sample_reader(snapshot);
    packread_error error;
    packread_id id = hole_id();
    counted all = {.stop_at = 100 * MIB};
    packread_sink sink = {.begin = begin, .data = data, .context = &all};
    uint64_t before = peak_begin();

    ck_assert_int_eq(packread_reader_stream(reader, &id, &sink, &error), PACKREAD_ERROR_STOPPED);
    ck_assert(all.announced == HOLE);
    ck_assert(all.size >= 100 * MIB && all.size <= 101 * MIB);
    ck_assert(all.all_zero);
    peak_is_below(before, options.memory_limit + 8 * MIB);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("large");
    TCase *beyond = tcase_create("4 GiB");
    TCase *memory = tcase_create("memory");

    tcase_add_loop_test(beyond, objects_on_both_sides_of_5_gib_are_found_and_read, 0, 3);
    tcase_add_test(beyond, order_of_offset_holds_past_5_gib);
    tcase_add_loop_test(beyond, an_object_of_5_gib_is_not_held_and_the_error_says_what_it_takes, 0,
                        2);
    tcase_add_test(beyond, the_5_gib_begin_to_stream_at_once_when_unchecked);
    if (suite_number("CHECK_LARGE", 0))
        tcase_add_test(beyond, the_5_gib_stream_and_verify);
    suite_add_tcase(suite, beyond);

    tcase_add_loop_test(memory, plain_objects_over_the_limit_stream_in_bounded_memory, 0, 4);
    tcase_add_test(memory, a_delta_over_the_limit_streams_or_says_what_it_takes);
    tcase_add_loop_test(memory, the_memory_that_an_error_asks_for_is_enough, 0, 5);
    tcase_add_test(memory, a_bomb_stays_within_the_limit);
    suite_add_tcase(suite, memory);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
