/* test_midx.c - multi-pack-indexes of every form beside a few packs: they say where an object is,
 * and nothing that they say can lose one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "midx_folder.h"
#include "samples.h"
#include "suite.h"

static struct midx_folder packs;

static void end(void)
{
    midx_folder_free(&packs);
}

static size_t hash_number(int number)
{
    return number % 2 ? PACKWRITER_SHA256 : PACKWRITER_SHA1;
}

/* Where an object is found. */
static uint32_t pack_of(packread_snapshot *snapshot, size_t pack, size_t object)
{
    packread_id id = midx_folder_id(&packs, pack, object);
    packread_reader *reader = sample_reader(snapshot);
    packread_location location;
    packread_error error;

    sample_good(packread_reader_find(reader, &id, &location, &error), &error);
    packread_reader_free(reader);
    return location.store;
}

/* ---- Forms ------------------------------------------------------------------------------------
 */

static const struct midxwriter_options forms[] = {
    {.version = 1},
    {.version = 2},
    {.version = 1, .order = true},
    {.version = 2, .order = true, .bitmaps = true, .preferred = 3},
    {.version = 1, .wide_from = 60},
    {.version = 2, .wide_from = 1, .more = "WHAT"},
};
#define FORMS (int)(sizeof forms / sizeof *forms)

START_TEST(every_form_is_read_and_right)
{
    packread_snapshot *snapshot;
    packread_midx_info info;

    midx_folder_make(&packs, hash_number(_i));
    midx_folder_put_plain(&packs, &forms[_i / 2]);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    ck_assert_uint_eq(packread_snapshot_midxes(snapshot), 1);
    info = midx_folder_info(snapshot, 0);
    ck_assert_uint_eq(info.version, forms[_i / 2].version);
    ck_assert_uint_eq(info.id_size, packs.hash);
    ck_assert_uint_eq(info.layer, 0);
    ck_assert_uint_eq(info.packs, MIDX_PACKS);
    ck_assert_uint_eq(info.packs_there, MIDX_PACKS);
    ck_assert_uint_eq(info.objects, MIDX_IDS);
    ck_assert_int_eq(info.has_order, forms[_i / 2].order);
    ck_assert_int_eq(info.has_bitmaps, forms[_i / 2].bitmaps);
    ck_assert(info.is_used);
    midx_folder_is_whole(&packs, snapshot, "plain");
    ck_assert_uint_eq(midx_folder_findings(snapshot), 0);
    packread_snapshot_free(snapshot);
    end();
}
END_TEST

START_TEST(versions_of_layers_may_mix)
{
    packread_snapshot *snapshot;

    midx_folder_make(&packs, hash_number(_i));
    midx_folder_put_two_layers(&packs, 1 + (unsigned)_i / 4, 1 + (unsigned)_i / 2 % 2);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    ck_assert_uint_eq(packread_snapshot_midxes(snapshot), 2);
    ck_assert(midx_folder_info(snapshot, 0).is_used && midx_folder_info(snapshot, 1).is_used);
    ck_assert_uint_eq(midx_folder_info(snapshot, 0).layer, 1);
    ck_assert_uint_eq(midx_folder_info(snapshot, 1).layer, 2);
    ck_assert_uint_eq(midx_folder_info(snapshot, 0).objects + midx_folder_info(snapshot, 1).objects,
                      MIDX_IDS);
    midx_folder_is_whole(&packs, snapshot, "chain");
    ck_assert_uint_eq(midx_folder_findings(snapshot), 0);
    packread_snapshot_free(snapshot);
    end();
}
END_TEST

START_TEST(names_of_version_2_come_in_any_order)
{
    struct packwriter_bytes bytes = {0};
    struct midxwriter_options options = {.version = 2, .order = true, .bitmaps = true};
    packread_snapshot *snapshot;
    struct midxwriter_pack turned[MIDX_PACKS];

    midx_folder_make(&packs, PACKWRITER_SHA1);
    for (size_t i = 0; i < MIDX_PACKS; i++)
        turned[i] = packs.named[MIDX_PACKS - 1 - i];
    midxwriter_write(&bytes, packs.hash, turned, MIDX_PACKS, &options);
    midx_folder_put("multi-pack-index", &bytes);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    midx_folder_is_whole(&packs, snapshot, "turned round");
    ck_assert_uint_eq(midx_folder_findings(snapshot), 0);
    /* Of the object that all have the first pack's copy is named: the last by name. */
    ck_assert_uint_eq(pack_of(snapshot, 0, MIDX_OBJECTS - 2), MIDX_PACKS - 1);
    packread_snapshot_free(snapshot);
    bytes.data[4] = 1; /* version 1 has them rising */
    packwriter_bytes_resum(&bytes, packs.hash);
    midx_folder_put("multi-pack-index", &bytes);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_str_eq(packread_snapshot_problem(snapshot, 0)->text,
                     "names in the multi-pack-index do not rise");
    midx_folder_is_whole(&packs, snapshot, "not rising");
    packread_snapshot_free(snapshot);
    packwriter_bytes_free(&bytes);
    end();
}
END_TEST

