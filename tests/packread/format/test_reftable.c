/* test_reftable.c - tables of refs in every layout: all refs come in order, each is found by its
 * name, what is not there is not found; damage is told where there is a sum, and harmless where
 * there is none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/reftable.h"
#include "guard_pages.h"
#include "made_reftable.h"
#include "naive_refs.h"
#include "suite.h"

#define MANY 400

static struct made_ref refs[MANY];
static char names[MANY][64];

/* Sorted, of every kind, with long and short common beginnings. */
static void make_refs(void)
{
    for (size_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "refs/heads/%s/%03zu", i % 200 < 100 ? "a" : "feature",
                 i);
        refs[i] = (struct made_ref){.name = names[i],
                                    .kind = (unsigned)(i % 7 == 3   ? 3
                                                       : i % 5 == 0 ? 2
                                                       : i % 11     ? 1
                                                                    : 0),
                                    .id = (unsigned char)(i % 251 + 1),
                                    .peeled = (unsigned char)(i % 241 + 2),
                                    .target = names[(i + 1) % MANY]};
    }
    for (size_t i = 1; i < MANY; i++)
        for (size_t k = i; k > 0 && strcmp(refs[k - 1].name, refs[k].name) > 0; k--) {
            const struct made_ref other = refs[k];

            refs[k] = refs[k - 1];
            refs[k - 1] = other;
        }
}

static void is_as_made(const pkr_reftable_record *record, const struct made_ref *made, size_t size)
{
    unsigned char id[32];

    ck_assert_uint_eq((unsigned)record->kind, made->kind);
    memset(id, made->id, sizeof id);
    if (made->kind == 1 || made->kind == 2)
        ck_assert(record->id.size == size && memcmp(record->id.bytes, id, size) == 0);
    memset(id, made->peeled, sizeof id);
    if (made->kind == 2)
        ck_assert(record->peeled.size == size && memcmp(record->peeled.bytes, id, size) == 0);
    if (made->kind == 3) {
        ck_assert_uint_eq(record->target_length, strlen(made->target));
        ck_assert_int_eq(memcmp(record->target, made->target, record->target_length), 0);
    }
}

static void holds_all(const pkr_reftable *table, size_t count)
{
    static pkr_reftable_cursor cursor;
    pkr_reftable_record record;

    pkr_reftable_first(&cursor, table);
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(pkr_reftable_next(&cursor, &record), 1);
        ck_assert_uint_eq(cursor.length, strlen(refs[i].name));
        ck_assert_int_eq(memcmp(cursor.name, refs[i].name, cursor.length), 0);
        is_as_made(&record, &refs[i], table->id_size);
    }
    ck_assert_int_eq(pkr_reftable_next(&cursor, &record), 0);
    ck_assert_int_eq(pkr_reftable_next(&cursor, &record), 0);
    for (size_t i = 0; i < count; i++) {
        char other[80];
        size_t length = strlen(refs[i].name);

        ck_assert_int_eq(pkr_reftable_find(&cursor, table, refs[i].name, length, &record), 1);
        is_as_made(&record, &refs[i], table->id_size);
        snprintf(other, sizeof other, "%s-", refs[i].name);
        ck_assert_int_eq(pkr_reftable_find(&cursor, table, other, length + 1, &record), 0);
        ck_assert_int_eq(pkr_reftable_find(&cursor, table, other, length - 1, &record), 0);
    }
    ck_assert_int_eq(pkr_reftable_find(&cursor, table, "HEAD", 4, &record), 0);
    ck_assert_int_eq(pkr_reftable_find(&cursor, table, "zzz", 3, &record), 0);
}

static void holds_all_on_edges(const unsigned char *bytes, size_t size, size_t id_size,
                               size_t count)
{
    struct guard guard = {0};
    pkr_reftable table;
    const char *text;

    guard_open(&guard, size + 1);
    ck_assert_int_eq(
        pkr_reftable_begin(&table, guard_at_start(&guard, bytes, size), size, id_size, &text), 0);
    holds_all(&table, count);
    ck_assert_int_eq(
        pkr_reftable_begin(&table, guard_at_end(&guard, bytes, size), size, id_size, &text), 0);
    holds_all(&table, count);
    guard_close(&guard);
}

