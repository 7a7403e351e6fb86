/* walk.c - goes through the forest of deltas depth first: each base is inflated once, and of
 * a path no more is held than the memory limit allows; what was let go is built again when needed.
 */
#include "walk/walk.h"

#include "base/fault.h"
#include "object/build.h"
#include "object/chain.h"
#include "platform/hash.h"
#include "walk/fence.h"

#define ROOTS_AT_ONCE 16

static uint32_t take_children(pkr_forest *forest, uint32_t rank)
{
    uint32_t first = forest->first_child[rank];

    forest->first_child[rank] = PKR_NO_RANK;
    return first;
}

static pkr_frame *frame_at(const pkr_walk *walk, size_t number)
{
    return (pkr_frame *)walk->frames.rows + number;
}

static pkr_frame *top_of(const pkr_walk *walk)
{
    return frame_at(walk, walk->frames.count - 1);
}

/* The frames are paid for: a chain can be as long as a pack has objects. */
static int push(pkr_walk *walk, uint32_t rank, pkr_blob *blob)
{
    static const pkr_need need = {NULL, "the memory limit has no room for so long a chain"};
    int status = pkr_table_grow(&walk->frames, walk->reader->budget, &need, NULL);

    if (status == 0)
        *frame_at(walk, walk->frames.count++) =
            (pkr_frame){rank, take_children(walk->forest, rank), walk->here, blob};
    return status;
}

static void pop(pkr_walk *walk)
{
    pkr_blob_release(&walk->reader->spares, top_of(walk)->blob);
    walk->frames.count--;
}

/* The object furthest from where the walk is, if there is one but the nearest. */
static bool let_go(pkr_walk *walk)
{
    for (size_t i = 0; i + 1 < walk->frames.count; i++) {
        pkr_frame *frame = frame_at(walk, i);

        if (frame->blob) {
            pkr_blob_release(&walk->reader->spares, frame->blob);
            frame->blob = NULL;
            return true;
        }
    }
    return false;
}

/* Children of an object that is checked, which there is no room to wait with. Those of the last
 * thread go before the ones that wait already: their base is at hand now. */
static void put_off_children(pkr_walk *walk, uint32_t rank)
{
    pkr_forest *forest = walk->forest;
    uint32_t first = take_children(forest, rank);

    for (uint32_t child = first; child != PKR_NO_RANK;) {
        uint32_t next = forest->next_sibling[child];

        if (!walk->is_last)
            pkr_forest_mark(forest, child, PKR_FOREST_LATER);
        else if (next == PKR_NO_RANK)
            forest->next_sibling[child] = walk->late;
        child = next;
    }
    if (walk->is_last && first != PKR_NO_RANK)
        walk->late = first;
}

static void tell_object(void *context, const pkr_walk_object *object)
{
    const pkr_walk *walk = context;

    if (pkr_forest_stopped(walk->forest))
        return;
    if (walk->forest->pack->alone && !object->is_attack)
        pkr_forest_name(walk->forest, object->rank, &object->id);
    walk->visitor->object(walk->visitor->context, object);
}

static void tell_stopped(const pkr_walk *walk, uint32_t rank)
{
    pkr_fault fault;

    pkr_fault_stopped(&fault);
    walk->visitor->failed(walk->visitor->context, rank, PKR_NO_RANK, &fault);
}

/* A visitor may read the pack: what the reader is in the middle of goes on as if nothing were. */
static void run_queue(pkr_walk *walk, bool all)
{
    const pkr_fence fence = walk->reader->fence;

    walk->reader->fence = (pkr_fence){.entry = 0};
    if (pkr_hash_queue_run(&walk->queue, all, &walk->reader->spares, tell_object, walk) != 0)
        tell_stopped(walk, 0);
    walk->reader->fence = fence;
}

void pkr_walk_settle(pkr_walk *walk)
{
    if (walk->queue.count > 0)
        run_queue(walk, true);
}

/* Gives memory back, if there is any that can be done without. */
static bool make_room(pkr_walk *walk)
{
    if (walk->queue.count == 0)
        return let_go(walk);
    pkr_walk_settle(walk);
    return true;
}

static void tell_failed(pkr_walk *walk, uint32_t rank, uint32_t base, const pkr_fault *fault)
{
    pkr_walk_settle(walk);
    pkr_forest_mark(walk->forest, rank, PKR_FOREST_DONE);
    walk->visitor->failed(walk->visitor->context, rank, base, fault);
}

static void visit_large(pkr_walk *walk, uint32_t rank)
{
    const pkr_visitor *visitor = walk->visitor;
    pkr_fault fault;
    packread_id id;

    pkr_walk_settle(walk);
    pkr_forest_mark(walk->forest, rank, PKR_FOREST_DONE);
    if (visitor->large(visitor->context, rank, walk->here, &id, &fault) != 0) {
        visitor->failed(visitor->context, rank, PKR_NO_RANK, &fault);
        return;
    }
    if (walk->forest->pack->alone && id.size > 0)
        pkr_forest_name(walk->forest, rank, &id);
    put_off_children(walk, rank);
}

