/* test_lookup.c - objects are found by id, by prefix, by offset and in order; what is not there is not
 * found. Each answer is compared with a naive scan of what is known to be true. */
#include <stdlib.h>
#include <string.h>

#include "samples.h"
#include "suite.h"

typedef struct place {
    char *path;
    packread_snapshot *snapshot;
    packread_reader *reader;
    sample_truth truth;
} place;

static place open_place(const char *where)
{
    const sample *of = sample_find(where);
    place at;

    at.path = sample_path(of, NULL);
    at.snapshot = sample_open(at.path, NULL);
    at.reader = sample_reader(at.snapshot);
    sample_truth_load(of, &at.truth);
    return at;
}

static void close_place(place *at)
{
    packread_reader_free(at->reader);
    packread_snapshot_free(at->snapshot);
    sample_truth_free(&at->truth);
    free(at->path);
}

/* ---- By id ----------------------------------------------------------------------------------- */

START_TEST(each_id_is_found_where_its_row_is)
{
    place at = open_place(samples[_i].where);

    for (size_t i = 0; i < at.truth.count; i++) {
        const sample_object *object = &at.truth.objects[i];
        packread_location location;
        packread_location same;
        packread_error error;
        packread_id id;

        sample_good(packread_reader_find(at.reader, &object->id, &location, &error), &error);
        if (object->has_place && location.offset != object->offset)
            ck_abort_msg("found at %llu", (unsigned long long)location.offset);
        sample_good(packread_reader_id_at(at.reader, location.pack, location.position, &id, &error),
                    &error);
        if (packread_id_compare(&id, &object->id) != 0)
            ck_abort_msg("the row has another id");
        sample_good(packread_reader_find_offset(at.reader, location.pack, location.offset, &same,
                                                &error),
                    &error);
        if (same.pack != location.pack || same.position != location.position ||
            same.offset != location.offset)
            ck_abort_msg("by its offset it is found elsewhere");
    }
    close_place(&at);
}
END_TEST

/* By one up and one down, as a number; false past the ends. */
static bool step(packread_id *id, int by)
{
    for (size_t i = id->size; i > 0; i--) {
        id->bytes[i - 1] = (unsigned char)(id->bytes[i - 1] + by);
        if (id->bytes[i - 1] != (by > 0 ? 0 : 255))
            return true;
    }
    return false;
}

static void is_absent(place *at, const packread_id *id)
{
    packread_location untouched = {9, 9, 9};
    packread_location location = untouched;
    packread_error error;

    if (sample_truth_find(&at->truth, id))
        return;
    memset(&error, 0, sizeof error);
    if (packread_reader_find(at->reader, id, &location, &error) != PACKREAD_ERROR_NOT_FOUND ||
        memcmp(&location, &untouched, sizeof location) != 0)
        ck_abort_msg("found what is not there");
    if (error.code != PACKREAD_ERROR_NOT_FOUND || packread_id_compare(&error.id, id) != 0)
        ck_abort_msg("the error does not name what was not found");
}

START_TEST(ids_beside_those_that_are_there_are_not_found)
{
    place at = open_place(samples[_i].where);
    packread_pack_info info;
    packread_id id;

    memset(&id, 0, sizeof id);
    id.size = 20;
    if (packread_snapshot_packs(at.snapshot) > 0) {
        ck_assert_int_eq(packread_snapshot_pack(at.snapshot, 0, &info), 0);
        id.size = (unsigned char)info.id_size;
    }
    is_absent(&at, &id);
    for (unsigned first = 0; first < 256; first++) {
        memset(id.bytes, 0, id.size);
        id.bytes[0] = (unsigned char)first;
        is_absent(&at, &id);
        memset(id.bytes + 1, 0xff, id.size - 1u);
        is_absent(&at, &id);
    }
    for (size_t i = 0; i < at.truth.count; i++) {
        id = at.truth.objects[i].id;
        if (step(&id, 1))
            is_absent(&at, &id);
        id = at.truth.objects[i].id;
        if (step(&id, -1))
            is_absent(&at, &id);
        id = at.truth.objects[i].id;
        id.bytes[i % id.size] ^= (unsigned char)(1u << i % 8);
        is_absent(&at, &id);
    }
    close_place(&at);
}
END_TEST

