/* test_midx_broken.c - multi-pack-indexes and chains that are damaged in one place or another: what
 * is wrong is told once, and costs no object. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "midx_folder.h"
#include "samples.h"
#include "suite.h"

static struct midx_folder packs;

static void end(void)
{
    midx_folder_free(&packs);
}

/* ---- What is wrong ----------------------------------------------------------------------------
 */

typedef struct wrong {
    const char *what;
    size_t at; /* a byte of multi-pack-index, */
    unsigned char byte;
    int code;
    const char *text;
} wrong;

static const wrong wrongs[] = {
    {"magic", 0, 'm', PACKREAD_ERROR_NOT_AN_INDEX, "does not begin as a multi-pack-index does"},
    {"version", 4, 3, PACKREAD_ERROR_VERSION, "version of the multi-pack-index is neither 1 nor 2"},
    {"no hash", 5, 9, PACKREAD_ERROR_VERSION, "multi-pack-index is of an unknown hash"},
    {"other hash", 5, 2, PACKREAD_ERROR_CORRUPT,
     "a chunk of the multi-pack-index is not inside the file"},
    {"chunks", 6, 3, PACKREAD_ERROR_CORRUPT, "multi-pack-index's table of chunks does not end"},
    {"packs", 11, 5, PACKREAD_ERROR_CORRUPT,
     "multi-pack-index lacks names of packs that it counts"},
    {"many packs", 8, 200, PACKREAD_ERROR_CORRUPT,
     "multi-pack-index has no room for the names of its packs"},
};
#define WRONGS (int)(sizeof wrongs / sizeof *wrongs)

START_TEST(what_is_wrong_with_one_is_told_once_and_costs_nothing)
{
    const wrong *as = &wrongs[_i];
    struct packwriter_bytes bytes = {0};
    packread_snapshot *snapshot;
    const packread_error *problem;
    bool changed;

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midxwriter_write(&bytes, packs.hash, packs.named, MIDX_PACKS, NULL);
    bytes.data[as->at] = as->byte;
    packwriter_bytes_resum(&bytes, packs.hash);
    midx_folder_put("multi-pack-index", &bytes);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    problem = packread_snapshot_problem(snapshot, 0);
    ck_assert_int_eq(problem->code, as->code);
    ck_assert_str_eq(problem->text, as->text);
    ck_assert_ptr_nonnull(strstr(problem->file, "/multi-pack-index"));
    ck_assert_uint_eq(packread_snapshot_midxes(snapshot), 0);
    midx_folder_is_whole(&packs, snapshot, as->what);
    midx_folder_put("pack-new.pack", &packs.packs[0].bytes); /* the folder is read once more */
    ck_assert_int_eq(packread_snapshot_refresh(snapshot, &changed, NULL), 0);
    for (size_t i = 1; i < packread_snapshot_problems(snapshot); i++)
        ck_assert_ptr_null(strstr(packread_snapshot_problem(snapshot, i)->file, "multi-pack"));
    packread_snapshot_free(snapshot);
    packwriter_bytes_free(&bytes);
    end();
}
END_TEST

START_TEST(one_of_another_hash_than_its_packs_is_not_used)
{
    struct midx_folder others;
    struct packwriter_bytes bytes = {0};
    packread_snapshot *snapshot;

    midx_folder_make(&others, PACKWRITER_SHA256);
    midxwriter_write(&bytes, others.hash, others.named, MIDX_PACKS, NULL);
    midx_folder_make(&packs, PACKWRITER_SHA1);
    midx_folder_put("multi-pack-index", &bytes);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->code, PACKREAD_ERROR_MISMATCH);
    midx_folder_is_whole(&packs, snapshot, "another hash");
    packread_snapshot_free(snapshot);
    packwriter_bytes_free(&bytes);
    midx_folder_free(&others);
    end();
}
END_TEST

/* Git goes on to the chain, too. */
START_TEST(a_plain_one_of_no_use_leaves_the_chain)
{
    struct packwriter_bytes bytes = {0};
    packread_snapshot *snapshot;

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midx_folder_put_two_layers(&packs, 1, 2);
    midxwriter_write(&bytes, packs.hash, packs.named, MIDX_PACKS, NULL);
    bytes.data[0] = 'm';
    midx_folder_put("multi-pack-index", &bytes);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->code, PACKREAD_ERROR_NOT_AN_INDEX);
    ck_assert_uint_eq(packread_snapshot_midxes(snapshot), 2);
    ck_assert_uint_eq(midx_folder_findings(snapshot), 0);
    midx_folder_is_whole(&packs, snapshot, "a chain beside a damaged file");
    packread_snapshot_free(snapshot);
    packwriter_bytes_free(&bytes);
    end();
}
END_TEST

#define NAMES_MANY 100000 /* their table alone takes 800 kB */

