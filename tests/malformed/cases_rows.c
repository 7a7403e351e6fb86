/* cases_rows.c - the rows of an index of version 2: their ids, CRCs and offsets, with right sums.
 */
#include <string.h>

#include "cases.h"

#define NO_RISE "index ids do not rise"
#define TWICE "two rows of the index have this id"
#define NO_BUCKET "index row is outside its fanout bucket"
#define BAD_CRC "CRC-32 of the entry is not the one in the index"
#define OUTSIDE "index row names an offset outside the pack"
#define NO_WIDE "index row names a 64-bit offset that is not there"
#define NO_ROW "no row of the index names this entry"

/* The rows in order of id, `number` of them pulled to the front, or the whole order reversed. */
enum order { REVERSED, FIRST_TWO, LAST_TWO, OF_THE_PACK, FIRST_AND_LAST };

static void swap_rows(struct packwriter_index_row *one, struct packwriter_index_row *two)
{
    struct packwriter_index_row row = *one;

    *one = *two;
    *two = row;
}

static void sort(struct shop *shop)
{
    for (size_t i = 1; i < shop->row_count; i++)
        for (size_t j = i; j > 0 && memcmp(shop->rows[j].id, shop->rows[j - 1].id, 32) < 0; j--)
            swap_rows(&shop->rows[j], &shop->rows[j - 1]);
}

static void disorder(struct shop *shop, const struct malformed_case *of)
{
    size_t count;

    shop_begin(shop, shop->id_size);
    for (unsigned i = 0; i < of->other; i++)
        shop_add_text(shop, 300 + i);
    shop_end(shop);
    count = shop->row_count;
    if (of->number != OF_THE_PACK)
        sort(shop);
    if (of->number == REVERSED)
        for (size_t i = 0; i < count / 2; i++)
            swap_rows(&shop->rows[i], &shop->rows[count - 1 - i]);
    else if (of->number == FIRST_TWO)
        swap_rows(&shop->rows[0], &shop->rows[1]);
    else if (of->number == LAST_TWO)
        swap_rows(&shop->rows[count - 1], &shop->rows[count - 2]);
    else if (of->number == FIRST_AND_LAST)
        swap_rows(&shop->rows[0], &shop->rows[count - 1]);
    shop->options.unsorted = true;
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* A row twice; its second one names the offset of entry `number`. */
static void add_row_again(struct shop *shop, const struct malformed_case *of)
{
    size_t count;

    shop_begin(shop, shop->id_size);
    shop_end(shop);
    count = shop->row_count;
    shop->rows[count] = shop->rows[SHOP_TAG];
    shop->rows[count].offset = shop->rows[of->number].offset;
    shop->rows[count].crc32 = shop->rows[of->number].crc32;
    shop->row_count = count + 1;
    shop_put(shop->pack.bytes.data + 8, shop->row_count, 4);
    shop_resum(shop);
    shop->row_count = count; /* what it summed was one too many */
    shop->rows[count].crc32 = shop->rows[of->number].crc32;
    shop->row_count = count + 1;
    if (of->number == SHOP_TAG)
        shop->verified = count + 1; /* the object is right, twice */
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_TAG, of->text);
    if (of->number != SHOP_TAG)
        shop_expect_of(shop, shop_offset(shop, (size_t)of->number), SHOP_TAG,
                       "contents do not give the object's id");
}

/* A row more, of an id that nothing has, for the entry `number`; or for the middle of it. */
static void add_row(struct shop *shop, const struct malformed_case *of)
{
    size_t count;

    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop_put(shop->pack.bytes.data + 8, shop->row_count + 1, 4);
    shop_resum(shop);
    count = shop->row_count++;
    memset(shop->rows[count].id, 0x5a, shop->id_size);
    shop->rows[count].offset = shop_offset(shop, (size_t)of->number) + of->other;
    shop->rows[count].crc32 = shop->rows[of->number].crc32;
    shop_expect_pack(shop, shop->rows[count].offset, of->text);
    if (of->other > 0) /* the entry's own row now ends in its middle */
        shop_expect(shop, (size_t)of->number, "");
}

/* No row for entry `number`. */
static void drop_row(struct shop *shop, const struct malformed_case *of)
{
    size_t gone = (size_t)of->number;

    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop_put(shop->pack.bytes.data + 8, shop->row_count - 1, 4);
    shop_resum(shop);
    shop->row_count--;
    shop_damage(shop, gone);
    memmove(&shop->rows[gone], &shop->rows[gone + 1],
            (shop->row_count - gone) * sizeof *shop->rows);
    shop_expect_pack(shop, shop_offset(shop, gone), of->text);
}

static void change_crc(struct shop *shop, const struct malformed_case *of)
{
    size_t object = (size_t)of->number;

    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->rows[object].crc32 = of->other ? shop->rows[object].crc32 ^ (uint32_t)of->other : 0;
    shop_expect(shop, object, of->text);
}

