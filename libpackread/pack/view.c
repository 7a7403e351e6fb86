/* view.c - a cursor or memory with an end, and failures as packread errors. */
#include "pack/view.h"

#include <errno.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/stop.h"

bool pkr_view_relieve(const pkr_view *view, const smmap_error *cause)
{
    bool is_memory = cause->code == SMMAP_ERROR_MEMORY ||
                     (cause->code == SMMAP_ERROR_SYSTEM && cause->system_errno == ENOMEM);

    return is_memory && view->budget && pkr_budget_relieve(view->budget);
}

static int use(pkr_view *view, uint64_t offset, uint64_t wanted, smmap_error *cause)
{
    const uint64_t place = view->begin + offset;
    int status = smmap_cursor_use(view->cursor, place, wanted, 0, cause);

    return status != 0 && pkr_view_relieve(view, cause)
               ? smmap_cursor_use(view->cursor, place, wanted, 0, cause)
               : status;
}

static int need(pkr_view *view, uint64_t offset, size_t size, smmap_error *cause)
{
    const uint64_t place = view->begin + offset;
    int status = smmap_cursor_need(view->cursor, place, size, cause);

    return status != 0 && pkr_view_relieve(view, cause)
               ? smmap_cursor_need(view->cursor, place, size, cause)
               : status;
}

/* What is seen at once, unless more is wanted: long jobs look at whether they are to stop between
 * pieces, and a window may be as long as its file. Room for what is inflated in one go. */
#define PIECE ((uint64_t)17 << 20)

int pkr_source_check(const pkr_source *source, const char *file, pkr_fault *fault)
{
    smmap_error cause;

    if (!source->rest || smmap_cursor_check(source->rest, &cause) == 0)
        return 0;
    return pkr_fault_from_window(fault, &cause, file);
}

uint64_t pkr_source_faults(const pkr_source *source)
{
    return smmap_cursor_faults(source->rest);
}

static int point(pkr_view *view, const smmap_cursor *rest)
{
    return view->cursor ? smmap_cursor_assign(view->cursor, rest)
                        : smmap_cursor_copy(rest, &view->cursor);
}

static int point_at_file(pkr_view *view, const pkr_source *source, pkr_fault *fault)
{
    const smmap_error no_memory = {.code = SMMAP_ERROR_MEMORY};
    int status = point(view, source->rest);

    if (status != 0 && pkr_view_relieve(view, &no_memory))
        status = point(view, source->rest);
    if (status != 0)
        return pkr_fault_memory(fault);
    view->faults = smmap_cursor_faults(view->cursor);
    return 0;
}

int pkr_view_point(pkr_view *view, const void *owner, const pkr_source *source, const char *file,
                   uint64_t end, pkr_fault *fault)
{
    int status = 0;

    if (view->owner && view->owner == owner)
        return 0;
    view->owner = NULL;
    view->spoiled = pkr_view_spoiled(view);
    view->bytes = source->bytes;
    if (!view->bytes)
        status = point_at_file(view, source, fault);
    else if (view->cursor)
        smmap_cursor_unuse(view->cursor);
    if (status != 0)
        return status;
    view->owner = owner;
    view->file = file;
    view->begin = source->begin;
    view->end = end;
    return 0;
}

const unsigned char *pkr_view_at_hand(const pkr_view *view, uint64_t offset)
{
    const uint64_t place = view->begin + offset;

    return smmap_cursor_includes(view->cursor, place)
               ? smmap_cursor_data(view->cursor) + (place - smmap_cursor_begin(view->cursor))
               : NULL;
}

/* Before the window goes. */
static void confirm(pkr_view *view)
{
    if (view->last && *view->last == 0 && !view->bytes &&
        smmap_cursor_check(view->cursor, NULL) != 0)
        view->spoiled = true;
    view->last = NULL;
}

void pkr_view_close(pkr_view *view)
{
    view->last = NULL;
    smmap_cursor_close(view->cursor);
    view->cursor = NULL;
    view->bytes = NULL;
    view->owner = NULL;
}

void pkr_view_rest(pkr_view *view)
{
    confirm(view);
    if (view->cursor)
        smmap_cursor_unuse(view->cursor);
}

void pkr_view_begin(pkr_view *view)
{
    uint64_t faults = smmap_cursor_faults(view->cursor);

    if (faults != view->faults)
        pkr_view_rest(view); /* the window may be a bad one */
    view->faults = faults;
    view->spoiled = false;
    view->last = NULL;
}