/* It costs no object; but that it is not used, and not verified, is told. */
START_TEST(what_finds_no_room_is_told_once)
{
    const packread_options options = {.struct_size = sizeof options, .memory_limit = 1 << 20};
    struct midxwriter_pack *named = calloc(NAMES_MANY, sizeof *named);
    char(*names)[20] = calloc(NAMES_MANY, sizeof *names);
    struct packwriter_pack none = {.hash_length = PACKWRITER_SHA1};
    struct packwriter_bytes bytes = {0};
    packread_snapshot *snapshot;
    bool changed;

    ck_assert(named && names);
    for (size_t i = 0; i < NAMES_MANY; i++) {
        snprintf(names[i], sizeof names[i], "pack-%06zu.idx", i);
        named[i] = (struct midxwriter_pack){names[i], &none};
    }
    midx_folder_make(&packs, PACKWRITER_SHA1);
    midxwriter_write(&bytes, packs.hash, named, NAMES_MANY, NULL);
    midx_folder_put("multi-pack-index", &bytes);
    snapshot = midx_folder_open(&options);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->code, PACKREAD_ERROR_BUDGET);
    ck_assert_uint_gt(packread_snapshot_problem(snapshot, 0)->needed, 1 << 20);
    ck_assert_ptr_nonnull(strstr(packread_snapshot_problem(snapshot, 0)->file, "/multi-pack-"));
    midx_folder_is_whole(&packs, snapshot, "no room");
    midx_folder_put("pack-new.pack", &packs.packs[0].bytes); /* the folder is read once more */
    ck_assert_int_eq(packread_snapshot_refresh(snapshot, &changed, NULL), 0);
    for (size_t i = 1; i < packread_snapshot_problems(snapshot); i++)
        ck_assert_ptr_null(strstr(packread_snapshot_problem(snapshot, i)->file, "multi-pack"));
    packread_snapshot_free(snapshot);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_midxes(snapshot), 1);
    packread_snapshot_free(snapshot);
    packwriter_bytes_free(&bytes);
    free(names);
    free(named);
    end();
}
END_TEST

START_TEST(what_is_no_file_is_told)
{
    char *path = suite_scratch_path("multi-pack-index");
    packread_snapshot *snapshot;

    midx_folder_make(&packs, PACKWRITER_SHA1);
    ck_assert_int_eq(mkdir(path, 0755), 0);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->code, PACKREAD_ERROR_NOT_REGULAR);
    midx_folder_is_whole(&packs, snapshot, "a folder");
    packread_snapshot_free(snapshot);
    free(path);
    end();
}
END_TEST

/* Rows may lead to any pack, and to any place in it. */
START_TEST(rows_that_lead_anywhere_lose_no_object)
{
    uint64_t state = suite_seed();
    struct packwriter_bytes bytes = {0};
    size_t places;

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midxwriter_write(&bytes, packs.hash, packs.named, MIDX_PACKS, NULL);
    places = bytes.size - packs.hash - 8 * MIDX_IDS;
    for (int round = 0; round < 50; round++) {
        packread_snapshot *snapshot;

        for (size_t i = 0; i < MIDX_IDS; i++) {
            unsigned char *row = bytes.data + places + 8 * i;

            row[3] = (unsigned char)suite_random_below(&state, MIDX_PACKS + 2);
            row[0] = suite_random_below(&state, 8) ? 0 : 0xff;
            row[7] = (unsigned char)suite_random(&state);
        }
        packwriter_bytes_resum(&bytes, packs.hash);
        midx_folder_put("multi-pack-index", &bytes);
        snapshot = midx_folder_open(NULL);
        ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
        midx_folder_is_whole(&packs, snapshot, "rows that lead anywhere");
        ck_assert_uint_gt(midx_folder_findings(snapshot), 0);
        packread_snapshot_free(snapshot);
    }
    packwriter_bytes_free(&bytes);
    end();
}
END_TEST

/* ---- Chains -----------------------------------------------------------------------------------
 */

typedef struct broken {
    const char *what;
    size_t keep;      /* bytes of the chain */
    const char *more; /* behind them */
    size_t layers;    /* that are used */
    const char *text; /* of the problem; NULL: there is none */
} broken;

#define LINE 41
static const broken chains[] = {
    {"empty", 0, "", 0, NULL},
    {"one line", LINE, "", 1, NULL},
    {"two lines", 2 * LINE, "", 2, NULL},
    {"cut", LINE + 7, "", 1, "the chain of multi-pack-indexes is cut off in a line"},
    {"without its end", 2 * LINE - 1, "", 1,
     "the chain of multi-pack-indexes is cut off in a line"},
    {"no line", LINE, "not a sum, but a line that is as long as one\n", 1,
     "a line of the chain of multi-pack-indexes is not a checksum"},
    {"an empty line", LINE, "\n", 1, "the chain of multi-pack-indexes is cut off in a line"},
    {"a layer that is not there", LINE, "0123456789012345678901234567890123456789\n", 1,
     "names multi-pack-index-0123456789012345678901234567890123456789.midx, which is not there"},
};
#define CHAINS (int)(sizeof chains / sizeof *chains)

