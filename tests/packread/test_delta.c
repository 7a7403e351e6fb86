/* test_delta.c - deltas give the bytes that they describe, or an error, and touch nothing else.
 *
 * Delta, base and result each lie against an unreadable page, at their ends in one run and at their
 * starts in another; what comes out is compared with a naive apply. */
#include <stdlib.h>
#include <string.h>

#include "delta.h"
#include "guard.h"
#include "naive.h"
#include "packwriter.h"
#include "suite.h"

#define ROOM (1 << 20)

static struct guard of_delta;
static struct guard of_base;
static struct guard of_result;

static void open_guards(void)
{
    guard_open(&of_delta, ROOM);
    guard_open(&of_base, ROOM);
    guard_open(&of_result, ROOM);
}

static void close_guards(void)
{
    guard_close(&of_delta);
    guard_close(&of_base);
    guard_close(&of_result);
}

/* All of a delta's way through the library: the first error, or 0 and the result, valid until the
 * next run. Both edges must agree, and so must measure. */
struct run {
    int status;
    const char *text;
    const unsigned char *result;
    size_t size;
};

typedef unsigned char *placer(struct guard *guard, const void *bytes, size_t size);

static struct run run_at(placer *at, const void *bytes, size_t length, const void *base_bytes,
                         size_t base_size)
{
    const unsigned char *delta = at(&of_delta, bytes, length);
    const unsigned char *base = at(&of_base, base_bytes, base_size);
    struct run run = {0, NULL, NULL, 0};
    packread_delta_sizes sizes;
    unsigned char *result;
    const char *measured = NULL;
    int measure;

    run.status = packread_delta_parse(delta, length, &sizes, &run.text);
    if (run.status != 0)
        return run;
    if (sizes.header_size > length || sizes.header_size > PACKREAD_DELTA_SIZES_MAX)
        ck_abort_msg("sizes of %zu bytes in a delta of %zu", sizes.header_size, length);
    if (sizes.base != base_size) {
        run.status = PACKREAD_ERROR_MISMATCH;
        run.text = "another base size";
        return run;
    }
    measure = packread_delta_measure(delta, length, &sizes, &measured);
    if (sizes.result > ROOM) {
        run.status = measure ? measure : PACKREAD_ERROR_BUDGET;
        run.text = measure ? measured : "too big";
        return run;
    }
    result = at(&of_result, NULL, (size_t)sizes.result);
    run.status = packread_delta_apply(delta, length, &sizes, base, result, &run.text);
    if (run.status == 0 && measure != 0)
        ck_abort_msg("applied, but not measured: %s", measured);
    if (run.status != 0 && measure == 0 &&
        strcmp(run.text, "delta copies from outside its base") != 0)
        ck_abort_msg("measured, but not applied: %s", run.text);
    if ((run.status != 0) != (run.text != NULL))
        ck_abort_msg("status and text do not agree");
    run.result = result;
    run.size = (size_t)sizes.result;
    return run;
}

static struct run run_delta(const void *delta, size_t length, const void *base, size_t base_size)
{
    struct run first = run_at(guard_at_start, delta, length, base, base_size);
    struct run second;
    unsigned char *kept = NULL;

    if (first.status == 0) {
        kept = malloc(first.size + 1);
        ck_assert_ptr_nonnull(kept);
        memcpy(kept, first.result, first.size);
    }
    second = run_at(guard_at_end, delta, length, base, base_size);
    if (first.status != second.status || first.text != second.text ||
        (first.status == 0 &&
         (first.size != second.size || memcmp(kept, second.result, first.size) != 0)))
        ck_abort_msg("two answers to the same delta");
    free(kept);
    return second;
}

static void gives(const struct packwriter_bytes *delta, const void *base, size_t base_size,
                  const void *expected, size_t size)
{
    struct run run = run_delta(delta->data, delta->size, base, base_size);

    ck_assert_msg(run.status == 0, "%s", run.text);
    ck_assert_uint_eq(run.size, size);
    if (size)
        ck_assert_mem_eq(run.result, expected, size);
}

