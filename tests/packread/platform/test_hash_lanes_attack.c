/* test_hash_lanes_attack.c - who carries half of a collision is told, whatever lane, length, piece
 * or neighbour; and nobody else is. */
#include <stdlib.h>
#include <string.h>

#include "collision.h"
#include "hash_ways.h"
#include "naive_sha1.h"
#include "suite.h"

enum { LONG = 3000 };

/* Half `number` of the collision, and behind it noise. */
static void begin_with_half(unsigned number, unsigned char bytes[LONG], uint64_t *state)
{
    for (size_t i = 0; i < LONG; i++)
        bytes[i] = (unsigned char)suite_random(state);
    collision_bytes(number, bytes);
}

/* ---- The published collision ---------------------------------------------------------------- */

START_TEST(the_naive_detector_knows_the_collision)
{
    unsigned char bytes[COLLISION_SIZE];

    for (unsigned number = 0; number < 2; number++) {
        collision_bytes(number, bytes);
        ck_assert(naive_carries_attack(bytes, sizeof bytes));
        ck_assert(!naive_carries_attack(bytes, sizeof bytes - 1));
        ck_assert(!naive_carries_attack(bytes, COLLISION_FIRST + 64));
    }
}
END_TEST

static void try_every_lane(const pkr_hash_way *way)
{
    enum { COUNT = 37 };
    uint64_t state = suite_seed();
    unsigned char bytes[2][LONG];
    unsigned char noise[LONG];

    for (size_t i = 0; i < LONG; i++)
        noise[i] = (unsigned char)suite_random(&state);
    for (unsigned number = 0; number < 2; number++)
        begin_with_half(number, bytes[number], &state);
    for (size_t turn = 0; turn < 40 * COUNT; turn++) {
        const size_t here = turn % COUNT;
        pkr_lanes_job jobs[COUNT] = {0};

        /* In turn, neighbours of one length, and of any. */
        for (size_t i = 0; i < COUNT; i++) {
            jobs[i].data = noise;
            jobs[i].size = turn % 2 ? (size_t)suite_random_below(&state, LONG) : 500;
        }
        jobs[here].prefix = bytes[turn / 2 % 2];
        jobs[here].prefix_size = (size_t)suite_random_below(&state, PKR_LANES_PREFIX_MOST + 1);
        jobs[here].data = bytes[turn / 2 % 2] + jobs[here].prefix_size;
        jobs[here].size = COLLISION_SIZE - jobs[here].prefix_size +
                          (size_t)suite_random_below(&state, LONG - COLLISION_SIZE);
        ck_assert_int_eq(pkr_lanes_hash(way, jobs, COUNT, NULL), 0);
        for (size_t i = 0; i < COUNT; i++)
            ck_assert_msg(jobs[i].is_attack == (i == here), "%s: %zu of %d, turn %zu", way->name, i,
                          COUNT, turn);
    }
}

START_TEST(it_is_found_in_every_lane_at_every_length)
{
    each_hash_way(try_every_lane);
}
END_TEST

/* Few messages, down to one: lanes are given up then. */
static void try_few(const pkr_hash_way *way)
{
    uint64_t state = suite_seed();
    unsigned char bytes[LONG];

    for (size_t count = 1; count <= 20; count++) {
        for (size_t size = COLLISION_SIZE; size < LONG; size += 97) {
            pkr_lanes_job jobs[20] = {0};

            begin_with_half((unsigned)(size % 2), bytes, &state);
            for (size_t i = 0; i < count; i++) {
                jobs[i].data = bytes;
                jobs[i].size = size - (i % 3) * 20;
            }
            ck_assert_int_eq(pkr_lanes_hash(way, jobs, count, NULL), 0);
            for (size_t i = 0; i < count; i++)
                ck_assert_msg(jobs[i].is_attack == (jobs[i].size >= COLLISION_SIZE),
                              "%s: %zu of %zu, %zu bytes", way->name, i, count, jobs[i].size);
        }
    }
}

START_TEST(it_is_found_among_few)
{
    each_hash_way(try_few);
}
END_TEST

