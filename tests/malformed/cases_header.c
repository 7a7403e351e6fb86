/* cases_header.c - header, trailer, and packs and indexes that do not belong together. */
#include <stdlib.h>
#include <string.h>

#include "cases.h"

#define NO_PAIR "pack trailer is not the one that the index names"
#define ANOTHER "is the index of another pack"
#define NO_COUNT " objects, its index "
#define BAD_VERSION "pack version is neither 2 nor 3"
#define BAD_SUM "pack checksum is wrong"

/* `number` in place of the four bytes at `other`, with right sums. */
static void put_word(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop_put(shop->pack.bytes.data + of->other, of->number, 4);
    shop_resum(shop);
    shop_expect_pack(shop, of->other == 0 ? SHOP_UNKNOWN : of->other, of->text);
}

/* The count, changed by `number`. */
static void change_count(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop_put(shop->pack.bytes.data + 8, shop->row_count + of->number, 4);
    shop_resum(shop);
    shop_expect_pack(shop, 8, of->text);
}

/* Pack and index agree on a count that is not that of the entries: the last has no row. */
static void lose_last_row(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->row_count--;
    shop_put(shop->pack.bytes.data + 8, shop->row_count, 4);
    shop_resum(shop);
    shop_damage(shop, shop->last);
    shop_expect_behind(shop, shop->ref, of->text);
}

/* A byte of the trailer, `number` from its front, is another. */
static void break_trailer(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->pack.bytes.data[shop_trailer(shop) + of->number] ^= 0x20;
    shop_expect_pack(shop, shop_trailer(shop), of->text);
    shop_expect_pack(shop, shop_trailer(shop), BAD_SUM);
}

static void zero_trailer(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    memset(shop->pack.bytes.data + shop_trailer(shop), 0, shop->id_size);
    shop_expect_pack(shop, shop_trailer(shop), of->text);
}

/* A wrong trailer that the index names. */
static void agree_on_a_wrong_trailer(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->pack.sum[3] ^= 1;
    shop->pack.bytes.data[shop_trailer(shop) + 3] ^= 1;
    shop_expect_pack(shop, shop_trailer(shop), of->text);
}

