/* test_read.c - every object of every good fixture is read, and its bytes are those of its id; what is
 * damaged is an error, and the rest is still read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packwriter.h"
#include "samples.h"
#include "suite.h"

#define MEGABYTE (1u << 20)

typedef struct reading {
    packread_reader *reader;
    const sample_truth *truth;
    bool small_only;  /* megabytes once are enough */
    size_t objects;
} reading;

/* The object under the visit: all of it against the truth, by id and by place. */
static int read_object(void *context, const packread_info *info, const packread_error *error)
{
    reading *state = context;
    const sample_object *expected = sample_truth_find(state->truth, &info->id);
    packread_object object;
    packread_error detail;
    int status;

    if (error)
        sample_good(error->code, error);
    if (!expected)
        ck_abort_msg("an object that nobody put there");
    if (info->type != expected->type || info->size != expected->size)
        ck_abort_msg("type %d of %llu bytes, not %d of %llu", (int)info->type,
                     (unsigned long long)info->size, (int)expected->type,
                     (unsigned long long)expected->size);
    if (expected->has_place &&
        (info->location.offset != expected->offset || info->depth != expected->depth))
        ck_abort_msg("at %llu with depth %u, not %llu with %lld",
                     (unsigned long long)info->location.offset, info->depth,
                     (unsigned long long)expected->offset, (long long)expected->depth);

    for (int way = 0; way < 2; way++) {
        if (info->size > MEGABYTE && (state->small_only || way == 1))
            continue;
        status = way == 0
                     ? packread_reader_read(state->reader, &info->id, &object, &detail)
                     : packread_reader_read_at(state->reader, &info->location, &object, &detail);
        sample_good(status, &detail);
        if (packread_id_compare(&object.id, &info->id) != 0 || object.type != info->type ||
            object.size != info->size || !object.data)
            ck_abort_msg("another object was read than was listed");
        if (!sample_hashes_to(&info->id, object.type, object.data, object.size))
            ck_abort_msg("the bytes do not give the id");
    }
    state->objects++;
    return 0;
}

/* Lists with one reader and reads with another; in one order. */
static void read_all(packread_snapshot *snapshot, const sample_truth *truth,
                     enum packread_order order)
{
    packread_reader *lister = sample_reader(snapshot);
    reading state = {sample_reader(snapshot), truth, order == PACKREAD_BY_OFFSET, 0};
    packread_list_options options = {.order = order,
                                     .want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE |
                                             PACKREAD_WANT_DEPTH,
                                     .once = true};
    packread_error error;

    memset(&error, 0, sizeof error);
    sample_good(packread_reader_list(lister, &options, read_object, &state, &error), &error);
    ck_assert_uint_eq(state.objects, truth->count);
    packread_reader_free(state.reader);
    packread_reader_free(lister);
}

