/* packread.h - reads objects out of git packs through sliding windows, and out of loose files, and
 * verifies packs.
 *
 * WORDS  A pack holds entries; each entry is a whole object (commit, tree, blob, tag) or a delta on
 * another entry, its base. The index beside it lists ids, offsets and CRCs. Following bases to a
 * whole object is a chain; its depth is the number of deltas. A loose object is a file of its own
 * in an object folder. A snapshot is the set of packs of a place, and its object folders; a reader
 * is one thread's way into a snapshot.
 *
 * CHANGES  Packs may come and go while a snapshot is open, as git repacks and fetches. Each call
 * sees one set of packs from its beginning to its end. One that does not find an object, or meets a
 * file that is gone, looks at the folder, once, and goes on with the packs that are there now. A
 * pack keeps its number; a location in one that is gone is PACKREAD_ERROR_CHANGED: find the object
 * again. See packread_snapshot_refresh. Loose objects are looked for where they lie at each call:
 * one that goes from pack to file or from file to pack meanwhile is found in the other.
 *
 * THREADS  A snapshot is shared by any number of threads, a stop too. A reader belongs to one
 * thread at a time: it may be handed on, not shared. Readers may be made, used and freed, and packs
 * verified, on several threads at once. What takes neither snapshot nor reader may be called by any
 * thread. What is freed must be in no call any more; readers go before their snapshot.
 *
 * LIFETIME  What a reader hands out stands until the next call on that reader, what a snapshot
 * hands out as long as the snapshot, what a visitor is given until it returns, unless the comment
 * says otherwise. Of what a call is given nothing is used after it returns, unless the comment says
 * so. NULL may be freed.
 *
 * VISITORS  Functions of the caller's that a call calls. Non-zero ends the call, which then returns
 * STOPPED. They may make any call on the snapshot, on readers that no other thread uses, and, where
 * it is said, on the reader that calls them, but not free what the call is on. The exception is
 * `progress` of packread_options, which must leave its snapshot and that one's readers alone.
 *
 * COST  Opening a snapshot reads each pack's header and each index's header and fanout: no hashing,
 * no scan. The first call that needs pack order (size on disk, order, verify) sorts that pack's
 * offsets and keeps them, 8 bytes an object, until nobody uses them and memory is short. Without an
 * index opening reads all of the pack: its trailer tells which hash is in use, and for readers an
 * index is made. A look-up that finds nothing costs two calls of the system for each object folder,
 * or one for a folder of packs, whatever the number of packs. What a pack has costs none; a loose
 * object costs a call to find, and four to read.
 *
 * TRUST  Every length, offset and count of a file is checked before it is used. By default the
 * bytes of an object are hashed against the id asked for before they are handed out; an object that
 * fails is PACKREAD_ERROR_CORRUPT and no byte of it is handed out. Facts (packread_info, lists)
 * are not hashed: where the pack, or the only index that tells of it, is damaged they may be wrong.
 *
 * ERRORS  Calls that can fail return 0 or a negative enum packread_error_code. Outputs are written
 * on success only, unless the comment says otherwise. The optional packread_error receives the
 * detail of a failure and is left alone on success. A NULL where something is needed is ARGUMENT;
 * calls that return no code answer 0, NULL or PACKREAD_NONE then, or do nothing. MEMORY, and for
 * all that reads files SYSTEM, CHANGED, BUDGET and STOPPED, are possible everywhere: comments name
 * them only where there is more to say. The library never prints, never aborts, keeps no globals
 * (but for the handler that PACKREAD_GUARD installs).
 *
 * STRUCTS GROW  Those that a caller fills, and those that a call fills for the caller, begin with
 * `struct_size`: the bytes that the caller's compiler knows of the struct. 0 stands for those of
 * version 0.2.0, so that `packread_options options = {0};` is right for as long as no later field
 * is set; a size that does not even hold `struct_size` is ARGUMENT. What the caller fills: fields
 * behind its size have their defaults; fields that this library does not know yet have to be zero,
 * else the call is ARGUMENT. What a call fills has to be set too (`packread_info info =
 * {.struct_size = sizeof info};`), not left as it happens to be: no more than the size is written,
 * and `struct_size` says then how much was. Ids, locations, objects, entries of trees and errors
 * are passed about by value and do not begin so: they have reserved room, which is zero.
 *
 * FORMATS  git's gitformat-pack(5): packs of version 2 and 3, indexes of version 1 and 2,
 * multi-pack-indexes of version 1 and 2 and chains of them, .rev and .mtimes of version 1;
 * gitformat-bundle(5): bundles of version 2 and 3. A bundle is a pack without an index, by its
 * first bytes and under any name; all offsets are those in the pack that it holds, as an index of
 * it has them, but in errors of its header, which count from the beginning of the file. A line of
 * the header that is malformed is a problem (CORRUPT); a capability that is not known is
 * UNSUPPORTED. */
#ifndef PACKREAD_H
#define PACKREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Programs written for version 0.1 found smmap's names here: where libsmmap's header is installed
 * they still do. Nothing below needs it. */
#if defined(__has_include)
#if __has_include(<smmap.h>)
#include <smmap.h>
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PACKREAD_API __attribute__((visibility("default")))
#else
#define PACKREAD_API
#endif

#define PACKREAD_VERSION_MAJOR 0
#define PACKREAD_VERSION_MINOR 2
#define PACKREAD_VERSION_PATCH 0

/* ---- Ids and types -------------------------------------------------------------------------- */

#define PACKREAD_ID_MAX 32    /* bytes of the longest id (SHA-256) */
#define PACKREAD_HEX_MAX 64   /* its hex digits, without the NUL */
#define PACKREAD_PREFIX_MIN 4 /* digits of the shortest prefix that is looked up */

/* An object's id: 20 bytes (SHA-1) or 32 (SHA-256). `size` 0 means "none". Calls that are asked
 * for an object by anything else are ARGUMENT; an id of the other hash is NOT_FOUND. */
typedef struct packread_id {
    unsigned char bytes[PACKREAD_ID_MAX]; /* those past `size` have to be zero */
    unsigned char size;
} packread_id;

/* A whole id of 40 or 64 hex digits of either case. Errors: ARGUMENT. */
PACKREAD_API int packread_id_parse(const char *hex, size_t length, packread_id *id);
/* Lower-case digits and a NUL. Neither may be NULL. */
PACKREAD_API void packread_id_format(const packread_id *id, char hex[PACKREAD_HEX_MAX + 1]);
/* <0, 0, >0 as memcmp; ids of different sizes differ. Neither may be NULL. */
PACKREAD_API int packread_id_compare(const packread_id *left, const packread_id *right);

