/* test_faults_windows.c - each call of libsmmap, on the system itself, with any of its calls to the
 * system or the allocator failing. */
#include "trial.h"

#include "invariants.h"
#include "pattern.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEED 7

/* What the operations of one test share. */
static struct {
    smmap_options options;
    uint64_t page;
    char *paths[3];
    int fd;
} scene;

static const struct variant {
    const char *name;
    enum smmap_kind kind;
    enum smmap_io io;
    unsigned flags;
    uint64_t open_limit;
} variants[] = {
    {"sliding, auto", SMMAP_SLIDING, SMMAP_IO_AUTO, 0, 0},
    {"sliding, mmap, one descriptor", SMMAP_SLIDING, SMMAP_IO_MMAP, 0, 1},
    {"sliding, pread", SMMAP_SLIDING, SMMAP_IO_PREAD, 0, 0},
    {"sliding, auto, hard limits", SMMAP_SLIDING, SMMAP_IO_AUTO, SMMAP_HARD_LIMITS, 1},
    {"static, auto", SMMAP_STATIC, SMMAP_IO_AUTO, 0, 0},
    {"static, mmap, hard limits", SMMAP_STATIC, SMMAP_IO_MMAP, SMMAP_HARD_LIMITS, 0},
    {"static, pread", SMMAP_STATIC, SMMAP_IO_PREAD, 0, 1},
};
#define VARIANTS (int)(sizeof variants / sizeof *variants)

static void set_up(const struct variant *variant)
{
    scene.page = smmap_granularity();
    scene.options = (smmap_options){.kind = variant->kind,
                                    .io = variant->io,
                                    .flags = variant->flags,
                                    .open_limit = variant->open_limit,
                                    .window_size = 2 * scene.page,
                                    .memory_limit = 80 * scene.page};
    scene.paths[0] = pattern_file("first", 20 * scene.page + 5, SEED);
    scene.paths[1] = pattern_file("second", 3 * scene.page, SEED);
    scene.paths[2] = pattern_file("third", 1, SEED);
    scene.fd = open(scene.paths[1], O_RDONLY);
    ck_assert_int_ge(scene.fd, 0);
    printf("%s\n", variant->name);
}

static void tear_down(void)
{
    close(scene.fd);
    for (size_t i = 0; i < 3; i++)
        free(scene.paths[i]);
}

struct stage {
    smmap_manager *manager;
    smmap_cursor *cursors[3];
    smmap_buffer *buffer;
};

static void *begin_manager(void)
{
    struct stage *stage = calloc(1, sizeof *stage);

    ck_assert_ptr_nonnull(stage);
    stage->manager = new_manager(&scene.options);
    return stage;
}

/* Cursors on each file, a few windows of the first idle. */
static void *begin_cursors(void)
{
    struct stage *stage = begin_manager();

    for (size_t i = 0; i < 3; i++)
        stage->cursors[i] = open_cursor(stage->manager, scene.paths[i]);
    for (uint64_t at = 0; at < 8; at += 2)
        use(stage->cursors[0], at * scene.page, 0);
    smmap_cursor_unuse(stage->cursors[0]);
    return stage;
}

static void *begin_pinned(void)
{
    struct stage *stage = begin_cursors();

    use(stage->cursors[0], 3 * scene.page, 9);
    use(stage->cursors[1], 5, 0);
    return stage;
}

static void *begin_buffer(void)
{
    struct stage *stage = begin_cursors();

    ck_assert_int_eq(
        smmap_buffer_new(stage->cursors[0], 3, SMMAP_TO_THE_END, 0, &stage->buffer, NULL), 0);
    return stage;
}

static void end_stage(void *context)
{
    struct stage *stage = context;
    smmap_stats stats = stats_of(stage->manager);

    ck_assert_uint_eq(stats.cursors, (stage->cursors[0] ? 3u : 0u) + (stage->buffer ? 1u : 0u));
    smmap_buffer_free(stage->buffer);
    for (size_t i = 0; i < 3; i++)
        smmap_cursor_close(stage->cursors[i]);
    stats = stats_of(stage->manager);
    ck_assert_uint_eq(stats.cursors, 0);
    ck_assert_uint_eq(stats.regions_pinned, 0);
    ck_assert_uint_eq(stats.bytes_pinned, 0);
    ck_assert_uint_eq(stats.descriptors, 0);
    smmap_manager_collect(stage->manager);
    stats = stats_of(stage->manager);
    ck_assert_uint_eq(stats.regions, 0);
    ck_assert_uint_eq(stats.bytes_mapped, 0);
    ck_assert_uint_eq(stats.files, 0);
    smmap_manager_free(stage->manager);
    free(stage);
}

/* Right bytes, however many windows they came in; without a word about these. */
static void answer_bytes(struct trial *trial, const unsigned char *data, uint64_t offset,
                         uint64_t size)
{
    pattern_check(data, offset, size, SEED);
    trial_answer_number(trial, offset);
}