static void refuses(const struct packwriter_bytes *delta, const void *base, size_t base_size,
                    const char *why)
{
    struct run run = run_delta(delta->data, delta->size, base, base_size);

    ck_assert_int_eq(run.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(run.text, why);
}

/* Whatever the bytes are, the library and the naive apply say the same. */
static void compare_with_naive(const void *delta, size_t length, const unsigned char *base,
                               size_t base_size)
{
    unsigned char *expected;
    uint64_t size = 0;
    enum naive_delta_answer answer =
        naive_delta_apply(delta, length, base, base_size, ROOM, &expected, &size);
    struct run run = run_delta(delta, length, base, base_size);

    if ((answer == NAIVE_DELTA_OK) != (run.status == 0))
        ck_abort_msg("naive: %d, library: %d %s", (int)answer, run.status,
                     run.text ? run.text : "");
    if (run.status == 0 && (run.size != size || memcmp(run.result, expected, run.size) != 0))
        ck_abort_msg("another result");
    if (answer == NAIVE_DELTA_OUTSIDE &&
        strcmp(run.text, "delta copies from outside its base") != 0)
        ck_abort_msg("outside, but: %s", run.text);
    free(expected);
}

#define CUT_IN_SIZES "delta ends inside its sizes"
#define SIZE_TOO_BIG "delta size does not fit in 64 bits"
#define CUT_IN_COPY "delta ends inside a copy"
#define CUT_IN_INSERT "delta ends inside an insert"
#define OUTSIDE "delta copies from outside its base"
#define TOO_LONG "delta gives more than its result size"
#define TOO_SHORT "delta gives less than its result size"
#define RESERVED "delta has the reserved instruction 0"

/* ---- Sizes ---------------------------------------------------------------------------------- */

static int parse_sizes(const void *bytes, size_t length, packread_delta_sizes *sizes,
                       const char **text)
{
    *text = NULL;
    return packread_delta_parse(guard_at_end(&of_delta, bytes, length), length, sizes, text);
}

START_TEST(sizes_round_trip_around_every_power_of_two)
{
    for (unsigned power = 0; power < 64; power++) {
        for (int step = -1; step <= 1; step++) {
            struct packwriter_bytes delta = {0};
            uint64_t size = (UINT64_C(1) << power) + (uint64_t)(int64_t)step;
            packread_delta_sizes sizes;
            const char *text;

            packwriter_delta_begin(&delta, size, ~size);
            ck_assert_int_eq(parse_sizes(delta.data, delta.size, &sizes, &text), 0);
            ck_assert(sizes.base == size);
            ck_assert(sizes.result == ~size);
            ck_assert_uint_eq(sizes.header_size, delta.size);
            packwriter_bytes_free(&delta);
        }
    }
}
END_TEST

START_TEST(sizes_cut_anywhere_are_refused)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, UINT64_MAX, UINT64_MAX);
    ck_assert_uint_eq(delta.size, PACKREAD_DELTA_SIZES_MAX);
    for (size_t length = 0; length < delta.size; length++) {
        packread_delta_sizes sizes;
        const char *text;

        ck_assert_int_eq(parse_sizes(delta.data, length, &sizes, &text), PACKREAD_ERROR_CORRUPT);
        ck_assert_str_eq(text, CUT_IN_SIZES);
    }
    packwriter_bytes_free(&delta);
}
END_TEST

/* In the first size and in the second: each last byte of a size of ten bytes. */
START_TEST(a_size_that_loses_bits_is_refused)
{
    for (size_t before = 0; before <= 1; before++) {
        for (unsigned last = 0; last < 128; last++) {
            unsigned char delta[12] = {0};
            packread_delta_sizes sizes;
            const char *text;
            int status;

            memset(delta + before, 0x80, 9);
            delta[before] = 0x85;
            delta[before + 9] = (unsigned char)last;
            status = parse_sizes(delta, sizeof delta, &sizes, &text);
            if (last <= 1) {
                ck_assert_int_eq(status, 0);
                ck_assert((before ? sizes.result : sizes.base) == 5 + ((uint64_t)last << 63));
            } else {
                ck_assert_int_eq(status, PACKREAD_ERROR_CORRUPT);
                ck_assert_str_eq(text, SIZE_TOO_BIG);
            }
        }
    }
}
END_TEST

