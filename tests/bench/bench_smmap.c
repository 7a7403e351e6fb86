/* bench_smmap.c - what a window costs: a hit, a miss and random small accesses through libsmmap,
 * beside bare system calls for the same windows in the same run.
 *
 *     bench_smmap [FILE]
 *
 * FILE: some hundred megabytes in the page cache; without it a temporary file of 512 MiB is
 * written. REPEAT sets the repetitions (7): half a minute, of which each line is told as soon as it
 * is known. Times are of the processor, user and system together,
 * so that a busy machine changes them little. */
#include "smmap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MIB (UINT64_C(1) << 20)
#define HITS 10000000
#define MISSES 20000
#define SLICE 200
#define RANDOM_ACCESSES 50000
#define MOST_REPEATS 31
#define LIMIT (64 * MIB)

struct bench {
    const char *path;
    int fd;
    uint64_t size;
    uint64_t window;
    enum smmap_io io;
    unsigned sum; /* so that no access is left out */
};

/* Nanoseconds per access, through the library and with bare system calls. */
struct pair {
    double ours;
    double bare;
};

struct measure {
    const char *name;
    struct pair (*run)(struct bench *bench);
    uint64_t window;
    enum smmap_io io;
};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void check(int code, const char *what)
{
    if (code) {
        fprintf(stderr, "bench_smmap: %s: %s\n", what, smmap_error_text(code));
        exit(EXIT_FAILURE);
    }
}

/* For the bytes of the temporary file. */
static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 20;
}

struct session {
    smmap_manager *manager;
    smmap_cursor *cursor;
};

static struct session begin(const struct bench *bench)
{
    smmap_options options = {.io = bench->io, .window_size = bench->window, .memory_limit = LIMIT};
    struct session session;

    if (options.memory_limit < 4 * bench->window)
        options.memory_limit = 4 * bench->window;
    check(smmap_manager_new(&options, &session.manager), "manager");
    check(smmap_cursor_open_path(session.manager, bench->path, &session.cursor, NULL), bench->path);
    return session;
}

static void end(const struct session *session)
{
    smmap_cursor_close(session->cursor);
    smmap_manager_free(session->manager);
}

static struct pair run_hit(struct bench *bench)
{
    struct session session = begin(bench);
    struct pair took = {0, 0};
    uint64_t at;

    check(smmap_cursor_use(session.cursor, 0, 64, 0, NULL), "use");
    took.ours = now();
    for (at = 0; at < HITS; at++) {
        smmap_cursor_use(session.cursor, at & 4095, 64, 0, NULL);
        bench->sum += *smmap_cursor_data(session.cursor);
    }
    took.ours = (now() - took.ours) / HITS;
    end(&session);
    return took;
}

/* Maps the window that `offset` lies in, touches it there, unmaps it. */
static void access_bare(struct bench *bench, uint64_t offset)
{
    uint64_t window = offset / bench->window * bench->window;
    uint64_t size = bench->size - window < bench->window ? bench->size - window : bench->window;
    unsigned char *map = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, bench->fd, (off_t)window);

    if (map == MAP_FAILED)
        check(SMMAP_ERROR_SYSTEM, "mmap");
    bench->sum += map[offset - window];
    munmap(map, (size_t)size);
}

static void access_ours(struct bench *bench, const struct session *session, uint64_t offset,
                        uint64_t size)
{
    check(smmap_cursor_use(session->cursor, offset, size, 0, NULL), "use");
    bench->sum += *smmap_cursor_data(session->cursor);
}

static uint64_t in_turn(const struct bench *bench, uint64_t at)
{
    return at % (bench->size / bench->window) * bench->window;
}

static uint64_t at_random(const struct bench *bench, uint64_t at)
{
    uint64_t z = (at + 1) * UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % (bench->size - 64);
}

static double slice_ours(struct bench *bench, const struct session *session, uint64_t from,
                         uint64_t size, uint64_t (*place)(const struct bench *, uint64_t))
{
    double begun = now();
    uint64_t at;

    for (at = from; at < from + SLICE; at++)
        access_ours(bench, session, place(bench, at), size);
    return now() - begun;
}

static double slice_bare(struct bench *bench, uint64_t from,
                         uint64_t (*place)(const struct bench *, uint64_t))
{
    double begun = now();
    uint64_t at;

    for (at = from; at < from + SLICE; at++)
        access_bare(bench, place(bench, at));
    return now() - begun;
}

/* `count` accesses in slices, one of ours, one bare, so that what else the machine does meets both.
 * They go first by turns: the second one finds what the kernel keeps of these pages in the
 * processor's caches, which is worth 2 us a window. */
static struct pair run_slices(struct bench *bench, const struct session *session, uint64_t count,
                              uint64_t size, uint64_t (*place)(const struct bench *, uint64_t))
{
    struct pair took = {0, 0};
    uint64_t slice;

    for (slice = 0; slice < count; slice += SLICE) {
        bool bare_first = slice / SLICE % 2;

        if (bare_first)
            took.bare += slice_bare(bench, slice, place);
        took.ours += slice_ours(bench, session, slice, size, place);
        if (!bare_first)
            took.bare += slice_bare(bench, slice, place);
    }
    took.ours /= (double)count;
    took.bare /= (double)count;
    return took;
}

