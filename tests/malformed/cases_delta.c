/* cases_delta.c - the instructions of a delta: sizes that are not those of base and result,
 * operands that are cut, copies from nowhere, results that are too long or too short. */
#include <stdlib.h>
#include <string.h>

#include "cases.h"

#define BASE_SIZE "delta is for a base of another size"
#define NO_FIT "delta size does not fit in 64 bits"
#define LESS "delta gives less than its result size"
#define MORE "delta gives more than its result size"
#define OUTSIDE "delta copies from outside its base"
#define IN_SIZES "delta ends inside its sizes"
#define IN_COPY "delta ends inside a copy"
#define IN_INSERT "delta ends inside an insert"
#define RESULT 30

/* The delta of every case: RESULT bytes from the base's middle, unless the case changes it. */
struct delta {
    struct packwriter_bytes bytes;
    const struct shop_object *base;
};

static void begin(struct shop *shop, struct delta *delta)
{
    shop_begin(shop, shop->id_size);
    *delta = (struct delta){.base = &shop->objects[SHOP_BASE]};
}

static void end(struct shop *shop, struct delta *delta, const struct malformed_case *of)
{
    size_t size = RESULT;
    uint8_t *promised = malloc(delta->base->size);
    size_t odd;

    memcpy(promised, delta->base->contents + 10, size);
    odd = shop_add_odd_delta(shop, SHOP_BASE, &delta->bytes, promised, size);
    case_settle(shop, odd, of);
    shop_end(shop);
    packwriter_bytes_free(&delta->bytes);
    free(promised);
}

/* A right delta but for the base's size, which is off by `number`; or for the result's. */
static void base_size_off(struct shop *shop, const struct malformed_case *of)
{
    struct delta delta;

    begin(shop, &delta);
    packwriter_delta_begin(&delta.bytes, delta.base->size + of->number, RESULT);
    packwriter_delta_copy(&delta.bytes, 10, RESULT);
    end(shop, &delta, of);
}

static void result_size_off(struct shop *shop, const struct malformed_case *of)
{
    struct delta delta;

    begin(shop, &delta);
    packwriter_delta_begin(&delta.bytes, delta.base->size, RESULT + of->number);
    packwriter_delta_copy(&delta.bytes, 10, RESULT);
    end(shop, &delta, of);
}

static void base_size_is(struct shop *shop, const struct malformed_case *of)
{
    struct delta delta;

    begin(shop, &delta);
    packwriter_delta_begin(&delta.bytes, of->number, RESULT);
    packwriter_delta_copy(&delta.bytes, 10, RESULT);
    end(shop, &delta, of);
}

/* A size in `number` bytes, `other` the last of them. */
static void odd_size(struct shop *shop, const struct malformed_case *of)
{
    struct delta delta;
    uint64_t rest;

    begin(shop, &delta);
    rest = delta.base->size;
    for (uint64_t i = 1; i < of->number; i++, rest >>= 7)
        packwriter_bytes_add_number(&delta.bytes, 0x80u | (rest & 0x7f), 1);
    packwriter_bytes_add_number(&delta.bytes, of->other, 1);
    packwriter_bytes_add_delta_size(&delta.bytes, RESULT);
    packwriter_delta_copy(&delta.bytes, 10, RESULT);
    end(shop, &delta, of);
}

/* ---- Deltas of any bytes --------------------------------------------------------------------- */

#define BYTES_MOST 24

struct instructions {
    size_t size;
    uint8_t bytes[BYTES_MOST];
};

/* What follows the two sizes. The base has between 128 and 256 bytes. */
enum script {
    NOTHING,
    OPCODE_0,
    OPCODE_0_LAST,
    COPY_NO_OPERANDS,
    COPY_CUT_OFFSET,
    COPY_CUT_SIZE,
    COPY_CUT_ALL,
    INSERT_CUT,
    INSERT_BARE,
    COPY_PAST_END,
    COPY_OVER_END,
    COPY_64K,
    COPY_WRAPS,
    COPY_ALL_BITS,
    TOO_LONG_BY_COPY,
    TOO_LONG_BY_INSERT,
    TOO_SHORT,
    TRAILING_COPY,
    TRAILING_INSERT,
    TRAILING_BARE,
    SEVEN_OPERANDS,
    PIECES
};

