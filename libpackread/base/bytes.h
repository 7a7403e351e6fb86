/* bytes.h - big-endian numbers out of unaligned bytes, and additions that cannot wrap. */
#ifndef PKR_BYTES_H
#define PKR_BYTES_H

#include <stdbool.h>
#include <stdint.h>

static inline uint32_t pkr_bytes_u32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
           (uint32_t)bytes[3];
}

static inline uint64_t pkr_bytes_u64(const unsigned char *bytes)
{
    return (uint64_t)pkr_bytes_u32(bytes) << 32 | pkr_bytes_u32(bytes + 4);
}

/* Whether [offset, offset + size) lies inside [0, end). */
static inline bool pkr_bytes_inside(uint64_t offset, uint64_t size, uint64_t end)
{
    return offset <= end && size <= end - offset;
}

#endif
