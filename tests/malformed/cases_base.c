/* cases_base.c - deltas whose base is nowhere, in the wrong place, or on the way back to them. */
#include <stdlib.h>
#include <string.h>

#include "cases.h"

#define BEFORE "delta base lies before the first entry"
#define NO_FIT "delta base offset does not fit in 64 bits"
#define ITSELF "delta is its own base"
#define NO_ENTRY "delta base is where no known entry begins"
#define CYCLE "delta chain goes round in a cycle"
#define THIN "delta base is not in this pack"

/* A right delta for the good base, its data and what it makes. */
struct child {
    char *text;
    size_t size;
    struct packwriter_bytes delta;
};

static void make_child(const struct shop *shop, struct child *child, unsigned number)
{
    *child = (struct child){0};
    child->text = shop_text(number, &child->size);
    packwriter_delta_make(&child->delta, shop->objects[SHOP_BASE].contents,
                          shop->objects[SHOP_BASE].size, child->text, child->size);
}

static void free_child(struct child *child)
{
    packwriter_bytes_free(&child->delta);
    free(child->text);
}

static size_t add_ofs(struct shop *shop, const struct child *child, uint64_t distance)
{
    struct packwriter_bytes *bytes = shop_begin_odd(shop);

    packwriter_bytes_add_entry_header(bytes, PACKWRITER_OFS_DELTA, child->delta.size);
    packwriter_bytes_add_distance(bytes, distance);
    packwriter_bytes_add_deflated(bytes, child->delta.data, child->delta.size, 6);
    return shop_end_odd(shop, PACKWRITER_BLOB, child->text, child->size);
}

static size_t add_ref(struct shop *shop, const struct child *child, const uint8_t *id)
{
    struct packwriter_bytes *bytes = shop_begin_odd(shop);

    packwriter_bytes_add_entry_header(bytes, PACKWRITER_REF_DELTA, child->delta.size);
    packwriter_bytes_add(bytes, id, shop->id_size);
    packwriter_bytes_add_deflated(bytes, child->delta.data, child->delta.size, 6);
    return shop_end_odd(shop, PACKWRITER_BLOB, child->text, child->size);
}

static uint64_t here(const struct shop *shop)
{
    return packwriter_pack_size(&shop->pack);
}

/* ---- OFS_DELTA ------------------------------------------------------------------------------- */

/* The base begins at `number`, of the whole file. */
static void base_at(struct shop *shop, const struct malformed_case *of)
{
    struct child child;

    shop_begin(shop, shop->id_size);
    make_child(shop, &child, 80);
    shop_expect(shop, add_ofs(shop, &child, here(shop) - of->number), of->text);
    shop_end(shop);
    free_child(&child);
}

static void distance_is(struct shop *shop, const struct malformed_case *of)
{
    struct child child;

    shop_begin(shop, shop->id_size);
    make_child(shop, &child, 80);
    shop_expect(shop, add_ofs(shop, &child, of->number), of->text);
    shop_end(shop);
    free_child(&child);
}

/* The base begins `number` bytes behind the front of entry `other`. */
static void base_inside(struct shop *shop, const struct malformed_case *of)
{
    struct child child;
    uint64_t base;

    shop_begin(shop, shop->id_size);
    make_child(shop, &child, 80);
    base = shop_offset(shop, (size_t)of->other) + of->number;
    shop_expect(shop, add_ofs(shop, &child, here(shop) - base), of->text);
    shop_end(shop);
    free_child(&child);
}

/* The base is another good entry: the delta says that it is not for that. */
static void base_is_another(struct shop *shop, const struct malformed_case *of)
{
    struct child child;

    shop_begin(shop, shop->id_size);
    make_child(shop, &child, 80);
    shop_expect(shop, add_ofs(shop, &child, here(shop) - shop_offset(shop, (size_t)of->number)),
                of->text);
    shop_end(shop);
    free_child(&child);
}

/* A distance of `number` bytes 0xff and then `other`. */
static void odd_distance(struct shop *shop, const struct malformed_case *of)
{
    struct packwriter_bytes *bytes;
    struct child child;

    shop_begin(shop, shop->id_size);
    make_child(shop, &child, 80);
    bytes = shop_begin_odd(shop);
    packwriter_bytes_add_entry_header(bytes, PACKWRITER_OFS_DELTA, child.delta.size);
    packwriter_bytes_add_repeated(bytes, 0xff, (size_t)of->number);
    packwriter_bytes_add_number(bytes, of->other, 1);
    packwriter_bytes_add_deflated(bytes, child.delta.data, child.delta.size, 6);
    shop_expect(shop, shop_end_odd(shop, PACKWRITER_BLOB, child.text, child.size), of->text);
    shop_end(shop);
    free_child(&child);
}

