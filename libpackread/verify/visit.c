/* visit.c - what becomes of each object and each failure of a walk. */
#include "verify/visit.h"

#include <string.h>

#include "base/fault.h"
#include "base/id.h"
#include "object/chain.h"
#include "object/build_large.h"
#include "platform/hash.h"
#include "verify/check_crc.h"
#include "verify/check_index.h"
#include "walk/fence.h"

/* The entry's data has to end where the next entry begins. The scan has found it so. */
static void check_end(pkr_visit *visit, uint32_t rank, uint64_t end)
{
    const pkr_forest *forest = visit->findings->forest;
    uint64_t next = pkr_forest_next(forest, rank);
    pkr_fault detail;

    if (end == next || forest->pack->alone)
        return;
    if (end > next)
        pkr_findings_report_text(visit->findings, visit->reader, rank,
                                 "entry reaches into what follows it");
    else if (pkr_check_crc_gap(visit->findings, visit->reader, rank, end, &detail) != 0)
        pkr_findings_stop(visit->findings, &detail);
}

/* Whether the contents give the id that the index has in the row of this rank. */
static int is_id(pkr_visit *visit, uint32_t rank, const packread_id *given, bool *is_right,
                 pkr_fault *fault)
{
    const pkr_forest *forest = visit->findings->forest;
    uint32_t position = pkr_revindex_position(forest->order, rank);
    const unsigned char *bytes;
    int status;

    *is_right = true;
    if (forest->pack->alone)
        return 0;
    status = pkr_rows_id(&visit->reader->rows, forest->pack, position, &bytes, fault);
    *is_right = status == 0 && memcmp(bytes, given->bytes, given->size) == 0;
    return status;
}

/* Reports the rows of an entry that have another id, although one has the right one. */
static void report_wrong_rows(pkr_visit *visit, uint32_t rank, const packread_id *given)
{
    const pkr_forest *forest = visit->findings->forest;
    const uint32_t end = pkr_forest_rows_end(forest, rank);

    for (; rank < end && !pkr_forest_stopped(forest); rank++) {
        bool is_right;

        if (is_id(visit, rank, given, &is_right, NULL) == 0 && !is_right)
            pkr_findings_report_text(visit->findings, visit->reader, rank, PKR_WRONG_TEXT);
    }
}

/* Whether a multi-pack-index has the id that the contents give in the entry's place: then it is the
 * rows of the pack's index that are wrong. */
static bool is_witnessed(pkr_visit *visit, uint32_t rank, const packread_id *given)
{
    const pkr_findings *findings = visit->findings;
    uint64_t offset = 0;

    return findings->witness &&
           pkr_midx_list_find(findings->witness, &visit->reader->midx, given, &offset) ==
               findings->forest->pack &&
           offset == pkr_forest_offset(findings->forest, rank);
}

static void report_misnamed(pkr_visit *visit, uint32_t rank, const packread_id *given)
{
    const pkr_forest *forest = visit->findings->forest;
    const uint32_t end = pkr_forest_rows_end(forest, rank);

    for (; rank < end && !pkr_forest_stopped(forest); rank++) {
        const uint32_t position = pkr_revindex_position(forest->order, rank);
        const unsigned char *bytes;
        packread_id id;

        if (pkr_rows_id(&visit->reader->rows, forest->pack, position, &bytes, NULL) != 0)
            continue;
        pkr_id_set(&id, bytes, given->size);
        pkr_check_index_report_id(visit->findings, position, &id, given);
    }
}

