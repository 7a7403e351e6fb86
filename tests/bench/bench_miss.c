/* bench_miss.c - what an id costs that no pack has, and one that one of many has.
 *
 *   bench_miss PACKS ROWS [GIT]  makes so many packs of so many rows in a temporary folder, and
 *                                asks; with GIT, that git writes a multi-pack-index of them first
 *
 * The packs hold no objects: where an id is the indexes tell. Each line is the mean of some
 * look-ups, after those of the lines before: misses, or hits of random ids, in a snapshot of its
 * own. */
#include <packread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ID 20

static uint64_t state = 1;

static uint64_t next_number(void) /* xorshift64* */
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(2685821657736338717);
}

static void fill(unsigned char *id)
{
    for (size_t i = 0; i < ID; i++)
        id[i] = (unsigned char)(next_number() >> 32);
}

/* All ids, for hits. */
static unsigned char *all;
static size_t all_count;

static int compare(const void *left, const void *right)
{
    return memcmp(left, right, ID);
}

static void check(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "bench_miss: %s\n", what);
    exit(1);
}

static void put(FILE *file, uint32_t number)
{
    const unsigned char bytes[] = {(unsigned char)(number >> 24), (unsigned char)(number >> 16),
                                   (unsigned char)(number >> 8), (unsigned char)number};

    fwrite(bytes, sizeof bytes, 1, file);
}

static FILE *begin(char *path, size_t room, const char *folder, unsigned number, const char *ending)
{
    FILE *file;

    snprintf(path, room, "%s/pack-%06u.%s", folder, number, ending);
    file = fopen(path, "wb");
    check(file != NULL, "no such folder");
    return file;
}

static void make_pack(const char *folder, unsigned number, uint32_t rows)
{
    unsigned char *ids = malloc((size_t)rows * ID);
    unsigned char sum[ID];
    char path[4096];
    FILE *file = begin(path, sizeof path, folder, number, "pack");

    check(ids != NULL, "no memory");
    fill(sum);
    fputs("PACK", file);
    put(file, 2);
    put(file, rows);
    for (uint32_t i = 0; i < rows; i++)
        fputc(0, file);
    fwrite(sum, ID, 1, file);
    check(fclose(file) == 0, "cannot be written");
    for (uint32_t i = 0; i < rows; i++)
        fill(ids + (size_t)i * ID);
    memcpy(all + all_count * ID, ids, (size_t)rows * ID);
    all_count += rows;
    qsort(ids, rows, ID, compare);
    file = begin(path, sizeof path, folder, number, "idx");
    fputs("\377tOc", file);
    put(file, 2);
    for (uint32_t first = 0, count = 0; first < 256; first++) {
        while (count < rows && ids[(size_t)count * ID] <= first)
            count++;
        put(file, count);
    }
    fwrite(ids, ID, rows, file);
    for (uint32_t i = 0; i < 2 * rows; i++)
        put(file, 12 + i % rows); /* CRCs, which nobody reads, and offsets */
    fwrite(sum, ID, 1, file);
    fwrite(sum, ID, 1, file);
    check(fclose(file) == 0, "cannot be written");
    free(ids);
}

static void drop_packs(const char *folder, unsigned packs)
{
    char path[4096];

    for (unsigned i = 0; i < 2 * packs; i++) {
        snprintf(path, sizeof path, "%s/pack-%06u.%s", folder, i / 2, i % 2 ? "idx" : "pack");
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/multi-pack-index", folder);
    unlink(path);
    rmdir(folder);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* `from` NULL: ids that no pack has. */
static void ask(packread_reader *reader, const char *what, int count, const unsigned char *from)
{
    const int expected = from ? 0 : PACKREAD_ERROR_NOT_FOUND;
    double begun = now();

    for (int i = 0; i < count; i++) {
        packread_id id = {.size = ID};
        packread_location location;

        if (from)
            memcpy(id.bytes, from + (next_number() >> 16) % all_count * ID, ID);
        else
            fill(id.bytes);
        check(packread_reader_find(reader, &id, &location, NULL) == expected, "a wrong answer");
    }
    printf("%10.2f us a %s: %s\n", (now() - begun) / count, from ? "hit" : "miss", what);
}

static void ask_all(const char *folder, const unsigned char *from)
{
    packread_snapshot *snapshot;
    packread_reader *reader = NULL;
    packread_error error;
    double begun = now();

    check(packread_snapshot_open(folder, NULL, &snapshot, &error) == 0 &&
              packread_reader_new(snapshot, &reader, &error) == 0,
          "does not open");
    printf("%10.2f ms to open; problems: %u\n", (now() - begun) / 1e3,
           (unsigned)packread_snapshot_problems(snapshot));
    ask(reader, "the first", 1, from);
    ask(reader, "the next 9", 9, from);
    ask(reader, "the next 90", 90, from);
    ask(reader, "the next 900", 900, from);
    ask(reader, "10,000 after them", 10000, from);
    ask(reader, "100,000 after them", 100000, from);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}

static void write_midx(const char *git, const char *folder)
{
    char command[8192];

    snprintf(command, sizeof command,
             "set -e; d=$(mktemp -d); %s init -q --bare $d; rmdir $d/objects/pack; "
             "ln -s %s $d/objects/pack; %s -C $d multi-pack-index write; rm -r $d",
             git, folder, git);
    check(system(command) == 0, "git writes no multi-pack-index");
}

int main(int count, char **words)
{
    char folder[] = "/tmp/bench_miss.XXXXXX";
    unsigned packs;
    uint32_t rows;

    check(count == 3 || count == 4, "usage: bench_miss PACKS ROWS [GIT]");
    packs = (unsigned)strtoul(words[1], NULL, 10);
    rows = (uint32_t)strtoul(words[2], NULL, 10);
    all = malloc((size_t)packs * rows * ID + 1);
    check(packs > 0 && rows > 0 && all && mkdtemp(folder), "cannot begin");
    for (unsigned i = 0; i < packs; i++)
        make_pack(folder, i, rows);
    if (count == 4)
        write_midx(words[3], folder);
    printf("%u packs of %u rows%s\n", packs, (unsigned)rows,
           count == 4 ? ", and a multi-pack-index" : "");
    ask_all(folder, NULL);
    ask_all(folder, all);
    drop_packs(folder, packs);
    free(all);
    return 0;
}