/* ---- What is asked first ----------------------------------------------------------------------
 */

START_TEST(the_pack_that_is_named_is_asked_first)
{
    const struct midxwriter_options options = {.preferred = 3};
    packread_snapshot *snapshot;

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midx_folder_put_plain(&packs, &options);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(pack_of(snapshot, 0, MIDX_OBJECTS - 2), 2);
    ck_assert_uint_eq(pack_of(snapshot, 0, MIDX_OBJECTS - 1), 0);
    packread_snapshot_free(snapshot);
    end();
}
END_TEST

/* The newest layer that has an id is asked, and a plain file before any chain. */
START_TEST(a_plain_one_wins_over_a_chain)
{
    const struct midxwriter_options options = {.preferred = 2};
    packread_snapshot *snapshot;
    char *path;

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midx_folder_put_two_layers(&packs, 1, 2);
    midx_folder_put_plain(&packs, &options);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_midxes(snapshot), 1);
    ck_assert_uint_eq(pack_of(snapshot, 0, MIDX_OBJECTS - 2), 1);
    path = suite_scratch_path("multi-pack-index");
    ck_assert_int_eq(unlink(path), 0);
    free(path);
    packread_snapshot_free(snapshot);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_midxes(snapshot), 2);
    ck_assert_uint_eq(pack_of(snapshot, 0, MIDX_OBJECTS - 2), 0);
    packread_snapshot_free(snapshot);
    end();
}
END_TEST

/* A damaged copy that comes first by a hint hides no other: each is tried, and none twice. */
START_TEST(copies_in_other_packs_are_read_where_the_named_one_is_damaged)
{
    const struct midxwriter_options options = {.preferred = (size_t)_i + 1};
    packread_id id;
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_object object;
    packread_error error;

    midx_folder_make(&packs, PACKWRITER_SHA1);
    id = midx_folder_id(&packs, 0, MIDX_OBJECTS - 2);
    midx_folder_put_plain(&packs, &options);
    for (size_t i = 0; i < MIDX_PACKS; i++) {
        struct packwriter_entry *entry = &packs.packs[i].entries[MIDX_OBJECTS - 2];
        char name[20];

        if (i == (size_t)(_i + 2) % MIDX_PACKS)
            continue; /* all but one are damaged */
        packs.packs[i].bytes.data[entry->offset + entry->disk_size - 1] ^= 1;
        packwriter_bytes_resum(&packs.packs[i].bytes, packs.hash);
        snprintf(name, sizeof name, "pack-%d.pack", (int)i);
        midx_folder_put(name, &packs.packs[i].bytes);
    }
    snapshot = midx_folder_open(NULL);
    reader = sample_reader(snapshot);
    for (int twice = 0; twice < 2; twice++) {
        sample_good(packread_reader_read(reader, &id, &object, &error), &error);
        ck_assert(sample_hashes_to(&id, object.type, object.data, object.size));
    }
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    end();
}
END_TEST

/* ---- Coming and going -------------------------------------------------------------------------
 */

START_TEST(one_that_comes_is_used_and_one_that_goes_is_not)
{
    const struct midxwriter_options options = {.preferred = 4};
    packread_snapshot *snapshot;
    packread_error error;
    char *path = suite_scratch_path("multi-pack-index");
    bool changed = true;

    midx_folder_make(&packs, PACKWRITER_SHA1);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_midxes(snapshot), 0);
    ck_assert_uint_eq(pack_of(snapshot, 0, MIDX_OBJECTS - 2), 0);
    midx_folder_put_plain(&packs, &options);
    sample_good(packread_snapshot_refresh(snapshot, &changed, &error), &error);
    ck_assert(!changed); /* the packs are the same */
    ck_assert_uint_eq(packread_snapshot_midxes(snapshot), 1);
    ck_assert_uint_eq(pack_of(snapshot, 0, MIDX_OBJECTS - 2), 3);
    midx_folder_is_whole(&packs, snapshot, "came");
    ck_assert_int_eq(unlink(path), 0);
    sample_good(packread_snapshot_refresh(snapshot, &changed, &error), &error);
    ck_assert(!midx_folder_info(snapshot, 0).is_used);
    ck_assert_uint_eq(pack_of(snapshot, 0, MIDX_OBJECTS - 2), 0);
    ck_assert_int_eq(packread_verify_midx(snapshot, 0, NULL, NULL, &error), PACKREAD_ERROR_CHANGED);
    midx_folder_is_whole(&packs, snapshot, "went");
    packread_snapshot_free(snapshot);
    free(path);
    end();
}
END_TEST