/* The pack ends in the distance, or in the base's id: `number` bytes of it, of a kind `other`. */
static void cut_at_end(struct shop *shop, const struct malformed_case *of)
{
    struct packwriter_bytes *bytes;

    shop_begin(shop, shop->id_size);
    shop_end_objects(shop);
    bytes = shop_begin_odd(shop);
    packwriter_bytes_add_entry_header(bytes, (unsigned)of->other, 10);
    packwriter_bytes_add_repeated(bytes, 0x81, (size_t)of->number);
    shop_expect(shop, shop_end_odd(shop, PACKWRITER_BLOB, "never", 5), of->text);
    shop_end_pack(shop);
}

/* ---- REF_DELTA ------------------------------------------------------------------------------- */

/* A base that is nowhere: a random id, or none; on it hang `number` deltas more. */
static void base_is_absent(struct shop *shop, const struct malformed_case *of)
{
    static const uint8_t ids[2][PACKWRITER_HASH_MAX] = {{0}, {0x7b, 1, 2, 3, 4, 5, 6, 7, 8, 9}};
    struct child child;
    size_t odd;

    shop_begin(shop, shop->id_size);
    make_child(shop, &child, 80);
    odd = add_ref(shop, &child, ids[of->other]);
    shop_expect(shop, odd, of->text);
    for (unsigned i = 0; i < of->number; i++) {
        odd = shop_add_ofs_text(shop, odd, 81 + i);
        shop_damage(shop, odd);
    }
    shop_end(shop);
    free_child(&child);
}

/* A base of another type, or a delta for another base. */
static void ref_to_another(struct shop *shop, const struct malformed_case *of)
{
    struct child child;

    shop_begin(shop, shop->id_size);
    make_child(shop, &child, 80);
    shop_expect(shop, add_ref(shop, &child, shop->pack.entries[of->number].id), of->text);
    shop_end(shop);
    free_child(&child);
}

/* The base's id, but for its last bit. */
static void ref_to_almost(struct shop *shop, const struct malformed_case *of)
{
    uint8_t id[PACKWRITER_HASH_MAX];
    struct child child;

    shop_begin(shop, shop->id_size);
    make_child(shop, &child, 80);
    memcpy(id, shop->pack.entries[SHOP_BASE].id, sizeof id);
    id[shop->id_size - 1] ^= 1;
    shop_expect(shop, add_ref(shop, &child, id), of->text);
    shop_end(shop);
    free_child(&child);
}

/* ---- Round in a ring ------------------------------------------------------------------------- */

/* `number` deltas, each by id on the next, the last on the first; where `other` is set the last two
 * are by distance. `tail`: some that hang on the ring and are not of it. */
static void ring_with_tail(struct shop *shop, const struct malformed_case *of, unsigned tail)
{
    size_t members = (size_t)of->number;
    struct child *children = calloc(members, sizeof *children);
    uint8_t id[PACKWRITER_HASH_MAX];
    size_t odd = SHOP_NONE;

    shop_begin(shop, shop->id_size);
    for (size_t i = 0; i < members; i++)
        make_child(shop, &children[i], 80 + (unsigned)i);
    for (size_t i = 0; i < members; i++) {
        size_t next = i + 1 < members ? i + 1 : 0;

        /* Back to the front by distance: the first one then names the last by id. */
        if (of->other && i > 0) {
            odd = add_ofs(shop, &children[i], here(shop) - shop_offset(shop, odd));
            continue;
        }
        if (of->other)
            next = members - 1;
        packwriter_hash_id(shop->id_size, PACKWRITER_BLOB, children[next].text, children[next].size,
                           id);
        odd = add_ref(shop, &children[i], id);
    }
    for (unsigned i = 0; i < tail; i++) {
        odd = shop_add_ofs_text(shop, odd, 200 + i);
        shop_damage(shop, odd);
    }
    if (members == 1)
        shop_expect(shop, odd, of->text);
    else /* whichever of the ring it names */
        shop_expect_pack(shop, SHOP_UNKNOWN, of->text);
    shop_end(shop);
    for (size_t i = 0; i < members; i++)
        free_child(&children[i]);
    free(children);
}

