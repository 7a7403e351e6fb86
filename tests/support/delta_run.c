/* delta_run.c - knows where delta, base and result are put, and what two runs have to agree in. */
#include "delta_run.h"

#include <stdlib.h>
#include <string.h>

#include "format/delta.h"
#include "guard_pages.h"
#include "naive.h"
#include "suite.h"

static struct guard of_delta;
static struct guard of_base;
static struct guard of_result;

void delta_run_begin(void)
{
    guard_open(&of_delta, DELTA_RUN_ROOM);
    guard_open(&of_base, DELTA_RUN_ROOM);
    guard_open(&of_result, DELTA_RUN_ROOM);
}

void delta_run_end(void)
{
    guard_close(&of_delta);
    guard_close(&of_base);
    guard_close(&of_result);
}

typedef unsigned char *placer(struct guard *guard, const void *bytes, size_t size);

static struct delta_run run_at(placer *at, const void *bytes, size_t length, const void *base_bytes,
                               size_t base_size)
{
    const unsigned char *delta = at(&of_delta, bytes, length);
    const unsigned char *base = at(&of_base, base_bytes, base_size);
    struct delta_run run = {0, NULL, NULL, 0};
    pkr_delta_sizes sizes;
    unsigned char *result;
    const char *measured = NULL;
    int measure;

    run.status = pkr_delta_parse(delta, length, &sizes, &run.text);
    if (run.status != 0)
        return run;
    if (sizes.header_size > length || sizes.header_size > PKR_DELTA_SIZES_MAX)
        ck_abort_msg("sizes of %zu bytes in a delta of %zu", sizes.header_size, length);
    if (sizes.base != base_size) {
        run.status = PACKREAD_ERROR_MISMATCH;
        run.text = "another base size";
        return run;
    }
    measure = pkr_delta_measure(delta, length, &sizes, NULL, &measured);
    if (sizes.result > DELTA_RUN_ROOM) {
        run.status = measure ? measure : PACKREAD_ERROR_BUDGET;
        run.text = measure ? measured : "too big";
        return run;
    }
    result = at(&of_result, NULL, (size_t)sizes.result);
    run.status = pkr_delta_apply(delta, length, &sizes, base, result, NULL, &run.text);
    if (run.status == 0 && measure != 0)
        ck_abort_msg("applied, but not measured: %s", measured);
    if (run.status != 0 && measure == 0 && strcmp(run.text, DELTA_OUTSIDE) != 0)
        ck_abort_msg("measured, but not applied: %s", run.text);
    if ((run.status != 0) != (run.text != NULL))
        ck_abort_msg("status and text do not agree");
    run.result = result;
    run.size = (size_t)sizes.result;
    return run;
}

struct delta_run delta_run(const void *delta, size_t length, const void *base, size_t base_size)
{
    struct delta_run first = run_at(guard_at_start, delta, length, base, base_size);
    struct delta_run second;
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

void delta_gives(const struct packwriter_bytes *delta, const void *base, size_t base_size,
                 const void *expected, size_t size)
{
    struct delta_run run = delta_run(delta->data, delta->size, base, base_size);

    ck_assert_msg(run.status == 0, "%s", run.text);
    ck_assert_uint_eq(run.size, size);
    if (size)
        ck_assert_mem_eq(run.result, expected, size);
}

void delta_refuses(const struct packwriter_bytes *delta, const void *base, size_t base_size,
                   const char *why)
{
    struct delta_run run = delta_run(delta->data, delta->size, base, base_size);

    ck_assert_int_eq(run.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(run.text, why);
}

void delta_compare(const void *delta, size_t length, const unsigned char *base, size_t base_size)
{
    unsigned char *expected;
    uint64_t size = 0;
    enum naive_delta_answer answer =
        naive_delta_apply(delta, length, base, base_size, DELTA_RUN_ROOM, &expected, &size);
    struct delta_run run = delta_run(delta, length, base, base_size);

    if ((answer == NAIVE_DELTA_OK) != (run.status == 0))
        ck_abort_msg("naive: %d, library: %d %s", (int)answer, run.status,
                     run.text ? run.text : "");
    if (run.status == 0 && (run.size != size || memcmp(run.result, expected, run.size) != 0))
        ck_abort_msg("another result");
    if (answer == NAIVE_DELTA_OUTSIDE && strcmp(run.text, DELTA_OUTSIDE) != 0)
        ck_abort_msg("outside, but: %s", run.text);
    free(expected);
}

unsigned char *delta_noise(size_t size, uint64_t seed)
{
    struct packwriter_bytes bytes = {0};

    packwriter_bytes_add_noise(&bytes, size, seed);
    ck_assert_ptr_nonnull(bytes.data);
    return bytes.data;
}
