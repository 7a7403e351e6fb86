/* verify.c - runs the steps of a pack's verification on its threads. */
#include "verify/verify.h"

#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/sized.h"
#include "walk/fence.h"
#include "store/orders.h"

#define THREADS_MAX 64
#define WINDOWS_OF_A_READER 6

/* One thread of the verification: its reader, and what it does besides walking. */
typedef struct worker {
    pkr_verification *verification;
    packread_reader *reader;
    pthread_t thread;
    bool started;
    int (*step)(pkr_verification *verification, packread_reader *reader, pkr_fault *fault);
} worker;

static void run_step(worker *self)
{
    pkr_fault detail;
    int status = self->step(self->verification, self->reader, &detail);

    if (status != 0)
        pkr_verify_stop(self->verification, status, &detail);
}

static void *run_steps(void *context)
{
    run_step(context);
    return NULL;
}

static void *run_walk(void *context)
{
    worker *self = context;

    pkr_verify_walk(self->verification, self->reader);
    return NULL;
}

/* Without a thread the caller does its work. */
static void start(worker *self, void *(*run)(void *))
{
    self->started = pthread_create(&self->thread, NULL, run, self) == 0;
    if (!self->started)
        run(self);
}

static void join(worker *self)
{
    if (self->started)
        pthread_join(self->thread, NULL);
    self->started = false;
}

/* Index and pack sum are independent of the sweep; the walk needs the sweep. A pack without an
 * index was summed when it was opened. */
static void run(pkr_verification *verification, worker *workers, unsigned count)
{
    worker *last = &workers[count - 1];

    if (!verification->pack->alone) {
        workers[0].step = pkr_verify_index;
        run_step(&workers[0]);
        last->step = pkr_verify_sum;
        if (count > 1)
            start(last, run_steps);
        else
            run_step(last);
    }
    workers[0].step = pkr_verify_entries;
    if (!atomic_load(&verification->stopped))
        run_step(&workers[0]);
    for (unsigned i = 1; i + 1 < count; i++)
        start(&workers[i], run_walk);
    if (count > 1) {
        join(last);
        start(last, run_walk);
    }
    run_walk(&workers[0]);
    for (unsigned i = 1; i < count; i++)
        join(&workers[i]);
    if (!atomic_load(&verification->stopped))
        pkr_verify_rest(verification, workers[0].reader);
    if (!pkr_verify_changed(verification))
        pkr_verify_finish(verification);
}

static unsigned thread_count(const pkr_verification *verification)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned wanted = verification->options->threads;

    if (wanted == 0)
        wanted = online > 0 ? (unsigned)online : 1;
    if (wanted > THREADS_MAX)
        wanted = THREADS_MAX;
    /* Each thread pins windows; they must not lock each other out under a small limit. */
    if (verification->snapshot->windows > 0 &&
        wanted > verification->snapshot->windows / WINDOWS_OF_A_READER)
        wanted = (unsigned)(verification->snapshot->windows / WINDOWS_OF_A_READER);
    return wanted ? wanted : 1;
}

/* What is short at the first table is short at the others too: all are asked for at once. */
static void ask_for_all_tables(pkr_verification *verification, int status, pkr_fault *fault)
{
    uint64_t needed = pkr_verify_needed(verification);

    if (status == PACKREAD_ERROR_BUDGET && fault && fault->needed < needed)
        fault->needed = needed;
}

/* The table of the pack's entries: out of its index, or by looking for them. */
static int have_entries(pkr_verification *verification, packread_reader *reader, pkr_fault *fault)
{
    const pkr_pack *pack = verification->pack;
    int status = pkr_reader_select(reader, pack, fault);

    if (status != 0)
        return status;
    if (pack->doubt.code != 0)
        pkr_verify_report(verification, &pack->doubt, 0);
    if (pack->alone && pack->end == pack->size)
        pkr_verify_report_sum(verification);
    if (pack->alone)
        return pkr_verify_scan(verification, reader, fault);
    status = pkr_orders_get_instead(reader->snapshot, &reader->rows, verification->pack,
                                    &verification->revindex, fault);
    ask_for_all_tables(verification, status, fault);
    return status;
}