START_TEST(a_size_of_more_than_ten_bytes_is_refused)
{
    unsigned char delta[64];
    packread_delta_sizes sizes;
    const char *text;

    memset(delta, 0x80, sizeof delta);
    ck_assert_int_eq(parse_sizes(delta, sizeof delta, &sizes, &text), PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(text, SIZE_TOO_BIG);
    delta[0] = 0;
    ck_assert_int_eq(parse_sizes(delta, sizeof delta, &sizes, &text), PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(text, SIZE_TOO_BIG);
    delta[11] = 0;
    ck_assert_int_eq(parse_sizes(delta, 12, &sizes, &text), PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(text, SIZE_TOO_BIG);
}
END_TEST

START_TEST(overlong_sizes_that_lose_nothing_are_accepted)
{
    for (size_t extra = 1; extra <= 9; extra++) {
        unsigned char delta[24];
        packread_delta_sizes sizes;
        const char *text;

        memset(delta, 0x80, sizeof delta);
        delta[0] = 0x83;
        delta[extra] = 0;
        delta[extra + 1] = 0x84;
        delta[2 * extra + 1] = 0;
        ck_assert_int_eq(parse_sizes(delta, 2 * extra + 2, &sizes, &text), 0);
        ck_assert(sizes.base == 3 && sizes.result == 4);
        ck_assert_uint_eq(sizes.header_size, 2 * extra + 2);
    }
}
END_TEST

/* ---- Instructions --------------------------------------------------------------------------- */

static unsigned char *noise(size_t size, uint64_t seed)
{
    struct packwriter_bytes bytes = {0};

    packwriter_bytes_add_noise(&bytes, size, seed);
    ck_assert_ptr_nonnull(bytes.data);
    return bytes.data;
}

START_TEST(inserts_and_copies_are_put_together_in_order)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, 10, 15);
    packwriter_delta_copy(&delta, 6, 4);
    packwriter_delta_insert(&delta, "<->", 3);
    packwriter_delta_copy(&delta, 0, 6);
    packwriter_delta_copy(&delta, 9, 1);
    packwriter_delta_insert(&delta, "!", 1);
    gives(&delta, "0123456789", 10, "6789<->0123459!", 15);
    packwriter_bytes_free(&delta);
}
END_TEST

START_TEST(an_empty_result_takes_no_instruction)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, 3, 0);
    gives(&delta, "abc", 3, "", 0);
    packwriter_delta_begin(&delta, 0, 0);
    gives(&delta, "", 0, "", 0);
    packwriter_bytes_free(&delta);
}
END_TEST

START_TEST(an_empty_base_can_only_be_inserted_to)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, 0, 2);
    packwriter_delta_insert(&delta, "ab", 2);
    gives(&delta, "", 0, "ab", 2);
    packwriter_delta_begin(&delta, 0, 1);
    packwriter_delta_copy(&delta, 0, 1);
    refuses(&delta, "", 0, OUTSIDE);
    packwriter_bytes_free(&delta);
}
END_TEST

START_TEST(inserts_of_1_to_127_bytes_are_taken)
{
    unsigned char *bytes = noise(127, 1);

    for (size_t size = 1; size <= 127; size++) {
        struct packwriter_bytes delta = {0};

        packwriter_delta_begin(&delta, 0, size);
        packwriter_delta_insert(&delta, bytes, size);
        gives(&delta, "", 0, bytes, size);
        packwriter_bytes_free(&delta);
    }
    free(bytes);
}
END_TEST

