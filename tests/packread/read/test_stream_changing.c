/* test_stream_changing.c - the pack changes while an object too large to hold is handed out: cut,
 * or written anew. No byte that is not the object's is called right. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "delta_run.h"
#include "made_pack.h"
#include "suite.h"

#define SIZE ((size_t)272 * 2260) /* about 600 KiB; 272 is a step of the delta below */

enum change { CUT, WRITTEN_ANEW };

/* A sink that does it: at its begin, or with the first bytes. */
typedef struct changer {
    enum change change;
    bool at_begin;
    const char *path;
    size_t cut_to;
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
        ck_assert_int_eq(ftruncate(fd, (off_t)all->cut_to), 0);
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

/* Deflated by `choices`. */
static void make(struct packwriter_pack *pack, const unsigned char *bytes,
                 const struct packwriter_zlib *choices)
{
    made_pack_begin(pack);
    packwriter_pack_begin_entry(pack);
    packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_BLOB, SIZE);
    packwriter_bytes_add_zlib(&pack->bytes, bytes, SIZE, choices);
    packwriter_pack_end_entry(pack, PACKWRITER_BLOB, bytes, SIZE);
    made_pack_add_line(pack, 0);
}

/* Two letters, so that the shorter one's code is a zero bit: zeros in the place of its deflated
 * bytes are no damage to zlib, only the wrong letters. */
static unsigned char *letters(void)
{
    unsigned char *bytes = malloc(SIZE);
    uint64_t state = 1;

    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = suite_random_below(&state, 5) < 3 ? 'a' : 'b';
    return bytes;
}

static const struct packwriter_zlib codes_alone = {.level = 6, .strategy = Z_HUFFMAN_ONLY};
static const struct packwriter_zlib stored = {.level = 0};

static int stream(packread_reader *reader, const packread_id *id, changer *all,
                  packread_error *error)
{
    packread_sink sink = {.begin = begin, .data = data, .context = all};

    memset(error, 0, sizeof *error);
    return packread_reader_stream(reader, id, &sink, error);
}

/* Windows of a page, and of more than a piece: there zeros come out of the window at hand. */
static const packread_options ways[] = {
    {.flags = PACKREAD_GUARD, .io = PACKREAD_IO_MMAP, .memory_limit = 1 << 20, .window_size = 1},
    {.flags = PACKREAD_GUARD,
     .io = PACKREAD_IO_MMAP,
     .memory_limit = 4 << 20,
     .window_size = 1 << 20},
    {.flags = PACKREAD_GUARD | PACKREAD_NO_CHECK,
     .io = PACKREAD_IO_MMAP,
     .memory_limit = 4 << 20,
     .window_size = 1 << 20},
    {.io = PACKREAD_IO_PREAD, .memory_limit = 1 << 20},
};
#define WAYS ((int)(sizeof ways / sizeof *ways))

START_TEST(a_pack_that_is_cut_under_an_object_ends_it_with_an_error)
{
    unsigned char *bytes = letters();
    struct packwriter_pack pack = {0};
    changer all = {.change = CUT, .at_begin = _i / WAYS / 2, .expected = bytes};
    packread_error error;
    sample_place place;
    packread_id id;
    int status;

    make(&pack, bytes, &codes_alone);
    place = sample_place_at(sample_save(&pack, "pack-cut", NULL), &ways[_i % WAYS]);
    all.path = place.path;
    all.cut_to = _i / WAYS % 2 ? 0 : pack.bytes.size / 2;
    id = made_pack_id(&pack, 0);
    status = stream(place.reader, &id, &all, &error);
    ck_assert(all.done);
    ck_assert(!all.wrong);
    if (status == 0) { /* the rest of its bytes had been read */
        ck_assert_int_eq(ways[_i % WAYS].io, PACKREAD_IO_PREAD);
        ck_assert_uint_eq(all.at, SIZE);
    } else {
        ck_assert_int_eq(status, PACKREAD_ERROR_CHANGED);
        ck_assert_int_eq(error.code, PACKREAD_ERROR_CHANGED);
        ck_assert_str_eq(error.file, place.path);
        ck_assert_int_eq(packread_id_compare(&error.id, &id), 0);
        ck_assert_uint_lt(all.at, SIZE);
    }
    sample_place_close(&place);
    packwriter_pack_free(&pack);
    free(bytes);
}
END_TEST

/* The same for a delta's instructions, which are run as they come. The rest of the page that the
 * file ends in shows zeros without a fault: wherever a piece ends in it, they are not run. */
