/* midx_twin.c - each part of the parser is given no byte more than it may see. */
#include "midx_twin.h"

#include <stdlib.h>
#include <string.h>

#include "format/midx.h"
#include "guard_pages.h"
#include "naive_midx.h"

#define ROOM 65536

static struct guard guard;

typedef struct names {
    const naive_midx *naive; /* NULL: it does not read the file */
    uint32_t next;
} names;

static int take(void *context, const char *name)
{
    names *on = context;

    if (on->naive && strcmp(on->naive->names[on->next], name) != 0)
        abort();
    on->next++;
    return 0;
}

static int read_names(const pkr_midx *midx, const unsigned char *bytes, size_t piece, names *on)
{
    pkr_midx_names state;
    const char *text;
    int status = 0;

    pkr_midx_names_begin(&state, midx);
    for (uint64_t at = 0; status == 0 && at < midx->names.size && state.left > 0; at += piece) {
        const size_t left = (size_t)(midx->names.size - at);
        const size_t size = left < piece ? left : piece;

        status = pkr_midx_names_take(
            &state, guard_at_end(&guard, bytes + midx->names.at + at, size), size, take, on, &text);
    }
    return status == 0 ? pkr_midx_names_end(&state, &text) : status;
}

static void compare_rows(const pkr_midx *midx, const unsigned char *bytes, const naive_midx *naive)
{
    if (midx->count != naive->count || midx->packs != naive->packs ||
        midx->id_size != naive->id_size || midx->version != naive->version)
        abort();
    for (uint32_t i = 0; i < midx->count; i++) {
        const pkr_midx_place place =
            pkr_midx_place_at(midx, guard_at_end(&guard, bytes + midx->places.at + 8 * i, 8));
        const naive_midx_row *row = &naive->rows[i];

        if (bytes + midx->ids.at + i * midx->id_size != row->id || place.pack != row->pack)
            abort();
        if (!place.is_wide && (!row->has_offset || place.offset != row->offset))
            abort();
        if (place.is_wide && (place.offset < midx->wide.size / 8) != row->has_offset)
            abort();
    }
}

bool midx_twin_reads(const unsigned char *bytes, size_t size, size_t piece)
{
    const size_t head = size < PKR_MIDX_HEAD ? size : PKR_MIDX_HEAD;
    naive_midx naive;
    const bool is_naive = naive_midx_read(bytes, size, &naive);
    names on = {.naive = is_naive ? &naive : NULL};
    const char *text = NULL;
    pkr_midx midx;
    int status;

    if (!guard.map)
        guard_open(&guard, ROOM);
    status = pkr_midx_parse(guard_at_end(&guard, bytes, head), head, size, &midx, &text);
    if (status == 0)
        status = pkr_midx_parse_fanout(guard_at_end(&guard, bytes + midx.steps.at, PKR_MIDX_FANOUT),
                                       &midx, &text);
    if (status != 0 && !text)
        abort();
    if (status == 0)
        status = read_names(&midx, bytes, piece, &on);
    if ((status == 0) != is_naive || (status == 0 && on.next != naive.packs))
        abort();
    if (status == 0)
        compare_rows(&midx, bytes, &naive);
    naive_midx_free(&naive);
    return status == 0;
}
