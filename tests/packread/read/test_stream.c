/* test_stream.c - a sink receives each object whole and in order, and may stop at any call. */
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"

/* What came, with a stop after so many calls of begin and data. */
typedef struct received {
    packread_id id;
    enum packread_type type;
    uint64_t size;
    unsigned begins;
    unsigned pieces;
    struct packwriter_bytes bytes;
    unsigned stop_at_begin; /* the value that begin returns */
    unsigned stop_at_piece; /* data returns 1 at this piece */
} received;

static int begin(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    received *all = context;

    if (all->pieces > 0 || all->begins > 0)
        ck_abort_msg("begin comes first, and once");
    all->begins++;
    all->id = *id;
    all->type = type;
    all->size = size;
    return (int)all->stop_at_begin;
}

static int data(void *context, const void *bytes, size_t size)
{
    received *all = context;

    if (all->begins != 1)
        ck_abort_msg("data before begin");
    if (size == 0)
        ck_abort_msg("a piece of no bytes");
    all->pieces++;
    packwriter_bytes_add(&all->bytes, bytes, size);
    return all->pieces == all->stop_at_piece;
}

static void clear(received *all)
{
    packwriter_bytes_free(&all->bytes);
    memset(all, 0, sizeof *all);
}

static void stream_all(const sample *of, const packread_options *options)
{
    sample_place at = sample_place_open(of, options);

    for (size_t i = 0; i < at.truth.count; i++) {
        const sample_object *expected = &at.truth.objects[i];
        received all = {.begins = 0};
        packread_sink sink = {.begin = begin, .data = data, .context = &all};
        packread_error error;

        sample_good(packread_reader_stream(at.reader, &expected->id, &sink, &error), &error);
        if (all.begins != 1 || packread_id_compare(&all.id, &expected->id) != 0 ||
            all.type != expected->type || all.size != expected->size ||
            all.bytes.size != expected->size || (all.pieces == 0) != (expected->size == 0))
            ck_abort_msg("not what was asked for");
        if (!sample_hashes_to(&expected->id, all.type, all.bytes.data, all.bytes.size))
            ck_abort_msg("the bytes do not give the id");
        clear(&all);
    }
    sample_place_close(&at);
}

START_TEST(every_object_streams_whole)
{
    stream_all(&samples[_i], NULL);
}
END_TEST

/* Plain objects of any size, in pieces; each also unchecked, in one pass instead of two. */
START_TEST(plain_objects_stream_under_the_smallest_limit)
{
    static const char *const places[] = {"repos/big", "packs/zlib-forms", "packs/empty-objects"};
    packread_options options = {.memory_limit = 1 << 20, .flags = _i % 2 ? PACKREAD_NO_CHECK : 0};

    stream_all(sample_find(places[_i / 2]), &options);
}
END_TEST

static packread_id empty_blob(void)
{
    return sample_id("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
}

START_TEST(an_empty_object_begins_and_has_no_data)
{
    sample_place at = sample_place_find("packs/empty-objects");
    received all = {.begins = 0};
    packread_sink sink = {.begin = begin, .data = data, .context = &all};
    packread_id id = empty_blob();
    packread_error error;

    sample_good(packread_reader_stream(at.reader, &id, &sink, &error), &error);
    ck_assert_uint_eq(all.begins, 1);
    ck_assert_uint_eq(all.pieces, 0);
    ck_assert_uint_eq(all.size, 0);
    sample_place_close(&at);
}
END_TEST

/* The two of repos/big: many pieces under a small limit, one piece without. */
static packread_id largest(const char *where, uint64_t *size)
{
    sample_truth truth;
    size_t best = 0;
    packread_id id;

    sample_truth_load(sample_find(where), &truth);
    for (size_t i = 0; i < truth.count; i++)
        if (truth.objects[i].size > truth.objects[best].size)
            best = i;
    id = truth.objects[best].id;
    *size = truth.objects[best].size;
    sample_truth_free(&truth);
    return id;
}

START_TEST(a_sink_that_stops_in_begin_gets_no_data)
{
    packread_options options = {.memory_limit = _i ? 1 << 20 : 0};
    sample_place at = sample_place_open(sample_find("repos/big"), &options);
    received all = {.stop_at_begin = 7};
    packread_sink sink = {.begin = begin, .data = data, .context = &all};
    packread_error error;
    uint64_t size;
    packread_id id = largest("repos/big", &size);

    memset(&error, 0, sizeof error);
    ck_assert_int_eq(packread_reader_stream(at.reader, &id, &sink, &error), PACKREAD_ERROR_STOPPED);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_STOPPED);
    ck_assert_uint_eq(all.begins, 1);
    ck_assert_uint_eq(all.pieces, 0);
    sample_place_close(&at);
}
END_TEST

