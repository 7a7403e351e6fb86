/* sha1_steps.h - single steps of SHA-1, for the few blocks that are looked at one by one. */
#ifndef PKR_SHA1_STEPS_H
#define PKR_SHA1_STEPS_H

#include <stdint.h>

/* The five words before step `from` become those before step `to`, which may be the earlier one.
 * `words` is the expanded message. */
void pkr_sha1_steps(uint32_t state[5], const uint32_t *words, unsigned from, unsigned to);

/* The first `count` words, at least 16, of the expanded message. */
void pkr_sha1_expand(const unsigned char block[64], uint32_t *words, unsigned count);

#endif
