/* test_changing_ways.c - each way in which a pack or its index can change under a living reader,
 * with each way of reading: right answers or errors that say why, and all of them where the bytes
 * are still to be had. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "samples.h"
#include "suite.h"

enum change { CUT_TO_HALF, CUT_TO_NOTHING, GROWN, OVERWRITTEN, REPLACED, UNLINKED, EQUAL, CHANGES };

/* A copy of repos/small: an index of several pages. */
typedef struct victim {
    char *files[2]; /* the pack and its index */
    enum change change;
    bool index_changes;
    packread_snapshot *snapshot;
    packread_reader *reader;
    bool has_copies;
    bool has_changed;
    size_t answers;
    size_t questions;
} victim;

/* What is true of the repository, and its files: read once. */
static sample_truth truth;
static struct {
    unsigned char bytes[1 << 17];
    size_t size;
} good[2];

static void load(size_t number, const char *pattern)
{
    char *path = sample_path(sample_find("repos/small"), pattern);
    char command[8192];
    FILE *file;

    snprintf(command, sizeof command, "cat %s", path);
    file = popen(command, "r");
    ck_assert_ptr_nonnull(file);
    good[number].size = fread(good[number].bytes, 1, sizeof good[number].bytes, file);
    ck_assert_int_eq(pclose(file), 0);
    ck_assert(good[number].size > 4096 && good[number].size < sizeof good[number].bytes);
    free(path);
}

static void set_up(void)
{
    sample_truth_load(sample_find("repos/small"), &truth);
    load(0, "objects/pack/*.pack");
    load(1, "objects/pack/*.idx");
}

static void tear_down(void)
{
    sample_truth_free(&truth);
}

static victim make_victim(int number)
{
    static const enum packread_io ios[] = {PACKREAD_IO_AUTO, PACKREAD_IO_MMAP, PACKREAD_IO_PREAD};
    static const uint64_t windows[] = {1, 16 << 20};
    const packread_options options = {.io = ios[number % 3],
                                      .window_size = windows[number / 3 % 2],
                                      .memory_limit = 32 << 20,
                                      .flags = PACKREAD_GUARD};
    victim made = {.files = {suite_scratch_path("a.pack"), suite_scratch_path("a.idx")},
                   .has_copies = number % 3 == 2,
                   .index_changes = number / 6 % 2,
                   .change = (enum change)(number / 12)};

    for (int i = 0; i < 2; i++)
        suite_write_file(made.files[i], good[i].bytes, good[i].size);
    made.snapshot = sample_open(made.files[0], &options);
    made.reader = sample_reader(made.snapshot);
    return made;
}
#define VICTIMS (12 * CHANGES)

static void free_victim(victim *of)
{
    packread_reader_free(of->reader);
    packread_snapshot_free(of->snapshot);
    free(of->files[0]);
    free(of->files[1]);
}

static void write_to(const char *path, uint64_t from, size_t size)
{
    int file = open(path, O_WRONLY);

    ck_assert_int_ge(file, 0);
    for (size_t i = 0; i < size; i++)
        ck_assert_int_eq(pwrite(file, "x", 1, (off_t)(from + i)), 1);
    close(file);
}

static void replace(const char *path, int number)
{
    char *fresh = suite_scratch_path("fresh");

    suite_write_file(fresh, good[number].bytes, good[number].size);
    ck_assert_int_eq(rename(fresh, path), 0);
    free(fresh);
}

static void change(victim *of)
{
    const char *path = of->files[of->index_changes];
    const size_t size = good[of->index_changes].size;

    of->has_changed = true;
    switch (of->change) {
    case CUT_TO_HALF:
        ck_assert_int_eq(truncate(path, (off_t)(size / 2)), 0);
        break;
    case CUT_TO_NOTHING:
        ck_assert_int_eq(truncate(path, 0), 0);
        break;
    case GROWN:
        write_to(path, size, 100);
        break;
    case OVERWRITTEN:
        write_to(path, size / 3, size / 3);
        break;
    case REPLACED: /* by the other of the two */
        replace(path, !of->index_changes);
        break;
    case UNLINKED:
        ck_assert_int_eq(unlink(path), 0);
        break;
    default:
        replace(path, of->index_changes);
        break;
    }
}

/* What is open stays what it was. */
static bool is_harmless(const victim *of)
{
    return !of->has_changed || of->change == REPLACED || of->change == UNLINKED ||
           of->change == EQUAL;
}

/* A question that was answered, or not, and then why. */
static void note(victim *of, int status, const packread_error *error)
{
    bool is_typed = status == PACKREAD_ERROR_CHANGED || status == PACKREAD_ERROR_CORRUPT ||
                    status == PACKREAD_ERROR_THIN || status == PACKREAD_ERROR_SYSTEM;

    /* Of an id that is written over nothing is left. */
    if (status == PACKREAD_ERROR_NOT_FOUND || status == PACKREAD_ERROR_DOUBTFUL ||
        status == PACKREAD_ERROR_AMBIGUOUS)
        is_typed = of->change == OVERWRITTEN && of->index_changes;
    of->questions++;
    of->answers += status == 0;
    if (status != 0)
        ck_assert_msg(is_typed && error->code == status && error->text[0] && error->file[0],
                      "%d: %s: %s", status, error->file, error->text);
}

