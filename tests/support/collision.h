/* collision.h - the published collision of SHA-1: the first 320 bytes of the two files of
 * Stevens, Bursztein, Karpman, Albertini and Markov, "The first collision for full SHA-1", CRYPTO
 * 2017 (https://shattered.io). 192 bytes are the same, then come two blocks that are not. */
#ifndef COLLISION_H
#define COLLISION_H

enum { COLLISION_SIZE = 320, COLLISION_FIRST = 192 };

/* Number 0 or 1. */
void collision_bytes(unsigned number, unsigned char bytes[COLLISION_SIZE]);

#endif
