/* test_elsewhere.c - a place that was opened by a relative path, and a process that then goes to a
 * folder where everything of the same name is another's: what was opened stays what it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "made_loose.h"
#include "made_pack.h"
#include "opening.h"
#include "suite.h"

#define PACKS 40

enum has { PACK = 1, PACKED = 2, LOOSE = 4, REFS = 8, LENT = 16, EXTRA = 32 };
#define ALL (PACKED | LOOSE | REFS | LENT)

/* ---- Two worlds, alike in all names ---------------------------------------------------------- */

static void text_of(char text[64], const char *world, const char *what, int number)
{
    snprintf(text, 64, "%s: %s %d\n", world, what, number);
}

static void put_pack(const char *world, const char *folder, const char *what, int number)
{
    struct packwriter_pack pack;
    char name[128];
    char text[64];

    text_of(text, world, what, number);
    snprintf(name, sizeof name, "%s/%s/.keep", world, folder);
    suite_scratch_write(name, "");
    snprintf(name, sizeof name, "%s/%s/pack-%s-%d", world, folder, what, number);
    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text, strlen(text), 6);
    made_pack_put(&pack, name);
}

static void put_loose(const char *world)
{
    char name[64];
    char text[64];
    char *objects;

    snprintf(name, sizeof name, "%s/repo/.git/objects", world);
    objects = suite_scratch_path(name);
    text_of(text, world, "loose", 0);
    made_loose_put(objects, 20, PACKREAD_BLOB, text, strlen(text), 6);
    free(objects);
}

static void put(const char *world, const char *name, const char *text)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", world, name);
    suite_scratch_write(path, text);
}

static void id_text(char hex[PACKREAD_HEX_MAX + 2], const char *world, const char *what)
{
    char text[64];
    packread_id id;

    text_of(text, world, what, 0);
    id = made_pack_text_id(text);
    packread_id_format(&id, hex);
}

static void put_bundle(const char *world)
{
    struct packwriter_bytes bundle = {0};
    struct packwriter_pack pack;
    char hex[PACKREAD_HEX_MAX + 2];
    char name[64];
    char text[64];
    char *path;

    id_text(hex, world, "pack");
    packwriter_bytes_add_text(&bundle, "# v2 git bundle\n");
    packwriter_bytes_add_text(&bundle, hex);
    packwriter_bytes_add_text(&bundle, " refs/heads/main\n\n");
    text_of(text, world, "pack", 0);
    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text, strlen(text), 6);
    packwriter_pack_recount(&pack);
    packwriter_pack_finish(&pack, NULL);
    packwriter_bytes_add(&bundle, pack.bytes.data, pack.bytes.size);
    snprintf(name, sizeof name, "%s/all.bundle", world);
    path = suite_scratch_path(name);
    ck_assert_int_eq(packwriter_bytes_save(&bundle, path), 0);
    free(path);
    packwriter_pack_free(&pack);
    packwriter_bytes_free(&bundle);
}

static void make_world(const char *world)
{
    char hex[PACKREAD_HEX_MAX + 2];

    put(world, "repo/.git/HEAD", "ref: refs/heads/main\n");
    put(world, "repo/.git/config", "[core]\n\trepositoryformatversion = 0\n\tbare = false\n");
    put(world, "repo/.git/objects/info/alternates", "../../../lender/objects\n");
    id_text(hex, world, "pack");
    put(world, "repo/.git/refs/heads/main", strcat(hex, "\n"));
    put(world, "repo/.git/worktrees/linked/HEAD", "ref: refs/heads/main\n");
    put(world, "repo/.git/worktrees/linked/commondir", "../..\n");
    put(world, "repo/.git/worktrees/linked/gitdir", "/nowhere/linked/.git\n");
    put(world, "repo/inside/.keep", "");
    put(world, "linked/.git", "gitdir: ../repo/.git/worktrees/linked\n");
    for (int i = 0; i < PACKS; i++)
        put_pack(world, "repo/.git/objects/pack", "pack", i);
    put_pack(world, "lender/objects/pack", "lent", 0);
    put_pack(world, "extra/pack", "extra", 0);
    put_loose(world);
    put_bundle(world);
}

static void go_to(const char *world, const char *below)
{
    char name[128];
    char *path;

    snprintf(name, sizeof name, "%s/%s", world, below);
    path = suite_scratch_path(name);
    ck_assert_int_eq(chdir(path), 0);
    free(path);
}

/* ---- What is there, and what is not ---------------------------------------------------------- */

