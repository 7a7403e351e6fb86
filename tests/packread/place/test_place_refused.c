/* test_place_refused.c - what is no place, or may not be read, is refused and says why. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "opening.h"
#include "samples.h"
#include "suite.h"

START_TEST(what_is_not_there_says_so)
{
    static const char *const names[] = {"missing", "missing.pack", "missing.idx", "no/such/folder"};
    char *path = suite_scratch_path(names[_i]);
    packread_error error = opening_refused(path, PACKREAD_ERROR_SYSTEM);

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
    char *empty = suite_scratch_path("empty");
    char *text = suite_scratch_path("text.txt");

    ck_assert_int_eq(mkdir(empty, 0777), 0);
    opening_refused(empty, PACKREAD_ERROR_NOT_A_PLACE);
    suite_write_file(text, "some text\n", 10);
    opening_refused(text, PACKREAD_ERROR_NOT_A_PLACE);
    suite_write_file(text, "", 0);
    opening_refused(text, PACKREAD_ERROR_NOT_A_PLACE);
    suite_write_file(text, "PAC", 3);
    opening_refused(text, PACKREAD_ERROR_NOT_A_PLACE);
    suite_write_file(text, "PACK\0\0\0\2\0\0\0\0", 12);
    opening_refused(text, PACKREAD_ERROR_NOT_A_PACK);
    free(empty);
    free(text);
}
END_TEST

/* Each would block in open(2), or be no file at all. */
START_TEST(a_fifo_socket_device_or_folder_in_a_pack_s_place_is_refused_at_once)
{
    static const char *const names[] = {"odd.pack", "odd.idx", "odd"};
    char *path = suite_scratch_path(names[_i]);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int socket_fd;

    ck_assert_int_eq(mkfifo(path, 0666), 0);
    opening_refused(path, PACKREAD_ERROR_NOT_REGULAR);
    ck_assert_int_eq(unlink(path), 0);

    if (strlen(path) < sizeof address.sun_path) {
        socket_fd = socket(AF_UNIX, SOCK_STREAM, 0);
        strcpy(address.sun_path, path);
        ck_assert_int_eq(bind(socket_fd, (struct sockaddr *)&address, sizeof address), 0);
        opening_refused(path, PACKREAD_ERROR_NOT_REGULAR);
        close(socket_fd);
        ck_assert_int_eq(unlink(path), 0);
    }

    ck_assert_int_eq(symlink("/dev/null", path), 0);
    opening_refused(path, PACKREAD_ERROR_NOT_REGULAR);
    ck_assert_int_eq(unlink(path), 0);

    if (_i < 2) {
        ck_assert_int_eq(mkdir(path, 0777), 0);
        opening_refused(path, PACKREAD_ERROR_NOT_REGULAR);
    }
    free(path);
}
END_TEST

START_TEST(a_fifo_or_folder_in_the_place_of_a_pack_is_refused)
{
    char *pack = suite_scratch_path("pair.pack");
    char *index = suite_scratch_path("pair.idx");

    opening_copy_types("pair");
    ck_assert_int_eq(unlink(pack), 0);
    ck_assert_int_eq(mkfifo(pack, 0666), 0);
    opening_refused(pack, PACKREAD_ERROR_NOT_REGULAR);
    opening_refused(index, PACKREAD_ERROR_NOT_REGULAR);
    ck_assert_int_eq(unlink(pack), 0);
    ck_assert_int_eq(mkdir(pack, 0777), 0);
    opening_refused(pack, PACKREAD_ERROR_NOT_REGULAR);
    opening_refused(index, PACKREAD_ERROR_NOT_REGULAR);
    free(pack);
    free(index);
}
END_TEST

/* What is in the way of the index is told, and every object is read. */
static void is_told(const char *path, int code)
{
    packread_snapshot *snapshot = sample_open(path, NULL);
    packread_reader *reader = sample_reader(snapshot);
    packread_object object;
    packread_error error;
    sample_truth truth;

    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->code, code);
    sample_truth_load(sample_find("packs/types"), &truth);
    for (size_t i = 0; i < truth.count; i++)
        sample_good(packread_reader_read(reader, &truth.objects[i].id, &object, &error), &error);
    sample_truth_free(&truth);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}

