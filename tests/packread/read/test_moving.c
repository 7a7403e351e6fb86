/* test_moving.c - git moves objects between loose files and packs, back and forth, while threads
 * look them up, read them and list them: none is ever missing, wrong, or told twice.
 *
 * STRESS_SECONDS: how long; 5 seconds by default, a minute with CHECK_LARGE; but at
 * least until everything was moved through all its places once. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "samples.h"
#include "suite.h"

#define THREADS 4
#define OBJECTS 400
#define ROUND 50 /* objects that are looked up between two listings */

/* Half of the objects hang on a ref, half on nothing: repack -A makes those loose again before it
 * removes their pack. */
static const char make_repository[] =
    "set -e; git init -q --bare \"$1\"; cd \"$1\"; mkdir made\n"
    "i=0; while [ $i -lt 100 ]; do\n"
    "    echo \"object $i of seed $2\" > made/$i; echo made/$i\n"
    "    i=$((i + 1))\n"
    "done > paths\n"
    "git hash-object -w --stdin-paths < paths > blobs\n"
    "for name in file other; do\n"
    "    while read -r blob; do printf '100644 blob %s\\t%s\\n\\n' $blob $name; done < blobs |\n"
    "        git mktree --batch > trees.$name\n"
    "done\n"
    "i=0; while read -r tree; do\n"
    "    printf 'tree %s\\nauthor a <b> 0 +0000\\ncommitter a <b> 0 +0000\\n\\n%d\\n' $tree $i > "
    "made/$i\n"
    "    i=$((i + 1))\n"
    "done < trees.file\n"
    "git hash-object -t commit -w --stdin-paths < paths > commits\n"
    "i=0; while read -r commit; do\n"
    "    [ $((i % 2)) = 0 ] || echo \"create refs/heads/b$i $commit\"\n"
    "    i=$((i + 1))\n"
    "done < commits | git update-ref --stdin\n"
    "rm -r made paths blobs trees.* commits\n"
    "git cat-file --batch-all-objects --batch-check='%(objectname)' > \"$1/all\"\n"
    "test $(wc -l < \"$1/all\") = 400\n";

static const char move_them[] =
    "cd \"$1\" || exit 1\n"
    "while [ ! -e stop ]; do\n"
    "    split -l $((60 + RANDOM_PART)) all part. 2> /dev/null\n"
    "    for part in part.*; do\n"
    "        git pack-objects -q objects/pack/pack < $part > /dev/null; rm $part\n"
    "        git prune-packed -q\n"
    "    done\n"
    "    git repack -adkq\n"
    "    git repack -Adq\n"
    "    git prune-packed -q\n"
    "    git gc -q --prune=never\n"
    "    git repack -Adq\n"
    "    for pack in objects/pack/*.pack; do\n"
    "        [ -e $pack ] || continue\n"
    "        mkdir away; cp $pack away/pack; git init -q --bare away/git\n"
    "        git -C away/git unpack-objects -q < away/pack\n"
    "        cp -rln away/git/objects/[0-9a-f][0-9a-f] objects\n"
    "        rm -f ${pack%.pack}.*; rm -rf away\n"
    "    done\n"
    "    RANDOM_PART=$(((RANDOM_PART + 37) % 300))\n"
    "    echo >> rounds\n"
    "done\n";

static pid_t start(const char *script, const char *folder)
{
    char seed[32];
    pid_t child;

    snprintf(seed, sizeof seed, "%llu", (unsigned long long)suite_seed());
    setenv("RANDOM_PART", "0", 1);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", script, "sh", folder, seed, (char *)NULL);
        _exit(127);
    }
    return child;
}

static int end(pid_t child)
{
    int status;

    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return status;
}

/* ---- What the threads do -------------------------------------------------------------------- */

static packread_snapshot *snapshot;
static packread_id ids[OBJECTS];
static _Atomic bool is_over;

typedef struct worker {
    pthread_t thread;
    uint64_t random;
    packread_reader *reader;
    uint64_t reads;
    uint64_t listings;
    uint64_t failures;
    char first[512]; /* what the first failure was */
    /* Of the listing at hand: */
    size_t told;
    packread_id last;
} worker;

static void complain(worker *self, const char *what, const packread_id *id,
                     const packread_error *error)
{
    char hex[PACKREAD_HEX_MAX + 1] = "";

    if (id)
        packread_id_format(id, hex);
    if (self->failures++ == 0)
        snprintf(self->first, sizeof self->first, "%s %s: %.200s: %s", what, hex,
                 error ? error->file : "", error ? error->text : "");
}

static int see(void *context, const packread_info *info, const packread_error *error)
{
    worker *self = context;

    if (error)
        complain(self, "listed", &info->id, error);
    if (self->told > 0 && packread_id_compare(&self->last, &info->id) >= 0)
        complain(self, "out of order or twice", &info->id, NULL);
    self->last = info->id;
    self->told++;
    return 0;
}

static void list(worker *self, unsigned want)
{
    const packread_list_options options = {.want = want};
    packread_error error = {0};

    self->told = 0;
    self->listings++;
    if (packread_reader_list(self->reader, &options, see, self, &error) != 0)
        complain(self, "list", NULL, &error);
    if (self->told != OBJECTS) {
        char count[64];

        snprintf(count, sizeof count, "%zu objects listed", self->told);
        complain(self, count, NULL, NULL);
    }
}

