/* cases_entry.c - the header of an entry: its type, its size, and how that is written. */
#include <stdlib.h>
#include <string.h>

#include "cases.h"

#define LESS "inflates to less than its size"
#define MORE "inflates to more than its size"
#define TOO_MANY "claims more bytes than its deflated data can hold"
#define NO_FIT "entry size does not fit in 64 bits"
#define OTHER_ID "contents do not give the object's id"

/* A text as `number`, whose size is right. */
static void wrong_type(struct shop *shop, const struct malformed_case *of)
{
    size_t size;

    shop_begin(shop, shop->id_size);
    free(shop_text(50, &size));
    shop_expect(shop, shop_add_claim(shop, (unsigned)of->number, size), of->text);
    shop_end(shop);
}

/* A blob's size is `number` more than it is; or `number` itself. */
static void size_off(struct shop *shop, const struct malformed_case *of)
{
    size_t size;

    shop_begin(shop, shop->id_size);
    free(shop_text(50, &size));
    shop_expect(shop, shop_add_claim(shop, PACKWRITER_BLOB, size + of->number), of->text);
    shop_end(shop);
}

static void size_is(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_expect(shop, shop_add_claim(shop, PACKWRITER_BLOB, of->number), of->text);
    shop_end(shop);
}

/* The same for other kinds, which `other` names. */
static void size_off_of_kind(struct shop *shop, const struct malformed_case *of)
{
    static const char text[] = "some bytes of a kind";
    struct packwriter_bytes *bytes;
    size_t odd;

    shop_begin(shop, shop->id_size);
    bytes = shop_begin_odd(shop);
    packwriter_bytes_add_entry_header(bytes, (unsigned)of->other, sizeof text + of->number);
    packwriter_bytes_add_deflated(bytes, text, sizeof text, 6);
    odd = shop_end_odd(shop, (unsigned)of->other, text, sizeof text);
    shop_expect(shop, odd, of->text);
    shop_end(shop);
}

/* The size of a delta entry, off by `number`. */
static void size_off_of_delta(struct shop *shop, const struct malformed_case *of)
{
    const struct shop_object *base;
    struct packwriter_bytes delta = {0};
    struct packwriter_bytes *bytes;
    size_t size;
    char *text = shop_text(51, &size);
    size_t odd;

    shop_begin(shop, shop->id_size);
    base = &shop->objects[SHOP_BASE];
    packwriter_delta_make(&delta, base->contents, base->size, text, size);
    bytes = shop_begin_odd(shop);
    packwriter_bytes_add_entry_header(bytes, PACKWRITER_REF_DELTA, delta.size + of->number);
    packwriter_bytes_add(bytes, shop->pack.entries[SHOP_BASE].id, shop->id_size);
    packwriter_bytes_add_deflated(bytes, delta.data, delta.size, 6);
    odd = shop_end_odd(shop, PACKWRITER_BLOB, text, size);
    shop_expect(shop, odd, of->text);
    shop_end(shop);
    packwriter_bytes_free(&delta);
    free(text);
}

/* ---- Headers of any bytes -------------------------------------------------------------------- */

/* A size that needs `number` bytes and `other` in the last; its low bits are those of the text. */
static void odd_header(struct shop *shop, const struct malformed_case *of)
{
    struct packwriter_bytes *bytes;
    size_t size;
    char *text = shop_text(50, &size);
    uint64_t rest = size >> 4;
    size_t odd;

    shop_begin(shop, shop->id_size);
    bytes = shop_begin_odd(shop);
    packwriter_bytes_add_number(bytes, 0x80u | PACKWRITER_BLOB << 4 | (size & 15), 1);
    for (uint64_t i = 1; i + 1 < of->number; i++, rest >>= 7)
        packwriter_bytes_add_number(bytes, 0x80u | (rest & 0x7f), 1);
    packwriter_bytes_add_number(bytes, of->other, 1);
    packwriter_bytes_add_deflated(bytes, text, size, 6);
    odd = shop_end_odd(shop, PACKWRITER_BLOB, text, size);
    case_settle(shop, odd, of);
    shop_end(shop);
    free(text);
}

/* The last entry is `number` times the byte `other`, and nothing else. */
static void bare_header_at_end(struct shop *shop, const struct malformed_case *of)
{
    struct packwriter_bytes *bytes;
    size_t odd;

    shop_begin(shop, shop->id_size);
    shop_end_objects(shop);
    bytes = shop_begin_odd(shop);
    packwriter_bytes_add_repeated(bytes, (uint8_t)of->other, (size_t)of->number);
    odd = shop_end_odd(shop, PACKWRITER_BLOB, "never", 5);
    shop_expect(shop, odd, of->text);
    shop_end_pack(shop);
}

/* An empty object of kind `number`, whose data has `other` bytes. */
static void empty_object(struct shop *shop, const struct malformed_case *of)
{
    struct packwriter_bytes *bytes;
    size_t odd;

    shop_begin(shop, shop->id_size);
    bytes = shop_begin_odd(shop);
    packwriter_bytes_add_entry_header(bytes, (unsigned)of->number, 0);
    packwriter_bytes_add_deflated(bytes, "some bytes", (size_t)of->other, 6);
    odd = shop_end_odd(shop, (unsigned)of->number, "", 0);
    case_settle(shop, odd, of);
    shop_end(shop);
}

