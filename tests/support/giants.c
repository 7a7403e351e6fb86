/* giants.c - writes and checks objects page by page. */
#include "giants.h"

#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "packwriter_hash.h"
#include "packwriter_memory.h"
#include "suite.h"

#define LARGEST_COPY 0xffffffu
#define LARGEST_INSERT 127u

giant giant_new(size_t count, uint64_t seed)
{
    giant made = {packwriter_memory_resize(NULL, count ? count : 1, sizeof(uint64_t)), count};

    for (size_t i = 0; i < count; i++)
        made.pages[i] = suite_random(&seed);
    return made;
}

void giant_free(giant *of)
{
    free(of->pages);
    of->pages = NULL;
}

static giant_order shuffled(giant_order order, size_t base_count, uint64_t seed)
{
    for (size_t i = 0; i < order.count;) {
        size_t run = 3 + (size_t)suite_random_below(&seed, 38);
        size_t from = (size_t)suite_random_below(&seed, base_count);
        bool is_new = suite_random_below(&seed, 10) == 0;

        for (; run > 0 && i < order.count && (is_new || from < base_count); run--)
            order.from[i++] = is_new ? GIANT_NEW : from++;
    }
    return order;
}

giant_order giant_order_new(size_t base_count, size_t count, enum giant_way way, uint64_t seed)
{
    giant_order order = {packwriter_memory_resize(NULL, count ? count : 1, sizeof(size_t)), count};

    if (way == GIANT_SHUFFLED)
        return shuffled(order, base_count, seed);
    for (size_t i = 0; i < count; i++) {
        bool is_new = way == GIANT_FORWARD ? i % 1000 == 7 : i % 10 != 3;

        order.from[i] = is_new ? GIANT_NEW : i % base_count;
    }
    return order;
}

void giant_order_free(giant_order *order)
{
    free(order->from);
    order->from = NULL;
}

giant giant_apply(const giant *base, const giant_order *order, uint64_t seed)
{
    giant made = giant_new(order->count, seed);

    for (size_t i = 0; i < order->count; i++)
        if (order->from[i] != GIANT_NEW)
            made.pages[i] = base->pages[order->from[i]];
    return made;
}

static void fill_page(uint64_t *page, uint64_t word)
{
    for (size_t i = 0; i < GIANT_PAGE / sizeof word; i++)
        page[i] = word;
}

/* Bytes that are counted, or deflated to the end of a pack. */
typedef struct stream {
    struct packwriter_bytes *bytes; /* NULL: counted only */
    uint64_t size;
    z_stream zlib;
} stream;

static void deflate_all(stream *to, const void *data, size_t size, int flush)
{
    unsigned char room[32768];

    to->zlib.next_in = data;
    to->zlib.avail_in = (uInt)size;
    do {
        to->zlib.next_out = room;
        to->zlib.avail_out = sizeof room;
        if (deflate(&to->zlib, flush) == Z_STREAM_ERROR)
            packwriter_memory_fail("deflate failed");
        packwriter_bytes_add(to->bytes, room, sizeof room - to->zlib.avail_out);
    } while (to->zlib.avail_out == 0);
}

static void begin_stream(stream *to, struct packwriter_bytes *bytes)
{
    *to = (stream){.bytes = bytes};
    if (bytes && deflateInit(&to->zlib, 1) != Z_OK)
        packwriter_memory_fail("deflateInit failed");
}

static void put(stream *to, const void *data, size_t size)
{
    to->size += size;
    if (to->bytes)
        deflate_all(to, data, size, Z_NO_FLUSH);
}

static void end_stream(stream *to)
{
    if (!to->bytes)
        return;
    deflate_all(to, "", 0, Z_FINISH);
    deflateEnd(&to->zlib);
}

static void give_id(const struct packwriter_pack *pack, const giant *of, uint8_t *id)
{
    struct packwriter_hash hash;

    packwriter_hash_begin_object(&hash, pack->hash_length, PACKWRITER_BLOB, giant_size(of));
    for (size_t i = 0; i < of->count; i++) {
        uint64_t page[GIANT_PAGE / sizeof(uint64_t)];

        fill_page(page, of->pages[i]);
        packwriter_hash_add(&hash, page, sizeof page);
    }
    packwriter_hash_end(&hash, id);
}

