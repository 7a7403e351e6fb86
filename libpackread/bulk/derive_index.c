/* derive_index.c - derives a pack's index: verify's walk of a pack without one keeps ids and CRCs,
 * which are sorted and written. */
#include "bulk/derive_index.h"

#include "base/sized.h"
#include "base/sort_ids.h"
#include "format/idx_write.h"
#include "verify/verify.h"

/* The walk is over: the forest's tables are room for ranks in order of id, and back. */
static int sort_rows(pkr_forest *forest, pkr_idx_rows *rows, pkr_fault *fault)
{
    uint32_t *order = forest->first_child;

    rows->count = 0;
    for (uint32_t rank = 0; rank < forest->order->count; rank++)
        if (pkr_forest_state(forest, rank) == PKR_FOREST_NAMED)
            order[rows->count++] = rank;
    if (!pkr_sort_ids(forest->ids, rows->pack_sum.size, order, forest->next_sibling, rows->count,
                      rows->stop))
        return pkr_fault_stopped(fault);
    rows->order = order;
    rows->ids = forest->ids;
    rows->crcs = forest->crcs;
    rows->offsets = forest->order->keys; /* of a pack without an index: no positions */
    return 0;
}

static const uint32_t *positions_by_offset(pkr_forest *forest, const pkr_idx_rows *rows)
{
    uint32_t *positions = forest->next_sibling;
    uint32_t count = 0;

    for (uint32_t row = 0; row < rows->count; row++)
        positions[rows->order[row]] = row;
    for (uint32_t rank = 0; rank < forest->order->count; rank++)
        if (pkr_forest_state(forest, rank) == PKR_FOREST_NAMED)
            positions[count++] = positions[rank];
    return positions;
}

/* Index and pack show that they are a pair by the pack's last bytes and by the number of objects.
 * Where a pack was cut inside its trailer but no object is lost, its last bytes are an object's:
 * named as the trailer they would be kept from that object. */
static packread_id choose_pack_sum(const pkr_verification *verification)
{
    const pkr_pack *pack = verification->pack;
    bool looks_whole =
        pack->doubt.code == 0 && verification->findings.summary.objects == pack->claimed;
    packread_id none = {{0}, (unsigned char)pack->idx.id_size};

    return looks_whole && verification->forest.reached > verification->forest.end ? none
                                                                                  : pack->trailer;
}

static int write_files(pkr_verification *verification, const packread_index_options *options,
                       pkr_idx_rows *rows, pkr_fault *fault)
{
    pkr_forest *forest = &verification->forest;
    void *context = options->context;
    int status = sort_rows(forest, rows, fault);

    if (status == 0 && options->version == 1)
        status = pkr_idx_check_narrow(rows, verification->pack->path, fault);
    if (status == 0 && options->reverse)
        status = pkr_rev_write(rows, positions_by_offset(forest, rows), options->reverse, context,
                               fault);
    if (status == 0 && options->index)
        status = pkr_idx_write(rows, options->version, options->index, context, fault);
    return status;
}

/* What there was no room to check may be whole, and is left out as what is damaged. */
static bool is_written(const pkr_verification *verification, int result, bool salvage)
{
    return result == 0 || (salvage && verification->findings.summary.objects > 0);
}

static int derive(pkr_verification *verification, const packread_index_options *options,
                  packread_index_summary *summary, pkr_fault *fault)
{
    const packread_verify_summary *found = &verification->findings.summary;
    pkr_idx_rows rows = {.stop = verification->snapshot->budget.stop};
    int status = pkr_verify_run(verification, fault);
    int result = status == 0 ? pkr_verify_result(verification, fault) : status;
    bool written = status == 0 && is_written(verification, result, options->salvage);

    rows.pack_sum = choose_pack_sum(verification);
    if (written)
        status = write_files(verification, options, &rows, fault);
    pkr_verify_release(verification);
    if (status != 0)
        return status;
    if (written || !pkr_findings_is_shortage(result))
        *summary = (packread_index_summary){.struct_size = sizeof *summary,
                                            .objects = found->objects,
                                            .bytes = found->bytes,
                                            .findings = found->findings,
                                            .chains = found->chains,
                                            .depth = found->depth,
                                            .pack = rows.pack_sum,
                                            .written = written};
    return result;
}

int pkr_derive_index(packread_snapshot *snapshot, pkr_pack *pack,
                     const packread_index_options *options, packread_index_summary *summary,
                     pkr_fault *fault)
{
    const packread_verify_options walk = {.threads = options->threads,
                                          .finding = options->finding,
                                          .progress = options->progress,
                                          .context = options->context};
    pkr_verification verification = {.snapshot = snapshot,
                                     .pack = pack,
                                     .options = &walk,
                                     .salvage = options->salvage,
                                     .forest = {.keep_rows = true}};

    return derive(&verification, options, summary, fault);
}

static const char *refusal(const packread_snapshot *snapshot, size_t pack,
                           const packread_index_options *options)
{
    if (options->version > 2)
        return "indexes have version 1 or 2";
    if (pack >= pkr_packs_count(&snapshot->packs))
        return "there is no pack of that number";
    return pkr_packs_get(&snapshot->packs, pack)->alone
               ? NULL
               : "the pack was not opened with PACKREAD_WITHOUT_INDEX";
}

int packread_index(packread_snapshot *snapshot, size_t pack, const packread_index_options *options,
                   packread_index_summary *summary, packread_error *error)
{
    packread_index_options known;
    packread_index_summary told = {0};
    const char *refused;
    pkr_fault fault;
    int status;

    if (!snapshot)
        return pkr_error_null(error);
    if (!pkr_sized_take(&known, sizeof known, PKR_END_OF(packread_index_options, reverse), options))
        return pkr_error_argument(error, "options that this version does not know");
    if (!pkr_sized_can_be_given(summary))
        return pkr_error_argument(error, PKR_NO_SIZE);
    refused = refusal(snapshot, pack, &known);
    if (refused) {
        pkr_fault_set(&fault, PACKREAD_ERROR_ARGUMENT, snapshot->paths.where, refused);
        return pkr_fault_publish(&fault, error);
    }
    status =
        pkr_derive_index(snapshot, pkr_packs_get(&snapshot->packs, pack), &known, &told, &fault);
    if (summary && told.struct_size != 0)
        pkr_sized_give(summary, PKR_END_OF(packread_index_summary, written), &told, sizeof told);
    return status == 0 ? 0 : pkr_fault_publish(&fault, error);
}
