/* test_midx_layers.c - a chain of four layers in which something is wrong: those below are used,
 * those above are there to be verified, and say why they are not used. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "midx_folder.h"
#include "samples.h"
#include "suite.h"

#define LINE 41

static struct midx_folder packs;
static struct packwriter_bytes chain;
static const struct midxwriter_options form = {.version = 2, .order = true, .bitmaps = true};

static void begin(void)
{
    midx_folder_make(&packs, PACKWRITER_SHA1);
    chain.size = 0;
    midx_folder_put_layers(&packs, &form, &chain);
}

static void end(packread_snapshot *snapshot)
{
    packread_snapshot_free(snapshot);
    midx_folder_free(&packs);
    packwriter_bytes_free(&chain);
}

static char *layer_path(size_t line)
{
    char name[MIDX_LAYER_NAME];

    midx_folder_name_layer(&packs, &chain, line, name);
    return suite_scratch_path(name);
}

static void drop_layer(size_t line)
{
    char *path = layer_path(line);

    ck_assert_int_eq(unlink(path), 0);
    free(path);
}

/* As it was written, but for the byte, counted from its end where `at` is negative. */
static void change_layer(size_t line, long at, unsigned char by)
{
    struct midxwriter_options options = form;
    struct packwriter_bytes bytes = {0};
    char name[MIDX_LAYER_NAME];

    options.older = packs.named;
    options.older_count = line - 1;
    midxwriter_write(&bytes, packs.hash, packs.named + line - 1, 1, &options);
    bytes.data[at < 0 ? (long)bytes.size + at : at] ^= by;
    midx_folder_name_layer(&packs, &chain, line, name);
    midx_folder_put(name, &bytes);
    packwriter_bytes_free(&bytes);
}

/* What packread_snapshot_midx tells of the layer in that line; its number, or SIZE_MAX if it is not
 * there. */
static size_t layer_in(packread_snapshot *snapshot, size_t line, packread_midx_info *info)
{
    const size_t count = packread_snapshot_midxes(snapshot);
    char name[MIDX_LAYER_NAME];

    midx_folder_name_layer(&packs, &chain, line, name);
    for (size_t i = count; i-- > 0;) {
        *info = (packread_midx_info){.struct_size = sizeof *info};
        ck_assert_int_eq(packread_snapshot_midx(snapshot, i, info), 0);
        if (strstr(info->path, name) && (info->is_used || info->blocked_by > 0))
            return i;
    }
    return SIZE_MAX;
}

/* ---- Findings ---------------------------------------------------------------------------------
 */

typedef struct told {
    unsigned count;
    unsigned blocks;
    int code;        /* of the last that is a block */
    char text[200];  /* of the last that is none */
    char block[200]; /* of the last that is */
} told;

static int take_finding(void *context, const packread_finding *finding)
{
    told *all = context;
    const bool is_block = strncmp(finding->error->text, "not used: ", 10) == 0;

    all->count++;
    all->blocks += is_block;
    if (is_block)
        all->code = finding->error->code;
    snprintf(is_block ? all->block : all->text, sizeof all->text, "%s", finding->error->text);
    return 0;
}

/* What verifying the layer in that line returns. */
static int verify_layer(packread_snapshot *snapshot, size_t line, told *all)
{
    const packread_verify_options options = {
        .struct_size = sizeof options, .finding = take_finding, .context = all};
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_midx_info info;
    packread_error error;
    size_t number = layer_in(snapshot, line, &info);
    int status;

    *all = (told){.count = 0};
    ck_assert_uint_ne(number, SIZE_MAX);
    ck_assert_uint_eq(info.layer, line);
    status = packread_verify_midx(snapshot, number, &options, &summary, &error);
    ck_assert_uint_eq(summary.findings, all->count);
    ck_assert_uint_eq(all->blocks, info.blocked_by > 0);
    ck_assert_uint_le(summary.objects, info.objects);
    if (all->count == all->blocks)
        ck_assert_uint_eq(summary.objects, info.objects);
    return status;
}

