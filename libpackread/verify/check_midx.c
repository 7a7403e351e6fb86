/* check_midx.c - the public call that verifies a multi-pack-index: all checks of it in order. */
#include "base/memory.h"
#include "base/sized.h"
#include "verify/check_midx_head.h"
#include "verify/check_midx_order.h"
#include "verify/check_midx_rows.h"

static void begin_views(pkr_midx_check *check)
{
    pkr_view *const views[] = {&check->rows.ids,   &check->rows.places,   &check->rows.wide,
                               &check->older.ids,  &check->older.places,  &check->older.wide,
                               &check->index.ids,  &check->index.offsets, &check->index.crcs,
                               &check->index.wide, &check->view,          &check->sum};

    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        views[i]->budget = &check->snapshot->budget;
}

/* `status`, or why what was seen of a file is not what it has. */
static int end_views(pkr_midx_check *check, int status, pkr_fault *fault)
{
    status = pkr_midx_rows_settle(&check->rows, status, fault);
    status = pkr_midx_rows_settle(&check->older, status, fault);
    status = pkr_rows_settle(&check->index, status, fault);
    if (pkr_view_spoiled(&check->view))
        status = pkr_view_fault(&check->view, fault);
    if (status == 0)
        status = pkr_source_check(&check->layer->file->source, check->layer->file->path, fault);
    pkr_midx_rows_close(&check->rows);
    pkr_midx_rows_close(&check->older);
    pkr_rows_close(&check->index);
    pkr_view_close(&check->view);
    pkr_view_close(&check->sum);
    packread_reader_free(check->reader);
    return status;
}

static int check_all(pkr_midx_check *check, pkr_fault *fault)
{
    const pkr_midx_file *file = check->layer->file;
    int status =
        pkr_view_point(&check->view, file, &file->source, file->path, file->source.size, fault);

    if (status == 0 && pkr_midx_check_is_blocked(check))
        pkr_midx_check_report_block(check);
    if (status == 0)
        status = pkr_check_midx_head(check, fault);
    if (status == 0)
        status = pkr_check_midx_rows(check, fault);
    if (status == 0)
        status = pkr_check_midx_packs(check, fault);
    if (status == 0)
        status = pkr_check_midx_order(check, fault);
    return status == 0 && check->is_stopped ? pkr_fault_stopped(fault) : status;
}

/* With tables for the rows and packs. */
static int run(pkr_midx_check *check, pkr_fault *fault)
{
    pkr_budget *budget = &check->snapshot->budget;
    const pkr_midx_file *file = check->layer->file;
    const pkr_need need = {file->path,
                           "the memory limit has no room for what is known of its rows"};
    const uint64_t counts = ((uint64_t)file->head.packs + 1) * sizeof *check->counts;
    const uint64_t met = (uint64_t)file->head.count / 8 + 1;
    const uint64_t all = counts + met + file->head.packs;
    void *memory;
    int status = pkr_memory_new(budget, all, &need, &memory, fault);

    if (status != 0)
        return status;
    check->counts = memory;
    check->met = (unsigned char *)memory + counts;
    check->trust = check->met + met;
    begin_views(check);
    status = end_views(check, check_all(check, fault), fault);
    pkr_memory_free(budget, memory, all);
    return status;
}

/* In the set that there is now, if the file is of that. */
static int run_in(pkr_midx_check *check, const pkr_pack_set *set, const pkr_midx_file *file,
                  pkr_fault *fault)
{
    const pkr_midx_list *list = set->midx;

    check->list = list;
    for (size_t i = 0; list && i < list->count; i++) {
        if (list->layers[i].file != file)
            continue;
        check->number = i;
        check->layer = &list->layers[i];
    }
    for (size_t i = 0; list && i < list->blocked_count; i++)
        if (list->blocked[i].file == file)
            check->layer = &list->blocked[i];
    if (check->layer)
        return run(check, fault);
    return pkr_fault_set(fault, PACKREAD_ERROR_CHANGED, file->path,
                         "the multi-pack-index is not there any more");
}

static int verify(pkr_midx_check *check, const pkr_midx_file *file,
                  packread_verify_summary *summary, pkr_fault *fault)
{
    pkr_packs *packs = &check->snapshot->packs;
    pkr_hold hold = {0};
    int status;

    pkr_hold_join(&hold, packs);
    pkr_hold_take(&hold, packs);
    status = run_in(check, hold.set, file, fault);
    pkr_hold_leave(&hold, packs);
    if (status != 0)
        return status;
    if (summary)
        pkr_sized_give(summary, PKR_END_OF(packread_verify_summary, depth), &check->summary,
                       sizeof check->summary);
    if (check->outcome == 0)
        return 0;
    return pkr_fault_set(fault, check->outcome, file->path,
                         check->outcome == PACKREAD_ERROR_CORRUPT
                             ? "there were findings"
                             : "not used: an older layer of its chain cannot be");
}

int packread_verify_midx(packread_snapshot *snapshot, size_t midx,
                         const packread_verify_options *options, packread_verify_summary *summary,
                         packread_error *error)
{
    packread_verify_options known;
    pkr_midx_check check = {.snapshot = snapshot, .options = &known};
    const pkr_midx_file *file;
    pkr_fault fault;
    int status;

    if (!snapshot)
        return pkr_error_null(error);
    file = midx <= UINT32_MAX ? pkr_shelf_get(&snapshot->midx_files, (uint32_t)midx) : NULL;
    if (!file)
        return pkr_error_argument(error, "no multi-pack-index of that number");
    if (!pkr_sized_take(&known, sizeof known, PKR_END_OF(packread_verify_options, context),
                        options))
        return pkr_error_argument(error, "options that this version does not know");
    if (!pkr_sized_can_be_given(summary))
        return pkr_error_argument(error, PKR_NO_SIZE);
    status = verify(&check, file, summary, &fault);
    return status == 0 ? 0 : pkr_fault_publish(&fault, error);
}
