/* list.c - visits all objects: a merge of the packs' indexes and of what is loose by id, or pack
 * after pack by offset, and then what is loose. */
#include <stdlib.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/location.h"
#include "base/memory.h"
#include "base/sized.h"
#include "find/find.h"
#include "find/misled.h"
#include "pack/orders.h"
#include "read/hidden.h"
#include "read/info.h"
#include "read/listing.h"

#define ALL_TYPES \
    (1u << PACKREAD_COMMIT | 1u << PACKREAD_TREE | 1u << PACKREAD_BLOB | 1u << PACKREAD_TAG)

static bool is_chosen(const pkr_listing *state, size_t pack)
{
    return !state->options.one_pack || pack == state->options.pack;
}

/* By id the packs come in turn: their orders have to be there together, before other tables. */
static void have_order(pkr_listing *state, size_t number)
{
    packread_reader *reader = state->reader;
    const pkr_revindex *revindex;

    state->packs[number].has_order =
        state->want & PKR_WANT_ORDER &&
        pkr_orders_get(reader->budget, &reader->rows, pkr_reader_pack(reader, number), &revindex,
                       NULL) == 0;
}

#define FIRST_ALONE 64
#define PART_ALONE 256
#define MOST_ALONE 1024

/* Whoever wants the first objects only is not to wait for all headers: those are asked for one by
 * one. That takes several times as long as a share in the sweep, so that it is for a small part of
 * all. */
static uint64_t choose_alone(pkr_listing *state)
{
    const pkr_pack_set *set = pkr_reader_set(state->reader);
    uint64_t part = 0;

    for (size_t i = 0; i < set->count; i++)
        if (is_chosen(state, set->packs[i]->number))
            part += set->packs[i]->idx.count;
    part /= PART_ALONE;
    if (part > MOST_ALONE)
        part = MOST_ALONE;
    return part > FIRST_ALONE ? part : FIRST_ALONE;
}

/* Before the next object. */
static int survey_in_time(pkr_listing *state, pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(state->reader);
    const uint64_t begun = state->begun++;
    int status = 0;

    if (begun == FIRST_ALONE && state->options.pause && state->options.pause(state->context) != 0)
        return pkr_fault_stopped(fault);
    for (size_t i = 0; begun == state->alone && status == 0 && i < set->count; i++)
        if (is_chosen(state, set->packs[i]->number))
            status = pkr_listing_survey(state, set->packs[i]->number, PKR_SWEPT_ALL, fault);
    return status;
}

/* Of an object with several copies, the one that a look-up chooses comes first: where a
 * multi-pack-index says so it is not that of the first pack. From then on it is known. */
static int offer_chosen(pkr_listing *state, const pkr_id_merge *merge, pkr_listed_object *at,
                        pkr_fault *fault)
{
    pkr_id_merge_row chosen = {.id = at->first.id};
    size_t from = 0;
    int status;

    if (state->options.one_pack || !pkr_reader_set(state->reader)->midx ||
        !pkr_id_merge_is_tied(merge))
        return 0;
    status = pkr_find_next(state->reader, &chosen.id, &from, &chosen.location, NULL);
    if (pkr_listing_settle(state, status, NULL) != 0)
        return 0;
    at->is_known = true;
    return pkr_listing_offer(state, at, &chosen, fault);
}

static int merge_objects(pkr_listing *state, pkr_id_merge *merge, pkr_fault *fault)
{
    const pkr_id_merge_row *row;
    pkr_listed_object at = {.is_told = true};
    int status;

    while ((status = pkr_id_merge_next(merge, &row, fault)) == 0 && row) {
        if (packread_id_compare(&row->id, &at.first.id) != 0) {
            status = pkr_listing_end(state, &at, fault);
            if (status == 0)
                status = survey_in_time(state, fault);
            at = (pkr_listed_object){.first = *row};
            if (status == 0)
                status = offer_chosen(state, merge, &at, fault);
        }
        if (pkr_location_is_loose(&row->location)) {
            at.tried = 0;
        } else if (row->location.store != at.pack) {
            at.pack = row->location.store;
            at.tried = 0;
        }
        if (!row->bad && !at.is_known) {
            pkr_find_keep(state->reader, &row->id, &row->location);
            at.is_known = true;
        }
        if (status == 0 && !at.is_told && at.tried++ < PKR_TWINS_MOST)
            status = pkr_listing_offer(state, &at, row, fault);
        if (status != 0)
            return status;
    }
    return status == 0 ? pkr_listing_end(state, &at, fault) : status;
}