bool pkr_view_spoiled(pkr_view *view)
{
    confirm(view);
    return view->spoiled || (!view->bytes && smmap_cursor_faults(view->cursor) != view->faults);
}

int pkr_view_fault(const pkr_view *view, pkr_fault *fault)
{
    smmap_error cause;

    if (!view->bytes && smmap_cursor_check(view->cursor, &cause) != 0)
        return pkr_fault_from_window(fault, &cause, view->file);
    return pkr_fault_system(fault, view->file, EIO, "a page of it could not be read");
}

int pkr_views_settle(pkr_view *const views[], size_t count, int status, pkr_fault *fault)
{
    size_t bad = 0;

    while (bad < count && !pkr_view_spoiled(views[bad]))
        bad++;
    if (bad == count)
        return status;
    status = pkr_view_fault(views[bad], fault);
    for (size_t i = 0; i < count; i++)
        pkr_view_begin(views[i]);
    return status;
}

int pkr_view_blame(const pkr_view *view, int status, pkr_fault *fault)
{
    smmap_error cause;

    if (status == 0 || view->bytes || !view->cursor ||
        smmap_cursor_check(view->cursor, &cause) == 0)
        return status;
    return pkr_fault_from_window(fault, &cause, view->file);
}

/* Windows get a share of the memory limit: with the limit that is told theirs is large enough. */
static uint64_t limit_for(const pkr_budget *budget, uint64_t windows)
{
    const uint64_t parts = 16; /* it is told to a sixteenth of the present one */
    const uint64_t share = smmap_manager_memory_limit(budget->manager);
    const uint64_t part =
        share < UINT64_MAX - budget->limit ? (share + budget->limit) / parts + 1 : 1;

    return share > 0 && windows < UINT64_MAX / parts &&
                   windows * parts / share + 1 < UINT64_MAX / part
               ? (windows * parts / share + 1) * part
               : UINT64_MAX;
}

static int window_failed(const pkr_view *view, const smmap_error *cause, pkr_fault *fault)
{
    int status = pkr_fault_from_window(fault, cause, view->file);

    if (status == PACKREAD_ERROR_BUDGET && fault && view->budget && view->budget->manager)
        fault->needed = limit_for(view->budget, cause->needed);
    return status;
}

static int ends_early(const pkr_view *view, uint64_t offset, pkr_fault *fault)
{
    return pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, view->file, offset,
                        "the file ends too early");
}

/* All that takes long goes through views again and again. */
static bool is_stopped(const pkr_view *view)
{
    return view->budget && pkr_stop_is_asked(view->budget->stop);
}

int pkr_view_use(pkr_view *view, uint64_t offset, uint64_t wanted, const unsigned char **bytes,
                 size_t *size, pkr_fault *fault)
{
    smmap_error cause;
    uint64_t most = wanted > PIECE ? wanted : PIECE;

    if (offset >= view->end)
        return ends_early(view, offset, fault);
    if (is_stopped(view))
        return pkr_fault_stopped(fault);
    if (most > view->end - offset)
        most = view->end - offset;
    if (view->bytes) {
        *bytes = view->bytes + offset;
        *size = most < SIZE_MAX ? (size_t)most : SIZE_MAX;
        return 0;
    }
    confirm(view);
    if (use(view, offset, wanted, &cause) != 0)
        return window_failed(view, &cause, fault);
    *bytes = smmap_cursor_data(view->cursor);
    *size = smmap_cursor_size(view->cursor);
    if (*size > most)
        *size = (size_t)most;
    return 0;
}

int pkr_view_need(pkr_view *view, uint64_t offset, size_t size, const unsigned char **bytes,
                  pkr_fault *fault)
{
    smmap_error cause;

    if (!pkr_bytes_inside(offset, size, view->end))
        return ends_early(view, offset, fault);
    if (is_stopped(view))
        return pkr_fault_stopped(fault);
    if (view->bytes) {
        *bytes = view->bytes + offset;
        return 0;
    }
    confirm(view);
    if (need(view, offset, size, &cause) != 0)
        return window_failed(view, &cause, fault);
    *bytes = smmap_cursor_data(view->cursor);
    return 0;
}

int pkr_view_upto(pkr_view *view, uint64_t offset, size_t *size, const unsigned char **bytes,
                  pkr_fault *fault)
{
    if (offset >= view->end)
        return ends_early(view, offset, fault);
    if (*size > view->end - offset)
        *size = (size_t)(view->end - offset);
    return pkr_view_need(view, offset, *size, bytes, fault);
}
