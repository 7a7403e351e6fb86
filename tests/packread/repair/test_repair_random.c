/* test_repair_random.c - packs at random, whose objects hang on each other in every way that there
 * is, rings and wrong deltas among them: what is read is compared with what a naive count of all
 * that can be had says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"

#define OBJECTS_MOST 24
#define PACKS_MOST 4
#define COPIES_MOST (OBJECTS_MOST * PACKS_MOST)
#define PLACES 40 /* of one loop */

/* One entry, as the naive count sees it. */
typedef struct copy {
    size_t object;
    bool is_delta;
    size_t base;
    size_t below;   /* the copy that it hangs on by offset; NONE: by id */
    bool is_hidden; /* the index has it under another id */
    bool is_good;   /* it gives the object, its base given */
    bool is_had;
} copy;

#define NONE SIZE_MAX

typedef struct world {
    size_t objects;
    copy copies[COPIES_MOST];
    size_t copy_count;
    bool can_be_had[OBJECTS_MOST];
    bool may_be_more; /* an index made from a pack may take the place of the one beside it */
} world;

/* Of about a size that a small cache has no room for many of. */
static char texts[OBJECTS_MOST][30100];
static packread_id ids[OBJECTS_MOST];

static void make_texts(uint64_t *state)
{
    for (size_t i = 0; i < OBJECTS_MOST; i++) {
        size_t size = suite_random_below(state, 3) ? 60 : 30000;

        for (size_t at = 0; at < size; at++)
            texts[i][at] = (char)('a' + (at * 7 + at / 13) % 26);
        snprintf(texts[i] + size, 40, " is number %zu", i);
        ids[i] = made_pack_text_id(texts[i]);
    }
}

static void add_delta(struct packwriter_pack *pack, const copy *made, size_t base_entry,
                      bool by_offset)
{
    struct packwriter_bytes delta = {0};
    const char *base = texts[made->base];
    const char *text = texts[made->object];
    const char *result = made->is_good ? text : "something else";

    if (!by_offset) {
        made_pack_add_on(pack, base, text, result);
        return;
    }
    packwriter_delta_make(&delta, base, strlen(base), result, strlen(result));
    packwriter_pack_add_ofs_delta(pack, base_entry, &delta, text, strlen(text), 6);
    packwriter_bytes_free(&delta);
}

/* One copy of the object. `entries` says where the pack has the others: one more than the number,
 * or 0. */
static void add_copy(world *made, struct packwriter_pack *pack, size_t object, size_t *entries,
                     uint64_t *state)
{
    copy *added = &made->copies[made->copy_count++];
    const bool is_cut = suite_random_below(state, 5) == 0;
    const size_t first = made->copy_count - 1 - pack->entry_count; /* of this pack */
    size_t base = (size_t)suite_random_below(state, made->objects);

    *added = (copy){.object = object,
                    .is_delta = suite_random_below(state, 6) != 0,
                    .base = base,
                    .below = NONE,
                    .is_hidden = suite_random_below(state, 8) == 0,
                    .is_good = suite_random_below(state, 4) != 0};
    if (added->is_delta && entries[base] > 0 && suite_random_below(state, 2))
        added->below = first + entries[base] - 1;
    if (added->is_delta)
        add_delta(pack, added, entries[base] - 1, added->below != NONE);
    else if (added->is_good)
        packwriter_pack_add_object(pack, PACKWRITER_BLOB, texts[object], strlen(texts[object]), 6);
    else
        made_pack_add_false(pack, "false", 5, texts[object], strlen(texts[object]));
    entries[object] = pack->entry_count;
    if (is_cut) {
        made_pack_damage(pack, pack->entry_count - 1);
        added->is_good = false;
    }
}

/* With the ids of the index as they are to be. */
static void put(const world *made, struct packwriter_pack *pack, const char *name)
{
    const copy *copies = made->copies + made->copy_count - pack->entry_count;
    struct packwriter_index_row rows[OBJECTS_MOST];

    for (size_t i = 0; i < pack->entry_count; i++) {
        rows[i] = made_pack_row(pack, i);
        if (copies[i].is_hidden)
            rows[i].id[19] ^= 1;
    }
    free(made_pack_save_rows(pack, name, rows, pack->entry_count, NULL));
    packwriter_pack_free(pack);
}

static void make_packs(world *made, uint64_t *state)
{
    size_t packs = 1 + (size_t)suite_random_below(state, PACKS_MOST);
    const uint64_t density = 1 + suite_random_below(state, 4);

    made->objects = 1 + (size_t)suite_random_below(state, OBJECTS_MOST);
    for (unsigned number = 0; number < packs; number++) {
        struct packwriter_pack pack = {0};
        size_t entries[OBJECTS_MOST] = {0};
        size_t shift = (size_t)suite_random(state);
        char name[20];

        made_pack_begin(&pack);
        for (size_t i = 0; i < made->objects; i++)
            if (suite_random_below(state, 4) < density)
                add_copy(made, &pack, (i + shift) % made->objects, entries, state);
        snprintf(name, sizeof name, "pack-%u", number);
        put(made, &pack, name);
    }
}

/* What a copy hangs on: by offset that copy itself, or any of what the index says it is. */
static bool has_base(const world *made, const copy *one)
{
    const copy *below = one->below == NONE ? NULL : &made->copies[one->below];

    if (!one->is_delta)
        return true;
    return (below && below->is_had) ||
           ((!below || !below->is_hidden) && made->can_be_had[one->base]);
}

