/* test_large_deltas.c - deltas whose objects memory has no room for, run piece by piece: each way
 * in which instructions can be wrong is told at its entry before a byte is given; how far a delta
 * may grow; and steps of a chain in memory, in a file, and under a static manager. */
#include <stdlib.h>
#include <string.h>

#include "delta_run.h"
#include "made_pack.h"
#include "suite.h"
#include "verify_report.h"

#define KIB ((size_t)1024)
#define MIB (KIB * KIB)
#define BASE (600 * KIB) /* with 1 MiB in all, half of it for windows, too much to hold */

static const packread_options tight = {.memory_limit = MIB, .window_size = 64 * KIB};

/* ---- What a sink gets --------------------------------------------------------------------------
 */

typedef struct received {
    const unsigned char *expected;
    size_t size;
    size_t at;
    int begins;
} received;

static int begin(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    received *all = context;

    (void)id;
    all->begins++;
    ck_assert_int_eq(type, PACKREAD_BLOB);
    ck_assert_uint_eq(size, all->size);
    return 0;
}

static int data(void *context, const void *bytes, size_t size)
{
    received *all = context;

    ck_assert_uint_le(size, all->size - all->at);
    ck_assert_mem_eq(bytes, all->expected + all->at, size);
    all->at += size;
    return 0;
}

static int stream(packread_reader *reader, const packread_id *id, received *all,
                  packread_error *error)
{
    packread_sink sink = {.begin = begin, .data = data, .context = all};

    memset(error, 0, sizeof *error);
    return packread_reader_stream(reader, id, &sink, error);
}

static void streams(packread_reader *reader, const struct packwriter_pack *pack, size_t entry,
                    const void *expected, size_t size)
{
    received all = {.expected = expected, .size = size};
    packread_id id = made_pack_id(pack, entry);
    packread_error error;

    sample_good(stream(reader, &id, &all, &error), &error);
    ck_assert_int_eq(all.begins, 1);
    ck_assert_uint_eq(all.at, size);
}

/* Told as damage of the entry `at`, and nothing is given. */
static void is_damaged(packread_reader *reader, const struct packwriter_pack *pack, size_t entry,
                       size_t at, const char *text)
{
    received all = {.size = 0};
    packread_id id = made_pack_id(pack, entry);
    packread_error error;

    ck_assert_int_eq(stream(reader, &id, &all, &error), PACKREAD_ERROR_CORRUPT);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(error.text, text);
    ck_assert(error.has_offset);
    ck_assert_uint_eq(error.offset, pack->entries[at].offset);
    ck_assert_int_eq(packread_id_compare(&error.id, &id), 0);
    ck_assert_int_eq(all.begins, 0);
}

/* ---- Wrong instructions ------------------------------------------------------------------------
 */

#define BYTES(text) text, sizeof(text) - 1