static int have_tables(pkr_verification *verification, pkr_fault *fault)
{
    int status;

    do
        status = pkr_verify_allocate(verification, fault);
    while (status == PACKREAD_ERROR_BUDGET &&
           pkr_orders_make_room(verification->snapshot, verification->pack));
    return status;
}

static int run_on_threads(pkr_verification *verification, pkr_fault *fault)
{
    unsigned count = thread_count(verification);
    worker workers[THREADS_MAX];
    int status = 0;

    memset(workers, 0, sizeof workers);
    for (unsigned i = 0; status == 0 && i < count; i++) {
        workers[i].verification = verification;
        status = pkr_reader_make(verification->snapshot, &workers[i].reader, fault);
        if (status == 0 && verification->pack->alone) {
            workers[i].reader->resolve = pkr_waiting_offset;
            workers[i].reader->resolve_context = &verification->bases;
        }
    }
    if (status == 0)
        status = have_entries(verification, workers[0].reader, fault);
    if (status == 0)
        status = have_tables(verification, fault);
    if (status == 0) {
        pkr_verify_allow_overlaps(verification);
        pkr_verify_find_end(verification, workers[0].reader);
        run(verification, workers, count);
    }
    for (unsigned i = 0; i < count; i++) {
        verification->work += workers[i].reader ? workers[i].reader->work : 0;
        packread_reader_free(workers[i].reader);
    }
    return status;
}

int pkr_verify_run(pkr_verification *verification, pkr_fault *fault)
{
    const pkr_pack *pack = verification->pack;
    size_t id_size = pack->idx.id_size;
    int status;

    verification->end = pack->size - id_size;
    verification->faults = pkr_pack_faults(pack);
    verification->total = pack->alone ? pack->claimed : pack->idx.count;
    verification->bases.budget = &verification->snapshot->budget;
    verification->bases.id_size = id_size;
    if (pack->alone && pack->doubt.code != 0 && !verification->salvage) {
        if (fault)
            *fault = pack->doubt;
        return pack->doubt.code;
    }
    if (pthread_mutex_init(&verification->lock, NULL) != 0)
        return pkr_fault_memory(fault);
    status = run_on_threads(verification, fault);
    pthread_mutex_destroy(&verification->lock);
    if (status == 0 && verification->failure != 0) {
        status = verification->failure;
        if (fault)
            *fault = verification->failure_detail;
    }
    return status;
}

int pkr_verify_result(const pkr_verification *verification, pkr_fault *fault)
{
    const pkr_fault *detail = NULL;
    uint64_t findings = verification->summary.findings;

    if (verification->shortage.code != 0)
        detail = &verification->shortage;
    else if (findings > 0 && findings == verification->thin_count && verification->pack->alone)
        detail = &verification->thin;
    if (detail && fault)
        *fault = *detail;
    if (detail)
        return detail->code;
    if (findings > 0)
        return pkr_fault_set(fault, PACKREAD_ERROR_CORRUPT, verification->pack->path,
                             "there were findings");
    return 0;
}

static int verify(pkr_verification *verification, packread_verify_summary *summary,
                  pkr_fault *fault)
{
    int status = pkr_verify_run(verification, fault);

    pkr_verify_release(verification);
    if (status != 0)
        return status;
    if (summary)
        pkr_sized_give(summary, PKR_END_OF(packread_verify_summary, depth), &verification->summary,
                       sizeof verification->summary);
    return pkr_verify_result(verification, fault);
}

int packread_verify(packread_snapshot *snapshot, size_t pack,
                    const packread_verify_options *options, packread_verify_summary *summary,
                    packread_error *error)
{
    packread_verify_options known;
    pkr_verification verification = {.snapshot = snapshot, .options = &known};
    pkr_fault fault;
    int status;

    if (!snapshot)
        return pkr_error_null(error);
    if (pack >= snapshot->pack_count)
        return pkr_error_argument(error, "no pack of that number");
    if (!pkr_sized_take(&known, sizeof known, PKR_END_OF(packread_verify_options, context),
                        options))
        return pkr_error_argument(error, "options that this version does not know");
    verification.pack = snapshot->packs[pack];
    verification.number = (uint32_t)pack;
    status = verify(&verification, summary, &fault);
    return status == 0 ? 0 : pkr_fault_publish(&fault, error);
}