/* The numbers of gitformat-pack. */
enum packread_type {
    PACKREAD_NONE = 0,
    PACKREAD_COMMIT = 1,
    PACKREAD_TREE = 2,
    PACKREAD_BLOB = 3,
    PACKREAD_TAG = 4,
    PACKREAD_OFS_DELTA = 6,
    PACKREAD_REF_DELTA = 7
};

/* "commit", "tree", "blob", "tag", "ofs-delta", "ref-delta"; "none" for anything else. */
PACKREAD_API const char *packread_type_name(enum packread_type type);
/* The reverse for the four object types; PACKREAD_NONE for any other word. */
PACKREAD_API enum packread_type packread_type_parse(const char *name, size_t length);

/* How many processors this process may use: those that it may run on, or fewer where a control
 * group, such as a container's, has less of their time. 1 at least. */
PACKREAD_API unsigned packread_processors(void);

/* ---- Errors --------------------------------------------------------------------------------- */

enum packread_error_code {
    PACKREAD_OK = 0,
    PACKREAD_ERROR_ARGUMENT = -1,    /* a NULL, a malformed id or prefix, an unknown option, one
                                      * that does not fit the pack */
    PACKREAD_ERROR_MEMORY = -2,      /* the allocator refused */
    PACKREAD_ERROR_SYSTEM = -3,      /* a system call failed; system_errno says how */
    PACKREAD_ERROR_NOT_REGULAR = -4, /* a folder, FIFO or device in a file's place */
    PACKREAD_ERROR_CHANGED = -5,     /* a file was replaced or cut short while it was read */
    PACKREAD_ERROR_BUDGET = -6,     /* the memory limit is too small: `needed` is one that is not */
    PACKREAD_ERROR_NOT_FOUND = -7,  /* no such object */
    PACKREAD_ERROR_AMBIGUOUS = -8,  /* several objects begin with that prefix */
    PACKREAD_ERROR_NOT_A_PACK = -9, /* the file does not begin as a pack does */
    PACKREAD_ERROR_NOT_AN_INDEX = -10,
    PACKREAD_ERROR_VERSION = -11,  /* a version of pack or index that is not known */
    PACKREAD_ERROR_NO_INDEX = -12, /* a pack without its .idx, or the reverse */
    PACKREAD_ERROR_MISMATCH = -13, /* index and pack do not belong together */
    PACKREAD_ERROR_CORRUPT = -14,  /* the bytes are wrong; `text` says what */
    PACKREAD_ERROR_THIN = -15,     /* a delta's base is not in this pack */
    PACKREAD_ERROR_STOPPED = -16,  /* a callback of the caller's returned non-zero, or a stop was
                                    * asked for (packread_stop_request) */
    PACKREAD_ERROR_NOT_A_PLACE =
        -17, /* neither a pack, an index, a folder of packs nor a repository */
    PACKREAD_ERROR_UNSUPPORTED = -18, /* something git knows that this version does not read */
    PACKREAD_ERROR_TEMPORARY = -19,   /* a temporary file cannot be made or written: `file` is its
                                       * folder, system_errno says why */
    PACKREAD_ERROR_DOUBTFUL = -20,    /* not found, but `file`, an index or a pack, is damaged or
                                       * thin: that pack may have the object */
    PACKREAD_ERROR_ASSUMED = -21      /* a problem only: nothing in the damaged pack `file` tells
                                       * its hash; its ids are taken to be SHA-1 */
};

/* The detail of a failure. Owned by the caller; holds no pointers. */
typedef struct packread_error {
    int code;         /* an enum packread_error_code */
    int system_errno; /* of the first system call that failed, or 0 */
    bool has_offset;
    uint64_t offset; /* where in `file`, if has_offset */
    uint64_t needed; /* BUDGET: a memory_limit under which the step that failed has room, or nearly;
                      * more than the present one. What comes after it may need more again.
                      * UINT64_MAX: none is known. TEMPORARY: bytes of disk. Else 0 */
    packread_id id;  /* the object it is about; size 0 if none */
    char file[512];  /* path; its tail if longer. May hold any byte but NUL: escape it
                      * before it goes to a terminal */
    char text[160];  /* what is wrong: one phrase, plain ASCII, no full stop */
    uint64_t reserved[8];
} packread_error;

/* A constant English phrase for a code; never NULL. */
PACKREAD_API const char *packread_error_text(int code);

/* ---- Snapshots ------------------------------------------------------------------------------ */

typedef struct packread_snapshot packread_snapshot;
typedef struct packread_reader packread_reader;

/* `done` of `total` objects; a few hundred calls at most, from one thread at a time, not always the
 * caller's. */
typedef int packread_progress_visitor(void *context, uint64_t done, uint64_t total);

/* What is done about a pack's index, by flags:
 *
 *                     it is of use       it is of no use, or there is none
 *   neither           it is used         one is made from the pack, in memory
 *   INDEX_AS_IT_IS    it is used         the pack is not opened
 *   WITHOUT_INDEX     it is left alone   nothing: for packread_verify and packread_index only
 *   both              as WITHOUT_INDEX
 *
 * Of no use: damaged in head or length, another pack's, no regular file, not readable, or not of as
 * many objects as the pack's header counts, unless it is right and the pack is damaged. A pack that
 * has none gets one only if it is named itself: in a folder it is no part of that yet, for git
 * neither, and a problem (NO_INDEX). To make an index every object is decoded, before the call that
 * opens returns; that takes some 140 bytes of the memory limit for each, half of that from then on.
 * Of a damaged pack it has what is whole, and no deltas on other packs. */
enum packread_flag {
    PACKREAD_NO_CHECK = 1,      /* hand out objects without hashing them */
    PACKREAD_GUARD = 2,         /* a file that is cut, or a disk that fails, under a mapping is an
                                 * error (CHANGED, SYSTEM) instead of SIGBUS; see SMMAP_GUARD, which
                                 * concerns the whole process */
    PACKREAD_WITHOUT_INDEX = 4, /* of one pack: a file of any name, descriptor or bytes */
    PACKREAD_INDEX_AS_IT_IS = 8,
    PACKREAD_NO_ENVIRONMENT = 16 /* look at no variable. Else: TMPDIR, a folder for temporary files;
                                  * SMMAP_DEBUG (smmap.h), PACKREAD_HASH (packread(3)); and as in
                                  * git(1) GIT_OBJECT_DIRECTORY, GIT_ALTERNATE_OBJECT_DIRECTORIES,
                                  * GIT_CEILING_DIRECTORIES, GIT_DISCOVERY_ACROSS_FILESYSTEM */
};

