/* repair.c - looks for intact copies: an object is had from any of its copies, a copy that is a
 * delta from any copy of its base.
 *
 * From the object that is wanted everything that it may hang on is met, nearest first, and each
 * copy of each is looked at once. A copy whose base is not to be had yet waits for it, and is run
 * when the base is found, whoever finds it; what that gives wakes others. When nothing is left to
 * look at, what was not found is lost, all at once: whatever could have given it was met too. So
 * hostile packs cost no more than their entries, and circles are nothing special. */
#include "repair/repair.h"

#include "base/fault.h"
#include "find/find.h"
#include "object/chain.h"
#include "pack/orders.h"
#include "pack/unsorted.h"
#include "repair/attempt.h"

/* Where a search met something that an earlier one could not find out about, it goes so far on. */
#define FEW 16

/* The object has been had, from that copy. */
static void settle(pkr_search *on, uint32_t number, const pkr_copy *copy, uint32_t base)
{
    pkr_node *node = pkr_graph_node(&on->graph, number);

    node->is_found = true;
    node->at = *copy;
    node->base = base;
}

/* The bytes of the object that is wanted are kept. */
static void release(pkr_search *on, uint32_t number, pkr_blob *bytes)
{
    if (number != on->wanted)
        pkr_blob_release(&on->reader->spares, bytes);
}

/* Objects that were found, whose waiters are to be told. */
typedef struct news {
    uint32_t next; /* NO_NODE: none */
    pkr_blob *bytes;
    uint32_t others; /* a list, without their bytes */
} news;

static void add_news(pkr_search *on, news *found, uint32_t number, pkr_blob *bytes)
{
    if (number == on->wanted)
        on->result = bytes;
    if (found->next == PKR_NO_NODE) {
        found->next = number;
        found->bytes = bytes;
        return;
    }
    pkr_graph_node(&on->graph, number)->ready = found->others;
    found->others = number;
    release(on, number, bytes);
}

/* Runs the copies that wait for an object. */
static void tell_waiters(pkr_search *on, uint32_t number, const pkr_blob *bytes, news *found)
{
    pkr_graph *graph = &on->graph;
    uint32_t place = pkr_graph_node(graph, number)->waiters;

    pkr_graph_node(graph, number)->waiters = PKR_NO_NODE;
    while (place != PKR_NO_NODE && !on->result) {
        const pkr_waiter waiter = *pkr_graph_waiter(graph, place);
        pkr_blob *made;

        place = waiter.next;
        if (pkr_graph_node(graph, waiter.node)->is_found)
            continue;
        made = pkr_search_build(on, waiter.node, &waiter.copy, bytes);
        if (!made)
            continue;
        settle(on, waiter.node, &waiter.copy, number);
        add_news(on, found, waiter.node, made);
    }
}

/* An object was found, the bytes of which are given away; and with it what waits for it. */
static void find(pkr_search *on, uint32_t number, const pkr_copy *copy, uint32_t base,
                 pkr_blob *bytes)
{
    news found = {PKR_NO_NODE, NULL, PKR_NO_NODE};

    settle(on, number, copy, base);
    pkr_admit_climb(&on->reader->admit, bytes, on->graph.nodes.count);
    add_news(on, &found, number, bytes);
    while (found.next != PKR_NO_NODE) {
        number = found.next;
        bytes = found.bytes;
        found.next = PKR_NO_NODE;
        if (bytes && !on->result)
            tell_waiters(on, number, bytes, &found);
        release(on, number, bytes);
        if (found.next == PKR_NO_NODE && found.others != PKR_NO_NODE && !on->result) {
            found.next = found.others;
            found.others = pkr_graph_node(&on->graph, found.next)->ready;
            found.bytes = pkr_search_fetch(on, found.next);
        }
    }
}

/* A copy that is a delta on `below`: it is run, or waits. */
static void try_delta(pkr_search *on, uint32_t number, const pkr_copy *copy,
                      const packread_id *below)
{
    pkr_graph *graph = &on->graph;
    pkr_blob *bytes;
    pkr_blob *made;
    uint32_t base;
    int status = pkr_graph_meet(graph, below, copy->pack, &base);

    if (status == 0 && !pkr_graph_node(graph, base)->is_found)
        status = pkr_graph_wait(graph, base, number, copy);
    pkr_search_no_room(on, status);
    if (status != 0 || !pkr_graph_node(graph, base)->is_found)
        return;
    bytes = pkr_search_fetch(on, base);
    made = bytes ? pkr_search_build(on, number, copy, bytes) : NULL;
    release(on, base, bytes);
    if (made)
        find(on, number, copy, base, made);
}

