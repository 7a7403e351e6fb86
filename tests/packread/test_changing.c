/* test_changing.c - files that change under a living reader: right bytes or an error, never others,
 * never a signal. What was only unlinked, or replaced by name, is read on. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "samples.h"
#include "suite.h"

typedef struct victim {
    char *pack;
    char *index;
    packread_snapshot *snapshot;
    packread_reader *reader;
    sample_truth truth;
} victim;

static void copy_file(const char *from, const char *to)
{
    char command[8192];

    snprintf(command, sizeof command, "cp '%s' '%s' && chmod u+w '%s'", from, to, to);
    ck_assert_msg(system(command) == 0, "%s", command);
}

/* A copy of packs/sizes. With small windows most of it is not in memory, with large ones all is
 * once it was read. */
static victim open_with(enum packread_io io, uint64_t window_size, unsigned flags)
{
    const sample *of = sample_find("packs/sizes");
    char *pack = sample_path(of, "pack/pack-sizes.pack");
    char *index = sample_path(of, "pack/pack-sizes.idx");
    packread_options options = {.window_size = window_size,
                                .memory_limit = 32 << 20,
                                .io = io,
                                .flags = PACKREAD_GUARD | flags};
    victim made = {suite_scratch_path("pack-victim.pack"),
                   suite_scratch_path("pack-victim.idx"),
                   NULL,
                   NULL,
                   {NULL, 0}};

    copy_file(pack, made.pack);
    copy_file(index, made.index);
    sample_truth_load(of, &made.truth);
    made.snapshot = sample_open(made.pack, &options);
    made.reader = sample_reader(made.snapshot);
    free(pack);
    free(index);
    return made;
}

static victim open_victim(enum packread_io io)
{
    return open_with(io, 1, 0);
}

static void close_victim(victim *of)
{
    packread_reader_free(of->reader);
    packread_snapshot_free(of->snapshot);
    sample_truth_free(&of->truth);
    free(of->pack);
    free(of->index);
}

/* How many objects are read; each that is not has to say why. */
static size_t count_readable(const victim *of)
{
    size_t readable = 0;

    for (size_t i = 0; i < of->truth.count; i++) {
        const sample_object *expected = &of->truth.objects[i];
        packread_object object;
        packread_error error;
        int status;

        memset(&error, 0, sizeof error);
        status = packread_reader_read(of->reader, &expected->id, &object, &error);
        if (status == 0) {
            if (object.size != expected->size ||
                !sample_hashes_to(&expected->id, object.type, object.data, object.size))
                ck_abort_msg("the bytes do not give the id");
            readable++;
        } else if (error.code != status || !error.text[0] || !error.file[0] ||
                   (status != PACKREAD_ERROR_CHANGED && status != PACKREAD_ERROR_CORRUPT &&
                    status != PACKREAD_ERROR_THIN && status != PACKREAD_ERROR_SYSTEM)) {
            ck_abort_msg("%d: %s: %s", status, error.file, error.text);
        }
    }
    return readable;
}

/* A visit, and what it is held against. */
typedef struct visits {
    const victim *of;
    size_t count;
} visits;

static const sample_object *expected_of(const victim *of, const packread_id *id)
{
    for (size_t i = 0; i < of->truth.count; i++)
        if (packread_id_compare(&of->truth.objects[i].id, id) == 0)
            return &of->truth.objects[i];
    return NULL;
}

static int pass_over(void *context, const packread_info *info, const packread_error *error)
{
    visits *state = context;
    const sample_object *expected = expected_of(state->of, &info->id);

    if (error && (error->code >= 0 || !error->text[0]))
        ck_abort_msg("an error that says nothing");
    if (!expected)
        ck_abort_msg("an id that was never there");
    if (!error && (info->type != expected->type || info->size != expected->size))
        ck_abort_msg("another type or size");
    state->count++;
    return 0;
}

/* Everything else that can be asked: whatever the answers, no crash, and no more objects than rows.
 */
static void ask_the_rest(const victim *of)
{
    packread_verify_options verify = {.threads = 2};

    (void)packread_verify(of->snapshot, 0, &verify, NULL, NULL);
    for (int order = PACKREAD_BY_ID; order <= PACKREAD_BY_OFFSET; order++) {
        packread_list_options options = {.order = (enum packread_order)order,
                                         .want = PACKREAD_WANT_ALL};
        visits visited = {of, 0};
        int status = packread_reader_list(of->reader, &options, pass_over, &visited, NULL);

        if (status == 0)
            ck_assert_uint_eq(visited.count, of->truth.count);
    }
}

static size_t file_size(const char *path)
{
    struct stat status;

    ck_assert_msg(stat(path, &status) == 0, "%s: %s", path, strerror(errno));
    return (size_t)status.st_size;
}

