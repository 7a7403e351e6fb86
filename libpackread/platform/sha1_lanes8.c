/* sha1_lanes8.c - eight lanes, in the registers of AVX2. */
#include "platform/sha1_lanes.h"

#if PKR_LANES_X86

#include <immintrin.h>
#include <nettle/sha1.h>
#include <string.h>

#include "platform/sha1_conditions.h"
#include "platform/sha1_steps.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif

#define LANES 8
typedef uint32_t vec __attribute__((vector_size(32)));
#define NAME(name) pkr_sha1_lanes8_##name
#define ROTATE(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define CHOOSE(b, c, d) ((((c) ^ (d)) & (b)) ^ (d))
#define PARITY(b, c, d) ((b) ^ (c) ^ (d))
#define MAJORITY(b, c, d) (((b) & (c)) + (((b) ^ (c)) & (d)))
#define MERGE(x, y, mask) (((x) & ~(mask)) | ((y) & (mask)))
#define WITH(x, y, mask) ((x) | ((y) & (mask)))
#define WITHOUT(x, y, mask) ((x) | (~(y) & (mask)))
#define NONZERO(x) (~(uint64_t)_mm256_movemask_ps((__m256)((x) == 0)) & 0xff)

static inline __attribute__((always_inline)) void load(const unsigned char *const at[LANES],
                                                       size_t offset, vec w[16])
{
    const __m256i swap = _mm256_broadcastsi128_si256(
        _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));

    for (unsigned half = 0; half < 2; half++) {
        __m256i rows[8];
        __m256i pairs[8];
        vec *to = w + 8 * half;

        PKR_UNROLLED
        for (unsigned i = 0; i < 8; i++)
            rows[i] = _mm256_shuffle_epi8(
                _mm256_loadu_si256((const __m256i *)(const void *)(at[i] + offset + 32 * half)),
                swap);
        PKR_UNROLLED
        for (unsigned i = 0; i < 8; i += 2) {
            pairs[i] = _mm256_unpacklo_epi32(rows[i], rows[i + 1]);
            pairs[i + 1] = _mm256_unpackhi_epi32(rows[i], rows[i + 1]);
        }
        PKR_UNROLLED
        for (unsigned i = 0; i < 8; i += 4) {
            rows[i] = _mm256_unpacklo_epi64(pairs[i], pairs[i + 2]);
            rows[i + 1] = _mm256_unpackhi_epi64(pairs[i], pairs[i + 2]);
            rows[i + 2] = _mm256_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
            rows[i + 3] = _mm256_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
        }
        PKR_UNROLLED
        for (unsigned i = 0; i < 4; i++) {
            to[i] = (vec)_mm256_permute2x128_si256(rows[i], rows[i + 4], 0x20);
            to[i + 4] = (vec)_mm256_permute2x128_si256(rows[i], rows[i + 4], 0x31);
        }
    }
}

#include "platform/sha1_lanes_body.h"

/* For blocks that others hash. Planes of the words from 32 on become those of the words from 35 on,
 * with word 64 at their end. */
FUNCTION vec plane_of(const pkr_sha1_rows *of, unsigned number, unsigned bit)
{
    vec plane;
    vec last;

    memcpy(&plane, of->planes[number], sizeof plane);
    memcpy(&last, of->last, sizeof last);
    return plane >> 3 | (last >> bit & 1) << 29;
}

void pkr_sha1_lanes8_fits(const pkr_sha1_rows *of, uint32_t fits[2][8])
{
    planes found;
    vec both[2];
    unsigned number = 0;

#define PLANE(bit) found.p##bit = plane_of(of, number++, bit);
    PKR_SHA1_PLANES(PLANE)
#undef PLANE
    test(&found, &both[0], &both[1]);
    memcpy(fits, both, sizeof both);
}

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