static void name_another_trailer(struct shop *shop, const struct malformed_case *of)
{
    static const uint8_t another[PACKWRITER_HASH_MAX] = {1, 2, 3};

    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->options.pack_sum = another;
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* Both witnesses speak against it. */
static void break_both_ends(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->pack.bytes.data[of->number] ^= 0x40;
    shop->pack.bytes.data[shop_trailer(shop)] ^= 0x40;
    shop_expect_pack(shop, SHOP_UNKNOWN, of->text);
}

static void empty_pack(struct shop *shop, const struct malformed_case *of)
{
    *shop = (struct shop){.id_size = shop->id_size, .verified = SHOP_UNKNOWN};
    packwriter_pack_begin(&shop->pack, shop->id_size, (uint32_t)of->other, 0);
    shop_end_pack(shop);
    if (of->number > 0) {
        shop_put(shop->pack.bytes.data + 8, of->number, 4);
        shop_resum(shop);
        shop_expect_pack(shop, 8, of->text);
    }
}

/* The index of a pack with as many objects, or with `number` more. */
static void take_another_index(struct shop *shop, const struct malformed_case *of)
{
    struct packwriter_pack another = {0};

    shop_begin(shop, shop->id_size);
    shop_end(shop);
    packwriter_pack_begin(&another, shop->id_size, 2, 0);
    for (size_t i = 0; i < shop->row_count + of->number; i++)
        packwriter_pack_add_object(&another, PACKWRITER_BLOB, &i, sizeof i, 6);
    packwriter_pack_finish(&another, NULL);
    shop->options.pack_sum = NULL;
    packwriter_index_write_pack(&shop->index, &another, &shop->options);
    packwriter_pack_free(&another);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

enum files { SWAPPED, TWO_PACKS, TWO_INDEXES };

static void mix_files_up(struct shop *shop, const struct malformed_case *of)
{
    struct packwriter_bytes swap;

    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop_index(shop);
    swap = shop->pack.bytes;
    if (of->number == SWAPPED) {
        shop->pack.bytes = shop->index;
        shop->index = swap;
    } else if (of->number == TWO_PACKS) {
        shop->index.size = 0;
        packwriter_bytes_add(&shop->index, swap.data, swap.size);
    } else {
        shop->pack.bytes.size = 0;
        packwriter_bytes_add(&shop->pack.bytes, shop->index.data, shop->index.size);
    }
    if (of->number != TWO_PACKS)
        shop_expect_pack(shop, SHOP_UNKNOWN, of->text);
    else
        shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* A file of the first `number` bytes. */
static void too_short(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop_index(shop);
    shop->pack.bytes.size = (size_t)of->number;
    shop_expect_pack(shop, SHOP_UNKNOWN, of->text);
}

static const struct malformed_case list[] = {
    {"magic is zero", put_word, FOUND, "does not begin with PACK", 0, 0, 0},
    {"magic is in small letters", put_word, FOUND, "does not begin with PACK", 0x7061636b, 0, 0},
    {"magic is that of an index", put_word, FOUND, "does not begin with PACK", 0xff744f63, 0, 0},
    {"version 0", put_word, FOUND, BAD_VERSION, 0, 4, 0},
    {"version 1", put_word, FOUND, BAD_VERSION, 1, 4, 0},
    {"version 3", put_word, LEGAL, NULL, 3, 4, 0},
    {"version 4", put_word, FOUND, BAD_VERSION, 4, 4, 0},
    {"version in the other byte order", put_word, FOUND, BAD_VERSION, 0x02000000, 4, 0},
    {"version of all bits", put_word, FOUND, BAD_VERSION, 0xffffffff, 4, 0},
    {"count is one less", change_count, FOUND, NO_COUNT, UINT64_MAX, 0, 0},
    {"count is one more", change_count, FOUND, NO_COUNT, 1, 0, 0},
    {"count is 0", put_word, FOUND, NO_COUNT, 0, 8, 0},
    {"count is 2^31", put_word, FOUND, NO_COUNT, 0x80000000, 8, 0},
    {"count is 2^32-1", put_word, FOUND, NO_COUNT, 0xffffffff, 8, 0},
    {"count and rows leave the last entry out", lose_last_row, FOUND,
     "no row of the index names this entry", 0, 0, 0},
    {"trailer's first byte", break_trailer, FOUND, NO_PAIR, 0, 0, 0},
    {"trailer's last byte of twenty", break_trailer, FOUND, NO_PAIR, 19, 0, 0},
    {"trailer is zero", zero_trailer, FOUND, NO_PAIR, 0, 0, 0},
    {"trailer is wrong and the index agrees", agree_on_a_wrong_trailer, FOUND, BAD_SUM, 0, 0, 0},
    {"index names another trailer", name_another_trailer, FOUND, ANOTHER, 0, 0, 0},
    {"magic and trailer", break_both_ends, FOUND, "does not begin with PACK", 0, 0, 0},
    {"version and trailer", break_both_ends, FOUND, BAD_VERSION, 4, 0, 0},
    {"count and trailer", break_both_ends, FOUND, NO_COUNT, 11, 0, 0},
    {"no objects", empty_pack, LEGAL, NULL, 0, 2, 0},
    {"no objects in version 3", empty_pack, LEGAL, NULL, 0, 3, 0},
    {"no objects where one is counted", empty_pack, FOUND, NO_COUNT, 1, 2, 0},
    {"no objects where 2^32-1 are counted", empty_pack, FOUND, NO_COUNT, 0xffffffff, 2, 0},
    {"index of another pack of the same count", take_another_index, FOUND, ANOTHER, 0, 0, 0},
    {"index of another pack of another count", take_another_index, FOUND, ANOTHER, 3, 0, 0},
    {"pack and index are swapped", mix_files_up, REFUSED, "does not begin with PACK", SWAPPED, 0,
     0},
    {"the pack is its own index", mix_files_up, FOUND, "index", TWO_PACKS, 0, 0},
    {"the index is its own pack", mix_files_up, REFUSED, "does not begin with PACK", TWO_INDEXES, 0,
     0},
    {"pack of no bytes", too_short, REFUSED, "empty file", 0, 0, 0},
    {"pack of one byte", too_short, REFUSED, "too short for a pack", 1, 0, 0},
    {"pack of its magic", too_short, REFUSED, "too short for a pack", 4, 0, 0},
    {"pack of a header less a byte", too_short, REFUSED, "too short for a pack", 11, 0, 0},
    {"pack of a header", too_short, REFUSED, "too short for a pack", 12, 0, 0},
    {"pack too short for a trailer", too_short, REFUSED, "too short for a pack", 31, 0, 0},
};

const struct case_table cases_header = CASE_TABLE(list);
