/* radix.c - a radix sort, least significant digit first. */
#include "base/radix.h"

#include <stddef.h>
#include <string.h>

#include "base/stop.h"

#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)
#define FEW 48 /* not worth the counts of all digits */

static void insert(uint64_t *keys, uint32_t count, uint64_t mask)
{
    for (uint32_t i = 1; i < count; i++) {
        uint64_t key = keys[i];
        uint32_t at = i;

        for (; at > 0 && (keys[at - 1] & mask) > (key & mask); at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

bool pkr_radix_sort(uint64_t *keys, uint64_t *spare, uint32_t count, unsigned low, unsigned high,
                    const packread_stop *stop)
{
    uint64_t mask = (high < 64 ? ((uint64_t)1 << high) - 1 : UINT64_MAX) >> low << low;
    uint64_t *from = keys;
    uint64_t *to = spare;

    if (count <= FEW) {
        insert(keys, count, mask);
        return true;
    }
    for (unsigned shift = low; shift < high && !pkr_stop_is_asked(stop); shift += DIGIT_BITS) {
        uint32_t starts[DIGITS] = {0};
        uint32_t total = 0;
        uint64_t *swap;

        for (uint32_t i = 0; i < count; i++)
            starts[(from[i] & mask) >> shift & (DIGITS - 1)]++;
        for (size_t digit = 0; digit < DIGITS; digit++) {
            uint32_t here = starts[digit];

            starts[digit] = total;
            total += here;
        }
        for (uint32_t i = 0; i < count; i++)
            to[starts[(from[i] & mask) >> shift & (DIGITS - 1)]++] = from[i];
        swap = from;
        from = to;
        to = swap;
    }
    if (from != keys)
        memcpy(keys, from, (size_t)count * sizeof *keys);
    return !pkr_stop_is_asked(stop);
}
