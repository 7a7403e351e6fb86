/* test_prefix_misled.c - an id that is damaged in the index of a pack, and begins as another object
 * does, makes no prefix ambiguous: with a multi-pack-index beside the packs, and without one. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "midx_folder.h"
#include "samples.h"
#include "suite.h"

#define DIGITS 8
#define IDS (8 + 1024) /* where the ids of an index begin */

static struct midx_folder packs;

static unsigned char *read_index(const char *name, char **path, size_t *size)
{
    unsigned char *bytes = malloc(1 << 16);
    FILE *file;

    *path = suite_scratch_path(name);
    file = fopen(*path, "rb");
    ck_assert(bytes && file);
    *size = fread(bytes, 1, 1 << 16, file);
    ck_assert_int_eq(fclose(file), 0);
    return bytes;
}

/* ---- Asking ---------------------------------------------------------------------------------- */

typedef struct seen {
    packread_id ids[4];
    size_t count;
} seen;

static int take(void *context, const packread_id *id)
{
    seen *all = context;

    if (all->count < 4)
        all->ids[all->count] = *id;
    all->count++;
    return 0;
}

/* By its first digits it is found, listed alone, and named. */
static void is_the_one(packread_reader *reader, const packread_id *id, const char *what)
{
    packread_name name = {.struct_size = sizeof name};
    char hex[PACKREAD_HEX_MAX + 1];
    packread_error error = {0};
    packread_id found;
    seen all = {.count = 0};

    packread_id_format(id, hex);
    ck_assert_msg(packread_reader_find_prefix(reader, hex, DIGITS, &found, &error) == 0, "%s: %s",
                  what, error.text);
    ck_assert_msg(packread_id_compare(&found, id) == 0, "%s: another object", what);
    sample_good(packread_reader_each_prefix(reader, hex, DIGITS, take, &all, &error), &error);
    ck_assert_msg(all.count == 1 && packread_id_compare(&all.ids[0], id) == 0, "%s: another list",
                  what);
    sample_good(packread_reader_resolve(reader, hex, DIGITS, 0, &name, &error), &error);
    ck_assert_msg(packread_id_compare(&name.id, id) == 0, "%s: names another", what);
}

/* In every order of asking: the first call is the one that finds the damage. */
static void asked_first_by_list(const packread_options *options, const packread_id *id,
                                const char *what)
{
    packread_snapshot *snapshot = midx_folder_open(options);
    packread_reader *reader = sample_reader(snapshot);
    char hex[PACKREAD_HEX_MAX + 1];
    seen all = {.count = 0};

    packread_id_format(id, hex);
    ck_assert_int_eq(packread_reader_each_prefix(reader, hex, DIGITS, take, &all, NULL), 0);
    ck_assert_msg(all.count == 1 && packread_id_compare(&all.ids[0], id) == 0, "%s: another list",
                  what);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}

static size_t count_of(packread_reader *reader, const packread_id *id, size_t digits)
{
    char hex[PACKREAD_HEX_MAX + 1];
    packread_id found;
    seen all = {.count = 0};
    int status;

    packread_id_format(id, hex);
    status = packread_reader_find_prefix(reader, hex, digits, &found, NULL);
    ck_assert_int_eq(packread_reader_each_prefix(reader, hex, digits, take, &all, NULL), 0);
    ck_assert_int_eq(status, all.count > 1 ? PACKREAD_ERROR_AMBIGUOUS : 0);
    return all.count;
}

/* ---- Objects of two packs ---------------------------------------------------------------------
 */

static const struct world {
    size_t hash;
    bool has_midx; /* which names the copies of another pack */
} worlds[] = {{PACKWRITER_SHA1, false}, {PACKWRITER_SHA1, true}, {PACKWRITER_SHA256, false}};

