/* id_guide.c - makes a map or a filter of ids when look-ups have cost as much, and gives it back
 * when memory is short. */
#include "store/id_guide.h"

#include <stddef.h>

#include "base/memory.h"
#include "pack/unsorted.h"
#include "store/id_filter.h"
#include "store/id_map.h"

#define PACKS_AT_LEAST 8 /* fewer are searched as fast */
/* A pack is searched in vain in the time that it takes to read that many ids. */
#define IDS_A_SEARCH 16
/* Parts of the memory limit that a map and a filter may have: 1/8 and 1/16. */
#define MAP_SHARE 8
#define FILTER_SHARE 16
/* Where multi-pack-indexes name the packs of all rows but 1/8, what is there is found by them, and
 * no map is made for it. */
#define FEW 8

typedef struct pkr_id_guide {
    uint64_t generation; /* of the set of packs that it was made for */
    pkr_id_map *map;
    pkr_id_filter *filter; /* if there is no map */
} pkr_id_guide;

/* ---- One guide ------------------------------------------------------------------------------ */

typedef void taker(pkr_id_guide *guide, const unsigned char *id, uint32_t pack);

static void count(pkr_id_guide *guide, const unsigned char *id, uint32_t pack)
{
    (void)pack;
    pkr_id_map_count(guide->map, id);
}

static void put(pkr_id_guide *guide, const unsigned char *id, uint32_t pack)
{
    pkr_id_map_put(guide->map, id, pack);
}

static void add(pkr_id_guide *guide, const unsigned char *id, uint32_t pack)
{
    (void)pack;
    pkr_id_filter_add(guide->filter, id);
}

static int take_pack(pkr_id_guide *guide, taker *take, const pkr_pack_set *set, uint32_t number,
                     pkr_rows *rows)
{
    const pkr_pack *pack = set->packs[number];
    int status = 0;

    for (uint32_t position = 0; status == 0 && position < pack->idx.count;) {
        const unsigned char *id;
        uint32_t seen;

        status = pkr_rows_ids(rows, pack, position, pack->idx.count, &id, &seen, NULL);
        for (uint32_t i = 0; status == 0 && i < seen; i++, id += pack->idx.id_stride)
            take(guide, id, number);
        position += seen;
    }
    return pkr_rows_settle(rows, status, NULL);
}

/* All rows, the last pack first. */
static int take_all(pkr_id_guide *guide, taker *take, const pkr_pack_set *set, pkr_rows *rows)
{
    int status = 0;

    for (size_t i = set->count; status == 0 && i > 0; i--)
        status = take_pack(guide, take, set, (uint32_t)(i - 1), rows);
    return status;
}

/* Sees whether the rows of each pack are in order. Else, of an id that a guide does not rule out
 * and that a search in the pack does not find, it would be asked each time whether it stands
 * elsewhere. */
static int check_order(const pkr_pack_set *set, pkr_budget *budget, pkr_rows *rows)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < set->count; i++)
        status = pkr_rows_settle(rows, pkr_unsorted_check(rows, set->packs[i], budget, NULL), NULL);
    return status;
}

static bool fill(pkr_id_guide *guide, const pkr_pack_set *set, pkr_budget *budget, pkr_rows *rows)
{
    if (check_order(set, budget, rows) != 0)
        return false;
    if (!guide->map)
        return take_all(guide, add, set, rows) == 0;
    if (take_all(guide, count, set, rows) != 0)
        return false;
    pkr_id_map_lay_out(guide->map);
    return take_all(guide, put, set, rows) == 0 && pkr_id_map_is_whole(guide->map);
}

static void free_guide(pkr_id_guide *guide, pkr_budget *budget)
{
    if (!guide)
        return;
    pkr_id_map_free(guide->map, budget);
    pkr_id_filter_free(guide->filter, budget);
    pkr_memory_free(budget, guide, sizeof *guide);
}

static uint64_t size_of(const pkr_id_guide *guide)
{
    return sizeof *guide +
           (guide->map ? pkr_id_map_size(guide->map) : pkr_id_filter_size(guide->filter));
}

static uint64_t count_ids(const pkr_pack_set *set)
{
    uint64_t ids = 0;

    for (size_t i = 0; i < set->count; i++)
        ids += set->packs[i]->idx.count;
    return ids;
}

static bool are_hits_cheap(const pkr_pack_set *set, uint64_t ids)
{
    return set->midx && set->midx->named >= ids - ids / FEW;
}

/* With `is_second` a filter was made before, and many packs were searched in vain all the same:
 * then it is a map or nothing. */
