/* test_midx_misled.c - indexes of packs that are damaged in one byte, whichever, beside a
 * multi-pack-index that is right: every object is found, read, told of and listed, and no other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "midx_folder.h"
#include "samples.h"
#include "suite.h"

static struct midx_folder packs;

/* What is beside the packs: multi-pack-indexes of both versions, one that prefers the copies of
 * the damaged pack, and chains of two layers, with the damaged pack in the older and the newer. */
typedef struct world {
    unsigned version;
    unsigned newer; /* of the newer layer; 0: no chain */
    size_t preferred;
    size_t damaged;
    size_t hash;
    bool alone; /* no other pack is there */
} world;

static const world worlds[] = {
    {1, 0, 0, 0, PACKWRITER_SHA1, false}, {2, 0, 2, 1, PACKWRITER_SHA256, false},
    {1, 2, 0, 1, PACKWRITER_SHA1, false}, {2, 1, 0, 3, PACKWRITER_SHA1, false},
    {1, 0, 0, 0, PACKWRITER_SHA1, true},
};
#define WORLDS (int)(sizeof worlds / sizeof *worlds)

static void put_alone(const world *of)
{
    const struct midxwriter_options options = {.version = of->version};
    struct packwriter_bytes bytes = {0};
    char name[20];

    midxwriter_write(&bytes, packs.hash, packs.named, 1, &options);
    midx_folder_put("multi-pack-index", &bytes);
    packwriter_bytes_free(&bytes);
    for (int i = 1; i < MIDX_PACKS; i++)
        for (int k = 0; k < 2; k++) {
            char *path;

            snprintf(name, sizeof name, "pack-%d.%s", i, k ? "pack" : "idx");
            path = suite_scratch_path(name);
            ck_assert_int_eq(unlink(path), 0);
            free(path);
        }
}

static void make(const world *of)
{
    const struct midxwriter_options options = {.version = of->version, .preferred = of->preferred};

    midx_folder_make(&packs, of->hash);
    if (of->alone)
        put_alone(of);
    else if (of->newer)
        midx_folder_put_two_layers(&packs, of->version, of->newer);
    else
        midx_folder_put_plain(&packs, &options);
}

/* ---- Asking ---------------------------------------------------------------------------------- */

enum way { BY_CONTENTS, BY_PREFIX, BY_FACTS, BY_PLACE };

/* What is said of where it is, and what; `entry` NULL: it may be in any pack. */
static void check_facts(const packread_info *info, const struct packwriter_entry *entry,
                        const char *what)
{
    ck_assert_msg(info->type == PACKREAD_BLOB, "%s: no blob", what);
    ck_assert_msg(!entry || info->location.offset == entry->offset, "%s: elsewhere", what);
    ck_assert_msg(!entry || info->size == entry->size, "%s: another size", what);
}

/* Of one object that a multi-pack-index names in the damaged pack, asked by a reader of its own. */
static void ask_one(const packread_options *options, const packread_id *id, enum way way,
                    const struct packwriter_entry *entry, const char *what)
{
    packread_snapshot *snapshot = midx_folder_open(options);
    packread_reader *reader = sample_reader(snapshot);
    packread_info info = {.struct_size = sizeof info};
    packread_error error = {0};
    packread_object object;
    packread_id named = {.size = 0};
    char hex[PACKREAD_HEX_MAX + 1];
    int status = 0;

    packread_id_format(id, hex);
    if (way == BY_PREFIX)
        status = packread_reader_find_prefix(reader, hex, 8, &named, &error);
    if (way == BY_PLACE)
        status = packread_reader_find(reader, id, &info.location, &error);
    if (status == 0 && way == BY_PLACE)
        status = packread_reader_info(reader, &info.location,
                                      PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE, &info, &error);
    if (way == BY_FACTS)
        status = packread_reader_describe(reader, id, PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE,
                                          &info, &error);
    if (way == BY_CONTENTS || (status == 0 && way == BY_PREFIX))
        status = packread_reader_read(reader, id, &object, &error);
    ck_assert_msg(status == 0, "%s: %s", what, error.text);
    ck_assert_msg(way != BY_PREFIX || packread_id_compare(&named, id) == 0, "%s: not it", what);
    if (way == BY_FACTS || way == BY_PLACE)
        check_facts(&info, entry, what);
    else
        ck_assert_msg(sample_hashes_to(id, object.type, object.data, object.size),
                      "%s: other contents", what);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}

typedef struct listing {
    size_t count;
    const char *what;
} listing;

static int take(void *context, const packread_info *info, const packread_error *error)
{
    listing *told = context;
    bool is_one = false;

    ck_assert_msg(!error, "%s: %s", told->what, error ? error->text : "");
    for (size_t i = 0; i < MIDX_IDS; i++)
        is_one = is_one || packread_id_compare(&info->id, &packs.ids[i]) == 0;
    ck_assert_msg(is_one, "%s: lists an object that there is not", told->what);
    told->count++;
    return 0;
}

