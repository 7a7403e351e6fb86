/* smmap.h - windows onto files far larger than memory.
 *
 * A manager maps parts ("regions") of any number of files within limits on bytes and on
 * mappings; a window is the range of a file that a region covers. A cursor points at bytes of one
 * file and keeps the region under it mapped. A region that a cursor holds is pinned. One that none
 * holds is idle: it stays mapped until room is needed, and the least recently used one goes first.
 *
 * CAVEATS FIRST
 *  - A pointer that a cursor gave out is valid until that cursor is moved to another region, let
 *    go (smmap_cursor_unuse), assigned to or closed; not longer. Copies of the cursor hold the
 *    region for themselves. A move inside the same region keeps earlier pointers valid.
 *  - Bytes are read-only. A file that another process changes in place shows other bytes through
 *    the same pointer when it is mapped (SMMAP_IO_MMAP), and a file that is cut short under a
 *    mapping raises SIGBUS on access; choose SMMAP_IO_PREAD where that can happen: its regions are
 *    private copies.
 *  - A file is taken for what it was when the first cursor on it was opened: device, inode, size
 *    and, where the system tells, time of birth. A file replaced, shrunk or grown since then is
 *    SMMAP_ERROR_CHANGED for every new window, never other bytes.
 *
 * THREADS  A manager may be used by any number of threads at once. A cursor or a buffer belongs to
 * one thread at a time; two cursors of one manager may be used by two threads at once. A cursor at
 * rest, one that no thread moves, lets go, assigns to or closes meanwhile, is everybody's: any
 * number of threads may make the calls that take a const smmap_cursor on it at once, so copy it and
 * assign from it. What takes neither may be called by any thread.
 *
 * COST  A use that stays in the cursor's region (a hit) takes no lock and no system call: a few
 * nanoseconds. Any other finds its region by binary search, with the manager's lock, which is held
 * while windows are unmapped too but never while a file is opened, mapped or read. A new region
 * costs what its system calls do, some 10 microseconds. What a call costs beyond that is said
 * where it is declared.
 *
 * UNITS  All offsets and sizes are bytes. Offsets are from the start of the file.
 *
 * ERRORS  Calls that can fail return 0 or a negative enum smmap_error_code. Outputs are written on
 * success only. The optional last argument, smmap_error, receives the detail of a failure; it is
 * left alone on success. A NULL where something is needed is ARGUMENT; calls that return no code
 * answer 0, false or NULL then, or do nothing. Only windows and infos have to be there. The library
 * never prints, never aborts, and keeps no globals but the table of SMMAP_GUARD.
 *
 * STRUCTS GROW  Those that a caller fills, and those that a call fills for it, begin with
 * `struct_size`: the bytes of the struct that the caller's compiler knows. 0 stands for those of
 * version 0.2.0, so that `smmap_options options = {0};` is right for as long as no later field is
 * set; what a call fills has to be set too (`smmap_stats stats = {.struct_size = sizeof stats};`),
 * not left as it happens to be. What the caller fills: fields past its size have their defaults;
 * fields that this library does not know yet have to be zero, else the call is ARGUMENT, as it is
 * for a size that does not even hold `struct_size`. What a call fills: no more than the size is
 * written, and `struct_size` says then how much was; nothing where it does not hold that.
 * smmap_window, two numbers, stays as it is. smmap_error does not begin so, because it is mostly
 * there for a failure that does not come, and nobody would set it up: it has room instead.
 *
 * MEMORY  Destructors accept NULL. What a call returns is freed by the call named in its comment.
 *
 * The rows marked "seed:" name the part of Python's smmap whose documented behaviour the call
 * keeps. */
#ifndef SMMAP_H
#define SMMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SMMAP_API __attribute__((visibility("default")))
#else
#define SMMAP_API
#endif

/* Before 1.0 the minor number counts what breaks a program that was built before. */
#define SMMAP_VERSION_MAJOR 0
#define SMMAP_VERSION_MINOR 2
#define SMMAP_VERSION_PATCH 0

/* ---- Errors ------------------------------------------------------------------------------- */

