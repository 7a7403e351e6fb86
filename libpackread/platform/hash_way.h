/* hash_way.h - how this machine hashes with SHA-1: by which of the ways that were compiled. */
#ifndef PKR_HASH_WAY_H
#define PKR_HASH_WAY_H

#include "platform/sha1_lanes.h"

/* The names of ways, from the fastest down: "lanes16" (AVX-512), "lanes8" (AVX2), "sha" (SHA
 * instructions, two messages at a time), "plain" (any machine, four). Chosen once, kept by whoever
 * hashes. */
typedef struct pkr_hash_way {
    const char *name;
    unsigned width; /* so many messages at once */
    pkr_sha1_run *run;
    unsigned few; /* when no more are left: by `narrow`, so many of them at once */
    unsigned narrow_width;
    pkr_sha1_run *narrow;
    pkr_sha1_decide *decide;
    pkr_sha1_flush *flush; /* to be called before the last decision, or NULL */
} pkr_hash_way;

/* The way of that name, or with NULL the fastest. False: no such way, or not on this machine. The
 * environment is not read here: PACKREAD_HASH is for whoever keeps the way. */
bool pkr_hash_way_choose(pkr_hash_way *way, const char *name);
/* The same way without detection: for sums of bytes that nobody has an interest to forge, and to
 * measure what detection costs. */
void pkr_hash_way_trust(pkr_hash_way *way);

/* Decides all that is in doubt: after the last block of the lanes. */
void pkr_hash_way_settle(const pkr_hash_way *way, pkr_sha1_lanes *lanes);

#endif
