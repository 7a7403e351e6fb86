/* test_header_sweep.c - lists that ask for types, sizes and depths of many objects sweep the pack
 * once: what they say of each is what is said when it is asked for alone, also of damaged entries,
 * of chains deeper and sizes larger than a sweep notes, where memory has no room for a sweep, and
 * on any number of threads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)
#define PLAIN 100   /* enough for a sweep */
#define DEEP 65700u /* links; a sweep counts up to 65534 */

#define WANT (PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE | PACKREAD_WANT_DEPTH)

/* ---- Comparing ---------------------------------------------------------------------------------
 */

typedef struct comparison {
    packread_reader *alone;
    unsigned want;
    size_t every; /* one of so many is asked for alone, and each deep one */
    size_t count;
    size_t errors;
    packread_error first; /* of them */
    uint32_t deepest;
} comparison;

static int compare(void *context, const packread_info *info, const packread_error *error)
{
    comparison *state = context;
    packread_info alone = {.struct_size = sizeof alone};
    packread_error alone_error;
    packread_location location;
    int status;

    if (error && state->errors++ == 0)
        state->first = *error;
    if (!error && state->want & PACKREAD_WANT_DEPTH && info->depth > state->deepest)
        state->deepest = info->depth;
    if (state->count++ % state->every != 0 && !error && info->depth < 65500)
        return 0;
    memset(&alone_error, 0, sizeof alone_error);
    location = info->location;
    status = packread_reader_info(state->alone, &location, state->want, &alone, &alone_error);
    ck_assert_int_eq(status, error ? error->code : 0);
    if (error) {
        ck_assert_str_eq(error->text, alone_error.text);
        ck_assert_uint_eq(error->offset, alone_error.offset);
        ck_assert_int_eq(packread_id_compare(&error->id, &alone_error.id), 0);
        return 0;
    }
    ck_assert_int_eq(packread_id_compare(&info->id, &alone.id), 0);
    if (state->want & PACKREAD_WANT_TYPE)
        ck_assert_int_eq(info->type, alone.type);
    if (state->want & PACKREAD_WANT_SIZE)
        ck_assert_uint_eq(info->size, alone.size);
    if (state->want & PACKREAD_WANT_DEPTH)
        ck_assert_uint_eq(info->depth, alone.depth);
    return 0;
}

static int pass_by(void *context, const packread_info *info, const packread_error *error)
{
    (void)context, (void)info, (void)error;
    return 0;
}

/* With the pack's order made, so much is taken that a sweep does not fit beside it. */
static packread_reader *hold(packread_snapshot *snapshot, const packread_id *id)
{
    const packread_list_options list = {.want = PACKREAD_WANT_DISK};
    packread_reader *reader = sample_reader(snapshot);
    packread_object object;
    packread_error error;

    sample_good(packread_reader_list(reader, &list, pass_by, NULL, &error), &error);
    sample_good(packread_reader_read(reader, id, &object, &error), &error);
    return reader;
}

static uint32_t order_agrees(enum packread_order order, const char *path, uint64_t limit,
                             const packread_id *held, unsigned want, unsigned threads, size_t every,
                             size_t objects, size_t errors)
{
    const packread_options options = {.memory_limit = limit};
    const packread_list_options list = {.order = order, .want = want, .threads = threads};
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_snapshot *other = sample_open(path, NULL);
    packread_reader *holder = held ? hold(snapshot, held) : NULL;
    packread_reader *reader = sample_reader(snapshot);
    comparison state = {.alone = sample_reader(other), .want = want, .every = every};
    packread_error error;
    int status;

    status = packread_reader_list(reader, &list, compare, &state, &error);
    ck_assert_uint_eq(state.count, objects);
    ck_assert_uint_eq(state.errors, errors);
    ck_assert_int_eq(status, errors ? state.first.code : 0);
    if (errors) {
        ck_assert_int_eq(packread_id_compare(&error.id, &state.first.id), 0);
        ck_assert_str_eq(error.text, state.first.text);
    }
    packread_reader_free(reader);
    packread_reader_free(holder);
    packread_reader_free(state.alone);
    packread_snapshot_free(snapshot);
    packread_snapshot_free(other);
    return state.deepest;
}

