/* test_inflate_head.c - the first bytes of zlib streams of every kind are those that zlib gives,
 * and of damaged ones nothing is said that zlib would not say. Streams end at an unreadable page.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "guard_pages.h"
#include "platform/inflate_head.h"
#include "suite.h"

#define MOST 40     /* bytes of a head */
#define PLAIN 600   /* bytes that are deflated */
#define ROOM 4096   /* of a stream */
#define STREAMS 400 /* of each kind */

static struct guard of_in;
static struct guard of_out;

static void open_guards(void)
{
    guard_open(&of_in, ROOM);
    guard_open(&of_out, MOST);
}

static void close_guards(void)
{
    guard_close(&of_in);
    guard_close(&of_out);
}

/* How deflate is asked for. */
static const struct kind {
    int level;
    int strategy;
    int window_bits;
} kinds[] = {
    {0, Z_DEFAULT_STRATEGY, 15},
    {1, Z_DEFAULT_STRATEGY, 15},
    {6, Z_DEFAULT_STRATEGY, 15},
    {9, Z_DEFAULT_STRATEGY, 9},
    {6, Z_HUFFMAN_ONLY, 15},
    {6, Z_RLE, 12},
    {6, Z_FIXED, 15},
};
#define KINDS (int)(sizeof kinds / sizeof *kinds)

static size_t deflate_as(const struct kind *kind, const unsigned char *plain, size_t size,
                         unsigned char stream_bytes[ROOM])
{
    z_stream stream;

    memset(&stream, 0, sizeof stream);
    ck_assert_int_eq(
        deflateInit2(&stream, kind->level, Z_DEFLATED, kind->window_bits, 8, kind->strategy), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)plain;
    stream.avail_in = (uInt)size;
    stream.next_out = stream_bytes;
    stream.avail_out = ROOM;
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size = stream.total_out;
    deflateEnd(&stream);
    return size;
}

/* Whether zlib gives `size` bytes before it finds anything wrong. It looks a symbol further. */
static bool zlib_gives(const unsigned char *in, size_t in_size, unsigned char *out, size_t size)
{
    z_stream stream;

    memset(&stream, 0, sizeof stream);
    ck_assert_int_eq(inflateInit(&stream), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)in;
    stream.avail_in = (uInt)in_size;
    stream.next_out = out;
    stream.avail_out = (uInt)size;
    inflate(&stream, Z_NO_FLUSH);
    inflateEnd(&stream);
    return stream.total_out == size;
}

/* Texts, bytes of any kind, runs: as long as a stream of all of them. */
static void make_plain(uint64_t *random, unsigned char plain[PLAIN])
{
    const uint64_t how = suite_random(random) % 3;
    unsigned char last = 0;

    for (size_t i = 0; i < PLAIN; i++) {
        const uint64_t number = suite_random(random);

        if (how == 0)
            last = (unsigned char)("etaoin shrdlu\n0123"[number % 18]);
        else if (how == 1 || number % 5 == 0)
            last = (unsigned char)(number >> 8);
        plain[i] = last;
    }
}

/* What is said of the head is what zlib says. */
static bool agrees(const unsigned char *in, size_t in_size, size_t size)
{
    unsigned char *out = guard_at_end(&of_out, NULL, size);
    unsigned char control[MOST];
    size_t used = 0;

    if (!pkr_inflate_head(in, in_size, out, size, &used))
        return false;
    ck_assert_uint_le(used, in_size);
    ck_assert(zlib_gives(in, in_size, control, size));
    ck_assert_mem_eq(out, control, size);
    /* What was used is enough. */
    ck_assert(pkr_inflate_head(in, used, out, size, &used));
    return true;
}

