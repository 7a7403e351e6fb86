/* derived.c - keeps the bytes of an index that is made in memory, and pays for them. */
#include "pack/derived.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/idx_write.h"

#define FIRST_SIZE ((size_t)64 << 10)
/* An entry has a header and eight bytes of zlib at least. */
#define LEAST_ENTRY 9

/* The bytes on their way. */
typedef struct making {
    pkr_budget *budget;
    const packread_index_options *options; /* whose progress is told */
    pkr_need need;
    uint64_t expected; /* bytes, if the pack's header counts its objects rightly */
    void *bytes;
    size_t size;
    size_t room;  /* that is paid for */
    int findings; /* as in pkr_derived, and so is this */
    pkr_fault shortage;
    int status; /* why no more was taken */
    pkr_fault fault;
} making;

static uint64_t expected_size(const pkr_pack *pack)
{
    uint64_t most = pack->size / LEAST_ENTRY;
    uint64_t rows = pack->claimed < most ? pack->claimed : most;

    return PKR_IDX_HEAD + rows * (pack->idx.id_size + 8) + 2 * pack->idx.id_size;
}

/* What the header counts is the last step, unless there are more than that. */
static size_t next_room(const making *on, size_t least)
{
    size_t doubled = on->room ? 2 * on->room : FIRST_SIZE;

    if (doubled < least)
        doubled = least;
    return doubled > on->expected && on->expected >= least ? (size_t)on->expected : doubled;
}

static int take(void *context, const void *bytes, size_t size)
{
    making *on = context;

    if (size > on->room - on->size) {
        size_t room = next_room(on, on->size + size);

        on->status = pkr_memory_grow(on->budget, &on->bytes, on->room, room, &on->need, &on->fault);
        if (on->status != 0)
            return on->status;
        on->room = room;
    }
    memcpy((unsigned char *)on->bytes + on->size, bytes, size);
    on->size += size;
    return 0;
}

static int tell_progress(void *context, uint64_t done, uint64_t total)
{
    const packread_index_options *options = ((const making *)context)->options;

    return options->progress ? options->progress(options->context, done, total) : 0;
}

/* All that has to fit at once is asked for, whichever of it did not. */
static int ask_for_all(const making *on, int status, pkr_fault *fault)
{
    uint64_t more = 2 * on->expected;

    if (status == PACKREAD_ERROR_BUDGET)
        fault->needed = fault->needed < UINT64_MAX / 2 - more
                            ? (fault->needed + more) / 16 * 17 /* and some for what is read */
                            : UINT64_MAX;
    return status;
}

/* Where nothing is whole, nor the header, it is no pack. */
static int derive_none(const pkr_pack *pack, making *on, pkr_fault *fault)
{
    const pkr_idx_rows none = {.pack_sum = pack->trailer};

    if (pack->doubt.code == 0)
        return pkr_idx_write(&none, 2, take, on, fault);
    *fault = pack->doubt;
    return fault->code;
}

/* What is wrong with a pack costs the objects that it is about, and so does the want of room for
 * some: with `is_written` all others have their rows. */
static int settle(int status, bool is_written, const pkr_pack *pack, making *on, pkr_fault *fault)
{
    status = ask_for_all(on, status, fault);
    if (is_written && on->status == 0 &&
        (status == PACKREAD_ERROR_BUDGET || status == PACKREAD_ERROR_TEMPORARY)) {
        on->findings = status;
        on->shortage = *fault;
        return 0;
    }
    if (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN) {
        on->findings = status;
        status = on->size == 0 ? derive_none(pack, on, fault) : 0;
    }
    if (on->status != 0) {
        *fault = on->fault;
        status = ask_for_all(on, on->status, fault);
    }
    return status;
}

static int lay_out(pkr_pack *pack, const making *on, pkr_fault *fault)
{
    const char *text;
    size_t head = on->size < PKR_IDX_HEAD ? on->size : PKR_IDX_HEAD;
    int status = pkr_idx_parse(on->bytes, head, on->size, pack->idx.id_size, &pack->idx, &text);

    return status == 0 ? 0 : pkr_fault_set(fault, status, pack->path, text);
}

int pkr_derived_make(pkr_derive *derive, packread_snapshot *snapshot, pkr_budget *budget,
                     const packread_index_options *options, pkr_pack *pack, pkr_fault *fault)
{
    making on = {
        .budget = budget,
        .options = options,
        .need = {pack->path, "the memory limit has no room for this pack's index"},
        .expected = expected_size(pack),
    };
    packread_index_options mine = *options;
    packread_index_summary summary = {0};
    int status;

    mine.index = take;
    mine.progress = tell_progress;
    mine.context = &on;
    status = derive(snapshot, pack, &mine, &summary, fault);
    status = settle(status, summary.struct_size != 0 && summary.written, pack, &on, fault);
    if (status == 0)
        status = lay_out(pack, &on, fault);
    if (status != 0) {
        pkr_memory_free(budget, on.bytes, on.room);
        return status;
    }
    pack->derived.charged = pkr_memory_shrink(budget, &on.bytes, on.room, on.size);
    pack->derived.bytes = on.bytes;
    pack->derived.findings = on.findings;
    pack->derived.shortage = on.shortage;
    pack->index = (pkr_source){.bytes = on.bytes, .size = on.size};
    pack->alone = false;
    return 0;
}

void pkr_derived_without(const pkr_pack *pack, pkr_pack *bare)
{
    *bare = (pkr_pack){.path = pack->path,
                       .index_path = pack->index_path,
                       .name = pack->name,
                       .number = pack->number,
                       .data = pack->data,
                       .size = pack->size,
                       .end = pack->end,
                       .doubt = pack->doubt,
                       .index_doubt = pack->index_doubt,
                       .bundle_doubt = pack->bundle_doubt,
                       .version = pack->version,
                       .claimed = pack->claimed,
                       .alone = true,
                       .trailer = pack->trailer,
                       .idx = {.id_size = pack->idx.id_size}};
}
