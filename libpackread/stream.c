/* stream.c - objects of any size: held in memory where they fit, else inflated piece by piece. */
#include <string.h>

#include "error.h"
#include "find.h"
#include "hash.h"
#include "large.h"
#include "read.h"
#include "repair.h"

static int stopped(packread_error *error)
{
    return packread_error_set(error, PACKREAD_ERROR_STOPPED, NULL,
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
    packread_hash hash;
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

    state->failure = packread_reader_fault(state->reader, state->error);
    if (state->failure == 0 && size > state->left)
        state->failure = packread_error_set(state->error, PACKREAD_ERROR_CHANGED, state->path,
                                            "gives more bytes than a moment before");
    if (state->failure != 0)
        return state->failure;
    state->left -= size;
    if (state->hashed)
        packread_hash_add(&state->hash, bytes, size);
    return state->sink ? state->sink->data(state->sink->context, bytes, size) : 0;
}

/* Hashed in the second pass too: the file may have changed since the first. */
static int run_pass(packread_large *large, const packread_id *id, const packread_sink *sink,
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
        packread_hash_begin_object(&state.hash, id->size, large->type, large->size);
    status = packread_large_run(large, take_piece, &state, NULL, error);
    if (status == 0)
        state.failure = packread_reader_fault(large->reader, &fault);
    if (state.failure != 0) {
        if (error)
            *error = fault;
        return state.failure;
    }
    if (status == 0 && state.hashed) {
        packread_hash_end(&state.hash, &given);
        if (packread_id_compare(&given, id) != 0)
            status = packread_error_at(error, PACKREAD_ERROR_CORRUPT, large->pack->path,
                                       large->link.offset, "contents do not give the object's id");
    }
    return status;
}

static int run_passes(packread_large *large, const packread_id *id, const packread_sink *sink,
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
    const packread_pack *pack = reader->snapshot->packs[location->pack];
    packread_large large;
    int status =
        packread_large_begin(&large, reader, pack, location->pack, location->offset, error);

    if (status == 0) {
        status = run_passes(&large, id, sink, begun, error);
        packread_large_end(&large);
    }
    if (status != 0) {
        status = packread_reader_settle(reader, status, error);
        packread_spills_drop(&reader->spills);
        packread_error_name(error, id);
    }
    return status;
}

static int stream_copy(packread_reader *reader, const packread_location *location,
                       const packread_id *id, const packread_sink *sink, bool *begun,
                       packread_error *error)
{
    packread_snapshot *snapshot = reader->snapshot;
    const packread_pack *pack = snapshot->packs[location->pack];
    packread_object object;
    packread_entry entry;
    int status = packread_reader_select(reader, pack, error);

    if (status == 0)
        status = packread_chain_entry(reader, pack, location->offset, &entry, error);
    if (status != 0) {
        packread_error_name(error, id);
        return status;
    }
    /* The size of a delta says nothing about that of its object. */
    if (entry.type > PACKREAD_TAG || entry.size <= snapshot->whole_limit) {
        status = packread_read_copy(reader, location, id, &object, error);
        if (status == 0) {
            *begun = true;
            return hand_out(&object, sink, error);
        }
        if (status != PACKREAD_ERROR_BUDGET)
            return status;
    }
    return stream_large(reader, location, id, sink, begun, error);
}

int packread_reader_stream(packread_reader *reader, const packread_id *id,
                           const packread_sink *sink, packread_error *error)
{
    packread_error first;
    packread_location location;
    packread_object object;
    size_t from = 0;
    int failure = 0;
    bool begun = false;

    if (!reader || !id)
        return packread_error_null(error);
    if (!sink || !sink->data)
        return packread_error_set(error, PACKREAD_ERROR_ARGUMENT, NULL, "no sink");
    packread_reader_begin(reader);
    do {
        packread_error detail;
        int status = packread_find_next(reader, id, &from, &location, &detail);

        if (status == 0) {
            status = stream_copy(reader, &location, id, sink, &begun, &detail);
            for (int twin = 0;
                 !begun && packread_read_may_differ(status) && twin < PACKREAD_TWINS_MOST &&
                 packread_find_twin(reader, id, &location);
                 twin++)
                if (stream_copy(reader, &location, id, sink, &begun, NULL) == 0)
                    status = 0;
            if (status == 0)
                return 0;
        }
        if (failure == 0 || begun) {
            failure = status;
            first = detail;
        }
    } while (!begun && packread_find_more(reader, from) && packread_read_may_differ(failure));
    if (!begun && packread_read_may_differ(failure) && packread_repair(reader, id, &object) == 0)
        return hand_out(&object, sink, error);
    failure = packread_reader_settle(reader, failure, &first);
    packread_error_name(&first, id);
    if (error)
        *error = first;
    return failure;
}
