/* test_oracle.c - every object of every good fixture is what libgit2 reads there; what is not there
 * is not there for both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <git2.h>
#include <git2/sys/odb_backend.h>

#include "samples.h"
#include "suite.h"
#include "twin.h"

typedef struct pair {
    char *path;
    packread_snapshot *snapshot;
    twin twin;
    sample_truth truth;
} pair;

/* The same packs for both: libgit2 gets just those that the snapshot opened. */
static pair open_pair(const char *where)
{
    const sample *of = sample_find(where);
    pair both;

    git_libgit2_init();
    both.path = sample_path(of, NULL);
    both.snapshot = sample_open(both.path, NULL);
    both.twin.name = both.path;
    both.twin.reader = sample_reader(both.snapshot);
    sample_truth_load(of, &both.truth);
    twin_git_good(both.twin.name, git_odb_new(&both.twin.odb));
    for (size_t i = 0; i < packread_snapshot_packs(both.snapshot); i++) {
        git_odb_backend *backend = NULL;
        packread_pack_info info = {.struct_size = sizeof info};

        ck_assert_int_eq(packread_snapshot_pack(both.snapshot, i, &info), 0);
        twin_git_good(both.twin.name, git_odb_backend_one_pack(&backend, info.index_path));
        twin_git_good(both.twin.name, git_odb_add_backend(both.twin.odb, backend, 1));
    }
    return both;
}

static void close_pair(pair *both)
{
    git_odb_free(both->twin.odb);
    packread_reader_free(both->twin.reader);
    packread_snapshot_free(both->snapshot);
    sample_truth_free(&both->truth);
    free(both->path);
    git_libgit2_shutdown();
}

static void compare_object(const pair *both, const packread_info *info)
{
    packread_object ours;

    twin_compare_object(&both->twin, &info->id, &ours);
    if (info->type != ours.type || info->size != ours.size)
        ck_abort_msg("%s: another object is listed", both->path);
}

typedef struct listed {
    packread_info *list;
    size_t count;
} listed;

static int take_info(void *context, const packread_info *info, const packread_error *error)
{
    listed *all = context;

    if (error)
        sample_good(error->code, error);
    all->list[all->count++] = *info;
    return 0;
}

/* Bases before what hangs on them, where one order does that for all: libgit2 keeps only a few, and
 * takes minutes for chains of thousands otherwise. */
static void compare_all(pair *both, enum packread_order order, bool backwards)
{
    packread_list_options options = {
        .order = order, .want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE, .once = true};
    listed all = {calloc(both->truth.count + 1, sizeof(packread_info)), 0};
    packread_error error;

    ck_assert_ptr_nonnull(all.list);
    memset(&error, 0, sizeof error);
    sample_good(packread_reader_list(both->twin.reader, &options, take_info, &all, &error), &error);
    ck_assert_uint_eq(all.count, both->truth.count);
    for (size_t i = 0; i < all.count; i++)
        compare_object(both, &all.list[backwards ? all.count - 1 - i : i]);
    free(all.list);
}

START_TEST(every_object_is_what_libgit2_reads)
{
    const sample *of = &samples[_i];
    pair both;

    if (of->is & SAMPLE_NOT_FOR_LIBGIT2)
        return;
    both = open_pair(of->where);
    compare_all(&both, PACKREAD_BY_OFFSET, strstr(of->where, "later") != NULL);
    if (!(of->is & SAMPLE_LARGE))
        compare_all(&both, PACKREAD_BY_ID, false);
    close_pair(&both);
}
END_TEST

static int count_id(const git_oid *id, void *context)
{
    (void)id;
    ++*(size_t *)context;
    return 0;
}

/* libgit2 visits an object once for each pack that has it. */
START_TEST(libgit2_has_no_object_more)
{
    pair both;
    size_t theirs = 0;
    size_t rows = 0;

    if (samples[_i].is & SAMPLE_NOT_FOR_LIBGIT2)
        return;
    both = open_pair(samples[_i].where);
    twin_git_good(both.twin.name, git_odb_foreach(both.twin.odb, count_id, &theirs));
    for (size_t i = 0; i < packread_snapshot_packs(both.snapshot); i++) {
        packread_pack_info info = {.struct_size = sizeof info};

        ck_assert_int_eq(packread_snapshot_pack(both.snapshot, i, &info), 0);
        rows += info.objects;
    }
    ck_assert_uint_eq(theirs, rows);
    close_pair(&both);
}
END_TEST

static void compare_id(pair *both, const packread_id *id)
{
    packread_location location;
    git_oid theirs;
    int exists;
    int status = packread_reader_find(both->twin.reader, id, &location, NULL);

    twin_git_good(both->twin.name, git_oid_fromraw(&theirs, id->bytes));
    exists = git_odb_exists(both->twin.odb, &theirs);
    if (status != (exists ? 0 : PACKREAD_ERROR_NOT_FOUND))
        ck_abort_msg("libgit2: %d, packread: %d", exists, status);
}

START_TEST(ids_and_prefixes_are_there_or_not_as_for_libgit2)
{
    uint64_t state = suite_seed() + (uint64_t)_i;
    pair both;

    if (samples[_i].is & SAMPLE_NOT_FOR_LIBGIT2)
        return;
    both = open_pair(samples[_i].where);
    for (int times = 0; times < 3000; times++) {
        packread_id id;
        char hex[PACKREAD_HEX_MAX + 1];
        size_t length = 4 + (size_t)suite_random_below(&state, times % 2 ? 4 : 37);

        memset(&id, 0, sizeof id);
        id.size = 20;
        if (both.truth.count > 0 && times % 3) {
            id = both.truth.objects[suite_random_below(&state, both.truth.count)].id;
            if (times % 3 == 1)
                id.bytes[suite_random_below(&state, 20)] ^=
                    (unsigned char)(1u << suite_random_below(&state, 8));
        } else {
            for (size_t i = 0; i < 20; i++)
                id.bytes[i] = (unsigned char)suite_random(&state);
        }
        compare_id(&both, &id);
        packread_id_format(&id, hex);
        twin_compare_prefix(&both.twin, hex, length);
    }
    close_pair(&both);
}
END_TEST

START_TEST(ambiguous_prefixes_are_so_for_libgit2)
{
    pair both = open_pair("repos/ambiguous");

    twin_compare_prefix(&both.twin, "808c", 4);
    twin_compare_prefix(&both.twin, "808c8", 5);
    twin_compare_prefix(&both.twin, "d6b552fa", 8);
    twin_compare_prefix(&both.twin, "d6b552f", 7);
    close_pair(&both);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("oracle");
    TCase *tests = tcase_create("libgit2");

    tcase_add_loop_test(tests, every_object_is_what_libgit2_reads, 0, sample_count);
    tcase_add_loop_test(tests, libgit2_has_no_object_more, 0, sample_count);
    tcase_add_loop_test(tests, ids_and_prefixes_are_there_or_not_as_for_libgit2, 0, sample_count);
    tcase_add_test(tests, ambiguous_prefixes_are_so_for_libgit2);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
