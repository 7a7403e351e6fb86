/* delta.h - delta instructions: sizes and application. Pure functions over bytes.
 * Format: gitformat-pack(5), "Deltified representation". */
#ifndef PKR_DELTA_H
#define PKR_DELTA_H

#include "packread.h"

/* No pair of sizes is longer. */
#define PKR_DELTA_SIZES_MAX 20

typedef struct pkr_delta_sizes {
    uint64_t base;
    uint64_t result;
    size_t header_size; /* bytes before the first instruction */
} pkr_delta_sizes;

/* Reads the two sizes at the front of a delta; needs PKR_DELTA_SIZES_MAX bytes or the whole
 * delta. Returns 0 or CORRUPT, then `*text` says why. */
int pkr_delta_parse(const unsigned char *delta, size_t length, pkr_delta_sizes *sizes,
                    const char **text);

/* Whether the instructions give exactly the result size that the delta claims, and copy from inside
 * the base that it claims; cheap, touches neither base nor result. To be asked before memory is
 * taken for a large claim. STOPPED where that is asked for meanwhile; `stop` may be NULL. */
int pkr_delta_measure(const unsigned char *delta, size_t length, const pkr_delta_sizes *sizes,
                      const packread_stop *stop, const char **text);

/* Runs the instructions. `base` has sizes->base bytes, `result` room for sizes->result; the caller
 * has checked both. On CORRUPT and STOPPED (as above) the bytes of `result` are unspecified. */
int pkr_delta_apply(const unsigned char *delta, size_t length, const pkr_delta_sizes *sizes,
                    const unsigned char *base, unsigned char *result, const packread_stop *stop,
                    const char **text);

/* No instruction is longer: an insert with its bytes. */
#define PKR_DELTA_STEP_MAX 128

/* One instruction: `size` bytes, to be taken from the delta itself or from the base. */
typedef struct pkr_delta_step {
    const unsigned char *insert; /* NULL: a copy */
    uint32_t offset;             /* in the base, of a copy */
    uint32_t size;
} pkr_delta_step;

#define PKR_DELTA_OUTSIDE "delta copies from outside its base"

/* Whether what it copies is in a base of so many bytes; an insert is in any. */
static inline bool pkr_delta_step_fits(const pkr_delta_step *step, uint64_t base)
{
    return step->insert || (step->offset <= base && step->size <= base - step->offset);
}

/* Reads the instruction at `*at` and moves past it; `*at` is below `end`, and there are
 * PKR_DELTA_STEP_MAX bytes up to it or all that the delta has. Returns 0 or CORRUPT, then
 * `*text` says why. */
int pkr_delta_next(const unsigned char **at, const unsigned char *end, pkr_delta_step *step,
                   const char **text);

#endif
