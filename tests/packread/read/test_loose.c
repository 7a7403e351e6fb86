/* test_loose.c - loose objects are found, told, read and streamed as those in packs are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "made_loose.h"
#include "made_pack.h"
#include "suite.h"

typedef struct known {
    packread_id id;
    enum packread_type type;
    struct packwriter_bytes contents;
} known;

#define KNOWN_MOST 64

static known all[KNOWN_MOST];
static size_t count;
static char *where;
static char *objects;

static void open_repository(size_t id_size)
{
    objects = made_loose_repository("loose", id_size);
    suite_scratch_write("loose.git/objects/pack/.keep", "");
    where = suite_scratch_path("loose.git");
}

static void put(size_t id_size, enum packread_type type, size_t size, int level)
{
    known *added = &all[count++];

    ck_assert_uint_le(count, KNOWN_MOST);
    added->type = type;
    if (size % 2)
        packwriter_bytes_add_noise(&added->contents, size, size);
    else
        packwriter_bytes_add_repeated(&added->contents, (uint8_t)('a' + size % 26), size);
    added->id = made_loose_put(objects, id_size, type, added->contents.data, size, level);
}

/* Sizes around those of buffers: what is inflated first, what is read at once, what is trusted. */
static void put_all(size_t id_size)
{
    static const size_t sizes[] = {0,     1,     2,       15,      1013,   1014,    1015,
                                   1016,  1017,  1018,    4096,    65519,  65520,   65535,
                                   65536, 65537, 1048575, 1048576, 300001, 1500001, 3000000};

    open_repository(id_size);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        put(id_size, (enum packread_type)(PACKREAD_COMMIT + i % 4), sizes[i], (int)(i % 3) * 3);
    put(id_size, PACKREAD_BLOB, 200000, 0);
}

static void forget_all(void)
{
    for (size_t i = 0; i < count; i++)
        packwriter_bytes_free(&all[i].contents);
    count = 0;
    free(where);
    free(objects);
}

static const known *known_of(const packread_id *id)
{
    for (size_t i = 0; i < count; i++)
        if (packread_id_compare(&all[i].id, id) == 0)
            return &all[i];
    ck_abort_msg("an object that nobody made");
}

/* ---- One way after the other ---------------------------------------------------------------- */

static void has_facts(const packread_info *info)
{
    const known *of = known_of(&info->id);

    ck_assert_int_eq(info->type, of->type);
    ck_assert_int_eq(info->stored_type, of->type);
    ck_assert_uint_eq(info->size, of->contents.size);
    ck_assert_uint_gt(info->size_on_disk, 0);
    ck_assert_uint_eq(info->depth, 0);
    ck_assert_uint_eq(info->base.size, 0);
    ck_assert(!info->has_crc);
    ck_assert_uint_eq(info->location.kind, PACKREAD_STORE_LOOSE);
    ck_assert_uint_eq(info->location.store, 0);
}

static void has_contents(const packread_object *object)
{
    const known *of = known_of(&object->id);

    ck_assert_int_eq(object->type, of->type);
    ck_assert_uint_eq(object->size, of->contents.size);
    if (object->size > 0)
        ck_assert_int_eq(memcmp(object->data, of->contents.data, object->size), 0);
}

typedef struct taken {
    const known *of;
    uint64_t size;
} taken;

static int take_begin(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    taken *state = context;

    state->of = known_of(id);
    state->size = 0;
    ck_assert_int_eq(type, state->of->type);
    ck_assert_uint_eq(size, state->of->contents.size);
    return 0;
}

static int take_data(void *context, const void *bytes, size_t size)
{
    taken *state = context;

    ck_assert_uint_le(size, state->of->contents.size - state->size);
    ck_assert_int_eq(memcmp(bytes, state->of->contents.data + state->size, size), 0);
    state->size += size;
    return 0;
}

static void streams(packread_reader *reader, const packread_id *id)
{
    taken state = {NULL, 0};
    const packread_sink sink = {.begin = take_begin, .data = take_data, .context = &state};
    packread_error error;

    sample_good(packread_reader_stream(reader, id, &sink, &error), &error);
    ck_assert_uint_eq(state.size, state.of->contents.size);
}

static int visit(void *context, const packread_info *info, const packread_error *error)
{
    size_t *told = context;

    ck_assert_ptr_null(error);
    has_facts(info);
    ++*told;
    return 0;
}