START_TEST(every_object_of_a_good_fixture_is_read_and_hashes_to_its_id)
{
    const sample *of = &samples[_i];
    char *path = sample_path(of, NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);
    sample_truth truth;

    sample_truth_load(of, &truth);
    if (!strstr(of->where, "empty-v") && !strstr(of->where, "repos/empty"))
        ck_assert_uint_gt(truth.count, 0);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    read_all(snapshot, &truth, PACKREAD_BY_ID);
    read_all(snapshot, &truth, PACKREAD_BY_OFFSET);
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

START_TEST(unchecked_reads_give_the_same_bytes)
{
    const sample *of = &samples[_i];
    char *path;
    packread_options options = {.flags = PACKREAD_NO_CHECK};
    packread_snapshot *snapshot;
    sample_truth truth;

    if (of->is & SAMPLE_LARGE)
        return;
    path = sample_path(of, NULL);
    snapshot = sample_open(path, &options);
    sample_truth_load(of, &truth);
    read_all(snapshot, &truth, PACKREAD_BY_ID);
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

/* The deepest object first, with nothing cached: all 10,000 links at once, and no recursion that a
 * small stack would end. */
START_TEST(a_chain_of_10000_links_is_read_from_its_far_end)
{
    static const char *const chains[] = {"packs/chain-ofs", "packs/chain-ref",
                                         "packs/chain-ref-later"};
    const sample *of = sample_find(chains[_i]);
    char *path = sample_path(of, NULL);
    sample_truth truth;
    size_t found = 0;

    sample_truth_load(of, &truth);
    for (size_t i = 0; i < truth.count; i++) {
        packread_snapshot *snapshot;
        packread_reader *reader;
        packread_location location;
        packread_object object;
        packread_info info;
        packread_error error;

        if (truth.objects[i].depth != 10000)
            continue;
        found++;
        snapshot = sample_open(path, NULL);
        reader = sample_reader(snapshot);
        sample_good(packread_reader_read(reader, &truth.objects[i].id, &object, &error), &error);
        ck_assert(sample_hashes_to(&object.id, object.type, object.data, object.size));
        sample_good(packread_reader_find(reader, &object.id, &location, &error), &error);
        sample_good(packread_reader_info(reader, &location, PACKREAD_WANT_ALL, &info, &error),
                    &error);
        ck_assert_uint_eq(info.depth, 10000);
        ck_assert_int_eq((int)info.type, PACKREAD_BLOB);
        ck_assert_uint_eq(info.base.size, 20);
        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
    }
    ck_assert_uint_eq(found, 1);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

/* ---- Thin packs ------------------------------------------------------------------------------ */

START_TEST(objects_without_a_base_are_thin_and_the_others_are_read)
{
    static const sample thin = {"special/thin", 0, {"pack-thin"}};
    char *path = sample_path(&thin, NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);
    packread_reader *reader = sample_reader(snapshot);
    sample_truth truth;
    size_t without = 0;

    sample_truth_load(&thin, &truth);
    ck_assert_uint_eq(truth.count, 4);
    for (size_t i = 0; i < truth.count; i++) {
        const sample_object *expected = &truth.objects[i];
        packread_location location;
        packread_object object;
        packread_info info;
        packread_error error;
        int status = packread_reader_read(reader, &expected->id, &object, &error);

        sample_good(packread_reader_find(reader, &expected->id, &location, &error), &error);
        if (expected->depth >= 0) {
            ck_assert_int_eq(packread_reader_read(reader, &expected->id, &object, &error), 0);
            ck_assert(sample_hashes_to(&expected->id, object.type, object.data, object.size));
            ck_assert_int_eq(packread_reader_info(reader, &location, PACKREAD_WANT_ALL, &info,
                                                  &error),
                             0);
            continue;
        }
        without++;
        memset(&error, 0, sizeof error);
        status = packread_reader_read(reader, &expected->id, &object, &error);
        ck_assert_int_eq(status, PACKREAD_ERROR_THIN);
        ck_assert_int_eq(error.code, PACKREAD_ERROR_THIN);
        ck_assert_int_eq(packread_id_compare(&error.id, &expected->id), 0);
        ck_assert_ptr_nonnull(strstr(error.file, "pack-thin.pack"));
        ck_assert_int_eq(packread_reader_info(reader, &location, PACKREAD_WANT_TYPE, &info, &error),
                         PACKREAD_ERROR_THIN);
        ck_assert_int_eq(packread_reader_info(reader, &location, PACKREAD_WANT_DEPTH, &info,
                                              &error),
                         PACKREAD_ERROR_THIN);
        /* Its size and its base's name are in the delta itself. */
        sample_good(packread_reader_info(reader, &location,
                                         PACKREAD_WANT_SIZE | PACKREAD_WANT_BASE, &info, &error),
                    &error);
        ck_assert(info.size == expected->size);
        ck_assert_uint_eq(info.base.size, 20);
    }
    ck_assert_uint_eq(without, 2);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

START_TEST(the_name_of_an_absent_base_is_known)
{
    static const char absent[] = "the base that is not in the thin pack\n";
    static const sample thin = {"special/thin", 0, {"pack-thin"}};
    char *path = sample_path(&thin, NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);
    packread_reader *reader = sample_reader(snapshot);
    sample_truth truth;
    size_t found = 0;

    sample_truth_load(&thin, &truth);
    for (size_t i = 0; i < truth.count; i++) {
        packread_location location;
        packread_info info;
        packread_error error;

        sample_good(packread_reader_find(reader, &truth.objects[i].id, &location, &error), &error);
        sample_good(packread_reader_info(reader, &location, PACKREAD_WANT_BASE, &info, &error),
                    &error);
        if (info.stored_type == PACKREAD_REF_DELTA) {
            found++;
            ck_assert(!info.has_base_location);
            ck_assert(sample_hashes_to(&info.base, PACKREAD_BLOB, absent, strlen(absent)));
        }
    }
    ck_assert_uint_eq(found, 1);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

/* ---- Damage ---------------------------------------------------------------------------------- */

static struct packwriter_bytes load_file(const char *path)
{
    struct packwriter_bytes bytes = {0};
    unsigned char piece[65536];
    FILE *file = fopen(path, "rb");
    size_t size;

    ck_assert_msg(file != NULL, "%s", path);
    while ((size = fread(piece, 1, sizeof piece, file)) > 0)
        packwriter_bytes_add(&bytes, piece, size);
    fclose(file);
    return bytes;
}

START_TEST(a_flipped_byte_costs_its_own_object_and_what_hangs_on_it)
{
    static const sample damaged = {"damaged/flipped-byte", 0, {NULL}};
    const sample *sizes = sample_find("packs/sizes");
    char *path = sample_path(&damaged, NULL);
    char *list = sample_path(&damaged, "damaged.ids");
    struct packwriter_bytes ids = load_file(list);
    packread_snapshot *snapshot = sample_open(path, NULL);
    packread_reader *reader = sample_reader(snapshot);
    sample_truth truth;
    size_t corrupt = 0;

    packwriter_bytes_add(&ids, "", 1);
    sample_truth_load(sizes, &truth);
    for (size_t i = 0; i < truth.count; i++) {
        const sample_object *expected = &truth.objects[i];
        char hex[PACKREAD_HEX_MAX + 1];
        packread_object object;
        packread_error error;
        int status;

        packread_id_format(&expected->id, hex);
        memset(&error, 0, sizeof error);
        status = packread_reader_read(reader, &expected->id, &object, &error);
        if (!strstr((char *)ids.data, hex)) {
            sample_good(status, &error);
            ck_assert(sample_hashes_to(&object.id, object.type, object.data, object.size));
            continue;
        }
        corrupt++;
        ck_assert_int_eq(status, PACKREAD_ERROR_CORRUPT);
        ck_assert_int_eq(packread_id_compare(&error.id, &expected->id), 0);
        ck_assert(error.has_offset);
        ck_assert_ptr_nonnull(strstr(error.file, "pack-flipped-byte.pack"));
        ck_assert_uint_gt(strlen(error.text), 0);
    }
    ck_assert_uint_eq(corrupt, 1);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    packwriter_bytes_free(&ids);
    free(list);
    free(path);
}
END_TEST

/* Right in every sum, but under another object's id: only hashing the contents shows it. */
START_TEST(contents_that_are_not_the_ids_are_never_handed_out)
{
    struct packwriter_pack pack = {0};
    unsigned char wrong[PACKWRITER_HASH_MAX];
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_object object;
    packread_error error;
    packread_id id;
    char *path;

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, "good\n", 5, 6);
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_BLOB, 4);
    packwriter_bytes_add_deflated(&pack.bytes, "bad\n", 4, 6);
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, "what was asked for\n", 19);
    memcpy(wrong, pack.entries[1].id, sizeof wrong);
    path = sample_save(&pack, "wrong-id", NULL);
    snapshot = sample_open(path, NULL);
    reader = sample_reader(snapshot);
    memset(&id, 0, sizeof id);
    memcpy(id.bytes, wrong, 20);
    id.size = 20;
    ck_assert_int_eq(packread_reader_read(reader, &id, &object, &error), PACKREAD_ERROR_CORRUPT);
    ck_assert_int_eq(packread_id_compare(&error.id, &id), 0);
    ck_assert(error.has_offset && error.offset == pack.entries[1].offset);
    memcpy(id.bytes, pack.entries[0].id, 20);
    sample_good(packread_reader_read(reader, &id, &object, &error), &error);
    ck_assert_uint_eq(object.size, 5);
    ck_assert_mem_eq(object.data, "good\n", 5);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

/* The index names one entry for two ids. Reading it under the right one must not make it right under the
 * other, in whatever order they are read, by whatever call. */
START_TEST(two_rows_with_one_offset_do_not_share_a_verdict)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes index = {0};
    struct packwriter_index_row rows[2] = {{{0}, 0, 0}};
    struct packwriter_index_options options = {0};
    char *path = suite_scratch_path("pack-twice.pack");
    char *index_path = suite_scratch_path("pack-twice.idx");
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_id ids[2];

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 2);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, "one\n", 4, 6);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, "two\n", 4, 6);
    packwriter_pack_finish(&pack, NULL);
    memset(ids, 0, sizeof ids);
    for (size_t i = 0; i < 2; i++) {
        memcpy(rows[i].id, pack.entries[i].id, 20);
        rows[i].offset = pack.entries[0].offset;
        rows[i].crc32 = pack.entries[0].crc32;
        memcpy(ids[i].bytes, pack.entries[i].id, 20);
        ids[i].size = 20;
    }
    options.pack_sum = pack.sum;
    packwriter_index_write(&index, 20, rows, 2, &options);
    ck_assert_int_eq(packwriter_pack_save(&pack, path), 0);
    ck_assert_int_eq(packwriter_bytes_save(&index, index_path), 0);
    snapshot = sample_open(path, NULL);
    reader = sample_reader(snapshot);
    for (int times = 0; times < 4; times++) {
        for (size_t i = 0; i < 2; i++) {
            packread_location location;
            packread_object object;
            packread_error error;
            int status;

            sample_good(packread_reader_find(reader, &ids[i], &location, &error), &error);
            status = times % 2 ? packread_reader_read(reader, &ids[i], &object, &error)
                               : packread_reader_read_at(reader, &location, &object, &error);
            ck_assert_int_eq(status, i == 0 ? 0 : PACKREAD_ERROR_CORRUPT);
        }
    }
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    packwriter_pack_free(&pack);
    packwriter_bytes_free(&index);
    free(index_path);
    free(path);
}
END_TEST

