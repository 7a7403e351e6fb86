/* test_absent.c - what an id costs that no pack has, counted in windows: an index is not read as a
 * whole for it, what was seen is not looked at again, and among many packs none is looked into. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"

#define ROWS 40000 /* of 28 bytes: 274 windows of a page */
#define PAGE 4096
#define PACKS 60
#define ROWS_EACH 50

static packread_id id_number(uint32_t number)
{
    packread_id id = {.size = 20};

    packwriter_hash_sum(20, &number, sizeof number, id.bytes);
    return id;
}

static int compare_rows(const void *left, const void *right)
{
    const struct packwriter_index_row *a = left;
    const struct packwriter_index_row *b = right;

    return memcmp(a->id, b->id, 20);
}

/* An index of rows that all lead to one object: ids from `first` on. */
static char *make_index(const char *name, uint32_t first, uint32_t count)
{
    struct packwriter_index_row *rows = calloc(count, sizeof *rows);
    struct packwriter_pack pack = {0};
    char *path;

    ck_assert_ptr_nonnull(rows);
    made_pack_begin(&pack);
    made_pack_add_line(&pack, 0);
    for (uint32_t i = 0; i < count; i++) {
        rows[i] = made_pack_row(&pack, 0);
        memcpy(rows[i].id, id_number(first + i).bytes, 20);
    }
    qsort(rows, count, sizeof *rows, compare_rows);
    path = made_pack_save_rows(&pack, name, rows, count, NULL);
    packwriter_pack_free(&pack);
    free(rows);
    return path;
}

/* Uses of windows, those that a cursor had at hand included; and windows that were made. */
static void count(const packread_snapshot *snapshot, uint64_t *uses, uint64_t *made)
{
    packread_stats stats = {.struct_size = sizeof stats};

    ck_assert_int_eq(packread_snapshot_stats(snapshot, &stats), 0);
    *uses = stats.hits + stats.shared_hits + stats.misses;
    *made = stats.misses;
}

static void miss(packread_reader *reader, uint32_t number)
{
    packread_id id = id_number(number);
    packread_location location;

    ck_assert_int_eq(packread_reader_find(reader, &id, &location, NULL), PACKREAD_ERROR_NOT_FOUND);
}

START_TEST(an_index_in_order_is_not_read_as_a_whole_for_an_absent_id)
{
    const packread_options options = {
        .io = PACKREAD_IO_PREAD, .window_size = PAGE, .memory_limit = 16 << 20};
    sample_place at = sample_place_at(make_index("pack-large", 0, ROWS), &options);
    uint64_t before;
    uint64_t after;
    uint64_t uses;

    for (uint32_t i = 0; i < 20; i++) {
        count(at.snapshot, &uses, &before);
        miss(at.reader, ROWS + i);
        count(at.snapshot, &uses, &after);
        ck_assert_uint_le(after - before, 24);
    }
    sample_place_close(&at);
}
END_TEST

/* Not even by those that come to all parts of it. */
START_TEST(rows_that_were_seen_in_order_are_not_looked_at_again)
{
    sample_place at = sample_place_at(make_index("pack-large", 0, ROWS), NULL);
    uint64_t begin;
    uint64_t before;
    uint64_t after;
    uint64_t made;

    for (uint32_t i = 0; i < 4000; i++)
        miss(at.reader, ROWS + i);
    count(at.snapshot, &begin, &made);
    for (uint32_t i = 0; i < 1000; i++) {
        packread_id id = id_number(i);
        packread_location location;

        ck_assert_int_eq(packread_reader_find(at.reader, &id, &location, NULL), 0);
    }
    count(at.snapshot, &before, &made);
    for (uint32_t i = 0; i < 1000; i++)
        miss(at.reader, 2 * ROWS + i);
    count(at.snapshot, &after, &made);
    /* As many as one that is there: its row and its offset, or the two rows beside. */
    ck_assert_uint_le(after - before, before - begin + 500);
    sample_place_close(&at);
}
END_TEST

static char *make_many(uint32_t rows)
{
    for (uint32_t i = 0; i < PACKS; i++) {
        char name[40];

        snprintf(name, sizeof name, "pack-%03u", (unsigned)i);
        free(make_index(name, i * rows, rows));
    }
    return suite_scratch_path("");
}

