/* test_info.c - what is told of an object agrees with what is told of it elsewhere: in a listing,
 * in its neighbour's end, in its base. */
#include <string.h>

#include "sample_place.h"
#include "suite.h"

static int compare_with_info(void *context, const packread_info *listed,
                             const packread_error *error)
{
    sample_place *at = context;
    packread_reader *other = at->reader;
    packread_info info = {.struct_size = sizeof info};
    packread_error detail;

    if (error)
        sample_good(error->code, error);
    /* All at once, and each alone: the same numbers. */
    sample_good(packread_reader_info(other, &listed->location, PACKREAD_WANT_ALL, &info, &detail),
                &detail);
    if (packread_id_compare(&info.id, &listed->id) != 0 || info.type != listed->type ||
        info.stored_type != listed->stored_type || info.size != listed->size ||
        info.size_on_disk != listed->size_on_disk || info.depth != listed->depth ||
        info.has_crc != listed->has_crc || (info.has_crc && info.crc32 != listed->crc32) ||
        packread_id_compare(&info.base, &listed->base) != 0 ||
        info.has_base_location != listed->has_base_location)
        ck_abort_msg("listing and info tell different things");
    for (unsigned bit = 0; bit < 6; bit++) {
        packread_info one = {.struct_size = sizeof one};
        bool same = true;

        sample_good(packread_reader_info(other, &listed->location, 1u << bit, &one, &detail),
                    &detail);
        switch (1 << bit) {
        case PACKREAD_WANT_TYPE:
            same = one.type == info.type;
            break;
        case PACKREAD_WANT_SIZE:
            same = one.size == info.size;
            break;
        case PACKREAD_WANT_DISK:
            same = one.size_on_disk == info.size_on_disk;
            break;
        case PACKREAD_WANT_DEPTH:
            same = one.depth == info.depth;
            break;
        case PACKREAD_WANT_BASE:
            same = packread_id_compare(&one.base, &info.base) == 0;
            break;
        default:
            same = one.has_crc == info.has_crc && one.crc32 == info.crc32;
            break;
        }
        if (!same)
            ck_abort_msg("bit %u: another answer alone than with all", bit);
    }
    return 0;
}

START_TEST(a_listing_and_info_tell_the_same)
{
    const sample *of = &samples[_i];
    sample_place at;
    packread_reader *lister;
    packread_list_options options = {.want = PACKREAD_WANT_ALL};
    packread_error error;

    if (of->is & SAMPLE_LARGE)
        return;
    at = sample_place_find(of->where);
    lister = sample_reader(at.snapshot);
    memset(&error, 0, sizeof error);
    for (int order = PACKREAD_BY_ID; order <= PACKREAD_BY_OFFSET; order++) {
        options.order = (enum packread_order)order;
        sample_good(packread_reader_list(lister, &options, compare_with_info, &at, &error), &error);
    }
    packread_reader_free(lister);
    sample_place_close(&at);
}
END_TEST

typedef struct neighbours {
    packread_location last;
    uint64_t end; /* where the one before has to end */
    size_t count;
} neighbours;

static int check_neighbour(void *context, const packread_info *info, const packread_error *error)
{
    neighbours *state = context;

    if (error)
        sample_good(error->code, error);
    if (info->location.offset !=
        (state->count == 0 || info->location.store != state->last.store ? 12 : state->end))
        ck_abort_msg("entries do not lie end to end");
    state->last = info->location;
    state->end = info->location.offset + info->size_on_disk;
    state->count++;
    return 0;
}

START_TEST(sizes_on_disk_add_up_to_the_pack)
{
    sample_place at = sample_place_find(samples[_i].where);
    packread_list_options options = {.order = PACKREAD_BY_OFFSET, .want = PACKREAD_WANT_DISK};

    options.one_pack = true;
    for (size_t pack = 0; pack < packread_snapshot_packs(at.snapshot); pack++) {
        neighbours state = {.end = 12};
        packread_pack_info info = {.struct_size = sizeof info};
        packread_error error;

        ck_assert_int_eq(packread_snapshot_pack(at.snapshot, pack, &info), 0);
        options.pack = pack;
        memset(&error, 0, sizeof error);
        sample_good(packread_reader_list(at.reader, &options, check_neighbour, &state, &error),
                    &error);
        ck_assert_uint_eq(state.count, info.objects);
        ck_assert_uint_eq(state.end, info.size - info.id_size);
    }
    sample_place_close(&at);
}
END_TEST

/* The base of a delta of depth n has depth n - 1 and the same type. */
static int check_base(void *context, const packread_info *info, const packread_error *error)
{
    sample_place *at = context;
    packread_info base = {.struct_size = sizeof base};
    packread_error detail;

    if (error)
        sample_good(error->code, error);
    if ((info->base.size == 0) != (info->depth == 0) ||
        (info->base.size == 0) != (info->stored_type < PACKREAD_OFS_DELTA))
        ck_abort_msg("base, depth and stored type do not agree");
    if (info->base.size == 0)
        return 0;
    if (!info->has_base_location)
        ck_abort_msg("the base is nowhere");
    sample_good(packread_reader_info(at->reader, &info->base_location,
                                     PACKREAD_WANT_DEPTH | PACKREAD_WANT_TYPE, &base, &detail),
                &detail);
    if (packread_id_compare(&base.id, &info->base) != 0 || base.type != info->type ||
        base.depth + 1 != info->depth)
        ck_abort_msg("the base is another object");
    return 0;
}

START_TEST(bases_are_one_step_less_deep)
{
    static const char *const places[] = {
        "packs/types",  "packs/ref-earlier", "packs/ref-later", "packs/mixed-chain",
        "repos/deltas", "repos/refdelta",    "repos/multi",     "sha256/repo"};
    sample_place at = sample_place_find(places[_i]);
    packread_reader *lister = sample_reader(at.snapshot);
    packread_list_options options = {.want = PACKREAD_WANT_TYPE | PACKREAD_WANT_DEPTH |
                                             PACKREAD_WANT_BASE};
    packread_error error;

    memset(&error, 0, sizeof error);
    sample_good(packread_reader_list(lister, &options, check_base, &at, &error), &error);
    packread_reader_free(lister);
    sample_place_close(&at);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("info");
    TCase *tests = tcase_create("info");

    tcase_add_loop_test(tests, a_listing_and_info_tell_the_same, 0, sample_count);
    tcase_add_loop_test(tests, sizes_on_disk_add_up_to_the_pack, 0, sample_count);
    tcase_add_loop_test(tests, bases_are_one_step_less_deep, 0, 8);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
