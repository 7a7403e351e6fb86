/* test_bundle_head.c - packs inside bundles: objects are served as from the pack alone, whatever
 * stands in the header and wherever windows cut it, and no damage gives wrong bytes. */
#include "pack/bundle_head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "samples.h"
#include "store/snapshot.h"
#include "suite.h"

#define ID "0123456789abcdef0123456789abcdef01234567"
#define OTHER "89abcdef0123456789abcdef0123456789abcdef"

static struct packwriter_pack pack;
static struct packwriter_bytes bundle;

static void begin(void)
{
    memset(&pack, 0, sizeof pack);
    memset(&bundle, 0, sizeof bundle);
    made_pack_begin_tree(&pack);
    packwriter_pack_recount(&pack);
    packwriter_pack_finish(&pack, NULL);
}

static void end(void)
{
    packwriter_bytes_free(&bundle);
    packwriter_pack_free(&pack);
}

static void add_pack(void)
{
    packwriter_bytes_add(&bundle, pack.bytes.data, pack.bytes.size);
}

static void make_small(void)
{
    packwriter_bytes_add_text(&bundle,
                              "# v3 git bundle\n@object-format=sha1\n@filter=blob:none\n"
                              "-" ID " a subject\n" OTHER " refs/heads/main\n" ID " HEAD\n\n");
    add_pack();
}

/* How many of the objects are read; each of these is right. */
static size_t count_read(packread_snapshot *snapshot)
{
    packread_reader *reader = sample_reader(snapshot);
    size_t count = 0;

    for (size_t i = 0; i < pack.entry_count; i++) {
        const packread_id id = made_pack_id(&pack, i);
        packread_object object;

        if (packread_reader_read(reader, &id, &object, NULL) != 0)
            continue;
        ck_assert_uint_eq(object.size, strlen(made_lines[i]));
        ck_assert_int_eq(memcmp(object.data, made_lines[i], object.size), 0);
        count++;
    }
    packread_reader_free(reader);
    return count;
}

static packread_snapshot *open_bytes(size_t size, unsigned flags, packread_error *error)
{
    const packread_options options = {.struct_size = sizeof options, .flags = flags};
    packread_snapshot *snapshot = NULL;
    int status =
        packread_snapshot_open_bytes(bundle.data, size, NULL, 0, &options, &snapshot, error);

    ck_assert((status == 0) == (snapshot != NULL));
    return snapshot;
}

/* Through files and windows, too. */
static packread_snapshot *open_file(const char *name, const packread_options *options)
{
    char *path = suite_scratch_path(name);
    packread_snapshot *snapshot;

    ck_assert_int_eq(packwriter_bytes_save(&bundle, path), 0);
    snapshot = sample_open(path, options);
    free(path);
    return snapshot;
}

START_TEST(objects_of_a_bundle_are_served)
{
    const packread_options some[] = {
        {.struct_size = sizeof some[0]},
        {.struct_size = sizeof some[0], .io = PACKREAD_IO_PREAD, .window_size = 4096},
        {.struct_size = sizeof some[0], .manager = PACKREAD_STATIC},
    };
    packread_snapshot *snapshot;

    make_small();
    snapshot = open_bytes(bundle.size, 0, NULL);
    ck_assert_uint_eq(count_read(snapshot), MADE_TREE);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    packread_snapshot_free(snapshot);
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        packread_pack_info info = {.struct_size = sizeof info};

        snapshot = open_file(i == 0 ? "a.pack" : "a.bundle", &some[i]);
        ck_assert_uint_eq(count_read(snapshot), MADE_TREE);
        ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
        ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
        ck_assert_uint_eq(info.size, pack.bytes.size);
        packread_snapshot_free(snapshot);
    }
}
END_TEST

struct seen {
    size_t required;
    size_t refs;
    char names[400];
};

static int note_line(void *context, const pkr_bundle_line *line)
{
    struct seen *seen = context;

    seen->required += line->kind == PKR_BUNDLE_PREREQUISITE;
    if (line->kind != PKR_BUNDLE_REF)
        return 0;
    if (seen->refs++ < 2)
        snprintf(seen->names + strlen(seen->names), sizeof seen->names - strlen(seen->names),
                 "%.*s ", (int)line->name_length, line->name);
    return 0;
}

START_TEST(the_header_can_be_read_again)
{
    packread_snapshot *snapshots[2];

    make_small();
    snapshots[0] = open_bytes(bundle.size, 0, NULL);
    snapshots[1] = open_file("b.bundle", NULL);
    for (size_t i = 0; i < 2; i++) {
        const pkr_pack *opened = pkr_packs_get(&snapshots[i]->packs, 0);
        struct seen seen = {0};
        pkr_fault fault;

        ck_assert_uint_eq(opened->bundle.version, 3);
        ck_assert(opened->bundle.is_filtered);
        ck_assert_uint_eq(opened->bundle.required, 1);
        ck_assert_uint_eq(opened->bundle.refs, 2);
        ck_assert_int_eq(
            pkr_bundle_head_each(opened, &snapshots[i]->budget, note_line, &seen, &fault), 0);
        ck_assert_uint_eq(seen.required, 1);
        ck_assert_uint_eq(seen.refs, 2);
        ck_assert_str_eq(seen.names, "refs/heads/main HEAD ");
        packread_snapshot_free(snapshots[i]);
    }
}
END_TEST