/* seed: MemoryManagerError is any code below; RegionCollectionError is SMMAP_ERROR_LIMIT. */
enum smmap_error_code {
    SMMAP_OK = 0,
    SMMAP_ERROR_ARGUMENT = -1,       /* a NULL, an unknown kind, a flag that may not be given */
    SMMAP_ERROR_MEMORY = -2,         /* the allocator refused (not the limit: the system) */
    SMMAP_ERROR_SYSTEM = -3,         /* a system call failed; system_errno says how */
    SMMAP_ERROR_NOT_REGULAR = -4,    /* a folder, FIFO, socket or device in a file's place */
    SMMAP_ERROR_CHANGED = -5,        /* the file is not the one it was: replaced, shrunk, grown */
    SMMAP_ERROR_CLOSED = -6,         /* the caller's descriptor was closed: no new windows */
    SMMAP_ERROR_RANGE = -7,          /* the offset, or offset + size, lies beyond the end */
    SMMAP_ERROR_LIMIT = -8,          /* hard limit: everything is pinned and there is no room */
    SMMAP_ERROR_NOT_ASSOCIATED = -9, /* the cursor has no file */
    SMMAP_ERROR_NOT_VALID = -10,     /* the cursor holds no region, the buffer is not in access */
    SMMAP_ERROR_WRONG_KIND = -11,    /* path asked of a descriptor's cursor, or the reverse */
    SMMAP_ERROR_TRUNCATED = -12      /* the file ended before the bytes that it promised */
};

/* The detail of a failure. Owned by the caller; holds no pointers. */
typedef struct smmap_error {
    int code;             /* an enum smmap_error_code */
    int system_errno;     /* errno of the first system call that failed, or 0 */
    uint64_t offset;      /* where in the file, if that applies */
    uint64_t size;        /* how many bytes were wanted there */
    uint64_t needed;      /* SMMAP_ERROR_LIMIT: bytes that memory_limit would have to be, 0 where
                           * mapping_limit is in the way */
    char file[256];       /* the path, its tail if longer ("...tail"), or "fd N" */
    uint64_t reserved[4]; /* 0; for fields to come: the struct keeps its size */
} smmap_error;

/* A constant English phrase for a code, without punctuation; never NULL. */
SMMAP_API const char *smmap_error_text(int code);

/* ---- Windows: pure arithmetic (seed: MapWindow and the utilities) --------------------------- */

/* The half-open range [offset, offset + size) of a file. Two numbers, and it will not grow. */
typedef struct smmap_window {
    uint64_t offset;
    uint64_t size;
} smmap_window;

/* seed: align_to_mmap. `number` to the mapping granularity, down, or up when `round_up`. Rounding
 * up saturates at the largest multiple of the granularity instead of wrapping. */
SMMAP_API uint64_t smmap_align(uint64_t number, bool round_up);
/* The mapping granularity: the page size of this system. */
SMMAP_API uint64_t smmap_granularity(void);
/* seed: is_64_bit. */
SMMAP_API bool smmap_is_64_bit(void);

/* seed: ofs_end. One past the last byte; saturates at UINT64_MAX. */
SMMAP_API uint64_t smmap_window_end(const smmap_window *window);
/* seed: align. Offset down and end up to the granularity: the old area stays inside. */
SMMAP_API void smmap_window_align(smmap_window *window);
/* seed: extend_left_to. Moves the start down to the end of `left`, as far as `maximum` total size
 * allows. The old area stays inside; a window already at or over `maximum`, or that starts
 * before the end of `left`, is unchanged. */
SMMAP_API void smmap_window_extend_left_to(smmap_window *window, const smmap_window *left,
                                           uint64_t maximum);
/* seed: extend_right_to. Moves the end up to the start of `right`, likewise. */
SMMAP_API void smmap_window_extend_right_to(smmap_window *window, const smmap_window *right,
                                            uint64_t maximum);

/* ---- Managers ------------------------------------------------------------------------------ */

typedef struct smmap_manager smmap_manager;
typedef struct smmap_cursor smmap_cursor;
typedef struct smmap_buffer smmap_buffer;

