/* patch.c - delta instructions as a stream: a buffer of them that is refilled, and one of results
 * that is emptied. */
#include "patch.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "object.h"
#include "pieces.h"

#define BUFFER_SIZE ((size_t)64 << 10)

typedef struct patch {
    const packread_pack *pack;
    const packread_link *link;
    const packread_base *base; /* NULL: only measured */
    packread_taker *take;
    void *context;
    packread_pieces pieces;
    uint64_t inflate_left; /* bytes of the delta that are still to be inflated */
    uint64_t result_left;  /* that the delta still has to give */
    size_t at;             /* the next instruction, in `in` */
    size_t in_end;
    size_t out_end;
    unsigned char in[BUFFER_SIZE];
    unsigned char out[BUFFER_SIZE];
} patch;

static int damaged(const patch *state, const char *text, packread_error *error)
{
    return packread_error_at(error, PACKREAD_ERROR_CORRUPT, state->pack->path, state->link->offset,
                             text);
}

/* So many bytes that no instruction is cut, or all that are left. */
static int refill(patch *state, packread_error *error)
{
    size_t kept = state->in_end - state->at;
    size_t room = BUFFER_SIZE - kept;
    size_t filled;
    int status;

    if (kept >= PACKREAD_DELTA_STEP_MAX || state->inflate_left == 0)
        return 0;
    memmove(state->in, state->in + state->at, kept);
    if (room > state->inflate_left)
        room = (size_t)state->inflate_left;
    status = packread_pieces_fill(&state->pieces, state->in + kept, room, &filled, error);
    if (status != 0)
        return status;
    if (filled < room)
        return damaged(state, "inflates to less than its size", error);
    packread_pieces_saw(&state->pieces); /* they are run before their checksum is met */
    state->at = 0;
    state->in_end = kept + filled;
    state->inflate_left -= filled;
    return 0;
}

static int flush(patch *state, packread_error *error)
{
    size_t size = state->out_end;

    state->out_end = 0;
    if (size == 0 || state->take(state->context, state->out, size) == 0)
        return 0;
    return packread_error_set(error, PACKREAD_ERROR_STOPPED, NULL,
                              packread_error_text(PACKREAD_ERROR_STOPPED));
}

static int give(patch *state, const unsigned char *bytes, size_t size, packread_error *error)
{
    int status = 0;

    while (size > 0 && status == 0) {
        size_t room = BUFFER_SIZE - state->out_end;
        size_t now = size < room ? size : room;

        memcpy(state->out + state->out_end, bytes, now);
        state->out_end += now;
        bytes += now;
        size -= now;
        if (state->out_end == BUFFER_SIZE)
            status = flush(state, error);
    }
    return status;
}

static int copy(patch *state, uint64_t offset, size_t size, packread_error *error)
{
    const packread_base *base = state->base;
    int status = 0;

    if (offset > base->size || size > base->size - offset)
        return damaged(state, "delta copies from outside its base", error);
    if (base->blob)
        return give(state, base->blob->data + offset, size, error);
    while (size > 0 && status == 0) {
        const unsigned char *bytes;
        size_t now;

        status = packread_view_use(base->view, offset, size, &bytes, &now, error);
        if (status != 0)
            break;
        if (now > size)
            now = size;
        status = give(state, bytes, now, error);
        offset += now;
        size -= now;
    }
    return status;
}

static int run_step(patch *state, packread_error *error)
{
    const unsigned char *at = state->in + state->at;
    packread_delta_step step;
    const char *text;

    if (packread_delta_next(&at, state->in + state->in_end, &step, &text) != 0)
        return damaged(state, text, error);
    if (step.size > state->result_left)
        return damaged(state, "delta gives more than its result size", error);
    state->at = (size_t)(at - state->in);
    state->result_left -= step.size;
    if (!state->base)
        return 0;
    return step.insert ? give(state, step.insert, step.size, error)
                       : copy(state, step.offset, step.size, error);
}

/* The sizes in front of the instructions. */
static int begin(patch *state, packread_error *error)
{
    packread_delta_sizes sizes;
    const char *text;
    int status = refill(state, error);

    if (status != 0)
        return status;
    if (packread_delta_parse(state->in, state->in_end, &sizes, &text) != 0)
        return damaged(state, text, error);
    if (state->base && sizes.base != state->base->size)
        return damaged(state, "delta is for a base of another size", error);
    state->at = sizes.header_size;
    state->result_left = sizes.result;
    return 0;
}

static int run(patch *state, packread_error *error)
{
    int status = begin(state, error);

    while (status == 0) {
        status = refill(state, error);
        if (status == 0 && state->at == state->in_end)
            break;
        if (status == 0)
            status = run_step(state, error);
    }
    if (status == 0 && state->result_left > 0)
        status = damaged(state, "delta gives less than its result size", error);
    if (status == 0)
        status = packread_pieces_finish(&state->pieces, error);
    return status == 0 ? flush(state, error) : status;
}

int packread_patch_run(packread_reader *reader, const packread_pack *pack,
                       const packread_link *link, const packread_base *base, packread_taker *take,
                       void *context, uint64_t *end, packread_error *error)
{
    patch *state = malloc(sizeof *state);
    int status;

    if (!state)
        return packread_error_memory(error);
    state->pack = pack;
    state->link = link;
    state->base = base;
    state->take = take;
    state->context = context;
    state->inflate_left = link->size;
    state->at = state->in_end = state->out_end = 0;
    status = packread_pieces_begin(&state->pieces, reader, pack, link, error);
    if (status == 0)
        status = run(state, error);
    if (status == 0 && end)
        *end = state->pieces.at;
    free(state);
    return status;
}

int packread_patch_sizes(packread_reader *reader, const packread_pack *pack,
                         const packread_link *link, packread_delta_sizes *sizes,
                         packread_error *error)
{
    unsigned char head[PACKREAD_DELTA_SIZES_MAX];
    const char *text = NULL;
    size_t length;
    int status = packread_object_peek(reader, pack, link, head, sizeof head, &length, error);

    if (status == 0 && packread_delta_parse(head, length, sizes, &text) != 0)
        status = packread_error_at(error, PACKREAD_ERROR_CORRUPT, pack->path, link->offset, text);
    return status;
}
