/* test_loose_damaged.c - a loose file that is damaged in any way gives no wrong byte, is told by
 * the listing, and costs nothing where the object has another copy; the reverse for packs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "made_loose.h"
#include "made_pack.h"
#include "suite.h"

static const char contents[] = "what the object has, what the object has, and a little more\n";
#define SIZE (sizeof contents - 1)

static char *where;
static char *objects;
static packread_id id;
static struct packwriter_bytes good;
static packread_snapshot *snapshot;
static packread_reader *reader;

/* A file with any header. */
static void with_header(struct packwriter_bytes *file, const char *header)
{
    struct packwriter_bytes whole = {0};

    packwriter_bytes_add(&whole, header, strlen(header) + 1);
    packwriter_bytes_add(&whole, contents, SIZE);
    packwriter_bytes_add_deflated(file, whole.data, whole.size, 6);
    packwriter_bytes_free(&whole);
}

static void open_all(void)
{
    objects = made_loose_repository("loose", 20);
    suite_scratch_write("loose.git/objects/pack/.keep", "");
    where = suite_scratch_path("loose.git");
    id = made_loose_id(20, PACKREAD_BLOB, contents, SIZE);
    made_loose_bytes(&good, PACKREAD_BLOB, contents, SIZE, 6);
    made_loose_put_bytes(objects, &id, good.data, good.size);
    snapshot = sample_open(where, NULL);
    reader = sample_reader(snapshot);
}

static void close_all(void)
{
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    packwriter_bytes_free(&good);
    free(where);
    free(objects);
}

/* ---- What a damaged file gives -------------------------------------------------------------- */

typedef struct streamed {
    unsigned char bytes[2 * SIZE];
    size_t size;
} streamed;

static int take(void *context, const void *bytes, size_t size)
{
    streamed *state = context;

    ck_assert_uint_le(size, sizeof state->bytes - state->size);
    memcpy(state->bytes + state->size, bytes, size);
    state->size += size;
    return 0;
}

typedef struct listed {
    size_t good;
    size_t bad;
} listed;

static int visit(void *context, const packread_info *info, const packread_error *error)
{
    listed *state = context;

    ck_assert_int_eq(packread_id_compare(&info->id, &id), 0);
    if (error) {
        ck_assert_int_eq(error->code, PACKREAD_ERROR_CORRUPT);
        ck_assert_int_eq(packread_id_compare(&error->id, &id), 0);
    }
    state->good += !error;
    state->bad += error != NULL;
    return 0;
}

/* The header alone is looked at: it may be right where the rest is not. */
static listed list(void)
{
    const packread_list_options options = {.want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE};
    listed state = {0, 0};
    packread_error error = {0};
    int status = packread_reader_list(reader, &options, visit, &state, &error);

    ck_assert_uint_eq(state.good + state.bad, 1);
    ck_assert_int_eq(status, state.bad ? PACKREAD_ERROR_CORRUPT : 0);
    return state;
}

/* Right, or refused in every way. What `read` gave. */
static int never_wrong(packread_error *error)
{
    streamed state = {.size = 0};
    const packread_sink sink = {.data = take, .context = &state};
    packread_object object;
    int status = packread_reader_read(reader, &id, &object, error);
    int streaming = packread_reader_stream(reader, &id, &sink, NULL);

    ck_assert_int_eq(status, streaming);
    if (status == 0) {
        ck_assert_uint_eq(object.size, SIZE);
        ck_assert_mem_eq(state.bytes, contents, SIZE);
        ck_assert_uint_eq(state.size, SIZE);
    } else {
        ck_assert_int_eq(status, PACKREAD_ERROR_CORRUPT);
        ck_assert_uint_eq(state.size, 0);
        ck_assert_int_eq(packread_id_compare(&error->id, &id), 0);
        ck_assert_ptr_nonnull(strstr(error->file, "loose.git/objects/"));
    }
    list();
    return status;
}

static void put(const struct packwriter_bytes *file)
{
    made_loose_put_bytes(objects, &id, file->size > 0 ? (const void *)file->data : "", file->size);
}

static struct packwriter_bytes copy_of(size_t size)
{
    struct packwriter_bytes copy = {0};

