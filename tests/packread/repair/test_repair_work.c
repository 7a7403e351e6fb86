/* test_repair_work.c - packs whose objects are all lost, or all but a few: rings of deltas and
 * chains whose end is damaged. Reading every object takes work that grows as the packs do, not as
 * their square: counted, not timed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "object/reader.h"
#include "suite.h"

#define OBJECTS 4000
/* Bytes that reading one object of one pack may take: some tens of headers, and its deltas. */
#define WORK_MOST 2048

static void text_of(char *text, size_t size, size_t number)
{
    snprintf(text, size, "object number %06zu", number);
}

static packread_id id_of(size_t number)
{
    char text[40];

    text_of(text, sizeof text, number);
    return made_pack_text_id(text);
}

static void add_on(struct packwriter_pack *pack, size_t base, size_t number)
{
    char below[40];
    char text[40];

    text_of(below, sizeof below, base);
    text_of(text, sizeof text, number);
    made_pack_add_on(pack, below, text, text);
}

static void add_whole(struct packwriter_pack *pack, size_t number, bool damaged)
{
    char text[40];

    text_of(text, sizeof text, number);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, text, strlen(text), 6);
    if (damaged)
        made_pack_damage(pack, pack->entry_count - 1);
}

static void put(struct packwriter_pack *pack, unsigned number)
{
    char name[20];

    snprintf(name, sizeof name, "pack-%u", number);
    made_pack_put(pack, name);
}

/* Each object on the one that is `step` after it; with an end, on the last one, which is damaged.
 */
static void put_deltas(unsigned number, size_t step, bool has_end)
{
    struct packwriter_pack pack = {0};

    made_pack_begin(&pack);
    for (size_t i = 0; i < OBJECTS; i++) {
        if (has_end && i + step >= OBJECTS)
            add_whole(&pack, i, true);
        else
            add_on(&pack, (i + step) % OBJECTS, i);
    }
    put(&pack, number);
}

/* Every object of the folder, in an order that has nothing to do with that of the packs. */
static void read_all(uint64_t memory_limit, size_t readable)
{
    packread_options options = {.memory_limit = memory_limit};
    char *folder = suite_scratch_path("");
    packread_snapshot *snapshot = sample_open(folder, &options);
    packread_reader *reader = sample_reader(snapshot);
    size_t got = 0;

    for (size_t i = 0; i < OBJECTS; i++) {
        packread_id id = id_of(i * 1009 % OBJECTS);
        packread_object object;
        packread_error error;
        packread_info info = {.struct_size = sizeof info};
        int status = packread_reader_read(reader, &id, &object, &error);

        got += status == 0;
        if (status != 0)
            ck_assert_msg(status == PACKREAD_ERROR_CORRUPT ||
                              (memory_limit > 0 && status == PACKREAD_ERROR_BUDGET),
                          "%d: %s", status, error.text);
        packread_reader_describe(reader, &id, PACKREAD_WANT_TYPE, &info, NULL);
    }
    ck_assert_uint_eq(got, readable);
    ck_assert_msg(reader->work < (uint64_t)OBJECTS * packread_snapshot_packs(snapshot) * WORK_MOST,
                  "%llu bytes an object", (unsigned long long)reader->work / OBJECTS);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(folder);
}

/* Of memory so much that all of it can be remembered, and so little that most of it cannot. */
static const uint64_t limits[] = {0, (uint64_t)4 << 20};

START_TEST(a_ring_is_gone_round_a_few_times)
{
    for (unsigned number = 0; number < 1 + (unsigned)_i / 2; number++)
        put_deltas(number, 2 * number + 1, false);
    read_all(limits[_i % 2], 0);
}
END_TEST

START_TEST(a_chain_on_something_damaged_is_walked_a_few_times)
{
    for (unsigned number = 0; number < 1 + (unsigned)_i / 2; number++)
        put_deltas(number, number + 1, true);
    read_all(limits[_i % 2], 0);
}
END_TEST

