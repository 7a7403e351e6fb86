/* sha1_message.h - how a message begins and ends in SHA-1. */
#ifndef PKR_SHA1_MESSAGE_H
#define PKR_SHA1_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

extern const uint32_t pkr_sha1_first_state[5];

/* memcpy, where no bytes may also come from nowhere. */
void pkr_sha1_copy(unsigned char *to, const unsigned char *from, size_t size);

/* The last bytes of a message lie in `room`, `used` of them, fewer than 120. Closes it: a one,
 * zeros, and the message's size in bits. Returns how many blocks there are, one or two; behind them
 * are bytes that are written to as well, for the speed of it. */
#define PKR_SHA1_ROOM 192
size_t pkr_sha1_close(unsigned char room[PKR_SHA1_ROOM], size_t used, uint64_t size);

void pkr_sha1_put(unsigned char digest[20], const uint32_t state[5]);

#endif