/* A wish to stop, for opening a snapshot and for all calls on it and on its readers: within 100 ms
 * of the request (the caller's own callbacks and the disk not counted) they return, with STOPPED
 * unless they come to their end sooner, and so do later ones until it is withdrawn. What was handed
 * out stays valid, and nothing is left half done: what is asked again is answered. */
typedef struct packread_stop packread_stop;

/* NULL without memory. To be freed after the snapshots that it was given to. */
PACKREAD_API packread_stop *packread_stop_new(void);
PACKREAD_API void packread_stop_free(packread_stop *stop);
/* Any thread, and handlers of signals: an atomic store. Not counted: one withdrawal ends all
 * requests. */
PACKREAD_API void packread_stop_request(packread_stop *stop);
PACKREAD_API void packread_stop_withdraw(packread_stop *stop);

/* How files are read. The numbers are those of smmap.h. */
enum packread_manager {
    PACKREAD_SLIDING = 0, /* windows that slide */
    PACKREAD_STATIC = 1   /* each file is one window */
};
enum packread_io {
    PACKREAD_IO_AUTO = 0, /* mappings, and small copies where those are cheaper */
    PACKREAD_IO_MMAP = 1, /* mappings, where the system allows them */
    PACKREAD_IO_PREAD = 2 /* copies only */
};
#define PACKREAD_WHOLE_FILE UINT64_MAX /* options.window_size: no bound */

/* Start from `packread_options options = {.struct_size = sizeof options};`. Every zero means its
 * default. */
typedef struct packread_options {
    size_t struct_size;
    unsigned flags; /* of enum packread_flag */
    enum packread_manager manager;
    enum packread_io io;
    uint64_t window_size;   /* default: 4 MiB, less under a small limit; PACKREAD_WHOLE_FILE */
    uint64_t memory_limit;  /* bytes for windows, index windows, base cache, decode buffers and kept
                             * objects together; what is resident stays below it plus 32 MiB.
                             * Default: 1 GiB, or half of what the address space (RLIMIT_AS) or the
                             * control group leaves the process, if that is less; and no bound on
                             * windows for PACKREAD_STATIC. Less than 1 MiB is ARGUMENT */
    unsigned id_size;       /* 20 (SHA-1) or 32 (SHA-256): a pack with other ids is not opened
                             * (ARGUMENT). 0: as its index or trailer tells, or where neither does,
                             * the commit that it begins with; else 20, and a problem (ASSUMED) */
    packread_stop *stop;    /* may be NULL; outlives the snapshot */
    unsigned index_threads; /* that make an index; 0: packread_processors() */
    packread_progress_visitor *progress; /* of that; may be NULL */
    void *progress_context;
    const char *temporary_folder; /* copied. NULL: as TMPDIR in the environment says, else /tmp */
} packread_options;

/* `where` is a .pack, a .idx, a folder of packs, an objects folder, a bare repository, a .git
 * folder, a work tree, a folder inside one of these (git's rules say which repository that is in),
 * or a .git file that points elsewhere; a file of any other name that begins as a pack does is a
 * pack without an index. Naming one pack or index opens just that one, and a failure to do so is
 * the call's; in a folder, packs that cannot be opened are problems (below), as is a closed
 * objects/pack, and the rest are served. A repository and an objects folder have the objects that
 * they borrow by info/alternates too. A repository whose configuration has a version or an
 * extension that is not known here is UNSUPPORTED, one that cannot be parsed CORRUPT; nothing that
 * it includes is read. Relative paths, here, in the options and in the environment, stay what they
 * are at opening, wherever the process goes (unless its folder has no path of use: that is too
 * long, or leads through folders that are closed to it); what is told of them afterwards begins as
 * they do. `options` may be NULL. Errors: all but NOT_FOUND, AMBIGUOUS, THIN, DOUBTFUL, ASSUMED. */
PACKREAD_API int packread_snapshot_open(const char *where, const packread_options *options,
                                        packread_snapshot **snapshot, packread_error *error);
/* The same of one pack by descriptors of regular files, which stay the caller's and have to stay
 * open until the snapshot is freed; `index` -1: it has none. Their names, in errors and in
 * packread_pack_info, are "descriptor 5". */
PACKREAD_API int packread_snapshot_open_files(int pack, int index, const packread_options *options,
                                              packread_snapshot **snapshot, packread_error *error);
/* The same of bytes in memory, which stay the caller's and as they are until then; `index` NULL: it
 * has none. Their names are "pack in memory" and "index in memory". */
PACKREAD_API int packread_snapshot_open_bytes(const void *pack, size_t pack_size, const void *index,
                                              size_t index_size, const packread_options *options,
                                              packread_snapshot **snapshot, packread_error *error);
PACKREAD_API void packread_snapshot_free(packread_snapshot *snapshot);

/* Problems: what is wrong at a place though it was opened. Each is one of these:
 *  - a pack that could not be opened: its objects are not served;
 *  - an index of no use, in whose stead one was made: the code says why, the objects are served;
 *  - a pack whose header or trailer is damaged (MISMATCH, NOT_A_PACK, VERSION), or that is cut
 *    short (CORRUPT). Its objects are served, each checked against its id; with PACKREAD_NO_CHECK
 *    it is not opened, unless its index was made here;
 *  - a pack whose index was made, and may lack objects (CORRUPT, THIN, BUDGET, TEMPORARY);
 *  - a multi-pack-index, a layer or a chain that is damaged, of a version or hash that is not
 *    known, or without room (BUDGET): it is not used, and the packs' own indexes are;
 *  - a pack without index whose hash is only assumed (ASSUMED), WITHOUT_INDEX too;
 *  - an object folder that objects are borrowed from, or the list that names it, where that cannot
 *    be read (SYSTEM, NOT_REGULAR, CORRUPT; UNSUPPORTED for folders more than five levels deep).
 * Where there are none, what is not found is not there; else it may be among what is not served.
 * Numbered from 0; a later look at the folder may add some. O(1), any thread. NULL past the end. */
PACKREAD_API size_t packread_snapshot_problems(const packread_snapshot *snapshot);
PACKREAD_API const packread_error *packread_snapshot_problem(const packread_snapshot *snapshot,
                                                             size_t index);
