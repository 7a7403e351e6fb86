/* test_windows.c - windows of any size, limits, ways of reading and managers: the answers are the
 * same. One number sums up everything that a snapshot answers. */
#include <stdlib.h>
#include <string.h>

#include "packwriter.h"
#include "samples.h"
#include "suite.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)

typedef struct way {
    const char *name;
    packread_options options;
} way;

/* Enough memory for all fixtures but those of tens of megabytes. */
static const way ample[] = {
    {"one page", {.window_size = 1}},
    {"one page, pread", {.window_size = 1, .io = PACKREAD_IO_PREAD}},
    {"64 KiB", {.window_size = 64 * KIB}},
    {"64 KiB, mmap", {.window_size = 64 * KIB, .io = PACKREAD_IO_MMAP}},
    {"64 KiB, pread", {.window_size = 64 * KIB, .io = PACKREAD_IO_PREAD}},
    {"whole files", {.window_size = PACKREAD_WHOLE_FILE}},
    {"static", {.manager = PACKREAD_STATIC}},
    {"static, pread", {.manager = PACKREAD_STATIC, .io = PACKREAD_IO_PREAD}},
    {"64 MiB", {.memory_limit = 64 * MIB}},
    {"64 MiB, 64 KiB, pread",
     {.memory_limit = 64 * MIB, .window_size = 64 * KIB, .io = PACKREAD_IO_PREAD}},
    {"unchecked", {.flags = PACKREAD_NO_CHECK, .window_size = 64 * KIB}},
};
#define AMPLE ((int)(sizeof ample / sizeof *ample))

/* Less than some packs have; no object of the small fixtures is near it. */
static const way tight[] = {
    {"1 MiB", {.memory_limit = MIB}},
    {"1 MiB, one page", {.memory_limit = MIB, .window_size = 1}},
    {"1 MiB, mmap", {.memory_limit = MIB, .io = PACKREAD_IO_MMAP}},
    {"1 MiB, pread", {.memory_limit = MIB, .io = PACKREAD_IO_PREAD}},
    {"1 MiB, one page, pread", {.memory_limit = MIB, .window_size = 1, .io = PACKREAD_IO_PREAD}},
    {"1 MiB, windows of whole files", {.memory_limit = MIB, .window_size = PACKREAD_WHOLE_FILE}},
    {"2 MiB, 64 KiB", {.memory_limit = 2 * MIB, .window_size = 64 * KIB}},
    {"4 MiB, 64 KiB, pread",
     {.memory_limit = 4 * MIB, .window_size = 64 * KIB, .io = PACKREAD_IO_PREAD}},
};
#define TIGHT ((int)(sizeof tight / sizeof *tight))

/* Where every window is one page whatever is asked for, fewer ways are different ones. */
static bool one_page(void)
{
    const char *debug = getenv("SMMAP_DEBUG");

    return debug && strstr(debug, "onepage");
}

static uint64_t census_of(const char *where, const packread_options *options)
{
    char *path = sample_path(sample_find(where), NULL);
    packread_snapshot *snapshot = sample_open(path, options);
    uint64_t census = sample_census(snapshot);

    packread_snapshot_free(snapshot);
    free(path);
    return census;
}

START_TEST(every_way_of_reading_gives_the_same_answers)
{
    const sample *of = &samples[_i];
    uint64_t expected;

    if (one_page() && of->is & SAMPLE_LARGE)
        return;
    expected = census_of(of->where, NULL);
    for (int i = 0; i < AMPLE; i++) {
        /* Tens of megabytes a dozen times over would show no more. */
        if (of->is & SAMPLE_LARGE && i != 4 && (i != 0 || strstr(of->where, "zeros")))
            continue;
        if (one_page() && i != 3 && i != 4 && i != 6)
            continue;
        if (census_of(of->where, &ample[i].options) != expected)
            ck_abort_msg("%s: other answers with %s", of->where, ample[i].name);
    }
}
END_TEST

