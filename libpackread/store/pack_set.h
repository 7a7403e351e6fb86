/* pack_set.h - which packs a snapshot has, while packs come and go.
 *
 * Every pack that is opened gets a number for good, and stands on a shelf until the snapshot is
 * freed. Those that are there at one time are a set, which is never changed: when packs came or
 * went, a new set takes its place. Whoever works with packs holds the set that was there when the
 * work began, and sees that one only. What a pack has of the system, its files and windows, is
 * given back when it is in no set that anybody holds. */
#ifndef PKR_PACK_SET_H
#define PKR_PACK_SET_H

#include "base/mutex.h"
#include "base/shelf.h"
#include "midx/midx_list.h"
#include "pack/pack.h"

typedef struct pkr_pack_set {
    uint64_t generation; /* of the snapshot's sets, from 1 */
    struct pkr_pack_set *older;
    pkr_midx_list *midx; /* its multi-pack-indexes; NULL: there are none. Freed with it */
    size_t count;
    pkr_pack *packs[]; /* by number */
} pkr_pack_set;

/* One user's: of one thread at a time. All zeros before it joins. */
typedef struct pkr_hold {
    const pkr_pack_set *set;                 /* that is held; NULL: none */
    _Atomic(const pkr_pack_set *) announced; /* the same, for other threads */
    struct pkr_hold *next;
    struct pkr_hold *previous;
} pkr_hold;

typedef struct pkr_packs {
    pkr_shelf all; /* by number */
    _Atomic(pkr_pack_set *) now;
    _Atomic uint64_t generation; /* of that */
    pkr_lock lock;               /* of all below */
    pkr_pack_set *older;         /* sets that somebody may hold still */
    pkr_pack *gone;              /* packs that are in these only, by `next_gone` */
    pkr_hold *holds;
} pkr_packs;

/* With an empty set. Errors: MEMORY. */
int pkr_packs_begin(pkr_packs *packs);
/* Nobody holds a set any more. The packs themselves are the caller's to close, before. */
void pkr_packs_end(pkr_packs *packs);

/* Any pack by its number, there or gone; NULL past the last. */
static inline pkr_pack *pkr_packs_get(const pkr_packs *packs, size_t number)
{
    return number <= UINT32_MAX ? pkr_shelf_get(&packs->all, (uint32_t)number) : NULL;
}
/* How many numbers were given. */
static inline size_t pkr_packs_count(const pkr_packs *packs)
{
    return pkr_shelf_count(&packs->all);
}

/* Gives the pack its number. From one thread at a time. Errors: MEMORY. */
int pkr_packs_add(pkr_packs *packs, pkr_pack *pack);
/* Gives the packs of a set each other's numbers, so that they rise as the packs stand in it; before
 * anybody has seen one of them. Errors: MEMORY. */
int pkr_packs_number(pkr_packs *packs, const pkr_pack_set *set);
/* A set with room for `count` packs, none in it; NULL without memory. */
pkr_pack_set *pkr_pack_set_new(size_t count);
/* One that was never published. */
void pkr_pack_set_free(pkr_pack_set *set);
/* A pack that got its number and was never in a set gives back what it has. */
void pkr_packs_discard(pkr_pack *pack);
/* `set` takes the place of the one that is there now. From one thread at a time. */
void pkr_packs_publish(pkr_packs *packs, pkr_pack_set *set);
/* The same for a set of the same packs, which differs in its multi-pack-indexes only: it has the
 * same generation, and what was learnt of the packs still holds. */
void pkr_packs_exchange(pkr_packs *packs, pkr_pack_set *set);

void pkr_hold_join(pkr_hold *hold, pkr_packs *packs);
void pkr_hold_leave(pkr_hold *hold, pkr_packs *packs);
/* Takes the set that is there now, instead of one that it may have. */
void pkr_hold_take(pkr_hold *hold, pkr_packs *packs);
void pkr_hold_drop(pkr_hold *hold, pkr_packs *packs);
/* Whether the pack is in a set that is held: only then its files may be used. */
static inline bool pkr_pack_set_has(const pkr_pack_set *set, const pkr_pack *pack)
{
    uint64_t gone = atomic_load(&pack->gone_since);

    return gone == 0 || set->generation < gone;
}

/* The first place in a set that is behind the pack with this number. */
size_t pkr_pack_set_after(const pkr_pack_set *set, uint32_t number);
bool pkr_pack_set_contains(const pkr_pack_set *set, const pkr_pack *pack);
/* What is larger than all numbers in it. */
static inline size_t pkr_pack_set_end(const pkr_pack_set *set)
{
    return set->count ? (size_t)set->packs[set->count - 1]->number + 1 : 0;
}

#endif
