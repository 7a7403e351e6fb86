/* cases_bounds.c - packs that were cut, zeroed, or hold bytes that belong to nothing. */
#include <stdlib.h>
#include <string.h>

#include "cases.h"

#define CUT "the pack is cut short here"
#define NO_PAIR "pack trailer is not the one that the index names"
#define NO_OBJECT "belong to no object"
#define ONE_BYTE "1 byte belongs to no object"
#define NO_ROW "no row of the index names this entry"
#define OUTSIDE "index row names an offset outside the pack"

/* Where a pack is cut: an entry's front, in its header, behind that, in its data, at its end. */
enum cut { AT_FRONT, AFTER_ONE_BYTE, AFTER_HEADER, IN_DATA, BEFORE_END, AT_END };

static uint64_t place_of(const struct shop *shop, size_t object, enum cut cut)
{
    uint64_t front = shop_offset(shop, object);
    uint64_t end = shop_end_of(shop, object);

    switch (cut) {
    case AT_FRONT:
        return front;
    case AFTER_ONE_BYTE:
        return front + 1;
    case AFTER_HEADER:
        return front + 2;
    case IN_DATA:
        return front + (end - front) / 2;
    case BEFORE_END:
        return end - 1;
    default:
        return end;
    }
}

/* What ends behind `size` is lost, and the deltas on it. */
static void damage_from(struct shop *shop, uint64_t size)
{
    for (size_t i = 0; i < shop->row_count; i++)
        if (shop_end_of(shop, i) > size)
            shop_damage(shop, i);
    if (shop->objects[SHOP_BASE].damaged) {
        shop_damage(shop, SHOP_OFS);
        shop_damage(shop, shop->ref);
    }
}

/* The first bytes of the pack as they are: an entry `number`, cut as `other` says. */
static void cut_raw(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->pack.bytes.size = (size_t)place_of(shop, (size_t)of->number, (enum cut)of->other);
    damage_from(shop, shop->pack.bytes.size);
    shop_expect_pack(shop, shop->pack.bytes.size, of->text);
}

/* The same with a right trailer behind it, which the index names. */
static void cut_and_sum(struct shop *shop, const struct malformed_case *of)
{
    uint64_t size;

    shop_begin(shop, shop->id_size);
    shop_end(shop);
    size = place_of(shop, (size_t)of->number, (enum cut)of->other);
    damage_from(shop, size);
    shop->pack.bytes.size = (size_t)size + shop->id_size;
    shop_resum(shop);
    shop_index(shop);
    if (strcmp(of->text, OUTSIDE) == 0)
        shop_expect_index(shop, shop_place_of_offset(shop, (size_t)of->number), (size_t)of->number,
                          of->text);
    else
        shop_expect(shop, (size_t)of->number, of->text);
}

/* Without the last `number` bytes, all of them of the trailer. */
static void cut_trailer(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->pack.bytes.size -= of->number == 0 ? shop->id_size : (size_t)of->number;
    shop_expect_pack(shop, shop->pack.bytes.size - shop->id_size, of->text);
}

static void append(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    packwriter_bytes_add_repeated(&shop->pack.bytes, (uint8_t)of->other, (size_t)of->number);
    shop_expect_pack(shop, shop_trailer(shop), of->text);
    shop_expect_behind(shop, shop->last, of->number == 1 ? ONE_BYTE : "4096 bytes " NO_OBJECT);
}

/* ---- Bytes that no row knows ----------------------------------------------------------------- */

enum junk { ZEROS = 0, ONES = 0xff, NOISE = 256, A_WHOLE_ENTRY, A_ZLIB_STREAM, THE_ENTRY_AGAIN };

static void add_junk(struct shop *shop, enum junk junk, size_t size)
{
    struct packwriter_bytes *bytes = &shop->pack.bytes;

    if (junk == NOISE) {
        packwriter_bytes_add_noise(bytes, size, 5);
    } else if (junk == A_WHOLE_ENTRY) {
        packwriter_bytes_add_entry_header(bytes, PACKWRITER_BLOB, 6);
        packwriter_bytes_add_deflated(bytes, "no row", 6, 6);
    } else if (junk == A_ZLIB_STREAM) {
        packwriter_bytes_add_deflated(bytes, "no entry", 8, 6);
    } else if (junk == THE_ENTRY_AGAIN) {
        size_t last = shop->pack.entry_count - 1;
        size_t disk = (size_t)shop->pack.entries[last].disk_size;

        for (size_t i = 0; i < disk; i++)
            packwriter_bytes_add_number(bytes, bytes->data[shop->pack.entries[last].offset + i], 1);
    } else {
        packwriter_bytes_add_repeated(bytes, (uint8_t)junk, size);
    }
}

