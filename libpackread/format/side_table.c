/* side_table.c - the rows are what is left between the head and the two sums. */
#include "format/side_table.h"

#include <string.h>

#include "base/bytes.h"

static int fail(const char **text, int code, const char *why)
{
    *text = why;
    return code;
}

int pkr_side_table_parse(const pkr_side_words *words, const unsigned char *head, size_t length,
                         uint64_t file_size, pkr_side_table *table, const char **text)
{
    pkr_side_table parsed = {.size = file_size};
    uint64_t fixed;
    uint32_t hash;

    if (length < PKR_SIDE_TABLE_HEAD || memcmp(head, words->magic, 4) != 0)
        return fail(text, PACKREAD_ERROR_NOT_AN_INDEX, words->none);
    if (pkr_bytes_u32(head + 4) != 1)
        return fail(text, PACKREAD_ERROR_VERSION, words->version);
    hash = pkr_bytes_u32(head + 8);
    if (hash != 1 && hash != 2)
        return fail(text, PACKREAD_ERROR_VERSION, words->hash);
    parsed.id_size = hash == 1 ? 20 : 32;
    fixed = PKR_SIDE_TABLE_HEAD + 2 * parsed.id_size;
    if (file_size < fixed || (file_size - fixed) % 4 != 0 || (file_size - fixed) / 4 > UINT32_MAX)
        return fail(text, PACKREAD_ERROR_CORRUPT, words->size);
    parsed.count = (uint32_t)((file_size - fixed) / 4);
    parsed.sum = file_size - parsed.id_size;
    parsed.pack_sum = parsed.sum - parsed.id_size;
    *table = parsed;
    return 0;
}
