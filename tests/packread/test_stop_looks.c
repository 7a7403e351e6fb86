/* test_stop_looks.c - long work looks at whether it is to stop between pieces that take a moment
 * each, however large an object, a table or a window is. Counted, not timed: each use of a window
 * is such a look, and what uses none is asked to stop before it begins. */
#include <stdlib.h>
#include <string.h>

#include "base/radix.h"
#include "base/sort_ids.h"
#include "format/delta.h"
#include "format/idx_write.h"
#include "made_pack.h"
#include "object/reader.h"
#include "platform/hash.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)
#define GIANT (64 * MIB)

static packread_stop *stop;

static void ask(void)
{
    stop = packread_stop_new();
    ck_assert_ptr_nonnull(stop);
    packread_stop_request(stop);
}

static void forget(void)
{
    packread_stop_free(stop);
}

/* ---- Windows ----------------------------------------------------------------------------------
 */

/* One blob, of zeros that deflate to next to nothing, or of noise that does not deflate. */
static char *save_giant(const char *name, bool noise)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes bytes = {0};
    char *path;

    if (noise) {
        packwriter_bytes_add_noise(&bytes, (size_t)GIANT, suite_seed());
    } else {
        bytes.data = calloc(1, (size_t)GIANT);
        ck_assert_ptr_nonnull(bytes.data);
        bytes.size = (size_t)GIANT;
    }
    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, bytes.data, bytes.size, 1);
    path = sample_save(&pack, name, NULL);
    packwriter_pack_free(&pack);
    packwriter_bytes_free(&bytes);
    return path;
}

static uint64_t uses(const packread_snapshot *snapshot)
{
    packread_stats stats = {.struct_size = sizeof stats};

    ck_assert_int_eq(packread_snapshot_stats(snapshot, &stats), 0);
    return stats.hits + stats.shared_hits + stats.misses;
}

