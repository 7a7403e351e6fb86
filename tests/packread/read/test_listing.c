/* test_listing.c - a listing visits just what it is asked for, each object once, in order. */
#include <string.h>

#include "sample_place.h"
#include "suite.h"

typedef struct listing {
    const sample_truth *truth;
    enum packread_order order;
    size_t count;
    size_t stop_after;
    unsigned types;
    packread_id last;
    packread_location last_location;
    packread_reader *reader; /* used inside the visit, if there is one */
} listing;

static int visit(void *context, const packread_info *info, const packread_error *error)
{
    listing *state = context;
    const sample_object *object = sample_truth_find(state->truth, &info->id);

    if (error)
        sample_good(error->code, error);
    if (!object)
        ck_abort_msg("an object that nobody put there");
    if (state->types && !(state->types & 1u << object->type))
        ck_abort_msg("an object of a type that was not asked for");
    if (state->count > 0) {
        if (state->order == PACKREAD_BY_ID && packread_id_compare(&state->last, &info->id) >= 0)
            ck_abort_msg("ids do not rise");
        if (state->order == PACKREAD_BY_OFFSET &&
            (info->location.store < state->last_location.store ||
             (info->location.store == state->last_location.store &&
              info->location.offset <= state->last_location.offset)))
            ck_abort_msg("offsets do not rise");
    }
    if (state->reader) {
        packread_object contents;
        packread_error detail;

        sample_good(packread_reader_read(state->reader, &info->id, &contents, &detail), &detail);
        if (!sample_hashes_to(&info->id, contents.type, contents.data, contents.size))
            ck_abort_msg("the bytes do not give the id");
    }
    state->last = info->id;
    state->last_location = info->location;
    state->count++;
    return state->count == state->stop_after;
}

static size_t list(sample_place *at, const packread_list_options *options)
{
    listing state = {.truth = &at->truth,
                     .order = options ? options->order : PACKREAD_BY_ID,
                     .types = options ? options->types : 0,
                     .stop_after = SIZE_MAX};
    packread_error error;

    memset(&error, 0, sizeof error);
    sample_good(packread_reader_list(at->reader, options, visit, &state, &error), &error);
    return state.count;
}

static size_t rows_of(const sample_place *at)
{
    size_t rows = 0;

    for (size_t i = 0; i < packread_snapshot_packs(at->snapshot); i++) {
        packread_pack_info info = {.struct_size = sizeof info};

        ck_assert_int_eq(packread_snapshot_pack(at->snapshot, i, &info), 0);
        rows += info.objects;
    }
    return rows;
}

START_TEST(a_listing_visits_each_object_in_order)
{
    sample_place at = sample_place_find(samples[_i].where);
    packread_list_options options = {.order = PACKREAD_BY_ID};

    ck_assert_uint_eq(list(&at, NULL), at.truth.count);
    ck_assert_uint_eq(list(&at, &options), at.truth.count);
    options.order = PACKREAD_BY_OFFSET;
    ck_assert_uint_eq(list(&at, &options), rows_of(&at));
    options.once = true;
    ck_assert_uint_eq(list(&at, &options), at.truth.count);
    sample_place_close(&at);
}
END_TEST

START_TEST(an_object_in_several_packs_is_listed_once_by_id)
{
    sample_place at = sample_place_find(_i ? "repos/multi" : "packs/duplicates");
    packread_list_options options = {.order = PACKREAD_BY_ID};
    size_t rows = rows_of(&at);

    ck_assert_uint_gt(rows, at.truth.count);
    ck_assert_uint_eq(list(&at, &options), at.truth.count);
    options.order = PACKREAD_BY_OFFSET;
    ck_assert_uint_eq(list(&at, &options), rows);
    options.once = true;
    ck_assert_uint_eq(list(&at, &options), at.truth.count);
    sample_place_close(&at);
}
END_TEST

START_TEST(one_pack_of_several_is_listed_alone)
{
    sample_place at = sample_place_find("repos/multi");
    packread_list_options options = {.one_pack = true};
    size_t rows = 0;

    for (size_t pack = 0; pack < packread_snapshot_packs(at.snapshot); pack++) {
        packread_pack_info info = {.struct_size = sizeof info};

        ck_assert_int_eq(packread_snapshot_pack(at.snapshot, pack, &info), 0);
        options.pack = pack;
        options.order = PACKREAD_BY_ID;
        ck_assert_uint_eq(list(&at, &options), info.objects);
        options.order = PACKREAD_BY_OFFSET;
        ck_assert_uint_eq(list(&at, &options), info.objects);
        rows += info.objects;
    }
    ck_assert_uint_eq(rows, rows_of(&at));
    options.pack = packread_snapshot_packs(at.snapshot);
    ck_assert_int_eq(packread_reader_list(at.reader, &options, visit, NULL, NULL),
                     PACKREAD_ERROR_ARGUMENT);
    sample_place_close(&at);
}
END_TEST

