/* cases_zlib.c - the deflated data of an entry: every way a zlib stream goes wrong, and the odd
 * ones that are right. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "cases.h"

#define DAMAGED "deflated data is damaged"
#define LESS "inflates to less than its size"
#define MORE "inflates to more than its size"
#define MIB ((uint64_t)1 << 20)

/* A blob of the text, deflated into a buffer of its own to be changed: begin, change, end. */
struct stream {
    char *text;
    size_t size;
    struct packwriter_bytes bytes;
};

static void begin(struct shop *shop, struct stream *stream, int level)
{
    *stream = (struct stream){0};
    stream->text = shop_text(60, &stream->size);
    packwriter_bytes_add_deflated(&stream->bytes, stream->text, stream->size, level);
    shop_begin(shop, shop->id_size);
}

static void end(struct shop *shop, struct stream *stream, const struct malformed_case *of)
{
    struct packwriter_bytes *bytes = shop_begin_odd(shop);
    size_t odd;

    packwriter_bytes_add_entry_header(bytes, PACKWRITER_BLOB, stream->size);
    packwriter_bytes_add(bytes, stream->bytes.data, stream->bytes.size);
    odd = shop_end_odd(shop, PACKWRITER_BLOB, stream->text, stream->size);
    case_settle(shop, odd, of);
    shop_end(shop);
    packwriter_bytes_free(&stream->bytes);
    free(stream->text);
}

/* The two bytes at the front are `number`. */
static void header_is(struct shop *shop, const struct malformed_case *of)
{
    struct stream stream;

    begin(shop, &stream, 6);
    shop_put(stream.bytes.data, of->number, 2);
    end(shop, &stream, of);
}

/* A byte, `number` from the end, is another. */
static void change_from_end(struct shop *shop, const struct malformed_case *of)
{
    struct stream stream;

    begin(shop, &stream, 6);
    stream.bytes.data[stream.bytes.size - of->number] ^= (uint8_t)of->other;
    end(shop, &stream, of);
}

/* Without its last `number` bytes, or, of a stored stream, its first; the next entry follows. */
static void cut_end(struct shop *shop, const struct malformed_case *of)
{
    struct stream stream;

    begin(shop, &stream, 6);
    stream.bytes.size -= (size_t)of->number;
    end(shop, &stream, of);
}

static void cut_front(struct shop *shop, const struct malformed_case *of)
{
    struct stream stream;

    begin(shop, &stream, 6);
    stream.bytes.size -= (size_t)of->number;
    memmove(stream.bytes.data, stream.bytes.data + of->number, stream.bytes.size);
    end(shop, &stream, of);
}

/* The bytes that `of->text` cannot say: a list of them, the check of the text behind it. */
struct raw {
    size_t size;
    uint8_t bytes[24];
};

