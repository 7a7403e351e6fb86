/* test_salvage.c - of a pack that is cut or damaged anywhere, every object that is whole and whose
 * base is whole can be read through the salvaged index; nothing else is given out under its id. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "derive_run.h"
#include "samples.h"
#include "suite.h"

/* ---- A pack with some of everything, and the damage done to it ---------------------------------
 */

#define NO_BASE SIZE_MAX

typedef struct subject {
    struct packwriter_pack pack;
    size_t bases[32]; /* of each entry: another entry */
} subject;

static void add(subject *made, size_t base, bool by_id, const char *text)
{
    struct packwriter_pack *pack = &made->pack;
    struct packwriter_bytes delta = {0};
    static const char common[] = "some text that all of these have in common, ";
    char whole[160];
    char below[160];

    made->bases[pack->entry_count] = base;
    snprintf(whole, sizeof whole, "%s%s\n", common, text);
    if (base == NO_BASE) {
        packwriter_pack_add_object(pack, PACKWRITER_BLOB, whole, strlen(whole), 6);
        return;
    }
    /* All bases are written from texts that are their numbers. */
    snprintf(below, sizeof below, "%sno. %zu\n", common, base);
    packwriter_delta_make(&delta, below, strlen(below), whole, strlen(whole));
    if (by_id) {
        uint8_t id[PACKWRITER_HASH_MAX];

        packwriter_hash_id(pack->hash_length, PACKWRITER_BLOB, below, strlen(below), id);
        packwriter_pack_add_ref_delta(pack, id, PACKWRITER_BLOB, &delta, whole, strlen(whole), 6);
    } else {
        packwriter_pack_add_ofs_delta(pack, base, &delta, whole, strlen(whole), 6);
    }
    packwriter_bytes_free(&delta);
}

static subject make_subject(size_t hash_length)
{
    subject made = {.pack = {0}};

    packwriter_pack_begin(&made.pack, hash_length, 2, 0);
    add(&made, NO_BASE, false, "no. 0");
    add(&made, 0, false, "no. 1");
    add(&made, 4, true, "no. 2");
    add(&made, 1, false, "no. 3");
    add(&made, NO_BASE, false, "no. 4");
    add(&made, 2, false, "no. 5");
    add(&made, 5, true, "no. 6");
    add(&made, NO_BASE, false, "no. 7");
    add(&made, 0, true, "no. 8");
    packwriter_pack_recount(&made.pack);
    packwriter_pack_finish(&made.pack, NULL);
    return made;
}

/* Whether the entry and all below it are outside the damage [from, to). */
static bool is_whole(const subject *made, size_t entry, uint64_t from, uint64_t to)
{
    for (; entry != NO_BASE; entry = made->bases[entry]) {
        uint64_t begin = made->pack.entries[entry].offset;

        if (begin < to && from < begin + made->pack.entries[entry].disk_size)
            return false;
    }
    return true;
}

static packread_id id_of(const subject *made, size_t entry)
{
    packread_id id = {{0}, (unsigned char)made->pack.hash_length};

    memcpy(id.bytes, made->pack.entries[entry].id, id.size);
    return id;
}

/* Saves `bytes` as a pack and what is salvaged of them as its index. */
static derived salvage(const struct packwriter_bytes *bytes, unsigned id_size)
{
    derive_how how = {.library = {.id_size = id_size}, .threads = 1, .salvage = true};
    char *path = suite_scratch_path("hurt.pack");
    char *index = suite_scratch_path("hurt.idx");
    derived result;

    ck_assert_int_eq(packwriter_bytes_save(bytes, path), 0);
    result = derive(path, &how);
    if (result.summary.written)
        ck_assert_int_eq(packwriter_bytes_save(&result.index, index), 0);
    else
        remove(index);
    free(path);
    free(index);
    return result;
}

