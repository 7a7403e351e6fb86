/* sha1_lanes_body.h - SHA-1 of several messages side by side, and whether their blocks are halves
 * of collisions; in the compiler's vector types. Included once for each instruction set, by a file
 * that defines before:
 *
 *   LANES, vec               how many, and a vector of so many uint32_t
 *   NAME(name)               the exported functions
 *   ROTATE(x, n)             left, 0 < n < 32
 *   CHOOSE, PARITY, MAJORITY the three functions of SHA-1
 *   MERGE(x, y, mask)        y where the mask has bits, else x
 *   WITH(x, y, mask)         x | (y & mask)
 *   WITHOUT(x, y, mask)      x | (~y & mask)
 *   NONZERO(x)               as a uint64_t, bit `i` for lane i: whether it is not 0
 *   load(at, offset, w)      16 big-endian words at at[lane] + offset, to w[0] ... w[15]
 *
 * The rounds are one block of straight code with its 16 words in registers, as far as there are
 * some. Detection (sha1_conditions.h) works on all lanes until one is known to be in doubt. */

#define FUNCTION static inline __attribute__((always_inline))

/* ---- One block ------------------------------------------------------------------------------ */

#define K1 0x5a827999u
#define K2 0x6ed9eba1u
#define K3 0x8f1bbcdcu
#define K4 0xca62c1d6u

/* The names of the five words go round, instead of their values. */
#define STEP(F, K, word, a, b, c, d, e)              \
    do {                                             \
        e += (word) + K + F(b, c, d) + ROTATE(a, 5); \
        b = ROTATE(b, 30);                           \
    } while (0)

#define STEPS5(F, K, WORD, t)                     \
    do {                                          \
        STEP(F, K, WORD((t) + 0), a, b, c, d, e); \
        STEP(F, K, WORD((t) + 1), e, a, b, c, d); \
        STEP(F, K, WORD((t) + 2), d, e, a, b, c); \
        STEP(F, K, WORD((t) + 3), c, d, e, a, b); \
        STEP(F, K, WORD((t) + 4), b, c, d, e, a); \
    } while (0)

#define STEPS20(F, K, t)                   \
    do {                                   \
        STEPS5(F, K, NEXT_WORD, (t) + 0);  \
        STEPS5(F, K, NEXT_WORD, (t) + 5);  \
        STEPS5(F, K, NEXT_WORD, (t) + 10); \
        STEPS5(F, K, NEXT_WORD, (t) + 15); \
    } while (0)

#define NEXT_WORD(t) ((t) < 16 ? w[(t)&15] : expand(w, kept, (t)))

/* Word `t` of the expanded message, in the place of the one 16 before it. `kept`, unless NULL, gets
 * those that conditions are about. */
FUNCTION vec expand(vec *w, vec *kept, unsigned t)
{
    const vec sum = PARITY(w[(t - 3) & 15], w[(t - 8) & 15], w[(t - 14) & 15]) ^ w[t & 15];
    const vec word = ROTATE(sum, 1);

    w[t & 15] = word;
    if (kept && t >= PKR_FIRST_WORD && t < PKR_FIRST_WORD + PKR_PLANE_WORDS)
        kept[t - PKR_FIRST_WORD] = word;
    return word;
}

/* What detection wants to know of a block of each lane. */
typedef struct row {
    vec early[5]; /* the state before step PKR_SAME_EARLY, and PKR_SAME_LATE */
    vec late[5];
    vec after[5];
    vec fits[2]; /* the vectors that it fits, of type I and II */
} row;

#define KEEP(to, v, w, x, y, z) (to)[0] = v, (to)[1] = w, (to)[2] = x, (to)[3] = y, (to)[4] = z

