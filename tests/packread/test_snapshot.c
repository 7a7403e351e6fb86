/* test_snapshot.c - what may be named, what each name opens, and how what cannot be opened is told.
 *
 * Nothing here may hang: an alarm ends a test that waits for a FIFO. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "packwriter.h"
#include "samples.h"
#include "suite.h"

static void set_alarm(void)
{
    alarm(60);
}

static void clear_alarm(void)
{
    alarm(0);
}

/* ---- Helpers --------------------------------------------------------------------------------- */

static size_t objects_of(packread_snapshot *snapshot)
{
    size_t objects = 0;

    for (size_t i = 0; i < packread_snapshot_packs(snapshot); i++) {
        packread_pack_info info;

        ck_assert_int_eq(packread_snapshot_pack(snapshot, i, &info), 0);
        objects += info.objects;
    }
    return objects;
}

static void opens(const char *path, size_t packs, size_t objects)
{
    packread_snapshot *snapshot = sample_open(path, NULL);

    ck_assert_msg(packread_snapshot_packs(snapshot) == packs, "%s: %zu packs", path,
                  packread_snapshot_packs(snapshot));
    ck_assert_msg(objects_of(snapshot) == objects, "%s: %zu objects", path, objects_of(snapshot));
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    ck_assert_ptr_null(packread_snapshot_problem(snapshot, 0));
    packread_snapshot_free(snapshot);
}

static size_t open_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    size_t count = 0;

    if (!folder)
        return 0;
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* Refused with this code; the snapshot pointer stays as it was, the detail names the file, and no
 * descriptor is left behind. */
static packread_error refuses(const char *path, int code)
{
    size_t descriptors = open_descriptors();
    packread_snapshot *const before = (packread_snapshot *)&descriptors;
    packread_snapshot *snapshot = before;
    packread_error error;
    int status;

    memset(&error, 0x5a, sizeof error);
    status = packread_snapshot_open(path, NULL, &snapshot, &error);
    ck_assert_msg(status == code, "%s: %d %s", path, status, status ? error.text : "");
    ck_assert_int_eq(error.code, code);
    ck_assert_ptr_eq(snapshot, before);
    ck_assert_uint_gt(strlen(error.text), 0);
    ck_assert_uint_gt(strlen(error.file), 0);
    ck_assert_int_eq(packread_snapshot_open(path, NULL, &snapshot, NULL), code);
    ck_assert_uint_eq(open_descriptors(), descriptors);
    return error;
}

static char *scratch(const char *name)
{
    return suite_scratch_path(name);
}

static void copy_file(const char *from, const char *to)
{
    char command[8192];

    snprintf(command, sizeof command, "cp '%s' '%s'", from, to);
    ck_assert_msg(system(command) == 0, "%s", command);
}

/* SCRATCH/NAME.pack and .idx, copies of packs/types. */
static void copy_types(const char *name)
{
    const sample *of = sample_find("packs/types");
    char *pack = sample_path(of, "pack/pack-types.pack");
    char *index = sample_path(of, "pack/pack-types.idx");
    char place[64];
    char *to;

    snprintf(place, sizeof place, "%s.pack", name);
    to = scratch(place);
    copy_file(pack, to);
    free(to);
    snprintf(place, sizeof place, "%s.idx", name);
    to = scratch(place);
    copy_file(index, to);
    free(to);
    free(pack);
    free(index);
}

#define TYPES_OBJECTS 12

/* ---- Every kind of place --------------------------------------------------------------------- */

START_TEST(a_pack_and_its_index_open_the_same_one_pack)
{
    static const char *const names[] = {"pack/pack-types.pack", "pack/pack-types.idx"};
    char *path = sample_path(sample_find("packs/types"), names[_i]);
    char *beside = sample_path(sample_find("packs/duplicates"), "pack/pack-duplicates-2.idx");

    opens(path, 1, TYPES_OBJECTS);
    opens(beside, 1, 4); /* not the pack that lies beside it */
    free(path);
    free(beside);
}
END_TEST

START_TEST(a_folder_of_packs_opens_them_all)
{
    char *path = sample_path(sample_find("packs/duplicates"), "pack");

    opens(path, 2, 8);
    free(path);
}
END_TEST

START_TEST(an_objects_folder_opens_its_packs)
{
    char *path = sample_path(sample_find("packs/duplicates"), NULL);
    char *objects = sample_path(sample_find("repos/multi"), "objects");

    opens(path, 2, 8);
    opens(objects, 5, 6100 + 348);
    free(path);
    free(objects);
}
END_TEST

