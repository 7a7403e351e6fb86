/* test_open.c - packs by descriptor and over bytes: read as files are, nothing beyond them is
 * touched, and what is malformed is told by their names. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guard_pages.h"
#include "made_pack.h"
#include "samples.h"
#include "suite.h"

/* A file's bytes between unreadable pages. */
typedef struct held {
    struct guard guard;
    unsigned char *bytes;
    size_t size;
} held;

static held hold(const char *path)
{
    FILE *file = fopen(path, "rb");
    held made = {.size = 0};
    struct stat info;
    unsigned char *bytes;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fstat(fileno(file), &info), 0);
    made.size = (size_t)info.st_size;
    bytes = malloc(made.size + 1);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(fread(bytes, 1, made.size, file), made.size);
    ck_assert_int_eq(fclose(file), 0);
    guard_open(&made.guard, made.size + 4096);
    made.bytes = guard_at_end(&made.guard, bytes, made.size);
    free(bytes);
    return made;
}

static void drop(held *bytes)
{
    guard_close(&bytes->guard);
}

static char *path_of(const char *of, const char *name, const char *ending)
{
    char below[300];

    snprintf(below, sizeof below, "pack/pack-%s.%s", name, ending);
    return sample_path(sample_find(of), below);
}

static uint64_t census_of(packread_snapshot *snapshot)
{
    uint64_t census = sample_census(snapshot);

    packread_snapshot_free(snapshot);
    return census;
}

static packread_snapshot *over_bytes(const held *pack, const held *index,
                                     const packread_options *options)
{
    packread_snapshot *snapshot;
    packread_error error;

    sample_good(packread_snapshot_open_bytes(pack->bytes, pack->size, index ? index->bytes : NULL,
                                             index ? index->size : 0, options, &snapshot, &error),
                &error);
    return snapshot;
}

static packread_snapshot *by_descriptors(const char *pack, const char *index,
                                         const packread_options *options, int descriptors[2])
{
    packread_snapshot *snapshot;
    packread_error error;

    descriptors[0] = open(pack, O_RDONLY | O_CLOEXEC);
    descriptors[1] = index ? open(index, O_RDONLY | O_CLOEXEC) : -1;
    ck_assert_int_ge(descriptors[0], 0);
    sample_good(
        packread_snapshot_open_files(descriptors[0], descriptors[1], options, &snapshot, &error),
        &error);
    return snapshot;
}

static void close_both(const int descriptors[2])
{
    ck_assert_int_eq(close(descriptors[0]), 0); /* they are ours still */
    if (descriptors[1] >= 0)
        ck_assert_int_eq(close(descriptors[1]), 0);
}

/* Whichever way a pack comes, and whether its index is given or made, the answers are the same. */
START_TEST(every_way_gives_the_same_answers)
{
    static const packread_options ways[] = {
        {.io = PACKREAD_IO_AUTO},
        {.io = PACKREAD_IO_PREAD, .memory_limit = (uint64_t)64 << 20},
        {.flags = PACKREAD_GUARD, .window_size = 65536},
        {.manager = PACKREAD_STATIC},
    };
    static const char *const packs[] = {"types", "sizes"};
    char of[100];
    char *pack_path;
    char *index_path;
    held pack;
    held index;
    int descriptors[2];
    uint64_t expected;

    snprintf(of, sizeof of, "packs/%s", packs[_i]);
    pack_path = path_of(of, packs[_i], "pack");
    index_path = path_of(of, packs[_i], "idx");
    pack = hold(pack_path);
    index = hold(index_path);
    expected = census_of(sample_open(pack_path, NULL));
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        const packread_options *options = &ways[way];

        ck_assert_uint_eq(census_of(over_bytes(&pack, &index, options)), expected);
        ck_assert_uint_eq(census_of(over_bytes(&pack, NULL, options)), expected);
        ck_assert_uint_eq(census_of(by_descriptors(pack_path, index_path, options, descriptors)),
                          expected);
        close_both(descriptors);
        ck_assert_uint_eq(census_of(by_descriptors(pack_path, NULL, options, descriptors)),
                          expected);
        close_both(descriptors);
    }
    drop(&pack);
    drop(&index);
    free(pack_path);
    free(index_path);
}
END_TEST

static int count_finding(void *context, const packread_finding *finding)
{
    ck_assert(finding->error->text[0] != 0);
    ++*(unsigned *)context;
    return 0;
}

/* Ids of a size that was asked for are got, or nothing is: by whatever way a pack comes, with its
 * index and without. */
