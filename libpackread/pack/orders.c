/* orders.c - makes, shares and gives up the tables of pack order. */
#include "pack/orders.h"

#include <stddef.h>

#include "base/fault.h"

/* With the giver's lock. */
static uint64_t give(pkr_giver *giver, uint64_t wanted)
{
    pkr_pack *pack = (pkr_pack *)((char *)giver - offsetof(pkr_pack, order_giver));
    uint64_t given = 0;

    (void)wanted;
    if (pack->revindex && pack->order_users == 0) {
        given = pack->revindex->charged;
        pkr_revindex_free(pack->revindex, giver->budget);
        pack->revindex = NULL;
    }
    return given;
}

/* The table that is there, with one more user; NULL if it is not. */
static const pkr_revindex *use(pkr_pack *pack)
{
    const pkr_revindex *known;

    pkr_giver_lock(&pack->order_giver);
    known = pack->revindex;
    if (known)
        pack->order_users++;
    pkr_giver_unlock(&pack->order_giver);
    return known;
}

/* While one thread makes the table others wait for it. */
static int make(pkr_budget *budget, pkr_rows *rows, pkr_pack *pack, pkr_fault *fault)
{
    pkr_revindex *made;
    int status = pkr_revindex_make(rows, pack, budget, &made, fault);

    if (status != 0)
        return status;
    pkr_giver_lock(&pack->order_giver);
    pack->revindex = made;
    pack->order_users++;
    pkr_giver_unlock(&pack->order_giver);
    pkr_giver_join(&pack->order_giver, budget);
    return 0;
}

int pkr_orders_get(pkr_budget *budget, pkr_rows *rows, pkr_pack *pack, const pkr_revindex **order,
                   pkr_fault *fault)
{
    const pkr_revindex *known = use(pack);
    int status = 0;

    if (!known) {
        pkr_lock_take(&pack->order_making);
        known = use(pack);
        if (!known)
            status = make(budget, rows, pack, fault);
        pkr_lock_give(&pack->order_making);
    }
    if (status == 0)
        *order = known ? known : pack->revindex;
    return status;
}

static void leave(pkr_pack *pack, bool is_wanted)
{
    pkr_giver_lock(&pack->order_giver);
    pack->order_users--;
    if (!is_wanted)
        give(&pack->order_giver, UINT64_MAX);
    pkr_giver_unlock(&pack->order_giver);
}

void pkr_orders_done(pkr_pack *pack)
{
    leave(pack, true);
}

void pkr_orders_drop(pkr_pack *pack)
{
    leave(pack, false);
}

int pkr_orders_open(pkr_pack *pack)
{
    if (!pkr_lock_make(&pack->order_making))
        return PACKREAD_ERROR_MEMORY;
    if (pkr_giver_begin(&pack->order_giver, PKR_GIVER_TABLE, give) == 0)
        return 0;
    pkr_lock_unmake(&pack->order_making);
    return PACKREAD_ERROR_MEMORY;
}

void pkr_orders_close(pkr_pack *pack)
{
    pkr_revindex_free(pack->revindex, pack->order_giver.budget);
    pkr_giver_end(&pack->order_giver);
    pkr_lock_unmake(&pack->order_making);
}

int pkr_orders_position_at(pkr_budget *budget, pkr_rows *rows, pkr_pack *pack, uint64_t offset,
                           uint32_t *position, pkr_fault *fault)
{
    const pkr_revindex *order;
    uint32_t rank;
    int status = pkr_orders_get(budget, rows, pack, &order, fault);

    if (status != 0)
        return status;
    rank = pkr_revindex_find(order, offset);
    if (rank != PKR_NO_RANK)
        *position = pkr_revindex_position(order, rank);
    pkr_orders_done(pack);
    return rank != PKR_NO_RANK ? 0 : PACKREAD_ERROR_NOT_FOUND;
}

uint64_t pkr_orders_needed(pkr_pack *const *packs, size_t count, const pkr_budget *budget)
{
    uint64_t rows = 0;
    uint64_t most = 0;

    for (size_t i = 0; i < count; i++) {
        pkr_pack *pack = packs[i];

        if (pack->idx.count > most)
            most = pack->idx.count;
        pkr_giver_lock(&pack->order_giver);
        if (!pack->revindex)
            rows += pack->idx.count;
        pkr_giver_unlock(&pack->order_giver);
    }
    /* The largest is sorted with a spare one. */
    return pkr_budget_needed(budget,
                             (rows + most) * sizeof(uint64_t) + count * sizeof(pkr_revindex));
}