START_TEST(a_bare_repository_opens_its_packs)
{
    char *path = sample_path(sample_find("repos/multi"), NULL);

    opens(path, 5, 6100 + 348);
    free(path);
}
END_TEST

START_TEST(a_slash_at_the_end_changes_nothing)
{
    char *folder = sample_path(sample_find("packs/duplicates"), "pack/");
    char *bare = sample_path(sample_find("repos/multi"), "/");

    opens(folder, 2, 8);
    opens(bare, 5, 6100 + 348);
    free(folder);
    free(bare);
}
END_TEST

/* Each of these leads to the one pack of the work tree's repository. */
START_TEST(work_trees_and_git_files_lead_to_the_repository)
{
    static const char *const places[] = {
        "repos/worktree/main",           "repos/worktree/main/.git",
        "repos/worktree/main/.git/objects", "repos/worktree/linked",
        "repos/worktree/linked/.git",
    };
    char path[4096];
    sample_truth truth;

    sample_truth_load(sample_find("repos/worktree/main"), &truth);
    snprintf(path, sizeof path, "%s/%s", suite_fixtures(), places[_i]);
    opens(path, 1, truth.count);
    sample_truth_free(&truth);
}
END_TEST

START_TEST(a_relative_git_file_leads_to_the_submodule)
{
    static const char *const places[] = {"sub", "sub/.git", ".git/modules/sub"};
    char *path = sample_path(sample_find("repos/worktree/main"), places[_i]);
    sample_truth truth;

    sample_truth_load(sample_find("repos/worktree/main/sub"), &truth);
    opens(path, 1, truth.count);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

START_TEST(places_may_be_relative_to_the_current_folder)
{
    char *path = sample_path(sample_find("repos/worktree/main"), NULL);
    char *pack = sample_path(sample_find("packs/types"), "pack");
    sample_truth truth;

    sample_truth_load(sample_find("repos/worktree/main"), &truth);
    ck_assert_int_eq(chdir(path), 0);
    opens(".", 1, truth.count);
    opens(".git", 1, truth.count);
    ck_assert_int_eq(chdir("../linked"), 0);
    opens(".", 1, truth.count);
    opens(".git", 1, truth.count);
    ck_assert_int_eq(chdir(pack), 0);
    opens("pack-types.pack", 1, TYPES_OBJECTS);
    opens("pack-types.idx", 1, TYPES_OBJECTS);
    opens(".", 1, TYPES_OBJECTS);
    sample_truth_free(&truth);
    free(path);
    free(pack);
}
END_TEST

START_TEST(a_repository_without_packs_opens_empty)
{
    char *path = sample_path(sample_find("repos/empty"), NULL);

    opens(path, 0, 0);
    free(path);
}
END_TEST

START_TEST(symbolic_links_are_followed)
{
    char *path = sample_path(sample_find("packs/types"), "pack");
    char *link = scratch("link");

    ck_assert_int_eq(symlink(path, link), 0);
    opens(link, 1, TYPES_OBJECTS);
    free(path);
    free(link);
}
END_TEST

START_TEST(packs_are_numbered_by_name_and_described)
{
    char *path = sample_path(sample_find("packs/duplicates"), NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);

    for (size_t i = 0; i < 2; i++) {
        packread_pack_info info;
        struct stat status;
        char name[64];

        snprintf(name, sizeof name, "pack-duplicates-%zu", i + 1);
        ck_assert_int_eq(packread_snapshot_pack(snapshot, i, &info), 0);
        ck_assert_str_eq(info.name, name);
        ck_assert_uint_eq(info.objects, 4);
        ck_assert_uint_eq(info.version, 2);
        ck_assert_uint_eq(info.index_version, 2);
        ck_assert_uint_eq(info.id_size, 20);
        ck_assert_int_eq(stat(info.path, &status), 0);
        ck_assert_uint_eq(info.size, (uint64_t)status.st_size);
        ck_assert_int_eq(stat(info.index_path, &status), 0);
        ck_assert_uint_eq(info.index_size, (uint64_t)status.st_size);
    }
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

START_TEST(versions_and_id_sizes_are_told)
{
    static const struct {
        const char *where;
        unsigned version;
        unsigned index_version;
        unsigned id_size;
    } packs[] = {{"packs/types", 2, 2, 20},    {"packs/index-v1", 2, 1, 20},
                 {"special/pack-v3", 3, 2, 20}, {"sha256/types", 2, 2, 32},
                 {"packs/empty-v1", 2, 1, 20},  {"packs/empty-v2", 2, 2, 20}};

    for (size_t i = 0; i < sizeof packs / sizeof *packs; i++) {
        char *path = sample_path(sample_find(packs[i].where), NULL);
        packread_snapshot *snapshot = sample_open(path, NULL);
        packread_pack_info info;

        ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
        ck_assert_uint_eq(info.version, packs[i].version);
        ck_assert_uint_eq(info.index_version, packs[i].index_version);
        ck_assert_uint_eq(info.id_size, packs[i].id_size);
        packread_snapshot_free(snapshot);
        free(path);
    }
}
END_TEST

START_TEST(a_pack_past_the_end_is_an_argument_error)
{
    char *path = sample_path(sample_find("packs/types"), NULL);
    packread_snapshot *snapshot = sample_open(path, NULL);
    packread_pack_info info;

    ck_assert_int_eq(packread_snapshot_pack(snapshot, 1, &info), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_snapshot_pack(snapshot, SIZE_MAX, &info), PACKREAD_ERROR_ARGUMENT);
    packread_snapshot_free(snapshot);
    free(path);
}
END_TEST

START_TEST(nothing_may_be_freed)
{
    packread_snapshot_free(NULL);
    packread_reader_free(NULL);
}
END_TEST

START_TEST(null_and_unknown_options_are_argument_errors)
{
    char *path = sample_path(sample_find("packs/types"), NULL);
    packread_snapshot *snapshot = NULL;
    packread_reader *reader = NULL;
    packread_options options = {.memory_limit = (1 << 20) - 1};
    packread_error error;

    ck_assert_int_eq(packread_snapshot_open(NULL, NULL, &snapshot, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_snapshot_open(path, NULL, NULL, &error), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_snapshot_open(path, &options, &snapshot, &error),
                     PACKREAD_ERROR_ARGUMENT);
    options = (packread_options){.manager = (enum smmap_kind)7};
    ck_assert_int_eq(packread_snapshot_open(path, &options, &snapshot, &error),
                     PACKREAD_ERROR_ARGUMENT);
    options = (packread_options){.io = (enum smmap_io)7};
    ck_assert_int_eq(packread_snapshot_open(path, &options, &snapshot, &error),
                     PACKREAD_ERROR_ARGUMENT);
    options = (packread_options){.flags = 0x80};
    ck_assert_int_eq(packread_snapshot_open(path, &options, &snapshot, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_ptr_null(snapshot);
    ck_assert_int_eq(packread_reader_new(NULL, &reader, &error), PACKREAD_ERROR_ARGUMENT);
    ck_assert_ptr_null(reader);
    free(path);
}
END_TEST

/* ---- Places that are none -------------------------------------------------------------------- */

START_TEST(what_is_not_there_says_so)
{
    static const char *const names[] = {"missing", "missing.pack", "missing.idx", "no/such/folder"};
    char *path = scratch(names[_i]);
    packread_error error = refuses(path, PACKREAD_ERROR_SYSTEM);

    ck_assert_int_eq(error.system_errno, ENOENT);
    ck_assert_ptr_nonnull(strstr(error.file, names[_i]));
    free(path);
}
END_TEST

START_TEST(an_empty_name_is_refused)
{
    packread_snapshot *snapshot = NULL;

    ck_assert_int_lt(packread_snapshot_open("", NULL, &snapshot, NULL), 0);
    ck_assert_ptr_null(snapshot);
}
END_TEST

START_TEST(other_folders_and_files_are_no_place)
{
    char *empty = scratch("empty");
    char *text = scratch("text.txt");
    char *packs = scratch("text.packs");

    ck_assert_int_eq(mkdir(empty, 0777), 0);
    refuses(empty, PACKREAD_ERROR_NOT_A_PLACE);
    suite_write_file(text, "some text\n", 10);
    refuses(text, PACKREAD_ERROR_NOT_A_PLACE);
    suite_write_file(text, "", 0);
    refuses(text, PACKREAD_ERROR_NOT_A_PLACE);
    suite_write_file(packs, "PACK\0\0\0\2\0\0\0\0", 12);
    refuses(packs, PACKREAD_ERROR_NOT_A_PLACE);
    free(empty);
    free(text);
    free(packs);
}
END_TEST

/* Each would block in open(2), or be no file at all. */
START_TEST(a_fifo_socket_device_or_folder_in_a_pack_s_place_is_refused_at_once)
{
    static const char *const names[] = {"odd.pack", "odd.idx", "odd"};
    char *path = scratch(names[_i]);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int socket_fd;

    ck_assert_int_eq(mkfifo(path, 0666), 0);
    refuses(path, PACKREAD_ERROR_NOT_REGULAR);
    ck_assert_int_eq(unlink(path), 0);

    if (strlen(path) < sizeof address.sun_path) {
        socket_fd = socket(AF_UNIX, SOCK_STREAM, 0);
        strcpy(address.sun_path, path);
        ck_assert_int_eq(bind(socket_fd, (struct sockaddr *)&address, sizeof address), 0);
        refuses(path, PACKREAD_ERROR_NOT_REGULAR);
        close(socket_fd);
        ck_assert_int_eq(unlink(path), 0);
    }

    ck_assert_int_eq(symlink("/dev/null", path), 0);
    refuses(path, PACKREAD_ERROR_NOT_REGULAR);
    ck_assert_int_eq(unlink(path), 0);

    if (_i < 2) {
        ck_assert_int_eq(mkdir(path, 0777), 0);
        refuses(path, PACKREAD_ERROR_NOT_REGULAR);
    }
    free(path);
}
END_TEST

START_TEST(a_fifo_or_folder_in_the_place_of_one_of_the_pair_is_refused)
{
    static const char *const odd[] = {"pair.pack", "pair.idx"};
    char *pack = scratch("pair.pack");
    char *index = scratch("pair.idx");
    char *path = scratch(odd[_i]);

    copy_types("pair");
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0666), 0);
    refuses(pack, PACKREAD_ERROR_NOT_REGULAR);
    refuses(index, PACKREAD_ERROR_NOT_REGULAR);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkdir(path, 0777), 0);
    refuses(pack, PACKREAD_ERROR_NOT_REGULAR);
    refuses(index, PACKREAD_ERROR_NOT_REGULAR);
    free(pack);
    free(index);
    free(path);
}
END_TEST

START_TEST(a_loop_of_symbolic_links_ends)
{
    char *path = scratch("loop.pack");
    packread_error error;

    ck_assert_int_eq(symlink("loop.pack", path), 0);
    error = refuses(path, PACKREAD_ERROR_SYSTEM);
    ck_assert_int_eq(error.system_errno, ELOOP);
    free(path);
}
END_TEST

START_TEST(git_files_that_lead_in_a_circle_or_nowhere_are_refused)
{
    char *work = scratch("work");
    char *file = scratch("work/.git");
    char *other = scratch("other");
    char *other_file = scratch("other/.git");
    char fifo[4096];

    ck_assert_int_eq(mkdir(work, 0777), 0);
    ck_assert_int_eq(mkdir(other, 0777), 0);
    suite_write_file(file, "gitdir: ../other\n", 17);
    suite_write_file(other_file, "gitdir: ../work\n", 16);
    refuses(work, PACKREAD_ERROR_NOT_A_PLACE);
    suite_write_file(file, "gitdir: .git\n", 13);
    refuses(work, PACKREAD_ERROR_NOT_A_PLACE);
    suite_write_file(file, "gitdir: /no/such/folder\n", 24);
    refuses(work, PACKREAD_ERROR_SYSTEM);
    suite_write_file(file, "gitdir: \n", 9);
    ck_assert_int_lt(refuses(work, PACKREAD_ERROR_NOT_A_PLACE).code, 0);
    suite_write_file(file, "something else\n", 15);
    refuses(work, PACKREAD_ERROR_NOT_A_PLACE);
    suite_write_file(file, "", 0);
    refuses(work, PACKREAD_ERROR_NOT_A_PLACE);
    ck_assert_int_eq(unlink(file), 0);
    ck_assert_int_eq(mkfifo(file, 0666), 0);
    refuses(work, PACKREAD_ERROR_NOT_A_PLACE);
    snprintf(fifo, sizeof fifo, "%s", file);
    refuses(fifo, PACKREAD_ERROR_NOT_REGULAR);
    free(work);
    free(file);
    free(other);
    free(other_file);
}
END_TEST

START_TEST(a_huge_git_file_is_not_read_whole)
{
    char *work = scratch("work");
    char *file = scratch("work/.git");

    ck_assert_int_eq(mkdir(work, 0777), 0);
    suite_write_file(file, "gitdir: ", 8);
    ck_assert_int_eq(truncate(file, INT64_C(1) << 40), 0);
    ck_assert_int_lt(refuses(work, PACKREAD_ERROR_NOT_A_PLACE).code, 0);
    free(work);
    free(file);
}
END_TEST

/* Root may read everything, so it becomes somebody else; from inside the folder, since those above it
 * may be closed to others. */
START_TEST(files_without_permission_say_so)
{
    static const char *const locked[] = {"locked.pack", "locked.idx"};
    bool is_root = geteuid() == 0;
    packread_snapshot *snapshot = NULL;
    packread_error error;

    copy_types("locked");
    ck_assert_int_eq(chdir(suite_scratch()), 0);
    ck_assert_int_eq(chmod(".", 0777), 0);
    ck_assert_int_eq(chmod("locked.pack", 0644), 0);
    ck_assert_int_eq(chmod("locked.idx", 0644), 0);
    ck_assert_int_eq(chmod(locked[_i], 0), 0);
    if (is_root)
        ck_assert_int_eq(seteuid(65534), 0);
    for (int i = 0; i < 2; i++) {
        memset(&error, 0, sizeof error);
        ck_assert_int_eq(packread_snapshot_open(locked[i], NULL, &snapshot, &error),
                         PACKREAD_ERROR_SYSTEM);
        ck_assert_int_eq(error.system_errno, EACCES);
        ck_assert_str_eq(error.file, locked[_i]);
    }
    snapshot = sample_open(".", NULL);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 0);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->system_errno, EACCES);
    packread_snapshot_free(snapshot);
    if (is_root)
        ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

START_TEST(a_folder_without_permission_says_so)
{
    bool is_root = geteuid() == 0;
    packread_snapshot *snapshot = NULL;
    packread_error error;
    int status;

    ck_assert_int_eq(chdir(suite_scratch()), 0);
    ck_assert_int_eq(chmod(".", 0777), 0);
    ck_assert_int_eq(mkdir("repo", 0777), 0);
    ck_assert_int_eq(mkdir("repo/objects", 0777), 0);
    ck_assert_int_eq(mkdir("repo/objects/pack", 0), 0);
    suite_write_file("repo/HEAD", "ref: refs/heads/main\n", 21);
    if (is_root)
        ck_assert_int_eq(seteuid(65534), 0);
    memset(&error, 0, sizeof error);
    status = packread_snapshot_open("repo", NULL, &snapshot, &error);
    if (is_root)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(status, PACKREAD_ERROR_SYSTEM);
    ck_assert_int_eq(error.system_errno, EACCES);
    ck_assert_ptr_nonnull(strstr(error.file, "objects/pack"));
    ck_assert_int_eq(chmod("repo/objects/pack", 0777), 0);
}
END_TEST

/* ---- Damaged pairs --------------------------------------------------------------------------- */

static char *damaged(const char *name, const char *ending)
{
    char *path = malloc(4096);

    ck_assert_ptr_nonnull(path);
    snprintf(path, 4096, "%s/damaged/%s/pack/pack-%s.%s", suite_fixtures(), name, name, ending);
    return path;
}

/* Named itself, the pack is an error; in a folder it is a problem, and the call succeeds. */
static void is_a_problem(const char *name, const char *named, int code, const char *file)
{
    char *path = damaged(name, named);
    char folder[4096];
    packread_snapshot *snapshot;
    const packread_error *problem;
    packread_error error = refuses(path, code);

    ck_assert_msg(strstr(error.file, file) != NULL, "%s", error.file);
    snprintf(folder, sizeof folder, "%s/damaged/%s", suite_fixtures(), name);
    snapshot = sample_open(folder, NULL);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 0);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    problem = packread_snapshot_problem(snapshot, 0);
    ck_assert_ptr_nonnull(problem);
    ck_assert_int_eq(problem->code, code);
    ck_assert_str_eq(problem->text, error.text);
    ck_assert_ptr_null(packread_snapshot_problem(snapshot, 1));
    packread_snapshot_free(snapshot);
    free(path);
}