/* From `from` to `to`, a window after the other. */
static int walk(smmap_cursor *cursor, uint64_t from, uint64_t to, struct trial *trial)
{
    smmap_error error = {0};

    for (uint64_t at = from; at < to; at = smmap_cursor_end(cursor)) {
        int code = smmap_cursor_use(cursor, at, to - at, 0, &error);

        if (code) {
            ck_assert(!smmap_cursor_is_valid(cursor) && smmap_cursor_is_associated(cursor));
            return trial_fail_window(trial, code, &error);
        }
        pattern_check(smmap_cursor_data(cursor), at, smmap_cursor_size(cursor), SEED);
    }
    trial_answer_number(trial, to);
    return 0;
}

static int run_manager(void *context, struct trial *trial)
{
    smmap_manager *manager = NULL;
    int code = smmap_manager_new(&scene.options, &manager);

    (void)context;
    if (code)
        return trial_fail_plain(trial, code);
    smmap_manager_free(manager);
    return 0;
}

static int run_open_path(void *context, struct trial *trial)
{
    struct stage *stage = context;
    smmap_cursor *cursor = NULL;
    smmap_error error = {0};
    int code = smmap_cursor_open_path(stage->manager, scene.paths[0], &cursor, &error);

    check_manager(stage->manager);
    if (code) {
        ck_assert_ptr_null(cursor);
        return trial_fail_window(trial, code, &error);
    }
    code = walk(cursor, scene.page, 5 * scene.page, trial);
    smmap_cursor_close(cursor);
    check_manager(stage->manager);
    return code;
}

static int run_open_fd(void *context, struct trial *trial)
{
    struct stage *stage = context;
    smmap_cursor *cursor = NULL;
    smmap_error error = {0};
    int code = smmap_cursor_open_fd(stage->manager, scene.fd, &cursor, &error);

    check_manager(stage->manager);
    if (code)
        return trial_fail_window(trial, code, &error);
    code = walk(cursor, 0, 3 * scene.page, trial);
    smmap_cursor_close(cursor);
    return code;
}

static int run_use(void *context, struct trial *trial)
{
    struct stage *stage = context;
    int code = 0;

    for (uint64_t round = 0; round < 2; round++) {
        for (size_t i = 0; !code && i < 3; i++)
            code = walk(stage->cursors[i], 0, smmap_cursor_file_size(stage->cursors[i]), trial);
    }
    check_manager(stage->manager);
    return code;
}

static int run_need(void *context, struct trial *trial)
{
    struct stage *stage = context;
    const uint64_t wanted[][2] = {{0, 3}, {1, 9}, {3, 2}, {11, 9}, {19, 1}};
    int code = 0;

    smmap_manager_collect(stage->manager);
    for (size_t i = 0; i < 5 && !code; i++) {
        smmap_error error = {0};
        uint64_t offset = wanted[i][0] * scene.page + 1;
        uint64_t size = wanted[i][1] * scene.page;

        code = smmap_cursor_need(stage->cursors[0], offset, size, &error);
        if (code)
            return trial_fail_window(trial, code, &error);
        ck_assert_uint_eq(smmap_cursor_size(stage->cursors[0]), size);
        answer_bytes(trial, smmap_cursor_data(stage->cursors[0]), offset, size);
        check_manager(stage->manager);
    }
    smmap_cursor_unuse(stage->cursors[0]);
    check_manager(stage->manager);
    return code;
}

static int run_copy(void *context, struct trial *trial)
{
    struct stage *stage = context;
    smmap_cursor *copy = NULL;
    int code = smmap_cursor_copy(stage->cursors[0], &copy);

    if (code)
        return trial_fail_plain(trial, code);
    code = walk(copy, 4 * scene.page, 12 * scene.page, trial);
    smmap_cursor_close(copy);
    check_manager(stage->manager);
    return code;
}

static int run_assign(void *context, struct trial *trial)
{
    struct stage *stage = context;
    smmap_cursor *other = NULL;
    int code = smmap_cursor_new(&other);

    if (code)
        return trial_fail_plain(trial, code);
    ck_assert_int_eq(smmap_cursor_assign(other, stage->cursors[0]), 0);
    ck_assert_int_eq(smmap_cursor_assign(other, stage->cursors[1]), 0);
    code = walk(other, 0, 3 * scene.page, trial);
    smmap_cursor_close(other);
    check_manager(stage->manager);
    return code;
}

/* Where there is nothing left to pin: regions go, and come back. */
static int run_give_back(void *context, struct trial *trial)
{
    struct stage *stage = context;
    int code;

    smmap_manager_collect(stage->manager);
    check_manager(stage->manager);
    code = walk(stage->cursors[0], 0, 9 * scene.page, trial);
    smmap_manager_release_path(stage->manager, scene.paths[0], NULL);
    check_manager(stage->manager);
    if (!code)
        code = walk(stage->cursors[0], 0, 9 * scene.page, trial);
    smmap_cursor_unuse(stage->cursors[0]);
    smmap_manager_set_limits(stage->manager, 3 * scene.page, 1);
    check_manager(stage->manager);
    smmap_manager_set_limits(stage->manager, 80 * scene.page, SMMAP_UNLIMITED);
    check_manager(stage->manager);
    return code;
}

