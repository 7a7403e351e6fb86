/* sha1_lanes4.c - four lanes, on any machine: what the compiler makes of vectors of 16 bytes. */
#include <nettle/sha1.h>
#include <string.h>

#include "base/bytes.h"
#include "platform/sha1_conditions.h"
#include "platform/sha1_lanes.h"
#include "platform/sha1_steps.h"

#define LANES 4
typedef uint32_t vec __attribute__((vector_size(16)));
#define NAME(name) pkr_sha1_lanes4_##name
#define ROTATE(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define CHOOSE(b, c, d) ((((c) ^ (d)) & (b)) ^ (d))
#define PARITY(b, c, d) ((b) ^ (c) ^ (d))
#define MAJORITY(b, c, d) (((b) & (c)) + (((b) ^ (c)) & (d)))
#define MERGE(x, y, mask) (((x) & ~(mask)) | ((y) & (mask)))
#define WITH(x, y, mask) ((x) | ((y) & (mask)))
#define WITHOUT(x, y, mask) ((x) | (~(y) & (mask)))
#define NONZERO(x)                                                                           \
    ((uint64_t)((x)[0] != 0) | (uint64_t)((x)[1] != 0) << 1 | (uint64_t)((x)[2] != 0) << 2 | \
     (uint64_t)((x)[3] != 0) << 3)

static inline __attribute__((always_inline)) void load(const unsigned char *const at[LANES],
                                                       size_t offset, vec w[16])
{
    PKR_UNROLLED
    for (unsigned i = 0; i < 16; i++)
        w[i] = (vec){pkr_bytes_u32(at[0] + offset + 4 * i), pkr_bytes_u32(at[1] + offset + 4 * i),
                     pkr_bytes_u32(at[2] + offset + 4 * i), pkr_bytes_u32(at[3] + offset + 4 * i)};
}

#include "platform/sha1_lanes_body.h"
