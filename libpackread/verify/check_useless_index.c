/* check_useless_index.c - sums a file of which nothing else is known. */
#include "verify/check_useless_index.h"

#include "base/fault.h"
#include "pack/sum.h"

/* A fanout and two sums. */
static bool may_have_sum(uint64_t size, size_t id_size)
{
    return size >= 256 * 4 + 2 * id_size;
}

/* Of either hash: `*is_right`, or it has none. */
static int has_sum(pkr_view *view, const _Atomic bool *stopped, bool *is_right, pkr_fault *fault)
{
    const size_t sizes[] = {20, 32};
    int status = 0;

    *is_right = false;
    for (size_t i = 0; status == 0 && i < 2 && !*is_right; i++) {
        packread_id stored;

        if (may_have_sum(view->end, sizes[i]))
            status = pkr_sum_check(view, view->end - sizes[i], sizes[i], stopped, &stored, is_right,
                                   fault);
    }
    return status;
}

static int check_file(pkr_findings *findings, packread_reader *reader, const pkr_source *source,
                      pkr_fault *fault)
{
    const pkr_forest *forest = findings->forest;
    const pkr_pack *pack = forest->pack;
    pkr_view view = {.budget = reader->budget};
    bool is_right = true;
    int status = pkr_view_point(&view, source, source, pack->index_path, source->size, fault);

    if (status == 0)
        status = has_sum(&view, &forest->stopped, &is_right, fault);
    if (pkr_view_spoiled(&view))
        status = pkr_view_fault(&view, fault);
    if (status == 0)
        status = pkr_source_check(source, pack->index_path, fault);
    pkr_view_close(&view);
    if (status == 0 && !is_right && !pkr_forest_stopped(forest)) {
        pkr_fault detail;

        pkr_fault_at(&detail, PACKREAD_ERROR_CORRUPT, pack->index_path,
                     source->size - pack->idx.id_size, "index checksum is wrong");
        pkr_findings_report(findings, &detail, 0);
    }
    return status;
}

int pkr_check_useless_index(pkr_findings *findings, packread_reader *reader, pkr_fault *fault)
{
    const pkr_pack *pack = findings->forest->pack;
    pkr_source source = {0};
    smmap_error cause;
    int status = 0;

    /* Why one cannot be opened was told. */
    if (pack->is_given || smmap_cursor_open_path(reader->snapshot->manager, pack->index_path,
                                                 &source.rest, &cause) != 0)
        return 0;
    source.size = smmap_cursor_file_size(source.rest);
    if (may_have_sum(source.size, 20))
        status = check_file(findings, reader, &source, fault);
    smmap_cursor_close(source.rest);
    return status;
}