START_TEST(a_pack_that_is_cut_under_a_delta_ends_it_with_an_error)
{
    const packread_options tight = {.flags = PACKREAD_GUARD,
                                    .io = PACKREAD_IO_MMAP,
                                    .memory_limit = 1 << 20,
                                    .window_size = 65536};
    const size_t page = (size_t)smmap_granularity();
    unsigned char *bytes = letters();
    struct packwriter_pack pack = {0};
    const size_t line = strlen(made_lines[0]);
    struct packwriter_bytes delta = {0};
    changer all = {.change = CUT, .expected = bytes};
    packread_error error;
    sample_place place;
    packread_id id;

    ck_assert_uint_eq(SIZE % (100 + 4 * line), 0);
    made_pack_begin(&pack);
    made_pack_add_line(&pack, 0);
    packwriter_delta_begin(&delta, line, SIZE);
    for (size_t at = 0; at < SIZE; at += 100 + 4 * line) {
        packwriter_delta_insert(&delta, bytes + at, 100);
        for (size_t to = at + 100; to < at + 100 + 4 * line; to += line) {
            memcpy(bytes + to, made_lines[0], line);
            packwriter_delta_copy(&delta, 0, (uint32_t)line);
        }
    }
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_OFS_DELTA, delta.size);
    packwriter_bytes_add_distance(&pack.bytes, pack.open_position - pack.entries[0].offset);
    packwriter_bytes_add_zlib(&pack.bytes, delta.data, delta.size, &codes_alone);
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, bytes, SIZE);
    packwriter_bytes_free(&delta);
    place = sample_place_at(sample_save(&pack, "pack-delta", NULL), &tight);
    all.path = place.path;
    all.cut_to = pack.bytes.size / 3 / page * page + (size_t)_i * page + 1;
    ck_assert_uint_lt(all.cut_to, pack.bytes.size - page);
    id = made_pack_id(&pack, 1);
    ck_assert_int_eq(stream(place.reader, &id, &all, &error), PACKREAD_ERROR_CHANGED);
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

    make(&pack, bytes, &stored);
    make(&anew, others, &stored);
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

/* A delta of SIZE bytes, or one as long as that which gives more. */
static void make_delta(struct packwriter_pack *pack, unsigned char *bytes, bool gives_more)
{
    const size_t copied = strlen(made_lines[0]) - !gives_more;
    const size_t inserted = 272 - 4 * (strlen(made_lines[0]) - 1);
    struct packwriter_bytes delta = {0};

    made_pack_begin(pack);
    made_pack_add_line(pack, 0);
    packwriter_delta_begin(&delta, strlen(made_lines[0]), SIZE / 272 * (inserted + 4 * copied));
    for (size_t at = 0; at < SIZE; at += 272) {
        packwriter_delta_insert(&delta, bytes + at, inserted);
        for (size_t copy = 0; copy < 4; copy++) {
            packwriter_delta_copy(&delta, 0, (uint32_t)copied);
            if (!gives_more)
                memcpy(bytes + at + inserted + copy * copied, made_lines[0], copied);
        }
    }
    packwriter_pack_begin_entry(pack);
    packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_OFS_DELTA, delta.size);
    packwriter_bytes_add_distance(&pack->bytes, pack->open_position - pack->entries[0].offset);
    packwriter_bytes_add_zlib(&pack->bytes, delta.data, delta.size, &stored);
    packwriter_pack_end_entry(pack, PACKWRITER_BLOB, bytes, SIZE);
    packwriter_bytes_free(&delta);
}

/* The sink has been told the size: more than that never comes. */
START_TEST(a_delta_that_gives_more_when_it_is_handed_out_is_told)
{
    unsigned char *bytes = letters();
    struct packwriter_pack pack = {0};
    struct packwriter_pack anew = {0};
    changer all = {
        .change = WRITTEN_ANEW, .at_begin = true, .anew = &anew.bytes, .expected = bytes};
    packread_error error;
    sample_place place;
    packread_id id;
    int status;

    make_delta(&pack, bytes, false);
    make_delta(&anew, bytes, true);
    packwriter_pack_recount(&anew);
    packwriter_pack_finish(&anew, NULL);
    place = sample_place_at(sample_save(&pack, "pack-more", NULL), &ways[_i]);
    ck_assert_uint_eq(anew.bytes.size, pack.bytes.size);
    all.path = place.path;
    id = made_pack_id(&pack, 1);
    status = stream(place.reader, &id, &all, &error);
    ck_assert(all.done);
    if (status == 0) { /* all of it was in memory */
        ck_assert_int_ne(_i, 0);
        ck_assert(!all.wrong);
        ck_assert_uint_eq(all.at, SIZE);
    } else {
        ck_assert_int_eq(status, PACKREAD_ERROR_CHANGED);
        ck_assert_str_eq(error.file, place.path);
        ck_assert_int_eq(packread_id_compare(&error.id, &id), 0);
    }
    sample_place_close(&place);
    packwriter_pack_free(&pack);
    packwriter_pack_free(&anew);
    free(bytes);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("stream of what changes");
    TCase *cases = tcase_create("changing");

    tcase_add_loop_test(cases, a_pack_that_is_cut_under_an_object_ends_it_with_an_error, 0,
                        4 * WAYS);
    tcase_add_loop_test(cases, a_pack_that_is_cut_under_a_delta_ends_it_with_an_error, 0, 6);
    tcase_add_loop_test(cases, a_pack_that_is_written_anew_between_the_passes_is_told, 0, WAYS);
    tcase_add_loop_test(cases, a_delta_that_gives_more_when_it_is_handed_out_is_told, 0, WAYS);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