START_TEST(an_index_that_is_none_is_refused)
{
    is_a_problem("not-an-index", "pack", PACKREAD_ERROR_NOT_AN_INDEX, "pack-not-an-index.idx");
    is_a_problem("not-an-index", "idx", PACKREAD_ERROR_NOT_AN_INDEX, "pack-not-an-index.idx");
    is_a_problem("zero-bytes-index", "pack", PACKREAD_ERROR_NOT_AN_INDEX,
                 "pack-zero-bytes-index.idx");
    is_a_problem("truncated-index", "pack", PACKREAD_ERROR_CORRUPT, "pack-truncated-index.idx");
}
END_TEST

START_TEST(a_pack_that_is_empty_is_refused)
{
    is_a_problem("zero-bytes-pack", "pack", PACKREAD_ERROR_NOT_A_PACK, "pack-zero-bytes-pack.pack");
}
END_TEST

/* Neither its head nor its trailer is a pack's, or those of this index. */
START_TEST(a_pack_that_both_its_ends_speak_against_is_refused)
{
    is_a_problem("not-a-pack", "pack", PACKREAD_ERROR_NOT_A_PACK, "pack-not-a-pack.pack");
    is_a_problem("other-index", "pack", PACKREAD_ERROR_MISMATCH, "pack-other-index.pack");
}
END_TEST

