/* test_struct_sizes.c - programs that were compiled against another version of packread.h: a struct
 * that the caller fills is read, and one that is filled for the caller is written, no further than
 * the caller's compiler knew of it. Each struct touches an unreadable page behind it. */
#include <stdlib.h>
#include <string.h>

#include "guard_pages.h"
#include "sample_place.h"
#include "suite.h"

#define LATER 40 /* bytes of fields that this library does not know */

static sample_place at;
static packread_snapshot *alone; /* the same pack without its index */
static struct guard guard;
static packread_location location;
static packread_id id;

static void open_all(void)
{
    const packread_options options = {.flags = PACKREAD_WITHOUT_INDEX};
    packread_pack_info info = {.struct_size = sizeof info};
    packread_error error;

    at = sample_place_find("repos/small");
    ck_assert_int_eq(packread_snapshot_pack(at.snapshot, 0, &info), 0);
    sample_good(packread_snapshot_open(info.path, &options, &alone, &error), &error);
    sample_good(packread_reader_id_at(at.reader, 0, 0, &id, &error), &error);
    sample_good(packread_reader_find(at.reader, &id, &location, &error), &error);
    guard_open(&guard, 4096);
}

static void close_all(void)
{
    guard_close(&guard);
    packread_snapshot_free(alone);
    sample_place_close(&at);
}

/* ---- Structs that the caller fills --------------------------------------------------------------
 */

static int begin(void *context, const packread_id *given, enum packread_type type, uint64_t size)
{
    (void)context, (void)given, (void)type, (void)size;
    return 0;
}

static int take(void *context, const void *bytes, size_t size)
{
    (void)context, (void)bytes, (void)size;
    return 0;
}

static int visit(void *context, const packread_info *info, const packread_error *error)
{
    (void)context, (void)info, (void)error;
    return 0;
}

static int open_with(const void *options)
{
    packread_snapshot *snapshot = NULL;
    int status = packread_snapshot_open(at.path, options, &snapshot, NULL);

    packread_snapshot_free(snapshot);
    return status;
}

static int list_with(const void *options)
{
    return packread_reader_list(at.reader, options, visit, NULL, NULL);
}

static int verify_with(const void *options)
{
    return packread_verify(at.snapshot, 0, options, NULL, NULL);
}

static int verify_loose_with(const void *options)
{
    return packread_verify_loose(at.snapshot, 0, options, NULL, NULL);
}

static int index_with(const void *options)
{
    return packread_index(alone, 0, options, NULL, NULL);
}

static int stream_with(const void *sink)
{
    return packread_reader_stream(at.reader, &id, sink, NULL);
}

static const packread_options open_options = {.memory_limit = (uint64_t)1 << 24};
static const packread_list_options list_options = {.want = PACKREAD_WANT_TYPE};
static const packread_verify_options verify_options = {.threads = 1};
static const packread_index_options index_options = {.threads = 1, .version = 1, .index = take};
static const packread_sink sink = {.begin = begin, .data = take};

static const struct filled {
    const char *name;
    const void *good;
    size_t size;
    size_t least; /* bytes without which it says too little */
    int (*call)(const void *given);
} filled[] = {
    {"options", &open_options, sizeof open_options, sizeof(size_t), open_with},
    {"list options", &list_options, sizeof list_options, sizeof(size_t), list_with},
    {"verify options", &verify_options, sizeof verify_options, sizeof(size_t), verify_with},
    {"the same, loose", &verify_options, sizeof verify_options, sizeof(size_t), verify_loose_with},
    {"index options", &index_options, sizeof index_options, sizeof(size_t), index_with},
    {"sink", &sink, sizeof sink, offsetof(packread_sink, context), stream_with},
};

static int call_with(const struct filled *one, size_t struct_size, size_t bytes, size_t later)
{
    unsigned char whole[512] = {0};

    ck_assert_uint_le(one->size + LATER, sizeof whole);
    memcpy(whole, one->good, one->size);
    memcpy(whole, &struct_size, sizeof struct_size);
    if (later > 0)
        whole[one->size + later - 1] = 1;
    return one->call(guard_at_end(&guard, whole, bytes));
}

START_TEST(what_the_caller_fills_may_be_of_any_version)
{
    const struct filled *one = &filled[_i];

    /* No compiler ends a struct inside a pointer. */
    for (size_t size = one->least; size <= one->size; size += sizeof(void *))
        ck_assert_msg(call_with(one, size, size, 0) == 0, "%s of %zu bytes", one->name, size);
    ck_assert_int_eq(call_with(one, 0, one->size, 0), 0);
    for (size_t more = 1; more <= LATER; more++)
        ck_assert_msg(call_with(one, one->size + more, one->size + more, 0) == 0,
                      "%s with %zu bytes more", one->name, more);
}
END_TEST

START_TEST(what_is_set_and_not_known_is_an_argument_error)
{
    const struct filled *one = &filled[_i];

    for (size_t later = 1; later <= LATER; later++)
        ck_assert_msg(call_with(one, one->size + LATER, one->size + LATER, later) ==
                          PACKREAD_ERROR_ARGUMENT,
                      "%s with byte %zu set", one->name, later);
    for (size_t size = 1; size < sizeof(size_t); size++)
        ck_assert_int_eq(call_with(one, size, one->size, 0), PACKREAD_ERROR_ARGUMENT);
}
END_TEST

