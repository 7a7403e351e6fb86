/* test_growing.c - an object past the size that is trusted: its memory follows the bytes that come,
 * and where others hold the rest of the budget by then, the error says what the whole takes. */
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"

#define MIB ((size_t)1 << 20)
#define HELD (10 * MIB)
#define GROWS (30 * MIB) /* 16 MiB at first */

static struct packwriter_pack pack;
static char *path;

static void make(void)
{
    unsigned char *bytes = calloc(1, GROWS);

    ck_assert_ptr_nonnull(bytes);
    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, bytes, HELD, 1);
    for (size_t i = 0; i < GROWS; i += 1 << 12)
        bytes[i] = (unsigned char)(i >> 12);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, bytes, GROWS, 1);
    made_pack_add_line(&pack, 0);
    path = sample_save(&pack, "pack-growing", NULL);
    free(bytes);
}

static void unmake(void)
{
    packwriter_pack_free(&pack);
    free(path);
}

static int read_entry(packread_reader *reader, size_t entry, packread_error *error)
{
    packread_id id = made_pack_id(&pack, entry);
    packread_object object;
    int status;

    memset(error, 0, sizeof *error);
    status = packread_reader_read(reader, &id, &object, error);
    if (status == 0) {
        ck_assert_uint_eq(object.size, pack.entries[entry].size);
        ck_assert(sample_hashes_to(&id, object.type, object.data, object.size));
    } else {
        ck_assert_int_eq(packread_id_compare(&error->id, &id), 0);
    }
    return status;
}

/* Half of the limit is for objects: 40 MiB. */
START_TEST(what_another_reader_holds_is_not_there_to_grow_into)
{
    const packread_options options = {.memory_limit = 80 * MIB};
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_reader *first = sample_reader(snapshot);
    packread_reader *second = sample_reader(snapshot);
    packread_error error;

    sample_good(read_entry(first, 0, &error), &error);
    ck_assert_int_eq(read_entry(second, 1, &error), PACKREAD_ERROR_BUDGET);
    ck_assert_uint_ge(error.needed, 2 * (HELD + GROWS));
    ck_assert_uint_le(error.needed, 2 * (HELD + GROWS) + 4 * MIB);
    sample_good(read_entry(second, 2, &error), &error);
    sample_good(read_entry(first, 2, &error), &error); /* lets go of what it held */
    sample_good(read_entry(second, 1, &error), &error);
    packread_reader_free(second);
    packread_reader_free(first);
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(an_object_that_grows_is_right_and_takes_what_it_says)
{
    packread_options options = {.memory_limit = 40 * MIB};
    packread_error error;

    for (int tries = 0; tries < 2; tries++) {
        packread_snapshot *snapshot = sample_open(path, &options);
        packread_reader *reader = sample_reader(snapshot);
        int status = read_entry(reader, 1, &error);

        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
        ck_assert_int_eq(status, tries == 0 ? PACKREAD_ERROR_BUDGET : 0);
        options.memory_limit = error.needed;
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("growing");
    TCase *cases = tcase_create("growing");

    tcase_add_unchecked_fixture(cases, make, unmake);
    tcase_add_test(cases, what_another_reader_holds_is_not_there_to_grow_into);
    tcase_add_test(cases, an_object_that_grows_is_right_and_takes_what_it_says);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
