/* test_overlaps.c - an index whose rows lie in one another's entries: verify names every row that
 * is wrong and finds what is right, and its work is in some proportion to the pack, not to the pack
 * times the rows. The work is counted in bytes that went into the inflater or came out of it. */
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "packwriter_memory.h"
#include "suite.h"
#include "verify/verify.h"

#define BLOCK ((size_t)65535)
#define BLOCKS ((size_t)64)
#define CONTENTS (BLOCK * BLOCKS)
#define PLACES ((size_t)2000)
#define GOOD 3 /* objects around the long one, and itself */
#define LONG 1 /* its place among the entries */

/* What may be inflated of a pack, in its own bytes: 16 for what overlaps, and a few for itself. */
#define WORK_MOST 40

/* A pack with one long stored stream, in the contents of which other entries begin, each of which
 * shares the rest of the stream with all that began before it. */
typedef struct long_pack {
    struct packwriter_pack pack;
    unsigned char *contents;
    uint64_t places[PLACES]; /* in the pack */
    uint64_t sizes[PLACES];  /* that the entries there claim, rightly */
    struct packwriter_index_row *rows;
    size_t count;
} long_pack;

/* An entry in the contents from `at` on, whose stream goes on with the blocks that follow. */
static uint64_t put_entry(unsigned char *contents, size_t at)
{
    static const size_t head = 4 + 2 + 5;
    size_t end = (at / BLOCK + 1) * BLOCK;
    size_t length = end - at - head;
    uint64_t size = CONTENTS - at - head;
    struct packwriter_bytes bytes = {0};
    const unsigned char block[] = {0x78,
                                   0x01,
                                   end == CONTENTS,
                                   (unsigned char)length,
                                   (unsigned char)(length >> 8),
                                   (unsigned char)~length,
                                   (unsigned char)(~length >> 8)};

    packwriter_bytes_add_entry_header(&bytes, PACKWRITER_BLOB, size);
    while (bytes.size < 4) { /* a longer form of the same number */
        bytes.data[bytes.size - 1] |= 0x80;
        packwriter_bytes_add_number(&bytes, 0, 1);
    }
    packwriter_bytes_add(&bytes, block, sizeof block);
    ck_assert_uint_eq(bytes.size, head);
    memcpy(contents + at, bytes.data, head);
    packwriter_bytes_free(&bytes);
    return size;
}

static void make_contents(long_pack *made)
{
    struct packwriter_bytes noise = {0};

    packwriter_bytes_add_noise(&noise, CONTENTS, 7);
    made->contents = noise.data;
    for (size_t i = 0; i < PLACES; i++) {
        size_t at = i * (BLOCK / 32) + i / 32 * (BLOCK % 32);

        made->sizes[i] = put_entry(made->contents, at);
        made->places[i] = at + 2 + 5 * (at / BLOCK + 1); /* from the stream's front */
    }
}

static void make(long_pack *made)
{
    struct packwriter_bytes header = {0};

    *made = (long_pack){.count = 0};
    make_contents(made);
    made_pack_begin(&made->pack);
    made_pack_add_line(&made->pack, 0);
    packwriter_bytes_add_entry_header(&header, PACKWRITER_BLOB, CONTENTS);
    for (size_t i = 0; i < PLACES; i++)
        made->places[i] += packwriter_pack_size(&made->pack) + header.size;
    packwriter_pack_begin_entry(&made->pack);
    packwriter_bytes_add(&made->pack.bytes, header.data, header.size);
    packwriter_bytes_add_stored(&made->pack.bytes, made->contents, CONTENTS, BLOCK, 0);
    packwriter_pack_end_entry(&made->pack, PACKWRITER_BLOB, made->contents, CONTENTS);
    made_pack_add_line(&made->pack, 5);
    packwriter_bytes_free(&header);
    made->rows = packwriter_memory_resize(NULL, 2 * PLACES, sizeof *made->rows);
}

static void add_rows_of_entries(long_pack *made)
{
    for (size_t i = 0; i < made->pack.entry_count; i++)
        made->rows[made->count++] = made_pack_row(&made->pack, i);
}

/* A row of an id that nothing has. */
static void add_row(long_pack *made, uint64_t offset)
{
    struct packwriter_index_row *row = &made->rows[made->count++];
    uint64_t state = made->count;

    *row = (struct packwriter_index_row){.offset = offset};
    for (size_t i = 0; i < 20; i++)
        row->id[i] = (uint8_t)suite_random(&state);
}

static void free_made(long_pack *made)
{
    packwriter_pack_free(&made->pack);
    free(made->contents);
    free(made->rows);
}

typedef struct findings {
    const long_pack *made;
    bool *named; /* by row */
    uint64_t count;
} findings;

static int compare_rows(const void *left, const void *right)
{
    const struct packwriter_index_row *one = left;
    const struct packwriter_index_row *other = right;

    return memcmp(one->id, other->id, 20);
}

static int take_finding(void *context, const packread_finding *finding)
{
    findings *all = context;
    struct packwriter_index_row wanted = {.offset = 0};
    const struct packwriter_index_row *row;

    all->count++;
    memcpy(wanted.id, finding->error->id.bytes, 20);
    row = bsearch(&wanted, all->made->rows, all->made->count, sizeof wanted, compare_rows);
    if (row)
        all->named[row - all->made->rows] = true;
    return 0;
}

