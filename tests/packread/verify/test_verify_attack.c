/* test_verify_attack.c - an object that carries half of a collision of SHA-1 is given to nobody,
 * stored as it may be, and verify tells it once; what hangs on it is its own affair. No such object
 * is known that is one of git's, with git's header: here a block of nothing but 'Z' is taken for
 * one. That real ones are found is shown by platform/test_hash_lanes_attack. */
#include <stdlib.h>
#include <string.h>

#include "made_loose.h"
#include "made_pack.h"
#include "platform/hash.h"
#include "store/snapshot.h"
#include "suite.h"
#include "verify_report.h"

static pkr_hash_way real;

static bool is_marked(const unsigned char *block)
{
    for (size_t i = 0; i < 64; i++)
        if (block[i] != 'Z')
            return false;
    return true;
}

static void mark(pkr_sha1_lanes *lanes, size_t count, unsigned width)
{
    for (unsigned lane = 0; lane < width; lane++)
        for (size_t i = 0; lanes->attacks[lane] && i < count; i++)
            if (is_marked(lanes->at[lane] + 64 * i))
                *lanes->attacks[lane] = true;
}

static void run(pkr_sha1_lanes *lanes, size_t count)
{
    mark(lanes, count, real.width);
    real.run(lanes, count);
}

static void run_narrow(pkr_sha1_lanes *lanes, size_t count)
{
    mark(lanes, count, real.narrow_width);
    real.narrow(lanes, count);
}

static packread_snapshot *open_marked(const char *path, const packread_options *options)
{
    packread_snapshot *snapshot = sample_open(path, options);

    real = snapshot->hash_way;
    snapshot->hash_way.run = run;
    snapshot->hash_way.narrow = run_narrow;
    return snapshot;
}

#define LARGE ((size_t)3 << 20) /* of which there is no room for a whole one under LITTLE */
#define LITTLE ((uint64_t)4 << 20)
enum { INTACT = 60, ALL = INTACT + 3 };

static unsigned char *marked; /* LARGE bytes, some of them 'Z' */

static void make_marked(void)
{
    marked = calloc(1, LARGE);
    ck_assert_ptr_nonnull(marked);
    for (size_t i = 0; i < LARGE; i++)
        marked[i] = (unsigned char)('a' + i % 23);
    memset(marked + 500, 'Z', 200);
}

static packread_id id_of(size_t size)
{
    packread_id id = {.size = 20};

    packwriter_hash_id(20, PACKWRITER_BLOB, marked, size, id.bytes);
    return id;
}

/* Small, on the border of what waits, and large; a delta on the first; and intact ones between. */
static const size_t sizes[] = {1000, 200000, LARGE};
#define SIZES (sizeof sizes / sizeof *sizes)

static char *put_pack(size_t *count)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    static const char child[] = "what hangs on it, and has nothing of it";

    make_marked();
    made_pack_begin(&pack);
    for (size_t i = 0; i < SIZES; i++) {
        packwriter_pack_add_object(&pack, PACKWRITER_BLOB, marked, sizes[i], 1);
        for (size_t k = 0; k < INTACT / SIZES; k++)
            packwriter_pack_add_object(&pack, PACKWRITER_BLOB, marked + 10 * i + 1, 100 + k, 6);
    }
    packwriter_delta_make(&delta, marked, sizes[0], child, strlen(child));
    packwriter_pack_add_ofs_delta(&pack, 0, &delta, child, strlen(child), 6);
    packwriter_bytes_free(&delta);
    *count = pack.entry_count;
    made_pack_put(&pack, "pack-attack");
    return suite_scratch_path("pack-attack.pack");
}

