/* test_alternates.c - packs of object folders that a repository borrows from: they are of the one
 * set, come and go while it is open, and so do the folders. The last test is made for
 * ThreadSanitizer too. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "opening.h"
#include "samples.h"
#include "suite.h"

#define READERS 4
#define GENERATIONS 200 /* of packs, in the last test */
#define SECONDS 3

static sample_truth truth;
static char *own;    /* an objects folder without packs */
static char *lender; /* another, with one pack at first */

static void make_folder(const char *name)
{
    char *path = suite_scratch_path(name);

    ck_assert_int_eq(mkdir(path, 0777), 0);
    free(path);
}

static void make_objects(const char *name)
{
    char path[256];

    make_folder(name);
    snprintf(path, sizeof path, "%s/pack", name);
    make_folder(path);
    snprintf(path, sizeof path, "%s/info", name);
    make_folder(path);
}

static void move_half(const char *folder, const char *name, const char *ending, bool comes)
{
    char from[256];
    char to[256];
    char *source;
    char *target;

    snprintf(from, sizeof from, "types.%s", ending);
    snprintf(to, sizeof to, "%s/pack/%s.%s", folder, name, ending);
    source = suite_scratch_path(from);
    target = suite_scratch_path(to);
    ck_assert_int_eq(comes ? link(source, target) : unlink(target), 0);
    free(source);
    free(target);
}

static void come(const char *folder, const char *name)
{
    move_half(folder, name, "pack", true);
    move_half(folder, name, "idx", true);
}

static void go(const char *folder, const char *name)
{
    move_half(folder, name, "idx", false);
    move_half(folder, name, "pack", false);
}

static void begin(void)
{
    sample_truth_load(sample_find("packs/types"), &truth);
    opening_copy_types("types");
    make_objects("own");
    make_objects("lender");
    come("lender", "pack-first");
    suite_scratch_write("own/info/alternates", "../lender\n");
    own = suite_scratch_path("own");
    lender = suite_scratch_path("lender");
}

static void end(void)
{
    sample_truth_free(&truth);
    free(own);
    free(lender);
}

static void reads_all(packread_snapshot *snapshot)
{
    packread_reader *reader = sample_reader(snapshot);
    packread_object object;
    packread_error error;

    for (size_t i = 0; i < truth.count; i++)
        sample_good(packread_reader_read(reader, &truth.objects[i].id, &object, &error), &error);
    packread_reader_free(reader);
}

static void is_folder(packread_snapshot *snapshot, size_t number, const char *tail, bool alternate)
{
    packread_folder_info info = {.struct_size = sizeof info};

    ck_assert_int_eq(packread_snapshot_folder(snapshot, number, &info), 0);
    ck_assert_ptr_nonnull(strstr(info.path, tail));
    ck_assert(info.is_alternate == alternate);
}

START_TEST(packs_of_an_alternate_are_packs_of_the_repository)
{
    packread_snapshot *snapshot = sample_open(own, NULL);
    packread_pack_info info = {.struct_size = sizeof info};

    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
    ck_assert_ptr_nonnull(strstr(info.path, "/lender/pack/pack-first.pack"));
    ck_assert_uint_eq(packread_snapshot_folders(snapshot), 2);
    is_folder(snapshot, 0, "/own", false);
    is_folder(snapshot, 1, "/lender", true);
    reads_all(snapshot);
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(own_packs_come_first_then_those_of_each_folder_by_name)
{
    static const char *const names[] = {"/own/pack/pack-z", "/lender/pack/pack-a",
                                        "/lender/pack/pack-first", "/alone/pack/pack-0"};
    packread_snapshot *snapshot;

    make_objects("alone");
    come("alone", "pack-0");
    come("own", "pack-z");
    come("lender", "pack-a");
    suite_scratch_write("lender/info/alternates", "../alone\n");
    snapshot = sample_open(own, NULL);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 4);
    for (size_t i = 0; i < 4; i++) {
        packread_pack_info info = {.struct_size = sizeof info};

        ck_assert_int_eq(packread_snapshot_pack(snapshot, i, &info), 0);
        ck_assert_ptr_nonnull(strstr(info.path, names[i]));
    }
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(a_pack_that_comes_into_an_alternate_is_found)
{
    packread_snapshot *snapshot;

    go("lender", "pack-first");
    snapshot = sample_open(own, NULL);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 0);
    come("lender", "pack-second");
    reads_all(snapshot);
    /* It moves from one folder to the other, and back. */
    come("own", "pack-second");
    go("lender", "pack-second");
    reads_all(snapshot);
    come("lender", "pack-third");
    go("own", "pack-second");
    reads_all(snapshot);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    packread_snapshot_free(snapshot);
}
END_TEST

