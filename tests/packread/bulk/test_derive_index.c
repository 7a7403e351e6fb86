/* test_derive_index.c - the index derived from a pack alone is the one that belongs to it, whatever
 * the order of bases and deltas; and what verify says of a pack alone is what it says with the
 * index.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "derive_run.h"
#include "samples.h"
#include "suite.h"

/* ---- What is good ------------------------------------------------------------------------------
 */

static void load(const char *path, struct packwriter_bytes *bytes)
{
    FILE *file = fopen(path, "rb");
    unsigned char piece[65536];
    size_t size;

    ck_assert_msg(file != NULL, "%s: cannot be read", path);
    while ((size = fread(piece, 1, sizeof piece, file)) > 0)
        packwriter_bytes_add(bytes, piece, size);
    fclose(file);
}

static void is_the_same(const struct packwriter_bytes *left, const struct packwriter_bytes *right)
{
    ck_assert_uint_eq(left->size, right->size);
    ck_assert_int_eq(memcmp(left->data, right->data, left->size), 0);
}

/* Verify of the pack by its bytes alone, beside verify with its index. */
static void verdicts_are_equal(packread_snapshot *with, size_t number, const char *path)
{
    packread_options options = {.flags = PACKREAD_WITHOUT_INDEX};
    packread_snapshot *without = sample_open(path, &options);
    packread_verify_summary one = {.struct_size = sizeof one};
    packread_verify_summary other = {.struct_size = sizeof other};
    packread_error error;

    memset(&error, 0, sizeof error);
    sample_good(packread_verify(with, number, NULL, &one, &error), &error);
    sample_good(packread_verify(without, 0, NULL, &other, &error), &error);
    ck_assert_uint_eq(one.objects, other.objects);
    ck_assert_uint_eq(one.bytes, other.bytes);
    ck_assert_uint_eq(one.chains, other.chains);
    ck_assert_uint_eq(one.depth, other.depth);
    ck_assert_uint_eq(other.findings, 0);
    packread_snapshot_free(without);
}

