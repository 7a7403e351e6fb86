/* sha1_disturbances.h - which differences between two blocks the practical attacks on SHA-1 use.
 *
 * An attack changes single bits of SHA-1's state and cancels each change by those of the next five
 * message words (a local collision). A disturbance vector says at which steps such changes begin:
 * 80 words that follow the message expansion themselves. All attacks that are practical use one
 * of 32: in the notation of Manuel, I(K, b) and II(K, b), where K is the step from which 15 words
 * of it are all but zero, and b its bit. (Stevens, "Counter-cryptanalysis", CRYPTO 2013; Stevens
 * and Shumow, "Speeding up detection of SHA-1 collision attacks using unavoidable attack
 * conditions", USENIX Security 2017.)
 *
 * Two blocks that differ by a vector have the same state before some step in the middle. So one
 * block is enough to know whether it is half of a collision: from that state the other half can be
 * run backwards and forwards. */
#ifndef PKR_SHA1_DISTURBANCES_H
#define PKR_SHA1_DISTURBANCES_H

#include <stdbool.h>
#include <stdint.h>

/* Vectors of one type and bit, with K from `first`, each one bit of a mask from bit `base` on.
 * Types I are in one mask, types II in another. */
enum pkr_disturbance_base {
    PKR_BASE_I_0 = 43,  /* I(K, 0) is bit K - 43: K from 43 to 52 */
    PKR_BASE_I_2 = 30,  /* I(K, 2), K from 46 to 51 */
    PKR_BASE_II_0 = 37, /* II(K, 0), K from 45 to 56 */
    PKR_BASE_II_2 = 26  /* II(K, 2), K is 46, 49, 50, 51 */
};

/* The vectors that there are. */
#define PKR_DISTURBANCES_I 0x003f03ffu
#define PKR_DISTURBANCES_II 0x039fff00u

/* Before this step the two states are the same; for vectors whose K is at least 50 the later one.
 */
#define PKR_SAME_EARLY 58u
#define PKR_SAME_LATE 65u

typedef struct pkr_disturbance {
    unsigned char type; /* 1 or 2 */
    unsigned char k;
    unsigned char b;
    bool is_late;
    const unsigned char *changes; /* the bits in which the two blocks differ: 64 bytes */
} pkr_disturbance;

/* That of bit `bit` of the mask of a type. */
pkr_disturbance pkr_disturbance_of(unsigned type, unsigned bit);

#endif
