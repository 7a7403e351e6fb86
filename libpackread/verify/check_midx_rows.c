/* check_midx_rows.c - reads the rows once in order of id, and then each pack's index, looking each
 * of its ids up. Rows that no index has led to by then lead nowhere. */
#include "verify/check_midx_rows.h"

#include <string.h>

#include "base/id.h"
#include "verify/midx_trust.h"

#define LEADS_NOWHERE \
    "row leads to an object that is not there, or to another offset than the index"
#define LEAD_NOWHERE "lead to objects that are not there, or to other offsets than the index"
#define IN_NO_ROW "an object of a pack that it names is in no row"
#define IN_NO_ROWS "of a pack's index are missing, though it names the pack"

static uint64_t place_of_id(const pkr_midx_check *check, uint32_t position)
{
    const pkr_midx *head = &check->layer->file->head;

    return head->ids.at + (uint64_t)position * head->id_size;
}

/* ---- Rows by themselves ---------------------------------------------------------------------- */

/* A row whose id is out of place is in the way of every search. */
static void check_id(pkr_midx_check *check, uint32_t position, const packread_id *id,
                     const packread_id *previous)
{
    const uint32_t *fanout = check->layer->file->head.fanout;
    const unsigned first = id->bytes[0];
    const uint64_t at = place_of_id(check, position);
    const char *text = NULL;

    if (previous->size && packread_id_compare(previous, id) > 0)
        text = "ids do not rise";
    else if (previous->size && packread_id_compare(previous, id) == 0)
        text = "two rows have this id";
    if (text)
        pkr_midx_check_report(check, at, id, text);
    check->is_sorted = check->is_sorted && !text;
    if (position < fanout[first] && (first == 0 || position >= fanout[first - 1]))
        return;
    pkr_midx_check_report(check, at, id, "row is outside its fanout bucket");
    check->is_sorted = false;
}

static int check_place(pkr_midx_check *check, uint32_t position, const packread_id *id,
                       pkr_fault *fault)
{
    const pkr_midx_file *file = check->layer->file;
    pkr_fault detail;
    uint64_t offset;
    uint32_t pack;
    int status = pkr_midx_rows_place(&check->rows, file, position, &pack, &offset, &detail);

    if (status != 0 && status != PACKREAD_ERROR_CORRUPT)
        return pkr_fault_copy(fault, &detail);
    if (status != 0) {
        pkr_fault_name(&detail, id);
        pkr_midx_check_report_fault(check, &detail);
    } else if (pack >= file->head.packs) {
        pkr_midx_check_report(check, file->head.places.at + (uint64_t)position * PKR_MIDX_PLACE, id,
                              "row names a pack by a number that no pack has");
    }
    if (status == 0 && pack < file->head.packs) {
        check->counts[pack]++;
        if (check->layer->packs[pack])
            return 0;
    }
    check->met[position / 8] |= (unsigned char)(1u << position % 8); /* nothing more to be told */
    check->summary.objects--;
    return 0;
}

int pkr_check_midx_rows(pkr_midx_check *check, pkr_fault *fault)
{
    const pkr_midx_file *file = check->layer->file;
    packread_id previous = {.size = 0};
    int status = 0;

    check->is_sorted = true;
    check->summary.objects = file->head.count;
    for (uint32_t position = 0; status == 0 && position < file->head.count && !check->is_stopped;) {
        const unsigned char *bytes;
        uint32_t seen;

        status = pkr_midx_rows_ids(&check->rows, file, position, &bytes, &seen, fault);
        for (uint32_t i = 0; status == 0 && i < seen && !check->is_stopped; i++, position++) {
            packread_id id;

            pkr_id_set(&id, bytes + (size_t)i * file->head.id_size, file->head.id_size);
            check_id(check, position, &id, &previous);
            status = check_place(check, position, &id, fault);
            previous = id;
        }
    }
    return status;
}

/* ---- Against the packs ----------------------------------------------------------------------- */

