/* test_verify.c - verify finds nothing wrong with what is good, and every damage that is done here;
 * it names offset and id, counts what hangs on it, and goes on. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packwriter.h"
#include "samples.h"
#include "suite.h"

/* ---- Gathering findings ------------------------------------------------------------------------ */

typedef struct found {
    packread_error error;
    uint64_t dependents;
} found;

typedef struct report {
    found *list;
    size_t count;
    size_t stop_after;        /* findings; 0: never */
    uint64_t progress_stop;   /* calls; 0: never */
    uint64_t progress_calls;
    uint64_t done;
    uint64_t total;
    int status;
    packread_error error;
    packread_verify_summary summary;
} report;

static int take_finding(void *context, const packread_finding *finding)
{
    report *all = context;

    all->list = realloc(all->list, (all->count + 1) * sizeof *all->list);
    if (!all->list)
        abort();
    all->list[all->count++] = (found){*finding->error, finding->dependents};
    return all->count == all->stop_after;
}

static int take_progress(void *context, uint64_t done, uint64_t total)
{
    report *all = context;

    if (done < all->done || done > total)
        ck_abort_msg("progress goes from %llu to %llu of %llu", (unsigned long long)all->done,
                     (unsigned long long)done, (unsigned long long)total);
    all->done = done;
    all->total = total;
    return ++all->progress_calls == all->progress_stop;
}

static void run(report *all, packread_snapshot *snapshot, size_t pack, unsigned threads)
{
    packread_verify_options options = {threads, take_finding, take_progress, all};

    memset(&all->error, 0, sizeof all->error);
    memset(&all->summary, 0x5a, sizeof all->summary);
    all->status = packread_verify(snapshot, pack, &options, &all->summary, &all->error);
}

static void describe(const report *all)
{
    for (size_t i = 0; i < all->count; i++) {
        char hex[PACKREAD_HEX_MAX + 1];

        packread_id_format(&all->list[i].error.id, hex);
        fprintf(stderr, "%s: offset %llu: %s: %s (%d), dependents %llu\n",
                all->list[i].error.file, (unsigned long long)all->list[i].error.offset, hex,
                all->list[i].error.text, all->list[i].error.code,
                (unsigned long long)all->list[i].dependents);
    }
}

static void free_report(report *all)
{
    free(all->list);
    memset(all, 0, sizeof *all);
}

/* ---- What is good ------------------------------------------------------------------------------ */