static int list_by_id(pkr_listing *state, pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(state->reader);
    pkr_id_merge *merge;
    int status = state->options.one_pack
                     ? pkr_id_merge_begin_pack(state->reader, state->options.pack, &merge, fault)
                     : pkr_id_merge_begin(state->reader, &state->loose, &merge, fault);

    if (status != 0)
        return status;
    for (size_t i = 0; i < set->count; i++)
        if (is_chosen(state, set->packs[i]->number))
            have_order(state, set->packs[i]->number);
    state->alone = choose_alone(state);
    status = merge_objects(state, merge, fault);
    if (status == 0)
        status = pkr_id_merge_failure(merge, fault);
    if (status == 0)
        status = pkr_id_merge_disorder(merge, fault);
    pkr_id_merge_end(merge);
    for (size_t i = 0; i < set->count; i++) {
        pkr_listing_drop_survey(state, set->packs[i]->number);
        if (state->packs[set->packs[i]->number].has_order)
            pkr_orders_done(set->packs[i]);
    }
    return status;
}

/* Whether a pack before number `below` has the object; where that cannot be told it comes once
 * more. */
static bool is_in_earlier_pack(pkr_listing *state, const packread_id *id, size_t below)
{
    bool found = false;
    pkr_fault detail;
    int status = pkr_find_before(state->reader, id, below, &found, &detail);

    if (status != 0)
        pkr_listing_note(state, &detail);
    return status == 0 && found;
}

static bool is_repeated(pkr_listing *state, const pkr_id_merge_row *row)
{
    return state->options.once && !state->options.one_pack &&
           is_in_earlier_pack(state, &row->id, row->location.store);
}

/* Of the rows that have the id of this one, in the pack at hand, one is told: the first that can be
 * read, or the first of all. What is decided here once holds for all of them. */
static void decide_twins(pkr_listing *state, const pkr_id_merge_row *row)
{
    packread_reader *reader = state->reader;
    const pkr_pack *pack = pkr_reader_pack(reader, row->location.store);
    uint32_t told = row->location.position;
    bool found = false;
    pkr_fault detail;
    pkr_run run;
    int status = pkr_listing_settle(
        state, pkr_find_rows(reader, &row->id, pack->number, &run, &detail), &detail);

    if (status != 0) {
        pkr_listing_note(state, &detail);
        run.end = run.begin;
    } else if (run.begin < run.end) {
        state->twins[told] = PKR_TWIN_PASSED_OVER; /* where there are too many */
        told = pkr_run_position(&run, run.begin);
    }
    for (uint32_t place = run.begin; place < run.end; place++) {
        pkr_id_merge_row twin = {
            row->id, pkr_location(pack->number, pkr_run_position(&run, place), 0), true};
        packread_info info;

        if (twin.location.position == row->location.position)
            twin = *row;
        else
            twin.bad = pkr_rows_offset(&reader->rows, pack, twin.location.position,
                                       &twin.location.offset, NULL) != 0;
        state->twins[twin.location.position] = PKR_TWIN_PASSED_OVER;
        if (!found && pkr_listing_fill(state, &twin, &info, NULL) == 0) {
            found = true;
            told = twin.location.position;
        }
    }
    state->twins[told] = PKR_TWIN_TOLD;
}

/* Whether another row of the same index is told instead. */
static bool is_passed_over(pkr_listing *state, const pkr_id_merge_row *row)
{
    if (!state->twins)
        return false;
    if (state->twins[row->location.position] == PKR_TWIN_UNDECIDED)
        decide_twins(state, row);
    return state->twins[row->location.position] == PKR_TWIN_PASSED_OVER;
}

static int visit_row(pkr_listing *state, pkr_id_merge_row *row, pkr_fault *fault)
{
    int status = pkr_reader_id(state->reader, &row->location, &row->id, fault);
    pkr_listed_object at;

    status = pkr_rows_settle(&state->reader->rows, status, fault);
    if (status != 0 || is_passed_over(state, row) || is_repeated(state, row))
        return status;
    if (!row->bad && (row->location.store == 0 || state->options.once))
        pkr_find_keep(state->reader, &row->id, &row->location);
    at = (pkr_listed_object){.first = *row};
    status = pkr_listing_offer(state, &at, row, fault);
    return status == 0 ? pkr_listing_end(state, &at, fault) : status;
}

