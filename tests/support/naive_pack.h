/* naive_pack.h - a pack walked from its first byte and all its objects rebuilt, as plainly as can
 * be: what the library's answers are compared with. For packs of a few objects. */
#ifndef NAIVE_PACK_H
#define NAIVE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct naive_object {
    uint64_t offset;
    uint64_t end;         /* one past its entry */
    unsigned stored_type; /* of the entry */
    uint64_t distance;    /* OFS_DELTA */
    uint8_t base_id[32];  /* REF_DELTA */
    uint8_t *inflated;    /* the entry's data: an object or a delta */
    uint64_t inflated_size;
    bool known; /* rebuilt, so that the four below hold */
    unsigned type;
    uint8_t *data;
    uint64_t size;
    uint8_t id[32];
};

struct naive_pack {
    struct naive_object *objects; /* in order of offset */
    size_t count;
    uint64_t end; /* where the walk ended: at an entry that is damaged, too big to
                   * be looked at, or at the trailer */
};

/* Entries are taken from byte 12 to `trailer`, whatever the header says; at most `most` of them,
 * and none whose data or result is larger than `largest`. */
void naive_pack_walk(struct naive_pack *pack, const uint8_t *bytes, size_t trailer, size_t id_size,
                     size_t most, uint64_t largest);

/* How many objects were rebuilt; whether two of them have one id. */
size_t naive_pack_known(const struct naive_pack *pack);
bool naive_pack_has_twins(const struct naive_pack *pack);

void naive_pack_free(struct naive_pack *pack);

#endif