START_TEST(good_fixtures_are_all_right)
{
    static const unsigned threads[] = {1, 2, 8, 0};
    const sample *of = &samples[_i];
    char *path = sample_path(of, NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);
    sample_truth truth;

    sample_truth_load(of, &truth);
    for (size_t pack = 0; pack < packread_snapshot_packs(snapshot); pack++) {
        packread_pack_info info;
        uint64_t bytes = 0;
        uint64_t deltas = 0;
        int64_t depth = 0;

        ck_assert_int_eq(packread_snapshot_pack(snapshot, pack, &info), 0);
        for (size_t i = 0; i < truth.count; i++) {
            bytes += truth.objects[i].size;
            deltas += truth.objects[i].depth > 0;
            if (truth.objects[i].depth > depth)
                depth = truth.objects[i].depth;
        }
        for (size_t i = 0; i < (of->is & SAMPLE_LARGE ? 2 : 4); i++) {
            report all = {0};

            run(&all, snapshot, pack, threads[i]);
            if (all.status != 0 || all.count != 0)
                describe(&all);
            sample_good(all.status, &all.error);
            ck_assert_uint_eq(all.count, 0);
            ck_assert_uint_eq(all.summary.findings, 0);
            ck_assert_uint_eq(all.summary.objects, info.objects);
            if (packread_snapshot_packs(snapshot) == 1)
                ck_assert_uint_eq(all.summary.bytes, bytes);
            if (of->packs[0] && !of->packs[1]) {
                ck_assert_uint_eq(all.summary.chains, deltas);
                ck_assert_uint_eq(all.summary.depth, (uint64_t)depth);
            }
            ck_assert_uint_eq(all.done, info.objects);
            ck_assert_uint_eq(all.total, info.objects);
            ck_assert_uint_le(all.progress_calls, 1000);
            free_report(&all);
        }
    }
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

START_TEST(everything_but_the_snapshot_may_be_left_out)
{
    char *path = sample_path(sample_find("packs/types"), NULL);
    char *bad = sample_path(sample_find("packs/types"), "../../damaged/flipped-byte");
    packread_snapshot *snapshot = sample_open(path, NULL);
    packread_snapshot *damaged = sample_open(bad, NULL);

    ck_assert_int_eq(packread_verify(snapshot, 0, NULL, NULL, NULL), 0);
    ck_assert_int_eq(packread_verify(damaged, 0, NULL, NULL, NULL), PACKREAD_ERROR_CORRUPT);
    ck_assert_int_eq(packread_verify(snapshot, 1, NULL, NULL, NULL), PACKREAD_ERROR_ARGUMENT);
    packread_snapshot_free(snapshot);
    packread_snapshot_free(damaged);
    free(path);
    free(bad);
}
END_TEST

/* A limit far below what the pack expands to: slower, still right. */
START_TEST(a_small_memory_limit_changes_no_verdict)
{
    static const char *const places[] = {"repos/deltas", "repos/refdelta", "packs/chain-ofs",
                                         "packs/chain-ref-later"};
    packread_options options = {.memory_limit = 2 << 20, .window_size = 65536};
    char *path = sample_path(sample_find(places[_i]), NULL);
    packread_snapshot *snapshot = sample_open(path, &options);
    packread_pack_info info;

    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
    for (unsigned threads = 1; threads <= 4; threads += 3) {
        report all = {0};

        run(&all, snapshot, 0, threads);
        sample_good(all.status, &all.error);
        ck_assert_uint_eq(all.summary.objects, info.objects);
        free_report(&all);
    }
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

/* ---- Damage that a fixture has ----------------------------------------------------------------- */

/* Of findings with this code in this file; with this text unless it is NULL. */
static const found *find_text(const report *all, int code, const char *file, const char *text)
{
    for (size_t i = 0; i < all->count; i++) {
        const packread_error *error = &all->list[i].error;

        if (error->code == code && strstr(error->file, file) &&
            (!text || strcmp(error->text, text) == 0))
            return &all->list[i];
    }
    return NULL;
}

static const found *find_at(const report *all, int code, const char *file, uint64_t offset)
{
    for (size_t i = 0; i < all->count; i++) {
        const packread_error *error = &all->list[i].error;

        if (error->code == code && strstr(error->file, file) && error->has_offset &&
            error->offset == offset)
            return &all->list[i];
    }
    return NULL;
}

static report verify_fixture(const char *name)
{
    char path[4096];
    packread_snapshot *snapshot;
    report all = {0};

    snprintf(path, sizeof path, "%s/damaged/%s", suite_fixtures(), name);
    snapshot = sample_open(path, NULL);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 1);
    run(&all, snapshot, 0, 2);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_int_eq(all.error.code, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_gt(all.count, 0);
    ck_assert_uint_eq(all.summary.findings, all.count);
    packread_snapshot_free(snapshot);
    return all;
}

static size_t objects_of_sizes(void)
{
    sample_truth truth;
    size_t count;

    sample_truth_load(sample_find("packs/sizes"), &truth);
    count = truth.count;
    sample_truth_free(&truth);
    return count;
}

START_TEST(a_wrong_index_sum_is_all_that_is_found)
{
    report all = verify_fixture("wrong-index-sum");

    ck_assert_uint_eq(all.count, 1);
    ck_assert_ptr_nonnull(find_text(&all, PACKREAD_ERROR_CORRUPT, "pack-wrong-index-sum.idx",
                                    "index checksum is wrong"));
    ck_assert_uint_eq(all.summary.objects, objects_of_sizes());
    free_report(&all);
}
END_TEST

/* The index names the right one, so the pair is in doubt as well. */
START_TEST(a_wrong_pack_sum_is_found)
{
    report all = verify_fixture("wrong-pack-sum");

    ck_assert_ptr_nonnull(find_text(&all, PACKREAD_ERROR_CORRUPT, "pack-wrong-pack-sum.pack",
                                    "pack checksum is wrong"));
    ck_assert_uint_eq(all.summary.objects, objects_of_sizes());
    free_report(&all);
}
END_TEST

START_TEST(a_wrong_crc_is_found_and_the_object_still_counts)
{
    report all = verify_fixture("flipped-crc");
    const found *crc = find_text(&all, PACKREAD_ERROR_CORRUPT, "pack-flipped-crc.pack",
                                 "CRC-32 of the entry is not the one in the index");
    sample_truth truth;

    sample_truth_load(sample_find("packs/sizes"), &truth);
    ck_assert_ptr_nonnull(crc);
    ck_assert_int_eq(packread_id_compare(&crc->error.id, &truth.objects[0].id), 0);
    ck_assert(crc->error.has_offset && crc->error.offset == truth.objects[0].offset);
    ck_assert_uint_eq(crc->dependents, 0);
    ck_assert_ptr_nonnull(find_text(&all, PACKREAD_ERROR_CORRUPT, "pack-flipped-crc.idx",
                                    "index checksum is wrong"));
    ck_assert_uint_eq(all.count, 2);
    ck_assert_uint_eq(all.summary.objects, truth.count);
    sample_truth_free(&truth);
    free_report(&all);
}
END_TEST

START_TEST(a_flipped_byte_is_found_with_its_object)
{
    report all = verify_fixture("flipped-byte");
    sample_truth truth;
    size_t named = 0;

    sample_truth_load(sample_find("packs/sizes"), &truth);
    for (size_t i = 0; i < all.count; i++)
        named += all.list[i].error.id.size == 20 && all.list[i].error.has_offset;
    ck_assert_uint_ge(named, 2); /* its CRC, and itself */
    ck_assert_ptr_nonnull(find_text(&all, PACKREAD_ERROR_CORRUPT, "pack-flipped-byte.pack",
                                    "pack checksum is wrong"));
    ck_assert_uint_eq(all.summary.objects, truth.count - 1);
    sample_truth_free(&truth);
    free_report(&all);
}
END_TEST

START_TEST(a_pack_that_was_cut_is_found_and_what_is_left_counts)
{
    report all = verify_fixture("truncated-pack");

    ck_assert_uint_gt(all.summary.objects, 3);
    ck_assert_uint_lt(all.summary.objects, objects_of_sizes());
    ck_assert_uint_gt(all.count, 1);
    free_report(&all);
}
END_TEST

/* ---- Damage that is done here ------------------------------------------------------------------ */

static packread_id id_of(const struct packwriter_entry *entry, size_t size)
{
    packread_id id;

    memset(&id, 0, sizeof id);
    memcpy(id.bytes, entry->id, size);
    id.size = (unsigned char)size;
    return id;
}

static const char *const lines[] = {
    "one line, and a second that changes: first\n",  "one line, and a second that changes: 2nd\n",
    "one line, and a second that changes: third\n",  "one line, and a second that changes: 4th\n",
    "one line, and a second that changes: fifth\n",  "a blob that stands alone\n",
    "one line, and a second that changes: seventh\n"};

static void add_delta(struct packwriter_pack *pack, size_t base, size_t number)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_make(&delta, lines[base], strlen(lines[base]), lines[number],
                          strlen(lines[number]));
    packwriter_pack_add_ofs_delta(pack, base, &delta, lines[number], strlen(lines[number]), 6);
    packwriter_bytes_free(&delta);
}

/* 0 whole; 1 on 0; 2 on 1; 3 on 1; 4 on 0; 5 whole and alone. */
static void make_tree(struct packwriter_pack *pack)
{
    packwriter_pack_begin(pack, PACKWRITER_SHA1, 2, 0);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, lines[0], strlen(lines[0]), 6);
    add_delta(pack, 0, 1);
    add_delta(pack, 1, 2);
    add_delta(pack, 1, 3);
    add_delta(pack, 0, 4);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, lines[5], strlen(lines[5]), 6);
}