START_TEST(a_giant_is_inflated_with_a_look_for_each_mebibyte)
{
    const packread_options options = {.memory_limit = 512 * MIB};
    char *path = save_giant("zeros", false);
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_reader *reader = sample_reader(snapshot);
    packread_object object;
    packread_error error;
    packread_id id;
    uint64_t before;

    sample_good(packread_reader_id_at(reader, 0, 0, &id, &error), &error);
    before = uses(snapshot);
    sample_good(packread_reader_read(reader, &id, &object, &error), &error);
    ck_assert_uint_eq(object.size, GIANT);
    ck_assert_uint_ge(uses(snapshot) - before, GIANT / MIB);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

/* Sums and the like take what is in sight. */
START_TEST(no_more_is_in_sight_than_is_summed_in_a_moment)
{
    const packread_options options = {.manager = PACKREAD_STATIC};
    char *path = save_giant("noise", true);
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_reader *reader = sample_reader(snapshot);
    const unsigned char *bytes;
    pkr_fault fault;
    size_t size;

    ck_assert_int_eq(pkr_reader_select(reader, pkr_reader_pack(reader, 0), &fault), 0);
    ck_assert_int_eq(pkr_view_use(&reader->data, 12, PKR_VIEW_ALL, &bytes, &size, &fault), 0);
    ck_assert_uint_le(size, 17 * MIB);
    ck_assert_int_eq(pkr_view_use(&reader->data, 12, 20 * MIB, &bytes, &size, &fault), 0);
    ck_assert_uint_eq(size, 20 * MIB); /* what is wanted is given */
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

/* ---- What needs no window ---------------------------------------------------------------------
 */

START_TEST(a_large_object_is_hashed_no_further)
{
    const size_t size = (size_t)(9 * MIB);
    unsigned char *bytes = calloc(1, size);
    pkr_hash_job job = {.type = PACKREAD_BLOB, .size = size, .data = bytes};
    pkr_hash_way way;

    ck_assert_ptr_nonnull(bytes);
    ck_assert(pkr_hash_way_choose(&way, NULL));
    ck_assert_int_eq(pkr_hash_objects(NULL, 20, &job, 1, stop), PACKREAD_ERROR_STOPPED);
    ck_assert_int_eq(pkr_hash_objects(&way, 20, &job, 1, stop), PACKREAD_ERROR_STOPPED);
    ck_assert_int_eq(pkr_hash_objects(&way, 20, &job, 1, NULL), 0);
    free(bytes);
}
END_TEST

START_TEST(a_delta_is_run_no_further)
{
    unsigned char base[16] = {0};
    unsigned char result[32];
    struct packwriter_bytes delta = {0};
    pkr_delta_sizes sizes;
    const char *text;

    packwriter_delta_begin(&delta, sizeof base, sizeof result);
    packwriter_delta_copy(&delta, 0, 16);
    packwriter_delta_copy(&delta, 0, 16);
    ck_assert_int_eq(pkr_delta_parse(delta.data, delta.size, &sizes, &text), 0);
    ck_assert_int_eq(pkr_delta_measure(delta.data, delta.size, &sizes, stop, &text),
                     PACKREAD_ERROR_STOPPED);
    ck_assert_int_eq(pkr_delta_apply(delta.data, delta.size, &sizes, base, result, stop, &text),
                     PACKREAD_ERROR_STOPPED);
    packread_stop_withdraw(stop);
    ck_assert_int_eq(pkr_delta_measure(delta.data, delta.size, &sizes, stop, &text), 0);
    ck_assert_int_eq(pkr_delta_apply(delta.data, delta.size, &sizes, base, result, stop, &text), 0);
    packwriter_bytes_free(&delta);
}
END_TEST

#define ROWS 5000 /* few enough are sorted in one go */

static uint64_t keys[ROWS];
static uint64_t more_keys[ROWS];
static unsigned char ids[ROWS][20];
static uint32_t order[ROWS];
static uint32_t spare[ROWS];
static uint32_t crcs[ROWS];

static void fill(void)
{
    uint64_t state = suite_seed();

    for (uint32_t i = 0; i < ROWS; i++) {
        keys[i] = suite_random(&state);
        memcpy(ids[i], &keys[i], sizeof keys[i]);
        order[i] = i;
    }
}

START_TEST(tables_are_sorted_no_further)
{
    fill();
    ck_assert(!pkr_radix_sort(keys, more_keys, ROWS, 0, 64, stop));
    ck_assert(!pkr_sort_ids(ids[0], 20, order, spare, ROWS, stop));
    ck_assert(!pkr_sort_ids(ids[0], 20, order, spare, 100, stop));
    packread_stop_withdraw(stop);
    ck_assert(pkr_radix_sort(keys, more_keys, ROWS, 0, 64, stop));
    ck_assert(pkr_sort_ids(ids[0], 20, order, spare, ROWS, stop));
}
END_TEST

static int take_and_ask(void *context, const void *bytes, size_t size)
{
    (void)bytes, (void)size;
    ++*(unsigned *)context;
    packread_stop_request(stop);
    return 0;
}

START_TEST(an_index_is_written_no_further)
{
    pkr_idx_rows rows = {.count = ROWS,
                         .order = order,
                         .ids = ids[0],
                         .crcs = crcs,
                         .offsets = keys,
                         .pack_sum = {{0}, 20},
                         .stop = stop};
    unsigned pieces = 0;
    pkr_fault fault;

    fill();
    ck_assert_int_eq(pkr_idx_write(&rows, 2, take_and_ask, &pieces, &fault),
                     PACKREAD_ERROR_STOPPED);
    ck_assert_uint_eq(pieces, 0);
    packread_stop_withdraw(stop);
    ck_assert_int_eq(pkr_idx_write(&rows, 2, take_and_ask, &pieces, &fault),
                     PACKREAD_ERROR_STOPPED);
    ck_assert_uint_eq(pieces, 1);
    packread_stop_withdraw(stop);
    ck_assert_int_eq(pkr_rev_write(&rows, order, take_and_ask, &pieces, &fault),
                     PACKREAD_ERROR_STOPPED);
    ck_assert_uint_eq(pieces, 2);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("looks at a stop");
    TCase *windows = tcase_create("windows");
    TCase *others = tcase_create("others");

    tcase_set_timeout(windows, 60);
    tcase_add_test(windows, a_giant_is_inflated_with_a_look_for_each_mebibyte);
    tcase_add_test(windows, no_more_is_in_sight_than_is_summed_in_a_moment);
    suite_add_tcase(suite, windows);
    tcase_add_checked_fixture(others, ask, forget);
    tcase_add_test(others, a_large_object_is_hashed_no_further);
    tcase_add_test(others, a_delta_is_run_no_further);
    tcase_add_test(others, tables_are_sorted_no_further);
    tcase_add_test(others, an_index_is_written_no_further);
    suite_add_tcase(suite, others);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