/* All that lies outside [from, to) is read through the salvaged index. */
static void all_whole_are_read(const subject *made, const derived *result, uint64_t from,
                               uint64_t to)
{
    char *path = suite_scratch_path("hurt.pack");
    packread_snapshot *snapshot = NULL;
    packread_reader *reader = NULL;
    size_t expected = 0;

    for (size_t i = 0; i < made->pack.entry_count; i++)
        expected += is_whole(made, i, from, to);
    if (result->summary.objects < expected)
        derived_print(result);
    ck_assert_uint_ge(result->summary.objects, expected);
    ck_assert(result->summary.written == (result->summary.objects > 0));
    if (result->summary.written) {
        snapshot = sample_open(path, NULL);
        reader = sample_reader(snapshot);
    }
    for (size_t i = 0; i < made->pack.entry_count; i++) {
        packread_id id = id_of(made, i);
        packread_object object;
        packread_error error;

        if (!is_whole(made, i, from, to))
            continue;
        memset(&error, 0, sizeof error);
        if (packread_reader_read(reader, &id, &object, &error) != 0)
            ck_abort_msg("damage from %llu to %llu: entry %zu: %s", (unsigned long long)from,
                         (unsigned long long)to, i, error.text);
        ck_assert(sample_hashes_to(&id, object.type, object.data, object.size));
    }
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(path);
}

/* ---- Cut, flipped, zeroed ----------------------------------------------------------------------
 */

START_TEST(a_pack_cut_anywhere_keeps_what_is_whole)
{
    size_t hash_length = _i ? PACKWRITER_SHA256 : PACKWRITER_SHA1;
    subject made = make_subject(hash_length);
    struct packwriter_bytes *bytes = &made.pack.bytes;
    size_t size = bytes->size;

    for (size_t cut = size - 1; cut >= 12 + hash_length; cut--) {
        derived result;

        bytes->size = cut;
        result = salvage(bytes, _i ? 32 : 0);
        ck_assert_int_eq(result.status, PACKREAD_ERROR_CORRUPT);
        ck_assert_uint_ge(result.count, 1);
        all_whole_are_read(&made, &result, cut, size);
        derived_free(&result);
    }
    bytes->size = size;
    packwriter_pack_free(&made.pack);
}
END_TEST

/* With the trailer as it was: it does not fit. In the second round it does. */
START_TEST(a_pack_with_any_byte_flipped_keeps_what_is_whole)
{
    subject made = make_subject(PACKWRITER_SHA1);
    struct packwriter_bytes *bytes = &made.pack.bytes;
    struct packwriter_bytes copy = {0};
    static const uint8_t masks[] = {0x01, 0x80, 0xff};

    for (size_t at = 0; at < bytes->size; at++) {
        derived result;

        copy.size = 0;
        packwriter_bytes_add(&copy, bytes->data, bytes->size);
        copy.data[at] ^= masks[at % 3];
        if (_i)
            packwriter_bytes_resum(&copy, PACKWRITER_SHA1);
        result = salvage(&copy, 0);
        if (_i == 0)
            ck_assert_int_eq(result.status, PACKREAD_ERROR_CORRUPT);
        all_whole_are_read(&made, &result, at, at + 1);
        derived_free(&result);
    }
    packwriter_bytes_free(&copy);
    packwriter_pack_free(&made.pack);
}
END_TEST

START_TEST(entries_behind_a_hole_are_found_again)
{
    subject made = make_subject(PACKWRITER_SHA1);
    struct packwriter_bytes *bytes = &made.pack.bytes;
    struct packwriter_bytes copy = {0};

    for (size_t from = 12; from + 20 < bytes->size; from += 7) {
        size_t to = from + 90 < bytes->size - 20 ? from + 90 : bytes->size - 20;
        derived result;

        copy.size = 0;
        packwriter_bytes_add(&copy, bytes->data, bytes->size);
        memset(copy.data + from, 0, to - from);
        result = salvage(&copy, 0);
        all_whole_are_read(&made, &result, from, to);
        derived_free(&result);
    }
    packwriter_bytes_free(&copy);
    packwriter_pack_free(&made.pack);
}
END_TEST