enum smmap_kind {
    SMMAP_SLIDING = 0, /* windows of at most window_size, or memory_limit if that is less, unless
                        * smmap_cursor_need takes more; unloaded in LRU order. They stand on a grid
                        * of that size, cut only by neighbours that do not, so that n of them cover
                        * a file whichever way it is read */
    SMMAP_STATIC = 1   /* always the whole file */
};

enum smmap_io {
    SMMAP_IO_AUTO = 0, /* mmap; a copy read with pread where that is cheaper, and where mmap is
                        * refused (ENODEV, EACCES, ...; for want of memory or of mappings only once
                        * no idle window is left). Cheaper are: a window of less than a page, which
                        * small files are; a `size` of 1 byte to 64 KiB where a window would evict
                        * another one (4 KiB after a jump, 4 times as much with each step that the
                        * cursor walks on, at least a page and the `size`, past 64 KiB a window
                        * again); and smmap_cursor_need of at most 256 KiB across
                        * windows that are there */
    SMMAP_IO_MMAP = 1, /* mmap; pread only where mmap is refused */
    SMMAP_IO_PREAD = 2 /* private copies, never a mapping of the file: no SIGBUS. Small ones as with
                        * AUTO, else 1 MiB of a window at a time, doubled until it holds the `size`
                        * asked for, a window at most. SMMAP_STATIC reads the whole file */
};

/* options.flags */
enum smmap_flag {
    SMMAP_HARD_LIMITS = 1,    /* over a limit with everything pinned: SMMAP_ERROR_LIMIT, nothing
                               * changed but that the cursor has let go of its region. A window is
                               * made smaller first, down to one page. Without this flag limits are
                               * soft, as the seed's are: pinned regions may exceed them, and the
                               * next region that is made brings them back */
    SMMAP_DEBUG_ONE_PAGE = 2, /* every window is one page (smmap_cursor_need: as many as it takes;
                               * SMMAP_STATIC: the file) and is unmapped when its last cursor lets
                               * go, so that a stale pointer faults at once. Also switched on by
                               * SMMAP_DEBUG=onepage in the environment, which smmap_manager_new
                               * alone reads */
    SMMAP_GUARD = 4,          /* a mapped page that cannot be read (the file was cut short, the disk
                               * fails) is a page of zeros and counted (smmap_cursor_faults) instead
                               * of SIGBUS, which ends the process. Installs a handler of SIGBUS for
                               * the whole process, for good, with the first such manager; faults
                               * elsewhere go to the handler that was there before. One installed
                               * later has to pass on what it does not know, and no thread that
                               * touches windows may block SIGBUS. Where the system installs none,
                               * the manager reads as with SMMAP_IO_PREAD; a window that cannot be
                               * guarded for want of memory is a copy */
    SMMAP_NO_ENVIRONMENT = 8  /* SMMAP_DEBUG is not looked at */
};

#define SMMAP_WHOLE_FILE UINT64_MAX /* options.window_size: no bound (seed: 0) */
#define SMMAP_UNLIMITED UINT64_MAX

/* Start from `smmap_options options = {.struct_size = sizeof options};`, or {0}. Every zero means
 * its default. */
typedef struct smmap_options {
    size_t struct_size;
    enum smmap_kind kind;
    enum smmap_io io;
    unsigned flags;         /* of enum smmap_flag */
    uint64_t window_size;   /* seed: window_size. Default 64 MiB (32-bit), 1 GiB (64-bit); rounded
                             * up to the granularity. SMMAP_STATIC ignores it */
    uint64_t memory_limit;  /* seed: max_memory_size. Default 1 GiB (32-bit), 8 GiB (64-bit) */
    uint64_t mapping_limit; /* seed: max_open_handles. Regions at once; default: no limit */
    uint64_t open_limit;    /* descriptors that the manager itself keeps open; default 512, or a
                             * quarter of what the process may have if that is less, at least 1.
                             * Files past it are closed, and opened again when a new window is
                             * needed: by then they may be gone, or CHANGED */
} smmap_options;

/* seed: SlidingWindowMapManager, StaticWindowMapManager. `options` may be NULL (all defaults) and
 * is copied. Free with smmap_manager_free. Errors: ARGUMENT for an option that is not known,
 * MEMORY. */
