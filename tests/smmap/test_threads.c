/* test_threads.c - eight threads on one manager do random things to the same files, with
 * collecting, releasing and changing limits among them, want the same region at once, and ask one
 * cursor that rests; every byte that a cursor shows is checked.
 * Made for ThreadSanitizer, under which it takes fewer steps. STEPS is per thread; with CHECK_LARGE
 * there are more. */
#include "fake_system.h"
#include "invariants.h"
#include "pattern.h"
#include "sanitized.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS 8
#define FILES 3
#define CURSORS 4

#define DEFAULT_STEPS (SANITIZED ? 3000u : suite_number("CHECK_LARGE", 0) ? 20000u : 8000u)

struct shared {
    smmap_manager *manager;
    char *paths[FILES];
    int fds[FILES];
    uint64_t sizes[FILES];
    uint64_t page;
    uint64_t steps;
    bool hard;
};

struct worker {
    struct shared *shared;
    pthread_t thread;
    uint64_t random;
    smmap_cursor *cursors[CURSORS];
    int files[CURSORS];
    uint64_t uses;
};

/* libcheck's own are not for threads. */
#define hold(condition)                                                     \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                        \
        }                                                                   \
    } while (0)

static void open_one(struct worker *worker, int place)
{
    struct shared *shared = worker->shared;
    int file = (int)suite_random_below(&worker->random, FILES);
    int code = suite_random_below(&worker->random, 3)
                   ? smmap_cursor_open_path(shared->manager, shared->paths[file],
                                            &worker->cursors[place], NULL)
                   : smmap_cursor_open_fd(shared->manager, shared->fds[file],
                                          &worker->cursors[place], NULL);

    hold(code == SMMAP_OK);
    worker->files[place] = file;
}

static void check_bytes(const smmap_cursor *cursor, int file)
{
    const unsigned char *data = smmap_cursor_data(cursor);
    uint64_t begin = smmap_cursor_begin(cursor);
    size_t size = smmap_cursor_size(cursor);

    hold(data && size);
    hold(data[0] == pattern_byte(begin, (uint64_t)file));
    hold(data[size / 2] == pattern_byte(begin + size / 2, (uint64_t)file));
    hold(data[size - 1] == pattern_byte(begin + size - 1, (uint64_t)file));
}

static void use_one(struct worker *worker, int place)
{
    struct shared *shared = worker->shared;
    uint64_t file_size = shared->sizes[worker->files[place]];
    uint64_t offset = suite_random_below(&worker->random, file_size);
    uint64_t size = 1 + suite_random_below(&worker->random, 3 * shared->page);
    smmap_cursor *cursor = worker->cursors[place];
    int code;

    if (suite_random_below(&worker->random, 2)) {
        code = smmap_cursor_use(cursor, offset, size, 0, NULL);
    } else {
        if (size > file_size - offset)
            size = file_size - offset;
        code = smmap_cursor_need(cursor, offset, size, NULL);
        hold(code || smmap_cursor_size(cursor) == size);
    }
    hold(code == SMMAP_OK || (shared->hard && code == SMMAP_ERROR_LIMIT));
    worker->uses++;
    if (!code) {
        smmap_region_info info = {0};

        check_bytes(cursor, worker->files[place]);
        if (suite_random_below(&worker->random, 16) == 0) {
            hold(smmap_cursor_region(cursor, &info) == SMMAP_OK);
            hold(info.clients >= 1 && info.uses >= 1);
            hold(info.begin <= offset && offset < info.end);
        }
    }
}

