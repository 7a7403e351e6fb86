/* test_repair_ways.c - objects that are to be had in one way of many: where each copy but the last
 * fails, where bases hang on each other, where an index hides a copy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"

#define LINKS 60

static void add_on_entry(struct packwriter_pack *pack, size_t entry, const char *base,
                         const char *text)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_make(&delta, base, strlen(base), text, strlen(text));
    packwriter_pack_add_ofs_delta(pack, entry, &delta, text, strlen(text), 6);
    packwriter_bytes_free(&delta);
}

static void link_text(char *text, size_t size, size_t number)
{
    snprintf(text, size, "the link of number %03zu of a chain that is damaged everywhere", number);
}

/* From the highest id to the lowest: a search by halves finds few. */
static int compare_rows(const void *left, const void *right)
{
    const struct packwriter_index_row *one = left;
    const struct packwriter_index_row *other = right;

    return memcmp(other->id, one->id, 20);
}

/* The root whole and each delta wrong, or the root damaged and each delta right. */
static void put_chain(const char *name, bool is_root_whole)
{
    struct packwriter_pack pack = {0};
    char below[100];
    char text[100];

    made_pack_begin(&pack);
    link_text(below, sizeof below, 0);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, below, strlen(below), 6);
    if (!is_root_whole)
        made_pack_damage(&pack, 0);
    for (size_t number = 1; number <= LINKS; number++) {
        link_text(text, sizeof text, number);
        made_pack_add_on(&pack, below, text, is_root_whole ? "something else" : text);
        memcpy(below, text, sizeof below);
    }
    made_pack_put(&pack, name);
}

typedef struct open_folder {
    packread_snapshot *snapshot;
    packread_reader *reader;
} open_folder;

static open_folder open_scratch(void)
{
    char *folder = suite_scratch_path("");
    open_folder opened;

    opened.snapshot = sample_open(folder, NULL);
    opened.reader = sample_reader(opened.snapshot);
    free(folder);
    return opened;
}

static void close_scratch(open_folder *opened)
{
    packread_reader_free(opened->reader);
    packread_snapshot_free(opened->snapshot);
}

static void expect(const open_folder *opened, const char *text)
{
    packread_id id = made_pack_text_id(text);
    packread_object object;
    packread_error error;

    memset(&error, 0, sizeof error);
    ck_assert_msg(packread_reader_read(opened->reader, &id, &object, &error) == 0, "%s: %s", text,
                  error.text);
    ck_assert(object.size == strlen(text) && memcmp(object.data, text, object.size) == 0);
}

/* Each link is tried in both packs, and each of the two needs the one below: not twice as much work
 * for each of them. */
START_TEST(of_a_chain_that_is_damaged_in_both_packs_all_is_read)
{
    open_folder opened;
    char text[100];

    put_chain(_i ? "pack-1" : "pack-2", true);
    put_chain(_i ? "pack-2" : "pack-1", false);
    opened = open_scratch();
    for (size_t number = LINKS + 1; number-- > 0;) {
        link_text(text, sizeof text, number);
        expect(&opened, text);
    }
    close_scratch(&opened);
}
END_TEST

/* 1 and 2 are deltas on each other. 2 cannot be had while 1 is looked for, for the wrong delta of
 * 3, and can be afterwards, for the right one. */
START_TEST(a_base_that_could_not_be_had_is_had_when_its_own_base_is)
{
    const char *const one = made_lines[1];
    const char *const two = made_lines[2];
    const char *const three = made_lines[3];
    struct packwriter_pack pack = {0};
    open_folder opened;

    made_pack_begin(&pack);
    made_pack_add_on(&pack, one, three, made_lines[4]);
    made_pack_add_on(&pack, two, one, one);
    made_pack_put(&pack, "pack-1");
    made_pack_begin(&pack);
    made_pack_add_on(&pack, two, three, three);
    made_pack_add_on(&pack, one, two, two);
    made_pack_put(&pack, "pack-2");
    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, one, strlen(one), 6);
    made_pack_put(&pack, "pack-3");
    opened = open_scratch();
    expect(&opened, three);
    expect(&opened, two);
    expect(&opened, one);
    close_scratch(&opened);
}
END_TEST