/* A delta that is right, but for this. */
static const struct twist {
    const char *text; /* what has to be said of it; NULL: it is right */
    const char *tail; /* instructions behind the right ones */
    size_t tail_size;
    int tail_gives;      /* bytes, which the result claims too */
    int base_more;       /* the claimed size of the base is off by this */
    int result_more;     /* that of the result */
    int64_t header_more; /* that of the delta, in the entry */
    bool tail_alone;
} twists[] = {
    {NULL, BYTES("\1a"), .tail_gives = 1},
    {DELTA_OUTSIDE, BYTES("\x9f\x00\x60\x09\x00\x01"), .tail_gives = 1},
    {DELTA_OUTSIDE, BYTES("\x9f\xff\x5f\x09\x00\x02"), .tail_gives = 2},
    {DELTA_OUTSIDE, BYTES("\x9f\xff\xff\xff\xff\x01"), .tail_gives = 1},
    {"delta has the reserved instruction 0", BYTES("\0"), .tail_gives = 0},
    {"delta ends inside a copy", BYTES("\x9f\0"), .tail_gives = 1},
    {"delta ends inside an insert", BYTES("\5abc"), .tail_gives = 5},
    {"delta gives more than its result size", BYTES("\1a"), .tail_gives = 0},
    {"delta gives less than its result size", BYTES(""), .result_more = 1},
    {"delta is for a base of another size", BYTES(""), .base_more = 1},
    {"delta is for a base of another size", BYTES(""), .base_more = -1},
    {"delta ends inside its sizes", BYTES("\x80"), .tail_alone = true},
    {"delta size does not fit in 64 bits",
     BYTES("\x80\xe0\x25\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), .tail_alone = true},
    {"inflates to less than its size", BYTES(""), .header_more = 1},
    {"inflates to more than its size", BYTES("\1"), .header_more = -1},
    {"claims more bytes than its deflated data can hold", BYTES(""),
     .header_more = (int64_t)1 << 40},
};
#define TWISTS ((int)(sizeof twists / sizeof *twists))

static void add_copies(struct packwriter_bytes *delta, size_t size)
{
    for (size_t at = 0; at < size; at += 60000)
        packwriter_delta_copy(delta, (uint32_t)at,
                              size - at < 60000 ? (uint32_t)(size - at) : 60000);
}

/* Gives the base's first `size` bytes, and those of the tail. */
static size_t add_twisted(struct packwriter_pack *pack, const struct twist *twist, size_t size,
                          const unsigned char *result)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, (uint64_t)((int64_t)BASE + twist->base_more),
                           (uint64_t)((int64_t)size + twist->tail_gives + twist->result_more));
    if (twist->tail_alone)
        delta.size = 0;
    else
        add_copies(&delta, size);
    packwriter_bytes_add(&delta, twist->tail, twist->tail_size);
    packwriter_pack_begin_entry(pack);
    packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_OFS_DELTA,
                                      (uint64_t)((int64_t)delta.size + twist->header_more));
    packwriter_bytes_add_distance(&pack->bytes, pack->open_position - pack->entries[0].offset);
    packwriter_bytes_add_deflated(&pack->bytes, delta.data, delta.size, 1);
    packwriter_bytes_free(&delta);
    return packwriter_pack_end_entry(pack, PACKWRITER_BLOB, result,
                                     size + (size_t)twist->tail_gives);
}

/* On the entry before, all but its last byte. */
static size_t add_top(struct packwriter_pack *pack, size_t base, const unsigned char *result,
                      size_t size)
{
    struct packwriter_bytes delta = {0};
    size_t entry;

    packwriter_delta_begin(&delta, size, size - 1);
    add_copies(&delta, size - 1);
    entry = packwriter_pack_add_ofs_delta(pack, base, &delta, result, size - 1, 1);
    packwriter_bytes_free(&delta);
    return entry;
}

static void verify_finds(const char *path, const struct packwriter_pack *pack, size_t entry,
                         const char *text)
{
    verify_report all = verify_report_of(path, &tight, 1, text ? PACKREAD_ERROR_CORRUPT : 0);
    const verify_found *found;

    if (!text) {
        ck_assert_uint_eq(all.summary.objects, 3);
    } else {
        found =
            verify_report_at(&all, PACKREAD_ERROR_CORRUPT, ".pack", pack->entries[entry].offset);
        ck_assert_ptr_nonnull(found);
        ck_assert_str_eq(found->error.text, text);
        ck_assert_uint_eq(found->dependents, 1);
        ck_assert_uint_eq(all.count, 1);
        ck_assert_uint_eq(all.summary.objects, 1);
    }
    verify_report_free(&all);
}

/* As the object asked for, and as the base of one; each with a result that needs a file, and with a
 * small one, which is made in memory. */
START_TEST(wrong_instructions_are_told_at_their_entry)
{
    const struct twist *twist = &twists[_i / 2];
    const size_t size = _i % 2 ? 100 * KIB : 590 * KIB;
    struct packwriter_pack pack = {0};
    unsigned char *base = delta_noise(BASE, 1);
    unsigned char *result = malloc(BASE);
    sample_place place;
    char *path;
    size_t hurt;
    size_t top;

    ck_assert_ptr_nonnull(result);
    memcpy(result, base, size);
    result[size] = 'a';
    result[size + 1] = 0;
    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, base, BASE, 0);
    hurt = add_twisted(&pack, twist, size, result);
    top = add_top(&pack, hurt, result, size + (size_t)twist->tail_gives);
    path = sample_save(&pack, "pack-twisted", NULL);
    verify_finds(path, &pack, hurt, twist->text);
    place = sample_place_at(path, &tight);
    for (int again = 0; again < 2; again++) {
        if (twist->text) {
            is_damaged(place.reader, &pack, hurt, hurt, twist->text);
            is_damaged(place.reader, &pack, top, hurt, twist->text);
        } else {
            streams(place.reader, &pack, hurt, result, size + 1);
            streams(place.reader, &pack, top, result, size);
        }
        streams(place.reader, &pack, 0, base, BASE);
    }
    sample_place_close(&place);
    packwriter_pack_free(&pack);
    free(base);
    free(result);
}
END_TEST

