/* fuzz_rev.c - any bytes as the head of a .rev, with any file size.
 *
 * Input: eight bytes of file size, then the head. */
#include "format/rev.h"
#include "side_twin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    side_twin_compare(pkr_rev_parse, "RIDX", data, size);
    return 0;
}