/* In an index in order no id stands twice. */
static int begin_twins(pkr_listing *state, const pkr_pack *pack, pkr_fault *fault)
{
    const pkr_need need = {pack->path, "the memory limit has no room for ids that stand twice"};
    packread_reader *reader = state->reader;
    void *memory = NULL;
    int status = pkr_listing_settle(
        state, pkr_unsorted_check(&reader->rows, pack, reader->budget, fault), fault);

    if (status == 0 && !pkr_unsorted_is_right(pack))
        status = pkr_memory_new(reader->budget, pack->idx.count, &need, &memory, fault);
    state->twins = memory;
    return status;
}

static void end_twins(pkr_listing *state, const pkr_pack *pack)
{
    if (state->twins)
        pkr_memory_free(state->reader->budget, state->twins, pack->idx.count);
    state->twins = NULL;
}

#define RANKS_FIRST 64
#define RANKS_GROW 7
#define RANKS_MOST ((uint32_t)1 << 18)

/* The headers are read some ahead of what is told, more and more. */
static uint32_t survey_end(uint32_t rank)
{
    const uint32_t more = rank < RANKS_MOST / RANKS_GROW ? rank * RANKS_GROW : RANKS_MOST;

    if (rank == 0)
        return RANKS_FIRST;
    return more < PKR_SWEPT_ALL - rank ? rank + more : PKR_SWEPT_ALL;
}

/* Rows whose offsets are no offsets have no place in the order: they come last. */
static int visit_rows(pkr_listing *state, uint32_t number, const pkr_revindex *revindex,
                      pkr_fault *fault)
{
    int status = 0;

    for (uint32_t rank = 0; status == 0 && rank < revindex->count; rank++) {
        pkr_id_merge_row row = {.location =
                                    pkr_location(number, pkr_revindex_position(revindex, rank),
                                                 pkr_revindex_offset(revindex, rank))};

        if (rank >= state->packs[number].survey.swept)
            status = pkr_listing_survey(state, number, survey_end(rank), fault);
        if (status == 0)
            status = visit_row(state, &row, fault);
    }
    for (uint32_t i = 0; status == 0 && i < revindex->bad; i++) {
        pkr_id_merge_row row = {.location = pkr_location(number, pkr_revindex_bad(revindex, i), 0),
                                .bad = true};

        status = visit_row(state, &row, fault);
    }
    return status;
}

static int list_pack(pkr_listing *state, uint32_t number, pkr_fault *fault)
{
    packread_reader *reader = state->reader;
    pkr_pack *pack = pkr_reader_pack(reader, number);
    const pkr_revindex *revindex;
    int status = begin_twins(state, pack, fault);

    if (status == PACKREAD_ERROR_MEMORY)
        return status;
    if (status != 0)
        pkr_listing_note(state, fault);
    status = pkr_orders_get(reader->budget, &reader->rows, pack, &revindex, fault);
    if (status == 0) {
        status = visit_rows(state, number, revindex, fault);
        pkr_orders_done(pack);
        pkr_listing_drop_survey(state, number);
    }
    end_twins(state, pack);
    return status == 0 ? pkr_unsorted_verdict(pack, fault) : status;
}

static int list_packs(pkr_listing *state, pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(state->reader);
    int status = 0;

    for (size_t i = 0; status == 0 && i < set->count; i++) {
        pkr_fault detail;

        if (is_chosen(state, set->packs[i]->number))
            status = list_pack(state, set->packs[i]->number, &detail);
        if (status != PACKREAD_ERROR_STOPPED)
            status = pkr_listing_settle(state, status, &detail);
        if (status == PACKREAD_ERROR_STOPPED || status == PACKREAD_ERROR_MEMORY) {
            pkr_fault_copy(fault, &detail);
        } else if (status != 0) {
            pkr_listing_note(state, &detail);
            status = 0;
        }
    }
    return status;
}

/* Whether a pack has it, or an earlier folder. */
static bool is_loose_repeated(pkr_listing *state, const pkr_id_merge_row *row)
{
    return state->options.once &&
           (pkr_loose_lists_have(&state->loose, row->location.store, &row->id) ||
            is_in_earlier_pack(state, &row->id, SIZE_MAX));
}