/* The last object of a chain whose root is damaged where only its size shows it. */
START_TEST(a_root_that_claims_the_impossible_is_told_at_its_entry)
{
    struct packwriter_pack pack = {0};
    unsigned char *base = delta_noise(BASE, 1);
    struct packwriter_bytes delta = {0};
    sample_place place;

    made_pack_begin(&pack);
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_BLOB, (uint64_t)1 << 50);
    packwriter_bytes_add_deflated(&pack.bytes, base, BASE, 0);
    packwriter_pack_end_entry(&pack, PACKWRITER_BLOB, base, BASE);
    packwriter_delta_begin(&delta, (uint64_t)1 << 50, 5);
    packwriter_delta_copy(&delta, 0, 5);
    packwriter_pack_add_ofs_delta(&pack, 0, &delta, base, 5, 1);
    place = sample_place_at(sample_save(&pack, "pack-claim", NULL), &tight);
    for (size_t entry = 0; entry < 2; entry++)
        is_damaged(place.reader, &pack, entry, 0,
                   "claims more bytes than its deflated data can hold");
    sample_place_close(&place);
    packwriter_bytes_free(&delta);
    packwriter_pack_free(&pack);
    free(base);
}
END_TEST

/* ---- Growth ------------------------------------------------------------------------------------
 */

#define GROWTH 4096u /* times its pack, as build_large.h has it */
#define WHOLE ((size_t)0x10000)

/* `size` zeros, from a base of 64 KiB of them, by instructions of a size that depends on how many
 * there are alone. */
static void add_zeros(struct packwriter_pack *pack, uint64_t size, uint64_t claimed,
                      const unsigned char *zeros)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_begin(&delta, WHOLE, claimed);
    for (; size > 2 * WHOLE; size -= WHOLE)
        packwriter_delta_copy(&delta, 0, WHOLE);
    packwriter_delta_copy_as(&delta, 0xb0, 0, (uint32_t)(size / 2));
    packwriter_delta_copy_as(&delta, 0xb0, 0, (uint32_t)(size - size / 2));
    packwriter_pack_begin_entry(pack);
    packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_OFS_DELTA, delta.size);
    packwriter_bytes_add_distance(&pack->bytes, pack->open_position - pack->entries[0].offset);
    packwriter_bytes_add_deflated(&pack->bytes, delta.data, delta.size, 0);
    packwriter_pack_end_entry(pack, PACKWRITER_BLOB, zeros, (size_t)claimed);
    packwriter_bytes_free(&delta);
}

static void begin_growth(struct packwriter_pack *pack, const unsigned char *zeros)
{
    unsigned char *noise = delta_noise(300, 7);

    made_pack_begin(pack);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, zeros, WHOLE, 9);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, noise, 300, 0);
    free(noise);
}

/* The size at which a pack of that one delta, finished, has a GROWTHth of it. */
static uint64_t bound_of_growth(const unsigned char *zeros)
{
    uint64_t size = 2 * WHOLE;

    for (;;) {
        struct packwriter_pack pack = {0};
        uint64_t all;

        begin_growth(&pack, zeros);
        add_zeros(&pack, size, size, zeros);
        all = (packwriter_pack_size(&pack) + PACKWRITER_SHA1) * GROWTH;
        packwriter_pack_free(&pack);
        ck_assert_uint_lt(all, 4 * MIB);
        if (size >= all)
            return all;
        size = all - size > WHOLE ? size + WHOLE : all;
    }
}