static void manage(struct worker *worker)
{
    struct shared *shared = worker->shared;
    smmap_file_info info = {0};
    smmap_stats stats = {0};

    switch (suite_random_below(&worker->random, 7)) {
    case 0:
        smmap_manager_collect(shared->manager);
        break;
    case 1:
        smmap_manager_release_path(shared->manager,
                                   shared->paths[suite_random_below(&worker->random, FILES)], NULL);
        break;
    case 2:
        smmap_manager_set_limits(shared->manager,
                                 shared->page * (40 + suite_random_below(&worker->random, 100)),
                                 8 + suite_random_below(&worker->random, 40));
        break;
    case 3:
        smmap_manager_stats(shared->manager, &stats);
        hold(stats.bytes_pinned <= stats.bytes_mapped && stats.regions_pinned <= stats.regions);
        hold(!shared->hard || stats.regions <= stats.regions_pinned ||
             stats.bytes_mapped <= shared->page * 140);
        break;
    case 4:
        hold(smmap_cursor_file(worker->cursors[0], &info) == SMMAP_OK);
        hold(info.clients >= 1);
        break;
    case 5:
        smmap_cursor_release_file(worker->cursors[1], NULL);
        break;
    default: {
        const char *wrong = smm_manager_check(shared->manager);

        if (wrong)
            fprintf(stderr, "invariant: %s\n", wrong);
        hold(!wrong);
    }
    }
}

static void *run(void *argument)
{
    struct worker *worker = argument;
    uint64_t step;
    int place;

    for (place = 0; place < CURSORS; place++)
        open_one(worker, place);
    for (step = 0; step < worker->shared->steps; step++) {
        uint64_t what = suite_random_below(&worker->random, 100);
        int other = (int)suite_random_below(&worker->random, CURSORS);

        place = (int)suite_random_below(&worker->random, CURSORS);
        if (what < 70) {
            use_one(worker, place);
        } else if (what < 80) {
            smmap_cursor_unuse(worker->cursors[place]);
        } else if (what < 85) {
            smmap_cursor_close(worker->cursors[place]);
            open_one(worker, place);
        } else if (what < 90) {
            hold(!smmap_cursor_assign(worker->cursors[place], worker->cursors[other]));
            worker->files[place] = worker->files[other];
        } else if (what < 95 && place != other) {
            smmap_cursor_close(worker->cursors[place]);
            hold(!smmap_cursor_copy(worker->cursors[other], &worker->cursors[place]));
            worker->files[place] = worker->files[other];
        } else {
            manage(worker);
        }
    }
    for (place = 0; place < CURSORS; place++)
        smmap_cursor_close(worker->cursors[place]);
    return NULL;
}

/* The kinds of manager, one after another. */
static const smmap_options kinds[] = {
    {.window_size = 4 * 4096, .memory_limit = 300 * 1024, .open_limit = 1},
    {.window_size = 1, .memory_limit = 500 * 1024, .mapping_limit = 20, .io = SMMAP_IO_MMAP},
    {.window_size = 4 * 4096, .memory_limit = 400 * 1024, .io = SMMAP_IO_PREAD},
    {.window_size = 4 * 4096, .memory_limit = 300 * 1024, .flags = SMMAP_HARD_LIMITS},
    {.kind = SMMAP_STATIC, .memory_limit = 300 * 1024},
};

