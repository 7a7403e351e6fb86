/* cases_index.c - the head of an index of version 2, its fanout, its sums, its length. What the
 * rows know is still to be read where they can be told. */
#include <string.h>

#include "cases.h"

#define NO_RISE "index fanout does not rise"
#define NO_FIT "index size does not fit its object count"
#define NO_NAME "64-bit offsets that no row of it names"
#define NO_COUNT " objects, its index "
#define NO_BUCKET "index row is outside its fanout bucket"
#define BAD_SUM "index checksum is wrong"
#define NO_PAIR "another pack"
#define NO_INDEX "neither a version 2 nor a version 1 index"

static void begin(struct shop *shop)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop_index(shop);
}

static uint8_t *fanout(struct shop *shop, size_t bucket)
{
    return shop->index.data + 8 + 4 * bucket;
}

/* `number` in place of the four bytes at `other`, with a right sum. */
static void put_word(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    shop_put(shop->index.data + of->other, of->number, 4);
    shop_resum_index(shop);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* Bucket `number` of the fanout says `other`. */
static void put_fanout(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    shop_put(fanout(shop, (size_t)of->number), of->other, 4);
    shop_resum_index(shop);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* The last number is `number` more. */
static void change_total(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    shop_put(fanout(shop, 255), shop->row_count + of->number, 4);
    shop_resum_index(shop);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* `number` more than there are, in the total and in all buckets that it would be less than. The
 * size still fits: 64-bit rows seem to be more or fewer. With `other` all offsets are in such rows.
 */
static void change_total_to_fit(struct shop *shop, const struct malformed_case *of)
{
    uint32_t total;

    shop_begin(shop, shop->id_size);
    for (unsigned i = 0; i < 20; i++)
        shop_add_text(shop, 400 + i);
    shop_end(shop);
    shop->options.all_large = of->other;
    shop_index(shop);
    total = (uint32_t)(shop->row_count + of->number);
    for (size_t i = 0; i < 256; i++) {
        uint32_t right = 0;

        for (size_t row = 0; row < shop->row_count; row++)
            right += shop->rows[row].id[0] <= i;
        shop_put(fanout(shop, i), i < 255 && right < total ? right : total, 4);
    }
    shop_resum_index(shop);
    shop_expect_pack(shop, 8, of->text);
}

/* The other way round: the index is right, and would also fit what the pack counts. */
static void change_claim_to_fit(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    for (unsigned i = 0; i < 20; i++)
        shop_add_text(shop, 400 + i);
    shop_end(shop);
    shop_put(shop->pack.bytes.data + 8, shop->row_count + of->number, 4);
    shop_resum(shop);
    shop_expect_pack(shop, 8, of->text);
}

enum shape { ALL_IN_FIRST, ALL_IN_LAST, ONE_BUCKET_UP, ONE_BUCKET_DOWN, BACKWARDS, RANDOM };

static void shape_fanout(struct shop *shop, const struct malformed_case *of)
{
    uint32_t right[256];
    uint32_t total;

    begin(shop);
    total = (uint32_t)shop->row_count;
    for (size_t i = 0; i < 256; i++) {
        right[i] = 0;
        for (size_t row = 0; row < shop->row_count; row++)
            right[i] += shop->rows[row].id[0] <= i;
    }
    for (size_t i = 0; i < 255; i++) {
        uint32_t number = total;

        if (of->number == ALL_IN_LAST)
            number = 0;
        else if (of->number == ONE_BUCKET_UP)
            number = i == 0 ? 0 : right[i - 1];
        else if (of->number == ONE_BUCKET_DOWN)
            number = right[i + 1];
        else if (of->number == BACKWARDS)
            number = total - right[i];
        else if (of->number == RANDOM)
            number = (uint32_t)(i * 2654435761u);
        shop_put(fanout(shop, i), number, 4);
    }
    shop_resum_index(shop);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* A total for which rows of 28 bytes (or of 40) come round to the right length at 2^32. */
static void wrap_total(struct shop *shop, const struct malformed_case *of)
{
    uint64_t row;

    begin(shop);
    row = shop->id_size + 8;
    /* 2^32 more in rows of 28 and 40 bytes is 2^30 rows, since both are multiples of four. */
    (void)row;
    shop_put(fanout(shop, 255), shop->row_count + (UINT64_C(1) << of->number), 4);
    shop_resum_index(shop);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* The sum at the end is wrong, and nothing else. */
static void break_sum(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    shop->index.data[shop->index.size - 1 - of->number] ^= 0x10;
    shop_expect_index(shop, shop->index.size - shop->id_size, SHOP_NONE, of->text);
}

/* The sum of the pack, of which the index's own sum knows. */
static void break_pack_sum(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    shop->index.data[shop->index.size - 2 * shop->id_size + of->number] ^= 0x10;
    shop_resum_index(shop);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

static void swap_sums(struct shop *shop, const struct malformed_case *of)
{
    uint8_t *sums;
    uint8_t sum[PACKWRITER_HASH_MAX];

    begin(shop);
    sums = shop->index.data + shop->index.size - 2 * shop->id_size;
    memcpy(sum, sums, shop->id_size);
    memcpy(sums, sums + shop->id_size, shop->id_size);
    memcpy(sums + shop->id_size, sum, shop->id_size);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* The first `number` bytes, or all but the last `other`; with a right sum where one is left. */
static void cut(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    shop->index.size = of->other ? shop->index.size - (size_t)of->other : (size_t)of->number;
    if (of->other && of->other <= shop->id_size)
        shop_resum_index(shop);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* Without both sums, and without the last `number` bytes of the offsets. */
static void cut_tables(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    shop->index.size -= 2 * shop->id_size + of->number;
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* All offsets are in 64-bit rows, of which there seem to be fewer: the last `other` bytes are gone.
 */
static void cut_behind_wide(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->options.all_large = true;
    shop_index(shop);
    shop->index.size -= (size_t)of->other;
    if (of->number)
        shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
    else
        shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* `number` bytes more behind the sums; if `other`, that looks like 64-bit rows before them. */
static void append(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    packwriter_bytes_add_repeated(&shop->index, 0, (size_t)of->number);
    if (of->other)
        shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
    else
        shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* `number` bytes more before the sums. */
static void lengthen(struct shop *shop, const struct malformed_case *of)
{
    uint8_t sum[PACKWRITER_HASH_MAX];

    begin(shop);
    shop->index.size -= 2 * shop->id_size;
    memcpy(sum, shop->pack.sum, shop->id_size);
    packwriter_bytes_add_repeated(&shop->index, 0, (size_t)of->number);
    packwriter_bytes_add(&shop->index, sum, shop->id_size);
    packwriter_bytes_add_repeated(&shop->index, 0, shop->id_size);
    shop_resum_index(shop);
    if (of->text)
        shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

/* No head: the tables of version 2 from the fanout on. */
static void drop_head(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    shop->index.size -= (size_t)of->number;
    memmove(shop->index.data, shop->index.data + of->number, shop->index.size);
    shop_resum_index(shop);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

static void zero_all(struct shop *shop, const struct malformed_case *of)
{
    begin(shop);
    memset(shop->index.data + of->number, 0, shop->index.size - of->number);
    shop_expect_index(shop, SHOP_UNKNOWN, SHOP_NONE, of->text);
}

static const struct malformed_case list[] = {
    {"index magic is zero", put_word, FOUND, NO_INDEX, 0, 0, 0},
    {"index magic's last letter", put_word, FOUND, NO_INDEX, 0xff744f62, 0, 0},
    {"index version 0", put_word, FOUND, "index version is neither 1 nor 2", 0, 4, 0},
    {"index version 1 behind the magic", put_word, FOUND, "index version is neither 1 nor 2", 1, 4,
     0},
    {"index version 3", put_word, FOUND, "index version is neither 1 nor 2", 3, 4, 0},
    {"index version of all bits", put_word, FOUND, "index version is neither 1 nor 2", 0xffffffff,
     4, 0},
    {"fanout begins too high", put_fanout, FOUND, NO_RISE, 0, 0xffffffff, 0},
    {"fanout falls in its middle", put_fanout, FOUND, NO_RISE, 128, 0x80000000, 0},
    {"fanout falls to 0 near its end", put_fanout, FOUND, NO_RISE, 254, 0, 0},
    {"fanout has all in its first bucket", shape_fanout, FOUND, NO_BUCKET, ALL_IN_FIRST, 0, 0},
    {"fanout has all in its last bucket", shape_fanout, FOUND, NO_BUCKET, ALL_IN_LAST, 0, 0},
    {"fanout is a bucket late", shape_fanout, FOUND, NO_BUCKET, ONE_BUCKET_UP, 0, 0},
    {"fanout is a bucket early", shape_fanout, FOUND, NO_BUCKET, ONE_BUCKET_DOWN, 0, 0},
    {"fanout runs backwards", shape_fanout, FOUND, NO_RISE, BACKWARDS, 0, 0},
    {"fanout is noise", shape_fanout, FOUND, NO_RISE, RANDOM, 0, 0},
    {"total is one less", change_total, FOUND, "index", UINT64_MAX, 0, 0},
    {"total is one more", change_total, FOUND, NO_FIT, 1, 0, 0},
    {"total is less by what 64-bit rows can take", change_total_to_fit, FOUND, NO_COUNT,
     UINT64_MAX - 1, 0, 0},
    {"total is much less, and 64-bit rows can take it", change_total_to_fit, FOUND, NO_COUNT,
     UINT64_MAX - 3, 0, 0},
    {"total is more, and 64-bit rows can spare it", change_total_to_fit, FOUND, NO_COUNT, 2, 1, 0},
    {"pack's count is less by what 64-bit rows can take", change_claim_to_fit, FOUND, NO_COUNT,
     UINT64_MAX - 1, 0, 0},
    {"total is 0", put_fanout, FOUND, NO_RISE, 255, 0, 0},
    {"total is 2^31", put_fanout, FOUND, NO_FIT, 255, 0x80000000, 0},
    {"total is 2^32-1", put_fanout, FOUND, NO_FIT, 255, 0xffffffff, 0},
    {"total wraps in rows of four bytes", wrap_total, FOUND, NO_FIT, 30, 0, 0},
    {"total wraps in rows of eight bytes", wrap_total, FOUND, NO_FIT, 29, 0, 0},
    {"index sum's last byte", break_sum, FOUND, BAD_SUM, 0, 0, 0},
    {"index sum's first byte", break_sum, FOUND, BAD_SUM, 19, 0, 0},
    {"pack sum's first byte", break_pack_sum, FOUND, NO_PAIR, 0, 0, 0},
    {"pack sum's last byte", break_pack_sum, FOUND, NO_PAIR, 19, 0, 0},
    {"pack sum and index sum change places", swap_sums, FOUND, NO_PAIR, 0, 0, 0},
    {"index of no bytes", cut, FOUND, "empty file", 0, 0, 0},
    {"index of one byte", cut, FOUND, "too short for an index", 1, 0, 0},
    {"index of its magic", cut, FOUND, "too short for an index", 4, 0, 0},
    {"index of its head", cut, FOUND, "index is cut off in its fanout", 8, 0, 0},
    {"index cut in its fanout", cut, FOUND, "index is cut off in its fanout", 1000, 0, 0},
    {"index cut before its ids", cut, FOUND, NO_FIT, 1032, 0, 0},
    {"index cut in its first id", cut, FOUND, NO_FIT, 1040, 0, 0},
    {"index cut in its CRCs", cut, FOUND, NO_FIT, 1178, 0, 0},
    {"index without its last byte", cut, FOUND, NO_FIT, 0, 1, 0},
    {"index without its last eight bytes", cut, FOUND, NO_FIT, 0, 8, 0},
    {"index without its last 20 bytes", cut, FOUND, NO_FIT, 0, 20, 0},
    {"index without its last 40 bytes", cut, FOUND, NO_FIT, 0, 40, 0},
    {"index without its sums", cut_tables, FOUND, NO_FIT, 0, 0, 0},
    {"index without the last byte of an offset", cut_tables, FOUND, NO_FIT, 1, 0, 0},
    {"index without two offsets", cut_tables, FOUND, NO_FIT, 8, 0, 0},
    {"index without all offsets but one", cut_tables, FOUND, NO_FIT, 24, 0, 0},
    {"index of 64-bit rows without its last byte", cut_behind_wide, FOUND, NO_FIT, 0, 1, 0},
    {"index of 64-bit rows without its last eight bytes", cut_behind_wide, FOUND, NO_PAIR, 1, 8, 0},
    {"index of 64-bit rows without its last 20 bytes", cut_behind_wide, FOUND, NO_FIT, 0, 20, 0},
    {"index of 64-bit rows without its last 40 bytes", cut_behind_wide, FOUND, NO_PAIR, 1, 40, 0},
    {"index with a byte behind its end", append, FOUND, NO_FIT, 1, 0, 0},
    {"index with eight bytes behind its end", append, FOUND, NO_PAIR, 8, 1, 0},
    {"index with 20 bytes behind its end", append, FOUND, NO_FIT, 20, 0, 0},
    {"index with a mebibyte behind its end", append, FOUND, NO_FIT, 1 << 20, 0, 0},
    {"index with a byte before its sums", lengthen, FOUND, NO_FIT, 1, 0, 0},
    {"index with four bytes before its sums", lengthen, FOUND, NO_FIT, 4, 0, 0},
    {"index with a 64-bit row that none names", lengthen, FOUND, NO_NAME, 8, 0, 0},
    {"index with as many such rows as objects", lengthen, FOUND, NO_NAME, 56, 0, 0},
    {"index with more 64-bit rows than objects", lengthen, FOUND, NO_FIT, 800, 0, 0},
    {"index without its head", drop_head, FOUND, NO_INDEX, 8, 0, 0},
    {"index without its magic", drop_head, FOUND, NO_INDEX, 4, 0, 0},
    {"index of zeros", zero_all, FOUND, NO_INDEX, 0, 0, 0},
    {"index of zeros behind its head", zero_all, FOUND, NO_FIT, 8, 0, 0},
};

const struct case_table cases_index = CASE_TABLE(list);