/* Saves with sums that are right whatever was done, and verifies. */
static report verify_pack(struct packwriter_pack *pack,
                          const struct packwriter_index_options *options, unsigned threads)
{
    char *path = sample_save(pack, "pack-made", options);
    packread_snapshot *snapshot = sample_open(path, NULL);
    report all = {0};

    run(&all, snapshot, 0, threads);
    if (all.status == 0 || all.status == PACKREAD_ERROR_CORRUPT)
        ck_assert_uint_eq(all.summary.findings, all.count);
    packread_snapshot_free(snapshot);
    free(path);
    return all;
}

/* A finding at the entry with its id, and so many that hang on it. */
static void has_entry(const report *all, const struct packwriter_pack *pack, size_t entry,
                      int code, uint64_t dependents)
{
    packread_id id = id_of(&pack->entries[entry], pack->hash_length);

    for (size_t i = 0; i < all->count; i++) {
        const packread_error *error = &all->list[i].error;

        if (error->code == code && error->has_offset &&
            error->offset == pack->entries[entry].offset && strstr(error->file, ".pack") &&
            packread_id_compare(&error->id, &id) == 0 && all->list[i].dependents == dependents)
            return;
    }
    describe(all);
    ck_abort_msg("nothing is found at entry %zu with %llu dependents", entry,
                 (unsigned long long)dependents);
}

START_TEST(the_tree_is_good_before_it_is_damaged)
{
    struct packwriter_pack pack = {0};
    report all;

    make_tree(&pack);
    all = verify_pack(&pack, NULL, 1);
    ck_assert_int_eq(all.status, 0);
    ck_assert_uint_eq(all.summary.objects, 6);
    ck_assert_uint_eq(all.summary.chains, 4);
    ck_assert_uint_eq(all.summary.depth, 2);
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

/* Each entry's stream damaged in turn, with the sums right around it: found at that entry, with as many
 * dependents as hang on it, and all others still count. */
START_TEST(a_damaged_stream_is_found_with_its_dependents)
{
    static const uint64_t dependents[6] = {4, 2, 0, 0, 0, 0};
    struct packwriter_pack pack = {0};
    report all;

    make_tree(&pack);
    pack.bytes.data[pack.entries[_i].offset + pack.entries[_i].disk_size - 1] ^= 0x10;
    all = verify_pack(&pack, NULL, 2);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    has_entry(&all, &pack, (size_t)_i, PACKREAD_ERROR_CORRUPT, dependents[_i]);
    ck_assert_uint_eq(all.summary.objects, 6 - 1 - dependents[_i]);
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

/* As above, but the bytes are a legal stream of other contents under the right CRC: only the ids show
 * it. */
START_TEST(contents_that_are_not_the_ids_are_found_with_their_dependents)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    report all;

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_BLOB, strlen(lines[0]));
    packwriter_bytes_add_deflated(&pack.bytes, "ONE line, and a second that changes: first\n",
                                  strlen(lines[0]), 6);
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, lines[0], strlen(lines[0]));
    add_delta(&pack, 0, 1);
    add_delta(&pack, 1, 2);
    /* A delta that takes nothing of its base is right all the same. */
    packwriter_delta_begin(&delta, strlen(lines[0]), strlen(lines[5]));
    packwriter_delta_insert(&delta, lines[5], strlen(lines[5]));
    packwriter_pack_add_ofs_delta(&pack, 0, &delta, lines[5], strlen(lines[5]), 6);
    all = verify_pack(&pack, NULL, 1);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 1);
    has_entry(&all, &pack, 0, PACKREAD_ERROR_CORRUPT, 2);
    ck_assert_uint_eq(all.summary.objects, 1);
    packwriter_bytes_free(&delta);
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

