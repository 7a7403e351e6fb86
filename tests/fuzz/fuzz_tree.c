/* fuzz_tree.c - any bytes as the contents of a tree, entry after entry, compared with the naive
 * reader.
 *
 * Input: a byte whose lowest bit chooses the size of ids, then the tree. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guard_pages.h"
#include "naive.h"
#include "packread.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The length of the entry; 0 where there is none. */
static size_t compare(const unsigned char *bytes, size_t size, size_t id_size)
{
    packread_tree_entry entry;
    packread_error error = {0};
    struct naive_tree_entry expected;
    int status = packread_tree_entry_parse(bytes, size, id_size, &entry, &error);

    if ((status == 0) != naive_tree_entry_read(bytes, size, id_size, &expected))
        abort();
    if (status != 0) {
        if (status != PACKREAD_ERROR_CORRUPT || error.code != status || !error.text[0])
            abort();
        return 0;
    }
    if (entry.mode != expected.mode || entry.name != bytes + expected.name_begin ||
        entry.name_size != expected.name_end - expected.name_begin || entry.length != expected.end)
        abort();
    if (entry.id.size != id_size || memcmp(entry.id.bytes, bytes + expected.id_begin, id_size) != 0)
        abort();
    return entry.length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct guard guard;
    size_t id_size = size && data[0] & 1 ? 32 : 20;
    const unsigned char *bytes;
    size_t length;

    if (!guard.map)
        guard_open(&guard, 4096);
    if (size == 0 || size > 4096)
        return 0;
    size--;
    bytes = guard_at_end(&guard, data + 1, size);
    for (size_t at = 0; at < size; at += length) {
        length = compare(bytes + at, size - at, id_size);
        if (length == 0)
            break;
    }
    return 0;
}