/* Takes `state` over the 16 words. `kept` and `of` may be NULL. */
FUNCTION void compress(vec state[5], vec w[16], vec *kept, row *of)
{
    vec a = state[0];
    vec b = state[1];
    vec c = state[2];
    vec d = state[3];
    vec e = state[4];

    STEPS20(CHOOSE, K1, 0);
    STEPS20(PARITY, K2, 20);
    STEPS5(MAJORITY, K3, NEXT_WORD, 40);
    STEPS5(MAJORITY, K3, NEXT_WORD, 45);
    STEPS5(MAJORITY, K3, NEXT_WORD, 50);
    STEP(MAJORITY, K3, NEXT_WORD(55), a, b, c, d, e);
    STEP(MAJORITY, K3, NEXT_WORD(56), e, a, b, c, d);
    STEP(MAJORITY, K3, NEXT_WORD(57), d, e, a, b, c);
    if (of)
        KEEP(of->early, c, d, e, a, b);
    STEP(MAJORITY, K3, NEXT_WORD(58), c, d, e, a, b);
    STEP(MAJORITY, K3, NEXT_WORD(59), b, c, d, e, a);
    STEPS5(PARITY, K4, NEXT_WORD, 60);
    if (of)
        KEEP(of->late, a, b, c, d, e);
    STEPS5(PARITY, K4, NEXT_WORD, 65);
    STEPS5(PARITY, K4, NEXT_WORD, 70);
    STEPS5(PARITY, K4, NEXT_WORD, 75);
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

#include "platform/sha1_lanes_fits.h"
#include "platform/sha1_lanes_halves.h"

/* ---- Many blocks ---------------------------------------------------------------------------- */

/* What is remembered of some blocks of each lane until their doubts are looked at: not at once, as
 * then the machine would have to guess each time whether there are some, and is wrong every other
 * time. */
enum { ROWS = 64 / LANES };

typedef struct rows {
    row row[ROWS];
    uint64_t doubtful; /* lane `l` of row `r` is bit r * LANES + l */
} rows;

FUNCTION void column(uint32_t to[5], const vec from[5], unsigned lane)
{
    PKR_UNROLLED
    for (unsigned i = 0; i < 5; i++)
        to[i] = from[i][lane];
}

/* `first` is where the first row is in each lane. */
static __attribute__((noinline)) void doubt(pkr_sha1_lanes *lanes, size_t first, const rows *of)
{
    for (uint64_t left = of->doubtful; left; left &= left - 1) {
        const unsigned bit = (unsigned)__builtin_ctzll(left);
        const unsigned lane = bit % LANES;
        const row *found = &of->row[bit / LANES];
        pkr_sha1_suspect suspect = {.block = lanes->at[lane] + first + 64 * (bit / LANES),
                                    .fits = {found->fits[0][lane], found->fits[1][lane]},
                                    .attack = lanes->attacks[lane]};

        column(suspect.early, found->early, lane);
        column(suspect.late, found->late, lane);
        column(suspect.after, found->after, lane);
        pkr_sha1_doubts_add(&lanes->doubts, NAME(decide), &suspect);
    }
}

FUNCTION void run(pkr_sha1_lanes *lanes, size_t count, bool detects)
{
    rows last;
    vec state[5];
    uint64_t busy = 0;
    unsigned number = 0;

    last.doubtful = 0;
    for (unsigned i = 0; i < LANES; i++)
        busy |= (uint64_t)(lanes->attacks[i] != NULL) << i;
    for (unsigned i = 0; i < 5; i++)
        memcpy(&state[i], lanes->state[i], sizeof state[i]);
    for (size_t offset = 0; offset != count * 64; offset += 64) {
        row *now = &last.row[number];
        vec w[16];
        vec kept[PKR_PLANE_WORDS];
        planes found;

        PKR_UNROLLED
        for (unsigned i = 0; i < LANES; i++)
            __builtin_prefetch(lanes->at[i] + offset + PKR_LANES_AHEAD);
        load(lanes->at, offset, w);
        compress(state, w, detects ? kept : NULL, detects ? now : NULL);
        if (!detects)
            continue;
        memcpy(now->after, state, sizeof now->after);
        take_planes(kept, &found);
        test(&found, &now->fits[0], &now->fits[1]);
        last.doubtful |= (NONZERO(now->fits[0] | now->fits[1]) & busy) << LANES * number;
        if (++number == ROWS || offset + 64 == count * 64) {
            doubt(lanes, offset + 64 - 64 * number, &last);
            last.doubtful = 0;
            number = 0;
        }
    }
    for (unsigned i = 0; i < 5; i++)
        memcpy(lanes->state[i], &state[i], sizeof state[i]);
}

void NAME(run)(pkr_sha1_lanes *lanes, size_t count)
{
    run(lanes, count, true);
}

void NAME(run_unchecked)(pkr_sha1_lanes *lanes, size_t count)
{
    run(lanes, count, false);
}

/* ---- Many blocks of one message ------------------------------------------------------------- */

/* Which vectors up to LANES neighbouring blocks fit. */
static void look_at_neighbours(const unsigned char *blocks, unsigned count, vec fits[2])
{
    const unsigned char *at[LANES];
    vec w[16];
    vec kept[PKR_PLANE_WORDS];
    planes found;

    for (unsigned i = 0; i < LANES; i++)
        at[i] = blocks + (size_t)64 * (i < count ? i : 0);
    load(at, 0, w);
    for (unsigned t = 16; t < PKR_FIRST_WORD + PKR_PLANE_WORDS; t++)
        expand(w, kept, t);
    take_planes(kept, &found);
    test(&found, &fits[0], &fits[1]);
}

/* The same blocks, some of which fit: one by one, as the states inside of those are wanted. */
static void take_singly(pkr_sha1_lanes *lanes, struct sha1_ctx *hash, const unsigned char *blocks,
                        unsigned count, const vec fits[2])
{
    for (unsigned i = 0; i < count; i++) {
        pkr_sha1_suspect suspect = {.block = blocks + (size_t)64 * i,
                                    .fits = {fits[0][i], fits[1][i]},
                                    .attack = lanes->attacks[0]};

        if (suspect.fits[0] | suspect.fits[1]) {
            uint32_t words[PKR_SAME_LATE];

            pkr_sha1_expand(suspect.block, words, PKR_SAME_LATE);
            memcpy(suspect.early, hash->state, sizeof suspect.early);
            pkr_sha1_steps(suspect.early, words, 0, PKR_SAME_EARLY);
            memcpy(suspect.late, suspect.early, sizeof suspect.late);
            pkr_sha1_steps(suspect.late, words, PKR_SAME_EARLY, PKR_SAME_LATE);
        }
        sha1_update(hash, 64, suspect.block);
        memcpy(suspect.after, hash->state, sizeof suspect.after);
        pkr_sha1_doubts_add(&lanes->doubts, NAME(decide), &suspect);
    }
}

FUNCTION void run_one(pkr_sha1_lanes *lanes, size_t count, bool detects)
{
    const unsigned char *at = lanes->at[0];
    struct sha1_ctx hash;

    sha1_init(&hash);
    for (unsigned i = 0; i < 5; i++)
        hash.state[i] = lanes->state[i][0];
    for (size_t left = count; left;) {
        const unsigned now = left < LANES ? (unsigned)left : LANES;
        vec fits[2] = {{0}};

        if (detects)
            look_at_neighbours(at, now, fits);
        if (NONZERO(fits[0] | fits[1]))
            take_singly(lanes, &hash, at, now, fits);
        else
            sha1_update(&hash, (size_t)64 * now, at);
        at += (size_t)64 * now;
        left -= now;
    }
    for (unsigned i = 0; i < 5; i++)
        lanes->state[i][0] = hash.state[i];
}

void NAME(run_one)(pkr_sha1_lanes *lanes, size_t count)
{
    run_one(lanes, count, true);
}

void NAME(run_one_unchecked)(pkr_sha1_lanes *lanes, size_t count)
{
    run_one(lanes, count, false);
}