START_TEST(a_copy_of_size_0_is_of_0x10000_bytes)
{
    unsigned char *base = noise(0x10003, 2);
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, 0x10003, 0x10000);
    packwriter_delta_copy_as(&delta, 0x80, 0, 0);
    gives(&delta, base, 0x10003, base, 0x10000);
    /* The same with the size's bytes there, and zero. */
    packwriter_delta_begin(&delta, 0x10003, 0x10000);
    packwriter_delta_copy_as(&delta, 0xf1, 3, 0);
    gives(&delta, base, 0x10003, base + 3, 0x10000);
    packwriter_delta_begin(&delta, 0x10003, 0x10000);
    packwriter_delta_copy_as(&delta, 0x81, 4, 0);
    refuses(&delta, base, 0x10003, OUTSIDE);
    packwriter_delta_begin(&delta, 0xffff, 0x10000);
    packwriter_delta_copy_as(&delta, 0x80, 0, 0);
    refuses(&delta, base, 0xffff, OUTSIDE);
    packwriter_bytes_free(&delta);
    free(base);
}
END_TEST

/* Every set of operand bytes, with and without an instruction behind it: the reader may take
 * another way through when there is room for all of them. */
START_TEST(every_copy_instruction_takes_just_the_operands_it_names)
{
    const size_t base_size = ROOM;
    unsigned char *base = noise(base_size, 3);
    static const uint32_t offsets[] = {0, 1, 0x1234, 0x0a0b0c, 0x01000001, 0xffffffff};
    static const uint32_t lengths[] = {0, 1, 0x102, 0x10203, 0xffffff};

    for (unsigned opcode = 0x80; opcode <= 0xff; opcode++) {
        for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
            for (size_t j = 0; j < sizeof lengths / sizeof *lengths; j++) {
                struct packwriter_bytes delta = {0};
                uint32_t taken = 0;

                for (unsigned byte = 0; byte < 3; byte++)
                    if (opcode & 0x10u << byte)
                        taken |= lengths[j] & 0xffu << 8 * byte;
                if (taken == 0)
                    taken = 0x10000;
                if (taken > 0x10203) /* the rest of the sizes shows no more */
                    continue;
                packwriter_delta_begin(&delta, base_size, taken);
                packwriter_delta_copy_as(&delta, (uint8_t)opcode, offsets[i], lengths[j]);
                compare_with_naive(delta.data, delta.size, base, base_size);
                packwriter_delta_begin(&delta, base_size, taken + 9);
                packwriter_delta_copy_as(&delta, (uint8_t)opcode, offsets[i], lengths[j]);
                packwriter_delta_insert(&delta, "behind it", 9);
                compare_with_naive(delta.data, delta.size, base, base_size);
                packwriter_bytes_free(&delta);
            }
        }
    }
    free(base);
}
END_TEST

START_TEST(copies_up_to_the_last_byte_of_the_base_and_no_further)
{
    unsigned char *base = noise(300, 4);
    struct packwriter_bytes delta = {0};

    for (uint32_t offset = 0; offset < 300; offset++) {
        packwriter_delta_begin(&delta, 300, 300 - offset);
        packwriter_delta_copy(&delta, offset, 300 - offset);
        gives(&delta, base, 300, base + offset, 300 - offset);
        packwriter_delta_begin(&delta, 300, 301 - offset);
        packwriter_delta_copy(&delta, offset, 301 - offset);
        refuses(&delta, base, 300, OUTSIDE);
    }
    packwriter_delta_begin(&delta, 300, 1);
    packwriter_delta_copy(&delta, 300, 1);
    refuses(&delta, base, 300, OUTSIDE);
    packwriter_delta_begin(&delta, 300, 1);
    packwriter_delta_copy(&delta, 301, 1);
    refuses(&delta, base, 300, OUTSIDE);
    packwriter_bytes_free(&delta);
    free(base);
}
END_TEST

/* 0xffffffff + 1 and more is small again in 32 bits. */
START_TEST(a_copy_whose_end_wraps_is_outside)
{
    static const uint32_t sizes[] = {1, 2, 0x100, 0x10000, 0xffffff};
    unsigned char *base = noise(0x1000, 5);

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct packwriter_bytes delta = {0};

        packwriter_delta_begin(&delta, 0x1000, sizes[i]);
        packwriter_delta_copy(&delta, UINT32_MAX - sizes[i] + 2, sizes[i]);
        compare_with_naive(delta.data, delta.size, base, 0x1000);
        packwriter_delta_begin(&delta, 0x1000, 1);
        packwriter_delta_copy(&delta, UINT32_MAX, sizes[i]);
        compare_with_naive(delta.data, delta.size, base, 0x1000);
        packwriter_bytes_free(&delta);
    }
    free(base);
}
END_TEST

