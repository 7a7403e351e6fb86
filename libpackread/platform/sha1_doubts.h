/* sha1_doubts.h - blocks whose bits fit an attack, waiting until it is decided whether they are
 * one.
 *
 * They are few (one in twenty random blocks), but each costs more than a block does by itself; so
 * they are collected, and as many are decided at once as there are lanes. */
#ifndef PKR_SHA1_DOUBTS_H
#define PKR_SHA1_DOUBTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PKR_LANES_MOST 16

/* Number `i` of each is one block together with one vector. */
typedef struct pkr_sha1_doubts {
    unsigned char others[PKR_LANES_MOST][64]; /* the block that would be the other half */
    uint32_t same[5][PKR_LANES_MOST];         /* the state that both have in common */
    uint32_t after[5][PKR_LANES_MOST];        /* the hash's state after the block */
    uint32_t late[PKR_LANES_MOST]; /* all bits: the common state is the later one; else none */
    bool *attacks[PKR_LANES_MOST]; /* set to true where it is half of a collision */
    unsigned count;
} __attribute__((aligned(64))) pkr_sha1_doubts;

/* Decides all of them, and there are none. */
typedef void pkr_sha1_decide(pkr_sha1_doubts *doubts);

/* A block that fits some vectors: its 64 bytes, its state before steps PKR_SAME_EARLY and
 * PKR_SAME_LATE, the hash's state after it, and the vectors, in masks of type I and II. */
typedef struct pkr_sha1_suspect {
    const unsigned char *block;
    uint32_t early[5];
    uint32_t late[5];
    uint32_t after[5];
    uint32_t fits[2];
    bool *attack;
} pkr_sha1_suspect;

/* Adds a doubt for each vector; `decide` makes room. */
void pkr_sha1_doubts_add(pkr_sha1_doubts *doubts, pkr_sha1_decide *decide,
                         const pkr_sha1_suspect *suspect);

#endif