/* One window after another, round and round: each one a mapping and an eviction. */
static struct pair run_miss(struct bench *bench)
{
    struct session session = begin(bench);
    struct pair took;
    uint64_t at;

    for (at = 0; at < bench->size / bench->window; at++) /* until the limit is reached */
        access_ours(bench, &session, in_turn(bench, at), 0);
    took = run_slices(bench, &session, MISSES, 0, in_turn);
    end(&session);
    return took;
}

static struct pair run_random(struct bench *bench)
{
    struct session session = begin(bench);
    struct pair took = run_slices(bench, &session, RANDOM_ACCESSES, 64, at_random);

    end(&session);
    return took;
}

static const struct measure measures[] = {
    {.name = "hit", .run = run_hit, .window = MIB},
    {.name = "miss, 256 KiB, mmap", .run = run_miss, .window = MIB / 4, .io = SMMAP_IO_MMAP},
    {.name = "miss, 1 MiB, mmap", .run = run_miss, .window = MIB, .io = SMMAP_IO_MMAP},
    {.name = "miss, 1 MiB, auto", .run = run_miss, .window = MIB, .io = SMMAP_IO_AUTO},
    {.name = "miss, 16 MiB, mmap", .run = run_miss, .window = 16 * MIB, .io = SMMAP_IO_MMAP},
    {.name = "random 64 bytes, auto", .run = run_random, .window = MIB, .io = SMMAP_IO_AUTO},
    {.name = "random 64 bytes, mmap", .run = run_random, .window = MIB, .io = SMMAP_IO_MMAP},
    {.name = "random 64 bytes, pread", .run = run_random, .window = MIB, .io = SMMAP_IO_PREAD},
};
#define MEASURES ((int)(sizeof measures / sizeof *measures))

static int compare(const void *a, const void *b)
{
    const double *left = a;
    const double *right = b;

    return (*left > *right) - (*left < *right);
}

static double median(double *numbers, int count)
{
    qsort(numbers, (size_t)count, sizeof *numbers, compare);
    return numbers[count / 2];
}

/* A file of real bytes, so that pages are not all the same one. */
static char *write_file(char *name)
{
    static unsigned char block[1 << 20];
    uint64_t state = 1;
    int fd = mkstemp(name);
    size_t at;
    int part;

    if (fd < 0)
        check(SMMAP_ERROR_SYSTEM, name);
    for (part = 0; part < 512; part++) {
        for (at = 0; at < sizeof block; at++)
            block[at] = (unsigned char)next(&state);
        if (write(fd, block, sizeof block) != (ssize_t)sizeof block)
            check(SMMAP_ERROR_SYSTEM, name);
    }
    close(fd);
    return name;
}

static void read_once(const struct bench *bench)
{
    static unsigned char block[1 << 20];
    uint64_t at;

    for (at = 0; at < bench->size; at += sizeof block)
        if (pread(bench->fd, block, sizeof block, (off_t)at) <= 0)
            break;
}

static void print_measure(struct bench *bench, const struct measure *measure, int repeats)
{
    double ours[MOST_REPEATS];
    double bare[MOST_REPEATS];
    double ratio[MOST_REPEATS];
    int turn;

    bench->window = measure->window;
    bench->io = measure->io;
    for (turn = 0; turn < repeats; turn++) {
        struct pair took = measure->run(bench);

        ours[turn] = took.ours;
        bare[turn] = took.bare;
        ratio[turn] = took.bare > 0 ? took.ours / took.bare : 0;
    }
    printf("%-24s %10.1f", measure->name, median(ours, repeats));
    if (bare[0] > 0)
        printf(" %10.1f %8.2f", median(bare, repeats), median(ratio, repeats));
    printf("\n");
}

int main(int count, char **arguments)
{
    char temporary[4096];
    const char *folder = getenv("TMPDIR");
    const char *wanted = getenv("REPEAT");
    int repeats = wanted ? atoi(wanted) : 7;
    struct bench bench = {0};
    struct stat status;
    int at;

    if (count > 2) {
        fprintf(stderr, "usage: %s [FILE]\n", arguments[0]);
        return 2;
    }
    snprintf(temporary, sizeof temporary, "%s/bench-smmap-XXXXXX", folder ? folder : "/tmp");
    bench.path = count == 2 ? arguments[1] : write_file(temporary);
    bench.fd = open(bench.path, O_RDONLY);
    if (bench.fd < 0 || fstat(bench.fd, &status) || (uint64_t)status.st_size < 128 * MIB) {
        fprintf(stderr, "%s: cannot be read, or is smaller than 128 MiB\n", bench.path);
        return EXIT_FAILURE;
    }
    bench.size = (uint64_t)status.st_size;
    repeats = repeats < 1 ? 1 : repeats > MOST_REPEATS ? MOST_REPEATS : repeats;
    read_once(&bench);
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line as soon as it is known, wherever it goes */
    printf(
        "libsmmap, %.0f MiB, medians of %d; bare: mmap, first touch, munmap of the same windows\n",
        (double)bench.size / (double)MIB, repeats);
    printf("%-24s %10s %10s %8s\n", "", "ns", "bare ns", "ratio");
    for (at = 0; at < MEASURES; at++)
        print_measure(&bench, &measures[at], repeats);
    if (count < 2)
        unlink(temporary);
    close(bench.fd);
    return bench.sum == 1 ? EXIT_FAILURE : EXIT_SUCCESS;
}
