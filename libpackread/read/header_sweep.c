/* header_sweep.c - sweeps a pack's entry headers in order of offset, on several threads if there
 * are many: each takes the next entries and notes where their bases are; types and depths follow
 * from the bases when all are there. */
#include "read/header_sweep.h"

#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "object/chain.h"
#include "pack/orders.h"
#include "platform/host.h"
#include "read/info.h"

void pkr_header_sweep_free(pkr_header_sweep *survey, pkr_budget *budget)
{
    pkr_memory_free(budget, survey->memory, survey->charged);
    memset(survey, 0, sizeof *survey);
}

/* One piece for all columns, the widest first. */
static int allocate(pkr_header_sweep *survey, pkr_budget *budget, uint32_t count, unsigned want,
                    pkr_fault *fault)
{
    const uint64_t rows = count ? count : 1;
    const uint64_t sizes = want & PACKREAD_WANT_SIZE ? rows * sizeof *survey->sizes : 0;
    const uint64_t depths = want & PACKREAD_WANT_DEPTH ? rows * sizeof *survey->depths : 0;
    static const pkr_need need = {NULL,
                                  "the memory limit has no room to sweep this pack's headers"};
    unsigned char *memory;
    int status;

    status = pkr_memory_new(budget, sizes + depths + 2 * rows, &need, &survey->memory, fault);
    if (status != 0)
        return status;
    memory = survey->memory;
    survey->charged = sizes + depths + 2 * rows;
    memset(memory, 0xff, (size_t)(sizes + depths));
    if (sizes)
        survey->sizes = (uint32_t *)(void *)memory;
    if (depths)
        survey->depths = (uint16_t *)(void *)(memory + sizes);
    survey->types = memory + sizes + depths;
    survey->stored = survey->types + rows;
    return 0;
}

/* ---- One entry ------------------------------------------------------------------------------ */

/* What the threads of one sweep share. */
typedef struct sweep {
    pkr_header_sweep *survey;
    const pkr_pack *pack;
    const pkr_revindex *order;
    const pkr_sweep_wish *wish;
    uint32_t from; /* ranks */
    uint32_t end;
    uint32_t *bases; /* from `from` on: the base's position; PKR_NO_RANK: none. NULL with one thread
                      */
    _Atomic uint64_t next; /* rank; each thread passes the end once */
    _Atomic bool stopped;  /* bytes of the pack could not be read, or `pause` said so */
    bool is_unwanted;      /* it did */
} sweep;

/* The base was swept before, or told by another thread. */
static void inherit(pkr_header_sweep *survey, uint32_t position, uint32_t base)
{
    survey->types[position] = survey->types[base];
    if (survey->depths && survey->depths[base] < PKR_HEADER_SWEEP_DEEP - 1)
        survey->depths[position] = (uint16_t)(survey->depths[base] + 1);
}

/* The base's row; else the entry stays unknown. */
static bool find_base(const sweep *of, packread_reader *reader, uint32_t rank,
                      const pkr_entry *entry, uint32_t *position)
{
    uint64_t base;

    if (pkr_chain_base(reader, of->pack, pkr_revindex_offset(of->order, rank), entry, &base,
                       position, NULL) != 0)
        return false;
    if (entry->type == PACKREAD_OFS_DELTA) {
        rank = pkr_revindex_find_before(of->order, rank, base);
        if (rank == PKR_NO_RANK)
            return false;
        *position = pkr_revindex_position(of->order, rank);
    }
    return true;
}

static void sweep_entry(const sweep *of, packread_reader *reader, uint32_t rank)
{
    pkr_header_sweep *survey = of->survey;
    uint64_t offset = pkr_revindex_offset(of->order, rank);
    uint32_t position = pkr_revindex_position(of->order, rank);
    uint32_t base = 0;
    uint64_t size;
    pkr_entry entry;

    if (pkr_chain_entry(reader, of->pack, offset, &entry, NULL) != 0)
        return;
    survey->stored[position] = (unsigned char)entry.type;
    if (entry.type <= PACKREAD_TAG) {
        survey->types[position] = (unsigned char)entry.type;
        if (survey->depths)
            survey->depths[position] = 0;
    } else if (find_base(of, reader, rank, &entry, &base)) {
        if (of->bases)
            of->bases[rank - of->from] = base;
        else
            inherit(survey, position, base);
    }
    if (survey->sizes && pkr_info_size(reader, of->pack, offset, &entry, &size, NULL) == 0 &&
        size < PKR_HEADER_SWEEP_ASK)
        survey->sizes[position] = (uint32_t)size;
}

/* ---- All of them, on threads ---------------------------------------------------------------- */

#define RANKS_AT_ONCE 2048     /* that a thread takes */
#define RANKS_CONFIRMED 32     /* after which it is asked whether their bytes could be read */
#define RANKS_OF_A_THREAD 4096 /* fewer are not worth one */
#define THREADS_MOST 16

typedef struct worker {
    sweep *of;
    packread_reader *reader;
    bool is_callers; /* the thread that may call `pause` */
    pkr_thread thread;
} worker;

/* Zeros in the place of the file's bytes say nothing of these entries. */
static void forget(const sweep *of, uint32_t from, uint32_t to)
{
    for (; from < to; from++) {
        of->survey->types[pkr_revindex_position(of->order, from)] = PACKREAD_NONE;
        if (of->bases)
            of->bases[from - of->from] = PKR_NO_RANK;
    }
}

