/* delta_stream.c - delta instructions as a stream: a buffer of them that is refilled, and one of
 * results that is emptied. */
#include "object/delta_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "object/build.h"
#include "object/inflating.h"

#define BUFFER_SIZE ((size_t)64 << 10)
/* Bytes that hold both sizes where neither is above 2 MiB. */
#define USUAL_SIZES 6

typedef struct patch {
    const pkr_pack *pack;
    const pkr_link *link;
    const pkr_delta_base *base; /* NULL: only measured */
    packread_writer *take;
    void *context;
    pkr_inflating pieces;
    uint64_t base_size;    /* as the delta claims it */
    uint64_t inflate_left; /* bytes of the delta that are still to be inflated */
    uint64_t result_left;  /* that the delta still has to give */
    size_t at;             /* the next instruction, in `in` */
    size_t in_end;
    size_t out_end;
    unsigned char in[BUFFER_SIZE];
    unsigned char out[BUFFER_SIZE];
} patch;

static int damaged(const patch *state, const char *text, pkr_fault *fault)
{
    return pkr_pack_damaged(state->pack, state->link->offset, text, fault);
}

/* So many bytes that no instruction is cut, or all that are left. */
static int refill(patch *state, pkr_fault *fault)
{
    size_t kept = state->in_end - state->at;
    size_t room = BUFFER_SIZE - kept;
    size_t filled;
    int status;

    if (kept >= PKR_DELTA_STEP_MAX || state->inflate_left == 0)
        return 0;
    memmove(state->in, state->in + state->at, kept);
    if (room > state->inflate_left)
        room = (size_t)state->inflate_left;
    status = pkr_inflating_fill(&state->pieces, state->in + kept, room, &filled, fault);
    if (status != 0)
        return status;
    if (filled < room)
        return damaged(state, "inflates to less than its size", fault);
    pkr_inflating_saw(&state->pieces); /* they are run before their checksum is met */
    state->at = 0;
    state->in_end = kept + filled;
    state->inflate_left -= filled;
    return 0;
}

static int flush(patch *state, pkr_fault *fault)
{
    size_t size = state->out_end;

    state->out_end = 0;
    if (size == 0 || state->take(state->context, state->out, size) == 0)
        return 0;
    return pkr_fault_stopped(fault);
}

static int give(patch *state, const unsigned char *bytes, size_t size, pkr_fault *fault)
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
            status = flush(state, fault);
    }
    return status;
}

static int copy(patch *state, uint64_t offset, size_t size, pkr_fault *fault)
{
    const pkr_delta_base *base = state->base;
    int status = 0;

    if (base->blob)
        return give(state, base->blob->data + offset, size, fault);
    while (size > 0 && status == 0) {
        const unsigned char *bytes;
        size_t now;

        status = pkr_view_use(base->view, offset, size, &bytes, &now, fault);
        if (status != 0)
            break;
        if (now > size)
            now = size;
        status = give(state, bytes, now, fault);
        offset += now;
        size -= now;
    }
    return status;
}

static int run_step(patch *state, pkr_fault *fault)
{
    const unsigned char *at = state->in + state->at;
    pkr_delta_step step;
    const char *text;

    if (pkr_delta_next(&at, state->in + state->in_end, &step, &text) != 0)
        return damaged(state, text, fault);
    if (step.size > state->result_left)
        return damaged(state, "delta gives more than its result size", fault);
    if (!pkr_delta_step_fits(&step, state->base_size))
        return damaged(state, PKR_DELTA_OUTSIDE, fault);
    state->at = (size_t)(at - state->in);
    state->result_left -= step.size;
    if (!state->base)
        return 0;
    return step.insert ? give(state, step.insert, step.size, fault)
                       : copy(state, step.offset, step.size, fault);
}

/* The sizes in front of the instructions. */
static int begin(patch *state, pkr_fault *fault)
{
    pkr_delta_sizes sizes;
    const char *text;
    int status = refill(state, fault);

    if (status != 0)
        return status;
    if (pkr_delta_parse(state->in, state->in_end, &sizes, &text) != 0)
        return damaged(state, text, fault);
    if (state->base && sizes.base != state->base->size)
        return damaged(state, "delta is for a base of another size", fault);
    state->at = sizes.header_size;
    state->base_size = sizes.base;
    state->result_left = sizes.result;
    return 0;
}

static int run(patch *state, pkr_fault *fault)
{
    int status = begin(state, fault);

    while (status == 0) {
        status = refill(state, fault);
        if (status == 0 && state->at == state->in_end)
            break;
        if (status == 0)
            status = run_step(state, fault);
    }
    if (status == 0 && state->result_left > 0)
        status = damaged(state, "delta gives less than its result size", fault);
    if (status == 0)
        status = pkr_inflating_finish(&state->pieces, fault);
    return status == 0 ? flush(state, fault) : status;
}

int pkr_delta_stream_run(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                         const pkr_delta_base *base, packread_writer *take, void *context,
                         uint64_t *end, pkr_fault *fault)
{
    patch *state = pkr_memory_plain(reader->budget, sizeof *state);
    int status;

    if (!state)
        return pkr_fault_memory(fault);
    state->pack = pack;
    state->link = link;
    state->base = base;
    state->take = take;
    state->context = context;
    state->inflate_left = link->size;
    state->at = state->in_end = state->out_end = 0;
    status = pkr_inflating_begin(&state->pieces, reader, pack, link, fault);
    if (status == 0)
        status = run(state, fault);
    if (status == 0 && end)
        *end = state->pieces.at;
    free(state);
    return status;
}

int pkr_delta_stream_sizes(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                           pkr_delta_sizes *sizes, pkr_fault *fault)
{
    unsigned char head[PKR_DELTA_SIZES_MAX];
    const char *text = NULL;
    size_t length;
    int status;

    /* A short one is inflated to its end, where a checksum holds it. */
    if (link->size > sizeof head && pkr_build_glance(reader, pack, link, head, USUAL_SIZES) &&
        pkr_delta_parse(head, USUAL_SIZES, sizes, &text) == 0)
        return 0;
    status = pkr_build_peek(reader, pack, link, head, sizeof head, &length, fault);

    if (status == 0 && pkr_delta_parse(head, length, sizes, &text) != 0)
        status = pkr_pack_damaged(pack, link->offset, text, fault);
    return status;
}
