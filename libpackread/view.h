/* view.h - bytes of one file through one cursor, failures in this library's terms. A view belongs
 * to a reader; it is pointed at another file by taking over that file's resting cursor. */
#ifndef PACKREAD_VIEW_H
#define PACKREAD_VIEW_H

#include "packread.h"

typedef struct packread_view {
    smmap_cursor *cursor; /* own; NULL until first pointed at a file */
    const void *owner;    /* whose file it is now, to know without a look */
    const char *file;     /* path, for messages; borrowed */
    uint64_t end;         /* bytes of the file that may be read */
    uint64_t faults;      /* pages of it that could not be read before the operation at hand */
    bool spoiled;         /* it has shown bytes since then that are not the file's */
    const unsigned char *last; /* of the bytes shown for use without a checksum; NULL: none */
} packread_view;

/* Hints for `wanted` of packread_view_use. */
#define PACKREAD_VIEW_ALL 0          /* forward reading: as much as a window has */
#define PACKREAD_VIEW_ONE_ENTRY 4096 /* a jump to one entry */

/* Points the view at the file of `rest`, a cursor that nobody moves. Errors: MEMORY. */
int packread_view_point(packread_view *view, const void *owner, const smmap_cursor *rest,
                        const char *file, uint64_t end, packread_error *error);
void packread_view_close(packread_view *view);
/* Lets go of the window, keeps the file. */
void packread_view_rest(packread_view *view);

/* An operation begins: from now on every byte seen counts. */
void packread_view_begin(packread_view *view);
/* Bytes of the window at hand, up to `last`, are used, and no checksum holds them. A file that is
 * cut inside a page shows zeros up to the end of it, without a fault; so where the last byte used
 * is zero, the file's size is looked at afterwards. */
static inline void packread_view_saw(packread_view *view, const unsigned char *last)
{
    view->last = last;
}
/* Whether a page of what it has seen since could not be read, so that bytes were zeros. */
bool packread_view_spoiled(packread_view *view);
/* Why, as an error of the file at hand: CHANGED or SYSTEM. */
int packread_view_fault(const packread_view *view, packread_error *error);
/* `status`, or why the file that it is about is not the one that was opened. */
int packread_view_blame(const packread_view *view, int status, packread_error *error);

/* The bytes from `offset` on, as many as one window has, one at least. Valid until the view's next
 * call. Errors: CORRUPT at or past `end`, those of windows. */
int packread_view_use(packread_view *view, uint64_t offset, uint64_t wanted,
                      const unsigned char **bytes, size_t *size, packread_error *error);

/* Exactly `size` bytes in one piece. */
int packread_view_need(packread_view *view, uint64_t offset, size_t size,
                       const unsigned char **bytes, packread_error *error);

/* `size` bytes in one piece, or all up to `end` where that is less; `*size` says how many. */
int packread_view_upto(packread_view *view, uint64_t offset, size_t *size,
                       const unsigned char **bytes, packread_error *error);

#endif