    packwriter_bytes_add(&copy, good.data, size);
    return copy;
}

START_TEST(every_flipped_bit_is_told)
{
    size_t told = 0;

    for (size_t bit = 0; bit < 8 * good.size; bit++) {
        struct packwriter_bytes file = copy_of(good.size);
        packread_error error;

        file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        put(&file);
        told += never_wrong(&error) != 0;
        packwriter_bytes_free(&file);
    }
    /* The size of zlib's window and how hard it tried say nothing of the contents. */
    ck_assert_uint_ge(told, 8 * good.size - 8);
}
END_TEST

START_TEST(every_cut_and_every_surplus_is_told)
{
    packread_error error;

    for (size_t size = 0; size < good.size; size++) {
        struct packwriter_bytes file = copy_of(size);

        put(&file);
        ck_assert_int_eq(never_wrong(&error), PACKREAD_ERROR_CORRUPT);
        if (size == 0)
            ck_assert_str_eq(error.text, "the file is empty");
        packwriter_bytes_free(&file);
    }
    for (size_t more = 1; more < 4; more++) {
        struct packwriter_bytes file = copy_of(good.size);

        packwriter_bytes_add_repeated(&file, 0, more);
        put(&file);
        ck_assert_int_eq(never_wrong(&error), PACKREAD_ERROR_CORRUPT);
        ck_assert_str_eq(error.text, "there is garbage behind its data");
        packwriter_bytes_free(&file);
    }
}
END_TEST

static const struct {
    const char *header;
    const char *text;
    bool listing_tells;
} headers[] = {
    {"blob 59", "inflates to more than its size", false},
    {"blob 61", "inflates to less than its size", false},
    {"tree 60", "contents do not give the object's id", false},
    {"blob 060", "its header gives no valid size", true},
    {"blob 18446744073709551615", "claims more bytes than its file can hold", true},
    {"blob 18446744073709551616", "its header gives no valid size", true},
    {"blob 100000000", "claims more bytes than its file can hold", true},
    {"blob", "its header has no size", true},
    {"blub 60", "its header names no known type", true},
    {"blob 00000000000000000000000000000060", "its header is too long", true},
};