/* Two packs have it; the first copy is damaged. Each time round the pack with the good copy has the
 * other place in the order. */
START_TEST(a_good_copy_in_another_pack_stands_in_for_a_damaged_one)
{
    static const char text[] = "an object of which there are two copies, one of them damaged\n";

    struct packwriter_pack good = {0};
    struct packwriter_pack bad = {0};
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_object object;
    packread_location location;
    packread_error error;
    packread_id id;
    char *path;

    packwriter_pack_begin(&good, PACKWRITER_SHA1, 2, 0);
    packwriter_pack_add_object(&good, PACKWRITER_BLOB, text, strlen(text), 6);
    packwriter_pack_begin(&bad, PACKWRITER_SHA1, 2, 0);
    packwriter_pack_add_object(&bad, PACKWRITER_BLOB, text, strlen(text), 6);
    bad.bytes.data[bad.entries[0].offset + 10] ^= 0x40;
    free(sample_save(&good, _i ? "pack-a" : "pack-b", NULL));
    free(sample_save(&bad, _i ? "pack-b" : "pack-a", NULL));
    path = suite_scratch_path("");
    snapshot = sample_open(path, NULL);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 2);
    reader = sample_reader(snapshot);
    memset(&id, 0, sizeof id);
    memcpy(id.bytes, good.entries[0].id, 20);
    id.size = 20;
    sample_good(packread_reader_read(reader, &id, &object, &error), &error);
    ck_assert_uint_eq(object.size, strlen(text));
    ck_assert_mem_eq(object.data, text, object.size);
    /* The copy that is damaged, asked for as such, is an error. */
    location = (packread_location){_i ? 1 : 0, 0, 12};
    ck_assert_int_eq(packread_reader_read_at(reader, &location, &object, &error),
                     PACKREAD_ERROR_CORRUPT);
    location.pack = _i ? 0 : 1;
    sample_good(packread_reader_read_at(reader, &location, &object, &error), &error);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    packwriter_pack_free(&good);
    packwriter_pack_free(&bad);
    free(path);
}
END_TEST

