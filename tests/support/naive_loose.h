/* naive_loose.h - the header of a loose object read a second time, as plainly as can be. */
#ifndef NAIVE_LOOSE_H
#define NAIVE_LOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct naive_loose {
    unsigned type; /* 1 to 4 */
    uint64_t size;
    size_t length; /* with the NUL */
};

/* False where it is none. */
bool naive_loose_read(const unsigned char *bytes, size_t length, struct naive_loose *header);

#endif
