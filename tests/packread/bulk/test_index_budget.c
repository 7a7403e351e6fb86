/* test_index_budget.c - an index whose tables do not fit in the memory limit is refused with what
 * they need, at whichever table that shows; with so much it is made. */
#include <stdlib.h>
#include <string.h>

#include "derive_run.h"
#include "samples.h"
#include "suite.h"

#define MEBIBYTE ((uint64_t)1 << 20)

/* A pack of `head`, then `count` times the same entry. */
static char *save(const struct packwriter_pack *head, const struct packwriter_bytes *entry,
                  uint32_t count)
{
    struct packwriter_bytes bytes = {0};
    uint32_t all = count + (uint32_t)head->entry_count;
    char *path = suite_scratch_path("made.pack");

    packwriter_bytes_add(&bytes, head->bytes.data, head->bytes.size);
    for (uint32_t i = 0; i < count; i++)
        packwriter_bytes_add(&bytes, entry->data, entry->size);
    for (size_t i = 0; i < 4; i++)
        bytes.data[8 + i] = (uint8_t)(all >> (24 - 8 * i));
    packwriter_bytes_add_repeated(&bytes, 0, PACKWRITER_SHA1);
    packwriter_bytes_resum(&bytes, PACKWRITER_SHA1);
    ck_assert_int_eq(packwriter_bytes_save(&bytes, path), 0);
    packwriter_bytes_free(&bytes);
    return path;
}

/* Refused under 1 MiB, each time with a need that is below `most`, until there is enough. */
static void is_made_with_what_it_asks_for(const char *path, uint64_t objects, uint64_t most,
                                          const char *text)
{
    derive_how how = {.library = {.memory_limit = MEBIBYTE}, .threads = 2};
    derived result = derive(path, &how);

    ck_assert_int_eq(result.status, PACKREAD_ERROR_BUDGET);
    ck_assert_str_eq(result.error.text, text);
    ck_assert_uint_eq(result.writes, 0);
    for (int tries = 0; result.status == PACKREAD_ERROR_BUDGET; tries++) {
        ck_assert_int_lt(tries, 3);
        ck_assert_uint_gt(result.error.needed, how.library.memory_limit);
        ck_assert_uint_le(result.error.needed, most);
        how.library.memory_limit = result.error.needed;
        derived_free(&result);
        result = derive(path, &how);
    }
    sample_good(result.status, &result.error);
    ck_assert_uint_eq(result.summary.objects, objects);
    derived_free(&result);
}

/* A pack of empty blobs: nothing in it takes memory but what is kept of each entry. */
static void tables_of_empty_blobs_take(uint32_t count, uint64_t most, const char *text)
{
    struct packwriter_pack head = {0};
    struct packwriter_bytes entry = {0};
    char *path;

    packwriter_bytes_add_entry_header(&entry, PACKWRITER_BLOB, 0);
    packwriter_bytes_add_deflated(&entry, "", 0, 6);
    packwriter_pack_begin(&head, PACKWRITER_SHA1, 2, 0);
    path = save(&head, &entry, count);
    is_made_with_what_it_asks_for(path, count, most, text);
    packwriter_bytes_free(&entry);
    packwriter_pack_free(&head);
    free(path);
}

START_TEST(the_table_of_entries)
{
    tables_of_empty_blobs_take(100000, 12 * MEBIBYTE,
                               "the memory limit has no room for this pack's entries");
}
END_TEST

START_TEST(the_forest_of_deltas)
{
    tables_of_empty_blobs_take(40000, 6 * MEBIBYTE,
                               "the memory limit has no room for this pack's forest of deltas");
}
END_TEST

START_TEST(the_table_of_bases_by_id)
{
    struct packwriter_pack head = {0};
    struct packwriter_bytes entry = {0};
    struct packwriter_bytes delta = {0};
    char *path;

    packwriter_pack_begin(&head, PACKWRITER_SHA1, 2, 0);
    packwriter_pack_add_object(&head, PACKWRITER_BLOB, "one\n", 4, 6);
    packwriter_delta_make(&delta, "one\n", 4, "two\n", 4);
    packwriter_bytes_add_entry_header(&entry, PACKWRITER_REF_DELTA, delta.size);
    packwriter_bytes_add(&entry, head.entries[0].id, PACKWRITER_SHA1);
    packwriter_bytes_add_deflated(&entry, delta.data, delta.size, 6);
    path = save(&head, &entry, 16000);
    is_made_with_what_it_asks_for(path, 16001, 6 * MEBIBYTE,
                                  "the memory limit has no room for this pack's REF deltas");
    packwriter_bytes_free(&entry);
    packwriter_bytes_free(&delta);
    packwriter_pack_free(&head);
    free(path);
}
END_TEST

/* What the header says takes no memory: only what is there. */
START_TEST(a_count_that_is_a_lie_takes_nothing)
{
    struct packwriter_bytes bytes = {0};
    char *path = suite_scratch_path("made.pack");
    derived result;

    packwriter_bytes_add(&bytes, "PACK\0\0\0\2\377\377\377\377", 12);
    packwriter_bytes_add_entry_header(&bytes, PACKWRITER_BLOB, 2);
    packwriter_bytes_add_deflated(&bytes, "a\n", 2, 6);
    packwriter_bytes_add_repeated(&bytes, 0, 20);
    packwriter_bytes_resum(&bytes, PACKWRITER_SHA1);
    ck_assert_int_eq(packwriter_bytes_save(&bytes, path), 0);
    result = derive(path, &(derive_how){.library = {.memory_limit = MEBIBYTE}, .salvage = true});
    ck_assert_int_eq(result.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(result.summary.objects, 1);
    derived_free(&result);
    packwriter_bytes_free(&bytes);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("index_budget");
    TCase *all = tcase_create("all");

    tcase_add_test(all, the_table_of_entries);
    tcase_add_test(all, the_forest_of_deltas);
    tcase_add_test(all, the_table_of_bases_by_id);
    tcase_add_test(all, a_count_that_is_a_lie_takes_nothing);
    suite_add_tcase(suite, all);
    return suite_run(suite);
}
