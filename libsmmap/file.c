/* file.c - knows when a file is the one it was. */
#include "file.h"

#include <errno.h>

bool smm_identity_same(const struct smm_identity *a, const struct smm_identity *b)
{
    /* The same file may be told with its birth by one call of the system, without it by another. */
    bool one_birth = a->birth == b->birth || !a->birth || !b->birth;

    return a->regular == b->regular && a->device == b->device && a->inode == b->inode &&
           a->size == b->size && one_birth;
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

struct smm_outcome smm_file_look(const struct smm_system *system, const char *path, int fd,
                                 struct smm_identity *identity)
{
    int failed = smm_file_identify(system, path, fd, identity);

    if (failed)
        return smm_outcome_of(SMMAP_ERROR_SYSTEM, failed);
    return smm_outcome_of(identity->regular ? SMMAP_OK : SMMAP_ERROR_NOT_REGULAR, 0);
}

struct smm_outcome smm_file_check(const struct smm_file *file, const struct smm_system *system,
                                  int fd)
{
    struct smm_identity now;
    int failed = smm_file_identify(system, NULL, fd, &now);

    if (failed)
        return smm_outcome_of(
            failed == EBADF && !file->path ? SMMAP_ERROR_CLOSED : SMMAP_ERROR_SYSTEM, failed);
    return smm_outcome_of(smm_identity_same(&now, &file->identity) ? SMMAP_OK : SMMAP_ERROR_CHANGED,
                          0);
}
