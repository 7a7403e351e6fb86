/* What is missing or unknown among the arguments of a public call is an error, never a crash. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/location.h"
#include "packread.h"
#include "suite.h"

static packread_snapshot *snapshot;
static packread_reader *reader;

static void open_small(void)
{
    char where[4096];

    snprintf(where, sizeof where, "%s/repos/small", suite_fixtures());
    ck_assert_int_eq(packread_snapshot_open(where, NULL, &snapshot, NULL), 0);
    ck_assert_int_eq(packread_reader_new(snapshot, &reader, NULL), 0);
}

static void close_small(void)
{
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}

static int visit_id(void *context, const packread_id *id)
{
    (void)context, (void)id;
    return 0;
}

static int visit_candidate(void *context, const packread_id *id, enum packread_type type)
{
    (void)context;
    (void)id;
    (void)type;
    return 0;
}

static int visit_ref(void *context, const packread_ref *ref, const packread_error *error)
{
    (void)context;
    (void)ref;
    (void)error;
    return 0;
}

static int visit_info(void *context, const packread_info *info, const packread_error *error)
{
    (void)context, (void)info, (void)error;
    return 0;
}

static int take(void *context, const void *bytes, size_t size)
{
    (void)context, (void)bytes, (void)size;
    return 0;
}

START_TEST(a_missing_argument_is_an_argument_error)
{
    const packread_sink sink = {.begin = NULL, .data = take, .context = NULL};
    packread_location location = pkr_location(0, 0, 12);
    packread_object object;
    packread_error error = {0};
    packread_info info = {.struct_size = sizeof info};
    packread_pack_info pack = {.struct_size = sizeof pack};
    packread_folder_info folder = {.struct_size = sizeof folder};
    packread_repository_info repository = {.struct_size = sizeof repository};
    packread_name name = {.struct_size = sizeof name};
    packread_id id = {{0}, 20};
    const int results[] = {
        packread_snapshot_open(NULL, NULL, &snapshot, &error),
        packread_snapshot_open(".", NULL, NULL, &error),
        packread_snapshot_pack(NULL, 0, &pack),
        packread_snapshot_pack(snapshot, 0, NULL),
        packread_snapshot_folder(NULL, 0, &folder),
        packread_snapshot_folder(snapshot, 0, NULL),
        packread_snapshot_folder(snapshot, packread_snapshot_folders(snapshot), &folder),
        packread_snapshot_repository(NULL, &repository),
        packread_snapshot_repository(snapshot, NULL),
        packread_reader_new(NULL, &reader, &error),
        packread_reader_new(snapshot, NULL, &error),
        packread_reader_find(NULL, &id, &location, &error),
        packread_reader_find(reader, NULL, &location, &error),
        packread_reader_find(reader, &id, NULL, &error),
        packread_reader_find_prefix(NULL, "0123", 4, &id, &error),
        packread_reader_find_prefix(reader, NULL, 4, &id, &error),
        packread_reader_find_prefix(reader, "0123", 4, NULL, &error),
        packread_reader_each_prefix(NULL, "0123", 4, visit_id, NULL, &error),
        packread_reader_each_prefix(reader, "0123", 4, NULL, NULL, &error),
        packread_reader_resolve(NULL, "HEAD", 4, 0, &name, &error),
        packread_reader_resolve(reader, NULL, 4, 0, &name, &error),
        packread_reader_resolve(reader, "HEAD", 4, 0, NULL, &error),
        packread_reader_resolve(reader, "HEAD", 4, 4, &name, &error),
        packread_reader_each_candidate(NULL, "0123", 4, 0, visit_candidate, NULL, &error),
        packread_reader_each_candidate(reader, NULL, 4, 0, visit_candidate, NULL, &error),
        packread_reader_each_candidate(reader, "0123", 4, 0, NULL, NULL, &error),
        packread_reader_each_candidate(reader, "0123", 4, 4, visit_candidate, NULL, &error),
        packread_snapshot_refs(NULL, visit_ref, NULL, &error),
        packread_snapshot_refs(snapshot, NULL, NULL, &error),
        packread_reader_find_offset(NULL, 0, 12, &location, &error),
        packread_reader_find_offset(reader, 0, 12, NULL, &error),
        packread_reader_id_at(NULL, 0, 0, &id, &error),
        packread_reader_id_at(reader, 0, 0, NULL, &error),
        packread_reader_info(NULL, &location, 0, &info, &error),
        packread_reader_info(reader, NULL, 0, &info, &error),
        packread_reader_info(reader, &location, 0, NULL, &error),
        packread_reader_info(reader, &location, 64, &info, &error),
        packread_reader_describe(NULL, &id, 0, &info, &error),
        packread_reader_describe(reader, NULL, 0, &info, &error),
        packread_reader_describe(reader, &id, 0, NULL, &error),
        packread_reader_describe(reader, &id, 64, &info, &error),
        packread_reader_read(NULL, &id, &object, &error),
        packread_reader_read(reader, NULL, &object, &error),
        packread_reader_read(reader, &id, NULL, &error),
        packread_reader_read_at(NULL, &location, &object, &error),
        packread_reader_read_at(reader, NULL, &object, &error),
        packread_reader_read_at(reader, &location, NULL, &error),
        packread_reader_stream(NULL, &id, &sink, &error),
        packread_reader_stream(reader, NULL, &sink, &error),
        packread_reader_stream(reader, &id, NULL, &error),
        packread_reader_list(NULL, NULL, visit_info, NULL, &error),
        packread_reader_list(reader, NULL, NULL, NULL, &error),
        packread_verify(NULL, 0, NULL, NULL, &error),
        packread_verify(snapshot, 1, NULL, NULL, &error),
    };

    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        ck_assert_msg(results[i] == PACKREAD_ERROR_ARGUMENT, "call %zu gave %d", i, results[i]);
    ck_assert_uint_eq(packread_snapshot_packs(NULL), 0);
    ck_assert_uint_eq(packread_snapshot_problems(NULL), 0);
    ck_assert_ptr_null(packread_snapshot_problem(NULL, 0));
    ck_assert_int_eq(packread_snapshot_stats(NULL, NULL), PACKREAD_ERROR_ARGUMENT);
    ck_assert_uint_eq(packread_snapshot_collect(NULL), 0);
    packread_reader_free(NULL);
    packread_snapshot_free(NULL);
}
END_TEST

START_TEST(unknown_orders_wants_and_types_are_argument_errors)
{
    const packread_list_options wrong[] = {
        {.order = (enum packread_order)2},
        {.want = 64},
        {.types = 1u << 9},
        {.types = 1u << PACKREAD_OFS_DELTA},
        {.one_pack = true, .pack = 1},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_int_eq(packread_reader_list(reader, &wrong[i], visit_info, NULL, NULL),
                         PACKREAD_ERROR_ARGUMENT);
}
END_TEST

static int begin(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    (void)context, (void)id, (void)type, (void)size;
    return 0;
}

/* Of no length that ids have, with something behind the end, not filled in. */
START_TEST(malformed_ids_are_argument_errors)
{
    const packread_sink sink = {.begin = begin, .data = take};
    packread_info info = {.struct_size = sizeof info};
    packread_location location;
    packread_object object;
    packread_id right;
    packread_id wrong[5];
    packread_error error;

    ck_assert_int_eq(packread_reader_id_at(reader, 0, 0, &right, &error), 0);
    for (size_t i = 0; i < 5; i++)
        wrong[i] = right;
    wrong[0].size = 0;
    wrong[1].size = 19;
    wrong[2].size = 33;
    wrong[3].bytes[31] = 1;
    memset(&wrong[4], 0xa5, sizeof wrong[4]);
    for (size_t i = 0; i < 5; i++) {
        const int results[] = {
            packread_reader_find(reader, &wrong[i], &location, &error),
            packread_reader_describe(reader, &wrong[i], 0, &info, &error),
            packread_reader_read(reader, &wrong[i], &object, &error),
            packread_reader_stream(reader, &wrong[i], &sink, &error),
        };

        for (size_t j = 0; j < sizeof results / sizeof results[0]; j++)
            ck_assert_msg(results[j] == PACKREAD_ERROR_ARGUMENT, "id %zu, call %zu gave %d", i, j,
                          results[j]);
    }
    /* One of the other hash is an id, which is not here. */
    right.size = 32;
    ck_assert_int_eq(packread_reader_read(reader, &right, &object, &error),
                     PACKREAD_ERROR_NOT_FOUND);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("arguments");
    TCase *arguments = tcase_create("arguments");

    tcase_add_checked_fixture(arguments, open_small, close_small);
    tcase_add_test(arguments, a_missing_argument_is_an_argument_error);
    tcase_add_test(arguments, malformed_ids_are_argument_errors);
    tcase_add_test(arguments, unknown_orders_wants_and_types_are_argument_errors);
    suite_add_tcase(suite, arguments);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