/* ---- Malformed entries ------------------------------------------------------------------------ */

static const char whole_text[] = "a whole object, on which the others would be deltas\n";

/* One whole blob, then an entry of a shape of its own. */
static void begin_malformed(struct packwriter_pack *pack)
{
    packwriter_pack_begin(pack, PACKWRITER_SHA1, 2, 0);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, whole_text, strlen(whole_text), 6);
    packwriter_pack_begin_entry(pack);
}

/* Ends the entry as an object of some id. It must be refused with this code and text, by every call
 * that needs it, and the whole blob beside it must be read. */
static void is_refused(struct packwriter_pack *pack, int code, const char *text)
{
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_object object;
    packread_error error;
    packread_id id;
    char *path;

    if (pack->entry_count == 1)
        packwriter_pack_end_entry(pack, PACKWRITER_BLOB, "malformed", 9);
    path = sample_save(pack, "pack-malformed", NULL);
    snapshot = sample_open(path, NULL);
    reader = sample_reader(snapshot);
    memset(&id, 0, sizeof id);
    id.size = 20;
    for (int times = 0; times < 2; times++) { /* the first must leave nothing behind */
        memcpy(id.bytes, pack->entries[1].id, 20);
        memset(&error, 0, sizeof error);
        ck_assert_int_eq(packread_reader_read(reader, &id, &object, &error), code);
        ck_assert_str_eq(error.text, text);
        ck_assert_int_eq(packread_id_compare(&error.id, &id), 0);
        ck_assert_str_eq(error.file, path);
        memcpy(id.bytes, pack->entries[0].id, 20);
        sample_good(packread_reader_read(reader, &id, &object, &error), &error);
        ck_assert_uint_eq(object.size, strlen(whole_text));
        ck_assert_mem_eq(object.data, whole_text, object.size);
    }
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    packwriter_pack_free(pack);
    free(path);
}

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

