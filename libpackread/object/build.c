/* build.c - builds objects: inflate the whole one below, then run the deltas back up. */
#include "object/build.h"

#include <stdlib.h>
#include <string.h>

#include "format/delta.h"
#include "base/fault.h"
#include "base/memory.h"
#include "platform/inflate_head.h"
#include "platform/pages.h"
#include "object/inflating.h"

/* Data up to this size is brought into one piece where a window ends inside it. */
#define JOINED_SIZE ((uint64_t)1 << 20)

_Static_assert(PKR_TRUSTED_SIZE >= PKR_PAGES_LARGE, "a blob that grows is a large piece");

#define INFLATES_MOST 1032 /* bytes that deflate makes of one */

int pkr_build_check_claim(const pkr_pack *pack, const pkr_link *link, pkr_fault *fault)
{
    if (link->data >= pack->end)
        return pkr_pack_damaged(pack, link->offset, "deflated data runs past the end of the pack",
                                fault);
    if (link->size / INFLATES_MOST > pack->end - link->data)
        return pkr_pack_damaged(pack, link->offset,
                                "claims more bytes than its deflated data can hold", fault);
    return 0;
}

/* What cannot be is told before any of it is read. */
static int check_claim(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                       pkr_fault *fault)
{
    uint64_t end = pkr_reader_end(reader, pack, link->offset);
    int status = pkr_build_check_claim(pack, link, fault);

    if (status == 0 && end < pack->end &&
        (link->data >= end || link->size / INFLATES_MOST > end - link->data)) {
        reader->fence.reached = true;
        status = pkr_pack_damaged(pack, link->offset,
                                  "deflated data runs past the end of its entry", fault);
    }
    return status;
}

/* The fast way: all in one piece, by libdeflate. False says nothing about the data. */
static bool inflate_at_once(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                            bool forward, unsigned char *out, uint64_t *end)
{
    uint64_t at = link->data;
    uint64_t size = link->size;
    const unsigned char *bytes;
    size_t available;
    size_t consumed;
    uint64_t left = pkr_reader_end(reader, pack, link->offset) - at;
    uint64_t bound = size + (size >> 12) + 64; /* what deflating `size` bytes can take */

    if (pkr_view_use(&reader->data, at, forward ? PKR_VIEW_ALL : bound, &bytes, &available, NULL) !=
        0)
        return false;
    if (available < bound && available < left && size <= JOINED_SIZE) {
        available = (size_t)(bound < left ? bound : left);
        if (pkr_view_need(&reader->data, at, available, &bytes, NULL) != 0)
            return false;
    }
    if (available > left)
        available = (size_t)left;
    if (!pkr_inflate_whole(reader->inflater, bytes, available, out, (size_t)size, &consumed))
        return false;
    reader->work += size + consumed;
    *end = at + consumed;
    return true;
}

/* The way for all others, and for data that is damaged: window by window. */
static int inflate_in_pieces(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                             pkr_blob **blob, uint64_t *end, pkr_fault *fault)
{
    const uint64_t size = link->size;
    pkr_inflating pieces;
    uint64_t filled = 0;
    int status = pkr_inflating_begin(&pieces, reader, pack, link, fault);

    while (status == 0 && filled < size && !pieces.ended) {
        pkr_blob *made = *blob;
        size_t count = 0;

        if (filled == made->size)
            status = pkr_blob_grow(&reader->spares, &made,
                                   made->size < size / 2 ? made->size * 2 : size, fault);
        *blob = made;
        if (status == 0)
            status = pkr_inflating_fill(&pieces, made->data + filled, (size_t)(made->size - filled),
                                        &count, fault);
        filled += count;
    }
    if (status == 0 && filled < size)
        status = pkr_pack_damaged(pack, link->offset, "inflates to less than its size", fault);
    if (status == 0)
        status = pkr_inflating_finish(&pieces, fault);
    *end = pieces.at;
    return status;
}

int pkr_build_inflate(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                      bool forward, pkr_blob **blob, uint64_t *end, pkr_fault *fault)
{
    const uint64_t size = link->size;
    const uint64_t capacity = size < PKR_TRUSTED_SIZE ? size : PKR_TRUSTED_SIZE;
    pkr_blob *made = NULL;
    uint64_t finish;
    int status = check_claim(reader, pack, link, fault);

    if (status == 0 && size > reader->budget->limit)
        status = PACKREAD_ERROR_BUDGET;
    if (status == 0)
        status = pkr_blob_new(&reader->spares, capacity, &made, fault);
    if (status == 0 &&
        (capacity < size || !inflate_at_once(reader, pack, link, forward, made->data, &finish)))
        status = inflate_in_pieces(reader, pack, link, &made, &finish, fault);
    if (status != 0)
        pkr_blob_release(&reader->spares, made);
    /* What the whole would need, not the step that there was no room for. */
    if (status == PACKREAD_ERROR_BUDGET)
        return pkr_blob_short(&reader->spares, size, fault);
    if (status != 0)
        return status;
    if (end)
        *end = finish;
    *blob = made;
    return 0;
}

