/* hash_lanes.h - SHA-1 of many messages side by side, and of one long one; each with a look whether
 * it is half of a collision, as git's own SHA-1 has it.
 *
 * Speed comes from filled lanes. Messages that are done make room for the next of the batch, so
 * lengths may be mixed; but each time that one ends all lanes stop for a moment. A caller with a
 * queue does well to keep one for each size class (powers of two, say), to hand over a class once
 * it has a few times `width` messages, and what is left of all classes, in order of size, at the
 * end: the longest first. When the batch has none left and few lanes are still busy, those go on as
 * streams.
 *
 * Nothing is allocated; a batch takes 20 KB of the stack. Safe from any thread: a way is only read.
 */
#ifndef PKR_HASH_LANES_H
#define PKR_HASH_LANES_H

#include "packread.h"
#include "platform/hash_way.h"

#define PKR_LANES_PREFIX_MOST 56

/* The message is `prefix` (an object's header), then `data`. */
typedef struct pkr_lanes_job {
    const unsigned char *prefix;
    size_t prefix_size; /* PKR_LANES_PREFIX_MOST at most */
    const unsigned char *data;
    size_t size;
    unsigned char digest[20]; /* the result */
    bool is_attack; /* one of its blocks is half of a collision: the digest names nothing */
} pkr_lanes_job;

/* STOPPED, without detail, where that is asked for meanwhile; `stop` may be NULL. */
int pkr_lanes_hash(const pkr_hash_way *way, pkr_lanes_job *jobs, size_t count,
                   const packread_stop *stop);

#endif