START_TEST(an_id_of_the_other_size_is_not_found)
{
    place short_ids = open_place("packs/types");
    place long_ids = open_place("sha256/types");

    for (size_t i = 0; i < short_ids.truth.count; i++) {
        packread_id id = short_ids.truth.objects[i].id;

        is_absent(&long_ids, &id);
        id.size = 32;
        is_absent(&short_ids, &id);
        is_absent(&long_ids, &id);
    }
    for (size_t i = 0; i < long_ids.truth.count; i++) {
        packread_id id = long_ids.truth.objects[i].id;

        is_absent(&short_ids, &id);
        id.size = 20;
        memset(id.bytes + 20, 0, 12);
        is_absent(&short_ids, &id);
    }
    close_place(&short_ids);
    close_place(&long_ids);
}
END_TEST

/* ---- By prefix ------------------------------------------------------------------------------- */

static bool begins_with(const packread_id *id, const char *hex, size_t length)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < length; i++)
        if (i / 2 >= id->size || digits[id->bytes[i / 2] >> (i % 2 ? 0 : 4) & 15] != hex[i])
            return false;
    return true;
}

/* The run of objects with that prefix; ids are sorted, so it is one run. */
static size_t scan(const sample_truth *truth, const char *hex, size_t length, size_t *first)
{
    size_t count = 0;

    for (size_t i = 0; i < truth->count; i++) {
        if (begins_with(&truth->objects[i].id, hex, length)) {
            if (count++ == 0)
                *first = i;
        }
    }
    return count;
}

typedef struct matches {
    const sample_truth *truth;
    size_t next;
    size_t count;
    size_t stop_after;
} matches;

static int take_match(void *context, const packread_id *id)
{
    matches *found = context;

    if (found->next >= found->truth->count ||
        packread_id_compare(&found->truth->objects[found->next].id, id) != 0)
        ck_abort_msg("a match out of order, twice or not there");
    found->next++;
    found->count++;
    return found->count == found->stop_after;
}

static void check_prefix(place *at, const char *hex, size_t length)
{
    packread_id untouched;
    packread_id id;
    packread_error error;
    size_t first = 0;
    size_t expected = scan(&at->truth, hex, length, &first);
    matches found = {&at->truth, first, 0, SIZE_MAX};
    int status;

    memset(&untouched, 0x5a, sizeof untouched);
    id = untouched;
    memset(&error, 0, sizeof error);
    status = packread_reader_find_prefix(at->reader, hex, length, &id, &error);
    if (expected == 1) {
        sample_good(status, &error);
        if (packread_id_compare(&id, &at->truth.objects[first].id) != 0)
            ck_abort_msg("%.*s: another object", (int)length, hex);
    } else {
        if (status != (expected ? PACKREAD_ERROR_AMBIGUOUS : PACKREAD_ERROR_NOT_FOUND) ||
            error.code != status || memcmp(&id, &untouched, sizeof id) != 0)
            ck_abort_msg("%.*s: %d, but %zu objects have it", (int)length, hex, status, expected);
    }
    sample_good(packread_reader_each_prefix(at->reader, hex, length, take_match, &found, &error),
                &error);
    if (found.count != expected)
        ck_abort_msg("%.*s: %zu matches, not %zu", (int)length, hex, found.count, expected);
}

START_TEST(prefixes_of_ids_give_what_a_scan_gives)
{
    place at = open_place(samples[_i].where);
    size_t every = at.truth.count / 60 + 1;

    for (size_t i = 0; i < at.truth.count; i += every) {
        char hex[PACKREAD_HEX_MAX + 1];
        size_t whole;

        packread_id_format(&at.truth.objects[i].id, hex);
        whole = strlen(hex);
        for (size_t length = PACKREAD_PREFIX_MIN; length <= whole; length += length < 9 ? 1 : 7)
            check_prefix(&at, hex, length);
        check_prefix(&at, hex, whole);
        /* One digit away, at each end of it. */
        hex[4] = hex[4] == '0' ? 'f' : '0';
        for (size_t length = 5; length <= whole; length += 11)
            check_prefix(&at, hex, length);
    }
    close_place(&at);
}
END_TEST

