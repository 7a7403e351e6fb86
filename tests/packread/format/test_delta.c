/* test_delta.c - each instruction of a delta gives the bytes that it describes, or an error, and
 * touches nothing else. */
#include <stdlib.h>

#include "format/delta.h"
#include "delta_run.h"
#include "suite.h"

#define CUT_IN_COPY "delta ends inside a copy"
#define CUT_IN_INSERT "delta ends inside an insert"
#define TOO_LONG "delta gives more than its result size"
#define TOO_SHORT "delta gives less than its result size"
#define RESERVED "delta has the reserved instruction 0"

START_TEST(inserts_and_copies_are_put_together_in_order)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, 10, 15);
    packwriter_delta_copy(&delta, 6, 4);
    packwriter_delta_insert(&delta, "<->", 3);
    packwriter_delta_copy(&delta, 0, 6);
    packwriter_delta_copy(&delta, 9, 1);
    packwriter_delta_insert(&delta, "!", 1);
    delta_gives(&delta, "0123456789", 10, "6789<->0123459!", 15);
    packwriter_bytes_free(&delta);
}
END_TEST

START_TEST(an_empty_result_takes_no_instruction)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, 3, 0);
    delta_gives(&delta, "abc", 3, "", 0);
    packwriter_delta_begin(&delta, 0, 0);
    delta_gives(&delta, "", 0, "", 0);
    packwriter_bytes_free(&delta);
}
END_TEST

START_TEST(an_empty_base_can_only_be_inserted_to)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, 0, 2);
    packwriter_delta_insert(&delta, "ab", 2);
    delta_gives(&delta, "", 0, "ab", 2);
    packwriter_delta_begin(&delta, 0, 1);
    packwriter_delta_copy(&delta, 0, 1);
    delta_refuses(&delta, "", 0, DELTA_OUTSIDE);
    packwriter_bytes_free(&delta);
}
END_TEST

START_TEST(inserts_of_1_to_127_bytes_are_taken)
{
    unsigned char *bytes = delta_noise(127, 1);

    for (size_t size = 1; size <= 127; size++) {
        struct packwriter_bytes delta = {0};

        packwriter_delta_begin(&delta, 0, size);
        packwriter_delta_insert(&delta, bytes, size);
        delta_gives(&delta, "", 0, bytes, size);
        packwriter_bytes_free(&delta);
    }
    free(bytes);
}
END_TEST

START_TEST(a_copy_of_size_0_is_of_0x10000_bytes)
{
    unsigned char *base = delta_noise(0x10003, 2);
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, 0x10003, 0x10000);
    packwriter_delta_copy_as(&delta, 0x80, 0, 0);
    delta_gives(&delta, base, 0x10003, base, 0x10000);
    /* The same with the size's bytes there, and zero. */
    packwriter_delta_begin(&delta, 0x10003, 0x10000);
    packwriter_delta_copy_as(&delta, 0xf1, 3, 0);
    delta_gives(&delta, base, 0x10003, base + 3, 0x10000);
    packwriter_delta_begin(&delta, 0x10003, 0x10000);
    packwriter_delta_copy_as(&delta, 0x81, 4, 0);
    delta_refuses(&delta, base, 0x10003, DELTA_OUTSIDE);
    packwriter_delta_begin(&delta, 0xffff, 0x10000);
    packwriter_delta_copy_as(&delta, 0x80, 0, 0);
    delta_refuses(&delta, base, 0xffff, DELTA_OUTSIDE);
    packwriter_bytes_free(&delta);
    free(base);
}
END_TEST

/* Every set of operand bytes, with and without an instruction behind it: the reader may take
 * another way through when there is room for all of them. */
START_TEST(every_copy_instruction_takes_just_the_operands_it_names)
{
    const size_t base_size = DELTA_RUN_ROOM;
    unsigned char *base = delta_noise(base_size, 3);
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
                delta_compare(delta.data, delta.size, base, base_size);
                packwriter_delta_begin(&delta, base_size, taken + 9);
                packwriter_delta_copy_as(&delta, (uint8_t)opcode, offsets[i], lengths[j]);
                packwriter_delta_insert(&delta, "behind it", 9);
                delta_compare(delta.data, delta.size, base, base_size);
                packwriter_bytes_free(&delta);
            }
        }
    }
    free(base);
}
END_TEST

START_TEST(copies_up_to_the_last_byte_of_the_base_and_no_further)
{
    unsigned char *base = delta_noise(300, 4);
    struct packwriter_bytes delta = {0};

    for (uint32_t offset = 0; offset < 300; offset++) {
        packwriter_delta_begin(&delta, 300, 300 - offset);
        packwriter_delta_copy(&delta, offset, 300 - offset);
        delta_gives(&delta, base, 300, base + offset, 300 - offset);
        packwriter_delta_begin(&delta, 300, 301 - offset);
        packwriter_delta_copy(&delta, offset, 301 - offset);
        delta_refuses(&delta, base, 300, DELTA_OUTSIDE);
    }
    packwriter_delta_begin(&delta, 300, 1);
    packwriter_delta_copy(&delta, 300, 1);
    delta_refuses(&delta, base, 300, DELTA_OUTSIDE);
    packwriter_delta_begin(&delta, 300, 1);
    packwriter_delta_copy(&delta, 301, 1);
    delta_refuses(&delta, base, 300, DELTA_OUTSIDE);
    packwriter_bytes_free(&delta);
    free(base);
}
END_TEST