void pkr_walk_fail(pkr_walk *walk, uint32_t rank, uint32_t base, const pkr_fault *fault)
{
    if (fault->code == PACKREAD_ERROR_BUDGET && !walk->is_last)
        pkr_forest_mark(walk->forest, rank, PKR_FOREST_LATER);
    else if (fault->code == PACKREAD_ERROR_BUDGET)
        visit_large(walk, rank);
    else
        tell_failed(walk, rank, base, fault);
}

/* Whether the id is needed at once: by it deltas find their base where there is no index. */
static bool is_awaited(const pkr_forest *forest)
{
    return forest->pack->alone && forest->has_ref_deltas;
}

/* The object waits to be hashed, or is. False: it is to stop. */
static bool hash(pkr_walk *walk, pkr_walk_object *object, pkr_blob *blob)
{
    pkr_hash_job job = {.type = object->type, .size = object->size, .data = object->data};

    if (!is_awaited(walk->forest) && pkr_hash_queue_takes(&walk->queue, object->size)) {
        if (pkr_hash_queue_add(&walk->queue, object, blob))
            run_queue(walk, false);
        return true;
    }
    if (pkr_hash_objects(&walk->forest->snapshot->hash_way, walk->forest->pack->idx.id_size, &job,
                         1, walk->reader->budget->stop) != 0)
        return false;
    object->id = job.id;
    object->is_attack = job.is_attack;
    tell_object(walk, object);
    return true;
}

/* An object that is built: it is hashed, then its children are visited or it is let go. */
static void arrive(pkr_walk *walk, uint32_t rank, const pkr_entry *entry, pkr_blob *blob,
                   uint64_t end, bool loose_base)
{
    pkr_forest *forest = walk->forest;
    pkr_walk_object object = {.rank = rank,
                              .entry = entry,
                              .depth = walk->here,
                              .type = (enum packread_type)blob->type,
                              .size = blob->size,
                              .data = blob->data,
                              .end = end,
                              .loose_base = loose_base};
    int status = PACKREAD_ERROR_BUDGET;
    pkr_fault fault;

    pkr_forest_mark(forest, rank, PKR_FOREST_DONE);
    if (!hash(walk, &object, blob)) {
        pkr_blob_release(&walk->reader->spares, blob);
        tell_stopped(walk, rank);
        return;
    }
    if (forest->first_child[rank] != PKR_NO_RANK) {
        status = push(walk, rank, blob);
        if (status == PACKREAD_ERROR_BUDGET && walk->queue.count > 0) {
            pkr_walk_settle(walk);
            status = push(walk, rank, blob);
        }
    }
    if (status == 0)
        return;
    pkr_blob_release(&walk->reader->spares, blob);
    if (status == PACKREAD_ERROR_BUDGET) {
        put_off_children(walk, rank);
    } else {
        pkr_fault_memory(&fault);
        pkr_walk_settle(walk);
        walk->visitor->failed(walk->visitor->context, rank, PKR_NO_RANK, &fault);
    }
}

/* The base of the frame's next child, built again if it was let go. */
static int have_base(pkr_walk *walk, pkr_frame *top, pkr_fault *fault)
{
    const pkr_forest *forest = walk->forest;
    int status;

    if (top->blob)
        return 0;
    do {
        status = pkr_build_object(walk->reader, forest->pack, pkr_forest_offset(forest, top->rank),
                                  &top->blob, fault);
    } while (status == PACKREAD_ERROR_BUDGET && make_room(walk));
    return status;
}

/* What an entry deflates; what is let go for it comes from the top of the path. */
int pkr_walk_inflate(pkr_walk *walk, uint32_t rank, const pkr_entry *entry, bool forward,
                     pkr_blob **blob, uint64_t *end, pkr_fault *fault)
{
    pkr_forest *forest = walk->forest;
    pkr_link link = pkr_chain_link(pkr_forest_offset(forest, rank), entry);
    int status;

    pkr_fence_begin(forest, walk->reader, rank);
    do {
        do
            status =
                pkr_build_inflate(walk->reader, forest->pack, &link, forward, blob, end, fault);
        while (status == PACKREAD_ERROR_BUDGET && make_room(walk));
    } while (pkr_fence_go_beyond(forest, walk->reader, rank, &status, fault));
    return status;
}

/* The next child of the top of the path. After the last one the base goes, with its frame: a chain
 * takes one frame, not one for each link. */
