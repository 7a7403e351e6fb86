/* bench_hash.c - SHA-1 by each way that this machine has, with and without detection of collisions,
 * beside nettle.
 *
 *   bench_hash [TURNS]     9 unless told
 *
 * One thread. Objects of one size, or of a mixture of sizes, each with git's header; what is
 * printed is the median of all turns in GB/s, and beside it how many times nettle's. In each turn
 * all take their part one after the other, as other work on the machine disturbs them all alike
 * then. */
#include <nettle/sha1.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <time.h>

#include "platform/hash_lanes.h"

enum { MOST_TURNS = 101, WAYS = 4, COLUMNS = 1 + 2 * WAYS };

static const char *const names[WAYS] = {"lanes16", "sha", "lanes8", "plain"};

typedef struct load {
    const char *what;
    size_t size; /* 0: a mixture */
    size_t all;  /* bytes of contents */
} load;

static const load loads[] = {
    {"100 B", 100, 4 << 20},   {"1 KB", 1000, 4 << 20},           {"8 KB", 8000, 4 << 20},
    {"64 KB", 64000, 4 << 20}, {"1 MB", 1000000, 24 << 20},       {"mixed, sorted", 0, 4 << 20},
    {"mixed", 0, 4 << 20},     {"one of 4 MB", 4 << 20, 4 << 20},
};

/* Sizes as they are in repositories: as many between 64 and 128 as between 32768 and 65536. */
static size_t size_of(const load *kind, uint64_t *state)
{
    unsigned bits;

    if (kind->size)
        return kind->size;
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
    bits = (unsigned)(*state >> 60) % 11 + 6;
    return (size_t)(((uint64_t)1 << bits) + (*state >> 20) % ((uint64_t)1 << bits));
}

static int longest_first(const void *left, const void *right)
{
    const pkr_lanes_job *a = left;
    const pkr_lanes_job *b = right;

    return (a->size < b->size) - (a->size > b->size);
}

static int by_number(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;

    return (*a > *b) - (*a < *b);
}

typedef struct batch {
    unsigned char *bytes;
    unsigned char (*headers)[32];
    pkr_lanes_job *jobs;
    size_t count;
    size_t size;
} batch;

static void *room(size_t size)
{
    void *memory = malloc(size);

    if (!memory) {
        fputs("bench_hash: no memory\n", stderr);
        exit(1);
    }
    return memory;
}

static void make(batch *all, const load *kind)
{
    uint64_t state = 1;
    size_t most = kind->all / (kind->size ? kind->size : 64) + 1;

    all->bytes = room(kind->all + (1 << 20));
    all->headers = room(most * sizeof *all->headers);
    all->jobs = room(most * sizeof *all->jobs);
    all->count = all->size = 0;
    for (size_t i = 0; i < kind->all + (1 << 20); i++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
        all->bytes[i] = (unsigned char)(state >> 56);
    }
    while (all->size < kind->all && all->count < most) {
        pkr_lanes_job *job = &all->jobs[all->count];
        unsigned char *header = all->headers[all->count++];

        job->data = all->bytes + all->size;
        job->size = size_of(kind, &state);
        job->prefix = header;
        job->prefix_size =
            1 + (size_t)snprintf((char *)header, sizeof *all->headers, "blob %zu", job->size);
        all->size += job->size;
    }
    if (strstr(kind->what, "sorted"))
        qsort(all->jobs, all->count, sizeof *all->jobs, longest_first);
}

static void drop(batch *all)
{
    free(all->bytes);
    free(all->headers);
    free(all->jobs);
}

static void by_nettle(batch *all)
{
    for (size_t i = 0; i < all->count; i++) {
        struct sha1_ctx hash;

        sha1_init(&hash);
        sha1_update(&hash, all->jobs[i].prefix_size, all->jobs[i].prefix);
        sha1_update(&hash, all->jobs[i].size, all->jobs[i].data);
        sha1_digest(&hash, sizeof all->jobs[i].digest, all->jobs[i].digest);
    }
}

/* Processor time: how long others kept it does not count. */
static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Column 0 is nettle, then each way with detection and without. False: not on this machine. */
static bool choose(unsigned column, pkr_hash_way *way)
{
    if (!pkr_hash_way_choose(way, names[(column - 1) / 2]))
        return false;
    if (column % 2 == 0)
        pkr_hash_way_trust(way);
    return true;
}

static double measure(batch *all, unsigned column)
{
    pkr_hash_way way;
    double begun;

    if (column && !choose(column, &way))
        return 0;
    begun = seconds();
    if (column)
        pkr_lanes_hash(&way, all->jobs, all->count, NULL);
    else
        by_nettle(all);
    return (double)all->size / 1e9 / (seconds() - begun);
}

/* Nobody is fast with wrong answers. */
static void check(batch *all)
{
    unsigned char(*right)[20] = room(all->count * 20);

    by_nettle(all);
    for (size_t i = 0; i < all->count; i++)
        memcpy(right[i], all->jobs[i].digest, 20);
    for (unsigned column = 1; column < COLUMNS; column++) {
        measure(all, column);
        for (size_t i = 0; i < all->count; i++)
            if (memcmp(right[i], all->jobs[i].digest, 20) != 0 || all->jobs[i].is_attack) {
                fputs("bench_hash: a wrong answer\n", stderr);
                exit(1);
            }
    }
    free(right);
}

static void print_row(const load *kind, size_t turns)
{
    static double speeds[COLUMNS][MOST_TURNS];
    batch all;
    double nettle;

    make(&all, kind);
    check(&all);
    for (size_t turn = 0; turn < turns; turn++)
        for (unsigned column = 0; column < COLUMNS; column++)
            speeds[column][turn] = measure(&all, column);
    for (unsigned column = 0; column < COLUMNS; column++)
        qsort(speeds[column], turns, sizeof(double), by_number);
    nettle = speeds[0][turns / 2];
    printf("%-14s %6.2f", kind->what, nettle);
    for (unsigned column = 1; column < COLUMNS; column++) {
        double speed = speeds[column][turns / 2];

        printf("  %5.2f (%4.2f)", speed, speed / nettle);
    }
    putchar('\n');
    drop(&all);
}

int main(int count, char **words)
{
    size_t turns = count > 1 ? (size_t)strtoul(words[1], NULL, 10) : 9;

    if (turns < 1 || turns > MOST_TURNS)
        turns = 9;
    printf("%-14s %6s", "GB/s (ratio)", "nettle");
    for (unsigned i = 0; i < WAYS; i++)
        printf("  %12s  %12s", names[i], "unchecked");
    putchar('\n');
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++)
        print_row(&loads[i], turns);
    return 0;
}