/* What the windows of a snapshot did and are: counters since it was opened, and levels now. */
typedef struct packread_stats {
    size_t struct_size;
    uint64_t hits;         /* uses answered by the window at hand */
    uint64_t shared_hits;  /* uses answered by another window that was there */
    uint64_t misses;       /* uses that made a new window */
    uint64_t maps;         /* windows made by mapping */
    uint64_t reads;        /* windows made by reading */
    uint64_t fallbacks;    /* of these: a mapping was refused */
    uint64_t evictions;    /* idle windows given up to make room */
    uint64_t collected;    /* idle windows given up on demand */
    uint64_t failures;     /* uses that failed */
    uint64_t bytes_mapped; /* of all windows now */
    uint64_t bytes_peak;
    uint64_t bytes_pinned; /* of the windows in use now */
    uint64_t regions;      /* windows now */
    uint64_t regions_peak;
    uint64_t regions_pinned; /* windows in use now */
    uint64_t files;          /* files with a window now */
    uint64_t descriptors;    /* held open now */
    uint64_t cursors;        /* now */
    uint64_t window_limit;   /* bytes that windows may take; UINT64_MAX: no bound */
    uint64_t memory_used;    /* bytes of all that is no window, now */
    uint64_t memory_limit;   /* and at most: the rest of the options' limit is the windows' */
} packread_stats;

/* Any thread. Costs a look at every reader's cursors, with a lock. Errors: ARGUMENT. */
PACKREAD_API int packread_snapshot_stats(const packread_snapshot *snapshot, packread_stats *stats);
/* Looks at the folder as look-ups do by themselves before they find nothing, and takes the packs
 * that are there; `*changed` (may be NULL): others than before. Calls under way keep theirs. Packs
 * that went are searched and listed no more, and give their files back when no call uses them. Of
 * folders that objects are borrowed from it also sees that they are others than before, which
 * look-ups see only when packs came or went. One call of the system for each folder, and for each
 * list of folders, if nothing changed; else all are read and what is new opened. Where no
 * pack is left those that there were stay as far as they are open. Any thread. After an error the
 * packs are those of before. */
PACKREAD_API int packread_snapshot_refresh(packread_snapshot *snapshot, bool *changed,
                                           packread_error *error);
/* Gives up all windows that nobody uses now, and so the memory and the disk space of files that are
 * gone; the number of windows. One call of the system for each. Any thread. */
PACKREAD_API uint64_t packread_snapshot_collect(packread_snapshot *snapshot);

/* What is known of a pack from its opening. Strings are valid as long as the snapshot. */
typedef struct packread_pack_info {
    size_t struct_size;
    const char *path;        /* of the .pack, as found */
    const char *name;        /* its last component without ".pack": "pack-1234..." */
    const char *index_path;  /* where it is, or would be. "index in memory": none was given */
    uint64_t size;           /* bytes of the .pack */
    uint64_t index_size;     /* bytes of the .idx; 0 where that is not used */
    uint32_t objects;        /* rows of the index; without it, what the pack's header says */
    unsigned version;        /* 2 or 3 */
    unsigned index_version;  /* 1 or 2; 0 without an index, and where one was made from the pack */
    unsigned id_size;        /* 20 or 32 */
    bool has_rev;            /* these stand beside it, whatever is in them: a .rev, */
    bool has_mtimes;         /* a .mtimes: it is a cruft pack, */
    bool has_keep;           /* a .keep, */
    bool has_promisor;       /* a .promisor, */
    bool has_bitmap;         /* a .bitmap; as of the last look at the folder */
    bool is_filtered;        /* of a bundle: objects were left out of it on purpose */
    unsigned bundle_version; /* 2 or 3: the pack lies in a bundle. 0: it does not, and what follows
                              * is 0 too */
    uint64_t bundle_head;    /* bytes of the bundle before the pack */
    uint64_t bundle_refs;    /* that its header names */
    uint64_t prerequisites;  /* commits that it is on top of, and does not have: deltas may be on
                              * objects of theirs. A finding each where there are such deltas */
} packread_pack_info;

/* Packs are numbered from 0, by name; those that come later follow, and no number is used twice.
 * O(1), any thread; of a pack that was named itself, what stands beside it takes five calls of the
 * system, where the struct has room for it. */
PACKREAD_API size_t packread_snapshot_packs(const packread_snapshot *snapshot);
/* Errors: ARGUMENT past the end. */
PACKREAD_API int packread_snapshot_pack(const packread_snapshot *snapshot, size_t pack,
                                        packread_pack_info *info);

/* A folder of objects: `objects` of a repository, and those that it borrows objects from. */
typedef struct packread_folder_info {
    size_t struct_size;
    const char *path;  /* valid as long as the snapshot */
    bool is_alternate; /* objects are borrowed from it */
    bool is_there;     /* they still are; lists of folders may change, see refresh */
} packread_folder_info;

/* Object folders are numbered from 0, the repository's own first, then as git goes through those
 * that it borrows from; those that come later follow, and no number is used twice. There are none
 * where packs or a folder of packs were named. O(1), any thread. */
PACKREAD_API size_t packread_snapshot_folders(const packread_snapshot *snapshot);
/* Errors: ARGUMENT past the end. */
PACKREAD_API int packread_snapshot_folder(const packread_snapshot *snapshot, size_t folder,
                                          packread_folder_info *info);

/* How many loose objects there are in one object folder now, by the names of their files. Reads 256
 * folders at most. Any thread. Errors: ARGUMENT for a folder that there is not; SYSTEM, BUDGET. */
PACKREAD_API int packread_snapshot_loose(packread_snapshot *snapshot, size_t folder,
                                         uint64_t *objects, packread_error *error);

/* What is known of a repository from its opening. Strings are valid as long as the snapshot. */
typedef struct packread_repository_info {
    size_t struct_size;
    const char *git_dir;     /* where HEAD is, and what else belongs to one work tree */
    const char *common_dir;  /* where all else is: the same, but in a linked work tree */
    const char *work_tree;   /* its top; NULL: it has none */
    const char *promisor;    /* a partial clone: the remote that promised the objects that are not
                              * there. NULL: it is none */
    bool is_shallow;         /* commits may lack their parents */
    unsigned id_size;        /* 20 or 32; 20 where the configuration does not say */
    const char *ref_storage; /* "files" or "reftable" */
} packread_repository_info;

/* O(1), any thread. Errors: ARGUMENT; NOT_FOUND: no repository was named, nor anything in one. */
PACKREAD_API int packread_snapshot_repository(const packread_snapshot *snapshot,
                                              packread_repository_info *info);

/* One multi-pack-index: a file, or a layer of a chain. It says in which pack an object is; the
 * pack's own index is asked there, so one that is wrong costs time only. Where the two differ, or
 * all is listed, the pack's index is summed, once: if damaged, one made from the pack takes its
 * place. That is a problem, as is damage of its head or names, or a version that is not known. */
