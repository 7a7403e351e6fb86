/* test_invariants.c - what the other tests rely on: each way in which a manager's parts can
 * disagree is seen, and told as what it is. One part at a time is changed behind the manager's
 * back. */
#include "hold.h"
#include "invariants.h"
#include "manager.h"
#include "pattern.h"

#include <stdlib.h>
#include <string.h>

static uint64_t page;
static char *path;
static char *other_path;
static smmap_manager *manager;
static smmap_cursor *low;       /* holds a region at page 0 */
static smmap_cursor *high;      /* one at page 8, of the same file */
static smmap_cursor *other;     /* one of another file */
static struct smm_region *idle; /* at page 24 of the first file */

static void setup(void)
{
    unsetenv("SMMAP_DEBUG");
    page = smmap_granularity();
    path = pattern_file("file", 64 * page + 5, 1);
    other_path = pattern_file("other", 16 * page, 2);
    manager = new_manager(&(smmap_options){.io = SMMAP_IO_MMAP,
                                           .flags = SMMAP_HARD_LIMITS,
                                           .window_size = 4 * page,
                                           .memory_limit = 64 * page});
    low = open_cursor(manager, path);
    high = open_cursor(manager, path);
    other = open_cursor(manager, other_path);
    use(high, 24 * page, 0);
    use(high, 8 * page, 0);
    use(low, 0, 0);
    use(other, 0, 0);
    idle = smm_list_first(&manager->idle);
    ck_assert_ptr_nonnull(idle);
    ck_assert_uint_eq(idle->begin, 24 * page);
}

static void teardown(void)
{
    smmap_cursor_close(low);
    smmap_cursor_close(high);
    smmap_cursor_close(other);
    smmap_manager_free(manager);
    free(path);
    free(other_path);
}

/* With these bytes in the field that is said; with its own all is well. */
static void is_seen(void *field, const void *bytes, size_t size, const char *text)
{
    unsigned char own[16];
    const char *seen;

    ck_assert_uint_le(size, sizeof own);
    ck_assert_ptr_null(smm_manager_check(manager));
    memcpy(own, field, size);
    memcpy(field, bytes, size);
    seen = smm_manager_check(manager);
    memcpy(field, own, size);
    ck_assert_msg(seen && strcmp(seen, text) == 0, "'%s', not '%s'", seen ? seen : "nothing", text);
    ck_assert_ptr_null(smm_manager_check(manager));
}

static void number(uint64_t *field, uint64_t value, const char *text)
{
    is_seen(field, &value, sizeof value, text);
}

static void flag(bool *field, bool value, const char *text)
{
    is_seen(field, &value, sizeof value, text);
}

START_TEST(a_region_that_is_not_what_it_seems_is_seen)
{
    struct smm_region *region = high->region;
    unsigned char *nothing = NULL;
    enum smm_region_state failed = SMM_FAILED;
    struct smm_link *somewhere = &manager->idle;
    struct smm_link *nowhere = NULL;

    is_seen(&region->file, &(struct smm_file *){other->file}, sizeof region->file,
            "a region belongs to another file");
    number(&idle->size, 44 * page, "a region does not lie in its file");
    is_seen(&region->data, &nothing, sizeof nothing, "a region's state and bytes disagree");
    is_seen(&region->state, &failed, sizeof failed, "a region's state and bytes disagree");
    is_seen(&region->link.next, &somewhere, sizeof somewhere, "a pinned region is among the idle");
    is_seen(&idle->link.next, &nowhere, sizeof nowhere,
            "a region that nobody pins is not among the idle");
    number(&idle->pins, 1, "a pinned region is among the idle");
    number(&region->pins, 0, "a region that nobody pins is not among the idle");
}
END_TEST

START_TEST(a_list_of_regions_out_of_order_is_seen)
{
    struct smm_region *region = high->region;

    flag(&region->listed, false, "an unlisted region is on the list");
    number(&region->begin, 3 * page, "regions overlap or are not in order");
    number(&region->begin, 8 * page + 1, "a region is not aligned");
    number(&region->size, 4 * page - 1, "a region is not aligned");
    number(&low->region->size, 12 * page, "a region is not found from its end");
    number(&region->size, 0, "a region is not found from its end");
}
END_TEST