/* The base is wrong and of another size, so that what hangs on it cannot even be applied: still one
 * finding, at the base, and all below it are its dependents. */
START_TEST(a_base_of_another_size_is_one_finding_with_all_its_dependents)
{
    struct packwriter_pack pack = {0};
    report all;

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_BLOB, 5);
    packwriter_bytes_add_deflated(&pack.bytes, "other", 5, 6);
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, lines[0], strlen(lines[0]));
    add_delta(&pack, 0, 1);
    add_delta(&pack, 1, 2);
    add_delta(&pack, 0, 3);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, lines[5], strlen(lines[5]), 6);
    all = verify_pack(&pack, NULL, 1);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 1);
    has_entry(&all, &pack, 0, PACKREAD_ERROR_CORRUPT, 3);
    ck_assert_uint_eq(all.summary.objects, 1);
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

/* Too big to be held, so that it is hashed in pieces. */
START_TEST(a_big_object_that_is_not_its_id_is_found)
{
    packread_options options = {.memory_limit = 1 << 20};
    struct packwriter_pack pack = {0};
    struct packwriter_bytes noise = {0};
    packread_snapshot *snapshot;
    report all = {0};
    char *path;

    packwriter_bytes_add_noise(&noise, 2 << 20, 12);
    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_BLOB, noise.size);
    packwriter_bytes_add_deflated(&pack.bytes, noise.data, noise.size, 1);
    noise.data[0] ^= 1;
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, noise.data, noise.size);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, lines[5], strlen(lines[5]), 6);
    path = sample_save(&pack, "pack-big", NULL);
    snapshot = sample_open(path, &options);
    run(&all, snapshot, 0, 1);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 1);
    has_entry(&all, &pack, 0, PACKREAD_ERROR_CORRUPT, 0);
    ck_assert_uint_eq(all.summary.objects, 1);
    packread_snapshot_free(snapshot);
    packwriter_pack_free(&pack);
    packwriter_bytes_free(&noise);
    free_report(&all);
    free(path);
}
END_TEST

/* A path of deltas on which each object has two children and all together are more than the limit: the
 * upper ones are let go and built again when their second child's turn comes. */
START_TEST(a_path_that_memory_does_not_hold_is_built_again)
{
    enum { LINKS = 8, SIZE = 150000 };
    packread_options options = {.memory_limit = 2 << 20};
    struct packwriter_pack pack = {0};
    struct packwriter_bytes base = {0};
    struct packwriter_bytes next = {0};
    struct packwriter_bytes delta = {0};
    packread_snapshot *snapshot;
    report all = {0};
    size_t place;
    char *path;

    packwriter_bytes_add_noise(&base, SIZE, 13);
    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    place = packwriter_pack_add_object(&pack, PACKWRITER_BLOB, base.data, base.size, 1);
    for (int i = 0; i < LINKS; i++) {
        for (int child = 0; child < 2; child++) { /* the second leads on */
            next.size = 0;
            packwriter_bytes_add(&next, base.data, base.size);
            next.data[(size_t)i * 1000] ^= (unsigned char)(1 + child);
            packwriter_delta_make(&delta, base.data, base.size, next.data, next.size);
            packwriter_pack_add_ofs_delta(&pack, place, &delta, next.data, next.size, 1);
        }
        place = _i ? pack.entry_count - 1 : pack.entry_count - 2;
        if (_i == 0) /* the first leads on: its sibling waits until the walk is back */
            next.data[(size_t)i * 1000] ^= 3;
        base.size = 0;
        packwriter_bytes_add(&base, next.data, next.size);
    }
    path = sample_save(&pack, "pack-path", NULL);
    snapshot = sample_open(path, &options);
    for (unsigned threads = 1; threads <= 2; threads++) {
        run(&all, snapshot, 0, threads);
        sample_good(all.status, &all.error);
        ck_assert_uint_eq(all.summary.objects, 1 + 2 * LINKS);
        ck_assert_uint_eq(all.summary.depth, LINKS);
        free_report(&all);
    }
    packread_snapshot_free(snapshot);
    packwriter_pack_free(&pack);
    packwriter_bytes_free(&base);
    packwriter_bytes_free(&next);
    packwriter_bytes_free(&delta);
    free(path);
}
END_TEST

