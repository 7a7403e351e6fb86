/* test_repair.c - intact deltas on damaged bases, which other packs have whole: they are read. */
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"

/* The lines of made_lines, in packs of one folder. */
static packread_snapshot *snapshot;
static packread_reader *reader;

static void open_folder(unsigned flags)
{
    char *folder = suite_scratch_path("");

    snapshot = sample_open(folder, &(packread_options){.flags = flags});
    reader = sample_reader(snapshot);
    free(folder);
}

static void close_folder(void)
{
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}

typedef struct taken {
    char bytes[4096];
    size_t size;
} taken;

static int take(void *context, const void *bytes, size_t size)
{
    taken *into = context;

    ck_assert_uint_le(size, sizeof into->bytes - into->size);
    memcpy(into->bytes + into->size, bytes, size);
    into->size += size;
    return 0;
}

/* 0 and the line's bytes, or `status`; read, described and streamed. */
static void expect(size_t line, int status)
{
    const char *text = made_lines[line];
    packread_id id = made_pack_text_id(text);
    packread_object object;
    packread_info info = {.struct_size = sizeof info};
    packread_error error;
    taken streamed = {.size = 0};
    packread_sink sink = {.context = &streamed, .data = take};
    int got = packread_reader_read(reader, &id, &object, &error);

    ck_assert_msg(got == status, "line %zu: %d, not %d: %s", line, got, status, error.text);
    if (status == 0)
        ck_assert(object.size == strlen(text) && !memcmp(object.data, text, object.size));
    if (status == 0) {
        sample_good(packread_reader_describe(reader, &id, PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE,
                                             &info, &error),
                    &error);
        ck_assert(info.type == PACKREAD_BLOB && info.size == strlen(text));
    }
    ck_assert_int_eq(packread_reader_stream(reader, &id, &sink, &error), status);
    ck_assert_uint_eq(streamed.size, status == 0 ? strlen(text) : 0);
    ck_assert(!memcmp(streamed.bytes, text, streamed.size));
}

/* A chain 0 <- 1 <- 2 <- 3 in one pack, by offset or by id; one of them damaged. */
static void put_chain(const char *name, bool by_id, size_t damaged)
{
    struct packwriter_pack pack = {0};

    made_pack_begin(&pack);
    made_pack_add_line(&pack, 0);
    for (size_t line = 1; line <= 3; line++) {
        struct packwriter_bytes delta = {0};
        const char *base = made_lines[line - 1];
        const char *text = made_lines[line];

        packwriter_delta_make(&delta, base, strlen(base), text, strlen(text));
        if (by_id)
            packwriter_pack_add_ref_delta(&pack, made_pack_text_id(base).bytes, PACKWRITER_BLOB,
                                          &delta, text, strlen(text), 6);
        else
            packwriter_pack_add_ofs_delta(&pack, line - 1, &delta, text, strlen(text), 6);
        packwriter_bytes_free(&delta);
    }
    if (damaged <= 3)
        made_pack_damage(&pack, damaged);
    made_pack_put(&pack, name);
}

static void put_line(const char *name, size_t line, bool damaged)
{
    struct packwriter_pack pack = {0};

    made_pack_begin(&pack);
    made_pack_add_line(&pack, line);
    if (damaged)
        made_pack_damage(&pack, 0);
    made_pack_put(&pack, name);
}

START_TEST(a_base_that_another_pack_has_is_taken_from_there)
{
    size_t damaged = (size_t)_i / 4;

    put_chain("pack-1", _i % 2, damaged);
    put_line("pack-2", damaged, false);
    open_folder(_i / 2 % 2 ? PACKREAD_NO_CHECK : 0);
    for (size_t line = 0; line <= 3; line++)
        expect(line, 0);
    close_folder();
}
END_TEST

START_TEST(what_no_pack_has_whole_is_an_error_and_the_rest_is_read)
{
    put_chain("pack-1", _i % 2, 1);
    put_line("pack-2", 1, true);
    put_line("pack-3", 5, false);
    open_folder(0);
    expect(0, 0);
    for (size_t line = 1; line <= 3; line++)
        expect(line, PACKREAD_ERROR_CORRUPT);
    expect(5, 0);
    close_folder();
}
END_TEST

/* Only line 3 by way of: 2 of the second pack, a delta on 1, which is whole in the third. */
START_TEST(the_way_may_lead_through_several_packs)
{
    put_chain("pack-1", true, 2);
    put_chain("pack-2", false, 1);
    put_line("pack-3", 1, false);
    open_folder(0);
    for (size_t line = 0; line <= 3; line++)
        expect(line, 0);
    close_folder();
}
END_TEST