START_TEST(all_layouts_are_read)
{
    static const size_t counts[] = {0, 1, 2, 17, 100, MANY};
    static const size_t blocks[] = {200, 512, 4096, 60000};
    unsigned most = 0;
    size_t tried = 0;

    make_refs();
    for (unsigned bits = 0; bits < 32; bits++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
            for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
                const struct made_reftable layout = {.version = bits & 3 ? 2 : 1,
                                                     .id_size = bits & 1 ? 32 : 20,
                                                     .block_size = blocks[b],
                                                     .is_aligned = bits & 4,
                                                     .restart_each = 1 + (bits * 7 + c) % 16,
                                                     .has_index = bits & 8,
                                                     .has_more = bits & 16};
                unsigned levels;
                size_t size;
                unsigned char *bytes =
                    made_reftable_write(&layout, refs, counts[c], &size, &levels);

                if (levels > most)
                    most = levels;
                holds_all_on_edges(bytes, size, layout.id_size, counts[c]);
                free(bytes);
                tried++;
            }
    ck_assert_uint_eq(most, 2);
    ck_assert_uint_eq(tried, 32 * 24);
}
END_TEST

static void refuses(unsigned char *bytes, size_t size, int code, const char *why)
{
    struct guard guard = {0};
    pkr_reftable table;
    const char *text = NULL;

    guard_open(&guard, size + 1);
    ck_assert_int_eq(pkr_reftable_begin(&table, guard_at_end(&guard, bytes, size), size, 20, &text),
                     code);
    ck_assert_str_eq(text, why);
    guard_close(&guard);
}

START_TEST(each_damage_to_header_and_footer_has_its_name)
{
    const struct made_reftable layout = {
        .version = 1, .id_size = 20, .block_size = 300, .restart_each = 4, .has_index = true};
    const struct made_reftable wide = {
        .version = 2, .id_size = 32, .block_size = 300, .restart_each = 4};
    unsigned char *bytes;
    size_t size;

    make_refs();
    bytes = made_reftable_write(&layout, refs, 30, &size, NULL);
    refuses(bytes, 0, PACKREAD_ERROR_CORRUPT, "does not begin as a table of refs does");
    refuses(bytes, 80, PACKREAD_ERROR_CORRUPT, "a table of refs that is cut short");
    refuses(bytes, size - 1, PACKREAD_ERROR_CORRUPT, "header and footer of the table differ");
    bytes[size - 1] ^= 1;
    refuses(bytes, size, PACKREAD_ERROR_CORRUPT, "the table's footer does not give its CRC");
    bytes[size - 44] = 0x7f;
    made_reftable_seal(bytes, size);
    refuses(bytes, size, PACKREAD_ERROR_CORRUPT, "the index of refs lies outside of the table");
    bytes[4] = bytes[size - 68 + 4] = 3;
    made_reftable_seal(bytes, size);
    refuses(bytes, size, PACKREAD_ERROR_VERSION, "a table of refs of an unknown version");
    free(bytes);
    bytes = made_reftable_write(&wide, refs, 30, &size, NULL);
    refuses(bytes, size, PACKREAD_ERROR_UNSUPPORTED,
            "a table of refs with another hash than the repository's");
    bytes[24] = bytes[size - 72 + 24] = 'x';
    made_reftable_seal(bytes, size);
    refuses(bytes, size, PACKREAD_ERROR_VERSION, "a table of refs with an unknown hash");
    free(bytes);
}
END_TEST

/* All refs as the naive reader has them; each name looked up answers with that name or not at all.
 */
