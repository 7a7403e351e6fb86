/* naive.c - knows git's numbers, entries and deltas from gitformat-pack(5), and nothing of how the
 * library reads them. */
#include "naive.h"

#include <stdlib.h>
#include <string.h>

/* 128 bits: ten or more groups of seven bits cannot be lost. */
__extension__ typedef unsigned __int128 wide;

static bool low_first(const unsigned char *bytes, size_t length, unsigned first_bits,
                      uint64_t *number, size_t *used)
{
    wide value = 0;
    wide weight = 1;

    for (size_t i = 0; i < length && i < 10; i++) {
        unsigned bits = i == 0 ? first_bits : 7;

        value += weight * (bytes[i] % (1u << bits));
        weight <<= bits;
        if (bytes[i] < 128) {
            *number = (uint64_t)value;
            *used = i + 1;
            return value <= UINT64_MAX;
        }
    }
    return false;
}

bool naive_entry_size(const unsigned char *bytes, size_t length, uint64_t *size, size_t *used)
{
    return low_first(bytes, length, 4, size, used);
}

bool naive_delta_size(const unsigned char *bytes, size_t length, uint64_t *size, size_t *used)
{
    return low_first(bytes, length, 7, size, used);
}

bool naive_distance(const unsigned char *bytes, size_t length, uint64_t *distance, size_t *used)
{
    wide value = 0;

    for (size_t i = 0; i < length; i++) {
        if (i > 0)
            value += 1;
        value = value * 128 + bytes[i] % 128;
        if (value > UINT64_MAX)
            return false;
        if (bytes[i] < 128) {
            *distance = (uint64_t)value;
            *used = i + 1;
            return true;
        }
    }
    return false;
}

bool naive_entry_read(const unsigned char *bytes, size_t length, size_t id_size,
                      struct naive_entry *entry)
{
    size_t used = 0;

    if (!naive_entry_size(bytes, length, &entry->size, &entry->header_size))
        return false;
    entry->type = bytes[0] / 16 % 8;
    entry->distance = 0;
    entry->base_id = NULL;
    if (entry->type == 0 || entry->type == 5)
        return false;
    if (entry->type == 6) {
        if (!naive_distance(bytes + entry->header_size, length - entry->header_size,
                            &entry->distance, &used))
            return false;
        if (entry->distance == 0)
            return false;
    }
    if (entry->type == 7) {
        used = id_size;
        if (length - entry->header_size < used)
            return false;
        entry->base_id = bytes + entry->header_size;
    }
    entry->header_size += used;
    return true;
}

/* The operand's next byte if the instruction's bit says there is one. */
static bool operand(const unsigned char *delta, size_t length, size_t *at, unsigned instruction,
                    unsigned bit, unsigned weight, uint64_t *number)
{
    if (instruction / (1u << bit) % 2 == 0)
        return true;
    if (*at >= length)
        return false;
    *number += (uint64_t)delta[*at] << weight;
    *at += 1;
    return true;
}

enum naive_delta_answer naive_delta_apply(const unsigned char *delta, size_t length,
                                          const unsigned char *base, uint64_t base_size,
                                          uint64_t limit, unsigned char **result,
                                          uint64_t *result_size)
{
    enum naive_delta_answer answer = NAIVE_DELTA_BAD;
    uint64_t claimed_base;
    uint64_t claimed;
    size_t used;
    size_t at = 0;
    unsigned char *out = NULL;
    uint64_t size = 0;
    uint64_t capacity = 0;
    bool outside = false;

    *result = NULL;
    if (!naive_delta_size(delta, length, &claimed_base, &used))
        return NAIVE_DELTA_BAD;
    at += used;
    if (!naive_delta_size(delta + at, length - at, &claimed, &used))
        return NAIVE_DELTA_BAD;
    at += used;
    if (claimed_base != base_size)
        return NAIVE_DELTA_BAD;

    while (at < length) {
        unsigned instruction = delta[at++];
        uint64_t from = 0;
        uint64_t count = 0;
        bool copy = instruction >= 128;

        if (copy) {
            for (unsigned bit = 0; bit < 4; bit++)
                if (!operand(delta, length, &at, instruction, bit, 8 * bit, &from))
                    goto done;
            for (unsigned bit = 0; bit < 3; bit++)
                if (!operand(delta, length, &at, instruction, 4 + bit, 8 * bit, &count))
                    goto done;
            if (count == 0)
                count = 65536;
            if (from + count > base_size)
                outside = true;
        } else {
            count = instruction;
            if (count == 0 || length - at < count)
                goto done;
        }
        if (size + count > claimed || size + count > limit)
            goto done;
        if (size + count > capacity) {
            unsigned char *larger;

            capacity = 2 * (size + count);
            larger = realloc(out, (size_t)capacity);
            if (!larger)
                abort();
            out = larger;
        }
        /* A result that is outside is not looked at, so nothing is put there. */
        if (!copy)
            memcpy(out + size, delta + at, (size_t)count);
        else if (!outside)
            memcpy(out + size, base + from, (size_t)count);
        size += count;
        if (!copy)
            at += count;
    }
    if (size == claimed)
        answer = outside ? NAIVE_DELTA_OUTSIDE : NAIVE_DELTA_OK;

done:
    if (answer != NAIVE_DELTA_OK) {
        free(out);
        return answer;
    }
    if (!out)
        out = malloc(1);
    if (!out)
        abort();
    *result = out;
    *result_size = size;
    return answer;
}

bool naive_tree_entry_read(const unsigned char *bytes, size_t length, size_t id_size,
                           struct naive_tree_entry *entry)
{
    uint64_t mode = 0;
    size_t space = 0;
    size_t nul;

    while (space < length && bytes[space] != ' ')
        space++;
    if (space == length || space == 0 || space > 10)
        return false;
    for (size_t i = 0; i < space; i++) {
        if (bytes[i] < '0' || bytes[i] > '7')
            return false;
        mode = mode * 8 + (uint64_t)(bytes[i] - '0');
    }
    for (nul = space + 1; nul < length && bytes[nul] != 0; nul++)
        ;
    if (nul == length || nul == space + 1 || nul + 1 + id_size > length)
        return false;
    entry->mode = (uint32_t)mode;
    entry->name_begin = space + 1;
    entry->name_end = nul;
    entry->id_begin = nul + 1;
    entry->end = nul + 1 + id_size;
    return true;
}
