/* test_cycles.c - tags and commits that lead to themselves, which only a pack can have whose
 * objects are not those of their ids: unchecked, every way along them ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "samples.h"
#include "suite.h"

/* Ids of one byte, again and again. */
static void text_of(char hex[41], unsigned byte)
{
    for (size_t i = 0; i < 20; i++)
        snprintf(hex + 2 * i, 3, "%02x", byte);
}

static void add(struct packwriter_pack *pack, unsigned kind, const char *format, unsigned first,
                unsigned second)
{
    char one[41];
    char other[41];
    char text[256];
    int length;

    text_of(one, first);
    text_of(other, second);
    if (strcmp(format, "tag") == 0)
        length = snprintf(text, sizeof text, "object %s\ntype tag\ntag x\n", one);
    else
        length = snprintf(text, sizeof text, "tree %s\nparent %s\nauthor x\n\n", other, one);
    packwriter_pack_add_object(pack, kind, text, (size_t)length, 1);
}

/* 0x10 is a tag of itself; 0x21, 0x22 and 0x23 one of the next; 0x30 a commit that is its parent;
 * 0x41, 0x42 and 0x43 of each other; 0x40 is a child of 0x41. */
static packread_snapshot *open_cycles(void)
{
    static const unsigned char ids[] = {0x10, 0x21, 0x22, 0x23, 0x30, 0x40, 0x41, 0x42, 0x43};
    const packread_options options = {.struct_size = sizeof options, .flags = PACKREAD_NO_CHECK};
    struct packwriter_index_row rows[sizeof ids];
    struct packwriter_pack pack = {0};
    packread_snapshot *snapshot;
    char *path;

    made_pack_begin(&pack);
    add(&pack, PACKWRITER_TAG, "tag", 0x10, 0);
    add(&pack, PACKWRITER_TAG, "tag", 0x22, 0);
    add(&pack, PACKWRITER_TAG, "tag", 0x23, 0);
    add(&pack, PACKWRITER_TAG, "tag", 0x21, 0);
    add(&pack, PACKWRITER_COMMIT, "commit", 0x30, 0x50);
    add(&pack, PACKWRITER_COMMIT, "commit", 0x41, 0x50);
    add(&pack, PACKWRITER_COMMIT, "commit", 0x42, 0x50);
    add(&pack, PACKWRITER_COMMIT, "commit", 0x43, 0x50);
    add(&pack, PACKWRITER_COMMIT, "commit", 0x41, 0x50);
    for (size_t i = 0; i < sizeof ids; i++) {
        rows[i] = made_pack_row(&pack, i);
        memset(rows[i].id, ids[i], 20);
    }
    path = made_pack_save_rows(&pack, "pack-cycles", rows, sizeof ids, NULL);
    snapshot = sample_open(path, &options);
    free(path);
    packwriter_pack_free(&pack);
    return snapshot;
}

static int look(packread_reader *reader, unsigned id, const char *suffix, packread_name *found,
                packread_error *error)
{
    char name[128];

    text_of(name, id);
    snprintf(name + 40, sizeof name - 40, "%s", suffix);
    *found = (packread_name){.struct_size = sizeof *found};
    return packread_reader_resolve(reader, name, strlen(name), 0, found, error);
}

START_TEST(tags_that_lead_to_themselves_are_damage)
{
    static const char *const suffixes[] = {"^{}", "^{commit}", "^{tree}", "^0", "~3", ":a", ":"};
    packread_snapshot *snapshot = open_cycles();
    packread_reader *reader = sample_reader(snapshot);
    packread_error error;
    packread_name found;

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        ck_assert_int_eq(look(reader, 0x10, suffixes[i], &found, &error), PACKREAD_ERROR_CORRUPT);
        ck_assert_str_eq(error.text, "leads to itself");
        ck_assert_int_eq(look(reader, 0x22, suffixes[i], &found, &error), PACKREAD_ERROR_CORRUPT);
        ck_assert_str_eq(error.text, "leads to itself");
    }
    ck_assert_int_eq(look(reader, 0x21, "^{tag}", &found, &error), 0);
    ck_assert_uint_eq(found.id.bytes[0], 0x21);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(rounds_of_commits_are_counted_not_walked)
{
    static const struct {
        unsigned id;
        const char *suffix;
        unsigned leads_to;
    } cases[] = {
        {0x30, "~1", 0x30},          {0x30, "~2147483647", 0x30}, {0x41, "~1", 0x42},
        {0x41, "~2", 0x43},          {0x41, "~3", 0x41},          {0x41, "~4", 0x42},
        {0x41, "~300", 0x41},        {0x41, "~301", 0x42},        {0x41, "~302", 0x43},
        {0x42, "~2147483646", 0x42}, {0x42, "~2147483647", 0x43}, {0x40, "~1", 0x41},
        {0x40, "~2147483647", 0x41}, {0x40, "~2147483646", 0x43}, {0x43, "~3~3~2", 0x42},
    };
    packread_snapshot *snapshot = open_cycles();
    packread_reader *reader = sample_reader(snapshot);
    packread_error error;
    packread_name found;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = look(reader, cases[i].id, cases[i].suffix, &found, &error);

        if (status != 0 || found.id.bytes[0] != cases[i].leads_to)
            ck_abort_msg("%x%s: %d, %x", cases[i].id, cases[i].suffix, status, found.id.bytes[0]);
    }
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packread: cycles");
    TCase *cases = tcase_create("cycles");

    tcase_add_test(cases, tags_that_lead_to_themselves_are_damage);
    tcase_add_test(cases, rounds_of_commits_are_counted_not_walked);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