START_TEST(among_many_packs_an_absent_id_comes_to_look_into_none)
{
    static const uint32_t rows[] = {1, 50, 1000};
    sample_place at = sample_place_at(make_many(rows[_i]), NULL);
    uint32_t absent = PACKS * rows[_i];
    uint64_t before;
    uint64_t after;
    uint64_t made;

    for (uint32_t i = 0; i < rows[_i] + 1; i++)
        miss(at.reader, absent + i);
    count(at.snapshot, &before, &made);
    for (uint32_t i = 0; i < 1000; i++)
        miss(at.reader, 2 * absent + i);
    count(at.snapshot, &after, &made);
    /* One in some hundred has to be searched for all the same. */
    ck_assert_uint_le(after - before, 10 * PACKS * 4);
    for (uint32_t i = 0; i < absent; i += 1 + absent / 500) {
        packread_id id = id_number(i);
        packread_location location;

        ck_assert_int_eq(packread_reader_find(at.reader, &id, &location, NULL), 0);
        ck_assert_uint_eq(location.store, i / rows[_i]);
    }
    sample_place_close(&at);
}
END_TEST

/* What is known of the packs that were there excludes nothing of one that came. */
START_TEST(ids_of_a_pack_that_comes_among_many_are_found)
{
    sample_place at = sample_place_at(make_many(ROWS_EACH), NULL);
    const uint32_t come = PACKS * ROWS_EACH;
    uint64_t before;
    uint64_t after;
    uint64_t made;

    for (uint32_t i = 0; i < 2 * PACKS; i++)
        miss(at.reader, 2 * come + i);
    free(make_index("pack-new", come, ROWS_EACH));
    for (uint32_t i = 0; i < ROWS_EACH; i++) {
        packread_id id = id_number(come + i);
        packread_location location;

        ck_assert_int_eq(packread_reader_find(at.reader, &id, &location, NULL), 0);
        ck_assert_uint_eq(location.store, PACKS);
    }
    for (uint32_t i = 0; i < 2 * PACKS; i++)
        miss(at.reader, 3 * come + i);
    count(at.snapshot, &before, &made);
    for (uint32_t i = 0; i < 1000; i++)
        miss(at.reader, 4 * come + i);
    count(at.snapshot, &after, &made);
    ck_assert_uint_le(after - before, 10 * PACKS * 4);
    sample_place_close(&at);
}
END_TEST

#define THREADS 4

typedef struct asking {
    packread_reader *reader;
    uint32_t from;
    uint32_t rows;
    const char *wrong;
} asking;

static void *ask(void *context)
{
    asking *of = context;

    for (uint32_t i = 0; i < 3000 && !of->wrong; i++) {
        bool is_there = i % 3 == 0;
        packread_id id = id_number(is_there ? i % of->rows : of->from + i);
        packread_location location;

        if (packread_reader_find(of->reader, &id, &location, NULL) !=
            (is_there ? 0 : PACKREAD_ERROR_NOT_FOUND))
            of->wrong = "another answer";
    }
    return NULL;
}

/* While one makes the filter, others search. */
START_TEST(threads_that_ask_for_absent_ids_at_once_are_all_answered)
{
    sample_place at = sample_place_at(make_many(200), NULL);
    asking all[THREADS];
    pthread_t threads[THREADS];

    for (uint32_t i = 0; i < THREADS; i++) {
        all[i] = (asking){sample_reader(at.snapshot), PACKS * 200 + i * 3000, PACKS * 200, NULL};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask, &all[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_msg(!all[i].wrong, "%s", all[i].wrong);
        packread_reader_free(all[i].reader);
    }
    sample_place_close(&at);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("absent");
    TCase *tests = tcase_create("absent");

    tcase_add_test(tests, an_index_in_order_is_not_read_as_a_whole_for_an_absent_id);
    tcase_add_test(tests, rows_that_were_seen_in_order_are_not_looked_at_again);
    tcase_add_loop_test(tests, among_many_packs_an_absent_id_comes_to_look_into_none, 0, 3);
    tcase_add_test(tests, ids_of_a_pack_that_comes_among_many_are_found);
    tcase_add_test(tests, threads_that_ask_for_absent_ids_at_once_are_all_answered);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