START_TEST(bases_before_the_first_entry_are_corrupt)
{
    struct packwriter_bytes delta = {0};
    struct packwriter_pack pack = {0};
    const char *why = "delta base lies before the first entry";

    packwriter_delta_make(&delta, whole_text, strlen(whole_text), "x", 1);
    begin_malformed(&pack);
    add_delta_entry(&pack, distance_to_first(&pack) + 1, &delta);
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, why);
    begin_malformed(&pack);
    add_delta_entry(&pack, pack.bytes.size, &delta);
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, why);
    begin_malformed(&pack);
    add_delta_entry(&pack, UINT64_C(1) << 32, &delta);
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, why);
    begin_malformed(&pack);
    add_delta_entry(&pack, UINT64_MAX, &delta);
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, why);
    packwriter_bytes_free(&delta);
}
END_TEST

START_TEST(deltas_that_do_not_fit_their_base_are_corrupt)
{
    struct packwriter_bytes delta = {0};
    struct packwriter_pack pack = {0};

    packwriter_delta_begin(&delta, strlen(whole_text) + 1, 1);
    packwriter_delta_insert(&delta, "x", 1);
    begin_malformed(&pack);
    add_delta_entry(&pack, distance_to_first(&pack), &delta);
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, "delta is for a base of another size");

    packwriter_delta_begin(&delta, strlen(whole_text), 2);
    packwriter_delta_copy(&delta, (uint32_t)strlen(whole_text) - 1, 2);
    begin_malformed(&pack);
    add_delta_entry(&pack, distance_to_first(&pack), &delta);
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, "delta copies from outside its base");

    packwriter_delta_begin(&delta, strlen(whole_text), UINT64_C(1) << 36);
    packwriter_delta_copy(&delta, 0, 1);
    begin_malformed(&pack);
    add_delta_entry(&pack, distance_to_first(&pack), &delta);
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, "delta gives less than its result size");
    packwriter_bytes_free(&delta);
}
END_TEST

