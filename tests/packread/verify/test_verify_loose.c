/* test_verify_loose.c - verification of loose objects: each file is right, or a finding, or cannot
 * be read, and the others are checked all the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "made_loose.h"
#include "peak.h"
#include "platform/hash.h"
#include "samples.h"
#include "suite.h"
#include "verify_report.h"

#define KIB ((size_t)1024)
#define MIB (KIB * KIB)

static verify_report verify(const char *objects, const packread_options *options, unsigned threads,
                            int status)
{
    packread_snapshot *snapshot = sample_open(objects, options);
    verify_report all = {0};

    ck_assert_uint_eq(packread_snapshot_folders(snapshot), 1);
    verify_report_run_loose(&all, snapshot, 0, threads);
    if (all.status != status)
        verify_report_describe(&all);
    ck_assert_int_eq(all.status, status);
    if (status != 0)
        ck_assert_int_eq(all.error.code, status);
    packread_snapshot_free(snapshot);
    return all;
}

static void is_right(const char *objects, size_t count)
{
    verify_report all = verify(objects, NULL, 2, 0);

    ck_assert_uint_eq(all.summary.objects, count);
    ck_assert_uint_eq(all.count, 0);
    verify_report_free(&all);
}

/* One finding, of this object, beside so many right ones. */
static void is_found(const char *objects, const packread_id *id, int code, const char *text,
                     size_t right)
{
    verify_report all = verify(objects, NULL, 1, code);
    char *path = made_loose_path(objects, id);

    ck_assert_uint_eq(all.summary.objects, right);
    ck_assert_uint_eq(all.summary.stored, right + 1);
    ck_assert_uint_eq(all.summary.findings, 1);
    ck_assert_uint_eq(all.count, 1);
    ck_assert_str_eq(all.list[0].error.file, path);
    ck_assert_int_eq(all.list[0].error.code, code);
    ck_assert_int_eq(packread_id_compare(&all.list[0].error.id, id), 0);
    ck_assert_uint_eq(all.list[0].dependents, 0);
    if (text)
        ck_assert_str_eq(all.list[0].error.text, text);
    free(path);
    verify_report_free(&all);
}

/* ---- What is right --------------------------------------------------------------------------- */

static const size_t id_sizes[] = {20, 32};

/* Of every type, empty and not, in many folders, however they are compressed. */
START_TEST(right_objects_are_counted)
{
    const size_t id_size = id_sizes[_i % 2];
    char *objects = made_loose_repository("right", id_size);
    struct stat there;
    uint64_t disk = 0;
    uint64_t bytes = 0;
    uint64_t count = 0;

    for (unsigned i = 0; i < 300; i++) {
        char text[400];
        packread_id id;
        char *path;

        memset(text, (int)i, sizeof text);
        snprintf(text, sizeof text, "%u\n", i);
        id = made_loose_put(objects, id_size, 1 + i % 4, text, i % sizeof text, (int)(i % 10));
        path = made_loose_path(objects, &id);
        ck_assert_int_eq(stat(path, &there), 0);
        disk += (uint64_t)there.st_size;
        bytes += i;
        free(path);
    }
    for (unsigned threads = 1; threads <= 8; threads *= 2) {
        verify_report all = verify(objects, NULL, threads, 0);
        packread_snapshot *snapshot = sample_open(objects, NULL);

        ck_assert_uint_eq(all.count, 0);
        ck_assert_uint_eq(all.summary.objects, 300);
        ck_assert_uint_eq(all.summary.stored, 300);
        ck_assert_uint_eq(all.summary.bytes, bytes);
        ck_assert_uint_eq(all.summary.size_on_disk, disk);
        ck_assert_uint_eq(all.summary.chains, 0);
        ck_assert_uint_eq(all.done, 300);
        ck_assert_uint_eq(all.total, 300);
        ck_assert_uint_ge(all.progress_calls, 10);
        ck_assert_int_eq(packread_snapshot_loose(snapshot, 0, &count, NULL), 0);
        ck_assert_uint_eq(count, 300);
        packread_snapshot_free(snapshot);
        verify_report_free(&all);
    }
    free(objects);
}
END_TEST