SMMAP_API int smmap_manager_new(const smmap_options *options, smmap_manager **manager);
/* Lets go of the manager; no call may name it afterwards. Cursors that are still open stay usable;
 * the last one to be closed frees it all. */
SMMAP_API void smmap_manager_free(smmap_manager *manager);

/* seed: collect. Unmaps every idle region, of all files; the number of regions unmapped. Costs one
 * system call a region. */
SMMAP_API uint64_t smmap_manager_collect(smmap_manager *manager);
/* seed: force_map_handle_removal_win, on every system. For all files whose path begins with
 * `base_path` (bytes compared as given at open): unmaps idle regions at once, and marks pinned ones
 * to be unmapped as their last cursor lets go. Cursors stay associated and map anew when used; a
 * descriptor stays open until the last cursor on its file is closed, which keeps no file from being
 * removed or replaced. Returns the regions unmapped now; `*pending` (may be NULL) receives the
 * pinned ones that will go later. Costs a look at every file, and a system call a region. */
SMMAP_API uint64_t smmap_manager_release_path(smmap_manager *manager, const char *base_path,
                                              uint64_t *pending);
/* Changes limits (0 keeps the present one, SMMAP_UNLIMITED lifts it) and unmaps idle regions, the
 * least recently used first, until they hold. Pinned regions stay, whatever the limit. */
SMMAP_API void smmap_manager_set_limits(smmap_manager *manager, uint64_t memory_limit,
                                        uint64_t mapping_limit);

/* What a manager was told and has now; 0 without a manager.
 * seed: window_size; SMMAP_WHOLE_FILE where unbounded. */
SMMAP_API uint64_t smmap_manager_window_size(const smmap_manager *manager);
/* seed: mapped_memory_size. Bytes of all regions. */
SMMAP_API uint64_t smmap_manager_mapped_size(const smmap_manager *manager);
/* seed: max_mapped_memory_size. */
SMMAP_API uint64_t smmap_manager_memory_limit(const smmap_manager *manager);
/* seed: num_file_handles. Regions now. */
SMMAP_API uint64_t smmap_manager_mappings(const smmap_manager *manager);
/* seed: max_file_handles. */
SMMAP_API uint64_t smmap_manager_mapping_limit(const smmap_manager *manager);
/* seed: num_open_files. Files with at least one region. */
SMMAP_API uint64_t smmap_manager_files(const smmap_manager *manager);

/* Of a manager or of one file. Counters and "peak" are since the manager was made, or since the
 * file was opened with no cursor and no region left of it. */
typedef struct smmap_stats {
    size_t struct_size;
    uint64_t hits;         /* uses answered by the cursor's own region: no lock, no search */
    uint64_t shared_hits;  /* uses answered by another region that was already there */
    uint64_t misses;       /* uses that made a new region */
    uint64_t maps;         /* regions made by mmap */
    uint64_t reads;        /* regions made by pread */
    uint64_t fallbacks;    /* of these reads: mmap was refused */
    uint64_t evictions;    /* idle regions unmapped to make room, or to give way to a window */
    uint64_t collected;    /* idle regions unmapped by collect, a release, a lower limit, or with
                            * the last cursor of a file that its path does not name any more */
    uint64_t failures;     /* uses that ended in an error other than RANGE */
    uint64_t bytes_mapped; /* of all regions now */
    uint64_t bytes_peak;
    uint64_t bytes_pinned; /* of the regions that cursors hold now */
    uint64_t regions;      /* now */
    uint64_t regions_peak;
    uint64_t regions_pinned; /* now */
    uint64_t files;          /* files with at least one region, now */
    uint64_t descriptors;    /* held open by the manager, now */
    uint64_t cursors;        /* now */
} smmap_stats;

/* All zero without a manager. Costs a look at every cursor. */
SMMAP_API void smmap_manager_stats(const smmap_manager *manager, smmap_stats *stats);

/* ---- Cursors ------------------------------------------------------------------------------- */

