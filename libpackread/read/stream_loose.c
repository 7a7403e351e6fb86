/* stream_loose.c - a large loose object is inflated twice from the one open file: to check it, and
 * to hand it out. */
#include "read/stream_loose.h"

#include "object/loose_file.h"
#include "platform/hash.h"

/* Hashed, and handed on if there is a sink. */
typedef struct pass {
    pkr_hash hash;
    bool hashed;
    const packread_sink *sink;
} pass;

static int take_piece(void *context, const void *bytes, size_t size)
{
    pass *state = context;

    if (state->hashed)
        pkr_hash_add(&state->hash, bytes, size);
    return state->sink ? state->sink->data(state->sink->context, bytes, size) : 0;
}

/* In the second pass too: somebody may have written over the file since the first. */
static int run_pass(pkr_loose_file *file, const packread_sink *sink, pkr_fault *fault)
{
    pass state = {.hashed = !(file->reader->snapshot->flags & PACKREAD_NO_CHECK), .sink = sink};
    packread_id given;
    int status;

    if (state.hashed)
        pkr_hash_begin_object(&state.hash, file->id.size, file->header.type, file->header.size);
    status = pkr_loose_run(file, take_piece, &state, fault);
    if (status == 0 && state.hashed) {
        pkr_hash_end(&state.hash, &given);
        if (packread_id_compare(&given, &file->id) != 0)
            status = pkr_loose_damaged(file, "contents do not give the object's id", fault);
    }
    return status;
}

static int begin(const packread_sink *sink, const packread_id *id, enum packread_type type,
                 uint64_t size, bool *begun, pkr_fault *fault)
{
    *begun = true;
    return sink->begin && sink->begin(sink->context, id, type, size) != 0 ? pkr_fault_stopped(fault)
                                                                          : 0;
}

static int run_passes(pkr_loose_file *file, const packread_sink *sink, bool *begun,
                      pkr_fault *fault)
{
    int status = 0;

    if (!(file->reader->snapshot->flags & PACKREAD_NO_CHECK))
        status = run_pass(file, NULL, fault);
    if (status == 0)
        status = begin(sink, &file->id, file->header.type, file->header.size, begun, fault);
    return status == 0 ? run_pass(file, sink, fault) : status;
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