START_TEST(a_pack_that_is_unlinked_is_read_on)
{
    static const enum packread_io ways[] = {PACKREAD_IO_AUTO, PACKREAD_IO_MMAP, PACKREAD_IO_PREAD};
    victim of = open_victim(ways[_i]);

    ck_assert_int_eq(unlink(of.pack), 0);
    ck_assert_int_eq(unlink(of.index), 0);
    ck_assert_uint_eq(count_readable(&of), of.truth.count);
    close_victim(&of);
}
END_TEST

/* As gc and fetch do it: another file gets the name. */
START_TEST(a_pack_whose_name_goes_to_another_file_is_never_mixed_with_it)
{
    static const enum packread_io ways[] = {PACKREAD_IO_AUTO, PACKREAD_IO_MMAP, PACKREAD_IO_PREAD};
    victim of = open_victim(ways[_i]);
    char *other = sample_path(sample_find("packs/noise"), "pack/pack-noise.pack");
    char *other_index = sample_path(sample_find("packs/noise"), "pack/pack-noise.idx");
    char *fresh = suite_scratch_path("fresh");

    copy_file(other, fresh);
    ck_assert_int_eq(rename(fresh, of.pack), 0);
    copy_file(other_index, fresh);
    ck_assert_int_eq(rename(fresh, of.index), 0);
    count_readable(&of);
    ask_the_rest(&of);
    free(other);
    free(other_index);
    free(fresh);
    close_victim(&of);
}
END_TEST

START_TEST(a_pack_that_grows_gives_right_bytes_or_errors)
{
    static const enum packread_io ways[] = {PACKREAD_IO_AUTO, PACKREAD_IO_MMAP, PACKREAD_IO_PREAD};
    victim of = open_victim(ways[_i]);
    FILE *file = fopen(of.pack, "ab");

    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < 10000; i++)
        fputs("more and more ", file);
    ck_assert_int_eq(fclose(file), 0);
    count_readable(&of);
    ask_the_rest(&of);
    close_victim(&of);
}
END_TEST

/* Ways of reading times sizes of windows times checks. */
#define CUTS 12

static victim open_for_cut(int number)
{
    static const enum packread_io ways[] = {PACKREAD_IO_AUTO, PACKREAD_IO_MMAP, PACKREAD_IO_PREAD};

    return open_with(ways[number % 3], number / 3 % 2 ? 1 : 16 << 20,
                     number / 6 ? PACKREAD_NO_CHECK : 0);
}

START_TEST(a_pack_that_is_cut_gives_right_bytes_or_errors)
{
    victim of = open_for_cut(_i);
    size_t whole = file_size(of.pack);

    ck_assert_uint_eq(count_readable(&of), of.truth.count);
    ask_the_rest(&of);
    for (size_t size = whole - 1; size > 0; size /= 3) {
        ck_assert_int_eq(truncate(of.pack, (off_t)size), 0);
        count_readable(&of);
        ask_the_rest(&of);
    }
    ck_assert_int_eq(truncate(of.pack, 0), 0);
    count_readable(&of); /* what was decoded before may still be given */
    ask_the_rest(&of);
    close_victim(&of);
}
END_TEST

START_TEST(an_index_that_is_cut_gives_right_bytes_or_errors)
{
    victim of = open_for_cut(_i);

    ask_the_rest(&of);
    for (size_t size = file_size(of.index) - 1; size > 0; size /= 3) {
        ck_assert_int_eq(truncate(of.index, (off_t)size), 0);
        count_readable(&of);
        ask_the_rest(&of);
    }
    ck_assert_int_eq(truncate(of.index, 0), 0);
    count_readable(&of);
    ask_the_rest(&of);
    close_victim(&of);
}
END_TEST

/* Cut before it is read the first time: windows may be there, their pages are not. Copies are. */
START_TEST(a_pack_that_is_cut_before_its_pages_are_touched_is_an_error)
{
    victim of = open_for_cut(_i);

    ck_assert_int_eq(truncate(of.pack, 0), 0);
    ck_assert(count_readable(&of) == 0 || _i % 3 == 2);
    ask_the_rest(&of);
    ck_assert_int_eq(truncate(of.index, 0), 0);
    ck_assert(count_readable(&of) == 0 || _i % 3 == 2);
    ask_the_rest(&of);
    close_victim(&of);
}
END_TEST

/* All of it is in memory, so that no new window tells. */
START_TEST(verify_of_a_file_that_changes_its_size_is_not_content)
{
    static const enum packread_manager kinds[] = {PACKREAD_SLIDING, PACKREAD_STATIC};
    victim of = open_with(PACKREAD_IO_AUTO, 16 << 20, 0);
    const char *name = _i / 2 % 2 ? of.index : of.pack;
    packread_options options = {.manager = kinds[_i % 2], .window_size = 16 << 20};
    packread_snapshot *snapshot = sample_open(of.pack, &options);
    packread_error error;

    ck_assert_int_eq(packread_verify(snapshot, 0, NULL, NULL, &error), 0);
    ck_assert_int_eq(truncate(name, (off_t)file_size(name) + (_i / 4 ? 1000 : -1)), 0);
    ck_assert_int_eq(packread_verify(snapshot, 0, NULL, NULL, &error), PACKREAD_ERROR_CHANGED);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_CHANGED);
    packread_snapshot_free(snapshot);
    close_victim(&of);
}
END_TEST