START_TEST(every_byte_of_an_index_may_be_wrong)
{
    const struct midxwriter_options preferring = {.version = 1, .preferred = 2};
    const packread_options options = {.struct_size = sizeof options, .index_threads = 1};
    unsigned char *bytes;
    size_t size;
    char *path;

    midx_folder_make(&packs, worlds[_i].hash);
    if (worlds[_i].has_midx)
        midx_folder_put_plain(&packs, &preferring);
    bytes = read_index("pack-0.idx", &path, &size);
    for (size_t at = 0; at < size; at++) {
        const unsigned char bits = (unsigned char)(at % 3 == 0 ? 0xff : 1u << at % 8);
        packread_snapshot *snapshot;
        packread_reader *reader;
        char what[80];

        snprintf(what, sizeof what, "world %d, byte %lu", _i, (unsigned long)at);
        bytes[at] ^= bits;
        suite_write_file(path, bytes, size);
        snapshot = midx_folder_open(&options);
        reader = sample_reader(snapshot);
        for (size_t k = MIDX_OBJECTS - 2; k < MIDX_OBJECTS; k++) {
            const packread_id id = midx_folder_id(&packs, 0, k);

            is_the_one(reader, &id, what);
            if (at >= IDS)
                asked_first_by_list(&options, &id, what);
        }
        /* However often it is asked, it is told once. */
        ck_assert_uint_le(packread_snapshot_problems(snapshot), 1);
        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
        bytes[at] ^= bits;
    }
    free(bytes);
    free(path);
    midx_folder_free(&packs);
}
END_TEST

/* ---- One pack ---------------------------------------------------------------------------------
 */

#define OBJECTS 600 /* among so many two are likely to begin with the same four digits */

static char *pack_path;
static packread_id twins[2]; /* they do */
static packread_id made_up;  /* an id that begins as twins[0] does, up to the last byte */
static uint32_t spoilt;      /* the row that has it in the damaged index: that of the next object */

static int compare_ids(const void *left, const void *right)
{
    return packread_id_compare(left, right);
}

static void make_pack(bool is_damaged)
{
    static packread_id ids[OBJECTS];
    struct packwriter_pack pack = {0};
    unsigned char *bytes;
    size_t size;
    char *path;

    made_pack_begin(&pack);
    for (int i = 0; i < OBJECTS; i++) {
        char text[40];
        const int length = snprintf(text, sizeof text, "object %d\n", i);

        packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text, (size_t)length, 1);
        ids[i] = made_pack_id(&pack, (size_t)i);
    }
    pack_path = sample_save(&pack, "pack-0", NULL);
    packwriter_pack_free(&pack);
    qsort(ids, OBJECTS, sizeof *ids, compare_ids);
    twins[0].size = 0;
    for (uint32_t i = 0; i + 2 < OBJECTS && twins[0].size == 0; i++) {
        if (memcmp(ids[i].bytes, ids[i + 1].bytes, 2) != 0)
            continue;
        twins[0] = ids[i];
        twins[1] = ids[i + 1];
        spoilt = i == 0 ? i + 2 : i - 1;
    }
    ck_assert_uint_eq(twins[0].size, 20);
    made_up = twins[0];
    made_up.bytes[19] ^= 1;
    if (!is_damaged)
        return;
    bytes = read_index("pack-0.idx", &path, &size);
    memcpy(bytes + IDS + (size_t)20 * spoilt, made_up.bytes, 20);
    suite_write_file(path, bytes, size);
    free(bytes);
    free(path);
}

static void is_found_in(const char *path, unsigned flags, size_t expected, size_t problems)
{
    const packread_options options = {
        .struct_size = sizeof options, .flags = flags, .index_threads = 1};
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_reader *reader = sample_reader(snapshot);

    ck_assert_uint_eq(count_of(reader, &twins[0], DIGITS), expected);
    ck_assert_uint_eq(count_of(reader, &twins[0], 4), expected + 1);
    ck_assert_uint_eq(count_of(reader, &twins[0], DIGITS), expected);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), problems);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}

START_TEST(what_is_ambiguous_stays_so)
{
    char *folder = suite_scratch_path("");

    make_pack(false);
    is_found_in(folder, 0, 1, 0);
    is_found_in(pack_path, 0, 1, 0);
    free(pack_path);
    free(folder);
}
END_TEST