int pkr_build_peek(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                   unsigned char *bytes, size_t capacity, size_t *size, pkr_fault *fault)
{
    pkr_inflating pieces;
    int status = pkr_inflating_begin(&pieces, reader, pack, link, fault);

    if (status == 0)
        status = pkr_inflating_fill(&pieces, bytes, capacity, size, fault);
    if (status == 0)
        pkr_inflating_saw(&pieces);
    return status;
}

bool pkr_build_glance(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                      unsigned char *bytes, size_t size)
{
    const uint64_t end = pkr_reader_end(reader, pack, link->offset);
    const unsigned char *in;
    size_t in_size;
    size_t used;

    if (link->data >= end ||
        pkr_view_use(&reader->data, link->data, PKR_VIEW_ALL, &in, &in_size, NULL) != 0)
        return false;
    if (in_size > end - link->data)
        in_size = (size_t)(end - link->data);
    if (!pkr_inflate_head(in, in_size, bytes, size, &used))
        return false;
    pkr_view_saw(&reader->data, in + used - 1);
    reader->work += used + size;
    return true;
}

int pkr_build_pieces(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                     packread_writer *take, void *context, uint64_t *end, pkr_fault *fault)
{
    pkr_inflating pieces;
    uint64_t left = link->size;
    int status = check_claim(reader, pack, link, fault);

    if (status != 0)
        return status;
    status = pkr_reader_piece(reader, fault);
    if (status != 0)
        return status;
    status = pkr_inflating_begin(&pieces, reader, pack, link, fault);
    while (status == 0 && left > 0) {
        size_t wanted = left < PKR_READER_PIECE ? (size_t)left : PKR_READER_PIECE;
        size_t filled = 0;

        status = pkr_inflating_fill(&pieces, reader->piece, wanted, &filled, fault);
        if (status == 0 && filled < wanted)
            status = pkr_pack_damaged(pack, link->offset, "inflates to less than its size", fault);
        pkr_inflating_saw(&pieces); /* they go out before their checksum is met */
        if (status == 0 && take(context, reader->piece, filled) != 0)
            status = pkr_fault_stopped(fault);
        left -= filled;
    }
    if (status == 0)
        status = pkr_inflating_finish(&pieces, fault);
    if (status == 0 && end)
        *end = pieces.at;
    return status;
}

int pkr_build_apply(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                    const pkr_blob *delta, const pkr_blob *base, pkr_blob **result,
                    pkr_fault *fault)
{
    const packread_stop *stop = reader->budget->stop;
    pkr_delta_sizes sizes;
    pkr_blob *made;
    const char *text = NULL;
    int status = pkr_delta_parse(delta->data, (size_t)delta->size, &sizes, &text);

    if (status == 0 && sizes.base != base->size) {
        text = "delta is for a base of another size";
        status = PACKREAD_ERROR_CORRUPT;
    }
    if (status == 0 && sizes.result > PKR_TRUSTED_SIZE)
        status = pkr_delta_measure(delta->data, (size_t)delta->size, &sizes, stop, &text);
    if (status == PACKREAD_ERROR_STOPPED)
        return pkr_fault_stopped(fault);
    if (status != 0)
        return pkr_pack_damaged(pack, offset, text, fault);
    status = pkr_blob_new(&reader->spares, sizes.result, &made, fault);
    if (status != 0)
        return status;
    made->type = base->type;
    status = pkr_delta_apply(delta->data, (size_t)delta->size, &sizes, base->data, made->data, stop,
                             &text);
    if (status != 0) {
        pkr_blob_release(&reader->spares, made);
        if (status == PACKREAD_ERROR_STOPPED)
            return pkr_fault_stopped(fault);
        return pkr_pack_damaged(pack, offset, text, fault);
    }
    *result = made;
    return 0;
}

int pkr_build_patch(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                    const pkr_blob *base, pkr_blob **result, pkr_fault *fault)
{
    pkr_blob *delta;
    int status = pkr_build_inflate(reader, pack, link, false, &delta, NULL, fault);

    if (status != 0)
        return status;
    status = pkr_build_apply(reader, pack, link->offset, delta, base, result, fault);
    pkr_blob_release(&reader->spares, delta);
    return status;
}

/* Whether the object at `offset` need not be built. */
static bool is_at_hand(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                       enum pkr_descend how, pkr_bottom *bottom)
{
    if (how == PKR_DESCEND_LARGE) {
        if (reader->links.count == 0)
            return false;
        bottom->spilled = pkr_spills_find(&reader->spills, pack->number, offset);
        if (bottom->spilled) {
            bottom->type = (enum packread_type)bottom->spilled->type;
            return true;
        }
    }
    bottom->blob = pkr_cache_find(&reader->cache, pack->number, offset);
    if (bottom->blob)
        bottom->type = (enum packread_type)bottom->blob->type;
    return bottom->blob != NULL;
}

