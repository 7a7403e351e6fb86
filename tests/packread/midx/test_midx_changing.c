/* test_midx_changing.c - multi-pack-indexes come, go and are replaced, with packs and without,
 * while threads find and read: nothing is missed, and nothing is used that was given back. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "midx_folder.h"
#include "samples.h"
#include "suite.h"

#define THREADS 4
#define ROUNDS 60

static struct midx_folder packs;
static packread_snapshot *snapshot;
static atomic_bool is_over;
static atomic_int missed;
static atomic_int asked;

static void *ask(void *context)
{
    packread_reader *reader = sample_reader(snapshot);

    (void)context;
    while (!atomic_load(&is_over)) {
        for (size_t i = 0; i < MIDX_IDS; i++) {
            packread_object object;
            packread_location location;
            packread_error error;

            if (packread_reader_find(reader, &packs.ids[i], &location, &error) != 0 ||
                packread_reader_read(reader, &packs.ids[i], &object, &error) != 0)
                atomic_fetch_add(&missed, 1);
            atomic_fetch_add(&asked, 1);
        }
    }
    packread_reader_free(reader);
    return NULL;
}

static void *verify(void *context)
{
    (void)context;
    while (!atomic_load(&is_over)) {
        for (size_t i = packread_snapshot_midxes(snapshot); i-- > 0;) {
            int status = packread_verify_midx(snapshot, i, NULL, NULL, NULL);

            /* One that names a pack which is gone by now has a finding. */
            if (status != 0 && status != PACKREAD_ERROR_CHANGED && status != PACKREAD_ERROR_CORRUPT)
                atomic_fetch_add(&missed, 1);
        }
    }
    return NULL;
}

static void drop(const char *name)
{
    char *path = suite_scratch_path(name);

    unlink(path);
    free(path);
}

/* A pack that has nothing of its own. */
static void put_pack(void)
{
    struct packwriter_bytes index = {0};

    packwriter_index_write_pack(&index, &packs.packs[0], NULL);
    midx_folder_put("pack-again.pack", &packs.packs[0].bytes);
    midx_folder_put("pack-again.idx", &index);
    packwriter_bytes_free(&index);
}

static void change(int round)
{
    const struct midxwriter_options options = {.version = 1 + (unsigned)round % 2,
                                               .preferred = 1 + (size_t)round % MIDX_PACKS,
                                               .order = true};
    char *from = suite_scratch_path("multi-pack-index.d/new");
    char *to = suite_scratch_path("multi-pack-index");
    struct packwriter_bytes bytes = {0};

    switch (round % 5) {
    case 0:
    case 3: /* as git does it: a file of another name is renamed */
        midxwriter_write(&bytes, packs.hash, packs.named, MIDX_PACKS, &options);
        midx_folder_put("multi-pack-index.d/new", &bytes);
        ck_assert_int_eq(rename(from, to), 0);
        break;
    case 1:
        put_pack();
        break;
    case 2:
        drop("multi-pack-index");
        midx_folder_put_two_layers(&packs, options.version, 3 - options.version);
        break;
    default:
        drop("pack-again.idx");
        drop("pack-again.pack");
    }
    packwriter_bytes_free(&bytes);
    free(from);
    free(to);
}

START_TEST(nothing_is_missed_while_they_are_replaced)
{
    pthread_t threads[THREADS + 1];
    packread_error error;

    midx_folder_make(&packs, PACKWRITER_SHA1);
    snapshot = midx_folder_open(NULL);
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask, NULL), 0);
    ck_assert_int_eq(pthread_create(&threads[THREADS], NULL, verify, NULL), 0);
    for (int round = 0; round < ROUNDS; round++) {
        int before = atomic_load(&asked);

        change(round);
        sample_good(packread_snapshot_refresh(snapshot, NULL, &error), &error);
        while (atomic_load(&asked) < before + MIDX_IDS)
            sched_yield();
    }
    atomic_store(&is_over, true);
    for (size_t i = 0; i <= THREADS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(atomic_load(&missed), 0);
    ck_assert_uint_ge(packread_snapshot_midxes(snapshot), ROUNDS / 5);
    packread_snapshot_free(snapshot);
    midx_folder_free(&packs);
}
END_TEST

/* ---- Chains -----------------------------------------------------------------------------------
 */

/* As git does it: the new layers, the chain under its name, and then the old layers go. */
static void replace_chain(unsigned version, struct packwriter_bytes *old)
{
    const struct midxwriter_options options = {.version = version};
    struct packwriter_bytes chain = {0};
    char *from = suite_scratch_path("multi-pack-index.d/new");
    char *to = suite_scratch_path("multi-pack-index.d/multi-pack-index-chain");

    for (size_t i = 0; i < MIDX_PACKS; i++)
        midx_folder_put_layer(&packs, i, 1, &options, &chain);
    midx_folder_put("multi-pack-index.d/new", &chain);
    ck_assert_int_eq(rename(from, to), 0);
    for (size_t line = 1; old->size > 0 && line <= MIDX_PACKS; line++) {
        char name[MIDX_LAYER_NAME];

        midx_folder_name_layer(&packs, old, line, name);
        drop(name);
    }
    packwriter_bytes_free(old);
    *old = chain;
    free(from);
    free(to);
}

/* Once for each time that it is opened: else it could never be read to its end. */
static void *replace(void *context)
{
    struct packwriter_bytes *chain = context;
    int seen = 0;

    for (unsigned version = 2; !atomic_load(&is_over); version = 3 - version) {
        while (atomic_load(&asked) == seen && !atomic_load(&is_over))
            sched_yield();
        seen = atomic_load(&asked);
        replace_chain(version, chain);
    }
    return NULL;
}

/* What an old chain names that is gone by now is no damage. */
START_TEST(a_chain_that_is_replaced_lacks_nothing)
{
    struct packwriter_bytes chain = {0};
    pthread_t thread;

    midx_folder_make(&packs, PACKWRITER_SHA1);
    replace_chain(1, &chain);
    atomic_store(&is_over, false);
    atomic_store(&asked, 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, replace, &chain), 0);
    for (int round = 0; round < 50 * ROUNDS; round++) {
        atomic_fetch_add(&asked, 1);
        snapshot = midx_folder_open(NULL);
        if (packread_snapshot_problems(snapshot) > 0)
            ck_abort_msg("%s", packread_snapshot_problem(snapshot, 0)->text);
        packread_snapshot_free(snapshot);
    }
    atomic_store(&is_over, true);
    pthread_join(thread, NULL);
    packwriter_bytes_free(&chain);
    midx_folder_free(&packs);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("multi-pack-indexes that change");
    TCase *cases = tcase_create("changes");

    tcase_add_test(cases, nothing_is_missed_while_they_are_replaced);
    tcase_add_test(cases, a_chain_that_is_replaced_lacks_nothing);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