START_TEST(instruction_0_is_refused_wherever_it_stands)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, 3, 0);
    packwriter_bytes_add_number(&delta, 0, 1);
    refuses(&delta, "abc", 3, RESERVED);

    packwriter_delta_begin(&delta, 3, 3);
    packwriter_delta_copy(&delta, 0, 3);
    packwriter_bytes_add_number(&delta, 0, 1);
    refuses(&delta, "abc", 3, RESERVED);

    packwriter_delta_begin(&delta, 3, 6);
    packwriter_delta_copy(&delta, 0, 3);
    packwriter_bytes_add_number(&delta, 0, 1);
    packwriter_delta_copy(&delta, 0, 3);
    refuses(&delta, "abc", 3, RESERVED);
    packwriter_bytes_free(&delta);
}
END_TEST

START_TEST(a_result_short_by_one_or_by_much_is_refused)
{
    static const uint64_t claims[] = {5, 6, 1000, UINT64_C(1) << 36, UINT64_MAX};
    struct packwriter_bytes delta = {0};

    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        packwriter_delta_begin(&delta, 3, claims[i]);
        packwriter_delta_copy(&delta, 0, 3);
        packwriter_delta_insert(&delta, "x", 1);
        refuses(&delta, "abc", 3, TOO_SHORT);
    }
    packwriter_delta_begin(&delta, 3, 1);
    refuses(&delta, "abc", 3, TOO_SHORT);
    packwriter_bytes_free(&delta);
}
END_TEST

START_TEST(a_result_longer_than_claimed_is_refused_before_it_is_written)
{
    struct packwriter_bytes delta = {0};

    for (uint64_t claim = 0; claim < 7; claim++) {
        packwriter_delta_begin(&delta, 3, claim);
        packwriter_delta_copy(&delta, 0, 3);
        packwriter_delta_insert(&delta, "four", 4);
        refuses(&delta, "abc", 3, TOO_LONG);
    }
    packwriter_bytes_free(&delta);
}
END_TEST

START_TEST(instructions_after_the_end_of_the_result_are_refused)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, 3, 3);
    packwriter_delta_copy(&delta, 0, 3);
    packwriter_delta_insert(&delta, "x", 1);
    refuses(&delta, "abc", 3, TOO_LONG);
    packwriter_delta_begin(&delta, 3, 3);
    packwriter_delta_copy(&delta, 0, 3);
    packwriter_delta_copy(&delta, 0, 1);
    refuses(&delta, "abc", 3, TOO_LONG);
    packwriter_bytes_free(&delta);
}
END_TEST

/* Each instruction cut after each of its bytes; the result's claim is right, so that only the cut
 * can be what is wrong. */
START_TEST(an_insert_cut_anywhere_is_refused)
{
    unsigned char *bytes = noise(127, 6);

    for (size_t size = 1; size <= 127; size += 7) {
        struct packwriter_bytes delta = {0};
        size_t head;

        packwriter_delta_begin(&delta, 0, size);
        head = delta.size;
        packwriter_delta_insert(&delta, bytes, size);
        for (delta.size--; delta.size > head; delta.size--)
            refuses(&delta, "", 0, CUT_IN_INSERT);
        refuses(&delta, "", 0, TOO_SHORT);
        packwriter_bytes_free(&delta);
    }
    free(bytes);
}
END_TEST

START_TEST(a_copy_cut_after_any_operand_is_refused)
{
    unsigned char *base = noise(4096, 7);

    for (unsigned opcode = 0x81; opcode <= 0xff; opcode++) {
        struct packwriter_bytes delta = {0};
        size_t head;

        packwriter_delta_begin(&delta, 4096, 0x10101);
        head = delta.size;
        packwriter_delta_copy_as(&delta, (uint8_t)opcode, 0x01010101, 0x010101);
        for (delta.size--; delta.size > head; delta.size--)
            refuses(&delta, base, 4096, CUT_IN_COPY);
        packwriter_bytes_free(&delta);
    }
    free(base);
}
END_TEST

