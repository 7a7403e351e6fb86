/* test_hash_lanes.c - the digests are nettle's, whatever the lengths, the borders, the neighbours
 * in other lanes and the pieces. */
#include <nettle/sha1.h>
#include <stdlib.h>
#include <string.h>

#include "base/stop.h"
#include "guard_pages.h"
#include "hash_ways.h"
#include "suite.h"

enum { MOST = 320, PREFIX_MOST = 40 };

static void right_digest(const pkr_lanes_job *job, unsigned char digest[20])
{
    struct sha1_ctx hash;

    sha1_init(&hash);
    if (job->prefix_size)
        sha1_update(&hash, job->prefix_size, job->prefix);
    if (job->size)
        sha1_update(&hash, job->size, job->data);
    sha1_digest(&hash, 20, digest);
}

/* Hashes them, and looks at each. */
static void all_are_right(const pkr_hash_way *way, pkr_lanes_job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        memset(jobs[i].digest, 0xa5, sizeof jobs[i].digest);
        jobs[i].is_attack = true;
    }
    ck_assert_int_eq(pkr_lanes_hash(way, jobs, count, NULL), 0);
    for (size_t i = 0; i < count; i++) {
        unsigned char digest[20];

        right_digest(&jobs[i], digest);
        if (memcmp(digest, jobs[i].digest, sizeof digest) != 0)
            ck_abort_msg("%s: message %zu of %zu: %zu bytes after %zu", way->name, i, count,
                         jobs[i].size, jobs[i].prefix_size);
        ck_assert_msg(!jobs[i].is_attack, "%s: message %zu of %zu", way->name, i, count);
    }
}

static void *noise(size_t size, uint64_t *state)
{
    unsigned char *bytes = malloc(size + 1);

    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)suite_random(state);
    return bytes;
}

/* All lengths around the borders of blocks with all lengths in front of them; side by side, so that
 * in one lane the end comes where others are in the middle. */
static void try_all_lengths(const pkr_hash_way *way)
{
    uint64_t state = suite_seed();
    unsigned char *bytes = noise(MOST + 64 + PREFIX_MOST, &state);

    for (size_t prefix = 0; prefix <= PREFIX_MOST; prefix++) {
        pkr_lanes_job jobs[MOST + 1] = {0};

        for (size_t size = 0; size <= MOST; size++) {
            jobs[size].prefix = prefix ? bytes : NULL;
            jobs[size].prefix_size = prefix;
            jobs[size].data = size ? bytes + prefix + size % 64 : NULL;
            jobs[size].size = size;
        }
        all_are_right(way, jobs, MOST + 1);
    }
    free(bytes);
}

START_TEST(every_length_and_every_prefix)
{
    each_hash_way(try_all_lengths);
}
END_TEST

/* Prefixes as long as they may be. */
static void try_long_prefixes(const pkr_hash_way *way)
{
    uint64_t state = suite_seed();
    unsigned char *bytes = noise(1024, &state);

    for (size_t prefix = 0; prefix <= PKR_LANES_PREFIX_MOST; prefix++) {
        pkr_lanes_job jobs[200] = {0};

        for (size_t size = 0; size < 200; size++)
            jobs[size] = (pkr_lanes_job){
                .prefix = bytes, .prefix_size = prefix, .data = bytes + 100, .size = size};
        all_are_right(way, jobs, 200);
    }
    free(bytes);
}

START_TEST(prefixes_up_to_the_longest)
{
    each_hash_way(try_long_prefixes);
}
END_TEST

/* Nothing is read before or behind what is given: an idle lane reads something else. */
static void try_guard_pages(const pkr_hash_way *way)
{
    enum { COUNT = 20 };
    uint64_t state = suite_seed();
    unsigned char *bytes = noise(4096, &state);
    struct guard data[COUNT] = {{0}};
    struct guard prefixes[COUNT] = {{0}};

    for (size_t i = 0; i < COUNT; i++) {
        guard_open(&data[i], 4096);
        guard_open(&prefixes[i], 64);
    }
    for (size_t turn = 0; turn < 400; turn++) {
        const size_t count = turn % COUNT + 1;
        pkr_lanes_job jobs[COUNT] = {0};

        for (size_t i = 0; i < count; i++) {
            pkr_lanes_job *job = &jobs[i];

            job->size = (size_t)suite_random_below(&state, turn % 3 ? 200 : 4000);
            job->prefix_size = (size_t)suite_random_below(&state, PREFIX_MOST);
            job->data = turn % 2 ? guard_at_end(&data[i], bytes, job->size)
                                 : guard_at_start(&data[i], bytes, job->size);
            job->prefix = turn % 2 ? guard_at_end(&prefixes[i], bytes, job->prefix_size)
                                   : guard_at_start(&prefixes[i], bytes, job->prefix_size);
        }
        all_are_right(way, jobs, count);
    }
    for (size_t i = 0; i < COUNT; i++) {
        guard_close(&data[i]);
        guard_close(&prefixes[i]);
    }
    free(bytes);
}

START_TEST(nothing_else_is_read)
{
    each_hash_way(try_guard_pages);
}
END_TEST