typedef struct packread_midx_info {
    size_t struct_size;
    const char *path;     /* valid as long as the snapshot */
    uint64_t size;        /* bytes of the file */
    unsigned version;     /* 1 or 2 */
    unsigned id_size;     /* 20 or 32 */
    uint32_t layer;       /* 0: `multi-pack-index`; else of a chain, from 1, the oldest */
    uint32_t packs;       /* that it names */
    uint32_t packs_there; /* of these, as of the last look */
    uint32_t objects;
    bool has_order;      /* for bitmaps: a chunk RIDX, */
    bool has_bitmaps;    /* a chunk BTMP */
    bool is_used;        /* else it is gone, or blocked: */
    uint32_t blocked_by; /* 0, or the line of its chain whose layer cannot be used */
} packread_midx_info;

/* Numbered from 0, the oldest layer of a chain first; those that come later follow, and no number
 * is used twice. O(1), any thread. Errors: ARGUMENT past the end. */
PACKREAD_API size_t packread_snapshot_midxes(const packread_snapshot *snapshot);
PACKREAD_API int packread_snapshot_midx(const packread_snapshot *snapshot, size_t midx,
                                        packread_midx_info *info);

/* ---- Readers: look-up ----------------------------------------------------------------------- */

/* Any thread. Costs little but its cache, which counts in the memory limit as it fills. Errors:
 * NO_INDEX for a pack that was opened WITHOUT_INDEX. */
PACKREAD_API int packread_reader_new(packread_snapshot *snapshot, packread_reader **reader,
                                     packread_error *error);
PACKREAD_API void packread_reader_free(packread_reader *reader);

enum packread_store {
    PACKREAD_STORE_PACK = 0,    /* `store` counts as packread_snapshot_pack does */
    PACKREAD_STORE_LOOSE = 1,   /* a file of its own; as packread_snapshot_folder does */
    PACKREAD_STORE_BUILT_IN = 2 /* nowhere: the empty tree, in every repository for git. Found by
                                 * its whole id where no other copy can be; in no listing */
};

/* Where an object is stored: look at `kind` before the rest. Stands as long as its pack or file is
 * there, and names no other object afterwards. Of a loose object `position`, `offset` and
 * `reserved` hold the first 16 bytes of its id; they are for the library. */
typedef struct packread_location {
    uint32_t store;    /* number of the store among those of its kind */
    uint32_t position; /* row of the index, from 0, in order of ids */
    uint64_t offset;   /* of the entry in the pack */
    uint32_t kind;     /* an enum packread_store */
    uint32_t reserved;
} packread_location;

/* O(log n) in each pack until found; then a look for a loose object in each object folder. For an
 * id that no pack has and no folder, some 700 rows about its place are looked at too, but none
 * twice: if they do not rise, the index is damaged, and is read as a whole and sorted, once, in 4
 * bytes a row. Where a multi-pack-index has the id, the pack that it names is asked first. Among 8
 * packs and more, when look-ups have cost as much as reading all ids, a map of them is made that
 * tells from then on, without a look into any pack, which may have an id and that none has; it
 * takes 6.5 bytes an object, or 2 if it only tells the latter, if there is room. Errors: ARGUMENT
 * for what is no id; NOT_FOUND; DOUBTFUL; CORRUPT; BUDGET where an index has to be sorted. */
PACKREAD_API int packread_reader_find(packread_reader *reader, const packread_id *id,
                                      packread_location *location, packread_error *error);
/* The one object whose id begins with these hex digits (PREFIX_MIN of them up to a whole id).
 * O(log n) in each pack; one folder is read of each object folder; before it is AMBIGUOUS, indexes
 * that have it are summed, once. Errors: ARGUMENT for anything else; AMBIGUOUS; those of find. */
PACKREAD_API int packread_reader_find_prefix(packread_reader *reader, const char *hex,
                                             size_t length, packread_id *id, packread_error *error);
/* The reader may be used inside, with the packs of the listing. On the caller's thread. */
typedef int packread_id_visitor(void *context, const packread_id *id);
/* Every id that begins with these hex digits, once, in order. O(log n) in each pack and for each
 * id. None is no error; else those of find_prefix. */
PACKREAD_API int packread_reader_each_prefix(packread_reader *reader, const char *hex,
                                             size_t length, packread_id_visitor *visit,
                                             void *context, packread_error *error);
/* The entry that begins at `offset` of a pack. O(log n) once there is pack order (COST). Errors:
 * NOT_FOUND if none of the index does; ARGUMENT for a pack that there never was, CHANGED for one
 * that is gone. */
PACKREAD_API int packread_reader_find_offset(packread_reader *reader, size_t pack, uint64_t offset,
                                             packread_location *location, packread_error *error);
/* The id in one row of one pack's index. O(1). Errors: ARGUMENT also past the last row. */
PACKREAD_API int packread_reader_id_at(packread_reader *reader, size_t pack, uint32_t position,
                                       packread_id *id, packread_error *error);

/* ---- Names ---------------------------------------------------------------------------------- */

enum packread_resolve_flag {
    PACKREAD_NO_REPLACE = 1,     /* refs/replace/ does not count */
    PACKREAD_FOLLOW_SYMLINKS = 2 /* in REV:PATH, within the tree, as git cat-file does */
};

/* Where PATH led to, following symbolic links, if not to an object. */
enum packread_link {
    PACKREAD_LINK_NONE = 0,
    PACKREAD_LINK_OUTSIDE = 1,  /* out of the tree: to `target` */
    PACKREAD_LINK_DANGLING = 2, /* over a link to nothing */
    PACKREAD_LINK_LOOP = 3,     /* over more than 40 links */
    PACKREAD_LINK_NOTDIR = 4    /* through a file */
};

typedef struct packread_name {
    size_t struct_size;
    packread_id id;       /* the object that is named; of size 0 where `link` is not NONE */
    packread_id contents; /* whose contents stand for it: those of its replacement, or its own */
    uint32_t mode;        /* of REV:PATH, the tree's entry, if has_mode: an empty PATH has none */
    bool has_mode;
    enum packread_link link;
    const char *target; /* of OUTSIDE: a path, which a NUL ends; until the reader's next call */
    size_t target_size;
    bool is_ambiguous;    /* other refs, or an id; false where core.warnAmbiguousRefs is */
    unsigned passed_over; /* bit N: the N-th of the refs below is none, or leads to none */
} packread_name;

