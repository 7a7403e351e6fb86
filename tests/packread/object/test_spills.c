/* test_spills.c - temporary files alone: what is written comes back, nothing has a name, a disk
 * that is or becomes too small is told with what it would take, and no descriptor outlives its
 * file. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "opening.h"
#include "object/spills.h"
#include "suite.h"

#define KIB ((size_t)1024)
#define MIB (KIB * KIB)

static smmap_manager *manager;
static pkr_spills spills;
static size_t open_before;

static size_t names_in(const char *folder)
{
    DIR *listed = opendir(folder);
    size_t count = 0;

    ck_assert_ptr_nonnull(listed);
    while (readdir(listed))
        count++;
    closedir(listed);
    return count;
}

static void begin(void)
{
    smmap_options options = {.kind = SMMAP_SLIDING, .window_size = 64 * KIB};

    ck_assert_int_eq(setenv("TMPDIR", suite_scratch(), 1), 0);
    ck_assert_int_eq(smmap_manager_new(&options, &manager), 0);
    pkr_spills_begin(&spills, manager, NULL);
    open_before = opening_descriptors();
}

static void end(void)
{
    pkr_spills_drop(&spills);
    ck_assert_uint_eq(opening_descriptors(), open_before);
    smmap_manager_free(manager);
}

static unsigned char *noise(size_t size, uint64_t seed)
{
    unsigned char *bytes = malloc(size);

    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)suite_random(&seed);
    return bytes;
}

/* ---- One file ----------------------------------------------------------------------------------
 */

START_TEST(what_is_written_comes_back_and_has_no_name)
{
    const size_t parts[] = {1, 0, 70000, 4096, 5};
    unsigned char *bytes = noise(80000, 1);
    unsigned char *back = malloc(80000);
    size_t names = names_in(suite_scratch());
    pkr_tempfile spill;
    pkr_fault error;
    struct stat info;
    size_t at = 0;

    ck_assert_ptr_nonnull(back);
    ck_assert_int_eq(pkr_tempfile_open(&spill, NULL, 80000, &error), 0);
    ck_assert_uint_eq(names_in(suite_scratch()), names);
    ck_assert_int_eq(fstat(spill.fd, &info), 0);
    ck_assert_uint_eq(info.st_nlink, 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
    ck_assert(fcntl(spill.fd, F_GETFD) & FD_CLOEXEC);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        ck_assert_int_eq(pkr_tempfile_write(&spill, bytes + at, parts[i], &error), 0);
        at += parts[i];
        ck_assert_uint_eq(spill.size, at);
    }
    ck_assert_int_eq(pread(spill.fd, back, 80000, 0), (ssize_t)at);
    ck_assert_mem_eq(back, bytes, at);
    pkr_tempfile_close(&spill);
    ck_assert_int_eq(spill.fd, -1);
    pkr_tempfile_close(&spill);
    free(bytes);
    free(back);
}
END_TEST

START_TEST(more_than_was_claimed_is_not_written)
{
    pkr_tempfile spill;
    pkr_fault error;
    struct stat info;

    ck_assert_int_eq(pkr_tempfile_open(&spill, NULL, 10, &error), 0);
    ck_assert_int_eq(pkr_tempfile_write(&spill, "123456", 6, &error), 0);
    ck_assert_int_eq(pkr_tempfile_write(&spill, "78901", 5, &error), PACKREAD_ERROR_CORRUPT);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(spill.size, 6);
    ck_assert_int_eq(fstat(spill.fd, &info), 0);
    ck_assert_int_eq(info.st_size, 6);
    ck_assert_int_eq(pkr_tempfile_write(&spill, "7890", 4, &error), 0);
    ck_assert_int_eq(pkr_tempfile_write(&spill, "1", 1, NULL), PACKREAD_ERROR_CORRUPT);
    pkr_tempfile_close(&spill);
}
END_TEST

/* ---- No room -----------------------------------------------------------------------------------
 */