static void is_all_there(const packread_options *options, bool is_held)
{
    packread_snapshot *snapshot = sample_open(where, options);
    packread_reader *reader = sample_reader(snapshot);
    packread_reader *other = sample_reader(snapshot);
    packread_error error;

    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    for (size_t i = 0; i < count; i++) {
        packread_info info = {.struct_size = sizeof info};
        char hex[PACKREAD_HEX_MAX + 1];
        packread_location location;
        packread_object object;
        packread_id id;

        packread_id_format(&all[i].id, hex);
        sample_good(packread_reader_find(reader, &all[i].id, &location, &error), &error);
        sample_good(packread_reader_info(reader, &location, PACKREAD_WANT_ALL, &info, &error),
                    &error);
        has_facts(&info);
        /* One that has nothing but the location. */
        sample_good(packread_reader_info(other, &location, PACKREAD_WANT_ALL, &info, &error),
                    &error);
        has_facts(&info);
        sample_good(packread_reader_describe(reader, &all[i].id, PACKREAD_WANT_ALL, &info, &error),
                    &error);
        has_facts(&info);
        for (size_t digits = 8; digits <= 2 * all[i].id.size; digits++) {
            sample_good(packread_reader_find_prefix(reader, hex, digits, &id, &error), &error);
            ck_assert_int_eq(packread_id_compare(&id, &all[i].id), 0);
        }
        streams(reader, &all[i].id);
        if (!is_held)
            continue;
        sample_good(packread_reader_read(reader, &all[i].id, &object, &error), &error);
        has_contents(&object);
        sample_good(packread_reader_read_at(other, &location, &object, &error), &error);
        has_contents(&object);
    }
    for (int order = PACKREAD_BY_ID; order <= PACKREAD_BY_OFFSET; order++) {
        const packread_list_options list = {.order = (enum packread_order)order,
                                            .want = PACKREAD_WANT_ALL};
        size_t told = 0;

        sample_good(packread_reader_list(reader, &list, visit, &told, &error), &error);
        ck_assert_uint_eq(told, count);
    }
    packread_reader_free(other);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}

START_TEST(loose_objects_are_read_in_every_way)
{
    const size_t id_size = _i ? 32 : 20;

    put_all(id_size);
    is_all_there(NULL, true);
    is_all_there(&(packread_options){.flags = PACKREAD_NO_CHECK}, true);
    forget_all();
}
END_TEST

START_TEST(what_memory_has_no_room_for_is_streamed)
{
    const packread_options small = {.memory_limit = 1 << 20};
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_object object;
    packread_error error;

    put_all(20);
    is_all_there(&small, false);
    snapshot = sample_open(where, &small);
    reader = sample_reader(snapshot);
    ck_assert_int_eq(packread_reader_read(reader, &all[20].id, &object, &error),
                     PACKREAD_ERROR_BUDGET);
    ck_assert_uint_gt(error.needed, 1 << 20);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    is_all_there(&(packread_options){.memory_limit = error.needed}, false);
    forget_all();
}
END_TEST

/* ---- Where it lies -------------------------------------------------------------------------- */

static void remove_loose(const packread_id *id)
{
    char *path = made_loose_path(objects, id);

    ck_assert_int_eq(unlink(path), 0);
    free(path);
}

START_TEST(an_object_that_went_is_not_found_and_its_location_changed)
{
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_location location;
    packread_object object;
    packread_error error;
    packread_info info = {.struct_size = sizeof info};

    open_repository(20);
    put(20, PACKREAD_BLOB, 100, 6);
    snapshot = sample_open(where, NULL);
    reader = sample_reader(snapshot);
    sample_good(packread_reader_find(reader, &all[0].id, &location, &error), &error);
    remove_loose(&all[0].id);
    ck_assert_int_eq(packread_reader_read(reader, &all[0].id, &object, &error),
                     PACKREAD_ERROR_NOT_FOUND);
    ck_assert_int_eq(packread_reader_read_at(reader, &location, &object, &error),
                     PACKREAD_ERROR_CHANGED);
    ck_assert_int_eq(packread_reader_info(reader, &location, PACKREAD_WANT_SIZE, &info, &error),
                     PACKREAD_ERROR_CHANGED);
    location.store = 7;
    ck_assert_int_eq(packread_reader_read_at(reader, &location, &object, &error),
                     PACKREAD_ERROR_ARGUMENT);
    location.kind = 2;
    ck_assert_int_eq(packread_reader_read_at(reader, &location, &object, &error),
                     PACKREAD_ERROR_ARGUMENT);
    /* It comes again. */
    made_loose_put(objects, 20, PACKREAD_BLOB, all[0].contents.data, 100, 1);
    sample_good(packread_reader_read(reader, &all[0].id, &object, &error), &error);
    has_contents(&object);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    forget_all();
}
END_TEST

START_TEST(names_that_are_no_ids_are_passed_over)
{
    static const char *const odd[] = {
        "loose.git/objects/ab/tmp_obj_abcdef", "loose.git/objects/ab/cdef",
        "loose.git/objects/ab/0123456789abcdef0123456789abcdef01234z",
        "loose.git/objects/ab/0123456789ABCDEF0123456789ABCDEF012345",
        "loose.git/objects/ab/0123456789abcdef0123456789abcdef0123456",
        /* of the other hash */
        "loose.git/objects/ab/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd",
        "loose.git/objects/abc/0123456789abcdef0123456789abcdef012345",
        "loose.git/objects/AB/0123456789abcdef0123456789abcdef012345",
        "loose.git/objects/zz/0123456789abcdef0123456789abcdef012345",
        "loose.git/objects/12", /* a file in a folder's place */
    };

    open_repository(20);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        suite_scratch_write(odd[i], "odd\n");
    put(20, PACKREAD_BLOB, 100, 6);
    is_all_there(NULL, true);
    forget_all();
}
END_TEST