START_TEST(a_delta_may_grow_so_far_and_no_further)
{
    static const struct {
        int more;  /* bytes past the bound */
        int claim; /* more than the instructions give */
        int status;
    } cases[] = {{-1, 0, 0},
                 {0, 0, PACKREAD_ERROR_BUDGET},
                 {1, 0, PACKREAD_ERROR_BUDGET},
                 {1, 1, PACKREAD_ERROR_CORRUPT},
                 {-2, 1, PACKREAD_ERROR_CORRUPT}};
    unsigned char *zeros = calloc(4, MIB);
    struct packwriter_pack pack = {0};
    received all = {.expected = zeros};
    packread_error error;
    sample_place place;
    packread_id id;
    uint64_t size;

    ck_assert_ptr_nonnull(zeros);
    size = bound_of_growth(zeros) + (uint64_t)cases[_i].more;
    begin_growth(&pack, zeros);
    add_zeros(&pack, size, size + (uint64_t)cases[_i].claim, zeros);
    place = sample_place_at(sample_save(&pack, "pack-growth", NULL), &tight);
    ck_assert_uint_eq(packwriter_pack_size(&pack) * GROWTH, size - (uint64_t)cases[_i].more);
    id = made_pack_id(&pack, 2);
    all.size = (size_t)size;
    ck_assert_int_eq(stream(place.reader, &id, &all, &error), cases[_i].status);
    ck_assert_uint_eq(all.at, cases[_i].status ? 0 : size);
    if (cases[_i].status == PACKREAD_ERROR_BUDGET)
        ck_assert_uint_gt(error.needed, size);
    streams(place.reader, &pack, 0, zeros, WHOLE);
    sample_place_close(&place);
    packwriter_pack_free(&pack);
    free(zeros);
}
END_TEST

/* ---- Steps of a chain --------------------------------------------------------------------------
 */

#define STEPS 6

/* 0 small; 1 on it, small; 2 on that, too large to hold; 3 on that, small; 4 on it, all new and too
 * large, and so is its delta; 5 on that, small. */
typedef struct chain {
    struct packwriter_pack pack;
    unsigned char *bytes[STEPS];
    size_t sizes[STEPS];
} chain;

static void add_step(chain *made, size_t step, struct packwriter_bytes *delta)
{
    size_t entry = packwriter_pack_add_ofs_delta(&made->pack, step - 1, delta, made->bytes[step],
                                                 made->sizes[step], 1);

    ck_assert_uint_eq(entry, step);
    packwriter_bytes_free(delta);
}

static void add_front(chain *made, size_t step, size_t size)
{
    struct packwriter_bytes delta = {0};

    made->sizes[step] = size;
    made->bytes[step] = malloc(size);
    ck_assert_ptr_nonnull(made->bytes[step]);
    memcpy(made->bytes[step], made->bytes[step - 1], size);
    packwriter_delta_begin(&delta, made->sizes[step - 1], size);
    add_copies(&delta, size);
    add_step(made, step, &delta);
}

static void add_repeated(chain *made, size_t step, size_t times)
{
    struct packwriter_bytes delta = {0};
    size_t part = made->sizes[step - 1];

    made->sizes[step] = times * part;
    made->bytes[step] = malloc(times * part);
    ck_assert_ptr_nonnull(made->bytes[step]);
    packwriter_delta_begin(&delta, part, times * part);
    for (size_t i = 0; i < times; i++) {
        memcpy(made->bytes[step] + i * part, made->bytes[step - 1], part);
        packwriter_delta_copy(&delta, 0, (uint32_t)part);
    }
    add_step(made, step, &delta);
}

static void add_new(chain *made, size_t step, size_t size)
{
    struct packwriter_bytes delta = {0};

    made->sizes[step] = size;
    made->bytes[step] = delta_noise(size, step);
    packwriter_delta_begin(&delta, made->sizes[step - 1], size);
    packwriter_delta_insert(&delta, made->bytes[step], size);
    add_step(made, step, &delta);
}

static void make_chain(chain *made)
{
    memset(made, 0, sizeof *made);
    made_pack_begin(&made->pack);
    made->sizes[0] = 50000;
    made->bytes[0] = delta_noise(50000, 9);
    packwriter_pack_add_object(&made->pack, PACKWRITER_BLOB, made->bytes[0], 50000, 1);
    add_front(made, 1, 40000);
    add_repeated(made, 2, 20);
    add_front(made, 3, 70001);
    add_new(made, 4, 700 * KIB);
    add_front(made, 5, 100 * KIB);
}

static void free_chain(chain *made)
{
    for (size_t i = 0; i < STEPS; i++)
        free(made->bytes[i]);
    packwriter_pack_free(&made->pack);
}

static const packread_options ways[] = {
    {.memory_limit = MIB, .window_size = 64 << 10},
    {.memory_limit = MIB, .io = PACKREAD_IO_PREAD},
    {.memory_limit = MIB, .io = PACKREAD_IO_MMAP, .window_size = 4096},
    {.memory_limit = MIB, .flags = PACKREAD_NO_CHECK},
};

