/* test_index_shortage.c - a pack that is whole, but has objects that there is no room to check,
 * gets no index, and with salvage one without them: as good as damaged they are not called. With
 * room it gets the right one. */
#include <stdlib.h>
#include <string.h>

#include "delta_run.h"
#include "derive_run.h"
#include "made_pack.h"
#include "samples.h"
#include "suite.h"

#define KIB 1024u
#define BASE (900 * KIB) /* with 1 MiB in all, too much to hold */
#define RESULT (BASE - 1)

static const packread_options tight = {.memory_limit = 1024 * KIB, .window_size = 64 * KIB};

/* A large blob; a large delta on it; a delta on that one's id; a small blob. */
static void make(struct packwriter_pack *pack)
{
    unsigned char *base = delta_noise(BASE, 1);
    struct packwriter_bytes delta = {0};
    uint8_t id[PACKWRITER_SHA1];
    size_t large;

    made_pack_begin(pack);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, base, BASE, 0);
    packwriter_delta_begin(&delta, BASE, RESULT);
    for (uint32_t at = 0; at < RESULT; at += 50 * KIB)
        packwriter_delta_copy(&delta, at,
                              RESULT - at < 50 * KIB ? (uint32_t)RESULT - at : 50 * KIB);
    large = packwriter_pack_add_ofs_delta(pack, 0, &delta, base, RESULT, 1);
    delta.size = 0;
    packwriter_delta_begin(&delta, RESULT, 5);
    packwriter_delta_copy(&delta, 0, 5);
    memcpy(id, pack->entries[large].id, sizeof id);
    packwriter_pack_add_ref_delta(pack, id, PACKWRITER_BLOB, &delta, base, 5, 1);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, "small\n", 6, 1);
    packwriter_bytes_free(&delta);
    free(base);
}

/* `others`: rows of the index that was written; 0: none was. */
static void is_not_damage(const derived *result, uint64_t others)
{
    ck_assert_int_eq(result->status, PACKREAD_ERROR_TEMPORARY);
    ck_assert_uint_ge(result->error.needed, BASE);
    ck_assert_str_eq(result->error.file, "/nowhere/at/all");
    ck_assert_uint_eq(result->writes > 0, others > 0);
    ck_assert(result->summary.written == (others > 0));
    ck_assert_uint_eq(result->summary.objects, others);
    /* What hangs on it is not said to lack its base. */
    for (size_t i = 0; i < result->count; i++)
        ck_assert_int_ne(result->findings[i].error->code, PACKREAD_ERROR_THIN);
}

START_TEST(without_disk_for_it_no_index_has_it)
{
    const derive_how how = {.library = tight, .threads = 1 + (unsigned)_i / 2, .salvage = _i % 2};
    const derive_how roomy = {.threads = 1};
    struct packwriter_pack pack = {0};
    derived result;
    derived wanted;
    char *path;

    make(&pack);
    path = sample_save(&pack, "pack-tight", NULL);
    ck_assert_int_eq(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
    result = derive(path, &how);
    is_not_damage(&result, how.salvage ? 2 : 0);
    ck_assert_uint_eq(result.count, 2);
    derived_free(&result);
    ck_assert_int_eq(setenv("TMPDIR", suite_scratch(), 1), 0);
    result = derive(path, &how);
    sample_good(result.status, &result.error);
    ck_assert_uint_eq(result.summary.objects, 4);
    wanted = derive(path, &roomy);
    sample_good(wanted.status, &wanted.error);
    ck_assert_uint_eq(result.index.size, wanted.index.size);
    ck_assert_mem_eq(result.index.data, wanted.index.data, wanted.index.size);
    derived_free(&result);
    derived_free(&wanted);
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

/* Damage beside it does not make it damage. */
START_TEST(nor_where_something_else_is_damaged)
{
    const derive_how how = {.library = tight, .threads = 1, .salvage = true};
    struct packwriter_pack pack = {0};
    derived result;
    char *path;

    make(&pack);
    made_pack_damage(&pack, 3);
    path = sample_save(&pack, "pack-tight", NULL);
    ck_assert_int_eq(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
    result = derive(path, &how);
    is_not_damage(&result, 1);
    ck_assert_ptr_nonnull(
        derived_find(&result, PACKREAD_ERROR_CORRUPT, pack.entries[3].offset, NULL));
    derived_free(&result);
    ck_assert_int_eq(setenv("TMPDIR", suite_scratch(), 1), 0);
    result = derive(path, &how);
    ck_assert_int_eq(result.status, PACKREAD_ERROR_CORRUPT);
    ck_assert(result.summary.written);
    ck_assert_uint_eq(result.summary.objects, 3);
    derived_free(&result);
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("index_shortage");
    TCase *all = tcase_create("all");

    tcase_add_loop_test(all, without_disk_for_it_no_index_has_it, 0, 4);
    tcase_add_test(all, nor_where_something_else_is_damaged);
    suite_add_tcase(suite, all);
    return suite_run(suite);
}