/* Short ones, long ones, and one that is far longer than all others, in any order and number. */
static void try_mixtures(const pkr_hash_way *way)
{
    enum { COUNT = 70, LONG = 100000 };
    uint64_t state = suite_seed();
    unsigned char *bytes = noise(LONG, &state);

    for (size_t turn = 0; turn < 300; turn++) {
        const size_t count = turn % COUNT;
        pkr_lanes_job jobs[COUNT] = {0};

        for (size_t i = 0; i < count; i++) {
            const uint64_t most = (uint64_t)64 << suite_random_below(&state, 8);

            jobs[i].size = (size_t)suite_random_below(&state, most);
            jobs[i].data = bytes + suite_random_below(&state, LONG - jobs[i].size);
            jobs[i].prefix = bytes + suite_random_below(&state, 1000);
            jobs[i].prefix_size = (size_t)suite_random_below(&state, PREFIX_MOST);
        }
        if (turn % 4 == 0 && count) {
            pkr_lanes_job *job = &jobs[suite_random_below(&state, count)];

            job->data = bytes;
            job->size = LONG;
        }
        all_are_right(way, jobs, count);
    }
    free(bytes);
}

START_TEST(mixtures_of_lengths)
{
    each_hash_way(try_mixtures);
}
END_TEST

/* 2^29 bytes are where the size in bits leaves its lower word. */
static void try_large(const pkr_hash_way *way)
{
    const size_t size = ((size_t)1 << 29) + 77;
    unsigned char *bytes = calloc(1, size);
    pkr_lanes_job jobs[2] = {{.data = bytes, .size = size}, {.data = bytes, .size = 1000}};

    ck_assert_ptr_nonnull(bytes);
    all_are_right(way, jobs, 2);
    free(bytes);
}

START_TEST(more_bits_than_a_word_counts)
{
    each_hash_way(try_large);
}
END_TEST

static void try_streams(const pkr_hash_way *way)
{
    enum { LONG = 20000 };
    uint64_t state = suite_seed();
    unsigned char *bytes = noise(LONG, &state);

    for (size_t turn = 0; turn < 600; turn++) {
        pkr_lanes_job job = {
            .data = bytes, .size = turn <= MOST ? turn : (size_t)suite_random_below(&state, LONG)};
        pkr_hash_stream stream;
        unsigned char right[20];
        unsigned char digest[20];

        pkr_hash_stream_begin(&stream, way);
        for (size_t at = 0; at < job.size;) {
            size_t piece = (size_t)suite_random_below(&state, turn % 2 ? 100 : 5000);

            if (piece > job.size - at)
                piece = job.size - at;
            pkr_hash_stream_add(&stream, piece ? bytes + at : NULL, piece);
            at += piece;
        }
        pkr_hash_stream_end(&stream, digest);
        right_digest(&job, right);
        ck_assert_mem_eq(digest, right, sizeof right);
        ck_assert(!stream.is_attack);
    }
    free(bytes);
}

START_TEST(streams_in_pieces)
{
    each_hash_way(try_streams);
}
END_TEST

static void try_stop(const pkr_hash_way *way)
{
    packread_stop stop = {.is_asked = true};
    unsigned char bytes[1000] = {0};
    pkr_lanes_job job = {.data = bytes, .size = sizeof bytes};

    ck_assert_int_eq(pkr_lanes_hash(way, &job, 1, &stop), PACKREAD_ERROR_STOPPED);
    stop.is_asked = false;
    ck_assert_int_eq(pkr_lanes_hash(way, &job, 1, &stop), 0);
}

START_TEST(a_stop_is_heard)
{
    each_hash_way(try_stop);
}
END_TEST

START_TEST(without_detection_the_digests_are_the_same)
{
    uint64_t state = suite_seed();
    unsigned char *bytes = noise(5000, &state);
    static const char *const names[] = {"lanes16", "sha", "lanes8", "plain"};

    for (size_t i = 0; i < 4; i++) {
        pkr_hash_way way;
        pkr_lanes_job jobs[50] = {0};

        if (!pkr_hash_way_choose(&way, names[i]))
            continue;
        pkr_hash_way_trust(&way);
        ck_assert_str_eq(way.name, names[i]);
        for (size_t j = 0; j < 50; j++) {
            jobs[j].data = bytes;
            jobs[j].size = (size_t)suite_random_below(&state, 5000);
        }
        all_are_right(&way, jobs, 50);
    }
    free(bytes);
}
END_TEST

START_TEST(ways_have_names)
{
    pkr_hash_way way;

    ck_assert(!pkr_hash_way_choose(&way, ""));
    ck_assert(!pkr_hash_way_choose(&way, "lanes"));
    ck_assert(!pkr_hash_way_choose(&way, "lanes32"));
    ck_assert(pkr_hash_way_choose(&way, "plain"));
    ck_assert_str_eq(way.name, "plain");
    ck_assert(pkr_hash_way_choose(&way, NULL));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("hash_lanes");
    TCase *tests = tcase_create("hash_lanes");

    tcase_add_test(tests, every_length_and_every_prefix);
    tcase_add_test(tests, prefixes_up_to_the_longest);
    tcase_add_test(tests, nothing_else_is_read);
    tcase_add_test(tests, mixtures_of_lengths);
    tcase_add_test(tests, more_bits_than_a_word_counts);
    tcase_add_test(tests, streams_in_pieces);
    tcase_add_test(tests, a_stop_is_heard);
    tcase_add_test(tests, without_detection_the_digests_are_the_same);
    tcase_add_test(tests, ways_have_names);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
