/* inflate_head.c - decodes a few symbols of deflate's canonical codes, bit by bit. */
#include "platform/inflate_head.h"

#include <stdint.h>
#include <string.h>

#define LENGTH_BITS 7 /* of the longest code of a code length */
#define CODE_BITS 15  /* of the longest code of all */
#define LITERALS 286
#define DISTANCES 30
#define END_OF_BLOCK 256

/* ---- Bits ------------------------------------------------------------------------------------ */

typedef struct bits {
    const unsigned char *next;
    const unsigned char *end;
    uint64_t held; /* the next ones, lowest first; zeros behind them */
    unsigned count;
    bool is_short; /* more were taken than there are */
} bits;

/* As one number, the first byte lowest. Compilers know this form. */
static inline uint64_t eight(const unsigned char *bytes)
{
    return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
           (uint64_t)bytes[3] << 24 | (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 |
           (uint64_t)bytes[6] << 48 | (uint64_t)bytes[7] << 56;
}

/* 56 of them at least, or all that there are. */
static inline void fill(bits *of)
{
    if (of->end - of->next >= 8) {
        const unsigned whole = (63 - of->count) / 8;

        of->held |= eight(of->next) << of->count;
        of->next += whole;
        of->count += 8 * whole;
        of->held &= ((uint64_t)1 << of->count) - 1;
        return;
    }
    while (of->count < 56 && of->next < of->end) {
        of->held |= (uint64_t)*of->next++ << of->count;
        of->count += 8;
    }
}

static inline void drop(bits *of, unsigned count)
{
    if (count > of->count) {
        of->is_short = true;
        count = of->count;
    }
    of->held >>= count;
    of->count -= count;
}

/* At most 16 of those that are held. */
static inline unsigned take(bits *of, unsigned count)
{
    const unsigned value = (unsigned)(of->held & (((uint64_t)1 << count) - 1));

    drop(of, count);
    return value;
}

/* ---- Codes ----------------------------------------------------------------------------------- */

/* A canonical code: its symbols in order of their codes, and how many have codes of each length. */
typedef struct code {
    uint16_t counts[CODE_BITS + 1];
    uint16_t symbols[LITERALS];
} code;

/* The lengths of the codes of a block, literals first, then distances. */
typedef struct lengths {
    unsigned literals;
    unsigned all;
    unsigned used_count; /* symbols that have a code, by rising number: */
    uint16_t used[LITERALS + DISTANCES];
    unsigned char of[LITERALS + DISTANCES];
} lengths;

/* Of the used symbols in `used[from]` to `used[to]`, numbered from `first`; counts are there. False
 * for codes that leave some bits without meaning, or give them two. */
static bool make_code(code *made, const lengths *by, unsigned from, unsigned to, unsigned first)
{
    uint16_t starts[CODE_BITS + 2];
    unsigned left = 1;

    starts[1] = 0;
    for (unsigned length = 1; length <= CODE_BITS; length++) {
        left *= 2;
        if (made->counts[length] > left)
            return false;
        left -= made->counts[length];
        starts[length + 1] = (uint16_t)(starts[length] + made->counts[length]);
    }
    for (unsigned i = from; i < to; i++)
        made->symbols[starts[by->of[by->used[i]]]++] = (uint16_t)(by->used[i] - first);
    return left == 0;
}

/* One symbol of a code that make_code has found good. */
static unsigned decode(bits *of, const code *by)
{
    unsigned value = 0;
    unsigned first = 0;
    unsigned before = 0;

    for (unsigned length = 1; length <= CODE_BITS; length++) {
        const unsigned count = by->counts[length];

        value |= (unsigned)(of->held >> (length - 1)) & 1;
        if (value < first + count) {
            drop(of, length);
            return by->symbols[before + value - first];
        }
        before += count;
        first = (first + count) * 2;
        value *= 2;
    }
    of->is_short = true; /* not reached */
    return END_OF_BLOCK;
}

/* The first bits, as a number of which the first is the highest. */
static unsigned peek(const bits *of, unsigned count)
{
    unsigned value = 0;

    for (unsigned i = 0; i < count; i++)
        value = value << 1 | (unsigned)(of->held >> i & 1);
    return value;
}

/* The code of literals and lengths that stands in no block: 7, 8 or 9 bits. */
static unsigned decode_fixed(bits *of)
{
    const unsigned nine = peek(of, 9);

    if (nine < 0x60) {
        drop(of, 7);
        return END_OF_BLOCK + (nine >> 2);
    }
    if (nine >= 0x190) {
        drop(of, 9);
        return 144 + nine - 0x190;
    }
    drop(of, 8);
    return nine < 0x180 ? (nine - 0x60) >> 1 : 280 + ((nine - 0x180) >> 1);
}

static unsigned decode_fixed_distance(bits *of)
{
    const unsigned five = peek(of, 5);

    drop(of, 5);
    return five;
}

/* ---- Blocks ---------------------------------------------------------------------------------- */

typedef struct output {
    unsigned char *bytes;
    size_t size;
    size_t wanted;
} output;

static bool copy_stored(bits *of, output *out)
{
    unsigned length;
    unsigned inverse;

    drop(of, of->count & 7);
    fill(of);
    length = take(of, 16);
    inverse = take(of, 16);
    if (of->is_short || length != (inverse ^ 0xffffu))
        return false;
    for (; length > 0 && out->size < out->wanted; length--) {
        fill(of);
        out->bytes[out->size++] = (unsigned char)take(of, 8);
    }
    return !of->is_short;
}

/* `distances` NULL: the fixed ones. */
static bool copy_match(bits *of, const code *distances, unsigned symbol, output *out)
{
    static const uint16_t least[] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                     15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                     67, 83, 99, 115, 131, 163, 195, 227, 258};
    static const unsigned char more_length[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    static const uint16_t far[] = {1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
                                   33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
                                   1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    unsigned length;
    unsigned distance;

    symbol -= END_OF_BLOCK + 1;
    if (symbol >= sizeof more_length)
        return false;
    length = least[symbol] + take(of, more_length[symbol]);
    fill(of);
    symbol = distances ? decode(of, distances) : decode_fixed_distance(of);
    if (symbol >= DISTANCES)
        return false;
    distance = far[symbol] + take(of, symbol < 2 ? 0 : symbol / 2 - 1);
    if (of->is_short || distance > out->size)
        return false;
    for (; length > 0 && out->size < out->wanted; length--, out->size++)
        out->bytes[out->size] = out->bytes[out->size - distance];
    return true;
}

/* To the end of the block, or of what is wanted. Both NULL: by the fixed codes. */
static bool copy_coded(bits *of, const code *literals, const code *distances, output *out)
{
    while (out->size < out->wanted) {
        unsigned symbol;

        fill(of);
        symbol = literals ? decode(of, literals) : decode_fixed(of);
        if (of->is_short)
            return false;
        if (symbol == END_OF_BLOCK)
            return true;
        if (symbol < END_OF_BLOCK)
            out->bytes[out->size++] = (unsigned char)symbol;
        else if (!copy_match(of, distances, symbol, out))
            return false;
    }
    return true;
}

/* The codes' lengths are coded themselves: a table of all bits that may come. */
static bool make_length_table(bits *of, unsigned count, unsigned char table[1 << LENGTH_BITS])
{
    static const unsigned char order[] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                          11, 4,  12, 3, 13, 2, 14, 1, 15};
    unsigned char by_symbol[sizeof order] = {0};
    unsigned counts[LENGTH_BITS + 1] = {0};
    unsigned next[LENGTH_BITS + 1];
    unsigned left = 1;

    for (unsigned i = 0; i < count; i++) {
        fill(of);
        by_symbol[order[i]] = (unsigned char)take(of, 3);
        counts[by_symbol[order[i]]]++;
    }
    next[0] = counts[0] = 0;
    for (unsigned length = 1; length <= LENGTH_BITS; length++) {
        next[length] = (next[length - 1] + counts[length - 1]) * 2;
        left *= 2;
        if (counts[length] > left)
            return false;
        left -= counts[length];
    }
    if (left != 0 || of->is_short)
        return false;
    for (unsigned symbol = 0; symbol < sizeof order; symbol++) {
        const unsigned length = by_symbol[symbol];
        unsigned reversed = 0;

        if (length == 0)
            continue;
        for (unsigned bit = 0; bit < length; bit++)
            reversed |= (next[length] >> bit & 1) << (length - 1 - bit);
        next[length]++;
        for (unsigned at = reversed; at < 1u << LENGTH_BITS; at += 1u << length)
            table[at] = (unsigned char)(symbol << 3 | length);
    }
    return true;
}

/* How often a code length comes, and which it is; 0: there is none to repeat. */
static unsigned repeat(bits *of, unsigned symbol, unsigned char before, bool is_first,
                       unsigned char *length)
{
    *length = 0;
    switch (symbol) {
    case 16:
        *length = before;
        return is_first ? 0 : 3 + take(of, 2);
    case 17:
        return 3 + take(of, 3);
    case 18:
        return 11 + take(of, 7);
    default:
        *length = (unsigned char)symbol;
        return 1;
    }
}

/* The same length for the next symbols. */
static void give_length(lengths *read, unsigned at, unsigned times, unsigned char length,
                        uint16_t counts[2][CODE_BITS + 1])
{
    memset(read->of + at, length, times);
    if (length == 0)
        return;
    for (; times > 0; times--, at++) {
        read->used[read->used_count++] = (uint16_t)at;
        counts[at >= read->literals][length]++;
    }
}

static bool read_lengths(bits *of, const unsigned char table[1 << LENGTH_BITS], lengths *read,
                         uint16_t counts[2][CODE_BITS + 1])
{
    unsigned at = 0;

    while (at < read->all) {
        unsigned char entry;
        unsigned char length;
        unsigned times;

        if (of->count < LENGTH_BITS + 7)
            fill(of);
        entry = table[of->held & ((1 << LENGTH_BITS) - 1)];
        drop(of, entry & 7);
        times = repeat(of, entry >> 3, at > 0 ? read->of[at - 1] : 0, at == 0, &length);
        if (times == 0 || times > read->all - at)
            return false;
        give_length(read, at, times, length, counts);
        at += times;
    }
    return !of->is_short;
}

static bool read_codes(bits *of, unsigned count, lengths *read, code *literals, code *distances)
{
    unsigned char table[1 << LENGTH_BITS];
    uint16_t counts[2][CODE_BITS + 1] = {{0}};
    unsigned split = 0;

    if (!make_length_table(of, count, table) || !read_lengths(of, table, read, counts) ||
        read->of[END_OF_BLOCK] == 0)
        return false;
    for (unsigned length = 1; length <= CODE_BITS; length++)
        split += counts[0][length];
    memcpy(literals->counts, counts[0], sizeof counts[0]);
    memcpy(distances->counts, counts[1], sizeof counts[1]);
    return make_code(literals, read, 0, split, 0) &&
           make_code(distances, read, split, read->used_count, read->literals);
}

static bool copy_dynamic(bits *of, output *out)
{
    lengths read;
    code literals;
    code distances;
    unsigned distances_count;
    unsigned count;

    read.used_count = 0;
    fill(of);
    read.literals = 257 + take(of, 5);
    distances_count = 1 + take(of, 5);
    count = 4 + take(of, 4);
    read.all = read.literals + distances_count;
    return read.literals <= LITERALS && distances_count <= DISTANCES &&
           read_codes(of, count, &read, &literals, &distances) &&
           copy_coded(of, &literals, &distances, out);
}

static bool copy_block(bits *of, output *out, bool *is_last)
{
    fill(of);
    *is_last = take(of, 1);
    switch (take(of, 2)) {
    case 0:
        return copy_stored(of, out);
    case 1:
        return copy_coded(of, NULL, NULL, out);
    case 2:
        return copy_dynamic(of, out);
    default:
        return false;
    }
}

/* Deflate in a window of at most 32 KiB, without a preset dictionary. */
static bool is_zlib_head(const unsigned char *in)
{
    return (in[0] & 15) == 8 && in[0] >> 4 <= 7 && (in[1] & 32) == 0 &&
           (in[0] * 256u + in[1]) % 31 == 0;
}

bool pkr_inflate_head(const unsigned char *in, size_t in_size, unsigned char *out, size_t out_size,
                      size_t *used)
{
    output made = {.bytes = out, .wanted = out_size};
    bits of = {.next = in, .end = in + in_size};
    bool is_last = false;

    if (in_size < 2 || !is_zlib_head(in))
        return false;
    of.next += 2;
    while (made.size < made.wanted)
        if (is_last || !copy_block(&of, &made, &is_last))
            return false;
    *used = (size_t)(of.next - in) - of.count / 8;
    return true;
}