/* Longer than windows, with lines longer than those. */
START_TEST(a_header_may_be_of_any_length)
{
    const packread_options small = {.struct_size = sizeof small,
                                    .memory_limit = (uint64_t)4 << 20,
                                    .window_size = 4096,
                                    .io = PACKREAD_IO_PREAD};
    packread_snapshot *snapshot;
    struct seen seen = {0};
    pkr_fault fault;

    packwriter_bytes_add_text(&bundle, "# v2 git bundle\n-" ID " ");
    packwriter_bytes_add_repeated(&bundle, 'x', 100000);
    packwriter_bytes_add_text(&bundle, "\n");
    for (unsigned i = 0; i < 5000; i++) {
        char line[100];

        snprintf(line, sizeof line, ID " refs/heads/number-%u\n", i);
        packwriter_bytes_add_text(&bundle, line);
    }
    packwriter_bytes_add_text(&bundle, "\n");
    add_pack();
    snapshot = open_file("long.bundle", &small);
    ck_assert_uint_eq(count_read(snapshot), MADE_TREE);
    ck_assert_int_eq(pkr_bundle_head_each(pkr_packs_get(&snapshot->packs, 0), &snapshot->budget,
                                          note_line, &seen, &fault),
                     0);
    ck_assert_uint_eq(seen.refs, 5000);
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(a_line_without_end_is_refused)
{
    packread_error error;

    packwriter_bytes_add_text(&bundle, "# v2 git bundle\n-" ID " ");
    packwriter_bytes_add_repeated(&bundle, 'x', PKR_BUNDLE_LINE_MOST);
    packwriter_bytes_add_text(&bundle, "\n\n");
    add_pack();
    ck_assert_ptr_null(open_bytes(bundle.size, 0, &error));
    ck_assert_int_eq(error.code, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(error.offset, 16);
}
END_TEST

START_TEST(a_capability_that_is_not_known_is_refused_by_name)
{
    packread_error error;

    packwriter_bytes_add_text(&bundle, "# v3 git bundle\n@colour=blue\n\n");
    add_pack();
    ck_assert_ptr_null(open_bytes(bundle.size, 0, &error));
    ck_assert_int_eq(error.code, PACKREAD_ERROR_UNSUPPORTED);
    ck_assert_uint_eq(error.offset, 16);
}
END_TEST

/* git refuses it; what it holds is served, and the line is told. */
START_TEST(a_malformed_line_costs_no_object)
{
    packread_snapshot *snapshot;
    const packread_error *problem;

    packwriter_bytes_add_text(&bundle, "# v2 git bundle\nnonsense\n" ID " HEAD\n\n");
    add_pack();
    snapshot = open_bytes(bundle.size, 0, NULL);
    ck_assert_uint_eq(count_read(snapshot), MADE_TREE);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    problem = packread_snapshot_problem(snapshot, 0);
    ck_assert_int_eq(problem->code, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(problem->offset, 16);
    packread_snapshot_free(snapshot);
}
END_TEST

/* Whether verification finds the bundle right. */
static bool is_found_right(size_t size)
{
    packread_snapshot *snapshot = open_bytes(size, PACKREAD_WITHOUT_INDEX, NULL);
    packread_verify_options options = {.struct_size = sizeof options, .threads = 1};
    bool is_right = snapshot != NULL && packread_verify(snapshot, 0, &options, NULL, NULL) == 0;

    packread_snapshot_free(snapshot);
    return is_right;
}

START_TEST(no_changed_byte_gives_wrong_objects)
{
    static const unsigned char changes[] = {0x01, 0x20, 0xff};
    size_t whole = 0;
    size_t head;

    make_small();
    head = bundle.size - pack.bytes.size;
    ck_assert(is_found_right(bundle.size));
    for (size_t at = 0; at < bundle.size; at++) {
        for (size_t i = 0; i < sizeof changes; i++) {
            packread_snapshot *snapshot;
            size_t count = 0;

            bundle.data[at] ^= changes[i];
            snapshot = open_bytes(bundle.size, 0, NULL);
            if (snapshot)
                count = count_read(snapshot);
            whole += count == MADE_TREE && at < head;
            /* Behind the header one entry is damaged, and what hangs on it: or the pack's ends. */
            if (at >= head + PKR_PACK_HEADER && snapshot == NULL)
                ck_abort_msg("byte %zu changed by %u: not opened", at, changes[i]);
            if (at >= head && is_found_right(bundle.size))
                ck_abort_msg("byte %zu changed by %u: found right", at, changes[i]);
            packread_snapshot_free(snapshot);
            bundle.data[at] ^= changes[i];
        }
    }
    /* A line that is malformed is passed over; the signature, the newlines and the capabilities are
     * all that cannot be missed. */
    ck_assert_uint_gt(whole, 2 * (head - 70));
}
END_TEST

START_TEST(no_cut_gives_wrong_objects)
{
    make_small();
    for (size_t size = 0; size < bundle.size; size++) {
        /* On the heap, so that a byte too far is found. */
        unsigned char *all = bundle.data;
        packread_snapshot *snapshot;

        bundle.data = malloc(size + 1);
        memcpy(bundle.data, all, size);
        snapshot = open_bytes(size, 0, NULL);
        if (snapshot)
            count_read(snapshot);
        packread_snapshot_free(snapshot);
        ck_assert(!is_found_right(size));
        free(bundle.data);
        bundle.data = all;
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("bundle_head");
    TCase *cases = tcase_create("bundles");

    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_test(cases, objects_of_a_bundle_are_served);
    tcase_add_test(cases, the_header_can_be_read_again);
    tcase_add_test(cases, a_header_may_be_of_any_length);
    tcase_add_test(cases, a_line_without_end_is_refused);
    tcase_add_test(cases, a_capability_that_is_not_known_is_refused_by_name);
    tcase_add_test(cases, a_malformed_line_costs_no_object);
    tcase_add_test(cases, no_changed_byte_gives_wrong_objects);
    tcase_add_test(cases, no_cut_gives_wrong_objects);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
