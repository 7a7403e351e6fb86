/* verify_loose.c - shares out the folders that loose objects lie in to threads. */
#include <string.h>

#include "base/sized.h"
#include "base/stop.h"
#include "place/loose.h"
#include "platform/host.h"
#include "verify/loose_findings.h"

/* One verification, of the loose objects of one object folder. */
typedef struct verification {
    packread_snapshot *snapshot;
    const pkr_object_folder *folder;
    unsigned id_size;
    pkr_loose_names names; /* the folders that there are */
    _Atomic unsigned next; /* of them, for the next thread that has nothing to do */
    _Atomic bool is_told;  /* that one of them cannot be read, though it may not be there */
    pkr_loose_findings findings;
} verification;

/* One thread of it. */
typedef struct worker {
    verification *of;
    packread_reader *reader;
    pkr_thread thread;
} worker;

/* ---- One folder ------------------------------------------------------------------------------ */

/* Ids are held of one folder at a time. */
static int read_ids(const verification *of, unsigned first, pkr_loose_ids *ids, pkr_fault *fault)
{
    pkr_prefix prefix = {.digits = 2};

    prefix.low.bytes[0] = (unsigned char)first;
    return pkr_loose_ids_read_prefix(of->folder, of->id_size, &prefix, &of->snapshot->budget, ids,
                                     fault);
}

static void check_ids(worker *self, const pkr_loose_ids *ids)
{
    verification *of = self->of;

    for (size_t i = 0; i < ids->count && !atomic_load(&of->findings.stopped); i++) {
        pkr_loose_check check;
        packread_id id;
        pkr_fault fault;
        int status;

        pkr_id_set(&id, pkr_loose_ids_at(ids, i), ids->id_size);
        status = pkr_check_loose(self->reader, of->folder, &id, &check, &fault);
        if (status == 0 && pkr_stop_is_asked(of->snapshot->budget.stop))
            status = pkr_fault_stopped(&fault);
        pkr_loose_findings_take(&of->findings, &check, status, &fault);
    }
}

static void check_folder(worker *self, unsigned first)
{
    verification *of = self->of;
    pkr_loose_ids ids;
    pkr_fault fault;

    if (read_ids(of, first, &ids, &fault) != 0) {
        pkr_loose_findings_stop(&of->findings, &fault);
    } else {
        if (ids.failure.code != 0 && (!of->names.is_guess || !atomic_exchange(&of->is_told, true)))
            pkr_loose_findings_take_folder(&of->findings, &ids.failure);
        check_ids(self, &ids);
    }
    pkr_loose_ids_free(&ids, &of->snapshot->budget);
}

/* ---- Threads --------------------------------------------------------------------------------- */

static void work(void *context)
{
    worker *self = context;
    verification *of = self->of;

    while (!atomic_load(&of->findings.stopped)) {
        const unsigned next = atomic_fetch_add(&of->next, 1);

        if (next >= of->names.count)
            return;
        check_folder(self, of->names.first[next]);
    }
}

static int run_on_threads(verification *of, unsigned threads, pkr_fault *fault)
{
    unsigned count = pkr_reader_threads(of->snapshot, threads);
    worker workers[PKR_THREADS_MOST];
    int status = 0;

    if (count > of->names.count)
        count = of->names.count > 0 ? of->names.count : 1;
    memset(workers, 0, sizeof workers);
    for (unsigned i = 0; status == 0 && i < count; i++) {
        workers[i].of = of;
        status = pkr_reader_make(of->snapshot, &workers[i].reader, fault);
    }
    if (status == 0) {
        for (unsigned i = 1; i < count; i++)
            pkr_thread_start(&workers[i].thread, work, &workers[i]);
        work(&workers[0]);
        for (unsigned i = 1; i < count; i++)
            pkr_thread_join(&workers[i].thread);
        pkr_loose_findings_finish(&of->findings);
    }
    for (unsigned i = 0; i < count; i++)
        packread_reader_free(workers[i].reader);
    return status;
}

