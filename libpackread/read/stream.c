/* stream.c - objects of any size: held in memory where they fit, else inflated piece by piece. */
#include <string.h>

#include "find/copies.h"
#include "base/fault.h"
#include "base/id.h"
#include "base/location.h"
#include "base/sized.h"
#include "find/find.h"
#include "platform/hash.h"
#include "object/build_large.h"
#include "read/read.h"
#include "read/stream_loose.h"
#include "repair/repair.h"

static int hand_out(const packread_object *object, const packread_sink *sink, pkr_fault *fault)
{
    if (sink->begin && sink->begin(sink->context, &object->id, object->type, object->size) != 0)
        return pkr_fault_stopped(fault);
    if (object->size > 0 && sink->data(sink->context, object->data, object->size) != 0)
        return pkr_fault_stopped(fault);
    return 0;
}

/* One pass over a big object: hashed, and handed on if there is a sink. */
typedef struct pass {
    pkr_hash hash;
    packread_reader *reader;
    const char *path;
    const packread_sink *sink;
    bool hashed;
    uint64_t left; /* bytes that may still come: a file that changes may hold more */
    int failure;   /* a page could not be read, or they are too many: `fault` says which */
    pkr_fault *fault;
} pass;

static int take_piece(void *context, const void *bytes, size_t size)
{
    pass *state = context;

    state->failure = pkr_reader_fault(state->reader, state->fault);
    if (state->failure == 0 && size > state->left)
        state->failure = pkr_fault_set(state->fault, PACKREAD_ERROR_CHANGED, state->path,
                                       "gives more bytes than a moment before");
    if (state->failure != 0)
        return state->failure;
    state->left -= size;
    if (state->hashed)
        pkr_hash_add(&state->hash, bytes, size);
    return state->sink ? state->sink->data(state->sink->context, bytes, size) : 0;
}

/* Hashed in the second pass too: the file may have changed since the first. */
static int run_pass(pkr_large *large, const packread_id *id, const packread_sink *sink,
                    pkr_fault *fault)
{
    pkr_fault of_piece;
    pass state = {.reader = large->reader,
                  .path = large->pack->path,
                  .sink = sink,
                  .hashed = !(large->reader->snapshot->flags & PACKREAD_NO_CHECK),
                  .left = large->size,
                  .fault = &of_piece};
    const char *refused;
    packread_id given;
    int status;

    if (state.hashed)
        pkr_hash_begin_object(&state.hash, &large->reader->snapshot->hash_way, id->size,
                              large->type, large->size);
    status = pkr_large_run(large, take_piece, &state, NULL, fault);
    if (status == 0)
        state.failure = pkr_reader_fault(large->reader, &of_piece);
    if (state.failure != 0)
        return pkr_fault_copy(fault, &of_piece);
    if (status == 0 && state.hashed) {
        pkr_hash_end(&state.hash, &given);
        refused = pkr_hash_refused(&given, pkr_hash_is_attack(&state.hash), id);
        if (refused)
            status = pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, large->pack->path,
                                  large->link.offset, refused);
    }
    return status;
}

static int run_passes(pkr_large *large, const packread_id *id, const packread_sink *sink,
                      bool *begun, pkr_fault *fault)
{
    int status = 0;

    if (!(large->reader->snapshot->flags & PACKREAD_NO_CHECK))
        status = run_pass(large, id, NULL, fault);
    if (status != 0)
        return status;
    *begun = true;
    if (sink->begin && sink->begin(sink->context, id, large->type, large->size) != 0)
        return pkr_fault_stopped(fault);
    return run_pass(large, id, sink, fault);
}

static int stream_large(packread_reader *reader, const packread_location *location,
                        const packread_id *id, const packread_sink *sink, bool *begun,
                        pkr_fault *fault)
{
    const pkr_pack *pack = pkr_reader_pack(reader, location->store);
    pkr_large large;
    int status = pkr_large_begin(&large, reader, pack, location->offset, fault);

    if (status == 0) {
        status = run_passes(&large, id, sink, begun, fault);
        pkr_large_end(&large);
    }
    if (status != 0) {
        status = pkr_reader_settle(reader, status, fault);
        pkr_spills_drop(&reader->spills);
        pkr_fault_name(fault, id);
    }
    return status;
}

static int stream_copy(packread_reader *reader, const packread_location *location,
                       const packread_id *id, const packread_sink *sink, bool *begun,
                       pkr_fault *fault)
{
    packread_snapshot *snapshot = reader->snapshot;
    const pkr_pack *pack = pkr_reader_pack(reader, location->store);
    packread_object object;
    pkr_entry entry;
    int status = pkr_reader_select(reader, pack, fault);

    if (status == 0)
        status = pkr_chain_entry(reader, pack, location->offset, &entry, fault);
    if (status != 0) {
        pkr_fault_name(fault, id);
        return status;
    }
    /* The size of a delta says nothing about that of its object. */
    if (entry.type > PACKREAD_TAG || entry.size <= snapshot->whole_limit) {
        status = pkr_read_copy(reader, location, id, &object, fault);
        if (status == 0) {
            *begun = true;
            return hand_out(&object, sink, fault);
        }
        if (status != PACKREAD_ERROR_BUDGET)
            return status;
    }
    return stream_large(reader, location, id, sink, begun, fault);
}

/* What has been handed out cannot be taken back. */
static int use_copy(pkr_copies *asked, const packread_location *copy, pkr_fault *fault)
{
    packread_object object;
    int status;

    if (pkr_location_is_built_in(copy)) {
        status = pkr_read_copy(asked->reader, copy, asked->id, &object, fault);
        asked->is_final = status == 0;
        return status == 0 ? hand_out(&object, asked->context, fault) : status;
    }
    if (pkr_location_is_loose(copy))
        return pkr_stream_loose(asked->reader, copy->store, asked->id, asked->context,
                                &asked->is_final, fault);
    return stream_copy(asked->reader, copy, asked->id, asked->context, &asked->is_final, fault);
}

/* One that is too large for memory may hang on what was mended, and is cached, now. */
static int stream_mended(pkr_copies *asked, int failure, pkr_fault *fault)
{
    packread_reader *reader = asked->reader;
    const uint64_t mended = reader->mended;
    packread_object object;
    pkr_fault again;
    int status = pkr_repair(reader, asked->id, &object, failure, fault);

    if (status == 0) {
        asked->is_final = true;
        return hand_out(&object, asked->context, fault);
    }
    if (status != PACKREAD_ERROR_BUDGET || reader->mended == mended)
        return status;
    failure = pkr_copies_try(asked, &again);
    if (failure != 0 && !asked->is_final)
        return status;
    *fault = again;
    return failure;
}

int packread_reader_stream(packread_reader *reader, const packread_id *id,
                           const packread_sink *sink, packread_error *error)
{
    packread_sink known;
    pkr_copies asked = {reader, id, use_copy, &known, false};
    pkr_fault fault;
    int status;

    if (!reader || !id)
        return pkr_error_null(error);
    if (!pkr_id_is_whole(id))
        return pkr_error_argument(error, PKR_NO_ID);
    if (!pkr_sized_take(&known, sizeof known, PKR_END_OF(packread_sink, context), sink) ||
        !known.data)
        return pkr_error_argument(error, "no sink");
    pkr_reader_enter(reader);
    status = pkr_copies_try(&asked, &fault);
    if (!asked.is_final && pkr_copies_may_differ(status))
        status = stream_mended(&asked, status, &fault);
    return pkr_read_leave(reader, id, status, &fault, error);
}
