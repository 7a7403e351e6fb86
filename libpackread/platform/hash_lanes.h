/* hash_lanes.h - SHA-1 of many messages side by side, and of one long one; each with a look whether
 * it is half of a collision, as git's own SHA-1 has it.
 *
 * Speed comes from filled lanes. Messages that are done make room for the next, so lengths may be
 * mixed; but each time that one ends all lanes stop for a moment. Whoever has messages again and
 * again gives them to lanes that stay: what is not done when there are no more waits in its lane
 * for the next ones. At the end, when few lanes are still busy, those go on as streams.
 *
 * Nothing is allocated. Safe from any thread: a way is only read.
 */
#ifndef PKR_HASH_LANES_H
#define PKR_HASH_LANES_H

#include "packread.h"
#include "platform/hash_way.h"
#include "platform/sha1_message.h"

#define PKR_LANES_PREFIX_MOST 56

/* The message is `prefix` (an object's header), then `data`. */
typedef struct pkr_lanes_job {
    const unsigned char *prefix;
    size_t prefix_size; /* PKR_LANES_PREFIX_MOST at most */
    const unsigned char *data;
    size_t size;
    unsigned char digest[20]; /* the result */
    bool is_attack; /* one of its blocks is half of a collision: the digest names nothing */
    bool is_done;
} pkr_lanes_job;

/* A message on its way. */
typedef struct pkr_lanes_passage {
    pkr_lanes_job *job;
    const unsigned char *rest; /* of the data, once `room` is empty */
    size_t rest_size;
    unsigned char next; /* what comes after the blocks that the lane has before it */
    /* From byte 64 on: blocks that do not lie in the data as they are. In front of it is room for
     * copies of a fixed size, which are faster. */
    unsigned char room[64 + PKR_SHA1_ROOM];
} pkr_lanes_passage;

typedef struct pkr_lanes_lane {
    pkr_lanes_passage *message;
    uint32_t state[5];
    const unsigned char *at;
    size_t left;
} pkr_lanes_lane;

/* Some 20 KB. */
typedef struct pkr_lanes {
    pkr_sha1_lanes core;
    const pkr_hash_way *way;
    pkr_sha1_run *run;
    size_t left[PKR_LANES_MOST]; /* blocks that each lane has before it, or all ones: it is idle */
    pkr_lanes_passage *messages[PKR_LANES_MOST];
    unsigned width;
    unsigned busy; /* lanes that are not idle */
    unsigned waiting_count;
    pkr_lanes_lane waiting[PKR_LANES_MOST]; /* taken out of lanes that are no longer there */
    pkr_lanes_job **jobs;
    size_t jobs_left;
    pkr_lanes_passage passages[PKR_LANES_MOST];
} pkr_lanes;

/* The way stays where it is for as long as the lanes. */
void pkr_lanes_begin(pkr_lanes *lanes, const pkr_hash_way *way);
/* Takes these messages in, in this order. With `all` they are done when it returns; else some of
 * them, as of those from before, may be in the lanes still, and stay where they are with their
 * data: those of which `is_done` is not set. STOPPED, without detail, where that is asked for
 * meanwhile (`stop` may be NULL): then the lanes are to begin anew. */
int pkr_lanes_run(pkr_lanes *lanes, pkr_lanes_job **jobs, size_t count, bool all,
                  const packread_stop *stop);

/* All at once. Errors: as above. */
int pkr_lanes_hash(const pkr_hash_way *way, pkr_lanes_job *jobs, size_t count,
                   const packread_stop *stop);

#endif