START_TEST(a_chain_in_and_out_of_memory_streams_and_verifies)
{
    verify_report all;
    sample_place place;
    char *path;
    chain made;

    make_chain(&made);
    path = sample_save(&made.pack, "pack-chain", NULL);
    all = verify_report_of(path, &ways[_i], 1, 0);
    ck_assert_uint_eq(all.summary.objects, STEPS);
    verify_report_free(&all);
    place = sample_place_at(path, &ways[_i]);
    for (size_t i = 0; i < STEPS; i++)
        streams(place.reader, &made.pack, i, made.bytes[i], made.sizes[i]);
    for (size_t i = STEPS; i-- > 0;)
        streams(place.reader, &made.pack, i, made.bytes[i], made.sizes[i]);
    for (size_t i = 0; i < STEPS; i++) /* nothing at hand from the one before */
        streams(place.reader, &made.pack, i * 5 % STEPS, made.bytes[i * 5 % STEPS],
                made.sizes[i * 5 % STEPS]);
    sample_place_close(&place);
    free_chain(&made);
}
END_TEST

/* ---- A static manager: each file is one window -------------------------------------------------
 */

/* Three quarters of the limit are for windows: a file as large as `size` and the pack fit, or do
 * not. */
START_TEST(a_static_manager_maps_a_temporary_file_or_says_what_it_takes)
{
    const packread_options limited = {.manager = PACKREAD_STATIC, .memory_limit = 8 * MIB};
    const size_t size = _i ? 7 * MIB : 3 * MIB;
    struct packwriter_pack pack = {0};
    unsigned char *base = calloc(1, size);
    struct packwriter_bytes delta = {0};
    packread_options options = limited;
    packread_error error;
    packread_id id;
    int tries = 0;

    ck_assert_ptr_nonnull(base);
    memcpy(base + size / 2, "in the middle", 13);
    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, base, size, 1);
    packwriter_delta_begin(&delta, size, size - 1);
    for (size_t at = 0; at < size - 1; at += 60000)
        packwriter_delta_copy(&delta, (uint32_t)at,
                              size - 1 - at < 60000 ? (uint32_t)(size - 1 - at) : 60000);
    packwriter_pack_add_ofs_delta(&pack, 0, &delta, base, size - 1, 1);
    packwriter_bytes_free(&delta);
    free(sample_save(&pack, "pack-static", NULL));
    id = made_pack_id(&pack, 1);
    for (;; tries++) {
        sample_place place = sample_place_at(suite_scratch_path("pack-static.pack"), &options);
        received all = {.expected = base, .size = size - 1};
        int status = stream(place.reader, &id, &all, &error);

        ck_assert_int_eq(all.begins, status == 0);
        ck_assert_uint_eq(all.at, status == 0 ? size - 1 : 0);
        streams(place.reader, &pack, 0, base, size); /* needs no file */
        sample_place_close(&place);
        if (status == 0)
            break;
        ck_assert_int_eq(status, PACKREAD_ERROR_BUDGET);
        ck_assert_int_eq(packread_id_compare(&error.id, &id), 0);
        ck_assert_uint_gt(error.needed, options.memory_limit);
        ck_assert_int_lt(tries, 3);
        options.memory_limit = error.needed;
    }
    ck_assert_int_eq(tries > 0, _i);
    packwriter_pack_free(&pack);
    free(base);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("large deltas");
    TCase *wrong = tcase_create("wrong");
    TCase *right = tcase_create("right");

    tcase_add_loop_test(wrong, wrong_instructions_are_told_at_their_entry, 0, 2 * TWISTS);
    tcase_add_test(wrong, a_root_that_claims_the_impossible_is_told_at_its_entry);
    tcase_add_loop_test(wrong, a_delta_may_grow_so_far_and_no_further, 0, 5);
    suite_add_tcase(suite, wrong);

    tcase_add_loop_test(right, a_chain_in_and_out_of_memory_streams_and_verifies, 0,
                        (int)(sizeof ways / sizeof *ways));
    tcase_add_loop_test(right, a_static_manager_maps_a_temporary_file_or_says_what_it_takes, 0, 2);
    suite_add_tcase(suite, right);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
