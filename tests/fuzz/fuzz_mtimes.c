/* fuzz_mtimes.c - any bytes as the head of a .mtimes, with any file size.
 *
 * Input: eight bytes of file size, then the head. */
#include "format/mtimes.h"
#include "side_twin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    side_twin_compare(pkr_mtimes_parse, "MTME", data, size);
    return 0;
}
