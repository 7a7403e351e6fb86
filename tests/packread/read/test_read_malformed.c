/* test_read_malformed.c - entries of a shape that no pack has are refused, each with its reason,
 * and the object beside them is read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"

static const char whole_text[] = "a whole object, on which the others would be deltas\n";

/* One whole blob, then an entry of a shape of its own. */
static void begin_malformed(struct packwriter_pack *pack)
{
    made_pack_begin(pack);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, whole_text, strlen(whole_text), 6);
    packwriter_pack_begin_entry(pack);
}

/* Ends the entry as an object of some id. It must be refused with this code and text, by every call
 * that needs it, and the whole blob beside it must be read. */
static void is_refused(struct packwriter_pack *pack, int code, const char *text)
{
    packread_id whole;
    packread_id malformed;
    packread_object object;
    packread_error error;
    sample_place at;

    if (pack->entry_count == 1)
        packwriter_pack_end_entry(pack, PACKWRITER_BLOB, "malformed", 9);
    at = made_pack_open(pack, "pack-malformed");
    whole = made_pack_id(pack, 0);
    malformed = made_pack_id(pack, 1);
    for (int times = 0; times < 2; times++) { /* the first must leave nothing behind */
        memset(&error, 0, sizeof error);
        ck_assert_int_eq(packread_reader_read(at.reader, &malformed, &object, &error), code);
        ck_assert_str_eq(error.text, text);
        ck_assert_int_eq(packread_id_compare(&error.id, &malformed), 0);
        ck_assert_str_eq(error.file, at.path);
        sample_good(packread_reader_read(at.reader, &whole, &object, &error), &error);
        ck_assert_uint_eq(object.size, strlen(whole_text));
        ck_assert_mem_eq(object.data, whole_text, object.size);
    }
    sample_place_close(&at);
    packwriter_pack_free(pack);
}

/* ---- Entries ------------------------------------------------------------------------------- */

static void add_blob_entry(struct packwriter_pack *pack, uint64_t claim, const char *text)
{
    packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_BLOB, claim);
    packwriter_bytes_add_deflated(&pack->bytes, text, strlen(text), 6);
}

START_TEST(an_entry_of_type_0_or_5_is_corrupt)
{
    struct packwriter_pack pack = {0};

    begin_malformed(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, _i ? 5 : 0, 4);
    packwriter_bytes_add_deflated(&pack.bytes, "abcd", 4, 6);
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, _i ? "entry of type 5" : "entry of type 0");
}
END_TEST

START_TEST(contents_of_another_length_than_claimed_are_corrupt)
{
    struct packwriter_pack pack = {0};

    begin_malformed(&pack);
    add_blob_entry(&pack, 10, "nine byte");
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, "inflates to less than its size");
    begin_malformed(&pack);
    add_blob_entry(&pack, 8, "nine byte");
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, "inflates to more than its size");
    begin_malformed(&pack);
    add_blob_entry(&pack, 0, "nine byte");
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, "inflates to more than its size");
}
END_TEST

START_TEST(a_size_that_its_deflated_bytes_cannot_hold_takes_no_memory)
{
    static const uint64_t claims[] = {UINT64_C(1) << 32, UINT64_C(1) << 40, INT64_MAX, UINT64_MAX};
    struct packwriter_pack pack = {0};

    begin_malformed(&pack);
    add_blob_entry(&pack, claims[_i], "small");
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, "claims more bytes than its deflated data can hold");
}
END_TEST

START_TEST(a_damaged_stream_is_corrupt)
{
    struct packwriter_pack pack = {0};

    begin_malformed(&pack);
    add_blob_entry(&pack, 9, "nine byte");
    pack.bytes.data[pack.bytes.size - 1] ^= 1; /* its checksum */
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, "deflated data is damaged");
    begin_malformed(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_BLOB, 9);
    packwriter_bytes_add(&pack.bytes, "\x78\xbb\0\0\0\1", 6); /* wants a dictionary */
    packwriter_bytes_add_repeated(&pack.bytes, 0, 10);
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, "deflated data wants a preset dictionary");
    begin_malformed(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_BLOB, 9);
    packwriter_bytes_add_repeated(&pack.bytes, 0, 20);
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, "deflated data is damaged");
}
END_TEST