/* Below `broken` all are used and right, above it they are blocked and right, but for `other`. */
static void expect_blocked(packread_snapshot *snapshot, size_t broken, size_t other)
{
    packread_midx_info info;
    char text[80];
    told all;

    snprintf(text, sizeof text, "not used: the layer in line %zu of its chain cannot be", broken);
    ck_assert_uint_eq(layer_in(snapshot, broken, &info), SIZE_MAX);
    for (size_t line = 1; line <= MIDX_PACKS; line++) {
        if (line == broken || line == other)
            continue;
        ck_assert_int_eq(verify_layer(snapshot, line, &all),
                         line < broken ? 0 : PACKREAD_ERROR_CORRUPT);
        layer_in(snapshot, line, &info);
        ck_assert_int_eq(info.is_used, line < broken);
        ck_assert_uint_eq(info.blocked_by, line < broken ? 0 : broken);
        ck_assert_uint_eq(info.packs_there, 1);
        ck_assert_uint_eq(all.count, line > broken);
        if (line > broken)
            ck_assert_str_eq(all.block, text);
    }
}

/* ---- What breaks a chain ----------------------------------------------------------------------
 */

START_TEST(layers_above_a_missing_one_are_verified_by_themselves)
{
    const size_t broken = (size_t)_i + 1;
    packread_snapshot *snapshot;
    const packread_error *problem;
    char name[MIDX_LAYER_NAME];
    char text[200];

    begin();
    drop_layer(broken);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    problem = packread_snapshot_problem(snapshot, 0);
    midx_folder_name_layer(&packs, &chain, broken, name);
    snprintf(text, sizeof text, "names %s, which is not there", strchr(name, '/') + 1);
    ck_assert_str_eq(problem->text, text);
    ck_assert_ptr_nonnull(strstr(problem->file, "/multi-pack-index-chain"));
    ck_assert_uint_eq(problem->offset, LINE * (broken - 1));
    expect_blocked(snapshot, broken, 0);
    midx_folder_is_whole(&packs, snapshot, "without a layer");
    end(snapshot);
}
END_TEST

START_TEST(a_layer_of_two_that_are_damaged_tells_its_own_damage)
{
    packread_snapshot *snapshot;
    packread_midx_info info;
    told all;

    begin();
    change_layer(2, 4, 8);
    change_layer(3, -1, 1); /* its sum */
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_str_eq(packread_snapshot_problem(snapshot, 0)->text,
                     "version of the multi-pack-index is neither 1 nor 2");
    expect_blocked(snapshot, 2, 3);
    ck_assert_int_eq(verify_layer(snapshot, 3, &all), PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(all.count, 3);
    ck_assert_str_eq(all.text, "checksum is not the one that the file's name has");
    midx_folder_is_whole(&packs, snapshot, "two are damaged");
    packread_snapshot_free(snapshot);

    change_layer(3, 0, 8); /* it cannot be opened either */
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 2);
    ck_assert_str_eq(packread_snapshot_problem(snapshot, 1)->text,
                     "does not begin as a multi-pack-index does; not used anyway: the layer in "
                     "line 2 of its chain cannot be");
    ck_assert_uint_eq(layer_in(snapshot, 3, &info), SIZE_MAX);
    expect_blocked(snapshot, 2, 3);
    midx_folder_is_whole(&packs, snapshot, "two cannot be opened");
    end(snapshot);
}
END_TEST

/* Bytes in the place of a line, or of its end. */
static const struct {
    const char *text;
    size_t cut; /* bytes of line 2 that go for it, from its beginning, */
    size_t from;
} lines[] = {
    {"?", 1, 0}, {"x", 1, LINE - 1}, {"", 1, 3}, {"0", 0, 7}, {"\n", 0, 0}, {"01\n", LINE, 0},
};

START_TEST(a_line_that_is_none_costs_no_other_its_layer)
{
    struct packwriter_bytes written = {0};
    const size_t at = LINE + lines[_i].from;
    packread_snapshot *snapshot;
    packread_midx_info info;

    begin();
    packwriter_bytes_add(&written, chain.data, at);
    packwriter_bytes_add_text(&written, lines[_i].text);
    packwriter_bytes_add(&written, chain.data + at + lines[_i].cut,
                         chain.size - at - lines[_i].cut);
    midx_folder_put_chain(&written);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_ge(packread_snapshot_problems(snapshot), 1);
    ck_assert_uint_eq(packread_snapshot_problem(snapshot, 0)->offset, LINE);
    ck_assert_uint_ne(layer_in(snapshot, 1, &info), SIZE_MAX);
    ck_assert(info.is_used);
    for (size_t line = 3; line <= MIDX_PACKS; line++) {
        ck_assert_uint_ne(layer_in(snapshot, line, &info), SIZE_MAX);
        ck_assert(!info.is_used && info.blocked_by == 2);
    }
    ck_assert_uint_eq(midx_folder_findings(snapshot), 0);
    midx_folder_is_whole(&packs, snapshot, "a line");
    packwriter_bytes_free(&written);
    end(snapshot);
}
END_TEST

