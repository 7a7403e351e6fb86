/* test_malformed_midx.c - every byte of multi-pack-indexes, of layers, of their chain, of .rev and
 * .mtimes is changed, and each is cut at every length: every object is found, read and listed as it
 * is without them, and what was done to them is told, as a problem or by verify. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "midx_folder.h"
#include "samples.h"
#include "suite.h"

static struct midx_folder packs;
static struct packwriter_bytes chain;

typedef struct target {
    const char *what;
    char name[200]; /* in the scratch folder */
    uint64_t known; /* what is told before anything is done to it */
    struct packwriter_bytes bytes;
} target;

static const uint8_t bits[] = {0x80, 0x20, 0x01};
#define HEAD 120

/* Problems and findings of all there is. */
static uint64_t judge(const target *of, const char *what, size_t at)
{
    packread_snapshot *snapshot;
    char text[120];
    uint64_t told;

    snprintf(text, sizeof text, "%s, %s at %zu", of->what, what, at);
    midx_folder_put(of->name, &of->bytes);
    snapshot = midx_folder_open(NULL);
    midx_folder_is_whole(&packs, snapshot, text);
    told = packread_snapshot_problems(snapshot) + midx_folder_findings(snapshot);
    packread_snapshot_free(snapshot);
    return told;
}

/* `is_legal`: what may be done to it without a word. */
static void damage(target *of, bool (*is_legal)(const target *of, size_t size))
{
    const size_t size = of->bytes.size;

    ck_assert_uint_eq(judge(of, "as it is", 0), of->known);
    for (size_t at = 0; at < size; at++) {
        /* Of the long tables one change a byte. */
        for (size_t i = at < HEAD ? 0 : sizeof bits - 1; i < sizeof bits; i++) {
            uint64_t told;

            of->bytes.data[at] ^= bits[i];
            told = judge(of, "changed", at);
            ck_assert_msg(told > of->known || is_legal(of, size),
                          "%s: bits %02x at %zu are not told", of->what, bits[i], at);
            of->bytes.data[at] ^= bits[i];
        }
    }
    for (size_t cut = 0; cut < size; cut += cut < 2 * HEAD || cut + HEAD > size ? 1 : 3) {
        uint64_t told;

        of->bytes.size = cut;
        told = judge(of, "cut", cut);
        ck_assert_msg(told > of->known || is_legal(of, cut), "%s: cut at %zu is not told", of->what,
                      cut);
    }
    of->bytes.size = size;
}

static bool never(const target *of, size_t size)
{
    (void)of, (void)size;
    return false;
}

/* A chain of fewer layers, and the same sums in upper case. */
static bool is_chain(const target *of, size_t size)
{
    if (size % 41 != 0)
        return false;
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = of->bytes.data[i];

        if ((i % 41 == 40) != (byte == '\n') || (byte | 0x20) != (chain.data[i] | 0x20))
            return i % 41 == 40 && byte == '\n';
    }
    return true;
}

static void end(target *of)
{
    packwriter_bytes_free(&of->bytes);
    packwriter_bytes_free(&chain);
    midx_folder_free(&packs);
}

START_TEST(damage_of_a_multi_pack_index_is_told_and_costs_nothing)
{
    static const struct midxwriter_options forms[] = {
        {.version = 1},
        {.version = 2, .order = true, .bitmaps = true, .wide_from = 60, .preferred = 2},
    };
    target of = {.what = "multi-pack-index", .name = "multi-pack-index"};

    midx_folder_make(&packs, _i / 2 ? PACKWRITER_SHA256 : PACKWRITER_SHA1);
    midxwriter_write(&of.bytes, packs.hash, packs.named, MIDX_PACKS, &forms[_i % 2]);
    damage(&of, never);
    end(&of);
}
END_TEST

/* The layer that is the number-th in the chain. */
static void make_layers(target *of, size_t number)
{
    struct midxwriter_options options = {.version = 2, .order = true, .bitmaps = true};

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midx_folder_put_layer(&packs, 0, 2, &options, &chain);
    midx_folder_put_layer(&packs, 2, 2, &options, &chain);
    midx_folder_put_chain(&chain);
    snprintf(of->name, sizeof of->name, "multi-pack-index.d/multi-pack-index-%.40s.midx",
             (const char *)chain.data + 41 * number);
    options.older = packs.named;
    options.older_count = 2 * number;
    midxwriter_write(&of->bytes, packs.hash, packs.named + 2 * number, 2, &options);
}