/* The object of a name, as gitrevisions(7) has it: a whole id; in a repository, and in a bundle of
 * those that its header names, a ref (NAME, refs/NAME, refs/tags/NAME, refs/heads/NAME,
 * refs/remotes/NAME, refs/remotes/NAME/HEAD; @ is HEAD) or what git describe prints; a prefix of an
 * id. Behind it ^, ^N, ~, ~N, ^{TYPE}, ^{object} and ^{}, then :PATH. A prefix of several objects
 * means the one that what follows can begin from, else the kind that core.disambiguate says.
 * Objects are read as far as the name needs it, not to see whether what is named is there. Refs are
 * those of now: one that is changed meanwhile is seen as it was or as it is, never as missing.
 * Replacements are looked for anew with each name but whole ids, else when packs come or go; those
 * in a damaged table, or a line of packed-refs with no name, are passed over.
 * GIT_NO_REPLACE_OBJECTS, GIT_REPLACE_REF_BASE and GIT_REFERENCE_BACKEND are heeded. Commits end
 * where `shallow` says, and have the parents of info/grafts. Errors: NOT_FOUND, also for what is no
 * name; a `text` other than "not found" says why: what of gitrevisions is not supported, or where
 * the way ends; AMBIGUOUS; CORRUPT, also for a ref (of a replacement, too) that is none, or may be
 * in a bad line, and where an object on it is replaced by none; those of find and read. */
PACKREAD_API int packread_reader_resolve(packread_reader *reader, const char *name, size_t length,
                                         unsigned flags, packread_name *found,
                                         packread_error *error);

/* `type` is NONE for an object that cannot be read. The reader may be used inside. */
typedef int packread_candidate_visitor(void *context, const packread_id *id,
                                       enum packread_type type);
/* What a name that is AMBIGUOUS may begin with: of the objects that have its prefix those that what
 * follows can begin from, or all where none can; tags, commits, trees, then blobs, each by id.
 * Errors: those of resolve, but AMBIGUOUS. */
PACKREAD_API int packread_reader_each_candidate(packread_reader *reader, const char *name,
                                                size_t length, unsigned flags,
                                                packread_candidate_visitor *visit, void *context,
                                                packread_error *error);

typedef struct packread_ref {
    size_t struct_size;
    const char *name; /* "refs/heads/main"; a NUL ends it */
    size_t name_size;
    packread_id id;     /* size 0: symbolic, and leads to no ref that is there */
    const char *target; /* of a symbolic one: the ref that it stands for; else NULL */
    size_t target_size;
    packread_id peeled; /* what the tag there leads to, as the store of refs tells, unchecked */
    bool knows_peeled;  /* it does; with size 0 it is no tag */
} packread_ref;

/* Where a ref cannot be read `error` is not NULL, and of `ref` only the name is set, which is empty
 * for a bad line of packed-refs in which none can be seen. */
typedef int packread_ref_visitor(void *context, const packread_ref *ref,
                                 const packread_error *error);
/* All refs of a repository in order of their names: those below refs/, and of those beside it HEAD
 * and others that are named like it; of a linked work tree its own ones. Of a bundle that was named
 * itself those of its header, whatever their names: of two of one name the first. All are read
 * before the first is told, which takes some 150 bytes of the memory limit for each. Any thread.
 * Returns 0 where there are neither: there are none. Errors: that of the first ref that cannot be
 * read, when all have been told; SYSTEM, CORRUPT, VERSION where what holds many refs cannot be
 * read. */
PACKREAD_API int packread_snapshot_refs(packread_snapshot *snapshot, packread_ref_visitor *visit,
                                        void *context, packread_error *error);

/* ---- Readers: facts -------------------------------------------------------------------------- */

/* What is wanted of packread_info; each costs what it costs. */
enum packread_want {
    PACKREAD_WANT_TYPE = 1,  /* type: headers along the chain */
    PACKREAD_WANT_SIZE = 2,  /* size: of a delta, a few inflated bytes */
    PACKREAD_WANT_DISK = 4,  /* size_on_disk: needs pack order */
    PACKREAD_WANT_DEPTH = 8, /* depth: headers along the chain */
    PACKREAD_WANT_BASE = 16, /* base, base_location */
    PACKREAD_WANT_CRC = 32,  /* crc32 */
    PACKREAD_WANT_ALL = 63
};

typedef struct packread_info {
    size_t struct_size;
    packread_id id;                  /* always */
    packread_location location;      /* always */
    enum packread_type type;         /* of the object, never a delta */
    enum packread_type stored_type;  /* of the entry: may be a delta. Comes with type or base */
    uint64_t size;                   /* of the object's contents */
    uint64_t size_on_disk;           /* of the entry, header included */
    uint32_t depth;                  /* 0: stored whole */
    bool has_crc;                    /* false in version 1 indexes */
    uint32_t crc32;                  /* as the index has it */
    packread_id base;                /* size 0: stored whole */
    packread_location base_location; /* valid if base.size is not 0 and has_base_location */
    bool has_base_location;          /* false where the base is in no opened pack (thin) */
} packread_info;

/* Of one copy. Errors: ARGUMENT for what there is not, CHANGED for a pack that is gone; CORRUPT;
 * THIN (for type and depth only). */
PACKREAD_API int packread_reader_info(packread_reader *reader, const packread_location *location,
                                      unsigned want, packread_info *info, packread_error *error);
/* The same of the first copy whose headers can be read. Where none can, but the object can be read,
 * its type and size are told as long as no depth is wanted; stored_type is NONE then unless a base
 * is wanted. Errors: those of find, and those of the first copy. */
PACKREAD_API int packread_reader_describe(packread_reader *reader, const packread_id *id,
                                          unsigned want, packread_info *info,
                                          packread_error *error);

/* ---- Readers: contents ---------------------------------------------------------------------- */

typedef struct packread_object {
    packread_id id;
    enum packread_type type;
    size_t size;
    const unsigned char *data; /* never NULL until it is released; valid until the next call on the
                                * reader, or as long as it is kept */
    void *hold;                /* the library's */
    uint64_t reserved[2];
} packread_object;

/* The whole object in memory: found, each entry of its chain inflated and run, unless bases are in
 * the reader's cache, and hashed. Where several packs have the object and one copy is damaged, the
 * next is tried; where the base of a delta is damaged, copies of the base in other packs. What was
 * looked for in vain is remembered by the reader: reading all objects of a pack that is damaged
 * all over takes no longer than if it were not. Errors: those of find; BUDGET (too big to hold:
 * stream it; or no room to look for what would mend it); CORRUPT, THIN where no copy is whole. */