static size_t count_readable(packread_snapshot *snapshot, const sample_truth *truth)
{
    packread_reader *reader = sample_reader(snapshot);
    size_t readable = 0;

    for (size_t i = 0; i < truth->count; i++) {
        packread_object object;
        packread_error error;
        int status = packread_reader_read(reader, &truth->objects[i].id, &object, &error);

        if (status == 0) {
            ck_assert(sample_hashes_to(&truth->objects[i].id, object.type, object.data,
                                       object.size));
            readable++;
        } else {
            ck_assert_int_eq(status, PACKREAD_ERROR_CORRUPT);
        }
    }
    packread_reader_free(reader);
    return readable;
}

/* One end is damaged, the other vouches for the pair: what is intact between them is served, the
 * damage is told, and unchecked reading is refused. */
static void is_a_doubt(const char *path, int code, const char *file, size_t readable)
{
    packread_options unchecked = {.flags = PACKREAD_NO_CHECK};
    packread_snapshot *snapshot = sample_open(path, NULL);
    packread_snapshot *none = NULL;
    packread_error error;
    sample_truth truth;

    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 1);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->code, code);
    ck_assert_ptr_nonnull(strstr(packread_snapshot_problem(snapshot, 0)->file, file));
    sample_truth_load(sample_find("packs/sizes"), &truth);
    if (readable == SIZE_MAX)
        readable = truth.count;
    ck_assert_uint_eq(count_readable(snapshot, &truth), readable);
    packread_snapshot_free(snapshot);
    ck_assert_int_eq(packread_snapshot_open(path, &unchecked, &none, &error), code);
    ck_assert_ptr_null(none);
    sample_truth_free(&truth);
}

