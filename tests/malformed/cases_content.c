/* cases_content.c - all sums are right, around contents that are not the id's: only the id shows.
 */
#include <stdlib.h>
#include <string.h>

#include "cases.h"

#define OTHER_ID "contents do not give the object's id"

/* An object of kind `number` whose byte in the middle is another than its row promises. */
static void change_byte(struct shop *shop, const struct malformed_case *of)
{
    size_t size;
    char *text = shop_text(70, &size);
    struct packwriter_bytes *bytes;
    size_t odd;

    shop_begin(shop, shop->id_size);
    bytes = shop_begin_odd(shop);
    text[size / 2] ^= 1;
    packwriter_bytes_add_entry_header(bytes, (unsigned)of->number, size);
    packwriter_bytes_add_deflated(bytes, text, size, 6);
    text[size / 2] ^= 1;
    odd = shop_end_odd(shop, (unsigned)of->number, text, size);
    shop_expect(shop, odd, of->text);
    shop_end(shop);
    free(text);
}

/* One with three deltas on it, one of which hangs on another. */
static void change_base(struct shop *shop, const struct malformed_case *of)
{
    size_t size;
    char *text = shop_text(71, &size);
    struct packwriter_bytes *bytes;
    size_t odd;
    size_t child;

    shop_begin(shop, shop->id_size);
    bytes = shop_begin_odd(shop);
    text[5] ^= 1;
    packwriter_bytes_add_entry_header(bytes, PACKWRITER_BLOB, size);
    packwriter_bytes_add_deflated(bytes, text, size, 6);
    text[5] ^= 1;
    odd = shop_end_odd(shop, PACKWRITER_BLOB, text, size);
    child = shop_add_ofs_text(shop, odd, 71071);
    shop_damage(shop, child);
    shop_damage(shop, shop_add_ofs_text(shop, child, 71072));
    shop_damage(shop, shop_add_ofs_text(shop, odd, 71073));
    shop_expect(shop, odd, of->text);
    shop_end(shop);
    free(text);
}

enum how { A_LITERAL, A_COPY, AN_EMPTY_RESULT, ANOTHER_BASE };

/* A delta, right in form, whose row promises twenty bytes of the base and ten digits. */
static void change_delta(struct shop *shop, const struct malformed_case *of)
{
    struct packwriter_bytes delta = {0};
    struct packwriter_bytes promised = {0};
    const struct shop_object *base;
    size_t odd;

    shop_begin(shop, shop->id_size);
    base = &shop->objects[SHOP_BASE];
    packwriter_bytes_add(&promised, base->contents + 10, 20);
    packwriter_bytes_add_text(&promised, "0123456789");
    packwriter_delta_begin(&delta, base->size, of->number == AN_EMPTY_RESULT ? 0 : 30);
    if (of->number != AN_EMPTY_RESULT) {
        packwriter_delta_copy(&delta, of->number == A_COPY ? 11 : 10, 20);
        packwriter_delta_insert(&delta, of->number == A_LITERAL ? "0123456788" : "0123456789", 10);
    }
    odd = shop_add_odd_delta(shop, of->number == ANOTHER_BASE ? SHOP_OFS : SHOP_BASE, &delta,
                             promised.data, promised.size);
    shop_expect(shop, odd, of->text);
    shop_end(shop);
    packwriter_bytes_free(&promised);
    packwriter_bytes_free(&delta);
}

/* The two rows have each other's id. */
static void exchange_ids(struct shop *shop, const struct malformed_case *of)
{
    size_t one = (size_t)of->number;
    size_t two = (size_t)of->other;
    uint8_t id[PACKWRITER_HASH_MAX];

    shop_begin(shop, shop->id_size);
    shop_end(shop);
    memcpy(id, shop->rows[one].id, sizeof id);
    memcpy(shop->rows[one].id, shop->rows[two].id, sizeof id);
    memcpy(shop->rows[two].id, id, sizeof id);
    shop_damage(shop, one);
    shop_damage(shop, two);
    shop_expect_of(shop, shop_offset(shop, one), two, of->text);
    if (two != SHOP_OFS) /* else it is told with its base */
        shop_expect_of(shop, shop_offset(shop, two), one, of->text);
}