/* The pack has all that an index knows. */
START_TEST(whatever_is_in_the_place_of_an_index_the_pack_is_read)
{
    char *pack = suite_scratch_path("pair.pack");
    char *index = suite_scratch_path("pair.idx");

    opening_copy_types("pair");
    ck_assert_int_eq(unlink(index), 0);
    ck_assert_int_eq(mkfifo(index, 0666), 0);
    is_told(pack, PACKREAD_ERROR_NOT_REGULAR);
    ck_assert_int_eq(unlink(index), 0);
    ck_assert_int_eq(mkdir(index, 0777), 0);
    is_told(pack, PACKREAD_ERROR_NOT_REGULAR);
    ck_assert_int_eq(rmdir(index), 0);
    ck_assert_int_eq(symlink("/no/such/index", index), 0);
    is_told(pack, PACKREAD_ERROR_SYSTEM);
    free(pack);
    free(index);
}
END_TEST

START_TEST(a_loop_of_symbolic_links_ends)
{
    char *path = suite_scratch_path("loop.pack");
    packread_error error;

    ck_assert_int_eq(symlink("loop.pack", path), 0);
    error = opening_refused(path, PACKREAD_ERROR_SYSTEM);
    ck_assert_int_eq(error.system_errno, ELOOP);
    free(path);
}
END_TEST

START_TEST(git_files_that_lead_in_a_circle_or_nowhere_are_refused)
{
    char *work = suite_scratch_path("work");
    char *file = suite_scratch_path("work/.git");
    char *other = suite_scratch_path("other");
    char *other_file = suite_scratch_path("other/.git");
    char fifo[4096];

    ck_assert_int_eq(mkdir(work, 0777), 0);
    ck_assert_int_eq(mkdir(other, 0777), 0);
    suite_write_file(file, "gitdir: ../other\n", 17);
    suite_write_file(other_file, "gitdir: ../work\n", 16);
    opening_refused(work, PACKREAD_ERROR_NOT_A_PLACE);
    suite_write_file(file, "gitdir: .git\n", 13);
    opening_refused(work, PACKREAD_ERROR_NOT_A_PLACE);
    suite_write_file(file, "gitdir: /no/such/folder\n", 24);
    opening_refused(work, PACKREAD_ERROR_SYSTEM);
    suite_write_file(file, "gitdir: \n", 9);
    ck_assert_int_lt(opening_refused(work, PACKREAD_ERROR_NOT_A_PLACE).code, 0);
    suite_write_file(file, "something else\n", 15);
    opening_refused(work, PACKREAD_ERROR_NOT_A_PLACE);
    suite_write_file(file, "", 0);
    opening_refused(work, PACKREAD_ERROR_NOT_A_PLACE);
    ck_assert_int_eq(unlink(file), 0);
    ck_assert_int_eq(mkfifo(file, 0666), 0);
    opening_refused(work, PACKREAD_ERROR_NOT_A_PLACE);
    snprintf(fifo, sizeof fifo, "%s", file);
    opening_refused(fifo, PACKREAD_ERROR_NOT_REGULAR);
    free(work);
    free(file);
    free(other);
    free(other_file);
}
END_TEST

START_TEST(a_huge_git_file_is_not_read_whole)
{
    char *work = suite_scratch_path("work");
    char *file = suite_scratch_path("work/.git");

    ck_assert_int_eq(mkdir(work, 0777), 0);
    suite_write_file(file, "gitdir: ", 8);
    ck_assert_int_eq(truncate(file, INT64_C(1) << 40), 0);
    ck_assert_int_lt(opening_refused(work, PACKREAD_ERROR_NOT_A_PLACE).code, 0);
    free(work);
    free(file);
}
END_TEST