static void reads(packread_reader *reader, const char *world, const char *what, int number,
                  bool is_there)
{
    packread_object object;
    packread_error error;
    packread_id id;
    char text[64];
    int status;

    text_of(text, world, what, number);
    id = made_pack_text_id(text);
    status = packread_reader_read(reader, &id, &object, &error);
    if (!is_there) {
        ck_assert_msg(status == PACKREAD_ERROR_NOT_FOUND, "%d for %s", status, text);
        return;
    }
    ck_assert_msg(status == 0, "%d for %s: %s %s", status, text, error.file, error.text);
    ck_assert_uint_eq(object.size, strlen(text));
    ck_assert_mem_eq(object.data, text, object.size);
}

/* Ours, as far as the place has it, and nothing of theirs. */
static void has(packread_reader *reader, unsigned what)
{
    static const char *const worlds[] = {"theirs", "ours"};

    for (unsigned ours = 0; ours < 2; ours++) {
        for (int i = 0; i < PACKS; i++)
            reads(reader, worlds[ours], "pack", i,
                  ours && what & (i == 0 ? PACK | PACKED : PACKED));
        reads(reader, worlds[ours], "loose", 0, ours && what & LOOSE);
        reads(reader, worlds[ours], "lent", 0, ours && what & LENT);
        reads(reader, worlds[ours], "extra", 0, ours && what & EXTRA);
    }
}

static void has_refs(packread_reader *reader, const char *name)
{
    packread_name found = {.struct_size = sizeof found};
    packread_error error;
    char hex[PACKREAD_HEX_MAX + 2];
    char told[PACKREAD_HEX_MAX + 2];

    sample_good(packread_reader_resolve(reader, name, strlen(name), 0, &found, &error), &error);
    id_text(hex, "ours", "pack");
    packread_id_format(&found.id, told);
    ck_assert_str_eq(told, hex);
}

static void comes_late(packread_reader *reader, unsigned what)
{
    if (!(what & PACKED))
        return;
    put_pack("theirs", "repo/.git/objects/pack", "late", 0);
    reads(reader, "ours", "late", 0, false);
    put_pack("ours", "repo/.git/objects/pack", "late", 0);
    reads(reader, "theirs", "late", 0, false);
    reads(reader, "ours", "late", 0, true);
    if (!(what & LENT))
        return;
    put_pack("theirs", "lender/objects/pack", "later", 0);
    put_pack("ours", "lender/objects/pack", "later", 0);
    reads(reader, "theirs", "later", 0, false);
    reads(reader, "ours", "later", 0, true);
}

/* People see what they named. */
static void shows(packread_snapshot *snapshot, const char *packs, const char *common_dir)
{
    packread_pack_info pack = {.struct_size = sizeof pack};
    packread_repository_info repository = {.struct_size = sizeof repository};

    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &pack), 0);
    ck_assert_msg(strncmp(pack.path, packs, strlen(packs)) == 0, "%s is shown", pack.path);
    ck_assert_msg(strncmp(pack.index_path, packs, strlen(packs)) == 0 || !strstr(packs, "pack"),
                  "%s is shown", pack.index_path);
    if (packread_snapshot_repository(snapshot, &repository) == 0)
        ck_assert_str_eq(repository.common_dir, common_dir);
    else
        ck_assert_ptr_null(common_dir);
}

/* ---- The tests ------------------------------------------------------------------------------- */

