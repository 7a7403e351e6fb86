/* derived.c - keeps the bytes of an index that is made in memory, and pays for them. */
#include "store/derived.h"

#include <stdlib.h>
#include <string.h>

#include "format/idx_write.h"

#define FIRST_SIZE ((size_t)64 << 10)
/* An entry has a header and eight bytes of zlib at least. */
#define LEAST_ENTRY 9

/* The bytes on their way. */
typedef struct making {
    pkr_budget *budget;
    pkr_derived *made;
    const char *file;
    uint64_t expected; /* bytes, if the pack's header counts its objects rightly */
    size_t room;
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

static int resize(making *on, size_t room)
{
    unsigned char *grown;

    if (room > on->room && !pkr_budget_take(on->budget, room - on->room))
        return pkr_budget_short(on->budget, room - on->room, on->file,
                                "the memory limit has no room for this pack's index", &on->fault);
    grown = realloc(on->made->bytes, room);
    if (room < on->room)
        pkr_budget_give(on->budget, on->room - room);
    else if (!grown)
        pkr_budget_give(on->budget, room - on->room);
    if (!grown)
        return room < on->room ? 0 : pkr_fault_memory(&on->fault);
    on->made->bytes = grown;
    on->room = room;
    return 0;
}

static int take(void *context, const void *bytes, size_t size)
{
    making *on = context;
    size_t used = on->made->size;

    if (size > on->room - used)
        on->status = resize(on, next_room(on, used + size));
    if (on->status != 0)
        return on->status;
    memcpy(on->made->bytes + used, bytes, size);
    on->made->size = used + size;
    return 0;
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

/* What is wrong with a pack costs the objects that it is about. */
static int settle(int status, const pkr_pack *pack, making *on, pkr_fault *fault)
{
    if (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN) {
        on->made->findings = status;
        status = on->made->size == 0 ? derive_none(pack, on, fault) : 0;
    }
    if (status == 0)
        on->status = resize(on, on->made->size);
    if (on->status != 0) {
        *fault = on->fault;
        status = on->status;
    }
    return ask_for_all(on, status, fault);
}

static int lay_out(pkr_pack *pack, const pkr_derived *made, pkr_fault *fault)
{
    const char *text;
    size_t head = made->size < PKR_IDX_HEAD ? made->size : PKR_IDX_HEAD;
    int status = pkr_idx_parse(made->bytes, head, made->size, pack->idx.id_size, &pack->idx, &text);

    return status == 0 ? 0 : pkr_fault_set(fault, status, pack->path, text);
}

int pkr_derived_make(pkr_derive *derive, packread_snapshot *snapshot, pkr_budget *budget,
                     pkr_pack *pack, pkr_fault *fault)
{
    pkr_derived *made = calloc(1, sizeof *made);
    making on = {
        .budget = budget, .made = made, .file = pack->path, .expected = expected_size(pack)};
    int status = made ? settle(derive(snapshot, pack, take, &on, fault), pack, &on, fault)
                      : pkr_fault_memory(fault);

    if (status == 0)
        status = lay_out(pack, made, fault);
    if (made)
        made->charged = on.room;
    if (status != 0) {
        pkr_derived_free(made, budget);
        return status;
    }
    pack->index = (pkr_source){.bytes = made->bytes, .size = made->size};
    pack->alone = false;
    pack->derived = made;
    return 0;
}

bool pkr_derived_is_partial(const pkr_pack *pack)
{
    return pack->derived && pack->derived->findings != 0;
}

void pkr_derived_free(pkr_derived *derived, pkr_budget *budget)
{
    if (!derived)
        return;
    if (budget)
        pkr_budget_give(budget, derived->charged);
    free(derived->bytes);
    free(derived);
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
                       .version = pack->version,
                       .claimed = pack->claimed,
                       .alone = true,
                       .trailer = pack->trailer,
                       .idx = {.id_size = pack->idx.id_size}};
}
