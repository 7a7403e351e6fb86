/* listing.c - asks for what is wanted of an object, first where its row says, then wherever else it
 * may be had, and tells it to the visitor. */
#include "read/listing.h"

#include "base/fault.h"
#include "base/location.h"
#include "find/find.h"
#include "pack/orders.h"
#include "read/info.h"
#include "read/read.h"

/* Fewer objects are asked for one by one. */
#define SURVEY_AT_LEAST 64
#define FROM_SURVEY (PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE | PACKREAD_WANT_DEPTH)

void pkr_listing_note(pkr_listing *state, const pkr_fault *fault)
{
    if (state->failure.code == 0)
        state->failure = *fault;
}

int pkr_listing_survey(pkr_listing *state, size_t number, uint32_t end, pkr_fault *fault)
{
    const pkr_sweep_wish wish = {state->want, state->options.threads, state->options.pause,
                                 state->context};
    packread_reader *reader = state->reader;
    pkr_pack *pack = pkr_reader_pack(reader, number);
    pkr_header_sweep *survey = &state->packs[number].survey;
    int status = 0;

    if (!(state->want & FROM_SURVEY) || pack->idx.count < SURVEY_AT_LEAST ||
        pkr_reader_select(reader, pack, NULL) != 0)
        survey->swept = PKR_SWEPT_ALL;
    else
        status = pkr_header_sweep_to(reader, pack, &wish, end, survey, fault);
    /* What it could not read is told where the object is asked for. */
    pkr_reader_settle(reader, 0, NULL);
    return status == PACKREAD_ERROR_STOPPED ? status : 0;
}

void pkr_listing_drop_survey(pkr_listing *state, size_t number)
{
    pkr_header_sweep_free(&state->packs[number].survey, state->reader->budget);
}

/* Fills in what is known without reading; what is wanted beside it. */
static unsigned fill_known(const pkr_listing *state, const packread_location *location,
                           const packread_id *id, packread_info *info)
{
    const unsigned types = state->options.types;
    unsigned want = state->want;

    *info = pkr_info_blank(location, id);
    if (want & FROM_SURVEY && !pkr_location_is_loose(location) &&
        pkr_header_sweep_answer(&state->packs[location->store].survey, location->position, want,
                                info)) {
        want &= ~(unsigned)FROM_SURVEY;
        if (types && !(types & 1u << info->type))
            want = 0; /* it will not be visited */
    }
    return want;
}

/* The rest of it. */
static int ask(pkr_listing *state, const packread_location *location, const packread_id *id,
               unsigned want, packread_info *info, pkr_fault *fault)
{
    const packread_info known = *info;
    const int status = pkr_info_fill(state->reader, location, id, want, info, fault);

    if (status == 0 && want != state->want) {
        info->type = known.type;
        info->stored_type = known.stored_type;
        info->size = known.size;
        info->depth = known.depth;
    }
    return status;
}

/* From a later pack's copy, where each object comes once, by the first pack that has it. */
static int fill_elsewhere(pkr_listing *state, const pkr_id_merge_row *row, packread_info *info)
{
    size_t from = pkr_find_after(state->reader, &row->location);
    packread_location copy;
    int status = PACKREAD_ERROR_NOT_FOUND;

    if (state->options.order != PACKREAD_BY_OFFSET || !state->options.once ||
        state->options.one_pack)
        return status;
    while (status != 0 && pkr_find_more(state->reader, from) &&
           pkr_find_next(state->reader, &row->id, &from, &copy, NULL) == 0) {
        const unsigned want = fill_known(state, &copy, &row->id, info);

        status = want ? ask(state, &copy, &row->id, want, info, NULL) : 0;
    }
    return status;
}

int pkr_listing_settle(pkr_listing *state, int failure, pkr_fault *fault)
{
    failure = pkr_rows_settle(&state->reader->rows, failure, fault);
    return pkr_reader_settle(state->reader, failure, fault);
}

/* What is short for one pack is short for those that come in turn with it. */
static void ask_for_all_orders(const pkr_listing *state, pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(state->reader);
    uint64_t needed = pkr_orders_needed(set->packs, set->count, state->reader->budget);

    if (state->options.order == PACKREAD_BY_ID && !state->options.one_pack &&
        state->want & PKR_WANT_ORDER && fault->needed < needed)
        fault->needed = needed;
}

