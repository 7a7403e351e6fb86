/* view.h - bytes of one file through one cursor, or of memory that is there anyway; failures in
 * this library's terms. A view belongs to a reader; it is pointed at another file by taking over
 * that file's resting cursor. */
#ifndef PKR_VIEW_H
#define PKR_VIEW_H

#include <smmap.h>

#include "base/budget.h"

/* Where the bytes of a file are. All zeros: nowhere. */
typedef struct pkr_source {
    smmap_cursor *rest;         /* resting: associated, never moved; views copy it */
    const unsigned char *bytes; /* or in memory, which nobody changes; NULL: in the file */
    uint64_t begin;             /* so many bytes of the file come before its own */
    uint64_t size;
} pkr_source;

/* Whether the file still is the one that was opened: 0, CHANGED or SYSTEM. Memory always is. */
int pkr_source_check(const pkr_source *source, const char *file, pkr_fault *fault);
/* How many pages of it could not be read so far. */
uint64_t pkr_source_faults(const pkr_source *source);

typedef struct pkr_view {
    pkr_budget *budget;         /* who is asked where the system has no memory; NULL: nobody */
    smmap_cursor *cursor;       /* own; NULL until first pointed at a file */
    const unsigned char *bytes; /* of memory; NULL: the cursor's file is looked at */
    const void *owner;          /* whose file it is now, to know without a look */
    const char *file;           /* path, for messages; borrowed */
    uint64_t begin;             /* where in the file offset 0 of the calls below is */
    uint64_t end;               /* bytes from there on that may be read */
    uint64_t faults;           /* pages of it that could not be read before the operation at hand */
    bool spoiled;              /* it has shown bytes since then that are not the file's */
    const unsigned char *last; /* of the bytes shown for use without a checksum; NULL: none */
} pkr_view;

/* Hints for `wanted` of pkr_view_use. */
#define PKR_VIEW_ALL 0          /* forward reading: as much as a window has */
#define PKR_VIEW_ONE_ENTRY 4096 /* a jump to one entry */

/* Whether the window failed for want of the system's memory, and others have given theirs now: then
 * it is worth one more try. The calls below do that by themselves. */
bool pkr_view_relieve(const pkr_view *view, const smmap_error *cause);

/* Points the view at a source, up to `end`. Errors: MEMORY, of a file only. */
int pkr_view_point(pkr_view *view, const void *owner, const pkr_source *source, const char *file,
                   uint64_t end, pkr_fault *fault);
void pkr_view_close(pkr_view *view);
/* The byte at `offset`, where the window at hand has it; else NULL. Of a file only. */
const unsigned char *pkr_view_at_hand(const pkr_view *view, uint64_t offset);
/* Lets go of the window, keeps the file. */
void pkr_view_rest(pkr_view *view);

/* An operation begins: from now on every byte seen counts. */
void pkr_view_begin(pkr_view *view);
/* Bytes of the window at hand, up to `last`, are used, and no checksum holds them. A file that is
 * cut inside a page shows zeros up to the end of it, without a fault; so where the last byte used
 * is zero, the file's size is looked at afterwards. */
static inline void pkr_view_saw(pkr_view *view, const unsigned char *last)
{
    view->last = last;
}
/* Whether a page of what it has seen since could not be read, so that bytes were zeros. */
bool pkr_view_spoiled(pkr_view *view);
/* Why, as an error of the file at hand: CHANGED or SYSTEM. */
int pkr_view_fault(const pkr_view *view, pkr_fault *fault);
/* What was asked of a file, through these views, is answered: `status`, or why what they showed is
 * not the file's; then the next operation is begun with a clean slate. */
int pkr_views_settle(pkr_view *const views[], size_t count, int status, pkr_fault *fault);
/* `status`, or why the file that it is about is not the one that was opened. */
int pkr_view_blame(const pkr_view *view, int status, pkr_fault *fault);

/* The two below are STOPPED too where that is asked of who works with the budget. */

/* The bytes from `offset` on, as many as one window has (of memory: 4 MiB), one at least. Valid
 * until the view's next call. Errors: CORRUPT at or past `end`, those of windows. */
int pkr_view_use(pkr_view *view, uint64_t offset, uint64_t wanted, const unsigned char **bytes,
                 size_t *size, pkr_fault *fault);

/* Exactly `size` bytes in one piece. */
int pkr_view_need(pkr_view *view, uint64_t offset, size_t size, const unsigned char **bytes,
                  pkr_fault *fault);

/* `size` bytes in one piece, or all up to `end` where that is less; `*size` says how many. */
int pkr_view_upto(pkr_view *view, uint64_t offset, size_t *size, const unsigned char **bytes,
                  pkr_fault *fault);

#endif