START_TEST(a_sink_that_stops_in_data_gets_no_more_and_the_reader_goes_on)
{
    packread_options options = {.memory_limit = 1 << 20};
    sample_place at = sample_place_open(sample_find("repos/big"), &options);
    packread_error error;
    uint64_t size;
    packread_id id = largest("repos/big", &size);

    for (unsigned stop = 1; stop < 20; stop += 6) {
        received all = {.stop_at_piece = stop};
        packread_sink sink = {.begin = begin, .data = data, .context = &all};

        memset(&error, 0, sizeof error);
        ck_assert_int_eq(packread_reader_stream(at.reader, &id, &sink, &error),
                         PACKREAD_ERROR_STOPPED);
        ck_assert_uint_eq(all.pieces, stop);
        ck_assert_uint_lt(all.bytes.size, size);
        clear(&all);
        sample_good(packread_reader_stream(at.reader, &id, &sink, &error), &error);
        ck_assert_uint_eq(all.bytes.size, size);
        ck_assert(sample_hashes_to(&id, all.type, all.bytes.data, all.bytes.size));
        clear(&all);
    }
    sample_place_close(&at);
}
END_TEST

/* In one piece, from memory: the stop after it is a stop all the same. */
START_TEST(a_sink_that_stops_at_the_last_piece_has_stopped)
{
    sample_place at = sample_place_find("packs/types");

    for (size_t i = 0; i < at.truth.count; i++) {
        received all = {.stop_at_piece = 1};
        packread_sink sink = {.begin = begin, .data = data, .context = &all};
        packread_error error;

        memset(&error, 0, sizeof error);
        ck_assert_int_eq(packread_reader_stream(at.reader, &at.truth.objects[i].id, &sink, &error),
                         PACKREAD_ERROR_STOPPED);
        ck_assert_int_eq(error.code, PACKREAD_ERROR_STOPPED);
        ck_assert_uint_eq(all.pieces, 1);
        clear(&all);
    }
    sample_place_close(&at);
}
END_TEST