START_TEST(every_prefix_of_four_digits_gives_what_a_scan_gives)
{
    place at = open_place(_i ? "repos/ambiguous" : "repos/multi");

    for (unsigned number = 0; number < 65536; number += 13) {
        static const char digits[] = "0123456789abcdef";
        char hex[4] = {digits[number >> 12], digits[number >> 8 & 15], digits[number >> 4 & 15],
                       digits[number & 15]};

        check_prefix(&at, hex, 4);
    }
    check_prefix(&at, "0000", 4);
    check_prefix(&at, "ffff", 4);
    check_prefix(&at, "ffffffffffffffffffffffffffffffffffffffff", 40);
    check_prefix(&at, "0000000000000000000000000000000000000000", 40);
    close_place(&at);
}
END_TEST

START_TEST(the_ambiguous_are_listed_and_a_digit_more_decides)
{
    place at = open_place("repos/ambiguous");
    matches found = {&at.truth, 0, 0, SIZE_MAX};
    packread_error error;
    packread_id id;

    ck_assert_int_eq(packread_reader_find_prefix(at.reader, "808c", 4, &id, &error),
                     PACKREAD_ERROR_AMBIGUOUS);
    ck_assert_uint_eq(scan(&at.truth, "808c", 4, &found.next), 8);
    sample_good(packread_reader_each_prefix(at.reader, "808c", 4, take_match, &found, &error),
                &error);
    ck_assert_uint_eq(found.count, 8);
    ck_assert_uint_eq(scan(&at.truth, "d6b552fa", 8, &found.next), 2);
    check_prefix(&at, "d6b552fa", 8);
    close_place(&at);
}
END_TEST

START_TEST(upper_case_digits_are_the_same_prefix)
{
    place at = open_place("repos/ambiguous");
    packread_error error;
    size_t first = 0;
    matches found;

    ck_assert_uint_eq(scan(&at.truth, "d6b552fa", 8, &first), 2);
    found = (matches){&at.truth, first, 0, SIZE_MAX};
    sample_good(packread_reader_each_prefix(at.reader, "D6B552Fa", 8, take_match, &found, &error),
                &error);
    ck_assert_uint_eq(found.count, 2);
    close_place(&at);
}
END_TEST

START_TEST(a_visitor_that_stops_is_not_called_again)
{
    place at = open_place("repos/ambiguous");
    packread_error error;
    size_t first = 0;
    matches found;

    ck_assert_uint_eq(scan(&at.truth, "808c", 4, &first), 8);
    found = (matches){&at.truth, first, 0, 3};
    memset(&error, 0, sizeof error);
    ck_assert_int_eq(packread_reader_each_prefix(at.reader, "808c", 4, take_match, &found, &error),
                     PACKREAD_ERROR_STOPPED);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_STOPPED);
    ck_assert_uint_eq(found.count, 3);
    close_place(&at);
}
END_TEST

START_TEST(what_is_no_prefix_is_an_argument_error)
{
    static const struct {
        const char *hex;
        size_t length;
    } bad[] = {{"", 0},     {"a", 1},     {"abc", 3},  {"xyzw", 4}, {"abc ", 4},
               {"-abc", 4}, {"0x12", 4},  {"abcg", 4}, {"abc\0", 4},
               {"00000000000000000000000000000000000000000000000000000000000000000", 65}};
    place at = open_place("packs/types");
    packread_id id;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        matches found = {&at.truth, 0, 0, SIZE_MAX};
        packread_error error;

        memset(&error, 0, sizeof error);
        ck_assert_int_eq(packread_reader_find_prefix(at.reader, bad[i].hex, bad[i].length, &id,
                                                     &error),
                         PACKREAD_ERROR_ARGUMENT);
        ck_assert_int_eq(error.code, PACKREAD_ERROR_ARGUMENT);
        ck_assert_int_eq(packread_reader_each_prefix(at.reader, bad[i].hex, bad[i].length,
                                                     take_match, &found, &error),
                         PACKREAD_ERROR_ARGUMENT);
        ck_assert_uint_eq(found.count, 0);
    }
    close_place(&at);
}
END_TEST

/* ---- By offset and by row -------------------------------------------------------------------- */