static int run_buffer_new(void *context, struct trial *trial)
{
    struct stage *stage = context;
    smmap_buffer *buffer = NULL;
    smmap_error error = {0};
    int code = smmap_buffer_new(stage->cursors[1], 1, SMMAP_TO_THE_END, 0, &buffer, &error);

    if (code)
        return code == SMMAP_ERROR_MEMORY ? trial_fail_plain(trial, code)
                                          : trial_fail_window(trial, code, &error);
    trial_answer_number(trial, smmap_buffer_length(buffer));
    smmap_buffer_free(buffer);
    return 0;
}

static int run_buffer(void *context, struct trial *trial)
{
    struct stage *stage = context;
    static unsigned char copied[4096];
    const unsigned char *data = NULL;
    unsigned char byte = 0;
    smmap_error error = {0};
    size_t size = 0;
    int code;

    smmap_buffer_end(stage->buffer);
    smmap_manager_collect(stage->manager);
    code = smmap_buffer_begin(stage->buffer, NULL, 3, SMMAP_TO_THE_END, 0, &error);
    if (code)
        return trial_fail_window(trial, code, &error);
    code = smmap_buffer_slice(stage->buffer, 100, (int64_t)(9 * scene.page), &data, &size, &error);

    if (code)
        return trial_fail_window(trial, code, &error);
    answer_bytes(trial, data, 103, size);
    code = smmap_buffer_read(stage->buffer, -5000, -1, copied, sizeof copied, &size, &error);
    if (code)
        return trial_fail_window(trial, code, &error);
    answer_bytes(trial, copied, 20 * scene.page + 5 - 5000, size);
    code = smmap_buffer_byte(stage->buffer, (int64_t)(15 * scene.page), &byte, &error);
    if (code)
        return trial_fail_window(trial, code, &error);
    answer_bytes(trial, &byte, 15 * scene.page + 3, 1);
    return 0;
}

static const struct operation operations[] = {
    {"manager new", NULL, run_manager, NULL},
    {"cursor open path", begin_manager, run_open_path, end_stage},
    {"cursor open path, known", begin_cursors, run_open_path, end_stage},
    {"cursor open fd", begin_manager, run_open_fd, end_stage},
    {"cursor use", begin_cursors, run_use, end_stage},
    {"cursor use, others pinned", begin_pinned, run_use, end_stage},
    {"cursor need", begin_cursors, run_need, end_stage},
    {"cursor copy", begin_pinned, run_copy, end_stage},
    {"cursor new, assign", begin_pinned, run_assign, end_stage},
    {"collect, release path, set limits", begin_pinned, run_give_back, end_stage},
    {"buffer new", begin_cursors, run_buffer_new, end_stage},
    {"buffer slice, read, byte", begin_buffer, run_buffer, end_stage},
};
#define OPERATIONS (int)(sizeof operations / sizeof *operations)

START_TEST(every_call_of_a_manager_survives_every_failure)
{
    set_up(&variants[_i / OPERATIONS]);
    trial_run(&operations[_i % OPERATIONS], fault_step());
    tear_down();
}
END_TEST

START_TEST(a_region_that_cannot_be_unmapped_is_kept_and_tried_again)
{
    struct fault_held before;
    struct fault_held after;
    smmap_manager *manager;
    smmap_cursor *cursor;

    set_up(&variants[1]);
    manager = new_manager(&scene.options);
    cursor = open_cursor(manager, scene.paths[0]);
    before = fault_held();
    use(cursor, 0, 0);
    fault_arm(FAULT_MUNMAP, ENOMEM, FAULT_ON, 1);
    smmap_cursor_unuse(cursor);
    smmap_manager_collect(manager);
    smmap_manager_collect(manager); /* tries, and cannot */
    ck_assert_uint_ge(fault_failures(), 2);
    fault_disarm();
    ck_assert_uint_eq(smmap_manager_mappings(manager), 0);
    after = fault_held();
    ck_assert_int_gt(after.mapped, before.mapped);
    /* The next region that is unmapped takes it along. */
    use(cursor, 4 * scene.page, 0);
    smmap_cursor_unuse(cursor);
    smmap_manager_collect(manager);
    after = fault_held();
    ck_assert_int_eq(after.mapped, before.mapped);
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    tear_down();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults: windows");
    TCase *cases = tcase_create("faults");

    tcase_add_loop_test(cases, every_call_of_a_manager_survives_every_failure, 0,
                        VARIANTS * OPERATIONS);
    tcase_add_test(cases, a_region_that_cannot_be_unmapped_is_kept_and_tried_again);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
