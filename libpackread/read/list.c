/* list.c - visits all objects: a merge of the packs' indexes by id, or pack after pack by offset.
 */
#include <stdlib.h>

#include "base/fault.h"
#include "base/location.h"
#include "base/memory.h"
#include "base/sized.h"
#include "find/find.h"
#include "read/info.h"
#include "find/id_merge.h"
#include "object/reader.h"
#include "store/orders.h"
#include "read/header_sweep.h"

/* Fewer objects are asked for one by one. */
#define SURVEY_AT_LEAST 64
#define ALL_TYPES \
    (1u << PACKREAD_COMMIT | 1u << PACKREAD_TREE | 1u << PACKREAD_BLOB | 1u << PACKREAD_TAG)
#define FROM_SURVEY (PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE | PACKREAD_WANT_DEPTH)
#define FROM_ORDER (PACKREAD_WANT_DISK | PACKREAD_WANT_BASE)

/* What is told of a row whose id stands twice in its index. */
enum twin { TWIN_UNDECIDED, TWIN_TOLD, TWIN_PASSED_OVER };

/* What is held of a pack while it is listed. */
typedef struct of_pack {
    bool has_order;
    pkr_header_sweep survey; /* empty where there is none */
} of_pack;

typedef struct listing {
    packread_reader *reader;
    packread_list_options options;
    unsigned want;        /* with what the filter needs */
    of_pack *packs;       /* by number */
    unsigned char *twins; /* of the pack at hand by position, an enum twin; NULL: none */
    packread_list_visitor *visit;
    void *context;
    pkr_fault failure; /* code 0, or of the first pack that could not be listed to its end */
    pkr_fault untold;  /* code 0, or of the first object that could not be told */
} listing;

/* An object whose rows come one after the other. */
typedef struct listed {
    pkr_id_merge_row first;
    uint32_t pack;  /* of its last row */
    uint32_t tried; /* rows of that pack */
    bool is_known;  /* to the reader: it can be read by its id, even in an index out of order */
    bool is_told;
    pkr_fault failure; /* of the first row; code 0 before there is one */
} listed;

/* The packs behind it are listed all the same. */
static void note_failure(listing *state, const pkr_fault *fault)
{
    if (state->failure.code == 0)
        state->failure = *fault;
}

static void make_survey(listing *state, size_t number)
{
    packread_reader *reader = state->reader;
    pkr_pack *pack = pkr_reader_pack(reader, number);

    if (!(state->want & FROM_SURVEY) || pack->idx.count < SURVEY_AT_LEAST)
        return;
    if (pkr_reader_select(reader, pack, NULL) == 0)
        pkr_header_sweep_make(reader, pack, state->want, state->options.threads,
                              &state->packs[number].survey, NULL);
    /* What it could not read is told where the object is asked for. */
    pkr_reader_settle(reader, 0, NULL);
}

static void drop_survey(listing *state, size_t number)
{
    pkr_header_sweep_free(&state->packs[number].survey, state->reader->budget);
}

static int fill(listing *state, const packread_location *location, const packread_id *id,
                packread_info *info, pkr_fault *fault)
{
    packread_info known = pkr_info_blank(location, id);
    unsigned want = state->want;
    unsigned types = state->options.types;
    int status;

    if (want & FROM_SURVEY && pkr_header_sweep_answer(&state->packs[location->store].survey,
                                                      location->position, want, &known)) {
        want &= ~(unsigned)FROM_SURVEY;
        if (types && !(types & 1u << known.type))
            want = 0; /* it will not be visited */
    }
    if (want == 0) {
        *info = known;
        return 0;
    }
    status = pkr_info_fill(state->reader, location, id, want, info, fault);
    if (status == 0 && want != state->want) {
        info->type = known.type;
        info->stored_type = known.stored_type;
        info->size = known.size;
        info->depth = known.depth;
    }
    return status;
}

