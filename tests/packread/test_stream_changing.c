/* test_stream_changing.c - the pack changes while an object too large to hold is handed out: cut,
 * or written anew. No byte that is not the object's is called right. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "delta_run.h"
#include "made_pack.h"
#include "suite.h"

#define SIZE ((size_t)600 << 10)

enum change { CUT_TO_HALF, CUT_TO_NOTHING, WRITTEN_ANEW };

/* A sink that does it: at its begin, or with the first bytes. */
typedef struct changer {
    enum change change;
    bool at_begin;
    const char *path;
    const struct packwriter_bytes *anew; /* of the whole pack, as long */
    const unsigned char *expected;
    size_t at;
    bool wrong;
    bool done;
} changer;

static void change(changer *all)
{
    int fd = open(all->path, O_WRONLY);

    ck_assert_int_ge(fd, 0);
    if (all->change == WRITTEN_ANEW)
        ck_assert_int_eq(pwrite(fd, all->anew->data, all->anew->size, 0), (ssize_t)all->anew->size);
    else
        ck_assert_int_eq(ftruncate(fd, all->change == CUT_TO_HALF ? (off_t)SIZE / 2 : 0), 0);
    close(fd);
    all->done = true;
}

static int begin(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    changer *all = context;

    (void)id, (void)type;
    ck_assert_uint_eq(size, SIZE);
    if (all->at_begin)
        change(all);
    return 0;
}

static int data(void *context, const void *bytes, size_t size)
{
    changer *all = context;

    ck_assert_uint_le(size, SIZE - all->at);
    if (memcmp(bytes, all->expected + all->at, size) != 0)
        all->wrong = true;
    all->at += size;
    if (!all->done)
        change(all);
    return 0;
}

static void make(struct packwriter_pack *pack, const unsigned char *bytes)
{
    made_pack_begin(pack);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, bytes, SIZE, 0);
    made_pack_add_line(pack, 0);
}

static int stream(packread_reader *reader, const packread_id *id, changer *all,
                  packread_error *error)
{
    packread_sink sink = {begin, data, all};

    memset(error, 0, sizeof *error);
    return packread_reader_stream(reader, id, &sink, error);
}

static const packread_options ways[] = {
    {.flags = PACKREAD_GUARD, .io = SMMAP_IO_MMAP, .memory_limit = 1 << 20, .window_size = 1},
    {.flags = PACKREAD_GUARD, .io = SMMAP_IO_MMAP, .memory_limit = 1 << 20},
    {.flags = PACKREAD_GUARD | PACKREAD_NO_CHECK, .io = SMMAP_IO_MMAP, .memory_limit = 1 << 20},
    {.io = SMMAP_IO_PREAD, .memory_limit = 1 << 20},
};
#define WAYS ((int)(sizeof ways / sizeof *ways))

START_TEST(a_pack_that_is_cut_under_an_object_ends_it_with_an_error)
{
    unsigned char *bytes = delta_noise(SIZE, 1);
    struct packwriter_pack pack = {0};
    changer all = {.change = _i / WAYS % 2 ? CUT_TO_NOTHING : CUT_TO_HALF,
                   .at_begin = _i / WAYS / 2,
                   .expected = bytes};
    packread_error error;
    sample_place place;
    packread_id id;

    make(&pack, bytes);
    place = sample_place_at(sample_save(&pack, "pack-cut", NULL), &ways[_i % WAYS]);
    all.path = place.path;
    id = made_pack_id(&pack, 0);
    ck_assert_int_eq(stream(place.reader, &id, &all, &error), PACKREAD_ERROR_CHANGED);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_CHANGED);
    ck_assert_str_eq(error.file, place.path);
    ck_assert_int_eq(packread_id_compare(&error.id, &id), 0);
    ck_assert(all.done);
    ck_assert(!all.wrong);
    ck_assert_uint_lt(all.at, SIZE);
    sample_place_close(&place);
    packwriter_pack_free(&pack);
    free(bytes);
}
END_TEST

/* Right in all but the id: between the pass that checks and the one that hands out. */
START_TEST(a_pack_that_is_written_anew_between_the_passes_is_told)
{
    unsigned char *bytes = delta_noise(SIZE, 1);
    unsigned char *others = delta_noise(SIZE, 2);
    struct packwriter_pack pack = {0};
    struct packwriter_pack anew = {0};
    changer all = {
        .change = WRITTEN_ANEW, .at_begin = true, .anew = &anew.bytes, .expected = bytes};
    packread_error error;
    sample_place place;
    packread_id id;

    make(&pack, bytes);
    make(&anew, others);
    packwriter_pack_recount(&anew);
    packwriter_pack_finish(&anew, NULL);
    place = sample_place_at(sample_save(&pack, "pack-anew", NULL), &ways[_i]);
    ck_assert_uint_eq(anew.bytes.size, pack.bytes.size);
    all.path = place.path;
    id = made_pack_id(&pack, 0);
    if (ways[_i].flags & PACKREAD_NO_CHECK) {
        ck_assert_int_eq(stream(place.reader, &id, &all, &error), 0); /* nobody asked */
    } else {
        ck_assert_int_eq(stream(place.reader, &id, &all, &error), PACKREAD_ERROR_CORRUPT);
        ck_assert_str_eq(error.text, "contents do not give the object's id");
        ck_assert_str_eq(error.file, place.path);
        ck_assert(error.has_offset);
        ck_assert_uint_eq(error.offset, pack.entries[0].offset);
        ck_assert_int_eq(packread_id_compare(&error.id, &id), 0);
    }
    ck_assert(all.wrong);
    sample_place_close(&place);
    packwriter_pack_free(&pack);
    packwriter_pack_free(&anew);
    free(bytes);
    free(others);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("stream of what changes");
    TCase *cases = tcase_create("changing");

    tcase_add_loop_test(cases, a_pack_that_is_cut_under_an_object_ends_it_with_an_error, 0,
                        4 * WAYS);
    tcase_add_loop_test(cases, a_pack_that_is_written_anew_between_the_passes_is_told, 0, WAYS);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
