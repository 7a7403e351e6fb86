/* cases_index_v1.c - indexes of version 1: no magic, no CRCs, offsets of 32 bits beside the ids. */
#include <string.h>

#include "cases.h"

#define NO_INDEX "neither a version 2 nor a version 1 index"
#define NO_RISE "index ids do not rise"
#define OUTSIDE "index row names an offset outside the pack"
#define NO_ROW "no row of the index names this entry"
#define OTHER_ID "contents do not give the object's id"

static void begin(struct shop *shop)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->options.version = 1;
    shop_index(shop);
}

static uint64_t place_of(const struct shop *shop, size_t object)
{
    return 1024 + shop_row_of(shop, object) * (shop->id_size + 4);
}

static void leave(struct shop *shop, const struct malformed_case *of)
{
    (void)of;
    begin(shop);
}

/* `number` in place of the four bytes at `other`. */
static void put_word(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    shop_put(shop->index.data + of->other, of->number, 4);
    shop_resum_index(shop);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* The bucket of the first row ends before it. */
static void late_row(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    shop_put(shop->index.data + 4 * shop->index.data[1024 + 4], 0, 4);
    shop_resum_index(shop);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

static void offset_is(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    shop_put(shop->index.data + place_of(shop, shop->last), of->number, 4);
    shop_resum_index(shop);
    shop_damage(shop, shop->last);
    shop_expect_index(shop, place_of(shop, shop->last), shop->last, of->text);
    shop_expect_behind(shop, shop->ref, NO_ROW);
}

/* The last row names the entry `number`, or `other` bytes behind its front. */
static void offset_of(struct shop *shop, const struct malformed_case *of)
{
    uint64_t offset;

    begin(shop);
    offset = shop_offset(shop, (size_t)of->number) + of->other;
    shop_put(shop->index.data + place_of(shop, shop->last), offset, 4);
    shop_resum_index(shop);
    shop_damage(shop, shop->last);
    shop_expect_pack(shop, offset, of->text);
    shop_expect_behind(shop, shop->ref, NO_ROW);
    if (of->other)
        shop_expect(shop, (size_t)of->number, "");
}

static void exchange_rows(struct shop *shop, const struct malformed_case *of)
{
    uint8_t row[PACKWRITER_HASH_MAX + 4];
    size_t stride;
    uint8_t *rows;

    begin(shop);
    stride = shop->id_size + 4;
    rows = shop->index.data + 1024;
    memcpy(row, rows + of->number * stride, stride);
    memcpy(rows + of->number * stride, rows + of->other * stride, stride);
    memcpy(rows + of->other * stride, row, stride);
    shop_resum_index(shop);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

static void exchange_ids(struct shop *shop, const struct malformed_case *of)
{
    uint8_t id[PACKWRITER_HASH_MAX];

    shop_begin(shop, shop->id_size);
    shop_end(shop);
    memcpy(id, shop->rows[SHOP_TAG].id, sizeof id);
    memcpy(shop->rows[SHOP_TAG].id, shop->rows[SHOP_TREE].id, sizeof id);
    memcpy(shop->rows[SHOP_TREE].id, id, sizeof id);
    shop->options.version = 1;
    shop_damage(shop, SHOP_TAG);
    shop_damage(shop, SHOP_TREE);
    shop_expect_pack(shop, shop_offset(shop, SHOP_TAG), of->text);
    shop_expect_pack(shop, shop_offset(shop, SHOP_TREE), of->text);
}

static void change_size(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    if (of->other)
        packwriter_bytes_add_repeated(&shop->index, 0, (size_t)of->other);
    else
        shop->index.size =
            of->number < 1000 ? shop->index.size - (size_t)of->number : (size_t)of->number;
    if (of->other || of->number <= shop->id_size)
        shop_resum_index(shop);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* Without both sums, and without `number` bytes of the last row. */
static void cut_sums(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    shop->index.size -= 2 * shop->id_size + of->number;
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

static void break_sum(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    shop->index.data[shop->index.size - of->number] ^= 4;
    shop_expect_index(shop, shop->index.size - shop->id_size, SHOP_NONE, of->text);
}

static void break_pack_sum(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    shop->index.data[shop->index.size - 2 * shop->id_size] ^= 4;
    shop_resum_index(shop);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* Without CRCs, a byte behind an entry still shows. */
static void junk_between(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_expect_behind(shop, SHOP_TAG, of->text);
    packwriter_bytes_add_repeated(&shop->pack.bytes, 0x78, (size_t)of->number);
    shop_end(shop);
    shop->options.version = 1;
}

static void damage_entry(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->pack.bytes.data[shop_end_of(shop, SHOP_TAG) - of->number] ^= 1;
    shop_resum(shop);
    shop_damage(shop, SHOP_TAG);
    shop->options.version = 1;
    shop_expect(shop, SHOP_TAG, of->text);
}

static const struct malformed_case list[] = {
    {"v1: right", leave, LEGAL, NULL, 0, 0, 0},
    {"v1: fanout begins too high", put_word, FOUND, NO_INDEX, 0x7fffffff, 0, 0},
    {"v1: fanout begins as version 2 does", put_word, FOUND, "index", 0xff744f63, 0, 0},
    {"v1: fanout falls", put_word, FOUND, NO_INDEX, 0x1000, 400, 0},
    {"v1: total is 0", put_word, FOUND, NO_INDEX, 0, 1020, 0},
    {"v1: total is one more", put_word, FOUND, NO_INDEX, 8, 1020, 0},
    {"v1: total is 2^32-1", put_word, FOUND, NO_INDEX, 0xffffffff, 1020, 0},
    {"v1: total wraps in rows of 24 bytes", put_word, FOUND, NO_INDEX, 0x20000007, 1020, 0},
    {"v1: fanout is a row late", late_row, FOUND, "index row is outside its fanout bucket", 0, 0,
     0},
    {"v1: two rows change places", exchange_rows, FOUND, NO_RISE, 2, 3, 0},
    {"v1: the first and last rows change places", exchange_rows, FOUND, NO_RISE, 0, 6, 0},
    {"v1: two ids change places", exchange_ids, FOUND, OTHER_ID, 0, 0, 0},
    {"v1: offset 0", offset_is, FOUND, OUTSIDE, 0, 0, 0},
    {"v1: offset 2^31", offset_is, FOUND, OUTSIDE, 0x80000000, 0, 0},
    {"v1: offset 2^32-1", offset_is, FOUND, OUTSIDE, 0xffffffff, 0, 0},
    {"v1: offset of another entry", offset_of, FOUND, OTHER_ID, SHOP_TREE, 0, 0},
    {"v1: offset in another entry", offset_of, FOUND, "", SHOP_BASE, 33, 0},
    {"v1: one byte less", change_size, FOUND, NO_INDEX, 1, 0, 0},
    {"v1: 20 bytes less", change_size, FOUND, NO_INDEX, 20, 0, 0},
    {"v1: one byte more", change_size, FOUND, NO_INDEX, 0, 1, 0},
    {"v1: a row more", change_size, FOUND, NO_INDEX, 0, 24, 0},
    {"v1: a row's size less", change_size, FOUND, NO_INDEX, 24, 0, 0},
    {"v1: no sums", cut_sums, FOUND, NO_INDEX, 0, 0, 0},
    {"v1: no sums, and a byte of the last row less", cut_sums, FOUND, NO_INDEX, 1, 0, 0},
    {"v1: cut in its fanout", change_size, FOUND, "too short for an index", 1023, 0, 0},
    {"v1: cut behind its fanout", change_size, FOUND, NO_INDEX, 1024, 0, 0},
    {"v1: index sum", break_sum, FOUND, "index checksum is wrong", 1, 0, 0},
    {"v1: pack sum", break_pack_sum, FOUND, "another pack", 0, 0, 0},
    {"v1: bytes between entries", junk_between, FOUND, "9 bytes belong to no object", 9, 0, 0},
    {"v1: a byte of an entry", damage_entry, FOUND, "deflated data is damaged", 2, 0, 0},
};

const struct case_table cases_index_v1 = CASE_TABLE(list);