START_TEST(a_broken_line_keeps_the_layers_before_it)
{
    const broken *as = &chains[_i];
    struct packwriter_bytes chain = {0};
    packread_snapshot *snapshot;
    size_t used = 0;

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midx_folder_put_layer(&packs, 0, 2, NULL, &chain);
    midx_folder_put_layer(&packs, 2, 2, NULL, &chain);
    chain.size = as->keep;
    packwriter_bytes_add_text(&chain, as->more);
    midx_folder_put_chain(&chain);
    snapshot = midx_folder_open(NULL);
    for (size_t i = 0; i < packread_snapshot_midxes(snapshot); i++)
        used += midx_folder_info(snapshot, i).is_used;
    ck_assert_uint_eq(used, as->layers);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), as->text != NULL);
    if (as->text)
        ck_assert_str_eq(packread_snapshot_problem(snapshot, 0)->text, as->text);
    midx_folder_is_whole(&packs, snapshot, as->what);
    ck_assert_uint_eq(midx_folder_findings(snapshot), 0);
    packread_snapshot_free(snapshot);
    packwriter_bytes_free(&chain);
    end();
}
END_TEST

START_TEST(a_layer_that_is_named_twice_breaks_the_chain)
{
    struct packwriter_bytes chain = {0};
    packread_snapshot *snapshot;

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midx_folder_put_layer(&packs, 0, 2, NULL, &chain);
    midx_folder_put_layer(&packs, 0, 2, NULL, &chain);
    midx_folder_put_layer(&packs, 2, 2, NULL, &chain);
    midx_folder_put_chain(&chain);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_midxes(snapshot), 2);
    ck_assert(midx_folder_info(snapshot, 0).is_used &&
              midx_folder_info(snapshot, 0).blocked_by == 0);
    ck_assert(!midx_folder_info(snapshot, 1).is_used &&
              midx_folder_info(snapshot, 1).blocked_by == 2);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_ptr_nonnull(
        strstr(packread_snapshot_problem(snapshot, 0)->text, ".midx a second time"));
    ck_assert_uint_eq(packread_snapshot_problem(snapshot, 0)->offset, LINE);
    midx_folder_is_whole(&packs, snapshot, "twice");
    packread_snapshot_free(snapshot);
    packwriter_bytes_free(&chain);
    end();
}
END_TEST

START_TEST(a_layer_under_another_name_than_its_sum_is_a_finding)
{
    struct packwriter_bytes chain = {0};
    packread_snapshot *snapshot;
    char *from;
    char *to;
    char name[100] = "multi-pack-index.d/multi-pack-index-";

    midx_folder_make(&packs, PACKWRITER_SHA1);
    midx_folder_put_layer(&packs, 0, MIDX_PACKS, NULL, &chain);
    memcpy(name + strlen(name), chain.data, LINE - 1);
    strcat(name, ".midx");
    from = suite_scratch_path(name);
    chain.data[0] = chain.data[0] == '0' ? '1' : '0';
    name[strlen("multi-pack-index.d/multi-pack-index-")] = (char)chain.data[0];
    to = suite_scratch_path(name);
    ck_assert_int_eq(rename(from, to), 0);
    midx_folder_put_chain(&chain);
    snapshot = midx_folder_open(NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    midx_folder_is_whole(&packs, snapshot, "another name");
    ck_assert_uint_eq(midx_folder_findings(snapshot), 1);
    packread_snapshot_free(snapshot);
    packwriter_bytes_free(&chain);
    free(from);
    free(to);
    end();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("multi-pack-indexes: broken");
    TCase *cases = tcase_create("wrong");

    tcase_add_loop_test(cases, what_is_wrong_with_one_is_told_once_and_costs_nothing, 0, WRONGS);
    tcase_add_test(cases, one_of_another_hash_than_its_packs_is_not_used);
    tcase_add_test(cases, a_plain_one_of_no_use_leaves_the_chain);
    tcase_add_test(cases, what_finds_no_room_is_told_once);
    tcase_add_test(cases, what_is_no_file_is_told);
    tcase_add_test(cases, rows_that_lead_anywhere_lose_no_object);
    suite_add_tcase(suite, cases);
    cases = tcase_create("chains");
    tcase_add_loop_test(cases, a_broken_line_keeps_the_layers_before_it, 0, CHAINS);
    tcase_add_test(cases, a_layer_that_is_named_twice_breaks_the_chain);
    tcase_add_test(cases, a_layer_under_another_name_than_its_sum_is_a_finding);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