/* A pack that it names and that is gone leaves what else there is. */
START_TEST(packs_that_are_gone_are_passed_by)
{
    packread_snapshot *snapshot;
    packread_midx_info info;
    char *pack = suite_scratch_path("pack-1.pack");
    char *index = suite_scratch_path("pack-1.idx");

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midx_folder_put_plain(&packs, &(struct midxwriter_options){.preferred = 2});
    ck_assert_int_eq(unlink(pack), 0);
    ck_assert_int_eq(unlink(index), 0);
    snapshot = midx_folder_open(NULL);
    info = midx_folder_info(snapshot, 0);
    ck_assert_uint_eq(info.packs, MIDX_PACKS);
    ck_assert_uint_eq(info.packs_there, MIDX_PACKS - 1);
    ck_assert_uint_eq(pack_of(snapshot, 0, MIDX_OBJECTS - 2), 0);
    ck_assert_uint_eq(midx_folder_findings(snapshot), 1);
    packread_snapshot_free(snapshot);
    free(pack);
    free(index);
    end();
}
END_TEST

/* ---- What stands beside packs ------------------------------------------------------------------
 */

START_TEST(what_stands_beside_a_pack_is_told)
{
    static const char *const endings[] = {"rev", "mtimes", "keep", "promisor", "bitmap"};
    packread_snapshot *snapshot;
    char *path;

    midx_folder_make(&packs, PACKWRITER_SHA1);
    for (int i = 0; i < 5; i++) {
        char name[30];

        snprintf(name, sizeof name, "pack-%d.%s", i % MIDX_PACKS, endings[i]);
        midx_folder_put(name, &(struct packwriter_bytes){0});
    }
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    for (size_t i = 0; i < MIDX_PACKS; i++) {
        packread_pack_info pack = {.struct_size = sizeof pack};

        ck_assert_int_eq(packread_snapshot_pack(snapshot, i, &pack), 0);
        ck_assert(pack.has_rev == (i == 0) && pack.has_mtimes == (i == 1));
        ck_assert(pack.has_keep == (i == 2) && pack.has_promisor == (i == 3));
        ck_assert(pack.has_bitmap == (i == 0));
    }
    packread_snapshot_free(snapshot);
    path = suite_scratch_path("pack-0.pack");
    snapshot = sample_open(path, NULL);
    for (int i = 0; i < 1; i++) {
        packread_pack_info pack = {.struct_size = sizeof pack};

        ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &pack), 0);
        ck_assert(pack.has_rev && pack.has_bitmap && !pack.has_keep && !pack.has_mtimes);
    }
    packread_snapshot_free(snapshot);
    free(path);
    end();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("multi-pack-indexes");
    TCase *cases = tcase_create("forms");

    tcase_add_loop_test(cases, every_form_is_read_and_right, 0, 2 * FORMS);
    tcase_add_loop_test(cases, versions_of_layers_may_mix, 0, 8);
    tcase_add_test(cases, names_of_version_2_come_in_any_order);
    suite_add_tcase(suite, cases);
    cases = tcase_create("first");
    tcase_add_test(cases, the_pack_that_is_named_is_asked_first);
    tcase_add_test(cases, a_plain_one_wins_over_a_chain);
    tcase_add_loop_test(cases, copies_in_other_packs_are_read_where_the_named_one_is_damaged, 0,
                        MIDX_PACKS);
    suite_add_tcase(suite, cases);
    cases = tcase_create("changes");
    tcase_add_test(cases, one_that_comes_is_used_and_one_that_goes_is_not);
    tcase_add_test(cases, packs_that_are_gone_are_passed_by);
    tcase_add_test(cases, what_stands_beside_a_pack_is_told);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
