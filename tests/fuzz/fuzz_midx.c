/* fuzz_midx.c - any bytes as a multi-pack-index, against the naive reader.
 *
 * Input: a byte, the size of the pieces in which the names are given, less one; then the file. */
#include <stdint.h>

#include "midx_twin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0)
        midx_twin_reads(data + 1, size - 1, (size_t)data[0] + 1);
    return 0;
}
