/* file.h - one file as the manager knows it: who it is, how it is opened, what is mapped. */
#ifndef SMMAP_FILE_H
#define SMMAP_FILE_H

#include <stdatomic.h>

#include "list.h"
#include "regions.h"
#include "smmap.h"
#include "system.h"

/* Lives as long as it has cursors or regions. All fields belong to the manager's lock; path, fd and
 * identity never change. */
struct smmap_file {
    smmap_manager *manager;
    char *path; /* as given; NULL for a caller's descriptor */
    int fd;     /* the caller's; -1 for a path */
    struct smmap_identity identity;
    _Atomic uint64_t faults; /* bad pages met in windows; no lock needed */

    int descriptor; /* the manager's own on `path`, -1 while closed */
    int descriptor_flags;
    uint64_t loads;                    /* threads that use the descriptor just now */
    struct smmap_link descriptor_link; /* among the manager's open ones */

    struct smmap_regions regions;
    struct smmap_link unlisted; /* regions that only their holders can reach */
    struct smmap_link cursors;

    struct smmap_file *chain; /* the next in its bucket of the table */
    struct smmap_link link;   /* among all of the manager's files */
    uint64_t hash;
    bool detached; /* its path or descriptor number means another file now: no new cursors */

    smmap_stats stats; /* .cursors is the client count */
};

bool smmap_identity_same(const struct smmap_identity *a, const struct smmap_identity *b);

/* Who `path` is, or `fd` where `path` is NULL, however often a signal interrupts. 0 or an errno. No
 * lock needed. */
int smmap_file_identify(const struct smmap_system *system, const char *path, int fd,
                        struct smmap_identity *identity);

/* Learns who `path` is without opening it, so that nothing blocks. No lock needed. */
struct smmap_outcome smmap_file_look(const struct smmap_system *system, const char *path,
                                     struct smmap_identity *identity);

/* A descriptor for the file at work: either the file's own, or one that is only ours so far. */
struct smmap_descriptor {
    int fd; /* -1: none */
    int flags;
    bool ours;
};

/* With the lock. Takes the file's descriptor if it is open and was opened with `flags`; none
 * otherwise. */
struct smmap_descriptor smmap_descriptor_take(struct smmap_file *file, int flags);

/* Without the lock. Opens `path` when it is a regular file; closes descriptors that nobody uses
 * where the system has no more. */
struct smmap_outcome smmap_descriptor_open(smmap_manager *manager, const char *path, int flags,
                                           struct smmap_descriptor *descriptor,
                                           struct smmap_identity *identity);

/* With the lock. Hands it back; the file keeps one that was only ours, within the manager's
 * open_limit. */
void smmap_descriptor_give(struct smmap_file *file, struct smmap_descriptor *descriptor);

/* With the lock. Closes the file's descriptor. */
void smmap_descriptor_close(struct smmap_file *file);

/* Without the lock. Whether `fd` still is the file. */
struct smmap_outcome smmap_file_check(const struct smmap_file *file, int fd);

#endif