START_TEST(bytes_between_entries_are_found)
{
    struct packwriter_pack pack = {0};
    report all;

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    if (_i == 0) /* before the first */
        packwriter_bytes_add(&pack.bytes, "junk", 4);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, lines[0], strlen(lines[0]), 6);
    if (_i == 1) /* between */
        packwriter_bytes_add(&pack.bytes, "junk", 4);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, lines[5], strlen(lines[5]), 6);
    if (_i == 2) /* after the last */
        packwriter_bytes_add(&pack.bytes, "j", 1);
    all = verify_pack(&pack, NULL, 1);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    if (_i == 0)
        ck_assert_ptr_nonnull(find_at(&all, PACKREAD_ERROR_CORRUPT, ".pack", 12));
    else
        has_entry(&all, &pack, _i == 1 ? 0 : 1, PACKREAD_ERROR_CORRUPT, 0);
    ck_assert_uint_eq(all.summary.objects, 2);
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

/* Version 1 has no CRCs: only where each stream ends shows it. */
START_TEST(bytes_after_an_entry_are_found_without_crcs)
{
    struct packwriter_pack pack = {0};
    struct packwriter_index_options options = {.version = 1};
    report all;

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, lines[0], strlen(lines[0]), 6);
    if (_i == 0)
        packwriter_bytes_add(&pack.bytes, "j", 1);
    add_delta(&pack, 0, 1);
    if (_i == 1)
        packwriter_bytes_add(&pack.bytes, "j", 1);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, lines[5], strlen(lines[5]), 6);
    if (_i == 2)
        packwriter_bytes_add(&pack.bytes, "j", 1);
    all = verify_pack(&pack, &options, 1);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 1);
    has_entry(&all, &pack, (size_t)_i, PACKREAD_ERROR_CORRUPT, 0);
    ck_assert_str_eq(all.list[0].error.text, "bytes after the entry belong to no object");
    ck_assert_uint_eq(all.summary.objects, 3);
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

/* An index that says where things are not, made from rows of the test's own. */
static report verify_rows(struct packwriter_pack *pack, const struct packwriter_index_row *rows,
                          size_t count, const struct packwriter_index_options *options)
{
    struct packwriter_index_options choices = {0};
    struct packwriter_bytes index = {0};
    char *pack_path = suite_scratch_path("pack-rows.pack");
    char *index_path = suite_scratch_path("pack-rows.idx");
    packread_snapshot *snapshot;
    report all = {0};

    if (options)
        choices = *options;
    for (unsigned i = 0; i < 4; i++)
        pack->bytes.data[8 + i] = (unsigned char)(count >> (24 - 8 * i));
    packwriter_pack_finish(pack, NULL);
    choices.pack_sum = pack->sum;
    packwriter_index_write(&index, pack->hash_length, rows, count, &choices);
    ck_assert_int_eq(packwriter_pack_save(pack, pack_path), 0);
    ck_assert_int_eq(packwriter_bytes_save(&index, index_path), 0);
    snapshot = sample_open(pack_path, NULL);
    run(&all, snapshot, 0, 1);
    packread_snapshot_free(snapshot);
    packwriter_bytes_free(&index);
    free(pack_path);
    free(index_path);
    return all;
}

static struct packwriter_index_row row_of(const struct packwriter_pack *pack, size_t entry)
{
    struct packwriter_index_row row = {.offset = pack->entries[entry].offset,
                                       .crc32 = pack->entries[entry].crc32};

    memcpy(row.id, pack->entries[entry].id, pack->hash_length);
    return row;
}

START_TEST(offsets_that_are_no_entry_s_are_found)
{
    struct packwriter_pack pack = {0};
    struct packwriter_index_row rows[6];
    uint64_t wrong[8];
    report all;

    make_tree(&pack);
    for (size_t i = 0; i < 6; i++)
        rows[i] = row_of(&pack, i);
    wrong[0] = 0;
    wrong[1] = 11;
    wrong[2] = rows[5].offset + 1;
    wrong[3] = pack.bytes.size;      /* the trailer */
    wrong[4] = pack.bytes.size + 20; /* the end */
    wrong[5] = UINT64_C(1) << 40;
    wrong[6] = UINT64_C(1) << 63;
    wrong[7] = UINT64_MAX;
    rows[5].offset = wrong[_i];
    all = verify_rows(&pack, rows, 6, NULL);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.summary.objects, 5);
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

/* A stored blob that holds a whole entry, and a row for each of the two: every id is right, and every
 * sum, and yet the one reaches into the other. */
START_TEST(an_entry_inside_another_is_found)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes inner = {0};
    struct packwriter_index_options options = {.version = 1};
    struct packwriter_index_row rows[2];
    report all;

    packwriter_bytes_add_entry_header(&inner, PACKWRITER_BLOB, strlen(lines[5]));
    packwriter_bytes_add_deflated(&inner, lines[5], strlen(lines[5]), 6);
    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 2);
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_BLOB, inner.size);
    packwriter_bytes_add_stored(&pack.bytes, inner.data, inner.size, 65535, 0);
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, inner.data, inner.size);
    rows[0] = row_of(&pack, 0);
    rows[1] = rows[0];
    rows[1].offset += pack.entries[0].disk_size - 4 - inner.size; /* the checksum is 4 bytes */
    packwriter_hash_id(20, PACKWRITER_BLOB, lines[5], strlen(lines[5]), rows[1].id);
    all = verify_rows(&pack, rows, 2, &options);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.summary.objects, 2);
    has_entry(&all, &pack, 0, PACKREAD_ERROR_CORRUPT, 0);
    ck_assert_ptr_nonnull(find_text(&all, PACKREAD_ERROR_CORRUPT, ".pack",
                                    "entry reaches into what follows it"));
    packwriter_bytes_free(&inner);
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