/* From a later pack's copy, where each object comes once, by the first pack that has it. */
static int fill_elsewhere(listing *state, const pkr_id_merge_row *row, packread_info *info)
{
    size_t from = pkr_pack_set_after(pkr_reader_set(state->reader), row->location.store);
    packread_location copy;
    int status = PACKREAD_ERROR_NOT_FOUND;

    if (state->options.order != PACKREAD_BY_OFFSET || !state->options.once ||
        state->options.one_pack)
        return status;
    while (status != 0 && pkr_find_more(state->reader, from) &&
           pkr_find_next(state->reader, &row->id, &from, &copy, NULL) == 0)
        status = fill(state, &copy, &row->id, info, NULL);
    return status;
}

/* Whether what was just read is not the files': a failure of this object, not of those behind it.
 */
static int settle(listing *state, int failure, pkr_fault *fault)
{
    failure = pkr_rows_settle(&state->reader->rows, failure, fault);
    return pkr_reader_settle(state->reader, failure, fault);
}

/* What is short for one pack is short for those that come in turn with it. */
static void ask_for_all_orders(const listing *state, pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(state->reader);
    uint64_t needed = pkr_orders_needed(set->packs, set->count, state->reader->budget);

    if (state->options.order == PACKREAD_BY_ID && !state->options.one_pack &&
        state->want & FROM_ORDER && fault->needed < needed)
        fault->needed = needed;
}

/* By way of several packs. What was looked up last stays known. */
static int fill_mended(listing *state, listed *at, packread_info *info)
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
    status = settle(state, status, &at->failure);
    if (known.size > 0)
        pkr_find_keep(reader, &known, &place);
    return status;
}

/* What was read before is not asked for again: a row that had no offset then has none. */
static int fill_row(listing *state, const pkr_id_merge_row *row, packread_info *info,
                    pkr_fault *fault)
{
    packread_reader *reader = state->reader;
    int status =
        row->bad ? pkr_rows_bad_offset(&reader->rows, pkr_reader_pack(reader, row->location.store),
                                       row->location.position, fault)
                 : fill(state, &row->location, &row->id, info, fault);

    return settle(state, status, fault);
}

static int tell(listing *state, listed *at, const packread_info *info, pkr_fault *fault)
{
    at->is_told = true;
    if (state->options.types && !(state->options.types & 1u << info->type))
        return 0;
    return state->visit(state->context, info, NULL) ? pkr_fault_stopped(fault) : 0;
}

static int tell_failure(listing *state, listed *at, pkr_fault *fault)
{
    packread_info info;
    packread_error told;

    if (at->failure.code == PACKREAD_ERROR_STOPPED)
        return pkr_fault_copy(fault, &at->failure);
    info = pkr_info_blank(&at->first.location, &at->first.id);
    if (at->failure.code == PACKREAD_ERROR_BUDGET)
        ask_for_all_orders(state, &at->failure);
    pkr_fault_name(&at->failure, &at->first.id);
    pkr_fault_publish(&at->failure, &told);
    if (state->untold.code == 0)
        state->untold = at->failure;
    at->is_told = true;
    return state->visit(state->context, &info, &told) ? pkr_fault_stopped(fault) : 0;
}

/* Of several rows the first that can be read is told. */
static int offer_row(listing *state, listed *at, const pkr_id_merge_row *row, pkr_fault *fault)
{
    packread_info info;
    pkr_fault detail;

    if (fill_row(state, row, &info, &detail) == 0)
        return tell(state, at, &info, fault);
    if (at->failure.code == 0)
        at->failure = detail;
    return 0;
}

/* After its last row: what else can be done for it, or the first row's error. */
static int end_object(listing *state, listed *at, pkr_fault *fault)
{
    packread_info info;
    int failure;

    if (at->is_told)
        return 0;
    failure = settle(state, fill_elsewhere(state, &at->first, &info), NULL);
    if (failure != 0)
        failure = fill_mended(state, at, &info);
    return failure == 0 ? tell(state, at, &info, fault) : tell_failure(state, at, fault);
}

static bool is_chosen(const listing *state, size_t pack)
{
    return !state->options.one_pack || pack == state->options.pack;
}

/* By id the packs come in turn: their orders have to be there together, before other tables. */
static void have_order(listing *state, size_t number)
{
    packread_reader *reader = state->reader;
    const pkr_revindex *revindex;

    state->packs[number].has_order =
        state->want & FROM_ORDER &&
        pkr_orders_get(reader->budget, &reader->rows, pkr_reader_pack(reader, number), &revindex,
                       NULL) == 0;
}