START_TEST(a_pack_with_one_damaged_end_serves_what_is_intact)
{
    char *path = damaged("wrong-pack-sum", "pack");

    is_a_doubt(path, PACKREAD_ERROR_MISMATCH, "pack-wrong-pack-sum.pack", SIZE_MAX);
    free(path);
}
END_TEST

/* Whole are those whose entries, and their bases', lie before the cut. */
START_TEST(a_pack_that_was_cut_serves_what_is_left)
{
    char *path = damaged("truncated-pack", "pack");
    struct stat status;
    sample_truth truth;
    size_t before = 0;
    uint64_t last = 0;

    ck_assert_int_eq(stat(path, &status), 0);
    sample_truth_load(sample_find("packs/sizes"), &truth);
    for (size_t i = 0; i < truth.count; i++) {
        if (truth.objects[i].offset < (uint64_t)status.st_size) {
            before++;
            if (truth.objects[i].offset > last)
                last = truth.objects[i].offset;
        }
    }
    ck_assert_uint_gt(before, 3);
    ck_assert_uint_lt(before, truth.count);
    ck_assert_uint_lt(last, (uint64_t)status.st_size);
    is_a_doubt(path, PACKREAD_ERROR_MISMATCH, "pack-truncated-pack.pack", before - 1);
    sample_truth_free(&truth);
    free(path);
}
END_TEST