static pkr_id_guide *new_guide(const pkr_pack_set *set, bool is_second, pkr_budget *budget)
{
    const uint64_t ids = count_ids(set);
    pkr_id_guide *made = pkr_memory_optional(budget, sizeof *made);

    if (!made)
        return NULL;
    made->generation = set->generation;
    if (set->count < PKR_ID_MAP_PACKS && (is_second || !are_hits_cheap(set, ids)))
        made->map = pkr_id_map_new(budget, ids, budget->limit / MAP_SHARE);
    if (!made->map && !is_second)
        made->filter = pkr_id_filter_new(budget, ids, budget->limit / FILTER_SHARE);
    if (made->map || made->filter)
        return made;
    free_guide(made, budget);
    return NULL;
}

/* ---- The snapshot's ------------------------------------------------------------------------- */

/* Whoever looks at it says so first; here it is put away first. With the giver's lock. */
static uint64_t give(pkr_giver *giver, uint64_t wanted)
{
    pkr_id_guides *guides = (pkr_id_guides *)((char *)giver - offsetof(pkr_id_guides, giver));
    pkr_id_guide *old = atomic_exchange(&guides->guide, NULL);
    uint64_t given = 0;

    (void)wanted;
    if (old && atomic_load(&guides->users) == 0) {
        given = size_of(old);
        free_guide(old, giver->budget);
    } else {
        atomic_store(&guides->guide, old);
    }
    return given;
}

int pkr_id_guides_begin(pkr_id_guides *guides)
{
    return pkr_giver_begin(&guides->giver, PKR_GIVER_TABLE, give);
}

void pkr_id_guides_end(pkr_id_guides *guides)
{
    free_guide(atomic_load(&guides->guide), guides->giver.budget);
    pkr_giver_end(&guides->giver);
}

static size_t next(const pkr_id_guide *guide, const pkr_pack_set *set, const packread_id *id,
                   size_t from)
{
    uint32_t found;

    if (guide->generation != set->generation)
        return from;
    if (!guide->map)
        return pkr_id_filter_may_have(guide->filter, id->bytes) ? from : set->count;
    found = pkr_id_map_next(guide->map, id->bytes, (uint32_t)from);
    return found < set->count ? found : set->count;
}

size_t pkr_id_guide_next(pkr_id_guides *guides, const pkr_pack_set *set, const packread_id *id,
                         size_t from)
{
    const pkr_id_guide *guide;

    if (from >= set->count || !atomic_load_explicit(&guides->guide, memory_order_relaxed))
        return from;
    atomic_fetch_add(&guides->users, 1);
    guide = atomic_load(&guides->guide);
    /* What a filter says it said at the first pack. */
    if (guide && (guide->map || from == 0))
        from = next(guide, set, id, from);
    atomic_fetch_sub(&guides->users, 1);
    return from;
}

/* Whether there is none any more. */
static bool put_away(pkr_id_guides *guides)
{
    bool is_gone;

    pkr_giver_lock(&guides->giver);
    if (atomic_load(&guides->guide))
        give(&guides->giver, UINT64_MAX);
    is_gone = !atomic_load(&guides->guide);
    pkr_giver_unlock(&guides->giver);
    return is_gone;
}

enum known { KNOWN_NOTHING, KNOWN_FILTER, KNOWN_ENOUGH };

/* Of the set; one of a newer set is not to go for this one. */
static enum known look_at_known(pkr_id_guides *guides, const pkr_pack_set *set)
{
    const pkr_id_guide *guide;
    enum known known = KNOWN_NOTHING;

    pkr_giver_lock(&guides->giver);
    guide = atomic_load(&guides->guide);
    if (guide && guide->generation >= set->generation)
        known = guide->generation == set->generation && !guide->map ? KNOWN_FILTER : KNOWN_ENOUGH;
    pkr_giver_unlock(&guides->giver);
    return known;
}

/* By one thread at a time. */
static void make(pkr_id_guides *guides, const pkr_pack_set *set, pkr_budget *budget, pkr_rows *rows)
{
    const enum known known = look_at_known(guides, set);
    pkr_id_guide *made;

    if (known == KNOWN_ENOUGH || (known == KNOWN_NOTHING && !put_away(guides)))
        return;
    made = new_guide(set, known == KNOWN_FILTER, budget);
    if (made && fill(made, set, budget, rows) && put_away(guides)) {
        pkr_giver_lock(&guides->giver);
        atomic_store(&guides->guide, made);
        pkr_giver_unlock(&guides->giver);
        pkr_giver_join(&guides->giver, budget);
    } else {
        free_guide(made, budget);
    }
}

void pkr_id_guide_searched(pkr_id_guides *guides, const pkr_pack_set *set, size_t packs,
                           pkr_budget *budget, pkr_rows *rows)
{
    uint64_t searched;

    if (set->count < PACKS_AT_LEAST || packs == 0)
        return;
    searched = atomic_fetch_add(&guides->searched, packs) + packs;
    if (searched < count_ids(set) / IDS_A_SEARCH || atomic_exchange(&guides->is_making, true))
        return;
    atomic_store(&guides->searched, 0);
    make(guides, set, budget, rows);
    atomic_store(&guides->is_making, false);
}
