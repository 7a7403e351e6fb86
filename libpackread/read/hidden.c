/* hidden.c - goes through the rows of each index that took the place of another. */
#include "read/hidden.h"

#include <string.h>

#include "base/fault.h"
#include "base/location.h"
#include "find/find.h"
#include "read/info.h"

/* Whether it has an index made for a pack that was listed by another one. */
static bool is_replacement(const pkr_pack_set *listed, const pkr_pack *pack)
{
    if (!pack->derived.bytes || pkr_pack_set_contains(listed, pack))
        return false;
    for (size_t i = 0; i < listed->count; i++)
        if (!listed->packs[i]->derived.bytes && strcmp(listed->packs[i]->path, pack->path) == 0)
            return true;
    return false;
}

/* Whether the packs and folders that were listed have it. */
static bool was_listed(pkr_listing *state, const packread_id *id)
{
    packread_location location;
    size_t from = 0;
    int status = pkr_find_next(state->reader, id, &from, &location, NULL);

    return !pkr_is_absence(pkr_listing_settle(state, status, NULL));
}

static int visit_row(pkr_listing *state, const pkr_pack *pack, uint32_t position, pkr_fault *fault)
{
    packread_reader *reader = state->later;
    packread_location location = pkr_location(pack->number, position, 0);
    packread_info info;
    packread_id id;
    int status = pkr_reader_id(reader, &location, &id, fault);

    if (status != 0 || was_listed(state, &id))
        return status;
    status = pkr_rows_offset(&reader->rows, pack, position, &location.offset, fault);
    info = pkr_info_blank(&location, &id);
    if (status == 0)
        status = pkr_info_fill(reader, &location, &id, state->want, &info, fault);
    status = pkr_reader_settle(reader, status, fault);
    if (status != 0 || (state->options.types && !(state->options.types & 1u << info.type)))
        return status;
    return state->visit(state->context, &info, NULL) ? pkr_fault_stopped(fault) : 0;
}

static int visit_rows(pkr_listing *state, const pkr_pack *pack, pkr_fault *fault)
{
    int status = 0;

    for (uint32_t i = 0; status != PACKREAD_ERROR_STOPPED && i < pack->idx.count; i++) {
        pkr_fault detail;

        status = visit_row(state, pack, i, &detail);
        if (status == PACKREAD_ERROR_STOPPED)
            pkr_fault_copy(fault, &detail);
        else if (status != 0)
            pkr_listing_note(state, &detail);
    }
    return status == PACKREAD_ERROR_STOPPED ? status : 0;
}

int pkr_hidden_list(pkr_listing *state, pkr_fault *fault)
{
    packread_reader *reader = state->reader;
    const pkr_pack_set *set;
    int status = 0;

    /* Whoever reads what was listed may find out only now. */
    if (reader->snapshot->looking.is_begun && state->options.pause &&
        state->options.pause(state->context) != 0)
        return pkr_fault_stopped(fault);
    if (reader->generation == atomic_load(&reader->snapshot->packs.generation))
        return 0;
    if (!state->later && pkr_reader_make(reader->snapshot, &state->later, fault) != 0) {
        pkr_listing_note(state, fault);
        return 0;
    }
    pkr_reader_enter(state->later);
    set = pkr_reader_set(state->later);
    for (size_t i = 0; status == 0 && i < set->count; i++)
        if (is_replacement(pkr_reader_set(reader), set->packs[i]))
            status = visit_rows(state, set->packs[i], fault);
    pkr_reader_exit(state->later);
    return status;
}