static void swap_crcs(struct shop *shop, const struct malformed_case *of)
{
    uint32_t crc;

    shop_begin(shop, shop->id_size);
    shop_end(shop);
    crc = shop->rows[SHOP_TREE].crc32;
    shop->rows[SHOP_TREE].crc32 = shop->rows[SHOP_OFS].crc32;
    shop->rows[SHOP_OFS].crc32 = crc;
    shop_expect(shop, SHOP_TREE, of->text);
    shop_expect(shop, SHOP_OFS, of->text);
}

/* ---- Offsets --------------------------------------------------------------------------------- */

/* The last blob's row says `number`, which is kept in 32 bits if it fits and else in 64. */
static void offset_is(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop_index(shop);
    shop->rows[shop->last].offset = of->number;
    shop->index.size = 0;
    shop_index(shop);
    shop_damage(shop, shop->last);
    shop_expect_index(shop, shop_place_of_offset(shop, shop->last), shop->last, of->text);
    shop_expect_behind(shop, shop->ref, NO_ROW);
}

/* The same, counted from where the trailer begins. */
static void offset_from_trailer(struct shop *shop, const struct malformed_case *of)
{
    struct malformed_case moved = *of;
    struct shop measure = {.id_size = shop->id_size};

    shop_begin(&measure, shop->id_size);
    shop_end(&measure);
    moved.number += shop_trailer(&measure);
    shop_free(&measure);
    offset_is(shop, &moved);
}

/* It is `number` more than it should be: the middle of the entry, or of another's. */
static void offset_off(struct shop *shop, const struct malformed_case *of)
{
    uint64_t offset;

    shop_begin(shop, shop->id_size);
    shop_end(shop);
    offset = shop_offset(shop, shop->last) + of->number;
    memcpy(&shop->rows[shop->last].offset, &offset, sizeof offset);
    shop_damage(shop, shop->last);
    shop_expect_of(shop, offset, shop->last, of->text);
    if (of->number == UINT64_MAX)
        shop_expect(shop, shop->ref, "entry reaches into what follows it");
    else
        shop_expect_behind(shop, shop->ref,
                           of->number == 1 ? "1 byte belongs to no object"
                                           : "50 bytes belong to no object");
}

/* Two rows name the entry `number`; one of them should name the last. */
static void offset_of_another(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->rows[shop->last].offset = shop->rows[of->number].offset;
    shop->rows[shop->last].crc32 = shop->rows[of->number].crc32;
    shop_damage(shop, shop->last);
    shop_expect_pack(shop, shop_offset(shop, (size_t)of->number), of->text);
    shop_expect_behind(shop, shop->ref, NO_ROW);
}

/* A row of 32 bits names row `number` of the 64-bit table, which has `other`. */
static void wide_row_is(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->options.large_from = of->other ? shop_offset(shop, shop->last) : 0;
    shop_index(shop);
    shop_put(shop->index.data + shop_place_of_offset(shop, shop->last), 0x80000000u | of->number,
             4);
    shop_resum_index(shop);
    shop_damage(shop, shop->last);
    shop_expect_index(shop, shop_place_of_offset(shop, shop->last), shop->last, of->text);
    shop_expect_behind(shop, shop->ref, NO_ROW);
}

/* All offsets are kept in 64 bits, which is legal; that of the last is `number`. */
static void wide_offset_is(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->options.all_large = true;
    if (of->verdict == LEGAL)
        return;
    shop->rows[shop->last].offset = of->number;
    shop_damage(shop, shop->last);
    shop_expect_index(shop, shop_place_of_offset(shop, shop->last), shop->last, of->text);
    shop_expect_behind(shop, shop->ref, NO_ROW);
}

/* Bits above 32 are set in an offset that is right below them. */
static void wide_offset_has_high_bit(struct shop *shop, const struct malformed_case *of)
{
    struct malformed_case moved = *of;
    struct shop measure = {.id_size = shop->id_size};

    shop_begin(&measure, shop->id_size);
    shop_end(&measure);
    moved.number = shop_offset(&measure, measure.last) | UINT64_C(1) << of->number;
    shop_free(&measure);
    wide_offset_is(shop, &moved);
}

/* Two rows name one of the 64-bit table. */
static void share_wide_row(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->options.all_large = true;
    shop_index(shop);
    shop_put(shop->index.data + shop_place_of_offset(shop, shop->last),
             0x80000000u | shop_row_of(shop, SHOP_TREE), 4);
    shop_resum_index(shop);
    shop_damage(shop, shop->last);
    shop_expect_of(shop, shop_offset(shop, SHOP_TREE), shop->last, of->text);
    shop_expect_behind(shop, shop->ref, NO_ROW);
}

