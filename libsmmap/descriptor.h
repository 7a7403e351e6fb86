/* descriptor.h - the descriptors by which a manager reads its files. */
#ifndef SMM_DESCRIPTOR_H
#define SMM_DESCRIPTOR_H

#include "file.h"
#include "manager.h"

/* A descriptor for the file at work: either the file's own, or one that is only ours so far. */
struct smm_descriptor {
    int fd; /* -1: none */
    int flags;
    bool ours;
};

/* With the lock. Takes the file's descriptor if it is open and was opened with `flags`; none
 * otherwise. */
struct smm_descriptor smm_descriptor_take(struct smm_file *file, int flags);

/* Without the lock. Opens `path`, which has just been seen to be a regular file (smm_file_look),
 * and says who it is; closes descriptors that nobody uses where the system has no more. */
struct smm_outcome smm_descriptor_open(smmap_manager *manager, const char *path, int flags,
                                       struct smm_descriptor *descriptor,
                                       struct smm_identity *identity);

/* With the lock. Hands it back; the file keeps one that was only ours, within the manager's
 * open_limit. */
void smm_descriptor_give(struct smm_file *file, struct smm_descriptor *descriptor);

/* With the lock. Closes the file's descriptor. */
void smm_descriptor_close(struct smm_file *file);

#endif
