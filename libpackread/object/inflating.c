/* inflating.c - inflates through any number of windows: a prefix, a buffer that grows, or piece by
 * piece. */
#include "object/inflating.h"

#include "base/fault.h"

int pkr_inflating_begin(pkr_inflating *pieces, packread_reader *reader, const pkr_pack *pack,
                        const pkr_link *link, pkr_fault *fault)
{
    pieces->reader = reader;
    pieces->pack = pack;
    pieces->entry = link->offset;
    pieces->at = link->data;
    pieces->end = pkr_reader_end(reader, pack, link->offset);
    pieces->ended = false;
    if (pkr_inflate_begin(reader->inflater) != 0 &&
        (!pkr_budget_relieve(reader->budget) || pkr_inflate_begin(reader->inflater) != 0))
        return pkr_fault_memory(fault);
    return 0;
}

/* What goes in and comes out between two looks at whether it is to stop. */
#define STEP ((size_t)1 << 20)

int pkr_inflating_fill(pkr_inflating *pieces, unsigned char *out, size_t size, size_t *filled,
                       pkr_fault *fault)
{
    packread_reader *reader = pieces->reader;
    unsigned char *next = out;
    size_t left = size;

    while (left > 0 && !pieces->ended) {
        const unsigned char *in;
        const unsigned char *from;
        const char *text = NULL;
        size_t in_left;
        size_t out_left = left < STEP ? left : STEP;
        size_t before = out_left;
        int status;

        if (pieces->at >= pieces->end) {
            if (pieces->end < pieces->pack->end)
                reader->fence.reached = true;
            return pkr_pack_damaged(pieces->pack, pieces->entry,
                                    "deflated data runs past the end of the pack", fault);
        }
        status = pkr_view_use(&reader->data, pieces->at, PKR_VIEW_ALL, &in, &in_left, fault);
        if (status != 0)
            return status;
        if (in_left > pieces->end - pieces->at)
            in_left = (size_t)(pieces->end - pieces->at);
        if (in_left > STEP)
            in_left = STEP;
        from = in;
        status = pkr_inflate_step(reader->inflater, &in, &in_left, &next, &out_left, &pieces->ended,
                                  &text);
        if (status == PACKREAD_ERROR_MEMORY)
            return pkr_fault_memory(fault);
        if (status != 0)
            return pkr_pack_damaged(pieces->pack, pieces->entry, text, fault);
        pieces->at += (uint64_t)(in - from);
        left -= before - out_left;
        reader->work += (uint64_t)(in - from) + (before - out_left);
        if (in == from && out_left == before && !pieces->ended)
            return pkr_pack_damaged(pieces->pack, pieces->entry, "deflated data is damaged", fault);
    }
    *filled = size - left;
    return 0;
}

int pkr_inflating_finish(pkr_inflating *pieces, pkr_fault *fault)
{
    unsigned char surplus;
    size_t filled = 0;
    int status;

    if (pieces->ended)
        return 0;
    status = pkr_inflating_fill(pieces, &surplus, 1, &filled, fault);
    if (status == 0 && filled > 0)
        status =
            pkr_pack_damaged(pieces->pack, pieces->entry, "inflates to more than its size", fault);
    return status;
}

void pkr_inflating_saw(const pkr_inflating *pieces)
{
    pkr_view *view = &pieces->reader->data;
    const unsigned char *last = pkr_view_at_hand(view, pieces->at - 1);

    if (last)
        pkr_view_saw(view, last);
}