static int list_loose(pkr_listing *state, uint32_t folder, pkr_fault *fault)
{
    const pkr_loose_ids *ids = &state->loose.lists[folder];
    int status = 0;

    if (ids->failure.code != 0)
        pkr_listing_note(state, &ids->failure);
    for (size_t i = 0; status == 0 && i < ids->count; i++) {
        pkr_id_merge_row row = {.bad = false};
        pkr_listed_object at;

        pkr_id_set(&row.id, pkr_loose_ids_at(ids, i), ids->id_size);
        row.location = pkr_location_loose(folder, &row.id);
        if (is_loose_repeated(state, &row))
            continue;
        if (state->options.once)
            pkr_find_keep(state->reader, &row.id, &row.location);
        at = (pkr_listed_object){.first = row};
        status = pkr_listing_offer(state, &at, &row, fault);
        if (status == 0)
            status = pkr_listing_end(state, &at, fault);
    }
    return status;
}

static int list_stores(pkr_listing *state, pkr_fault *fault)
{
    int status = list_packs(state, fault);

    for (uint32_t i = 0; status == 0 && i < state->loose.count; i++)
        status = list_loose(state, i, fault);
    return status;
}

/* All rows are told: those of an index that is damaged are not, where that can be known. */
static void have_right_indexes(packread_reader *reader)
{
    pkr_fault fault;
    int status;

    if (pkr_misled_at_all(reader, &status, &fault))
        (void)pkr_reader_look(reader, &status, &fault);
}

/* What is loose is read first, and with it the packs of the call may become others. */
static int list(pkr_listing *state, pkr_fault *fault)
{
    size_t count;
    pkr_pack *chosen;
    int status;

    if (!state->options.one_pack)
        have_right_indexes(state->reader);
    status = state->options.one_pack
                 ? pkr_reader_open(state->reader, state->options.pack, &chosen, fault)
                 : pkr_loose_lists_take(state->reader, NULL, &state->loose, fault);

    if (status != 0)
        return status;
    count = pkr_pack_set_end(pkr_reader_set(state->reader));
    state->packs = calloc(count ? count : 1, sizeof *state->packs);
    if (!state->packs)
        status = pkr_fault_memory(fault);
    else if (state->options.order == PACKREAD_BY_ID)
        status = list_by_id(state, fault);
    else
        status = list_stores(state, fault);
    if (status == 0 && !state->options.one_pack)
        status = pkr_hidden_list(state, fault);
    free(state->packs);
    pkr_loose_lists_drop(&state->loose, state->reader->budget);
    packread_reader_free(state->later);
    if (status == 0 && state->failure.code != 0)
        return pkr_fault_copy(fault, &state->failure);
    if (status == 0 && state->untold.code != 0)
        return pkr_fault_copy(fault, &state->untold);
    return status;
}

/* NULL, or why these are no options. */
static const char *objection(const packread_reader *reader, const packread_list_options *options)
{
    if (options->want & ~(unsigned)PACKREAD_WANT_ALL)
        return "unknown want";
    if (options->types & ~ALL_TYPES)
        return "unknown type";
    if (options->order > PACKREAD_BY_OFFSET)
        return "unknown order";
    if (options->one_pack && !pkr_reader_pack(reader, options->pack))
        return "no pack of that number";
    return NULL;
}

int packread_reader_list(packread_reader *reader, const packread_list_options *options,
                         packread_list_visitor *visit, void *context, packread_error *error)
{
    pkr_listing state = {.reader = reader, .visit = visit, .context = context};
    const char *wrong;
    pkr_fault fault;
    int status;

    if (!reader || !visit)
        return pkr_error_null(error);
    if (!pkr_sized_take(&state.options, sizeof state.options,
                        PKR_END_OF(packread_list_options, threads), options))
        return pkr_error_argument(error, "options that this version does not know");
    wrong = objection(reader, &state.options);
    if (wrong)
        return pkr_error_argument(error, wrong);
    state.want = state.options.want | (state.options.types ? PACKREAD_WANT_TYPE : 0);
    pkr_reader_enter(reader);
    status = list(&state, &fault);
    return pkr_reader_leave(reader, status, &fault, error);
}
