/* midx_file.c - opens a multi-pack-index, and reads the names of its packs. */
#include "midx/midx_file.h"

#include <stdlib.h>
#include <string.h>

static int at_head(const pkr_midx_file *file, int code, const char *text, pkr_fault *fault)
{
    return pkr_fault_set(fault, code, file->path, text);
}

static int read_head(pkr_midx_file *file, pkr_view *view, pkr_fault *fault)
{
    const uint64_t size = file->source.size;
    const size_t length = size < PKR_MIDX_HEAD ? (size_t)size : PKR_MIDX_HEAD;
    const unsigned char *bytes;
    const char *text;
    int status;

    if (size == 0)
        return at_head(file, PACKREAD_ERROR_NOT_AN_INDEX, "empty file", fault);
    status = pkr_view_need(view, 0, length, &bytes, fault);
    if (status != 0)
        return status;
    status = pkr_midx_parse(bytes, length, size, &file->head, &text);
    if (status != 0)
        return at_head(file, status, text, fault);
    status = pkr_view_need(view, file->head.steps.at, PKR_MIDX_FANOUT, &bytes, fault);
    if (status != 0)
        return status;
    status = pkr_midx_parse_fanout(bytes, &file->head, &text);
    return status == 0 ? 0 : at_head(file, status, text, fault);
}

static int open_source(pkr_midx_file *file, pkr_budget *budget, pkr_fault *fault)
{
    smmap_error cause;

    pkr_host_look(file->path, &file->stamp);
    if (smmap_cursor_open_path(budget->manager, file->path, &file->source.rest, &cause) != 0)
        return pkr_fault_from_window(fault, &cause, file->path);
    file->source.size = smmap_cursor_file_size(file->source.rest);
    return 0;
}

static int point(const pkr_midx_file *file, pkr_view *view, pkr_fault *fault)
{
    return pkr_view_point(view, file, &file->source, file->path, file->source.size, fault);
}

/* `status`, or why what was seen is not the file's. */
static int settle(pkr_view *view, int status, pkr_fault *fault)
{
    if (pkr_view_spoiled(view))
        status = pkr_view_fault(view, fault);
    pkr_view_close(view);
    return status;
}

int pkr_midx_file_open(pkr_budget *budget, const char *path, pkr_midx_file **file,
                       packread_error *error)
{
    pkr_midx_file *opened = calloc(1, sizeof *opened);
    pkr_view view = {.budget = budget};
    pkr_fault fault;
    int status;

    if (opened)
        opened->path = strdup(path);
    if (!opened || !opened->path) {
        free(opened);
        return pkr_error_memory(error);
    }
    status = open_source(opened, budget, &fault);
    if (status == 0)
        status = point(opened, &view, &fault);
    if (status == 0)
        status = read_head(opened, &view, &fault);
    status = settle(&view, status, &fault);
    if (status == 0) {
        *file = opened;
        return 0;
    }
    pkr_fault_publish(&fault, error); /* it names the path */
    pkr_midx_file_free(opened);
    return status;
}

int pkr_midx_file_names(const pkr_midx_file *file, pkr_budget *budget, pkr_midx_name_visitor *visit,
                        void *context, pkr_fault *fault)
{
    const pkr_midx *head = &file->head;
    pkr_view view = {.budget = budget};
    pkr_midx_names names;
    const char *text;
    uint64_t at = head->names.at;
    int status = point(file, &view, fault);

    pkr_midx_names_begin(&names, head);
    while (status == 0 && names.left > 0 && at < head->names.at + head->names.size) {
        const uint64_t left = head->names.at + head->names.size - at;
        const unsigned char *bytes;
        size_t size;

        status = pkr_view_use(&view, at, PKR_VIEW_ALL, &bytes, &size, fault);
        if (status != 0)
            break;
        if (size > left)
            size = (size_t)left;
        status = pkr_midx_names_take(&names, bytes, size, visit, context, &text);
        if (status != 0)
            status = text ? pkr_fault_at(fault, status, file->path, head->names.at + names.used - 1,
                                         text)
                          : pkr_fault_set(fault, status, file->path, packread_error_text(status));
        at += size;
    }
    if (status == 0 && pkr_midx_names_end(&names, &text) != 0)
        status = pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, file->path,
                              head->names.at + names.used, text);
    return settle(&view, status, fault);
}

void pkr_midx_file_use(pkr_midx_file *file)
{
    atomic_fetch_add(&file->users, 1);
}

static void release(pkr_midx_file *file)
{
    if (!file->source.rest)
        return;
    smmap_cursor_release_file(file->source.rest, NULL);
    smmap_cursor_close(file->source.rest);
    file->source.rest = NULL;
}

void pkr_midx_file_let_go(pkr_midx_file *file)
{
    if (atomic_fetch_sub(&file->users, 1) == 1)
        release(file);
}

void pkr_midx_file_free(pkr_midx_file *file)
{
    if (!file)
        return;
    release(file);
    free(file->path);
    free(file);
}
