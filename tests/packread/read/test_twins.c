/* test_twins.c - an id that stands in several rows of one index: reading, both orders of a listing
 * and prefixes give one answer, whichever of its rows lead somewhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"

#define OBJECTS 80 /* enough for a sweep of headers */
#define TWIN 40    /* the object whose id stands in several rows */
#define ROWS_MOST 40

/* Where a row of it leads. */
enum row {
    NOWHERE = 'x', /* its offset is none */
    DAMAGED = 'd', /* an entry of no type */
    HERE = 'h',    /* to it */
    THERE = 't'    /* to its copy, which the pack has too */
};

static const struct {
    const char *rows; /* in the order of the index */
    size_t told;      /* which of them; SIZE_MAX: the first, with an error */
} kinds[] = {
    {"hh", 0},
    {"xh", 1},
    {"hx", 0},
    {"dh", 1},
    {"hd", 0},
    {"ht", 0},
    {"th", 0},
    {"xdh", 2},
    {"xxhd", 2},
    {"dxth", 2},
    {"xx", SIZE_MAX},
    {"xd", SIZE_MAX},
    {"dx", SIZE_MAX},
    {"xxxxxxxxxxxxxxxh", 15},
    /* Rows past those that are tried. */
    {"xxxxxxxxxxxxxxxxxxxxxxxxh", SIZE_MAX},
};
#define KINDS (sizeof kinds / sizeof *kinds)

typedef struct twins {
    sample_place at;
    packread_id ids[OBJECTS]; /* rising */
    packread_id id;           /* of the twins */
    uint64_t offset;          /* of the row that is told */
    uint64_t first;           /* of the first row, where none is */
} twins;

static int compare_rows(const void *left, const void *right)
{
    const struct packwriter_index_row *a = left;
    const struct packwriter_index_row *b = right;

    return memcmp(a->id, b->id, PACKWRITER_HASH_MAX);
}

/* Rows of an id keep their order: they are put in last. */
static size_t insert(struct packwriter_index_row *rows, size_t count, const char *twin,
                     const uint64_t offsets[256])
{
    const size_t more = strlen(twin) - 1;

    memmove(rows + TWIN + 1 + more, rows + TWIN + 1, (count - TWIN - 1) * sizeof *rows);
    for (size_t i = 0; i <= more; i++) {
        rows[TWIN + i] = rows[TWIN];
        rows[TWIN + i].offset = offsets[(unsigned char)twin[i]];
    }
    return count + more;
}

static void turn_round(struct packwriter_index_row *rows, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct packwriter_index_row row = rows[i];

        rows[i] = rows[count - 1 - i];
        rows[count - 1 - i] = row;
    }
}

/* All rows fall; those of the twins stay in their order, and their first one goes to the front. */
static void disorder(struct packwriter_index_row *rows, size_t count, size_t twin_count)
{
    struct packwriter_index_row first;
    size_t at = count - TWIN - twin_count;

    turn_round(rows, count);
    turn_round(rows + at, twin_count);
    first = rows[at];
    memmove(rows + 1, rows, at * sizeof *rows);
    rows[0] = first;
}

static twins make(size_t kind, size_t id_size, unsigned version, bool disordered)
{
    struct packwriter_index_row rows[OBJECTS + ROWS_MOST] = {0};
    struct packwriter_index_options index = {.version = version, .unsorted = true};
    uint64_t offsets[256] = {['x'] = 0x7fffffff};
    struct packwriter_pack pack = {0};
    const char *twin = kinds[kind].rows;
    twins made = {.first = offsets['x']};
    size_t count = OBJECTS;
    char text[40];

    packwriter_pack_begin(&pack, id_size, 2, 0);
    for (size_t i = 0; i < OBJECTS; i++) {
        snprintf(text, sizeof text, "object %zu\n", i);
        packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text, strlen(text), 1);
        memcpy(rows[i].id, pack.entries[i].id, id_size);
        rows[i].offset = pack.entries[i].offset;
        rows[i].crc32 = pack.entries[i].crc32;
    }
    qsort(rows, OBJECTS, sizeof *rows, compare_rows);
    for (size_t i = 0; i < OBJECTS; i++) {
        made.ids[i].size = (unsigned char)id_size;
        memcpy(made.ids[i].bytes, rows[i].id, id_size);
    }
    made.id = made.ids[TWIN];
    offsets['h'] = rows[TWIN].offset;
    for (size_t i = 0; i < OBJECTS; i++)
        if (pack.entries[i].offset == offsets['h'])
            snprintf(text, sizeof text, "object %zu\n", i);
    offsets['t'] =
        pack.entries[packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text, strlen(text), 9)]
            .offset;
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, 5, 10);
    packwriter_bytes_add_deflated(&pack.bytes, "0123456789", 10, 1);
    offsets['d'] = pack.entries[packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, "odd", 3)].offset;
    count = insert(rows, count, twin, offsets);
    if (disordered)
        disorder(rows, count, strlen(twin));
    made.first = twin[0] == NOWHERE ? 0 : offsets[(unsigned char)twin[0]];
    if (kinds[kind].told != SIZE_MAX)
        made.offset = offsets[(unsigned char)twin[kinds[kind].told]];
    made.at = sample_place_at(made_pack_save_rows(&pack, "pack-twins", rows, count, &index), NULL);
    packwriter_pack_free(&pack);
    return made;
}