static const struct malformed_case list[] = {
    {"rows are reversed", disorder, FOUND, NO_RISE, REVERSED, 0, 0},
    {"the first two rows change places", disorder, FOUND, NO_RISE, FIRST_TWO, 0, 0},
    {"the last two rows change places", disorder, FOUND, NO_RISE, LAST_TWO, 0, 0},
    {"rows are in the pack's order", disorder, FOUND, NO_RISE, OF_THE_PACK, 0, 0},
    {"the first row and the last change places", disorder, FOUND, NO_RISE, FIRST_AND_LAST, 0, 0},
    {"two thousand rows are in the pack's order", disorder, FOUND, NO_RISE, OF_THE_PACK, 2000, 0},
    {"the ends of two thousand rows change places", disorder, FOUND, NO_RISE, FIRST_AND_LAST, 2000,
     0},
    {"two thousand rows are reversed", disorder, FOUND, NO_RISE, REVERSED, 2000, 0},
    {"a row twice", add_row_again, FOUND, TWICE, SHOP_TAG, 0, 0},
    {"an id twice, first for another entry", add_row_again, FOUND, TWICE, SHOP_TREE, 0, 0},
    {"an id twice, second for another entry", add_row_again, FOUND, TWICE, SHOP_FIRST_ODD, 0, 0},
    {"a row too many for an entry", add_row, FOUND, "contents do not give the object's id",
     SHOP_TREE, 0, 0},
    {"a row too many for a byte of an entry", add_row, FOUND, "", SHOP_BASE, 30, 0},
    {"no row for the first entry", drop_row, FOUND, NO_ROW, SHOP_COMMIT, 0, 0},
    {"no row for an entry in the middle", drop_row, FOUND, NO_ROW, SHOP_TREE, 0, 0},
    {"no row for the last entry", drop_row, FOUND, NO_ROW, SHOP_FIRST_ODD + 1, 0, 0},
    {"a CRC's last bit", change_crc, FOUND, BAD_CRC, SHOP_COMMIT, 1, 0},
    {"a CRC's first bit", change_crc, FOUND, BAD_CRC, SHOP_OFS, 0x80000000, 0},
    {"a CRC of all zeros", change_crc, FOUND, BAD_CRC, SHOP_TAG, 0, 0},
    {"two CRCs change places", swap_crcs, FOUND, BAD_CRC, 0, 0, 0},
    {"offset 0", offset_is, FOUND, OUTSIDE, 0, 0, 0},
    {"offset 11", offset_is, FOUND, OUTSIDE, 11, 0, 0},
    {"offset of the trailer", offset_from_trailer, FOUND, OUTSIDE, 0, 0, 0},
    {"offset in the trailer", offset_from_trailer, FOUND, OUTSIDE, 5, 0, 0},
    {"offset of the pack's end", offset_from_trailer, FOUND, OUTSIDE, 20, 0, 0},
    {"offset past the pack's end", offset_from_trailer, FOUND, OUTSIDE, 1000, 0, 0},
    {"offset 2^31-1", offset_is, FOUND, OUTSIDE, INT32_MAX, 0, 0},
    {"offset 2^32", offset_is, FOUND, OUTSIDE, UINT64_C(1) << 32, 0, 0},
    {"offset 2^63-1", offset_is, FOUND, OUTSIDE, INT64_MAX, 0, 0},
    {"offset 2^63", offset_is, FOUND, OUTSIDE, UINT64_C(1) << 63, 0, 0},
    {"offset 2^64-1", offset_is, FOUND, OUTSIDE, UINT64_MAX, 0, 0},
    {"offset a byte behind the entry's front", offset_off, FOUND, "", 1, 0, 0},
    {"offset a byte before the entry's front", offset_off, FOUND, "", UINT64_MAX, 0, 0},
    {"offset in the entry's middle", offset_off, FOUND, "", 50, 0, 0},
    {"offset of another entry", offset_of_another, FOUND, "contents do not give the object's id",
     SHOP_TREE, 0, 0},
    {"offset of a base of others", offset_of_another, FOUND, "contents do not give the object's id",
     SHOP_BASE, 0, 0},
    {"offsets of 64 bits throughout", wide_offset_is, LEGAL, NULL, 0, 0, 0},
    {"a 64-bit row where there are none", wide_row_is, FOUND, NO_WIDE, 0, 0, 0},
    {"a 64-bit row past the table", wide_row_is, FOUND, NO_WIDE, 1, 1, 0},
    {"a 64-bit row of all bits", wide_row_is, FOUND, NO_WIDE, 0x7fffffff, 1, 0},
    {"a 64-bit offset of 0", wide_offset_is, FOUND, OUTSIDE, 0, 0, 0},
    {"a 64-bit offset of 2^63", wide_offset_is, FOUND, OUTSIDE, UINT64_C(1) << 63, 0, 0},
    {"a 64-bit offset of all bits", wide_offset_is, FOUND, OUTSIDE, UINT64_MAX, 0, 0},
    {"a 64-bit offset with bit 32 set", wide_offset_has_high_bit, FOUND, OUTSIDE, 32, 0, 0},
    {"a 64-bit offset with bit 63 set", wide_offset_has_high_bit, FOUND, OUTSIDE, 63, 0, 0},
    {"two rows name one 64-bit row", share_wide_row, FOUND, "contents do not give the object's id",
     0, 0, 0},
};

const struct case_table cases_rows = CASE_TABLE(list);