static void holds_what_a_naive_reader_does(const unsigned char *bytes, size_t size)
{
    static pkr_reftable_cursor cursor;
    struct naive_refs expected;
    pkr_reftable_record record;
    pkr_reftable table;
    const char *text;
    size_t i = 0;
    int got;

    if (pkr_reftable_begin(&table, bytes, size, 20, &text) != 0)
        return;
    naive_reftable_read(bytes, size, 20, &expected);
    pkr_reftable_first(&cursor, &table);
    for (; (got = pkr_reftable_next(&cursor, &record)) == 1; i++) {
        ck_assert_uint_lt(i, expected.count);
        ck_assert_uint_eq(cursor.length, expected.list[i].length);
        ck_assert_int_eq(memcmp(cursor.name, expected.list[i].name, cursor.length), 0);
        ck_assert_uint_eq((unsigned)record.kind, expected.list[i].kind);
        if (expected.list[i].id)
            ck_assert_int_eq(memcmp(record.id.bytes, expected.list[i].id, 20), 0);
    }
    ck_assert_uint_eq(i, expected.count);
    ck_assert_int_eq(got, expected.is_whole ? 0 : PACKREAD_ERROR_CORRUPT);
    for (i = 0; i < expected.count; i++) {
        got = pkr_reftable_find(&cursor, &table, expected.list[i].name, expected.list[i].length,
                                &record);
        if (got == 1)
            ck_assert(cursor.length == expected.list[i].length &&
                      memcmp(cursor.name, expected.list[i].name, cursor.length) == 0);
    }
    naive_refs_free(&expected);
}

START_TEST(every_byte_changed_or_cut_is_read_as_a_naive_reader_does)
{
    const struct made_reftable layout = {
        .version = 1, .id_size = 20, .block_size = 256, .restart_each = 3, .has_index = true};
    /* Else each byte is changed in two of the eight ways. */
    const bool is_large = suite_number("CHECK_LARGE", 0) != 0;
    struct guard guard = {0};
    unsigned char *bytes;
    size_t size;

    make_refs();
    bytes = made_reftable_write(&layout, refs, 40, &size, NULL);
    guard_open(&guard, size);
    for (size_t at = 0; at < size; at++)
        for (unsigned bits = 1; bits <= 8; bits++) {
            const unsigned change = (1u << bits) - 1;
            unsigned char *changed = guard_at_end(&guard, bytes, size);

            if (!is_large && bits % 4 != at % 4)
                continue;
            changed[at] = (unsigned char)(changed[at] ^ change);
            if (at < 24)
                changed[size - 68 + at] = changed[at];
            holds_what_a_naive_reader_does(changed, size);
            if (changed[4] == 1) {
                made_reftable_seal(changed, size);
                holds_what_a_naive_reader_does(changed, size);
            }
        }
    for (size_t left = 92; left < size; left++) {
        unsigned char *cut = guard_at_end(&guard, bytes, left);

        memcpy(cut + left - 68, bytes + size - 68, 68);
        holds_what_a_naive_reader_does(cut, left);
    }
    guard_close(&guard);
    free(bytes);
}
END_TEST

START_TEST(an_index_that_leads_in_circles_ends)
{
    const struct made_reftable layout = {
        .version = 1, .id_size = 20, .block_size = 256, .restart_each = 16, .has_index = true};
    static pkr_reftable_cursor cursor;
    pkr_reftable_record record;
    pkr_reftable table;
    unsigned char *bytes;
    const char *text;
    size_t size;

    make_refs();
    bytes = made_reftable_write(&layout, refs, 4, &size, NULL);
    ck_assert_int_eq(pkr_reftable_begin(&table, bytes, size, 20, &text), 0);
    /* The one record of the one block of the index: its last byte is where it leads. */
    ck_assert_uint_lt(table.index, 128 + 128);
    bytes[table.end - 6] = (unsigned char)(table.index & 0x7f);
    ck_assert_int_le(
        pkr_reftable_find(&cursor, &table, refs[0].name, strlen(refs[0].name), &record), 0);
    free(bytes);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packread: reftable");
    TCase *cases = tcase_create("reftable");

    tcase_add_test(cases, all_layouts_are_read);
    tcase_add_test(cases, each_damage_to_header_and_footer_has_its_name);
    tcase_add_test(cases, every_byte_changed_or_cut_is_read_as_a_naive_reader_does);
    tcase_add_test(cases, an_index_that_leads_in_circles_ends);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
