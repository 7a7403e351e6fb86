/* test_built_in.c - the empty tree is there in every repository, whoever asks and in whatever way,
 * though nobody stores it; in a pack that is named itself it is not. */
#include <stdlib.h>
#include <string.h>

#include "base/empty_tree.h"
#include "made_loose.h"
#include "made_pack.h"
#include "sample_place.h"
#include "suite.h"

static packread_id empty_tree(size_t id_size)
{
    return made_loose_id(id_size, PACKREAD_TREE, "", 0);
}

static sample_place open_repository(size_t id_size)
{
    free(made_loose_repository("repository", id_size));
    return sample_place_at(suite_scratch_path("repository.git"), NULL);
}

START_TEST(the_ids_are_the_hashes)
{
    const size_t id_size = _i ? 32 : 20;
    const packread_id hashed = empty_tree(id_size);
    packread_id id;

    ck_assert(pkr_empty_tree_id(id_size, &id));
    ck_assert_int_eq(packread_id_compare(&id, &hashed), 0);
    ck_assert(pkr_is_empty_tree(&hashed));
    ck_assert(!pkr_empty_tree_id(16, &id));
    id.bytes[id_size - 1] ^= 1;
    ck_assert(!pkr_is_empty_tree(&id));
}
END_TEST

START_TEST(every_way_gives_it)
{
    const packread_id id = empty_tree(_i ? 32 : 20);
    sample_place place = open_repository(id.size);
    packread_info info = {.struct_size = sizeof info};
    packread_location location;
    packread_object object;

    ck_assert_int_eq(packread_reader_find(place.reader, &id, &location, NULL), 0);
    ck_assert_int_eq(location.kind, PACKREAD_STORE_BUILT_IN);
    ck_assert_int_eq(packread_reader_read(place.reader, &id, &object, NULL), 0);
    ck_assert_int_eq(object.type, PACKREAD_TREE);
    ck_assert_uint_eq(object.size, 0);
    ck_assert_int_eq(packread_id_compare(&object.id, &id), 0);
    ck_assert_int_eq(packread_reader_read_at(place.reader, &location, &object, NULL), 0);
    ck_assert_int_eq(packread_id_compare(&object.id, &id), 0);
    ck_assert_int_eq(packread_reader_info(place.reader, &location, PACKREAD_WANT_ALL, &info, NULL),
                     0);
    ck_assert_int_eq(info.type, PACKREAD_TREE);
    ck_assert_uint_eq(info.size + info.size_on_disk + info.depth + info.base.size, 0);
    ck_assert_int_eq(packread_id_compare(&info.id, &id), 0);
    ck_assert_int_eq(packread_reader_describe(place.reader, &id, PACKREAD_WANT_TYPE, &info, NULL),
                     0);
    ck_assert_int_eq(info.type, PACKREAD_TREE);
    sample_place_close(&place);
}
END_TEST

static int begin(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    (void)id;
    ck_assert_int_eq(type, PACKREAD_TREE);
    ck_assert_uint_eq(size, 0);
    ++*(int *)context;
    return 0;
}

static int no_bytes(void *context, const void *bytes, size_t size)
{
    (void)context;
    (void)bytes;
    (void)size;
    return 1;
}

START_TEST(it_is_streamed)
{
    const packread_id id = empty_tree(20);
    sample_place place = open_repository(20);
    int begun = 0;
    const packread_sink sink = {
        .struct_size = sizeof sink, .begin = begin, .data = no_bytes, .context = &begun};

    ck_assert_int_eq(packread_reader_stream(place.reader, &id, &sink, NULL), 0);
    ck_assert_int_eq(begun, 1);
    sample_place_close(&place);
}
END_TEST

static int none(void *context, const packread_info *info, const packread_error *error)
{
    (void)context;
    (void)info;
    (void)error;
    return 1;
}

START_TEST(no_listing_and_no_prefix_has_it)
{
    const packread_id id = empty_tree(20);
    sample_place place = open_repository(20);
    char hex[PACKREAD_HEX_MAX + 1];
    packread_id found;

    packread_id_format(&id, hex);
    ck_assert_int_eq(packread_reader_list(place.reader, NULL, none, NULL, NULL), 0);
    ck_assert_int_eq(packread_reader_find_prefix(place.reader, hex, 12, &found, NULL),
                     PACKREAD_ERROR_NOT_FOUND);
    sample_place_close(&place);
}
END_TEST

START_TEST(a_copy_that_is_stored_comes_first_unless_it_is_damaged)
{
    char *objects = made_loose_repository("repository", 20);
    const packread_id id = made_loose_put(objects, 20, PACKREAD_TREE, "", 0, 1);
    sample_place place;
    packread_location location;
    packread_object object;

    if (_i)
        made_loose_put_bytes(objects, &id, "damaged", 7);
    place = sample_place_at(suite_scratch_path("repository.git"), NULL);
    ck_assert_int_eq(packread_reader_find(place.reader, &id, &location, NULL), 0);
    ck_assert_int_eq(location.kind, PACKREAD_STORE_LOOSE);
    ck_assert_int_eq(packread_reader_read(place.reader, &id, &object, NULL), 0);
    ck_assert_int_eq(object.type, PACKREAD_TREE);
    ck_assert_uint_eq(object.size, 0);
    sample_place_close(&place);
    free(objects);
}
END_TEST

START_TEST(a_pack_that_is_named_itself_and_the_other_hash_do_not_have_it)
{
    const packread_id id = empty_tree(20);
    const packread_id other = empty_tree(32);
    struct packwriter_pack pack;
    packread_object object;
    sample_place place;

    made_pack_begin(&pack);
    made_pack_add_line(&pack, 1);
    place = made_pack_open(&pack, "alone");
    packwriter_pack_free(&pack);
    ck_assert_int_eq(packread_reader_read(place.reader, &id, &object, NULL),
                     PACKREAD_ERROR_NOT_FOUND);
    sample_place_close(&place);
    place = open_repository(20);
    ck_assert_int_eq(packread_reader_read(place.reader, &other, &object, NULL),
                     PACKREAD_ERROR_NOT_FOUND);
    sample_place_close(&place);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("built_in");
    TCase *all = tcase_create("all");

    tcase_add_loop_test(all, the_ids_are_the_hashes, 0, 2);
    tcase_add_loop_test(all, every_way_gives_it, 0, 2);
    tcase_add_test(all, it_is_streamed);
    tcase_add_test(all, no_listing_and_no_prefix_has_it);
    tcase_add_loop_test(all, a_copy_that_is_stored_comes_first_unless_it_is_damaged, 0, 2);
    tcase_add_test(all, a_pack_that_is_named_itself_and_the_other_hash_do_not_have_it);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