PACKREAD_API int packread_reader_read(packread_reader *reader, const packread_id *id,
                                      packread_object *object, packread_error *error);
/* The same of one copy alone. Errors: also those of info. */
PACKREAD_API int packread_reader_read_at(packread_reader *reader, const packread_location *location,
                                         packread_object *object, packread_error *error);

/* Keeps an object beyond the next call on its reader: its bytes stay where they are, unchanged,
 * until packread_object_release; nothing is copied. To be called while they are valid. Each keep
 * wants a release of its own, of a copy of the struct where there are several. A kept object may be
 * handed to another thread, read there by any number of threads, and released on any. It counts in
 * the memory limit and is never given up for others: where kept objects fill the limit, calls that
 * need room are BUDGET. It may outlive its reader, and the snapshot too: what it takes is freed
 * when it is released. O(1), no lock. Errors: ARGUMENT for an object that no reader has filled in.
 * */
PACKREAD_API int packread_object_keep(const packread_object *object, packread_error *error);
/* Of an object that was kept; one that was only read is the reader's, and is not to be released.
 * `hold` and `data` are NULL afterwards; of copies of the struct none may be used any more than was
 * kept. NULL, and an object whose hold is NULL, are fine. */
PACKREAD_API void packread_object_release(packread_object *object);

/* Takes bytes in order, on the caller's thread. */
typedef int packread_writer(void *context, const void *bytes, size_t size);

/* Receives an object: begin once (it may be NULL), then data until `size` bytes have come (no call
 * for an empty object). Visitors, which may not use the reader. */
typedef struct packread_sink {
    size_t struct_size;
    int (*begin)(void *context, const packread_id *id, enum packread_type type, uint64_t size);
    packread_writer *data;
    void *context;
} packread_sink;

/* As read, for an object of any size: one that does not fit in memory is built piece by piece,
 * twice if it is checked (once to check it, once to hand it out), so that nothing is handed out of
 * an object that is corrupt. An error after begin means the sink got a part only. The base of a
 * delta that does not fit is written to a temporary file without a name, in the folder of the
 * options, or that the environment's TMPDIR names, else in /tmp: two at most for a reader, the base
 * and what is made from it for the next delta. One stays with the reader for objects on the same
 * base, until another object is read, a stream fails, or the reader is freed. None is begun that is
 * larger than the room there, and no object is built that is larger than 4096 times its pack: that
 * is BUDGET, and read gives it where there is so much memory. Errors: as read; TEMPORARY. */
PACKREAD_API int packread_reader_stream(packread_reader *reader, const packread_id *id,
                                        const packread_sink *sink, packread_error *error);

/* ---- Readers: all objects ------------------------------------------------------------------- */

enum packread_order {
    PACKREAD_BY_ID = 0,    /* each object once, whatever the number of its copies */
    PACKREAD_BY_OFFSET = 1 /* pack after pack in order of offset, then what is loose in each object
                            * folder, by id; each copy */
};

typedef struct packread_list_options {
    size_t struct_size;
    enum packread_order order;
    unsigned want;  /* of enum packread_want */
    unsigned types; /* bit (1 << type) for each type wanted; 0: all */
    bool once;      /* BY_OFFSET: each object once, in the first pack or folder that has it */
    bool one_pack;  /* only the objects of pack `pack`, and nothing loose */
    size_t pack;
    unsigned threads; /* that read a large pack's headers; 0: packread_processors(). The visitor is
                       * called on the caller's thread */
    /* NULL, or called with `context` where the next visit may be long in coming, and now and then
     * until it comes, so that what was visited can be handed on. Else as the visitor. */
    int (*pause)(void *context);
} packread_list_options;

/* Called for each object. Where an object's entry cannot be read `error` is not NULL, and only id
 * and location of `info` are set; the listing goes on. The reader may be used inside. */
typedef int packread_list_visitor(void *context, const packread_info *info,
                                  const packread_error *error);

/* Returns 0 if all objects of the packs that are served, and all loose ones, were told
 * (packread_snapshot_problems says what is not). Else, when all that there are have been visited:
 * why the rest of an index was left out, or that one is damaged so that objects may be missing;
 * else the first error that a visit had, which names its object in `id` (the others do not).
 * STOPPED and MEMORY end the listing. An id that stands twice in an index is told once, from the
 * first of its rows that can be read: in both orders the same one. `options` may be NULL: all, by
 * id, with nothing but id and location; that reads the ids alone, else what PACKREAD_WANT_ says, a
 * thousand objects one by one at most, then the headers of a pack in one go, or BY_OFFSET some
 * ahead. The packs and loose objects are those of one moment, at the
 * beginning of the call; the ids of the loose ones take their bytes of the memory limit until it
 * ends (BUDGET). A loose object that is packed after that moment is told from its pack; one that is
 * removed is CHANGED. */
PACKREAD_API int packread_reader_list(packread_reader *reader, const packread_list_options *options,
                                      packread_list_visitor *visit, void *context,
                                      packread_error *error);

/* ---- Trees ---------------------------------------------------------------------------------- */

/* One entry of a tree's contents, as stored: nothing is said of whether the name is one that may be
 * written to a disk. */
typedef struct packread_tree_entry {
    uint32_t mode;             /* git writes 040000 (tree), 0100644, 0100755, 0120000 (symbolic
                                * link) and 0160000 (commit); old trees have others */
    size_t name_size;          /* 1 and more */
    const unsigned char *name; /* any bytes but NUL; inside the bytes that were parsed */
    packread_id id;
    size_t length; /* of the entry: the next one begins there */
    uint64_t reserved[2];
} packread_tree_entry;

/* Parses the entry at the front of `size` bytes, for objects whose ids have `id_size` bytes. A pure
 * function: any thread. Errors: ARGUMENT; CORRUPT. */
PACKREAD_API int packread_tree_entry_parse(const unsigned char *data, size_t size, size_t id_size,
                                           packread_tree_entry *entry, packread_error *error);

/* ---- Verify --------------------------------------------------------------------------------- */

/* One thing that is wrong. */
typedef struct packread_finding {
    size_t struct_size;
    const packread_error *error; /* file, offset, id, code and text */
    uint64_t dependents;         /* how many objects cannot be rebuilt because of it */
    uint64_t objects; /* not 0: it is about so many, for one cause; each alone has no finding */
} packread_finding;

/* Called from one thread at a time, not always the caller's. */
typedef int packread_finding_visitor(void *context, const packread_finding *finding);