static const char *const small_places[] = {
    "packs/types",       "packs/index-v1",      "packs/index-64bit",    "packs/empty-v1",
    "packs/duplicates",  "packs/empty-objects", "packs/ref-earlier",    "packs/ref-later",
    "packs/mixed-chain", "special/pack-v3",     "special/empty-result", "sha256/types",
    "sha256/repo",       "repos/small",         "repos/deltas",         "repos/refdelta",
    "repos/multi",       "repos/idxv1",         "repos/ambiguous",      "packs/zlib-forms"};

START_TEST(limits_smaller_than_the_packs_give_the_same_answers)
{
    const char *where = small_places[_i];
    uint64_t expected = census_of(where, NULL);

    for (int i = 0; i < TIGHT; i += one_page() ? 3 : 1)
        if (census_of(where, &tight[i].options) != expected)
            ck_abort_msg("%s: other answers with %s", where, tight[i].name);
}
END_TEST

/* ---- An index larger than everything ----------------------------------------------------------
 */

#define ROWS 45000

/* Blobs of a few bytes; 45,000 rows of 24 bytes are more than the smallest limit in all. */
static char *make_wide_pack(struct packwriter_pack *pack, unsigned version)
{
    struct packwriter_index_options options = {.version = version};

    packwriter_pack_begin(pack, PACKWRITER_SHA1, 2, 0);
    for (uint32_t i = 0; i < ROWS; i++) {
        unsigned char contents[4] = {(unsigned char)(i >> 16), (unsigned char)(i >> 8),
                                     (unsigned char)i, '\n'};

        packwriter_pack_begin_entry(pack);
        packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_BLOB, sizeof contents);
        packwriter_bytes_add_stored(&pack->bytes, contents, sizeof contents, 65535, 0);
        packwriter_pack_end_entry(pack, PACKWRITER_BLOB, contents, sizeof contents);
    }
    return sample_save(pack, "pack-wide", &options);
}

typedef struct counting {
    packread_id last;
    size_t count;
} counting;

static int count_rising(void *context, const packread_info *info, const packread_error *error)
{
    counting *state = context;

    if (error)
        sample_good(error->code, error);
    if (info->type != PACKREAD_BLOB || info->size != 4)
        ck_abort_msg("not the blob that was written");
    if (state->count++ > 0 && packread_id_compare(&state->last, &info->id) >= 0)
        ck_abort_msg("ids do not rise");
    state->last = info->id;
    return 0;
}

START_TEST(an_index_larger_than_a_window_and_the_whole_limit_works)
{
    packread_options ways[] = {
        {.memory_limit = MIB, .window_size = 1},
        {.memory_limit = MIB, .window_size = 64 * KIB},
        {.memory_limit = MIB, .io = PACKREAD_IO_PREAD},
        {.memory_limit = MIB, .window_size = 1, .io = PACKREAD_IO_MMAP},
    };
    const uint32_t step = suite_number("CHECK_LARGE", 0) ? 37 : 373; /* more is repetition */
    struct packwriter_pack pack = {0};
    char *path = make_wide_pack(&pack, (unsigned)_i);

    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        packread_snapshot *snapshot = sample_open(path, &ways[w]);
        packread_reader *reader = sample_reader(snapshot);
        packread_list_options options = {.want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE};
        counting state = {.count = 0};
        packread_pack_info info = {.struct_size = sizeof info};
        packread_error error;
        packread_stats stats = {.struct_size = sizeof stats};

        ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
        ck_assert_uint_gt(info.index_size, MIB);
        memset(&error, 0, sizeof error);
        for (uint32_t i = 0; i < ROWS; i += step) {
            packread_location location;
            packread_object object;
            packread_id id;

            memset(&id, 0, sizeof id);
            memcpy(id.bytes, pack.entries[i].id, 20);
            id.size = 20;
            sample_good(packread_reader_find(reader, &id, &location, &error), &error);
            if (location.offset != pack.entries[i].offset)
                ck_abort_msg("found elsewhere");
            sample_good(packread_reader_read(reader, &id, &object, &error), &error);
            if (object.size != 4 || !sample_hashes_to(&id, object.type, object.data, 4))
                ck_abort_msg("the bytes do not give the id");
            id.bytes[19] ^= 1;
            if (packread_reader_find(reader, &id, &location, &error) != PACKREAD_ERROR_NOT_FOUND)
                ck_abort_msg("found what is not there");
        }
        sample_good(packread_reader_list(reader, &options, count_rising, &state, &error), &error);
        ck_assert_uint_eq(state.count, ROWS);
        packread_snapshot_stats(snapshot, &stats);
        ck_assert_uint_le(stats.bytes_peak, MIB);
        ck_assert_uint_gt(stats.bytes_peak, 0);
        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
    }
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