/* The trailer is not deflated data, whatever its bytes. */
START_TEST(a_stream_that_runs_into_the_trailer_is_corrupt)
{
    struct packwriter_pack pack = {0};

    begin_malformed(&pack);
    add_blob_entry(&pack, 9, "nine byte");
    pack.bytes.size -= 4;
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, "deflated data runs past the end of the pack");
}
END_TEST

START_TEST(an_entry_whose_header_runs_into_the_trailer_is_corrupt)
{
    struct packwriter_pack pack = {0};

    begin_malformed(&pack);
    packwriter_bytes_add(&pack.bytes, "\xb1\x80", 2);
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, "entry header runs past the end");
}
END_TEST

/* ---- Deltas -------------------------------------------------------------------------------- */

static void add_delta_entry(struct packwriter_pack *pack, uint64_t distance,
                            const struct packwriter_bytes *delta)
{
    packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_OFS_DELTA, delta->size);
    packwriter_bytes_add_distance(&pack->bytes, distance);
    packwriter_bytes_add_deflated(&pack->bytes, delta->data, delta->size, 6);
}

static uint64_t distance_to_first(const struct packwriter_pack *pack)
{
    return pack->bytes.size - pack->entries[0].offset;
}

/* Refused with this delta at this distance from the entry that begins now. */
static void delta_is_refused(uint64_t distance, const struct packwriter_bytes *delta,
                             const char *text)
{
    struct packwriter_pack pack = {0};

    begin_malformed(&pack);
    add_delta_entry(&pack, distance, delta);
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, text);
}

START_TEST(bases_before_the_first_entry_are_corrupt)
{
    struct packwriter_bytes delta = {0};
    struct packwriter_pack pack = {0};
    const char *why = "delta base lies before the first entry";
    uint64_t distance;
    uint64_t whole;

    packwriter_delta_make(&delta, whole_text, strlen(whole_text), "x", 1);
    begin_malformed(&pack);
    distance = distance_to_first(&pack);
    whole = pack.bytes.size;
    packwriter_pack_free(&pack);
    delta_is_refused(distance + 1, &delta, why);
    delta_is_refused(whole, &delta, why);
    delta_is_refused(UINT64_C(1) << 32, &delta, why);
    delta_is_refused(UINT64_MAX, &delta, why);
    packwriter_bytes_free(&delta);
}
END_TEST

START_TEST(deltas_that_do_not_fit_their_base_are_corrupt)
{
    struct packwriter_bytes delta = {0};
    struct packwriter_pack pack = {0};
    uint64_t distance;

    begin_malformed(&pack);
    distance = distance_to_first(&pack);
    packwriter_pack_free(&pack);

    packwriter_delta_begin(&delta, strlen(whole_text) + 1, 1);
    packwriter_delta_insert(&delta, "x", 1);
    delta_is_refused(distance, &delta, "delta is for a base of another size");

    packwriter_delta_begin(&delta, strlen(whole_text), 2);
    packwriter_delta_copy(&delta, (uint32_t)strlen(whole_text) - 1, 2);
    delta_is_refused(distance, &delta, "delta copies from outside its base");

    packwriter_delta_begin(&delta, strlen(whole_text), UINT64_C(1) << 36);
    packwriter_delta_copy(&delta, 0, 1);
    delta_is_refused(distance, &delta, "delta gives less than its result size");
    packwriter_bytes_free(&delta);
}
END_TEST

