/* midx_chain_file.c - reads a chain through one window. */
#include "midx/midx_chain_file.h"

#include <stdlib.h>

#include "format/midx_chain.h"

int pkr_midx_chain_open(pkr_midx_chain *of, pkr_budget *budget, packread_error *error)
{
    smmap_error cause;
    pkr_fault fault;
    int status = smmap_cursor_open_path(budget->manager, of->path, &of->source.rest, &cause);

    if (status != 0) {
        status = pkr_fault_from_window(&fault, &cause, of->path);
    } else {
        of->source.size = smmap_cursor_file_size(of->source.rest);
        of->view.budget = budget;
        if (of->source.size > 0)
            status = pkr_view_point(&of->view, of, &of->source, of->path, of->source.size, &fault);
    }
    return status == 0 ? 0 : pkr_fault_publish(&fault, error);
}

void pkr_midx_chain_close(pkr_midx_chain *of)
{
    pkr_view_close(&of->view);
    smmap_cursor_close(of->source.rest);
    free(of->path);
}

int pkr_midx_chain_next(pkr_midx_chain *of, uint64_t *at, packread_id *sum, packread_error *error)
{
    size_t size = PKR_MIDX_CHAIN_LINE;
    const unsigned char *bytes;
    const char *text;
    size_t used = 0;
    pkr_fault fault;
    int status = pkr_view_upto(&of->view, *at, &size, &bytes, &fault);

    if (status == 0) {
        status = pkr_midx_chain_line(bytes, size, of->id_size, sum, &used, &text);
        if (status != 0) {
            pkr_fault_at(&fault, status, of->path, *at, text);
            used = pkr_midx_chain_pass(bytes, size, of->id_size);
        }
    }
    if (pkr_view_spoiled(&of->view))
        status = pkr_view_fault(&of->view, &fault);
    *at += used;
    return status == 0 ? 0 : pkr_fault_publish(&fault, error);
}