/* Root may read everything, so it becomes somebody else; from inside the folder, since those above
 * it may be closed to others. */
START_TEST(files_without_permission_say_so)
{
    static const char *const files[] = {"locked.pack", "locked.idx"};
    const char *locked = files[_i];
    bool is_root = geteuid() == 0;

    opening_copy_types("locked");
    ck_assert_int_eq(chdir(suite_scratch()), 0);
    ck_assert_int_eq(chmod(".", 0777), 0);
    ck_assert_int_eq(chmod("locked.pack", 0644), 0);
    ck_assert_int_eq(chmod("locked.idx", 0644), 0);
    ck_assert_int_eq(chmod(locked, 0), 0);
    if (is_root)
        ck_assert_int_eq(seteuid(65534), 0);
    for (int i = 0; i < 2; i++) {
        packread_snapshot *snapshot = NULL;
        packread_error error = {0};
        int status = packread_snapshot_open(files[i], NULL, &snapshot, &error);

        ck_assert_int_eq(status, _i == 0 ? PACKREAD_ERROR_SYSTEM : 0);
        if (status == 0)
            error = *packread_snapshot_problem(snapshot, 0);
        ck_assert_int_eq(error.system_errno, EACCES);
        ck_assert_str_eq(error.file, locked);
        packread_snapshot_free(snapshot);
    }
    if (_i == 1) {
        is_told(".", PACKREAD_ERROR_SYSTEM);
    } else {
        packread_snapshot *snapshot = sample_open(".", NULL);

        ck_assert_uint_eq(packread_snapshot_packs(snapshot), 0);
        ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
        ck_assert_int_eq(packread_snapshot_problem(snapshot, 0)->system_errno, EACCES);
        packread_snapshot_free(snapshot);
    }
    if (is_root)
        ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

/* Root may do everything; others are themselves. */
static void become(bool is_root, uid_t user)
{
    if (is_root)
        ck_assert_int_eq(seteuid(user), 0);
}

static void check_folder_told(const packread_error *error)
{
    ck_assert_int_eq(error->code, PACKREAD_ERROR_SYSTEM);
    ck_assert_int_eq(error->system_errno, EACCES);
    ck_assert_str_eq(error->file, "repo/objects/pack");
}

/* Of the repository that is just made in the folder the process is in, as a user who may not read
 * all of it; `is_root` says who to be again. */
static packread_snapshot *open_closed(bool is_root, packread_error *error)
{
    packread_snapshot *snapshot = NULL;

    become(is_root, 65534);
    memset(error, 0, sizeof *error);
    packread_snapshot_open("repo", NULL, &snapshot, error);
    return snapshot;
}

static void make_repository(void)
{
    ck_assert_int_eq(chdir(suite_scratch()), 0);
    ck_assert_int_eq(chmod(".", 0777), 0);
    ck_assert_int_eq(mkdir("repo", 0777), 0);
    ck_assert_int_eq(mkdir("repo/objects", 0777), 0);
    ck_assert_int_eq(mkdir("repo/objects/pack", 0777), 0);
    suite_write_file("repo/HEAD", "ref: refs/heads/main\n", 21);
}

START_TEST(a_folder_of_packs_without_permission_is_told_until_it_may_be_read)
{
    const struct timespec before[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    const bool is_root = geteuid() == 0;
    packread_snapshot *snapshot;
    packread_error error;
    bool changed;

    make_repository();
    opening_copy_types("repo/objects/pack/types");
    ck_assert_int_eq(chmod("repo/objects/pack/types.pack", 0644), 0);
    ck_assert_int_eq(chmod("repo/objects/pack/types.idx", 0644), 0);
    ck_assert_int_eq(chmod("repo/objects/pack", 0), 0);
    snapshot = open_closed(is_root, &error);
    ck_assert_ptr_nonnull(snapshot);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 0);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    check_folder_told(packread_snapshot_problem(snapshot, 0));
    /* It changes, and stays closed. */
    become(is_root, 0);
    ck_assert_int_eq(utimensat(AT_FDCWD, "repo/objects/pack", before, 0), 0);
    become(is_root, 65534);
    ck_assert_int_eq(packread_snapshot_refresh(snapshot, &changed, &error), 0);
    ck_assert(!changed);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    become(is_root, 0);
    ck_assert_int_eq(chmod("repo/objects/pack", 0755), 0);
    become(is_root, 65534);
    ck_assert_int_eq(packread_snapshot_refresh(snapshot, &changed, &error), 0);
    ck_assert(changed);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 1);
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 1);
    /* What was read is not given up when it is closed again. */
    become(is_root, 0);
    ck_assert_int_eq(chmod("repo/objects/pack", 0), 0);
    become(is_root, 65534);
    ck_assert_int_eq(packread_snapshot_refresh(snapshot, &changed, &error), PACKREAD_ERROR_SYSTEM);
    check_folder_told(&error);
    ck_assert_uint_eq(packread_snapshot_packs(snapshot), 1);
    packread_snapshot_free(snapshot);
    become(is_root, 0);
    ck_assert_int_eq(chmod("repo/objects/pack", 0777), 0);
}
END_TEST