START_TEST(only_offsets_where_entries_begin_are_found)
{
    static const char *const places[] = {"packs/types", "packs/index-64bit", "packs/index-v1",
                                         "packs/ref-later", "sha256/types", "packs/empty-v2"};
    place at = open_place(places[_i]);
    packread_pack_info pack;
    size_t found = 0;

    ck_assert_int_eq(packread_snapshot_pack(at.snapshot, 0, &pack), 0);
    for (uint64_t offset = 0; offset <= pack.size + 20; offset++) {
        packread_location location;
        bool expected = false;
        int status;

        for (size_t i = 0; i < at.truth.count; i++)
            expected = expected || at.truth.objects[i].offset == offset;
        status = packread_reader_find_offset(at.reader, 0, offset, &location, NULL);
        if (status != (expected ? 0 : PACKREAD_ERROR_NOT_FOUND))
            ck_abort_msg("offset %llu: %d", (unsigned long long)offset, status);
        found += expected;
    }
    ck_assert_uint_eq(found, at.truth.count);
    for (unsigned bit = 0; bit < 64; bit++) {
        packread_location location;

        ck_assert_int_eq(packread_reader_find_offset(at.reader, 0, UINT64_MAX << bit, &location,
                                                     NULL),
                         PACKREAD_ERROR_NOT_FOUND);
    }
    close_place(&at);
}
END_TEST

