/* test_resident.c - what is resident is what the manager counts, whatever threads its copies come
 * and go on. */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "pattern.h"
#include "peak.h"
#include "smmap.h"
#include "suite.h"

#define MIB (UINT64_C(1) << 20)
#define LIMIT (32 * MIB)
#define FILE_SIZE (512 * MIB)
#define THREADS 8
#define JUMPS 8000
#define HELD 16 /* pieces of memory of its own that each thread has */
#define HELD_MOST 16384

typedef struct jumper {
    smmap_manager *manager;
    const char *path;
    uint64_t seed;
    pthread_t thread;
    int failures;
} jumper;

/* Jumps, and goes on from there for some steps; and uses memory of its own meanwhile, as one does
 * who decodes what it reads. */
static void *jump(void *context)
{
    jumper *self = context;
    void *held[HELD] = {NULL};
    smmap_cursor *cursor;

    self->failures = smmap_cursor_open_path(self->manager, self->path, &cursor, NULL) != 0;
    for (int i = 0; !self->failures && i < JUMPS; i++) {
        uint64_t at = suite_random_below(&self->seed, FILE_SIZE - MIB);
        uint64_t steps = suite_random_below(&self->seed, 4);
        size_t slot = (size_t)suite_random_below(&self->seed, HELD);

        for (; steps > 0 && !self->failures; steps--) {
            self->failures = smmap_cursor_use(cursor, at, 100, 0, NULL) != 0;
            at = smmap_cursor_end(cursor);
        }
        free(held[slot]);
        held[slot] = malloc(1 + (size_t)suite_random_below(&self->seed, HELD_MOST));
    }
    for (size_t i = 0; i < HELD; i++)
        free(held[i]);
    if (!self->failures)
        smmap_cursor_close(cursor);
    return NULL;
}

START_TEST(copies_of_many_threads_are_no_more_than_the_limit)
{
    const smmap_options options = {
        .window_size = MIB / 4, .memory_limit = LIMIT, .flags = SMMAP_HARD_LIMITS};
    char *path = suite_scratch_path("file");
    jumper jumpers[THREADS];
    smmap_manager *manager;
    smmap_stats stats = {0};
    uint64_t before;
    int file = open(path, O_RDWR | O_CREAT, 0666);

    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(ftruncate(file, FILE_SIZE), 0);
    close(file);
    ck_assert_int_eq(smmap_manager_new(&options, &manager), 0);
    before = peak_begin();
    for (size_t i = 0; i < THREADS; i++) {
        jumpers[i] = (jumper){.manager = manager, .path = path, .seed = suite_seed() + i};
        ck_assert_int_eq(pthread_create(&jumpers[i].thread, NULL, jump, &jumpers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(jumpers[i].thread, NULL);
        ck_assert_int_eq(jumpers[i].failures, 0);
    }
    smmap_manager_stats(manager, &stats);
    ck_assert_uint_le(stats.bytes_peak, LIMIT);
    if (!one_page_mode())
        ck_assert_uint_gt(stats.reads, JUMPS);
    peak_is_below(before, LIMIT + 12 * MIB);
    smmap_manager_free(manager);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: resident");
    TCase *tests = tcase_create("resident");

    tcase_add_test(tests, copies_of_many_threads_are_no_more_than_the_limit);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
