/* pack_set.c - publishes sets of packs, and knows who holds which. */
#include "store/pack_set.h"

#include <stdlib.h>
#include <string.h>

int pkr_packs_begin(pkr_packs *packs)
{
    pkr_pack_set *empty = pkr_pack_set_new(0);

    memset(packs, 0, sizeof *packs);
    if (!empty)
        return PACKREAD_ERROR_MEMORY;
    if (!pkr_lock_make(&packs->lock)) {
        free(empty);
        return PACKREAD_ERROR_MEMORY;
    }
    empty->generation = 1;
    atomic_init(&packs->now, empty);
    atomic_init(&packs->generation, 1);
    return 0;
}

void pkr_packs_end(pkr_packs *packs)
{
    pkr_pack_set *set = atomic_load(&packs->now);

    if (!set) /* it never began */
        return;
    set->older = packs->older;
    while (set) {
        pkr_pack_set *older = set->older;

        pkr_pack_set_free(set);
        set = older;
    }
    pkr_lock_unmake(&packs->lock);
    pkr_shelf_free(&packs->all);
    memset(packs, 0, sizeof *packs);
}

int pkr_packs_add(pkr_packs *packs, pkr_pack *pack)
{
    pack->number = pkr_shelf_count(&packs->all);
    return pkr_shelf_put(&packs->all, pack);
}

static int compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;

    return a < b ? -1 : a > b;
}

int pkr_packs_number(pkr_packs *packs, const pkr_pack_set *set)
{
    uint32_t *numbers = calloc(set->count + 1, sizeof *numbers);

    if (!numbers)
        return PACKREAD_ERROR_MEMORY;
    for (size_t i = 0; i < set->count; i++)
        numbers[i] = set->packs[i]->number;
    qsort(numbers, set->count, sizeof *numbers, compare);
    for (size_t i = 0; i < set->count; i++) {
        set->packs[i]->number = numbers[i];
        pkr_shelf_exchange(&packs->all, numbers[i], set->packs[i]);
    }
    free(numbers);
    return 0;
}

void pkr_packs_discard(pkr_pack *pack)
{
    atomic_store(&pack->gone_since, 1);
    pkr_pack_release(pack);
}

pkr_pack_set *pkr_pack_set_new(size_t count)
{
    pkr_pack_set *made;

    if (count > (SIZE_MAX - sizeof *made) / sizeof(pkr_pack *))
        return NULL;
    made = malloc(sizeof *made + count * sizeof(pkr_pack *));
    if (made)
        *made = (pkr_pack_set){0};
    return made;
}

void pkr_pack_set_free(pkr_pack_set *set)
{
    if (set)
        pkr_midx_list_free(set->midx);
    free(set);
}

size_t pkr_pack_set_after(const pkr_pack_set *set, uint32_t number)
{
    size_t low = 0;
    size_t high = set->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (set->packs[middle]->number <= number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool pkr_pack_set_contains(const pkr_pack_set *set, const pkr_pack *pack)
{
    size_t after = pkr_pack_set_after(set, pack->number);

    return after > 0 && set->packs[after - 1] == pack;
}

/* ---- Each of these with the lock ------------------------------------------------------------ */

static bool is_held(const pkr_packs *packs, const pkr_pack_set *set)
{
    for (const pkr_hold *hold = packs->holds; hold; hold = hold->next)
        if (atomic_load(&hold->announced) == set)
            return true;
    return false;
}

/* Frees the older sets that nobody holds; the generation of the oldest that is left. */
static uint64_t drop_older(pkr_packs *packs)
{
    uint64_t oldest = atomic_load(&packs->now)->generation;
    pkr_pack_set **place = &packs->older;

    while (*place) {
        pkr_pack_set *set = *place;

        if (is_held(packs, set)) {
            if (set->generation < oldest)
                oldest = set->generation;
            place = &set->older;
        } else {
            *place = set->older;
            pkr_pack_set_free(set);
        }
    }
    return oldest;
}

static void release_gone(pkr_packs *packs)
{
    uint64_t oldest = drop_older(packs);
    pkr_pack **place = &packs->gone;

    while (*place) {
        pkr_pack *pack = *place;

        if (atomic_load(&pack->gone_since) <= oldest) {
            *place = pack->next_gone;
            pkr_pack_release(pack);
        } else {
            place = &pack->next_gone;
        }
    }
}

/* Both are in order of number. */
static void mark_gone(pkr_packs *packs, const pkr_pack_set *old, const pkr_pack_set *next)
{
    size_t at = 0;

    for (size_t i = 0; i < old->count; i++) {
        pkr_pack *pack = old->packs[i];

        while (at < next->count && next->packs[at]->number < pack->number)
            at++;
        if (at < next->count && next->packs[at] == pack)
            continue;
        atomic_store(&pack->gone_since, next->generation);
        pack->next_gone = packs->gone;
        packs->gone = pack;
    }
}

static void take_place(pkr_packs *packs, pkr_pack_set *old, pkr_pack_set *set)
{
    atomic_store(&packs->now, set);
    atomic_store(&packs->generation, set->generation);
    old->older = packs->older;
    packs->older = old;
    release_gone(packs);
}

/* ---- Without -------------------------------------------------------------------------------- */

void pkr_packs_publish(pkr_packs *packs, pkr_pack_set *set)
{
    pkr_pack_set *old = atomic_load(&packs->now);

    pkr_lock_take(&packs->lock);
    set->generation = old->generation + 1;
    mark_gone(packs, old, set);
    take_place(packs, old, set);
    pkr_lock_give(&packs->lock);
}

void pkr_packs_exchange(pkr_packs *packs, pkr_pack_set *set)
{
    pkr_pack_set *old = atomic_load(&packs->now);

    pkr_lock_take(&packs->lock);
    set->generation = old->generation;
    take_place(packs, old, set);
    pkr_lock_give(&packs->lock);
}

void pkr_hold_join(pkr_hold *hold, pkr_packs *packs)
{
    pkr_lock_take(&packs->lock);
    hold->previous = NULL;
    hold->next = packs->holds;
    if (hold->next)
        hold->next->previous = hold;
    packs->holds = hold;
    pkr_lock_give(&packs->lock);
}

void pkr_hold_leave(pkr_hold *hold, pkr_packs *packs)
{
    pkr_hold_drop(hold, packs);
    pkr_lock_take(&packs->lock);
    if (hold->previous)
        hold->previous->next = hold->next;
    else
        packs->holds = hold->next;
    if (hold->next)
        hold->next->previous = hold->previous;
    pkr_lock_give(&packs->lock);
}

/* What is announced is not freed: unless it was replaced before it was announced. */
void pkr_hold_take(pkr_hold *hold, pkr_packs *packs)
{
    const pkr_pack_set *before = hold->set;

    do {
        hold->set = atomic_load(&packs->now);
        atomic_store(&hold->announced, hold->set);
    } while (atomic_load(&packs->now) != hold->set);
    if (before && before != hold->set) {
        pkr_lock_take(&packs->lock);
        release_gone(packs);
        pkr_lock_give(&packs->lock);
    }
}

void pkr_hold_drop(pkr_hold *hold, pkr_packs *packs)
{
    const pkr_pack_set *had = hold->set;

    hold->set = NULL;
    atomic_store(&hold->announced, NULL);
    if (had && had != atomic_load(&packs->now)) {
        pkr_lock_take(&packs->lock);
        release_gone(packs);
        pkr_lock_give(&packs->lock);
    }
}
