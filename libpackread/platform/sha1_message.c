/* sha1_message.c - the first state, the padding, the digest's bytes. */
#include "platform/sha1_message.h"

#include <string.h>

const uint32_t pkr_sha1_first_state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
                                          0xc3d2e1f0};

static void put_u32(unsigned char *to, uint32_t value)
{
    to[0] = (unsigned char)(value >> 24);
    to[1] = (unsigned char)(value >> 16);
    to[2] = (unsigned char)(value >> 8);
    to[3] = (unsigned char)value;
}

void pkr_sha1_copy(unsigned char *to, const unsigned char *from, size_t size)
{
    if (size)
        memcpy(to, from, size);
}

size_t pkr_sha1_close(unsigned char room[PKR_SHA1_ROOM], size_t used, uint64_t size)
{
    const size_t blocks = used < 56 ? 1 : 2;

    memset(room + used, 0, 64); /* as far as the size at the end, and further */
    room[used] = 0x80;
    put_u32(room + 64 * blocks - 8, (uint32_t)(size >> 29));
    put_u32(room + 64 * blocks - 4, (uint32_t)(size << 3));
    return blocks;
}

void pkr_sha1_put(unsigned char digest[20], const uint32_t state[5])
{
    for (unsigned i = 0; i < 5; i++)
        put_u32(digest + 4 * i, state[i]);
}
