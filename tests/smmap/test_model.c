/* test_model.c - the real manager against a naive one: lists walked from end to end, no cleverness.
 * Both are told the same random things; after each step every answer, every counter and the whole
 * order of eviction must agree. The naive one leaves only the place of a new window to the real one
 * and checks that it is a lawful one. STEPS and SEED set the length and the walk: 100,000 steps by
 * default, and 400,000 with CHECK_LARGE. */
#include "naive_manager.h"
#include "pattern.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES 5
#define CURSORS 16
#define ROUND 400 /* steps with the same two managers */

/* Not libcheck's: those write to a file each time they hold, and here millions do. */
#define agree(condition)                                   \
    do {                                                   \
        if (!(condition))                                  \
            ck_abort_msg("does not hold: %s", #condition); \
    } while (0)
#define agree_equal(real, model) agree_numbers(#real, real, model, false)
#define agree_at_most(real, most) agree_numbers(#real, real, most, true)
#define agree_code(real, model) agree_numbers(#real, (uint64_t)(real), (uint64_t)(model), false)

static void agree_numbers(const char *what, uint64_t real, uint64_t model, bool or_less)
{
    if (real != model && !(or_less && real < model))
        ck_abort_msg("%s is %llu, not %llu%s", what, (unsigned long long)real,
                     (unsigned long long)model, or_less ? " or less" : "");
}

struct held {
    smmap_cursor *real;            /* NULL: this place is free */
    struct naive_manager *manager; /* NULL: no file */
    int file;
    struct seen *region;
    uint64_t offset, size;
};

struct world {
    char *paths[FILES];
    int fds[FILES];
    uint64_t sizes[FILES];
    struct naive_manager managers[2];
    struct held cursors[CURSORS];
    uint64_t random;
    uint64_t page;
};

static uint64_t below(struct world *world, uint64_t bound)
{
    return suite_random_below(&world->random, bound);
}

static uint64_t seed_of(int file)
{
    return (uint64_t)(file % FILES) * 1000003;
}

static void let_go(struct held *cursor)
{
    struct seen *region = cursor->region;
    struct naive_manager *manager = cursor->manager;

    cursor->region = NULL;
    cursor->offset = cursor->size = 0;
    if (!region || --region->holders)
        return;
    manager->stats.bytes_pinned -= region->end - region->begin;
    manager->stats.regions_pinned--;
    naive_manager_touch(manager, region);
    if (!region->listed || one_page_mode())
        naive_manager_forget(manager, naive_manager_place_of(manager, region));
    else if (manager->options.flags & SMMAP_HARD_LIMITS)
        manager->stats.evictions += naive_manager_trim(manager, 0, 0);
}

static void hold(struct held *cursor, struct seen *region, uint64_t offset, uint64_t size)
{
    uint64_t available = region->end - offset;

    if (!region->holders++) {
        cursor->manager->stats.bytes_pinned += region->end - region->begin;
        cursor->manager->stats.regions_pinned++;
    }
    cursor->region = region;
    cursor->offset = offset;
    cursor->size = size == 0 || size > available ? available : size;
}

static bool contains(const struct seen *region, uint64_t offset, uint64_t size)
{
    return region->begin <= offset && offset < region->end && size <= region->end - offset;
}

static struct seen *listed_one(const struct held *cursor, uint64_t offset, uint64_t size)
{
    size_t place;

    for (place = 0; place < cursor->manager->count; place++) {
        struct seen *region = cursor->manager->regions[place];

        if (region->listed && region->file == cursor->file && contains(region, offset, size))
            return region;
    }
    return NULL;
}

/* The listed regions that overlap: how many, and whether one of them would not give way. */
static bool overlaps(const struct seen *region, int file, uint64_t begin, uint64_t end)
{
    return region->listed && region->file == file && region->begin < end && begin < region->end;
}

/* What the hard limits say of a region that nothing holds yet. */
static int limits_say(const struct naive_manager *manager, uint64_t bytes)
{
    if (!(manager->options.flags & SMMAP_HARD_LIMITS))
        return SMMAP_OK;
    if (manager->stats.bytes_pinned > manager->memory_limit ||
        bytes > manager->memory_limit - manager->stats.bytes_pinned ||
        manager->stats.regions_pinned + 1 > manager->mapping_limit)
        return SMMAP_ERROR_LIMIT;
    return SMMAP_OK;
}

/* The fewest bytes that a new region for this may have. */
static void least_region(const struct world *world, const struct held *cursor, uint64_t offset,
                         uint64_t size, bool exact, bool in_the_way, uint64_t *begin, uint64_t *end)
{
    uint64_t file_size = world->sizes[cursor->file % FILES];
    enum smmap_io io = cursor->manager->options.io;

    *begin = offset - offset % world->page;
    *end = offset + (exact ? size : 1);
    *end += (world->page - *end % world->page) % world->page;
    if (cursor->manager->options.kind == SMMAP_STATIC) {
        *begin = 0;
        *end = file_size;
    } else if (in_the_way &&
               (io == SMMAP_IO_PREAD || (io == SMMAP_IO_AUTO && size <= 256 * 1024))) {
        *begin = offset;
        *end = offset + size;
    }
    if (*end > file_size)
        *end = file_size;
}

/* Takes in the region that the real manager made; what lay in its place has to have been idle. */
static struct seen *learn(struct world *world, struct held *cursor, uint64_t size, bool exact,
                          bool in_the_way)
{
    struct naive_manager *manager = cursor->manager;
    smmap_region_info info = region_of(cursor->real);
    struct seen *region = calloc(1, sizeof *region);
    uint64_t file_size = world->sizes[cursor->file % FILES];
    uint64_t pages = exact ? size + 2 * world->page : 0; /* more than the least window has */
    uint64_t most = manager->window > pages ? manager->window : pages;
    size_t place;

    agree(region);
    region->file = cursor->file;
    region->begin = info.begin;
    region->end = info.end;
    region->data = info.data;
    region->copy = info.is_copy;
    region->listed = !info.is_private;
    region->uses = 1;
    agree_equal(info.clients, 1);
    agree_equal(info.uses, 1);
    agree(info.is_private == in_the_way);
    agree(manager->options.io != SMMAP_IO_PREAD || info.is_copy);
    agree(manager->options.io != SMMAP_IO_MMAP || !info.is_copy);
    agree_at_most(info.end, file_size);
    if (manager->options.kind == SMMAP_STATIC)
        agree(info.begin == 0 && info.end == file_size);
    else
        agree_at_most(info.size, most);
    for (place = manager->count; region->listed && place--;) {
        if (overlaps(manager->regions[place], region->file, region->begin, region->end)) {
            agree_equal(manager->regions[place]->holders, 0);
            agree(manager->regions[place]->copy);
            manager->stats.evictions++;
            naive_manager_forget(manager, place);
        }
    }
    manager->stats.evictions += naive_manager_trim(manager, info.size, 1);
    agree(manager->count < NAIVE_MANAGER_REGIONS);
    manager->regions[manager->count++] = region;
    manager->stats.bytes_mapped += info.size;
    manager->stats.regions++;
    manager->stats.misses++;
    return region;
}

/* Whether a region stands in the way of a new one on [begin, end). The model does not know which
 * copies are small; the real one says whether it went round, and that must have had a reason. */
static bool may_be_private(const struct held *cursor, uint64_t begin, uint64_t end, bool *must)
{
    bool may = false;
    size_t place;

    *must = false;
    for (place = 0; place < cursor->manager->count; place++) {
        const struct seen *region = cursor->manager->regions[place];

        if (overlaps(region, cursor->file, begin, end)) {
            may = true;
            *must |= region->holders || !region->copy;
        }
    }
    return may;
}

static void step_use(struct world *world, struct held *cursor, bool exact)
{
    uint64_t file_size = world->sizes[cursor->file % FILES];
    uint64_t offset = below(world, 8) ? below(world, file_size) : below(world, file_size + 9);
    uint64_t limit = below(world, 2) ? 200 : below(world, 8) ? 3 * world->page : file_size;
    uint64_t size = below(world, limit + 1);
    int flags = below(world, 32) ? 0 : O_RDWR;
    struct naive_manager *manager = cursor->manager;
    int expected = SMMAP_OK;
    struct seen *region = cursor->region;
    bool in_the_way = false, may = false, must = false;
    uint64_t begin, end;
    smmap_error error = {0};
    int code;

    if (below(world, 4) == 0 && cursor->region) /* walk on */
        offset = cursor->offset + cursor->size;
    if (exact)
        flags = 0;
    code = exact ? smmap_cursor_need(cursor->real, offset, size, &error)
                 : smmap_cursor_use(cursor->real, offset, size, flags, &error);
    if (!manager) {
        agree_code(code, SMMAP_ERROR_NOT_ASSOCIATED);
        return;
    }
    if (flags || (exact && !size))
        expected = SMMAP_ERROR_ARGUMENT;
    else if (offset >= file_size || (exact && size > file_size - offset))
        expected = SMMAP_ERROR_RANGE;
    if (!expected && region && contains(region, offset, exact ? size : 1)) {
        agree_code(code, SMMAP_OK);
        manager->stats.hits++;
        region->uses++;
        cursor->offset = offset;
        cursor->size = size == 0 || size > region->end - offset ? region->end - offset : size;
        return;
    }
    let_go(cursor);
    region = expected ? NULL : listed_one(cursor, offset, exact ? size : 1);
    if (!expected && !region) {
        least_region(world, cursor, offset, size, exact, false, &begin, &end);
        if (exact && manager->options.kind == SMMAP_SLIDING)
            may = may_be_private(cursor, begin, end, &must);
        in_the_way = must || (may && !code && region_of(cursor->real).is_private);
        least_region(world, cursor, offset, size, exact, in_the_way, &begin, &end);
        expected = limits_say(manager, end - begin);
        /* Of copies in the way only the real one knows whether they were windows. */
        if (may && !must && code == SMMAP_ERROR_LIMIT)
            expected = code;
        if (expected)
            agree_code(error.code, expected);
    }
    ck_assert_msg(code == expected, "expected %d (%s), got %d (%s)", expected,
                  smmap_error_text(expected), code, smmap_error_text(code));
    if (code) {
        manager->stats.failures += code != SMMAP_ERROR_RANGE;
        return;
    }
    if (region) {
        manager->stats.shared_hits++;
        region->uses++;
    } else {
        region = learn(world, cursor, size, exact, in_the_way);
    }
    agree(contains(region, offset, exact ? size : 1));
    hold(cursor, region, offset, size);
}

static struct held *free_place(struct world *world)
{
    size_t place;

    for (place = 0; place < CURSORS; place++) {
        if (!world->cursors[place].real)
            return &world->cursors[place];
    }
    return NULL;
}

static void step_open(struct world *world)
{
    struct held *cursor = free_place(world);
    struct naive_manager *manager = &world->managers[below(world, 2)];
    int file = (int)below(world, 2 * FILES + 1);
    smmap_error error;

    if (!cursor)
        return;
    memset(cursor, 0, sizeof *cursor);
    cursor->file = file;
    if (file == 2 * FILES) {
        agree_code(smmap_cursor_new(&cursor->real), SMMAP_OK);
        cursor->file = 0;
        return;
    }
    cursor->manager = manager;
    manager->stats.cursors++;
    if (file < FILES)
        agree_code(smmap_cursor_open_path(manager->real, world->paths[file], &cursor->real, &error),
                   0);
    else
        agree_code(
            smmap_cursor_open_fd(manager->real, world->fds[file - FILES], &cursor->real, &error),
            0);
}

static void become(struct held *target, const struct held *source)
{
    target->manager = source->manager;
    target->file = source->file;
    target->region = NULL;
    target->offset = target->size = 0;
    if (source->manager)
        source->manager->stats.cursors++;
    if (source->region)
        hold(target, source->region, source->offset, source->size);
}

static void step_copy(struct world *world, const struct held *source)
{
    struct held *copy = free_place(world);

    if (!copy)
        return;
    agree_code(smmap_cursor_copy(source->real, &copy->real), SMMAP_OK);
    become(copy, source);
}

static void step_assign(struct world *world, struct held *target)
{
    struct held *source = &world->cursors[below(world, CURSORS)];

    if (!source->real)
        return;
    agree_code(smmap_cursor_assign(target->real, source->real), SMMAP_OK);
    if (source == target)
        return;
    let_go(target);
    if (target->manager)
        target->manager->stats.cursors--;
    become(target, source);
}

static void close_cursor(struct held *cursor)
{
    smmap_cursor_close(cursor->real);
    let_go(cursor);
    if (cursor->manager)
        cursor->manager->stats.cursors--;
    memset(cursor, 0, sizeof *cursor);
}

static void step_collect(struct naive_manager *manager)
{
    uint64_t count = 0;

    while (naive_manager_drop_oldest(manager))
        count++;
    manager->stats.collected += count;
    agree_equal(smmap_manager_collect(manager->real), count);
}

/* Of a path, or of a cursor's file. */
static void step_release(struct world *world, struct naive_manager *manager)
{
    const struct held *cursor = &world->cursors[below(world, CURSORS)];
    int file = (int)below(world, FILES);
    uint64_t pending = 99, later = 0, count = 0, released;
    size_t place;

    if (cursor->manager) {
        manager = cursor->manager;
        file = cursor->file;
        released = smmap_cursor_release_file(cursor->real, &pending);
    } else {
        released = smmap_manager_release_path(manager->real, world->paths[file], &pending);
    }
    for (place = manager->count; place--;) {
        if (manager->regions[place]->file != file)
            continue;
        if (manager->regions[place]->holders) {
            later++;
            manager->regions[place]->listed = false;
        } else {
            count++;
            naive_manager_forget(manager, place);
        }
    }
    manager->stats.collected += count;
    agree_equal(released, count);
    agree_equal(pending, later);
}

static void step_limits(struct world *world, struct naive_manager *manager)
{
    uint64_t memory = below(world, 4) ? world->page * (1 + below(world, 400)) : 0;
    uint64_t mappings = below(world, 3) ? 0 : below(world, 2) ? 1 + below(world, 20) : UINT64_MAX;

    smmap_manager_set_limits(manager->real, memory, mappings);
    manager->memory_limit = memory ? memory : manager->memory_limit;
    manager->mapping_limit = mappings ? mappings : manager->mapping_limit;
    manager->stats.collected += naive_manager_trim(manager, 0, 0);
}

static void compare_cursor(const struct world *world, const struct held *cursor)
{
    const struct seen *region = cursor->region;
    smmap_region_info info = {0};

    agree(smmap_cursor_is_associated(cursor->real) == (cursor->manager != NULL));
    agree(smmap_cursor_is_valid(cursor->real) == (region != NULL));
    agree_equal(smmap_cursor_begin(cursor->real), cursor->offset);
    agree_equal(smmap_cursor_size(cursor->real), cursor->size);
    agree_equal(smmap_cursor_file_size(cursor->real),
                cursor->manager ? world->sizes[cursor->file % FILES] : 0);
    if (!region)
        return;
    info = region_of(cursor->real);
    agree(info.begin == region->begin && info.end == region->end && info.data == region->data);
    agree_equal(info.clients, region->holders);
    agree_equal(info.uses, region->uses);
    pattern_check_cursor(cursor->real, seed_of(cursor->file));
}

static void compare_manager(const struct naive_manager *manager)
{
    smmap_stats real = stats_of(manager->real);
    const smmap_stats *model = &manager->stats;

    agree_equal(real.hits, model->hits);
    agree_equal(real.shared_hits, model->shared_hits);
    agree_equal(real.misses, model->misses);
    agree_equal(real.evictions, model->evictions);
    agree_equal(real.collected, model->collected);
    agree_equal(real.failures, model->failures);
    agree_equal(real.bytes_mapped, model->bytes_mapped);
    agree_equal(real.bytes_pinned, model->bytes_pinned);
    agree_equal(real.regions, model->regions);
    agree_equal(real.regions_pinned, model->regions_pinned);
    agree_equal(real.cursors, model->cursors);
    agree_equal(real.maps + real.reads, model->misses);
    agree_equal(real.fallbacks, 0);
    agree_at_most(real.descriptors, manager->options.open_limit);
}

static void step(struct world *world)
{
    struct held *cursor = &world->cursors[below(world, CURSORS)];
    struct naive_manager *manager = &world->managers[below(world, 2)];
    uint64_t what = below(world, 100);

    if (what < 8)
        step_open(world);
    else if (what < 9)
        step_collect(manager);
    else if (what < 11)
        step_release(world, manager);
    else if (what < 13)
        step_limits(world, manager);
    else if (!cursor->real)
        step_open(world);
    else if (what < 58)
        step_use(world, cursor, false);
    else if (what < 78)
        step_use(world, cursor, true);
    else if (what < 86) {
        smmap_cursor_unuse(cursor->real);
        let_go(cursor);
    } else if (what < 91)
        step_copy(world, cursor);
    else if (what < 95)
        step_assign(world, cursor);
    else
        close_cursor(cursor);
}

static void begin_manager(struct world *world, struct naive_manager *manager)
{
    smmap_options *options = &manager->options;

    memset(manager, 0, sizeof *manager);
    options->kind = below(world, 5) ? SMMAP_SLIDING : SMMAP_STATIC;
    options->io = (enum smmap_io)below(world, 3);
    options->flags = below(world, 2) ? SMMAP_HARD_LIMITS : 0;
    options->window_size = below(world, 8) ? 1 + below(world, 40 * world->page) : SMMAP_WHOLE_FILE;
    options->memory_limit = world->page * (1 + below(world, 300));
    options->mapping_limit = below(world, 2) ? 1 + below(world, 24) : 0;
    options->open_limit = 1 + below(world, 6);
    manager->real = new_manager(options);
    manager->memory_limit = options->memory_limit;
    manager->mapping_limit = options->mapping_limit ? options->mapping_limit : UINT64_MAX;
    manager->window = smmap_manager_window_size(manager->real);
}

static void run_round(struct world *world, uint64_t steps)
{
    size_t place;
    uint64_t at;

    begin_manager(world, &world->managers[0]);
    begin_manager(world, &world->managers[1]);
    for (at = 0; at < steps; at++) {
        step(world);
        for (place = 0; place < CURSORS; place++) {
            if (world->cursors[place].real)
                compare_cursor(world, &world->cursors[place]);
        }
        compare_manager(&world->managers[0]);
        compare_manager(&world->managers[1]);
    }
    /* One manager goes before its cursors, one after. */
    smmap_manager_free(world->managers[0].real);
    for (place = 0; place < CURSORS; place++)
        close_cursor(&world->cursors[place]);
    step_collect(&world->managers[1]);
    agree_equal(stats_of(world->managers[1].real).bytes_mapped, 0);
    smmap_manager_free(world->managers[1].real);
    while (naive_manager_drop_oldest(&world->managers[0])) {
    }
}

START_TEST(naive_and_real_manager_agree_on_random_operations)
{
    struct world *world = calloc(1, sizeof *world);
    uint64_t steps = suite_number("STEPS", suite_number("CHECK_LARGE", 0) ? 400000 : 100000);
    uint64_t done;
    int file;

    agree(world);
    world->page = smmap_granularity();
    world->random = suite_seed();
    world->sizes[0] = 1;
    world->sizes[1] = world->page - 1;
    world->sizes[2] = 3 * world->page + 17;
    world->sizes[3] = 64 * world->page;
    world->sizes[4] = 250 * world->page + 7;
    for (file = 0; file < FILES; file++) {
        char name[16] = {(char)('a' + file), 0};

        world->paths[file] = pattern_file(name, world->sizes[file], seed_of(file));
        world->fds[file] = open(world->paths[file], O_RDONLY);
        ck_assert_int_ge(world->fds[file], 0);
    }
    for (done = 0; done < steps; done += ROUND)
        run_round(world, steps - done < ROUND ? steps - done : ROUND);
    for (file = 0; file < FILES; file++) {
        close(world->fds[file]);
        free(world->paths[file]);
    }
    free(world);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: model");
    TCase *cases = tcase_create("model");

    tcase_add_test(cases, naive_and_real_manager_agree_on_random_operations);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
