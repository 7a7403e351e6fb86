/* sha1_steps.c - forwards and back, word by word. */
#include "platform/sha1_steps.h"

#include "base/bytes.h"

static uint32_t turned(uint32_t word, unsigned by)
{
    return word << by | word >> (32 - by);
}

static uint32_t function_of(unsigned t, uint32_t b, uint32_t c, uint32_t d)
{
    if (t < 20)
        return (((c ^ d) & b) ^ d) + 0x5a827999;
    if (t < 40)
        return (b ^ c ^ d) + 0x6ed9eba1;
    if (t < 60)
        return ((b & c) | ((b | c) & d)) + 0x8f1bbcdc;
    return (b ^ c ^ d) + 0xca62c1d6;
}

void pkr_sha1_steps(uint32_t state[5], const uint32_t *words, unsigned from, unsigned to)
{
    uint32_t a = state[0];
    uint32_t b = state[1];
    uint32_t c = state[2];
    uint32_t d = state[3];
    uint32_t e = state[4];

    for (unsigned t = from; t < to; t++) {
        const uint32_t next = turned(a, 5) + function_of(t, b, c, d) + e + words[t];

        e = d;
        d = c;
        c = turned(b, 30);
        b = a;
        a = next;
    }
    for (unsigned t = from; t > to; t--) {
        const uint32_t last = a;

        a = b;
        b = turned(c, 2);
        c = d;
        d = e;
        e = last - turned(a, 5) - function_of(t - 1, b, c, d) - words[t - 1];
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
    state[4] = e;
}

void pkr_sha1_expand(const unsigned char block[64], uint32_t *words, unsigned count)
{
    for (unsigned t = 0; t < 16; t++)
        words[t] = pkr_bytes_u32(block + 4 * t);
    for (unsigned t = 16; t < count; t++)
        words[t] = turned(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);
}
