/* test_listing_untold.c - what a listing says of objects that it cannot tell: each is visited once,
 * with its error, whatever becomes of its row meanwhile, and the call returns the first of them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "made_pack.h"
#include "suite.h"

#define OBJECTS 300 /* more than are taken from an index at a time */

/* A pack whose index changes at the first visit. */
typedef struct victim {
    sample_place at;
    char *index;
    int file;
    packread_id ids[OBJECTS];
    unsigned seen[OBJECTS];
    size_t count;
    size_t errors;
    packread_error first;
    uint32_t row; /* whose offset changes */
    uint32_t offset;
    bool changes;
} victim;

static int compare_ids(const void *left, const void *right)
{
    return packread_id_compare(left, right);
}

static void put_offset(const victim *of, uint32_t offset)
{
    const unsigned char bytes[] = {(unsigned char)(offset >> 24), (unsigned char)(offset >> 16),
                                   (unsigned char)(offset >> 8), (unsigned char)offset};

    ck_assert_int_eq(pwrite(of->file, bytes, 4, 1032 + OBJECTS * 24 + (off_t)of->row * 4), 4);
}

static victim make_victim(uint32_t row, enum packread_io io)
{
    const packread_options options = {.io = io};
    struct packwriter_pack pack = {0};
    victim made = {.index = suite_scratch_path("pack-victim.idx"), .row = row};
    unsigned char bytes[4];
    char *path;

    made_pack_begin(&pack);
    for (size_t i = 0; i < OBJECTS; i++) {
        char text[40];
        int size = snprintf(text, sizeof text, "object %zu\n", i);

        packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text, (size_t)size, 1);
        made.ids[i] = made_pack_id(&pack, i);
    }
    qsort(made.ids, OBJECTS, sizeof *made.ids, compare_ids);
    path = sample_save(&pack, "pack-victim", NULL);
    packwriter_pack_free(&pack);
    made.file = open(made.index, O_RDWR);
    ck_assert_int_ge(made.file, 0);
    ck_assert_int_eq(pread(made.file, bytes, 4, 1032 + OBJECTS * 24 + (off_t)row * 4), 4);
    made.offset =
        (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    made.at = sample_place_at(path, &options);
    return made;
}

static void free_victim(victim *of)
{
    sample_place_close(&of->at);
    close(of->file);
    free(of->index);
}

static int take(void *context, const packread_info *info, const packread_error *error)
{
    victim *of = context;
    const packread_id *found = bsearch(&info->id, of->ids, OBJECTS, sizeof *of->ids, compare_ids);

    ck_assert_ptr_nonnull(found);
    of->seen[found - of->ids]++;
    if (error && of->errors++ == 0)
        of->first = *error;
    if (!error)
        ck_assert(info->type == PACKREAD_BLOB && info->size > 0);
    if (of->count++ == 0 && of->changes)
        put_offset(of, of->offset);
    return 0;
}

/* Every object once; the call returns the first error that was told. */
static void list(victim *of, enum packread_order order, unsigned want)
{
    packread_list_options options = {.order = order, .want = want};
    packread_error error = {0};
    int status;

    of->count = of->errors = 0;
    memset(of->seen, 0, sizeof of->seen);
    status = packread_reader_list(of->at.reader, &options, take, of, &error);
    for (size_t i = 0; i < OBJECTS; i++)
        ck_assert_uint_eq(of->seen[i], 1);
    ck_assert_int_eq(status, of->errors ? of->first.code : 0);
    if (of->errors) {
        ck_assert_int_eq(packread_id_compare(&error.id, &of->first.id), 0);
        ck_assert_str_eq(error.text, of->first.text);
    }
}

/* Rows in the first lot that is taken from an index, and behind it. */
static const uint32_t rows[] = {1, 30, 150, OBJECTS - 1};
static const enum packread_io ios[] = {PACKREAD_IO_MMAP, PACKREAD_IO_PREAD};
#define ROWS 4
#define WAYS (ROWS * 4)

START_TEST(a_row_that_becomes_readable_while_it_waits_is_told_once)
{
    victim of = make_victim(rows[_i % ROWS], ios[_i / ROWS % 2]);

    put_offset(&of, 0x7fffffff);
    of.changes = true;
    list(&of, _i / ROWS / 2 ? PACKREAD_BY_OFFSET : PACKREAD_BY_ID,
         PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE);
    ck_assert_uint_le(of.errors, 1);
    free_victim(&of);
}
END_TEST

START_TEST(a_row_that_becomes_unreadable_while_it_waits_is_told_once)
{
    victim of = make_victim(rows[_i % ROWS], ios[_i / ROWS % 2]);

    of.offset = 0x7fffffff;
    of.changes = true;
    list(&of, _i / ROWS / 2 ? PACKREAD_BY_OFFSET : PACKREAD_BY_ID,
         PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE);
    ck_assert_uint_le(of.errors, 1);
    free_victim(&of);
}
END_TEST

START_TEST(a_listing_that_cannot_tell_an_object_returns_its_error)
{
    victim of = make_victim(rows[_i % ROWS], PACKREAD_IO_MMAP);

    put_offset(&of, 0x7fffffff);
    list(&of, _i / ROWS ? PACKREAD_BY_OFFSET : PACKREAD_BY_ID,
         PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE);
    ck_assert_uint_eq(of.errors, 1);
    ck_assert_int_eq(of.first.code, PACKREAD_ERROR_CORRUPT);
    put_offset(&of, of.offset);
    free_victim(&of);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("listing, untold");
    TCase *tests = tcase_create("untold");

    tcase_add_loop_test(tests, a_row_that_becomes_readable_while_it_waits_is_told_once, 0, WAYS);
    tcase_add_loop_test(tests, a_row_that_becomes_unreadable_while_it_waits_is_told_once, 0, WAYS);
    tcase_add_loop_test(tests, a_listing_that_cannot_tell_an_object_returns_its_error, 0, 2 * ROWS);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