static void all_are_told(const verify_report *found, const char *path, size_t count)
{
    size_t told = 0;

    for (size_t i = 0; i < found->count; i++) {
        ck_assert_str_eq(found->list[i].error.text, PKR_ATTACK_TEXT);
        ck_assert_str_eq(found->list[i].error.file, path);
        ck_assert_uint_eq(found->list[i].dependents, 0);
        told++;
    }
    ck_assert_uint_eq(told, SIZES);
    ck_assert_uint_eq(found->summary.objects, count - SIZES);
    ck_assert_int_eq(found->status, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(found->done, found->total);
}

static const packread_options ways[] = {
    {0},
    {.memory_limit = LITTLE},
    {.flags = PACKREAD_WITHOUT_INDEX},
    {.flags = PACKREAD_WITHOUT_INDEX, .memory_limit = LITTLE},
};

START_TEST(verify_tells_each_once)
{
    size_t count;
    char *path = put_pack(&count);

    for (unsigned threads = 1; threads <= 3; threads++) {
        packread_snapshot *snapshot = open_marked(path, &ways[_i]);
        verify_report found = {0};

        verify_report_run(&found, snapshot, 0, threads);
        all_are_told(&found, path, count);
        verify_report_free(&found);
        packread_snapshot_free(snapshot);
    }
    free(path);
    free(marked);
}
END_TEST

static int take(void *context, const void *bytes, size_t size)
{
    (void)bytes;
    *(uint64_t *)context += size;
    return 0;
}

/* Read whole and streamed; `check`: else as any. */
static void refused(packread_reader *reader, const packread_id *id, bool check)
{
    packread_error error = {0};
    packread_object object;
    uint64_t taken = 0;
    const packread_sink sink = {.data = take, .context = &taken};
    int status = packread_reader_read(reader, id, &object, &error);

    ck_assert_int_eq(status, check ? PACKREAD_ERROR_CORRUPT : 0);
    if (check)
        ck_assert_str_eq(error.text, PKR_ATTACK_TEXT);
    status = packread_reader_stream(reader, id, &sink, &error);
    ck_assert_int_eq(status, check ? PACKREAD_ERROR_CORRUPT : 0);
    if (check) {
        ck_assert_str_eq(error.text, PKR_ATTACK_TEXT);
        ck_assert_uint_eq(taken, 0);
    }
}

START_TEST(a_read_gives_nothing_of_it)
{
    size_t count;
    char *path = put_pack(&count);

    for (int check = 0; check < 2; check++) {
        const packread_options options = {.flags = check ? 0 : PACKREAD_NO_CHECK};
        packread_snapshot *snapshot = open_marked(path, &options);
        packread_reader *reader = sample_reader(snapshot);

        for (size_t i = 0; i < SIZES; i++) {
            const packread_id id = id_of(sizes[i]);

            refused(reader, &id, check != 0);
        }
        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
    }
    free(path);
    free(marked);
}
END_TEST

START_TEST(nor_of_one_that_is_loose)
{
    char *objects = made_loose_repository("attack", 20);
    packread_snapshot *snapshot;
    packread_reader *reader;
    verify_report found = {0};

    make_marked();
    for (size_t i = 0; i < SIZES; i++)
        made_loose_put(objects, 20, PACKREAD_BLOB, marked, sizes[i], 1);
    made_loose_put(objects, 20, PACKREAD_BLOB, marked, 30, 1);
    snapshot = open_marked(objects, NULL);
    reader = sample_reader(snapshot);
    for (size_t i = 0; i < SIZES; i++) {
        const packread_id id = id_of(sizes[i]);

        refused(reader, &id, true);
    }
    verify_report_run_loose(&found, snapshot, 0, 2);
    ck_assert_uint_eq(found.count, SIZES);
    for (size_t i = 0; i < found.count; i++)
        ck_assert_str_eq(found.list[i].error.text, PKR_ATTACK_TEXT);
    ck_assert_uint_eq(found.summary.objects, 1);
    verify_report_free(&found);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(objects);
    free(marked);
}
END_TEST

/* What names nothing gets no row. */
START_TEST(an_index_has_no_row_of_it)
{
    const packread_options options = {.flags = PACKREAD_WITHOUT_INDEX};
    size_t count;
    char *path = put_pack(&count);
    packread_snapshot *snapshot = open_marked(path, &options);
    uint64_t bytes = 0;
    packread_index_options how = {
        .struct_size = sizeof how, .index = take, .context = &bytes, .salvage = true};
    packread_index_summary summary = {.struct_size = sizeof summary};
    packread_error error;

    ck_assert_int_eq(packread_index(snapshot, 0, &how, &summary, &error), PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(summary.objects, count - SIZES);
    ck_assert_uint_eq(summary.findings, SIZES);
    ck_assert_uint_eq(bytes, 8 + 1024 + (count - SIZES) * 28 + 40);
    packread_snapshot_free(snapshot);
    free(path);
    free(marked);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("verify_attack");
    TCase *tests = tcase_create("verify_attack");

    tcase_add_loop_test(tests, verify_tells_each_once, 0, sizeof ways / sizeof *ways);
    tcase_add_test(tests, a_read_gives_nothing_of_it);
    tcase_add_test(tests, nor_of_one_that_is_loose);
    tcase_add_test(tests, an_index_has_no_row_of_it);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
