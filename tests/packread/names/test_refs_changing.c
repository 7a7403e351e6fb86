/* test_refs_changing.c - while one thread writes tables of refs the way git does, compacts them and
 * takes old ones away, others look refs up and list them: none is ever missing, none is wrong. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "made_reftable.h"
#include "packread.h"
#include "suite.h"

#define READERS 3
#define ROUNDS 200
#define OLD_MOST 6 /* tables before they become one */

static struct {
    packread_snapshot *snapshot;
    atomic_bool is_over;
    atomic_uint looks;
    atomic_uint wrong;
} scene;

/* ---- Writing --------------------------------------------------------------------------------- */

static char *path_of(unsigned table)
{
    char name[64];

    snprintf(name, sizeof name, "r/reftable/%u.ref", table);
    return suite_scratch_path(name);
}

/* A table in which all refs that move are at `id`; the first one has the others, too. */
static void write_table(unsigned table, unsigned char id, bool is_whole)
{
    const struct made_reftable layout = {
        .version = 1, .id_size = 20, .block_size = 256, .restart_each = 2, .has_index = true};
    const struct made_ref refs[] = {
        {.name = "HEAD", .kind = 3, .target = "refs/heads/moves"},
        {.name = "refs/heads/moves", .kind = 1, .id = id},
        {.name = "refs/heads/still", .kind = 1, .id = 0x11},
        {.name = "refs/tags/v", .kind = 2, .id = 0x12, .peeled = 0x13},
    };
    char *path = path_of(table);
    size_t size;
    unsigned char *bytes =
        made_reftable_write(&layout, refs + !is_whole, is_whole ? 4 : 1, &size, NULL);

    suite_write_file(path, bytes, size);
    free(bytes);
    free(path);
}

static void write_list(unsigned first, unsigned end)
{
    char *lock = suite_scratch_path("r/reftable/tables.list.lock");
    char *list = suite_scratch_path("r/reftable/tables.list");
    char text[1024] = "";
    size_t used = 0;

    for (unsigned table = first; table < end; table++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%u.ref\n", table);
    suite_write_file(lock, text, used);
    ck_assert_int_eq(rename(lock, list), 0);
    free(lock);
    free(list);
}

static void write_all(void)
{
    unsigned first = 0;
    unsigned end = 1;

    for (unsigned round = 0; round < ROUNDS; round++) {
        write_table(end++, (unsigned char)(0x20 + round % 64), false);
        write_list(first, end);
        if (end - first < OLD_MOST)
            continue;
        write_table(end, (unsigned char)(0x20 + round % 64), true);
        write_list(end, end + 1);
        for (; first < end; first++) {
            char *path = path_of(first);

            ck_assert_int_eq(unlink(path), 0);
            free(path);
        }
        end++;
    }
}

/* ---- Reading --------------------------------------------------------------------------------- */

static void is_good(const char *name, const packread_id *id)
{
    const bool moves = strcmp(name, "HEAD") == 0 || strcmp(name, "refs/heads/moves") == 0;
    const unsigned char byte = id->bytes[0];
    bool good = id->size == 20 && id->bytes[19] == byte;

    if (moves)
        good = good && byte >= 0x20 && byte < 0x60;
    else
        good = good && byte == (strcmp(name, "refs/heads/still") == 0 ? 0x11 : 0x12);
    if (!good)
        atomic_fetch_add(&scene.wrong, 1);
    atomic_fetch_add(&scene.looks, 1);
}

static int take(void *context, const packread_ref *ref, const packread_error *error)
{
    if (error)
        atomic_fetch_add(&scene.wrong, 1);
    ++*(unsigned *)context;
    is_good(ref->name, &ref->id);
    return 0;
}

static void list_all(void)
{
    unsigned count = 0;
    packread_error error = {0};

    if (packread_snapshot_refs(scene.snapshot, take, &count, &error) != 0 || count != 4) {
        printf("%u listed: %s: %s\n", count, error.file, error.text);
        atomic_fetch_add(&scene.wrong, 1);
    }
}

static void *read_on(void *context)
{
    static const char *const names[] = {"HEAD", "refs/heads/moves", "refs/heads/still",
                                        "refs/tags/v"};
    packread_reader *reader = context;

    while (!atomic_load(&scene.is_over)) {
        for (size_t i = 0; i < 4; i++) {
            packread_name found = {.struct_size = sizeof found};
            packread_error error = {0};

            if (packread_reader_resolve(reader, names[i], strlen(names[i]), 0, &found, &error) ==
                0) {
                is_good(names[i], &found.id);
                continue;
            }
            printf("%s: %s: %s\n", names[i], error.file, error.text);
            atomic_fetch_add(&scene.wrong, 1);
        }
        list_all();
    }
    return NULL;
}

/* What was written last is what is read. */
static void is_last(packread_snapshot *snapshot)
{
    packread_name found = {.struct_size = sizeof found};
    packread_reader *reader;

    ck_assert_int_eq(packread_reader_new(snapshot, &reader, NULL), 0);
    ck_assert_int_eq(packread_reader_resolve(reader, "HEAD", 4, 0, &found, NULL), 0);
    ck_assert_uint_eq(found.id.bytes[0], 0x20 + (ROUNDS - 1) % 64);
    packread_reader_free(reader);
}

START_TEST(refs_in_tables_are_never_missing)
{
    packread_reader *readers[READERS];
    pthread_t threads[READERS];
    packread_error error = {0};
    char *path = suite_scratch_path("r");

    suite_scratch_write("r/objects/info/keep", "");
    suite_scratch_write("r/HEAD", "ref: refs/heads/.invalid\n");
    suite_scratch_write("r/config", "[core]\n\trepositoryformatversion = 1\n"
                                    "[extensions]\n\trefstorage = reftable\n");
    suite_scratch_write("r/reftable/tables.list", "0.ref\n");
    write_table(0, 0x20, true);
    ck_assert_int_eq(packread_snapshot_open(path, NULL, &scene.snapshot, &error), 0);
    for (int i = 0; i < READERS; i++) {
        ck_assert_int_eq(packread_reader_new(scene.snapshot, &readers[i], NULL), 0);
        ck_assert_int_eq(pthread_create(&threads[i], NULL, read_on, readers[i]), 0);
    }
    write_all();
    atomic_store(&scene.is_over, true);
    for (int i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        packread_reader_free(readers[i]);
    }
    is_last(scene.snapshot);
    packread_snapshot_free(scene.snapshot);
    ck_assert_uint_eq(atomic_load(&scene.wrong), 0);
    ck_assert_uint_gt(atomic_load(&scene.looks), 24);
    printf("%u looks\n", atomic_load(&scene.looks));
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packread: refs that change");
    TCase *cases = tcase_create("refs that change");

    tcase_add_test(cases, refs_in_tables_are_never_missing);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
