/* stream.c - objects of any size: held in memory where they fit, else inflated piece by piece. */
#include <string.h>

#include "find/copies.h"
#include "base/error.h"
#include "find/find.h"
#include "platform/hash.h"
#include "object/build_large.h"
#include "read/read.h"
#include "repair/repair.h"

static int stopped(packread_error *error)
{
    return pkr_fault_set(error, PACKREAD_ERROR_STOPPED, NULL,
                         packread_error_text(PACKREAD_ERROR_STOPPED));
}

static int hand_out(const packread_object *object, const packread_sink *sink, packread_error *error)
{
    if (sink->begin && sink->begin(sink->context, &object->id, object->type, object->size) != 0)
        return stopped(error);
    if (object->size > 0 && sink->data(sink->context, object->data, object->size) != 0)
        return stopped(error);
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
    int failure;   /* a page could not be read, or they are too many: `error` says which */
    packread_error *error;
} pass;

static int take_piece(void *context, const void *bytes, size_t size)
{
    pass *state = context;

    state->failure = pkr_reader_fault(state->reader, state->error);
    if (state->failure == 0 && size > state->left)
        state->failure = pkr_fault_set(state->error, PACKREAD_ERROR_CHANGED, state->path,
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
                    packread_error *error)
{
    packread_error fault;
    pass state = {.reader = large->reader,
                  .path = large->pack->path,
                  .sink = sink,
                  .hashed = !(large->reader->snapshot->flags & PACKREAD_NO_CHECK),
                  .left = large->size,
                  .error = &fault};
    packread_id given;
    int status;

    if (state.hashed)
        pkr_hash_begin_object(&state.hash, id->size, large->type, large->size);
    status = pkr_large_run(large, take_piece, &state, NULL, error);
    if (status == 0)
        state.failure = pkr_reader_fault(large->reader, &fault);
    if (state.failure != 0) {
        if (error)
            *error = fault;
        return state.failure;
    }
    if (status == 0 && state.hashed) {
        pkr_hash_end(&state.hash, &given);
        if (packread_id_compare(&given, id) != 0)
            status = pkr_fault_at(error, PACKREAD_ERROR_CORRUPT, large->pack->path,
                                  large->link.offset, "contents do not give the object's id");
    }
    return status;
}

static int run_passes(pkr_large *large, const packread_id *id, const packread_sink *sink,
                      bool *begun, packread_error *error)
{
    int status = 0;

    if (!(large->reader->snapshot->flags & PACKREAD_NO_CHECK))
        status = run_pass(large, id, NULL, error);
    if (status != 0)
        return status;
    *begun = true;
    if (sink->begin && sink->begin(sink->context, id, large->type, large->size) != 0)
        return stopped(error);
    return run_pass(large, id, sink, error);
}

static int stream_large(packread_reader *reader, const packread_location *location,
                        const packread_id *id, const packread_sink *sink, bool *begun,
                        packread_error *error)
{
    const pkr_pack *pack = reader->snapshot->packs[location->pack];
    pkr_large large;
    int status = pkr_large_begin(&large, reader, pack, location->pack, location->offset, error);

    if (status == 0) {
        status = run_passes(&large, id, sink, begun, error);
        pkr_large_end(&large);
    }
    if (status != 0) {
        status = pkr_reader_settle(reader, status, error);
        pkr_spills_drop(&reader->spills);
        pkr_fault_name(error, id);
    }
    return status;
}

static int stream_copy(packread_reader *reader, const packread_location *location,
                       const packread_id *id, const packread_sink *sink, bool *begun,
                       packread_error *error)
{
    packread_snapshot *snapshot = reader->snapshot;
    const pkr_pack *pack = snapshot->packs[location->pack];
    packread_object object;
    pkr_entry entry;
    int status = pkr_reader_select(reader, pack, error);

    if (status == 0)
        status = pkr_chain_entry(reader, pack, location->offset, &entry, error);
    if (status != 0) {
        pkr_fault_name(error, id);
        return status;
    }
    /* The size of a delta says nothing about that of its object. */
    if (entry.type > PACKREAD_TAG || entry.size <= snapshot->whole_limit) {
        status = pkr_read_copy(reader, location, id, &object, error);
        if (status == 0) {
            *begun = true;
            return hand_out(&object, sink, error);
        }
        if (status != PACKREAD_ERROR_BUDGET)
            return status;
    }
    return stream_large(reader, location, id, sink, begun, error);
}

/* What is asked for, and who takes it. */
typedef struct streaming {
    packread_reader *reader;
    const packread_id *id;
    const packread_sink *sink;
    pkr_copies copies;
} streaming;

/* What has been handed out cannot be taken back. */
static int use_copy(void *context, const packread_location *copy, packread_error *error)
{
    streaming *asked = context;

    return stream_copy(asked->reader, copy, asked->id, asked->sink, &asked->copies.is_final, error);
}

int packread_reader_stream(packread_reader *reader, const packread_id *id,
                           const packread_sink *sink, packread_error *error)
{
    streaming asked = {reader, id, sink, {.use = use_copy, .context = &asked}};
    packread_object object;
    packread_error detail;
    uint64_t mended;
    int status;

    if (!reader || !id)
        return pkr_fault_null(error);
    if (!sink || !sink->data)
        return pkr_fault_set(error, PACKREAD_ERROR_ARGUMENT, NULL, "no sink");
    pkr_reader_begin(reader);
    status = pkr_copies_try(reader, id, &asked.copies, &detail);
    if (!asked.copies.is_final && pkr_copies_may_differ(status)) {
        mended = reader->mended;
        status = pkr_repair(reader, id, &object, status, &detail);
        if (status == 0)
            return hand_out(&object, sink, error);
        /* It may be too large itself, and hang on what is mended now, and cached. */
        if (status == PACKREAD_ERROR_BUDGET && reader->mended > mended) {
            packread_error again;
            int second = pkr_copies_try(reader, id, &asked.copies, &again);

            if (second == 0 || asked.copies.is_final) {
                status = second;
                detail = again;
            }
        }
    }
    return status == 0 ? 0 : pkr_read_failed(reader, id, status, &detail, error);
}