static int merge_objects(listing *state, pkr_id_merge *merge, pkr_fault *fault)
{
    const pkr_id_merge_row *row;
    listed at = {.is_told = true};
    int status;

    while ((status = pkr_id_merge_next(merge, &row, fault)) == 0 && row) {
        if (packread_id_compare(&row->id, &at.first.id) != 0) {
            status = end_object(state, &at, fault);
            at = (listed){.first = *row};
        }
        if (row->location.store != at.pack) {
            at.pack = row->location.store;
            at.tried = 0;
        }
        if (!row->bad && !at.is_known) {
            pkr_find_keep(state->reader, &row->id, &row->location);
            at.is_known = true;
        }
        if (status == 0 && !at.is_told && at.tried++ < PKR_TWINS_MOST)
            status = offer_row(state, &at, row, fault);
        if (status != 0)
            return status;
    }
    return status == 0 ? end_object(state, &at, fault) : status;
}

static int list_by_id(listing *state, pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(state->reader);
    pkr_id_merge *merge;
    int status = pkr_id_merge_begin(state->reader, state->options.one_pack, state->options.pack,
                                    &merge, fault);

    if (status != 0)
        return status;
    for (size_t i = 0; i < set->count; i++)
        if (is_chosen(state, set->packs[i]->number))
            have_order(state, set->packs[i]->number);
    for (size_t i = 0; i < set->count; i++)
        if (is_chosen(state, set->packs[i]->number))
            make_survey(state, set->packs[i]->number);
    status = merge_objects(state, merge, fault);
    if (status == 0)
        status = pkr_id_merge_failure(merge, fault);
    if (status == 0)
        status = pkr_id_merge_disorder(merge, fault);
    pkr_id_merge_end(merge);
    for (size_t i = 0; i < set->count; i++) {
        drop_survey(state, set->packs[i]->number);
        if (state->packs[set->packs[i]->number].has_order)
            pkr_orders_done(set->packs[i]);
    }
    return status;
}

/* Whether an earlier pack has the object too; where that cannot be told it comes once more. */
static bool is_repeated(listing *state, const pkr_id_merge_row *row)
{
    bool repeated = false;
    pkr_fault detail;
    int status = 0;

    if (state->options.once && !state->options.one_pack)
        status = pkr_find_before(state->reader, &row->id, row->location.store, &repeated, &detail);
    if (status != 0)
        note_failure(state, &detail);
    return status == 0 && repeated;
}

/* Of the rows that have the id of this one, in the pack at hand, one is told: the first that can be
 * read, or the first of all. What is decided here once holds for all of them. */
static void decide_twins(listing *state, const pkr_id_merge_row *row)
{
    packread_reader *reader = state->reader;
    const pkr_pack *pack = pkr_reader_pack(reader, row->location.store);
    uint32_t told = row->location.position;
    bool found = false;
    pkr_fault detail;
    pkr_run run;
    int status =
        settle(state, pkr_find_rows(reader, &row->id, pack->number, &run, &detail), &detail);

    if (status != 0) {
        note_failure(state, &detail);
        run.end = run.begin;
    } else if (run.begin < run.end) {
        state->twins[told] = TWIN_PASSED_OVER; /* where there are too many */
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
        state->twins[twin.location.position] = TWIN_PASSED_OVER;
        if (!found && fill_row(state, &twin, &info, NULL) == 0) {
            found = true;
            told = twin.location.position;
        }
    }
    state->twins[told] = TWIN_TOLD;
}

/* Whether another row of the same index is told instead. */
static bool is_passed_over(listing *state, const pkr_id_merge_row *row)
{
    if (!state->twins)
        return false;
    if (state->twins[row->location.position] == TWIN_UNDECIDED)
        decide_twins(state, row);
    return state->twins[row->location.position] == TWIN_PASSED_OVER;
}

static int visit_row(listing *state, pkr_id_merge_row *row, pkr_fault *fault)
{
    int status = pkr_reader_id(state->reader, &row->location, &row->id, fault);
    listed at;

    status = pkr_rows_settle(&state->reader->rows, status, fault);
    if (status != 0 || is_passed_over(state, row) || is_repeated(state, row))
        return status;
    if (!row->bad && (row->location.store == 0 || state->options.once))
        pkr_find_keep(state->reader, &row->id, &row->location);
    at = (listed){.first = *row};
    status = offer_row(state, &at, row, fault);
    return status == 0 ? end_object(state, &at, fault) : status;
}

