/* flips.c - which objects a changed byte can damage, and which changes leave a right pack. */
#include "flips.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "naive_pack.h"

#define LARGEST ((uint64_t)1 << 20)

void flips_make(struct shop *shop, size_t id_size, unsigned index_version)
{
    shop_begin(shop, id_size);
    shop_end(shop);
    shop->options.version = index_version;
    shop_index(shop);
}

static void damage(struct shop *shop, size_t object)
{
    shop_damage(shop, object);
    if (object == SHOP_BASE) {
        shop_damage(shop, SHOP_OFS);
        shop_damage(shop, shop->ref);
    }
}

static void damage_nothing(struct shop *shop)
{
    for (size_t i = 0; i < shop->row_count; i++)
        shop->objects[i].damaged = false;
}

void flips_damage_by_pack(struct shop *shop, uint64_t position)
{
    damage_nothing(shop);
    for (size_t i = 0; i < shop->row_count; i++)
        if (position >= shop_offset(shop, i) && position < shop_end_of(shop, i))
            damage(shop, i);
}

static bool is_in(uint64_t position, uint64_t from, uint64_t size)
{
    return position >= from && position - from < size;
}

/* A base whose row is damaged is found by distance, and not by id. */
void flips_damage_by_index(struct shop *shop, uint64_t position)
{
    damage_nothing(shop);
    for (size_t i = 0; i < shop->row_count; i++) {
        bool hit;

        if (shop->options.version == 1)
            hit = is_in(position, 1024 + shop_row_of(shop, i) * (shop->id_size + 4),
                        shop->id_size + 4);
        else
            hit = is_in(position, shop_place_of_id(shop, i), shop->id_size) ||
                  is_in(position, shop_place_of_offset(shop, i), 4);
        if (hit)
            shop_damage(shop, i);
        if (hit && i == SHOP_BASE)
            shop_damage(shop, shop->ref);
    }
}

/* Every object is there, in its place, and nothing else. */
static bool is_whole(const struct shop *shop, const struct packwriter_bytes *bytes)
{
    size_t trailer = bytes->size - shop->id_size;
    struct naive_pack pack;
    bool right;

    naive_pack_walk(&pack, bytes->data, trailer, shop->id_size, shop->row_count + 1, LARGEST);
    right = pack.count == shop->row_count && pack.end == trailer;
    for (size_t i = 0; right && i < pack.count; i++)
        right = pack.objects[i].known && pack.objects[i].offset == shop_offset(shop, i) &&
                memcmp(pack.objects[i].id, shop->pack.entries[i].id, shop->id_size) == 0;
    naive_pack_free(&pack);
    return right && memcmp(bytes->data, "PACK\0\0\0", 7) == 0 &&
           (bytes->data[7] == 2 || bytes->data[7] == 3) &&
           memcmp(bytes->data + 8, shop->pack.bytes.data + 8, 4) == 0;
}

/* The entries in both packs are as long and inflate to the same, from the same header. */
static bool inflates_the_same(const struct shop *shop, const struct packwriter_bytes *bytes,
                              uint64_t position)
{
    struct naive_pack one;
    struct naive_pack two;
    bool same = false;

    naive_pack_walk(&one, shop->pack.bytes.data, shop_trailer(shop), shop->id_size,
                    shop->row_count + 1, LARGEST);
    naive_pack_walk(&two, bytes->data, shop_trailer(shop), shop->id_size, shop->row_count + 1,
                    LARGEST);
    for (size_t i = 0; i < one.count && i < two.count; i++)
        if (position >= one.objects[i].offset && position < one.objects[i].end)
            same = one.objects[i].end == two.objects[i].end &&
                   one.objects[i].stored_type == two.objects[i].stored_type &&
                   one.objects[i].distance == two.objects[i].distance &&
                   memcmp(one.objects[i].base_id, two.objects[i].base_id, 32) == 0 &&
                   one.objects[i].inflated_size == two.objects[i].inflated_size &&
                   memcmp(one.objects[i].inflated, two.objects[i].inflated,
                          (size_t)one.objects[i].inflated_size) == 0;
    naive_pack_free(&one);
    naive_pack_free(&two);
    return same;
}

const char *flips_legal(const struct shop *shop, const struct packwriter_bytes *bytes,
                        uint64_t position)
{
    if (!is_whole(shop, bytes))
        return NULL;
    if (position == 7 && bytes->data[7] == 3)
        return "version 3";
    if (inflates_the_same(shop, bytes, position))
        return "deflated another way";
    fprintf(stderr, "byte %llu: right for a reason that is not listed\n",
            (unsigned long long)position);
    abort();
}
