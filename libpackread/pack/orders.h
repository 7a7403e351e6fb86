/* orders.h - who keeps which pack in order of offset: a table is made when it is first wanted,
 * stays with its pack, and goes where memory is short and nobody uses it. Any thread; `rows` are
 * the caller's. */
#ifndef PKR_ORDERS_H
#define PKR_ORDERS_H

#include "pack/revindex.h"

/* For a pack that is made, and one that goes. Errors: MEMORY. */
int pkr_orders_open(pkr_pack *pack);
void pkr_orders_close(pkr_pack *pack);

/* The pack's table. Stands until pkr_orders_done or drop, one of which is to be called where this
 * succeeded. Errors: as pkr_revindex_make. */
int pkr_orders_get(pkr_budget *budget, pkr_rows *rows, pkr_pack *pack, const pkr_revindex **order,
                   pkr_fault *fault);
void pkr_orders_done(pkr_pack *pack);
/* The same by who does not want it any more: if nobody else uses it, it goes. */
void pkr_orders_drop(pkr_pack *pack);
/* The row of the entry that begins at `offset`. NOT_FOUND (without detail), or as get. */
int pkr_orders_position_at(pkr_budget *budget, pkr_rows *rows, pkr_pack *pack, uint64_t offset,
                           uint32_t *position, pkr_fault *fault);
/* The memory limit that the tables of these packs take together. */
uint64_t pkr_orders_needed(pkr_pack *const *packs, size_t count, const pkr_budget *budget);

#endif
