/* system.h - the seam to the operating system: every call that may fail or differ elsewhere. */
#ifndef SMM_SYSTEM_H
#define SMM_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a file is taken for. `birth` (nanoseconds, 0 where unknown) tells a file from a later one
 * that was given the same inode number. */
struct smm_identity {
    uint64_t device;
    uint64_t inode;
    uint64_t size;
    uint64_t birth;
    bool regular;
};

/* A test may put its own in place of any of these. Those that return int return 0 or an errno. */
struct smm_system {
    int (*open)(const char *path, int flags, int *fd); /* flags are added to read-only, no wait */
    int (*close)(int fd);
    /* Of `path`, or of `fd` where `path` is NULL. */
    int (*identify)(const char *path, int fd, struct smm_identity *identity);
    /* Read-only pages of `fd`, or zeroed writable ones where `fd` is -1. */
    int (*map)(int fd, uint64_t offset, size_t size, void **address);
    /* Puts pages of `fd` where this many mapped bytes are now, which saves unmapping them. Fails as
     * map does, and may always: then the old ones stand as they were, or are `*gone`. */
    int (*remap)(int fd, uint64_t offset, size_t size, void *address, bool *gone);
    int (*unmap)(void *address, size_t size);
    int (*read)(int fd, uint64_t offset, void *memory, size_t size, size_t *got);
    void *(*allocate)(size_t size);
    void *(*reallocate)(void *memory, size_t size);
    void (*release)(void *memory);
    /* From now on asks `find`, in a signal handler, how far the mapping goes that a bad page at an
     * address belongs to (0: none of ours) and puts zeros from that page to there. Not to be called
     * again once it was true; what handled such faults before still gets the others. False, and all
     * as it was, where the system cannot do it. */
    bool (*catch_faults)(uintptr_t (*find)(uintptr_t address));
};

/* The real one. */
extern const struct smm_system smm_real_system;

/* Flags of open(2) that would write, create or truncate. */
bool smm_flags_allowed(int flags);

uint64_t smm_page_size(void);

/* How many files a manager may keep open where nobody says: 512, or a quarter of what the process
 * may have if that is less, so that it can open others. At least 1. */
uint64_t smm_open_default(void);

#endif
