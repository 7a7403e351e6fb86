/* shop.c - makes the good pack around the odd entries, and keeps what is true of it. */
#include "shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "packwriter_memory.h"

char *shop_text(unsigned number, size_t *size)
{
    char *text = packwriter_memory_resize(NULL, 512, 1);
    int length = snprintf(text, 512, "object number %u of a small pack\n", number);

    for (unsigned line = 0; line < 6; line++)
        length += snprintf(text + length, 512 - (size_t)length, "line %u says %06u\n", line * 11,
                           line == 3 ? number * 7919 : line);
    length += snprintf(text + length, 512 - (size_t)length, "the end of number %u\n", number);
    *size = (size_t)length;
    return text;
}

/* Takes note of the entry that was added last. */
static size_t note(struct shop *shop, unsigned kind, const void *contents, size_t size)
{
    size_t place = shop->pack.entry_count - 1;
    struct shop_object *object;

    shop->objects = packwriter_memory_resize(shop->objects, place + 1, sizeof *shop->objects);
    object = &shop->objects[place];
    *object = (struct shop_object){.kind = kind, .size = size};
    object->contents = packwriter_memory_resize(NULL, size + 1, 1);
    if (size > 0)
        memcpy(object->contents, contents, size);
    return place;
}

size_t shop_add_whole(struct shop *shop, unsigned kind, const void *contents, size_t size)
{
    packwriter_pack_add_object(&shop->pack, kind, contents, size, 6);
    return note(shop, kind, contents, size);
}

static size_t add_delta(struct shop *shop, size_t base, bool by_id, const void *contents,
                        size_t size)
{
    const struct shop_object *from = &shop->objects[base];
    unsigned kind = from->kind;
    struct packwriter_bytes delta = {0};
    uint8_t id[PACKWRITER_HASH_MAX];

    packwriter_delta_make(&delta, from->contents, from->size, contents, size);
    memcpy(id, shop->pack.entries[base].id, sizeof id);
    if (by_id)
        packwriter_pack_add_ref_delta(&shop->pack, id, kind, &delta, contents, size, 6);
    else
        packwriter_pack_add_ofs_delta(&shop->pack, base, &delta, contents, size, 6);
    packwriter_bytes_free(&delta);
    return note(shop, kind, contents, size);
}

size_t shop_add_ofs(struct shop *shop, size_t base, const void *contents, size_t size)
{
    return add_delta(shop, base, false, contents, size);
}

size_t shop_add_ref(struct shop *shop, size_t base, const void *contents, size_t size)
{
    return add_delta(shop, base, true, contents, size);
}

size_t shop_add_text(struct shop *shop, unsigned number)
{
    size_t size;
    char *text = shop_text(number, &size);
    size_t place = shop_add_whole(shop, PACKWRITER_BLOB, text, size);

    free(text);
    return place;
}

size_t shop_add_ofs_text(struct shop *shop, size_t base, unsigned number)
{
    size_t size;
    char *text = shop_text(number, &size);
    size_t place = shop_add_ofs(shop, base, text, size);

    free(text);
    return place;
}

struct packwriter_bytes *shop_begin_odd(struct shop *shop)
{
    packwriter_pack_begin_entry(&shop->pack);
    return &shop->pack.bytes;
}

size_t shop_end_odd(struct shop *shop, unsigned kind, const void *contents, size_t size)
{
    size_t place;

    packwriter_pack_end_entry(&shop->pack, kind, contents, size);
    place = note(shop, kind, contents, size);
    shop->objects[place].damaged = true;
    return place;
}

size_t shop_add_claim(struct shop *shop, unsigned kind, uint64_t claimed)
{
    size_t size;
    char *text = shop_text(50, &size);
    struct packwriter_bytes *bytes = shop_begin_odd(shop);
    size_t place;

    packwriter_bytes_add_entry_header(bytes, kind, claimed);
    packwriter_bytes_add_deflated(bytes, text, size, 6);
    place = shop_end_odd(shop, PACKWRITER_BLOB, text, size);
    free(text);
    return place;
}

size_t shop_add_odd_delta(struct shop *shop, size_t base, const struct packwriter_bytes *delta,
                          const void *contents, size_t size)
{
    uint64_t distance = packwriter_pack_size(&shop->pack) - shop_offset(shop, base);
    struct packwriter_bytes *bytes = shop_begin_odd(shop);

    packwriter_bytes_add_entry_header(bytes, PACKWRITER_OFS_DELTA, delta->size);
    packwriter_bytes_add_distance(bytes, distance);
    packwriter_bytes_add_deflated(bytes, delta->data, delta->size, 6);
    return shop_end_odd(shop, shop->objects[base].kind, contents, size);
}

void shop_begin(struct shop *shop, size_t id_size)
{
    static const char commit[] = "not much of a commit\n";
    static const char tree[] = "nor of a tree";
    static const char tag[] = "a tag, but of nothing\n";

    *shop = (struct shop){.id_size = id_size, .verified = SHOP_UNKNOWN};
    packwriter_pack_begin(&shop->pack, id_size, 2, 0);
    shop_add_whole(shop, PACKWRITER_COMMIT, commit, strlen(commit));
    shop_add_whole(shop, PACKWRITER_TREE, tree, strlen(tree));
    shop_add_text(shop, 1);
    shop_add_ofs_text(shop, SHOP_BASE, 2);
    shop_add_whole(shop, PACKWRITER_TAG, tag, strlen(tag));
}

