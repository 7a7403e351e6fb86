/* sha1_conditions.h - which bits of the expanded message have to be alike or unlike in a block that
 * an attack with a certain disturbance vector has made: the "unavoidable conditions" of Stevens and
 * Shumow (USENIX Security 2017). They are what makes detection cheap: of a thousand random blocks
 * 953 fit no vector, and those need no further look.
 *
 * Conditions of a vector move along with its K, so one row here is that of several vectors. Of a
 * block, bit `i` of *plane b* is bit `b` of word 35 + i of the expanded message, i from 0 to 29
 * (words 35 to 64 are all that conditions are about). */
#ifndef PKR_SHA1_CONDITIONS_H
#define PKR_SHA1_CONDITIONS_H

#include "platform/sha1_disturbances.h"

#define PKR_FIRST_WORD 35
#define PKR_PLANE_WORDS 30

/* The planes that conditions use, by their bit. */
#define PKR_SHA1_PLANES(PLANE) \
    PLANE(0)                   \
    PLANE(1) PLANE(2) PLANE(3) PLANE(4) PLANE(5) PLANE(6) PLANE(7) PLANE(28) PLANE(29) PLANE(30)

/* PAIR(bit, other, distance): some condition compares bit `bit` of a word with bit `other` of the
 * word `distance` words after it. */
#define PKR_SHA1_PAIRS(PAIR) \
    PAIR(0, 5, 1)            \
    PAIR(0, 30, 5)           \
    PAIR(1, 1, 2)            \
    PAIR(1, 1, 4)            \
    PAIR(1, 1, 8)            \
    PAIR(1, 6, 0)            \
    PAIR(1, 6, 1)            \
    PAIR(2, 7, 1)            \
    PAIR(3, 28, 4)           \
    PAIR(4, 4, 1)            \
    PAIR(4, 4, 2)            \
    PAIR(4, 29, 2)           \
    PAIR(4, 29, 3)           \
    PAIR(4, 29, 4)           \
    PAIR(5, 30, 4)           \
    PAIR(6, 1, 1)            \
    PAIR(6, 6, 2)            \
    PAIR(29, 29, 1)          \
    PAIR(29, 29, 2)          \
    PAIR(29, 29, 3)          \
    PAIR(29, 29, 7)          \
    PAIR(30, 28, 5)

/* SAME(vectors, bit, other, distance, from, which) and OTHER: bit `bit` of word K + `from` is the
 * same as, or another than, bit `other` of the word `distance` words after it. Holds for those of
 * the vectors I_0, I_2, II_0 or II_2 whose K is in `which`, a mask as in sha1_disturbances.h: K is
 * one of them, KS all from one to another. */
#define PKR_K(vectors, k) (1u << ((k)-PKR_BASE_##vectors))
#define PKR_KS(vectors, first, last) (PKR_K(vectors, last) * 2 - PKR_K(vectors, first))

#define PKR_SHA1_CONDITIONS_I(SAME, OTHER)                              \
    OTHER(I_0, 0, 5, 1, 15, PKR_KS(I_0, 45, 48))                        \
    OTHER(I_0, 0, 30, 5, 15, PKR_KS(I_0, 43, 44))                       \
    OTHER(I_0, 1, 6, 1, 18, PKR_KS(I_0, 43, 45))                        \
    SAME(I_0, 3, 28, 4, -16, PKR_K(I_0, 51))                            \
    OTHER(I_0, 4, 4, 1, -14, PKR_KS(I_0, 50, 52))                       \
    OTHER(I_0, 4, 4, 2, -6, PKR_KS(I_0, 43, 46))                        \
    OTHER(I_0, 4, 4, 2, -4, PKR_KS(I_0, 43, 44))                        \
    SAME(I_0, 4, 29, 3, -10, PKR_KS(I_0, 47, 52))                       \
    SAME(I_0, 4, 29, 3, -6, PKR_KS(I_0, 43, 52))                        \
    SAME(I_0, 4, 29, 3, -4, PKR_KS(I_0, 43, 52))                        \
    SAME(I_0, 4, 29, 3, -2, PKR_KS(I_0, 43, 52))                        \
    SAME(I_0, 4, 29, 3, 0, PKR_KS(I_0, 43, 52))                         \
    SAME(I_0, 4, 29, 4, -13, PKR_KS(I_0, 48, 52))                       \
    SAME(I_0, 4, 29, 4, -10, PKR_KS(I_0, 45, 46))                       \
    SAME(I_0, 5, 30, 4, 16, PKR_KS(I_0, 43, 44))                        \
    SAME(I_0, 29, 29, 1, -8, PKR_KS(I_0, 48, 52))                       \
    SAME(I_0, 29, 29, 1, -7, PKR_KS(I_0, 47, 52))                       \
    SAME(I_0, 29, 29, 1, -4, PKR_KS(I_0, 44, 52))                       \
    SAME(I_0, 29, 29, 1, 3, PKR_KS(I_0, 43, 52))                        \
    OTHER(I_0, 29, 29, 2, -3, PKR_KS(I_0, 47, 52))                      \
    OTHER(I_0, 29, 29, 2, -1, PKR_KS(I_0, 45, 51))                      \
    OTHER(I_0, 29, 29, 2, 1, PKR_KS(I_0, 43, 49))                       \
    OTHER(I_0, 29, 29, 3, 1, PKR_K(I_0, 50) | PKR_K(I_0, 52))           \
    OTHER(I_0, 29, 29, 7, -4, PKR_K(I_0, 52))                           \
    OTHER(I_0, 29, 29, 7, -3, PKR_K(I_0, 51))                           \
    OTHER(I_2, 1, 1, 2, -11, PKR_K(I_2, 49))                            \
    OTHER(I_2, 1, 1, 8, -7, PKR_KS(I_2, 49, 50))                        \
    SAME(I_2, 1, 6, 0, -14, PKR_K(I_2, 51))                             \
    OTHER(I_2, 1, 6, 1, -14, PKR_KS(I_2, 49, 51))                       \
    OTHER(I_2, 1, 6, 1, -11, PKR_KS(I_2, 46, 48) | PKR_KS(I_2, 50, 51)) \
    OTHER(I_2, 1, 6, 1, -7, PKR_KS(I_2, 46, 48) | PKR_K(I_2, 51))       \
    OTHER(I_2, 2, 7, 1, 15, PKR_KS(I_2, 46, 48))                        \
    SAME(I_2, 5, 30, 4, -16, PKR_K(I_2, 51))                            \
    SAME(I_2, 6, 1, 1, -10, PKR_KS(I_2, 49, 51))                        \
    SAME(I_2, 6, 1, 1, 0, PKR_KS(I_2, 46, 51))                          \
    SAME(I_2, 6, 6, 2, -6, PKR_KS(I_2, 46, 51))                         \
    SAME(I_2, 6, 6, 2, -4, PKR_KS(I_2, 46, 51))                         \
    SAME(I_2, 6, 6, 2, -2, PKR_KS(I_2, 46, 51))