START_TEST(threads_share_one_manager)
{
    struct shared shared = {.page = smmap_granularity()};
    struct worker workers[THREADS];
    uint64_t uses = 0;
    smmap_stats stats = {0};
    int at;

    shared.steps = suite_number("STEPS", DEFAULT_STEPS);
    shared.hard = (kinds[_i].flags & SMMAP_HARD_LIMITS) != 0;
    shared.manager = new_manager(&kinds[_i]);
    for (at = 0; at < FILES; at++) {
        char name[2] = {(char)('a' + at), 0};

        shared.sizes[at] = shared.page * (uint64_t)(10 + 30 * at) + 5;
        shared.paths[at] = pattern_file(name, shared.sizes[at], (uint64_t)at);
        shared.fds[at] = open(shared.paths[at], O_RDONLY);
    }
    memset(workers, 0, sizeof workers);
    for (at = 0; at < THREADS; at++) {
        workers[at].shared = &shared;
        workers[at].random = suite_seed() + (uint64_t)at * 77;
        ck_assert_int_eq(pthread_create(&workers[at].thread, NULL, run, &workers[at]), 0);
    }
    for (at = 0; at < THREADS; at++) {
        pthread_join(workers[at].thread, NULL);
        uses += workers[at].uses;
    }
    stats = stats_of(shared.manager);
    ck_assert_uint_eq(stats.hits + stats.shared_hits + stats.misses + stats.failures, uses);
    ck_assert_uint_eq(stats.cursors, 0);
    ck_assert_uint_eq(stats.regions_pinned, 0);
    ck_assert_uint_eq(stats.descriptors, 0);
    smmap_manager_free(shared.manager);
    for (at = 0; at < FILES; at++) {
        close(shared.fds[at]);
        free(shared.paths[at]);
    }
}
END_TEST

/* ---- Eight want the same region at the same time ------------------------------------------ */

struct crowd {
    smmap_cursor *cursor;
    pthread_t thread;
    _Atomic int *ready;
    int code;
};

static void *rush(void *argument)
{
    struct crowd *one = argument;

    atomic_fetch_add(one->ready, 1);
    while (atomic_load(one->ready) < THREADS)
        sched_yield();
    one->code = smmap_cursor_use(one->cursor, 0, 0, 0, NULL);
    if (!one->code)
        check_bytes(one->cursor, 0);
    return NULL;
}

static uint64_t crowd_round(smmap_manager *manager, const char *path, int *failed)
{
    struct crowd crowd[THREADS];
    _Atomic int ready = 0;
    uint64_t misses = stats_of(manager).misses;
    int at;

    for (at = 0; at < THREADS; at++) {
        crowd[at].cursor = open_cursor(manager, path);
        crowd[at].ready = &ready;
        ck_assert_int_eq(pthread_create(&crowd[at].thread, NULL, rush, &crowd[at]), 0);
    }
    for (at = 0; at < THREADS; at++)
        pthread_join(crowd[at].thread, NULL);
    *failed = 0;
    for (at = 0; at < THREADS; at++) {
        *failed += crowd[at].code != SMMAP_OK;
        ck_assert(!crowd[at].code || crowd[at].code == SMMAP_ERROR_SYSTEM);
    }
    misses = stats_of(manager).misses - misses;
    for (at = 0; at < THREADS; at++)
        smmap_cursor_close(crowd[at].cursor);
    smmap_manager_collect(manager);
    return misses;
}

START_TEST(threads_that_want_the_same_region_load_it_once_and_share_failures)
{
    char *path = pattern_file("file", 64 * 4096, 0);
    smmap_manager *manager;
    int at, failed;

    fake_reset();
    manager = new_fake_manager(&(smmap_options){.io = SMMAP_IO_PREAD});
    for (at = 0; at < 100; at++) {
        ck_assert_uint_eq(crowd_round(manager, path, &failed), 1);
        ck_assert_int_eq(failed, 0);
        fake_fail(FAKE_READ, 1, true, 5 /* EIO */);
        ck_assert_uint_eq(crowd_round(manager, path, &failed), 0);
        ck_assert_int_eq(failed, THREADS);
        fake_reset();
    }
    smmap_manager_free(manager);
    free(path);
}
END_TEST

/* ---- Eight ask one cursor that nobody moves ------------------------------------------------ */

struct asker {
    const smmap_cursor *rest;  /* of file 0, with a region */
    const smmap_cursor *other; /* of file 1, without one */
    uint64_t page;
    uint64_t steps;
    pthread_t thread;
    uint64_t random;
};

