/* view.c - a cursor with an end, and its failures as packread errors. */
#include "view.h"

#include <errno.h>

#include "bytes.h"
#include "error.h"

int packread_view_point(packread_view *view, const void *owner, const smmap_cursor *rest,
                        const char *file, uint64_t end, packread_error *error)
{
    int status;

    if (view->owner == owner && view->cursor)
        return 0;
    view->owner = NULL;
    view->spoiled = packread_view_spoiled(view);
    status = view->cursor ? smmap_cursor_assign(view->cursor, rest)
                          : smmap_cursor_copy(rest, &view->cursor);
    if (status != 0)
        return packread_error_memory(error);
    view->faults = smmap_cursor_faults(view->cursor);
    view->owner = owner;
    view->file = file;
    view->end = end;
    return 0;
}

/* Before the window goes. */
static void confirm(packread_view *view)
{
    if (view->last && *view->last == 0 && smmap_cursor_check(view->cursor, NULL) != 0)
        view->spoiled = true;
    view->last = NULL;
}

void packread_view_close(packread_view *view)
{
    view->last = NULL;
    smmap_cursor_close(view->cursor);
    view->cursor = NULL;
    view->owner = NULL;
}

void packread_view_rest(packread_view *view)
{
    confirm(view);
    if (view->cursor)
        smmap_cursor_unuse(view->cursor);
}

void packread_view_begin(packread_view *view)
{
    uint64_t faults = smmap_cursor_faults(view->cursor);

    if (faults != view->faults)
        packread_view_rest(view); /* the window may be a bad one */
    view->faults = faults;
    view->spoiled = false;
    view->last = NULL;
}

bool packread_view_spoiled(packread_view *view)
{
    confirm(view);
    return view->spoiled || smmap_cursor_faults(view->cursor) != view->faults;
}

int packread_view_fault(const packread_view *view, packread_error *error)
{
    smmap_error cause;

    if (smmap_cursor_check(view->cursor, &cause) != 0)
        return packread_error_from_window(error, &cause, view->file);
    return packread_error_system(error, view->file, EIO, "a page of it could not be read");
}

int packread_view_blame(const packread_view *view, int status, packread_error *error)
{
    smmap_error cause;

    if (status == 0 || !view->cursor || smmap_cursor_check(view->cursor, &cause) == 0)
        return status;
    return packread_error_from_window(error, &cause, view->file);
}

static int ends_early(const packread_view *view, uint64_t offset, packread_error *error)
{
    return packread_error_at(error, PACKREAD_ERROR_CORRUPT, view->file, offset,
                             "the file ends too early");
}

int packread_view_use(packread_view *view, uint64_t offset, uint64_t wanted,
                      const unsigned char **bytes, size_t *size, packread_error *error)
{
    smmap_error cause;
    uint64_t left;

    if (offset >= view->end)
        return ends_early(view, offset, error);
    confirm(view);
    if (smmap_cursor_use(view->cursor, offset, wanted, 0, &cause) != 0)
        return packread_error_from_window(error, &cause, view->file);
    left = view->end - offset;
    *bytes = smmap_cursor_data(view->cursor);
    *size = smmap_cursor_size(view->cursor);
    if (*size > left)
        *size = (size_t)left;
    return 0;
}

int packread_view_need(packread_view *view, uint64_t offset, size_t size,
                       const unsigned char **bytes, packread_error *error)
{
    smmap_error cause;

    if (!packread_bytes_inside(offset, size, view->end))
        return ends_early(view, offset, error);
    confirm(view);
    if (smmap_cursor_need(view->cursor, offset, size, &cause) != 0)
        return packread_error_from_window(error, &cause, view->file);
    *bytes = smmap_cursor_data(view->cursor);
    return 0;
}

int packread_view_upto(packread_view *view, uint64_t offset, size_t *size,
                       const unsigned char **bytes, packread_error *error)
{
    if (offset >= view->end)
        return ends_early(view, offset, error);
    if (*size > view->end - offset)
        *size = (size_t)(view->end - offset);
    return packread_view_need(view, offset, *size, bytes, error);
}