START_TEST(two_rows_with_one_offset_are_found)
{
    struct packwriter_pack pack = {0};
    struct packwriter_index_row rows[6];
    report all;

    make_tree(&pack);
    for (size_t i = 0; i < 6; i++)
        rows[i] = row_of(&pack, i);
    rows[5].offset = rows[2].offset; /* and the last entry has no row */
    all = verify_rows(&pack, rows, 6, NULL);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.summary.objects, 5);
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

START_TEST(an_entry_without_a_row_is_found)
{
    struct packwriter_pack pack = {0};
    struct packwriter_index_row rows[5];
    report all;

    make_tree(&pack);
    for (size_t i = 0, at = 0; i < 6; i++)
        if ((int)i != _i)
            rows[at++] = row_of(&pack, i);
    all = verify_rows(&pack, rows, 5, NULL);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

START_TEST(an_id_that_is_there_twice_is_found)
{
    struct packwriter_pack pack = {0};
    report all;

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, lines[0], strlen(lines[0]), 6);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, lines[0], strlen(lines[0]), 1);
    all = verify_pack(&pack, NULL, 1);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_ptr_nonnull(find_text(&all, PACKREAD_ERROR_CORRUPT, ".idx",
                                    "index ids do not rise"));
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

START_TEST(ids_out_of_order_are_found)
{
    struct packwriter_pack pack = {0};
    struct packwriter_index_options options = {.version = (unsigned)_i, .unsorted = true};
    report all;

    make_tree(&pack);
    all = verify_pack(&pack, &options, 1);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_ptr_nonnull(find_text(&all, PACKREAD_ERROR_CORRUPT, ".idx",
                                    "index ids do not rise"));
    ck_assert_uint_eq(all.summary.objects, 6);
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

/* It rises and its total is right, so that nothing shows it at the opening. */
START_TEST(a_fanout_that_rises_wrongly_is_found)
{
    struct packwriter_pack pack = {0};
    uint32_t fanout[256];
    struct packwriter_index_options options = {.version = (unsigned)_i, .fanout = fanout};
    report all;

    make_tree(&pack);
    for (size_t i = 0; i < 256; i++)
        fanout[i] = i < 255 ? 0 : 6;
    all = verify_pack(&pack, &options, 1);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_ptr_nonnull(find_text(&all, PACKREAD_ERROR_CORRUPT, ".idx",
                                    "index row is outside its fanout bucket"));
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

START_TEST(absent_bases_are_found_as_thin_with_what_hangs_on_them)
{
    char path[4096];
    packread_snapshot *snapshot;
    report all = {0};

    snprintf(path, sizeof path, "%s/special/thin", suite_fixtures());
    snapshot = sample_open(path, NULL);
    run(&all, snapshot, 0, 1);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 1);
    ck_assert_int_eq(all.list[0].error.code, PACKREAD_ERROR_THIN);
    ck_assert_uint_eq(all.list[0].dependents, 1);
    ck_assert_uint_eq(all.summary.objects, 2);
    packread_snapshot_free(snapshot);
    free_report(&all);
}
END_TEST

START_TEST(a_cycle_of_deltas_is_found)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    unsigned char ids[3][PACKWRITER_HASH_MAX];
    report all;

    for (size_t i = 0; i < 3; i++)
        packwriter_hash_id(20, PACKWRITER_BLOB, lines[i], strlen(lines[i]), ids[i]);
    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    for (size_t i = 0; i < 3; i++) {
        size_t base = (i + 1) % 3;

        packwriter_delta_make(&delta, lines[base], strlen(lines[base]), lines[i],
                              strlen(lines[i]));
        packwriter_pack_add_ref_delta(&pack, ids[base], PACKWRITER_BLOB, &delta, lines[i],
                                      strlen(lines[i]), 6);
    }
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, lines[5], strlen(lines[5]), 6);
    packwriter_delta_make(&delta, lines[2], strlen(lines[2]), lines[6], strlen(lines[6]));
    packwriter_pack_add_ref_delta(&pack, ids[2], PACKWRITER_BLOB, &delta, lines[6],
                                  strlen(lines[6]), 6);
    all = verify_pack(&pack, NULL, 2);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_gt(all.count, 0);
    ck_assert_uint_eq(all.summary.objects, 1);
    packwriter_bytes_free(&delta);
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