static void limit_files(rlim_t size)
{
    struct rlimit limit;

    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void is_refused(uint64_t claimed, int system_errno, const char *folder)
{
    pkr_tempfile spill = PKR_TEMPFILE_NONE;
    pkr_fault error;
    size_t before = opening_descriptors();

    memset(&error, 0, sizeof error);
    ck_assert_int_eq(pkr_tempfile_open(&spill, NULL, claimed, &error), PACKREAD_ERROR_TEMPORARY);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_TEMPORARY);
    ck_assert_int_eq(error.system_errno, system_errno);
    ck_assert_uint_eq(error.needed, claimed);
    ck_assert_str_eq(error.file, folder);
    ck_assert_int_eq(spill.fd, -1);
    ck_assert_uint_eq(opening_descriptors(), before);
    ck_assert_int_eq(pkr_tempfile_open(&spill, NULL, claimed, NULL), PACKREAD_ERROR_TEMPORARY);
}

START_TEST(a_claim_that_cannot_fit_is_refused_at_once)
{
    pkr_tempfile spill;
    struct statvfs disk;

    is_refused(UINT64_MAX, EFBIG, suite_scratch());
    is_refused((uint64_t)INT64_MAX + 1, EFBIG, suite_scratch());
    ck_assert_int_eq(statvfs(suite_scratch(), &disk), 0);
    if (disk.f_blocks > 0) /* no disk that counts its blocks is that large */
        is_refused(INT64_MAX, ENOSPC, suite_scratch());
    limit_files(64 * KIB);
    is_refused(64 * KIB + 1, EFBIG, suite_scratch());
    ck_assert_int_eq(pkr_tempfile_open(&spill, NULL, 64 * KIB, NULL), 0);
    pkr_tempfile_close(&spill);
}
END_TEST

START_TEST(without_tmpdir_the_folder_is_tmp)
{
    if (_i)
        ck_assert_int_eq(setenv("TMPDIR", "", 1), 0);
    else
        ck_assert_int_eq(unsetenv("TMPDIR"), 0);
    is_refused(UINT64_MAX, EFBIG, "/tmp");
}
END_TEST

START_TEST(a_folder_that_is_none_is_refused_with_its_cause)
{
    static const struct {
        const char *folder;
        int system_errno;
    } cases[] = {{"/nowhere/at/all", ENOENT}, {"/dev/null", ENOTDIR}};

    ck_assert_int_eq(setenv("TMPDIR", cases[_i].folder, 1), 0);
    is_refused(10, cases[_i].system_errno, cases[_i].folder);
}
END_TEST

/* The disk is full after so much of it: what is there by then is counted, and the rest told. */
START_TEST(a_write_that_fails_in_the_middle_is_told_with_what_it_takes)
{
    const size_t room = _i ? 100 * KIB : 64 * KIB;
    unsigned char *bytes = noise(MIB, 2);
    pkr_tempfile spill;
    pkr_fault error;
    struct stat info;

    ck_assert_int_eq(pkr_tempfile_open(&spill, NULL, MIB, &error), 0);
    limit_files(room);
    ck_assert_int_eq(pkr_tempfile_write(&spill, bytes, 64 * KIB, &error), 0);
    memset(&error, 0, sizeof error);
    ck_assert_int_eq(pkr_tempfile_write(&spill, bytes + 64 * KIB, 64 * KIB, &error),
                     PACKREAD_ERROR_TEMPORARY);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_TEMPORARY);
    ck_assert_int_eq(error.system_errno, EFBIG);
    ck_assert_uint_eq(error.needed, MIB);
    ck_assert_str_eq(error.file, suite_scratch());
    ck_assert_uint_eq(spill.size, room);
    ck_assert_int_eq(fstat(spill.fd, &info), 0);
    ck_assert_int_eq(info.st_size, (off_t)room);
    pkr_tempfile_close(&spill);
    free(bytes);
}
END_TEST

/* ---- A reader's files --------------------------------------------------------------------------
 */