static void count_what_can_be_had(world *made)
{
    bool more = true;

    while (more) {
        more = false;
        for (size_t i = 0; i < made->copy_count; i++) {
            copy *one = &made->copies[i];

            if (one->is_had || !one->is_good || !has_base(made, one))
                continue;
            more = one->is_had = true;
            if (!one->is_hidden)
                made->can_be_had[one->object] = true;
        }
    }
}

static bool is_there(const world *made, size_t object)
{
    for (size_t i = 0; i < made->copy_count; i++)
        if (made->copies[i].object == object && !made->copies[i].is_hidden)
            return true;
    return false;
}

static void read_one(packread_reader *reader, const world *made, size_t object, uint64_t seed)
{
    const unsigned want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE | PACKREAD_WANT_DISK;
    const char *text = texts[object];
    packread_object got;
    packread_info info = {.struct_size = sizeof info};
    packread_error error;
    int status = packread_reader_read(reader, &ids[object], &got, &error);

    if (made->can_be_had[object]) {
        ck_assert_msg(status == 0, "seed %llu: object %zu: %s", (unsigned long long)seed, object,
                      error.text);
        ck_assert(got.size == strlen(text) && memcmp(got.data, text, got.size) == 0);
        status = packread_reader_describe(reader, &ids[object], want, &info, &error);
        ck_assert_msg(status == 0, "seed %llu: object %zu: %s", (unsigned long long)seed, object,
                      error.text);
        ck_assert(info.type == PACKREAD_BLOB && info.size_on_disk > 0);
    } else if (made->may_be_more && status == 0) {
        ck_assert(got.size == strlen(text) && memcmp(got.data, text, got.size) == 0);
    } else {
        const bool is_absent =
            status == PACKREAD_ERROR_NOT_FOUND || status == PACKREAD_ERROR_DOUBTFUL;

        ck_assert_msg(
            status == error.code && (is_there(made, object) || is_absent || made->may_be_more) &&
                (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN || is_absent),
            "seed %llu: object %zu: %d: %s", (unsigned long long)seed, object, status, error.text);
        ck_assert_int_eq(packread_id_compare(&error.id, &ids[object]), 0);
    }
}

typedef struct listed {
    const world *made;
    bool told[OBJECTS_MOST];
} listed;

static int mark(void *context, const packread_info *info, const packread_error *error)
{
    listed *list = context;

    for (size_t i = 0; i < list->made->objects; i++)
        if (!error && packread_id_compare(&info->id, &ids[i]) == 0) {
            ck_assert_int_eq(info->type, PACKREAD_BLOB);
            list->told[i] = true;
        }
    return 0;
}

/* Whatever can be had is listed, in either order. */
static void list_all(packread_reader *reader, const world *made, uint64_t seed)
{
    for (int order = 0; order < 2; order++) {
        packread_list_options options = {.order = order ? PACKREAD_BY_OFFSET : PACKREAD_BY_ID,
                                         .want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE,
                                         .once = true};
        listed list = {.made = made};
        packread_error error = {0};
        int status = packread_reader_list(reader, &options, mark, &list, &error);

        if (status != 0 && error.id.size == 0 && !made->may_be_more) /* not of an object */
            sample_good(status, &error);
        for (size_t i = 0; i < made->objects; i++)
            ck_assert_msg(list.told[i] || !made->can_be_had[i], "seed %llu: object %zu, order %d",
                          (unsigned long long)seed, i, order);
    }
}

/* With much memory and with little, each several times over, in any order. */
static void check_world(const world *made, uint64_t seed, uint64_t *state)
{
    packread_options options = {.memory_limit = seed % 2 ? (uint64_t)1 << 20 : 0,
                                .flags = made->may_be_more ? 0 : PACKREAD_INDEX_AS_IT_IS};
    char *folder = suite_scratch_path("");
    packread_snapshot *snapshot = sample_open(folder, &options);
    packread_reader *reader = sample_reader(snapshot);

    if (seed / 2 % 2)
        list_all(reader, made, seed);
    for (size_t i = 0; i < 4 * made->objects; i++)
        read_one(reader, made, (size_t)suite_random_below(state, made->objects), seed);
    if (seed / 2 % 2 == 0)
        list_all(reader, made, seed);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(folder);
}

static void remove_packs(void)
{
    for (unsigned number = 0; number < PACKS_MOST; number++) {
        static const char *const endings[] = {"pack", "idx"};

        for (size_t i = 0; i < 2; i++) {
            char name[20];
            char *path;

            snprintf(name, sizeof name, "pack-%u.%s", number, endings[i]);
            path = suite_scratch_path(name);
            remove(path);
            free(path);
        }
    }
}

START_TEST(what_can_be_had_is_read_and_nothing_else)
{
    uint64_t first = suite_seed() + (uint64_t)_i * PLACES;

    for (uint64_t seed = first; seed < first + PLACES; seed++) {
        uint64_t state = seed;
        world *made = calloc(1, sizeof *made);

        make_texts(&state);
        make_packs(made, &state);
        made->may_be_more = seed / 4 % 2 != 0;
        count_what_can_be_had(made);
        check_world(made, seed, &state);
        free(made);
        remove_packs();
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("repair: random");
    TCase *cases = tcase_create("random");

    tcase_add_loop_test(cases, what_can_be_had_is_read_and_nothing_else, 0,
                        (int)suite_number("REPAIR_LOOPS", 25));
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