/* In a layer below. */
static int is_in_older(pkr_midx_check *check, const unsigned char *id, bool *is_there,
                       pkr_fault *fault)
{
    int status = PACKREAD_ERROR_NOT_FOUND;
    size_t i = check->number;

    if (pkr_midx_check_is_blocked(check)) {
        *is_there = true; /* for all that is known */
        return 0;
    }
    while (status == PACKREAD_ERROR_NOT_FOUND && check->list->layers[i].file->layer > 1 &&
           i + 1 < check->list->count) {
        uint32_t position;

        status =
            pkr_midx_rows_find(&check->older, check->list->layers[++i].file, id, &position, fault);
    }
    *is_there = status == 0;
    return status == PACKREAD_ERROR_NOT_FOUND ? 0 : status;
}

/* The row at `position` against a row of the pack that it may name. */
static int compare_row(pkr_midx_check *check, uint32_t position, uint32_t number, uint32_t row,
                       pkr_fault *fault)
{
    const pkr_pack *pack = check->layer->packs[number];
    pkr_fault detail;
    uint64_t offset;
    uint64_t theirs;
    uint32_t named;
    int status =
        pkr_midx_rows_place(&check->rows, check->layer->file, position, &named, &offset, &detail);

    if (status == PACKREAD_ERROR_CORRUPT || (status == 0 && named != number))
        return 0;
    /* An offset behind a cut is right here. One that is none at all is told of the pack's index. */
    if (status == 0) {
        status = pkr_rows_named_offset(&check->index, pack, row, &theirs, &detail);
        if (status == PACKREAD_ERROR_CORRUPT)
            theirs = offset;
    }
    if (status != 0 && status != PACKREAD_ERROR_CORRUPT)
        return pkr_fault_copy(fault, &detail);
    if (offset == theirs)
        check->met[position / 8] |= (unsigned char)(1u << position % 8);
    return 0;
}

/* Whether a row of the index, of an object that the file has not, is right, as far as is known. */
static int is_row_right(pkr_midx_check *check, uint32_t number, uint32_t row, const packread_id *id,
                        bool *is_right, pkr_fault *fault)
{
    packread_id given;
    uint64_t offset;
    pkr_fault detail;
    int status = pkr_midx_trust_holds(check, number, is_right, fault);

    if (status != 0 || !*is_right)
        return status;
    status =
        pkr_rows_named_offset(&check->index, check->layer->packs[number], row, &offset, &detail);
    if (status != 0)
        return status == PACKREAD_ERROR_CORRUPT ? 0 : pkr_fault_copy(fault, &detail);
    status = pkr_midx_trust_tells(check, number, offset, &given, fault);
    *is_right = given.size == 0 || packread_id_compare(&given, id) == 0;
    return status;
}

/* `missing`: those before it that are in no row. */
static int check_object(pkr_midx_check *check, uint32_t number, uint32_t row,
                        const unsigned char *bytes, pkr_midx_run *missing, pkr_fault *fault)
{
    const pkr_midx_file *file = check->layer->file;
    bool is_there = true;
    bool holds = false;
    uint32_t position;
    packread_id id;
    int status = pkr_midx_rows_find(&check->rows, file, bytes, &position, fault);

    if (status == 0)
        status = compare_row(check, position, number, row, fault);
    else if (status == PACKREAD_ERROR_NOT_FOUND)
        status = is_in_older(check, bytes, &is_there, fault);
    pkr_id_set(&id, bytes, file->head.id_size);
    if (status == 0 && !is_there)
        status = is_row_right(check, number, row, &id, &holds, fault);
    if (status == 0 && holds)
        pkr_midx_run_add(check, missing, 0, &id);
    else if (status == 0)
        pkr_midx_run_end(check, missing);
    return status;
}

static int check_pack(pkr_midx_check *check, uint32_t number, pkr_fault *fault)
{
    const pkr_pack *pack = check->layer->packs[number];
    pkr_midx_run missing = {.one = IN_NO_ROW, .many = IN_NO_ROWS};
    int status = 0;

    for (uint32_t row = 0; pack && status == 0 && row < pack->idx.count && !check->is_stopped;) {
        const unsigned char *bytes;
        uint32_t seen;

        status = pkr_rows_ids(&check->index, pack, row, pack->idx.count, &bytes, &seen, fault);
        for (uint32_t i = 0; status == 0 && i < seen && !check->is_stopped; i++, row++)
            status = check_object(check, number, row, bytes + (size_t)i * pack->idx.id_stride,
                                  &missing, fault);
    }
    status = pkr_rows_settle(&check->index, status, fault);
    if (status == 0)
        pkr_midx_run_end(check, &missing);
    return status;
}