START_TEST(damage_of_a_layer_is_told_and_costs_nothing)
{
    target of = {.what = _i ? "the newer layer" : "the older layer"};

    make_layers(&of, (size_t)_i);
    damage(&of, never);
    end(&of);
}
END_TEST

/* One of four, the first of which is not there: none is used. */
START_TEST(damage_of_a_layer_that_is_not_used_is_told_and_costs_nothing)
{
    struct midxwriter_options options = {.version = 2, .order = true, .bitmaps = true};
    const size_t line = (size_t)_i + 2;
    target of = {.what = "a layer above one that is not there", .known = 1};
    char missing[MIDX_LAYER_NAME];
    char *path;

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midx_folder_put_layers(&packs, &options, &chain);
    midx_folder_name_layer(&packs, &chain, 1, missing);
    path = suite_scratch_path(missing);
    ck_assert_int_eq(unlink(path), 0);
    free(path);
    midx_folder_name_layer(&packs, &chain, line, of.name);
    options.older = packs.named;
    options.older_count = line - 1;
    midxwriter_write(&of.bytes, packs.hash, packs.named + line - 1, 1, &options);
    damage(&of, never);
    end(&of);
}
END_TEST

START_TEST(damage_of_a_chain_is_told_and_costs_nothing)
{
    target of = {.what = "chain"};

    make_layers(&of, 0);
    snprintf(of.name, sizeof of.name, "multi-pack-index.d/multi-pack-index-chain");
    of.bytes.size = 0;
    packwriter_bytes_add(&of.bytes, chain.data, chain.size);
    damage(&of, is_chain);
    end(&of);
}
END_TEST

/* ---- Beside one pack --------------------------------------------------------------------------
 */

typedef struct found {
    const char *ending;
    unsigned count;
    unsigned others; /* of other files */
} found;

static int take_finding(void *context, const packread_finding *finding)
{
    found *all = context;

    all->count++;
    all->others += strstr(finding->error->file, all->ending) == NULL;
    return 0;
}

/* How many findings verify has; all are of that file, and the pack is whole. */
static unsigned verify(const char *name, const char *ending, const struct packwriter_bytes *bytes)
{
    found all = {.ending = ending};
    const packread_verify_options options = {
        .threads = 1, .finding = take_finding, .context = &all};
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_snapshot *snapshot;
    packread_error error = {0};
    int status;

    midx_folder_put(name, bytes);
    snapshot = midx_folder_open(NULL);
    midx_folder_is_whole(&packs, snapshot, name);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    status = packread_verify(snapshot, 1, &options, &summary, &error);
    ck_assert_int_eq(status, all.count ? PACKREAD_ERROR_CORRUPT : 0);
    ck_assert_uint_eq(all.others, 0);
    ck_assert_uint_eq(summary.findings, all.count);
    ck_assert_uint_eq(summary.objects, MIDX_OBJECTS);
    packread_snapshot_free(snapshot);
    return all.count;
}

START_TEST(damage_beside_a_pack_is_told_and_costs_nothing)
{
    const char *ending = _i % 2 ? ".mtimes" : ".rev";
    struct packwriter_bytes bytes = {0};
    char name[20];
    size_t size;

    midx_folder_make(&packs, _i / 2 ? PACKWRITER_SHA256 : PACKWRITER_SHA1);
    snprintf(name, sizeof name, "pack-1%s", ending);
    if (_i % 2)
        midxwriter_write_mtimes(&bytes, &packs.packs[1], 1700000000);
    else
        midxwriter_write_rev(&bytes, &packs.packs[1]);
    size = bytes.size;
    ck_assert_uint_eq(verify(name, ending, &bytes), 0);
    for (size_t at = 0; at < size; at++) {
        for (size_t i = 0; i < sizeof bits; i++) {
            bytes.data[at] ^= bits[i];
            ck_assert_uint_gt(verify(name, ending, &bytes), 0);
            bytes.data[at] ^= bits[i];
        }
    }
    for (bytes.size = 0; bytes.size < size; bytes.size++)
        ck_assert_uint_gt(verify(name, ending, &bytes), 0);
    packwriter_bytes_add_repeated(&bytes, 0, 4);
    ck_assert_uint_gt(verify(name, ending, &bytes), 0);
    packwriter_bytes_free(&bytes);
    midx_folder_free(&packs);
}
END_TEST