static const struct malformed_case list[] = {
    {"type 0", wrong_type, FOUND, "entry of type 0", 0, 0, 0},
    {"type 5", wrong_type, FOUND, "entry of type 5", 5, 0, 0},
    {"a blob's type is commit", wrong_type, FOUND, OTHER_ID, PACKWRITER_COMMIT, 0, 0},
    {"a blob's type is tree", wrong_type, FOUND, OTHER_ID, PACKWRITER_TREE, 0, 0},
    {"a blob's type is tag", wrong_type, FOUND, OTHER_ID, PACKWRITER_TAG, 0, 0},
    {"a blob's size is one less", size_off, FOUND, MORE, UINT64_MAX, 0, 0},
    {"a blob's size is one more", size_off, FOUND, LESS, 1, 0, 0},
    {"a blob's size is a page more", size_off, FOUND, LESS, 4096, 0, 0},
    {"a blob's size is 0", size_is, FOUND, MORE, 0, 0, 0},
    {"a blob's size is 1", size_is, FOUND, MORE, 1, 0, 0},
    {"a blob's size is 2^32 more", size_off, FOUND, TOO_MANY, UINT64_C(1) << 32, 0, 0},
    {"a blob's size is 2^40", size_is, FOUND, TOO_MANY, UINT64_C(1) << 40, 0, 0},
    {"a blob's size is 2^63-1", size_is, FOUND, TOO_MANY, INT64_MAX, 0, 0},
    {"a blob's size is 2^63 more", size_off, FOUND, TOO_MANY, UINT64_C(1) << 63, 0, 0},
    {"a blob's size is 2^64-1", size_is, FOUND, TOO_MANY, UINT64_MAX, 0, 0},
    {"a commit's size is one less", size_off_of_kind, FOUND, MORE, UINT64_MAX, PACKWRITER_COMMIT,
     0},
    {"a commit's size is one more", size_off_of_kind, FOUND, LESS, 1, PACKWRITER_COMMIT, 0},
    {"a tree's size is one less", size_off_of_kind, FOUND, MORE, UINT64_MAX, PACKWRITER_TREE, 0},
    {"a tree's size is one more", size_off_of_kind, FOUND, LESS, 1, PACKWRITER_TREE, 0},
    {"a tag's size is one less", size_off_of_kind, FOUND, MORE, UINT64_MAX, PACKWRITER_TAG, 0},
    {"a tag's size is one more", size_off_of_kind, FOUND, LESS, 1, PACKWRITER_TAG, 0},
    {"a delta's size is one less", size_off_of_delta, FOUND, MORE, UINT64_MAX, 0, 0},
    {"a delta's size is one more", size_off_of_delta, FOUND, LESS, 1, 0, 0},
    {"a delta's size is 2^32 more", size_off_of_delta, FOUND, TOO_MANY, UINT64_C(1) << 32, 0, 0},
    {"a size of 2^64 and more in ten bytes", odd_header, FOUND, NO_FIT, 10, 0x10, 0},
    {"a size of 2^64 and all bits in ten bytes", odd_header, FOUND, NO_FIT, 10, 0x7f, 0},
    {"a size of 2^67 in eleven bytes", odd_header, FOUND, NO_FIT, 11, 1, 0},
    {"a size of 2^70 in eleven bytes", odd_header, FOUND, NO_FIT, 11, 8, 0},
    {"a size of 300 bytes that are all zero bits", odd_header, FOUND, NO_FIT, 300, 0, 0},
    {"a size with a zero byte too many", odd_header, LEGAL, NULL, 4, 0, 0},
    {"a size in nine bytes, six too many", odd_header, LEGAL, NULL, 9, 0, 0},
    {"a size in ten bytes, seven too many", odd_header, UNREAD, "more than 9 bytes", 10, 0, 0},
    {"a size that runs out after a byte", bare_header_at_end, FOUND,
     "entry header runs past the end", 1, 0xbf, 0},
    {"a size that runs out after nine bytes", bare_header_at_end, FOUND,
     "entry header runs past the end", 9, 0xbf, 0},
    {"a header of 64 continuation bytes", bare_header_at_end, FOUND, NO_FIT, 64, 0xbf, 0},
    {"a header with no data behind it", bare_header_at_end, FOUND,
     "deflated data runs past the end of the pack", 1, 0x30, 0},
    {"a header that claims what the trailer cannot hold", bare_header_at_end, FOUND,
     "deflated data runs past the end of the pack", 1, 0x3f, 0},
    {"an empty blob", empty_object, LEGAL, NULL, PACKWRITER_BLOB, 0, 0},
    {"an empty tree", empty_object, LEGAL, NULL, PACKWRITER_TREE, 0, 0},
    {"an empty blob with a byte of data", empty_object, FOUND, MORE, PACKWRITER_BLOB, 1, 0},
    {"an empty commit with ten bytes of data", empty_object, FOUND, MORE, PACKWRITER_COMMIT, 10, 0},
};

const struct case_table cases_entry = CASE_TABLE(list);