START_TEST(a_folder_without_objects_is_right)
{
    char *objects = made_loose_repository("empty", 20);
    verify_report all = verify(objects, NULL, 4, 0);

    ck_assert_uint_eq(all.summary.stored, 0);
    ck_assert_uint_eq(all.summary.objects, 0);
    verify_report_free(&all);
    free(objects);
}
END_TEST

/* What is no object's name is no object: what an interrupted git leaves, and all else. */
START_TEST(files_of_other_names_are_passed_over)
{
    static const char *const names[] = {
        "odd.git/objects/ab/tmp_obj_x1y2z3",
        "odd.git/objects/ab/0123",
        "odd.git/objects/ab/CDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCD",
        "odd.git/objects/ab/cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcg",
        "odd.git/objects/ab/cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
        "odd.git/objects/ab/cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
        "odd.git/objects/AB/cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
        "odd.git/objects/abc/dcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdc",
        "odd.git/objects/tmp_obj_top",
        "odd.git/objects/cd",
    };
    char *objects = made_loose_repository("odd", 20);

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        suite_scratch_write(names[i], "no object");
    is_right(objects, 0);
    made_loose_put(objects, 20, PACKREAD_BLOB, "one", 3, 6);
    is_right(objects, 1);
    free(objects);
}
END_TEST

START_TEST(a_link_to_a_right_file_is_right)
{
    char *objects = made_loose_repository("linked", 20);
    packread_id id = made_loose_put(objects, 20, PACKREAD_BLOB, "one", 3, 6);
    char *path = made_loose_path(objects, &id);
    char *target = suite_scratch_path("target");

    ck_assert_int_eq(rename(path, target), 0);
    ck_assert_int_eq(symlink(target, path), 0);
    is_right(objects, 1);
    free(target);
    free(path);
    free(objects);
}
END_TEST

/* ---- What is wrong --------------------------------------------------------------------------- */

/* A small tree, in a repository with a right object before it and one behind it. */
typedef struct damaged {
    char *objects;
    packread_id id;
    struct packwriter_bytes bytes;
} damaged;

static damaged begin_damage(size_t id_size, int level)
{
    static const char text[] = "one object that is to be damaged, damaged, damaged\n";
    damaged made = {.objects = made_loose_repository("damaged", id_size)};

    made_loose_put(made.objects, id_size, PACKREAD_BLOB, "before", 6, 6);
    made_loose_put(made.objects, id_size, PACKREAD_BLOB, "behind", 6, 6);
    made.id = made_loose_id(id_size, PACKREAD_BLOB, text, sizeof text);
    made_loose_bytes(&made.bytes, PACKREAD_BLOB, text, sizeof text, level);
    return made;
}

static void end_damage(damaged *made)
{
    packwriter_bytes_free(&made->bytes);
    free(made->objects);
}

static void expect_damage(const damaged *made, const void *bytes, size_t size, const char *text)
{
    made_loose_put_bytes(made->objects, &made->id, bytes, size);
    if (text == NULL && made_loose_is_right(&made->id, bytes, size))
        is_right(made->objects, 3);
    else
        is_found(made->objects, &made->id, PACKREAD_ERROR_CORRUPT, text, 2);
}

static const struct damage_way {
    size_t id_size;
    int level;
    unsigned char flip;
} damage_ways[] = {{20, 6, 0x01}, {20, 6, 0xff}, {20, 0, 0x20}, {32, 9, 0x80}};

START_TEST(every_byte_that_is_flipped_is_found)
{
    const struct damage_way *way = &damage_ways[_i];
    damaged made = begin_damage(way->id_size, way->level);

    for (size_t i = 0; i < made.bytes.size; i++) {
        made.bytes.data[i] ^= way->flip;
        expect_damage(&made, made.bytes.data, made.bytes.size, NULL);
        made.bytes.data[i] ^= way->flip;
    }
    made_loose_put_bytes(made.objects, &made.id, made.bytes.data, made.bytes.size);
    is_right(made.objects, 3);
    end_damage(&made);
}
END_TEST

