/* naive_sha1.c - see naive_sha1.h. */
#include "naive_sha1.h"

#include <string.h>

static uint32_t turn(uint32_t word, unsigned by)
{
    return word << by | word >> (32 - by);
}

/* ---- SHA-1 ---------------------------------------------------------------------------------- */

static uint32_t function(unsigned t, uint32_t b, uint32_t c, uint32_t d)
{
    if (t < 20)
        return ((b & c) | (~b & d)) + 0x5a827999;
    if (t < 40)
        return (b ^ c ^ d) + 0x6ed9eba1;
    if (t < 60)
        return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    return (b ^ c ^ d) + 0xca62c1d6;
}

static void step_on(uint32_t s[5], unsigned t, uint32_t word)
{
    const uint32_t a = turn(s[0], 5) + function(t, s[1], s[2], s[3]) + s[4] + word;

    s[4] = s[3];
    s[3] = s[2];
    s[2] = turn(s[1], 30);
    s[1] = s[0];
    s[0] = a;
}

static void step_back(uint32_t s[5], unsigned t, uint32_t word)
{
    const uint32_t a = s[1];
    const uint32_t b = turn(s[2], 2);
    const uint32_t c = s[3];
    const uint32_t d = s[4];
    const uint32_t e = s[0] - turn(a, 5) - function(t, b, c, d) - word;

    s[0] = a;
    s[1] = b;
    s[2] = c;
    s[3] = d;
    s[4] = e;
}

static void expand_rest(uint32_t words[80])
{
    for (unsigned t = 16; t < 80; t++)
        words[t] = turn(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);
}

