/* side_twin.c - the plain sums. */
#include "side_twin.h"

#include <stdlib.h>
#include <string.h>

#include "guard_pages.h"

static bool is_right(const char *magic, const unsigned char *head, size_t length, uint64_t size)
{
    static const unsigned char one[] = {0, 0, 0, 1, 0, 0, 0};
    uint64_t sums;

    if (length < 12 || memcmp(head, magic, 4) != 0 || memcmp(head + 4, one, 7) != 0 ||
        (head[11] != 1 && head[11] != 2))
        return false;
    sums = head[11] == 1 ? 40 : 64;
    return size >= 12 + sums && size % 4 == (12 + sums) % 4 && (size - 12 - sums) / 4 < 1ull << 32;
}

void side_twin_compare(side_parser *parse, const char *magic, const unsigned char *data,
                       size_t size)
{
    static struct guard guard;
    const char *text = NULL;
    pkr_side_table table;
    uint64_t file_size = 0;
    size_t length;
    int status;

    if (!guard.map)
        guard_open(&guard, 64);
    if (size < 8)
        return;
    for (size_t i = 0; i < 8; i++)
        file_size = file_size << 8 | data[i];
    length = size - 8 < 12 ? size - 8 : 12;
    status = parse(guard_at_end(&guard, data + 8, length), length, file_size, &table, &text);
    if ((status == 0) != is_right(magic, data + 8, length, file_size) || (status == 0) == !!text)
        abort();
    if (status == 0 && (table.size != file_size || table.sum + table.id_size != file_size ||
                        table.pack_sum + table.id_size != table.sum ||
                        table.pack_sum != 12 + 4 * (uint64_t)table.count))
        abort();
}
