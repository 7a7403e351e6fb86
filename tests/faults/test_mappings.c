/* test_mappings.c - the system's own limit on mappings (vm.max_map_count), reached for real: the
 * process takes nearly all of them first, then asks for more windows than are left. */
#include "pattern.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SEED 3
#define LEFT 120 /* mappings that are left for the windows, about */
#define MOST 200000
#define PAGES 700

/* Whether the system tells its limit, and it is not too far away. */
static uint64_t mappings_allowed(void)
{
    FILE *file = fopen("/proc/sys/vm/max_map_count", "r");
    unsigned long long count = 0;

    if (file && fscanf(file, "%llu", &count) != 1)
        count = 0;
    if (file)
        fclose(file);
    return count <= MOST ? count : 0;
}

static unsigned char *block;
static size_t block_size;

/* Neighbours that differ in what they allow stay mappings of their own. Takes all there are, then
 * gives some back. False where the address space ends first. */
static bool take_mappings(uint64_t allowed)
{
    size_t page = (size_t)smmap_granularity();
    size_t at = 0;

    block_size = page * (size_t)(allowed + 100);
    block = mmap(NULL, block_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED)
        return false;
    while (at < block_size && mprotect(block + at, page, PROT_READ) == 0)
        at += 2 * page;
    if (at >= block_size || errno != ENOMEM)
        return false;
    /* Each page that becomes as its neighbours are makes one mapping of three. */
    for (int i = 0; i < LEFT / 2; i++) {
        at -= 2 * page;
        if (mprotect(block + at, page, PROT_NONE) != 0)
            return false;
    }
    return true;
}

static void give_mappings_back(void)
{
    munmap(block, block_size);
}

/* Every page once, in an order that leaves no two neighbours mapped next to each other. */
static void read_all(smmap_cursor *cursor, uint64_t page, uint64_t *mapped)
{
    for (uint64_t i = 0; i < PAGES; i++) {
        uint64_t at = (i * 311) % PAGES * page;
        smmap_region_info info = {0};

        use(cursor, at, page);
        pattern_check_cursor(cursor, SEED);
        info = region_of(cursor);
        *mapped += !info.is_copy;
    }
}

START_TEST(more_windows_than_the_system_has_mappings_go_on_by_eviction)
{
    uint64_t page = smmap_granularity();
    uint64_t allowed = mappings_allowed();
    char *path = pattern_file("file", PAGES * page, SEED);
    smmap_manager *manager = new_manager(
        &(smmap_options){.kind = SMMAP_SLIDING, .io = (enum smmap_io)_i, .window_size = page});
    smmap_cursor *cursor = open_cursor(manager, path);
    uint64_t mapped = 0;
    smmap_stats stats = {0};

    if (!allowed || one_page_mode()) {
        printf("NOT RUN: vm.max_map_count is not known, or too large\n");
    } else if (!take_mappings(allowed)) {
        printf("NOT RUN: the limit on mappings is not reached\n");
    } else {
        read_all(cursor, page, &mapped);
        stats = stats_of(manager);
        give_mappings_back();
        ck_assert_uint_gt(stats.evictions, 0);
        ck_assert_uint_eq(stats.failures, 0);
        ck_assert_uint_lt(stats.regions_peak, PAGES);
        ck_assert_uint_gt(stats.regions_peak, 20);
        ck_assert_uint_eq(mapped, PAGES); /* none had to be copied */
        read_all(cursor, page, &mapped);
    }
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults: mappings");
    TCase *cases = tcase_create("mappings");

    tcase_add_loop_test(cases, more_windows_than_the_system_has_mappings_go_on_by_eviction,
                        SMMAP_IO_AUTO, SMMAP_IO_MMAP + 1);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    const char *sanitizers = getenv("SANITIZE");

    if (sanitizers && (strstr(sanitizers, "address") || strstr(sanitizers, "thread"))) {
        printf("skipped: the sanitizer itself needs mappings\n");
        return 77;
    }
    return suite_run_apart(make_suite());
}