/* ---- Threads ------------------------------------------------------------------------------ */

#define THREADS 8

typedef struct reading {
    const victim *of;
    packread_reader *reader;
    _Atomic bool *go_on;
    const char *wrong;
} reading;

/* NULL, or what must not be. */
static const char *read_one(reading *state, const sample_object *expected)
{
    packread_object object;
    packread_error error;
    int status = packread_reader_read(state->reader, &expected->id, &object, &error);

    if (status == 0)
        return object.size == expected->size &&
                       sample_hashes_to(&expected->id, object.type, object.data, object.size)
                   ? NULL
                   : "other bytes";
    if (error.code != status || !error.text[0])
        return "an error that says nothing";
    return status == PACKREAD_ERROR_CHANGED || status == PACKREAD_ERROR_SYSTEM ||
                   status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN
               ? NULL
               : packread_error_text(status);
}

static void *read_on(void *context)
{
    reading *state = context;

    while (atomic_load(state->go_on) && !state->wrong)
        for (size_t i = 0; i < state->of->truth.count && !state->wrong; i++)
            state->wrong = read_one(state, &state->of->truth.objects[i]);
    return NULL;
}

/* Cut and made whole again, over and over: every thread gets right bytes or errors, and all objects
 * once the pack is left alone. Cut between pages: zeros inside of one, and whole again before
 * anyone looks at the size, are a file overwritten in place, which nothing can tell. */
START_TEST(threads_outlive_a_pack_that_is_cut_again_and_again)
{
    victim of = open_for_cut(_i);
    const char *name = _i % 2 ? of.index : of.pack;
    size_t size = file_size(name);
    unsigned char *bytes = malloc(size);
    reading readings[THREADS];
    pthread_t threads[THREADS];
    _Atomic bool go_on = true;
    FILE *file = fopen(name, "r+b");

    ck_assert(bytes && file && fread(bytes, 1, size, file) == size);
    for (int i = 0; i < THREADS; i++) {
        readings[i] = (reading){&of, sample_reader(of.snapshot), &go_on, NULL};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, read_on, &readings[i]), 0);
    }
    for (size_t i = 0; i < 30; i++) {
        usleep(2000);
        ck_assert_int_eq(ftruncate(fileno(file), (off_t)(size * (i % 7) / 7 / 4096 * 4096)), 0);
        usleep(500);
        ck_assert_int_eq(pwrite(fileno(file), bytes, size, 0), (ssize_t)size);
    }
    atomic_store(&go_on, false);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_msg(!readings[i].wrong, "%s", readings[i].wrong);
        packread_reader_free(readings[i].reader);
    }
    ck_assert_uint_eq(count_readable(&of), of.truth.count);
    fclose(file);
    free(bytes);
    close_victim(&of);
}
END_TEST

/* In place and of the same size: nothing but the ids can tell. */
START_TEST(a_pack_that_is_overwritten_gives_right_bytes_or_errors)
{
    static const enum packread_io ways[] = {PACKREAD_IO_AUTO, PACKREAD_IO_MMAP, PACKREAD_IO_PREAD};
    victim of = open_victim(ways[_i]);
    size_t whole = file_size(of.pack);
    FILE *file = fopen(of.pack, "r+b");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, (long)(whole / 3), SEEK_SET), 0);
    for (size_t i = 0; i < whole / 3; i++)
        fputc('x', file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_uint_lt(count_readable(&of), of.truth.count);
    ask_the_rest(&of);
    close_victim(&of);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("changing");
    TCase *tests = tcase_create("changing");

    tcase_add_loop_test(tests, a_pack_that_is_unlinked_is_read_on, 0, 3);
    tcase_add_loop_test(tests, a_pack_whose_name_goes_to_another_file_is_never_mixed_with_it, 0, 3);
    tcase_add_loop_test(tests, a_pack_that_grows_gives_right_bytes_or_errors, 0, 3);
    tcase_add_loop_test(tests, a_pack_that_is_cut_gives_right_bytes_or_errors, 0, CUTS);
    tcase_add_loop_test(tests, an_index_that_is_cut_gives_right_bytes_or_errors, 0, CUTS);
    tcase_add_loop_test(tests, a_pack_that_is_cut_before_its_pages_are_touched_is_an_error, 0,
                        CUTS);
    tcase_add_loop_test(tests, verify_of_a_file_that_changes_its_size_is_not_content, 0, 8);
    tcase_add_loop_test(tests, threads_outlive_a_pack_that_is_cut_again_and_again, 0, CUTS / 2);
    tcase_add_loop_test(tests, a_pack_that_is_overwritten_gives_right_bytes_or_errors, 0, 3);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
