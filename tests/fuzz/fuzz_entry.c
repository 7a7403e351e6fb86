/* fuzz_entry.c - any bytes as the header of a pack entry, compared with the naive reader.
 *
 * Input: a byte whose lowest bit chooses the size of ids, then the header. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/entry.h"
#include "guard_pages.h"
#include "naive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct guard guard;
    size_t id_size = size && data[0] & 1 ? 32 : 20;
    pkr_entry entry;
    struct naive_entry expected;
    const unsigned char *bytes;
    const char *text = NULL;
    int status;

    if (!guard.map)
        guard_open(&guard, 4096);
    if (size == 0 || size > 4096)
        return 0;
    size--;
    bytes = guard_at_end(&guard, data + 1, size);
    status = pkr_entry_parse(bytes, size, id_size, &entry, &text);
    if ((status == 0) != naive_entry_read(bytes, size, id_size, &expected))
        abort();
    if (status != 0) {
        if (status != PACKREAD_ERROR_CORRUPT || !text)
            abort();
        return 0;
    }
    if ((unsigned)entry.type != expected.type || entry.size != expected.size ||
        entry.header_size != expected.header_size || entry.base_distance != expected.distance)
        abort();
    if (expected.base_id && memcmp(entry.base_id, expected.base_id, id_size) != 0)
        abort();
    if (entry.header_size > size || entry.header_size > PKR_ENTRY_HEADER_MAX)
        abort();
    return 0;
}