START_TEST(a_pack_with_a_damaged_header_serves_its_objects)
{
    static const struct {
        long at;
        int code;
    } flips[] = {{0, PACKREAD_ERROR_NOT_A_PACK},
                 {3, PACKREAD_ERROR_NOT_A_PACK},
                 {7, PACKREAD_ERROR_VERSION},
                 {11, PACKREAD_ERROR_MISMATCH}};
    const sample *sizes = sample_find("packs/sizes");
    char *from = sample_path(sizes, "pack/pack-sizes.pack");
    char *from_index = sample_path(sizes, "pack/pack-sizes.idx");
    char *pack = scratch("flipped.pack");
    char *index = scratch("flipped.idx");
    FILE *file;

    copy_file(from, pack);
    copy_file(from_index, index);
    file = fopen(pack, "r+b");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, flips[_i].at, SEEK_SET), 0);
    ck_assert_int_eq(fputc(0x7e, file), 0x7e);
    ck_assert_int_eq(fclose(file), 0);
    is_a_doubt(pack, flips[_i].code, "flipped.pack", SIZE_MAX);
    free(from);
    free(from_index);
    free(pack);
    free(index);
}
END_TEST

START_TEST(one_of_a_pair_alone_is_refused)
{
    char path[4096];
    packread_error error;

    is_a_problem("missing-pack", "idx", PACKREAD_ERROR_NO_INDEX, "pack-missing-pack");
    snprintf(path, sizeof path, "%s/special/missing-index/pack/pack-missing-index.pack",
             suite_fixtures());
    error = refuses(path, PACKREAD_ERROR_NO_INDEX);
    ck_assert_ptr_nonnull(strstr(error.file, "pack-missing-index"));
}
END_TEST

