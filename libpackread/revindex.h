/* revindex.h - a pack's entries in order of offset, made from its index; 8 bytes an entry. */
#ifndef PACKREAD_REVINDEX_H
#define PACKREAD_REVINDEX_H

#include "budget.h"
#include "lookup.h"
#include "pack.h"

/* A rank counts entries in order of offset, a position rows of the index in order of id. Each key
 * is offset << shift | position, so that one sorted array of words holds both. The scan of a pack
 * without an index makes one too: there are no positions then, and keys are offsets. */
typedef struct packread_revindex {
    unsigned shift;   /* 0: no positions */
    uint32_t count;   /* ranks: rows whose offset lies inside the pack */
    uint32_t bad;     /* rows whose offset does not */
    uint64_t charged; /* bytes taken from the budget */
    uint64_t keys[];
} packread_revindex;

#define PACKREAD_NO_RANK UINT32_MAX

struct packread_reader;

/* The pack's table, made at the first call and kept with the pack; any thread. Stands until
 * packread_revindex_done, which is to be called where this succeeded. */
int packread_revindex_get(struct packread_reader *reader, packread_pack *pack,
                          const packread_revindex **order, packread_error *error);
/* The same for who goes through all of a pack: where memory is short, the tables of other packs go,
 * those that nobody uses. */
int packread_revindex_get_instead(struct packread_reader *reader, packread_pack *pack,
                                  const packread_revindex **order, packread_error *error);
void packread_revindex_done(packread_pack *pack);
/* The table is no longer wanted by who got it; if nobody else uses it, it goes. */
void packread_revindex_drop(packread_pack *pack, packread_budget *budget);
/* Gives up the table of another pack that nobody uses; false if there is none. */
bool packread_revindex_make_room(struct packread_reader *reader, const packread_pack *pack);
/* The row of the entry that begins at `offset`. NOT_FOUND (without detail), or as get. */
int packread_revindex_position_at(struct packread_reader *reader, packread_pack *pack,
                                  uint64_t offset, uint32_t *position, packread_error *error);
/* The memory limit that the tables of all packs of the reader's snapshot take together. */
uint64_t packread_revindex_needed(const struct packread_reader *reader);
/* `budget` gets back what the table took; NULL if it is gone too. */
void packread_revindex_free(packread_revindex *order, packread_budget *budget);

static inline uint64_t packread_revindex_offset(const packread_revindex *order, uint32_t rank)
{
    return order->keys[rank] >> order->shift;
}

static inline uint32_t packread_revindex_position(const packread_revindex *order, uint32_t rank)
{
    return (uint32_t)(order->keys[rank] & (((uint64_t)1 << order->shift) - 1));
}

/* Where the entry of this rank has to end: at the next one that begins later, or at the trailer. */
uint64_t packread_revindex_next(const packread_revindex *order, uint32_t rank, uint64_t pack_end);

/* The rank of the entry that begins at `offset`, or PACKREAD_NO_RANK. O(log n). */
uint32_t packread_revindex_find(const packread_revindex *order, uint64_t offset);

#endif