START_TEST(a_sink_needs_no_begin)
{
    sample_place at = sample_place_find("packs/types");
    received all = {.begins = 1};
    packread_sink sink = {.begin = NULL, .data = data, .context = &all};
    packread_sink none = {.begin = begin, .data = NULL, .context = &all};
    packread_error error;

    sample_good(packread_reader_stream(at.reader, &at.truth.objects[0].id, &sink, &error), &error);
    ck_assert_uint_eq(all.bytes.size, at.truth.objects[0].size);
    ck_assert_int_eq(packread_reader_stream(at.reader, &at.truth.objects[0].id, &none, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_reader_stream(at.reader, &at.truth.objects[0].id, NULL, &error),
                     PACKREAD_ERROR_ARGUMENT);
    clear(&all);
    sample_place_close(&at);
}
END_TEST

START_TEST(what_is_not_there_does_not_begin)
{
    sample_place at = sample_place_find("packs/types");
    received all = {.begins = 0};
    packread_sink sink = {.begin = begin, .data = data, .context = &all};
    packread_id id = empty_blob();
    packread_error error;

    ck_assert_int_eq(packread_reader_stream(at.reader, &id, &sink, &error),
                     PACKREAD_ERROR_NOT_FOUND);
    ck_assert_uint_eq(all.begins, 0);
    sample_place_close(&at);
}
END_TEST

/* A big blob whose last bytes are wrong, or whose id is another's: with checking, it never begins,
 * although it is too big to be held. */
START_TEST(a_big_object_that_is_corrupt_does_not_begin)
{
    packread_options options = {.memory_limit = 1 << 20};
    struct packwriter_pack pack = {0};
    struct packwriter_bytes noise = {0};
    packread_error error;
    packread_id id;
    sample_place at;

    packwriter_bytes_add_noise(&noise, 2 << 20, 5);
    made_pack_begin(&pack);
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_BLOB, noise.size);
    packwriter_bytes_add_deflated(&pack.bytes, noise.data, noise.size, 1);
    if (_i == 0)
        pack.bytes.data[pack.bytes.size - 1] ^= 1; /* the stream's own checksum */
    else
        noise.data[noise.size - 1] ^= 1; /* the id of other contents */
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, noise.data, noise.size);
    at = sample_place_at(sample_save(&pack, "pack-big", NULL), &options);
    id = made_pack_id(&pack, 0);
    for (int times = 0; times < 2; times++) {
        received all = {.begins = 0};
        packread_sink sink = {.begin = begin, .data = data, .context = &all};

        ck_assert_int_eq(packread_reader_stream(at.reader, &id, &sink, &error),
                         PACKREAD_ERROR_CORRUPT);
        ck_assert_int_eq(packread_id_compare(&error.id, &id), 0);
        ck_assert(error.has_offset);
        ck_assert_uint_eq(all.begins, 0);
    }
    sample_place_close(&at);
    packwriter_pack_free(&pack);
    packwriter_bytes_free(&noise);
}
END_TEST

/* Two copies, the first damaged: the sink sees only the good one, from its beginning. */
START_TEST(a_good_copy_streams_in_place_of_a_damaged_one)
{
    packread_options options = {.memory_limit = _i ? 1 << 20 : 0};
    struct packwriter_pack good = {0};
    struct packwriter_pack bad = {0};
    struct packwriter_bytes noise = {0};
    packread_error error;
    packread_id id;
    received all = {.begins = 0};
    packread_sink sink = {.begin = begin, .data = data, .context = &all};
    sample_place at;

    packwriter_bytes_add_noise(&noise, 2 << 20, 6);
    made_pack_begin(&good);
    packwriter_pack_add_object(&good, PACKWRITER_BLOB, noise.data, noise.size, 1);
    made_pack_begin(&bad);
    packwriter_pack_add_object(&bad, PACKWRITER_BLOB, noise.data, noise.size, 1);
    bad.bytes.data[bad.bytes.size - 100] ^= 1;
    free(sample_save(&bad, "pack-a", NULL));
    free(sample_save(&good, "pack-b", NULL));
    at = sample_place_at(suite_scratch_path(""), &options);
    id = made_pack_id(&good, 0);
    sample_good(packread_reader_stream(at.reader, &id, &sink, &error), &error);
    ck_assert_uint_eq(all.bytes.size, noise.size);
    ck_assert_mem_eq(all.bytes.data, noise.data, noise.size);
    clear(&all);
    sample_place_close(&at);
    packwriter_pack_free(&good);
    packwriter_pack_free(&bad);
    packwriter_bytes_free(&noise);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("stream");
    TCase *tests = tcase_create("stream");

    tcase_add_loop_test(tests, every_object_streams_whole, 0, sample_count);
    tcase_add_loop_test(tests, plain_objects_stream_under_the_smallest_limit, 0, 6);
    tcase_add_test(tests, an_empty_object_begins_and_has_no_data);
    tcase_add_loop_test(tests, a_sink_that_stops_in_begin_gets_no_data, 0, 2);
    tcase_add_test(tests, a_sink_that_stops_in_data_gets_no_more_and_the_reader_goes_on);
    tcase_add_test(tests, a_sink_that_stops_at_the_last_piece_has_stopped);
    tcase_add_test(tests, a_sink_needs_no_begin);
    tcase_add_test(tests, what_is_not_there_does_not_begin);
    tcase_add_loop_test(tests, a_big_object_that_is_corrupt_does_not_begin, 0, 2);
    tcase_add_loop_test(tests, a_good_copy_streams_in_place_of_a_damaged_one, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
