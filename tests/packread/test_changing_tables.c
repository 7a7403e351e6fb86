/* test_changing_tables.c - a file is cut while something is made of it that answers later questions
 * too: what was not the file's is not remembered. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "samples.h"
#include "suite.h"

/* A copy of a repository's only pack, of which one file is cut and made whole again. */
typedef struct victim {
    char *pack;
    char *index;
    int file; /* the one that changes */
    size_t size;
    unsigned char *bytes;
    sample_truth truth;
} victim;

static void copy_file(const char *folder, const char *ending, const char *to)
{
    char command[8192];

    snprintf(command, sizeof command, "cp '%s'/*.%s '%s' && chmod u+w '%s'", folder, ending, to,
             to);
    ck_assert_msg(system(command) == 0, "%s", command);
}

static victim make_victim(const char *where, bool index_changes)
{
    const sample *of = sample_find(where);
    char *folder = sample_path(of, "objects/pack");
    victim made = {.pack = suite_scratch_path("pack-victim.pack"),
                   .index = suite_scratch_path("pack-victim.idx")};
    struct stat status;

    copy_file(folder, "pack", made.pack);
    copy_file(folder, "idx", made.index);
    free(folder);
    sample_truth_load(of, &made.truth);
    made.file = open(index_changes ? made.index : made.pack, O_RDWR);
    ck_assert_int_ge(made.file, 0);
    ck_assert_int_eq(fstat(made.file, &status), 0);
    made.size = (size_t)status.st_size;
    made.bytes = malloc(made.size);
    ck_assert_ptr_nonnull(made.bytes);
    ck_assert_int_eq(pread(made.file, made.bytes, made.size, 0), (ssize_t)made.size);
    return made;
}

static void cut(const victim *of, uint64_t size)
{
    ck_assert_int_eq(ftruncate(of->file, (off_t)size), 0);
}

static void make_whole(const victim *of)
{
    ck_assert_int_eq(pwrite(of->file, of->bytes, of->size, 0), (ssize_t)of->size);
}

static void free_victim(victim *of)
{
    close(of->file);
    free(of->bytes);
    free(of->pack);
    free(of->index);
    sample_truth_free(&of->truth);
}

/* Windows that hold a whole file, so that it is the pages of one that are gone. */
static packread_snapshot *open_way(const char *pack, int way)
{
    static const enum packread_io ways[] = {PACKREAD_IO_AUTO, PACKREAD_IO_MMAP, PACKREAD_IO_PREAD};
    const packread_options options = {.io = ways[way],
                                      .window_size = 16 << 20,
                                      .memory_limit = 256 << 20,
                                      .flags = PACKREAD_GUARD};

    return sample_open(pack, &options);
}

static size_t digits_in_common(const packread_id *one, const packread_id *other)
{
    char left[PACKREAD_HEX_MAX + 1];
    char right[PACKREAD_HEX_MAX + 1];
    size_t count = 0;

    packread_id_format(one, left);
    packread_id_format(other, right);
    while (left[count] && left[count] == right[count])
        count++;
    return count;
}

/* By as many digits as no other id has, and by one less. */
static void check_prefixes(packread_reader *reader, const sample_truth *truth)
{
    for (size_t i = 1; i + 1 < truth->count; i++) {
        const packread_id *id = &truth->objects[i].id;
        size_t below = digits_in_common(id, &truth->objects[i - 1].id);
        size_t above = digits_in_common(id, &truth->objects[i + 1].id);
        size_t shared = below > above ? below : above;
        char hex[PACKREAD_HEX_MAX + 1];
        packread_error error = {0};
        packread_id found;

        packread_id_format(id, hex);
        if (shared >= PACKREAD_PREFIX_MIN &&
            packread_reader_find_prefix(reader, hex, shared, &found, &error) !=
                PACKREAD_ERROR_AMBIGUOUS)
            ck_abort_msg("%.*s is not unique", (int)shared, hex);
        if (shared < PACKREAD_PREFIX_MIN)
            shared = PACKREAD_PREFIX_MIN - 1;
        sample_good(packread_reader_find_prefix(reader, hex, shared + 1, &found, &error), &error);
        ck_assert_int_eq(packread_id_compare(&found, id), 0);
    }
}

