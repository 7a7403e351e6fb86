/* test_delta_random.c - random deltas, right and damaged: what comes out is compared with a naive
 * apply. */
#include <stdlib.h>

#include "delta_run.h"
#include "packread.h"
#include "suite.h"

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

    for (size_t i = 0; i < count && result < DELTA_RUN_ROOM / 2; i++)
        add_random_instruction(&body, state, base_size, &result);
    packwriter_delta_begin(delta, base_size, result);
    packwriter_bytes_add(delta, body.data, body.size);
    packwriter_bytes_free(&body);
}

static size_t random_base_size(uint64_t *state)
{
    switch (suite_random_below(state, 4)) {
    case 0:
        return (size_t)suite_random_below(state, 4);
    case 1:
        return (size_t)suite_random_below(state, 300);
    case 2:
        return (size_t)suite_random_below(state, 5000);
    default:
        return (size_t)suite_random_below(state, 200000);
    }
}

START_TEST(random_deltas_give_what_the_naive_apply_gives)
{
    uint64_t state = suite_seed();
    unsigned char *base = delta_noise(200000, 8);

    for (int i = 0; i < 3000; i++) {
        size_t base_size = random_base_size(&state);
        struct packwriter_bytes delta = {0};
        struct delta_run run;

        make_random_delta(&delta, &state, base_size);
        delta_compare(delta.data, delta.size, base, base_size);
        run = delta_run(delta.data, delta.size, base, base_size);
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
    unsigned char *base = delta_noise(5000, 9);

    for (int i = 0; i < 30000; i++) {
        size_t base_size = (size_t)suite_random_below(&state, 5000);
        struct packwriter_bytes delta = {0};
        size_t changes = 1 + (size_t)suite_random_below(&state, 3);

        make_random_delta(&delta, &state, base_size);
        while (changes--) {
            size_t at = (size_t)suite_random_below(&state, delta.size);

            switch (suite_random_below(&state, 3)) {
            case 0:
                delta.data[at] = (unsigned char)suite_random(&state);
                break;
            case 1:
                delta.data[at] ^= (unsigned char)(1u << suite_random_below(&state, 8));
                break;
            default:
                if (at > 0)
                    delta.size = at;
                break;
            }
        }
        delta_compare(delta.data, delta.size, base, base_size);
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
        unsigned char *base = delta_noise(base_size + 1, 10);
        unsigned char *result = delta_noise(result_size + 1, i % 2 ? 10 : 11);
        struct packwriter_bytes delta = {0};

        if (result_size)
            result[suite_random_below(&state, result_size)] ^= 1;
        packwriter_delta_make(&delta, base, base_size, result, result_size);
        delta_gives(&delta, base, base_size, result, result_size);
        packwriter_bytes_free(&delta);
        free(base);
        free(result);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("delta at random");
    TCase *tests = tcase_create("random");

    tcase_add_checked_fixture(tests, delta_run_begin, delta_run_end);
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
