/* stream_loose.c - a large loose object is inflated twice from the one open file: to check it, and
 * to hand it out. */
#include "read/stream_loose.h"

#include "object/loose_check.h"

static int begin(const packread_sink *sink, const packread_id *id, enum packread_type type,
                 uint64_t size, bool *begun, pkr_fault *fault)
{
    *begun = true;
    return sink->begin && sink->begin(sink->context, id, type, size) != 0 ? pkr_fault_stopped(fault)
                                                                          : 0;
}

/* Checked in the second pass too: somebody may have written over the file since the first. */
static int run_passes(pkr_loose_file *file, const packread_sink *sink, bool *begun,
                      pkr_fault *fault)
{
    const bool is_checked = !(file->reader->snapshot->flags & PACKREAD_NO_CHECK);
    int status = 0;

    if (is_checked)
        status = pkr_loose_run_checked(file, NULL, NULL, fault);
    if (status == 0)
        status = begin(sink, &file->id, file->header.type, file->header.size, begun, fault);
    if (status != 0)
        return status;
    return is_checked ? pkr_loose_run_checked(file, sink->data, sink->context, fault)
                      : pkr_loose_run(file, sink->data, sink->context, fault);
}

/* As it is in memory; held by the reader. */
static int hand_out(pkr_loose_file *file, const packread_sink *sink, bool *begun, pkr_fault *fault)
{
    packread_reader *reader = file->reader;
    packread_object object;
    pkr_blob *blob = NULL;
    int status =
        pkr_loose_whole(file, !(reader->snapshot->flags & PACKREAD_NO_CHECK), &blob, fault);

    if (status != 0)
        return status;
    pkr_reader_hand_out(reader, &file->id, blob, &object);
    status = begin(sink, &object.id, object.type, object.size, begun, fault);
    if (status == 0 && object.size > 0 && sink->data(sink->context, object.data, object.size) != 0)
        status = pkr_fault_stopped(fault);
    return status;
}

int pkr_stream_loose(packread_reader *reader, uint32_t folder, const packread_id *id,
                     const packread_sink *sink, bool *begun, pkr_fault *fault)
{
    pkr_loose_file file;
    int status = pkr_loose_open(&file, reader, folder, id, PKR_LOOSE_CONTENTS, fault);

    if (status != 0)
        return status;
    status = file.header.size <= reader->snapshot->whole_limit ? hand_out(&file, sink, begun, fault)
                                                               : PACKREAD_ERROR_BUDGET;
    if (status == PACKREAD_ERROR_BUDGET && !*begun)
        status = run_passes(&file, sink, begun, fault);
    pkr_loose_close(&file);
    return status;
}
