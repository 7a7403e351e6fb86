/* midx_check.c - tells the caller what was found in a multi-pack-index. */
#include "verify/midx_check.h"

#include <stdio.h>

static void report(pkr_midx_check *check, const pkr_fault *fault, uint64_t objects)
{
    const packread_verify_options *options = check->options;
    packread_error told;
    const packread_finding finding = {
        .struct_size = sizeof finding, .error = &told, .objects = objects};

    if (check->is_stopped)
        return;
    check->summary.findings++;
    if (check->outcome == 0 || fault->code == PACKREAD_ERROR_CORRUPT)
        check->outcome = fault->code;
    pkr_fault_publish(fault, &told);
    if (options->finding && options->finding(options->context, &finding) != 0)
        check->is_stopped = true;
}

void pkr_midx_check_report_fault(pkr_midx_check *check, const pkr_fault *fault)
{
    report(check, fault, 0);
}

void pkr_midx_check_report(pkr_midx_check *check, uint64_t at, const packread_id *id,
                           const char *text)
{
    pkr_fault detail;

    pkr_fault_at(&detail, PACKREAD_ERROR_CORRUPT, check->layer->file->path, at, text);
    if (id)
        pkr_fault_name(&detail, id);
    report(check, &detail, 0);
}

/* Where the older one is damaged, the chain is; where it could not be read, that says nothing. */
static int code_of_block(int why)
{
    switch (why) {
    case PACKREAD_ERROR_SYSTEM:
    case PACKREAD_ERROR_NOT_REGULAR:
    case PACKREAD_ERROR_CHANGED:
    case PACKREAD_ERROR_BUDGET:
        return why;
    default:
        return PACKREAD_ERROR_CORRUPT;
    }
}

void pkr_midx_check_report_block(pkr_midx_check *check)
{
    const pkr_midx_block *block = &check->layer->block;
    char text[100];
    pkr_fault detail;

    snprintf(text, sizeof text, "not used: the layer in line %u of its chain cannot be",
             (unsigned)block->line);
    pkr_fault_set(&detail, code_of_block(block->why), check->layer->file->path, text);
    report(check, &detail, 0);
}

void pkr_midx_run_add(pkr_midx_check *check, pkr_midx_run *run, uint64_t at, const packread_id *id)
{
    if (run->count++ == 0) {
        pkr_fault_set(&run->first, PACKREAD_ERROR_CORRUPT, check->layer->file->path, run->one);
        run->first.has_offset = at != 0;
        run->first.offset = at;
        run->first.id = *id;
    }
    run->last = *id;
}

void pkr_midx_run_end(pkr_midx_check *check, pkr_midx_run *run)
{
    const uint64_t count = run->count;
    char text[PACKREAD_HEX_MAX + 128];
    char last[PACKREAD_HEX_MAX + 1];

    run->count = 0;
    if (count == 0)
        return;
    if (count > 1) {
        packread_id_format(&run->last, last);
        snprintf(text, sizeof text, "%llu rows up to %s %s", (unsigned long long)count, last,
                 run->many);
        run->first.text = text;
    }
    report(check, &run->first, count > 1 ? count : 0);
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