START_TEST(packs_that_cannot_be_opened_do_not_cost_the_others)
{
    char *folder = scratch("");
    char *path;
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_object object;
    packread_error error;
    sample_truth truth;

    copy_types("pack-good");
    copy_types("pack-bad-index");
    path = scratch("pack-bad-index.idx");
    suite_write_file(path, "not an index", 12);
    free(path);
    copy_types("pack-fifo");
    path = scratch("pack-fifo.pack");
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0666), 0);
    free(path);
    copy_types("pack-no-pack");
    path = scratch("pack-no-pack.pack");
    ck_assert_int_eq(unlink(path), 0);
    free(path);

    snapshot = sample_open(folder, NULL);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 1);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 3);
    for (size_t i = 0; i < 3; i++) {
        const packread_error *problem = packread_snapshot_problem(snapshot, i);

        ck_assert_ptr_nonnull(problem);
        ck_assert_int_lt(problem->code, 0);
        ck_assert_ptr_null(strstr(problem->file, "pack-good"));
    }
    sample_truth_load(sample_find("packs/types"), &truth);
    reader = sample_reader(snapshot);
    for (size_t i = 0; i < truth.count; i++)
        sample_good(packread_reader_read(reader, &truth.objects[i].id, &object, &error), &error);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    sample_truth_free(&truth);
    free(folder);
}
END_TEST

/* Files that git leaves beside packs are not packs. */
START_TEST(other_files_in_a_folder_of_packs_are_passed_over)
{
    static const char *const others[] = {"pack-good.rev",  "pack-good.bitmap", "pack-good.keep",
                                         "pack-good.promisor", "tmp_pack_123", "multi-pack-index",
                                         ".idx", ".pack", "README"};
    char *folder = scratch("");

    copy_types("pack-good");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char *path = scratch(others[i]);

        suite_write_file(path, "anything", 8);
        free(path);
    }
    opens(folder, 1, TYPES_OBJECTS);
    free(folder);
}
END_TEST

START_TEST(a_pack_without_an_index_in_a_folder_is_told)
{
    char *folder = scratch("");
    char *index = scratch("pack-new.idx");
    packread_snapshot *snapshot;

    copy_types("pack-good");
    copy_types("pack-new");
    ck_assert_int_eq(unlink(index), 0);
    snapshot = sample_open(folder, NULL);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 1);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->code, PACKREAD_ERROR_NO_INDEX);
    ck_assert_ptr_nonnull(strstr(packread_snapshot_problem(snapshot, 0)->file, "pack-new"));
    packread_snapshot_free(snapshot);
    free(index);
    free(folder);
}
END_TEST

START_TEST(names_of_packs_may_hold_any_byte)
{
    static const char *const names[] = {"pack with space", "pack-\x1b[31m", "p\xc3\xa4",
                                        "not\xffutf8",     "-dash",         "two.dots",
                                        "two",             "two.dots.more", "two-"};
    char *folder = scratch("");
    packread_snapshot *snapshot;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        copy_types(names[i]);
    snapshot = sample_open(folder, NULL);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), sizeof names / sizeof *names);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    for (size_t i = 1; i < sizeof names / sizeof *names; i++) {
        packread_pack_info before;
        packread_pack_info info;

        ck_assert_int_eq(packread_snapshot_pack(snapshot, i - 1, &before), 0);
        ck_assert_int_eq(packread_snapshot_pack(snapshot, i, &info), 0);
        ck_assert_int_lt(strcmp(before.name, info.name), 0);
    }
    packread_snapshot_free(snapshot);
    free(folder);
}
END_TEST

/* What the library does not read yet is said, never left out in silence. */
START_TEST(loose_objects_and_alternates_are_told)
{
    char *objects = scratch("objects");
    char *pack = scratch("objects/pack");
    char *loose = scratch("objects/ab");
    char *info = scratch("objects/info");
    char *alternates = scratch("objects/info/alternates");
    packread_snapshot *snapshot;

    ck_assert_int_eq(mkdir(objects, 0777), 0);
    ck_assert_int_eq(mkdir(pack, 0777), 0);
    ck_assert_int_eq(mkdir(info, 0777), 0);
    snapshot = sample_open(objects, NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    packread_snapshot_free(snapshot);
    ck_assert_int_eq(mkdir(loose, 0777), 0);
    suite_write_file(alternates, "/somewhere/else\n", 16);
    snapshot = sample_open(objects, NULL);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 2);
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(packread_snapshot_problem(snapshot, i)->code, PACKREAD_ERROR_UNSUPPORTED);
    packread_snapshot_free(snapshot);
    free(objects);
    free(pack);
    free(loose);
    free(info);
    free(alternates);
}
END_TEST

