/* fuzz_delta.c - any bytes as a delta, compared with a naive apply; measure compared with apply.
 *
 * Input: a byte of flags, two bytes of half the base's size, then the delta. Flag 1: the two sizes
 * at its front are not in the input; right ones are put there, as far as the instructions can be
 * counted. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/delta.h"
#include "guard_pages.h"
#include "naive.h"

#define MOST ((size_t)1 << 17)
#define BASE_MOST ((size_t)1 << 17)
#define SIZES_GIVEN 1

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct guard of_delta;
static struct guard of_base;
static struct guard of_result;

static size_t put_size(unsigned char *at, uint64_t size)
{
    size_t used = 0;

    while (size >= 128) {
        at[used++] = (unsigned char)(size % 128 + 128);
        size /= 128;
    }
    at[used++] = (unsigned char)size;
    return used;
}

/* What the instructions give, up to the first that is cut or reserved. */
static uint64_t count_result(const unsigned char *at, size_t left)
{
    uint64_t total = 0;

    while (left > 0) {
        unsigned instruction = *at++;
        uint64_t count = 0;

        left--;
        if (instruction < 128) {
            if (instruction == 0 || instruction > left)
                break;
            count = instruction;
            at += instruction;
            left -= instruction;
        } else {
            for (unsigned bit = 0; bit < 7; bit++) {
                if (!(instruction >> bit & 1))
                    continue;
                if (left == 0)
                    return total;
                if (bit >= 4)
                    count += (uint64_t)*at << 8 * (bit - 4);
                at++;
                left--;
            }
            if (count == 0)
                count = 65536;
        }
        total += count;
    }
    return total;
}

/* One run of noise for all: shorter bases are its last bytes. */
static const unsigned char *make_base(void)
{
    unsigned char *start = guard_at_end(&of_base, NULL, BASE_MOST);

    for (size_t i = 0; i < BASE_MOST; i++)
        start[i] = (unsigned char)((i * 2654435761u) >> 13);
    return start + BASE_MOST;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char bytes[1 << 16];
    static const unsigned char *base_end;
    const unsigned char *delta;
    const unsigned char *base;
    size_t length = 0;
    size_t base_size;
    pkr_delta_sizes sizes;
    const char *text = NULL;
    unsigned char *expected = NULL;
    uint64_t expected_size = 0;
    enum naive_delta_answer answer;
    unsigned char *result;
    int measured;
    int applied;

    if (!of_delta.map) {
        guard_open(&of_delta, sizeof bytes);
        guard_open(&of_base, BASE_MOST);
        guard_open(&of_result, MOST);
        base_end = make_base();
    }
    if (size < 3 || size > sizeof bytes - 64)
        return 0;
    base_size = 2 * ((size_t)data[1] | (size_t)data[2] << 8);
    if (data[0] & SIZES_GIVEN) {
        length += put_size(bytes, base_size);
        length += put_size(bytes + length, count_result(data + 3, size - 3));
    }
    memcpy(bytes + length, data + 3, size - 3);
    length += size - 3;
    delta = guard_at_end(&of_delta, bytes, length);
    base = base_end - base_size;

    if (pkr_delta_parse(delta, length, &sizes, &text) != 0) {
        uint64_t number;
        size_t used;

        if (!text)
            abort();
        if (naive_delta_size(delta, length, &number, &used) &&
            naive_delta_size(delta + used, length - used, &number, &used))
            abort();
        return 0;
    }
    measured = pkr_delta_measure(delta, length, &sizes, NULL, &text);
    if (sizes.base != base_size || sizes.result > MOST)
        return 0;
    answer = naive_delta_apply(delta, length, base, base_size, MOST, &expected, &expected_size);
    result = guard_at_end(&of_result, NULL, (size_t)sizes.result);
    applied = pkr_delta_apply(delta, length, &sizes, base, result, NULL, &text);
    /* The base is as large as the delta claims: both refuse the same. */
    if ((measured == 0) != (answer == NAIVE_DELTA_OK) || (applied == 0) != (measured == 0))
        abort();
    if (applied == 0 &&
        (sizes.result != expected_size || memcmp(result, expected, (size_t)expected_size) != 0))
        abort();
    free(expected);
    return 0;
}