START_TEST(one_pack_with_a_damaged_index_is_opened_anew)
{
    char *folder = suite_scratch_path("");

    make_pack(true);
    is_found_in(folder, 0, 1, 1);
    free(pack_path);
    free(folder);
}
END_TEST

/* Where no other can take its place. */
START_TEST(an_index_that_is_kept_has_its_rows)
{
    char *folder = suite_scratch_path("");

    make_pack(true);
    is_found_in(folder, PACKREAD_INDEX_AS_IT_IS, 2, 0);
    is_found_in(pack_path, 0, 2, 0);
    free(pack_path);
    free(folder);
}
END_TEST

static int ask_inside(void *context, const packread_id *id)
{
    (void)id;
    ck_assert_uint_eq(count_of(context, &twins[0], DIGITS), 2);
    return 1;
}

/* The packs of a call that is under way stay what they are. */
START_TEST(inside_a_visitor_nothing_is_opened_anew)
{
    char *folder = suite_scratch_path("");
    char hex[PACKREAD_HEX_MAX + 1];
    packread_snapshot *snapshot;
    packread_reader *reader;

    make_pack(true);
    snapshot = sample_open(folder, NULL);
    reader = sample_reader(snapshot);
    packread_id_format(&made_up, hex);
    ck_assert_int_eq(
        packread_reader_each_prefix(reader, hex, strlen(hex), ask_inside, reader, NULL),
        PACKREAD_ERROR_STOPPED);
    ck_assert_uint_eq(count_of(reader, &twins[0], DIGITS), 1);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(pack_path);
    free(folder);
}
END_TEST

#define THREADS 8
#define ROUNDS 10

typedef struct job {
    pthread_t thread;
    packread_reader *reader;
    bool is_right;
} job;

/* Assertions belong to the main thread. */
static void *ask_at_once(void *context)
{
    job *self = context;
    char hex[PACKREAD_HEX_MAX + 1];
    packread_id found;

    packread_id_format(&twins[0], hex);
    self->is_right = packread_reader_find_prefix(self->reader, hex, DIGITS, &found, NULL) == 0 &&
                     packread_id_compare(&found, &twins[0]) == 0;
    return NULL;
}

START_TEST(threads_that_meet_the_damage_at_once_find_the_same)
{
    const packread_options options = {.struct_size = sizeof options, .index_threads = 1};
    char *folder = suite_scratch_path("");

    make_pack(true);
    for (int round = 0; round < ROUNDS; round++) {
        packread_snapshot *snapshot = sample_open(folder, &options);
        job jobs[THREADS];

        for (int i = 0; i < THREADS; i++)
            jobs[i].reader = sample_reader(snapshot);
        for (int i = 0; i < THREADS; i++)
            ck_assert_int_eq(pthread_create(&jobs[i].thread, NULL, ask_at_once, &jobs[i]), 0);
        for (int i = 0; i < THREADS; i++)
            ck_assert_int_eq(pthread_join(jobs[i].thread, NULL), 0);
        for (int i = 0; i < THREADS; i++) {
            ck_assert_msg(jobs[i].is_right, "thread %d", i);
            packread_reader_free(jobs[i].reader);
        }
        ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
        packread_snapshot_free(snapshot);
    }
    free(pack_path);
    free(folder);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("prefixes that a damaged index misleads");
    TCase *cases = tcase_create("prefixes");

    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, every_byte_of_an_index_may_be_wrong, 0,
                        (int)(sizeof worlds / sizeof *worlds));
    tcase_add_test(cases, what_is_ambiguous_stays_so);
    tcase_add_test(cases, one_pack_with_a_damaged_index_is_opened_anew);
    tcase_add_test(cases, an_index_that_is_kept_has_its_rows);
    tcase_add_test(cases, inside_a_visitor_nothing_is_opened_anew);
    tcase_add_test(cases, threads_that_meet_the_damage_at_once_find_the_same);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
