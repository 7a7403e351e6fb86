/* loose_check.c - one pass over a loose object of any size. */
#include "object/loose_check.h"

#include "platform/hash.h"

typedef struct pass {
    pkr_hash hash;
    packread_writer *take;
    void *context;
} pass;

static int take_piece(void *context, const void *bytes, size_t size)
{
    pass *state = context;

    pkr_hash_add(&state->hash, bytes, size);
    return state->take ? state->take(state->context, bytes, size) : 0;
}

int pkr_loose_run_checked(pkr_loose_file *file, packread_writer *take, void *context,
                          pkr_fault *fault)
{
    pass state = {.take = take, .context = context};
    const char *refused;
    packread_id given;
    int status;

    pkr_hash_begin_object(&state.hash, &file->reader->snapshot->hash_way, file->id.size,
                          file->header.type, file->header.size);
    status = pkr_loose_run(file, take_piece, &state, fault);
    if (status != 0)
        return status;
    pkr_hash_end(&state.hash, &given);
    refused = pkr_hash_refused(&given, pkr_hash_is_attack(&state.hash), &file->id);
    return refused ? pkr_loose_damaged(file, refused, fault) : 0;
}
