/* fuzz_midx_chain.c - any bytes as a chain of multi-pack-indexes, line by line.
 *
 * Input: a byte, whose first bit says that ids have 32 bytes; then the file. */
#include <stdlib.h>
#include <string.h>

#include "format/midx_chain.h"
#include "guard_pages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many bytes the line has, by the letter; 0: it is none. */
static size_t measure(const uint8_t *bytes, size_t size, size_t digits)
{
    size_t length = 0;

    while (length < size && bytes[length] && strchr("0123456789abcdefABCDEF", bytes[length]))
        length++;
    return length == digits && length < size && bytes[length] == '\n' ? length + 1 : 0;
}

/* The same of one that is none. */
static size_t measure_none(const uint8_t *bytes, size_t size, size_t digits)
{
    size_t length = 0;

    while (length < size && length < digits + 1)
        if (bytes[length++] == '\n')
            break;
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct guard guard;
    const size_t id_size = size > 0 && data[0] & 1 ? 32 : 20;

    if (!guard.map)
        guard_open(&guard, PKR_MIDX_CHAIN_LINE);
    for (size_t at = 1; at < size;) {
        const size_t left = size - at;
        const size_t length = left < PKR_MIDX_CHAIN_LINE ? left : PKR_MIDX_CHAIN_LINE;
        const char *text = NULL;
        size_t used = 0;
        packread_id sum;
        int status = pkr_midx_chain_line(guard_at_end(&guard, data + at, length), length, id_size,
                                         &sum, &used, &text);

        if (used != measure(data + at, length, 2 * id_size) || (status == 0) != (used > 0) ||
            (status == 0) == !!text || (status == 0 && sum.size != id_size))
            abort();
        if (status != 0)
            used = pkr_midx_chain_pass(guard_at_end(&guard, data + at, length), length, id_size);
        if (status != 0 && used != measure_none(data + at, length, 2 * id_size))
            abort();
        at += used;
    }
    return 0;
}