static void try_pieces(const pkr_hash_way *way)
{
    uint64_t state = suite_seed();
    unsigned char bytes[LONG];

    for (size_t turn = 0; turn < 500; turn++) {
        const size_t size = COLLISION_SIZE - 1 + (size_t)suite_random_below(&state, turn + 1);
        pkr_hash_stream stream;
        unsigned char digest[20];

        begin_with_half(turn % 2, bytes, &state);
        pkr_hash_stream_begin(&stream, way);
        for (size_t at = 0; at < size;) {
            size_t piece = 1 + (size_t)suite_random_below(&state, 1 + turn);

            if (piece > size - at)
                piece = size - at;
            pkr_hash_stream_add(&stream, bytes + at, piece);
            at += piece;
        }
        pkr_hash_stream_end(&stream, digest);
        ck_assert_msg(stream.is_attack == (size >= COLLISION_SIZE), "%s: %zu bytes", way->name,
                      size);
    }
}

START_TEST(it_is_found_in_streams)
{
    each_hash_way(try_pieces);
}
END_TEST

/* A header in front of it, as git's objects have one, is another state: no collision. */
static void try_headers(const pkr_hash_way *way)
{
    static const unsigned char header[] = "blob 320";
    unsigned char bytes[COLLISION_SIZE];
    pkr_lanes_job job = {
        .prefix = header, .prefix_size = sizeof header, .data = bytes, .size = sizeof bytes};

    collision_bytes(0, bytes);
    ck_assert_int_eq(pkr_lanes_hash(way, &job, 1, NULL), 0);
    ck_assert(!job.is_attack);
}

START_TEST(it_is_none_behind_a_header)
{
    each_hash_way(try_headers);
}
END_TEST

/* Each bit of the two blocks changed. */
static void try_changed_bits(const pkr_hash_way *way)
{
    enum { BITS = (COLLISION_SIZE - COLLISION_FIRST) * 8 };
    static unsigned char bytes[BITS][COLLISION_SIZE];
    static pkr_lanes_job jobs[BITS];

    for (unsigned number = 0; number < 2; number++) {
        for (size_t i = 0; i < BITS; i++) {
            collision_bytes(number, bytes[i]);
            bytes[i][COLLISION_FIRST + i / 8] ^= (unsigned char)(1 << i % 8);
            jobs[i] = (pkr_lanes_job){.data = bytes[i], .size = COLLISION_SIZE};
        }
        ck_assert_int_eq(pkr_lanes_hash(way, jobs, BITS, NULL), 0);
        for (size_t i = 0; i < BITS; i++)
            ck_assert_msg(jobs[i].is_attack == naive_carries_attack(bytes[i], COLLISION_SIZE),
                          "%s: bit %zu", way->name, i);
    }
}

START_TEST(with_a_bit_changed_it_is_what_the_naive_detector_says)
{
    each_hash_way(try_changed_bits);
}
END_TEST

static void try_noise(const pkr_hash_way *way)
{
    enum { SIZE = 1 << 22, COUNT = 64 };
    uint64_t state = suite_seed();
    unsigned char *bytes = malloc(SIZE);
    pkr_lanes_job jobs[COUNT] = {0};

    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < SIZE; i += 8) {
        const uint64_t number = suite_random(&state);

        memcpy(bytes + i, &number, 8);
    }
    for (size_t i = 0; i < COUNT; i++) {
        jobs[i].data = bytes + i * (SIZE / COUNT);
        jobs[i].size = SIZE / COUNT;
    }
    ck_assert_int_eq(pkr_lanes_hash(way, jobs, COUNT, NULL), 0);
    for (size_t i = 0; i < COUNT; i++)
        ck_assert(!jobs[i].is_attack);
    free(bytes);
}

START_TEST(noise_gives_no_alarm)
{
    each_hash_way(try_noise);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("hash_lanes_attack");
    TCase *tests = tcase_create("hash_lanes_attack");

    tcase_add_test(tests, the_naive_detector_knows_the_collision);
    tcase_add_test(tests, it_is_found_in_every_lane_at_every_length);
    tcase_add_test(tests, it_is_found_among_few);
    tcase_add_test(tests, it_is_found_in_streams);
    tcase_add_test(tests, it_is_none_behind_a_header);
    tcase_add_test(tests, with_a_bit_changed_it_is_what_the_naive_detector_says);
    tcase_add_test(tests, noise_gives_no_alarm);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
