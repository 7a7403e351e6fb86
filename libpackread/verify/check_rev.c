/* check_rev.c - each row of a .rev has to lead to the entry whose turn it is. */
#include "verify/check_rev.h"

#include "base/bytes.h"
#include "format/rev.h"
#include "verify/side_file.h"

/* Two rows of a damaged index may name one entry: either is right then. */
static int check_row(pkr_side_file *file, uint32_t rank, uint32_t position, bool *is_right,
                     pkr_fault *fault)
{
    const pkr_forest *forest = file->findings->forest;
    uint64_t offset;
    int status;

    *is_right = position == pkr_revindex_position(forest->order, rank);
    if (*is_right || position >= file->table.count)
        return 0;
    status = pkr_rows_offset(&file->reader->rows, forest->pack, position, &offset, fault);
    if (status == 0)
        *is_right = offset == pkr_forest_offset(forest, rank);
    return status == PACKREAD_ERROR_CORRUPT ? 0 : status;
}

/* The first one that is wrong is told: the others mostly are its echo. Of an index with offsets
 * that are none there is no order to compare with. */
static int check_rows(pkr_side_file *file, pkr_fault *fault)
{
    const pkr_forest *forest = file->findings->forest;
    const uint32_t count = forest->order->bad == 0 ? forest->order->count : 0;
    bool is_right = true;
    int status = 0;

    for (uint32_t rank = 0; status == 0 && rank < count && rank < file->table.count && is_right;
         rank++) {
        const uint64_t at = PKR_SIDE_TABLE_HEAD + 4 * (uint64_t)rank;
        const unsigned char *bytes;

        status = pkr_view_need(&file->view, at, 4, &bytes, fault);
        if (status == 0)
            pkr_view_saw(&file->view, bytes + 3);
        if (status == 0)
            status = check_row(file, rank, pkr_bytes_u32(bytes), &is_right, fault);
        if (status == 0 && !is_right)
            pkr_side_file_report(file, at, "row leads to another object than the next in the pack");
    }
    return status;
}

int pkr_check_rev(pkr_findings *findings, packread_reader *reader, pkr_fault *fault)
{
    return pkr_side_file_check(findings, reader, PKR_BESIDE_REV, pkr_rev_parse,
                               findings->distrusted ? NULL : check_rows, fault);
}