/* Whether it is the index that is wrong, where both have their sums: the object is where the file
 * says, and the index has it nowhere, or where it is not. */
static int is_index_wrong(pkr_midx_check *check, uint32_t number, const packread_id *id,
                          uint64_t offset, bool *is_wrong, pkr_fault *fault)
{
    const pkr_pack *pack = check->layer->packs[number];
    packread_id given;
    uint32_t row;
    pkr_fault detail;
    int status = pkr_midx_trust_tells(check, number, offset, &given, fault);

    *is_wrong = false;
    if (status != 0 || packread_id_compare(&given, id) != 0)
        return status;
    status = pkr_rows_find(&check->index, pack, id, &row, &detail);
    if (status == 0)
        status = pkr_rows_named_offset(&check->index, pack, row, &offset, &detail);
    *is_wrong = status == PACKREAD_ERROR_NOT_FOUND || status == PACKREAD_ERROR_CORRUPT;
    if (status != 0)
        return *is_wrong ? 0 : pkr_fault_copy(fault, &detail);
    status = pkr_midx_trust_tells(check, number, offset, &given, fault);
    *is_wrong = given.size > 0 && packread_id_compare(&given, id) != 0;
    return status;
}

/* Whether a row that no pack's index has led to is wrong; `*id`: of it, if so. */
static int is_row_wrong(pkr_midx_check *check, uint32_t position, bool *is_wrong, packread_id *id,
                        pkr_fault *fault)
{
    const pkr_midx_file *file = check->layer->file;
    const unsigned char *bytes;
    bool is_other_wrong = false;
    pkr_fault detail;
    uint64_t offset;
    uint32_t pack;
    uint32_t seen;
    int status;

    *is_wrong = !(check->met[position / 8] >> position % 8 & 1);
    if (!*is_wrong)
        return 0;
    status = pkr_midx_rows_ids(&check->rows, file, position, &bytes, &seen, fault);
    if (status != 0)
        return status;
    pkr_id_set(id, bytes, file->head.id_size);
    status = pkr_midx_rows_place(&check->rows, file, position, &pack, &offset, &detail);
    if (status != 0 || pack >= file->head.packs)
        return status == 0 || status == PACKREAD_ERROR_CORRUPT ? 0 : pkr_fault_copy(fault, &detail);
    status = pkr_midx_trust_holds(check, pack, is_wrong, fault);
    if (status == 0 && *is_wrong)
        status = is_index_wrong(check, pack, id, offset, &is_other_wrong, fault);
    *is_wrong = *is_wrong && !is_other_wrong;
    return status;
}

/* Rows that no pack's index has led to. */
static int report_unmet(pkr_midx_check *check, pkr_fault *fault)
{
    const pkr_midx_file *file = check->layer->file;
    pkr_midx_run run = {.one = LEADS_NOWHERE, .many = LEAD_NOWHERE};
    int status = 0;

    for (uint32_t position = 0; status == 0 && position < file->head.count && !check->is_stopped;
         position++) {
        packread_id id;
        bool is_wrong;

        status = is_row_wrong(check, position, &is_wrong, &id, fault);
        if (status == 0 && !is_wrong)
            pkr_midx_run_end(check, &run);
        if (status != 0 || !is_wrong)
            continue;
        pkr_midx_run_add(check, &run, file->head.places.at + (uint64_t)position * PKR_MIDX_PLACE,
                         &id);
        check->summary.objects--;
    }
    if (status == 0)
        pkr_midx_run_end(check, &run);
    return status;
}

int pkr_check_midx_packs(pkr_midx_check *check, pkr_fault *fault)
{
    int status = 0;

    /* Of rows that cannot be searched, what is wrong with them is told. */
    if (!check->is_sorted)
        return 0;
    for (uint32_t i = 0; status == 0 && i < check->layer->file->head.packs && !check->is_stopped;
         i++)
        status = check_pack(check, i, fault);
    return status == 0 ? report_unmet(check, fault) : status;
}