START_TEST(packs_and_rows_past_the_end_are_argument_errors)
{
    place at = open_place("packs/types");
    packread_location location;
    packread_error error;
    packread_id id;

    ck_assert_int_eq(packread_reader_find_offset(at.reader, 1, 12, &location, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_reader_id_at(at.reader, 1, 0, &id, &error), PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_reader_id_at(at.reader, (size_t)1 << 32, 0, &id, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_reader_id_at(at.reader, 0, (uint32_t)at.truth.count, &id, &error),
                     PACKREAD_ERROR_ARGUMENT);
    ck_assert_int_eq(packread_reader_id_at(at.reader, 0, UINT32_MAX, &id, &error),
                     PACKREAD_ERROR_ARGUMENT);
    close_place(&at);
}
END_TEST

/* ---- In order -------------------------------------------------------------------------------- */

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
            (info->location.pack < state->last_location.pack ||
             (info->location.pack == state->last_location.pack &&
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

static size_t list(place *at, const packread_list_options *options)
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

static size_t rows_of(const place *at)
{
    size_t rows = 0;

    for (size_t i = 0; i < packread_snapshot_packs(at->snapshot); i++) {
        packread_pack_info info;

        ck_assert_int_eq(packread_snapshot_pack(at->snapshot, i, &info), 0);
        rows += info.objects;
    }
    return rows;
}

START_TEST(a_listing_visits_each_object_in_order)
{
    place at = open_place(samples[_i].where);
    packread_list_options options = {.order = PACKREAD_BY_ID};

    ck_assert_uint_eq(list(&at, NULL), at.truth.count);
    ck_assert_uint_eq(list(&at, &options), at.truth.count);
    options.order = PACKREAD_BY_OFFSET;
    ck_assert_uint_eq(list(&at, &options), rows_of(&at));
    options.once = true;
    ck_assert_uint_eq(list(&at, &options), at.truth.count);
    close_place(&at);
}
END_TEST

START_TEST(an_object_in_several_packs_is_listed_once_by_id)
{
    place at = open_place(_i ? "repos/multi" : "packs/duplicates");
    packread_list_options options = {.order = PACKREAD_BY_ID};
    size_t rows = rows_of(&at);

    ck_assert_uint_gt(rows, at.truth.count);
    ck_assert_uint_eq(list(&at, &options), at.truth.count);
    options.order = PACKREAD_BY_OFFSET;
    ck_assert_uint_eq(list(&at, &options), rows);
    options.once = true;
    ck_assert_uint_eq(list(&at, &options), at.truth.count);
    close_place(&at);
}
END_TEST

START_TEST(one_pack_of_several_is_listed_alone)
{
    place at = open_place("repos/multi");
    packread_list_options options = {.one_pack = true};
    size_t rows = 0;

    for (size_t pack = 0; pack < packread_snapshot_packs(at.snapshot); pack++) {
        packread_pack_info info;

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
    close_place(&at);
}
END_TEST

START_TEST(only_the_types_asked_for_are_listed)
{
    place at = open_place(_i % 2 ? "repos/small" : "packs/types");
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
    close_place(&at);
}
END_TEST

START_TEST(a_listing_stops_when_told_to)
{
    place at = open_place("packs/types");

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
    close_place(&at);
}
END_TEST

/* The header allows it: the visitor may use the very reader that lists. */
START_TEST(the_reader_may_be_used_inside_the_visit)
{
    place at = open_place(_i % 2 ? "repos/multi" : "packs/types");
    packread_list_options options = {.order = _i < 2 ? PACKREAD_BY_ID : PACKREAD_BY_OFFSET,
                                     .want = PACKREAD_WANT_ALL,
                                     .once = true};
    listing state = {.truth = &at.truth,
                     .order = options.order,
                     .stop_after = SIZE_MAX,
                     .reader = at.reader};
    packread_error error;

    memset(&error, 0, sizeof error);
    sample_good(packread_reader_list(at.reader, &options, visit, &state, &error), &error);
    ck_assert_uint_eq(state.count, at.truth.count);
    close_place(&at);
}
END_TEST

START_TEST(an_unknown_order_or_no_visitor_is_an_argument_error)
{
    place at = open_place("packs/types");
    packread_list_options options = {.order = (enum packread_order)2};

    ck_assert_int_eq(packread_reader_list(at.reader, &options, visit, NULL, NULL),
                     PACKREAD_ERROR_ARGUMENT);
    options.order = PACKREAD_BY_ID;
    ck_assert_int_eq(packread_reader_list(at.reader, &options, NULL, NULL, NULL),
                     PACKREAD_ERROR_ARGUMENT);
    close_place(&at);
}
END_TEST

/* ---- What is known of an object --------------------------------------------------------------- */

static int compare_with_info(void *context, const packread_info *listed,
                             const packread_error *error)
{
    place *at = context;
    packread_reader *other = at->reader;
    packread_info info;
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
        packread_info one;
        bool same = true;

        sample_good(packread_reader_info(other, &listed->location, 1u << bit, &one, &detail),
                    &detail);
        switch (1 << bit) {
        case PACKREAD_WANT_TYPE: same = one.type == info.type; break;
        case PACKREAD_WANT_SIZE: same = one.size == info.size; break;
        case PACKREAD_WANT_DISK: same = one.size_on_disk == info.size_on_disk; break;
        case PACKREAD_WANT_DEPTH: same = one.depth == info.depth; break;
        case PACKREAD_WANT_BASE: same = packread_id_compare(&one.base, &info.base) == 0; break;
        default: same = one.has_crc == info.has_crc && one.crc32 == info.crc32; break;
        }
        if (!same)
            ck_abort_msg("bit %u: another answer alone than with all", bit);
    }
    return 0;
}

START_TEST(a_listing_and_info_tell_the_same)
{
    const sample *of = &samples[_i];
    place at;
    packread_reader *lister;
    packread_list_options options = {.want = PACKREAD_WANT_ALL};
    packread_error error;

    if (of->is & SAMPLE_LARGE)
        return;
    at = open_place(of->where);
    lister = sample_reader(at.snapshot);
    memset(&error, 0, sizeof error);
    for (int order = PACKREAD_BY_ID; order <= PACKREAD_BY_OFFSET; order++) {
        options.order = (enum packread_order)order;
        sample_good(packread_reader_list(lister, &options, compare_with_info, &at, &error),
                    &error);
    }
    packread_reader_free(lister);
    close_place(&at);
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
    if (info->location.offset != (state->count == 0 || info->location.pack != state->last.pack
                                      ? 12
                                      : state->end))
        ck_abort_msg("entries do not lie end to end");
    state->last = info->location;
    state->end = info->location.offset + info->size_on_disk;
    state->count++;
    return 0;
}

START_TEST(sizes_on_disk_add_up_to_the_pack)
{
    place at = open_place(samples[_i].where);
    packread_list_options options = {.order = PACKREAD_BY_OFFSET, .want = PACKREAD_WANT_DISK};

    options.one_pack = true;
    for (size_t pack = 0; pack < packread_snapshot_packs(at.snapshot); pack++) {
        neighbours state = {{0, 0, 0}, 12, 0};
        packread_pack_info info;
        packread_error error;

        ck_assert_int_eq(packread_snapshot_pack(at.snapshot, pack, &info), 0);
        options.pack = pack;
        memset(&error, 0, sizeof error);
        sample_good(packread_reader_list(at.reader, &options, check_neighbour, &state, &error),
                    &error);
        ck_assert_uint_eq(state.count, info.objects);
        ck_assert_uint_eq(state.end, info.size - info.id_size);
    }
    close_place(&at);
}
END_TEST

/* The base of a delta of depth n has depth n - 1 and the same type. */
static int check_base(void *context, const packread_info *info, const packread_error *error)
{
    place *at = context;
    packread_info base;
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
    static const char *const places[] = {"packs/types",       "packs/ref-earlier", "packs/ref-later",
                                         "packs/mixed-chain", "repos/deltas",      "repos/refdelta",
                                         "repos/multi",       "sha256/repo"};
    place at = open_place(places[_i]);
    packread_reader *lister = sample_reader(at.snapshot);
    packread_list_options options = {
        .want = PACKREAD_WANT_TYPE | PACKREAD_WANT_DEPTH | PACKREAD_WANT_BASE};
    packread_error error;

    memset(&error, 0, sizeof error);
    sample_good(packread_reader_list(lister, &options, check_base, &at, &error), &error);
    packread_reader_free(lister);
    close_place(&at);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("lookup");
    TCase *by_id = tcase_create("id");
    TCase *by_prefix = tcase_create("prefix");
    TCase *by_offset = tcase_create("offset");
    TCase *listing_tests = tcase_create("list");
    TCase *info = tcase_create("info");

    tcase_add_loop_test(by_id, each_id_is_found_where_its_row_is, 0, sample_count);
    tcase_add_loop_test(by_id, ids_beside_those_that_are_there_are_not_found, 0, sample_count);
    tcase_add_test(by_id, an_id_of_the_other_size_is_not_found);
    suite_add_tcase(suite, by_id);

    tcase_add_loop_test(by_prefix, prefixes_of_ids_give_what_a_scan_gives, 0, sample_count);
    tcase_add_loop_test(by_prefix, every_prefix_of_four_digits_gives_what_a_scan_gives, 0, 2);
    tcase_add_test(by_prefix, the_ambiguous_are_listed_and_a_digit_more_decides);
    tcase_add_test(by_prefix, upper_case_digits_are_the_same_prefix);
    tcase_add_test(by_prefix, a_visitor_that_stops_is_not_called_again);
    tcase_add_test(by_prefix, what_is_no_prefix_is_an_argument_error);
    suite_add_tcase(suite, by_prefix);

    tcase_add_loop_test(by_offset, only_offsets_where_entries_begin_are_found, 0, 6);
    tcase_add_test(by_offset, packs_and_rows_past_the_end_are_argument_errors);
    suite_add_tcase(suite, by_offset);

    tcase_add_loop_test(listing_tests, a_listing_visits_each_object_in_order, 0, sample_count);
    tcase_add_loop_test(listing_tests, an_object_in_several_packs_is_listed_once_by_id, 0, 2);
    tcase_add_test(listing_tests, one_pack_of_several_is_listed_alone);
    tcase_add_loop_test(listing_tests, only_the_types_asked_for_are_listed, 0, 4);
    tcase_add_test(listing_tests, a_listing_stops_when_told_to);
    tcase_add_loop_test(listing_tests, the_reader_may_be_used_inside_the_visit, 0, 4);
    tcase_add_test(listing_tests, an_unknown_order_or_no_visitor_is_an_argument_error);
    suite_add_tcase(suite, listing_tests);

    tcase_add_loop_test(info, a_listing_and_info_tell_the_same, 0, sample_count);
    tcase_add_loop_test(info, sizes_on_disk_add_up_to_the_pack, 0, sample_count);
    tcase_add_loop_test(info, bases_are_one_step_less_deep, 0, 8);
    suite_add_tcase(suite, info);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
