/* bundle_head.c - lines out of windows: one that a window cuts is looked at once more, whole. */
#include "pack/bundle_head.h"

#include <string.h>

#include "base/fault.h"

static int failed(const pkr_view *view, int code, uint64_t at, const char *text, pkr_fault *fault)
{
    return pkr_fault_at(fault, code, view->file, at, text);
}

/* The bytes from `at` on: a window's, or, of a line that is cut there, so many that no line is
 * longer. */
static int see(pkr_view *view, uint64_t at, bool is_cut, const unsigned char **bytes, size_t *size,
               pkr_fault *fault)
{
    if (at >= view->end)
        return failed(view, PACKREAD_ERROR_CORRUPT, at, "the bundle's header has no end", fault);
    if (!is_cut)
        return pkr_view_use(view, at, PKR_VIEW_ALL, bytes, size, fault);
    *size = PKR_BUNDLE_LINE_MOST;
    return pkr_view_upto(view, at, size, bytes, fault);
}

/* What follows a line that is malformed may be right: the pack is there all the same. */
static int pass_over(pkr_bundle_head *head, const pkr_view *view, uint64_t at,
                     const unsigned char *bytes, size_t size, const char *text,
                     pkr_bundle_line *line)
{
    const unsigned char *end = memchr(bytes, '\n', size);

    if (head->doubt.code == 0)
        failed(view, PACKREAD_ERROR_CORRUPT, at, text, &head->doubt);
    line->length = (size_t)(end - bytes) + 1; /* the parser has found it */
    return 0;
}

static int no_line(const pkr_view *view, uint64_t at, size_t size, pkr_fault *fault)
{
    return failed(view, PACKREAD_ERROR_CORRUPT, at,
                  size < PKR_BUNDLE_LINE_MOST
                      ? "the bundle's header has no end"
                      : "a line of the bundle's header is longer than 1 MiB",
                  fault);
}

int pkr_bundle_head_read(pkr_view *view, pkr_bundle_head *head, pkr_bundle_visitor *visit,
                         void *context, pkr_fault *fault)
{
    const unsigned char *bytes = NULL;
    size_t size = 0;
    uint64_t at = 0;
    bool is_cut = false;

    *head = (pkr_bundle_head){0};
    for (;;) {
        const bool has_begun = head->bundle.version != 0;
        pkr_bundle_line line = {.length = 0};
        const char *text;
        bool is_right;
        int status = size == 0 ? see(view, at, is_cut, &bytes, &size, fault) : 0;

        if (status != 0)
            return status;
        status = pkr_bundle_next(&head->bundle, bytes, size, &line, &text);
        is_right = status == 0;
        if (status == PACKREAD_ERROR_CORRUPT && has_begun)
            status = pass_over(head, view, at, bytes, size, text, &line);
        if (status != 0)
            return failed(view, status, at, text, fault);
        /* Whether it is one does not depend on how far a window reaches. */
        if (line.length > PKR_BUNDLE_LINE_MOST)
            return no_line(view, at, line.length, fault);
        if (line.length == 0) {
            if (is_cut)
                return no_line(view, at, size, fault);
            is_cut = true;
            size = 0;
            continue;
        }
        is_cut = false;
        at += line.length;
        if (is_right && line.kind == PKR_BUNDLE_END) {
            head->end = at;
            return 0;
        }
        status = is_right && visit ? visit(context, &line) : 0;
        if (status != 0)
            return status;
        bytes += line.length;
        size -= line.length;
    }
}

int pkr_bundle_head_each(const pkr_pack *pack, pkr_budget *budget, pkr_bundle_visitor *visit,
                         void *context, pkr_fault *fault)
{
    const pkr_source head = {.rest = pack->data.rest,
                             .bytes =
                                 pack->data.bytes ? pack->data.bytes - pack->bundle_head : NULL,
                             .size = pack->bundle_head};
    pkr_view view = {.budget = budget};
    pkr_bundle_head again;
    int status;

    if (pack->bundle.version == 0)
        return 0;
    status = pkr_view_point(&view, &head, &head, pack->path, head.size, fault);
    if (status == 0)
        status = pkr_bundle_head_read(&view, &again, visit, context, fault);
    if (pkr_view_spoiled(&view))
        status = pkr_view_fault(&view, fault);
    pkr_view_close(&view);
    return status;
}
