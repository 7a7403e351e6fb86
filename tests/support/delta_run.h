/* delta_run.h - a delta's whole way through the library, and what has to come of it.
 *
 * Delta, base and result each lie against an unreadable page, at their ends in one run and at their
 * starts in another; both must give the same, and measuring must agree with applying. */
#ifndef DELTA_RUN_H
#define DELTA_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "packwriter.h"

/* The most that a delta, a base or a result may have. */
#define DELTA_RUN_ROOM (1 << 20)

#define DELTA_OUTSIDE "delta copies from outside its base"

/* The first error, or 0 and the result. Both last until the next run. */
struct delta_run {
    int status;
    const char *text;
    const unsigned char *result;
    size_t size;
};

/* The checked fixture of every test that runs deltas. */
void delta_run_begin(void);
void delta_run_end(void);

struct delta_run delta_run(const void *delta, size_t length, const void *base, size_t base_size);

/* The delta gives just these bytes. */
void delta_gives(const struct packwriter_bytes *delta, const void *base, size_t base_size,
                 const void *expected, size_t size);
/* The delta is corrupt, for this reason. */
void delta_refuses(const struct packwriter_bytes *delta, const void *base, size_t base_size,
                   const char *why);
/* Whatever the bytes are, the library and the naive apply say the same of them. */
void delta_compare(const void *delta, size_t length, const unsigned char *base, size_t base_size);

/* Bytes that depend on the seed alone, to be freed. */
unsigned char *delta_noise(size_t size, uint64_t seed);

#endif
