/* file.c - knows when a file is the one it was, and the rules of its descriptor. */
#include "file.h"

#include "manager.h"

#include <errno.h>

bool smmap_identity_same(const struct smmap_identity *a, const struct smmap_identity *b)
{
    /* The same file may be told with its birth by one call of the system, without it by another. */
    bool one_birth = a->birth == b->birth || !a->birth || !b->birth;

    return a->regular == b->regular && a->device == b->device && a->inode == b->inode &&
           a->size == b->size && one_birth;
}

static struct smmap_outcome outcome_of(int code, int system_errno)
{
    struct smmap_outcome outcome = {code, system_errno, 0};
    return outcome;
}

int smmap_file_identify(const struct smmap_system *system, const char *path, int fd,
                        struct smmap_identity *identity)
{
    int failed;

    do {
        failed = system->identify(path, fd, identity);
    } while (failed == EINTR);
    return failed;
}

struct smmap_outcome smmap_file_look(const struct smmap_system *system, const char *path,
                                     struct smmap_identity *identity)
{
    int failed = smmap_file_identify(system, path, -1, identity);

    if (failed)
        return outcome_of(SMMAP_ERROR_SYSTEM, failed);
    return outcome_of(identity->regular ? SMMAP_OK : SMMAP_ERROR_NOT_REGULAR, 0);
}

struct smmap_outcome smmap_file_check(const struct smmap_file *file, int fd)
{
    struct smmap_identity now;
    int failed = smmap_file_identify(file->manager->system, NULL, fd, &now);

    if (failed)
        return outcome_of(failed == EBADF && !file->path ? SMMAP_ERROR_CLOSED : SMMAP_ERROR_SYSTEM,
                          failed);
    return outcome_of(smmap_identity_same(&now, &file->identity) ? SMMAP_OK : SMMAP_ERROR_CHANGED,
                      0);
}

struct smmap_descriptor smmap_descriptor_take(struct smmap_file *file, int flags)
{
    struct smmap_descriptor descriptor = {-1, flags, false};

    if (!file->path) {
        descriptor.fd = file->fd;
    } else if (file->descriptor >= 0 && (flags & ~file->descriptor_flags) == 0) {
        descriptor.fd = file->descriptor;
        file->loads++;
        smmap_list_remove(&file->descriptor_link);
        smmap_list_append(&file->manager->open, &file->descriptor_link, file);
    }
    return descriptor;
}

/* With the lock. False if all are in use. */
static bool close_an_idle_one(smmap_manager *manager)
{
    struct smmap_link *link;

    for (link = manager->open.next; link != &manager->open; link = link->next) {
        struct smmap_file *file = link->owner;

        if (!file->loads) {
            smmap_descriptor_close(file);
            return true;
        }
    }
    return false;
}

static bool make_descriptors_free(smmap_manager *manager)
{
    bool closed;

    smmap_lock_take(&manager->lock);
    closed = close_an_idle_one(manager);
    smmap_lock_drop(&manager->lock);
    return closed;
}

struct smmap_outcome smmap_descriptor_open(smmap_manager *manager, const char *path, int flags,
                                           struct smmap_descriptor *descriptor,
                                           struct smmap_identity *identity)
{
    const struct smmap_system *system = manager->system;
    struct smmap_outcome outcome = smmap_file_look(system, path, identity);
    int failed;
    int fd = -1;

    if (outcome.code)
        return outcome;
    do {
        failed = system->open(path, flags, &fd);
    } while (failed == EINTR ||
             ((failed == EMFILE || failed == ENFILE) && make_descriptors_free(manager)));
    if (failed)
        return outcome_of(SMMAP_ERROR_SYSTEM, failed);
    failed = smmap_file_identify(system, NULL, fd, identity);
    if (failed || !identity->regular) {
        system->close(fd);
        return failed ? outcome_of(SMMAP_ERROR_SYSTEM, failed)
                      : outcome_of(SMMAP_ERROR_NOT_REGULAR, 0);
    }
    descriptor->fd = fd;
    descriptor->flags = flags;
    descriptor->ours = true;
    return outcome;
}

void smmap_descriptor_close(struct smmap_file *file)
{
    if (file->descriptor < 0)
        return;
    file->manager->system->close(file->descriptor);
    file->descriptor = -1;
    smmap_list_remove(&file->descriptor_link);
    file->manager->stats.descriptors--;
}

void smmap_descriptor_give(struct smmap_file *file, struct smmap_descriptor *descriptor)
{
    smmap_manager *manager = file->manager;

    if (descriptor->fd < 0 || !file->path) {
        /* none, or the caller's */
    } else if (!descriptor->ours) {
        file->loads--;
    } else if (file->descriptor >= 0 && file->loads) {
        manager->system->close(descriptor->fd);
    } else {
        smmap_descriptor_close(file);
        while (manager->stats.descriptors >= manager->open_limit && close_an_idle_one(manager)) {
        }
        file->descriptor = descriptor->fd;
        file->descriptor_flags = descriptor->flags;
        smmap_list_append(&manager->open, &file->descriptor_link, file);
        manager->stats.descriptors++;
    }
    descriptor->fd = -1;
}
