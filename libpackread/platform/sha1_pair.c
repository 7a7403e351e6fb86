/* sha1_pair.c - one or two messages by the SHA instructions.
 *
 * A message by itself leaves those instructions idle most of the time, as each waits for the one
 * before; a second one takes that time. So does detection: it takes the bits that conditions ask
 * for out of each block, eight bytes an instruction, and tests eight blocks at once. */
#include "platform/sha1_lanes.h"

#if PKR_LANES_X86

#include <immintrin.h>
#include <string.h>

#include "platform/sha1_conditions.h"
#include "platform/sha1_steps.h"

/* The SHA instructions know nothing of the upper halves of AVX's registers: with something left in
 * these each takes some processors a hundred times as long. So nothing here is of AVX; what tests
 * blocks clears them behind itself. */
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("sha,sse4.1"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("sha,sse4.1")
#endif

#define FUNCTION static inline __attribute__((always_inline))

/* ---- Blocks that wait for the test ---------------------------------------------------------- */

enum { ROWS = 8 };

/* A state as the instructions have it: a is the highest of abcd, e of e. */
typedef struct state {
    __m128i abcd;
    __m128i e;
} state;

FUNCTION void put(uint32_t row[ROWS], const state *from)
{
    memcpy(row, &from->abcd, sizeof from->abcd);
    memcpy(row + 4, &from->e, sizeof from->e);
}

FUNCTION void spread(const uint32_t row[ROWS], uint32_t words[5])
{
    for (unsigned i = 0; i < 4; i++)
        words[i] = row[3 - i];
    words[4] = row[7];
}

/* From the state before step 60 to those where the halves of a collision are the same. */
static void find_common(const pkr_sha1_rows *rows, unsigned row, pkr_sha1_suspect *suspect)
{
    uint32_t words[PKR_SAME_LATE];

    for (unsigned i = 0; i < 4; i++) {
        words[56 + i] = rows->words[row][3 - i];
        words[60 + i] = rows->words[row][7 - i];
    }
    words[64] = rows->last[row];
    spread(rows->middle[row], suspect->early);
    memcpy(suspect->late, suspect->early, sizeof suspect->late);
    pkr_sha1_steps(suspect->early, words, 60, PKR_SAME_EARLY);
    pkr_sha1_steps(suspect->late, words, 60, PKR_SAME_LATE);
}

/* Tests the rows, and puts those that fit among the doubts. */
static void test(pkr_sha1_doubts *doubts, pkr_sha1_rows *rows)
{
    uint32_t fits[2][ROWS];

    pkr_sha1_lanes8_fits(rows, fits);
    for (unsigned row = 0; row < rows->count; row++) {
        pkr_sha1_suspect suspect;

        if ((fits[0][row] | fits[1][row]) == 0)
            continue;
        suspect.block = rows->blocks[row];
        suspect.fits[0] = fits[0][row];
        suspect.fits[1] = fits[1][row];
        suspect.attack = rows->attacks[row];
        find_common(rows, row, &suspect);
        spread(rows->after[row], suspect.after);
        pkr_sha1_doubts_add(doubts, pkr_sha1_lanes8_decide, &suspect);
    }
    rows->count = 0;
}

void pkr_sha1_pair_flush(pkr_sha1_lanes *lanes)
{
    for (unsigned i = 0; i < 2; i++)
        if (lanes->rows[i].count)
            test(&lanes->doubts, &lanes->rows[i]);
}

/* Takes the planes of the words 32 to 63, four in each of `kept`, the first of them highest; the
 * ninth begins with word 64. */
FUNCTION void take_planes(pkr_sha1_rows *rows, unsigned row, const __m128i kept[9])
{
    /* Of each word the lowest byte, and the highest. */
    const __m128i ends = _mm_set_epi8(-1, -1, -1, -1, -1, -1, -1, -1, 3, 7, 11, 15, 0, 4, 8, 12);
    __m128i fours[8];
    __m128i eights[4];
    __m128i low[2];
    __m128i high[2];

    PKR_UNROLLED
    for (unsigned i = 0; i < 8; i++)
        fours[i] = _mm_shuffle_epi8(kept[i], ends);
    PKR_UNROLLED
    for (unsigned i = 0; i < 4; i++)
        eights[i] = _mm_unpacklo_epi32(fours[2 * i], fours[2 * i + 1]);
    PKR_UNROLLED
    for (unsigned i = 0; i < 2; i++) {
        low[i] = _mm_unpacklo_epi64(eights[2 * i], eights[2 * i + 1]);
        high[i] = _mm_unpackhi_epi64(eights[2 * i], eights[2 * i + 1]);
    }
    rows->last[row] = (uint32_t)_mm_extract_epi32(kept[8], 3);
#define HALF(bytes, bit) (uint32_t) _mm_movemask_epi8(_mm_slli_epi16(bytes, 7 - (bit)))
#define TOP(bytes, bit) (HALF((bytes)[0], bit) | HALF((bytes)[1], bit) << 16)
    rows->planes[0][row] = TOP(low, 0);
    rows->planes[1][row] = TOP(low, 1);
    rows->planes[2][row] = TOP(low, 2);
    rows->planes[3][row] = TOP(low, 3);
    rows->planes[4][row] = TOP(low, 4);
    rows->planes[5][row] = TOP(low, 5);
    rows->planes[6][row] = TOP(low, 6);
    rows->planes[7][row] = TOP(low, 7);
    rows->planes[8][row] = TOP(high, 4);
    rows->planes[9][row] = TOP(high, 5);
    rows->planes[10][row] = TOP(high, 6);
#undef TOP
#undef HALF
}

/* ---- One block of each message -------------------------------------------------------------- */

typedef struct message {
    state now;
    __m128i words[4]; /* four each: a ring of 16 */
    __m128i kept[9];  /* words 32 to 67 */
    state middle;     /* before step 60, e not yet turned */
} message;

FUNCTION void take_words(message *m, const unsigned char *block)
{
    const __m128i swap = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

    PKR_UNROLLED
    for (unsigned i = 0; i < 4; i++)
        m->words[i] = _mm_shuffle_epi8(
            _mm_loadu_si128((const __m128i *)(const void *)(block + 16 * i)), swap);
}

/* Four steps, from step 4 * g on. */
#define STEPS4(m, g)                                                                          \
    do {                                                                                      \
        __m128i *const now = &(m)->words[(g)&3];                                              \
        const __m128i next = (m)->now.abcd;                                                   \
                                                                                              \
        if ((g) >= 4)                                                                         \
            *now = _mm_sha1msg2_epu32(                                                        \
                _mm_xor_si128(_mm_sha1msg1_epu32(*now, (m)->words[((g) + 1) & 3]),            \
                              (m)->words[((g) + 2) & 3]),                                     \
                (m)->words[((g) + 3) & 3]);                                                   \
        if ((g) >= 8 && (g) <= 16)                                                            \
            (m)->kept[((g) + 1) % 9] = *now;                                                  \
        if ((g) == 15)                                                                        \
            (m)->middle = (m)->now;                                                           \
        (m)->now.abcd = _mm_sha1rnds4_epu32((m)->now.abcd,                                    \
                                            (g) == 0 ? _mm_add_epi32((m)->now.e, *now)        \
                                                     : _mm_sha1nexte_epu32((m)->now.e, *now), \
                                            (g) / 5);                                         \
        (m)->now.e = next;                                                                    \
    } while (0)

#define STEPS4_OF_BOTH(g)            \
    do {                             \
        STEPS4(&messages[0], g);     \
        if (width == 2)              \
            STEPS4(&messages[1], g); \
    } while (0)

FUNCTION void compress(message messages[2], unsigned width)
{
    STEPS4_OF_BOTH(0);
    STEPS4_OF_BOTH(1);
    STEPS4_OF_BOTH(2);
    STEPS4_OF_BOTH(3);
    STEPS4_OF_BOTH(4);
    STEPS4_OF_BOTH(5);
    STEPS4_OF_BOTH(6);
    STEPS4_OF_BOTH(7);
    STEPS4_OF_BOTH(8);
    STEPS4_OF_BOTH(9);
    STEPS4_OF_BOTH(10);
    STEPS4_OF_BOTH(11);
    STEPS4_OF_BOTH(12);
    STEPS4_OF_BOTH(13);
    STEPS4_OF_BOTH(14);
    STEPS4_OF_BOTH(15);
    STEPS4_OF_BOTH(16);
    STEPS4_OF_BOTH(17);
    STEPS4_OF_BOTH(18);
    STEPS4_OF_BOTH(19);
}

FUNCTION void wait_for_test(pkr_sha1_lanes *lanes, unsigned lane, size_t offset, const message *m)
{
    pkr_sha1_rows *rows = &lanes->rows[lanes->row_set];
    pkr_sha1_rows *full = &lanes->rows[!lanes->row_set];
    const unsigned row = rows->count++;
    const state middle = {m->middle.abcd, _mm_sha1nexte_epu32(m->middle.e, _mm_setzero_si128())};

    take_planes(rows, row, m->kept);
    memcpy(rows->words[row], &m->kept[6], sizeof m->kept[6]);
    memcpy(rows->words[row] + 4, &m->kept[7], sizeof m->kept[7]);
    put(rows->middle[row], &middle);
    put(rows->after[row], &m->now);
    memcpy(rows->blocks[row], lanes->at[lane] + offset, 64);
    rows->attacks[row] = lanes->attacks[lane];
    /* What has just been written in words is not there yet to be read in vectors. */
    if (full->count && rows->count == 2)
        test(&lanes->doubts, full);
    lanes->row_set ^= rows->count == ROWS;
}

FUNCTION void run(pkr_sha1_lanes *lanes, size_t count, unsigned width, bool detects)
{
    message messages[2];

    for (unsigned i = 0; i < width; i++) {
        messages[i].now.abcd = _mm_set_epi32((int)lanes->state[0][i], (int)lanes->state[1][i],
                                             (int)lanes->state[2][i], (int)lanes->state[3][i]);
        messages[i].now.e = _mm_set_epi32((int)lanes->state[4][i], 0, 0, 0);
    }
    for (size_t offset = 0; offset != count * 64; offset += 64) {
        state before[2];

        for (unsigned i = 0; i < width; i++) {
            before[i] = messages[i].now;
            __builtin_prefetch(lanes->at[i] + offset + PKR_LANES_AHEAD);
            take_words(&messages[i], lanes->at[i] + offset);
        }
        compress(messages, width);
        for (unsigned i = 0; i < width; i++) {
            message *m = &messages[i];

            m->now.abcd = _mm_add_epi32(m->now.abcd, before[i].abcd);
            m->now.e = _mm_sha1nexte_epu32(m->now.e, before[i].e);
            if (detects)
                wait_for_test(lanes, i, offset, m);
        }
    }
    for (unsigned i = 0; i < width; i++) {
        uint32_t row[ROWS];
        uint32_t words[5];

        put(row, &messages[i].now);
        spread(row, words);
        for (unsigned j = 0; j < 5; j++)
            lanes->state[j][i] = words[j];
    }
}

void pkr_sha1_pair_run(pkr_sha1_lanes *lanes, size_t count)
{
    if (lanes->attacks[1])
        run(lanes, count, 2, true);
    else
        run(lanes, count, 1, true);
}

void pkr_sha1_pair_run_unchecked(pkr_sha1_lanes *lanes, size_t count)
{
    if (lanes->attacks[1])
        run(lanes, count, 2, false);
    else
        run(lanes, count, 1, false);
}

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