static void ref_to(struct packwriter_pack *pack, const unsigned char *id)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, 1, 1);
    packwriter_delta_copy(&delta, 0, 1);
    packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_REF_DELTA, delta.size);
    packwriter_bytes_add(&pack->bytes, id, 20);
    packwriter_bytes_add_deflated(&pack->bytes, delta.data, delta.size, 6);
    packwriter_bytes_free(&delta);
}

START_TEST(cycles_of_deltas_end)
{
    struct packwriter_pack pack = {0};
    unsigned char id[PACKWRITER_HASH_MAX];
    const unsigned length = (unsigned)_i;
    const char *why = length == 1 ? "delta is its own base" : "delta chain goes round in a cycle";

    begin_malformed(&pack);
    for (unsigned i = 0; i < length; i++) {
        char name[32];
        int size;

        /* Each names the next, the last one the first. */
        size = snprintf(name, sizeof name, "link %u", (i + 1) % length);
        packwriter_hash_id(20, PACKWRITER_BLOB, name, (size_t)size, id);
        if (i > 0)
            packwriter_pack_begin_entry(&pack);
        ref_to(&pack, id);
        size = snprintf(name, sizeof name, "link %u", i);
        packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, name, (size_t)size);
    }
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, why);
}
END_TEST

/* A cycle that is not at the start: a tail leads into it. */
START_TEST(a_tail_into_a_cycle_ends)
{
    struct packwriter_pack pack = {0};
    unsigned char id[PACKWRITER_HASH_MAX];

    begin_malformed(&pack);
    for (unsigned i = 0; i < 100; i++) {
        unsigned next = i + 1 < 100 ? i + 1 : 60;
        char name[32];
        int size = snprintf(name, sizeof name, "link %u", next);

        packwriter_hash_id(20, PACKWRITER_BLOB, name, (size_t)size, id);
        if (i > 0)
            packwriter_pack_begin_entry(&pack);
        ref_to(&pack, id);
        size = snprintf(name, sizeof name, "link %u", i);
        packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, name, (size_t)size);
    }
    is_refused(&pack, PACKREAD_ERROR_CORRUPT, "delta chain goes round in a cycle");
}
END_TEST

/* A base that is no entry: its bytes may even parse. What comes of it is never handed out. */
START_TEST(a_base_in_the_middle_of_an_entry_is_corrupt)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_object object;
    packread_error error;
    packread_id id;
    char *path;

    packwriter_delta_make(&delta, whole_text, strlen(whole_text), "x", 1);
    begin_malformed(&pack);
    add_delta_entry(&pack, distance_to_first(&pack) - 1, &delta);
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, "malformed", 9);
    path = sample_save(&pack, "pack-malformed", NULL);
    snapshot = sample_open(path, NULL);
    reader = sample_reader(snapshot);
    memset(&id, 0, sizeof id);
    id.size = 20;
    memcpy(id.bytes, pack.entries[1].id, 20);
    ck_assert_int_eq(packread_reader_read(reader, &id, &object, &error), PACKREAD_ERROR_CORRUPT);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    packwriter_pack_free(&pack);
    packwriter_bytes_free(&delta);
    free(path);
}
END_TEST

/* ---- Validity -------------------------------------------------------------------------------- */