static void ring(struct shop *shop, const struct malformed_case *of)
{
    ring_with_tail(shop, of, 0);
}

static void ring_and_tail(struct shop *shop, const struct malformed_case *of)
{
    ring_with_tail(shop, of, 3);
}

static const struct malformed_case list[] = {
    {"base at 0", base_at, FOUND, BEFORE, 0, 0, 0},
    {"base at 4", base_at, FOUND, BEFORE, 4, 0, 0},
    {"base at 11", base_at, FOUND, BEFORE, 11, 0, 0},
    {"base one byte before the pack", base_at, FOUND, BEFORE, UINT64_MAX, 0, 0},
    {"base at itself", distance_is, FOUND, ITSELF, 0, 0, 0},
    {"base 2^31 back", distance_is, FOUND, BEFORE, UINT64_C(1) << 31, 0, 0},
    {"base 2^32 back", distance_is, FOUND, BEFORE, UINT64_C(1) << 32, 0, 0},
    {"base 2^63 back", distance_is, FOUND, BEFORE, UINT64_C(1) << 63, 0, 0},
    {"base 2^64-1 back", distance_is, FOUND, BEFORE, UINT64_MAX, 0, 0},
    {"base 2^64 back and more", odd_distance, FOUND, NO_FIT, 9, 0x7f, 0},
    {"base 2^70 back", odd_distance, FOUND, NO_FIT, 10, 0, 0},
    {"a distance of a hundred bytes", odd_distance, FOUND, NO_FIT, 100, 0, 0},
    {"a distance that the pack cuts", cut_at_end, FOUND, "entry header runs past the end", 3,
     PACKWRITER_OFS_DELTA, 0},
    {"a distance that is not there", cut_at_end, FOUND, "entry header runs past the end", 0,
     PACKWRITER_OFS_DELTA, 0},
    {"base a byte behind an entry's front", base_inside, FOUND, NO_ENTRY, 1, SHOP_BASE, 0},
    {"base in the middle of an entry's data", base_inside, FOUND, NO_ENTRY, 40, SHOP_BASE, 0},
    {"base in the middle of a delta", base_inside, FOUND, NO_ENTRY, 5, SHOP_OFS, 0},
    {"base is the tree", base_is_another, FOUND, "delta is for a base of another size", SHOP_TREE,
     0, 0},
    {"base is the commit", base_is_another, FOUND, "delta is for a base of another size",
     SHOP_COMMIT, 0, 0},
    {"base by an id that nothing has", base_is_absent, FOUND, THIN, 0, 1, 0},
    {"base by an id of zeros", base_is_absent, FOUND, THIN, 0, 0, 0},
    {"base is absent and a chain hangs on it", base_is_absent, FOUND, THIN, 3, 1, 0},
    {"base by an id but for its last bit", ref_to_almost, FOUND, THIN, 0, 0, 0},
    {"base by the id of the tag", ref_to_another, FOUND, "delta is for a base of another size",
     SHOP_TAG, 0, 0},
    {"an id that the pack cuts", cut_at_end, FOUND, "entry header runs past the end", 19,
     PACKWRITER_REF_DELTA, 0},
    {"an id that is not there", cut_at_end, FOUND, "entry header runs past the end", 0,
     PACKWRITER_REF_DELTA, 0},
    {"base is itself, by id", ring, FOUND, ITSELF, 1, 0, 0},
    {"a ring of two", ring, FOUND, CYCLE, 2, 0, 0},
    {"a ring of three", ring, FOUND, CYCLE, 3, 0, 0},
    {"a ring of five hundred", ring, FOUND, CYCLE, 500, 0, 0},
    {"a ring of two by id and distance", ring, FOUND, CYCLE, 2, 1, 0},
    {"a ring of three by id and distance", ring, FOUND, CYCLE, 3, 1, 0},
    {"a ring of two with a chain on it", ring_and_tail, FOUND, CYCLE, 2, 0, 0},
    {"a ring of three by distance with a chain on it", ring_and_tail, FOUND, CYCLE, 3, 1, 0},
};

const struct case_table cases_base = CASE_TABLE(list);
