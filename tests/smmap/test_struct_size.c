/* test_struct_size.c - programs of another version than the library: structs that are smaller than
 * what the library knows, or larger, are filled and read as far as both sides know them. The
 * smaller ones here are what a header of an earlier version would say, the larger ones of a later
 * one. */
#include "pattern.h"
#include "struct_size.h"

#include <stdlib.h>
#include <string.h>

static char *path;
static uint64_t page;

static void setup(void)
{
    page = smmap_granularity();
    path = pattern_file("file", 8 * page, 1);
}

static void teardown(void)
{
    free(path);
}

/* ---- What a caller fills ------------------------------------------------------------------ */

/* Without the limits. */
struct early_options {
    size_t struct_size;
    enum smmap_kind kind;
    enum smmap_io io;
    unsigned flags;
    uint64_t window_size;
};

struct late_options {
    smmap_options known;
    uint64_t later[2];
};

static int open_with(const void *options, smmap_manager **manager)
{
    return smmap_manager_new(options, manager);
}

START_TEST(a_size_of_zero_is_the_struct_of_0_2_0)
{
    smmap_options options = {.window_size = 2 * page, .memory_limit = 6 * page, .open_limit = 3};
    smmap_manager *manager = NULL;
    smmap_manager *other = NULL;

    ck_assert_int_eq(open_with(&options, &manager), SMMAP_OK);
    options.struct_size = sizeof options;
    ck_assert_int_eq(open_with(&options, &other), SMMAP_OK);
    ck_assert_uint_eq(smmap_manager_memory_limit(manager), 6 * page);
    ck_assert_uint_eq(smmap_manager_memory_limit(other), 6 * page);
    ck_assert_uint_eq(smmap_manager_window_size(manager), smmap_manager_window_size(other));
    smmap_manager_free(manager);
    smmap_manager_free(other);
}
END_TEST