START_TEST(a_folder_of_objects_without_permission_says_so)
{
    const bool is_root = geteuid() == 0;
    packread_error error;

    make_repository();
    ck_assert_int_eq(chmod("repo/objects", 0), 0);
    ck_assert_ptr_null(open_closed(is_root, &error));
    become(is_root, 0);
    ck_assert_int_eq(chmod("repo/objects", 0777), 0);
    check_folder_told(&error);
}
END_TEST

START_TEST(a_repository_with_something_odd_in_a_place_of_its_own_says_where)
{
    char *where = suite_scratch_path("repo");
    char *head = suite_scratch_path("repo/HEAD");
    char *objects = suite_scratch_path("repo/objects");
    char *common = suite_scratch_path("repo/commondir");
    packread_error error;

    ck_assert_int_eq(mkdir(where, 0777), 0);
    suite_write_file(head, "ref: refs/heads/main\n", 21);
    suite_write_file(objects, "", 0);
    error = opening_refused(where, PACKREAD_ERROR_NOT_A_PLACE);
    ck_assert_ptr_nonnull(strstr(error.file, "objects"));
    ck_assert_int_eq(mkdir(common, 0777), 0);
    error = opening_refused(where, PACKREAD_ERROR_NOT_A_PLACE);
    ck_assert_ptr_nonnull(strstr(error.file, "commondir"));
    free(common);
    free(objects);
    free(head);
    free(where);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("places refused");
    TCase *bad = tcase_create("refused");

    tcase_add_loop_test(bad, what_is_not_there_says_so, 0, 4);
    tcase_add_test(bad, an_empty_name_is_refused);
    tcase_add_test(bad, other_folders_and_files_are_no_place);
    tcase_add_loop_test(bad, a_fifo_socket_device_or_folder_in_a_pack_s_place_is_refused_at_once, 0,
                        3);
    tcase_add_test(bad, a_fifo_or_folder_in_the_place_of_a_pack_is_refused);
    tcase_add_test(bad, whatever_is_in_the_place_of_an_index_the_pack_is_read);
    tcase_add_test(bad, a_loop_of_symbolic_links_ends);
    tcase_add_test(bad, git_files_that_lead_in_a_circle_or_nowhere_are_refused);
    tcase_add_test(bad, a_huge_git_file_is_not_read_whole);
    tcase_add_loop_test(bad, files_without_permission_say_so, 0, 2);
    tcase_add_test(bad, a_folder_of_packs_without_permission_is_told_until_it_may_be_read);
    tcase_add_test(bad, a_folder_of_objects_without_permission_says_so);
    tcase_add_test(bad, a_repository_with_something_odd_in_a_place_of_its_own_says_where);
    suite_add_tcase(suite, bad);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