START_TEST(good_fixtures_get_the_index_that_they_have)
{
    const sample *of = &samples[_i];
    char *path = sample_path(of, NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);

    for (size_t pack = 0; pack < packread_snapshot_packs(snapshot); pack++) {
        packread_pack_info info = {.struct_size = sizeof info};
        struct packwriter_bytes index = {0};
        derived result = {0};

        ck_assert_int_eq(packread_snapshot_pack(snapshot, pack, &info), 0);
        load(info.index_path, &index);
        result = derive(info.path, &(derive_how){.version = info.index_version,
                                                 .threads = (unsigned)pack % 3 + 1});
        sample_good(result.status, &result.error);
        ck_assert_uint_eq(result.count, 0);
        ck_assert(result.summary.written);
        ck_assert_uint_eq(result.summary.objects, info.objects);
        ck_assert_uint_eq(result.done, info.objects);
        ck_assert_uint_eq(result.total, info.objects);
        ck_assert_int_eq(memcmp(result.summary.pack.bytes,
                                index.data + index.size - 2 * info.id_size, info.id_size),
                         0);
        /* The one index that git would not write. */
        if (!strstr(info.path, "index-64bit"))
            is_the_same(&result.index, &index);
        ck_assert_uint_eq(result.reverse.size, 12 + 4 * (size_t)info.objects + 2 * info.id_size);
        verdicts_are_equal(snapshot, pack, info.path);
        derived_free(&result);
        packwriter_bytes_free(&index);
    }
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

/* Objects are let go and built again, by way of bases that were named by id. */
START_TEST(a_small_memory_limit_changes_nothing)
{
    static const char *const places[] = {"repos/refdelta", "packs/chain-ref-later",
                                         "packs/chain-ofs", "packs/mixed-chain"};
    derive_how how = {.library = {.memory_limit = 3 << 20, .window_size = 16384}};
    char *path = sample_path(sample_find(places[_i]), NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);
    struct packwriter_bytes index = {0};
    packread_pack_info info = {.struct_size = sizeof info};

    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
    load(info.index_path, &index);
    for (how.threads = 1; how.threads <= 4; how.threads += 3) {
        derived result = derive(info.path, &how);

        sample_good(result.status, &result.error);
        is_the_same(&result.index, &index);
        derived_free(&result);
    }
    packwriter_bytes_free(&index);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

/* Offsets past 4 GiB, and a blob of that size; only where CHECK_LARGE is set. */
START_TEST(a_pack_past_4_gib_gets_the_index_that_it_has)
{
    struct packwriter_bytes index = {0};
    char path[4096];
    char index_path[4096];
    derived result;

    snprintf(path, sizeof path, "%s/special/sparse/pack/pack-sparse.pack", suite_fixtures());
    snprintf(index_path, sizeof index_path, "%s/special/sparse/pack/pack-sparse.idx",
             suite_fixtures());
    load(index_path, &index);
    result = derive(path, &(derive_how){.library = {.memory_limit = 64 << 20}});
    sample_good(result.status, &result.error);
    is_the_same(&result.index, &index);
    derived_free(&result);
    result = derive(path, &(derive_how){.version = 1});
    ck_assert_int_eq(result.status, PACKREAD_ERROR_UNSUPPORTED);
    ck_assert_uint_eq(result.writes, 0);
    derived_free(&result);
    packwriter_bytes_free(&index);
}
END_TEST

/* ---- Packs of our own --------------------------------------------------------------------------
 */

static void text_of(char text[64], size_t number)
{
    snprintf(text, 64, "what they have in common, and the number %zu\n", number);
}

static void add_whole(struct packwriter_pack *pack, size_t number)
{
    char text[64];

    text_of(text, number);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, text, strlen(text), 6);
}

static void id_of(size_t number, uint8_t id[PACKWRITER_HASH_MAX])
{
    char text[64];

    text_of(text, number);
    packwriter_hash_id(PACKWRITER_SHA1, PACKWRITER_BLOB, text, strlen(text), id);
}

/* A delta on the object `base`, named by id. */
static void add_ref(struct packwriter_pack *pack, size_t base, size_t number)
{
    struct packwriter_bytes delta = {0};
    uint8_t base_id[PACKWRITER_HASH_MAX];
    char below[64];
    char text[64];

    text_of(below, base);
    text_of(text, number);
    id_of(base, base_id);
    packwriter_delta_make(&delta, below, strlen(below), text, strlen(text));
    packwriter_pack_add_ref_delta(pack, base_id, PACKWRITER_BLOB, &delta, text, strlen(text), 6);
    packwriter_bytes_free(&delta);
}

static void add_ofs(struct packwriter_pack *pack, size_t entry, size_t base, size_t number)
{
    struct packwriter_bytes delta = {0};
    char below[64];
    char text[64];

    text_of(below, base);
    text_of(text, number);
    packwriter_delta_make(&delta, below, strlen(below), text, strlen(text));
    packwriter_pack_add_ofs_delta(pack, entry, &delta, text, strlen(text), 6);
    packwriter_bytes_free(&delta);
}

/* The pack as a file; its index, by the pack writer, is `index` unless that is NULL. */
static char *save(struct packwriter_pack *pack, struct packwriter_bytes *index)
{
    char *path = sample_save(pack, "made", NULL);

    if (index) {
        char *index_path = suite_scratch_path("made.idx");

        load(index_path, index);
        free(index_path);
    }
    return path;
}

/* A forest whose objects all name their bases by id, in an order that is drawn. */
START_TEST(bases_by_id_are_found_in_any_order)
{
    enum { COUNT = 300 };
    uint64_t seed = suite_seed() + (uint64_t)_i;
    size_t order[COUNT];
    size_t base[COUNT];
    struct packwriter_pack pack = {0};
    struct packwriter_bytes index = {0};
    derived result;
    char *path;

    for (size_t i = 0; i < COUNT; i++) {
        size_t other = (size_t)suite_random_below(&seed, i + 1);

        /* Chains for one, bushes for the other. */
        base[i] = i == 0 ? 0 : _i % 2 ? i - 1 : (size_t)suite_random_below(&seed, i);
        order[i] = order[other];
        order[other] = i;
    }
    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    for (size_t i = 0; i < COUNT; i++) {
        if (order[i] % 50 == 0)
            add_whole(&pack, order[i]);
        else
            add_ref(&pack, base[order[i]], order[i]);
    }
    path = save(&pack, &index);
    for (unsigned threads = 1; threads <= 3; threads++) {
        result = derive(path, &(derive_how){.threads = threads});
        sample_good(result.status, &result.error);
        is_the_same(&result.index, &index);
        derived_free(&result);
    }
    packwriter_bytes_free(&index);
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

/* Git takes an object that is there twice, and lists both. */
START_TEST(an_object_that_is_there_twice_is_in_the_index_twice)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes index = {0};
    char command[9000];
    derived result;
    char *path;
    char *told = suite_scratch_path("told.idx");

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    add_ref(&pack, 2, 3);
    add_whole(&pack, 1);
    add_whole(&pack, 2);
    add_ref(&pack, 2, 1);
    add_ofs(&pack, 3, 1, 4);
    add_ofs(&pack, 1, 1, 3);
    path = save(&pack, NULL);
    snprintf(command, sizeof command, "git index-pack -o '%s' '%s' > /dev/null", told, path);
    ck_assert_int_eq(system(command), 0);
    load(told, &index);
    for (unsigned threads = 1; threads <= 2; threads++) {
        result = derive(path, &(derive_how){.threads = threads});
        sample_good(result.status, &result.error);
        is_the_same(&result.index, &index);
        derived_free(&result);
    }
    packwriter_bytes_free(&index);
    packwriter_pack_free(&pack);
    free(told);
    free(path);
}
END_TEST

/* Git gives up where such an object is named as a base; any copy will do. */
START_TEST(a_base_that_is_there_twice_serves_once)
{
    struct packwriter_pack pack = {0};
    char *path;

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    add_ref(&pack, 1, 3);
    add_whole(&pack, 1);
    for (size_t i = 0; i < 40; i++)
        add_ofs(&pack, 1, 1, 1);
    add_ref(&pack, 1, 4);
    path = save(&pack, NULL);
    for (unsigned threads = 1; threads <= 4; threads++) {
        derived result = derive(path, &(derive_how){.threads = threads});

        sample_good(result.status, &result.error);
        ck_assert_uint_eq(result.summary.objects, 43);
        derived_free(&result);
    }
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

START_TEST(a_missing_base_is_named)
{
    struct packwriter_pack pack = {0};
    const packread_finding *finding;
    uint8_t missing[PACKWRITER_HASH_MAX];
    derived result;
    char *path;

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    add_whole(&pack, 1);
    add_ref(&pack, 99, 2);
    add_ofs(&pack, 1, 2, 3);
    add_ofs(&pack, 2, 3, 4);
    add_ref(&pack, 1, 5);
    id_of(99, missing);
    path = save(&pack, NULL);
    result = derive(path, NULL);
    ck_assert_int_eq(result.status, PACKREAD_ERROR_THIN);
    ck_assert_int_eq(memcmp(result.error.id.bytes, missing, 20), 0);
    ck_assert_uint_eq(result.count, 1);
    finding = derived_find(&result, PACKREAD_ERROR_THIN, pack.entries[1].offset, NULL);
    ck_assert_ptr_nonnull(finding);
    ck_assert_uint_eq(finding->dependents, 2);
    ck_assert_uint_eq(result.summary.objects, 2);
    ck_assert_uint_eq(result.writes, 0);
    ck_assert(!result.summary.written);
    derived_free(&result);
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

/* Objects of a cycle have no contents, so no ids: they are bases that are not there. */
START_TEST(a_cycle_of_bases_by_id_ends)
{
    struct packwriter_pack pack = {0};
    size_t length = (size_t)_i;
    derived result;
    char *path;

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    add_whole(&pack, 100);
    for (size_t i = 0; i < length; i++)
        add_ref(&pack, (i + 1) % length, i);
    add_ofs(&pack, 1, 0, 50);
    path = save(&pack, NULL);
    result = derive(path, NULL);
    ck_assert_int_eq(result.status, PACKREAD_ERROR_THIN);
    ck_assert_uint_eq(result.count, length);
    ck_assert_uint_eq(
        derived_find(&result, PACKREAD_ERROR_THIN, pack.entries[1].offset, NULL)->dependents, 1);
    ck_assert_uint_eq(result.summary.objects, 1);
    derived_free(&result);
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

START_TEST(an_object_over_the_memory_limit_is_hashed_in_pieces)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes index = {0};
    struct packwriter_bytes noise = {0};
    derive_how how = {.library = {.memory_limit = 2 << 20}, .threads = 2};
    derived result;
    char *path;

    packwriter_bytes_add_noise(&noise, 5 << 20, 7);
    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    add_whole(&pack, 1);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, noise.data, noise.size, 1);
    packwriter_pack_add_object(&pack, PACKWRITER_TAG, noise.data, 3 << 20, 0);
    add_ref(&pack, 1, 2);
    path = save(&pack, &index);
    result = derive(path, &how);
    sample_good(result.status, &result.error);
    is_the_same(&result.index, &index);
    derived_free(&result);
    packwriter_bytes_free(&index);
    packwriter_bytes_free(&noise);
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

/* A base that is hashed piece by piece, before it is known that a delta waits for its id. */
START_TEST(a_big_base_by_id_is_built_when_its_id_is_known)
{
    uint64_t sizes[] = {900 << 10, 6 << 20};
    struct packwriter_pack pack = {0};
    struct packwriter_bytes noise = {0};
    struct packwriter_bytes delta = {0};
    uint8_t base[PACKWRITER_HASH_MAX];
    derive_how how = {.library = {.memory_limit = 4 << 20}, .threads = 2};
    size_t size = (size_t)sizes[_i];
    derived result;
    char *path;

    packwriter_bytes_add_noise(&noise, size, 7);
    packwriter_hash_id(PACKWRITER_SHA1, PACKWRITER_BLOB, noise.data, size, base);
    packwriter_delta_begin(&delta, size, 3);
    packwriter_delta_copy(&delta, 0, 3);
    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    packwriter_pack_add_ref_delta(&pack, base, PACKWRITER_BLOB, &delta, noise.data, 3, 6);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, noise.data, size, 1);
    path = save(&pack, NULL);
    result = derive(path, &how);
    /* The larger one may be more than there is room for: then that is what is said. */
    if (_i == 0 || result.status != PACKREAD_ERROR_BUDGET)
        sample_good(result.status, &result.error);
    else
        ck_assert_ptr_nonnull(derived_find(&result, PACKREAD_ERROR_BUDGET, 12, NULL));
    derived_free(&result);
    packwriter_bytes_free(&noise);
    packwriter_bytes_free(&delta);
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

/* ---- Callers -----------------------------------------------------------------------------------
 */

START_TEST(writers_and_visitors_stop_it)
{
    char *good = sample_path(sample_find("repos/small"), NULL);
    char bad[4096];
    packread_snapshot *snapshot = sample_open(good, NULL);
    packread_pack_info info = {.struct_size = sizeof info};
    derived result = {0};

    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
    for (size_t call = 1;; call++) {
        result = (derived){.write_stop = call};
        derive_into(&result, info.path, NULL);
        if (result.status == 0)
            break;
        ck_assert_int_eq(result.status, PACKREAD_ERROR_STOPPED);
        ck_assert_uint_eq(result.writes, call);
        derived_free(&result);
    }
    ck_assert_uint_ge(result.writes, 4);
    derived_free(&result);
    snprintf(bad, sizeof bad, "%s/damaged/flipped-byte/pack/pack-flipped-byte.pack",
             suite_fixtures());
    result.stop_after = 1;
    derive_into(&result, bad, &(derive_how){.salvage = true});
    ck_assert_int_eq(result.status, PACKREAD_ERROR_STOPPED);
    ck_assert_uint_eq(result.count, 1);
    ck_assert_uint_eq(result.writes, 0);
    derived_free(&result);
    packread_snapshot_free(snapshot);
    free(good);
}
END_TEST

START_TEST(what_makes_no_sense_is_refused)
{
    char *path = sample_path(sample_find("packs/types"), "pack/pack-types.pack");
    packread_options options = {.flags = PACKREAD_WITHOUT_INDEX};
    packread_index_options version3 = {.version = 3};
    packread_snapshot *alone = sample_open(path, &options);
    packread_snapshot *with = sample_open(path, NULL);
    packread_snapshot *none = NULL;
    packread_reader *reader = NULL;
    packread_pack_info info = {.struct_size = sizeof info};

    ck_assert_int_eq(packread_index(NULL, 0, NULL, NULL, NULL), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_index(alone, 1, NULL, NULL, NULL), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_index(with, 0, NULL, NULL, NULL), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_index(alone, 0, &version3, NULL, NULL), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_index(alone, 0, NULL, NULL, NULL), 0);
    ck_assert_int_eq(packread_reader_new(alone, &reader, NULL), PACKREAD_ERROR_NO_INDEX);
    ck_assert_int_eq(packread_snapshot_pack(alone, 0, &info), 0);
    ck_assert_uint_eq(info.objects, 12);
    ck_assert_uint_eq(info.id_size, 20);
    ck_assert_uint_eq(info.index_version, 0);
    options.id_size = 21;
    ck_assert_int_eq(packread_snapshot_open(path, &options, &none, NULL), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_snapshot_open(suite_fixtures(),
                                            &(packread_options){.flags = PACKREAD_WITHOUT_INDEX},
                                            &none, NULL),
                     PACKREAD_ERROR_NOT_REGULAR);
    packread_snapshot_free(alone);
    packread_snapshot_free(with);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("index");
    TCase *good = tcase_create("good");
    TCase *made = tcase_create("made");
    TCase *callers = tcase_create("callers");

    tcase_set_timeout(good, 1800); /* a pack past 4 GiB among them */
    tcase_add_loop_test(good, good_fixtures_get_the_index_that_they_have, 0, sample_count);
    tcase_add_loop_test(good, a_small_memory_limit_changes_nothing, 0, 4);
    if (suite_number("CHECK_LARGE", 0))
        tcase_add_test(good, a_pack_past_4_gib_gets_the_index_that_it_has);
    suite_add_tcase(suite, good);
    tcase_add_loop_test(made, bases_by_id_are_found_in_any_order, 0, 6);
    tcase_add_test(made, an_object_that_is_there_twice_is_in_the_index_twice);
    tcase_add_test(made, a_base_that_is_there_twice_serves_once);
    tcase_add_test(made, a_missing_base_is_named);
    tcase_add_loop_test(made, a_cycle_of_bases_by_id_ends, 1, 4);
    tcase_add_test(made, an_object_over_the_memory_limit_is_hashed_in_pieces);
    tcase_add_loop_test(made, a_big_base_by_id_is_built_when_its_id_is_known, 0, 2);
    suite_add_tcase(suite, made);
    tcase_add_test(callers, writers_and_visitors_stop_it);
    tcase_add_test(callers, what_makes_no_sense_is_refused);
    suite_add_tcase(suite, callers);
    return suite_run(suite);
}