/* An entry that is a delta on the blob "link NEXT", and is itself "link NUMBER". */
static void end_link(struct packwriter_pack *pack, unsigned number, unsigned next)
{
    struct packwriter_bytes delta = {0};
    unsigned char id[PACKWRITER_HASH_MAX];
    char name[32];
    int size = snprintf(name, sizeof name, "link %u", next);

    packwriter_hash_id(20, PACKWRITER_BLOB, name, (size_t)size, id);
    packwriter_delta_begin(&delta, 1, 1);
    packwriter_delta_copy(&delta, 0, 1);
    packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_REF_DELTA, delta.size);
    packwriter_bytes_add(&pack->bytes, id, 20);
    packwriter_bytes_add_deflated(&pack->bytes, delta.data, delta.size, 6);
    packwriter_bytes_free(&delta);
    size = snprintf(name, sizeof name, "link %u", number);
    packwriter_pack_end_entry(pack, PACKWRITER_BLOB, name, (size_t)size);
}

/* Each link names the next, the last one that at `back`. */
static void begin_links(struct packwriter_pack *pack, unsigned count, unsigned back)
{
    begin_malformed(pack);
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            packwriter_pack_begin_entry(pack);
        end_link(pack, i, i + 1 < count ? i + 1 : back);
    }
}

START_TEST(cycles_of_deltas_end)
{
    struct packwriter_pack pack = {0};

    begin_links(&pack, (unsigned)_i, 0);
    is_refused(&pack, PACKREAD_ERROR_CORRUPT,
               _i == 1 ? "delta is its own base" : "delta chain goes round in a cycle");
}
END_TEST

/* A cycle that is not at the start: a tail leads into it. */
START_TEST(a_tail_into_a_cycle_ends)
{
    struct packwriter_pack pack = {0};

    begin_links(&pack, 100, 60);
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, "delta chain goes round in a cycle");
}
END_TEST

/* A base that is no entry: its bytes may even parse. What comes of it is never handed out. */
START_TEST(a_base_in_the_middle_of_an_entry_is_corrupt)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    packread_object object;
    packread_error error;
    packread_id id;
    sample_place at;

    packwriter_delta_make(&delta, whole_text, strlen(whole_text), "x", 1);
    begin_malformed(&pack);
    add_delta_entry(&pack, distance_to_first(&pack) - 1, &delta);
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, "malformed", 9);
    at = made_pack_open(&pack, "pack-malformed");
    id = made_pack_id(&pack, 1);
    ck_assert_int_eq(packread_reader_read(at.reader, &id, &object, &error), PACKREAD_ERROR_CORRUPT);
    sample_place_close(&at);
    packwriter_pack_free(&pack);
    packwriter_bytes_free(&delta);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("read malformed");
    TCase *entries = tcase_create("entries");
    TCase *deltas = tcase_create("deltas");

    tcase_add_loop_test(entries, an_entry_of_type_0_or_5_is_corrupt, 0, 2);
    tcase_add_test(entries, contents_of_another_length_than_claimed_are_corrupt);
    tcase_add_loop_test(entries, a_size_that_its_deflated_bytes_cannot_hold_takes_no_memory, 0, 4);
    tcase_add_test(entries, a_damaged_stream_is_corrupt);
    tcase_add_test(entries, a_stream_that_runs_into_the_trailer_is_corrupt);
    tcase_add_test(entries, an_entry_whose_header_runs_into_the_trailer_is_corrupt);
    suite_add_tcase(suite, entries);

    tcase_add_test(deltas, bases_before_the_first_entry_are_corrupt);
    tcase_add_test(deltas, deltas_that_do_not_fit_their_base_are_corrupt);
    tcase_add_loop_test(deltas, cycles_of_deltas_end, 1, 9);
    tcase_add_test(deltas, a_tail_into_a_cycle_ends);
    tcase_add_test(deltas, a_base_in_the_middle_of_an_entry_is_corrupt);
    suite_add_tcase(suite, deltas);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
