/* test_malformed_flips.c - every byte of a small pack and of its index is changed, as it is and
 * with right sums around it, and both are cut at every length: verify finds it, but for what leaves
 * a right pack; what the byte has no part in is read, and nothing is read wrong.
 *
 * LEGAL_FLIPS in the environment: a folder in which the changed packs that are right are left, for
 * git to confirm (test_malformed_git.sh). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flips.h"
#include "judge.h"
#include "suite.h"

static const uint8_t all_bits[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff};
static const uint8_t some_bits[] = {0x01, 0x80, 0xff};

#define LONGEST 300 /* bytes more than an index has */

struct counts {
    unsigned flips;
    unsigned legal;
    unsigned refused;
};

static int count_finding(void *context, const packread_finding *finding)
{
    ++*(unsigned *)context;
    return finding->error->text[0] == 0;
}

/* Whether verify is content; fails the test where its answer and its findings do not agree. */
static bool is_content(packread_snapshot *snapshot, const char *what)
{
    unsigned findings = 0;
    packread_verify_options options = {
        .threads = 1, .finding = count_finding, .progress = NULL, .context = &findings};
    int status = packread_verify(snapshot, 0, &options, NULL, NULL);

    ck_assert_msg(status == 0 || status == PACKREAD_ERROR_CORRUPT, "%s: verify gives %d", what,
                  status);
    ck_assert_msg((status == 0) == (findings == 0), "%s: verify gives %d with %u findings", what,
                  status, findings);
    return status == 0;
}

/* Opened, read and verified by each way of io in turn. `refusal`: it may be refused. */
static void judge(const struct shop *shop, const struct judge_files *files, const char *what,
                  bool legal, bool refusal, struct counts *counts)
{
    packread_options options = {.io = counts->flips % 2 ? PACKREAD_IO_PREAD : PACKREAD_IO_MMAP};
    packread_snapshot *snapshot = NULL;
    packread_error error;
    int status = packread_snapshot_open(files->pack, &options, &snapshot, &error);

    counts->flips++;
    counts->legal += legal;
    counts->refused += status != 0;
    if (status != 0) {
        ck_assert_msg(refusal && error.text[0], "%s: does not open: %s", what, error.text);
        return;
    }
    ck_assert_msg(judge_reads(shop, snapshot, what), "%s: reading", what);
    ck_assert_msg(is_content(snapshot, what) == legal, "%s: verify is %s", what,
                  legal ? "not content" : "content");
    packread_snapshot_free(snapshot);
}

static void leave_for_git(const struct packwriter_bytes *bytes, const char *name)
{
    const char *folder = getenv("LEGAL_FLIPS");
    char path[512];

    if (!folder)
        return;
    snprintf(path, sizeof path, "%s/%s.pack", folder, name);
    ck_assert_int_eq(packwriter_bytes_save(bytes, path), 0);
}

/* A new file each time: file systems write an old one that is cut and filled again to the disk at
 * once, and there are tens of thousands. */
static void replace(const struct packwriter_bytes *bytes, const char *path)
{
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(packwriter_bytes_save(bytes, path), 0);
}

/* The bytes as they are, in both files. */
static void save(const struct judge_files *files, const struct shop *shop)
{
    replace(&shop->pack.bytes, files->pack);
    replace(&shop->index, files->index);
}

static void flip_pack_raw(struct shop *shop, const struct judge_files *files, uint64_t position,
                          uint8_t bits, struct counts *counts)
{
    char what[80];

    snprintf(what, sizeof what, "pack byte %llu ^ %02x", (unsigned long long)position, bits);
    flips_damage_by_pack(shop, position);
    shop->pack.bytes.data[position] ^= bits;
    save(files, shop);
    shop->pack.bytes.data[position] ^= bits;
    judge(shop, files, what, false, false, counts);
}

