/* test_hash_lanes_tables.c - the differences are those that the vectors' definition gives; a block
 * is in doubt for just those vectors whose published conditions it meets; and a doubt is decided as
 * a naive detector decides it. Below the interface, as true collisions are too dear to make. */
#include <string.h>

#include "hash_ways.h"
#include "naive_sha1.h"
#include "platform/sha1_disturbances.h"
#include "suite.h"

/* ---- Vectors -------------------------------------------------------------------------------- */

/* Where a vector is in the masks. */
static unsigned bit_of(struct naive_vector vector)
{
    if (vector.type == 1)
        return vector.k - (vector.b ? PKR_BASE_I_2 : PKR_BASE_I_0);
    return vector.k - (vector.b ? PKR_BASE_II_2 : PKR_BASE_II_0);
}

static uint32_t word_at(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

START_TEST(the_differences_follow_from_the_vectors)
{
    uint32_t all[3] = {0};

    for (unsigned number = 0; number < NAIVE_VECTORS; number++) {
        const struct naive_vector vector = naive_vector(number);
        const unsigned bit = bit_of(vector);
        const pkr_disturbance found = pkr_disturbance_of(vector.type, bit);
        const unsigned char *bytes = found.changes;
        uint32_t changes[80];

        ck_assert_uint_eq(found.type, vector.type);
        ck_assert_uint_eq(found.k, vector.k);
        ck_assert_uint_eq(found.b, vector.b);
        ck_assert_int_eq(found.is_late, vector.k >= 50);
        ck_assert_uint_eq(all[vector.type] >> bit & 1, 0);
        all[vector.type] |= 1u << bit;
        naive_changes(vector, changes);
        for (unsigned t = 0; t < 16; t++)
            ck_assert_uint_eq(word_at(bytes + 4 * t), changes[t]);
    }
    ck_assert_uint_eq(all[1], PKR_DISTURBANCES_I);
    ck_assert_uint_eq(all[2], PKR_DISTURBANCES_II);
}
END_TEST

/* A difference is itself an expanded message: so the other half of a pair is a block like any
 * other. And around the step where the halves are the same there is none. */
START_TEST(the_differences_follow_the_message_expansion)
{
    for (unsigned number = 0; number < NAIVE_VECTORS; number++) {
        const struct naive_vector vector = naive_vector(number);
        const unsigned same = vector.k < 50 ? PKR_SAME_EARLY : PKR_SAME_LATE;
        uint32_t c[80];

        naive_changes(vector, c);
        for (unsigned t = 16; t < 80; t++) {
            const uint32_t sum = c[t - 3] ^ c[t - 8] ^ c[t - 14] ^ c[t - 16];

            ck_assert_uint_eq(c[t], sum << 1 | sum >> 31);
        }
        /* The last local collision before ends at K + 4 (type I) or K + 8; the next begins at K
         * + 15. */
        for (unsigned t = vector.k + (vector.type == 1 ? 6 : 9); t < vector.k + 15; t++)
            ck_assert_uint_eq(c[t], 0);
        ck_assert_uint_ne(c[vector.k + 15], 0);
        ck_assert_uint_ge(same, vector.k + (vector.type == 1 ? 6 : 9));
        ck_assert_uint_le(same, vector.k + 15);
    }
}
END_TEST

/* ---- Conditions ----------------------------------------------------------------------------- */

/* Sixteen words of the expanded message, of which the other 64 follow: any, or such that a vector
 * nearly fits, so that each condition decides now and then. */
static void make_block(unsigned char block[64], uint64_t *state)
{
    const unsigned first = 35 + (unsigned)suite_random_below(state, 15);
    uint32_t words[80];

    for (unsigned t = first; t < first + 16; t++)
        words[t] = (uint32_t)suite_random(state);
    if (suite_random_below(state, 4))
        naive_favour(words, first, (unsigned)suite_random_below(state, NAIVE_VECTORS));
    for (unsigned t = first; t-- > 0;) {
        const uint32_t sum = words[t + 16] >> 1 | words[t + 16] << 31;

        words[t] = sum ^ words[t + 13] ^ words[t + 8] ^ words[t + 2];
    }
    for (unsigned t = 0; t < 16; t++)
        for (unsigned i = 0; i < 4; i++)
            block[4 * t + i] = (unsigned char)(words[t] >> (24 - 8 * i));
}

/* Number of the vector by which two blocks differ, or NAIVE_VECTORS. */
static unsigned vector_between(const unsigned char *block, const unsigned char *other)
{
    static uint32_t changes[NAIVE_VECTORS][80];
    unsigned number = 0;

    if (changes[0][0] == 0)
        for (unsigned i = 0; i < NAIVE_VECTORS; i++)
            naive_changes(naive_vector(i), changes[i]);
    for (; number < NAIVE_VECTORS; number++) {
        unsigned t = 0;

        while (t < 16 && (word_at(block + 4 * t) ^ word_at(other + 4 * t)) == changes[number][t])
            t++;
        if (t == 16)
            break;
    }
    return number;
}

/* The states that doubt `number` goes by: `before` is the hash's in front of its block. */
static void states_are_right(const pkr_sha1_doubts *doubts, unsigned number,
                             const uint32_t before[5], const unsigned char *block)
{
    uint32_t same[5];
    uint32_t after[5];

    naive_steps(before, block, doubts->late[number] ? PKR_SAME_LATE : PKR_SAME_EARLY, same);
    memcpy(after, before, sizeof after);
    naive_compress(after, block);
    for (unsigned i = 0; i < 5; i++) {
        ck_assert_uint_eq(doubts->same[i][number], same[i]);
        ck_assert_uint_eq(doubts->after[i][number], after[i]);
    }
}

/* For which vectors `block` of one lane has come among the doubts. */
static uint32_t doubts_of(const pkr_sha1_doubts *doubts, const uint32_t before[5],
                          const unsigned char *block, const bool *attack)
{
    uint32_t found = 0;

    for (unsigned i = 0; i < doubts->count; i++) {
        unsigned number;

        if (doubts->attacks[i] != attack)
            continue;
        number = vector_between(block, doubts->others[i]);
        if (number == NAIVE_VECTORS)
            continue; /* another block of this lane */
        ck_assert_uint_eq(found >> number & 1, 0);
        ck_assert_uint_eq(doubts->late[i], naive_vector(number).k >= 50 ? UINT32_MAX : 0);
        states_are_right(doubts, i, before, block);
        found |= 1u << number;
    }
    return found;
}

static unsigned met[NAIVE_VECTORS];

/* `run` takes `width` lanes over `count` blocks each; all but some lanes are busy. */
static void doubts_are_right(const pkr_hash_way *way, pkr_sha1_run *run, unsigned width,
                             size_t count, uint64_t *state)
{
    static unsigned char blocks[PKR_LANES_MOST][8][64];
    static pkr_sha1_lanes lanes;
    bool attacks[PKR_LANES_MOST] = {false};
    uint32_t states[PKR_LANES_MOST][5];
    uint32_t fits[PKR_LANES_MOST][8];
    unsigned expected_count = 0;

    memset(&lanes, 0, sizeof lanes);
    for (unsigned lane = 0; lane < width; lane++) {
        for (unsigned i = 0; i < 5; i++)
            lanes.state[i][lane] = states[lane][i] = (uint32_t)suite_random(state);
        for (size_t i = 0; i < count; i++)
            make_block(blocks[lane][i], state);
        lanes.at[lane] = blocks[lane][0];
        lanes.attacks[lane] = lane == 0 || suite_random_below(state, 8) ? &attacks[lane] : NULL;
    }
    run(&lanes, count);
    if (way->flush)
        way->flush(&lanes);
    for (unsigned lane = 0; lane < width; lane++)
        for (size_t i = 0; i < count; i++) {
            uint32_t words[80];

            naive_expand(blocks[lane][i], words);
            fits[lane][i] = lanes.attacks[lane] ? naive_fits(words) : 0;
            for (unsigned number = 0; number < NAIVE_VECTORS; number++) {
                met[number] += fits[lane][i] >> number & 1;
                expected_count += fits[lane][i] >> number & 1;
            }
        }
    if (expected_count > PKR_LANES_MOST)
        return; /* some have been decided already */
    ck_assert_uint_eq(lanes.doubts.count, expected_count);
    for (unsigned lane = 0; lane < width; lane++)
        for (size_t i = 0; i < count; i++) {
            ck_assert_uint_eq(
                doubts_of(&lanes.doubts, states[lane], blocks[lane][i], &attacks[lane]),
                fits[lane][i]);
            naive_compress(states[lane], blocks[lane][i]);
        }
}

static void try_conditions(const pkr_hash_way *way)
{
    uint64_t state = suite_seed();
    const size_t most = way->width == 16 ? 5 : 8;

    memset(met, 0, sizeof met);
    for (unsigned turn = 0; turn < 60000 / way->width; turn++) {
        doubts_are_right(way, way->run, way->width, 1 + suite_random_below(&state, most), &state);
        doubts_are_right(way, way->narrow, 1, 1 + suite_random_below(&state, 8), &state);
    }
    for (unsigned number = 0; number < NAIVE_VECTORS; number++)
        ck_assert_msg(met[number] >= 5, "vector %u was met %u times", number, met[number]);
}

START_TEST(blocks_are_in_doubt_for_the_vectors_they_fit)
{
    each_hash_way(try_conditions);
}
END_TEST

/* ---- Decisions ------------------------------------------------------------------------------ */

/* A block, and a state after it that the other half would give as well; or that with a bit changed.
 */
static void make_suspect(pkr_sha1_suspect *suspect, unsigned char block[64], bool *attack,
                         bool is_attack, uint64_t *state)
{
    const struct naive_vector vector =
        naive_vector((unsigned)suite_random_below(state, NAIVE_VECTORS));
    uint32_t before[5];

    make_block(block, state);
    for (unsigned i = 0; i < 5; i++)
        before[i] = (uint32_t)suite_random(state);
    suspect->block = block;
    suspect->attack = attack;
    suspect->fits[0] = suspect->fits[1] = 0;
    suspect->fits[vector.type - 1] = 1u << bit_of(vector);
    naive_steps(before, block, PKR_SAME_EARLY, suspect->early);
    naive_steps(before, block, PKR_SAME_LATE, suspect->late);
    naive_other(vector, before, block, suspect->after);
    if (!is_attack)
        suspect->after[suite_random_below(state, 5)] ^= 1u << suite_random_below(state, 32);
}

/* All counts of doubts, and vectors of both kinds side by side. */
static void try_decisions(const pkr_hash_way *way)
{
    uint64_t state = suite_seed();
    static pkr_sha1_doubts doubts;

    for (unsigned turn = 0; turn < 1000; turn++) {
        const unsigned count = turn % (PKR_LANES_MOST + 1);
        bool attacks[PKR_LANES_MOST] = {false};
        bool expected[PKR_LANES_MOST];

        memset(&doubts, 0, sizeof doubts);
        for (unsigned i = 0; i < count; i++) {
            pkr_sha1_suspect suspect;
            unsigned char block[64];

            expected[i] = suite_random_below(&state, 2) != 0;
            make_suspect(&suspect, block, &attacks[i], expected[i], &state);
            pkr_sha1_doubts_add(&doubts, way->decide, &suspect);
        }
        ck_assert_uint_eq(doubts.count, count);
        way->decide(&doubts);
        ck_assert_uint_eq(doubts.count, 0);
        for (unsigned i = 0; i < count; i++)
            ck_assert_msg(attacks[i] == expected[i], "%s: %u of %u", way->name, i, count);
    }
}

START_TEST(doubts_are_decided_by_both_halves)
{
    each_hash_way(try_decisions);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("hash_lanes_tables");
    TCase *tests = tcase_create("hash_lanes_tables");

    tcase_add_test(tests, the_differences_follow_from_the_vectors);
    tcase_add_test(tests, the_differences_follow_the_message_expansion);
    tcase_add_test(tests, blocks_are_in_doubt_for_the_vectors_they_fit);
    tcase_add_test(tests, doubts_are_decided_by_both_halves);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