static pkr_spilled *fill(const pkr_spilled *base, uint32_t pack, uint64_t offset,
                         const unsigned char *bytes, size_t size)
{
    pkr_filling filling = {0};
    pkr_fault error;

    ck_assert_int_eq(pkr_spills_new(&spills, base, size, &filling.spilled, &error), 0);
    ck_assert_ptr_ne(filling.spilled, base);
    for (size_t at = 0; at < size; at += 10 * KIB)
        ck_assert_int_eq(
            pkr_spilled_take(&filling, bytes + at, size - at < 10 * KIB ? size - at : 10 * KIB), 0);
    filling.spilled->pack = pack;
    filling.spilled->offset = offset;
    ck_assert_ptr_null(pkr_spills_find(&spills, pack, offset)); /* it is not finished */
    ck_assert_int_eq(pkr_spilled_finish(&spills, filling.spilled, &error), 0);
    return filling.spilled;
}

static void shows(pkr_spilled *spilled, const unsigned char *bytes, size_t size)
{
    const unsigned char *shown;
    pkr_fault error;
    size_t count;

    for (uint64_t at = 0; at < size; at += count) {
        ck_assert_int_eq(pkr_view_use(&spilled->view, at, 0, &shown, &count, &error), 0);
        ck_assert_mem_eq(shown, bytes + at, count);
    }
    ck_assert_int_ne(pkr_view_use(&spilled->view, size, 0, &shown, &count, &error), 0);
}

START_TEST(a_base_stays_while_what_is_made_of_it_takes_the_other_place)
{
    const size_t size = 150 * KIB + 7;
    unsigned char *bytes = noise(size + 3, 3);
    pkr_spilled *base = fill(NULL, 1, 12, bytes, size);
    pkr_spilled *next = fill(base, 1, 900, bytes + 1, size);
    pkr_spilled *last;
    smmap_stats stats = {0};

    shows(base, bytes, size);
    shows(next, bytes + 1, size);
    ck_assert_ptr_eq(pkr_spills_find(&spills, 1, 12), base);
    ck_assert_ptr_eq(pkr_spills_find(&spills, 1, 900), next);
    ck_assert_ptr_null(pkr_spills_find(&spills, 2, 900));
    ck_assert_ptr_null(pkr_spills_find(&spills, 1, 13));
    ck_assert_uint_eq(opening_descriptors(), open_before + 2);

    /* The chain goes on: `next` is the base now, and the old one makes room. */
    last = fill(next, 1, 1000, bytes + 2, size);
    ck_assert_ptr_eq(last, base);
    ck_assert_ptr_null(pkr_spills_find(&spills, 1, 12));
    shows(next, bytes + 1, size);
    shows(last, bytes + 2, size);
    ck_assert_uint_eq(opening_descriptors(), open_before + 2);

    /* A window left on a file would keep it on the disk. */
    pkr_spills_drop(&spills);
    ck_assert_ptr_null(pkr_spills_find(&spills, 1, 900));
    ck_assert_uint_eq(opening_descriptors(), open_before);
    smmap_manager_stats(manager, &stats);
    ck_assert_uint_eq(stats.bytes_mapped, 0);
    free(bytes);
}
END_TEST

/* A new file may get the number of an old one: it must not show the old one's windows. */
START_TEST(a_file_in_the_place_of_another_shows_its_own_bytes)
{
    const size_t size = 100 * KIB;
    unsigned char *bytes = noise(2 * size, 4);

    for (size_t i = 0; i < 4; i++) {
        pkr_spilled *made = fill(NULL, 0, 12, bytes + (i % 2) * size, size);

        shows(made, bytes + (i % 2) * size, size);
        pkr_spills_drop(&spills);
    }
    free(bytes);
}
END_TEST