static bool refreshes(packread_snapshot *snapshot)
{
    packread_error error;
    bool changed;

    sample_good(packread_snapshot_refresh(snapshot, &changed, &error), &error);
    return changed;
}

START_TEST(a_refresh_sees_that_the_list_changed)
{
    packread_snapshot *snapshot = sample_open(own, NULL);
    packread_reader *reader = sample_reader(snapshot);
    packread_location location;

    come("own", "pack-own");
    ck_assert(refreshes(snapshot));
    go("own", "pack-own");
    suite_scratch_write("own/info/alternates", "");
    /* What is open of packs that are all gone is better than none. */
    refreshes(snapshot);
    ck_assert_int_eq(packread_reader_find(reader, &truth.objects[0].id, &location, NULL), 0);
    make_objects("late");
    come("late", "pack-late");
    suite_scratch_write("own/info/alternates", "../late\n");
    ck_assert(refreshes(snapshot));
    ck_assert_int_eq(packread_reader_find(reader, &truth.objects[0].id, &location, NULL), 0);
    ck_assert_uint_eq(packread_snapshot_folders(snapshot), 3);
    is_folder(snapshot, 2, "/late", true);
    suite_scratch_write("own/info/alternates", "../lender\n../late\n");
    ck_assert(refreshes(snapshot));
    ck_assert_uint_eq(packread_snapshot_folders(snapshot), 3); /* known by its number */
    ck_assert(!refreshes(snapshot) || !refreshes(snapshot));
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}
END_TEST

/* And so does whoever looks since a file is gone. */
START_TEST(a_folder_that_is_replaced_with_its_list_loses_nothing)
{
    packread_snapshot *snapshot = sample_open(own, NULL);

    reads_all(snapshot);
    make_objects("next");
    come("next", "pack-next");
    suite_scratch_write("own/info/alternates", "../next\n");
    go("lender", "pack-first");
    ck_assert(refreshes(snapshot));
    reads_all(snapshot);
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(one_folder_by_many_names_is_read_once)
{
    char *link_to = suite_scratch_path("link");
    packread_snapshot *snapshot;

    ck_assert_int_eq(symlink(lender, link_to), 0);
    suite_scratch_write("own/info/alternates",
                        "../link\n../lender\n\"../lend\\145r/\"\n../own\n.\n../lender/pack/..\n");
    suite_scratch_write("lender/info/alternates", "../own\n../link\n");
    snapshot = sample_open(own, NULL);
    ck_assert_uint_eq(packread_snapshot_folders(snapshot), 2);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 1);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    packread_snapshot_free(snapshot);
    free(link_to);
}
END_TEST

START_TEST(the_environment_is_left_alone_where_that_is_asked)
{
    const packread_options options = {.struct_size = sizeof options,
                                      .flags = PACKREAD_NO_ENVIRONMENT};
    packread_snapshot *snapshot;

    suite_scratch_write("own/info/alternates", "");
    ck_assert_int_eq(setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", lender, 1), 0);
    snapshot = sample_open(own, &options);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 0);
    packread_snapshot_free(snapshot);
    snapshot = sample_open(own, NULL);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 1);
    is_folder(snapshot, 1, "/lender", true);
    packread_snapshot_free(snapshot);
    ck_assert_int_eq(unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES"), 0);
}
END_TEST

