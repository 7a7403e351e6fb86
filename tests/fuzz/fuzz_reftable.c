/* fuzz_reftable.c - any bytes as a table of refs: all refs are those that a naive reader has; what
 * is found by name has that name.
 *
 * Input: a byte whose lowest bit chooses the size of ids, and whose second says whether the footer
 * is put right (a copy of the header, and the CRC); then the table. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/reftable.h"
#include "guard_pages.h"
#include "made_reftable.h"
#include "naive_refs.h"

#define SIZE_MOST (1 << 16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(const pkr_reftable *table, const unsigned char *bytes, size_t size,
                    size_t id_size)
{
    static pkr_reftable_cursor cursor;
    pkr_reftable_record record;
    struct naive_refs expected;
    size_t i = 0;
    int got;

    naive_reftable_read(bytes, size, id_size, &expected);
    pkr_reftable_first(&cursor, table);
    for (; (got = pkr_reftable_next(&cursor, &record)) == 1; i++) {
        const struct naive_ref *one = &expected.list[i];

        if (i >= expected.count || cursor.length != one->length ||
            memcmp(cursor.name, one->name, one->length) != 0 || (unsigned)record.kind != one->kind)
            abort();
        if (one->id && memcmp(record.id.bytes, one->id, id_size) != 0)
            abort();
        if (one->peeled && memcmp(record.peeled.bytes, one->peeled, id_size) != 0)
            abort();
    }
    if (i != expected.count || (got == 0) != expected.is_whole)
        abort();
    for (i = 0; i < expected.count && i < 64; i++) {
        const struct naive_ref *one = &expected.list[i];

        if (pkr_reftable_find(&cursor, table, one->name, one->length, &record) == 1 &&
            (cursor.length != one->length || memcmp(cursor.name, one->name, one->length) != 0))
            abort();
    }
    naive_refs_free(&expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct guard guard;
    unsigned char *bytes;
    pkr_reftable table;
    const char *text = NULL;
    size_t id_size;

    if (!guard.map)
        guard_open(&guard, SIZE_MOST);
    if (size == 0 || size > SIZE_MOST)
        return 0;
    id_size = data[0] & 1 ? 32 : 20;
    size--;
    bytes = guard_at_end(&guard, data + 1, size);
    if (data[0] & 2 && size > 100) {
        size_t header = bytes[4] == 2 ? 28 : 24;

        memcpy(bytes + size - header - 44, bytes, header);
        made_reftable_seal(bytes, size);
    }
    if (pkr_reftable_begin(&table, bytes, size, id_size, &text) == 0)
        compare(&table, bytes, size, id_size);
    else if (!text)
        abort();
    return 0;
}