static int count_ids(void *context, const packread_id *id)
{
    (void)id;
    ++*(size_t *)context;
    return 0;
}

static int count_rows(void *context, const packread_info *info, const packread_error *error)
{
    (void)info;
    ck_assert_ptr_null(error);
    ++*(size_t *)context;
    return 0;
}

/* In a pack and loose, twice in all. */
START_TEST(copies_are_told_once_or_each)
{
    struct packwriter_pack pack = {0};
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_error error;
    packread_id ids[2];
    char hex[PACKREAD_HEX_MAX + 1];
    size_t told = 0;
    char *path;

    open_repository(20);
    made_pack_begin(&pack);
    made_pack_add_line(&pack, 0);
    made_pack_add_delta(&pack, 0, 1);
    path = sample_save(&pack, "loose.git/objects/pack/pack-two", NULL);
    for (size_t i = 0; i < 2; i++)
        ids[i] = made_loose_put(objects, 20, PACKREAD_BLOB, made_lines[2 * i],
                                strlen(made_lines[2 * i]), 6);
    snapshot = sample_open(where, NULL);
    reader = sample_reader(snapshot);
    for (int way = 0; way < 4; way++) {
        static const size_t expected[] = {3, 3, 4, 3};
        const packread_list_options list = {.order = way < 2 ? PACKREAD_BY_ID : PACKREAD_BY_OFFSET,
                                            .once = way % 2};

        told = 0;
        sample_good(packread_reader_list(reader, &list, count_rows, &told, &error), &error);
        ck_assert_uint_eq(told, expected[way]);
    }
    for (size_t i = 0; i < 2; i++) {
        packread_location location;

        told = 0;
        packread_id_format(&ids[i], hex);
        sample_good(packread_reader_each_prefix(reader, hex, 10, count_ids, &told, &error), &error);
        ck_assert_uint_eq(told, 1);
        sample_good(packread_reader_find(reader, &ids[i], &location, &error), &error);
        ck_assert_uint_eq(location.kind, i == 0 ? PACKREAD_STORE_PACK : PACKREAD_STORE_LOOSE);
    }
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    packwriter_pack_free(&pack);
    free(path);
    forget_all();
}
END_TEST

/* The ids of all, and no more, are held while they are listed. */
START_TEST(many_are_listed_in_order)
{
    const size_t many = suite_number("CHECK_LARGE", 0) ? 1000000 : 3000;
    const uint64_t limit = suite_number("CHECK_LARGE", 0) ? (uint64_t)64 << 20 : (uint64_t)1 << 20;
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_error error;
    size_t told = 0;

    open_repository(20);
    for (size_t i = 0; i < many; i++)
        made_loose_put(objects, 20, PACKREAD_BLOB, &i, sizeof i, 0);
    snapshot = sample_open(where, &(packread_options){.memory_limit = limit});
    reader = sample_reader(snapshot);
    sample_good(packread_reader_list(reader, NULL, count_rows, &told, &error), &error);
    ck_assert_uint_eq(told, many);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    forget_all();
}
END_TEST

/* Larger than the memory limit, many times with CHECK_LARGE. */
START_TEST(a_giant_goes_by_in_little_memory)
{
    const size_t size = (size_t)(suite_number("CHECK_LARGE", 0) ? 600 : 24) << 20;
    const packread_options small = {.memory_limit = (uint64_t)16 << 20};

    open_repository(20);
    all[count].type = PACKREAD_BLOB;
    packwriter_bytes_add_noise(&all[count].contents, size / 2, 7);
    packwriter_bytes_add_repeated(&all[count].contents, 'g', size / 2);
    all[count].id = made_loose_put(objects, 20, PACKREAD_BLOB, all[count].contents.data, size, 1);
    count++;
    is_all_there(&small, false);
    forget_all();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("loose objects");
    TCase *loose = tcase_create("loose");

    tcase_set_timeout(loose, 3600);
    tcase_add_loop_test(loose, loose_objects_are_read_in_every_way, 0, 2);
    tcase_add_test(loose, what_memory_has_no_room_for_is_streamed);
    tcase_add_test(loose, an_object_that_went_is_not_found_and_its_location_changed);
    tcase_add_test(loose, names_that_are_no_ids_are_passed_over);
    tcase_add_test(loose, copies_are_told_once_or_each);
    tcase_add_test(loose, many_are_listed_in_order);
    tcase_add_test(loose, a_giant_goes_by_in_little_memory);
    suite_add_tcase(suite, loose);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