/* Trailer, CRCs, and what the index names are right for the changed byte. */
static void flip_pack_summed(struct shop *shop, const struct judge_files *files, uint64_t position,
                             uint8_t bits, struct counts *counts)
{
    struct packwriter_bytes good = {0};
    const char *reason;
    char what[80];

    packwriter_bytes_add(&good, shop->pack.bytes.data, shop->pack.bytes.size);
    snprintf(what, sizeof what, "pack-byte-%llu-%02x-%s", (unsigned long long)position, bits,
             shop->id_size == PACKWRITER_SHA1 ? "sha1" : "sha256");
    shop->pack.bytes.data[position] ^= bits;
    shop_resum(shop);
    shop_index(shop);
    save(files, shop);
    {
        struct packwriter_bytes changed = shop->pack.bytes;

        shop->pack.bytes = good; /* the good one to be compared with */
        reason = flips_legal(shop, &changed, position);
        shop->pack.bytes = changed;
    }
    if (reason)
        leave_for_git(&shop->pack.bytes, what);
    flips_damage_by_pack(shop, reason ? 0 : position);
    judge(shop, files, what, reason != NULL, false, counts);
    memcpy(shop->pack.bytes.data, good.data, good.size);
    packwriter_bytes_free(&good);
}

START_TEST(every_byte_of_a_pack_counts)
{
    struct shop shop;
    struct judge_files files;
    struct counts raw = {0, 0, 0};
    struct counts summed = {0, 0, 0};

    flips_make(&shop, _i ? PACKWRITER_SHA256 : PACKWRITER_SHA1, 2);
    judge_save(&shop, &files);
    leave_for_git(&shop.pack.bytes, _i ? "good-sha256" : "good-sha1");
    for (uint64_t at = 0; at < shop.pack.bytes.size; at++)
        for (size_t i = 0; i < (_i ? sizeof some_bits : sizeof all_bits); i++)
            flip_pack_raw(&shop, &files, at, _i ? some_bits[i] : all_bits[i], &raw);
    for (uint64_t at = 0; at < shop_trailer(&shop); at++)
        for (size_t i = 0; i < (_i ? sizeof some_bits : sizeof all_bits); i++)
            flip_pack_summed(&shop, &files, at, _i ? some_bits[i] : all_bits[i], &summed);
    ck_assert_uint_gt(summed.legal, 0);
    printf("pack, ids of %zu bytes: %u flips as they are, %u with right sums, %u of these legal\n",
           shop.id_size, raw.flips, summed.flips, summed.legal);
    judge_files_free(&files);
    shop_free(&shop);
}
END_TEST

/* No byte of an index may be another, whatever its sum says. */
static void flip_index(struct shop *shop, const struct judge_files *files, uint64_t position,
                       uint8_t bits, bool summed, struct counts *counts)
{
    struct packwriter_bytes good = {0};
    char what[80];

    packwriter_bytes_add(&good, shop->index.data, shop->index.size);
    snprintf(what, sizeof what, "index byte %llu ^ %02x%s", (unsigned long long)position, bits,
             summed ? " with a right sum" : "");
    flips_damage_by_index(shop, position);
    shop->index.data[position] ^= bits;
    if (summed)
        shop_resum_index(shop);
    replace(&shop->index, files->index);
    judge(shop, files, what, false, false, counts);
    memcpy(shop->index.data, good.data, good.size);
    packwriter_bytes_free(&good);
}

START_TEST(every_byte_of_an_index_counts)
{
    struct shop shop;
    struct judge_files files;
    struct counts raw = {0, 0, 0};
    struct counts summed = {0, 0, 0};

    flips_make(&shop, PACKWRITER_SHA1, _i ? 1 : 2);
    judge_save(&shop, &files);
    for (uint64_t at = 0; at < shop.index.size; at++)
        for (size_t i = 0; i < sizeof some_bits; i++)
            flip_index(&shop, &files, at, some_bits[i], false, &raw);
    for (uint64_t at = 0; at < shop.index.size - shop.id_size; at++)
        for (size_t i = 0; i < sizeof some_bits; i++)
            flip_index(&shop, &files, at, some_bits[i], true, &summed);
    printf("index of version %d: %u flips as they are, %u with a right sum\n", _i ? 1 : 2,
           raw.flips, summed.flips);
    judge_files_free(&files);
    shop_free(&shop);
}
END_TEST