/* seed: make_cursor(path). A new cursor on a regular file; associated, not yet valid. Opens the
 * file unless the manager has it open; a FIFO, folder or device is refused without blocking. The
 * manager keeps it open while cursors are on it, so that it may be unlinked or replaced meanwhile
 * (but see open_limit). Cursors on the same path share regions as long as the path still names the
 * same file; where it names another one by now, the new cursor gets that one, and older cursors
 * keep theirs. A file may be opened again later: a program that changes its current folder gives
 * absolute paths, else what then has that name is SYSTEM or CHANGED. Close with smmap_cursor_close.
 * Costs one system call for a file that the manager has open, else three. Errors: ARGUMENT, MEMORY,
 * SYSTEM, NOT_REGULAR. */
SMMAP_API int smmap_cursor_open_path(smmap_manager *manager, const char *path,
                                     smmap_cursor **cursor, smmap_error *error);
/* seed: make_cursor(fd). The descriptor stays the caller's and is not duplicated: it may be closed
 * afterwards, then regions that are mapped stay usable and a new one is SMMAP_ERROR_CLOSED (or
 * SMMAP_ERROR_CHANGED where the number names another file by then). Costs one system call. Errors:
 * as above, and CLOSED for a number that is not open. */
SMMAP_API int smmap_cursor_open_fd(smmap_manager *manager, int fd, smmap_cursor **cursor,
                                   smmap_error *error);
/* seed: WindowCursor(). A cursor without a file, to be given one by smmap_cursor_assign. Errors:
 * ARGUMENT, MEMORY. */
SMMAP_API int smmap_cursor_new(smmap_cursor **cursor);
/* seed: copy. A second cursor at the same place that holds the region for itself; to be closed like
 * the first, in any order. No system call. Errors: ARGUMENT, MEMORY. */
SMMAP_API int smmap_cursor_copy(const smmap_cursor *source, smmap_cursor **copy);
/* seed: assign. `target` lets go of what it has and becomes a copy of `source`, which may be of
 * another manager, unassociated, or `target` itself. Errors: ARGUMENT. */
SMMAP_API int smmap_cursor_assign(smmap_cursor *target, const smmap_cursor *source);
/* Lets go of region and file. The last cursor on a file closes its descriptor; its regions stay
 * idle, to be found when the file is opened again, unless its path names another file by now. */
SMMAP_API void smmap_cursor_close(smmap_cursor *cursor);

/* seed: use_region. Points the cursor at `offset` inside a window that holds it. `size` is how many
 * bytes are wanted; 0 means all that the window has. Fewer may be given: to the end of the file, of
 * the window or up to a neighbouring region; smmap_cursor_size tells, and it is at least 1.
 * `flags` are extra open(2) flags for a path (O_NOFOLLOW, O_NOATIME, ...), used when a new window
 * has to be mapped: the file is opened again unless it was opened with them. Those that would
 * write, create or truncate are SMMAP_ERROR_ARGUMENT.
 * On any error the cursor is not valid but still associated. Errors: ARGUMENT, NOT_ASSOCIATED,
 * RANGE at or beyond the end of the file; and where a new region is made LIMIT, MEMORY, SYSTEM,
 * CHANGED, CLOSED, TRUNCATED. */
SMMAP_API int smmap_cursor_use(smmap_cursor *cursor, uint64_t offset, uint64_t size, int flags,
                               smmap_error *error);
/* Past the seed: exactly `size` bytes at `offset`, contiguous, at smmap_cursor_data, or an error.
 * Where neighbouring windows end inside the range, the cursor gets a region of its own for it
 * (counted in the limits, gone when the cursor and its copies let go). Errors: those of
 * smmap_cursor_use; `size` 0 is ARGUMENT. */
SMMAP_API int smmap_cursor_need(smmap_cursor *cursor, uint64_t offset, uint64_t size,
                                smmap_error *error);
/* seed: unuse_region. The region stays, idle, until room is needed. Harmless twice. */
SMMAP_API void smmap_cursor_unuse(smmap_cursor *cursor);
/* Unmaps the idle regions of the cursor's file, and no other's, and marks those that cursors hold
 * (this one's too) to be unmapped as their last cursor lets go. Called before its last cursor is
 * closed, nothing of the file stays mapped. The cursor stays as it is, and what is used later is
 * mapped anew. Returns and `pending` as smmap_manager_release_path; 0 without a file. */
