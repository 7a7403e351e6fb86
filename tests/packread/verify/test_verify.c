/* test_verify.c - verify finds nothing wrong with what is good, whatever the threads and the
 * memory, and stops when it is told to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"
#include "verify_report.h"

START_TEST(good_fixtures_are_all_right)
{
    static const unsigned threads[] = {1, 2, 8, 0};
    const sample *of = &samples[_i];
    sample_place at = sample_place_open(of, NULL);

    for (size_t pack = 0; pack < packread_snapshot_packs(at.snapshot); pack++) {
        packread_pack_info info = {.struct_size = sizeof info};
        uint64_t bytes = 0;
        uint64_t deltas = 0;
        int64_t depth = 0;

        ck_assert_int_eq(packread_snapshot_pack(at.snapshot, pack, &info), 0);
        for (size_t i = 0; i < at.truth.count; i++) {
            bytes += at.truth.objects[i].size;
            deltas += at.truth.objects[i].depth > 0;
            if (at.truth.objects[i].depth > depth)
                depth = at.truth.objects[i].depth;
        }
        for (size_t i = 0; i < (of->is & SAMPLE_LARGE ? 2 : 4); i++) {
            verify_report all = {0};

            verify_report_run(&all, at.snapshot, pack, threads[i]);
            if (all.status != 0 || all.count != 0)
                verify_report_describe(&all);
            sample_good(all.status, &all.error);
            ck_assert_uint_eq(all.count, 0);
            ck_assert_uint_eq(all.summary.findings, 0);
            ck_assert_uint_eq(all.summary.objects, info.objects);
            if (packread_snapshot_packs(at.snapshot) == 1)
                ck_assert_uint_eq(all.summary.bytes, bytes);
            if (of->packs[0] && !of->packs[1]) {
                ck_assert_uint_eq(all.summary.chains, deltas);
                ck_assert_uint_eq(all.summary.depth, (uint64_t)depth);
            }
            ck_assert_uint_eq(all.done, info.objects);
            ck_assert_uint_eq(all.total, info.objects);
            ck_assert_uint_le(all.progress_calls, 1000);
            verify_report_free(&all);
        }
    }
    sample_place_close(&at);
}
END_TEST

START_TEST(everything_but_the_snapshot_may_be_left_out)
{
    sample_place good = sample_place_find("packs/types");
    sample_place bad = sample_place_at(
        sample_path(sample_find("packs/types"), "../../damaged/flipped-byte"), NULL);

    ck_assert_int_eq(packread_verify(good.snapshot, 0, NULL, NULL, NULL), 0);
    ck_assert_int_eq(packread_verify(bad.snapshot, 0, NULL, NULL, NULL), PACKREAD_ERROR_CORRUPT);
    ck_assert_int_eq(packread_verify(good.snapshot, 1, NULL, NULL, NULL), PACKREAD_ERROR_ARGUMENT);
    sample_place_close(&good);
    sample_place_close(&bad);
}
END_TEST

/* A limit far below what the pack expands to: slower, still right. */
START_TEST(a_small_memory_limit_changes_no_verdict)
{
    static const char *const places[] = {"repos/deltas", "repos/refdelta", "packs/chain-ofs",
                                         "packs/chain-ref-later"};
    packread_options options = {.memory_limit = 2 << 20, .window_size = 65536};
    sample_place at = sample_place_find(places[_i]);
    packread_pack_info info = {.struct_size = sizeof info};

    ck_assert_int_eq(packread_snapshot_pack(at.snapshot, 0, &info), 0);
    for (unsigned threads = 1; threads <= 4; threads += 3) {
        verify_report all = verify_report_of(at.path, &options, threads, 0);

        ck_assert_uint_eq(all.summary.objects, info.objects);
        verify_report_free(&all);
    }
    sample_place_close(&at);
}
END_TEST

/* A path of deltas on which each object has two children and all together are more than the limit:
 * the upper ones are let go and built again when their second child's turn comes. */
