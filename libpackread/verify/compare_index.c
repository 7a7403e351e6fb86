/* compare_index.c - each row against the entry that begins at its offset. */
#include "verify/compare_index.h"

#include <string.h>

#include "base/fault.h"
#include "base/id.h"
#include "pack/derived.h"
#include "pack/sum.h"
#include "verify/check_index.h"

/* ---- Which of the two is believed ------------------------------------------------------------ */

/* Whether the file has, at its end, the sum of what comes before. */
static int has_sum(const pkr_source *source, const char *path, uint64_t size, size_t id_size,
                   pkr_budget *budget, packread_id *stored, bool *is_right, pkr_fault *fault)
{
    pkr_view view = {.budget = budget};
    int status = pkr_view_point(&view, source, source, path, size, fault);

    if (status == 0)
        status = pkr_sum_check(&view, size - id_size, id_size, NULL, stored, is_right, fault);
    if (pkr_view_spoiled(&view))
        status = pkr_view_fault(&view, fault);
    pkr_view_close(&view);
    return status;
}

int pkr_compare_index_begin(pkr_findings *findings, const pkr_pack *pack, pkr_pack *bare,
                            pkr_budget *budget, pkr_fault *fault)
{
    const size_t id_size = pack->idx.id_size;
    bool is_index_right = true;
    bool is_pack_right = false;
    packread_id trailer;
    int status = has_sum(&pack->index, pack->index_path, pack->idx.size, id_size, budget, &trailer,
                         &is_index_right, fault);

    if (status != 0 || is_index_right)
        return status;
    findings->is_index_sum_wrong = true;
    status = has_sum(&pack->data, pack->path, pack->size, id_size, budget, &trailer, &is_pack_right,
                     fault);
    if (status != 0 || !is_pack_right)
        return status;
    pkr_derived_without(pack, bare);
    bare->end = pack->size - id_size;
    bare->trailer = trailer;
    findings->distrusted = pack;
    return 0;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

/* What the row says of the entry at `rank`, whose object is whole. */
static int check_entry(pkr_findings *findings, packread_reader *reader, uint32_t position,
                       const packread_id *id, uint32_t rank, pkr_fault *fault)
{
    const pkr_forest *forest = findings->forest;
    const pkr_pack *pack = findings->distrusted;
    const unsigned char *right = forest->ids + (size_t)rank * id->size;
    packread_id given;
    uint32_t crc = forest->crcs[rank];
    int status = 0;

    if (memcmp(right, id->bytes, id->size) != 0) {
        pkr_id_set(&given, right, id->size);
        pkr_check_index_report_id(findings, position, id, &given);
    }
    if (pack->idx.version == 2)
        status = pkr_rows_crc(&reader->rows, pack, position, &crc, fault);
    if (status == 0 && crc != forest->crcs[rank])
        pkr_check_index_report(findings, pack->idx.crcs + 4 * (uint64_t)position,
                               "CRC-32 in the index is not that of the entry", id);
    return status;
}

static int check_row(pkr_findings *findings, packread_reader *reader, uint32_t position,
                     const packread_id *id, pkr_fault *fault)
{
    const pkr_forest *forest = findings->forest;
    const pkr_pack *pack = findings->distrusted;
    const uint64_t place = pack->idx.offsets + (uint64_t)position * pack->idx.offset_stride;
    uint32_t rank = PKR_NO_RANK;
    uint64_t offset = 0;
    pkr_fault detail;
    int status = pkr_rows_offset(&reader->rows, pack, position, &offset, &detail);

    if (status == PACKREAD_ERROR_CORRUPT) {
        pkr_fault_name(&detail, id);
        pkr_findings_report(findings, &detail, 0);
        return 0;
    }
    if (status != 0)
        return pkr_fault_copy(fault, &detail);
    rank = pkr_revindex_find(forest->order, offset);
    if (rank == PKR_NO_RANK) {
        pkr_check_index_report(findings, place, "index row names an offset where no object begins",
                               id);
        return 0;
    }
    forest->next_sibling[rank] = position; /* nothing is left in these tables */
    return pkr_forest_state(forest, rank) == PKR_FOREST_NAMED
               ? check_entry(findings, reader, position, id, rank, fault)
               : 0;
}

/* ---- Objects --------------------------------------------------------------------------------- */

/* Of one whose row names another offset that was told. */
static int check_object(pkr_findings *findings, packread_reader *reader, uint32_t rank,
                        pkr_fault *fault)
{
    const pkr_forest *forest = findings->forest;
    const pkr_pack *pack = findings->distrusted;
    const size_t id_size = pack->idx.id_size;
    uint32_t position;
    pkr_fault detail;
    packread_id id;
    int status;

    pkr_id_set(&id, forest->ids + (size_t)rank * id_size, id_size);
    status = pkr_rows_find(&reader->rows, pack, &id, &position, fault);
    if (status != PACKREAD_ERROR_NOT_FOUND)
        return status;
    pkr_fault_set(&detail, PACKREAD_ERROR_CORRUPT, pack->index_path,
                  "no row of the index has this object");
    detail.id = id;
    pkr_findings_report(findings, &detail, 0);
    return 0;
}

int pkr_compare_index(pkr_findings *findings, packread_reader *reader, pkr_fault *fault)
{
    const pkr_forest *forest = findings->forest;
    const uint32_t count = forest->order->count;
    int status = pkr_reader_select(reader, findings->distrusted, fault);

    memset(forest->next_sibling, 0xff, (size_t)count * sizeof *forest->next_sibling);
    if (status == 0)
        status = pkr_check_index_rows(findings, reader, check_row, fault);
    for (uint32_t rank = 0; status == 0 && rank < count && !pkr_forest_stopped(forest); rank++)
        if (forest->next_sibling[rank] == PKR_NO_RANK &&
            pkr_forest_state(forest, rank) == PKR_FOREST_NAMED)
            status = check_object(findings, reader, rank, fault);
    return status;
}