static void visit_child(pkr_walk *walk)
{
    const pkr_forest *forest = walk->forest;
    pkr_frame *top = top_of(walk);
    const uint32_t rank = top->next_child;
    const uint64_t offset = pkr_forest_offset(forest, rank);
    uint32_t base = PKR_NO_RANK;
    pkr_blob *blob = NULL;
    pkr_blob *delta = NULL;
    pkr_fault fault;
    pkr_entry entry;
    uint64_t end = 0;
    int status = have_base(walk, top, &fault);

    top->next_child = forest->next_sibling[rank];
    walk->here = top->depth + 1;
    if (status == 0)
        status = pkr_chain_entry(walk->reader, forest->pack, offset, &entry, &fault);
    if (status == 0)
        status = pkr_walk_inflate(walk, rank, &entry, false, &delta, &end, &fault);
    if (status == 0) {
        base = top->rank;
        do {
            status = pkr_build_apply(walk->reader, forest->pack, offset, delta, top->blob, &blob,
                                     &fault);
        } while (status == PACKREAD_ERROR_BUDGET && make_room(walk));
    }
    pkr_blob_release(&walk->reader->spares, delta);
    if (top->next_child == PKR_NO_RANK)
        pop(walk);
    if (status == 0)
        arrive(walk, rank, &entry, blob, end, false);
    else
        pkr_walk_fail(walk, rank, base, &fault);
}

static void go_down(pkr_walk *walk)
{
    while (walk->frames.count > 0) {
        if (pkr_forest_stopped(walk->forest))
            pop(walk);
        else
            visit_child(walk);
    }
}

void pkr_walk_from(pkr_walk *walk, uint32_t rank, const pkr_entry *entry, pkr_blob *blob,
                   uint64_t end, bool loose_base)
{
    arrive(walk, rank, entry, blob, end, loose_base);
    go_down(walk);
}

void pkr_walk_root(pkr_walk *walk, uint32_t rank)
{
    pkr_forest *forest = walk->forest;
    pkr_blob *blob = NULL;
    pkr_fault fault;
    pkr_entry entry;
    uint64_t end = 0;
    int status = pkr_chain_entry(walk->reader, forest->pack, pkr_forest_offset(forest, rank),
                                 &entry, &fault);

    walk->here = 0;
    if (status == 0 && entry.size > forest->snapshot->whole_limit &&
        forest->first_child[rank] == PKR_NO_RANK) {
        visit_large(walk, rank);
        return;
    }
    if (status == 0)
        status = pkr_walk_inflate(walk, rank, &entry, true, &blob, &end, &fault);
    if (status != 0) {
        pkr_walk_fail(walk, rank, PKR_NO_RANK, &fault);
        return;
    }
    blob->type = (unsigned char)entry.type;
    pkr_walk_from(walk, rank, &entry, blob, end, false);
}

/* The cause is found again: the sweep kept no texts. */
static void visit_broken(pkr_walk *walk, uint32_t rank)
{
    pkr_fault fault;
    pkr_entry entry;
    uint32_t base;

    if (pkr_forest_entry(walk->forest, walk->reader, rank, &entry, &base, &fault) == 0)
        pkr_fault_set(&fault, PACKREAD_ERROR_CHANGED, NULL,
                      "the entry was damaged when it was swept");
    tell_failed(walk, rank, PKR_NO_RANK, &fault);
}

static void visit(pkr_walk *walk, uint32_t rank)
{
    enum pkr_forest_state known = pkr_forest_state(walk->forest, rank);

    if (known == PKR_FOREST_WHOLE)
        pkr_walk_root(walk, rank);
    else if (known == PKR_FOREST_BROKEN)
        visit_broken(walk, rank);
}

int pkr_walk_begin(pkr_walk *walk, pkr_forest *forest, packread_reader *reader,
                   const pkr_visitor *visitor, bool is_last, pkr_fault *fault)
{
    *walk = (pkr_walk){.forest = forest,
                       .reader = reader,
                       .visitor = visitor,
                       .frames = {.row_size = sizeof(pkr_frame)},
                       .is_last = is_last,
                       .late = PKR_NO_RANK};
    pkr_hash_queue_begin(&walk->queue, reader->budget, &forest->snapshot->hash_way,
                         forest->pack->idx.id_size);
    return pkr_reader_select(reader, forest->pack, fault);
}

void pkr_walk_end(pkr_walk *walk)
{
    if (!pkr_forest_stopped(walk->forest))
        pkr_walk_settle(walk);
    pkr_hash_queue_end(&walk->queue, &walk->reader->spares);
    pkr_table_free(&walk->frames, walk->reader->budget);
}

/* Some roots for one thread; false if there are none left. */
static bool take_roots(pkr_forest *forest, uint32_t *from, uint32_t *to)
{
    uint32_t count = forest->order->count;

    *from = atomic_load(&forest->next_root);
    do {
        *to = count - *from < ROOTS_AT_ONCE ? count : *from + ROOTS_AT_ONCE;
    } while (*from < count && !atomic_compare_exchange_weak(&forest->next_root, from, *to));
    return *from < count;
}

int pkr_walk_run(pkr_forest *forest, packread_reader *reader, const pkr_visitor *visitor,
                 pkr_fault *fault)
{
    pkr_walk walk;
    int status = pkr_walk_begin(&walk, forest, reader, visitor, false, fault);
    uint32_t from;
    uint32_t to;

    while (status == 0 && !pkr_forest_stopped(forest) && take_roots(forest, &from, &to))
        for (; from < to && !pkr_forest_stopped(forest); from++)
            visit(&walk, from);
    pkr_walk_end(&walk);
    return status;
}