START_TEST(a_wrong_count_loses_nothing)
{
    static const uint32_t counts[] = {0, 1, 8, 10, 1000000, UINT32_MAX};
    subject made = make_subject(PACKWRITER_SHA1);
    struct packwriter_bytes *bytes = &made.pack.bytes;
    uint32_t count = counts[_i];
    derived result;
    char *path = suite_scratch_path("hurt.pack");

    for (size_t i = 0; i < 4; i++)
        bytes->data[8 + i] = (uint8_t)(count >> (24 - 8 * i));
    packwriter_bytes_resum(bytes, PACKWRITER_SHA1);
    result = salvage(bytes, 0);
    ck_assert_int_eq(result.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(result.count, 1);
    ck_assert_ptr_nonnull(derived_find(&result, PACKREAD_ERROR_CORRUPT, 8, NULL));
    ck_assert_uint_eq(result.summary.objects, made.pack.entry_count);
    all_whole_are_read(&made, &result, 0, 0);
    derived_free(&result);
    result = derive(path, NULL);
    ck_assert_int_eq(result.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(result.writes, 0);
    derived_free(&result);
    packwriter_pack_free(&made.pack);
    free(path);
}
END_TEST

START_TEST(a_whole_pack_is_indexed_as_ever)
{
    subject made = make_subject(PACKWRITER_SHA1);
    struct packwriter_bytes index = {0};
    derived result = salvage(&made.pack.bytes, 0);

    packwriter_index_write_pack(&index, &made.pack, NULL);
    sample_good(result.status, &result.error);
    ck_assert_uint_eq(result.index.size, index.size);
    ck_assert_int_eq(memcmp(result.index.data, index.data, index.size), 0);
    derived_free(&result);
    packwriter_bytes_free(&index);
    packwriter_pack_free(&made.pack);
}
END_TEST

/* Its bytes are right, so it is salvaged, though git has no use for it: a delta of three bytes,
 * which gives the empty blob. */
START_TEST(an_object_that_only_git_cannot_read_is_kept)
{
    subject made = {.pack = {0}, .bases = {NO_BASE, 0}};
    struct packwriter_bytes delta = {0};
    derived result;

    packwriter_pack_begin(&made.pack, PACKWRITER_SHA1, 2, 0);
    packwriter_pack_add_object(&made.pack, PACKWRITER_BLOB, "base", 4, 6);
    packwriter_delta_begin(&delta, 4, 0);
    packwriter_pack_add_ofs_delta(&made.pack, 0, &delta, "", 0, 6);
    packwriter_pack_recount(&made.pack);
    packwriter_pack_finish(&made.pack, NULL);
    result = salvage(&made.pack.bytes, 0);
    ck_assert_int_eq(result.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(result.count, 1);
    ck_assert_ptr_nonnull(derived_find(&result, PACKREAD_ERROR_CORRUPT, made.pack.entries[1].offset,
                                       "git cannot read a delta of fewer than 4 bytes"));
    ck_assert_uint_eq(result.summary.objects, 2);
    all_whole_are_read(&made, &result, 0, 0);
    derived_free(&result);
    packwriter_bytes_free(&delta);
    packwriter_pack_free(&made.pack);
}
END_TEST

/* ---- Search ------------------------------------------------------------------------------------
 */

/* Junk between two entries belongs to none; both are served. */
START_TEST(junk_between_entries_is_passed)
{
    subject made = {.pack = {0}};
    derived result;

    packwriter_pack_begin(&made.pack, PACKWRITER_SHA1, 2, 0);
    add(&made, NO_BASE, false, "no. 0");
    packwriter_bytes_add_noise(&made.pack.bytes, 3000, 11);
    add(&made, NO_BASE, false, "no. 1");
    add(&made, 0, false, "no. 2");
    packwriter_pack_recount(&made.pack);
    packwriter_pack_finish(&made.pack, NULL);
    result = salvage(&made.pack.bytes, 0);
    ck_assert_int_eq(result.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(result.summary.objects, 3);
    all_whole_are_read(&made, &result, 0, 0);
    derived_free(&result);
    packwriter_pack_free(&made.pack);
}
END_TEST

/* Headers that lie on both sides of a window's end are no worse. */
START_TEST(junk_over_several_windows_is_passed)
{
    for (size_t junk = 8000; junk < 8300; junk += 17) {
        derive_how how = {.library = {.window_size = 4096, .io = PACKREAD_IO_PREAD},
                          .threads = 1,
                          .salvage = true};
        subject made = {.pack = {0}};
        derived result;
        char *path = suite_scratch_path("hurt.pack");

        packwriter_pack_begin(&made.pack, PACKWRITER_SHA1, 2, 0);
        add(&made, NO_BASE, false, "no. 0");
        packwriter_bytes_add_noise(&made.pack.bytes, junk, 11);
        add(&made, NO_BASE, false, "no. 1");
        packwriter_pack_recount(&made.pack);
        packwriter_pack_finish(&made.pack, NULL);
        ck_assert_int_eq(packwriter_bytes_save(&made.pack.bytes, path), 0);
        result = derive(path, &how);
        ck_assert_uint_eq(result.summary.objects, 2);
        derived_free(&result);
        packwriter_pack_free(&made.pack);
        free(path);
    }
}
END_TEST

/* What hangs on a damaged entry is counted with it, not told by itself. */
/* Whatever is in the byte before an entry: that is whole. */
START_TEST(no_byte_before_an_entry_is_taken_for_its_own)
{
    for (int byte = 0; byte < 256; byte++) {
        for (size_t size = 1; size < 16; size += 7) {
            static const char text[] = "of sixteen bytes";
            struct packwriter_pack *pack;
            subject made = {.pack = {0}};
            derived result;

            pack = &made.pack;
            packwriter_pack_begin(pack, PACKWRITER_SHA1, 2, 0);
            add(&made, NO_BASE, false,
                "no. 0, of a hundred bytes when it is deflated: it is damaged");
            made.bases[pack->entry_count] = NO_BASE;
            packwriter_pack_add_object(pack, PACKWRITER_BLOB, text, size, 6);
            packwriter_pack_recount(pack);
            pack->bytes.data[pack->entries[1].offset - 1] = (unsigned char)byte;
            packwriter_pack_finish(pack, NULL);
            result = salvage(&pack->bytes, 0);
            all_whole_are_read(&made, &result, 12, pack->entries[1].offset);
            derived_free(&result);
            packwriter_pack_free(pack);
        }
    }
}
END_TEST

/* A byte of the damage that looks like the header of a delta by id: the id ends with the header of
 * a small entry, and may begin with others. */
START_TEST(no_small_entries_are_taken_for_the_id_of_a_base)
{
    const size_t hash_length = _i ? PACKWRITER_SHA256 : PACKWRITER_SHA1;
    static const char text[] = "ABCDEFGHI";
    const size_t size = 6;

    for (size_t last = 1; last < 4; last++) {
        subject made = {.pack = {0}};
        struct packwriter_pack *pack = &made.pack;
        uint64_t at;
        derived result;

        packwriter_pack_begin(pack, hash_length, 2, 0);
        add(&made, NO_BASE, false, "no. 0, of a hundred bytes when it is deflated: it is damaged");
        for (size_t entry = 1; entry < 5; entry++) {
            made.bases[pack->entry_count] = NO_BASE;
            packwriter_pack_add_object(pack, PACKWRITER_BLOB, text + entry - 1, size, 6);
        }
        packwriter_pack_recount(pack);
        at = pack->entries[last].offset - hash_length;
        if (at < pack->entries[1].offset) {
            pack->bytes.data[at] = (unsigned char)(7 << 4 | size);
            packwriter_pack_finish(pack, NULL);
            result = salvage(&pack->bytes, (unsigned)hash_length);
            all_whole_are_read(&made, &result, 12, pack->entries[1].offset);
            derived_free(&result);
        } else {
            ck_assert_uint_gt(last, 1);
        }
        packwriter_pack_free(pack);
    }
}
END_TEST

START_TEST(damage_is_told_with_what_hangs_on_it)
{
    subject made = make_subject(PACKWRITER_SHA1);
    const packread_finding *finding;
    derived result;

    made.pack.bytes.data[made.pack.entries[0].offset + 8] ^= 0xff;
    packwriter_bytes_resum(&made.pack.bytes, PACKWRITER_SHA1);
    result = salvage(&made.pack.bytes, 0);
    finding = derived_find(&result, PACKREAD_ERROR_CORRUPT, made.pack.entries[0].offset, NULL);
    ck_assert_ptr_nonnull(finding);
    ck_assert_uint_eq(finding->dependents, 2);
    ck_assert_ptr_nonnull(
        derived_find(&result, PACKREAD_ERROR_THIN, made.pack.entries[8].offset, NULL));
    ck_assert_uint_eq(result.count, 2);
    derived_free(&result);
    packwriter_pack_free(&made.pack);
}
END_TEST

/* Every 20 bytes a candidate begins whose stream goes on to the end of the file: trying each to its
 * end would take hours. */
START_TEST(made_up_candidates_cost_a_bounded_time)
{
    static const uint8_t unit[20] = {0xbf, 0xff, 0xff, 0xff, 0x0f, 0x78, 0x01, 0x00, 0xff, 0xff,
                                     0x00, 0x00, 1,    2,    3,    4,    5,    6,    7,    8};
    struct packwriter_bytes bytes = {0};
    derived result;

    packwriter_bytes_add(&bytes, "PACK\0\0\0\2\0\0\0\2", 12);
    for (size_t i = 0; i < (4 << 20) / sizeof unit; i++)
        packwriter_bytes_add(&bytes, unit, sizeof unit);
    packwriter_bytes_add_repeated(&bytes, 0, 20);
    packwriter_bytes_resum(&bytes, PACKWRITER_SHA1);
    result = salvage(&bytes, 0);
    ck_assert_int_eq(result.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_ptr_nonnull(derived_find(&result, PACKREAD_ERROR_CORRUPT, bytes.size - 20,
                                       "too much damage: what follows was not looked for"));
    ck_assert(!result.summary.written);
    derived_free(&result);
    packwriter_bytes_free(&bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("salvage");
    TCase *damage = tcase_create("damage");
    TCase *search = tcase_create("search");

    tcase_set_timeout(damage, 300);
    tcase_add_loop_test(damage, a_pack_cut_anywhere_keeps_what_is_whole, 0, 2);
    tcase_add_loop_test(damage, a_pack_with_any_byte_flipped_keeps_what_is_whole, 0, 2);
    tcase_add_test(damage, entries_behind_a_hole_are_found_again);
    tcase_add_loop_test(damage, a_wrong_count_loses_nothing, 0, 6);
    tcase_add_test(damage, a_whole_pack_is_indexed_as_ever);
    tcase_add_test(damage, an_object_that_only_git_cannot_read_is_kept);
    suite_add_tcase(suite, damage);
    tcase_set_timeout(search, 60);
    tcase_add_test(search, junk_between_entries_is_passed);
    tcase_add_test(search, junk_over_several_windows_is_passed);
    tcase_add_test(search, no_byte_before_an_entry_is_taken_for_its_own);
    tcase_add_loop_test(search, no_small_entries_are_taken_for_the_id_of_a_base, 0, 2);
    tcase_add_test(search, damage_is_told_with_what_hangs_on_it);
    tcase_add_test(search, made_up_candidates_cost_a_bounded_time);
    suite_add_tcase(suite, search);
    return suite_run(suite);
}
