/* check_index.c - checks an index by itself, and the sum of the pack that it names. */
#include "base/fault.h"
#include "store/sum.h"
#include "verify/verify.h"

#define STOP_CHECK ((uint32_t)65536)

static void report_index(pkr_verification *verification, uint64_t offset, const char *text,
                         const packread_id *id)
{
    pkr_fault detail;

    pkr_fault_at(&detail, PACKREAD_ERROR_CORRUPT, verification->pack->index_path, offset, text);
    pkr_fault_name(&detail, id);
    pkr_verify_report(verification, &detail, 0);
}

static int check_sum(pkr_verification *verification, packread_reader *reader, pkr_fault *fault)
{
    const pkr_pack *pack = verification->pack;
    size_t id_size = pack->idx.id_size;
    uint64_t place = pack->idx.size - id_size;
    pkr_view *view = &reader->rows.ids;
    packread_id stored;
    packread_id sum;
    int status = pkr_sum(view, place, id_size, &verification->stopped, &sum, fault);

    if (status == 0)
        status = pkr_sum_stored(view, place, id_size, &stored, fault);
    if (status == 0 && packread_id_compare(&stored, &sum) != 0)
        report_index(verification, place, "index checksum is wrong", NULL);
    return status;
}

/* Rows have to rise without repeats, each inside its bucket of the fanout, each with an offset that
 * lies in the pack. */
static int check_rows(pkr_verification *verification, packread_reader *reader, pkr_fault *fault)
{
    const pkr_pack *pack = verification->pack;
    const pkr_idx *idx = &pack->idx;
    packread_id previous = {{0}, 0};
    int status = 0;

    for (uint32_t position = 0; status == 0 && position < idx->count; position++) {
        uint64_t place = idx->ids + (uint64_t)position * idx->id_stride;
        const unsigned char *bytes;
        pkr_fault detail;
        packread_id id;
        uint64_t offset;

        if (position % STOP_CHECK == 0 && atomic_load(&verification->stopped))
            break;
        status = pkr_rows_id(&reader->rows, pack, position, &bytes, fault);
        if (status != 0)
            break;
        pkr_id_set(&id, bytes, idx->id_size);
        if (previous.size && packread_id_compare(&previous, &id) > 0)
            report_index(verification, place, "index ids do not rise", &id);
        else if (previous.size && packread_id_compare(&previous, &id) == 0)
            report_index(verification, place, "two rows of the index have this id", &id);
        if (position >= idx->fanout[id.bytes[0]] ||
            (id.bytes[0] && position < idx->fanout[id.bytes[0] - 1]))
            report_index(verification, place, "index row is outside its fanout bucket", &id);
        previous = id;
        status = pkr_rows_offset(&reader->rows, pack, position, &offset, &detail);
        if (status == PACKREAD_ERROR_CORRUPT) {
            pkr_fault_name(&detail, &id);
            pkr_verify_report(verification, &detail, 0);
            pkr_verify_count(verification, 0, 0, 0, 0, 1);
            status = 0;
        } else if (status != 0 && fault) {
            *fault = detail;
        }
    }
    return status;
}

int pkr_verify_index(pkr_verification *verification, packread_reader *reader, pkr_fault *fault)
{
    int status = pkr_reader_select(reader, verification->pack, fault);

    if (status == 0)
        status = check_sum(verification, reader, fault);
    return status == 0 ? check_rows(verification, reader, fault) : status;
}

void pkr_verify_report_sum(pkr_verification *verification)
{
    pkr_fault detail;

    pkr_fault_at(&detail, PACKREAD_ERROR_CORRUPT, verification->pack->path, verification->end,
                 "pack checksum is wrong");
    pkr_verify_report(verification, &detail, 0);
}

int pkr_verify_sum(pkr_verification *verification, packread_reader *reader, pkr_fault *fault)
{
    const pkr_pack *pack = verification->pack;
    size_t id_size = pack->idx.id_size;
    uint64_t trailer = pack->size - id_size;
    pkr_view view = {0};
    packread_id stored;
    packread_id sum;
    int status;

    (void)reader;
    status = pkr_view_point(&view, pack, pack->data_rest, pack->path, pack->size, fault);
    if (status == 0)
        status = pkr_sum(&view, trailer, id_size, &verification->stopped, &sum, fault);
    if (status == 0)
        status = pkr_sum_stored(&view, trailer, id_size, &stored, fault);
    if (status == 0 && packread_id_compare(&stored, &sum) != 0)
        pkr_verify_report_sum(verification);
    pkr_view_close(&view);
    return status;
}
