/* file.c - knows when a file is the one it was, and the rules of its descriptor. */
#include "file.h"

#include "manager.h"

#include <errno.h>

bool smm_identity_same(const struct smm_identity *a, const struct smm_identity *b)
{
    /* The same file may be told with its birth by one call of the system, without it by another. */
    bool one_birth = a->birth == b->birth || !a->birth || !b->birth;

    return a->regular == b->regular && a->device == b->device && a->inode == b->inode &&
           a->size == b->size && one_birth;
}

static struct smm_outcome outcome_of(int code, int system_errno)
{
    struct smm_outcome outcome = {code, system_errno, 0};
    return outcome;
}

int smm_file_identify(const struct smm_system *system, const char *path, int fd,
                      struct smm_identity *identity)
{
    int failed;

    do {
        failed = system->identify(path, fd, identity);
    } while (failed == EINTR);
    return failed;
}

struct smm_outcome smm_file_look(const struct smm_system *system, const char *path,
                                 struct smm_identity *identity)
{
    int failed = smm_file_identify(system, path, -1, identity);

    if (failed)
        return outcome_of(SMMAP_ERROR_SYSTEM, failed);
    return outcome_of(identity->regular ? SMMAP_OK : SMMAP_ERROR_NOT_REGULAR, 0);
}

struct smm_outcome smm_file_check(const struct smm_file *file, int fd)
{
    struct smm_identity now;
    int failed = smm_file_identify(file->manager->system, NULL, fd, &now);

    if (failed)
        return outcome_of(failed == EBADF && !file->path ? SMMAP_ERROR_CLOSED : SMMAP_ERROR_SYSTEM,
                          failed);
    return outcome_of(smm_identity_same(&now, &file->identity) ? SMMAP_OK : SMMAP_ERROR_CHANGED, 0);
}

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
    struct smm_outcome outcome = smm_file_look(system, path, identity);
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
    failed = smm_file_identify(system, NULL, fd, identity);
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