START_TEST(every_cut_is_found)
{
    const struct damage_way *way = &damage_ways[_i];
    damaged made = begin_damage(way->id_size, way->level);

    expect_damage(&made, made.bytes.data, 0, "the file is empty");
    for (size_t size = 1; size < made.bytes.size; size++) {
        ck_assert(!made_loose_is_right(&made.id, made.bytes.data, size));
        expect_damage(&made, made.bytes.data, size, NULL);
    }
    end_damage(&made);
}
END_TEST

START_TEST(what_is_appended_is_found)
{
    damaged made = begin_damage(20, 6);
    const size_t size = made.bytes.size;

    packwriter_bytes_add(&made.bytes, "", 1);
    expect_damage(&made, made.bytes.data, made.bytes.size, "there is garbage behind its data");
    packwriter_bytes_add_repeated(&made.bytes, 0, 100 * KIB);
    expect_damage(&made, made.bytes.data, made.bytes.size, "there is garbage behind its data");
    expect_damage(&made, made.bytes.data, size, NULL);
    end_damage(&made);
}
END_TEST

/* Any header before any contents. */
static void put_header(const damaged *made, const char *header, size_t header_size,
                       const char *text)
{
    struct packwriter_bytes whole = {0};
    struct packwriter_bytes file = {0};

    packwriter_bytes_add(&whole, header, header_size);
    packwriter_bytes_add_text(&whole, "data");
    packwriter_bytes_add_deflated(&file, whole.data, whole.size, 6);
    expect_damage(made, file.data, file.size, text);
    packwriter_bytes_free(&file);
    packwriter_bytes_free(&whole);
}

START_TEST(headers_that_are_wrong_are_found)
{
    damaged made = begin_damage(20, 6);

    put_header(&made, "blob 4", 7, "contents do not give the object's id");
    put_header(&made, "tree 4", 7, "contents do not give the object's id");
    put_header(&made, "blob 3", 7, "inflates to more than its size");
    put_header(&made, "blob 5", 7, "inflates to less than its size");
    put_header(&made, "blob 04", 8, NULL);
    put_header(&made, "blob", 5, NULL);
    put_header(&made, "blub 4", 7, NULL);
    put_header(&made, "ofs-delta 4", 12, NULL);
    put_header(&made, "blob 18446744073709551615", 26, NULL);
    put_header(&made, "blob 18446744073709551616", 26, NULL);
    put_header(&made, "blob 4", 6, NULL);
    end_damage(&made);
}
END_TEST

/* What is right, but another object. */
START_TEST(a_file_under_another_name_is_found)
{
    damaged made = begin_damage(20, 6);
    packread_id other = made_loose_id(20, PACKREAD_BLOB, "other", 5);

    made_loose_put_bytes(made.objects, &made.id, made.bytes.data, made.bytes.size);
    made_loose_put_bytes(made.objects, &other, made.bytes.data, made.bytes.size);
    is_found(made.objects, &other, PACKREAD_ERROR_CORRUPT, "contents do not give the object's id",
             3);
    end_damage(&made);
}
END_TEST

START_TEST(what_is_no_file_is_found)
{
    damaged made = begin_damage(20, 6);
    char *path = made_loose_path(made.objects, &made.id);

    ck_assert_int_eq(mkdir(path, 0755), 0);
    is_found(made.objects, &made.id, PACKREAD_ERROR_CORRUPT, "not a regular file", 2);
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(mkfifo(path, 0644), 0);
    is_found(made.objects, &made.id, PACKREAD_ERROR_CORRUPT, "not a regular file", 2);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(symlink("nowhere", path), 0);
    is_found(made.objects, &made.id, PACKREAD_ERROR_CORRUPT,
             "is a symbolic link that leads nowhere", 2);
    ck_assert_int_eq(unlink(path), 0);
    free(path);
    end_damage(&made);
}
END_TEST

/* ---- What cannot be read --------------------------------------------------------------------- */