/* So many objects and errors; the depth of the deepest. `held` (may be NULL) is held meanwhile. By
 * offset too, where the limit has room for that order. */
static uint32_t list_agrees(const char *path, uint64_t limit, const packread_id *held,
                            unsigned want, unsigned threads, size_t every, size_t objects,
                            size_t errors)
{
    uint32_t deepest =
        order_agrees(PACKREAD_BY_ID, path, limit, held, want, threads, every, objects, errors);

    if (limit == 0)
        ck_assert_uint_eq(
            order_agrees(PACKREAD_BY_OFFSET, path, 0, held, want, threads, every, objects, errors),
            deepest);
    return deepest;
}

/* ---- Damaged -----------------------------------------------------------------------------------
 */

static void add_plain(struct packwriter_pack *pack)
{
    for (int i = 0; i < PLAIN; i++) {
        char text[40];
        int size = snprintf(text, sizeof text, "plain blob %d\n", i);

        packwriter_pack_add_object(pack, PACKWRITER_BLOB, text, (size_t)size, 1);
    }
}

/* An entry of these header bits; `distance` 0: none. Its id is that of `name`. */
static size_t add_odd(struct packwriter_pack *pack, unsigned kind, uint64_t size, uint64_t distance,
                      const char *name)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, strlen(made_lines[0]), 5);
    packwriter_delta_copy(&delta, 0, 5);
    packwriter_pack_begin_entry(pack);
    packwriter_bytes_add_entry_header(&pack->bytes, kind, size ? size : delta.size);
    if (distance)
        packwriter_bytes_add_distance(&pack->bytes, distance);
    packwriter_bytes_add_deflated(&pack->bytes, delta.data, delta.size, 1);
    packwriter_bytes_free(&delta);
    return packwriter_pack_end_entry(pack, PACKWRITER_BLOB, name, strlen(name));
}

START_TEST(damaged_entries_are_told_as_if_each_were_asked_for_alone)
{
    static const unsigned wants[] = {WANT, PACKREAD_WANT_TYPE,
                                     PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE,
                                     PACKREAD_WANT_TYPE | PACKREAD_WANT_DEPTH};
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    uint8_t absent[PACKWRITER_HASH_MAX] = {0x12, 0x34};
    uint64_t here;
    char *path;

    made_pack_begin(&pack);
    made_pack_add_line(&pack, 0);
    add_plain(&pack);
    made_pack_add_delta(&pack, 0, 1);
    add_odd(&pack, 0, 0, 0, "of no type");
    add_odd(&pack, 5, 0, 0, "of the reserved type");
    here = pack.bytes.size;
    add_odd(&pack, PACKWRITER_OFS_DELTA, 0, here - pack.entries[0].offset - 1, "inside an entry");
    here = pack.bytes.size;
    add_odd(&pack, PACKWRITER_OFS_DELTA, 0, here - 4, "inside the header");
    here = pack.bytes.size;
    add_odd(&pack, PACKWRITER_OFS_DELTA, 0, here + 100, "before the pack");
    packwriter_delta_begin(&delta, 10, 10);
    packwriter_delta_copy(&delta, 0, 10);
    packwriter_pack_add_ref_delta(&pack, absent, PACKWRITER_BLOB, &delta, "on nothing", 10, 1);
    packwriter_bytes_free(&delta);
    /* What a sweep notes in 32 bits. */
    add_odd(&pack, PACKWRITER_BLOB, UINT32_MAX, 0, "claims 4 GiB");
    add_odd(&pack, PACKWRITER_BLOB, (uint64_t)UINT32_MAX - 1, 0, "claims less");
    add_odd(&pack, PACKWRITER_BLOB, (uint64_t)1 << 40, 0, "claims more");
    path = sample_save(&pack, "pack-odd", NULL);
    list_agrees(path, 0, NULL, wants[_i], 0, 1, pack.entry_count, 6);
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

/* ---- Deep --------------------------------------------------------------------------------------
 */

#define HELD ((size_t)300 << 10) /* a sweep takes 514 KiB, what is remembered of chains 384 */

static char *deep_path;
static packread_id held_id;

static void add_link(struct packwriter_pack *pack, uint32_t number)
{
    struct packwriter_bytes delta = {0};
    char text[16];

    snprintf(text, sizeof text, "%08x", (unsigned)number);
    packwriter_pack_begin_entry(pack);
    if (number == 0) {
        packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_BLOB, 8);
        packwriter_bytes_add_stored(&pack->bytes, text, 8, 100, 0);
    } else {
        packwriter_delta_begin(&delta, 8, 8);
        packwriter_delta_insert(&delta, text, 8);
        packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_OFS_DELTA, delta.size);
        packwriter_bytes_add_distance(&pack->bytes,
                                      pack->open_position - pack->entries[number - 1].offset);
        packwriter_bytes_add_stored(&pack->bytes, delta.data, delta.size, 100, 0);
        packwriter_bytes_free(&delta);
    }
    packwriter_pack_end_entry(pack, PACKWRITER_BLOB, text, 8);
}