/* ---- Many folders ---------------------------------------------------------------------------- */

#define MANY 300

START_TEST(hundreds_of_folders_are_read_and_looked_at)
{
    char *list = suite_scratch_path("own/info/alternates");
    FILE *names = fopen(list, "w");
    packread_snapshot *snapshot;

    ck_assert_ptr_nonnull(names);
    for (int i = 0; i < MANY; i++) {
        char name[32];

        snprintf(name, sizeof name, "many%d", i);
        make_objects(name);
        fprintf(names, "../%s\n", name);
    }
    ck_assert_int_eq(fclose(names), 0);
    come("many299", "pack-there");
    snapshot = sample_open(own, NULL);
    ck_assert_uint_eq(packread_snapshot_folders(snapshot), MANY + 1);
    reads_all(snapshot);
    come("many7", "pack-moved");
    go("many299", "pack-there");
    reads_all(snapshot);
    packread_snapshot_free(snapshot);
    free(list);
}
END_TEST

/* ---- Packs that come and go all the time, in two folders ---------------------------------------
 */

static atomic_bool is_over;
static atomic_uint reads;

static void *read_on(void *context)
{
    packread_reader *reader = context;
    packread_object object;
    packread_error error;
    packread_location location;
    packread_id absent = truth.objects[0].id;

    absent.bytes[19] ^= 1;
    while (!atomic_load(&is_over)) {
        /* What is not there leads to a look at the folders. */
        ck_assert_int_eq(packread_reader_find(reader, &absent, &location, &error),
                         PACKREAD_ERROR_NOT_FOUND);
        for (size_t i = 0; i < truth.count; i++)
            sample_good(packread_reader_read(reader, &truth.objects[i].id, &object, &error),
                        &error);
        atomic_fetch_add(&reads, 1);
    }
    return NULL;
}

START_TEST(nothing_is_missing_while_packs_move_between_the_folders)
{
    packread_snapshot *snapshot = sample_open(own, NULL);
    packread_reader *readers[READERS];
    pthread_t threads[READERS];
    const time_t until = time(NULL) + SECONDS;
    char last[32] = "pack-first";

    for (int i = 0; i < READERS; i++) {
        readers[i] = sample_reader(snapshot);
        ck_assert_int_eq(pthread_create(&threads[i], NULL, read_on, readers[i]), 0);
    }
    for (int i = 0; i < GENERATIONS && time(NULL) < until; i++) {
        static const char *const folders[] = {"own", "lender"};
        const unsigned seen = atomic_load(&reads);
        char next[32];

        snprintf(next, sizeof next, "pack-%d", i);
        come(folders[i % 2], next);
        go(folders[(i + 1) % 2], last);
        snprintf(last, sizeof last, "%s", next);
        while (atomic_load(&reads) == seen && time(NULL) < until)
            continue;
    }
    atomic_store(&is_over, true);
    for (int i = 0; i < READERS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        packread_reader_free(readers[i]);
    }
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    ck_assert_uint_gt(packread_snapshot_packs(snapshot), 2);
    packread_snapshot_free(snapshot);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("alternates");
    TCase *folders = tcase_create("folders");

    tcase_add_checked_fixture(folders, begin, end);
    tcase_add_test(folders, packs_of_an_alternate_are_packs_of_the_repository);
    tcase_add_test(folders, own_packs_come_first_then_those_of_each_folder_by_name);
    tcase_add_test(folders, a_pack_that_comes_into_an_alternate_is_found);
    tcase_add_test(folders, a_refresh_sees_that_the_list_changed);
    tcase_add_test(folders, a_folder_that_is_replaced_with_its_list_loses_nothing);
    tcase_add_test(folders, one_folder_by_many_names_is_read_once);
    tcase_add_test(folders, the_environment_is_left_alone_where_that_is_asked);
    tcase_add_test(folders, hundreds_of_folders_are_read_and_looked_at);
    tcase_add_test(folders, nothing_is_missing_while_packs_move_between_the_folders);
    suite_add_tcase(suite, folders);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