/* A delta on the entry at an offset: on any copy of the object that this is by the index, and,
 * where that has not helped, on the entry itself, the index may call it what it likes. */
static void try_ofs_delta(pkr_search *on, uint32_t number, const pkr_copy *copy,
                          const pkr_entry *entry)
{
    packread_reader *reader = on->reader;
    pkr_pack *pack = pkr_reader_pack(reader, copy->pack);
    packread_location base = {.store = copy->pack};
    pkr_fault fault;
    packread_id id;
    int status = pkr_chain_base(reader, pack, copy->offset, entry, &base.offset, NULL, &fault);

    if (status != 0)
        return;
    if (on->by_place) {
        id = pkr_place_id(copy->pack, base.offset);
        try_delta(on, number, copy, &id);
    }
    status = pkr_orders_position_at(reader->budget, &reader->rows, pack, base.offset,
                                    &base.position, &fault);
    if (status == 0)
        status = pkr_reader_id(reader, &base, &id, &fault);
    pkr_search_obstacle(on, status, &fault);
    if (status == 0 && !pkr_graph_node(&on->graph, number)->is_found)
        try_delta(on, number, copy, &id);
}

static void try_copy(pkr_search *on, uint32_t number, const pkr_copy *copy)
{
    pkr_blob *blob = on->from_scratch ? NULL : pkr_search_cached(on, number, copy);
    packread_id base;
    pkr_entry entry;
    pkr_fault fault;
    int status;

    if (!blob && copy->is_loose) {
        blob = pkr_search_build(on, number, copy, NULL);
    } else if (!blob) {
        status = pkr_search_entry(on, copy, &entry, &fault);
        pkr_search_obstacle(on, status, &fault);
        if (status == 0 && entry.type == PACKREAD_OFS_DELTA) {
            try_ofs_delta(on, number, copy, &entry);
        } else if (status == 0 && entry.type == PACKREAD_REF_DELTA) {
            pkr_id_set(&base, entry.base_id, pkr_reader_pack(on->reader, copy->pack)->idx.id_size);
            try_delta(on, number, copy, &base);
        } else if (status == 0) {
            blob = pkr_search_build(on, number, copy, NULL);
        }
    }
    if (blob)
        find(on, number, copy, PKR_NO_NODE, blob);
}

/* The first copy of an object is met. Whether earlier searches have found that it is lost. */
static bool is_lost(pkr_search *on, pkr_node *node, const pkr_copy *copy)
{
    pkr_loss_map *lost = &on->reader->lost;
    const enum pkr_loss loss =
        copy->is_loose ? PKR_LOSS_NONE : pkr_loss_map_find(lost, copy->pack, copy->row);

    node->has_copy = true;
    node->at = *copy;
    if (loss == PKR_LOSS_OPEN) {
        on->is_over = true;
        pkr_search_obstacle(on, lost->doubt.code, &lost->doubt);
        if (on->most > on->asked + FEW)
            on->most = on->asked + FEW;
    }
    return loss == PKR_LOSS_SURE;
}

/* Looks at the copies of an object, one after the other: in each pack, and in the further rows that
 * a damaged index has for its id. */
static void ask(pkr_search *on, uint32_t number)
{
    packread_reader *reader = on->reader;
    const packread_id id = pkr_graph_node(&on->graph, number)->id;
    const uint32_t came_from = pkr_graph_node(&on->graph, number)->from;
    size_t from = 0;

    do {
        packread_location at;
        pkr_fault fault;
        int status = pkr_find_next(reader, &id, &from, &at, &fault);

        pkr_search_obstacle(on, status, &fault);
        if (status != 0)
            return;
        for (int twin = 0; twin <= PKR_TWINS_MOST; twin++) {
            const pkr_copy copy = pkr_copy_of(&at);
            pkr_node *node = pkr_graph_node(&on->graph, number);

            /* What reading the wanted object has not come to. */
            on->is_news |=
                number != on->wanted && (node->has_copy || copy.is_loose || copy.pack != came_from);
            if (!node->has_copy && is_lost(on, node, &copy))
                return;
            try_copy(on, number, &copy);
            if (pkr_graph_node(&on->graph, number)->is_found || on->result ||
                !pkr_find_twin(reader, &id, &at))
                break;
        }
    } while (!on->result && !pkr_graph_node(&on->graph, number)->is_found &&
             pkr_find_more(reader, from));
}

