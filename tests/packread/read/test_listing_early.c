/* test_listing_early.c - the first objects of a listing are told before the headers of all are
 * read: whoever stops there has paid for those alone, and where the rest takes time the caller is
 * asked meanwhile. Counted in windows, in memory that is taken, and in calls; all on packs of
 * thousands of objects. */
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"

#define KIB ((uint64_t)1 << 10)
#define OBJECTS 30000u
#define ALONE 117u /* a part in 256 of them: so many are asked for one by one */
#define FIRST 64u
#define FACTS (PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE | PACKREAD_WANT_DEPTH)

static char *path;

/* Contents that do not deflate, so that the pack is of many windows. */
static void make_pack(void)
{
    struct packwriter_pack pack = {0};
    uint64_t state = 1;

    made_pack_begin(&pack);
    for (uint32_t i = 0; i < OBJECTS; i++) {
        unsigned char contents[96];

        for (size_t at = 0; at < sizeof contents; at++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            contents[at] = (unsigned char)(state >> 56);
        }
        packwriter_pack_add_object(&pack, PACKWRITER_BLOB, contents, sizeof contents, 1);
    }
    path = sample_save(&pack, "pack-early", NULL);
    packwriter_pack_free(&pack);
}

static void free_pack(void)
{
    free(path);
}

typedef struct early {
    packread_snapshot *snapshot;
    packread_reader *reader;
    size_t visits;
    size_t stop_visits; /* after so many; 0: never */
    size_t pauses;
    size_t stop_pauses;    /* likewise */
    size_t visited[64];    /* when a pause came */
    uint64_t windows[2];   /* that were made when the first visit came, and at the end */
    uint64_t memory_first; /* taken when it came */
    uint64_t memory_most;  /* when any visit came */
    bool reads_inside;     /* an object, at each pause */
    packread_id first;
} early;

static packread_stats look(const early *state)
{
    packread_stats stats = {.struct_size = sizeof stats};

    ck_assert_int_eq(packread_snapshot_stats(state->snapshot, &stats), 0);
    return stats;
}

static int visit(void *context, const packread_info *info, const packread_error *error)
{
    early *state = context;

    if (error)
        sample_good(error->code, error);
    if (info->type != PACKREAD_BLOB || info->size != 96 || info->depth != 0)
        ck_abort_msg("other facts than the object's");
    if (state->visits == 0) {
        packread_stats stats = look(state);

        state->first = info->id;
        state->windows[0] = stats.misses;
        state->memory_first = stats.memory_used;
    }
    if (state->visits % 1000 == 999 && look(state).memory_used > state->memory_most)
        state->memory_most = look(state).memory_used;
    return ++state->visits == state->stop_visits;
}

static int pause_listing(void *context)
{
    early *state = context;

    if (state->pauses < sizeof state->visited / sizeof *state->visited)
        state->visited[state->pauses] = state->visits;
    if (state->reads_inside) {
        packread_object object;
        packread_error error;

        sample_good(packread_reader_read(state->reader, &state->first, &object, &error), &error);
        ck_assert_uint_eq(object.size, 96);
    }
    return ++state->pauses == state->stop_pauses;
}

/* What the listing returns; the rest `state` says. */
static int run_listing(early *state, enum packread_order order, unsigned threads)
{
    const packread_options options = {.window_size = 64 * KIB, .io = PACKREAD_IO_MMAP};
    const packread_list_options list = {.struct_size = sizeof list,
                                        .order = order,
                                        .want = FACTS,
                                        .threads = threads,
                                        .pause = pause_listing};
    packread_error error;
    int status;

    state->snapshot = sample_open(path, &options);
    state->reader = sample_reader(state->snapshot);
    status = packread_reader_list(state->reader, &list, visit, state, &error);
    state->windows[1] = look(state).misses;
    packread_reader_free(state->reader);
    packread_snapshot_free(state->snapshot);
    if (status != 0)
        ck_assert_int_eq(error.code, status);
    return status;
}