START_TEST(only_the_types_asked_for_are_listed)
{
    sample_place at = sample_place_find(_i % 2 ? "repos/small" : "packs/types");
    size_t of_type[8] = {0};
    size_t total = 0;
    packread_list_options options = {.order = _i < 2 ? PACKREAD_BY_ID : PACKREAD_BY_OFFSET};

    for (size_t i = 0; i < at.truth.count; i++)
        of_type[at.truth.objects[i].type]++;
    for (unsigned types = 1; types < 16; types++) {
        size_t expected = 0;

        for (unsigned type = 1; type <= 4; type++)
            if (types >> (type - 1) & 1)
                expected += of_type[type];
        options.types = types << 1;
        ck_assert_uint_eq(list(&at, &options), expected);
        options.want = PACKREAD_WANT_ALL;
        ck_assert_uint_eq(list(&at, &options), expected);
        options.want = 0;
    }
    for (unsigned type = 1; type <= 4; type++)
        total += of_type[type] > 0;
    ck_assert_uint_eq(total, 4);
    sample_place_close(&at);
}
END_TEST

START_TEST(a_listing_stops_when_told_to)
{
    sample_place at = sample_place_find("packs/types");

    for (int order = PACKREAD_BY_ID; order <= PACKREAD_BY_OFFSET; order++) {
        for (size_t stop = 1; stop <= at.truth.count; stop++) {
            packread_list_options options = {.order = (enum packread_order)order};
            listing state = {.truth = &at.truth, .order = options.order, .stop_after = stop};
            packread_error error;

            memset(&error, 0, sizeof error);
            ck_assert_int_eq(packread_reader_list(at.reader, &options, visit, &state, &error),
                             PACKREAD_ERROR_STOPPED);
            ck_assert_int_eq(error.code, PACKREAD_ERROR_STOPPED);
            ck_assert_uint_eq(state.count, stop);
        }
    }
    sample_place_close(&at);
}
END_TEST

/* The header allows it: the visitor may use the very reader that lists. */
START_TEST(the_reader_may_be_used_inside_the_visit)
{
    sample_place at = sample_place_find(_i % 2 ? "repos/multi" : "packs/types");
    packread_list_options options = {.order = _i < 2 ? PACKREAD_BY_ID : PACKREAD_BY_OFFSET,
                                     .want = PACKREAD_WANT_ALL,
                                     .once = true};
    listing state = {
        .truth = &at.truth, .order = options.order, .stop_after = SIZE_MAX, .reader = at.reader};
    packread_error error;

    memset(&error, 0, sizeof error);
    sample_good(packread_reader_list(at.reader, &options, visit, &state, &error), &error);
    ck_assert_uint_eq(state.count, at.truth.count);
    sample_place_close(&at);
}
END_TEST

START_TEST(what_a_listing_does_not_know_is_an_argument_error_that_names_it)
{
    static const struct {
        packread_list_options options;
        const char *text;
    } wrong[] = {{{.order = (enum packread_order)2}, "order"},
                 {{.want = PACKREAD_WANT_ALL + 1}, "want"},
                 {{.types = 1u << PACKREAD_OFS_DELTA}, "type"},
                 {{.one_pack = true, .pack = 1}, "pack"},
                 {{.one_pack = true, .pack = SIZE_MAX}, "pack"}};
    sample_place at = sample_place_find("packs/types");
    packread_list_options options = {.order = PACKREAD_BY_ID};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        packread_error error = {0};

        ck_assert_int_eq(packread_reader_list(at.reader, &wrong[i].options, visit, NULL, &error),
                         PACKREAD_ERROR_ARGUMENT);
        ck_assert_msg(strstr(error.text, wrong[i].text), "%s", error.text);
    }
    ck_assert_int_eq(packread_reader_list(at.reader, &options, NULL, NULL, NULL),
                     PACKREAD_ERROR_ARGUMENT);
    sample_place_close(&at);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("listing");
    TCase *listing_tests = tcase_create("list");

    tcase_add_loop_test(listing_tests, a_listing_visits_each_object_in_order, 0, sample_count);
    tcase_add_loop_test(listing_tests, an_object_in_several_packs_is_listed_once_by_id, 0, 2);
    tcase_add_test(listing_tests, one_pack_of_several_is_listed_alone);
    tcase_add_loop_test(listing_tests, only_the_types_asked_for_are_listed, 0, 4);
    tcase_add_test(listing_tests, a_listing_stops_when_told_to);
    tcase_add_loop_test(listing_tests, the_reader_may_be_used_inside_the_visit, 0, 4);
    tcase_add_test(listing_tests, what_a_listing_does_not_know_is_an_argument_error_that_names_it);
    suite_add_tcase(suite, listing_tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
