/* orders.h - who keeps which pack in order of offset: a table is made when it is first wanted,
 * stays with its pack, and goes where memory is short and nobody uses it. Any thread; `rows` are
 * the caller's. */
#ifndef PKR_ORDERS_H
#define PKR_ORDERS_H

#include "store/revindex.h"
#include "store/snapshot.h"

/* The pack's table. Stands until pkr_orders_done, which is to be called where this succeeded.
 * Errors: as pkr_revindex_make. */
int pkr_orders_get(packread_snapshot *snapshot, pkr_rows *rows, pkr_pack *pack,
                   const pkr_revindex **order, pkr_fault *fault);
/* The same for who goes through all of a pack: where memory is short, the tables of other packs go,
 * those that nobody uses. */
int pkr_orders_get_instead(packread_snapshot *snapshot, pkr_rows *rows, pkr_pack *pack,
                           const pkr_revindex **order, pkr_fault *fault);
void pkr_orders_done(pkr_pack *pack);
/* The table is no longer wanted by who got it; if nobody else uses it, it goes. */
void pkr_orders_drop(pkr_pack *pack, pkr_budget *budget);
/* Gives up the table of another pack that nobody uses; false if there is none. */
bool pkr_orders_make_room(packread_snapshot *snapshot, const pkr_pack *pack);
/* The row of the entry that begins at `offset`. NOT_FOUND (without detail), or as get. */
int pkr_orders_position_at(packread_snapshot *snapshot, pkr_rows *rows, pkr_pack *pack,
                           uint64_t offset, uint32_t *position, pkr_fault *fault);
/* The memory limit that the tables of all packs take together. */
uint64_t pkr_orders_needed(const packread_snapshot *snapshot);

#endif
