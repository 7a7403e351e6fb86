/* build.h - whole objects in memory: inflating entries and running chains of deltas. */
#ifndef PKR_BUILD_H
#define PKR_BUILD_H

#include "object/chain.h"

/* Claims up to this size are given memory at once; past it memory follows the bytes that come. */
#define PKR_TRUSTED_SIZE ((uint64_t)16 << 20)

/* CORRUPT if more bytes are claimed than can come out of what the pack has left, else 0. */
int pkr_build_check_claim(const pkr_pack *pack, const pkr_link *link, pkr_fault *fault);

/* What an entry deflates, object or delta, into a blob of link->size bytes; `*end` (may be NULL) is
 * where the data ends. `forward` says that the pack is read in order. Release with
 * pkr_blob_release. */
int pkr_build_inflate(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                      bool forward, pkr_blob **blob, uint64_t *end, pkr_fault *fault);

/* Runs `delta`, of the entry at `offset`, on `base`; the result has the base's type and no key. */
int pkr_build_apply(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                    const pkr_blob *delta, const pkr_blob *base, pkr_blob **result,
                    pkr_fault *fault);
/* What the delta at `link` makes of `base`: both of the above. */
int pkr_build_patch(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                    const pkr_blob *base, pkr_blob **result, pkr_fault *fault);

/* Where a chain is at its end: at an object that is at hand, or at a whole one. */
typedef struct pkr_bottom {
    pkr_blob *blob;       /* cached, and now pinned; else NULL */
    pkr_spilled *spilled; /* in a file, if those count; else NULL */
    enum packread_type type;
    pkr_link link; /* of the whole one, if both are NULL */
} pkr_bottom;

enum pkr_descend {
    PKR_DESCEND_MEMORY, /* to a blob or a whole object, the first included */
    PKR_DESCEND_LARGE   /* what the first one hangs on may be in a file; itself it is at hand
                         * nowhere */
};

/* Goes down from `offset` of the selected pack; the deltas passed are left in the reader's links,
 * the first one first. Where it was noted that this leads nowhere the walk ends. Errors: CORRUPT,
 * THIN, MEMORY, those of windows. */
int pkr_build_descend(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                      enum pkr_descend how, pkr_bottom *bottom, pkr_fault *fault);

/* The links that are still to be climbed lead nowhere, for that cause, which is noted if it is
 * damage, and told; returns its code. */
int pkr_build_give_up(packread_reader *reader, const pkr_pack *pack, const pkr_fault *cause,
                      pkr_fault *fault);
/* The object whose entry is at `offset` of the selected pack, not hashed. Pinned or owned by the
 * caller: pkr_blob_release. */
int pkr_build_object(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                     pkr_blob **blob, pkr_fault *fault);

/* Whether the first `size` bytes of what an entry deflates were to be had at once, from the window
 * at hand: peek gives them else, or says why not. */
bool pkr_build_glance(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                      unsigned char *bytes, size_t size);
/* Up to `capacity` first bytes of what an entry deflates; `*size` says how many there were. */
int pkr_build_peek(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                   unsigned char *bytes, size_t capacity, size_t *size, pkr_fault *fault);

/* Gives each piece of what an entry deflates, link->size bytes in all, to `take`; non-zero stops
 * with STOPPED. Bounded memory. */
int pkr_build_pieces(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                     packread_writer *take, void *context, uint64_t *end, pkr_fault *fault);

#endif