SMMAP_API uint64_t smmap_cursor_release_file(const smmap_cursor *cursor, uint64_t *pending);

SMMAP_API bool smmap_cursor_is_valid(const smmap_cursor *cursor);      /* holds a region */
SMMAP_API bool smmap_cursor_is_associated(const smmap_cursor *cursor); /* has a file */
/* seed: buffer(). The bytes from the cursor's offset on, smmap_cursor_size of them; NULL when not
 * valid. Until when they stand: see CAVEATS. */
SMMAP_API const unsigned char *smmap_cursor_data(const smmap_cursor *cursor);
SMMAP_API size_t smmap_cursor_size(const smmap_cursor *cursor); /* seed: size(); 0 if not valid */
/* seed: map(). The whole region under the cursor; NULL and 0 when not valid. */
SMMAP_API const unsigned char *smmap_cursor_map(const smmap_cursor *cursor, size_t *size);
/* seed: ofs_begin(), ofs_end(). In the file; 0 if not valid. */
SMMAP_API uint64_t smmap_cursor_begin(const smmap_cursor *cursor);
SMMAP_API uint64_t smmap_cursor_end(const smmap_cursor *cursor);
/* seed: includes_ofs. Whether begin <= offset < end. */
SMMAP_API bool smmap_cursor_includes(const smmap_cursor *cursor, uint64_t offset);
SMMAP_API uint64_t smmap_cursor_file_size(const smmap_cursor *cursor); /* 0 if not associated */
/* seed: path(), fd(). The path as given at open, valid while the cursor stays associated.
 * Errors: ARGUMENT, NOT_ASSOCIATED; WRONG_KIND for a cursor of the other kind. */
SMMAP_API int smmap_cursor_path(const smmap_cursor *cursor, const char **path);
SMMAP_API int smmap_cursor_fd(const smmap_cursor *cursor, int *fd);
/* How often a page of the cursor's file could not be read, in any window of a manager with
 * SMMAP_GUARD; 0 without a file. Bytes of a window are the file's if the number did not grow from
 * before the window was asked for to after they were used. If it did, let go of the window
 * (smmap_cursor_unuse) and ask again: what can be read is then mapped anew, and a file that was cut
 * is SMMAP_ERROR_CHANGED. Costs no lock and no system call. */
SMMAP_API uint64_t smmap_cursor_faults(const smmap_cursor *cursor);
/* Asks the system whether the file still is the one that was opened, and as long. Costs one system
 * call while the manager has the file open, else it is opened. Errors: ARGUMENT, NOT_ASSOCIATED,
 * CHANGED, CLOSED, SYSTEM. */
SMMAP_API int smmap_cursor_check(const smmap_cursor *cursor, smmap_error *error);
/* seed: path_or_fd(). Whether the cursor was opened by path; for messages. */
SMMAP_API bool smmap_cursor_has_path(const smmap_cursor *cursor);

/* seed: region_ref and MapRegion. A copy, taken under the manager's lock. */
typedef struct smmap_region_info {
    size_t struct_size;
    uint64_t begin;            /* seed: ofs_begin */
    uint64_t end;              /* seed: ofs_end */
    uint64_t size;             /* seed: size */
    uint64_t clients;          /* seed: client_count. Cursors that hold it */
    uint64_t uses;             /* seed: usage_count */
    const unsigned char *data; /* seed: buffer, map. Valid as long as the cursor holds it */
    bool is_copy;              /* made by pread, not by mmap */
    bool is_private;           /* of this cursor and its copies only (smmap_cursor_need) */
} smmap_region_info;

/* Costs a look at every cursor on the file. Errors: ARGUMENT, NOT_VALID. */
SMMAP_API int smmap_cursor_region(const smmap_cursor *cursor, smmap_region_info *info);
/* seed: includes_ofs of MapRegion. */
SMMAP_API bool smmap_region_includes(const smmap_region_info *info, uint64_t offset);
/* seed: increment_usage_count. Counts one more use of the region. Errors: ARGUMENT, NOT_VALID. */
SMMAP_API int smmap_cursor_count_use(smmap_cursor *cursor);
/* seed: MapWindow.from_region. */
SMMAP_API smmap_window smmap_window_from_region(const smmap_region_info *info);