static const struct raw raws[] = {
    {3, {0x78, 0x9c, 0x07}},                         /* a block of type 3 */
    {7, {0x78, 0x9c, 0x01, 0x05, 0x00, 0xfb, 0xff}}, /* stored: the length's check */
    {5, {0x78, 0x9c, 0x63, 0x04, 0x02}},             /* a match before the start */
    {4, {0x78, 0x9c, 0x03, 0x00}},                   /* an empty block and its end */
    {12, {0x78, 0x9c, 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}, /* codes */
    {12, {0x78, 0x9c, 0x05, 0, 0, 0, 0, 0, 0, 0, 0, 0}}, /* no codes at all */
    {2, {0x78, 0x9c}},                                   /* nothing but a header */
    {10, {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3}},          /* gzip */
    {16, {'n', 'o', 't', ' ', 'd', 'e', 'f', 'l', 'a', 't', 'e', 'd', ' ', 'a', 't', ' '}},
};

enum { TYPE_3, STORED_CHECK, TOO_FAR, EMPTY, CODES, NO_CODES, BARE, GZIP, PLAIN };

static void raw_bytes(struct shop *shop, const struct malformed_case *of)
{
    const struct raw *raw = &raws[of->number];
    struct stream stream;

    begin(shop, &stream, 6);
    if (of->number == STORED_CHECK)
        memset(stream.bytes.data, 'x', stream.bytes.size);
    stream.bytes.size = 0;
    packwriter_bytes_add(&stream.bytes, raw->bytes, raw->size);
    if (of->number == STORED_CHECK)
        stream.bytes.data[5] ^= 0x40;
    if (of->number == EMPTY)
        packwriter_bytes_add_number(&stream.bytes, 1, 4);
    if (of->number == PLAIN)
        packwriter_bytes_add(&stream.bytes, stream.text, stream.size);
    end(shop, &stream, of);
}

/* A stored block: its length one more or less than there is. */
static void stored_length(struct shop *shop, const struct malformed_case *of)
{
    struct stream stream;
    unsigned length;

    begin(shop, &stream, 6);
    length = (unsigned)(stream.size + of->number);
    stream.bytes.size = 0;
    packwriter_bytes_add_stored(&stream.bytes, stream.text, stream.size, 0xffff, 0);
    stream.bytes.data[3] = (uint8_t)length;
    stream.bytes.data[4] = (uint8_t)(length >> 8);
    stream.bytes.data[5] = (uint8_t)~length;
    stream.bytes.data[6] = (uint8_t)(~length >> 8);
    end(shop, &stream, of);
}

/* The block says that another follows; none does. */
static void no_last_block(struct shop *shop, const struct malformed_case *of)
{
    struct stream stream;

    begin(shop, &stream, 6);
    stream.bytes.size = 0;
    packwriter_bytes_add_stored(&stream.bytes, stream.text, stream.size, 0xffff, 0);
    stream.bytes.data[2] = 0;
    end(shop, &stream, of);
}

/* The last entry of the pack: its stream ends with the pack. `number` bytes are kept. */
static void stream_meets_end(struct shop *shop, const struct malformed_case *of)
{
    struct packwriter_bytes *bytes;
    struct stream stream;
    size_t odd;

    begin(shop, &stream, 6);
    shop_end_objects(shop);
    stream.bytes.size -= (size_t)of->number;
    bytes = shop_begin_odd(shop);
    packwriter_bytes_add_entry_header(bytes, PACKWRITER_BLOB, stream.size);
    packwriter_bytes_add(bytes, stream.bytes.data, stream.bytes.size);
    odd = shop_end_odd(shop, PACKWRITER_BLOB, stream.text, stream.size);
    shop_expect(shop, odd, of->text);
    shop_end_pack(shop);
    packwriter_bytes_free(&stream.bytes);
    free(stream.text);
}

/* Bytes within the entry, behind the stream's end. */
static void bytes_behind(struct shop *shop, const struct malformed_case *of)
{
    struct stream stream;

    begin(shop, &stream, 6);
    packwriter_bytes_add_repeated(&stream.bytes, (uint8_t)of->other, (size_t)of->number);
    end(shop, &stream, of);
    shop->objects[SHOP_FIRST_ODD].damaged = false;
    shop->finding_count = 0;
    shop_expect_pack(shop, shop_end_of(shop, SHOP_FIRST_ODD) - of->number, of->text);
}

/* ---- Streams that are odd and right ---------------------------------------------------------- */

static void legal_choices(struct shop *shop, const struct malformed_case *of)
{
    struct packwriter_zlib choices = {.level = (int)(of->number % 10),
                                      .window_bits = (int)(of->number / 10),
                                      .strategy = (int)of->other,
                                      .flush_every = of->number >= 200 ? 20 : 0};
    struct stream stream;

    if (of->number >= 200)
        choices.window_bits = 15;
    begin(shop, &stream, 6);
    stream.bytes.size = 0;
    packwriter_bytes_add_zlib(&stream.bytes, stream.text, stream.size, &choices);
    end(shop, &stream, of);
}

/* Blocks of `number` bytes after `other` empty ones. */
static void legal_stored(struct shop *shop, const struct malformed_case *of)
{
    struct stream stream;

    begin(shop, &stream, 6);
    stream.bytes.size = 0;
    packwriter_bytes_add_stored(&stream.bytes, stream.text, stream.size, (size_t)of->number,
                                (size_t)of->other);
    end(shop, &stream, of);
}

/* ---- Bombs ----------------------------------------------------------------------------------- */

/* Claims `number` bytes, gives `other` zeros; a text's id. */
static void bomb(struct shop *shop, const struct malformed_case *of)
{
    uint8_t *zeros = calloc(1, (size_t)of->other);
    struct packwriter_bytes *bytes;
    size_t odd;

    shop_begin(shop, shop->id_size);
    bytes = shop_begin_odd(shop);
    packwriter_bytes_add_entry_header(bytes, PACKWRITER_BLOB, of->number);
    packwriter_bytes_add_deflated(bytes, zeros, (size_t)of->other, 9);
    odd = shop_end_odd(shop, PACKWRITER_BLOB, "not zeros", 9);
    shop_expect(shop, odd, of->text);
    shop_end(shop);
    free(zeros);
}

static const struct malformed_case list[] = {
    {"no zlib: the method", header_is, FOUND, DAMAGED, 0x779f, 0, 0},
    {"no zlib: the window", header_is, FOUND, DAMAGED, 0x889c, 0, 0},
    {"no zlib: the header's check", header_is, FOUND, DAMAGED, 0x789d, 0, 0},
    {"no zlib: zero bytes", header_is, FOUND, DAMAGED, 0, 0, 0},
    {"a preset dictionary", header_is, FOUND, "deflated data wants a preset dictionary", 0x78bb, 0,
     0},
    {"a raw deflate stream", cut_front, FOUND, DAMAGED, 2, 0, 0},
    {"a gzip stream", raw_bytes, FOUND, DAMAGED, GZIP, 0, 0},
    {"not deflated at all", raw_bytes, FOUND, DAMAGED, PLAIN, 0, 0},
    {"Adler-32: the last byte", change_from_end, FOUND, DAMAGED, 1, 1, 0},
    {"Adler-32: the first byte", change_from_end, FOUND, DAMAGED, 4, 0x80, 0},
    {"Adler-32 is cut off", cut_end, FOUND, DAMAGED, 4, 0, 0},
    {"Adler-32 is a byte short", cut_end, FOUND, DAMAGED, 1, 0, 0},
    {"the stream is cut before its last block ends", cut_end, FOUND, "", 12, 0, 0},
    {"the stream is cut in its middle", cut_end, FOUND, "", 60, 0, 0},
    {"no last block", no_last_block, FOUND, "inflate", 0, 0, 0},
    {"a block of type 3", raw_bytes, FOUND, DAMAGED, TYPE_3, 0, 0},
    {"a stored block's length is not its check", raw_bytes, FOUND, DAMAGED, STORED_CHECK, 0, 0},
    {"a match before the start", raw_bytes, FOUND, DAMAGED, TOO_FAR, 0, 0},
    {"codes that are too many", raw_bytes, FOUND, DAMAGED, CODES, 0, 0},
    {"codes that are none", raw_bytes, FOUND, DAMAGED, NO_CODES, 0, 0},
    {"nothing but a zlib header", raw_bytes, FOUND, "", BARE, 0, 0},
    {"an empty stream for a blob", raw_bytes, FOUND, LESS, EMPTY, 0, 0},
    {"a stored block is a byte longer than it says", stored_length, FOUND, DAMAGED, UINT64_MAX, 0,
     0},
    {"a stored block is a byte shorter than it says", stored_length, FOUND, MORE, 1, 0, 0},
    {"the pack ends in a stream's check", stream_meets_end, FOUND,
     "deflated data runs past the end of the pack", 2, 0, 0},
    {"the pack ends in a stream's block", stream_meets_end, FOUND,
     "deflated data runs past the end of the pack", 30, 0, 0},
    {"a byte behind the stream", bytes_behind, FOUND, "1 byte belongs to no object", 1, 0, 0},
    {"many bytes behind the stream", bytes_behind, FOUND, "70000 bytes belong to no object", 70000,
     0x78, 0},
    {"level 0", legal_choices, LEGAL, NULL, 150, 0, 0},
    {"level 1", legal_choices, LEGAL, NULL, 151, 0, 0},
    {"level 9 and the smallest window", legal_choices, LEGAL, NULL, 99, 0, 0},
    {"fixed codes", legal_choices, LEGAL, NULL, 156, Z_FIXED, 0},
    {"codes without matches", legal_choices, LEGAL, NULL, 156, Z_HUFFMAN_ONLY, 0},
    {"a full flush after every twenty bytes", legal_choices, LEGAL, NULL, 206, 0, 0},
    {"one stored block", legal_stored, LEGAL, NULL, 0xffff, 0, 0},
    {"stored blocks of a byte each", legal_stored, LEGAL, NULL, 1, 0, 0},
    {"two thousand empty stored blocks", legal_stored, LEGAL, NULL, 40, 2000, 0},
    {"a bomb of 72 MiB that claims 100 bytes", bomb, FOUND, MORE, 100, 72 * MIB, 0},
    {"a bomb of 72 MiB that claims nothing", bomb, FOUND, MORE, 0, 72 * MIB, 0},
    {"a bomb of 20 MiB less a byte", bomb, FOUND, MORE, 20 * MIB - 1, 20 * MIB, 8 * MIB},
    {"a bomb of 20 MiB that claims a byte more", bomb, FOUND, LESS, 20 * MIB + 1, 20 * MIB,
     8 * MIB},
    {"a bomb of 20 MiB that claims them", bomb, FOUND, "contents do not give the object's id",
     20 * MIB, 20 * MIB, 8 * MIB},
};

const struct case_table cases_zlib = CASE_TABLE(list);