START_TEST(a_listed_region_among_the_unlisted_is_seen)
{
    uint64_t pending = 0;

    smmap_manager_release_path(manager, path, &pending);
    ck_assert_uint_eq(pending, 2);
    flag(&high->region->listed, true, "a listed region is among the unlisted");
}
END_TEST

START_TEST(a_cursor_with_what_is_not_its_own_is_seen)
{
    enum smm_region_state loading = SMM_LOADING;
    static const char not_ready[] = "a cursor holds a region that is not pinned and ready";

    is_seen(&high->file, &(struct smm_file *){other->file}, sizeof high->file,
            "a cursor is on another file's list");
    is_seen(&high->manager, &(smmap_manager *){NULL}, sizeof high->manager,
            "a cursor is on another file's list");
    is_seen(&high->region, &(struct smm_region *){other->region}, sizeof high->region, not_ready);
    is_seen(&high->region, &(struct smm_region *){idle}, sizeof high->region, not_ready);
    is_seen(&high->region->state, &loading, sizeof loading, not_ready);
}
END_TEST

static void sums_are_seen(smmap_stats *stats)
{
    static const char bytes[] = "bytes or regions do not add up";
    static const char pinned[] = "pinned bytes or regions do not add up";
    static const char peak[] = "a peak is below the present";

    number(&stats->bytes_mapped, stats->bytes_mapped + 1, bytes);
    number(&stats->regions, stats->regions - 1, bytes);
    number(&stats->bytes_pinned, stats->bytes_pinned + 1, pinned);
    number(&stats->regions_pinned, stats->regions_pinned + 1, pinned);
    number(&stats->bytes_peak, stats->bytes_mapped - 1, peak);
    number(&stats->regions_peak, stats->regions - 1, peak);
}

START_TEST(sums_that_do_not_add_up_are_seen)
{
    sums_are_seen(&low->file->stats);
    sums_are_seen(&manager->stats);
    number(&low->file->stats.cursors, 3, "cursors do not add up");
    number(&manager->stats.cursors, 4, "cursors or files do not add up");
    number(&manager->stats.files, 1, "cursors or files do not add up");
    number(&manager->stats.descriptors, manager->stats.descriptors + 1,
           "descriptors do not add up");
}
END_TEST

START_TEST(a_file_that_cannot_be_found_or_is_not_needed_is_seen)
{
    struct smm_file *file = low->file;
    int closed = -1;
    int open = 1000;

    ck_assert_int_ge(file->descriptor, 0);
    number(&file->hash, file->hash + 1, "a file is not found by its name");
    is_seen(&file->descriptor, &closed, sizeof closed,
            "a file's descriptor and the list of open ones disagree");
    smmap_cursor_close(low);
    smmap_cursor_close(high);
    low = high = NULL;
    ck_assert_uint_eq(file->stats.cursors, 0);
    is_seen(&file->descriptor, &open, sizeof open,
            "a file without cursors has no region, or a descriptor");
}
END_TEST

START_TEST(an_idle_list_that_lost_one_or_holds_too_many_is_seen)
{
    struct smm_link *next = idle->link.next;

    is_seen(&manager->idle.next, &next, sizeof next,
            "the idle list has another length than there are idle regions");
    number(&manager->memory_limit, 15 * page, "over a hard limit with idle regions");
    number(&manager->mapping_limit, 3, "over a hard limit with idle regions");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("smmap: invariants");
    TCase *cases = tcase_create("invariants");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_region_that_is_not_what_it_seems_is_seen);
    tcase_add_test(cases, a_list_of_regions_out_of_order_is_seen);
    tcase_add_test(cases, a_listed_region_among_the_unlisted_is_seen);
    tcase_add_test(cases, a_cursor_with_what_is_not_its_own_is_seen);
    tcase_add_test(cases, sums_that_do_not_add_up_are_seen);
    tcase_add_test(cases, a_file_that_cannot_be_found_or_is_not_needed_is_seen);
    tcase_add_test(cases, an_idle_list_that_lost_one_or_holds_too_many_is_seen);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
