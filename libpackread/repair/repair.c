/* repair.c - looks for intact copies: an object is had from any of its copies, a copy that is a
 * delta from any copy of its base.
 *
 * Depth first, with a list instead of recursion: each object is visited once, and each copy of it
 * looked at once. A copy whose base is not to be had yet waits for it, and is run as soon as the
 * base is found, whoever finds it. Objects that wait for each other in a circle are lost together,
 * once nothing that any of them waits for is left to try (they are a strongly connected component,
 * found as Tarjan does). So hostile packs cost no more than their entries. */
#include "repair/repair.h"

#include <string.h>

#include "object/chain.h"
#include "base/fault.h"
#include "base/location.h"
#include "find/find.h"
#include "store/unsorted.h"
#include "repair/attempt.h"
#include "store/orders.h"

/* So much is tried in vain without finding out, by all searches of a reader, before what could not
 * be found out is remembered too. */
#define WASTE_MOST ((uint64_t)1 << 16)
/* So much is met and left open, by searches that found what they were for, before one of them goes
 * on to the end, so that the lost is known for the next. */
#define OPEN_MOST ((uint64_t)1 << 16)

static bool is_done(const pkr_search *on)
{
    return on->result && !on->to_the_end;
}

/* The object has been had, from that copy. */
static void settle(pkr_search *on, uint32_t number, const packread_location *copy, uint32_t base)
{
    pkr_node *node = pkr_graph_node(&on->graph, number);

    node->standing = PKR_STANDING_FOUND;
    node->at = *copy;
    node->base = base;
}

/* The bytes are those that it is all for: they are kept. */
static void take_result(pkr_search *on, pkr_blob *bytes)
{
    uint64_t *open = &on->reader->lost.open;

    on->result = bytes;
    *open += on->graph.open.count;
    if (*open >= OPEN_MOST) {
        on->to_the_end = true;
        *open = 0;
    }
}

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
        take_result(on, bytes);
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
    while (place != PKR_NO_NODE && !is_done(on)) {
        const pkr_waiter waiter = *pkr_graph_waiter(graph, place);
        pkr_blob *made;

        place = waiter.next;
        if (pkr_graph_node(graph, waiter.node)->standing == PKR_STANDING_FOUND)
            continue;
        made = pkr_search_build(on, waiter.node, &waiter.copy, bytes);
        if (!made)
            continue;
        settle(on, waiter.node, &waiter.copy, number);
        add_news(on, found, waiter.node, made);
    }
}

/* An object was found, the bytes of which are given away; and with it what waits for it. */
static void find(pkr_search *on, uint32_t number, const packread_location *copy, uint32_t base,
                 pkr_blob *bytes)
{
    news found = {PKR_NO_NODE, NULL, PKR_NO_NODE};

    settle(on, number, copy, base);
    pkr_keep_expect(&on->reader->keep, bytes, on->graph.stops.count);
    add_news(on, &found, number, bytes);
    while (found.next != PKR_NO_NODE) {
        number = found.next;
        bytes = found.bytes;
        found.next = PKR_NO_NODE;
        if (bytes && !is_done(on))
            tell_waiters(on, number, bytes, &found);
        release(on, number, bytes);
        if (found.next == PKR_NO_NODE && found.others != PKR_NO_NODE && !is_done(on)) {
            found.next = found.others;
            found.others = pkr_graph_node(&on->graph, found.next)->ready;
            found.bytes = pkr_search_fetch(on, found.next);
        }
    }
}

/* The id that the index has for an entry, which need not be readable. */
static int base_id(packread_reader *reader, const packread_location *entry, packread_id *id,
                   pkr_fault *fault)
{
    packread_location base = *entry;
    int status =
        pkr_orders_position_at(reader->budget, &reader->rows, reader->snapshot->packs[base.store],
                               base.offset, &base.position, fault);

    return status == 0 ? pkr_reader_id(reader, &base, id, fault) : status;
}

/* Where the object's next copy is: in the pack that was tried last, whose index may have two rows
 * for an id, or in the next. */
static bool next_copy(pkr_search *on, pkr_stop *at)
{
    const packread_id *id = &pkr_graph_node(&on->graph, at->node)->id;
    pkr_fault fault;
    int status;

    if (pkr_is_place(id)) { /* that one copy */
        if (at->has_copy)
            return false;
        at->copy = pkr_place_get(id);
        at->has_copy = true;
        return true;
    }
    if (at->has_copy && at->twins < PKR_TWINS_MOST && pkr_find_twin(on->reader, id, &at->copy)) {
        at->twins++;
        return true;
    }
    at->twins = 0;
    at->has_copy = false;
    if (!pkr_find_more(on->reader, at->next))
        return false;
    status = pkr_find_next(on->reader, id, &at->next, &at->copy, &fault);
    pkr_search_obstacle(on, status, &fault);
    at->has_copy = status == 0;
    return at->has_copy;
}