/* Fewer descriptors than there are packs: those that are given back are opened again. */
static void allow_few_descriptors(void)
{
    struct rlimit limit;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 32;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static const struct {
    const char *from; /* the folder of the process, in its world */
    const char *where;
    unsigned has;
    const char *packs;      /* how the paths of packs begin */
    const char *common_dir; /* NULL: it is no repository */
} places[] = {
    {"", "repo", ALL, "repo/.git/objects/pack/pack-", "repo/.git"},
    {"", "./repo/", ALL, "./repo/.git/objects/pack/pack-", "./repo/.git"},
    {"", "repo/.git", ALL, "repo/.git/objects/pack/pack-", "repo/.git"},
    {"repo", ".", ALL, "./.git/objects/pack/pack-", "./.git"},
    {"repo", ".git", ALL, ".git/objects/pack/pack-", ".git"},
    {"repo/inside", "..", ALL, "../.git/objects/pack/pack-", "../.git"},
    {"repo/inside", "../../repo/.git", ALL, "../../repo/.git/objects/pack/pack-",
     "../../repo/.git"},
    {"", "linked", ALL, "repo/.git/objects/pack/pack-", "repo/.git"},
    {"linked", ".git", ALL, "../repo/.git/objects/pack/pack-", "../repo/.git"},
    {"linked", ".", ALL, "../repo/.git/objects/pack/pack-", "../repo/.git"},
    {"", "repo/.git/worktrees/linked", ALL, "repo/.git/objects/pack/pack-", "repo/.git"},
    {"", "repo/.git/objects", PACKED | LOOSE | LENT, "repo/.git/objects/pack/pack-", NULL},
    {"", "repo/.git/objects/pack", PACKED, "repo/.git/objects/pack/pack-", NULL},
    {"", "repo/.git/objects/pack/pack-pack-0.pack", PACK, "repo/.git/objects/pack/pack-pack-0.",
     NULL},
    {"repo/.git/objects/pack", "pack-pack-0.idx", PACK, "pack-pack-0.", NULL},
    {"", "all.bundle", PACK | REFS, "all.bundle", NULL},
};

static void opened_stays(packread_snapshot *snapshot, unsigned what)
{
    packread_reader *reader = sample_reader(snapshot);

    for (int i = 0; i < 2; i++)
        has(reader, what);
    if (what & REFS)
        has_refs(reader, "main");
    if (what & LOOSE && what & REFS)
        has_refs(reader, "HEAD");
    comes_late(reader, what);
    has(reader, what);
    packread_reader_free(reader);
}

START_TEST(a_place_stays_what_was_opened)
{
    packread_snapshot *snapshot;

    allow_few_descriptors();
    go_to("ours", places[_i].from);
    snapshot = sample_open(places[_i].where, NULL);
    go_to("theirs", places[_i].from);
    shows(snapshot, places[_i].packs, places[_i].common_dir);
    opened_stays(snapshot, places[_i].has);
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(what_is_wrong_is_told_by_the_path_that_was_named)
{
    packread_snapshot *snapshot;
    packread_error error = {0};

    go_to("ours", "");
    ck_assert_int_eq(packread_snapshot_open("repo/nothing", NULL, &snapshot, &error),
                     PACKREAD_ERROR_SYSTEM);
    ck_assert_str_eq(error.file, "repo/nothing");
    ck_assert_int_eq(packread_snapshot_open("", NULL, &snapshot, &error), PACKREAD_ERROR_SYSTEM);
    ck_assert_str_eq(error.file, "");
    put("ours", "repo/.git/objects/pack/pack-pack-3.idx", "no index");
    snapshot = sample_open("repo", NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_str_eq(packread_snapshot_problem(snapshot, 0)->file,
                     "repo/.git/objects/pack/pack-pack-3.idx");
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(relative_paths_in_the_environment_stay_too)
{
    packread_snapshot *snapshot;

    go_to("ours", "repo");
    ck_assert_int_eq(setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", "../extra:", 1), 0);
    if (_i > 0)
        ck_assert_int_eq(setenv("GIT_OBJECT_DIRECTORY", ".git/objects", 1), 0);
    snapshot = sample_open(".", NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    go_to("theirs", "repo");
    opened_stays(snapshot, ALL | EXTRA);
    packread_snapshot_free(snapshot);
}
END_TEST

/* Refs that are in another folder, as seen from the repository: `repo` or `linked`. */
START_TEST(so_does_the_folder_of_refs)
{
    static const char *const names[] = {"repo", "linked"};
    packread_snapshot *snapshot;
    packread_reader *reader;
    char hex[PACKREAD_HEX_MAX + 2];

    id_text(hex, "ours", "pack");
    put("ours", "refs of it/refs/heads/side", strcat(hex, "\n"));
    put("ours", "refs of it/HEAD", "ref: refs/heads/side\n");
    put("ours", "refs of it/worktrees/linked/HEAD", "ref: refs/heads/side\n");
    go_to("ours", "");
    ck_assert_int_eq(setenv("GIT_REFERENCE_BACKEND", "files://../../refs of it", 1), 0);
    snapshot = sample_open(names[_i], NULL);
    ck_assert_int_eq(setenv("GIT_REFERENCE_BACKEND", "files://elsewhere", 1), 0);
    go_to("theirs", "");
    reader = sample_reader(snapshot);
    has_refs(reader, "side");
    has_refs(reader, "HEAD");
    ck_assert_int_eq(packread_reader_resolve(reader, "main", 4, 0,
                                             &(packread_name){.struct_size = sizeof(packread_name)},
                                             NULL),
                     PACKREAD_ERROR_NOT_FOUND);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(the_environment_says_nothing_where_it_is_not_looked_at)
{
    const packread_options options = {.struct_size = sizeof options,
                                      .flags = PACKREAD_NO_ENVIRONMENT};
    packread_snapshot *snapshot;

    go_to("ours", "");
    ck_assert_int_eq(setenv("GIT_REFERENCE_BACKEND", "newest://nowhere", 1), 0);
    ck_assert_int_eq(setenv("GIT_OBJECT_DIRECTORY", "/nowhere", 1), 0);
    ck_assert_int_eq(packread_snapshot_open("repo", NULL, &snapshot, NULL), PACKREAD_ERROR_SYSTEM);
    ck_assert_int_eq(unsetenv("GIT_OBJECT_DIRECTORY"), 0);
    ck_assert_int_eq(packread_snapshot_open("repo", NULL, &snapshot, NULL),
                     PACKREAD_ERROR_UNSUPPORTED);
    ck_assert_int_eq(setenv("GIT_OBJECT_DIRECTORY", "/nowhere", 1), 0);
    snapshot = sample_open("repo", &options);
    opened_stays(snapshot, ALL);
    packread_snapshot_free(snapshot);
    /* Nor of what is no repository. */
    snapshot = sample_open("all.bundle", NULL);
    opened_stays(snapshot, PACK | REFS);
    packread_snapshot_free(snapshot);
}
END_TEST

/* An object that has no room in memory goes to a file of a folder that is only in our world. */
START_TEST(so_does_the_folder_of_temporary_files)
{
    char *path = sample_path(sample_find("packs/zeros"), NULL);
    char real[4096];
    packread_options options = {.struct_size = sizeof options, .memory_limit = 2 << 20};
    packread_snapshot *snapshot;
    packread_error error = {0};

    ck_assert_ptr_nonnull(realpath(path, real));
    put("ours", "only ours/.keep", "");
    go_to("ours", "");
    if (_i == 0)
        options.temporary_folder = "only ours";
    else
        ck_assert_int_eq(setenv("TMPDIR", "only ours", 1), 0);
    snapshot = sample_open(real, &options);
    go_to("theirs", "");
    sample_good(packread_verify(snapshot, 0, NULL, NULL, &error), &error);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

/* Where the folder of the process has no path that the system takes, what is relative stays so. */
START_TEST(a_folder_too_deep_for_a_path_can_be_read)
{
    enum { LEVELS = 24 };
    char name[201];
    packread_snapshot *snapshot;
    packread_reader *reader;
    char *objects;

    go_to("ours", "repo/.git");
    ck_assert_int_eq(unlink("objects/info/alternates"), 0); /* is only read by a path */
    objects = suite_scratch_path("ours/repo/.git");
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    for (int i = 0; i < LEVELS; i++) {
        ck_assert_int_eq(mkdir(name, 0700), 0);
        ck_assert_int_eq(chdir(name), 0);
    }
    ck_assert_int_eq(symlink(objects, "here.git"), 0);
    snapshot = sample_open("here.git", NULL);
    shows(snapshot, "here.git/objects/pack/pack-", "here.git");
    reader = sample_reader(snapshot);
    has(reader, ALL & ~LENT);
    has_refs(reader, "main");
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    ck_assert_int_eq(unlink("here.git"), 0);
    for (int i = 0; i < LEVELS; i++) {
        ck_assert_int_eq(chdir(".."), 0);
        ck_assert_int_eq(rmdir(name), 0);
    }
    free(objects);
}
END_TEST

START_TEST(a_folder_that_was_removed_does_not_matter_to_other_paths)
{
    packread_options options = {.struct_size = sizeof options, .temporary_folder = "nowhere"};
    char *path = suite_scratch_path("ours/repo");
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_error error = {0};

    put("ours", "gone/.keep", "");
    go_to("ours", "gone");
    ck_assert_int_eq(unlink(".keep"), 0);
    ck_assert_int_eq(rmdir("../gone"), 0);
    ck_assert_int_eq(packread_snapshot_open("repo", &options, &snapshot, &error),
                     PACKREAD_ERROR_SYSTEM);
    ck_assert_str_eq(error.file, "repo");
    snapshot = sample_open(path, &options);
    reader = sample_reader(snapshot);
    has(reader, ALL);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

static void begin(void)
{
    make_world("ours");
    make_world("theirs");
}

static Suite *make_suite(void)
{
    Suite *suite = suite_create("elsewhere");
    TCase *tests = tcase_create("elsewhere");

    tcase_add_checked_fixture(tests, begin, NULL);
    tcase_add_loop_test(tests, a_place_stays_what_was_opened, 0, sizeof places / sizeof places[0]);
    tcase_add_test(tests, what_is_wrong_is_told_by_the_path_that_was_named);
    tcase_add_loop_test(tests, relative_paths_in_the_environment_stay_too, 0, 2);
    tcase_add_loop_test(tests, so_does_the_folder_of_refs, 0, 2);
    tcase_add_test(tests, the_environment_says_nothing_where_it_is_not_looked_at);
    tcase_add_loop_test(tests, so_does_the_folder_of_temporary_files, 0, 2);
    tcase_add_test(tests, a_folder_too_deep_for_a_path_can_be_read);
    tcase_add_test(tests, a_folder_that_was_removed_does_not_matter_to_other_paths);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