/* Counts those of an entry's rows that have the id that its contents give; false if none has. */
static bool compare(pkr_visit *visit, uint32_t rank, uint32_t depth, const packread_id *given,
                    uint64_t size)
{
    pkr_findings *findings = visit->findings;
    const uint32_t end = pkr_forest_rows_end(findings->forest, rank);
    uint32_t right = 0;
    uint32_t wrong = 0;

    for (uint32_t row = rank; row < end; row++) {
        pkr_fault detail;
        bool is_right;

        if (is_id(visit, row, given, &is_right, &detail) == 0) {
            right += is_right;
            wrong += !is_right;
            if (is_right)
                pkr_tally_intact(&visit->tally, size, depth);
        } else if (pkr_findings_take(findings, &detail)) {
            /* Whether the contents are right is not known. */
            pkr_findings_report_rank(findings, visit->reader, row, &detail, 0);
        }
    }
    pkr_tally_pass(&visit->tally, end - rank);
    if (wrong == end - rank && is_witnessed(visit, rank, given)) {
        report_misnamed(visit, rank, given);
        for (uint32_t row = rank; row < end; row++)
            pkr_tally_intact(&visit->tally, size, depth);
        return true;
    }
    if (wrong == end - rank) {
        pkr_forest_mark(findings->forest, rank, PKR_FOREST_WRONG);
        atomic_store(&findings->is_wrong, true);
    } else if (wrong > 0) {
        report_wrong_rows(visit, rank, given);
    }
    return right > 0;
}

/* An object that is right here may be one all the same that git cannot read. */
static void check_header(pkr_visit *visit, uint32_t rank, const pkr_entry *entry)
{
    const char *refused = pkr_entry_refused(entry);
    pkr_fault detail;

    if (!refused)
        return;
    pkr_fault_set(&detail, PACKREAD_ERROR_CORRUPT, NULL, refused);
    pkr_findings_report_rows(visit->findings, visit->reader, rank, &detail, 0);
}

/* What names nothing is not intact, whatever the index says. */
static void tell_attack(pkr_visit *visit, uint32_t rank)
{
    pkr_fault detail;

    pkr_fault_set(&detail, PACKREAD_ERROR_CORRUPT, NULL, PKR_ATTACK_TEXT);
    pkr_findings_report_rows(visit->findings, visit->reader, rank, &detail, 0);
    pkr_tally_pass(&visit->tally, pkr_forest_rows_end(visit->findings->forest, rank) - rank);
}

static void visit_object(void *context, const pkr_walk_object *object)
{
    pkr_visit *visit = context;

    check_end(visit, object->rank, object->end);
    if (object->is_attack) {
        tell_attack(visit, object->rank);
        return;
    }
    if (object->loose_base)
        pkr_findings_report_text(visit->findings, visit->reader, object->rank, PKR_LOOSE_BASE);
    if (compare(visit, object->rank, object->depth, &object->id, object->size))
        check_header(visit, object->rank, object->entry);
}

/* Streams an object that memory has no room for: its size, the id that its contents give (of size
 * 0: they are an attack), and where its entry's data ends. */
static int hash_large(pkr_visit *visit, uint32_t rank, uint64_t *size, packread_id *given,
                      uint64_t *end, pkr_fault *fault)
{
    pkr_forest *forest = visit->findings->forest;
    uint64_t offset = pkr_forest_offset(forest, rank);
    pkr_large large;
    pkr_hash hash;
    int status;

    pkr_fence_begin(forest, visit->reader, rank);
    do {
        status = pkr_large_begin(&large, visit->reader, forest->pack, offset, fault);
        if (status == 0) {
            *size = large.size;
            pkr_hash_begin_object(&hash, &forest->snapshot->hash_way, forest->pack->idx.id_size,
                                  large.type, large.size);
            status = pkr_large_run(&large, pkr_hash_piece, &hash, end, fault);
            pkr_large_end(&large);
        }
    } while (pkr_fence_go_beyond(forest, visit->reader, rank, &status, fault));
    if (status == 0)
        pkr_hash_end(&hash, given);
    if (status == 0 && pkr_hash_is_attack(&hash))
        given->size = 0;
    return status;
}

