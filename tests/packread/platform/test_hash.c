/* test_hash.c - objects get git's ids, in SHA-1 and SHA-256, however their bytes come, and by
 * whatever way they are hashed.
 *
 * The expected ids are those that git gives; anybody can ask `git hash-object`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard_pages.h"
#include "platform/hash.h"
#include "packwriter.h"
#include "suite.h"

/* Number 0: without detection. */
enum { WAYS = 5 };
static pkr_hash_way chosen;
static const pkr_hash_way *way;

static void choose_way(int number)
{
    static const char *const names[WAYS] = {NULL, "lanes16", "sha", "lanes8", "plain"};

    way = NULL;
    if (names[number] && pkr_hash_way_choose(&chosen, names[number]))
        way = &chosen;
    else if (names[number])
        printf("not on this machine: %s\n", names[number]);
}

static void id_is(const packread_id *id, const char *expected)
{
    char hex[PACKREAD_HEX_MAX + 1];

    packread_id_format(id, hex);
    ck_assert_str_eq(hex, expected);
}

static void object_is(size_t id_size, enum packread_type type, const char *contents,
                      const char *expected)
{
    pkr_hash_job job = {
        .type = type, .size = strlen(contents), .data = (const unsigned char *)contents};

    pkr_hash_objects(way, id_size, &job, 1, NULL);
    id_is(&job.id, expected);
}

