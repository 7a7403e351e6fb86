/* test_long_chains.c - chains of tens of thousands of deltas, read in no order under limits that
 * cannot hold them: no object is refused, and none costs the whole chain. The cost is counted in
 * bytes inflated and headers passed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "object/reader.h"
#include "suite.h"

#define LINKS 50000
#define READS 600
#define MIB ((uint64_t)1 << 20)

static const char body[] =
    "what all objects of the chain have in common, worth a copy of its own: ";

static size_t object_text(char *text, size_t size, size_t number)
{
    return (size_t)snprintf(text, size, "%s%06zu\n", body, number);
}

static char *make_chain(size_t links, bool by_id)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    char text[128];
    size_t size = object_text(text, sizeof text, 0);
    char *path;

    made_pack_begin(&pack);
    packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text, size, 6);
    for (size_t i = 1; i <= links; i++) {
        uint8_t id[PACKWRITER_HASH_MAX];

        memcpy(id, pack.entries[i - 1].id, sizeof id);
        size = object_text(text, sizeof text, i);
        packwriter_delta_begin(&delta, size, size);
        packwriter_delta_copy(&delta, 0, sizeof body - 1);
        packwriter_delta_insert(&delta, text + sizeof body - 1, size - (sizeof body - 1));
        if (by_id)
            packwriter_pack_add_ref_delta(&pack, id, PACKWRITER_BLOB, &delta, text, size, 1);
        else
            packwriter_pack_add_ofs_delta(&pack, i - 1, &delta, text, size, 1);
    }
    path = sample_save(&pack, "pack-chain", NULL);
    packwriter_bytes_free(&delta);
    packwriter_pack_free(&pack);
    return path;
}

/* Reads objects by chance; what that costs, on average of all but the first. */
static uint64_t read_some(const sample_place *at, size_t links)
{
    uint64_t state = suite_seed();
    uint64_t begun = 0;

    for (size_t i = 0; i < READS; i++) {
        size_t number = i == 0 ? links : (size_t)suite_random_below(&state, links + 1);
        packread_object object;
        packread_error error = {0};
        packread_id id = {.size = 20};
        char text[128];
        size_t size = object_text(text, sizeof text, number);

        packwriter_hash_id(20, PACKWRITER_BLOB, text, size, id.bytes);
        sample_good(packread_reader_read(at->reader, &id, &object, &error), &error);
        ck_assert_uint_eq(object.size, size);
        ck_assert_int_eq(memcmp(object.data, text, size), 0);
        if (i == 0)
            begun = at->reader->work;
    }
    return (at->reader->work - begun) / (READS - 1);
}

/* `stride` is how far apart objects are kept: half the cache, an eighth of the limit, has room for
 * as many objects of some 250 bytes. An object is then half of that away, and each link costs a
 * header and a delta, in and out. */
START_TEST(a_chain_that_no_limit_holds_is_read_from_near_by)
{
    static const uint64_t limits[] = {MIB, 4 * MIB, 64 * MIB};
    uint64_t limit = limits[_i];
    packread_options options = {.memory_limit = limit};
    sample_place at = sample_place_at(make_chain(LINKS, false), &options);
    uint64_t kept = limit / 16 / 250;
    uint64_t stride = LINKS / kept + 1;
    uint64_t cost = read_some(&at, LINKS);

    ck_assert_msg(cost < 100 * (stride + 20), "%llu bytes for each object, %llu links apart",
                  (unsigned long long)cost, (unsigned long long)stride);
    sample_place_close(&at);
}
END_TEST

START_TEST(a_chain_by_ids_is_read_under_the_smallest_limit)
{
    packread_options options = {.memory_limit = MIB};
    sample_place at = sample_place_at(make_chain(3000, true), &options);

    read_some(&at, 3000);
    sample_place_close(&at);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("long chains");
    TCase *tests = tcase_create("long chains");

    tcase_add_loop_test(tests, a_chain_that_no_limit_holds_is_read_from_near_by, 0, 3);
    tcase_add_test(tests, a_chain_by_ids_is_read_under_the_smallest_limit);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
