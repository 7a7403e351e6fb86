/* test_faults_growing.c - the system has no more pages while an object's memory follows the bytes
 * that come: where windows can be given instead it is tried once more; else the object is an error,
 * what was taken goes back, and the next read has it. */
#include "faults.h"
#include "made_pack.h"
#include "suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SIZE ((size_t)17 << 20) /* 16 MiB at first */

/* Pages; and what they are with AddressSanitizer. */
static const enum fault_call calls[] = {FAULT_MMAP, FAULT_REALLOC, FAULT_MALLOC};

START_TEST(pages_that_are_refused_are_told_and_nothing_is_lost)
{
    /* Room for it once: what a failure kept would show. */
    const packread_options options = {.io = PACKREAD_IO_PREAD, .memory_limit = 35 << 20};
    unsigned char *bytes = calloc(1, SIZE);
    struct packwriter_pack pack = {0};
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_object object;
    packread_error error;
    packread_id id;
    enum fault_mode mode = FAULT_ONCE;
    uint64_t refused = 0;
    uint64_t helped = 0;
    uint64_t nth = 1;
    size_t way = 0;
    char *path;

    ck_assert_ptr_nonnull(bytes);
    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, bytes, SIZE, 1);
    free(bytes);
    path = sample_save(&pack, "pack-growing", NULL);
    id = made_pack_id(&pack, 0);
    while (way < sizeof calls / sizeof *calls) {
        struct fault_held before = fault_held();
        struct fault_held after;
        uint64_t failures;
        int status;

        snapshot = sample_open(path, &options);
        reader = sample_reader(snapshot);
        fault_arm(calls[way], ENOMEM, mode, nth++);
        memset(&error, 0, sizeof error);
        status = packread_reader_read(reader, &id, &object, &error);
        failures = fault_failures();
        fault_disarm();
        helped += failures > 0 && status == 0;
        refused += failures > 0 && status != 0;
        if (status != 0) {
            ck_assert_int_eq(status, PACKREAD_ERROR_MEMORY);
            ck_assert_int_eq(error.code, PACKREAD_ERROR_MEMORY);
            sample_good(packread_reader_read(reader, &id, &object, &error), &error);
        }
        ck_assert(sample_hashes_to(&id, object.type, object.data, object.size));
        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
        after = fault_held();
        ck_assert_ptr_null(fault_held_differs(&before, &after));
        if (failures == 0) {
            way += mode == FAULT_ON;
            mode = mode == FAULT_ON ? FAULT_ONCE : FAULT_ON;
            nth = 1;
        }
    }
    /* The first pages, and those that it grew into. */
    ck_assert_uint_ge(refused, 2);
    ck_assert_uint_ge(helped, 1);
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults: growing");
    TCase *cases = tcase_create("growing");

    tcase_add_test(cases, pages_that_are_refused_are_told_and_nothing_is_lost);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