/* 64 GiB from a delta of a few kilobytes: it must be possible to see through a claim without
 * taking memory for it. */
START_TEST(a_large_claim_is_measured_without_base_or_result)
{
    struct packwriter_bytes delta = {0};
    const uint64_t copies = 4096;
    packread_delta_sizes sizes;
    const char *text = NULL;

    packwriter_delta_begin(&delta, 0xffffff, copies * 0xffffff);
    for (uint64_t i = 0; i < copies; i++)
        packwriter_delta_copy(&delta, 0, 0xffffff);
    ck_assert_int_eq(packread_delta_parse(delta.data, delta.size, &sizes, &text), 0);
    ck_assert(sizes.result == copies * 0xffffff);
    ck_assert_int_eq(packread_delta_measure(delta.data, delta.size, &sizes, &text), 0);
    sizes.result++;
    ck_assert_int_eq(packread_delta_measure(delta.data, delta.size, &sizes, &text),
                     PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(text, TOO_SHORT);
    sizes.result -= 2;
    ck_assert_int_eq(packread_delta_measure(delta.data, delta.size, &sizes, &text),
                     PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(text, TOO_LONG);
    packwriter_bytes_free(&delta);
}
END_TEST

/* ---- Random deltas -------------------------------------------------------------------------- */

static void add_random_instruction(struct packwriter_bytes *delta, uint64_t *state,
                                   size_t base_size, uint64_t *result)
{
    static unsigned char bytes[127];

    if (base_size == 0 || suite_random_below(state, 3) == 0) {
        size_t size = 1 + (size_t)suite_random_below(state, sizeof bytes);

        for (size_t i = 0; i < size; i++)
            bytes[i] = (unsigned char)suite_random(state);
        packwriter_delta_insert(delta, bytes, size);
        *result += size;
    } else {
        uint32_t offset = (uint32_t)suite_random_below(state, base_size);
        uint64_t most = base_size - offset < 0xffffff ? base_size - offset : 0xffffff;
        uint32_t size = 1 + (uint32_t)suite_random_below(state, most);

        if (suite_random_below(state, 4) != 0 && size > 300)
            size = 1 + size % 300;
        if (size == 0x10000 && suite_random_below(state, 2))
            packwriter_delta_copy_as(delta, 0xff, offset, 0);
        else
            packwriter_delta_copy(delta, offset, size);
        *result += size;
    }
}

/* A delta that is right. */
static void make_random_delta(struct packwriter_bytes *delta, uint64_t *state, size_t base_size)
{
    struct packwriter_bytes body = {0};
    uint64_t result = 0;
    size_t count = (size_t)suite_random_below(state, 12);

    for (size_t i = 0; i < count && result < ROOM / 2; i++)
        add_random_instruction(&body, state, base_size, &result);
    packwriter_delta_begin(delta, base_size, result);
    packwriter_bytes_add(delta, body.data, body.size);
    packwriter_bytes_free(&body);
}

static size_t random_base_size(uint64_t *state)
{
    switch (suite_random_below(state, 4)) {
    case 0: return (size_t)suite_random_below(state, 4);
    case 1: return (size_t)suite_random_below(state, 300);
    case 2: return (size_t)suite_random_below(state, 5000);
    default: return (size_t)suite_random_below(state, 200000);
    }
}

START_TEST(random_deltas_give_what_the_naive_apply_gives)
{
    uint64_t state = suite_seed();
    unsigned char *base = noise(200000, 8);

    for (int i = 0; i < 3000; i++) {
        size_t base_size = random_base_size(&state);
        struct packwriter_bytes delta = {0};
        struct run run;

        make_random_delta(&delta, &state, base_size);
        compare_with_naive(delta.data, delta.size, base, base_size);
        run = run_delta(delta.data, delta.size, base, base_size);
        if (run.status != 0 && run.status != PACKREAD_ERROR_BUDGET)
            ck_abort_msg("a right delta is refused: %s", run.text);
        packwriter_bytes_free(&delta);
    }
    free(base);
}
END_TEST

START_TEST(damaged_deltas_are_judged_as_the_naive_apply_judges_them)
{
    uint64_t state = suite_seed() + 1;
    unsigned char *base = noise(5000, 9);

    for (int i = 0; i < 30000; i++) {
        size_t base_size = (size_t)suite_random_below(&state, 5000);
        struct packwriter_bytes delta = {0};
        size_t changes = 1 + (size_t)suite_random_below(&state, 3);

        make_random_delta(&delta, &state, base_size);
        while (changes--) {
            size_t at = (size_t)suite_random_below(&state, delta.size);

            switch (suite_random_below(&state, 3)) {
            case 0: delta.data[at] = (unsigned char)suite_random(&state); break;
            case 1: delta.data[at] ^= (unsigned char)(1u << suite_random_below(&state, 8)); break;
            default:
                if (at > 0)
                    delta.size = at;
                break;
            }
        }
        compare_with_naive(delta.data, delta.size, base, base_size);
        packwriter_bytes_free(&delta);
    }
    free(base);
}
END_TEST

START_TEST(deltas_of_the_writer_turn_one_text_into_the_other)
{
    uint64_t state = suite_seed() + 2;

    for (int i = 0; i < 200; i++) {
        size_t base_size = (size_t)suite_random_below(&state, 100000);
        size_t result_size = (size_t)suite_random_below(&state, 100000);
        unsigned char *base = noise(base_size + 1, 10);
        unsigned char *result = noise(result_size + 1, i % 2 ? 10 : 11);
        struct packwriter_bytes delta = {0};

        if (result_size)
            result[suite_random_below(&state, result_size)] ^= 1;
        packwriter_delta_make(&delta, base, base_size, result, result_size);
        gives(&delta, base, base_size, result, result_size);
        packwriter_bytes_free(&delta);
        free(base);
        free(result);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("delta");
    TCase *tests = tcase_create("delta");

    tcase_add_checked_fixture(tests, open_guards, close_guards);
    tcase_add_test(tests, sizes_round_trip_around_every_power_of_two);
    tcase_add_test(tests, sizes_cut_anywhere_are_refused);
    tcase_add_test(tests, a_size_that_loses_bits_is_refused);
    tcase_add_test(tests, a_size_of_more_than_ten_bytes_is_refused);
    tcase_add_test(tests, overlong_sizes_that_lose_nothing_are_accepted);
    tcase_add_test(tests, inserts_and_copies_are_put_together_in_order);
    tcase_add_test(tests, an_empty_result_takes_no_instruction);
    tcase_add_test(tests, an_empty_base_can_only_be_inserted_to);
    tcase_add_test(tests, inserts_of_1_to_127_bytes_are_taken);
    tcase_add_test(tests, a_copy_of_size_0_is_of_0x10000_bytes);
    tcase_add_test(tests, every_copy_instruction_takes_just_the_operands_it_names);
    tcase_add_test(tests, copies_up_to_the_last_byte_of_the_base_and_no_further);
    tcase_add_test(tests, a_copy_whose_end_wraps_is_outside);
    tcase_add_test(tests, instruction_0_is_refused_wherever_it_stands);
    tcase_add_test(tests, a_result_short_by_one_or_by_much_is_refused);
    tcase_add_test(tests, a_result_longer_than_claimed_is_refused_before_it_is_written);
    tcase_add_test(tests, instructions_after_the_end_of_the_result_are_refused);
    tcase_add_test(tests, an_insert_cut_anywhere_is_refused);
    tcase_add_test(tests, a_copy_cut_after_any_operand_is_refused);
    tcase_add_test(tests, a_large_claim_is_measured_without_base_or_result);
    tcase_add_test(tests, random_deltas_give_what_the_naive_apply_gives);
    tcase_add_test(tests, damaged_deltas_are_judged_as_the_naive_apply_judges_them);
    tcase_add_test(tests, deltas_of_the_writer_turn_one_text_into_the_other);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
