/* shop.h - the bench on which a good pack is made wrong: a few good objects, the odd ones of a case
 * between them, an index with the right sums; and with it what is true of each object and what
 * verify has to say.
 *
 * A builder goes: shop_begin, odd entries, shop_end; then it may change rows, the bytes of the pack
 * (shop_resum makes the sums right again), write the index (shop_index) and change that. */
#ifndef SHOP_H
#define SHOP_H

#include "packwriter.h"

#define SHOP_NONE SIZE_MAX
#define SHOP_FINDINGS 4
#define SHOP_UNKNOWN UINT64_MAX

/* The good objects that stand before the odd ones, by their places in the pack. */
enum shop_good {
    SHOP_COMMIT,
    SHOP_TREE,
    SHOP_BASE, /* a blob on which SHOP_OFS and the pack's REF_DELTA hang */
    SHOP_OFS,
    SHOP_TAG,
    SHOP_FIRST_ODD
};

struct shop_object {
    unsigned kind;
    uint8_t *contents; /* the only right answer; NULL: no bytes give its id */
    size_t size;
    bool damaged; /* may be answered with an error; all others have to be read */
};

struct shop_finding {
    const char *text; /* a part of the finding's */
    bool of_index;
    bool has_id;
    uint64_t offset; /* SHOP_UNKNOWN: whatever it says */
    uint8_t id[PACKWRITER_HASH_MAX];
};

/* Object, entry of the pack and row have one number, in order of offset. */
struct shop {
    size_t id_size;
    struct packwriter_pack pack;
    struct shop_object *objects;
    struct packwriter_index_row *rows; /* from shop_end on */
    size_t row_count;
    struct packwriter_index_options options;
    struct packwriter_bytes index; /* empty: written from the rows when it is saved */
    struct shop_finding findings[SHOP_FINDINGS];
    size_t finding_count;
    size_t ref;        /* the good objects after the odd ones: a REF_DELTA on SHOP_BASE, */
    size_t last;       /* and a blob that is the last of the pack */
    uint64_t verified; /* objects that verify calls right; SHOP_UNKNOWN: all that are intact */
};

void shop_begin(struct shop *shop, size_t id_size);
void shop_end(struct shop *shop);
/* shop_end in two steps: the last good objects, then trailer and rows. */
void shop_end_objects(struct shop *shop);
void shop_end_pack(struct shop *shop);
void shop_free(struct shop *shop);

/* Good entries; their places. */
size_t shop_add_whole(struct shop *shop, unsigned kind, const void *contents, size_t size);
size_t shop_add_ofs(struct shop *shop, size_t base, const void *contents, size_t size);
size_t shop_add_ref(struct shop *shop, size_t base, const void *contents, size_t size);
/* The same with a text that this number makes: 200 to 300 bytes that differ in a few. */
size_t shop_add_text(struct shop *shop, unsigned number);
size_t shop_add_ofs_text(struct shop *shop, size_t base, unsigned number);
/* The text itself, to be freed. */
char *shop_text(unsigned number, size_t *size);

/* An entry of any bytes: begin, add to the buffer, end. It counts as damaged. The contents are what
 * its row promises. */
struct packwriter_bytes *shop_begin_odd(struct shop *shop);
size_t shop_end_odd(struct shop *shop, unsigned kind, const void *contents, size_t size);
/* A whole text whose header claims another kind and size, and which is deflated right. */
size_t shop_add_claim(struct shop *shop, unsigned kind, uint64_t size);

/* An OFS_DELTA on `base` with these instructions; the contents are what its row promises. */
size_t shop_add_odd_delta(struct shop *shop, size_t base, const struct packwriter_bytes *delta,
                          const void *contents, size_t size);

uint64_t shop_offset(const struct shop *shop, size_t object);
uint64_t shop_end_of(const struct shop *shop, size_t object);
uint64_t shop_trailer(const struct shop *shop);
void shop_damage(struct shop *shop, size_t object);

/* What verify has to say of an object, of a place in the pack, of a place in the index. */
void shop_expect(struct shop *shop, size_t object, const char *text);
/* Of an object that a row has at another place. */
void shop_expect_of(struct shop *shop, uint64_t offset, size_t object, const char *text);
void shop_expect_pack(struct shop *shop, uint64_t offset, const char *text);
/* Of what stands behind an object: it is not to be named for it. */
void shop_expect_behind(struct shop *shop, size_t object, const char *text);
void shop_expect_index(struct shop *shop, uint64_t offset, size_t object, const char *text);

/* Right sums for changed bytes: CRCs of the rows, trailer, and the sum that the index names. */
void shop_resum(struct shop *shop);
void shop_index(struct shop *shop);
/* Right sum for a changed index. */
void shop_resum_index(struct shop *shop);

/* Where version 2 of the written index keeps things; the row of an object, by its id. */
size_t shop_row_of(const struct shop *shop, size_t object);
uint64_t shop_place_of_id(const struct shop *shop, size_t object);
uint64_t shop_place_of_crc(const struct shop *shop, size_t object);
uint64_t shop_place_of_offset(const struct shop *shop, size_t object);
void shop_put(uint8_t *at, uint64_t value, size_t width);

#endif