void shop_end_objects(struct shop *shop)
{
    size_t size;
    char *text = shop_text(3, &size);

    shop->ref = shop_add_ref(shop, SHOP_BASE, text, size);
    free(text);
    shop->last = shop_add_text(shop, 4);
}

void shop_end_pack(struct shop *shop)
{
    packwriter_pack_recount(&shop->pack);
    packwriter_pack_finish(&shop->pack, NULL);
    shop->row_count = shop->pack.entry_count;
    shop->rows = packwriter_memory_resize(NULL, shop->row_count + 1, sizeof *shop->rows);
    memset(shop->rows, 0, (shop->row_count + 1) * sizeof *shop->rows);
    for (size_t i = 0; i < shop->row_count; i++) {
        memcpy(shop->rows[i].id, shop->pack.entries[i].id, shop->id_size);
        shop->rows[i].offset = shop->pack.entries[i].offset;
        shop->rows[i].crc32 = shop->pack.entries[i].crc32;
    }
    shop->options.pack_sum = shop->pack.sum;
}

void shop_end(struct shop *shop)
{
    shop_end_objects(shop);
    shop_end_pack(shop);
}

void shop_free(struct shop *shop)
{
    for (size_t i = 0; i < shop->pack.entry_count; i++)
        free(shop->objects[i].contents);
    free(shop->objects);
    free(shop->rows);
    packwriter_bytes_free(&shop->index);
    packwriter_pack_free(&shop->pack);
}

/* ---- What is true ---------------------------------------------------------------------------- */

uint64_t shop_offset(const struct shop *shop, size_t object)
{
    return shop->pack.entries[object].offset;
}

uint64_t shop_end_of(const struct shop *shop, size_t object)
{
    return shop->pack.entries[object].offset + shop->pack.entries[object].disk_size;
}

uint64_t shop_trailer(const struct shop *shop)
{
    return shop->pack.bytes.size - shop->id_size;
}

void shop_damage(struct shop *shop, size_t object)
{
    shop->objects[object].damaged = true;
}

static struct shop_finding *expect(struct shop *shop, uint64_t offset, const char *text)
{
    struct shop_finding *finding = &shop->findings[shop->finding_count];

    if (shop->finding_count == SHOP_FINDINGS)
        packwriter_memory_fail("too many findings are expected");
    *finding = (struct shop_finding){.text = text, .offset = offset};
    shop->finding_count++;
    return finding;
}

static void name(struct shop *shop, struct shop_finding *finding, size_t object)
{
    finding->has_id = true;
    memcpy(finding->id, shop->pack.entries[object].id, shop->id_size);
}

void shop_expect(struct shop *shop, size_t object, const char *text)
{
    name(shop, expect(shop, shop_offset(shop, object), text), object);
}

void shop_expect_of(struct shop *shop, uint64_t offset, size_t object, const char *text)
{
    name(shop, expect(shop, offset, text), object);
}

void shop_expect_pack(struct shop *shop, uint64_t offset, const char *text)
{
    expect(shop, offset, text);
}

void shop_expect_behind(struct shop *shop, size_t object, const char *text)
{
    expect(shop, shop_end_of(shop, object), text);
}

void shop_expect_index(struct shop *shop, uint64_t offset, size_t object, const char *text)
{
    struct shop_finding *finding = expect(shop, offset, text);

    finding->of_index = true;
    if (object != SHOP_NONE)
        name(shop, finding, object);
}

/* ---- Sums and the index ---------------------------------------------------------------------- */

void shop_resum(struct shop *shop)
{
    struct packwriter_bytes *bytes = &shop->pack.bytes;

    for (size_t i = 0; i < shop->row_count; i++) {
        uint64_t end = shop_end_of(shop, i);

        if (end > shop_trailer(shop))
            end = shop_trailer(shop);
        if (shop_offset(shop, i) < end)
            shop->rows[i].crc32 = (uint32_t)crc32_z(0, bytes->data + shop_offset(shop, i),
                                                    (size_t)(end - shop_offset(shop, i)));
    }
    packwriter_bytes_resum(bytes, shop->id_size);
    memcpy(shop->pack.sum, bytes->data + shop_trailer(shop), shop->id_size);
}

void shop_index(struct shop *shop)
{
    shop->options.pack_sum = shop->options.pack_sum ? shop->options.pack_sum : shop->pack.sum;
    shop->index.size = 0;
    packwriter_index_write(&shop->index, shop->id_size, shop->rows, shop->row_count,
                           &shop->options);
}

void shop_resum_index(struct shop *shop)
{
    packwriter_bytes_resum(&shop->index, shop->id_size);
}

size_t shop_row_of(const struct shop *shop, size_t object)
{
    size_t row = 0;

    for (size_t i = 0; i < shop->row_count; i++)
        row += memcmp(shop->rows[i].id, shop->rows[object].id, shop->id_size) < 0;
    return row;
}

uint64_t shop_place_of_id(const struct shop *shop, size_t object)
{
    return 1032 + shop_row_of(shop, object) * shop->id_size;
}

uint64_t shop_place_of_crc(const struct shop *shop, size_t object)
{
    return 1032 + shop->row_count * shop->id_size + 4 * shop_row_of(shop, object);
}

uint64_t shop_place_of_offset(const struct shop *shop, size_t object)
{
    return 1032 + shop->row_count * (shop->id_size + 4) + 4 * shop_row_of(shop, object);
}

void shop_put(uint8_t *at, uint64_t value, size_t width)
{
    for (size_t i = 0; i < width; i++)
        at[i] = (uint8_t)(value >> 8 * (width - 1 - i));
}
