/* test_repair_lost.c - an object of many copies, most of which lead to bases that no pack has
 * intact: those are given up once and for all, and the copy that can be had is found. */
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"

/* Lines of made_lines. */
enum { ROOT, MIDDLE, OTHER_BASE, WANTED };

/* An OFS delta that hangs on the second byte of an entry. */
static void put_on_no_entry(const char *name)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    const char *text = made_lines[WANTED];

    made_pack_begin(&pack);
    made_pack_add_line(&pack, 5);
    packwriter_delta_make(&delta, made_lines[5], strlen(made_lines[5]), text, strlen(text));
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_OFS_DELTA, delta.size);
    packwriter_bytes_add_distance(&pack.bytes, pack.open_position - pack.entries[0].offset - 1);
    packwriter_bytes_add_deflated(&pack.bytes, delta.data, delta.size, 6);
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, text, strlen(text));
    packwriter_bytes_free(&delta);
    made_pack_put(&pack, name);
}

static void put_root_damaged(const char *name)
{
    struct packwriter_pack pack = {0};

    made_pack_begin(&pack);
    made_pack_add_line(&pack, ROOT);
    made_pack_damage(&pack, 0);
    made_pack_add_on(&pack, made_lines[ROOT], made_lines[MIDDLE], made_lines[MIDDLE]);
    made_pack_add_on(&pack, made_lines[MIDDLE], made_lines[WANTED], made_lines[WANTED]);
    made_pack_put(&pack, name);
}

static void put_middle_damaged(const char *name)
{
    struct packwriter_pack pack = {0};

    made_pack_begin(&pack);
    made_pack_add_line(&pack, MIDDLE);
    made_pack_damage(&pack, 0);
    made_pack_add_on(&pack, made_lines[MIDDLE], made_lines[WANTED], made_lines[WANTED]);
    made_pack_put(&pack, name);
}

static void put_other(const char *name)
{
    struct packwriter_pack pack = {0};

    made_pack_begin(&pack);
    made_pack_add_line(&pack, OTHER_BASE);
    made_pack_damage(&pack, 0);
    made_pack_add_on(&pack, made_lines[OTHER_BASE], made_lines[WANTED], made_lines[WANTED]);
    made_pack_put(&pack, name);
}

static void put_whole(const char *name, size_t line)
{
    struct packwriter_pack pack = {0};

    made_pack_begin(&pack);
    made_pack_add_line(&pack, line);
    made_pack_put(&pack, name);
}

static void expect(packread_reader *reader, size_t line, int status)
{
    packread_id id = made_pack_text_id(made_lines[line]);
    packread_object object;
    packread_error error;

    memset(&error, 0, sizeof error);
    ck_assert_int_eq(packread_reader_read(reader, &id, &object, &error), status);
    if (status == 0)
        ck_assert(object.size == strlen(made_lines[line]) &&
                  memcmp(object.data, made_lines[line], object.size) == 0);
    else
        ck_assert_int_eq(packread_id_compare(&error.id, &id), 0);
}

/* The last copy's base is whole in one more pack, or in none; the packs in either order. */
START_TEST(a_lost_base_is_given_up_and_the_next_copy_is_tried)
{
    static const char *const names[2][5] = {{"pack-0", "pack-1", "pack-2", "pack-3", "pack-4"},
                                            {"pack-4", "pack-3", "pack-2", "pack-1", "pack-0"}};
    const char *const *name = names[_i / 2];
    const bool can_be_had = _i % 2;
    packread_snapshot *snapshot;
    packread_reader *reader;
    char *folder = suite_scratch_path("");

    put_on_no_entry(name[0]);
    put_middle_damaged(name[1]);
    put_root_damaged(name[2]);
    put_other(name[3]);
    put_whole(name[4], can_be_had ? OTHER_BASE : 6);
    snapshot = sample_open(folder, NULL);
    reader = sample_reader(snapshot);
    for (int again = 0; again < 2; again++) {
        expect(reader, WANTED, can_be_had ? 0 : PACKREAD_ERROR_CORRUPT);
        expect(reader, OTHER_BASE, can_be_had ? 0 : PACKREAD_ERROR_CORRUPT);
        expect(reader, ROOT, PACKREAD_ERROR_CORRUPT);
        expect(reader, MIDDLE, PACKREAD_ERROR_CORRUPT);
        expect(reader, 5, 0);
    }
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(folder);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("repair: lost");
    TCase *cases = tcase_create("lost");

    tcase_add_loop_test(cases, a_lost_base_is_given_up_and_the_next_copy_is_tried, 0, 4);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