#define PKR_SHA1_CONDITIONS_II(SAME, OTHER)                                           \
    OTHER(II_0, 0, 5, 1, 15, PKR_KS(II_0, 45, 48))                                    \
    OTHER(II_0, 1, 6, 1, 18, PKR_K(II_0, 45))                                         \
    SAME(II_0, 3, 28, 4, -12, PKR_KS(II_0, 47, 56))                                   \
    OTHER(II_0, 4, 4, 2, -18, PKR_KS(II_0, 54, 56))                                   \
    OTHER(II_0, 4, 4, 2, -16, PKR_KS(II_0, 52, 56))                                   \
    SAME(II_0, 4, 29, 2, 2, PKR_K(II_0, 55))                                          \
    SAME(II_0, 4, 29, 3, -18, PKR_KS(II_0, 55, 56))                                   \
    SAME(II_0, 4, 29, 3, -16, PKR_KS(II_0, 53, 56))                                   \
    SAME(II_0, 4, 29, 3, -9, PKR_KS(II_0, 46, 56))                                    \
    SAME(II_0, 4, 29, 3, -4, PKR_KS(II_0, 45, 56))                                    \
    SAME(II_0, 4, 29, 3, 2, PKR_KS(II_0, 45, 54))                                     \
    SAME(II_0, 4, 29, 3, 4, PKR_KS(II_0, 45, 52))                                     \
    SAME(II_0, 4, 29, 4, -12, PKR_KS(II_0, 47, 56))                                   \
    SAME(II_0, 4, 29, 4, -9, PKR_K(II_0, 45))                                         \
    SAME(II_0, 4, 29, 4, 4, PKR_KS(II_0, 53, 56))                                     \
    SAME(II_0, 29, 29, 1, -16, PKR_K(II_0, 56))                                       \
    SAME(II_0, 29, 29, 1, -7, PKR_KS(II_0, 47, 56))                                   \
    SAME(II_0, 29, 29, 1, -6, PKR_KS(II_0, 46, 56))                                   \
    SAME(II_0, 29, 29, 1, -2, PKR_KS(II_0, 45, 56))                                   \
    SAME(II_0, 29, 29, 1, -1, PKR_KS(II_0, 45, 56))                                   \
    SAME(II_0, 29, 29, 1, 4, PKR_KS(II_0, 45, 54))                                    \
    SAME(II_0, 29, 29, 1, 7, PKR_KS(II_0, 45, 52))                                    \
    OTHER(II_0, 29, 29, 2, 5, PKR_K(II_0, 45))                                        \
    OTHER(II_0, 29, 29, 3, 4, PKR_K(II_0, 47) | PKR_K(II_0, 49) | PKR_K(II_0, 52))    \
    OTHER(II_0, 29, 29, 3, 5,                                                         \
          PKR_K(II_0, 46) | PKR_K(II_0, 48) | PKR_KS(II_0, 50, 51) | PKR_K(II_0, 53)) \
    OTHER(II_0, 30, 28, 5, -13, PKR_KS(II_0, 48, 52))                                 \
    OTHER(II_2, 0, 30, 5, -13, PKR_KS(II_2, 49, 51))                                  \
    OTHER(II_2, 1, 1, 2, -5, PKR_KS(II_2, 50, 51))                                    \
    OTHER(II_2, 1, 1, 4, 1, PKR_K(II_2, 46) | PKR_KS(II_2, 49, 51))                   \
    OTHER(II_2, 1, 6, 1, -10, PKR_K(II_2, 46) | PKR_KS(II_2, 49, 51))                 \
    OTHER(II_2, 1, 6, 1, -5, PKR_K(II_2, 46) | PKR_K(II_2, 49))                       \
    OTHER(II_2, 2, 7, 1, 15, PKR_K(II_2, 46))                                         \
    SAME(II_2, 5, 30, 4, -12, PKR_KS(II_2, 49, 51))                                   \
    SAME(II_2, 6, 1, 1, -9, PKR_KS(II_2, 49, 51))                                     \
    SAME(II_2, 6, 1, 1, -4, PKR_K(II_2, 46) | PKR_KS(II_2, 49, 51))                   \
    SAME(II_2, 6, 1, 1, 4, PKR_K(II_2, 46) | PKR_KS(II_2, 49, 51))                    \
    SAME(II_2, 6, 6, 2, 2, PKR_K(II_2, 46) | PKR_KS(II_2, 49, 51))

#endif
