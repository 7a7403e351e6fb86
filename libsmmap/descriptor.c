/* descriptor.c - knows how a manager opens files, and which of them it keeps open. */
#include "descriptor.h"

#include <errno.h>

struct smm_descriptor smm_descriptor_take(struct smm_file *file, int flags)
{
    struct smm_descriptor descriptor = {-1, flags, false};

    if (!file->path) {
        descriptor.fd = file->fd;
    } else if (file->descriptor >= 0 && (flags & ~file->descriptor_flags) == 0) {
        descriptor.fd = file->descriptor;
        file->loads++;
        smm_list_remove(&file->descriptor_link);
        smm_list_append(&file->manager->open, &file->descriptor_link, file);
    }
    return descriptor;
}

/* With the lock. False if all are in use. */
static bool close_an_idle_one(smmap_manager *manager)
{
    struct smm_link *link;

    for (link = manager->open.next; link != &manager->open; link = link->next) {
        struct smm_file *file = link->owner;

        if (!file->loads) {
            smm_descriptor_close(file);
            return true;
        }
    }
    return false;
}

static bool make_descriptors_free(smmap_manager *manager)
{
    bool closed;

    smm_lock_take(&manager->lock);
    closed = close_an_idle_one(manager);
    smm_lock_drop(&manager->lock);
    return closed;
}

struct smm_outcome smm_descriptor_open(smmap_manager *manager, const char *path, int flags,
                                       struct smm_descriptor *descriptor,
                                       struct smm_identity *identity)
{
    const struct smm_system *system = manager->system;
    struct smm_outcome outcome;
    int failed;
    int fd = -1;

    do {
        failed = system->open(path, flags, &fd);
    } while (failed == EINTR ||
             ((failed == EMFILE || failed == ENFILE) && make_descriptors_free(manager)));
    if (failed)
        return smm_outcome_of(SMMAP_ERROR_SYSTEM, failed);
    outcome = smm_file_look(system, NULL, fd, identity);
    if (outcome.code) {
        system->close(fd);
        return outcome;
    }
    descriptor->fd = fd;
    descriptor->flags = flags;
    descriptor->ours = true;
    return outcome;
}

void smm_descriptor_close(struct smm_file *file)
{
    if (file->descriptor < 0)
        return;
    file->manager->system->close(file->descriptor);
    file->descriptor = -1;
    smm_list_remove(&file->descriptor_link);
    file->manager->stats.descriptors--;
}

void smm_descriptor_give(struct smm_file *file, struct smm_descriptor *descriptor)
{
    smmap_manager *manager = file->manager;

    if (descriptor->fd < 0 || !file->path) {
        /* none, or the caller's */
    } else if (!descriptor->ours) {
        file->loads--;
    } else if (file->descriptor >= 0 && file->loads) {
        manager->system->close(descriptor->fd);
    } else {
        smm_descriptor_close(file);
        while (manager->stats.descriptors >= manager->open_limit && close_an_idle_one(manager)) {
        }
        file->descriptor = descriptor->fd;
        file->descriptor_flags = descriptor->flags;
        smm_list_append(&manager->open, &file->descriptor_link, file);
        manager->stats.descriptors++;
    }
    descriptor->fd = -1;
}
