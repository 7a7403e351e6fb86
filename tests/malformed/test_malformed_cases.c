/* test_malformed_cases.c - every malformed pack and index of the tables, with ids of both sizes:
 * verify says what is wrong with it, no intact object is lost, no damaged one is given out wrong,
 * and memory stays small; whichever way the bytes come in, and with checks off too.
 *
 * MALFORMED_PACKS in the environment: a folder in which the packs with ids of 20 bytes are left, to
 * be compared with what git says of them (test_malformed_git.sh). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "highwater.h"
#include "judge.h"
#include "suite.h"

#define MEMORY_MOST ((size_t)64 << 20)
#define WAYS 4
/* For one case in four ways: a limit against hanging only. */
#define HANG_SECONDS 600 /* the slowest takes a minute in a slow build on a busy machine */

static const struct case_table *const tables[] = {
    &cases_header, &cases_bounds, &cases_entry, &cases_zlib,     &cases_delta,
    &cases_base,   &cases_index,  &cases_rows,  &cases_index_v1, &cases_content,
};

#define TABLES (sizeof tables / sizeof tables[0])

static size_t all_cases(void)
{
    size_t count = 0;

    for (size_t i = 0; i < TABLES; i++)
        count += tables[i]->count;
    return count;
}

static const struct malformed_case *case_of(size_t number)
{
    size_t table = 0;

    while (number >= tables[table]->count)
        number -= tables[table++]->count;
    return &tables[table]->cases[number];
}

/* As NUMBER.pack, with the case's name in NUMBER.name. */
static void leave_for_git(const char *folder)
{
    for (size_t i = 0; i < all_cases(); i++) {
        const struct malformed_case *of = case_of(i);
        struct shop shop = {.id_size = PACKWRITER_SHA1};
        struct packwriter_bytes name = {0};
        char path[512];

        of->build(&shop, of);
        snprintf(path, sizeof path, "%s/%zu.pack", folder, i);
        ck_assert_int_eq(packwriter_bytes_save(&shop.pack.bytes, path), 0);
        packwriter_bytes_add_text(&name, of->name);
        snprintf(path, sizeof path, "%s/%zu.name", folder, i);
        ck_assert_int_eq(packwriter_bytes_save(&name, path), 0);
        packwriter_bytes_free(&name);
        shop_free(&shop);
    }
}

START_TEST(packs_are_left_for_git)
{
    const char *folder = getenv("MALFORMED_PACKS");

    if (folder)
        leave_for_git(folder);
}
END_TEST

/* A sanitizer makes each way take six times as long: two of them then, which differ most. */
static bool is_left_out(size_t way)
{
    const char *sanitizers = getenv("SANITIZE");

    return sanitizers && *sanitizers && !getenv("CHECK_LARGE") && way != 1 && way != 2;
}

START_TEST(a_malformed_pack_is_told_and_nothing_intact_is_lost)
{
    static const packread_options ways[WAYS] = {
        {.io = PACKREAD_IO_AUTO},
        {.io = PACKREAD_IO_MMAP, .window_size = 4096},
        {.io = PACKREAD_IO_PREAD},
        {.manager = PACKREAD_STATIC},
    };
    const struct malformed_case *of = case_of((size_t)_i / 2);
    struct shop shop = {.id_size = _i % 2 ? PACKWRITER_SHA256 : PACKWRITER_SHA1};
    struct judge_files files;
    size_t files_size;

    of->build(&shop, of);
    judge_save(&shop, &files);
    files_size = shop.pack.bytes.size + shop.index.size;
    highwater_begin();
    for (size_t way = 0; way < (_i % 2 ? 1 : WAYS); way++) {
        packread_options options = ways[way];
        char what[160];

        if (_i % 2 == 0 && is_left_out(way))
            continue;
        options.memory_limit = of->memory_limit;
        snprintf(what, sizeof what, "%s, ids of %zu bytes, way %zu", of->name, shop.id_size, way);
        judge_checked(&shop, &files, what, of->verdict, &options, way % 2 ? 2 : 1);
        judge_unchecked(&shop, &files, &options);
    }
    ck_assert_msg(highwater_allocated() <= MEMORY_MOST + files_size, "%s: %zu bytes allocated",
                  of->name, highwater_allocated());
    ck_assert_msg(highwater_resident() <= MEMORY_MOST + files_size, "%s: %zu bytes resident",
                  of->name, highwater_resident());
    judge_files_free(&files);
    shop_free(&shop);
}
END_TEST

START_TEST(no_two_cases_have_one_name)
{
    size_t count = all_cases();

    ck_assert_uint_ge(count, 150);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(case_of(i)->name, case_of(j)->name);
}
END_TEST

/* The measure itself: what is allocated shows although it is freed again, and unused. */
START_TEST(the_most_that_was_allocated_is_known)
{
    char *volatile block;

    highwater_begin();
    block = malloc(MEMORY_MOST);
    ck_assert_ptr_nonnull(block);
    free(block);
    ck_assert_uint_ge(highwater_allocated(), MEMORY_MOST);
    ck_assert_uint_lt(highwater_allocated(), 2 * MEMORY_MOST);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("malformed_cases");
    TCase *tests = tcase_create("malformed cases");
    TCase *left = tcase_create("left for git");

    tcase_set_timeout(tests, HANG_SECONDS);
    tcase_add_loop_test(tests, a_malformed_pack_is_told_and_nothing_intact_is_lost, 0,
                        (int)(2 * all_cases()));
    tcase_add_test(tests, no_two_cases_have_one_name);
    tcase_add_test(tests, the_most_that_was_allocated_is_known);
    suite_add_tcase(suite, tests);
    tcase_add_test(left, packs_are_left_for_git);
    suite_add_tcase(suite, left);
    printf("%zu malformed packs and indexes, with ids of 20 bytes in %d ways and of 32 in one\n",
           all_cases(), WAYS);
    fflush(stdout);
    return suite_run(suite);
}
