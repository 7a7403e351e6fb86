/* delta.h - delta instructions: sizes and application. Pure functions over bytes.
 * Format: gitformat-pack(5), "Deltified representation". */
#ifndef PACKREAD_DELTA_H
#define PACKREAD_DELTA_H

#include "packread.h"

/* No pair of sizes is longer. */
#define PACKREAD_DELTA_SIZES_MAX 20

typedef struct packread_delta_sizes {
    uint64_t base;
    uint64_t result;
    size_t header_size; /* bytes before the first instruction */
} packread_delta_sizes;

/* Reads the two sizes at the front of a delta; needs PACKREAD_DELTA_SIZES_MAX bytes or the whole
 * delta. Returns 0 or CORRUPT, then `*text` says why. */
int packread_delta_parse(const unsigned char *delta, size_t length, packread_delta_sizes *sizes,
                         const char **text);

/* Whether the instructions give exactly the result size that the delta claims; cheap, touches
 * neither base nor result. To be asked before memory is taken for a large claim. */
int packread_delta_measure(const unsigned char *delta, size_t length,
                           const packread_delta_sizes *sizes, const char **text);

/* Runs the instructions. `base` has sizes->base bytes, `result` room for sizes->result; the caller
 * has checked both. On CORRUPT the bytes of `result` are unspecified. */
int packread_delta_apply(const unsigned char *delta, size_t length,
                         const packread_delta_sizes *sizes, const unsigned char *base,
                         unsigned char *result, const char **text);

/* No instruction is longer: an insert with its bytes. */
#define PACKREAD_DELTA_STEP_MAX 128

/* One instruction: `size` bytes, to be taken from the delta itself or from the base. */
typedef struct packread_delta_step {
    const unsigned char *insert; /* NULL: a copy */
    uint32_t offset;             /* in the base, of a copy */
    uint32_t size;
} packread_delta_step;

/* Reads the instruction at `*at` and moves past it; `*at` is below `end`, and there are
 * PACKREAD_DELTA_STEP_MAX bytes up to it or all that the delta has. Returns 0 or CORRUPT, then
 * `*text` says why. */
int packread_delta_next(const unsigned char **at, const unsigned char *end,
                        packread_delta_step *step, const char **text);

#endif