static void list(const packread_options *options, const world *of, unsigned order, const char *what)
{
    const packread_list_options by = {
        .struct_size = sizeof by, .order = order, .once = true, .want = PACKREAD_WANT_ALL};
    packread_snapshot *snapshot = midx_folder_open(options);
    packread_reader *reader = sample_reader(snapshot);
    packread_error error = {0};
    listing told = {.what = what};
    int status = packread_reader_list(reader, &by, take, &told, &error);

    ck_assert_msg(status == 0, "%s: %s", what, error.text);
    ck_assert_uint_eq(told.count, of->alone ? MIDX_OBJECTS : MIDX_IDS);
    /* However often it is asked, it is told once. */
    ck_assert_uint_le(packread_snapshot_problems(snapshot), 1);
    told.count = 0;
    ck_assert_int_eq(packread_reader_list(reader, &by, take, &told, &error), 0);
    ck_assert_uint_le(packread_snapshot_problems(snapshot), 1);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}

/* All of one snapshot, after each other. */
static void ask_all(const packread_options *options, const char *what)
{
    packread_snapshot *snapshot = midx_folder_open(options);

    midx_folder_is_whole(&packs, snapshot, what);
    ck_assert_uint_le(packread_snapshot_problems(snapshot), 1);
    packread_snapshot_free(snapshot);
}

static unsigned char *read_all(const char *path, size_t *size)
{
    unsigned char *bytes = malloc(1 << 16);
    FILE *file = fopen(path, "rb");

    ck_assert(bytes && file);
    *size = fread(bytes, 1, 1 << 16, file);
    ck_assert_int_eq(fclose(file), 0);
    return bytes;
}

/* Of the k-th object of the damaged pack: its entry, but of the last two, which are in other packs
 * as well, whose copies may be meant. */
static const struct packwriter_entry *only_entry(const world *of, size_t k)
{
    const bool is_only = of->alone || k < MIDX_OBJECTS - 2;

    return is_only ? &packs.packs[of->damaged].entries[k] : NULL;
}

static char *index_path(const world *of)
{
    char name[20];

    snprintf(name, sizeof name, "pack-%d.idx", (int)of->damaged);
    return suite_scratch_path(name);
}

static unsigned char bits_at(size_t at)
{
    return (unsigned char)(at % 3 == 0 ? 0xff : 1u << at % 8);
}

START_TEST(every_byte_of_an_index_may_be_wrong)
{
    const world *of = &worlds[_i];
    const packread_options options = {.struct_size = sizeof options, .index_threads = 1};
    char *path = index_path(of);
    unsigned char *bytes;
    size_t size;

    make(of);
    bytes = read_all(path, &size);
    for (size_t at = 0; at < size; at++) {
        const unsigned char bits = bits_at(at);
        char what[80];

        snprintf(what, sizeof what, "world %d, byte %lu", _i, (unsigned long)at);
        bytes[at] ^= bits;
        suite_write_file(path, bytes, size);
        for (size_t k = 0; at >= 8 + 1024 && k < MIDX_OBJECTS; k++) {
            const packread_id id = midx_folder_id(&packs, of->damaged, k);
            const struct packwriter_entry *entry = only_entry(of, k);

            ask_one(&options, &id, entry ? BY_PREFIX : BY_CONTENTS, entry, what);
            ask_one(&options, &id, BY_FACTS, entry, what);
            ask_one(&options, &id, BY_PLACE, entry, what);
        }
        list(&options, of, PACKREAD_BY_ID, what);
        list(&options, of, PACKREAD_BY_OFFSET, what);
        if (!of->alone)
            ask_all(&options, what);
        bytes[at] ^= bits;
    }
    free(bytes);
    free(path);
    midx_folder_free(&packs);
}
END_TEST

/* Those of one byte of an id, an offset or a sum are told from no bytes of the index itself. */
START_TEST(every_byte_of_an_index_may_be_wrong_and_its_sum_right)
{
    const world *of = &worlds[_i];
    const packread_options options = {.struct_size = sizeof options, .index_threads = 1};
    struct packwriter_bytes bytes = {0};
    const size_t hash = of->hash;
    char *path = index_path(of);

    make(of);
    bytes.data = read_all(path, &bytes.size);
    for (size_t at = 8 + 1024 + (size_t)_i % 5; at < bytes.size - 2 * hash; at += 5) {
        const unsigned char bits = bits_at(at);
        char what[80];

        snprintf(what, sizeof what, "world %d, byte %lu", _i, (unsigned long)at);
        bytes.data[at] ^= bits;
        packwriter_bytes_resum(&bytes, hash);
        suite_write_file(path, bytes.data, bytes.size);
        for (size_t k = 0; k < MIDX_OBJECTS; k++) {
            const packread_id id = midx_folder_id(&packs, of->damaged, k);
            const struct packwriter_entry *entry = only_entry(of, k);

            ask_one(&options, &id, entry ? BY_PREFIX : BY_CONTENTS, entry, what);
            ask_one(&options, &id, BY_FACTS, entry, what);
        }
        bytes.data[at] ^= bits;
    }
    packwriter_bytes_free(&bytes);
    free(path);
    midx_folder_free(&packs);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("misled");
    TCase *cases = tcase_create("bytes");

    tcase_set_timeout(cases, 600);
    tcase_add_loop_test(cases, every_byte_of_an_index_may_be_wrong, 0, WORLDS);
    tcase_add_loop_test(cases, every_byte_of_an_index_may_be_wrong_and_its_sum_right, 0, WORLDS);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