START_TEST(options_of_an_earlier_program_have_defaults_past_their_end)
{
    struct {
        struct early_options options;
        unsigned char others[sizeof(smmap_options)];
    } given;
    smmap_manager *manager = NULL;

    memset(&given, 0x5a, sizeof given); /* what lies behind them is none of ours */
    given.options =
        (struct early_options){sizeof given.options, SMMAP_SLIDING, SMMAP_IO_AUTO, 0, 2 * page};
    ck_assert_int_eq(open_with(&given.options, &manager), SMMAP_OK);
    if (!one_page_mode())
        ck_assert_uint_eq(smmap_manager_window_size(manager), 2 * page);
    ck_assert_uint_eq(smmap_manager_mapping_limit(manager), SMMAP_UNLIMITED);
    ck_assert_uint_ge(smmap_manager_memory_limit(manager), UINT64_C(1) << 30);
    ck_assert_uint_lt(smmap_manager_memory_limit(manager), UINT64_C(0x5a) << 56);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(options_of_a_later_program_are_taken_while_what_is_new_in_them_is_zero)
{
    struct late_options options = {.known = {.memory_limit = 6 * page}};
    smmap_manager *manager = NULL;
    unsigned char *last = (unsigned char *)&options + sizeof options - 1;

    options.known.struct_size = sizeof options;
    ck_assert_int_eq(open_with(&options, &manager), SMMAP_OK);
    ck_assert_uint_eq(smmap_manager_memory_limit(manager), 6 * page);
    smmap_manager_free(manager);
    manager = NULL;
    options.later[0] = 1;
    ck_assert_int_eq(open_with(&options, &manager), SMMAP_ERROR_ARGUMENT);
    options.later[0] = 0;
    *last = 1;
    ck_assert_int_eq(open_with(&options, &manager), SMMAP_ERROR_ARGUMENT);
    options.known.struct_size--;
    ck_assert_int_eq(open_with(&options, &manager), SMMAP_OK);
    smmap_manager_free(manager);
}
END_TEST

START_TEST(a_size_that_holds_not_even_itself_is_refused)
{
    smmap_options options = {.struct_size = (size_t)_i};
    smmap_manager *manager = NULL;

    ck_assert_int_eq(open_with(&options, &manager), SMMAP_ERROR_ARGUMENT);
    ck_assert_ptr_null(manager);
}
END_TEST

/* ---- What a call fills -------------------------------------------------------------------- */

/* One of the calls that fill a struct, and how large the struct is. */
enum { STATS, FILE_STATS, REGION, FILE_INFO, KINDS };
static const size_t sizes[KINDS] = {sizeof(smmap_stats), sizeof(smmap_stats),
                                    sizeof(smmap_region_info), sizeof(smmap_file_info)};
static const size_t ends[KINDS] = {
    SMM_END_OF(smmap_stats, cursors), SMM_END_OF(smmap_stats, cursors),
    SMM_END_OF(smmap_region_info, is_private), SMM_END_OF(smmap_file_info, regions)};

static void fill(int kind, smmap_manager *manager, const smmap_cursor *cursor, void *given)
{
    int code = SMMAP_OK;

    if (kind == STATS)
        smmap_manager_stats(manager, given);
    else if (kind == FILE_STATS)
        code = smmap_cursor_file_stats(cursor, given);
    else if (kind == REGION)
        code = smmap_cursor_region(cursor, given);
    else
        code = smmap_cursor_file(cursor, given);
    ck_assert_int_eq(code, SMMAP_OK);
}

/* Asks for `size` bytes in a buffer full of `fill_byte`s, and is told `written`: no byte past them
 * is touched, and those before are as in the whole struct. */
static void told(int kind, smmap_manager *manager, const smmap_cursor *cursor, size_t size,
                 size_t written)
{
    _Alignas(uint64_t) unsigned char whole[1024];
    _Alignas(uint64_t) unsigned char given[1024];
    size_t at;

    memset(whole, 0, sizeof whole);
    memcpy(whole, &sizes[kind], sizeof(size_t));
    fill(kind, manager, cursor, whole);
    memset(given, 0x5a, sizeof given);
    memcpy(given, &size, sizeof size);
    fill(kind, manager, cursor, given);
    if (written) {
        ck_assert_mem_eq(given, &written, sizeof written);
        for (at = sizeof size; at < written; at++)
            ck_assert_uint_eq(given[at], whole[at]);
    }
    for (at = written ? written : sizeof size; at < sizeof given; at++)
        ck_assert_uint_eq(given[at], 0x5a);
}

START_TEST(no_byte_is_written_past_the_size_that_the_program_knows)
{
    smmap_manager *manager = new_manager(NULL);
    smmap_cursor *cursor = open_cursor(manager, path);
    size_t size;

    use(cursor, page + 3, 5);
    use(cursor, page + 4, 5);
    told(_i, manager, cursor, 0, ends[_i]);
    for (size = 1; size < sizeof size; size++)
        told(_i, manager, cursor, size, 0);
    for (size = sizeof size; size <= sizes[_i]; size++)
        told(_i, manager, cursor, size, size);
    told(_i, manager, cursor, sizes[_i] + 1, sizes[_i]);
    told(_i, manager, cursor, 1000, sizes[_i]);
    told(_i, manager, cursor, SIZE_MAX, sizes[_i]); /* as it would be found on a stack */
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

/* ---- Errors, which have no size ----------------------------------------------------------- */

START_TEST(an_error_needs_no_setting_up_and_keeps_its_size)
{
    struct {
        smmap_error error;
        unsigned char others[64];
    } given;
    static const uint64_t none[4] = {0};
    smmap_manager *manager = new_manager(NULL);
    smmap_cursor *cursor = open_cursor(manager, path);
    size_t at;

    memset(&given, 0x5a, sizeof given);
    ck_assert_int_eq(smmap_cursor_use(cursor, 9 * page, 7, 0, &given.error), SMMAP_ERROR_RANGE);
    ck_assert_int_eq(given.error.code, SMMAP_ERROR_RANGE);
    ck_assert_uint_eq(given.error.offset, 9 * page);
    ck_assert_uint_eq(given.error.size, 7);
    ck_assert_mem_eq(given.error.reserved, none, sizeof given.error.reserved);
    for (at = 0; at < sizeof given.others; at++)
        ck_assert_uint_eq(given.others[at], 0x5a);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: structs of other versions");
    TCase *cases = tcase_create("struct size");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_size_of_zero_is_the_struct_of_0_2_0);
    tcase_add_test(cases, options_of_an_earlier_program_have_defaults_past_their_end);
    tcase_add_test(cases, options_of_a_later_program_are_taken_while_what_is_new_in_them_is_zero);
    tcase_add_loop_test(cases, a_size_that_holds_not_even_itself_is_refused, 1, sizeof(size_t));
    tcase_add_loop_test(cases, no_byte_is_written_past_the_size_that_the_program_knows, 0, KINDS);
    tcase_add_test(cases, an_error_needs_no_setting_up_and_keeps_its_size);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
