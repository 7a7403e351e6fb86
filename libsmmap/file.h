/* file.h - one file as the manager knows it: who it is, how it is opened, what is mapped. */
#ifndef SMM_FILE_H
#define SMM_FILE_H

#include <stdatomic.h>

#include "error.h"
#include "linked_list.h"
#include "regions.h"
#include "smmap.h"
#include "system.h"

/* Lives as long as it has cursors or regions. All fields belong to the manager's lock; path, fd and
 * identity never change. */
struct smm_file {
    smmap_manager *manager;
    char *path; /* as given; NULL for a caller's descriptor */
    int fd;     /* the caller's; -1 for a path */
    struct smm_identity identity;
    _Atomic uint64_t faults; /* bad pages met in windows; no lock needed */

    int descriptor; /* the manager's own on `path`, -1 while closed */
    int descriptor_flags;
    uint64_t loads;                  /* threads that use the descriptor just now */
    struct smm_link descriptor_link; /* among the manager's open ones */

    struct smm_regions regions;
    struct smm_link unlisted; /* regions that only their holders can reach */
    struct smm_link cursors;

    struct smm_file *chain; /* the next in its bucket of the table */
    struct smm_link link;   /* among all of the manager's files */
    uint64_t hash;
    bool detached; /* its path or descriptor number means another file now: no new cursors */

    smmap_stats stats; /* .cursors is the client count */
};

bool smm_identity_same(const struct smm_identity *a, const struct smm_identity *b);

/* Who `path` is, or `fd` where `path` is NULL, however often a signal interrupts. 0 or an errno. No
 * lock needed. */
int smm_file_identify(const struct smm_system *system, const char *path, int fd,
                      struct smm_identity *identity);

/* The same; NOT_REGULAR for anything but a file. Does not open `path`, so that nothing blocks. */
struct smm_outcome smm_file_look(const struct smm_system *system, const char *path, int fd,
                                 struct smm_identity *identity);

/* Whether `fd` still is the file. No lock needed. */
struct smm_outcome smm_file_check(const struct smm_file *file, const struct smm_system *system,
                                  int fd);

#endif