static void make_deep(void)
{
    struct packwriter_pack pack = {0};
    unsigned char *zeros;

    made_pack_begin(&pack);
    for (uint32_t i = 0; i <= DEEP; i++)
        add_link(&pack, i);
    zeros = calloc(1, HELD);
    ck_assert_ptr_nonnull(zeros);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, zeros, HELD, 1);
    held_id = made_pack_id(&pack, DEEP + 1);
    free(zeros);
    deep_path = sample_save(&pack, "pack-deep", NULL);
    packwriter_pack_free(&pack);
}

static void free_deep(void)
{
    free(deep_path);
}

/* The second limit has no room for the pack's order, the third for no sweep beside the order. */
START_TEST(chains_deeper_than_a_sweep_notes_are_told_in_full)
{
    static const uint64_t limits[] = {0, 5 * MIB / 4, 5 * MIB / 2};

    /* With 9 it is done once more what 5 do, but where there is room for all. */
    const unsigned most = _i == 0 || suite_number("CHECK_LARGE", 0) ? 9 : 5;

    for (unsigned threads = 1; threads <= most; threads += 4)
        ck_assert_uint_eq(list_agrees(deep_path, limits[_i], _i == 2 ? &held_id : NULL, WANT,
                                      threads, 2999, DEEP + 2, 0),
                          DEEP);
}
END_TEST

/* ---- Threads -----------------------------------------------------------------------------------
 */

/* On any number of threads, each object once and as it is told alone. */
START_TEST(threads_tell_what_one_tells)
{
    static const unsigned threads[] = {1, 2, 3, 64, 0};
    char *path = sample_path(sample_find("repos/many"), NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);
    packread_pack_info pack = {.struct_size = sizeof pack};

    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &pack), 0);
    packread_snapshot_free(snapshot);
    ck_assert_uint_gt(pack.objects, 20000);
    list_agrees(path, 0, NULL, WANT, threads[_i], 1, (size_t)pack.objects, 0);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("header_sweep");
    TCase *damaged = tcase_create("damaged");
    TCase *deep = tcase_create("deep");
    TCase *threads = tcase_create("threads");

    tcase_add_loop_test(damaged, damaged_entries_are_told_as_if_each_were_asked_for_alone, 0, 4);
    suite_add_tcase(suite, damaged);
    tcase_add_unchecked_fixture(deep, make_deep, free_deep);
    tcase_add_loop_test(deep, chains_deeper_than_a_sweep_notes_are_told_in_full, 0, 3);
    suite_add_tcase(suite, deep);
    tcase_add_loop_test(threads, threads_tell_what_one_tells, 0, 5);
    suite_add_tcase(suite, threads);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
