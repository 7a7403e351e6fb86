/* orders.c - makes, shares and gives up the tables of pack order. */
#include "store/orders.h"

#include "base/fault.h"

/* Whoever gets a table says so first and looks for it then; here it is put away first. */
static bool give_up(pkr_pack *pack, pkr_budget *budget)
{
    pkr_revindex *known;
    bool unused;

    if (pthread_mutex_trylock(&pack->revindex_lock) != 0)
        return false;
    known = atomic_exchange(&pack->revindex, NULL);
    unused = known && atomic_load(&pack->revindex_users) == 0;
    if (unused)
        pkr_revindex_free(known, budget);
    else
        atomic_store(&pack->revindex, known);
    pthread_mutex_unlock(&pack->revindex_lock);
    return unused;
}

bool pkr_orders_make_room(packread_snapshot *snapshot, const pkr_pack *pack)
{
    for (size_t i = 0; i < snapshot->pack_count; i++)
        if (snapshot->packs[i] != pack && atomic_load(&snapshot->packs[i]->revindex) &&
            give_up(snapshot->packs[i], &snapshot->budget))
            return true;
    return false;
}

/* With the pack's lock. */
static int make_or_find(packread_snapshot *snapshot, pkr_rows *rows, pkr_pack *pack, bool instead,
                        pkr_revindex **known, pkr_fault *fault)
{
    int status = 0;

    *known = atomic_load(&pack->revindex);
    if (*known)
        return 0;
    do {
        status = pkr_revindex_make(rows, pack, &snapshot->budget, known, fault);
    } while (status == PACKREAD_ERROR_BUDGET && instead && pkr_orders_make_room(snapshot, pack));
    if (status == 0)
        atomic_store(&pack->revindex, *known);
    return status;
}

static int get(packread_snapshot *snapshot, pkr_rows *rows, pkr_pack *pack, bool instead,
               const pkr_revindex **order, pkr_fault *fault)
{
    pkr_revindex *known;
    int status = 0;

    atomic_fetch_add(&pack->revindex_users, 1);
    known = atomic_load(&pack->revindex);
    if (!known) {
        pthread_mutex_lock(&pack->revindex_lock);
        status = make_or_find(snapshot, rows, pack, instead, &known, fault);
        pthread_mutex_unlock(&pack->revindex_lock);
    }
    if (status == 0)
        *order = known;
    else
        pkr_orders_done(pack);
    return status;
}

int pkr_orders_get(packread_snapshot *snapshot, pkr_rows *rows, pkr_pack *pack,
                   const pkr_revindex **order, pkr_fault *fault)
{
    return get(snapshot, rows, pack, false, order, fault);
}

int pkr_orders_get_instead(packread_snapshot *snapshot, pkr_rows *rows, pkr_pack *pack,
                           const pkr_revindex **order, pkr_fault *fault)
{
    return get(snapshot, rows, pack, true, order, fault);
}

void pkr_orders_done(pkr_pack *pack)
{
    atomic_fetch_sub(&pack->revindex_users, 1);
}

void pkr_orders_drop(pkr_pack *pack, pkr_budget *budget)
{
    pkr_orders_done(pack);
    give_up(pack, budget);
}

int pkr_orders_position_at(packread_snapshot *snapshot, pkr_rows *rows, pkr_pack *pack,
                           uint64_t offset, uint32_t *position, pkr_fault *fault)
{
    const pkr_revindex *order;
    uint32_t rank;
    int status = get(snapshot, rows, pack, false, &order, fault);

    if (status != 0)
        return status;
    rank = pkr_revindex_find(order, offset);
    if (rank != PKR_NO_RANK)
        *position = pkr_revindex_position(order, rank);
    pkr_orders_done(pack);
    return rank != PKR_NO_RANK ? 0 : PACKREAD_ERROR_NOT_FOUND;
}

uint64_t pkr_orders_needed(const packread_snapshot *snapshot)
{
    uint64_t rows = 0;
    uint64_t most = 0;

    for (size_t i = 0; i < snapshot->pack_count; i++) {
        const pkr_pack *pack = snapshot->packs[i];

        if (pack->idx.count > most)
            most = pack->idx.count;
        if (!atomic_load(&pack->revindex))
            rows += pack->idx.count;
    }
    /* The largest is sorted with a spare one. */
    return pkr_budget_needed(&snapshot->budget, (rows + most) * sizeof(uint64_t) +
                                                    snapshot->pack_count * sizeof(pkr_revindex));
}