/* ---- Structs that are filled for the caller
 * ------------------------------------------------------ */

static int ask_info(void *given)
{
    return packread_reader_info(at.reader, &location, PACKREAD_WANT_ALL, given, NULL);
}

static int ask_description(void *given)
{
    return packread_reader_describe(at.reader, &id, PACKREAD_WANT_ALL, given, NULL);
}

static int ask_pack(void *given)
{
    return packread_snapshot_pack(at.snapshot, 0, given);
}

static int ask_folder(void *given)
{
    return packread_snapshot_folder(at.snapshot, 0, given);
}

static int ask_repository(void *given)
{
    return packread_snapshot_repository(at.snapshot, given);
}

static int ask_name(void *given)
{
    char hex[PACKREAD_HEX_MAX + 1];

    packread_id_format(&id, hex);
    return packread_reader_resolve(at.reader, hex, 2u * id.size, 0, given, NULL);
}

static int ask_stats(void *given)
{
    return packread_snapshot_stats(at.snapshot, given);
}

static int ask_verify(void *given)
{
    return packread_verify(at.snapshot, 0, NULL, given, NULL);
}

static int ask_verify_loose(void *given)
{
    return packread_verify_loose(at.snapshot, 0, NULL, given, NULL);
}

static int ask_index(void *given)
{
    return packread_index(alone, 0, NULL, given, NULL);
}

static const struct received {
    const char *name;
    size_t size;
    int (*call)(void *given);
} received[] = {
    {"info", sizeof(packread_info), ask_info},
    {"description", sizeof(packread_info), ask_description},
    {"pack", sizeof(packread_pack_info), ask_pack},
    {"folder", sizeof(packread_folder_info), ask_folder},
    {"repository", sizeof(packread_repository_info), ask_repository},
    {"name", sizeof(packread_name), ask_name},
    {"stats", sizeof(packread_stats), ask_stats},
    {"verify's summary", sizeof(packread_verify_summary), ask_verify},
    {"the same, loose", sizeof(packread_verify_summary), ask_verify_loose},
    {"index's summary", sizeof(packread_index_summary), ask_index},
};

/* What was written, of `bytes`; `struct_size` is what the caller said. */
static const unsigned char *receive(const struct received *one, size_t struct_size, size_t bytes)
{
    unsigned char *given = guard_at_end(&guard, NULL, bytes);

    memcpy(given, &struct_size, sizeof struct_size);
    ck_assert_msg(one->call(given) == 0, "%s of %zu bytes", one->name, struct_size);
    return given;
}

START_TEST(what_is_filled_for_the_caller_is_filled_as_far_as_it_goes)
{
    const struct received *one = &received[_i];
    unsigned char whole[512];
    size_t told;

    memcpy(whole, receive(one, one->size, one->size), one->size);
    for (size_t size = sizeof(size_t); size <= one->size; size++) {
        const unsigned char *given = receive(one, size, size);

        memcpy(&told, given, sizeof told);
        ck_assert_uint_eq(told, size);
        /* Figures of windows go up from call to call. */
        if (one->call != ask_stats)
            ck_assert_mem_eq(given + sizeof told, whole + sizeof told, size - sizeof told);
    }
}
END_TEST

START_TEST(what_the_caller_knows_more_of_is_left_alone)
{
    const struct received *one = &received[_i];
    const unsigned char *given = receive(one, one->size + LATER, one->size + LATER);
    size_t told;

    memcpy(&told, given, sizeof told);
    ck_assert_uint_eq(told, one->size);
    for (size_t i = 0; i < LATER; i++)
        ck_assert_uint_eq(given[one->size + i], 0xa5);
    given = receive(one, 0, one->size);
    memcpy(&told, given, sizeof told);
    ck_assert_uint_gt(told, sizeof told);
}
END_TEST

START_TEST(what_has_no_size_is_not_filled)
{
    const struct received *one = &received[_i];

    for (size_t size = 1; size < sizeof(size_t); size++) {
        unsigned char *given = guard_at_end(&guard, NULL, one->size);

        memcpy(given, &size, sizeof size);
        ck_assert_int_eq(one->call(given), PACKREAD_ERROR_ARGUMENT);
        for (size_t i = sizeof size; i < one->size; i++)
            ck_assert_uint_eq(given[i], 0xa5);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("sizes of structs");
    TCase *sizes = tcase_create("sizes");
    const int filled_count = sizeof filled / sizeof filled[0];
    const int received_count = sizeof received / sizeof received[0];

    tcase_add_checked_fixture(sizes, open_all, close_all);
    tcase_add_loop_test(sizes, what_the_caller_fills_may_be_of_any_version, 0, filled_count);
    tcase_add_loop_test(sizes, what_is_set_and_not_known_is_an_argument_error, 0, filled_count);
    tcase_add_loop_test(sizes, what_is_filled_for_the_caller_is_filled_as_far_as_it_goes, 0,
                        received_count);
    tcase_add_loop_test(sizes, what_the_caller_knows_more_of_is_left_alone, 0, received_count);
    tcase_add_loop_test(sizes, what_has_no_size_is_not_filled, 0, received_count);
    suite_add_tcase(suite, sizes);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