/* ---- Ways of reading ------------------------------------------------------------------------- */

static void read_all(victim *of)
{
    for (size_t i = 0; i < truth.count; i++) {
        const sample_object *expected = &truth.objects[i];
        packread_object object;
        packread_error error = {0};
        int status = packread_reader_read(of->reader, &expected->id, &object, &error);

        note(of, status, &error);
        if (status == 0)
            ck_assert(object.size == expected->size &&
                      sample_hashes_to(&expected->id, object.type, object.data, object.size));
    }
}

static unsigned char received[1 << 20];
static size_t received_size;

static int begin(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    const sample_object *expected = context;

    received_size = 0;
    ck_assert_int_eq(packread_id_compare(id, &expected->id), 0);
    return type != expected->type || size != expected->size || size > sizeof received;
}

static int take(void *context, const void *bytes, size_t size)
{
    (void)context;
    ck_assert_uint_le(size, sizeof received - received_size);
    memcpy(received + received_size, bytes, size);
    received_size += size;
    return 0;
}

static void stream_all(victim *of)
{
    for (size_t i = 0; i < truth.count; i++) {
        sample_object *expected = &truth.objects[i];
        packread_sink sink = {.begin = begin, .data = take, .context = expected};
        packread_error error = {0};
        int status = packread_reader_stream(of->reader, &expected->id, &sink, &error);

        ck_assert_int_ne(status, PACKREAD_ERROR_STOPPED);
        note(of, status, &error);
        if (status == 0)
            ck_assert(received_size == expected->size &&
                      sample_hashes_to(&expected->id, expected->type, received, received_size));
    }
}

static int visit(void *context, const packread_info *info, const packread_error *error)
{
    victim *of = context;
    const sample_object *expected = sample_truth_find(&truth, &info->id);

    note(of, error ? error->code : 0, error);
    /* No id tells of a header or a row that is written over. */
    if (of->change != OVERWRITTEN)
        ck_assert(expected &&
                  (error || (info->type == expected->type && info->size == expected->size)));
    return 0;
}

static void list(victim *of, enum packread_order order)
{
    packread_list_options options = {.order = order,
                                     .want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE};
    size_t before = of->questions;
    packread_error error = {0};
    int status = packread_reader_list(of->reader, &options, visit, of, &error);

    if (status != 0)
        note(of, status, &error);
    else
        ck_assert_uint_eq(of->questions - before, truth.count);
}

static void list_by_id(victim *of)
{
    list(of, PACKREAD_BY_ID);
}

static void list_by_offset(victim *of)
{
    list(of, PACKREAD_BY_OFFSET);
}

static void find_prefixes(victim *of)
{
    for (size_t i = 0; i < truth.count; i++) {
        const packread_id *id = &truth.objects[i].id;
        char hex[PACKREAD_HEX_MAX + 1];
        packread_error error = {0};
        packread_id found;
        int status;

        packread_id_format(id, hex);
        status = packread_reader_find_prefix(of->reader, hex, 12, &found, &error);
        note(of, status, &error);
        if (status == 0)
            ck_assert_int_eq(packread_id_compare(&found, id), 0);
    }
}

static void verify(victim *of)
{
    packread_verify_options options = {.threads = 2};
    packread_error error = {0};
    int status = packread_verify(of->snapshot, 0, &options, NULL, &error);

    /* Copies that were made before are not written over. */
    if (!is_harmless(of) && !(of->change == OVERWRITTEN && of->has_copies))
        ck_assert_int_ne(status, 0);
    note(of, status, &error);
}

static void (*const ways[])(victim *) = {read_all,       stream_all,    list_by_id,
                                         list_by_offset, find_prefixes, verify};
#define WAYS (sizeof ways / sizeof *ways)

START_TEST(answers_are_right_or_say_why_and_all_come_where_nothing_is_lost)
{

    for (size_t way = 0; way < WAYS; way++) {
        victim of = make_victim(_i);

        change(&of);
        ways[way](&of);
        ck_assert_uint_gt(of.questions, 0);
        if (is_harmless(&of))
            ck_assert_uint_eq(of.answers, of.questions);
        free_victim(&of);
    }
}
END_TEST

/* The same where all was read before. */
START_TEST(what_was_read_before_makes_no_difference)
{
    victim of = make_victim(_i);

    for (size_t way = 0; way < WAYS; way++)
        ways[way](&of);
    ck_assert_uint_eq(of.answers, of.questions);
    change(&of);
    for (size_t way = 0; way < WAYS; way++)
        ways[way](&of);
    if (is_harmless(&of))
        ck_assert_uint_eq(of.answers, of.questions);
    free_victim(&of);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("ways to change");
    TCase *cases = tcase_create("changing");

    tcase_add_unchecked_fixture(cases, set_up, tear_down);
    tcase_add_loop_test(cases, answers_are_right_or_say_why_and_all_come_where_nothing_is_lost, 0,
                        VICTIMS);
    tcase_add_loop_test(cases, what_was_read_before_makes_no_difference, 0, VICTIMS);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