/* seed: MapRegionList. A copy, taken under the manager's lock. */
typedef struct smmap_file_info {
    size_t struct_size;
    const char *path; /* NULL for a descriptor; valid while the cursor stays associated */
    int fd;           /* -1 for a path */
    uint64_t size;    /* seed: file_size */
    uint64_t clients; /* seed: client_count. Cursors on this file */
    uint64_t regions; /* mapped now */
} smmap_file_info;

/* Errors: ARGUMENT, NOT_ASSOCIATED. */
SMMAP_API int smmap_cursor_file(const smmap_cursor *cursor, smmap_file_info *info);
/* Of the cursor's file alone. Costs a look at every cursor on it. Errors: ARGUMENT,
 * NOT_ASSOCIATED. */
SMMAP_API int smmap_cursor_file_stats(const smmap_cursor *cursor, smmap_stats *stats);

/* ---- Buffers (seed: SlidingWindowMapBuffer) -------------------------------------------------- */

/* Bytes `offset` .. `offset + size` of a file as if they were one array, whatever the windows.
 * Indexes are relative to `offset`; negative ones count from the end (-1 is the last byte). A
 * buffer has a cursor of its own, and holds one region at a time. */

#define SMMAP_TO_THE_END UINT64_MAX

/* `cursor` (copied; the caller keeps its own) may be NULL: then begin must name one. When given,
 * access begins at once. Free with smmap_buffer_free. Errors: as smmap_buffer_begin. */
SMMAP_API int smmap_buffer_new(const smmap_cursor *cursor, uint64_t offset, uint64_t size,
                               int flags, smmap_buffer **buffer, smmap_error *error);
SMMAP_API void smmap_buffer_free(smmap_buffer *buffer);
/* seed: begin_access. Re-uses the cursor that it has when `cursor` is NULL. A size that reaches
 * past the end of the file is cut to it. Where it fails the buffer is not in access. Errors:
 * ARGUMENT if `size` is 0, NOT_ASSOCIATED, RANGE if `offset` is at or beyond the end, and those of
 * smmap_cursor_use. */
SMMAP_API int smmap_buffer_begin(smmap_buffer *buffer, const smmap_cursor *cursor, uint64_t offset,
                                 uint64_t size, int flags, smmap_error *error);
/* seed: end_access. Lets go of the region, keeps the file; length is 0 until begin. Harmless
 * twice. */
SMMAP_API void smmap_buffer_end(smmap_buffer *buffer);
/* seed: cursor(). The buffer's own cursor, NULL if it has none; do not close it. */
SMMAP_API const smmap_cursor *smmap_buffer_cursor(const smmap_buffer *buffer);
/* seed: len(). */
SMMAP_API uint64_t smmap_buffer_length(const smmap_buffer *buffer);
/* seed: buf[i], buf[-i]. Errors: NOT_VALID, RANGE, and those of smmap_cursor_use, after which the
 * buffer is still in access. */
SMMAP_API int smmap_buffer_byte(smmap_buffer *buffer, int64_t index, unsigned char *byte,
                                smmap_error *error);
/* seed: buf[from:to], bounds clamped as Python clamps them; INT64_MAX as `to` is "to the end". Not
 * copied when one window holds it; else put together in memory of the buffer, which no limit
 * counts. Valid until the next call on the buffer. An empty slice gives size 0 and a non-NULL
 * pointer. Errors: NOT_VALID, MEMORY, and those of smmap_cursor_use. */
SMMAP_API int smmap_buffer_slice(smmap_buffer *buffer, int64_t from, int64_t to,
                                 const unsigned char **data, size_t *size, smmap_error *error);
/* The same bytes into the caller's memory, `capacity` at most; `*copied` tells how many. Errors: as
 * smmap_buffer_slice; then `memory` may hold some of the bytes. */
SMMAP_API int smmap_buffer_read(smmap_buffer *buffer, int64_t from, int64_t to, void *memory,
                                size_t capacity, size_t *copied, smmap_error *error);

#ifdef __cplusplus
}
#endif

#endif
