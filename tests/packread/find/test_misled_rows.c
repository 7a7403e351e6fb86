/* test_misled_rows.c - an index that gained or lost bytes, so that its rows lead to wrong places,
 * and is the only one: a pack that is whole gives all its objects, one that is not all that are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "samples.h"
#include "suite.h"

#define TABLES (8 + 1024) /* where the ids of an index begin */
#define TEXTS 18
#define OBJECTS (MADE_TREE + TEXTS)

static struct packwriter_pack pack;
static struct packwriter_bytes whole; /* its index */
static char *pack_path;

/* `is_large`: each row has a 64-bit offset. */
static void make(bool is_large)
{
    const struct packwriter_index_options how = {.all_large = is_large};
    char text[80];

    memset(&pack, 0, sizeof pack);
    memset(&whole, 0, sizeof whole);
    made_pack_begin_tree(&pack);
    for (int i = 0; i < TEXTS; i++) {
        snprintf(text, sizeof text, "text %d%*d\n", i, 3 + 2 * i, i);
        packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text, strlen(text), 1);
    }
    pack_path = sample_save(&pack, "pack-0", &how);
    packwriter_index_write_pack(&whole, &pack, &how);
}

static void done(void)
{
    packwriter_pack_free(&pack);
    packwriter_bytes_free(&whole);
    free(pack_path);
}

static packread_snapshot *open_folder(void)
{
    const packread_options options = {.index_threads = 1};
    char *folder = suite_scratch_path("");
    packread_snapshot *snapshot = sample_open(folder, &options);

    free(folder);
    return snapshot;
}

/* As the index has it, but for `count` bytes at `at` that came in or, below 0, went. */
static void put_index(size_t at, int count)
{
    char *path = suite_scratch_path("pack-0.idx");
    const size_t gone = count < 0 ? (size_t)-count : 0;
    const size_t come = count > 0 ? (size_t)count : 0;
    const size_t size = whole.size + come - gone;
    unsigned char *bytes = malloc(size);

    ck_assert(bytes && at + gone <= whole.size);
    memcpy(bytes, whole.data, at);
    for (size_t i = 0; i < come; i++)
        bytes[at + i] = (unsigned char)(i * 37 + at);
    memcpy(bytes + at + come, whole.data + at + gone, whole.size - at - gone);
    suite_write_file(path, bytes, size);
    free(bytes);
    free(path);
}

static void read_one(packread_reader *reader, size_t entry, int wanted, size_t at)
{
    const packread_id id = made_pack_id(&pack, entry);
    packread_error error = {0};
    packread_object object;
    int status = packread_reader_read(reader, &id, &object, &error);

    ck_assert_msg(status == wanted, "byte %zu, entry %zu: %s: %s", at, entry, error.file,
                  error.text);
    ck_assert(status != 0 || sample_hashes_to(&id, object.type, object.data, object.size));
}

/* All are read, from that entry on, and it is told once that the index is damaged. */
static void is_whole(size_t first, size_t at)
{
    packread_snapshot *snapshot = open_folder();
    packread_reader *reader = sample_reader(snapshot);

    for (size_t i = 0; i < OBJECTS; i++)
        read_one(reader, (first + i) % OBJECTS, 0, at);
    ck_assert_uint_le(packread_snapshot_problems(snapshot), 1);
    if (packread_snapshot_problems(snapshot) == 1)
        ck_assert_ptr_nonnull(strstr(packread_snapshot_problem(snapshot, 0)->text,
                                     "an index made from the pack is used instead"));
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}

static const struct {
    bool is_large;
    int count;
} changes[] = {{false, 8}, {false, 24}, {true, 8}, {true, -8}, {true, -16}};

START_TEST(rows_that_moved_cost_no_objects)
{
    const int count = changes[_i].count;

    make(changes[_i].is_large);
    for (size_t at = TABLES; at + (count < 0 ? (size_t)-count : 0) <= whole.size; at++) {
        put_index(at, count);
        is_whole(at % OBJECTS, at);
    }
    done();
}
END_TEST

/* The packs of the next tests have no 64-bit offsets, nor room for one: nothing is odd at first. */
static void flip(struct packwriter_bytes *bytes, size_t at, int bit)
{
    bytes->data[at] ^= (unsigned char)(1 << bit);
}

static void save_index(void)
{
    put_index(whole.size, 0);
}

static size_t row_of(size_t entry)
{
    size_t row = 0;

    for (size_t i = 0; i < OBJECTS; i++)
        row += memcmp(pack.entries[i].id, pack.entries[entry].id, 20) < 0;
    return row;
}

static size_t offset_of(size_t entry)
{
    return TABLES + 24 * OBJECTS + 4 * row_of(entry);
}

/* Whatever bit of an offset: that the row leads nowhere, or to another object, is seen where it is
 * read. */
START_TEST(an_offset_that_changed_costs_no_object)
{
    make(false);
    for (size_t entry = 0; entry < OBJECTS; entry++)
        for (int bit = 0; bit < 32; bit++) {
            const size_t at = offset_of(entry) + (size_t)bit / 8;

            flip(&whole, at, bit % 8);
            save_index();
            is_whole(entry, at);
            flip(&whole, at, bit % 8);
        }
    done();
}
END_TEST

/* An id that changed hides its own object, and none beside it. */
START_TEST(ids_that_changed_cost_none_but_theirs)
{
    make(false);
    for (size_t entry = 0; entry < OBJECTS; entry++) {
        const size_t other = (entry + 1) % OBJECTS;
        const size_t at = TABLES + 20 * row_of(entry);

        flip(&whole, at, 7);
        flip(&whole, offset_of(other) + 3, 0);
        save_index();
        is_whole(other, at);
        flip(&whole, at, 7);
        flip(&whole, offset_of(other) + 3, 0);
    }
    done();
}
END_TEST

/* The pack is damaged too: the index that is made of it lacks that object, and what hangs on it. It
 * is damaged still, and not absent, and all others are read. */
START_TEST(a_damaged_pack_beside_it_gives_what_is_whole)
{
    enum { DAMAGED = MADE_TREE + 2, MOVED = 3 };

    make(false);
    made_pack_damage(&pack, DAMAGED);
    free(pack_path);
    pack_path = sample_save(&pack, "pack-0", NULL);
    packwriter_bytes_free(&whole);
    packwriter_index_write_pack(&whole, &pack, NULL);
    flip(&whole, offset_of(MOVED) + 3, 0);
    save_index();
    for (size_t first = 0; first < OBJECTS; first++) {
        packread_snapshot *snapshot = open_folder();
        packread_reader *reader = sample_reader(snapshot);

        for (size_t k = 0; k < 2 * OBJECTS; k++) {
            const size_t entry = (first + k) % OBJECTS;

            read_one(reader, entry, entry == DAMAGED ? PACKREAD_ERROR_CORRUPT : 0, first);
        }
        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
    }
    done();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("misled rows");
    TCase *tests = tcase_create("misled rows");

    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, rows_that_moved_cost_no_objects, 0,
                        (int)(sizeof changes / sizeof *changes));
    tcase_add_test(tests, an_offset_that_changed_costs_no_object);
    tcase_add_test(tests, ids_that_changed_cost_none_but_theirs);
    tcase_add_test(tests, a_damaged_pack_beside_it_gives_what_is_whole);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
