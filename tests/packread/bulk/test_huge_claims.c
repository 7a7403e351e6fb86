/* test_huge_claims.c - one entry of a few bytes that claims more than any memory has costs a pack
 * without an index that object and what is built on it, and nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "derive_run.h"
#include "made_pack.h"
#include "samples.h"
#include "suite.h"

#define BASE ((size_t)65536)
#define COPIES ((size_t)200000)
#define CLAIM ((uint64_t)BASE * COPIES) /* 13 GB */
#define INTACT 2

/* Instructions that give CLAIM bytes; as each is for a base of BASE bytes, those for a smaller one
 * lead outside it. */
static void make_delta(struct packwriter_bytes *delta, uint64_t base, size_t copies)
{
    packwriter_delta_begin(delta, base, CLAIM);
    for (size_t i = 0; i < copies; i++)
        packwriter_delta_copy_as(delta, 0x80, 0, 0x10000);
}

static size_t add_delta(struct packwriter_pack *pack, size_t base,
                        const struct packwriter_bytes *delta, uint64_t size, unsigned char mark)
{
    const uint64_t distance = packwriter_pack_size(pack) - pack->entries[base].offset;
    uint8_t id[PACKWRITER_HASH_MAX] = {0xee, mark};

    packwriter_pack_begin_entry(pack);
    packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_OFS_DELTA, delta->size);
    packwriter_bytes_add_distance(&pack->bytes, distance);
    packwriter_bytes_add_deflated(&pack->bytes, delta->data, delta->size, 9);
    return packwriter_pack_end_entry_as(pack, PACKWRITER_BLOB, size, id);
}

/* What is said of the huge delta: that it is damaged, or that there is no room for it. */
static const struct {
    uint64_t base_size;
    size_t copies;
    int code;
    const char *text;
} kinds[] = {
    {BASE, COPIES, PACKREAD_ERROR_BUDGET, "the memory limit has no room for this object"},
    {BASE, COPIES - 1, PACKREAD_ERROR_CORRUPT, "delta gives less than its result size"},
    {BASE, COPIES + 1, PACKREAD_ERROR_CORRUPT, "delta gives more than its result size"},
    {5, COPIES, PACKREAD_ERROR_CORRUPT, "delta copies from outside its base"},
};
#define KINDS ((int)(sizeof kinds / sizeof kinds[0]))

/* 0 a base; 1 the huge delta on it; 2 a small one on that; 3 a blob. */
static char *save(struct packwriter_pack *pack, int kind)
{
    struct packwriter_bytes delta = {0};
    char *base = calloc(1, BASE);

    made_pack_begin(pack);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, base, (size_t)kinds[kind].base_size, 9);
    make_delta(&delta, kinds[kind].base_size, kinds[kind].copies);
    add_delta(pack, 0, &delta, CLAIM, 1);
    packwriter_delta_begin(&delta, CLAIM, 5);
    packwriter_delta_copy(&delta, 0, 5);
    add_delta(pack, 1, &delta, 5, 2);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, "hello", 5, 9);
    packwriter_bytes_free(&delta);
    free(base);
    return sample_save(pack, "pack-huge", NULL);
}

static int count(void *context, const packread_info *info, const packread_error *error)
{
    (void)info;
    ck_assert_ptr_null(error);
    ++*(size_t *)context;
    return 0;
}

static void is_told(const packread_snapshot *snapshot, const char *path, int code)
{
    const packread_error *problem;

    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    problem = packread_snapshot_problem(snapshot, 0);
    ck_assert_int_eq(problem->code, code);
    ck_assert_str_eq(problem->file, path);
    if (code == PACKREAD_ERROR_BUDGET) {
        ck_assert_uint_ge(problem->needed, CLAIM);
        ck_assert_ptr_nonnull(strstr(problem->text, "the index made from the pack has 2 of 4"));
    }
}

static const uint64_t limits[] = {0, (uint64_t)16 << 20};

START_TEST(all_others_are_served)
{
    const int kind = _i / 2;
    const packread_options options = {.memory_limit = limits[_i % 2]};
    const packread_list_options listed = {.struct_size = sizeof listed};
    struct packwriter_pack pack = {0};
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_object object;
    packread_error error;
    packread_id id;
    size_t rows = 0;
    char *path = save(&pack, kind);
    char *index = suite_scratch_path("pack-huge.idx");

    ck_assert_int_eq(remove(index), 0);
    free(index);
    sample_good(packread_snapshot_open(path, &options, &snapshot, &error), &error);
    is_told(snapshot, path, kinds[kind].code);
    sample_good(packread_reader_new(snapshot, &reader, &error), &error);
    sample_good(packread_reader_list(reader, &listed, count, &rows, &error), &error);
    ck_assert_uint_eq(rows, INTACT);
    id = made_pack_id(&pack, 3);
    sample_good(packread_reader_read(reader, &id, &object, &error), &error);
    ck_assert_uint_eq(object.size, 5);
    ck_assert_mem_eq(object.data, "hello", 5);
    /* Whether the pack has another one is not known. */
    id = made_pack_text_id("nowhere");
    ck_assert_int_eq(packread_reader_read(reader, &id, &object, &error), PACKREAD_ERROR_DOUBTFUL);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

START_TEST(an_index_without_it_is_only_written_if_asked_for)
{
    const int kind = _i / 2;
    derive_how how = {.library = {.memory_limit = limits[_i % 2]}, .threads = 1};
    struct packwriter_pack pack = {0};
    const packread_finding *finding;
    derived result;
    char *path = save(&pack, kind);

    for (int salvage = 0; salvage < 2; salvage++) {
        how.salvage = salvage;
        result = derive(path, &how);
        ck_assert_int_eq(result.status, kinds[kind].code);
        finding = derived_find(&result, kinds[kind].code, pack.entries[1].offset, kinds[kind].text);
        ck_assert_ptr_nonnull(finding);
        ck_assert_uint_eq(finding->dependents, 1);
        ck_assert(result.summary.written == salvage);
        ck_assert((result.writes > 0) == salvage);
        if (salvage)
            ck_assert_uint_eq(result.summary.objects, INTACT);
        derived_free(&result);
    }
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

/* Whoever has its row is told the same, and no memory is asked for where it is damaged. */
START_TEST(read_by_its_row_it_is_what_it_is)
{
    struct packwriter_pack pack = {0};
    packread_object object;
    packread_error error;
    packread_id id;
    sample_place place = sample_place_at(save(&pack, _i), NULL);

    id = made_pack_id(&pack, 1);
    ck_assert_int_eq(packread_reader_read(place.reader, &id, &object, &error), kinds[_i].code);
    ck_assert_str_eq(error.text, kinds[_i].text);
    sample_place_close(&place);
    packwriter_pack_free(&pack);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("huge claims");
    TCase *all = tcase_create("all");

    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, all_others_are_served, 0, 2 * KINDS);
    tcase_add_loop_test(all, an_index_without_it_is_only_written_if_asked_for, 0, 2 * KINDS);
    tcase_add_loop_test(all, read_by_its_row_it_is_what_it_is, 0, KINDS);
    suite_add_tcase(suite, all);
    return suite_run(suite);
}
