/* fuzz_idx.c - any bytes as the head of an index, with any file size.
 *
 * Input: a byte of flags, eight bytes of file size, then the head. Flag 1: ids of 32 bytes. Flag 2:
 * the size is added to the smallest that fits the count. Flag 4: the head is not given as it is,
 * but as pairs of a byte and four: at this place the fanout rises by so much. Flag 8: version 1. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guard_pages.h"
#include "format/idx.h"

#define LONG_IDS 1
#define SIZE_FITS 2
#define FANOUT_RISES 4
#define VERSION_1 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_number(unsigned char *at, uint32_t number)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (unsigned char)(number >> (24 - 8 * i));
}

static uint32_t get_number(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static size_t make_head(unsigned char *head, unsigned flags, const uint8_t *data, size_t size)
{
    uint32_t steps[256] = {0};
    uint32_t total = 0;
    size_t start = flags & VERSION_1 ? 0 : 8;

    for (; size >= 5; data += 5, size -= 5)
        steps[data[0]] += get_number(data + 1);
    memset(head, 0, PKR_IDX_HEAD);
    if (start)
        memcpy(head, "\377tOc\0\0\0\2", 8);
    for (size_t i = 0; i < 256; i++) {
        total += steps[i];
        put_number(head + start + 4 * i, total);
    }
    return PKR_IDX_HEAD;
}

/* The tables stand one behind the other and end where the file does. */
static void check_layout(const pkr_idx *idx, uint64_t file_size, size_t id_size)
{
    uint64_t count = idx->count;
    uint64_t end;

    if (idx->id_size != id_size || idx->size != file_size || idx->fanout[255] != idx->count)
        abort();
    for (size_t i = 1; i < 256; i++)
        if (idx->fanout[i] < idx->fanout[i - 1])
            abort();
    if (idx->version == 2) {
        end = 1032;
        if (idx->ids != end || idx->id_stride != id_size)
            abort();
        end += count * id_size;
        if (idx->crcs != end)
            abort();
        end += count * 4;
        if (idx->offsets != end || idx->offset_stride != 4)
            abort();
        end += count * 4;
        if (idx->wide != end || idx->wide_count > count)
            abort();
        end += idx->wide_count * 8;
    } else {
        if (idx->version != 1 || idx->offsets != 1024 || idx->ids != 1028 ||
            idx->id_stride != id_size + 4 || idx->offset_stride != id_size + 4)
            abort();
        end = 1024 + count * (id_size + 4);
    }
    if (idx->pack_sum != end || file_size - end != 2 * id_size || end > file_size)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct guard guard;
    unsigned char made[PKR_IDX_HEAD];
    const unsigned char *head;
    pkr_idx idx;
    const char *text = NULL;
    size_t id_size;
    size_t length;
    uint64_t file_size = 0;
    unsigned flags;
    int status;

    if (!guard.map)
        guard_open(&guard, PKR_IDX_HEAD);
    if (size < 9)
        return 0;
    flags = data[0];
    for (size_t i = 1; i < 9; i++)
        file_size = file_size << 8 | data[i];
    data += 9;
    size -= 9;
    id_size = flags & LONG_IDS ? 32 : 20;
    if (flags & FANOUT_RISES) {
        length = make_head(made, flags, data, size);
        head = guard_at_end(&guard, made, length);
    } else {
        length = size < PKR_IDX_HEAD ? size : PKR_IDX_HEAD;
        head = guard_at_end(&guard, data, length);
    }
    if (flags & SIZE_FITS && length == PKR_IDX_HEAD) {
        bool second = memcmp(head, "\377tOc", 4) == 0;
        uint64_t count = get_number(head + (second ? 1028 : 1020));

        file_size += second ? 1032 + count * (id_size + 8) + 2 * id_size
                            : 1024 + count * (id_size + 4) + 2 * id_size;
    }
    status = pkr_idx_parse(head, length, file_size, id_size, &idx, &text);
    if (status == 0)
        check_layout(&idx, file_size, id_size);
    else if (!text)
        abort();
    return 0;
}