START_TEST(a_base_in_the_middle_of_an_entry_is_found)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    report all;

    make_tree(&pack);
    packwriter_delta_make(&delta, lines[0], strlen(lines[0]), lines[6], strlen(lines[6]));
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_OFS_DELTA, delta.size);
    packwriter_bytes_add_distance(&pack.bytes, 5);
    packwriter_bytes_add_deflated(&pack.bytes, delta.data, delta.size, 6);
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, lines[6], strlen(lines[6]));
    all = verify_pack(&pack, NULL, 1);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 1);
    has_entry(&all, &pack, 6, PACKREAD_ERROR_CORRUPT, 0);
    ck_assert_uint_eq(all.summary.objects, 6);
    packwriter_bytes_free(&delta);
    packwriter_pack_free(&pack);
    free_report(&all);
}
END_TEST

/* Many damaged objects: each is found, whatever the number of threads. */
START_TEST(findings_are_the_same_for_any_number_of_threads)
{
    static const unsigned threads[] = {1, 2, 3, 8, 0};
    struct packwriter_pack pack = {0};
    char text[64];
    const size_t count = 500;

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    for (size_t i = 0; i < count; i++) {
        int size = snprintf(text, sizeof text, "blob number %zu of a pack\n", i);
        uint64_t end;

        packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text, (size_t)size, 6);
        end = pack.entries[i].offset + pack.entries[i].disk_size;
        if (i % 7 == 3)
            pack.bytes.data[end - 2] ^= 1;
    }
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        report all = {0};
        char *path = sample_save(&pack, "pack-made", NULL);
        packread_snapshot *snapshot = sample_open(path, NULL);
        size_t damaged = 0;

        run(&all, snapshot, 0, threads[t]);
        ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
        for (size_t i = 3; i < count; i += 7, damaged++)
            has_entry(&all, &pack, i, PACKREAD_ERROR_CORRUPT, 0);
        ck_assert_uint_eq(all.summary.objects, count - damaged);
        ck_assert_uint_eq(all.summary.findings, 2 * damaged); /* the CRC as well */
        packread_snapshot_free(snapshot);
        free(path);
        free_report(&all);
        pack.bytes.size -= 20; /* the trailer, to be written anew */
    }
    packwriter_pack_free(&pack);
}
END_TEST

