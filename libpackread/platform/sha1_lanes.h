/* sha1_lanes.h - what the ways of hashing several messages side by side have in common. Each is
 * made for one instruction set; hash_lanes.h chooses. */
#ifndef PKR_SHA1_LANES_H
#define PKR_SHA1_LANES_H

#include <stddef.h>

#include "platform/sha1_doubts.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define PKR_LANES_X86 1
#else
#define PKR_LANES_X86 0
#endif

/* In front of a loop whose every turn is to be code of its own. */
#if defined(__clang__)
#define PKR_UNROLLED _Pragma("unroll")
#else
#define PKR_UNROLLED _Pragma("GCC unroll 16")
#endif

/* So far ahead memory is asked for: several messages at once are more than the machine follows by
 * itself. */
#ifndef PKR_LANES_AHEAD
#define PKR_LANES_AHEAD 256
#endif

/* Eight blocks that wait for the test of their bits (sha1_pair.c). States and words are as the SHA
 * instructions have them: the first of four is the highest. */
typedef struct pkr_sha1_rows {
    uint32_t planes[11]
                   [8]; /* in order of their bits, as PKR_SHA1_PLANES has them; of words 32 to 63 */
    uint32_t last[8];   /* word 64 */
    uint32_t words[8][8];  /* words 56 to 63 */
    uint32_t middle[8][8]; /* the state before step 60 */
    uint32_t after[8][8];
    unsigned char blocks[8][64];
    bool *attacks[8];
    unsigned count;
} __attribute__((aligned(64))) pkr_sha1_rows;

/* Lane `i` is column `i` of the states. Every lane of a way's width has 64 readable bytes for each
 * block at `at`, idle ones too, whose contents do not matter. */
typedef struct pkr_sha1_lanes {
    uint32_t state[5][PKR_LANES_MOST];
    const unsigned char *at[PKR_LANES_MOST];
    bool *attacks[PKR_LANES_MOST]; /* NULL: the lane is idle. Else set to true by a block that is
                                      half of a collision: by then when all is settled */
    pkr_sha1_doubts doubts;
    pkr_sha1_rows rows[2]; /* one is filled while the other waits for its test */
    unsigned row_set;
} __attribute__((aligned(64))) pkr_sha1_lanes;

static inline void pkr_sha1_lanes_init(pkr_sha1_lanes *lanes)
{
    lanes->doubts.count = 0;
    lanes->rows[0].count = lanes->rows[1].count = 0;
    lanes->row_set = 0;
}

/* Takes each lane over the next `count` blocks at `at`, which stays where it is. */
typedef void pkr_sha1_run(pkr_sha1_lanes *lanes, size_t count);

/* Puts blocks that still wait for a test among the doubts, where they fit. */
typedef void pkr_sha1_flush(pkr_sha1_lanes *lanes);

/* "one" takes only lane 0, and tests neighbouring blocks side by side; unchecked is without
 * detection. */
#define PKR_SHA1_WAY(name)                 \
    pkr_sha1_run name##_run;               \
    pkr_sha1_run name##_run_unchecked;     \
    pkr_sha1_run name##_run_one;           \
    pkr_sha1_run name##_run_one_unchecked; \
    pkr_sha1_decide name##_decide;

PKR_SHA1_WAY(pkr_sha1_lanes4)
#if PKR_LANES_X86
PKR_SHA1_WAY(pkr_sha1_lanes8)
PKR_SHA1_WAY(pkr_sha1_lanes16)

/* Lanes 0 and 1 by the SHA instructions, with AVX2 for detection. Lane 1 may be idle, and is not
 * read then. */
pkr_sha1_run pkr_sha1_pair_run;
pkr_sha1_run pkr_sha1_pair_run_unchecked;
pkr_sha1_flush pkr_sha1_pair_flush;
/* Which vectors of type I, and of type II, the rows may have been made with. */
void pkr_sha1_lanes8_fits(const pkr_sha1_rows *rows, uint32_t fits[2][8]);
#endif

#endif