/* A row's id is `number` of its bits away from the right one. */
static void change_id(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    shop->rows[SHOP_TAG].id[of->number] ^= (uint8_t)of->other;
    shop_damage(shop, SHOP_TAG);
    shop_expect_pack(shop, shop_offset(shop, SHOP_TAG), of->text);
}

/* The id is that of the bytes alone, without the type and size before them. */
static void hash_bytes_alone(struct shop *shop, const struct malformed_case *of)
{
    shop_begin(shop, shop->id_size);
    shop_end(shop);
    packwriter_hash_sum(shop->id_size, shop->objects[shop->last].contents,
                        shop->objects[shop->last].size, shop->rows[shop->last].id);
    shop_damage(shop, shop->last);
    shop_expect_pack(shop, shop_offset(shop, shop->last), of->text);
}

/* A contents that is a right one with `number` bytes more, or less, and a right size. */
static void change_length(struct shop *shop, const struct malformed_case *of)
{
    size_t size;
    char *text = shop_text(72, &size);
    size_t stored = size + (size_t)of->number;
    struct packwriter_bytes *bytes;
    size_t odd;

    shop_begin(shop, shop->id_size);
    bytes = shop_begin_odd(shop);
    packwriter_bytes_add_entry_header(bytes, PACKWRITER_BLOB, stored);
    packwriter_bytes_add_deflated(bytes, text, stored, 6);
    odd = shop_end_odd(shop, PACKWRITER_BLOB, text, size);
    shop_expect(shop, odd, of->text);
    shop_end(shop);
    free(text);
}

static const struct malformed_case list[] = {
    {"a byte of a commit", change_byte, FOUND, OTHER_ID, PACKWRITER_COMMIT, 0, 0},
    {"a byte of a tree", change_byte, FOUND, OTHER_ID, PACKWRITER_TREE, 0, 0},
    {"a byte of a blob", change_byte, FOUND, OTHER_ID, PACKWRITER_BLOB, 0, 0},
    {"a byte of a tag", change_byte, FOUND, OTHER_ID, PACKWRITER_TAG, 0, 0},
    {"a literal of a delta", change_delta, FOUND, OTHER_ID, A_LITERAL, 0, 0},
    {"a copy of a delta", change_delta, FOUND, OTHER_ID, A_COPY, 0, 0},
    {"a delta that makes nothing", change_delta, FOUND, OTHER_ID, AN_EMPTY_RESULT, 0, 0},
    {"a delta on another base of the same size", change_delta, FOUND, OTHER_ID, ANOTHER_BASE, 0, 0},
    {"two blobs have each other's id", exchange_ids, FOUND, OTHER_ID, SHOP_BASE, SHOP_FIRST_ODD + 1,
     0},
    {"a base and its delta have each other's id", exchange_ids, FOUND, OTHER_ID, SHOP_BASE,
     SHOP_OFS, 0},
    {"commit and tree have each other's id", exchange_ids, FOUND, OTHER_ID, SHOP_COMMIT, SHOP_TREE,
     0},
    {"an id's last bit", change_id, FOUND, OTHER_ID, 19, 1, 0},
    {"an id's first bit", change_id, FOUND, OTHER_ID, 0, 0x80, 0},
    {"an id's first byte is another", change_id, FOUND, OTHER_ID, 0, 0xff, 0},
    {"an id of the bytes without their type", hash_bytes_alone, FOUND, OTHER_ID, 0, 0, 0},
    {"contents a byte longer", change_length, FOUND, OTHER_ID, 1, 0, 0},
    {"contents a byte shorter", change_length, FOUND, OTHER_ID, UINT64_MAX, 0, 0},
    {"a byte of a base", change_base, FOUND, OTHER_ID, 0, 0, 0},
};

const struct case_table cases_content = CASE_TABLE(list);