/* A loop of links, which root cannot read either. */
START_TEST(a_file_that_cannot_be_read_is_told_and_is_no_damage)
{
    damaged made = begin_damage(20, 6);
    char *path = made_loose_path(made.objects, &made.id);
    verify_report all;

    ck_assert_int_eq(symlink(path, path), 0);
    is_found(made.objects, &made.id, PACKREAD_ERROR_SYSTEM, NULL, 2);
    unlink(path);
    made_loose_put_bytes(made.objects, &made.id, made.bytes.data, made.bytes.size);
    if (geteuid() != 0) {
        ck_assert_int_eq(chmod(path, 0), 0);
        is_found(made.objects, &made.id, PACKREAD_ERROR_SYSTEM, NULL, 2);
        ck_assert_int_eq(chmod(path, 0644), 0);
    }
    is_right(made.objects, 3);
    /* Beside damage the system counts for more. */
    unlink(path);
    ck_assert_int_eq(symlink(path, path), 0);
    made_loose_put_bytes(made.objects, &(packread_id){.bytes = {1}, .size = 20}, "", 0);
    all = verify(made.objects, NULL, 2, PACKREAD_ERROR_SYSTEM);
    ck_assert_uint_eq(all.summary.objects, 2);
    ck_assert_uint_eq(all.summary.stored, 4);
    ck_assert_uint_eq(all.count, 2);
    verify_report_free(&all);
    free(path);
    end_damage(&made);
}
END_TEST

START_TEST(a_folder_that_cannot_be_read_costs_its_objects_alone)
{
    char *objects = made_loose_repository("loop", 20);
    char *path = suite_scratch_path("loop.git/objects/00");
    packread_snapshot *snapshot;
    uint64_t count = 0;
    verify_report all;

    made_loose_put(objects, 20, PACKREAD_BLOB, "one", 3, 6);
    ck_assert_int_eq(symlink(path, path), 0);
    all = verify(objects, NULL, 1, PACKREAD_ERROR_SYSTEM);
    ck_assert_uint_eq(all.count, 1);
    ck_assert_uint_eq(all.summary.objects, 1);
    ck_assert_uint_eq(all.summary.stored, 1);
    ck_assert_int_eq(all.list[0].error.code, PACKREAD_ERROR_SYSTEM);
    ck_assert_int_ne(all.list[0].error.system_errno, 0);
    ck_assert_ptr_nonnull(strstr(all.list[0].error.file, "loop.git/objects/00"));
    snapshot = sample_open(objects, NULL);
    ck_assert_int_eq(packread_snapshot_loose(snapshot, 0, &count, NULL), PACKREAD_ERROR_SYSTEM);
    packread_snapshot_free(snapshot);
    verify_report_free(&all);
    free(path);
    free(objects);
}
END_TEST

/* ---- Any size, little memory ----------------------------------------------------------------- */

/* A blob of zeros, written and hashed by pieces. */
static packread_id put_zeros(const char *objects, uint64_t size)
{
    static unsigned char zeros[64 * 1024];
    static unsigned char out[64 * 1024];
    char *made = suite_scratch_path("zeros");
    FILE *file = fopen(made, "wb");
    z_stream stream = {0};
    packread_id id;
    pkr_hash hash;
    char header[64];
    uint64_t left = size;
    char *path;
    int status = Z_OK;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(deflateInit(&stream, 1), Z_OK);
    snprintf(header, sizeof header, "blob %llu", (unsigned long long)size);
    stream.next_in = (unsigned char *)header;
    stream.avail_in = (unsigned)strlen(header) + 1;
    pkr_hash_begin_object(&hash, NULL, 20, PACKREAD_BLOB, size);
    while (status != Z_STREAM_END) {
        if (stream.avail_in == 0 && left > 0) {
            stream.next_in = zeros;
            stream.avail_in = (unsigned)(left < sizeof zeros ? left : sizeof zeros);
            left -= stream.avail_in;
            pkr_hash_add(&hash, zeros, stream.avail_in);
        }
        stream.next_out = out;
        stream.avail_out = sizeof out;
        status = deflate(&stream, left == 0 ? Z_FINISH : Z_NO_FLUSH);
        ck_assert_int_ge(status, Z_OK);
        ck_assert_uint_eq(fwrite(out, 1, sizeof out - stream.avail_out, file),
                          sizeof out - stream.avail_out);
    }
    deflateEnd(&stream);
    ck_assert_int_eq(fclose(file), 0);
    pkr_hash_end(&hash, &id);
    path = made_loose_path(objects, &id);
    ck_assert_int_eq(rename(made, path), 0);
    free(path);
    free(made);
    return id;
}