static int mark(void *context, const packread_info *info, const packread_error *error)
{
    unsigned char *seen = context;

    for (size_t i = 0; !error && i < OBJECTS; i++)
        if (packread_id_compare(&ids[i], &info->id) == 0)
            seen[i]++;
    return 0;
}

static void list_by_offset(worker *self)
{
    const packread_list_options options = {
        .want = PACKREAD_WANT_TYPE, .order = PACKREAD_BY_OFFSET, .once = true};
    unsigned char seen[OBJECTS] = {0};
    packread_error error = {0};

    self->listings++;
    if (packread_reader_list(self->reader, &options, mark, seen, &error) != 0)
        complain(self, "list by offset", NULL, &error);
    for (size_t i = 0; i < OBJECTS; i++)
        if (seen[i] != 1)
            complain(self, seen[i] ? "twice by offset" : "missing by offset", &ids[i], NULL);
}

static void read_one(worker *self)
{
    const packread_id *id = &ids[suite_random_below(&self->random, OBJECTS)];
    char hex[PACKREAD_HEX_MAX + 1];
    packread_location location;
    packread_info info = {.struct_size = sizeof info};
    packread_object object;
    packread_error error = {0};
    packread_id found;

    self->reads++;
    packread_id_format(id, hex);
    switch (suite_random_below(&self->random, 4)) {
    case 0:
        if (packread_reader_find(self->reader, id, &location, &error) != 0)
            complain(self, "find", id, &error);
        break;
    case 1:
        if (packread_reader_find_prefix(self->reader, hex, 12, &found, &error) != 0 ||
            packread_id_compare(&found, id) != 0)
            complain(self, "find by prefix", id, &error);
        break;
    case 2:
        if (packread_reader_describe(self->reader, id, PACKREAD_WANT_ALL, &info, &error) != 0)
            complain(self, "describe", id, &error);
        break;
    default:
        break;
    }
    if (packread_reader_read(self->reader, id, &object, &error) != 0)
        complain(self, "read", id, &error);
    else if (!sample_hashes_to(id, object.type, object.data, object.size))
        complain(self, "wrong bytes", id, NULL);
}

static void *work(void *context)
{
    worker *self = context;

    while (!atomic_load(&is_over)) {
        for (int i = 0; i < ROUND && !atomic_load(&is_over); i++)
            read_one(self);
        if (suite_random_below(&self->random, 4) == 0)
            list_by_offset(self);
        else
            list(self, suite_random_below(&self->random, 2)
                           ? PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE | PACKREAD_WANT_DISK
                           : 0);
    }
    return NULL;
}

static void load_ids(const char *folder)
{
    char path[4096];
    char line[128];
    FILE *file;

    snprintf(path, sizeof path, "%s/all", folder);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    for (size_t i = 0; i < OBJECTS; i++) {
        ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
        ck_assert_int_eq(packread_id_parse(line, strcspn(line, "\n"), &ids[i]), 0);
    }
    fclose(file);
}

/* How often everything was moved through all its places. */
static size_t count_rounds(const char *folder)
{
    char path[4096];
    size_t count = 0;
    FILE *file;

    snprintf(path, sizeof path, "%s/rounds", folder);
    file = fopen(path, "r");
    while (file && getc(file) != EOF)
        count++;
    if (file)
        fclose(file);
    return count;
}

START_TEST(nothing_is_missing_while_git_moves_it)
{
    const uint64_t seconds =
        suite_number("STRESS_SECONDS", suite_number("CHECK_LARGE", 0) ? 60 : 5);
    char *folder = suite_scratch_path("moving.git");
    worker workers[THREADS] = {0};
    uint64_t seed = suite_seed();
    char path[4096];
    pid_t mover;

    ck_assert_int_eq(end(start(make_repository, folder)), 0);
    load_ids(folder);
    snapshot = sample_open(folder, NULL);
    mover = start(move_them, folder);
    for (size_t i = 0; i < THREADS; i++) {
        workers[i].random = seed + i;
        workers[i].reader = sample_reader(snapshot);
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (uint64_t slept = 0; slept < seconds || count_rounds(folder) == 0; slept++)
        sleep(1);
    atomic_store(&is_over, true);
    snprintf(path, sizeof path, "%s/stop", folder);
    suite_write_file(path, "", 0);
    for (size_t i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
        packread_reader_free(workers[i].reader);
        printf("%llu reads, %llu listings, %llu failures%s%s\n",
               (unsigned long long)workers[i].reads, (unsigned long long)workers[i].listings,
               (unsigned long long)workers[i].failures, workers[i].failures ? "; first: " : "",
               workers[i].first);
        ck_assert_uint_gt(workers[i].listings, 0);
    }
    ck_assert_int_eq(end(mover), 0);
    printf("%zu rounds\n", count_rounds(folder));
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_msg(workers[i].failures == 0, "%llu failures; the first: %s",
                      (unsigned long long)workers[i].failures, workers[i].first);
    packread_snapshot_free(snapshot);
    free(folder);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("objects that move");
    TCase *moving = tcase_create("moving");

    tcase_set_timeout(moving, 7200);
    tcase_add_test(moving, nothing_is_missing_while_git_moves_it);
    suite_add_tcase(suite, moving);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