/* Of an id that is not there, and of ids that are: what is answered is true, or an error that says
 * that the file changed. */
static void find_in_cut(packread_reader *reader, const sample_truth *truth,
                        const packread_id *nowhere)
{
    packread_location location;
    packread_error error = {0};
    int status = packread_reader_find(reader, nowhere, &location, &error);

    ck_assert(status == PACKREAD_ERROR_NOT_FOUND || status == PACKREAD_ERROR_CHANGED);
    for (size_t i = 0; i < truth->count; i++) {
        status = packread_reader_find(reader, &truth->objects[i].id, &location, &error);
        if (status != 0 && status != PACKREAD_ERROR_CHANGED)
            ck_abort_msg("%d: %s", status, error.text);
    }
}

/* Ids that no search finds have the rows beside their places looked at, to see whether they are in
 * order. Every cut is in the middle of a page, where zeros follow without a fault, or between two.
 */
START_TEST(an_index_that_was_cut_for_a_while_is_not_out_of_order)
{
    victim of = make_victim("repos/deltas", true);
    packread_snapshot *snapshot = open_way(of.pack, _i % 3);
    packread_reader *reader = sample_reader(snapshot);
    packread_id nowhere = sample_id("00ffffffffffffffffffffffffffffffffffffff");
    packread_location location;
    packread_error error = {0};

    sample_good(packread_reader_find(reader, &of.truth.objects[0].id, &location, &error), &error);
    for (int part = 1; part < 8; part++) {
        cut(&of, _i / 3 ? of.size * (size_t)part / 8 : of.size * (size_t)part / 8 / 4096 * 4096);
        nowhere.bytes[0] = (unsigned char)(part * 29);
        find_in_cut(reader, &of.truth, &nowhere);
        make_whole(&of);
    }
    check_prefixes(reader, &of.truth);
    ck_assert_int_eq(packread_reader_find(reader, &nowhere, &location, &error),
                     PACKREAD_ERROR_NOT_FOUND);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free_victim(&of);
}
END_TEST

static int check_facts(void *context, const packread_info *info, const packread_error *error)
{
    const sample_object *expected = sample_truth_find(context, &info->id);

    if (!expected)
        ck_abort_msg("an id that was never there");
    if (!error && (info->type != expected->type || info->size != expected->size))
        ck_abort_msg("%llu bytes of type %d, not %llu of type %d", (unsigned long long)info->size,
                     (int)info->type, (unsigned long long)expected->size, (int)expected->type);
    return 0;
}

typedef struct offsets {
    uint64_t list[1000];
    size_t count;
} offsets;

static int take_offset(void *context, const packread_info *info, const packread_error *error)
{
    offsets *all = context;

    ck_assert(!error && all->count < sizeof all->list / sizeof *all->list);
    all->list[all->count++] = info->location.offset;
    return 0;
}

/* After the first byte of a header of several: the zero that follows would be its end. */
START_TEST(a_header_that_is_cut_gives_no_size)
{
    victim of = make_victim("repos/small", false);
    packread_list_options options = {.order = (enum packread_order)(_i / 3),
                                     .want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE};
    packread_snapshot *snapshot = open_way(of.pack, _i % 3);
    packread_reader *reader = sample_reader(snapshot);
    packread_error error = {0};
    offsets all = {.count = 0};

    sample_good(packread_reader_list(reader, &options, take_offset, &all, &error), &error);
    for (size_t i = 0; i < all.count; i += 5) {
        if (of.bytes[all.list[i]] < 0x80)
            continue;
        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
        snapshot = open_way(of.pack, _i % 3);
        reader = sample_reader(snapshot);
        cut(&of, all.list[i] + 1);
        (void)packread_reader_list(reader, &options, check_facts, &of.truth, &error);
        make_whole(&of);
    }
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free_victim(&of);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("tables of what changes");
    TCase *cases = tcase_create("changing");

    tcase_add_loop_test(cases, an_index_that_was_cut_for_a_while_is_not_out_of_order, 0, 6);
    tcase_add_loop_test(cases, a_header_that_is_cut_gives_no_size, 0, 6);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