/* Pack order is a table in memory: too much for 1 MiB, and the error says what it takes. */
START_TEST(order_of_offset_takes_what_the_error_says_it_needs)
{
    struct packwriter_pack pack = {0};
    char *path = make_wide_pack(&pack, 2);
    packread_options options = {.memory_limit = MIB};
    bool refused = false;

    for (int tries = 0; tries < 4; tries++) {
        packread_snapshot *snapshot = sample_open(path, &options);
        packread_reader *reader = sample_reader(snapshot);
        packread_location location;
        packread_error error;
        int status;

        memset(&error, 0, sizeof error);
        status =
            packread_reader_find_offset(reader, 0, pack.entries[777].offset, &location, &error);
        if (status == 0) {
            packread_id id;

            sample_good(packread_reader_id_at(reader, 0, location.position, &id, &error), &error);
            ck_assert_mem_eq(id.bytes, pack.entries[777].id, 20);
            tries = 4;
        } else {
            ck_assert_int_eq(status, PACKREAD_ERROR_BUDGET);
            ck_assert_uint_gt(error.needed, options.memory_limit);
            options.memory_limit = error.needed;
            refused = true;
            ck_assert_int_lt(tries, 3);
        }
        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
    }
    ck_assert(refused);
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

/* ---- Statistics --------------------------------------------------------------------------------
 */

START_TEST(windows_stay_within_their_part_of_the_limit)
{
    char *path = sample_path(sample_find("repos/big"), NULL);
    packread_options options = {.memory_limit = (uint64_t)(1 + _i) * MIB};
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_stats stats = {.struct_size = sizeof stats};

    sample_census(snapshot);
    packread_snapshot_stats(snapshot, &stats);
    ck_assert_uint_le(stats.bytes_peak, options.memory_limit);
    ck_assert_uint_gt(stats.misses, 10);
    if (!one_page())
        ck_assert_uint_gt(stats.evictions, 0);
    ck_assert_uint_eq(stats.regions_pinned, 0); /* no reader is left */
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

START_TEST(reading_with_pread_maps_nothing)
{
    char *path = sample_path(sample_find("repos/small"), NULL);
    packread_options options = {.io = PACKREAD_IO_PREAD};
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_stats stats = {.struct_size = sizeof stats};

    sample_census(snapshot);
    packread_snapshot_stats(snapshot, &stats);
    ck_assert_uint_eq(stats.maps, 0);
    ck_assert_uint_gt(stats.reads, 0);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("windows");
    TCase *tests = tcase_create("windows");

    tcase_add_loop_test(tests, every_way_of_reading_gives_the_same_answers, 0, sample_count);
    tcase_add_loop_test(tests, limits_smaller_than_the_packs_give_the_same_answers, 0,
                        (int)(sizeof small_places / sizeof *small_places));
    tcase_add_loop_test(tests, an_index_larger_than_a_window_and_the_whole_limit_works, 1, 3);
    tcase_add_test(tests, order_of_offset_takes_what_the_error_says_it_needs);
    tcase_add_loop_test(tests, windows_stay_within_their_part_of_the_limit, 0, 3);
    tcase_add_test(tests, reading_with_pread_maps_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
