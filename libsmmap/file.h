/* file.h - one file as the manager knows it: who it is, how it is opened, what is mapped. */
#ifndef SMM_FILE_H
#define SMM_FILE_H

#include <stdatomic.h>

#include "list.h"
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

/* Learns who `path` is without opening it, so that nothing blocks. No lock needed. */
struct smm_outcome smm_file_look(const struct smm_system *system, const char *path,
                                 struct smm_identity *identity);

/* A descriptor for the file at work: either the file's own, or one that is only ours so far. */
struct smm_descriptor {
    int fd; /* -1: none */
    int flags;
    bool ours;
};

/* With the lock. Takes the file's descriptor if it is open and was opened with `flags`; none
 * otherwise. */
struct smm_descriptor smm_descriptor_take(struct smm_file *file, int flags);

/* Without the lock. Opens `path` when it is a regular file; closes descriptors that nobody uses
 * where the system has no more. */
struct smm_outcome smm_descriptor_open(smmap_manager *manager, const char *path, int flags,
                                       struct smm_descriptor *descriptor,
                                       struct smm_identity *identity);

/* With the lock. Hands it back; the file keeps one that was only ours, within the manager's
 * open_limit. */
void smm_descriptor_give(struct smm_file *file, struct smm_descriptor *descriptor);

/* With the lock. Closes the file's descriptor. */
void smm_descriptor_close(struct smm_file *file);

/* Without the lock. Whether `fd` still is the file. */
struct smm_outcome smm_file_check(const struct smm_file *file, int fd);

#endif