START_TEST(a_finding_that_stops_is_the_last)
{
    struct packwriter_pack pack = {0};
    char *path;
    packread_snapshot *snapshot;

    make_tree(&pack);
    for (size_t i = 0; i < 6; i++)
        pack.bytes.data[pack.entries[i].offset + pack.entries[i].disk_size - 1] ^= 1;
    path = sample_save(&pack, "pack-made", NULL);
    snapshot = sample_open(path, NULL);
    for (size_t stop = 1; stop <= 4; stop++) {
        report all = {.stop_after = stop};

        run(&all, snapshot, 0, (unsigned)stop);
        ck_assert_int_eq(all.status, PACKREAD_ERROR_STOPPED);
        ck_assert_int_eq(all.error.code, PACKREAD_ERROR_STOPPED);
        ck_assert_uint_eq(all.count, stop);
        free_report(&all);
    }
    packread_snapshot_free(snapshot);
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

START_TEST(progress_that_stops_is_the_last)
{
    char *path = sample_path(sample_find("repos/deltas"), NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);

    for (uint64_t stop = 1; stop <= 3; stop++) {
        report all = {.progress_stop = stop};

        run(&all, snapshot, 0, 2);
        ck_assert_int_eq(all.status, PACKREAD_ERROR_STOPPED);
        ck_assert_uint_eq(all.progress_calls, stop);
        free_report(&all);
    }
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

/* ---- Every byte --------------------------------------------------------------------------------- */

static void write_file(const char *path, const struct packwriter_bytes *bytes)
{
    ck_assert_msg(packwriter_bytes_save(bytes, path) == 0, "%s: %s", path, strerror(errno));
}

/* Refused at the opening, or found by verify. */
static bool is_noticed(const char *path)
{
    packread_snapshot *snapshot;
    packread_verify_options options = {.threads = 1};
    bool noticed;

    if (packread_snapshot_open(path, NULL, &snapshot, NULL) != 0)
        return true;
    noticed = packread_verify(snapshot, 0, &options, NULL, NULL) != 0;
    packread_snapshot_free(snapshot);
    return noticed;
}

START_TEST(no_single_byte_of_pack_or_index_can_change_unnoticed)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes index = {0};
    struct packwriter_bytes pack_bytes = {0};
    struct packwriter_bytes *victims[2] = {&pack_bytes, &index};
    char *paths[2] = {suite_scratch_path("pack-flip.pack"), suite_scratch_path("pack-flip.idx")};

    make_tree(&pack);
    packwriter_pack_recount(&pack);
    packwriter_pack_finish(&pack, NULL);
    packwriter_index_write_pack(&index, &pack, NULL);
    packwriter_bytes_add(&pack_bytes, pack.bytes.data, pack.bytes.size);
    write_file(paths[0], &pack_bytes);
    write_file(paths[1], &index);
    ck_assert(!is_noticed(paths[0]));
    for (size_t which = 0; which < 2; which++) {
        static const unsigned char changes[] = {0x01, 0xc0};

        for (size_t at = 0; at < victims[which]->size; at++) {
            for (size_t i = 0; i < sizeof changes; i++) {
                victims[which]->data[at] ^= changes[i];
                write_file(paths[which], victims[which]);
                if (!is_noticed(paths[0]))
                    ck_abort_msg("%s: byte %zu changed by %02x", paths[which], at, changes[i]);
                victims[which]->data[at] ^= changes[i];
            }
        }
        write_file(paths[which], victims[which]);
    }
    ck_assert(!is_noticed(paths[0]));
    packwriter_bytes_free(&index);
    packwriter_bytes_free(&pack_bytes);
    packwriter_pack_free(&pack);
    free(paths[0]);
    free(paths[1]);
}
END_TEST

START_TEST(no_truncation_of_pack_or_index_passes_unnoticed)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes index = {0};
    char *pack_path = suite_scratch_path("pack-cut.pack");
    char *index_path = suite_scratch_path("pack-cut.idx");
    size_t whole;

    make_tree(&pack);
    packwriter_pack_recount(&pack);
    packwriter_pack_finish(&pack, NULL);
    packwriter_index_write_pack(&index, &pack, NULL);
    write_file(index_path, &index);
    whole = pack.bytes.size;
    for (pack.bytes.size = 0; pack.bytes.size < whole; pack.bytes.size++) {
        write_file(pack_path, &pack.bytes);
        if (!is_noticed(pack_path))
            ck_abort_msg("a pack of %zu bytes for one of %zu", pack.bytes.size, whole);
    }
    write_file(pack_path, &pack.bytes);
    whole = index.size;
    for (index.size = 0; index.size < whole; index.size += index.size < 1024 ? 64 : 1) {
        write_file(index_path, &index);
        if (!is_noticed(pack_path))
            ck_abort_msg("an index of %zu bytes for one of %zu", index.size, whole);
    }
    packwriter_bytes_free(&index);
    packwriter_pack_free(&pack);
    free(pack_path);
    free(index_path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("verify");
    TCase *good = tcase_create("good");
    TCase *fixtures = tcase_create("fixtures");
    TCase *damaged = tcase_create("damaged");
    TCase *bytes = tcase_create("bytes");

    tcase_add_loop_test(good, good_fixtures_are_all_right, 0, sample_count);
    tcase_add_test(good, everything_but_the_snapshot_may_be_left_out);
    tcase_add_loop_test(good, a_small_memory_limit_changes_no_verdict, 0, 4);
    suite_add_tcase(suite, good);

    tcase_add_test(fixtures, a_wrong_index_sum_is_all_that_is_found);
    tcase_add_test(fixtures, a_wrong_pack_sum_is_found);
    tcase_add_test(fixtures, a_wrong_crc_is_found_and_the_object_still_counts);
    tcase_add_test(fixtures, a_flipped_byte_is_found_with_its_object);
    tcase_add_test(fixtures, a_pack_that_was_cut_is_found_and_what_is_left_counts);
    tcase_add_test(fixtures, absent_bases_are_found_as_thin_with_what_hangs_on_them);
    suite_add_tcase(suite, fixtures);

    tcase_add_test(damaged, the_tree_is_good_before_it_is_damaged);
    tcase_add_loop_test(damaged, a_damaged_stream_is_found_with_its_dependents, 0, 6);
    tcase_add_test(damaged, contents_that_are_not_the_ids_are_found_with_their_dependents);
    tcase_add_test(damaged, a_base_of_another_size_is_one_finding_with_all_its_dependents);
    tcase_add_test(damaged, a_big_object_that_is_not_its_id_is_found);
    tcase_add_loop_test(good, a_path_that_memory_does_not_hold_is_built_again, 0, 2);
    tcase_add_loop_test(damaged, bytes_between_entries_are_found, 0, 3);
    tcase_add_loop_test(damaged, bytes_after_an_entry_are_found_without_crcs, 0, 3);
    tcase_add_test(damaged, an_entry_inside_another_is_found);
    tcase_add_loop_test(damaged, offsets_that_are_no_entry_s_are_found, 0, 8);
    tcase_add_test(damaged, two_rows_with_one_offset_are_found);
    tcase_add_loop_test(damaged, an_entry_without_a_row_is_found, 0, 6);
    tcase_add_test(damaged, an_id_that_is_there_twice_is_found);
    tcase_add_loop_test(damaged, ids_out_of_order_are_found, 1, 3);
    tcase_add_loop_test(damaged, a_fanout_that_rises_wrongly_is_found, 1, 3);
    tcase_add_test(damaged, a_cycle_of_deltas_is_found);
    tcase_add_test(damaged, a_base_in_the_middle_of_an_entry_is_found);
    tcase_add_test(damaged, findings_are_the_same_for_any_number_of_threads);
    tcase_add_test(damaged, a_finding_that_stops_is_the_last);
    tcase_add_test(damaged, progress_that_stops_is_the_last);
    suite_add_tcase(suite, damaged);

    tcase_add_test(bytes, no_single_byte_of_pack_or_index_can_change_unnoticed);
    tcase_add_test(bytes, no_truncation_of_pack_or_index_passes_unnoticed);
    suite_add_tcase(suite, bytes);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