START_TEST(packs_with_ids_of_another_size_than_asked_for_are_refused)
{
    const char *of = _i ? "sha256/types" : "packs/types";
    const unsigned size = _i ? 32 : 20;
    const unsigned flags[] = {0, PACKREAD_INDEX_AS_IT_IS, PACKREAD_WITHOUT_INDEX};
    char *path = path_of(of, "types", "pack");
    char *index_path = path_of(of, "types", "idx");
    char *folder = sample_path(sample_find(of), NULL);
    held pack = hold(path);
    held index = hold(index_path);

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        packread_options options = {.flags = flags[i], .id_size = 52 - size};
        packread_snapshot *snapshot = NULL;
        packread_error error;

        ck_assert_int_eq(packread_snapshot_open(path, &options, &snapshot, &error),
                         PACKREAD_ERROR_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(error.text, _i ? "32 bytes" : "20 bytes"));
        ck_assert_int_eq(packread_snapshot_open_bytes(pack.bytes, pack.size, index.bytes,
                                                      index.size, &options, &snapshot, &error),
                         PACKREAD_ERROR_ARGUMENT);
        options.id_size = size;
        snapshot = sample_open(path, &options);
        packread_snapshot_free(snapshot);
        options.id_size = 0;
        snapshot = sample_open(path, &options);
        packread_snapshot_free(snapshot);
    }
    {
        const packread_options options = {.id_size = 52 - size};
        packread_snapshot *snapshot = NULL;
        packread_error error;

        ck_assert_int_eq(packread_snapshot_open_bytes(pack.bytes, pack.size, NULL, 0, &options,
                                                      &snapshot, &error),
                         PACKREAD_ERROR_ARGUMENT);
        snapshot = sample_open(folder, &options);
        ck_assert_uint_eq(packread_snapshot_packs(snapshot), 0);
        ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
        ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->code, PACKREAD_ERROR_ARGUMENT);
        packread_snapshot_free(snapshot);
    }
    drop(&pack);
    drop(&index);
    free(folder);
    free(path);
    free(index_path);
}
END_TEST

START_TEST(a_pack_in_memory_is_verified_and_indexed)
{
    char *pack_path = path_of("packs/sizes", "sizes", "pack");
    char *index_path = path_of("packs/sizes", "sizes", "idx");
    held pack = hold(pack_path);
    held index = hold(index_path);
    const packread_options alone = {.flags = PACKREAD_WITHOUT_INDEX};
    packread_snapshot *snapshots[3];
    packread_reader *reader = NULL;
    packread_error error;

    snapshots[0] = over_bytes(&pack, &index, NULL);
    snapshots[1] = over_bytes(&pack, NULL, NULL);
    snapshots[2] = over_bytes(&pack, &index, &alone);
    for (size_t i = 0; i < 3; i++) {
        unsigned findings = 0;
        const packread_verify_options options = {
            .finding = count_finding, .context = &findings, .threads = 2};

        sample_good(packread_verify(snapshots[i], 0, &options, NULL, &error), &error);
        ck_assert_uint_eq(findings, 0);
    }
    sample_good(packread_index(snapshots[2], 0, NULL, NULL, &error), &error);
    ck_assert_int_eq(packread_reader_new(snapshots[2], &reader, &error), PACKREAD_ERROR_NO_INDEX);
    for (size_t i = 0; i < 3; i++)
        packread_snapshot_free(snapshots[i]);
    drop(&pack);
    drop(&index);
    free(pack_path);
    free(index_path);
}
END_TEST

/* Whatever it is cut to, nothing behind the end is read, and what is opened answers. */
static void is_survived(const unsigned char *pack, size_t pack_size, const unsigned char *index,
                        size_t index_size)
{
    packread_snapshot *snapshot = NULL;
    packread_error error = {0};
    int status =
        packread_snapshot_open_bytes(pack, pack_size, index, index_size, NULL, &snapshot, &error);

    if (status != 0) {
        ck_assert_int_eq(error.code, status);
        ck_assert_ptr_nonnull(strstr(error.file, " in memory"));
        return;
    }
    sample_census(snapshot);
    packread_verify(snapshot, 0, NULL, NULL, NULL);
    packread_snapshot_free(snapshot);
}

START_TEST(bytes_cut_anywhere_are_survived)
{
    struct packwriter_pack made = {0};
    struct packwriter_bytes rows = {0};
    struct guard guard = {0};
    struct guard second = {0};

    made_pack_begin_tree(&made);
    packwriter_pack_finish(&made, NULL);
    packwriter_index_write_pack(&rows, &made, NULL);
    guard_open(&guard, rows.size + made.bytes.size + 4096);
    guard_open(&second, rows.size + made.bytes.size + 4096);
    for (size_t size = 0; size <= made.bytes.size; size++) {
        const unsigned char *pack = guard_at_end(&guard, made.bytes.data, size);

        is_survived(pack, size, guard_at_end(&second, rows.data, rows.size), rows.size);
        is_survived(pack, size, NULL, 0);
    }
    for (size_t size = 0; size < rows.size; size++)
        is_survived(guard_at_start(&guard, made.bytes.data, made.bytes.size), made.bytes.size,
                    guard_at_end(&second, rows.data, size), size);
    guard_close(&guard);
    guard_close(&second);
    packwriter_bytes_free(&rows);
    packwriter_pack_free(&made);
}
END_TEST