/* Verifies, and holds that all rows are named but those of good entries, of which `right` are
 * counted; and reads those. */
static void check(long_pack *made, unsigned threads, uint64_t right)
{
    const bool has_long = right == GOOD;
    char *path;
    sample_place at;
    findings all = {.made = made};
    packread_verify_options options = {
        .threads = threads, .finding = take_finding, .progress = NULL, .context = &all};
    pkr_verification verification = {.options = &options};
    pkr_fault fault = {0};
    uint64_t size;

    qsort(made->rows, made->count, sizeof *made->rows, compare_rows);
    path = made_pack_save_rows(&made->pack, "pack-long", made->rows, made->count, NULL);
    at = sample_place_at(path, NULL);
    all.named = packwriter_memory_resize(NULL, made->count, sizeof *all.named);
    memset(all.named, 0, made->count * sizeof *all.named);
    verification.snapshot = at.snapshot;
    verification.pack = pkr_packs_get(&at.snapshot->packs, 0);
    size = verification.pack->size;
    ck_assert_int_eq(pkr_verify_run(&verification, &fault), 0);
    ck_assert_int_eq(pkr_verify_result(&verification, &fault), PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(verification.findings.summary.objects, right);
    ck_assert_msg(verification.work < WORK_MOST * size, "%llu bytes inflated of a pack of %llu",
                  (unsigned long long)verification.work, (unsigned long long)size);
    pkr_verify_release(&verification);
    for (size_t i = 0; i < made->count; i++) {
        bool is_good = false;

        for (size_t entry = 0; entry < GOOD; entry++)
            is_good = is_good || memcmp(made->rows[i].id, made->pack.entries[entry].id, 20) == 0;
        ck_assert_msg(is_good || all.named[i], "the row at %llu is not named",
                      (unsigned long long)made->rows[i].offset);
    }
    for (size_t entry = 0; entry < GOOD; entry += entry == 0 && !has_long ? 2 : 1) {
        packread_id id = made_pack_id(&made->pack, entry);
        packread_object object;

        ck_assert_int_eq(packread_reader_read(at.reader, &id, &object, NULL), 0);
        ck_assert_uint_eq(object.size, made->pack.entries[entry].size);
    }
    free(all.named);
    sample_place_close(&at);
    free_made(made);
}

START_TEST(rows_that_name_one_entry_are_answered_together)
{
    long_pack made;

    make(&made);
    add_rows_of_entries(&made);
    for (size_t i = 0; i < PLACES; i++)
        add_row(&made, made.pack.entries[LONG].offset);
    check(&made, (unsigned)_i, GOOD);
}
END_TEST

START_TEST(rows_inside_a_long_stream_cost_no_more_than_a_few_times_the_pack)
{
    long_pack made;

    make(&made);
    add_rows_of_entries(&made);
    for (size_t i = 0; i < PLACES; i++)
        add_row(&made, made.places[i]);
    check(&made, (unsigned)_i, GOOD);
}
END_TEST

/* No row names the bases, and there is a different one for each delta. */
START_TEST(deltas_on_places_in_a_long_stream_cost_no_more)
{
    long_pack made;
    struct packwriter_bytes delta = {0};

    make(&made);
    for (size_t i = 0; i < PLACES; i++) {
        char text[24] = "delta";
        uint64_t offset = packwriter_pack_size(&made.pack);

        memcpy(text + 5, &i, sizeof i);
        packwriter_delta_begin(&delta, made.sizes[i], sizeof text);
        packwriter_delta_insert(&delta, text, sizeof text);
        packwriter_pack_begin_entry(&made.pack);
        packwriter_bytes_add_entry_header(&made.pack.bytes, PACKWRITER_OFS_DELTA, delta.size);
        packwriter_bytes_add_distance(&made.pack.bytes, offset - made.places[i]);
        packwriter_bytes_add_deflated(&made.pack.bytes, delta.data, delta.size, 6);
        packwriter_pack_end_entry(&made.pack, PACKWRITER_BLOB, text, sizeof text);
    }
    packwriter_bytes_free(&delta);
    add_rows_of_entries(&made);
    check(&made, (unsigned)_i, GOOD);
}
END_TEST

/* The long one is damaged and has no row: others are looked for in it. */
START_TEST(places_in_a_long_stream_without_a_row_cost_no_more)
{
    long_pack made;

    make(&made);
    made_pack_damage(&made.pack, LONG);
    made.rows[made.count++] = made_pack_row(&made.pack, 0);
    made.rows[made.count++] = made_pack_row(&made.pack, 2);
    check(&made, (unsigned)_i, GOOD - 1);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("overlaps");
    TCase *tests = tcase_create("overlaps");

    tcase_add_loop_test(tests, rows_that_name_one_entry_are_answered_together, 1, 3);
    tcase_add_loop_test(tests, rows_inside_a_long_stream_cost_no_more_than_a_few_times_the_pack, 1,
                        3);
    tcase_add_loop_test(tests, deltas_on_places_in_a_long_stream_cost_no_more, 1, 3);
    tcase_add_loop_test(tests, places_in_a_long_stream_without_a_row_cost_no_more, 1, 3);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