static void note(packread_reader *reader, const pkr_pack *pack, const pkr_fault *cause)
{
    const pkr_links *links = &reader->links;
    pkr_memo_row row = {.pack = pack->number};

    /* Where an entry is not followed to its end, or bases become known one by one, what is found is
     * not all there is to it. */
    if (reader->fence.end != 0 || reader->resolve || !pkr_memo_blame(&row, pack, cause))
        return;
    reader->lost.walked += links->count;
    for (size_t i = 0; i < links->kept.count && i * links->stride < links->count; i++) {
        row.offset = pkr_links_kept(links, i)->offset;
        pkr_memo_keep(&reader->broken, &row);
    }
}

int pkr_build_give_up(packread_reader *reader, const pkr_pack *pack, const pkr_fault *cause,
                      pkr_fault *fault)
{
    note(reader, pack, cause);
    return pkr_fault_copy(fault, cause);
}

static int go_down(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                   enum pkr_descend how, pkr_bottom *bottom, pkr_fault *fault)
{
    pkr_guard guard = pkr_guard_begin(offset);

    pkr_links_begin(&reader->links);
    bottom->blob = NULL;
    bottom->spilled = NULL;
    for (;;) {
        pkr_memo_row known;
        pkr_entry entry;
        pkr_link link;
        int status;

        if (is_at_hand(reader, pack, offset, how, bottom))
            return 0;
        if (pkr_memo_find(&reader->broken, pack->number, offset, &known))
            return pkr_memo_fault(&known, pack, fault);
        status = pkr_chain_entry(reader, pack, offset, &entry, fault);
        if (status != 0)
            return status;
        link = pkr_chain_link(offset, &entry);
        if (entry.type <= PACKREAD_TAG) {
            bottom->link = link;
            bottom->type = entry.type;
            return 0;
        }
        reader->work += PKR_ENTRY_HEADER_MAX;
        status = pkr_links_push(&reader->links, reader->budget, &link, fault);
        if (status == 0)
            status = pkr_chain_step(reader, pack, &guard, &entry, &offset, fault);
        if (status != 0)
            return status;
    }
}

int pkr_build_descend(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                      enum pkr_descend how, pkr_bottom *bottom, pkr_fault *fault)
{
    pkr_fault detail;
    int status = go_down(reader, pack, offset, how, bottom, &detail);

    return status == 0 ? 0 : pkr_build_give_up(reader, pack, &detail, fault);
}

/* The cached or whole object that the links lead up from. */
static int build_bottom(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                        pkr_blob **blob, pkr_fault *fault)
{
    pkr_bottom bottom;
    int status = go_down(reader, pack, offset, PKR_DESCEND_MEMORY, &bottom, fault);

    if (status == 0 && !bottom.blob) {
        status = pkr_build_inflate(reader, pack, &bottom.link, false, &bottom.blob, NULL, fault);
        if (status == 0) {
            bottom.blob->type = (unsigned char)bottom.type;
            bottom.blob->pack = pack->number;
            bottom.blob->offset = bottom.link.offset;
        }
    }
    if (status == 0)
        *blob = bottom.blob;
    return status;
}

/* What the next link up makes of the object below it; `*base` is given away, and becomes that. */
static int climb(packread_reader *reader, const pkr_pack *pack, pkr_blob **base, pkr_fault *fault)
{
    pkr_blob *result = NULL;
    pkr_link link;
    int status;

    /* A base goes into the cache before its delta is inflated, and stays pinned. */
    pkr_admit_built(&reader->admit, *base);
    status = pkr_chain_pop(reader, pack, &link, fault);
    if (status == 0)
        status = pkr_build_patch(reader, pack, &link, *base, &result, fault);
    if (status == 0) {
        result->pack = pack->number;
        result->offset = link.offset;
        result->depth = (*base)->depth + 1;
    }
    pkr_blob_release(&reader->spares, *base);
    *base = result;
    return status;
}

int pkr_build_object(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                     pkr_blob **blob, pkr_fault *fault)
{
    pkr_blob *base = NULL;
    pkr_fault detail;
    int status;

    pkr_admit_next(&reader->admit, offset);
    status = build_bottom(reader, pack, offset, &base, &detail);
    if (status == 0)
        pkr_admit_climb(&reader->admit, base, reader->links.count);
    while (status == 0 && reader->links.count > 0)
        status = climb(reader, pack, &base, &detail);
    if (status != 0) {
        pkr_build_give_up(reader, pack, &detail, fault);
    } else {
        pkr_admit_blob(&reader->admit, base);
        *blob = base;
    }
    pkr_links_trim(&reader->links, reader->budget);
    return status;
}