/* What ends before the cut is read, if there is enough to be a pack at all. */
START_TEST(a_pack_cut_at_any_length_gives_what_is_left)
{
    struct shop shop;
    struct judge_files files;
    struct counts counts = {0, 0, 0};
    size_t whole;

    flips_make(&shop, PACKWRITER_SHA1, _i ? 1 : 2);
    judge_save(&shop, &files);
    whole = shop.pack.bytes.size;
    for (size_t size = 0; size < whole; size++) {
        char what[80];

        snprintf(what, sizeof what, "pack cut to %zu bytes", size);
        for (size_t i = 0; i < shop.row_count; i++)
            shop.objects[i].damaged = shop_end_of(&shop, i) > size;
        if (shop.objects[SHOP_BASE].damaged)
            shop_damage(&shop, SHOP_OFS);
        shop.pack.bytes.size = size;
        save(&files, &shop);
        shop.pack.bytes.size = whole;
        judge(&shop, &files, what, false, size < 12 + shop.id_size, &counts);
    }
    printf("pack: %u lengths, %u refused\n", counts.flips, counts.refused);
    judge_files_free(&files);
    shop_free(&shop);
}
END_TEST

/* What is left of an index, or is more than one, is not used: the pack has all its objects. */
static void judge_without(struct shop *shop, const struct judge_files *files, const char *what,
                          struct counts *counts)
{
    save(files, shop);
    judge(shop, files, what, false, false, counts);
}

START_TEST(an_index_cut_at_any_length_costs_no_object)
{
    struct shop shop;
    struct judge_files files;
    struct counts counts = {0, 0, 0};
    size_t whole;

    flips_make(&shop, _i / 2 ? PACKWRITER_SHA256 : PACKWRITER_SHA1, _i % 2 ? 1 : 2);
    judge_save(&shop, &files);
    whole = shop.index.size;
    for (size_t size = 0; size < whole; size++) {
        char what[80];

        snprintf(what, sizeof what, "index cut to %zu bytes", size);
        shop.index.size = size;
        judge_without(&shop, &files, what, &counts);
    }
    ck_assert_uint_eq(counts.refused, 0);
    printf("index of version %d, ids of %zu bytes: %u lengths\n", _i % 2 ? 1 : 2, shop.id_size,
           counts.flips);
    judge_files_free(&files);
    shop_free(&shop);
}
END_TEST

START_TEST(an_index_that_is_too_long_costs_no_object)
{
    struct shop shop;
    struct judge_files files;
    struct counts counts = {0, 0, 0};

    flips_make(&shop, _i / 2 ? PACKWRITER_SHA256 : PACKWRITER_SHA1, _i % 2 ? 1 : 2);
    judge_save(&shop, &files);
    for (size_t more = 1; more <= LONGEST; more++) {
        char what[80];

        snprintf(what, sizeof what, "index with %zu bytes more", more);
        packwriter_bytes_add_repeated(&shop.index, (uint8_t)(more % 2 ? more : 0), 1);
        judge_without(&shop, &files, what, &counts);
    }
    ck_assert_uint_eq(counts.refused, 0);
    judge_files_free(&files);
    shop_free(&shop);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("malformed_flips");
    TCase *legal = tcase_create("legal flips");
    TCase *tests = tcase_create("flips");

    tcase_add_loop_test(legal, every_byte_of_a_pack_counts, 0, 2);
    suite_add_tcase(suite, legal);
    tcase_add_loop_test(tests, every_byte_of_an_index_counts, 0, 2);
    tcase_add_loop_test(tests, a_pack_cut_at_any_length_gives_what_is_left, 0, 2);
    tcase_add_loop_test(tests, an_index_cut_at_any_length_costs_no_object, 0, 4);
    tcase_add_loop_test(tests, an_index_that_is_too_long_costs_no_object, 0, 4);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