/* Right for a result of RESULT = 30 bytes from the base's 10th on, but for what the name says. */
static const struct instructions scripts[] = {
    [NOTHING] = {0, {0}},
    [OPCODE_0] = {4, {0, 0x91, 10, 30}},
    [OPCODE_0_LAST] = {4, {0x91, 10, 30, 0}},
    [COPY_NO_OPERANDS] = {4, {0x91, 10, 20, 0x91}},
    [COPY_CUT_OFFSET] = {5, {0x91, 10, 20, 0x9f, 1}},
    [COPY_CUT_SIZE] = {6, {0x91, 10, 20, 0xf1, 10, 10}},
    [COPY_CUT_ALL] = {9, {0x91, 10, 20, 0xff, 0, 0, 0, 0, 10}},
    [INSERT_CUT] = {6, {0x91, 10, 20, 10, 'a', 'b'}},
    [INSERT_BARE] = {4, {0x91, 10, 20, 10}},
    [COPY_PAST_END] = {4, {0x93, 0, 4, 30}},
    [COPY_OVER_END] = {3, {0x91, 250, 30}},
    [COPY_64K] = {1, {0x80}},
    [COPY_WRAPS] = {6, {0x9f, 0xff, 0xff, 0xff, 0xff, 30}},
    [COPY_ALL_BITS] = {8, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
    [TOO_LONG_BY_COPY] = {3, {0x91, 10, 31}},
    [TOO_LONG_BY_INSERT] = {5, {0x91, 10, 29, 2, 'a'}},
    [TOO_SHORT] = {3, {0x91, 10, 29}},
    [TRAILING_COPY] = {6, {0x91, 10, 30, 0x91, 10, 1}},
    [TRAILING_INSERT] = {5, {0x91, 10, 30, 1, 'a'}},
    [TRAILING_BARE] = {4, {0x91, 10, 30, 0x7f}},
    [SEVEN_OPERANDS] = {8, {0xff, 10, 0, 0, 0, 30, 0, 0}},
    [PIECES] = {9, {0x91, 10, 10, 0x91, 20, 1, 0x91, 21, 19}},
};

static void script(struct shop *shop, const struct malformed_case *of)
{
    const struct instructions *run = &scripts[of->number];
    struct delta delta;

    begin(shop, &delta);
    packwriter_delta_begin(&delta.bytes, delta.base->size, RESULT);
    packwriter_bytes_add(&delta.bytes, run->bytes, run->size);
    if (of->number == TOO_LONG_BY_INSERT)
        packwriter_bytes_add_text(&delta.bytes, "b");
    end(shop, &delta, of);
}

/* A delta of the first `number` bytes of a right one. */
static void cut_delta(struct shop *shop, const struct malformed_case *of)
{
    struct delta delta;

    begin(shop, &delta);
    packwriter_delta_begin(&delta.bytes, delta.base->size, RESULT);
    packwriter_delta_copy(&delta.bytes, 10, RESULT);
    delta.bytes.size = (size_t)of->number;
    end(shop, &delta, of);
}

/* A result of `number` MiB, by copies of a MiB each from a base of zeros, which is legal itself. */
static void big_result(struct shop *shop, const struct malformed_case *of)
{
    const size_t mib = (size_t)1 << 20;
    uint8_t *zeros = calloc(1, mib);
    struct packwriter_bytes delta = {0};
    size_t base;

    shop_begin(shop, shop->id_size);
    base = shop_add_whole(shop, PACKWRITER_BLOB, zeros, mib);
    packwriter_delta_begin(&delta, mib, of->number * mib + of->other);
    for (uint64_t i = 0; i < of->number; i++)
        packwriter_delta_copy(&delta, 0, (uint32_t)mib);
    shop_expect(shop, shop_add_odd_delta(shop, base, &delta, "too much", 8), of->text);
    shop_end(shop);
    packwriter_bytes_free(&delta);
    free(zeros);
}

/* A few copies, and a claim that they are far from giving. */
static void big_claim(struct shop *shop, const struct malformed_case *of)
{
    struct delta delta;

    begin(shop, &delta);
    packwriter_delta_begin(&delta.bytes, delta.base->size, of->number);
    packwriter_delta_copy(&delta.bytes, 10, RESULT);
    end(shop, &delta, of);
}

/* A chain of `number` deltas, each of which adds to the one before; all of it legal. */
static void long_chain(struct shop *shop, const struct malformed_case *of)
{
    char text[32] = "a chain begins";
    size_t base;

    shop_begin(shop, shop->id_size);
    base = shop_add_whole(shop, PACKWRITER_BLOB, text, sizeof text);
    for (uint64_t i = 0; i < of->number; i++) {
        shop_put((uint8_t *)text + 20, i + 1, 4);
        base = shop_add_ofs(shop, base, text, sizeof text);
    }
    shop_end(shop);
}

/* The empty blob, made of a base by no instruction at all. Its size of 0 takes `number` bytes, and
 * `other` is 1 where the last of them says that one more follows. */
static void empty_result(struct shop *shop, const struct malformed_case *of)
{
    struct packwriter_bytes delta = {0};
    size_t odd;

    shop_begin(shop, shop->id_size);
    packwriter_delta_begin(&delta, shop->objects[SHOP_BASE].size, 0);
    delta.size--;
    for (uint64_t i = 1; i < of->number; i++)
        packwriter_bytes_add_number(&delta, 0x80, 1);
    packwriter_bytes_add_number(&delta, of->other ? 0x80 : 0, 1);
    odd = shop_add_odd_delta(shop, SHOP_BASE, &delta, "", 0);
    case_settle(shop, odd, of);
    shop_end(shop);
    packwriter_bytes_free(&delta);
}

static const struct malformed_case list[] = {
    {"base size is one less", base_size_off, FOUND, BASE_SIZE, UINT64_MAX, 0, 0},
    {"base size is one more", base_size_off, FOUND, BASE_SIZE, 1, 0, 0},
    {"base size is 0", base_size_is, FOUND, BASE_SIZE, 0, 0, 0},
    {"base size is 2^32 more", base_size_off, FOUND, BASE_SIZE, UINT64_C(1) << 32, 0, 0},
    {"base size is 2^63 more", base_size_off, FOUND, BASE_SIZE, UINT64_C(1) << 63, 0, 0},
    {"base size is 2^64-1", base_size_is, FOUND, BASE_SIZE, UINT64_MAX, 0, 0},
    {"base size of 2^64 and more", odd_size, FOUND, NO_FIT, 10, 2, 0},
    {"base size in eleven bytes", odd_size, FOUND, NO_FIT, 11, 1, 0},
    {"base size in ten bytes, eight too many", odd_size, LEGAL, NULL, 10, 0, 0},
    {"result size is one less", result_size_off, FOUND, MORE, UINT64_MAX, 0, 0},
    {"result size is one more", result_size_off, FOUND, LESS, 1, 0, 0},
    {"result size is 0", big_claim, FOUND, MORE, 0, 0, 0},
    {"result size is 2^32 more", result_size_off, FOUND, LESS, UINT64_C(1) << 32, 0, 0},
    {"result size is 2^40", big_claim, FOUND, LESS, UINT64_C(1) << 40, 0, 0},
    {"result size is 2^63 more", result_size_off, FOUND, LESS, UINT64_C(1) << 63, 0, 0},
    {"result size is 2^64-1", big_claim, FOUND, LESS, UINT64_MAX, 0, 0},
    {"no delta at all", cut_delta, FOUND, IN_SIZES, 0, 0, 0},
    {"a delta cut in its base size", cut_delta, FOUND, IN_SIZES, 1, 0, 0},
    {"a delta cut before its result size", cut_delta, FOUND, IN_SIZES, 2, 0, 0},
    {"a delta cut behind its sizes", cut_delta, FOUND, LESS, 3, 0, 0},
    {"a delta cut in its copy", cut_delta, FOUND, IN_COPY, 5, 0, 0},
    {"no instructions", script, FOUND, LESS, NOTHING, 0, 0},
    {"opcode 0 at the front", script, FOUND, "delta has the reserved instruction 0", OPCODE_0, 0,
     0},
    {"opcode 0 at the end", script, FOUND, "delta has the reserved instruction 0", OPCODE_0_LAST, 0,
     0},
    {"a copy without its operands", script, FOUND, IN_COPY, COPY_NO_OPERANDS, 0, 0},
    {"a copy cut in its offset", script, FOUND, IN_COPY, COPY_CUT_OFFSET, 0, 0},
    {"a copy cut in its size", script, FOUND, IN_COPY, COPY_CUT_SIZE, 0, 0},
    {"a copy of seven operands with five", script, FOUND, IN_COPY, COPY_CUT_ALL, 0, 0},
    {"an insert cut short", script, FOUND, IN_INSERT, INSERT_CUT, 0, 0},
    {"an insert of nothing that is there", script, FOUND, IN_INSERT, INSERT_BARE, 0, 0},
    {"a copy from behind the base", script, FOUND, OUTSIDE, COPY_PAST_END, 0, 0},
    {"a copy over the base's end", script, FOUND, OUTSIDE, COPY_OVER_END, 0, 0},
    {"a copy of 64 KiB from a small base", script, FOUND, OUTSIDE, COPY_64K, 0, 0},
    {"a copy whose end wraps at 2^32", script, FOUND, OUTSIDE, COPY_WRAPS, 0, 0},
    {"a copy of all bits", script, FOUND, OUTSIDE, COPY_ALL_BITS, 0, 0},
    {"a copy gives a byte too much", script, FOUND, MORE, TOO_LONG_BY_COPY, 0, 0},
    {"an insert gives a byte too much", script, FOUND, MORE, TOO_LONG_BY_INSERT, 0, 0},
    {"a byte is missing", script, FOUND, LESS, TOO_SHORT, 0, 0},
    {"a copy behind the result", script, FOUND, MORE, TRAILING_COPY, 0, 0},
    {"an insert behind the result", script, FOUND, MORE, TRAILING_INSERT, 0, 0},
    {"half an insert behind the result", script, FOUND, IN_INSERT, TRAILING_BARE, 0, 0},
    {"a copy of seven operands", script, LEGAL, NULL, SEVEN_OPERANDS, 0, 0},
    {"a copy in three pieces", script, LEGAL, NULL, PIECES, 0, 0},
    {"a result of 64 GiB", big_result, FOUND, "the memory limit has no room for this object", 65536,
     0, 0},
    {"a result of 64 GiB and a byte that is not there", big_result, FOUND, LESS, 65536, 1, 0},
    {"a result of 48 MiB under 32 MiB", big_result, FOUND,
     "the memory limit has no room for this object", 48, 0, (uint64_t)32 << 20},
    {"a result of 24 MiB that is another", big_result, FOUND,
     "contents do not give the object's id", 24, 0, 0},
    {"a result that is empty, in three bytes", empty_result, UNREAD, "fewer than 4 bytes", 1, 0, 0},
    {"a result that is empty, in four bytes", empty_result, LEGAL, NULL, 2, 0, 0},
    {"a result that is empty, its size cut", empty_result, FOUND, "ends inside its sizes", 2, 1, 0},
    {"10,000 links", long_chain, LEGAL, NULL, 10000, 0, 0},
};

const struct case_table cases_delta = CASE_TABLE(list);
