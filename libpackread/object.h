/* object.h - whole objects in memory: inflating entries and running chains of deltas. */
#ifndef PACKREAD_OBJECT_H
#define PACKREAD_OBJECT_H

#include "chain.h"

/* Claims up to this size are given memory at once; past it memory follows the bytes that come. */
#define PACKREAD_TRUSTED_SIZE ((uint64_t)16 << 20)

/* Whether so many bytes as the entry claims can come out of what the pack has left. */
bool packread_object_is_possible(const packread_pack *pack, const packread_link *link);
#define PACKREAD_OBJECT_IMPOSSIBLE "claims more bytes than its deflated data can hold"

/* What an entry deflates, object or delta, into a blob of link->size bytes; `*end` (may be NULL) is
 * where the data ends. `forward` says that the pack is read in order. Release with
 * packread_blob_release. */
int packread_object_inflate(packread_reader *reader, const packread_pack *pack,
                            const packread_link *link, bool forward, packread_blob **blob,
                            uint64_t *end, packread_error *error);

/* Runs `delta`, of the entry at `offset`, on `base`; the result has the base's type and no key. */
int packread_object_apply(packread_reader *reader, const packread_pack *pack, uint64_t offset,
                          const packread_blob *delta, const packread_blob *base,
                          packread_blob **result, packread_error *error);

/* Where a chain is at its end: at an object that is at hand, or at a whole one. */
typedef struct packread_bottom {
    packread_blob *blob;       /* cached, and now pinned; else NULL */
    packread_spilled *spilled; /* in a file, if those count; else NULL */
    enum packread_type type;
    packread_link link; /* of the whole one, if both are NULL */
} packread_bottom;

enum packread_descend {
    PACKREAD_DESCEND_MEMORY, /* to a blob or a whole object, the first included */
    PACKREAD_DESCEND_LARGE   /* what the first one hangs on may be in a file; itself it is at hand
                              * nowhere */
};

/* Goes down from `offset` of the selected pack; the deltas passed are left in the reader's links,
 * the first one first. Where it was noted that this leads nowhere the walk ends. Errors: CORRUPT,
 * THIN, MEMORY, those of windows. */
int packread_object_descend(packread_reader *reader, const packread_pack *pack,
                            uint32_t pack_number, uint64_t offset, enum packread_descend how,
                            packread_bottom *bottom, packread_error *error);

/* The links that are still to be climbed lead nowhere, for that error: noted if it is damage. */
void packread_object_note(packread_reader *reader, const packread_pack *pack, uint32_t pack_number,
                          const packread_error *error);

/* The object whose entry is at `offset` of the selected pack, not hashed. Pinned or owned by the
 * caller: packread_blob_release. */
int packread_object_build(packread_reader *reader, const packread_pack *pack, uint32_t pack_number,
                          uint64_t offset, packread_blob **blob, packread_error *error);

/* Up to `capacity` first bytes of what an entry deflates; `*size` says how many there were. */
int packread_object_peek(packread_reader *reader, const packread_pack *pack,
                         const packread_link *link, unsigned char *bytes, size_t capacity,
                         size_t *size, packread_error *error);

/* Gives each piece of what an entry deflates, link->size bytes in all, to `take`; non-zero stops
 * with STOPPED. Bounded memory. */
int packread_object_pieces(packread_reader *reader, const packread_pack *pack,
                           const packread_link *link,
                           int (*take)(void *context, const void *bytes, size_t size),
                           void *context, uint64_t *end, packread_error *error);

#endif