/* 0xffffffff + 1 and more is small again in 32 bits. */
START_TEST(a_copy_whose_end_wraps_is_outside)
{
    static const uint32_t sizes[] = {1, 2, 0x100, 0x10000, 0xffffff};
    unsigned char *base = delta_noise(0x1000, 5);

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct packwriter_bytes delta = {0};

        packwriter_delta_begin(&delta, 0x1000, sizes[i]);
        packwriter_delta_copy(&delta, UINT32_MAX - sizes[i] + 2, sizes[i]);
        delta_compare(delta.data, delta.size, base, 0x1000);
        packwriter_delta_begin(&delta, 0x1000, 1);
        packwriter_delta_copy(&delta, UINT32_MAX, sizes[i]);
        delta_compare(delta.data, delta.size, base, 0x1000);
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
    delta_refuses(&delta, "abc", 3, RESERVED);

    packwriter_delta_begin(&delta, 3, 3);
    packwriter_delta_copy(&delta, 0, 3);
    packwriter_bytes_add_number(&delta, 0, 1);
    delta_refuses(&delta, "abc", 3, RESERVED);

    packwriter_delta_begin(&delta, 3, 6);
    packwriter_delta_copy(&delta, 0, 3);
    packwriter_bytes_add_number(&delta, 0, 1);
    packwriter_delta_copy(&delta, 0, 3);
    delta_refuses(&delta, "abc", 3, RESERVED);
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
        delta_refuses(&delta, "abc", 3, TOO_SHORT);
    }
    packwriter_delta_begin(&delta, 3, 1);
    delta_refuses(&delta, "abc", 3, TOO_SHORT);
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
        delta_refuses(&delta, "abc", 3, TOO_LONG);
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
    delta_refuses(&delta, "abc", 3, TOO_LONG);
    packwriter_delta_begin(&delta, 3, 3);
    packwriter_delta_copy(&delta, 0, 3);
    packwriter_delta_copy(&delta, 0, 1);
    delta_refuses(&delta, "abc", 3, TOO_LONG);
    packwriter_bytes_free(&delta);
}
END_TEST

/* Each instruction cut after each of its bytes; the result's claim is right, so that only the cut
 * can be what is wrong. */
START_TEST(an_insert_cut_anywhere_is_refused)
{
    unsigned char *bytes = delta_noise(127, 6);

    for (size_t size = 1; size <= 127; size += 7) {
        struct packwriter_bytes delta = {0};
        size_t head;

        packwriter_delta_begin(&delta, 0, size);
        head = delta.size;
        packwriter_delta_insert(&delta, bytes, size);
        for (delta.size--; delta.size > head; delta.size--)
            delta_refuses(&delta, "", 0, CUT_IN_INSERT);
        delta_refuses(&delta, "", 0, TOO_SHORT);
        packwriter_bytes_free(&delta);
    }
    free(bytes);
}
END_TEST

START_TEST(a_copy_cut_after_any_operand_is_refused)
{
    unsigned char *base = delta_noise(4096, 7);

    for (unsigned opcode = 0x81; opcode <= 0xff; opcode++) {
        struct packwriter_bytes delta = {0};
        size_t head;

        packwriter_delta_begin(&delta, 4096, 0x10101);
        head = delta.size;
        packwriter_delta_copy_as(&delta, (uint8_t)opcode, 0x01010101, 0x010101);
        for (delta.size--; delta.size > head; delta.size--)
            delta_refuses(&delta, base, 4096, CUT_IN_COPY);
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
    pkr_delta_sizes sizes;
    const char *text = NULL;

    packwriter_delta_begin(&delta, 0xffffff, copies * 0xffffff);
    for (uint64_t i = 0; i < copies; i++)
        packwriter_delta_copy(&delta, 0, 0xffffff);
    ck_assert_int_eq(pkr_delta_parse(delta.data, delta.size, &sizes, &text), 0);
    ck_assert(sizes.result == copies * 0xffffff);
    ck_assert_int_eq(pkr_delta_measure(delta.data, delta.size, &sizes, NULL, &text), 0);
    sizes.result++;
    ck_assert_int_eq(pkr_delta_measure(delta.data, delta.size, &sizes, NULL, &text),
                     PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(text, TOO_SHORT);
    sizes.result -= 2;
    ck_assert_int_eq(pkr_delta_measure(delta.data, delta.size, &sizes, NULL, &text),
                     PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(text, TOO_LONG);
    packwriter_bytes_free(&delta);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("delta");
    TCase *tests = tcase_create("delta");

    tcase_add_checked_fixture(tests, delta_run_begin, delta_run_end);
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
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