/* Nothing is known to be damaged then. */
START_TEST(what_the_system_does_not_give_is_no_damage)
{
    packread_snapshot *snapshot;
    char *path;
    told all;

    begin();
    drop_layer(2);
    path = layer_path(2);
    ck_assert_int_eq(symlink(path, path), 0);
    change_layer(4, -1, 1);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->code, PACKREAD_ERROR_SYSTEM);
    ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->system_errno, ELOOP);
    ck_assert_int_eq(verify_layer(snapshot, 3, &all), PACKREAD_ERROR_SYSTEM);
    ck_assert_int_eq(all.code, PACKREAD_ERROR_SYSTEM);
    ck_assert_uint_eq(all.count, 1);
    ck_assert_int_eq(verify_layer(snapshot, 4, &all), PACKREAD_ERROR_CORRUPT);
    ck_assert_int_eq(all.code, PACKREAD_ERROR_SYSTEM);
    ck_assert_uint_eq(all.count, 3);
    midx_folder_is_whole(&packs, snapshot, "a link that leads to itself");
    free(path);
    end(snapshot);
}
END_TEST

/* A chain of nothing but bad lines ends somewhere. */
START_TEST(a_chain_with_too_much_wrong_is_not_read_to_its_end)
{
    struct packwriter_bytes written = {0};
    packread_snapshot *snapshot;
    packread_midx_info info;
    size_t problems;

    begin();
    for (unsigned i = 0; i < 1000; i++) {
        char text[LINE + 1];

        snprintf(text, sizeof text, "%040u\n", i);
        packwriter_bytes_add_text(&written, text);
    }
    packwriter_bytes_add(&written, chain.data, chain.size);
    midx_folder_put_chain(&written);
    snapshot = midx_folder_open(NULL);
    problems = packread_snapshot_problems(snapshot);
    ck_assert_uint_ge(problems, 10);
    ck_assert_uint_le(problems, 100);
    ck_assert_str_eq(packread_snapshot_problem(snapshot, problems - 1)->text,
                     "so much is wrong with the chain that the rest of it is not looked at");
    ck_assert_uint_eq(packread_snapshot_problem(snapshot, problems - 1)->offset,
                      LINE * (problems - 1));
    ck_assert_uint_eq(layer_in(snapshot, 1, &info), SIZE_MAX);
    midx_folder_is_whole(&packs, snapshot, "a long chain");
    packwriter_bytes_free(&written);
    end(snapshot);
}
END_TEST

/* ---- By its own bytes -------------------------------------------------------------------------
 */

static size_t table_of(const struct packwriter_bytes *bytes, const char *id)
{
    for (size_t at = 12;; at += 12) {
        size_t table = 0;

        ck_assert_uint_lt(at, 12 + 12 * (size_t)bytes->data[6]);
        for (size_t i = 4; i < 12; i++)
            table = table << 8 | bytes->data[at + i];
        if (memcmp(bytes->data + at, id, 4) == 0)
            return table;
    }
}

typedef struct own {
    const char *table;
    size_t at; /* in that */
    unsigned char by;
    const char *text;
} own;

static const own owns[] = {
    {"PNAM", 5, 4, "names a pack that is not there"},
    {"OIDL", 19, 1,
     "row leads to an object that is not there, or to another offset than the index"},
    {"OIDL", 0, 0xff, "row is outside its fanout bucket"},
    {"OOFF", 3, 7, "row names a pack by a number that no pack has"},
    {"OOFF", 7, 1, "row leads to an object that is not there, or to another offset than the index"},
    {"RIDX", 3, 1, "rows in order of packs are out of order"},
    {"RIDX", 0, 0xff, "rows in order of packs are out of order"},
    {"BTMP", 3, 1, "the bitmap of a pack begins at the wrong object"},
    {"BTMP", 7, 1, "a pack has not as many objects as its bitmap is said to have"},
};

