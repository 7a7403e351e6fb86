/* sha1_lanes16.c - sixteen lanes, in the registers of AVX-512. */
#include "platform/sha1_lanes.h"

#if PKR_LANES_X86

#include <immintrin.h>
#include <nettle/sha1.h>
#include <string.h>

#include "platform/sha1_conditions.h"
#include "platform/sha1_steps.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw")
#endif

#define LANES 16
typedef uint32_t vec __attribute__((vector_size(64)));
#define NAME(name) pkr_sha1_lanes16_##name

/* Of three bits each: bit i of the last argument is the answer for the bits of i, x the highest. */
#define TERNARY(x, y, z, answers) \
    (vec) _mm512_ternarylogic_epi32((__m512i)(x), (__m512i)(y), (__m512i)(z), answers)
#define ROTATE(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define CHOOSE(b, c, d) TERNARY(b, c, d, 0xca)
#define PARITY(b, c, d) TERNARY(b, c, d, 0x96)
#define MAJORITY(b, c, d) TERNARY(b, c, d, 0xe8)
#define EVERYWHERE(mask) ((vec){0} + (mask))
#define MERGE(x, y, mask) TERNARY(EVERYWHERE(mask), y, x, 0xca)
#define WITH(x, y, mask) TERNARY(x, y, EVERYWHERE(mask), 0xf8)
#define WITHOUT(x, y, mask) TERNARY(x, y, EVERYWHERE(mask), 0xf2)
#define NONZERO(x) ((uint64_t)_mm512_test_epi32_mask((__m512i)(x), (__m512i)(x)))

static inline __attribute__((always_inline)) void load(const unsigned char *const at[LANES],
                                                       size_t offset, vec w[16])
{
    const __m512i swap =
        _mm512_broadcast_i32x4(_mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));
    __m512i rows[16];
    __m512i pairs[16];

    PKR_UNROLLED
    for (unsigned i = 0; i < 16; i++)
        rows[i] = _mm512_shuffle_epi8(_mm512_loadu_si512(at[i] + offset), swap);
    /* Words change places inside of quarters of 128 bits, then the quarters do. */
    PKR_UNROLLED
    for (unsigned i = 0; i < 16; i += 2) {
        pairs[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
        pairs[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
    }
    PKR_UNROLLED
    for (unsigned i = 0; i < 16; i += 4) {
        rows[i] = _mm512_unpacklo_epi64(pairs[i], pairs[i + 2]);
        rows[i + 1] = _mm512_unpackhi_epi64(pairs[i], pairs[i + 2]);
        rows[i + 2] = _mm512_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
        rows[i + 3] = _mm512_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
    }
    PKR_UNROLLED
    for (unsigned i = 0; i < 4; i++) {
        const __m512i low = _mm512_shuffle_i32x4(rows[i], rows[i + 4], 0x88);
        const __m512i high = _mm512_shuffle_i32x4(rows[i], rows[i + 4], 0xdd);
        const __m512i later_low = _mm512_shuffle_i32x4(rows[i + 8], rows[i + 12], 0x88);
        const __m512i later_high = _mm512_shuffle_i32x4(rows[i + 8], rows[i + 12], 0xdd);

        w[i] = (vec)_mm512_shuffle_i32x4(low, later_low, 0x88);
        w[i + 4] = (vec)_mm512_shuffle_i32x4(high, later_high, 0x88);
        w[i + 8] = (vec)_mm512_shuffle_i32x4(low, later_low, 0xdd);
        w[i + 12] = (vec)_mm512_shuffle_i32x4(high, later_high, 0xdd);
    }
}

#include "platform/sha1_lanes_body.h"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