static void ask_for_itself(const struct asker *asker)
{
    smmap_region_info region = {0};
    smmap_file_info file = {0};
    smmap_stats stats = {0};
    const char *path = NULL;
    smmap_error error;

    hold(smmap_cursor_check(asker->rest, &error) == SMMAP_OK);
    hold(smmap_cursor_check(asker->other, &error) == SMMAP_OK);
    hold(smmap_cursor_faults(asker->rest) == 0);
    hold(smmap_cursor_file_size(asker->rest) == 40 * asker->page);
    hold(smmap_cursor_is_valid(asker->rest) && !smmap_cursor_is_valid(asker->other));
    hold(smmap_cursor_path(asker->rest, &path) == SMMAP_OK && path);
    hold(smmap_cursor_region(asker->rest, &region) == SMMAP_OK && region.clients >= 1);
    hold(smmap_cursor_file(asker->rest, &file) == SMMAP_OK && file.clients >= 1);
    hold(smmap_cursor_file_stats(asker->rest, &stats) == SMMAP_OK && stats.cursors >= 1);
    check_bytes(asker->rest, 0);
}

static void *ask(void *argument)
{
    struct asker *asker = argument;
    smmap_cursor *own;
    uint64_t step;

    hold(smmap_cursor_new(&own) == SMMAP_OK);
    for (step = 0; step < asker->steps; step++) {
        int file = (int)suite_random_below(&asker->random, 2);
        const smmap_cursor *rest = file ? asker->other : asker->rest;
        uint64_t offset = suite_random_below(&asker->random, 40 * asker->page);
        smmap_cursor *copy;
        smmap_buffer *buffer;

        ask_for_itself(asker);
        hold(smmap_cursor_assign(own, rest) == SMMAP_OK);
        hold(smmap_cursor_use(own, offset, 100, 0, NULL) == SMMAP_OK);
        check_bytes(own, file);
        hold(smmap_cursor_copy(rest, &copy) == SMMAP_OK);
        if (!file)
            check_bytes(copy, 0);
        smmap_cursor_close(copy);
        hold(smmap_buffer_new(rest, offset, 100, 0, &buffer, NULL) == SMMAP_OK);
        smmap_buffer_free(buffer);
        if (suite_random_below(&asker->random, 16) == 0)
            smmap_cursor_release_file(rest, NULL);
    }
    smmap_cursor_close(own);
    return NULL;
}

START_TEST(threads_ask_and_copy_one_cursor_at_rest)
{
    const uint64_t page = smmap_granularity();
    char *path = pattern_file("file", 40 * page, 0);
    char *other_path = pattern_file("other", 40 * page, 1);
    smmap_manager *manager = new_manager(
        &(smmap_options){.window_size = 2 * page, .mapping_limit = 10, .open_limit = 1});
    smmap_cursor *rest = open_cursor(manager, path);
    smmap_cursor *other = open_cursor(manager, other_path);
    struct asker askers[THREADS];
    int at;

    use(rest, 3 * page + 7, 0);
    for (at = 0; at < THREADS; at++) {
        askers[at] = (struct asker){.rest = rest, .other = other, .page = page};
        askers[at].steps = suite_number("STEPS", DEFAULT_STEPS) / 20;
        askers[at].random = suite_seed() + (uint64_t)at;
        ck_assert_int_eq(pthread_create(&askers[at].thread, NULL, ask, &askers[at]), 0);
    }
    for (at = 0; at < THREADS; at++)
        pthread_join(askers[at].thread, NULL);
    ck_assert_uint_eq(stats_of(manager).cursors, 2);
    pattern_check_cursor(rest, 0);
    smmap_cursor_close(rest);
    smmap_cursor_close(other);
    smmap_manager_free(manager);
    free(path);
    free(other_path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: threads");
    TCase *cases = tcase_create("threads");

    tcase_add_loop_test(cases, threads_share_one_manager, 0, 5);
    tcase_add_test(cases, threads_that_want_the_same_region_load_it_once_and_share_failures);
    tcase_add_test(cases, threads_ask_and_copy_one_cursor_at_rest);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