/* ---- Listing --------------------------------------------------------------------------------- */

typedef struct listing {
    const twins *of;
    bool seen[OBJECTS];
    size_t errors;
    packread_location twin;
    uint64_t last_offset;
    packread_id last;
    enum packread_order order;
} listing;

static int take(void *context, const packread_info *info, const packread_error *error)
{
    listing *state = context;
    bool is_twin = packread_id_compare(&info->id, &state->of->id) == 0;
    size_t number = 0;

    while (number < OBJECTS && packread_id_compare(&info->id, &state->of->ids[number]) != 0)
        number++;
    ck_assert_uint_lt(number, OBJECTS);
    ck_assert(!state->seen[number]);
    ck_assert(is_twin || !error);
    state->seen[number] = true;
    state->errors += error != NULL;
    if (is_twin)
        state->twin = info->location;
    if (state->order == PACKREAD_BY_ID)
        ck_assert_int_lt(packread_id_compare(&state->last, &info->id), 0);
    else if (!error)
        ck_assert_uint_lt(state->last_offset, info->location.offset);
    state->last = info->id;
    if (!error) {
        state->last_offset = info->location.offset;
        ck_assert_int_eq(info->type, PACKREAD_BLOB);
    }
    return 0;
}

static void check_list(const twins *of, bool is_told, enum packread_order order)
{
    packread_list_options options = {.order = order,
                                     .want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE};
    listing state = {.of = of, .order = order};
    packread_error error = {0};

    /* That an id stands twice is damage in any case: another may be missing. */
    ck_assert_int_eq(packread_reader_list(of->at.reader, &options, take, &state, &error),
                     PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(error.id.size, 0);
    for (size_t i = 0; i < OBJECTS; i++)
        ck_assert(state.seen[i]);
    ck_assert_uint_eq(state.errors, !is_told);
    ck_assert_uint_eq(state.twin.offset, is_told ? of->offset : of->first);
}

static int count_one(void *context, const packread_id *id)
{
    (void)id;
    ++*(size_t *)context;
    return 0;
}

static void check_read(const twins *of, bool is_told)
{
    packread_object object;
    packread_error error;
    char hex[PACKREAD_HEX_MAX + 1];
    size_t count = 0;
    int status = packread_reader_read(of->at.reader, &of->id, &object, &error);

    if (is_told)
        sample_good(status, &error);
    else
        ck_assert_int_eq(status, PACKREAD_ERROR_CORRUPT);
    packread_id_format(&of->id, hex);
    sample_good(packread_reader_each_prefix(of->at.reader, hex, 2u * of->id.size, count_one, &count,
                                            &error),
                &error);
    ck_assert_uint_eq(count, 1);
}

/* Kinds times ids of 20 and 32 bytes times versions, in order or not. */
#define WAYS 8

START_TEST(an_id_in_several_rows_is_one_object_everywhere)
{
    size_t kind = (size_t)_i / WAYS;
    twins of = make(kind, _i % 2 ? 32 : 20, _i / 2 % 2 ? 1 : 2, _i / 4 % 2);
    bool is_told = kinds[kind].told != SIZE_MAX;

    check_read(&of, is_told);
    check_list(&of, is_told, PACKREAD_BY_OFFSET);
    check_list(&of, is_told, PACKREAD_BY_ID);
    check_list(&of, is_told, PACKREAD_BY_OFFSET);
    check_read(&of, is_told);
    sample_place_close(&of.at);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("twins");
    TCase *tests = tcase_create("twins");

    tcase_add_loop_test(tests, an_id_in_several_rows_is_one_object_everywhere, 0,
                        (int)KINDS * WAYS);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
