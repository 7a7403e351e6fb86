/* midx_check.c - tells the caller what was found in a multi-pack-index. */
#include "verify/midx_check.h"

void pkr_midx_check_report_fault(pkr_midx_check *check, const pkr_fault *fault, uint64_t dependents)
{
    const packread_verify_options *options = check->options;
    packread_error told;
    const packread_finding finding = {
        .struct_size = sizeof finding, .error = &told, .dependents = dependents};

    if (check->is_stopped)
        return;
    check->summary.findings++;
    pkr_fault_publish(fault, &told);
    if (options->finding && options->finding(options->context, &finding) != 0)
        check->is_stopped = true;
}

void pkr_midx_check_report(pkr_midx_check *check, uint64_t at, const packread_id *id,
                           const char *text)
{
    pkr_fault detail;

    pkr_fault_at(&detail, PACKREAD_ERROR_CORRUPT, check->layer->file->path, at, text);
    if (id)
        pkr_fault_name(&detail, id);
    pkr_midx_check_report_fault(check, &detail, 0);
}

uint64_t pkr_midx_check_base(const pkr_midx_check *check)
{
    uint64_t objects = 0;

    for (size_t i = check->number; i < check->list->count; i++) {
        const pkr_midx_file *file = check->list->layers[i].file;

        if (i > check->number)
            objects += file->head.count;
        if (file->layer <= 1)
            break;
    }
    return objects;
}
