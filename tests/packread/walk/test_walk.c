/* test_walk.c - a walk by itself: its visitor sees each object of a good pack once, with all that
 * is true of it; on any number of threads' shares, with an index or without, and with little
 * memory. A visitor that wants no more gets no more. */
#include <stdlib.h>
#include <string.h>

#include "sample_place.h"
#include "suite.h"
#include "walk/fence.h"
#include "walk/postponed.h"
#include "walk/scan.h"
#include "walk/sweep.h"
#include "walk/walk.h"

/* A walk that is watched. */
typedef struct watch {
    sample_place at;
    pkr_forest forest;
    packread_reader *reader;
    bool *met; /* by rank */
    uint32_t *depths;
    size_t count;
    size_t large;
    size_t stop_after; /* objects; 0: never */
} watch;

static uint32_t base_of(watch *all, uint32_t rank)
{
    pkr_entry entry;
    uint32_t base;

    ck_assert_int_eq(pkr_forest_entry(&all->forest, all->reader, rank, &entry, &base, NULL), 0);
    return base;
}

/* What holds for each object, held in memory or not. */
static void meet(watch *all, uint32_t rank, uint32_t depth, const packread_id *id)
{
    const sample_object *truth = sample_truth_find(&all->at.truth, id);

    ck_assert_msg(!all->met[rank], "rank %u is met again", rank);
    ck_assert_ptr_nonnull(truth);
    if (truth->has_place)
        ck_assert_uint_eq(pkr_forest_offset(&all->forest, rank), truth->offset);
    ck_assert(pkr_forest_state(&all->forest, rank) >= PKR_FOREST_DONE);
    all->met[rank] = true;
    all->depths[rank] = depth;
    if (++all->count == all->stop_after)
        atomic_store(&all->forest.stopped, true);
}

static void see_object(void *context, const pkr_walk_object *object)
{
    watch *all = context;
    const sample_object *truth = sample_truth_find(&all->at.truth, &object->id);

    ck_assert(sample_hashes_to(&object->id, object->type, object->data, (size_t)object->size));
    ck_assert_ptr_nonnull(truth);
    ck_assert(truth->type == object->type && truth->size == object->size);
    ck_assert_uint_eq(object->end, pkr_forest_next(&all->forest, object->rank));
    ck_assert(!object->loose_base);
    meet(all, object->rank, object->depth, &object->id);
}

/* Another reader, which has more memory, says what the object is. */
static int see_large(void *context, uint32_t rank, uint32_t depth, packread_id *id,
                     pkr_fault *fault)
{
    watch *all = context;
    uint64_t offset = pkr_forest_offset(&all->forest, rank);

    (void)fault;
    for (size_t i = 0; i < all->at.truth.count; i++)
        if (all->at.truth.objects[i].offset == offset)
            *id = all->at.truth.objects[i].id;
    all->large++;
    meet(all, rank, depth, id);
    return 0;
}

static void see_failure(void *context, uint32_t rank, uint32_t base, const pkr_fault *fault)
{
    (void)context, (void)base;
    ck_abort_msg("rank %u: %s", rank, fault->text);
}

static void see_finding(void *context, const pkr_fault *fault)
{
    (void)context;
    ck_abort_msg("%s", fault->text);
}

static void pass(void *context, uint64_t entries)
{
    *(uint64_t *)context += entries;
}

/* The table of entries, from the index or without it. */
static void list_entries(watch *all)
{
    uint64_t scanned = 0;
    const pkr_scan_sink sink = {&scanned, see_finding, pass};
    pkr_fault fault;

    ck_assert_int_eq(pkr_reader_select(all->reader, all->forest.pack, &fault), 0);
    if (!all->forest.pack->alone) {
        ck_assert_int_eq(pkr_forest_order(&all->forest, &all->reader->rows, &fault), 0);
        return;
    }
    ck_assert_int_eq(pkr_scan(&all->forest, all->reader, &sink, &fault), 0);
    ck_assert_uint_eq(scanned, all->forest.order->count);
}