START_TEST(errors_leave_the_output_alone_and_need_no_detail)
{
    char *path = sample_path(sample_find("packs/types"), NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);
    packread_reader *reader = sample_reader(snapshot);
    packread_id id = sample_id("0123456789012345678901234567890123456789");
    packread_location location = {7, 0, 12};
    packread_object untouched;
    packread_object object;

    memset(&untouched, 0x5a, sizeof untouched);
    object = untouched;
    ck_assert_int_eq(packread_reader_read(reader, &id, &object, NULL), PACKREAD_ERROR_NOT_FOUND);
    ck_assert_int_eq(packread_reader_read_at(reader, &location, &object, NULL),
                     PACKREAD_ERROR_ARGUMENT);
    location = (packread_location){0, 1000, 12};
    ck_assert_int_eq(packread_reader_read_at(reader, &location, &object, NULL),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_mem_eq(&object, &untouched, sizeof object);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

/* A location is the caller's to get wrong: any offset is an error, or the object of its row. */
START_TEST(a_location_that_is_wrong_never_gives_wrong_bytes)
{
    const sample *of = sample_find("packs/types");
    char *path = sample_path(of, NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);
    packread_reader *reader = sample_reader(snapshot);
    packread_pack_info pack;
    uint64_t right = 0;

    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &pack), 0);
    for (uint64_t offset = 0; offset < pack.size + 100; offset++) {
        packread_location location = {0, 3, offset};
        packread_object object;
        packread_info info;

        if (packread_reader_read_at(reader, &location, &object, NULL) == 0) {
            if (!sample_hashes_to(&object.id, object.type, object.data, object.size))
                ck_abort_msg("offset %llu", (unsigned long long)offset);
            right++;
        }
        /* Anything but a crash: what is in the file there may look like an entry. */
        (void)packread_reader_info(reader, &location, PACKREAD_WANT_ALL, &info, NULL);
    }
    ck_assert(right == 1);
    for (unsigned bit = 0; bit < 64; bit++) {
        packread_location location = {0, 3, UINT64_MAX << bit};
        packread_object object;
        packread_info info;

        ck_assert_int_lt(packread_reader_read_at(reader, &location, &object, NULL), 0);
        ck_assert_int_lt(packread_reader_info(reader, &location, PACKREAD_WANT_TYPE, &info, NULL),
                         0);
    }
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("read");
    TCase *good = tcase_create("good");
    TCase *thin = tcase_create("thin");
    TCase *damaged = tcase_create("damaged");

    tcase_add_loop_test(good, every_object_of_a_good_fixture_is_read_and_hashes_to_its_id, 0,
                        sample_count);
    tcase_add_loop_test(good, unchecked_reads_give_the_same_bytes, 0, sample_count);
    tcase_add_loop_test(good, a_chain_of_10000_links_is_read_from_its_far_end, 0, 3);
    tcase_add_test(good, errors_leave_the_output_alone_and_need_no_detail);
    tcase_add_test(good, a_location_that_is_wrong_never_gives_wrong_bytes);
    suite_add_tcase(suite, good);

    tcase_add_test(thin, objects_without_a_base_are_thin_and_the_others_are_read);
    tcase_add_test(thin, the_name_of_an_absent_base_is_known);
    suite_add_tcase(suite, thin);

    tcase_add_test(damaged, a_flipped_byte_costs_its_own_object_and_what_hangs_on_it);
    tcase_add_test(damaged, contents_that_are_not_the_ids_are_never_handed_out);
    tcase_add_test(damaged, two_rows_with_one_offset_do_not_share_a_verdict);
    tcase_add_loop_test(damaged, a_good_copy_in_another_pack_stands_in_for_a_damaged_one, 0, 2);
    tcase_add_loop_test(damaged, an_entry_of_type_0_or_5_is_corrupt, 0, 2);
    tcase_add_test(damaged, contents_of_another_length_than_claimed_are_corrupt);
    tcase_add_loop_test(damaged, a_size_that_its_deflated_bytes_cannot_hold_takes_no_memory, 0, 4);
    tcase_add_test(damaged, a_damaged_stream_is_corrupt);
    tcase_add_test(damaged, a_stream_that_runs_into_the_trailer_is_corrupt);
    tcase_add_test(damaged, an_entry_whose_header_runs_into_the_trailer_is_corrupt);
    tcase_add_test(damaged, bases_before_the_first_entry_are_corrupt);
    tcase_add_test(damaged, deltas_that_do_not_fit_their_base_are_corrupt);
    tcase_add_loop_test(damaged, cycles_of_deltas_end, 1, 9);
    tcase_add_test(damaged, a_tail_into_a_cycle_ends);
    tcase_add_test(damaged, a_base_in_the_middle_of_an_entry_is_corrupt);
    suite_add_tcase(suite, damaged);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
