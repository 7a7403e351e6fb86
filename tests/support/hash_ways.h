/* hash_ways.h - the ways of hashing that tests go through: all that this machine has. */
#ifndef HASH_WAYS_H
#define HASH_WAYS_H

#include "platform/hash_lanes.h"
#include "platform/hash_stream.h"

/* Calls `test` with each; those that the machine lacks are named on the standard output. At least
 * "plain" is there, or the process ends. */
void each_hash_way(void (*test)(const pkr_hash_way *way));

#endif