START_TEST(heads_are_those_that_zlib_gives)
{
    uint64_t random = suite_seed() + (uint64_t)_i;
    unsigned char plain[PLAIN];
    unsigned char stream[ROOM];

    open_guards();
    for (int i = 0; i < STREAMS; i++) {
        const size_t length = MOST + suite_random(&random) % (PLAIN - MOST);
        unsigned char *in;
        size_t size;

        make_plain(&random, plain);
        size = deflate_as(&kinds[_i], plain, length, stream);
        in = guard_at_end(&of_in, stream, size);
        for (size_t wanted = 1; wanted <= MOST; wanted++) {
            ck_assert_msg(agrees(in, size, wanted), "stream %d: %zu bytes", i, wanted);
            ck_assert_mem_eq(plain, guard_at_end(&of_out, plain, wanted), wanted);
        }
    }
    close_guards();
}
END_TEST

START_TEST(nothing_is_said_of_bytes_that_are_not_there)
{
    uint64_t random = suite_seed() + (uint64_t)_i;
    unsigned char plain[PLAIN];
    unsigned char stream[ROOM];
    size_t size;

    open_guards();
    make_plain(&random, plain);
    size = deflate_as(&kinds[_i], plain, PLAIN, stream);
    for (size_t cut = 0; cut <= size; cut++)
        for (size_t wanted = 1; wanted <= MOST; wanted += 3)
            agrees(guard_at_end(&of_in, stream, cut), cut, wanted);
    /* Ten bytes end before the eleventh. */
    size = deflate_as(&kinds[_i], plain, 10, stream);
    ck_assert(agrees(guard_at_end(&of_in, stream, size), size, 10));
    ck_assert(!agrees(guard_at_end(&of_in, stream, size), size, 11));
    close_guards();
}
END_TEST

START_TEST(of_damaged_ones_zlib_says_the_same)
{
    uint64_t random = suite_seed() + (uint64_t)_i;
    unsigned char plain[PLAIN];
    unsigned char stream[ROOM];
    size_t said = 0;

    open_guards();
    for (int i = 0; i < 20; i++) {
        size_t size;

        make_plain(&random, plain);
        size = deflate_as(&kinds[_i], plain, PLAIN, stream);
        for (size_t bit = 0; bit < 8 * size && bit < 8 * 200; bit++) {
            stream[bit / 8] ^= (unsigned char)(1 << bit % 8);
            said += agrees(guard_at_end(&of_in, stream, size), size, 1 + bit % MOST);
            stream[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
    }
    ck_assert_uint_gt(said, 0);
    close_guards();
}
END_TEST

START_TEST(of_any_bytes_zlib_says_the_same)
{
    uint64_t random = suite_seed();
    unsigned char stream[300];
    size_t said = 0;

    open_guards();
    for (int i = 0; i < 300000; i++) {
        const size_t size = 2 + suite_random(&random) % (sizeof stream - 2);

        stream[0] = 0x78;
        stream[1] = 0x9c;
        for (size_t at = 2; at < size; at++)
            stream[at] = (unsigned char)suite_random(&random);
        said += agrees(guard_at_end(&of_in, stream, size), size, 1 + (size_t)i % MOST);
    }
    ck_assert_uint_gt(said, 0);
    close_guards();
}
END_TEST

START_TEST(other_heads_of_streams_are_for_zlib)
{
    unsigned char plain[PLAIN] = {0};
    unsigned char stream[ROOM];
    unsigned char out[MOST];
    const size_t size = deflate_as(&kinds[2], plain, PLAIN, stream);
    size_t used;

    for (unsigned head = 0; head < 65536; head++) {
        stream[0] = (unsigned char)(head >> 8);
        stream[1] = (unsigned char)head;
        if (pkr_inflate_head(stream, size, out, 4, &used))
            ck_assert_msg(zlib_gives(stream, size, out, 4), "%04x", head);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("inflate_head");
    TCase *all = tcase_create("all");

    tcase_add_loop_test(all, heads_are_those_that_zlib_gives, 0, KINDS);
    tcase_add_loop_test(all, nothing_is_said_of_bytes_that_are_not_there, 0, KINDS);
    tcase_add_loop_test(all, of_damaged_ones_zlib_says_the_same, 0, KINDS);
    tcase_add_test(all, of_any_bytes_zlib_says_the_same);
    tcase_add_test(all, other_heads_of_streams_are_for_zlib);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