static size_t end_entry(struct packwriter_pack *pack, const giant *of)
{
    uint8_t id[PACKWRITER_HASH_MAX];

    give_id(pack, of, id);
    return packwriter_pack_end_entry_as(pack, PACKWRITER_BLOB, giant_size(of), id);
}

size_t giant_add(struct packwriter_pack *pack, const giant *of)
{
    stream to;

    packwriter_pack_begin_entry(pack);
    packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_BLOB, giant_size(of));
    begin_stream(&to, &pack->bytes);
    for (size_t i = 0; i < of->count; i++) {
        uint64_t page[GIANT_PAGE / sizeof(uint64_t)];

        fill_page(page, of->pages[i]);
        put(&to, page, sizeof page);
    }
    end_stream(&to);
    return end_entry(pack, of);
}

static void put_copy(stream *to, uint64_t offset, uint64_t size, struct packwriter_bytes *scratch)
{
    uint64_t state = offset;

    while (size > 0) {
        uint64_t piece = 1 + suite_random_below(&state, LARGEST_COPY);

        piece = piece < size ? piece : size;
        scratch->size = 0;
        packwriter_delta_copy(scratch, (uint32_t)offset, (uint32_t)piece);
        put(to, scratch->data, scratch->size);
        offset += piece;
        size -= piece;
    }
}

static void put_delta(stream *to, const giant *base, const giant_order *order, const giant *result)
{
    struct packwriter_bytes scratch = {0};

    packwriter_delta_begin(&scratch, giant_size(base), giant_size(result));
    put(to, scratch.data, scratch.size);
    for (size_t i = 0; i < order->count;) {
        size_t from = order->from[i];
        size_t run = 1;

        if (from == GIANT_NEW) {
            uint64_t page[GIANT_PAGE / sizeof(uint64_t)];

            fill_page(page, result->pages[i++]);
            scratch.size = 0;
            packwriter_delta_insert(&scratch, page, sizeof page);
            put(to, scratch.data, scratch.size);
            continue;
        }
        while (i + run < order->count && order->from[i + run] == from + run)
            run++;
        put_copy(to, (uint64_t)from * GIANT_PAGE, (uint64_t)run * GIANT_PAGE, &scratch);
        i += run;
    }
    packwriter_bytes_free(&scratch);
}

size_t giant_add_delta(struct packwriter_pack *pack, size_t base_entry, const giant *base,
                       const giant_order *order, const giant *result, enum packwriter_kind form)
{
    const struct packwriter_entry from = pack->entries[base_entry];
    stream to;
    size_t place;

    begin_stream(&to, NULL);
    put_delta(&to, base, order, result);
    packwriter_pack_begin_entry(pack);
    packwriter_bytes_add_entry_header(&pack->bytes, form, to.size);
    if (form == PACKWRITER_OFS_DELTA)
        packwriter_bytes_add_distance(&pack->bytes, pack->open_position - from.offset);
    else
        packwriter_bytes_add(&pack->bytes, from.id, pack->hash_length);
    begin_stream(&to, &pack->bytes);
    put_delta(&to, base, order, result);
    end_stream(&to);
    place = end_entry(pack, result);
    packwriter_pack_set_base(pack, from.id);
    return place;
}

int giant_take(void *context, const void *bytes, size_t size)
{
    giant_reader *reader = context;
    const unsigned char *at = bytes;

    if (size > reader->most)
        reader->most = size;
    if (size > giant_size(reader->of) - reader->at) {
        reader->wrong = true;
        return 1;
    }
    while (size > 0) {
        uint64_t page[GIANT_PAGE / sizeof(uint64_t)];
        size_t within = (size_t)(reader->at % GIANT_PAGE);
        size_t now = GIANT_PAGE - within < size ? GIANT_PAGE - within : size;

        fill_page(page, reader->of->pages[reader->at / GIANT_PAGE]);
        if (memcmp((unsigned char *)page + within, at, now) != 0)
            reader->wrong = true;
        at += now;
        size -= now;
        reader->at += now;
    }
    return reader->stop_at && reader->at >= reader->stop_at;
}