START_TEST(objects_get_gits_ids)
{
    choose_way(_i);
    object_is(20, PACKREAD_BLOB, "", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    object_is(20, PACKREAD_TREE, "", "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    object_is(20, PACKREAD_BLOB, "hello\n", "ce013625030ba8dba906f756967f9e9ca394464a");
    object_is(32, PACKREAD_BLOB, "",
              "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813");
    object_is(32, PACKREAD_TREE, "",
              "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321");
}
END_TEST

static void sum_is(size_t id_size, const char *text, size_t repeat, const char *expected)
{
    pkr_hash hash;
    packread_id id;

    memset(&id, 0x5a, sizeof id);
    pkr_hash_begin(& hash, NULL, id_size);
    for (size_t i = 0; i < repeat; i++)
        pkr_hash_add(&hash, text, strlen(text));
    pkr_hash_end(&hash, &id);
    id_is(&id, expected);
    for (size_t i = id_size; i < PACKREAD_ID_MAX; i++)
        ck_assert_uint_eq(id.bytes[i], 0);
}

/* The examples of FIPS 180. */
START_TEST(plain_sums_are_those_of_the_standards)
{
    const char *two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

    sum_is(20, "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d");
    sum_is(20, two_blocks, 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    sum_is(20, "aaaaaaaaaa", 100000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    sum_is(32, "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sum_is(32, two_blocks, 1, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    sum_is(32, "aaaaaaaaaa", 100000,
           "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

/* Sizes of 1 to 20 digits, for each type: the header is "type size" and a NUL, nothing else. */
START_TEST(the_header_of_an_object_is_its_type_and_its_size_in_decimal)
{
    static const char *const names[] = {"commit", "tree", "blob", "tag"};

    choose_way(_i);
    for (int type = PACKREAD_COMMIT; type <= PACKREAD_TAG; type++) {
        for (unsigned power = 0; power <= 64; power++) {
            uint64_t size = power == 64 ? UINT64_MAX : UINT64_C(1) << power;
            pkr_hash by_library;
            pkr_hash by_hand;
            packread_id first;
            packread_id second;
            char header[64];
            int length = snprintf(header, sizeof header, "%s %llu", names[type - 1],
                                  (unsigned long long)size);

            for (size_t id_size = 20; id_size <= 32; id_size += 12) {
                pkr_hash_begin_object(&by_library, way, id_size, (enum packread_type)type, size);
                pkr_hash_add(&by_library, "contents", 8);
                pkr_hash_end(&by_library, &first);
                pkr_hash_begin(&by_hand, NULL, id_size);
                pkr_hash_add(&by_hand, header, (size_t)length + 1);
                pkr_hash_add(&by_hand, "contents", 8);
                pkr_hash_end(&by_hand, &second);
                ck_assert_uint_eq(first.size, id_size);
                ck_assert_int_eq(packread_id_compare(&first, &second), 0);
            }
        }
    }
}
END_TEST

START_TEST(contents_in_pieces_give_the_same_id)
{
    uint64_t state = suite_seed();
    struct packwriter_bytes bytes = {0};

    choose_way(_i);
    packwriter_bytes_add_noise(&bytes, 20000, 1);
    for (int i = 0; i < 200; i++) {
        size_t id_size = i % 2 ? 20 : 32;
        size_t size = (size_t)suite_random_below(&state, bytes.size + 1);
        unsigned char expected[PACKWRITER_HASH_MAX];
        pkr_hash hash;
        packread_id id;

        packwriter_hash_id(id_size, PACKWRITER_BLOB, bytes.data, size, expected);
        pkr_hash_begin_object(&hash, way, id_size, PACKREAD_BLOB, size);
        for (size_t at = 0; at < size;) {
            size_t piece = 1 + (size_t)suite_random_below(&state, i % 3 ? 200 : 20000);

            if (piece > size - at)
                piece = size - at;
            pkr_hash_add(&hash, bytes.data + at, piece);
            at += piece;
        }
        pkr_hash_end(&hash, &id);
        ck_assert_mem_eq(id.bytes, expected, id_size);
    }
    packwriter_bytes_free(&bytes);
}
END_TEST

/* Sizes on both sides of every block's edge, at an unreadable page: in batches of all lengths, so
 * that a backend with lanes meets full, partly filled and single ones. */
START_TEST(batches_give_each_object_its_own_id)
{
    enum { MOST = 300 };
    uint64_t state = suite_seed();
    struct guard guards[MOST] = {{0}};

    choose_way(_i);
    for (size_t i = 0; i < MOST; i++)
        guard_open(&guards[i], 4096);
    for (size_t count = 0; count <= MOST; count += count < 40 || count > 250 ? 1 : 9) {
        for (size_t id_size = 20; id_size <= 32; id_size += 12) {
            pkr_hash_job jobs[MOST];
            struct packwriter_bytes bytes[MOST] = {{0}};

            memset(jobs, 0, sizeof jobs);
            for (size_t i = 0; i < count; i++) {
                size_t size = count % 3 == 0 ? (size_t)suite_random_below(&state, 4096) : 40 + i;

                packwriter_bytes_add_noise(&bytes[i], size, suite_random(&state));
                jobs[i].type = (enum packread_type)(1 + i % 4);
                jobs[i].size = size;
                jobs[i].data = guard_at_end(&guards[i], bytes[i].data, size);
            }
            pkr_hash_objects(way, id_size, jobs, count, NULL);
            for (size_t i = 0; i < count; i++) {
                unsigned char expected[PACKWRITER_HASH_MAX];

                packwriter_hash_id(id_size, (unsigned)jobs[i].type, bytes[i].data, bytes[i].size,
                                   expected);
                if (jobs[i].id.size != id_size || memcmp(jobs[i].id.bytes, expected, id_size) != 0)
                    ck_abort_msg("object %zu of %zu, %zu bytes", i, count, bytes[i].size);
                packwriter_bytes_free(&bytes[i]);
            }
        }
    }
    for (size_t i = 0; i < MOST; i++)
        guard_close(&guards[i]);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("hash");
    TCase *tests = tcase_create("hash");

    tcase_add_loop_test(tests, objects_get_gits_ids, 0, WAYS);
    tcase_add_test(tests, plain_sums_are_those_of_the_standards);
    tcase_add_loop_test(tests, the_header_of_an_object_is_its_type_and_its_size_in_decimal, 0,
                        WAYS);
    tcase_add_loop_test(tests, contents_in_pieces_give_the_same_id, 0, WAYS);
    tcase_add_loop_test(tests, batches_give_each_object_its_own_id, 0, WAYS);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