/* The index is looked through for its order, whatever is told; the pack, three times as large, is
 * not touched but for one window. */
START_TEST(who_stops_at_the_first_object_has_no_headers_read)
{
    const enum packread_order order = _i ? PACKREAD_BY_OFFSET : PACKREAD_BY_ID;
    early all = {.stop_visits = 0};
    early one = {.stop_visits = 1};

    ck_assert_int_eq(run_listing(&all, order, 1), 0);
    ck_assert_uint_eq(all.visits, OBJECTS);
    ck_assert_uint_eq(all.windows[0], run_listing(&one, order, 1) ? one.windows[0] : 0);
    ck_assert_uint_eq(one.visits, 1);
    ck_assert_uint_eq(one.pauses, 0);
    ck_assert_uint_eq(one.windows[1], one.windows[0]);
    ck_assert_uint_ge(all.windows[1], one.windows[1] + 40);
    if (order == PACKREAD_BY_ID) /* tables: sizes, depths and types of each */
        ck_assert_uint_ge(all.memory_most, all.memory_first + 8 * OBJECTS);
}
END_TEST

/* By id what one by one are asked for come first: then each thousands of headers a pause. */
START_TEST(pauses_come_before_headers_are_read_and_between)
{
    const unsigned threads = _i ? 2 : 1;
    early state = {.reads_inside = true};

    ck_assert_int_eq(run_listing(&state, PACKREAD_BY_ID, threads), 0);
    ck_assert_uint_eq(state.visits, OBJECTS);
    ck_assert_uint_eq(state.visited[0], FIRST);
    if (threads == 1)
        ck_assert_uint_eq(state.pauses, 1 + (OBJECTS + 2047) / 2048);
    for (size_t i = 1; i < state.pauses; i++)
        ck_assert_uint_eq(state.visited[i], ALONE);
}
END_TEST

/* By offset they are read some ahead of what is told, at first little. */
START_TEST(by_offset_objects_are_told_while_headers_are_read)
{
    static const size_t before[] = {512, 512, 4096};
    early state = {.reads_inside = true};

    ck_assert_int_eq(run_listing(&state, PACKREAD_BY_OFFSET, 1), 0);
    ck_assert_uint_eq(state.visits, OBJECTS);
    ck_assert_uint_gt(state.pauses, 3);
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        ck_assert_uint_eq(state.visited[i], before[i]);
    ck_assert_uint_eq(state.visited[state.pauses - 1], 4096);
}
END_TEST

START_TEST(a_pause_that_says_so_ends_the_listing)
{
    static const struct {
        enum packread_order order;
        size_t pause;
        size_t visits;
    } ends[] = {{PACKREAD_BY_ID, 1, FIRST},
                {PACKREAD_BY_ID, 2, ALONE},
                {PACKREAD_BY_ID, 5, ALONE},
                {PACKREAD_BY_OFFSET, 1, 512},
                {PACKREAD_BY_OFFSET, 4, 4096}};

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        early state = {.stop_pauses = ends[i].pause};

        ck_assert_int_eq(run_listing(&state, ends[i].order, 1), PACKREAD_ERROR_STOPPED);
        ck_assert_uint_eq(state.pauses, ends[i].pause);
        ck_assert_uint_eq(state.visits, ends[i].visits);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("listing, early");
    TCase *tests = tcase_create("early");

    tcase_add_unchecked_fixture(tests, make_pack, free_pack);
    tcase_add_loop_test(tests, who_stops_at_the_first_object_has_no_headers_read, 0, 2);
    tcase_add_loop_test(tests, pauses_come_before_headers_are_read_and_between, 0, 2);
    tcase_add_test(tests, by_offset_objects_are_told_while_headers_are_read);
    tcase_add_test(tests, a_pause_that_says_so_ends_the_listing);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