static void junk_between(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_expect_behind(shop, SHOP_TAG, of->text);
    add_junk(shop, (enum junk)of->number, (size_t)of->other);
    shop_end(shop);
}

static void junk_at_end(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end_objects(shop);
    shop_expect_behind(shop, shop->last, of->text);
    add_junk(shop, (enum junk)of->number, (size_t)of->other);
    shop_end_pack(shop);
}

static void junk_at_front(struct shop *shop, const struct malformed_case *of)
{
    static const char text[] = "one object, behind bytes of nothing\n";

    *shop = (struct shop){.id_size = shop->id_size, .verified = SHOP_UNKNOWN};
    packwriter_pack_begin(&shop->pack, shop->id_size, 2, 0);
    add_junk(shop, (enum junk)of->number, (size_t)of->other);
    shop_add_whole(shop, PACKWRITER_BLOB, text, strlen(text));
    shop_end_pack(shop);
    shop_expect_pack(shop, 12, of->text);
}

/* Bytes where there are no entries at all. */
static void junk_alone(struct shop *shop, const struct malformed_case *of)
{
    *shop = (struct shop){.id_size = shop->id_size, .verified = SHOP_UNKNOWN};
    packwriter_pack_begin(&shop->pack, shop->id_size, 2, 0);
    add_junk(shop, (enum junk)of->number, (size_t)of->other);
    shop_end_pack(shop);
    shop_expect_pack(shop, 12, of->text);
}

/* ---- Holes ----------------------------------------------------------------------------------- */

/* Zeros from the front of entry `number` to the end of entry `other`. */
static void zero_entries(struct shop *shop, const struct malformed_case *of)
{
    size_t from = (size_t)of->number;
    size_t to = (size_t)of->other;

    shop_begin(shop, shop->id_size);
    shop_end(shop);
    memset(shop->pack.bytes.data + shop_offset(shop, from), 0,
           (size_t)(shop_end_of(shop, to) - shop_offset(shop, from)));
    shop_resum(shop);
    for (size_t i = from; i <= to; i++)
        shop_damage(shop, i);
    if (shop->objects[SHOP_BASE].damaged) {
        shop_damage(shop, SHOP_OFS);
        shop_damage(shop, shop->ref);
    }
    shop_expect(shop, from, of->text);
}

/* Zeros in the data of entry `number`, its header left. */
static void zero_data(struct shop *shop, const struct malformed_case *of)
{
    size_t object = (size_t)of->number;
    uint64_t from;

    shop_begin(shop, shop->id_size);
    shop_end(shop);
    from = place_of(shop, object, IN_DATA);
    memset(shop->pack.bytes.data + from, 0, (size_t)(shop_end_of(shop, object) - from));
    shop_resum(shop);
    shop_damage(shop, object);
    if (object == SHOP_BASE) {
        shop_damage(shop, SHOP_OFS);
        shop_damage(shop, shop->ref);
    }
    shop_expect(shop, object, of->text);
}