START_TEST(nothing_stays_open_after_a_snapshot_is_freed)
{
    size_t before = open_descriptors();
    char *path = sample_path(sample_find("repos/multi"), NULL);

    for (int i = 0; i < 20; i++) {
        packread_snapshot *snapshot = sample_open(path, NULL);

        sample_census(snapshot);
        packread_snapshot_free(snapshot);
    }
    ck_assert_uint_eq(open_descriptors(), before);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("snapshot");
    TCase *good = tcase_create("places");
    TCase *bad = tcase_create("refused");
    TCase *damage = tcase_create("damaged");

    tcase_add_checked_fixture(good, set_alarm, clear_alarm);
    tcase_add_loop_test(good, a_pack_and_its_index_open_the_same_one_pack, 0, 2);
    tcase_add_test(good, a_folder_of_packs_opens_them_all);
    tcase_add_test(good, an_objects_folder_opens_its_packs);
    tcase_add_test(good, a_bare_repository_opens_its_packs);
    tcase_add_test(good, a_slash_at_the_end_changes_nothing);
    tcase_add_loop_test(good, work_trees_and_git_files_lead_to_the_repository, 0, 5);
    tcase_add_loop_test(good, a_relative_git_file_leads_to_the_submodule, 0, 3);
    tcase_add_test(good, places_may_be_relative_to_the_current_folder);
    tcase_add_test(good, a_repository_without_packs_opens_empty);
    tcase_add_test(good, symbolic_links_are_followed);
    tcase_add_test(good, packs_are_numbered_by_name_and_described);
    tcase_add_test(good, versions_and_id_sizes_are_told);
    tcase_add_test(good, a_pack_past_the_end_is_an_argument_error);
    tcase_add_test(good, nothing_may_be_freed);
    tcase_add_test(good, null_and_unknown_options_are_argument_errors);
    tcase_add_test(good, nothing_stays_open_after_a_snapshot_is_freed);
    suite_add_tcase(suite, good);

    tcase_add_checked_fixture(bad, set_alarm, clear_alarm);
    tcase_add_loop_test(bad, what_is_not_there_says_so, 0, 4);
    tcase_add_test(bad, an_empty_name_is_refused);
    tcase_add_test(bad, other_folders_and_files_are_no_place);
    tcase_add_loop_test(bad, a_fifo_socket_device_or_folder_in_a_pack_s_place_is_refused_at_once, 0,
                        3);
    tcase_add_loop_test(bad, a_fifo_or_folder_in_the_place_of_one_of_the_pair_is_refused, 0, 2);
    tcase_add_test(bad, a_loop_of_symbolic_links_ends);
    tcase_add_test(bad, git_files_that_lead_in_a_circle_or_nowhere_are_refused);
    tcase_add_test(bad, a_huge_git_file_is_not_read_whole);
    tcase_add_loop_test(bad, files_without_permission_say_so, 0, 2);
    tcase_add_test(bad, a_folder_without_permission_says_so);
    suite_add_tcase(suite, bad);

    tcase_add_checked_fixture(damage, set_alarm, clear_alarm);
    tcase_add_test(damage, an_index_that_is_none_is_refused);
    tcase_add_test(damage, a_pack_that_is_empty_is_refused);
    tcase_add_test(damage, a_pack_that_both_its_ends_speak_against_is_refused);
    tcase_add_test(damage, a_pack_with_one_damaged_end_serves_what_is_intact);
    tcase_add_test(damage, a_pack_that_was_cut_serves_what_is_left);
    tcase_add_loop_test(damage, a_pack_with_a_damaged_header_serves_its_objects, 0, 4);
    tcase_add_test(damage, one_of_a_pair_alone_is_refused);
    tcase_add_test(damage, packs_that_cannot_be_opened_do_not_cost_the_others);
    tcase_add_test(damage, other_files_in_a_folder_of_packs_are_passed_over);
    tcase_add_test(damage, a_pack_without_an_index_in_a_folder_is_told);
    tcase_add_test(damage, names_of_packs_may_hold_any_byte);
    tcase_add_test(damage, loose_objects_and_alternates_are_told);
    suite_add_tcase(suite, damage);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