static void sweep_some(sweep *of, packread_reader *reader, uint32_t from, uint32_t to)
{
    while (from < to && !atomic_load_explicit(&of->stopped, memory_order_relaxed)) {
        uint32_t end = to - from < RANKS_CONFIRMED ? to : from + RANKS_CONFIRMED;

        for (uint32_t rank = from; rank < end; rank++)
            sweep_entry(of, reader, rank);
        if (pkr_reader_fault(reader, NULL) != 0) {
            forget(of, from, end);
            atomic_store_explicit(&of->stopped, true, memory_order_relaxed);
        }
        from = end;
    }
}

/* It may use the reader for other packs. */
static void pause_sweep(sweep *of, packread_reader *reader)
{
    if (!of->wish->pause || of->end - of->from < RANKS_AT_ONCE)
        return;
    of->is_unwanted = of->wish->pause(of->wish->context) != 0;
    if (of->is_unwanted || pkr_reader_select(reader, of->pack, NULL) != 0)
        atomic_store_explicit(&of->stopped, true, memory_order_relaxed);
}

static void work(void *context)
{
    const worker *self = context;
    sweep *of = self->of;
    uint64_t from;

    while ((from = atomic_fetch_add(&of->next, RANKS_AT_ONCE)) < of->end &&
           !atomic_load_explicit(&of->stopped, memory_order_relaxed)) {
        if (self->is_callers)
            pause_sweep(of, self->reader);
        sweep_some(of, self->reader, (uint32_t)from,
                   of->end - from < RANKS_AT_ONCE ? of->end : (uint32_t)from + RANKS_AT_ONCE);
    }
}

/* Readers for the threads beside the caller's; how many there are. */
static unsigned add_readers(sweep *of, packread_reader *reader, worker *workers, unsigned wanted)
{
    unsigned count = 0;

    for (; count < wanted; count++) {
        worker *added = &workers[count];

        *added = (worker){.of = of};
        if (pkr_reader_make(reader->snapshot, &added->reader, NULL) != 0)
            break;
        if (pkr_reader_select(added->reader, of->pack, NULL) != 0) {
            packread_reader_free(added->reader);
            break;
        }
    }
    return count;
}

static void run(sweep *of, packread_reader *reader, unsigned threads)
{
    const uint64_t table = (uint64_t)(of->end - of->from) * sizeof *of->bases;
    worker workers[THREADS_MOST];
    worker own = {.of = of, .reader = reader, .is_callers = true};
    unsigned count = 0;

    if (threads > 1)
        of->bases = pkr_memory_optional(reader->budget, table);
    if (of->bases) {
        memset(of->bases, 0xff, (size_t)table);
        count = add_readers(of, reader, workers, threads - 1);
    }
    for (unsigned i = 0; i < count; i++)
        pkr_thread_start(&workers[i].thread, work, &workers[i]);
    work(&own);
    for (unsigned i = 0; i < count; i++) {
        pkr_thread_join(&workers[i].thread);
        packread_reader_free(workers[i].reader);
    }
    for (uint32_t rank = of->from; of->bases && rank < of->end; rank++)
        if (of->bases[rank - of->from] != PKR_NO_RANK)
            inherit(of->survey, pkr_revindex_position(of->order, rank), of->bases[rank - of->from]);
    if (of->bases)
        pkr_memory_free(reader->budget, of->bases, table);
}

/* From where it was left. */
static int go_on(sweep *of, packread_reader *reader, pkr_fault *fault)
{
    const uint32_t count = of->end - of->from;
    unsigned threads = pkr_reader_threads(reader->snapshot, of->wish->threads);

    if (threads > count / RANKS_OF_A_THREAD)
        threads = count / RANKS_OF_A_THREAD;
    run(of, reader, threads < THREADS_MOST ? threads : THREADS_MOST);
    if (!of->stopped && of->end < of->order->count)
        of->survey->swept = of->end;
    return of->is_unwanted ? pkr_fault_stopped(fault) : 0;
}

int pkr_header_sweep_to(packread_reader *reader, pkr_pack *pack, const pkr_sweep_wish *wish,
                        uint32_t end, pkr_header_sweep *survey, pkr_fault *fault)
{
    sweep of = {.survey = survey, .pack = pack, .wish = wish, .from = survey->swept};
    int status = pkr_orders_get(reader->budget, &reader->rows, pack, &of.order, fault);

    survey->swept = PKR_SWEPT_ALL; /* where this fails, and at the end */
    if (status != 0)
        return status;
    of.end = end < of.order->count ? end : of.order->count;
    atomic_store(&of.next, of.from);
    if (!survey->memory)
        status = allocate(survey, &reader->snapshot->budget, pack->idx.count, wish->want, fault);
    if (status == 0 && of.from < of.end)
        status = go_on(&of, reader, fault);
    pkr_orders_done(pack);
    return status;
}

bool pkr_header_sweep_answer(const pkr_header_sweep *survey, uint32_t position, unsigned want,
                             packread_info *info)
{
    if (!survey->types || survey->types[position] == PACKREAD_NONE)
        return false;
    info->type = (enum packread_type)survey->types[position];
    info->stored_type = (enum packread_type)survey->stored[position];
    if (want & PACKREAD_WANT_SIZE) {
        if (survey->sizes[position] == PKR_HEADER_SWEEP_ASK)
            return false;
        info->size = survey->sizes[position];
    }
    if (want & PACKREAD_WANT_DEPTH) {
        if (survey->depths[position] == PKR_HEADER_SWEEP_DEEP)
            return false;
        info->depth = survey->depths[position];
    }
    return true;
}
