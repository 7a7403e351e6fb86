/* check_index.c - reads the rows of an index in order, once. */
#include "verify/check_index.h"

#include "base/fault.h"
#include "base/id.h"
#include "pack/sum.h"

#define STOP_CHECK ((uint32_t)65536)

static void report_index(pkr_findings *findings, uint64_t offset, const char *text,
                         const packread_id *id)
{
    pkr_fault detail;

    pkr_fault_at(&detail, PACKREAD_ERROR_CORRUPT, findings->forest->pack->index_path, offset, text);
    pkr_fault_name(&detail, id);
    pkr_findings_report(findings, &detail, 0);
}

static int check_sum(pkr_findings *findings, packread_reader *reader, pkr_fault *fault)
{
    const pkr_pack *pack = findings->forest->pack;
    size_t id_size = pack->idx.id_size;
    uint64_t place = pack->idx.size - id_size;
    pkr_view *view = &reader->rows.ids;
    packread_id stored;
    bool is_right;
    int status =
        pkr_sum_check(view, place, id_size, &findings->forest->stopped, &stored, &is_right, fault);

    if (status == 0 && !is_right)
        report_index(findings, place, "index checksum is wrong", NULL);
    return status;
}

/* Rows have to rise without repeats, each inside its bucket of the fanout, each with an offset that
 * lies in the pack. */
static int check_rows(pkr_findings *findings, packread_reader *reader, pkr_fault *fault)
{
    const pkr_pack *pack = findings->forest->pack;
    const pkr_idx *idx = &pack->idx;
    packread_id previous = {{0}, 0};
    int status = 0;

    for (uint32_t position = 0; status == 0 && position < idx->count; position++) {
        uint64_t place = idx->ids + (uint64_t)position * idx->id_stride;
        const unsigned char *bytes;
        pkr_fault detail;
        packread_id id;
        uint64_t offset;

        if (position % STOP_CHECK == 0 && pkr_forest_stopped(findings->forest))
            break;
        status = pkr_rows_id(&reader->rows, pack, position, &bytes, fault);
        if (status != 0)
            break;
        pkr_id_set(&id, bytes, idx->id_size);
        if (previous.size && packread_id_compare(&previous, &id) > 0)
            report_index(findings, place, "index ids do not rise", &id);
        else if (previous.size && packread_id_compare(&previous, &id) == 0)
            report_index(findings, place, "two rows of the index have this id", &id);
        if (position >= idx->fanout[id.bytes[0]] ||
            (id.bytes[0] && position < idx->fanout[id.bytes[0] - 1]))
            report_index(findings, place, "index row is outside its fanout bucket", &id);
        previous = id;
        status = pkr_rows_offset(&reader->rows, pack, position, &offset, &detail);
        if (status == PACKREAD_ERROR_CORRUPT) {
            pkr_fault_name(&detail, &id);
            pkr_findings_report(findings, &detail, 0);
            pkr_findings_pass(findings, 1);
            status = 0;
        } else if (status != 0 && fault) {
            *fault = detail;
        }
    }
    return status;
}

int pkr_check_index(pkr_findings *findings, packread_reader *reader, pkr_fault *fault)
{
    int status = pkr_reader_select(reader, findings->forest->pack, fault);

    if (status == 0)
        status = check_sum(findings, reader, fault);
    return status == 0 ? check_rows(findings, reader, fault) : status;
}