/* An object is told before or after its base. */
static void depths_are_right(watch *all)
{
    for (uint32_t rank = 0; rank < all->forest.order->count; rank++) {
        uint32_t base = base_of(all, rank);

        if (all->met[rank] && (base == PKR_NO_RANK || all->met[base]))
            ck_assert_uint_eq(all->depths[rank], base == PKR_NO_RANK ? 0 : all->depths[base] + 1);
    }
}

/* Walks as so many threads would, one after the other, and then what they have put off. */
static void run(watch *all, unsigned shares)
{
    const pkr_visitor visitor = {all, see_object, see_large, see_failure};
    pkr_fault fault;
    uint32_t count;

    pkr_forest_begin(&all->forest, all->at.snapshot, pkr_packs_get(&all->at.snapshot->packs, 0));
    ck_assert_int_eq(pkr_forest_reader(&all->forest, &all->reader, &fault), 0);
    list_entries(all);
    count = all->forest.order->count;
    all->met = calloc(count + 1, sizeof *all->met);
    all->depths = calloc(count + 1, sizeof *all->depths);
    ck_assert(all->met && all->depths);
    ck_assert_int_eq(pkr_forest_allocate(&all->forest, &fault), 0);
    pkr_fence_allow(&all->forest);
    ck_assert_int_eq(pkr_sweep(&all->forest, all->reader, NULL, NULL, &fault), 0);
    for (unsigned i = 0; i < shares; i++)
        ck_assert_int_eq(pkr_walk_run(&all->forest, all->reader, &visitor, &fault), 0);
    ck_assert_int_eq(pkr_postponed_run(&all->forest, all->reader, &visitor, &fault), 0);
    ck_assert_uint_eq(all->count, all->stop_after ? all->stop_after : count);
    depths_are_right(all);
    packread_reader_free(all->reader);
    pkr_forest_release(&all->forest);
    free(all->met);
    free(all->depths);
    sample_place_close(&all->at);
}

START_TEST(each_object_is_met_once)
{
    const sample *of = &samples[_i / 2];
    packread_options alone = {.flags = PACKREAD_WITHOUT_INDEX};
    watch all = {.at = sample_place_open(of, NULL)};

    /* A pack that lacks a base, or one of many, is no matter of a walk alone. */
    if (packread_snapshot_packs(all.at.snapshot) != 1 || of->is & (SAMPLE_LARGE | SAMPLE_OF_GIT)) {
        sample_place_close(&all.at);
        return;
    }
    if (_i % 2) {
        packread_pack_info info = {.struct_size = sizeof info};
        char *path;

        ck_assert_int_eq(packread_snapshot_pack(all.at.snapshot, 0, &info), 0);
        path = strdup(info.path);
        packread_reader_free(all.at.reader);
        packread_snapshot_free(all.at.snapshot);
        all.at.reader = NULL;
        all.at.snapshot = sample_open(path, &alone);
        free(path);
    }
    run(&all, 1 + (unsigned)_i % 3);
}
END_TEST

START_TEST(little_memory_changes_nothing_that_is_seen)
{
    static const char *const names[] = {"packs/chain-ofs", "packs/copy-forms", "packs/noise"};
    packread_options options = {.memory_limit = 1 << 20, .window_size = 65536};
    watch all = {.at = sample_place_open(sample_find(names[_i]), &options)};

    run(&all, 1);
}
END_TEST

START_TEST(a_walk_that_is_stopped_tells_no_more)
{
    watch all = {.at = sample_place_find("packs/chain-ofs"), .stop_after = 7};

    run(&all, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("walk");
    TCase *tests = tcase_create("walk");

    tcase_add_loop_test(tests, each_object_is_met_once, 0, 2 * sample_count);
    tcase_add_loop_test(tests, little_memory_changes_nothing_that_is_seen, 0, 3);
    tcase_add_test(tests, a_walk_that_is_stopped_tells_no_more);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
