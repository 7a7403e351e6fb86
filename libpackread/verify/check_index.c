/* check_index.c - reads the rows of an index in order, once. */
#include "verify/check_index.h"

#include <stdio.h>

#include "base/fault.h"
#include "base/id.h"

#define STOP_CHECK ((uint32_t)65536)

void pkr_check_index_report(pkr_findings *findings, uint64_t offset, const char *text,
                            const packread_id *id)
{
    pkr_fault detail;

    pkr_fault_at(&detail, PACKREAD_ERROR_CORRUPT, pkr_findings_indexed(findings)->index_path,
                 offset, text);
    if (id)
        pkr_fault_name(&detail, id);
    pkr_findings_report(findings, &detail, 0);
}

void pkr_check_index_report_sum(pkr_findings *findings)
{
    const pkr_idx *idx = &pkr_findings_indexed(findings)->idx;

    pkr_check_index_report(findings, idx->size - idx->id_size, "index checksum is wrong", NULL);
}

void pkr_check_index_report_id(pkr_findings *findings, uint32_t position, const packread_id *id,
                               const packread_id *given)
{
    const pkr_idx *idx = &pkr_findings_indexed(findings)->idx;
    char text[PACKREAD_HEX_MAX + 80];
    char hex[PACKREAD_HEX_MAX + 1];

    packread_id_format(given, hex);
    snprintf(text, sizeof text, "index row has this id for an object whose id is %s", hex);
    pkr_check_index_report(findings, idx->ids + (uint64_t)position * idx->id_stride, text, id);
}

/* ---- The order of rows ----------------------------------------------------------------------- */

/* Rows one behind the other that lie outside their buckets: a wrong number in the fanout puts all
 * between there. */
typedef struct outside {
    uint32_t count;
    uint64_t place; /* of the first */
    packread_id first;
    packread_id last;
} outside;

static void report_outside(pkr_findings *findings, outside *rows)
{
    char text[PACKREAD_HEX_MAX + 80];
    char last[PACKREAD_HEX_MAX + 1];
    pkr_fault detail;

    if (rows->count == 1)
        pkr_check_index_report(findings, rows->place, "index row is outside its fanout bucket",
                               &rows->first);
    if (rows->count > 1) {
        packread_id_format(&rows->last, last);
        snprintf(text, sizeof text,
                 "index row is outside its fanout bucket, as are %lu more, up to %s",
                 (unsigned long)rows->count - 1, last);
        pkr_fault_at(&detail, PACKREAD_ERROR_CORRUPT, pkr_findings_indexed(findings)->index_path,
                     rows->place, text);
        detail.id = rows->first;
        pkr_findings_report_many(findings, &detail, rows->count, 0);
    }
    rows->count = 0;
}

static bool is_outside(const pkr_idx *idx, uint32_t position, const packread_id *id)
{
    const unsigned char first = id->bytes[0];

    return position >= idx->fanout[first] || (first && position < idx->fanout[first - 1]);
}

/* Rows have to rise without repeats, each inside its bucket of the fanout. */
static void check_order(pkr_findings *findings, uint32_t position, const packread_id *id,
                        const packread_id *previous, outside *rows)
{
    const pkr_idx *idx = &pkr_findings_indexed(findings)->idx;
    const uint64_t place = idx->ids + (uint64_t)position * idx->id_stride;
    const int order = previous->size ? packread_id_compare(previous, id) : -1;

    if (order > 0)
        pkr_check_index_report(findings, place, "index ids do not rise", id);
    else if (order == 0)
        pkr_check_index_report(findings, place, "two rows of the index have this id", id);
    if (!is_outside(idx, position, id)) {
        report_outside(findings, rows);
        return;
    }
    if (rows->count++ == 0) {
        rows->place = place;
        rows->first = *id;
    }
    rows->last = *id;
}

/* Two rows that name one 64-bit offset are told as such. */
static int check_wide(pkr_findings *findings, packread_reader *reader, pkr_fault *fault)
{
    const pkr_pack *pack = pkr_findings_indexed(findings);
    uint64_t used = 0;
    int status = pkr_rows_count_wide(&reader->rows, pack, &used, fault);

    if (status == 0 && used < pack->idx.wide_count)
        pkr_check_index_report(findings, pack->idx.wide,
                               "the index has 64-bit offsets that no row of it names", NULL);
    return status;
}

int pkr_check_index_rows(pkr_findings *findings, packread_reader *reader,
                         pkr_index_row_check *check, pkr_fault *fault)
{
    const pkr_pack *pack = pkr_findings_indexed(findings);
    packread_id previous = {{0}, 0};
    outside rows = {0};
    int status = 0;

    for (uint32_t position = 0; status == 0 && position < pack->idx.count; position++) {
        const unsigned char *bytes;
        packread_id id;

        if (position % STOP_CHECK == 0 && pkr_forest_stopped(findings->forest))
            break;
        status = pkr_rows_id(&reader->rows, pack, position, &bytes, fault);
        if (status != 0)
            break;
        pkr_id_set(&id, bytes, pack->idx.id_size);
        check_order(findings, position, &id, &previous, &rows);
        previous = id;
        status = check(findings, reader, position, &id, fault);
    }
    if (status == 0)
        report_outside(findings, &rows);
    return status == 0 ? check_wide(findings, reader, fault) : status;
}

/* ---- An index that is a witness -------------------------------------------------------------- */

/* Each has an offset that lies in the pack. */
static int check_offset(pkr_findings *findings, packread_reader *reader, uint32_t position,
                        const packread_id *id, pkr_fault *fault)
{
    const pkr_pack *pack = pkr_findings_indexed(findings);
    pkr_fault detail;
    uint64_t offset;
    int status = pkr_rows_offset(&reader->rows, pack, position, &offset, &detail);

    if (status != PACKREAD_ERROR_CORRUPT)
        return status == 0 ? 0 : pkr_fault_copy(fault, &detail);
    pkr_fault_name(&detail, id);
    if (detail.file != pack->path) /* what lies behind a cut was told with it */
        pkr_findings_report(findings, &detail, 0);
    pkr_findings_pass(findings, 1);
    return 0;
}

int pkr_check_index(pkr_findings *findings, packread_reader *reader, pkr_fault *fault)
{
    int status = pkr_reader_select(reader, pkr_findings_indexed(findings), fault);

    if (status != 0)
        return status;
    if (findings->is_index_sum_wrong)
        pkr_check_index_report_sum(findings);
    return pkr_check_index_rows(findings, reader, check_offset, fault);
}