/* Whether the copy is one that reading what hangs on it would not have come to. */
static bool is_another(const pkr_search *on, const pkr_stop *at)
{
    const pkr_node *node = pkr_graph_node(&on->graph, at->node);
    const pkr_stop *asking = at - 1;

    return at->node != on->wanted && (node->has_first || at->copy.store != asking->copy.store);
}

/* Whether it was found out before that there is no way, or given up to find out. */
static bool is_given_up(pkr_search *on, pkr_node *node, const pkr_stop *at)
{
    pkr_loss_map *lost = &on->reader->lost;
    enum pkr_loss loss;

    if (node->has_first || pkr_is_place(&node->id))
        return false;
    node->has_first = true;
    node->first_pack = at->copy.store;
    node->first_row = at->copy.position;
    loss = pkr_loss_map_find(lost, at->copy.store, at->copy.position);
    if (loss == PKR_LOSS_SHORT || loss == PKR_LOSS_UNSURE)
        pkr_search_obstacle(on, lost->doubt.code, &lost->doubt);
    return loss != PKR_LOSS_NONE;
}

/* A copy that is a delta: it is run, or waits; what it hangs on may be visited first. */
static void try_delta(pkr_search *on, const pkr_stop *at, const packread_id *base_name)
{
    pkr_graph *graph = &on->graph;
    const packread_location copy = at->copy;
    const uint32_t number = at->node;
    pkr_node *node;
    pkr_node *base;
    pkr_blob *bytes;
    pkr_blob *made;
    uint32_t below;
    int status = pkr_graph_meet(graph, base_name, &below);

    if (status != 0) {
        pkr_search_no_room(on, status);
        return;
    }
    base = pkr_graph_node(graph, below);
    if (base->standing == PKR_STANDING_FOUND) {
        bytes = pkr_search_fetch(on, below);
        made = bytes ? pkr_search_build(on, number, &copy, bytes) : NULL;
        release(on, below, bytes);
        if (made)
            find(on, number, &copy, below, made);
    } else if (base->standing != PKR_STANDING_LOST) {
        status = pkr_graph_wait(graph, below, number, &copy);
        if (status == 0 && base->standing == PKR_STANDING_NEW)
            status = pkr_graph_visit(graph, below);
        base = pkr_graph_node(graph, below);
        node = pkr_graph_node(graph, number);
        if (status != 0 && base->standing == PKR_STANDING_NEW)
            base->standing = PKR_STANDING_LOST;
        else if (status == 0 && base->lowest < node->lowest)
            node->lowest = base->lowest;
        pkr_search_no_room(on, status);
    }
}

/* A delta on the entry at an offset, the index may call that what it likes: first on any copy of
 * the object that it is by the index, and if this does not help on the entry itself. */
static void try_ofs_delta(pkr_search *on, pkr_stop *at, const pkr_entry *entry)
{
    packread_reader *reader = on->reader;
    packread_location base = pkr_location(at->copy.store, 0, 0);
    pkr_fault fault;
    packread_id id;
    int status = pkr_chain_base(reader, reader->snapshot->packs[base.store], at->copy.offset, entry,
                                &base.offset, NULL, &fault);

    if (status != 0)
        return;
    at->base = base.offset;
    at->has_base = true;
    status = base_id(reader, &base, &id, &fault);
    pkr_search_obstacle(on, status, &fault);
    if (status == 0)
        try_delta(on, at, &id);
}