static int look_for(void *context, const packread_finding *finding)
{
    const char **text = context;

    if (*text && strstr(finding->error->text, *text))
        *text = NULL;
    return 0;
}

/* Each is found with a right sum too; which is not that of its name. */
START_TEST(a_blocked_layer_is_compared_with_its_packs)
{
    const own *as = &owns[_i];
    const char *text = as->text;
    struct midxwriter_options options = form;
    const packread_verify_options how = {
        .struct_size = sizeof how, .finding = look_for, .context = &text};
    struct packwriter_bytes bytes = {0};
    packread_snapshot *snapshot;
    packread_midx_info info;
    char name[MIDX_LAYER_NAME];
    size_t number;

    begin();
    drop_layer(1);
    options.older = packs.named;
    options.older_count = 2;
    midxwriter_write(&bytes, packs.hash, packs.named + 2, 1, &options);
    bytes.data[table_of(&bytes, as->table) + as->at] ^= as->by;
    packwriter_bytes_resum(&bytes, packs.hash);
    midx_folder_name_layer(&packs, &chain, 3, name);
    midx_folder_put(name, &bytes);
    snapshot = midx_folder_open(NULL);
    number = layer_in(snapshot, 3, &info);
    ck_assert_uint_eq(info.blocked_by, 1);
    ck_assert_int_eq(packread_verify_midx(snapshot, number, &how, NULL, NULL),
                     PACKREAD_ERROR_CORRUPT);
    ck_assert_msg(!text, "not found: %s", as->text);
    midx_folder_is_whole(&packs, snapshot, as->text);
    packwriter_bytes_free(&bytes);
    end(snapshot);
}
END_TEST

/* ---- Coming and going -------------------------------------------------------------------------
 */

START_TEST(a_layer_that_comes_back_frees_those_above)
{
    packread_snapshot *snapshot;
    packread_midx_info info;
    packread_error error;
    char *path;
    char *aside = suite_scratch_path("aside");
    size_t numbers[2];
    told all;

    begin();
    path = layer_path(2);
    ck_assert_int_eq(rename(path, aside), 0);
    snapshot = midx_folder_open(NULL);
    expect_blocked(snapshot, 2, 0);
    numbers[0] = layer_in(snapshot, 3, &info);
    ck_assert_int_eq(rename(aside, path), 0);
    sample_good(packread_snapshot_refresh(snapshot, NULL, &error), &error);
    for (size_t line = 1; line <= MIDX_PACKS; line++) {
        ck_assert_int_eq(verify_layer(snapshot, line, &all), 0);
        layer_in(snapshot, line, &info);
        ck_assert(info.is_used && info.blocked_by == 0);
    }
    numbers[1] = layer_in(snapshot, 3, &info);
    ck_assert_uint_eq(numbers[0], numbers[1]); /* it was not opened again */
    midx_folder_is_whole(&packs, snapshot, "whole again");
    ck_assert_int_eq(rename(path, aside), 0);
    sample_good(packread_snapshot_refresh(snapshot, NULL, &error), &error);
    expect_blocked(snapshot, 2, 0);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    midx_folder_is_whole(&packs, snapshot, "broken again");
    free(path);
    free(aside);
    end(snapshot);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("chains that are broken");
    TCase *cases = tcase_create("broken");

    tcase_add_loop_test(cases, layers_above_a_missing_one_are_verified_by_themselves, 0,
                        MIDX_PACKS);
    tcase_add_test(cases, a_layer_of_two_that_are_damaged_tells_its_own_damage);
    tcase_add_loop_test(cases, a_line_that_is_none_costs_no_other_its_layer, 0,
                        (int)(sizeof lines / sizeof *lines));
    tcase_add_test(cases, what_the_system_does_not_give_is_no_damage);
    tcase_add_test(cases, a_chain_with_too_much_wrong_is_not_read_to_its_end);
    suite_add_tcase(suite, cases);
    cases = tcase_create("own");
    tcase_add_loop_test(cases, a_blocked_layer_is_compared_with_its_packs, 0,
                        (int)(sizeof owns / sizeof *owns));
    suite_add_tcase(suite, cases);
    cases = tcase_create("changes");
    tcase_add_test(cases, a_layer_that_comes_back_frees_those_above);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
