/* hash_way.c - which ways of hashing this machine has. */
#include "platform/hash_way.h"

#include <string.h>

#if PKR_LANES_X86

#include <cpuid.h>

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}

/* Not every compiler knows this one by name. */
static bool has_sha(void)
{
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;

    return has_avx2() && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1);
}

#endif

static bool has_any(void)
{
    return true;
}

typedef struct candidate {
    bool (*is_there)(void);
    pkr_hash_way ways[2]; /* with detection, and without */
} candidate;

/* Below how many lanes one message after the other is faster was measured. */
#define LANES(lanes, at_most, ending)                                                              \
    .width = lanes, .run = pkr_sha1_lanes##lanes##_run##ending, .few = at_most, .narrow_width = 1, \
    .narrow = pkr_sha1_lanes##lanes##_run_one##ending, .decide = pkr_sha1_lanes##lanes##_decide
#define PAIR(ending)                                                       \
    .width = 2, .run = pkr_sha1_pair_run##ending, .narrow_width = 2,       \
    .narrow = pkr_sha1_pair_run##ending, .decide = pkr_sha1_lanes8_decide, \
    .flush = pkr_sha1_pair_flush

/* The fastest first. */
static const candidate candidates[] = {
#if PKR_LANES_X86
    {has_avx512,
     {{.name = "lanes16", LANES(16, 3, )}, {.name = "lanes16", LANES(16, 3, _unchecked)}}},
    {has_avx2, {{.name = "lanes8", LANES(8, 2, )}, {.name = "lanes8", LANES(8, 2, _unchecked)}}},
    {has_sha, {{.name = "sha", PAIR()}, {.name = "sha", PAIR(_unchecked)}}},
#endif
    {has_any, {{.name = "plain", LANES(4, 1, )}, {.name = "plain", LANES(4, 1, _unchecked)}}},
};
#define CANDIDATES (sizeof candidates / sizeof *candidates)

static void take(pkr_hash_way *way, const candidate *from, bool detects)
{
    *way = from->ways[!detects];
#if PKR_LANES_X86
    if (way->width >= 8 && has_sha()) { /* few messages are left to the SHA instructions */
        way->few = way->width == 16 ? 7 : 2;
        way->narrow_width = 2;
        way->narrow = detects ? pkr_sha1_pair_run : pkr_sha1_pair_run_unchecked;
        way->flush = pkr_sha1_pair_flush;
    }
#endif
}

bool pkr_hash_way_choose(pkr_hash_way *way, const char *name)
{
    for (size_t i = 0; i < CANDIDATES; i++) {
        if ((name && strcmp(name, candidates[i].ways[0].name) != 0) || !candidates[i].is_there())
            continue;
        take(way, &candidates[i], true);
        return true;
    }
    return false;
}

void pkr_hash_way_trust(pkr_hash_way *way)
{
    for (size_t i = 0; i < CANDIDATES; i++)
        if (strcmp(way->name, candidates[i].ways[0].name) == 0) {
            take(way, &candidates[i], false);
            return;
        }
}

void pkr_hash_way_settle(const pkr_hash_way *way, pkr_sha1_lanes *lanes)
{
    if (way->flush)
        way->flush(lanes);
    way->decide(&lanes->doubts);
}