/* The whole copy is where no search of its index comes by, and a damaged one in another pack. */
START_TEST(a_copy_that_a_search_passes_by_is_read_where_another_is_damaged)
{
    const size_t lines = MADE_LINES;
    struct packwriter_index_row rows[MADE_LINES];
    struct packwriter_index_options unsorted = {.unsorted = true};
    struct packwriter_pack pack = {0};
    open_folder opened;

    made_pack_begin(&pack);
    for (size_t line = 0; line < lines; line++)
        made_pack_add_line(&pack, line);
    for (size_t line = 0; line < lines; line++)
        rows[line] = made_pack_row(&pack, line);
    free(made_pack_save_rows(&pack, _i ? "pack-1" : "pack-2", rows, lines, &unsorted));
    packwriter_pack_free(&pack);
    made_pack_begin(&pack);
    for (size_t line = 0; line < lines; line++) {
        made_pack_add_line(&pack, line);
        made_pack_damage(&pack, line);
    }
    made_pack_put(&pack, _i ? "pack-2" : "pack-1");
    opened = open_scratch();
    for (size_t line = 0; line < lines; line++)
        expect(&opened, made_lines[line]);
    close_scratch(&opened);
}
END_TEST

/* A pack that has its base twice, one of the two damaged; by offset it is on that. */
START_TEST(a_base_is_had_from_the_other_of_two_rows)
{
    const size_t damaged = (size_t)_i % 2;
    struct packwriter_index_row rows[3];
    struct packwriter_pack pack = {0};
    open_folder opened;

    made_pack_begin(&pack);
    made_pack_add_line(&pack, 0);
    made_pack_add_line(&pack, 0);
    made_pack_damage(&pack, damaged);
    if (_i / 2)
        add_on_entry(&pack, damaged, made_lines[0], made_lines[1]);
    else
        made_pack_add_on(&pack, made_lines[0], made_lines[1], made_lines[1]);
    for (size_t row = 0; row < 3; row++)
        rows[row] = made_pack_row(&pack, row);
    free(made_pack_save_rows(&pack, "pack-1", rows, 3, NULL));
    packwriter_pack_free(&pack);
    opened = open_scratch();
    if (_i < 2)
        expect(&opened, made_lines[1]);
    expect(&opened, made_lines[0]);
    if (_i >= 2)
        expect(&opened, made_lines[1]);
    close_scratch(&opened);
}
END_TEST

/* In an index whose rows are out of order two that are far from each other have one id: one of them
 * wrongly, of an entry that gives another. */
START_TEST(of_rows_far_apart_with_one_id_the_right_one_is_read)
{
    const size_t lines = MADE_LINES;
    const size_t right = (size_t)_i % MADE_LINES;
    const size_t wrong = (size_t)_i / MADE_LINES;
    struct packwriter_index_row rows[MADE_LINES];
    struct packwriter_index_options unsorted = {.unsorted = true};
    struct packwriter_pack pack = {0};
    open_folder opened;

    if (right == wrong)
        return;
    made_pack_begin(&pack);
    for (size_t line = 0; line < lines; line++)
        made_pack_add_line(&pack, line);
    for (size_t line = 0; line < lines; line++)
        rows[line] = made_pack_row(&pack, line);
    qsort(rows, lines, sizeof *rows, compare_rows);
    memcpy(rows[wrong].id, rows[right].id, 20);
    free(made_pack_save_rows(&pack, "pack-1", rows, lines, &unsorted));
    packwriter_pack_free(&pack);
    opened = open_scratch();
    for (size_t line = 0; line < lines; line++) {
        packread_id id = made_pack_text_id(made_lines[line]);

        if (memcmp(id.bytes, rows[right].id, 20) == 0)
            expect(&opened, made_lines[line]);
    }
    close_scratch(&opened);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("repair: ways");
    TCase *cases = tcase_create("ways");

    tcase_add_loop_test(cases, of_a_chain_that_is_damaged_in_both_packs_all_is_read, 0, 2);
    tcase_add_test(cases, a_base_that_could_not_be_had_is_had_when_its_own_base_is);
    tcase_add_loop_test(cases, a_copy_that_a_search_passes_by_is_read_where_another_is_damaged, 0,
                        2);
    tcase_add_loop_test(cases, of_rows_far_apart_with_one_id_the_right_one_is_read, 0,
                        MADE_LINES * MADE_LINES);
    tcase_add_loop_test(cases, a_base_is_had_from_the_other_of_two_rows, 0, 4);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