/* What another reader has under the same manager is not read anew because a file goes here. */
START_TEST(windows_of_other_readers_stay_when_a_file_goes)
{
    const size_t size = 150 * KIB;
    const uint64_t kept = getenv("SMMAP_DEBUG") ? 0 : 3; /* windows of one page go at once */
    unsigned char *bytes = noise(size, 7);
    char *path = suite_scratch_path("of another reader");
    smmap_file_info others = {0};
    smmap_stats stats = {0};
    smmap_cursor *cursor;

    suite_write_file(path, bytes, size);
    ck_assert_int_eq(smmap_cursor_open_path(manager, path, &cursor, NULL), 0);
    for (size_t at = 0; at < size; at += 64 * KIB)
        ck_assert_int_eq(smmap_cursor_use(cursor, at, 0, 0, NULL), 0);
    smmap_cursor_unuse(cursor);
    ck_assert_int_eq(smmap_cursor_file(cursor, &others), 0);
    ck_assert_uint_eq(others.regions, kept);

    shows(fill(NULL, 1, 12, bytes, size), bytes, size);
    shows(fill(NULL, 1, 13, bytes, size), bytes, size);
    pkr_spills_drop(&spills);
    ck_assert_uint_eq(smmap_manager_files(manager), kept > 0);
    ck_assert_int_eq(smmap_cursor_file(cursor, &others), 0);
    ck_assert_uint_eq(others.regions, kept);
    ck_assert_int_eq(smmap_cursor_file_stats(cursor, &stats), 0);
    ck_assert_uint_eq(stats.collected, 0);
    smmap_cursor_close(cursor);
    free(path);
    free(bytes);
}
END_TEST

START_TEST(an_empty_place_is_taken_before_one_in_use)
{
    unsigned char *bytes = noise(10 * KIB, 5);
    pkr_spilled *first = fill(NULL, 0, 12, bytes, 10 * KIB);
    pkr_spilled *second = fill(NULL, 0, 40, bytes, 10 * KIB);

    ck_assert_ptr_ne(first, second);
    ck_assert_ptr_eq(pkr_spills_find(&spills, 0, 12), first);
    ck_assert_ptr_eq(pkr_spills_find(&spills, 0, 40), second);
    free(bytes);
}
END_TEST

START_TEST(filling_stops_at_the_write_that_fails_and_keeps_its_cause)
{
    unsigned char *bytes = noise(64 * KIB, 6);
    pkr_filling filling = {0};
    pkr_fault error;

    ck_assert_int_eq(pkr_spills_new(&spills, NULL, MIB, &filling.spilled, &error), 0);
    limit_files(64 * KIB + 10);
    ck_assert_int_eq(pkr_spilled_take(&filling, bytes, 64 * KIB), 0);
    ck_assert_int_eq(filling.status, 0);
    ck_assert_int_ne(pkr_spilled_take(&filling, bytes, 64 * KIB), 0);
    ck_assert_int_eq(filling.status, PACKREAD_ERROR_TEMPORARY);
    ck_assert_int_eq(filling.fault.code, PACKREAD_ERROR_TEMPORARY);
    ck_assert_int_eq(filling.fault.system_errno, EFBIG);
    ck_assert_uint_eq(filling.fault.needed, MIB);
    free(bytes);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("spill");
    TCase *file = tcase_create("file");
    TCase *kept = tcase_create("of a reader");

    tcase_add_checked_fixture(file, begin, end);
    tcase_add_test(file, what_is_written_comes_back_and_has_no_name);
    tcase_add_test(file, more_than_was_claimed_is_not_written);
    tcase_add_test(file, a_claim_that_cannot_fit_is_refused_at_once);
    tcase_add_loop_test(file, without_tmpdir_the_folder_is_tmp, 0, 2);
    tcase_add_loop_test(file, a_folder_that_is_none_is_refused_with_its_cause, 0, 2);
    tcase_add_loop_test(file, a_write_that_fails_in_the_middle_is_told_with_what_it_takes, 0, 2);
    suite_add_tcase(suite, file);

    tcase_add_checked_fixture(kept, begin, end);
    tcase_add_test(kept, a_base_stays_while_what_is_made_of_it_takes_the_other_place);
    tcase_add_test(kept, a_file_in_the_place_of_another_shows_its_own_bytes);
    tcase_add_test(kept, windows_of_other_readers_stay_when_a_file_goes);
    tcase_add_test(kept, an_empty_place_is_taken_before_one_in_use);
    tcase_add_test(kept, filling_stops_at_the_write_that_fails_and_keeps_its_cause);
    suite_add_tcase(suite, kept);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