START_TEST(every_false_header_is_told)
{
    struct packwriter_bytes file = {0};
    packread_error error;

    with_header(&file, headers[_i].header);
    put(&file);
    ck_assert_int_eq(never_wrong(&error), PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(error.text, headers[_i].text);
    ck_assert_uint_eq(list().bad, headers[_i].listing_tells);
    packwriter_bytes_free(&file);
}
END_TEST

START_TEST(other_contents_are_refused)
{
    struct packwriter_bytes file = {0};
    char other[sizeof contents];
    packread_error error;

    memcpy(other, contents, sizeof contents);
    other[0] = 'W';
    made_loose_bytes(&file, PACKREAD_BLOB, other, SIZE, 6);
    put(&file);
    ck_assert_int_eq(never_wrong(&error), PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(error.text, "contents do not give the object's id");
    packwriter_bytes_free(&file);
}
END_TEST

START_TEST(what_is_no_file_is_told)
{
    char *path = made_loose_path(objects, &id);
    packread_error error;

    for (int kind = 0; kind < 2; kind++) {
        ck_assert_int_eq(remove(path), 0);
        ck_assert_int_eq(kind == 0 ? mkdir(path, 0777) : mkfifo(path, 0666), 0);
        ck_assert_int_eq(never_wrong(&error), PACKREAD_ERROR_CORRUPT);
        ck_assert_str_eq(error.text, "not a regular file");
    }
    ck_assert_int_eq(remove(path), 0);
    ck_assert_int_eq(symlink("nowhere", path), 0);
    ck_assert_int_eq(never_wrong(&error), PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(error.text, "is a symbolic link that leads nowhere");
    free(path);
}
END_TEST

/* ---- Other copies --------------------------------------------------------------------------- */

static void add_pack(bool damaged)
{
    struct packwriter_pack pack = {0};
    char *path;

    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, contents, SIZE, 6);
    if (damaged)
        made_pack_damage(&pack, 0);
    path = sample_save(&pack, "loose.git/objects/pack/pack-one", NULL);
    packwriter_pack_free(&pack);
    free(path);
}

static void damage_loose(void)
{
    struct packwriter_bytes file = copy_of(good.size);

    file.data[file.size / 2] ^= 0x55;
    put(&file);
    packwriter_bytes_free(&file);
}

static void reads_well(void)
{
    streamed state = {.size = 0};
    const packread_sink sink = {.data = take, .context = &state};
    packread_object object;
    packread_error error;

    sample_good(packread_reader_read(reader, &id, &object, &error), &error);
    ck_assert_uint_eq(object.size, SIZE);
    ck_assert_mem_eq(object.data, contents, SIZE);
    sample_good(packread_reader_stream(reader, &id, &sink, &error), &error);
    ck_assert_uint_eq(state.size, SIZE);
}

START_TEST(a_damaged_loose_copy_costs_nothing_where_a_pack_has_the_object)
{
    packread_location location;
    packread_error error;

    damage_loose();
    /* Found loose first, and then packed. */
    sample_good(packread_reader_find(reader, &id, &location, &error), &error);
    ck_assert_uint_eq(location.kind, PACKREAD_STORE_LOOSE);
    add_pack(false);
    sample_good(packread_snapshot_refresh(snapshot, NULL, &error), &error);
    reads_well();
    ck_assert_uint_eq(list().bad, 0);
}
END_TEST

START_TEST(a_damaged_packed_copy_costs_nothing_where_the_object_is_loose)
{
    packread_error error;

    add_pack(true);
    sample_good(packread_snapshot_refresh(snapshot, NULL, &error), &error);
    reads_well();
    ck_assert_uint_eq(list().bad, 0);
}
END_TEST

START_TEST(where_all_copies_are_damaged_that_is_told)
{
    packread_object object;
    packread_error error;

    add_pack(true);
    damage_loose();
    sample_good(packread_snapshot_refresh(snapshot, NULL, &error), &error);
    ck_assert_int_eq(packread_reader_read(reader, &id, &object, &error), PACKREAD_ERROR_CORRUPT);
}
END_TEST

/* A delta on a damaged entry, whose object is loose too. */
START_TEST(a_loose_object_mends_what_hangs_on_it)
{
    struct packwriter_pack pack = {0};
    packread_object object;
    packread_error error;
    char *path;

    made_pack_begin(&pack);
    made_pack_add_line(&pack, 0);
    made_pack_add_delta(&pack, 0, 1);
    made_pack_add_delta(&pack, 1, 2);
    made_pack_damage(&pack, 0);
    made_loose_put(objects, 20, PACKREAD_BLOB, made_lines[0], strlen(made_lines[0]), 6);
    path = sample_save(&pack, "loose.git/objects/pack/pack-chain", NULL);
    sample_good(packread_snapshot_refresh(snapshot, NULL, &error), &error);
    for (size_t i = 0; i < 3; i++) {
        const packread_id line = made_pack_id(&pack, i);

        sample_good(packread_reader_read(reader, &line, &object, &error), &error);
        ck_assert_uint_eq(object.size, strlen(made_lines[i]));
        ck_assert_mem_eq(object.data, made_lines[i], object.size);
    }
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("loose objects, damaged");
    TCase *damaged = tcase_create("damaged");

    tcase_add_checked_fixture(damaged, open_all, close_all);
    tcase_add_test(damaged, every_flipped_bit_is_told);
    tcase_add_test(damaged, every_cut_and_every_surplus_is_told);
    tcase_add_loop_test(damaged, every_false_header_is_told, 0, sizeof headers / sizeof headers[0]);
    tcase_add_test(damaged, other_contents_are_refused);
    tcase_add_test(damaged, what_is_no_file_is_told);
    tcase_add_test(damaged, a_damaged_loose_copy_costs_nothing_where_a_pack_has_the_object);
    tcase_add_test(damaged, a_damaged_packed_copy_costs_nothing_where_the_object_is_loose);
    tcase_add_test(damaged, where_all_copies_are_damaged_that_is_told);
    tcase_add_test(damaged, a_loose_object_mends_what_hangs_on_it);
    suite_add_tcase(suite, damaged);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