/* 1 on 2 in one pack, 2 on 1 in the other: neither is anywhere whole. */
START_TEST(bases_that_name_each_other_across_packs_are_an_error)
{
    for (size_t number = 0; number < 2; number++) {
        struct packwriter_pack pack = {0};
        const char *text = made_lines[2 - number];

        made_pack_begin(&pack);
        made_pack_add_on(&pack, made_lines[1 + number], text, text);
        made_pack_put(&pack, number ? "pack-1" : "pack-2");
    }
    open_folder(0);
    expect(1, PACKREAD_ERROR_THIN);
    expect(2, PACKREAD_ERROR_THIN);
    close_folder();
}
END_TEST

/* A base that is right in every sum but not the one that the id names gives nothing wrong. */
START_TEST(a_false_base_is_not_taken)
{
    struct packwriter_pack pack = {0};

    put_chain("pack-1", _i, 0);
    made_pack_begin(&pack);
    made_pack_add_false(&pack, made_lines[5], strlen(made_lines[5]), made_lines[0],
                        strlen(made_lines[0]));
    made_pack_put(&pack, "pack-2");
    open_folder(0);
    for (size_t line = 0; line <= 3; line++)
        expect(line, PACKREAD_ERROR_CORRUPT);
    close_folder();
}
END_TEST

/* ---- Large ones -------------------------------------------------------------------------------
 */

#define MIB ((uint64_t)1 << 20)

static int take_nothing(void *context, const void *bytes, size_t size)
{
    (void)bytes;
    *(uint64_t *)context += size;
    return 0;
}

/* Of 3 MiB, on one of 3 MiB that is damaged in the first pack, and whole in the second. */
static packread_id put_large(void)
{
    struct packwriter_bytes base = {0};
    struct packwriter_bytes result = {0};
    struct packwriter_bytes delta = {0};
    struct packwriter_pack pack = {0};
    packread_id id;

    packwriter_bytes_add_noise(&base, 3 * MIB, 1);
    packwriter_bytes_add(&result, base.data, base.size);
    packwriter_bytes_add_text(&result, "more\n");
    packwriter_delta_begin(&delta, base.size, result.size);
    packwriter_delta_copy(&delta, 0, (uint32_t)base.size);
    packwriter_delta_insert(&delta, "more\n", 5);
    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, base.data, base.size, 1);
    made_pack_damage(&pack, 0);
    packwriter_pack_add_ofs_delta(&pack, 0, &delta, result.data, result.size, 6);
    id = made_pack_id(&pack, 1);
    made_pack_put(&pack, "pack-1");
    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, base.data, base.size, 1);
    made_pack_put(&pack, "pack-2");
    packwriter_bytes_free(&base);
    packwriter_bytes_free(&result);
    packwriter_bytes_free(&delta);
    return id;
}

/* It is given, or the memory limit is said to be too small, and how large it has to be. */
START_TEST(a_large_object_on_a_damaged_base_wants_memory_or_is_given)
{
    packread_id id = put_large();
    char *folder = suite_scratch_path("");
    uint64_t limit = MIB << _i;
    int status;

    do {
        packread_options options = {.memory_limit = limit};
        packread_error error = {.needed = 0};
        uint64_t size = 0;
        packread_sink sink = {.context = &size, .data = take_nothing};

        snapshot = sample_open(folder, &options);
        reader = sample_reader(snapshot);
        status = packread_reader_stream(reader, &id, &sink, &error);
        if (status == 0) {
            ck_assert_uint_eq(size, 3 * MIB + 5);
        } else {
            ck_assert_msg(status == PACKREAD_ERROR_BUDGET, "limit %llu: %s",
                          (unsigned long long)limit, error.text);
            ck_assert_uint_gt(error.needed, limit);
            ck_assert_uint_lt(error.needed, 32 * MIB);
        }
        close_folder();
        limit = error.needed;
    } while (status != 0);
    free(folder);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("repair");
    TCase *tests = tcase_create("repair");

    tcase_add_loop_test(tests, a_base_that_another_pack_has_is_taken_from_there, 0, 12);
    tcase_add_loop_test(tests, what_no_pack_has_whole_is_an_error_and_the_rest_is_read, 0, 2);
    tcase_add_test(tests, the_way_may_lead_through_several_packs);
    tcase_add_test(tests, bases_that_name_each_other_across_packs_are_an_error);
    tcase_add_loop_test(tests, a_false_base_is_not_taken, 0, 2);
    tcase_add_loop_test(tests, a_large_object_on_a_damaged_base_wants_memory_or_is_given, 0, 7);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