/* A loose object whose file went while the listing was under way: it was packed, so that a pack
 * came that this call does not have. Another reader does. What is nowhere was removed. */
static int fill_later(pkr_listing *state, pkr_listed_object *at, packread_info *info)
{
    packread_snapshot *snapshot = state->reader->snapshot;
    pkr_fault fault;
    int status;

    if (at->failure.code != PACKREAD_ERROR_CHANGED || !pkr_location_is_loose(&at->first.location))
        return at->failure.code;
    if (!state->later && pkr_reader_make(snapshot, &state->later, &fault) != 0) {
        at->failure = fault;
        return fault.code;
    }
    pkr_reader_enter(state->later);
    status = pkr_info_describe(state->later, &at->first.id, state->want, info, &fault);
    status = pkr_reader_settle(state->later, status, &fault);
    pkr_reader_exit(state->later);
    if (pkr_is_absence(status))
        at->failure.text = "was removed while the objects were listed";
    else if (status != 0)
        at->failure = fault;
    return status;
}

/* By way of several packs. What was looked up last stays known. */
static int fill_mended(pkr_listing *state, pkr_listed_object *at, packread_info *info)
{
    packread_reader *reader = state->reader;
    const packread_id known = reader->known;
    const packread_location place = reader->place;
    int status;

    if (at->first.bad)
        return at->failure.code;
    status =
        pkr_info_mended(reader, &at->first.id, state->want, info, at->failure.code, &at->failure);
    info->location = at->first.location;
    status = pkr_listing_settle(state, status, &at->failure);
    if (known.size > 0)
        pkr_find_keep(reader, &known, &place);
    return status;
}

/* What was read before is not asked for again: a row that had no offset then has none. */
int pkr_listing_fill(pkr_listing *state, const pkr_id_merge_row *row, packread_info *info,
                     pkr_fault *fault)
{
    packread_reader *reader = state->reader;
    unsigned want;
    int status;

    if (row->bad) {
        status = pkr_rows_bad_offset(&reader->rows, pkr_reader_pack(reader, row->location.store),
                                     row->location.position, fault);
    } else {
        want = fill_known(state, &row->location, &row->id, info);
        if (want == 0)
            return 0;
        status = ask(state, &row->location, &row->id, want, info, fault);
    }
    return pkr_listing_settle(state, status, fault);
}

static int tell(pkr_listing *state, pkr_listed_object *at, const packread_info *info,
                pkr_fault *fault)
{
    at->is_told = true;
    if (state->options.types && !(state->options.types & 1u << info->type))
        return 0;
    return state->visit(state->context, info, NULL) ? pkr_fault_stopped(fault) : 0;
}

static int tell_failure(pkr_listing *state, pkr_listed_object *at, pkr_fault *fault)
{
    packread_info info;
    packread_error told;

    if (at->failure.code == PACKREAD_ERROR_STOPPED)
        return pkr_fault_copy(fault, &at->failure);
    info = pkr_info_blank(&at->first.location, &at->first.id);
    if (at->failure.code == PACKREAD_ERROR_BUDGET)
        ask_for_all_orders(state, &at->failure);
    (void)pkr_read_blame(state->reader, at->failure.code, &at->failure);
    pkr_fault_name(&at->failure, &at->first.id);
    pkr_fault_publish(&at->failure, &told);
    if (state->untold.code == 0)
        state->untold = at->failure;
    at->is_told = true;
    return state->visit(state->context, &info, &told) ? pkr_fault_stopped(fault) : 0;
}

int pkr_listing_offer(pkr_listing *state, pkr_listed_object *at, const pkr_id_merge_row *row,
                      pkr_fault *fault)
{
    packread_info info;
    pkr_fault detail;

    if (pkr_listing_fill(state, row, &info, &detail) == 0)
        return tell(state, at, &info, fault);
    if (at->failure.code == 0)
        at->failure = detail;
    return 0;
}

int pkr_listing_end(pkr_listing *state, pkr_listed_object *at, pkr_fault *fault)
{
    packread_info info;
    int failure;

    if (at->is_told)
        return 0;
    failure = pkr_listing_settle(state, fill_elsewhere(state, &at->first, &info), NULL);
    if (failure != 0)
        failure = fill_later(state, at, &info);
    if (failure != 0 && !pkr_is_absence(failure))
        failure = fill_mended(state, at, &info);
    return failure == 0 ? tell(state, at, &info, fault) : tell_failure(state, at, fault);
}