/* Tries the next copy of the last stop, or the last one once more. False if there are no more. */
static bool try_copy(pkr_search *on)
{
    pkr_stop *at = pkr_graph_last(&on->graph);
    pkr_node *node = pkr_graph_node(&on->graph, at->node);
    pkr_fault fault;
    packread_location copy;
    pkr_entry entry;
    pkr_blob *blob;
    packread_id base;
    int status;

    if (at->has_base) {
        at->has_base = false;
        pkr_place_set(&base, at->copy.store, at->base);
        try_delta(on, at, &base);
        return true;
    }
    if (!next_copy(on, at))
        return false;
    on->is_news |= is_another(on, at);
    if (is_given_up(on, node, at))
        return false;
    copy = at->copy;
    blob = on->from_scratch ? NULL : pkr_search_cached(on, at->node, &copy);
    if (!blob) {
        status = pkr_search_entry(on, &copy, &entry, &fault);
        pkr_search_obstacle(on, status, &fault);
        if (status == 0 && entry.type == PACKREAD_OFS_DELTA) {
            try_ofs_delta(on, at, &entry);
        } else if (status == 0 && entry.type == PACKREAD_REF_DELTA) {
            pkr_id_set(&base, entry.base_id, on->reader->snapshot->packs[copy.store]->idx.id_size);
            try_delta(on, at, &base);
        } else if (status == 0) {
            blob = pkr_search_build(on, at->node, &copy, NULL);
        }
    }
    if (blob)
        find(on, at->node, &copy, PKR_NO_NODE, blob);
    return true;
}

/* What is remembered of objects that were not found. */
static enum pkr_loss loss_of(pkr_search *on, size_t objects)
{
    pkr_loss_map *lost = &on->reader->lost;

    if (on->reader->blind.count != on->blind)
        pkr_search_obstacle(on, on->reader->blind.fault.code, &on->reader->blind.fault);
    if (on->has_lost_one)
        return PKR_LOSS_NONE;
    if (!on->is_short && !on->is_unsure)
        return PKR_LOSS_SURE;
    lost->wasted += objects;
    if (lost->wasted < WASTE_MOST)
        return PKR_LOSS_NONE;
    lost->doubt = on->doubt;
    return on->is_short ? PKR_LOSS_SHORT : PKR_LOSS_UNSURE;
}

/* There is nothing left to try for the objects that are open from `first` on: what was not found of
 * them is lost. */
static void complete(pkr_search *on, uint32_t first)
{
    pkr_graph *graph = &on->graph;
    const uint32_t *open = graph->open.rows;
    size_t from = graph->open.count;
    enum pkr_loss loss;

    do
        from--;
    while (open[from] != first);
    loss = loss_of(on, graph->open.count - from);
    for (size_t i = from; i < graph->open.count; i++) {
        pkr_node *node = pkr_graph_node(graph, open[i]);

        if (node->standing == PKR_STANDING_FOUND)
            continue;
        node->standing = PKR_STANDING_LOST;
        if (node->has_first && loss != PKR_LOSS_NONE)
            pkr_loss_map_keep(&on->reader->lost, node->first_pack, node->first_row, loss);
    }
    graph->open.count = from;
}

/* The last stop is done with: found, or every copy tried. */
static void leave(pkr_search *on)
{
    pkr_graph *graph = &on->graph;
    const uint32_t number = pkr_graph_last(graph)->node;
    const uint32_t lowest = pkr_graph_node(graph, number)->lowest;
    pkr_stop *asking;

    graph->stops.count--;
    asking = pkr_graph_last(graph);
    if (asking && lowest < pkr_graph_node(graph, asking->node)->lowest)
        pkr_graph_node(graph, asking->node)->lowest = lowest;
    if (lowest == number)
        complete(on, number);
}

static void go(pkr_search *on)
{
    const pkr_stop *at;

    while (!is_done(on) && (at = pkr_graph_last(&on->graph)))
        if (pkr_graph_node(&on->graph, at->node)->standing == PKR_STANDING_FOUND || !try_copy(on))
            leave(on);
}

static void begin(pkr_search *on, packread_reader *reader, bool from_scratch)
{
    *on =
        (pkr_search){.reader = reader, .blind = reader->blind.count, .from_scratch = from_scratch};
    pkr_graph_begin(&on->graph, reader->budget);
}

static void run(pkr_search *on, const packread_id *id)
{
    int status = pkr_graph_meet(&on->graph, id, &on->wanted);

    if (status == 0)
        status = pkr_graph_visit(&on->graph, on->wanted);
    if (status == 0)
        go(on);
    pkr_search_no_room(on, status);
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

    begin(&on, reader, false);
    run(&on, id);
    if (!on.result && on.has_lost_one) {
        begin(&on, reader, true);
        run(&on, id);
    }
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
        if (failure == PACKREAD_ERROR_THIN && reader->snapshot->pack_count > 1)
            fault->text = "delta base is in none of these packs"; /* all have been asked */
        return failure;
    }
    if (reader->mended != mended)
        open_chains(reader, UINT64_MAX);
    *fault = on.doubt;
    fault->id = *id; /* not what it hangs on */
    return fault->code;
}