static int visit_large(void *context, uint32_t rank, uint32_t depth, packread_id *id,
                       pkr_fault *fault)
{
    pkr_visit *visit = context;
    pkr_entry entry;
    uint64_t size = 0;
    uint64_t end = 0;
    int status = hash_large(visit, rank, &size, id, &end, fault);

    if (status != 0)
        return status;
    check_end(visit, rank, end);
    if (id->size == 0)
        tell_attack(visit, rank);
    else if (compare(visit, rank, depth, id, size) &&
             pkr_chain_entry(visit->reader, visit->findings->forest->pack,
                             pkr_forest_offset(visit->findings->forest, rank), &entry, NULL) == 0)
        check_header(visit, rank, &entry);
    return 0;
}

/* Runs a delta's instructions on nothing: whether they inflate, and give as much as they claim.
 * `*end` is where its data ends. */
static int check_alone(pkr_visit *visit, uint32_t rank, uint64_t *end, pkr_fault *fault)
{
    pkr_forest *forest = visit->findings->forest;
    packread_reader *reader = visit->reader;
    uint64_t offset = pkr_forest_offset(forest, rank);
    pkr_entry entry;
    pkr_link link;
    int status = pkr_chain_entry(reader, forest->pack, offset, &entry, fault);

    if (status != 0)
        return status;
    link = pkr_chain_link(offset, &entry);
    pkr_fence_begin(forest, reader, rank);
    do
        status = pkr_delta_stream_run(reader, forest->pack, &link, NULL, NULL, NULL, end, fault);
    while (pkr_fence_go_beyond(forest, reader, rank, &status, fault));
    return status;
}

/* Of what hangs on an entry that cannot be had, damage of its own is a finding too. Without an
 * index each entry was inflated when it was looked for. */
static void check_cut(void *context, uint32_t rank)
{
    pkr_visit *visit = context;
    pkr_findings *findings = visit->findings;
    pkr_fault detail;
    uint64_t end;

    if (findings->forest->pack->alone || pkr_forest_stopped(findings->forest))
        return;
    if (check_alone(visit, rank, &end, &detail) == 0)
        check_end(visit, rank, end);
    else if (pkr_findings_take(findings, &detail))
        pkr_findings_report_rows(findings, visit->reader, rank, &detail, 0);
}

/* The same of what hangs on contents that are wrong: all of that is wrong with them. */
static void check_cut_from_wrong(void *context, uint32_t rank)
{
    pkr_visit *visit = context;

    check_cut(visit, rank);
    pkr_forest_mark(visit->findings->forest, rank, PKR_FOREST_WRONG);
}

void pkr_visit_failed(void *context, uint32_t rank, uint32_t base, const pkr_fault *fault)
{
    pkr_visit *visit = context;
    pkr_findings *findings = visit->findings;
    pkr_forest *forest = findings->forest;
    uint64_t rows = pkr_forest_rows_end(forest, rank) - rank;
    pkr_hole *hole = pkr_holes_find(&findings->holes, rank);
    uint64_t below;

    if (!pkr_findings_take(findings, fault))
        return;
    if (base != PKR_NO_RANK && fault->code == PACKREAD_ERROR_CORRUPT &&
        pkr_forest_state(forest, base) == PKR_FOREST_WRONG) {
        pkr_forest_mark(forest, rank, PKR_FOREST_WRONG);
        below = pkr_forest_cut(forest, rank, check_cut_from_wrong, visit);
    } else {
        below = pkr_forest_cut(forest, rank, check_cut, visit);
        if (hole)
            atomic_fetch_add(&hole->dependents, below);
        else
            pkr_findings_report_rows(findings, visit->reader, rank, fault, below);
    }
    pkr_tally_pass(&visit->tally, rows + below);
}

pkr_visitor pkr_visit_begin(pkr_visit *visit, pkr_findings *findings, packread_reader *reader)
{
    *visit = (pkr_visit){findings, reader, {.findings = findings}};
    return (pkr_visitor){visit, visit_object, visit_large, pkr_visit_failed};
}

void pkr_visit_end(pkr_visit *visit)
{
    pkr_tally_flush(&visit->tally);
}