/* Everything that was met and not asked yet; what is met meanwhile comes after it. */
static void ask_all(pkr_search *on)
{
    for (; on->asked < on->graph.nodes.count && on->asked < on->most && !on->result; on->asked++) {
        const pkr_node *node = pkr_graph_node(&on->graph, (uint32_t)on->asked);
        pkr_copy copy;

        if (node->is_found)
            continue;
        if (pkr_is_place(&node->id)) {
            copy = pkr_place_copy(&node->id);
            try_copy(on, (uint32_t)on->asked, &copy);
        } else {
            ask(on, (uint32_t)on->asked);
        }
    }
}

/* Copies that wait in vain for an object that is at an offset by the index: on the entries there.
 */
static void ask_places(pkr_search *on)
{
    const size_t waiting = on->graph.waiters.count;

    on->by_place = true;
    for (size_t i = 0; i < waiting && !on->result; i++) {
        const pkr_waiter waiter = *pkr_graph_waiter(&on->graph, (uint32_t)i);
        packread_id place;
        pkr_entry entry;
        uint64_t base;

        if (pkr_graph_node(&on->graph, waiter.node)->is_found ||
            pkr_search_entry(on, &waiter.copy, &entry, NULL) != 0 ||
            entry.type != PACKREAD_OFS_DELTA ||
            pkr_chain_base(on->reader, pkr_reader_pack(on->reader, waiter.copy.pack),
                           waiter.copy.offset, &entry, &base, NULL, NULL) != 0)
            continue;
        place = pkr_place_id(waiter.copy.pack, base);
        try_delta(on, waiter.node, &waiter.copy, &place);
    }
    ask_all(on);
}

/* What was not found is lost, if nothing was in the way of finding out. That more hangs together
 * than there is room for is remembered too, so that the next search does not go all the way again;
 * what may be otherwise the next time is not. */
static void remember(pkr_search *on)
{
    pkr_loss_map *lost = &on->reader->lost;
    enum pkr_loss loss = PKR_LOSS_SURE;

    if (on->reader->blind.count != on->blind)
        pkr_search_obstacle(on, on->reader->blind.fault.code, &on->reader->blind.fault);
    if (on->is_unsure || (on->is_short && !on->is_over))
        return;
    if (on->is_over) {
        loss = PKR_LOSS_OPEN;
        lost->doubt = on->doubt;
    }
    for (uint32_t i = 0; i < on->graph.nodes.count; i++) {
        const pkr_node *node = pkr_graph_node(&on->graph, i);

        if (!node->is_found && node->has_copy && !node->at.is_loose)
            pkr_loss_map_keep(lost, node->at.pack, node->at.row, loss);
    }
}

static void run(pkr_search *on, packread_reader *reader, const packread_id *id, bool from_scratch)
{
    int status;

    *on = (pkr_search){.reader = reader,
                       .blind = reader->blind.count,
                       .from_scratch = from_scratch,
                       .most = SIZE_MAX};
    pkr_graph_begin(&on->graph, reader->budget);
    status = pkr_graph_meet(&on->graph, id, 0, &on->wanted);
    pkr_search_no_room(on, status);
    ask_all(on);
    if (!on->result && on->asked == on->graph.nodes.count)
        ask_places(on);
    if (!on->result && !on->has_lost_one)
        remember(on);
    pkr_graph_end(&on->graph);
}

/* With what is in the cache now there may be a way where there was none. What is known of chains is
 * found out anew, but not for more than the searches took themselves. */
static void open_chains(packread_reader *reader, uint64_t searched)
{
    pkr_loss_map *lost = &reader->lost;

    lost->searched = searched < UINT64_MAX ? lost->searched + searched : searched;
    if (lost->searched < lost->walked)
        return;
    pkr_memo_clear(&reader->broken);
    lost->searched = lost->walked = 0;
}

int pkr_repair(packread_reader *reader, const packread_id *id, packread_object *object, int failure,
               pkr_fault *fault)
{
    uint64_t mended = reader->mended;
    pkr_search on;
    int status;

    run(&on, reader, id, false);
    if (!on.result && on.has_lost_one)
        run(&on, reader, id, true);
    reader->object = on.result;
    status = pkr_reader_settle(reader, 0, fault);
    if (status != 0)
        return status;
    if (on.result) {
        pkr_reader_hand_out(reader, id, on.result, object);
        open_chains(reader, on.graph.nodes.count);
        return 0;
    }
    if (!on.is_news || (!on.is_short && !on.is_unsure)) {
        if (failure == PACKREAD_ERROR_THIN && pkr_reader_set(reader)->count > 1)
            fault->text = "delta base is in none of these packs"; /* all have been asked */
        return failure;
    }
    if (reader->mended != mended)
        open_chains(reader, UINT64_MAX);
    *fault = on.doubt;
    fault->id = *id; /* not what it hangs on */
    return fault->code;
}