static char *giant_objects;
static uint64_t giant_size;

static void verify_giant(void *context)
{
    const packread_options tight = {.memory_limit = MIB};
    const uint64_t before = peak_begin();
    verify_report all = verify(giant_objects, &tight, 2, 0);

    (void)context;
    peak_is_below(before, 8 * MIB);
    ck_assert_uint_eq(all.summary.objects, 1);
    ck_assert_uint_eq(all.summary.bytes, giant_size);
    verify_report_free(&all);
}

/* With CHECK_LARGE past 4 GiB. */
START_TEST(an_object_of_any_size_takes_little_memory)
{
    packread_id id;
    char *path;

    giant_size = suite_number("CHECK_LARGE", 0) ? ((uint64_t)4 << 30) + 3 : 96 * MIB + 3;
    giant_objects = made_loose_repository("giant", 20);
    id = put_zeros(giant_objects, giant_size);
    peak_apart(verify_giant, NULL);
    path = made_loose_path(giant_objects, &id);
    ck_assert_int_eq(truncate(path, 5000), 0);
    is_found(giant_objects, &id, PACKREAD_ERROR_CORRUPT, NULL, 0);
    free(path);
    free(giant_objects);
}
END_TEST

/* Held, streamed, and about where one becomes the other. */
START_TEST(sizes_about_the_bounds_of_buffers_are_right)
{
    static const size_t bounds[] = {64 * KIB, MIB, 2 * MIB};
    const packread_options tight = {.memory_limit = MIB};
    struct packwriter_bytes noise = {0};

    packwriter_bytes_add_noise(&noise, 2 * MIB + 200, suite_seed());
    for (size_t i = 0; i < 3; i++) {
        char *objects = made_loose_repository(i == 0 ? "a" : i == 1 ? "b" : "c", 20);
        verify_report all;
        size_t count = 0;

        for (size_t size = bounds[i] - 70; size <= bounds[i] + 70; size += 7) {
            made_loose_put(objects, 20, PACKREAD_BLOB, noise.data, size, (int)(count % 3));
            count++;
        }
        all = verify(objects, &tight, 2, 0);
        ck_assert_uint_eq(all.summary.objects, count);
        verify_report_free(&all);
        free(objects);
    }
    packwriter_bytes_free(&noise);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("verify loose objects");
    TCase *right = tcase_create("right");
    TCase *wrong = tcase_create("wrong");
    TCase *odd = tcase_create("odd");

    tcase_add_loop_test(right, right_objects_are_counted, 0, 2);
    tcase_add_test(right, a_folder_without_objects_is_right);
    tcase_add_test(right, files_of_other_names_are_passed_over);
    tcase_add_test(right, a_link_to_a_right_file_is_right);
    tcase_add_loop_test(wrong, every_byte_that_is_flipped_is_found, 0, 4);
    tcase_add_loop_test(wrong, every_cut_is_found, 0, 4);
    tcase_add_test(wrong, what_is_appended_is_found);
    tcase_add_test(wrong, headers_that_are_wrong_are_found);
    tcase_add_test(wrong, a_file_under_another_name_is_found);
    tcase_add_test(wrong, what_is_no_file_is_found);
    tcase_add_test(odd, a_file_that_cannot_be_read_is_told_and_is_no_damage);
    tcase_add_test(odd, a_folder_that_cannot_be_read_costs_its_objects_alone);
    tcase_add_test(odd, an_object_of_any_size_takes_little_memory);
    tcase_add_test(odd, sizes_about_the_bounds_of_buffers_are_right);
    suite_add_tcase(suite, right);
    suite_add_tcase(suite, wrong);
    suite_add_tcase(suite, odd);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
