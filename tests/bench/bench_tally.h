/* bench_tally.h - what a reading benchmark counts and prints, the same for each library, so that
 * equal work gives an equal line. */
#ifndef BENCH_TALLY_H
#define BENCH_TALLY_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct tally {
    uint64_t objects;
    uint64_t bytes;
    uint64_t sum;   /* of types, sizes and contents, whatever their order; 0 if not wanted */
    bool wants_sum; /* costs time: for comparing answers, not for measuring */
    double start;   /* seconds */
};

static inline double tally_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* FNV-1a, eight bytes at a time. */
static inline uint64_t tally_hash(const unsigned char *bytes, size_t size, uint64_t hash)
{
    const uint64_t prime = UINT64_C(0x100000001b3);
    uint64_t word;

    for (; size >= sizeof word; bytes += sizeof word, size -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        hash = (hash ^ word) * prime;
        hash ^= hash >> 32;
    }
    for (; size > 0; bytes++, size--)
        hash = (hash ^ *bytes) * prime;
    return hash;
}

/* `data` is NULL where only type and size were asked for. */
static inline void tally_add(struct tally *tally, unsigned type, uint64_t size, const void *data)
{
    tally->objects++;
    tally->bytes += size;
    if (tally->wants_sum) {
        uint64_t seed = UINT64_C(0xcbf29ce484222325) ^ (size << 3 | type);

        tally->sum +=
            tally_hash(data, data ? (size_t)size : 0, seed * UINT64_C(0x9e3779b97f4a7c15));
    }
}

/* Standard output: what was read. Standard error: how fast. */
static inline void tally_print(const struct tally *tally, const char *name)
{
    double seconds = tally_seconds() - tally->start;

    printf("%" PRIu64 " objects %" PRIu64 " bytes sum %016" PRIx64 "\n", tally->objects,
           tally->bytes, tally->sum);
    fprintf(stderr, "%s: %.3f s, %.0f objects/s, %.1f MB/s\n", name, seconds,
            (double)tally->objects / seconds, (double)tally->bytes / 1e6 / seconds);
}

#endif