/* In an index in order no id stands twice. */
static int begin_twins(listing *state, const pkr_pack *pack, pkr_fault *fault)
{
    const pkr_need need = {pack->path, "the memory limit has no room for ids that stand twice"};
    packread_reader *reader = state->reader;
    void *memory = NULL;
    int status =
        settle(state, pkr_unsorted_check(&reader->rows, pack, reader->budget, fault), fault);

    if (status == 0 && !pkr_unsorted_is_right(pack))
        status = pkr_memory_new(reader->budget, pack->idx.count, &need, &memory, fault);
    state->twins = memory;
    return status;
}

static void end_twins(listing *state, const pkr_pack *pack)
{
    if (state->twins)
        pkr_memory_free(state->reader->budget, state->twins, pack->idx.count);
    state->twins = NULL;
}

/* Rows whose offsets are no offsets have no place in the order: they come last. */
static int visit_rows(listing *state, uint32_t number, const pkr_revindex *revindex,
                      pkr_fault *fault)
{
    int status = 0;

    for (uint32_t rank = 0; status == 0 && rank < revindex->count; rank++) {
        pkr_id_merge_row row = {.location =
                                    pkr_location(number, pkr_revindex_position(revindex, rank),
                                                 pkr_revindex_offset(revindex, rank))};

        status = visit_row(state, &row, fault);
    }
    for (uint32_t i = 0; status == 0 && i < revindex->bad; i++) {
        pkr_id_merge_row row = {.location = pkr_location(number, pkr_revindex_bad(revindex, i), 0),
                                .bad = true};

        status = visit_row(state, &row, fault);
    }
    return status;
}

static int list_pack(listing *state, uint32_t number, pkr_fault *fault)
{
    packread_reader *reader = state->reader;
    pkr_pack *pack = pkr_reader_pack(reader, number);
    const pkr_revindex *revindex;
    int status = begin_twins(state, pack, fault);

    if (status == PACKREAD_ERROR_MEMORY)
        return status;
    if (status != 0)
        note_failure(state, fault);
    status = pkr_orders_get(reader->budget, &reader->rows, pack, &revindex, fault);
    if (status == 0) {
        make_survey(state, number);
        status = visit_rows(state, number, revindex, fault);
        pkr_orders_done(pack);
        drop_survey(state, number);
    }
    end_twins(state, pack);
    return status == 0 ? pkr_unsorted_verdict(pack, fault) : status;
}

static int list_packs(listing *state, pkr_fault *fault)
{
    const pkr_pack_set *set = pkr_reader_set(state->reader);
    int status = 0;

    for (size_t i = 0; status == 0 && i < set->count; i++) {
        pkr_fault detail;

        if (is_chosen(state, set->packs[i]->number))
            status = list_pack(state, set->packs[i]->number, &detail);
        if (status != PACKREAD_ERROR_STOPPED)
            status = settle(state, status, &detail);
        if (status == PACKREAD_ERROR_STOPPED || status == PACKREAD_ERROR_MEMORY) {
            pkr_fault_copy(fault, &detail);
        } else if (status != 0) {
            note_failure(state, &detail);
            status = 0;
        }
    }
    return status;
}

static int list(listing *state, pkr_fault *fault)
{
    size_t count = pkr_pack_set_end(pkr_reader_set(state->reader));
    pkr_pack *chosen;
    int status = 0;

    if (state->options.one_pack)
        status = pkr_reader_open(state->reader, state->options.pack, &chosen, fault);
    if (status != 0)
        return status;
    state->packs = calloc(count ? count : 1, sizeof *state->packs);
    if (!state->packs)
        status = pkr_fault_memory(fault);
    else if (state->options.order == PACKREAD_BY_ID)
        status = list_by_id(state, fault);
    else
        status = list_packs(state, fault);
    free(state->packs);
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
    listing state = {.reader = reader, .visit = visit, .context = context};
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