START_TEST(what_is_no_pack_is_told_by_its_name)
{
    static const unsigned char text[64] = "this is no pack, however it is looked at";
    packread_snapshot *snapshot = NULL;
    packread_error error;
    char name[40];
    char *path;
    int fd;

    ck_assert_int_eq(
        packread_snapshot_open_bytes(text, sizeof text, NULL, 0, NULL, &snapshot, &error),
        PACKREAD_ERROR_NOT_A_PACK);
    ck_assert_str_eq(error.file, "pack in memory");
    ck_assert_int_eq(packread_snapshot_open_bytes(text, 0, NULL, 0, NULL, &snapshot, &error),
                     PACKREAD_ERROR_NOT_A_PACK);
    ck_assert_int_eq(packread_snapshot_open_bytes(NULL, 0, NULL, 0, NULL, &snapshot, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_snapshot_open_bytes(text, 9, NULL, 0, NULL, NULL, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_snapshot_open_files(-1, -1, NULL, &snapshot, &error),
                     PACKREAD_ERROR_ARGUMENT);
    path = suite_scratch_path("text");
    suite_write_file(path, text, sizeof text);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    snprintf(name, sizeof name, "descriptor %d", fd);
    ck_assert_int_eq(packread_snapshot_open_files(fd, -1, NULL, &snapshot, &error),
                     PACKREAD_ERROR_NOT_A_PACK);
    ck_assert_str_eq(error.file, name);
    ck_assert_int_eq(close(fd), 0);
    ck_assert_int_ne(packread_snapshot_open_files(fd, -1, NULL, &snapshot, &error), 0);
    ck_assert_str_eq(error.file, name);
    fd = open(suite_scratch(), O_RDONLY | O_CLOEXEC);
    ck_assert_int_eq(packread_snapshot_open_files(fd, -1, NULL, &snapshot, &error),
                     PACKREAD_ERROR_NOT_REGULAR);
    ck_assert_int_eq(close(fd), 0);
    free(path);
}
END_TEST

static void has_all_of_types(packread_snapshot *snapshot)
{
    packread_reader *reader = sample_reader(snapshot);
    packread_object object;
    packread_error error;
    sample_truth truth;

    sample_truth_load(sample_find("packs/types"), &truth);
    for (size_t i = 0; i < truth.count; i++)
        sample_good(packread_reader_read(reader, &truth.objects[i].id, &object, &error), &error);
    sample_truth_free(&truth);
    packread_reader_free(reader);
}

/* Told as of a file; where it is left as it is, the pack is refused. */
START_TEST(an_index_of_no_use_is_made_anew)
{
    static const unsigned char text[64] = "this is no index";
    const packread_options as_it_is = {.flags = PACKREAD_INDEX_AS_IT_IS};
    char *path = path_of("packs/types", "types", "pack");
    char *other_path = path_of("packs/sizes", "sizes", "idx");
    held pack = hold(path);
    held other = hold(other_path);
    const held useless = {.bytes = (unsigned char *)(uintptr_t)text, .size = sizeof text};
    packread_pack_info info = {.struct_size = sizeof info};
    packread_snapshot *snapshot = over_bytes(&pack, &useless, NULL);
    packread_snapshot *none = NULL;
    packread_error error;
    uint64_t census;

    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_str_eq(packread_snapshot_problem(snapshot, 0)->file, "index in memory");
    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
    ck_assert_str_eq(info.path, "pack in memory");
    ck_assert_str_eq(info.index_path, "index in memory");
    ck_assert_uint_eq(info.index_version, 0);
    has_all_of_types(snapshot);
    census = census_of(snapshot);
    ck_assert_uint_eq(census_of(over_bytes(&pack, &other, NULL)), census);
    ck_assert_int_eq(packread_snapshot_open_bytes(pack.bytes, pack.size, text, sizeof text,
                                                  &as_it_is, &none, &error),
                     PACKREAD_ERROR_NOT_AN_INDEX);
    ck_assert_int_eq(
        packread_snapshot_open_bytes(pack.bytes, pack.size, NULL, 0, &as_it_is, &none, &error),
        PACKREAD_ERROR_NO_INDEX);
    drop(&pack);
    drop(&other);
    free(path);
    free(other_path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("open");
    TCase *tests = tcase_create("given");

    tcase_add_loop_test(tests, every_way_gives_the_same_answers, 0, 2);
    tcase_add_loop_test(tests, packs_with_ids_of_another_size_than_asked_for_are_refused, 0, 2);
    tcase_add_test(tests, a_pack_in_memory_is_verified_and_indexed);
    tcase_add_test(tests, bytes_cut_anywhere_are_survived);
    tcase_add_test(tests, what_is_no_pack_is_told_by_its_name);
    tcase_add_test(tests, an_index_of_no_use_is_made_anew);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