void naive_expand(const unsigned char block[64], uint32_t words[80])
{
    for (unsigned t = 0; t < 16; t++)
        words[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
                   (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    expand_rest(words);
}

void naive_steps(const uint32_t before[5], const unsigned char block[64], unsigned step,
                 uint32_t state[5])
{
    uint32_t words[80];

    naive_expand(block, words);
    memcpy(state, before, 5 * sizeof *state);
    for (unsigned t = 0; t < step; t++)
        step_on(state, t, words[t]);
}

void naive_compress(uint32_t state[5], const unsigned char block[64])
{
    uint32_t words[80];
    uint32_t s[5];

    naive_expand(block, words);
    memcpy(s, state, sizeof s);
    for (unsigned t = 0; t < 80; t++)
        step_on(s, t, words[t]);
    for (unsigned i = 0; i < 5; i++)
        state[i] += s[i];
}

/* ---- Vectors -------------------------------------------------------------------------------- */

/* I(43, 0) to I(52, 0), with I(46, 2) to I(51, 2) between; II(45, 0) to II(56, 0), with II(46, 2),
 * II(49, 2), II(50, 2) and II(51, 2). */
struct naive_vector naive_vector(unsigned number)
{
    unsigned found = 0;

    for (unsigned type = 1; type <= 2; type++)
        for (unsigned k = type == 1 ? 43 : 45; k <= (type == 1 ? 52u : 56u); k++)
            for (unsigned b = 0; b <= 2; b += 2) {
                if (b == 2 && (k < 46 || k > 51 || (type == 2 && (k == 47 || k == 48))))
                    continue;
                if (found++ == number)
                    return (struct naive_vector){type, k, b};
            }
    return (struct naive_vector){0, 0, 0};
}

/* Sixteen words of a vector say which it is; the message expansion, forwards and backwards, makes
 * the others. Where the vector has a bit, a local collision begins: that bit of the word, and in
 * the next five words the bits that undo it. */
void naive_changes(struct naive_vector vector, uint32_t changes[80])
{
    enum { BEFORE = 5 };
    uint32_t all[BEFORE + 80] = {0};
    uint32_t *v = all + BEFORE;
    const int k = (int)vector.k;

    v[k + 15] = 1u << vector.b;
    if (vector.type == 2)
        v[k + 1] = v[k + 3] = turn(1u << vector.b, 31);
    for (int t = k + 16; t < 80; t++)
        v[t] = turn(v[t - 3] ^ v[t - 8] ^ v[t - 14] ^ v[t - 16], 1);
    for (int t = k - 1; t >= -BEFORE; t--)
        v[t] = turn(v[t + 16], 31) ^ v[t + 13] ^ v[t + 8] ^ v[t + 2];
    for (int t = 0; t < 80; t++)
        changes[t] = v[t] ^ turn(v[t - 1], 5) ^ v[t - 2] ^ turn(v[t - 3], 30) ^ turn(v[t - 4], 30) ^
                     turn(v[t - 5], 30);
}

/* ---- Conditions ----------------------------------------------------------------------------- */

static const struct condition {
    unsigned char word;
    unsigned char bit;
    unsigned char other_word;
    unsigned char other_bit;
    bool is_other; /* the two bits are different, else the same */
    uint32_t vectors;
} conditions[] = {
    {35, 1, 36, 6, 1, 0x00000410},   {35, 3, 39, 28, 0, 0x00082000},
    {35, 4, 39, 29, 0, 0x00080084},  {35, 5, 39, 30, 0, 0x00004000},
    {35, 30, 40, 28, 1, 0x00100000}, {36, 0, 41, 30, 1, 0x00400000},
    {36, 1, 37, 6, 1, 0x00041040},   {36, 3, 40, 28, 0, 0x00100000},
    {36, 4, 37, 4, 1, 0x00000800},   {36, 4, 38, 4, 1, 0x28000000},
    {36, 4, 40, 29, 0, 0x00110208},  {36, 30, 41, 28, 1, 0x00200000},
    {37, 0, 42, 30, 1, 0x01000000},  {37, 1, 37, 6, 0, 0x00004000},
    {37, 1, 38, 6, 1, 0x00004100},   {37, 3, 41, 28, 0, 0x00200000},
    {37, 4, 38, 4, 1, 0x00002000},   {37, 4, 39, 4, 1, 0x50000001},
    {37, 4, 40, 29, 0, 0x50020021},  {37, 4, 41, 29, 0, 0x00200800},
    {37, 5, 41, 30, 0, 0x00400000},  {37, 30, 42, 28, 1, 0x00800000},
    {38, 0, 43, 30, 1, 0x04000000},  {38, 1, 40, 1, 1, 0x00000400},
    {38, 3, 42, 28, 0, 0x00800000},  {38, 4, 39, 4, 1, 0x00008000},
    {38, 4, 40, 4, 1, 0xa0000002},   {38, 4, 41, 29, 0, 0xa0080082},
    {38, 4, 42, 29, 0, 0x00802000},  {38, 5, 42, 30, 0, 0x01000000},
    {38, 30, 43, 28, 1, 0x02000000}, {39, 1, 40, 6, 1, 0x00401010},
    {39, 3, 43, 28, 0, 0x02000000},  {39, 4, 41, 4, 1, 0x40000005},
    {39, 4, 42, 29, 0, 0x40100205},  {39, 4, 43, 29, 0, 0x02008000},
    {39, 5, 43, 30, 0, 0x04000000},  {39, 6, 40, 1, 0, 0x00000400},
    {39, 30, 44, 28, 1, 0x08000000}, {40, 1, 41, 6, 1, 0x01004040},
    {40, 3, 44, 28, 0, 0x08000000},  {40, 4, 42, 4, 1, 0x8000000a},
    {40, 4, 43, 29, 0, 0x8020080a},  {40, 4, 44, 29, 0, 0x08000000},
    {40, 6, 41, 1, 0, 0x00401000},   {40, 6, 42, 6, 0, 0x00000010},
    {40, 29, 41, 29, 0, 0x800a00a2}, {41, 1, 42, 6, 1, 0x04040100},
    {41, 3, 45, 28, 0, 0x10000000},  {41, 4, 44, 29, 0, 0x00812025},
    {41, 4, 45, 29, 0, 0x10000000},  {41, 6, 42, 1, 0, 0x01004000},
    {41, 6, 43, 6, 0, 0x00000040},   {41, 29, 42, 29, 0, 0x00180284},
    {42, 1, 50, 1, 1, 0x00000400},   {42, 3, 46, 28, 0, 0x20000000},
    {42, 4, 45, 29, 0, 0x0202808a},  {42, 4, 46, 29, 0, 0x20000000},
    {42, 6, 43, 1, 0, 0x04040000},   {42, 6, 44, 6, 0, 0x00000110},
    {42, 29, 43, 29, 0, 0x00300a08}, {43, 1, 51, 1, 1, 0x00001000},
    {43, 3, 47, 28, 0, 0x40000000},  {43, 4, 46, 29, 0, 0x08080225},
    {43, 4, 47, 29, 0, 0x40000000},  {43, 6, 45, 6, 0, 0x00000440},
    {43, 29, 44, 29, 0, 0x00a12820}, {44, 1, 45, 6, 1, 0x00404000},
    {44, 3, 48, 28, 0, 0x80000000},  {44, 4, 47, 29, 0, 0x1010088a},
    {44, 4, 48, 29, 0, 0x80000000},  {44, 6, 46, 6, 0, 0x00001110},
    {44, 29, 45, 29, 0, 0x0283a080}, {44, 29, 46, 29, 1, 0x00000025},
    {45, 1, 47, 1, 1, 0x01000000},   {45, 4, 48, 29, 0, 0x20202224},
    {45, 6, 46, 1, 0, 0x00400000},   {45, 6, 47, 6, 0, 0x00004440},
    {45, 29, 46, 29, 0, 0x0a0a8200}, {45, 29, 47, 29, 1, 0x0000008a},
    {46, 1, 48, 1, 1, 0x04000000},   {46, 4, 49, 29, 0, 0x40808888},
    {46, 6, 47, 1, 0, 0x01000010},   {46, 6, 48, 6, 0, 0x00001100},
    {46, 29, 47, 29, 0, 0x18180801}, {46, 29, 48, 29, 1, 0x00000224},
    {47, 1, 51, 1, 1, 0x00040000},   {47, 4, 50, 29, 0, 0x82012220},
    {47, 6, 48, 1, 0, 0x04000040},   {47, 6, 49, 6, 0, 0x00004400},
    {47, 29, 48, 29, 0, 0x30302002}, {47, 29, 49, 29, 1, 0x00000888},
    {48, 4, 51, 29, 0, 0x08028880},  {48, 6, 49, 1, 0, 0x00000100},
    {48, 6, 50, 6, 0, 0x00041000},   {48, 29, 49, 29, 0, 0x60a08004},
    {48, 29, 50, 29, 1, 0x00002220}, {48, 29, 55, 29, 1, 0x0000a000},
    {49, 4, 52, 29, 0, 0x10092200},  {49, 6, 50, 1, 0, 0x00000400},
    {49, 6, 51, 6, 0, 0x00004000},   {49, 29, 50, 29, 0, 0xc2810008},
    {49, 29, 51, 29, 1, 0x00008880}, {50, 1, 54, 1, 1, 0x00400000},
    {50, 4, 53, 29, 0, 0x20128800},  {50, 6, 51, 1, 0, 0x00041000},
    {50, 29, 51, 29, 0, 0x8a020020}, {50, 29, 52, 29, 1, 0x00012200},
    {51, 1, 55, 1, 1, 0x01000000},   {51, 4, 54, 29, 0, 0x40282000},
    {51, 6, 52, 1, 0, 0x00004000},   {51, 6, 53, 6, 0, 0x00400000},
    {51, 29, 52, 29, 0, 0x18080080}, {51, 29, 54, 29, 1, 0x000a0800},
    {52, 1, 56, 1, 1, 0x04000000},   {52, 4, 55, 29, 0, 0x80908000},
    {52, 6, 54, 6, 0, 0x01000000},   {52, 29, 53, 29, 0, 0x30110200},
    {53, 4, 56, 29, 0, 0x02200000},  {53, 6, 54, 1, 0, 0x00400000},
    {53, 6, 55, 6, 0, 0x04000000},   {53, 29, 54, 29, 0, 0x60220800},
    {53, 29, 56, 29, 1, 0x00308000}, {54, 4, 57, 29, 0, 0x08800000},
    {54, 6, 55, 1, 0, 0x01000000},   {54, 29, 55, 29, 0, 0xc0882000},
    {55, 4, 58, 29, 0, 0x12000000},  {55, 6, 56, 1, 0, 0x04000000},
    {55, 29, 56, 29, 0, 0x82108000}, {55, 29, 58, 29, 1, 0x00800000},
    {56, 4, 59, 29, 0, 0x28000000},  {56, 29, 57, 29, 0, 0x08200000},
    {56, 29, 59, 29, 1, 0x0a000000}, {57, 4, 59, 29, 0, 0x40000000},
    {57, 4, 61, 29, 0, 0x10000000},  {57, 29, 58, 29, 0, 0x10800000},
    {58, 0, 63, 30, 1, 0x00000001},  {58, 4, 62, 29, 0, 0x20000000},
    {58, 29, 59, 29, 0, 0x22000000}, {58, 29, 61, 29, 1, 0x10000000},
    {59, 0, 64, 30, 1, 0x00000002},  {59, 4, 63, 29, 0, 0x40000000},
    {59, 5, 63, 30, 0, 0x00000001},  {59, 29, 60, 29, 0, 0x08000000},
    {60, 0, 61, 5, 1, 0x00010004},   {60, 4, 64, 29, 0, 0x80000000},
    {60, 5, 64, 30, 0, 0x00000002},  {61, 0, 62, 5, 1, 0x00020008},
    {61, 1, 62, 6, 1, 0x00000001},   {61, 2, 62, 7, 1, 0x00040010},
    {62, 0, 63, 5, 1, 0x00080020},   {62, 1, 63, 6, 1, 0x00000002},
    {62, 2, 63, 7, 1, 0x00000040},   {63, 0, 64, 5, 1, 0x00100080},
    {63, 1, 64, 6, 1, 0x00010004},   {63, 2, 64, 7, 1, 0x00000100},
};

static bool is_other(const struct condition *of, const uint32_t words[80])
{
    return ((words[of->word] >> of->bit ^ words[of->other_word] >> of->other_bit) & 1) != 0;
}

uint32_t naive_fits(const uint32_t words[80])
{
    uint32_t fits = UINT32_MAX;

    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
        if (is_other(&conditions[i], words) != conditions[i].is_other)
            fits &= ~conditions[i].vectors;
    return fits;
}

void naive_favour(uint32_t words[80], unsigned first, unsigned number)
{
    for (unsigned turn = 0; turn < 3; turn++)
        for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
            const struct condition *of = &conditions[i];

            if (of->vectors >> number & 1 && of->word >= first && of->other_word < first + 16 &&
                is_other(of, words) != of->is_other)
                words[of->other_word] ^= 1u << of->other_bit;
        }
}

/* ---- Collisions ----------------------------------------------------------------------------- */

void naive_other(struct naive_vector vector, const uint32_t before[5],
                 const unsigned char block[64], uint32_t after[5])
{
    const unsigned same = vector.k < 50 ? 58 : 65;
    uint32_t words[80];
    uint32_t changes[80];
    uint32_t end[5];
    uint32_t beginning[5];

    naive_expand(block, words);
    memcpy(end, before, sizeof end);
    for (unsigned t = 0; t < same; t++)
        step_on(end, t, words[t]);
    memcpy(beginning, end, sizeof beginning);
    naive_changes(vector, changes);
    for (unsigned t = 0; t < 80; t++)
        words[t] ^= changes[t];
    for (unsigned t = same; t < 80; t++)
        step_on(end, t, words[t]);
    for (unsigned t = same; t-- > 0;)
        step_back(beginning, t, words[t]);
    for (unsigned i = 0; i < 5; i++)
        after[i] = beginning[i] + end[i];
}

bool naive_is_attack(const uint32_t before[5], const unsigned char block[64])
{
    uint32_t after[5];

    memcpy(after, before, sizeof after);
    naive_compress(after, block);
    for (unsigned i = 0; i < NAIVE_VECTORS; i++) {
        uint32_t other[5];

        naive_other(naive_vector(i), before, block, other);
        if (memcmp(other, after, sizeof other) == 0)
            return true;
    }
    return false;
}

bool naive_carries_attack(const unsigned char *message, size_t size)
{
    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    unsigned char end[128] = {0};
    const size_t used = size % 64;
    const size_t room = used < 56 ? 64 : 128;
    bool found = false;

    for (size_t at = 0; at + 64 <= size; at += 64) {
        found |= naive_is_attack(state, message + at);
        naive_compress(state, message + at);
    }
    if (used)
        memcpy(end, message + size - used, used);
    end[used] = 0x80;
    for (unsigned i = 0; i < 8; i++)
        end[room - 1 - i] = (unsigned char)((uint64_t)size * 8 >> 8 * i);
    for (size_t at = 0; at < room; at += 64) {
        found |= naive_is_attack(state, end + at);
        naive_compress(state, end + at);
    }
    return found;
}