static const struct malformed_case list[] = {
    {"cut behind the fifth entry", cut_raw, FOUND, CUT, SHOP_TAG, AT_END, 0},
    {"cut at an entry's front", cut_raw, FOUND, CUT, SHOP_OFS, AT_FRONT, 0},
    {"cut in an entry's header", cut_raw, FOUND, CUT, SHOP_BASE, AFTER_ONE_BYTE, 0},
    {"cut behind an entry's header", cut_raw, FOUND, CUT, SHOP_BASE, AFTER_HEADER, 0},
    {"cut in an entry's data", cut_raw, FOUND, CUT, SHOP_TREE, IN_DATA, 0},
    {"cut in a delta's data", cut_raw, FOUND, CUT, SHOP_OFS, IN_DATA, 0},
    {"cut a byte before an entry's end", cut_raw, FOUND, CUT, SHOP_TAG, BEFORE_END, 0},
    {"cut and summed behind the fifth entry", cut_and_sum, FOUND, OUTSIDE, SHOP_TAG + 1, AT_FRONT,
     0},
    {"cut and summed in an entry's header", cut_and_sum, FOUND, "entry header runs past the end",
     SHOP_BASE, AFTER_ONE_BYTE, 0},
    {"cut and summed in the id of a base", cut_and_sum, FOUND, "entry header runs past the end",
     SHOP_FIRST_ODD, AFTER_HEADER, 0},
    {"cut and summed behind an entry's header", cut_and_sum, FOUND,
     "deflated data runs past the end of the pack", SHOP_BASE, AFTER_HEADER, 0},
    {"cut and summed in an entry's data", cut_and_sum, FOUND,
     "deflated data runs past the end of the pack", SHOP_BASE, IN_DATA, 0},
    {"cut and summed in a delta's data", cut_and_sum, FOUND,
     "deflated data runs past the end of the pack", SHOP_OFS, IN_DATA, 0},
    {"cut and summed a byte before an entry's end", cut_and_sum, FOUND,
     "deflated data runs past the end of the pack", SHOP_TAG, BEFORE_END, 0},
    {"cut to nothing but its header and summed", cut_and_sum, FOUND, OUTSIDE, SHOP_COMMIT, AT_FRONT,
     0},
    {"trailer is cut off", cut_trailer, FOUND, NO_PAIR, 0, 0, 0},
    {"trailer is one byte short", cut_trailer, FOUND, NO_PAIR, 1, 0, 0},
    {"trailer is ten bytes short", cut_trailer, FOUND, NO_PAIR, 10, 0, 0},
    {"one byte behind the trailer", append, FOUND, NO_PAIR, 1, '\n', 0},
    {"zeros behind the trailer", append, FOUND, NO_PAIR, 4096, 0, 0},
    {"one byte between entries", junk_between, FOUND, ONE_BYTE, ONES, 1, 0},
    {"zeros between entries", junk_between, FOUND, "64 bytes " NO_OBJECT, ZEROS, 64, 0},
    {"noise between entries", junk_between, FOUND, "5000 bytes " NO_OBJECT, NOISE, 5000, 0},
    {"an entry without a row between entries", junk_between, FOUND, NO_ROW, A_WHOLE_ENTRY, 0, 0},
    {"a second zlib stream in an entry", junk_between, FOUND, NO_OBJECT, A_ZLIB_STREAM, 0, 0},
    {"an entry twice, one row", junk_between, FOUND, NO_ROW, THE_ENTRY_AGAIN, 0, 0},
    {"one byte before the trailer", junk_at_end, FOUND, ONE_BYTE, ZEROS, 1, 0},
    {"noise before the trailer", junk_at_end, FOUND, "300 bytes " NO_OBJECT, NOISE, 300, 0},
    {"an entry without a row before the trailer", junk_at_end, FOUND, NO_ROW, A_WHOLE_ENTRY, 0, 0},
    {"one byte before the first entry", junk_at_front, FOUND, ONE_BYTE, ONES, 1, 0},
    {"an entry without a row before the first", junk_at_front, FOUND, NO_ROW, A_WHOLE_ENTRY, 0, 0},
    {"bytes in a pack of no objects", junk_alone, FOUND, "3 bytes " NO_OBJECT, ONES, 3, 0},
    {"an entry in a pack of no objects", junk_alone, FOUND, NO_ROW, A_WHOLE_ENTRY, 0, 0},
    {"a zeroed entry", zero_entries, FOUND, "entry of type 0", SHOP_TREE, SHOP_TREE, 0},
    {"a zeroed first entry", zero_entries, FOUND, "entry of type 0", SHOP_COMMIT, SHOP_COMMIT, 0},
    {"a hole over three entries", zero_entries, FOUND, "where 3 objects were", SHOP_TREE, SHOP_OFS,
     0},
    {"a hole in a blob's data", zero_data, FOUND, "inflates to more than its size", SHOP_BASE, 0,
     0},
    {"a hole in a commit's data", zero_data, FOUND, "deflated data is damaged", SHOP_COMMIT, 0, 0},
};

const struct case_table cases_bounds = CASE_TABLE(list);