START_TEST(a_path_that_memory_does_not_hold_is_built_again)
{
    enum { LINKS = 8, SIZE = 150000 };
    packread_options options = {.memory_limit = 2 << 20};
    struct packwriter_pack pack = {0};
    struct packwriter_bytes base = {0};
    struct packwriter_bytes next = {0};
    struct packwriter_bytes delta = {0};
    size_t place;
    char *path;

    packwriter_bytes_add_noise(&base, SIZE, 13);
    made_pack_begin(&pack);
    place = packwriter_pack_add_object(&pack, PACKWRITER_BLOB, base.data, base.size, 1);
    for (int i = 0; i < LINKS; i++) {
        for (int child = 0; child < 2; child++) { /* the second leads on */
            next.size = 0;
            packwriter_bytes_add(&next, base.data, base.size);
            next.data[(size_t)i * 1000] ^= (unsigned char)(1 + child);
            packwriter_delta_make(&delta, base.data, base.size, next.data, next.size);
            packwriter_pack_add_ofs_delta(&pack, place, &delta, next.data, next.size, 1);
        }
        place = _i ? pack.entry_count - 1 : pack.entry_count - 2;
        if (_i == 0) /* the first leads on: its sibling waits until the walk is back */
            next.data[(size_t)i * 1000] ^= 3;
        base.size = 0;
        packwriter_bytes_add(&base, next.data, next.size);
    }
    path = sample_save(&pack, "pack-path", NULL);
    for (unsigned threads = 1; threads <= 2; threads++) {
        verify_report all = verify_report_of(path, &options, threads, 0);

        ck_assert_uint_eq(all.summary.objects, 1 + 2 * LINKS);
        ck_assert_uint_eq(all.summary.depth, LINKS);
        verify_report_free(&all);
    }
    packwriter_pack_free(&pack);
    packwriter_bytes_free(&base);
    packwriter_bytes_free(&next);
    packwriter_bytes_free(&delta);
    free(path);
}
END_TEST

/* ---- Threads and stops
 * --------------------------------------------------------------------------------- */

/* Many damaged objects: each is found, whatever the number of threads. */
START_TEST(findings_are_the_same_for_any_number_of_threads)
{
    static const unsigned threads[] = {1, 2, 3, 8, 0};
    struct packwriter_pack pack = {0};
    char text[64];
    char *path;
    const size_t count = 500;

    made_pack_begin(&pack);
    for (size_t i = 0; i < count; i++) {
        int size = snprintf(text, sizeof text, "blob number %zu of a pack\n", i);

        packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text, (size_t)size, 6);
        if (i % 7 == 3)
            made_pack_damage(&pack, i);
    }
    path = sample_save(&pack, "pack-made", NULL);
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        verify_report all = verify_report_of(path, NULL, threads[t], PACKREAD_ERROR_CORRUPT);
        size_t damaged = 0;

        for (size_t i = 3; i < count; i += 7, damaged++)
            verify_report_has_entry(&all, &pack, i, 0);
        ck_assert_uint_eq(all.summary.objects, count - damaged);
        ck_assert_uint_eq(all.summary.findings, 2 * damaged); /* the CRC as well */
        verify_report_free(&all);
    }
    packwriter_pack_free(&pack);
    free(path);
}
END_TEST

START_TEST(a_finding_that_stops_is_the_last)
{
    struct packwriter_pack pack = {0};
    sample_place at;

    made_pack_begin_tree(&pack);
    for (size_t i = 0; i < MADE_TREE; i++)
        made_pack_damage(&pack, i);
    at = made_pack_open(&pack, "pack-made");
    for (size_t stop = 1; stop <= 4; stop++) {
        verify_report all = {.stop_after = stop};

        verify_report_run(&all, at.snapshot, 0, (unsigned)stop);
        ck_assert_int_eq(all.status, PACKREAD_ERROR_STOPPED);
        ck_assert_int_eq(all.error.code, PACKREAD_ERROR_STOPPED);
        ck_assert_uint_eq(all.count, stop);
        verify_report_free(&all);
    }
    sample_place_close(&at);
    packwriter_pack_free(&pack);
}
END_TEST

START_TEST(progress_that_stops_is_the_last)
{
    sample_place at = sample_place_find("repos/deltas");

    for (uint64_t stop = 1; stop <= 3; stop++) {
        verify_report all = {.progress_stop = stop};

        verify_report_run(&all, at.snapshot, 0, 2);
        ck_assert_int_eq(all.status, PACKREAD_ERROR_STOPPED);
        ck_assert_uint_eq(all.progress_calls, stop);
        verify_report_free(&all);
    }
    sample_place_close(&at);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("verify");
    TCase *good = tcase_create("good");
    TCase *stops = tcase_create("stops");

    tcase_add_loop_test(good, good_fixtures_are_all_right, 0, sample_count);
    tcase_add_test(good, everything_but_the_snapshot_may_be_left_out);
    tcase_add_loop_test(good, a_small_memory_limit_changes_no_verdict, 0, 4);
    tcase_add_loop_test(good, a_path_that_memory_does_not_hold_is_built_again, 0, 2);
    suite_add_tcase(suite, good);

    tcase_add_test(stops, findings_are_the_same_for_any_number_of_threads);
    tcase_add_test(stops, a_finding_that_stops_is_the_last);
    tcase_add_test(stops, progress_that_stops_is_the_last);
    suite_add_tcase(suite, stops);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
