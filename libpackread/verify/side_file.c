/* side_file.c - opens what stands beside a pack, and checks what all such files have. */
#include "verify/side_file.h"

#include <errno.h>
#include <stdlib.h>

#include "base/path.h"
#include "pack/sum.h"

void pkr_side_file_report(const pkr_side_file *file, uint64_t at, const char *text)
{
    pkr_fault detail;

    pkr_fault_at(&detail, PACKREAD_ERROR_CORRUPT, file->path, at, text);
    pkr_findings_report(file->findings, &detail, 0);
}

static void report_all(const pkr_side_file *file, int code, const char *text)
{
    pkr_fault detail;

    pkr_fault_set(&detail, code, file->path, text);
    pkr_findings_report(file->findings, &detail, 0);
}

static const pkr_pack *pack_beside(const pkr_side_file *file)
{
    return pkr_findings_indexed(file->findings);
}

/* NULL without memory. */
static char *path_of(const pkr_pack *pack, unsigned kind)
{
    size_t number = 0;

    while (!(kind >> number & 1))
        number++;
    return pkr_path_with_ending(pack->path, pkr_pack_endings[number]);
}

/* `*is_there`: one can be looked at; what is there and no file is reported. */
static int open_file(pkr_side_file *file, bool *is_there, pkr_fault *fault)
{
    smmap_error cause;
    int status = smmap_cursor_open_path(file->reader->snapshot->manager, file->path,
                                        &file->source.rest, &cause);

    *is_there = status == 0;
    if (status == 0) {
        file->source.size = smmap_cursor_file_size(file->source.rest);
        return 0;
    }
    status = pkr_fault_from_window(fault, &cause, file->path);
    if (status == PACKREAD_ERROR_NOT_REGULAR) {
        report_all(file, PACKREAD_ERROR_CORRUPT, "not a regular file");
        return 0;
    }
    return status == PACKREAD_ERROR_SYSTEM && cause.system_errno == ENOENT ? 0 : status;
}

/* `*is_of_use`: it has a row for each object of the pack. */
static int check_head(pkr_side_file *file, pkr_side_parser *parse, bool *is_of_use,
                      pkr_fault *fault)
{
    const pkr_pack *pack = pack_beside(file);
    const unsigned char *head = NULL;
    size_t length = PKR_SIDE_TABLE_HEAD;
    const char *text;
    int status = 0;

    *is_of_use = false;
    if (file->source.size == 0)
        length = 0;
    else
        status = pkr_view_upto(&file->view, 0, &length, &head, fault);
    if (status != 0)
        return status;
    status = parse(head, length, file->source.size, &file->table, &text);
    if (status != 0)
        report_all(file, status, text);
    else if (file->table.id_size != pack->idx.id_size)
        report_all(file, PACKREAD_ERROR_MISMATCH, "of another hash than its pack");
    else if (file->table.count != pack->idx.count)
        report_all(file, PACKREAD_ERROR_MISMATCH, "has not as many rows as its pack has objects");
    else
        *is_of_use = true;
    return 0;
}

/* The sum that the index has of the pack. A trailer that is not that one is told of the pack. */
static int check_pack_sum(pkr_side_file *file, pkr_fault *fault)
{
    const pkr_pack *pack = pack_beside(file);
    const size_t id_size = pack->idx.id_size;
    packread_id named;
    packread_id stored;
    int status = pkr_reader_select(file->reader, pack, fault);

    if (status == 0)
        status =
            pkr_sum_stored(&file->reader->rows.ids, pack->idx.pack_sum, id_size, &named, fault);
    if (status == 0)
        status = pkr_sum_stored(&file->view, file->table.pack_sum, id_size, &stored, fault);
    if (status == 0 && packread_id_compare(&named, &stored) != 0)
        pkr_side_file_report(file, file->table.pack_sum, "names another pack than its own");
    return status;
}

static int check_sum(pkr_side_file *file, pkr_fault *fault)
{
    packread_id stored;
    bool is_right = true;
    int status = pkr_sum_check(&file->view, file->table.sum, file->table.id_size,
                               &file->findings->forest->stopped, &stored, &is_right, fault);

    if (status == 0 && !is_right && !pkr_forest_stopped(file->findings->forest))
        pkr_side_file_report(file, file->table.sum, "checksum is wrong");
    return status;
}

static int check_file(pkr_side_file *file, pkr_side_parser *parse, pkr_side_check *check,
                      pkr_fault *fault)
{
    bool is_of_use;
    int status =
        pkr_view_point(&file->view, file, &file->source, file->path, file->source.size, fault);

    if (status == 0)
        status = check_head(file, parse, &is_of_use, fault);
    if (status != 0 || !is_of_use)
        return status;
    status = check_sum(file, fault);
    if (status == 0)
        status = check_pack_sum(file, fault);
    return status == 0 && check ? check(file, fault) : status;
}

int pkr_side_file_check(pkr_findings *findings, packread_reader *reader, unsigned kind,
                        pkr_side_parser *parse, pkr_side_check *check, pkr_fault *fault)
{
    pkr_side_file file = {
        .findings = findings, .reader = reader, .view = {.budget = reader->budget}};
    const pkr_pack *pack = pkr_findings_indexed(findings);
    bool is_there;
    int status;

    if (!(pkr_pack_beside(pack) & kind))
        return 0;
    file.path = path_of(pack, kind);
    if (!file.path)
        return pkr_fault_memory(fault);
    status = open_file(&file, &is_there, fault);
    if (status == 0 && is_there)
        status = check_file(&file, parse, check, fault);
    if (is_there && pkr_view_spoiled(&file.view))
        status = pkr_view_fault(&file.view, fault);
    if (is_there && status == 0)
        status = pkr_source_check(&file.source, file.path, fault);
    if (status != 0 && fault->file == file.path) { /* a name that goes */
        fault->file = pack->path;
        fault->text = "its .rev or .mtimes cannot be read";
    }
    pkr_view_close(&file.view);
    smmap_cursor_close(file.source.rest);
    free(file.path);
    return status;
}
