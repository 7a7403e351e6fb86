/* faults.h - lets the N-th call of a kind fail, below the product and without a change to it: the
 * linker's --wrap (wraps.opt) puts wraps.c between its object files and the C library, zlib and
 * libdeflate. Whatever is taken through these calls is counted until it is given back. */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stdint.h>

enum fault_call {
    FAULT_MALLOC,
    FAULT_CALLOC,
    FAULT_REALLOC,
    FAULT_STRDUP, /* strndup too */
    FAULT_OPEN,
    FAULT_OPENAT,
    FAULT_CLOSE, /* closes, and says that it failed */
    FAULT_STAT,  /* lstat and fstatat too */
    FAULT_FSTAT, /* fstatvfs too */
    FAULT_STATX,
    FAULT_MMAP,
    FAULT_MUNMAP,
    FAULT_MADVISE,
    FAULT_PREAD,
    FAULT_READ,
    FAULT_WRITE, /* writev and pwrite too */
    FAULT_FTRUNCATE,
    FAULT_FSYNC,
    FAULT_RENAME,
    FAULT_RENAME_NEW, /* renameat2 */
    FAULT_LINK,       /* linkat */
    FAULT_SYMLINK,    /* symlinkat */
    FAULT_UNLINK,
    FAULT_MKDIR, /* mkdirat too */
    FAULT_MKSTEMP,
    FAULT_OPENDIR,
    FAULT_READDIR,
    FAULT_REALPATH,
    FAULT_READLINK,
    FAULT_MEMSTREAM,
    FAULT_MUTEX,
    FAULT_COND,
    FAULT_THREAD,
    FAULT_DECOMPRESSOR,
    FAULT_INFLATE_INIT,
    FAULT_INFLATE,
    FAULT_DEFLATE_INIT,
    FAULT_SYSCONF,
    FAULT_SIGACTION,
    FAULT_AFFINITY,
    FAULT_CALLS
};

/* In place of an errno: calls that move bytes move half of them, or none. */
#define FAULT_SHORT (-1)
#define FAULT_NOTHING (-2)

enum fault_mode {
    FAULT_ONCE,
    FAULT_ON, /* from then on */
    FAULT_ALL /* the N-th call of any kind, and all after it, of every kind */
};

/* One way for a kind of call to fail; the table of all ends with a NULL name. */
struct fault_way {
    enum fault_call call;
    int system_errno;
    const char *name;
};
extern const struct fault_way fault_ways[];

/* What the system's clock says, which tells the product how long ago a file was changed: what it
 * does with files that were changed just now is not what it does with others. What it then sleeps
 * takes no time, and makes them older. */
enum fault_clock {
    FAULT_LATER, /* nothing was changed for long */
    FAULT_NOW    /* everything was changed just now */
};
/* From now on, and without having slept. Until the first call the clock is the system's. */
void fault_clock_set(enum fault_clock clock);

/* The `nth` call from now (1: the next) fails. */
void fault_arm(enum fault_call call, int system_errno, enum fault_mode mode, uint64_t nth);
/* All calls pass again. */
void fault_disarm(void);
/* How many have failed since fault_arm. */
uint64_t fault_failures(void);
/* How many calls of that kind there were since fault_arm; FAULT_CALLS: of all kinds but those that
 * close or unmap. */
uint64_t fault_calls(enum fault_call call);
/* How many have failed since the program began. */
uint64_t fault_total(void);

/* How far apart the N are that are tried: 1, but more where a sanitizer or one-page windows make
 * each run slow (STEP in the environment overrides it). */
uint64_t fault_step(void);

/* What is held now. */
struct fault_held {
    int64_t allocations;
    int64_t descriptors;
    int64_t mapped; /* bytes */
    int64_t folders;
    int64_t inflaters; /* zlib's and libdeflate's; what deflates, too */
    int64_t threads;   /* not joined */
    int64_t locks;     /* mutexes and conditions made and not destroyed */
};
struct fault_held fault_held(void);

/* How many files the process has open, as the system has it; -1 where it does not tell. */
int64_t fault_open_files(void);

/* NULL if both are the same, else what differs. */
const char *fault_held_differs(const struct fault_held *a, const struct fault_held *b);

#endif