typedef struct packread_verify_options {
    size_t struct_size;
    unsigned threads;                    /* 0: packread_processors() */
    packread_finding_visitor *finding;   /* may be NULL */
    packread_progress_visitor *progress; /* may be NULL */
    void *context;
    bool index_sum; /* WITHOUT_INDEX: the checksum of one that is there is checked all the same */
} packread_verify_options;

typedef struct packread_verify_summary {
    size_t struct_size;
    uint64_t objects; /* whose bytes gave their id */
    uint64_t bytes;   /* of these, expanded */
    uint64_t findings;
    uint64_t chains;       /* delta objects among `objects` */
    uint32_t depth;        /* of the longest chain */
    uint64_t stored;       /* objects that there are, right or not, as index or header counts them;
                            * files of loose ones */
    uint64_t size_on_disk; /* bytes of the .pack; of these files */
} packread_verify_summary;

/* Checks everything about one pack, its index, and its .rev and .mtimes: trailer sums, that they
 * belong together, order, fanout, offsets, CRCs, gaps and overlaps between entries, and every
 * object against its id. Of a pack opened WITHOUT_INDEX: its trailer sum, its count, and that each
 * object can be made; entries behind a damaged one are found again. Goes on past what it finds:
 *
 *   returns     the pack                                                      summary written
 *   0           is right                                                      yes
 *   CORRUPT     has findings                                                  yes
 *   THIN        lacks bases, and nothing else is wrong with it (only          yes
 *               without an index; a cycle of REF deltas looks the same there)
 *   BUDGET,     has findings, some of them objects that could not be          yes
 *   TEMPORARY   checked for want of memory or disk: it may be right
 *   BUDGET      was not checked: its tables find no room (no findings)        no
 *   NOT_A_PACK, was not checked: its header is damaged (only without          no
 *   VERSION     an index)
 *   else        is not known to be right or wrong: something kept the call    no
 *               from going on
 *
 * Reads all of the pack, on `threads`. The tables take some 34 bytes of the memory limit for each
 * object (41 without an index, 65 by a damaged one); large objects are streamed as
 * packread_reader_stream does it. What a cut took is one finding. Entries that no row names are
 * findings; one whose base is in no row either is a second, THIN, with the base's id. Of a bundle
 * that lacks bases each prerequisite is one, THIN, with its id. An entry that only git cannot read
 * is a finding, its object counts as right. A pack whose sum is right, and its index's is not, is
 * checked as WITHOUT_INDEX, and each row against it; so is one with an index made from it: why its
 * own is of no use is a finding. Any thread. */
PACKREAD_API int packread_verify(packread_snapshot *snapshot, size_t pack,
                                 const packread_verify_options *options,
                                 packread_verify_summary *summary, packread_error *error);

/* Checks everything about one multi-pack-index: its sum, which names a layer too; that its chunks
 * fill it; that the packs are there, each named once; ids, order, fanout; that each row leads to
 * where its pack's index has the object, and no object of these packs is missing, but for those of
 * older layers; order and places for bitmaps. That a layer is blocked is a finding, and then what
 * older ones may have is not missed. The summary has `findings` and `objects`, the rows that are
 * right. Returns 0; CORRUPT (it has findings); what the layer that blocks it failed with, where
 * that was no damage and nothing else is found; CHANGED, without summary, where it is gone; else
 * what kept the call from going on. Takes 1/8 byte of the memory limit an object. Any thread. */
PACKREAD_API int packread_verify_midx(packread_snapshot *snapshot, size_t midx,
                                      const packread_verify_options *options,
                                      packread_verify_summary *summary, packread_error *error);

/* Checks each loose object of one object folder: that its file is one zlib stream of a header and
 * as many bytes as that says, and nothing else, and that these give the object's id. What has other
 * names is no object, and passed over, as are files that go meanwhile. `dependents` is 0.
 *
 *   returns     the loose objects                                             summary written
 *   0           are right                                                     yes
 *   CORRUPT     have findings                                                 yes
 *   SYSTEM,     have findings, some of them, of that code, a file or folder   yes
 *   CHANGED,    that could not be read, or was replaced again and again, or
 *   BUDGET      had no room: what is in it may be right
 *   else        are not known to be right or wrong: something kept the call   no
 *               from going on; so it is for SYSTEM with ENOMEM, EMFILE, ENFILE
 *
 * Objects of any size are checked in memory that does not grow with them. Of the memory limit the
 * ids of one folder of 256 are taken at a time for each of the `threads`. Any thread. Errors: also
 * ARGUMENT for a folder that there is not. */
PACKREAD_API int packread_verify_loose(packread_snapshot *snapshot, size_t folder,
                                       const packread_verify_options *options,
                                       packread_verify_summary *summary, packread_error *error);

/* ---- Index ---------------------------------------------------------------------------------- */

typedef struct packread_index_options {
    size_t struct_size;
    unsigned threads;                    /* 0: packread_processors() */
    packread_finding_visitor *finding;   /* may be NULL */
    packread_progress_visitor *progress; /* may be NULL */
    void *context;                       /* of all calls */
    unsigned version;                    /* 1 or 2; 0: 2 */
    bool salvage;                        /* of a damaged pack, write all that is whole */
    packread_writer *index;              /* takes the .idx; may be NULL */
    packread_writer *reverse;            /* takes the .rev, before the .idx; may be NULL */
} packread_index_options;

typedef struct packread_index_summary {
    size_t struct_size;
    uint64_t objects; /* whole ones: the rows of the index */
    uint64_t bytes;   /* of these, expanded */
    uint64_t findings;
    uint64_t chains;  /* delta objects among `objects` */
    uint32_t depth;   /* of the longest chain */
    packread_id pack; /* the pack's trailer, which names it in its index */
    bool written;     /* all bytes were given to the writers */
} packread_index_summary;

/* Derives the index of a pack that was opened WITHOUT_INDEX from its bytes: byte for byte what git
 * index-pack writes. Returns, and costs, what verify does, and writes for 0 alone; where bases are
 * missing THIN names one in `id`. With `salvage` what is whole is written of a damaged pack too, if
 * there is anything, readable for git or not, without objects that there was no room to check; the
 * return is the same. For BUDGET and TEMPORARY the summary is written only if an index is. Errors
 * beside those of verify: UNSUPPORTED (version 1 with offsets past 4 GiB). A damaged header is none
 * with `salvage`. Any thread. */
PACKREAD_API int packread_index(packread_snapshot *snapshot, size_t pack,
                                const packread_index_options *options,
                                packread_index_summary *summary, packread_error *error);

#ifdef __cplusplus
}
#endif

#endif