/* ---- The calls ------------------------------------------------------------------------------- */

static int begin(verification *of, packread_snapshot *snapshot, size_t folder, pkr_fault *fault)
{
    memset(of, 0, sizeof *of);
    of->snapshot = snapshot;
    of->id_size = pkr_snapshot_id_size(snapshot);
    of->folder =
        folder <= UINT32_MAX ? pkr_object_folder_get(&snapshot->folders, (uint32_t)folder) : NULL;
    if (!of->folder)
        return pkr_fault_set(fault, PACKREAD_ERROR_ARGUMENT, NULL,
                             "no object folder of that number");
    pkr_loose_names_read(of->folder, &of->names);
    return 0;
}

/* `unread`: code 0, or why the first folder that could not be read is not counted. */
static int count_files(const verification *of, uint64_t *files, pkr_fault *unread, pkr_fault *fault)
{
    int status = 0;

    *files = 0;
    *unread = (pkr_fault){0};
    for (unsigned i = 0; status == 0 && i < of->names.count; i++) {
        pkr_loose_ids ids;

        status = read_ids(of, of->names.first[i], &ids, fault);
        *files += status == 0 ? ids.count : 0;
        if (status == 0 && unread->code == 0)
            *unread = ids.failure;
        pkr_loose_ids_free(&ids, &of->snapshot->budget);
    }
    return status;
}

static int verify(verification *of, const packread_verify_options *options,
                  packread_verify_summary *summary, pkr_fault *fault)
{
    pkr_fault unread; /* is told when it is verified */
    uint64_t files = 0;
    int status = options->progress ? count_files(of, &files, &unread, fault) : 0;

    if (status == 0)
        status = pkr_loose_findings_begin(&of->findings, options, files, fault);
    if (status != 0)
        return status;
    status = run_on_threads(of, options->threads, fault);
    pkr_loose_findings_end(&of->findings);
    if (status == 0 && of->findings.failure.code != 0)
        status = pkr_fault_copy(fault, &of->findings.failure);
    if (status != 0)
        return status;
    if (summary)
        pkr_sized_give(summary, PKR_END_OF(packread_verify_summary, depth), &of->findings.summary,
                       sizeof of->findings.summary);
    return pkr_loose_findings_result(&of->findings, of->folder, fault);
}

int packread_verify_loose(packread_snapshot *snapshot, size_t folder,
                          const packread_verify_options *options, packread_verify_summary *summary,
                          packread_error *error)
{
    packread_verify_options known;
    verification of;
    pkr_fault fault;
    int status;

    if (!snapshot)
        return pkr_error_null(error);
    if (!pkr_sized_take(&known, sizeof known, PKR_END_OF(packread_verify_options, context),
                        options))
        return pkr_error_argument(error, "options that this version does not know");
    if (!pkr_sized_can_be_given(summary))
        return pkr_error_argument(error, PKR_NO_SIZE);
    status = begin(&of, snapshot, folder, &fault);
    if (status == 0)
        status = verify(&of, &known, summary, &fault);
    return status == 0 ? 0 : pkr_fault_publish(&fault, error);
}

int packread_snapshot_loose(packread_snapshot *snapshot, size_t folder, uint64_t *objects,
                            packread_error *error)
{
    verification of;
    pkr_fault fault;
    pkr_fault unread;
    uint64_t files = 0;
    int status;

    if (!snapshot || !objects)
        return pkr_error_null(error);
    status = begin(&of, snapshot, folder, &fault);
    if (status == 0)
        status = count_files(&of, &files, &unread, &fault);
    if (status == 0 && unread.code != 0)
        status = pkr_fault_copy(&fault, &unread);
    if (status != 0)
        return pkr_fault_publish(&fault, error);
    *objects = files;
    return 0;
}