/* Each object of the ring has one copy more, which hangs on an object of another ring, or on
 * nothing: not on what would help. */
START_TEST(copies_that_do_not_help_are_tried_once)
{
    struct packwriter_pack pack = {0};

    put_deltas(0, 1, false);
    made_pack_begin(&pack);
    for (size_t i = 0; i < OBJECTS; i++)
        add_on(&pack, i % 2 ? OBJECTS + i : (i + OBJECTS / 2) % OBJECTS, i);
    put(&pack, 1);
    read_all(limits[_i], 0);
}
END_TEST

/* One of the ring is whole elsewhere: with it all are had. */
START_TEST(a_ring_that_is_broken_in_one_place_is_read)
{
    struct packwriter_pack pack = {0};

    put_deltas(0, 1, false);
    made_pack_begin(&pack);
    add_whole(&pack, 0, false);
    put(&pack, 1);
    read_all(0, OBJECTS);
}
END_TEST

/* ---- Large objects and a small cache ------------------------------------------------------------
 */

#define LINKS 1200
#define LARGE 9000

static void large_text(char *text, size_t number)
{
    snprintf(text, 9, "%08zu", number % 100000000);
    memset(text + 8, 'x', LARGE);
    text[LARGE + 8] = '\0';
}

/* Each on the one before it. */
static void put_long_chain(const char *name, bool is_damaged)
{
    struct packwriter_pack pack = {0};
    char below[LARGE + 9];
    char text[LARGE + 9];

    made_pack_begin(&pack);
    large_text(below, 0);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, below, strlen(below), 6);
    if (is_damaged)
        made_pack_damage(&pack, 0);
    for (size_t i = 1; i < LINKS; i++) {
        large_text(text, i);
        made_pack_add_on(&pack, below, text, text);
        memcpy(below, text, sizeof below);
    }
    made_pack_put(&pack, name);
}

/* The work that reading all of the chain takes. */
static uint64_t read_long_chain(void)
{
    packread_options options = {.memory_limit = (uint64_t)16 << 20};
    char *folder = suite_scratch_path("");
    packread_snapshot *snapshot = sample_open(folder, &options);
    packread_reader *reader = sample_reader(snapshot);
    char text[LARGE + 9];
    uint64_t work;

    for (size_t i = 0; i < LINKS; i++) {
        packread_object object;
        packread_error error;
        packread_id id;

        large_text(text, i * 1009 % LINKS);
        id = made_pack_text_id(text);
        sample_good(packread_reader_read(reader, &id, &object, &error), &error);
        ck_assert(object.size == strlen(text) && memcmp(object.data, text, object.size) == 0);
    }
    work = reader->work;
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(folder);
    return work;
}

START_TEST(a_chain_whose_end_is_whole_elsewhere_is_read_as_if_it_were_whole)
{
    struct packwriter_pack pack = {0};
    char text[LARGE + 9];
    uint64_t intact;
    uint64_t mended;

    put_long_chain("pack-a", false);
    intact = read_long_chain();
    put_long_chain("pack-a", true);
    made_pack_begin(&pack);
    large_text(text, 0);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text, strlen(text), 6);
    made_pack_put(&pack, "pack-b");
    mended = read_long_chain();
    ck_assert_msg(mended < 2 * intact, "%llu instead of %llu bytes", (unsigned long long)mended,
                  (unsigned long long)intact);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("repair: work");
    TCase *cases = tcase_create("work");

    tcase_add_loop_test(cases, a_ring_is_gone_round_a_few_times, 0, 6);
    tcase_add_loop_test(cases, a_chain_on_something_damaged_is_walked_a_few_times, 0, 6);
    tcase_add_loop_test(cases, copies_that_do_not_help_are_tried_once, 0, 2);
    tcase_add_test(cases, a_ring_that_is_broken_in_one_place_is_read);
    tcase_add_test(cases, a_chain_whose_end_is_whole_elsewhere_is_read_as_if_it_were_whole);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
