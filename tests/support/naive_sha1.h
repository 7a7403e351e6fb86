/* naive_sha1.h - SHA-1 and the detection of its collisions a second time, as plainly as can be: one
 * block at a time, vectors made out of their definition, every vector tried. */
#ifndef NAIVE_SHA1_H
#define NAIVE_SHA1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NAIVE_VECTORS = 32 };

/* The disturbance vectors in order of type (1 or 2), K, and bit (0 or 2). */
struct naive_vector {
    unsigned type;
    unsigned k;
    unsigned b;
};
struct naive_vector naive_vector(unsigned number);

/* What a vector changes in the 80 words of the expanded message. */
void naive_changes(struct naive_vector vector, uint32_t changes[80]);

void naive_expand(const unsigned char block[64], uint32_t words[80]);
void naive_compress(uint32_t state[5], const unsigned char block[64]);

/* The state inside of a block, before step `step`. */
void naive_steps(const uint32_t before[5], const unsigned char block[64], unsigned step,
                 uint32_t state[5]);

/* Bit `i`: vector `i` fits all the conditions that were published for it. */
uint32_t naive_fits(const uint32_t words[80]);

/* Changes bits of the 16 words from `first` on so that conditions of a vector which are about these
 * alone are met, or nearly. */
void naive_favour(uint32_t words[80], unsigned first, unsigned number);

/* What comes out for the other half of a collision, if the block with this state before it is one
 * half and the vector was used: equal to the state after the block means that it was. */
void naive_other(struct naive_vector vector, const uint32_t before[5],
                 const unsigned char block[64], uint32_t after[5]);

/* Whether some vector says so; conditions are not asked. */
bool naive_is_attack(const uint32_t before[5], const unsigned char block[64]);

/* Whether a block of the whole message is half of a collision. */
bool naive_carries_attack(const unsigned char *message, size_t size);

#endif
