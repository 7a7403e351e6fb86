/* pool.c - which pages are free: the first that are enough are taken, so that what is in use lies
 * together at the beginning. */
#include "object/pool.h"

#include <string.h>

#include "platform/pages.h"

#define PAGE_LEAST (PKR_POOL_SIZE / 64 / PKR_POOL_WORDS)

/* ---- Bits ----------------------------------------------------------------------------------- */

static bool has(const uint64_t *bits, size_t at)
{
    return bits[at / 64] >> (at % 64) & 1;
}

/* From `first` on, `count` of them. */
static void set_all(uint64_t *bits, size_t first, size_t count, bool value)
{
    for (size_t at = first; at < first + count; at++) {
        if (at % 64 == 0 && first + count - at >= 64) {
            bits[at / 64] = value ? UINT64_MAX : 0;
            at += 63;
        } else if (value) {
            bits[at / 64] |= (uint64_t)1 << (at % 64);
        } else {
            bits[at / 64] &= ~((uint64_t)1 << (at % 64));
        }
    }
}

/* The first from `at` on, before `end`, that has that value; or `end`. */
static size_t next(const uint64_t *bits, size_t at, size_t end, bool value)
{
    const uint64_t none = value ? 0 : UINT64_MAX;

    while (at < end && has(bits, at) != value) {
        if (at % 64 == 0 && bits[at / 64] == none)
            at += 64;
        else
            at++;
    }
    return at < end ? at : end;
}

static size_t count_of(const uint64_t *bits, size_t first, size_t count)
{
    size_t found = 0;

    for (size_t at = first; at < first + count; at++)
        found += has(bits, at);
    return found;
}

/* Where so many that are free lie together; `units` if nowhere. With the lock, as all below. */
static size_t find_free(const pkr_pool *pool, size_t count)
{
    size_t at = next(pool->used, 0, pool->units, false);

    while (count <= pool->units - at) {
        const size_t end = next(pool->used, at, at + count, true);

        if (end == at + count)
            return at;
        at = next(pool->used, end, pool->units, false);
    }
    return pool->units;
}

/* ---- Giving --------------------------------------------------------------------------------- */

/* Those that are not in use go, the last ones first. */
static uint64_t give_idle(pkr_giver *giver, uint64_t wanted)
{
    pkr_pool *pool = (pkr_pool *)giver;
    uint64_t given = 0;
    size_t end = pool->units;

    while (end > 0 && pool->idle > 0 && given < wanted) {
        size_t first;

        while (end > 0 && (!has(pool->resident, end - 1) || has(pool->used, end - 1)))
            end--;
        first = end;
        while (first > 0 && has(pool->resident, first - 1) && !has(pool->used, first - 1))
            first--;
        if (first < end &&
            pkr_pages_empty(pool->memory + first * pool->unit, (end - first) * pool->unit)) {
            set_all(pool->resident, first, end - first, false);
            pool->idle -= end - first;
            given += (end - first) * pool->unit;
        }
        end = first;
    }
    pkr_budget_give(pool->budget, given);
    return given;
}

void pkr_pool_begin(pkr_pool *pool, pkr_budget *budget)
{
    memset(pool, 0, sizeof *pool);
    pool->budget = budget;
    pool->unit = pkr_pages_unit();
    if (pool->unit < PAGE_LEAST || pool->unit > PKR_POOL_LEAST ||
        pkr_giver_begin(&pool->giver, PKR_GIVER_SPARES, give_idle) != 0)
        return;
    pool->memory = pkr_pages_reserve(PKR_POOL_SIZE);
    if (!pool->memory)
        return;
    pool->units = PKR_POOL_SIZE / pool->unit;
    pkr_giver_join(&pool->giver, budget);
}

void pkr_pool_end(pkr_pool *pool)
{
    pkr_giver_end(&pool->giver);
    if (!pool->memory)
        return;
    if (pkr_pages_free(pool->memory, PKR_POOL_SIZE))
        pkr_budget_give(pool->budget, pool->idle * pool->unit);
    else
        pkr_budget_keep_stuck(pool->budget, pool->memory, PKR_POOL_SIZE, pool->idle * pool->unit,
                              pkr_pages_free);
    pool->memory = NULL;
}

/* ---- Taking --------------------------------------------------------------------------------- */

/* How many units so many bytes take; 0 where that is none of the pool's sizes. */
static size_t units_for(const pkr_pool *pool, uint64_t bytes)
{
    if (bytes < PKR_POOL_LEAST || bytes > PKR_POOL_SIZE / 4)
        return 0;
    return (size_t)((bytes + pool->unit - 1) / pool->unit);
}

static size_t unit_at(const pkr_pool *pool, const void *memory)
{
    return (size_t)((const unsigned char *)memory - pool->memory) / pool->unit;
}

/* With the lock; how many of them have to be paid for. */
static size_t use(pkr_pool *pool, size_t first, size_t count)
{
    const size_t paid = count_of(pool->resident, first, count);

    set_all(pool->used, first, count, true);
    pool->idle -= paid;
    return count - paid;
}

/* Units that are in use and of which some are not yet paid for; if they cannot be they are not in
 * use. Without the lock: others are asked to give, and the pool itself. */
static bool pay(pkr_pool *pool, size_t first, size_t count, size_t fresh)
{
    const bool is_paid = fresh == 0 || pkr_budget_take(pool->budget, fresh * pool->unit);

    if (fresh == 0)
        return true;
    pkr_giver_lock(&pool->giver);
    set_all(is_paid ? pool->resident : pool->used, first, count, is_paid);
    if (!is_paid)
        pool->idle += count - fresh;
    pkr_giver_unlock(&pool->giver);
    return is_paid;
}

void *pkr_pool_take(pkr_pool *pool, uint64_t bytes, uint64_t *size)
{
    const size_t count = pool && pool->memory ? units_for(pool, bytes) : 0;
    size_t first;
    size_t fresh = 0;
    bool is_free;

    if (count == 0)
        return NULL;
    pkr_giver_lock(&pool->giver);
    first = find_free(pool, count);
    is_free = first < pool->units;
    if (is_free)
        fresh = use(pool, first, count);
    pkr_giver_unlock(&pool->giver);
    if (!is_free || !pay(pool, first, count, fresh))
        return NULL;
    *size = count * pool->unit;
    return pool->memory + first * pool->unit;
}

bool pkr_pool_extend(pkr_pool *pool, void *memory, uint64_t bytes, uint64_t *size)
{
    const size_t before = (size_t)(*size / pool->unit);
    const size_t after = units_for(pool, bytes);
    const size_t first = unit_at(pool, memory) + before;
    size_t fresh = 0;
    bool is_free;

    if (after <= before || after - before > pool->units - first)
        return false;
    pkr_giver_lock(&pool->giver);
    is_free = next(pool->used, first, first + after - before, true) == first + after - before;
    if (is_free)
        fresh = use(pool, first, after - before);
    pkr_giver_unlock(&pool->giver);
    if (!is_free || !pay(pool, first, after - before, fresh))
        return false;
    *size = after * pool->unit;
    return true;
}

void pkr_pool_give(pkr_pool *pool, void *memory, uint64_t size)
{
    const size_t count = (size_t)(size / pool->unit);

    pkr_giver_lock(&pool->giver);
    set_all(pool->used, unit_at(pool, memory), count, false);
    pool->idle += count;
    pkr_giver_unlock(&pool->giver);
}
