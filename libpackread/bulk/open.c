/* open.c - the public calls that open a snapshot: here packs without an index of use get one, which
 * takes a walk over all that is in them. */
#include "bulk/derive_index.h"
#include "store/snapshot.h"

/* Both callbacks of the job have one context. */
typedef struct job {
    packread_writer *write;
    void *context;
    packread_progress_visitor *progress;
    void *progress_context;
} job;

static int write_index(void *context, const void *bytes, size_t size)
{
    const job *on = context;

    return on->write(on->context, bytes, size);
}

static int tell_progress(void *context, uint64_t done, uint64_t total)
{
    const job *on = context;

    return on->progress ? on->progress(on->progress_context, done, total) : 0;
}

/* Of a damaged pack, whatever is whole is wanted. */
static int derive(packread_snapshot *snapshot, pkr_pack *pack, packread_writer *write,
                  void *context, pkr_fault *fault)
{
    job on = {.write = write,
              .context = context,
              .progress = snapshot->progress,
              .progress_context = snapshot->progress_context};
    const packread_index_options options = {.threads = snapshot->index_threads,
                                            .progress = tell_progress,
                                            .context = &on,
                                            .salvage = true,
                                            .index = write_index};
    packread_index_summary summary;

    return pkr_derive_index(snapshot, pack, &options, &summary, fault);
}

int packread_snapshot_open(const char *where, const packread_options *options,
                           packread_snapshot **snapshot, packread_error *error)
{
    return pkr_snapshot_open(where, options, derive, snapshot, error);
}

int packread_snapshot_open_files(int pack, int index, const packread_options *options,
                                 packread_snapshot **snapshot, packread_error *error)
{
    const pkr_snapshot_file data = {.fd = pack};
    const pkr_snapshot_file rows = {.fd = index};

    return pkr_snapshot_open_given(&data, &rows, options, derive, snapshot, error);
}

int packread_snapshot_open_bytes(const void *pack, size_t pack_size, const void *index,
                                 size_t index_size, const packread_options *options,
                                 packread_snapshot **snapshot, packread_error *error)
{
    const pkr_snapshot_file data = {.fd = -1, .bytes = pack, .size = pack_size};
    const pkr_snapshot_file rows = {.fd = -1, .bytes = index, .size = index_size};

    return pkr_snapshot_open_given(&data, &rows, options, derive, snapshot, error);
}
