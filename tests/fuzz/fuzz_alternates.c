/* fuzz_alternates.c - any bytes as a list of object folders, compared with the naive reader.
 *
 * Input: the list; it is read as lines, and as the environment's variable. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "naive_lists.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char separators[] = {'\n', ':'};

    if (size > 4096)
        return 0;
    for (size_t i = 0; i < sizeof separators; i++) {
        size_t expected_length;
        size_t length;
        char *expected = naive_alternates(data, size, separators[i], &expected_length);
        char *got = naive_alternates_of_library(data, size, separators[i], &length);

        if (length != expected_length || (length > 0 && memcmp(got, expected, length) != 0))
            abort();
        free(expected);
        free(got);
    }
    return 0;
}