/* Sums that are right do not make it right: another pack's, and rows in another order. */
START_TEST(what_has_right_sums_is_compared_with_the_pack)
{
    struct packwriter_bytes bytes = {0};

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midxwriter_write_rev(&bytes, &packs.packs[0]);
    ck_assert_uint_gt(verify("pack-1.rev", ".rev", &bytes), 0);
    bytes.size = 0;
    midxwriter_write_rev(&bytes, &packs.packs[1]);
    ck_assert_uint_eq(verify("pack-1.rev", ".rev", &bytes), 0);
    for (int value = 0; value < 8; value++) {
        uint8_t kept = bytes.data[12 + 4 + 3];

        bytes.data[12 + 4 + 3] = (uint8_t)value;
        packwriter_bytes_resum(&bytes, packs.hash);
        ck_assert_uint_eq(verify("pack-1.rev", ".rev", &bytes), value == kept ? 0 : 1);
        bytes.data[12 + 4 + 3] = kept;
    }
    packwriter_bytes_resum(&bytes, packs.hash);
    verify("pack-1.rev", ".rev", &bytes);
    bytes.size = 0;
    midxwriter_write_mtimes(&bytes, &packs.packs[0], 1);
    ck_assert_uint_eq(verify("pack-1.mtimes", ".mtimes", &bytes), 1);
    packwriter_bytes_free(&bytes);
    midx_folder_free(&packs);
}
END_TEST

/* ---- Right sums around what is wrong ----------------------------------------------------------
 */

/* The version, which makes no difference to names that rise; and the ids of chunks that need not be
 * there, and that are others then, which nobody knows. */
static bool is_optional(size_t at)
{
    return at == 4 || (at >= 60 && at < 64) || (at >= 72 && at < 76);
}

/* Each byte of a multi-pack-index changed, with its sum made right: what is found then, is found by
 * what it says. */
START_TEST(what_a_multi_pack_index_says_is_compared_with_the_packs)
{
    const struct midxwriter_options options = {.version = 2, .order = true, .bitmaps = true};
    target of = {.what = "with a right sum", .name = "multi-pack-index"};

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midxwriter_write(&of.bytes, packs.hash, packs.named, MIDX_PACKS, &options);
    for (size_t at = 0; at < of.bytes.size - packs.hash; at++) {
        uint64_t told;

        of.bytes.data[at] ^= bits[at % sizeof bits];
        packwriter_bytes_resum(&of.bytes, packs.hash);
        told = judge(&of, "changed", at);
        ck_assert_msg(told > 0 || is_optional(at), "a byte at %zu is not told", at);
        of.bytes.data[at] ^= bits[at % sizeof bits];
    }
    end(&of);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("malformed multi-pack-indexes");
    TCase *cases = tcase_create("damage");

    tcase_add_loop_test(cases, damage_of_a_multi_pack_index_is_told_and_costs_nothing, 0, 4);
    tcase_add_loop_test(cases, damage_of_a_layer_is_told_and_costs_nothing, 0, 2);
    tcase_add_loop_test(cases, damage_of_a_layer_that_is_not_used_is_told_and_costs_nothing, 0, 3);
    tcase_add_test(cases, damage_of_a_chain_is_told_and_costs_nothing);
    tcase_add_loop_test(cases, damage_beside_a_pack_is_told_and_costs_nothing, 0, 4);
    suite_add_tcase(suite, cases);
    cases = tcase_create("right sums");
    tcase_add_test(cases, what_has_right_sums_is_compared_with_the_pack);
    tcase_add_test(cases, what_a_multi_pack_index_says_is_compared_with_the_packs);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
